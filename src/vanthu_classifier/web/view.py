"""What the templates show of answers, rules and records; nothing here asks or decides anything.

An answer is shown from the plain values that are kept of it (`Decision.to_dict()`), so a record of the history looks as it did when it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from vanthu_classifier.journal import Answered
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.noi_nhan import Role, describe
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Pack, Rule
from vanthu_classifier.text import clean, strip_diacritics
from vanthu_classifier.web.desk import Again

__all__ = [
    "Difference",
    "Group",
    "Lang",
    "RecipientLine",
    "Segment",
    "Shown",
    "asked",
    "differences",
    "groups",
    "holds_words",
    "label",
    "moment",
    "pack_name",
    "quoted",
    "segments",
    "show",
    "type_names",
]

Lang = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, marked or not."""

    text: str
    marked: bool


def segments(text: str, spans: Iterable[Sequence[int]]) -> list[Segment]:
    """The text in pieces, the spans marked; overlapping spans are joined.

    >>> [(s.text, s.marked) for s in segments("Tờ trình xin", [(0, 8), (3, 8)])]
    [('Tờ trình', True), (' xin', False)]
    """
    marked = {i for start, end in spans for i in range(max(0, start), min(end, len(text)))}
    out: list[Segment] = []
    for i, letter in enumerate(text):
        if out and out[-1].marked == (i in marked):
            out[-1] = Segment(out[-1].text + letter, out[-1].marked)
        else:
            out.append(Segment(letter, i in marked))
    return out


def quoted(quote: str, focus: str) -> list[Segment]:
    """The clause, with the part that the rule means marked.

    >>> [s.text for s in quoted("báo cáo tuần, tháng, quý", "báo cáo … tháng") if s.marked]
    ['báo cáo', 'tháng']
    """
    if not focus or focus == quote:
        return [Segment(quote, False)]
    spans, at = [], 0
    for part in focus.partition(" (sic")[0].split("…"):
        found = quote.find(part.strip(), at)
        if found < 0:
            return [Segment(quote, False)]
        at = found + len(part.strip())
        spans.append((found, at))
    return segments(quote, spans)


def label(dispatch: str | None, lang: Lang) -> str:
    """An answer in words; "" for none."""
    if not dispatch:
        return ""
    found = Dispatch(dispatch)
    return found.label_vi if lang == "vi" else found.label_en


def pack_name(pack: Pack, lang: Lang) -> str:
    """The act, short."""
    return pack.short or pack.title if lang == "vi" else pack.title_en.split(":")[0]


def type_names(lang: Lang) -> dict[str, str]:
    """The types that a person may name, by code; in the order of the decree."""
    return {code: kind.name if lang == "vi" else f"{kind.name} ({kind.name_en})" for code, kind in types().items()}


def moment(at: str) -> str:
    """A time of the journal, as the clock on the wall says it.

    >>> len(moment("2026-01-31T23:59:59.000+00:00"))
    16
    """
    return datetime.fromisoformat(at).astimezone().strftime("%d/%m/%Y %H:%M")


# ------------------------------------------------------------------ an answer


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """One recipient: how it gets the document ("" where nothing is sent), and why."""

    name: str
    dispatch: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it; sentences in the page's language."""

    dispatch: str
    label: str
    lean: str
    lean_label: str
    title: Sequence[Segment]
    so_ky_hieu: str
    place: str
    quote: Sequence[Segment]
    rule: str | None
    readings: Sequence[str]
    questions: Sequence[str]
    notes: Sequence[str]
    types: Sequence[str]
    changes: Sequence[str]
    percent: int | None
    basis: str
    recipients: Sequence[RecipientLine]
    warnings: Sequence[str]
    estimated: bool
    loai_van_ban: str | None
    given: Answered


_BASIS = {
    "rule": ("theo quy tắc", "by rule"),
    "model": ("theo mô hình", "by the model"),
    "rule+model": ("theo quy tắc và mô hình", "by rule and model"),
    "none": ("chưa có căn cứ", "nothing to go by"),
}


def show(given: Answered, pack: Pack, lang: Lang) -> Shown:
    """What the page says of an answer."""
    answer = given.answer
    said: dict[str, list[str]] = {}
    spans: list[Sequence[int]] = []
    for reason in answer["reasons"]:
        said.setdefault(reason["kind"], []).append(reason["text"] if lang == "vi" else reason["text_en"])
        if reason["kind"] in ("rule", "type"):
            spans += reason["spans"]
    rule = pack.rules.get(answer.get("rule") or "") if answer["rule_pack"] == pack.id else None
    sure = answer["confidence"] if answer["basis"] != "none" else None
    texts = {reason["text"] for reason in answer["reasons"]}
    # An answer of an earlier version has them in Vietnamese alone.
    warnings = answer["warnings"] if lang == "vi" else answer.get("warnings_en", answer["warnings"])
    return Shown(
        dispatch=answer["dispatch"],
        label=label(answer["dispatch"], lang),
        lean=answer["lean"] or "",
        lean_label=label(answer["lean"], lang),
        title=segments(given.trich_yeu, spans),
        so_ky_hieu=given.so_ky_hieu,
        place=pack.place(answer["category"])[lang == "en"] if answer["rule_pack"] == pack.id else "",
        quote=quoted(answer["quote"], rule.focus if rule and rule.quote == answer["quote"] else ""),
        rule=rule.id if rule else None,
        readings=said.get("reading", ()),
        questions=said.get("question", ()),
        notes=said.get("note", ()),
        types=said.get("type", ()),
        changes=said.get("change", ()),
        percent=None if sure is None else min(99, round(100 * sure)),
        basis=_BASIS[answer["basis"]][lang == "en"],
        recipients=[_recipient(r, lang) for r in answer["recipients"]],
        warnings=[said for w, said in zip(answer["warnings"], warnings, strict=True) if w not in texts],
        estimated=bool(answer["types"]),
        loai_van_ban=answer["loai_van_ban"],
        given=given,
    )


