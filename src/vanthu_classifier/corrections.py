"""What a correction is good for: something for the model to learn, something for whoever keeps the rule pack, or neither.

The model estimates one thing, the type of a document from its title; so the only thing it can learn is a **type that somebody stated**:

    a person named the type when they judged the answer                   learned
    the symbol, or the `loai_van_ban` handed in, states it, and a person confirmed the answer     learned, as a row of a register is
    a person confirmed an answer that rests on an *estimated* type        not learned: "right" speaks of how the document is sent, which
                                                                          many types share; the type would be the model's own guess
    a person named only how the document is sent                          not learned: many types are sent so

A correction that says other than what the pack answers for the stated type contradicts a **rule**; so does one whose type contradicts what the title
or the symbol states. No number of repetitions makes a model right about law: such a correction is listed for whoever keeps the pack. Where the pack itself asks
a person (`needs_review`), their answer contradicts nothing, and is kept for the same reader as an open question that was settled.

A later word of the same person on the same document replaces the earlier one. Two persons who name different types for one document leave it disputed:
nobody learns from it until they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from vanthu_classifier import facts as facts_module
from vanthu_classifier.errors import InputError
from vanthu_classifier.journal import Correction
from vanthu_classifier.loai_van_ban import by_code
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Pack, Rule, rule_document
from vanthu_classifier.text import clean

__all__ = ["Bearing", "Judged", "judge", "sort"]


class Bearing(StrEnum):
    """What a correction is good for."""

    LEARN = "learn"
    """It states a type that agrees with the pack: an example for the model."""
    RULE = "rule"
    """It contradicts a rule: for whoever keeps the pack."""
    SETTLED = "settled"
    """It settles what the pack leaves to a person; no type was stated."""
    CONFIRMED = "confirmed"
    """It confirms an answer and states no type that could be learned."""
    UNTYPED = "untyped"
    """It says how the document is sent, and nobody states its type."""
    DISPUTED = "disputed"
    """Persons name different types for the same document."""
    REPLACED = "replaced"
    """The same person thought again later."""

    @property
    def label_vi(self) -> str:
        """The bearing as a clerk reads it."""
        return _LABELS[self][0]

    @property
    def label_en(self) -> str:
        """The bearing in English."""
        return _LABELS[self][1]


_LABELS = {
    Bearing.LEARN: ("Dùng được để huấn luyện", "Can be learned from"),
    Bearing.RULE: ("Khác với quy tắc, chuyển người giữ bộ quy tắc", "Contradicts a rule: for whoever keeps the pack"),
    Bearing.SETTLED: ("Đã trả lời điều quy tắc để ngỏ", "Settles what the rules leave open"),
    Bearing.CONFIRMED: ("Xác nhận câu trả lời", "Confirms the answer"),
    Bearing.UNTYPED: ("Chưa ghi loại văn bản, không dùng để huấn luyện", "No type stated: not learned from"),
    Bearing.DISPUTED: ("Các ý kiến ghi khác loại, chờ thống nhất", "Persons disagree on the type"),
    Bearing.REPLACED: ("Đã có ý kiến mới hơn của cùng người", "Replaced by a later word of the same person"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A correction and its bearing. `code` is the type to learn, with `LEARN` only; `rule` the rule that is contradicted, where there is one; `note` and
    `note_en` say what stands against what, "" where the bearing says all."""

    correction: Correction
    bearing: Bearing
    code: str | None = None
    rule: str | None = None
    note: str = ""
    note_en: str = ""


_COPIES = frozenset({"SY", "SL", "TrS"})


