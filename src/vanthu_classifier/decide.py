"""The only place where law and model meet: facts, a pack's rulings and type probabilities become one decision.

`decide` is pure: the same facts, pack, probabilities and policy give the same decision. Where the type is stated, the pack rules on it. Where it is
only estimated, the pack rules on every type that is still possible and the probabilities are added up per outcome; the policy
turns the sums into an answer by the cost of the two mistakes and of asking.

    p_paper = P(outcome is paper) + P(needs review, leaning to paper)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from vanthu_classifier.facts import Facts
from vanthu_classifier.loai_van_ban import by_code
from vanthu_classifier.noi_nhan import Role, describe
from vanthu_classifier.outcomes import Basis, Dispatch
from vanthu_classifier.rulepack import Pack, RecipientRuling, Rule, Ruling, resolve, rule_document, situation

__all__ = [
    "REVIEW_MODES",
    "Contribution",
    "Decision",
    "Policy",
    "Reason",
    "RecipientDecision",
    "ReviewMode",
    "decide",
    "needs_model",
]

ReviewMode = Literal["ask", "strict", "lean"]
REVIEW_MODES: tuple[ReviewMode, ...] = ("ask", "strict", "lean")
"""When a person is asked.

`ask` (default): where the law leaves the answer open, or the type is too unsure for the costs. `strict`: also where both lists are
silent and only their logic answers. `lean`: never where there is a lean; the lean is the answer.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the mistakes cost, in units of one question to a person.

    Sending electronically where the Decision wants paper leaves a required dispatch undone; a needless paper wastes a stamp. An answer is
    given when its expected cost is below that of asking. With the defaults: electronic when P(paper) < 1/12, paper when P(electronic) < 1/4.
    """

    missing_paper: float = 12.0
    needless_paper: float = 4.0
    asking: float = 1.0
    review: ReviewMode = "ask"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of why, in both languages, with the places in the title it speaks of.

    `kind` is `type` (how the type is known), `rule` (the clause), `reading`, `note`, `question` (what a person has to settle) or `change` (what would
    change the answer). `spans` are start and end in the title as typed. `rule` is the rule's id, None where no rule is meant.
    """

    kind: Literal["type", "rule", "reading", "note", "question", "change"]
    text: str
    text_en: str
    rule: str | None = None
    spans: tuple[tuple[int, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "kind": self.kind, "text": self.text, "text_en": self.text_en, "rule": self.rule, "spans": [list(s) for s in self.spans],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecipientDecision:
    """One recipient's dispatch; None where nothing is sent (the file copy). `role` is a value of `noi_nhan.Role`."""

    name: str
    role: str
    dispatch: Dispatch | None
    reason: str
    reason_en: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name, "role": self.role, "dispatch": self.dispatch and str(self.dispatch), "reason": self.reason,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A dispatch decision and all that explains it.

    `lean` is given with `needs_review` only, and may be None. `confidence` (0-1) is how likely the answer, or the lean, is right; None
    where nothing was scored. `p_paper` is the probability that paper is wanted; None where nothing was scored. `category` is the item of the Decision
    (E01 … E33, E90, B01 … B06), None where no item fits. `quote` is the clause, "" where none is cited.
    """

    dispatch: Dispatch
    lean: Dispatch | None
    confidence: float | None
    p_paper: float | None
    basis: Basis
    loai_van_ban: str | None
    normative: bool | None
    category: str | None
    quote: str
    reasons: tuple[Reason, ...]
    recipients: tuple[RecipientDecision, ...]
    warnings: tuple[str, ...]
    rule_pack: str
    model: str | None
    rule: str | None = None
    types: tuple[tuple[str, float], ...] = ()
    """Types that were possible, likeliest first, with their probabilities; empty where the type was stated."""
    trich_yeu: str = field(default="", repr=False)
    so_ky_hieu: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; title and symbol are left to the caller, who has them."""
        return {
            "dispatch": str(self.dispatch),
            "lean": self.lean and str(self.lean),
            "confidence": self.confidence,
            "p_paper": self.p_paper,
            "basis": str(self.basis),
            "loai_van_ban": self.loai_van_ban,
            "normative": self.normative,
            "category": self.category,
            "quote": self.quote,
            "reasons": [r.to_dict() for r in self.reasons],
            "recipients": [r.to_dict() for r in self.recipients],
            "warnings": list(self.warnings),
            "rule_pack": self.rule_pack,
            "model": self.model,
            "rule": self.rule,
            "types": [[code, p] for code, p in self.types],
        }


@dataclass(frozen=True, slots=True)
class Contribution:
    """A word or phrase that spoke for (weight > 0) or against the likeliest type, and where it stands in the title as typed."""

    text: str
    weight: float
    spans: tuple[tuple[int, int], ...]


Contributions = Callable[[str], Sequence[Contribution]]
"""Given a type code, the words that carried it."""

_STATED = {
    "argument": 0.995,
    "symbol": 0.995,
    "word": 0.99,
    "abbreviation": 0.985,
    "no_diacritics": 0.985,
    "misspelt": 0.97,
}
# Of 17,195 real register titles 361 begin with a type word that their symbol contradicts; in most of them both types are sent alike.
_FIRM = {"text": 1.0, "reading": 0.985, "silence": 0.96, "open": 0.8}
# How firmly the rule answers: a degree its authors state, no measurement.
_NEGLIGIBLE = 0.0005


def needs_model(facts: Facts) -> bool:
    """Whether a decision on these facts asks for type probabilities: nothing states the type, and no mark settles the matter."""
    return facts.loai is None and not facts.nonsense and not facts.mat


def decide(
    facts: Facts,
    pack: Pack,
    types: Mapping[str, float] | None = None,
    *,
    policy: Policy = Policy(),
    model: str | None = None,
    contributions: Contributions | None = None,
    changes: bool = True,
) -> Decision:
    """The decision on one document.

    `changes` asks for the sentence that says what would change the answer; rows of a table go without it. `types` are the probabilities of types where none is stated (see `needs_model`); None there gives `needs_review` with basis `none`.

    >>> from vanthu_classifier import facts, rulepack
    >>> d = decide(facts.read("Tờ trình xin chủ trương đầu tư"), rulepack.load())
    >>> d.dispatch, d.category, d.quote, d.basis
    (<Dispatch.ELECTRONIC_AND_PAPER: 'electronic_and_paper'>, 'B03', 'tờ trình', <Basis.RULE: 'rule'>)
    """
    if needs_model(facts) and types:
        decision = _estimated(facts, pack, types, policy, model, contributions)
    else:
        decision = _stated(facts, pack, policy)
    if changes and decision.basis is not Basis.NONE:
        decision = replace(decision, reasons=(*decision.reasons, *_changes(facts, pack, decision)))
    warnings = (*facts.warnings, *_validity(facts, pack), *decision.warnings)
    return replace(
        decision,
        warnings=warnings,
        rule_pack=pack.id,
        trich_yeu=facts.title.raw,
        so_ky_hieu=facts.so_ky_hieu.text if facts.so_ky_hieu else None,
    )


# ------------------------------------------------------------------ the type is stated


def _stated(facts: Facts, pack: Pack, policy: Policy) -> Decision:
    ruling, each = rule_document(pack, facts)
    rule = ruling.rule
    unreadable = bool(facts.nonsense) and not facts.mat
    if unreadable and (
        facts.loai is None or rule is None or set(rule.when) & {"muc_dich", "ky"} or rule.standing != "text"
    ):
        return _undecidable(facts, each)
    dispatch, lean = _answered(ruling, policy)
    scored = facts.loai_by is not None or facts.hinh_thuc or facts.mat
    confidence = _STATED[facts.loai_by] if facts.loai_by else 0.98
    if rule:
        confidence *= _FIRM[rule.standing]
    paper = Dispatch.ELECTRONIC_AND_PAPER in (dispatch, lean)
    electronic = Dispatch.ELECTRONIC_ONLY in (dispatch, lean)
    return _decision(
        facts,
        pack,
        ruling,
        each,
        dispatch=dispatch,
        lean=lean,
        confidence=round(confidence, 4) if scored and (paper or electronic) else None,
        p_paper=round(confidence if paper else 1 - confidence, 4) if scored and (paper or electronic) else None,
        basis=Basis.RULE if rule and (rule.group != "unknown") else Basis.NONE,
        loai=facts.loai,
        reasons=_type_reason(facts),
        warnings=(facts.nonsense,) if unreadable else (),
    )


def _answered(ruling: Ruling, policy: Policy) -> tuple[Dispatch, Dispatch | None]:
    """The pack's outcome under the policy's wish to be asked more, or less."""
    standing = ruling.rule.standing if ruling.rule else "open"
    if policy.review == "strict" and standing == "silence":
        return Dispatch.NEEDS_REVIEW, ruling.outcome
    if policy.review == "lean" and ruling.outcome is Dispatch.NEEDS_REVIEW and ruling.lean:
        return ruling.lean, None
    return ruling.outcome, ruling.lean


def _undecidable(facts: Facts, each: Sequence[RecipientRuling]) -> Decision:
    return Decision(
        dispatch=Dispatch.NEEDS_REVIEW,
        lean=None,
        confidence=None,
        p_paper=None,
        basis=Basis.NONE,
        loai_van_ban=facts.loai,
        normative=facts.quy_pham,
        category=None,
        quote="",
        reasons=(Reason("question", facts.nonsense, _NONSENSE_EN, spans=()),),
        recipients=tuple(
            RecipientDecision(
                r.recipient.name, str(r.recipient.role), Dispatch.NEEDS_REVIEW if r.ruling else None, facts.nonsense
            )
            for r in each
        ),
        warnings=(facts.nonsense,),
        rule_pack="",
        model=None,
    )


_NONSENSE_EN = "The title cannot be judged: blank, damaged, without letters, or not Vietnamese."


# ------------------------------------------------------------------ the type is estimated


@dataclass(slots=True)
class _Sums:
    paper: float = 0.0
    electronic: float = 0.0
    review_paper: float = 0.0
    review_electronic: float = 0.0
    review: float = 0.0

    def add(self, dispatch: Dispatch, lean: Dispatch | None, p: float) -> None:
        match dispatch, lean:
            case Dispatch.ELECTRONIC_AND_PAPER, _:
                self.paper += p
            case Dispatch.ELECTRONIC_ONLY, _:
                self.electronic += p
            case _, Dispatch.ELECTRONIC_AND_PAPER:
                self.review_paper += p
            case _, Dispatch.ELECTRONIC_ONLY:
                self.review_electronic += p
            case _:
                self.review += p

    @property
    def p_paper(self) -> float:
        return self.paper + self.review_paper

    @property
    def p_electronic(self) -> float:
        return self.electronic + self.review_electronic

    @property
    def asked(self) -> float:
        return self.review + self.review_paper + self.review_electronic


def _estimated(
    facts: Facts,
    pack: Pack,
    types: Mapping[str, float],
    policy: Policy,
    model: str | None,
    contributions: Contributions | None,
) -> Decision:
    ranked = sorted(((code, p) for code, p in types.items() if p >= _NEGLIGIBLE), key=lambda pair: (-pair[1], pair[0]))
    total = sum(p for _, p in ranked)
    ranked = [(code, p / total) for code, p in ranked]
    rulings: dict[str, tuple[Ruling, tuple[RecipientRuling, ...]]] = {}
    sums = _Sums()
    answers: dict[str, tuple[Dispatch, Dispatch | None]] = {}
    for code, p in ranked:
        rulings[code] = rule_document(pack, facts, loai=code)
        answers[code] = _answered(rulings[code][0], policy)
        sums.add(*answers[code], p)
    dispatch, lean = _weigh(sums, policy)
    wanted = lean or dispatch
    # The clause to quote is that of the likeliest type whose own outcome is the answer (or the lean).
    shown = next((c for c, _ in ranked if dispatch in answers[c] and dispatch is not Dispatch.NEEDS_REVIEW), None)
    shown = shown or next((c for c, _ in ranked if wanted in answers[c]), ranked[0][0])
    ruling, each = rulings[shown]
    confidence = max(sums.p_paper, sums.p_electronic) if dispatch is Dispatch.NEEDS_REVIEW else _mass(sums, dispatch)
    by_more_than_type = ruling.rule is not None and bool(set(ruling.rule.when) - {"loai", "quy_pham"})
    return _decision(
        facts,
        pack,
        ruling,
        each,
        dispatch=dispatch,
        lean=lean,
        confidence=round(min(confidence, 0.9999), 4),
        p_paper=round(sums.p_paper, 4),
        basis=Basis.RULE_AND_MODEL if by_more_than_type else Basis.MODEL,
        loai=ranked[0][0],
        reasons=(_estimate_reason(ranked, contributions),),
        model=model,
        types=tuple((code, round(p, 4)) for code, p in ranked[:5]),
    )


def _mass(sums: _Sums, dispatch: Dispatch) -> float:
    return sums.p_paper if dispatch is Dispatch.ELECTRONIC_AND_PAPER else sums.p_electronic


def _weigh(sums: _Sums, policy: Policy) -> tuple[Dispatch, Dispatch | None]:
    """The cheapest answer, by expected cost in questions to a person."""
    electronic = (sums.p_paper + sums.review) * policy.missing_paper
    paper = (sums.p_electronic + sums.review) * policy.needless_paper
    lean: Dispatch | None = (
        Dispatch.ELECTRONIC_AND_PAPER if sums.p_paper >= sums.p_electronic else Dispatch.ELECTRONIC_ONLY
    )
    if sums.review >= 0.5:
        lean = None
    if policy.review == "lean" and lean:
        return lean, None
    if sums.asked >= 0.5:
        return Dispatch.NEEDS_REVIEW, lean
    if min(electronic, paper) <= policy.asking:
        return (Dispatch.ELECTRONIC_ONLY if electronic <= paper else Dispatch.ELECTRONIC_AND_PAPER), None
    return Dispatch.NEEDS_REVIEW, lean


# ------------------------------------------------------------------ putting it together


def _decision(
    facts: Facts,
    pack: Pack,
    ruling: Ruling,
    each: Sequence[RecipientRuling],
    *,
    dispatch: Dispatch,
    lean: Dispatch | None,
    confidence: float | None,
    p_paper: float | None,
    basis: Basis,
    loai: str | None,
    reasons: tuple[Reason, ...],
    warnings: tuple[str, ...] = (),
    model: str | None = None,
    types: tuple[tuple[str, float], ...] = (),
) -> Decision:
    rule = ruling.rule
    always_normative = loai is not None and by_code(loai).group == "quy_pham"
    outsiders = [r for r in each if r.recipient.role in (Role.OUTSIDE,)]
    if outsiders and dispatch is not Dispatch.NOT_BY_NETWORK and len(outsiders) < len(each):
        warnings = (*warnings, "Có nơi nhận ngoài cơ quan nhà nước; xem riêng từng nơi nhận.")
    if facts.khan:
        warnings = (*warnings, "Văn bản khẩn: gửi ngay sau khi ký; độ khẩn không đổi hình thức gửi.")
    return Decision(
        dispatch=dispatch,
        lean=lean if dispatch is Dispatch.NEEDS_REVIEW else None,
        confidence=confidence,
        p_paper=p_paper,
        basis=basis,
        loai_van_ban=loai,
        normative=True if always_normative else facts.quy_pham,
        category=rule.category if rule else None,
        quote=rule.quote if rule else "",
        reasons=(*reasons, *_rule_reasons(facts, ruling, dispatch)),
        recipients=tuple(_recipient(r) for r in each),
        warnings=warnings,
        rule_pack=pack.id,
        model=model,
        rule=rule.id if rule else None,
        types=types,
    )


def _validity(facts: Facts, pack: Pack) -> tuple[str, ...]:
    """A47: the pack's window against the document's date, or the year inside its symbol."""
    year = facts.so_ky_hieu.year if facts.so_ky_hieu else None
    day = facts.ngay
    number = pack.title.split(" ban hành")[0]
    last = pack.in_force_to
    late = last is not None and (day > last if day else (year or 0) > last.year)
    if last and late:
        when = _day(day) if day else f"năm {year}"
        return (
            f"Văn bản {when}: {number} đã hết hiệu lực sau ngày {_day(last)}. Câu trả lời chỉ để tham khảo; "
            "xem quy định đang áp dụng, ví dụ Công văn 775/VPCP-KSTT.",
        )
    if pack.in_force_from and day and day < pack.in_force_from:
        return (f"Văn bản {_day(day)}: {number} chỉ có hiệu lực từ ngày {_day(pack.in_force_from)}.",)
    return ()


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


_STATED_BY = {
    "argument": ("theo loại văn bản đã ghi", "as given"),
    "symbol": ("theo số, ký hiệu", "by its symbol"),
    "word": ("theo từ đầu trích yếu", "by the head of the title"),
    "abbreviation": ("theo chữ viết tắt đầu trích yếu", "by the abbreviation at the head"),
    "no_diacritics": ("theo từ đầu trích yếu, gõ không dấu", "by the head of the title, typed without diacritics"),
    "misspelt": ("theo từ đầu trích yếu, có lỗi chính tả", "by the head of the title, misspelt"),
}


def _type_reason(facts: Facts) -> tuple[Reason, ...]:
    if facts.loai is None or facts.loai_by is None:
        return ()
    kind = by_code(facts.loai)
    vi, en = _STATED_BY[facts.loai_by]
    at_head = facts.loai_by not in ("argument", "symbol")
    spans = tuple(e.span for e in facts.evidence if e.kind == "loai_van_ban" and e.span and at_head)
    symbol = f" {facts.so_ky_hieu.text}" if facts.loai_by == "symbol" and facts.so_ky_hieu else ""
    return (
        Reason(
            "type",
            f"Loại văn bản: {kind.name} ({vi}{symbol}).",
            f"Type: {kind.name} ({kind.name_en}), {en}{symbol}.",
            spans=spans,
        ),
    )


def _percent(p: float) -> str:
    return f"{max(1, min(99, round(100 * p)))} %"


def _estimate_reason(ranked: Sequence[tuple[str, float]], contributions: Contributions | None) -> Reason:
    likely = [(by_code(code).name, p) for code, p in ranked[:3] if p >= 0.03]
    shares = ", ".join(f"{name} {_percent(p)}" for name, p in likely)
    words = contributions(ranked[0][0]) if contributions else ()
    apart = _apart(words)
    speaking = [c for c in apart if c.weight > 0][:3]
    against = [c for c in apart if c.weight < 0][:2]
    vi, en = (
        f"Trích yếu không ghi loại văn bản; ước lượng: {shares}.",
        f"The title does not state the type; estimated: {shares}.",
    )
    if speaking:
        vi += " Từ ngữ gợi ý: " + ", ".join(f"«{c.text}»" for c in speaking) + "."
        en += " Words for it: " + ", ".join(f"«{c.text}»" for c in speaking) + "."
    if against:
        vi += " Từ ngữ nói ngược lại: " + ", ".join(f"«{c.text}»" for c in against) + "."
        en += " Against it: " + ", ".join(f"«{c.text}»" for c in against) + "."
    return Reason("type", vi, en, spans=tuple(s for c in speaking for s in c.spans))


def _apart(words: Sequence[Contribution]) -> list[Contribution]:
    """The heaviest words, none of which lies inside another."""
    kept: list[Contribution] = []
    for word in words:
        if not any(a < y and x < b for other in kept for a, b in other.spans for x, y in word.spans):
            kept.append(word)
    return kept


def place(category: str | None) -> tuple[str, str]:
    """Where an item stands in the Decision, in Vietnamese and English.

    >>> place("E05")[0], place("B03")[0]
    ('Danh mục 1 (hoàn toàn điện tử)', 'Danh mục 2 (điện tử kèm giấy)')
    """
    if category is None:
        return ("Không có trong hai danh mục", "On neither list")
    if category == "E90":
        return ("Đoạn thứ ba, sau hai danh mục", "Third paragraph, after the two lists")
    if category.startswith("E"):
        return ("Danh mục 1 (hoàn toàn điện tử)", "First list (electronic only)")
    return ("Danh mục 2 (điện tử kèm giấy)", "Second list (electronic plus paper)")


def _rule_reasons(facts: Facts, ruling: Ruling, dispatch: Dispatch) -> tuple[Reason, ...]:
    rule = ruling.rule
    if rule is None:
        if not ruling.against:
            return (Reason("question", "Không quy tắc nào trả lời trường hợp này.", "No rule answers this."),)
        vi = "; ".join(f"«{r.focus or r.quote}» ({place(r.category)[0].lower()})" for r in ruling.against)
        en = "; ".join(f"«{r.focus or r.quote}» ({place(r.category)[1].lower()})" for r in ruling.against)
        return (Reason("question", f"Các điều khoản trả lời khác nhau: {vi}.", f"The clauses disagree: {en}."),)
    spans = _spans(facts, rule)
    vi_place, en_place = place(rule.category)
    out = [Reason("rule", f"{vi_place}: «{rule.quote}».", f"{en_place}: «{rule.quote}».", rule.id, spans)]
    out.append(Reason("reading", rule.reading, rule.reading_en, rule.id))
    if rule.note:
        out.append(
            Reason(
                "question" if dispatch is Dispatch.NEEDS_REVIEW else "note",
                rule.note,
                rule.note_en or rule.note,
                rule.id,
            )
        )
    return tuple(out)


def _spans(facts: Facts, rule: Rule) -> tuple[tuple[int, int], ...]:
    """The places in the title that met the rule's conditions."""
    met: list[tuple[int, int]] = []
    for e in facts.evidence:
        wanted = rule.when.get(e.kind) if e.kind in ("muc_dich", "ky", "hinh_thuc") else None
        hit = (wanted and e.value in wanted) or (e.kind == "do_mat" and "mat" in rule.when)
        if hit and e.span:
            met.append(e.span)
    return tuple(met)


_WHAT_IF: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("vai_tro", {"vai_tro": "lead"}, "nơi nhận chủ trì giải quyết công việc", "the recipient leads the handling"),
    ("vai_tro", {"vai_tro": "information"}, "nơi nhận chỉ để biết", "the recipient gets it for information"),
    ("hinh_thuc", {"hinh_thuc": "sao_y"}, "đây là bản sao y", "it is a true copy"),
)


def _changes(facts: Facts, pack: Pack, decision: Decision) -> tuple[Reason, ...]:
    """What would change the answer, tried on the pack itself."""
    dispatch = decision.dispatch
    if decision.loai_van_ban is None or dispatch is Dispatch.NOT_BY_NETWORK:
        return ()
    base = situation(facts, loai=decision.loai_van_ban)
    out = []
    for key, change, vi, en in _WHAT_IF:
        if getattr(base, key):
            continue
        other = resolve(pack, replace(base, **change))  # type: ignore[arg-type]
        if other.outcome is not dispatch and other.outcome is not Dispatch.NEEDS_REVIEW:
            out.append(
                (f"{other.outcome.label_vi.lower()} nếu {vi}", f"{other.outcome.label_en.lower()} if {en}", other.rule)
            )
    if not out:
        return ()
    first = out[0][2]
    return (
        Reason(
            "change",
            "Sẽ khác: " + "; ".join(o[0] for o in out) + ".",
            "It would change: " + "; ".join(o[1] for o in out) + ".",
            first.id if first else None,
        ),
    )


def _recipient(r: RecipientRuling) -> RecipientDecision:
    role_vi, role_en = describe(r.recipient.role)
    if r.ruling is None:
        return RecipientDecision(
            r.recipient.name, str(r.recipient.role), None, "Bản lưu, không gửi đi.", "File copy; not sent."
        )
    rule = r.ruling.rule
    vi = f"{role_vi}: «{rule.focus or rule.quote}»." if rule else f"{role_vi}: cần xem xét."
    en = f"{role_en}: «{rule.focus or rule.quote}»." if rule else f"{role_en}: needs review."
    return RecipientDecision(r.recipient.name, str(r.recipient.role), r.ruling.outcome, vi, en)