def _recipient(r: Mapping[str, Any], lang: Lang) -> RecipientLine:
    dispatch = r["dispatch"] or ""
    sent = label(dispatch, lang) or ("Không gửi" if lang == "vi" else "Not sent")
    return RecipientLine(r["name"], dispatch, sent, r["reason"] if lang == "vi" else describe(Role(r["role"]))[1])


def asked(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of a report as the fields of the form that asks: so that its answer can be looked at and judged.

    >>> row = {"trich_yeu": "Tờ trình", "recipients": [{"name": "Sở Y tế", "role": "addressee"}], "noi_nhan": ["Như trên"]}
    >>> asked(row)
    {'trich_yeu': 'Tờ trình', 'noi_nhan': 'Kính gửi: Sở Y tế\\nNhư trên'}
    """
    fields = {name: row.get(name) or "" for name in ("trich_yeu", "so_ky_hieu", "ngay_ban_hanh", "co_quan_ban_hanh")}
    addressees = [r["name"] for r in row.get("recipients") or () if r["role"] in (Role.ADDRESSEE, Role.ADDRESSEES)]
    lines = [*(f"Kính gửi: {name}" for name in addressees), *(row.get("noi_nhan") or ())]
    return {name: value for name, value in {**fields, "noi_nhan": "\n".join(lines)}.items() if value}


# ------------------------------------------------------------------ a record, decided again


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is no longer as it was."""

    name: str
    before: str
    now: str


_NAMES = {
    "dispatch": ("Trả lời", "Answer"),
    "lean": ("Nghiêng về", "Leaning to"),
    "confidence": ("Mức chắc chắn", "Confidence"),
    "p_paper": ("Khả năng cần bản giấy", "Probability of paper"),
    "basis": ("Căn cứ", "Basis"),
    "loai_van_ban": ("Loại văn bản", "Type"),
    "normative": ("Văn bản quy phạm pháp luật", "Normative"),
    "category": ("Mục của Quyết định", "Item of the Decision"),
    "quote": ("Điều khoản", "Clause"),
    "reasons": ("Lý do", "Reasons"),
    "recipients": ("Nơi nhận", "Recipients"),
    "warnings": ("Lưu ý", "Notes"),
    "rule": ("Quy tắc", "Rule"),
    "rule_pack": ("Bộ quy tắc", "Rule pack"),
    "types": ("Loại có thể", "Possible types"),
    "pack_sha256": ("Bộ quy tắc", "Rule pack"),
    "model": ("Mô hình", "Model"),
    "version": ("Phiên bản", "Version"),
    "review": ("Chế độ hỏi người", "Review mode"),
}


def differences(again: Again, lang: Lang) -> tuple[list[Difference], list[Difference]]:
    """What changed in the answer, and what changed in what it depends on, in words."""
    return [_difference(c.name, c.before, c.now, lang) for c in again.changes], [
        _difference(c.name, c.before, c.now, lang) for c in again.causes
    ]


def _difference(name: str, before: Any, now: Any, lang: Lang) -> Difference:
    heading = _NAMES[name][lang == "en"] if name in _NAMES else name
    return Difference(heading, _in_words(name, before, lang), _in_words(name, now, lang))


def _in_words(name: str, value: Any, lang: Lang) -> str:
    if value is None or value == "" or value == []:
        return "–"
    match name:
        case "dispatch" | "lean":
            return label(value, lang)
        case "confidence" | "p_paper":
            return f"{100 * value:.1f} %"
        case "reasons":
            return " ".join(r["text"] if lang == "vi" else r["text_en"] for r in value)
        case "recipients":
            return "; ".join(f"{r['name']}: {label(r['dispatch'], lang).lower() or '–'}" for r in value)
        case "warnings":
            return " ".join(value)
        case "types":
            return ", ".join(f"{code} {100 * p:.0f} %" for code, p in value)
        case "pack_sha256":
            return str(value)[:12]
        case _:
            return str(value)


# ------------------------------------------------------------------ the rules


def holds_words(rule: Rule, query: str) -> bool:
    """Whether a rule's id, clause, reading or examples hold every word of a search, accents and case forgiven."""
    examples = " ".join(e.trich_yeu for e in (*rule.examples, *rule.near_misses))
    text = _folded(f"{rule.id} {rule.category} {rule.quote} {rule.reading} {rule.reading_en} {rule.note} {examples}")
    return all(word in text for word in _folded(query).split())


def _folded(text: str) -> str:
    return strip_diacritics(clean(text).text).lower()


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that stand together, under a heading."""

    id: str
    heading: tuple[str, str]
    rules: Sequence[Rule]


def groups(pack: Pack, matches: Sequence[Rule]) -> list[Group]:
    """The rules under the places of the act that they belong to; items first, what the act leaves open last."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in sorted(
        matches, key=lambda r: (r.category is None, _order(pack, r), r.category or "", r.category != r.id)
    ):
        found.setdefault(pack.place(rule.category), []).append(rule)
    return [
        Group(f"nhom-{i}", heading if heading[0] else ("Các quy tắc", "Rules"), rules)
        for i, (heading, rules) in enumerate(found.items(), 1)
    ]


def _order(pack: Pack, rule: Rule) -> int:
    """Where the place of a rule stands among the places that the pack names."""
    places = list(pack.places.values())
    place = pack.place(rule.category)
    return places.index(place) if place in places else len(places)