def judge(correction: Correction, pack: Pack) -> Judged:
    """What one correction by itself is good for, under this pack. Nothing is asked of the model."""
    try:
        known = {key: value for key, value in correction.given.args.items() if key != "co_quan_ban_hanh"}
        facts = facts_module.read(**known, local=pack.local)
    except (InputError, TypeError) as error:  # written by a version that took other arguments
        return Judged(correction, Bearing.UNTYPED, note=str(error), note_en=str(error))
    said, stated = correction.loai_van_ban, facts.loai
    if said and stated and said != stated and facts.loai_by is not None:
        return _against_what_is_stated(correction, said, stated)
    code = said or stated
    if code is None:
        if correction.verdict == "right":
            return Judged(correction, Bearing.CONFIRMED)
        asked = correction.given.answer["dispatch"] == Dispatch.NEEDS_REVIEW
        return Judged(correction, Bearing.SETTLED if asked else Bearing.UNTYPED)
    ruling, _ = rule_document(pack, facts, loai=code)
    answered = ruling.outcome
    if answered is not Dispatch.NEEDS_REVIEW and correction.dispatch not in (answered, Dispatch.NEEDS_REVIEW):
        return _against_a_rule(correction, code, ruling.rule, answered)
    if code not in _COPIES and not facts.nonsense and (said or facts.loai_by in ("argument", "symbol")):
        return Judged(correction, Bearing.LEARN, code)
    settled = answered is Dispatch.NEEDS_REVIEW and correction.verdict == "wrong"
    return Judged(correction, Bearing.SETTLED if settled else Bearing.CONFIRMED)


def _against_what_is_stated(correction: Correction, said: str, stated: str) -> Judged:
    said_name, stated_name = by_code(said), by_code(stated)
    return Judged(
        correction,
        Bearing.RULE,
        note=f"Văn bản ghi «{stated_name.name}», ý kiến ghi «{said_name.name}».",
        note_en=f"The document states {stated_name.name_en}, the person {said_name.name_en}.",
    )


def _against_a_rule(correction: Correction, code: str, rule: Rule | None, answered: Dispatch) -> Judged:
    kind, wanted = by_code(code), Dispatch(correction.dispatch)
    name = f" {rule.id}" if rule else ""
    return Judged(
        correction,
        Bearing.RULE,
        rule=rule.id if rule else None,
        note=f"Quy tắc{name} với «{kind.name}»: {answered.label_vi.lower()}; ý kiến: {wanted.label_vi.lower()}.",
        note_en=f"Rule{name} for {kind.name_en}: {answered.label_en.lower()}; the person: {wanted.label_en.lower()}.",
    )


def sort(corrections: Iterable[Correction], pack: Pack) -> tuple[Judged, ...]:
    """Every correction with its bearing, in the order of their ids, seen together: later words replace earlier ones, disputes are found."""
    judged = [judge(correction, pack) for correction in sorted(corrections, key=lambda c: c.id)]
    last: dict[tuple[str, ...], int] = {}
    for i, one in enumerate(judged):
        last[(*_document(one.correction), one.correction.who)] = i
    alive = set(last.values())
    types: dict[tuple[str, ...], set[str]] = {}
    for i in alive:
        if judged[i].code:
            types.setdefault(_document(judged[i].correction), set()).add(judged[i].code or "")
    return tuple(
        _together(one, i in alive, types.get(_document(one.correction), set())) for i, one in enumerate(judged)
    )


def _together(one: Judged, alive: bool, types: set[str]) -> Judged:
    if not alive:
        return replace(one, bearing=Bearing.REPLACED, code=None)
    if one.code and len(types) > 1:
        vi, en = (", ".join(sorted(names)) for names in _names(sorted(types)))
        return replace(one, bearing=Bearing.DISPUTED, code=None, note=f"{vi}.", note_en=f"{en}.")
    return one


def _names(codes: Sequence[str]) -> tuple[list[str], list[str]]:
    return [by_code(code).name for code in codes], [by_code(code).name_en for code in codes]


def _document(correction: Correction) -> tuple[str, ...]:
    """Which document is meant: its title and symbol, however they were spelt."""
    return clean(correction.given.trich_yeu).text.lower(), clean(correction.given.so_ky_hieu).text.lower()
