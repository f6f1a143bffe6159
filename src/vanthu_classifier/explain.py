"""Sentences for a person, from what a decision already carries.

Nothing is looked up again: the verdict, the clause with its place in the Decision, the clerk's own words underlined, what is open, and what
would change the answer all stand in the `Decision`. The clause comes before the figure.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from vanthu_classifier.bilingual import english
from vanthu_classifier.decide import Decision, Reason
from vanthu_classifier.outcomes import Basis, Dispatch

__all__ = ["Lang", "explain", "headline", "underline"]

Lang = Literal["vi", "en"]

_WORDS = {
    "vi": {
        "lean": "nghiêng về", "recipients": "Từng nơi nhận:", "warning": "Lưu ý", "change": "", "question": "Cần làm rõ", "sure": "Mức chắc chắn",
        "paper": "khả năng cần bản giấy", "rule": "theo quy tắc", "model": "theo mô hình", "rule+model": "theo quy tắc và mô hình", "none": "chưa có căn cứ",
        "nothing": "không gửi",
    },
    "en": {
        "lean": "leaning to", "recipients": "Recipients:", "warning": "Note", "change": "", "question": "To settle", "sure": "Confidence",
        "paper": "probability that paper is wanted", "rule": "by rule", "model": "by the model", "rule+model": "by rule and model", "none": "nothing to go by",
        "nothing": "not sent",
    },
}  # fmt: skip

MARKS = {dispatch: dispatch.mark for dispatch in Dispatch}
"""A shape for each answer, for whoever does not see colours."""


def _label(dispatch: Dispatch, lang: Lang) -> str:
    return dispatch.label_vi if lang == "vi" else dispatch.label_en


def headline(decision: Decision, lang: Lang = "vi") -> str:
    """The verdict in one line.

    >>> from vanthu_classifier import classify
    >>> headline(classify("Giấy mời họp giao ban"))
    '● Chỉ gửi bản điện tử'
    """
    text = f"{MARKS[decision.dispatch]} {_label(decision.dispatch, lang)}"
    if decision.lean:
        text += f" ({_WORDS[lang]['lean']}: {_label(decision.lean, lang).lower()})"
    return text


def underline(title: str, spans: tuple[tuple[int, int], ...]) -> str:
    """A line of marks under the letters of `title` that `spans` name, or "" where there is none.

    Combining marks take no column, so the marks stand under the letters on a terminal.

    >>> print("Kế hoạch năm"); print(underline("Kế hoạch năm", ((0, 8),)))
    Kế hoạch năm
    ‾‾‾‾‾‾‾‾
    """
    marked = {i for start, end in spans for i in range(start, end)}
    line = "".join(
        "‾" if i in marked and (not letter.isspace() or i + 1 in marked) else " "
        for i, letter in enumerate(title)
        if not unicodedata.combining(letter)
    )
    return line.rstrip()


def explain(decision: Decision, lang: Lang = "vi") -> str:
    """The decision as a person reads it: verdict, clause, why, what is open, what would change it.

    >>> from vanthu_classifier import classify
    >>> print(explain(classify("Tờ trình xin chủ trương đầu tư")).splitlines()[0])
    ■ Gửi bản điện tử kèm bản giấy
    """
    words = _WORDS[lang]
    lines = [headline(decision, lang)]
    lines += [f"  {_text(r, lang)}" for r in _ordered(decision)]
    if decision.basis is not Basis.NONE and decision.confidence is not None:
        lines.append(f"  {words['sure']}: {_share(decision.confidence)}, {words[str(decision.basis)]}.")
    if decision.recipients:
        lines.append(f"  {words['recipients']}")
        for r in decision.recipients:
            answer = _label(r.dispatch, lang) if r.dispatch else words["nothing"]
            mark = MARKS[r.dispatch] if r.dispatch else "–"
            lines.append(f"    {mark} {r.name}: {answer.lower()}. {r.reason if lang == 'vi' else r.reason_en}")
    said = {r.text for r in decision.reasons}
    warnings = [w for w in decision.warnings if w not in said]
    lines += [f"  {words['warning']}: {w if lang == 'vi' else english(w)}" for w in warnings]
    return "\n".join(lines)


_ORDER = ("rule", "question", "note", "reading", "type", "change")


def _ordered(decision: Decision) -> list[Reason]:
    return sorted(decision.reasons, key=lambda r: _ORDER.index(r.kind))


def _text(reason: Reason, lang: Lang) -> str:
    text = reason.text if lang == "vi" else reason.text_en
    return f"{_WORDS[lang]['question']}: {text}" if reason.kind == "question" else text


def _share(p: float) -> str:
    return f"{min(99, round(100 * p))} %"
