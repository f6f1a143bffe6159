"""The only place where law and model meet: facts, a pack's rulings and type probabilities become one decision.

`decide` is pure: the same facts, pack, probabilities and policy give the same decision. Where the type is stated, the pack rules on it. Where it is
only estimated, the pack rules on every type that is still possible and the probabilities are added up per outcome; the policy
turns the sums into an answer by the cost of the two mistakes and of asking.

    p_paper = P(outcome is paper) + P(needs review, leaning to paper)

What the law says of a document turns on few of its facts, and many documents are alike in those: such a `_Verdict`, with its sentences, is worked
out once. An `Answer` is a verdict with one title's numbers; a row of a table is read off it, and a `Decision` is the same with the places
in the title. Estimated types are weighed for many titles at once, in arrays; one title is the case of one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import vanthu_classifier
from vanthu_classifier import validity
from vanthu_classifier.bilingual import Bilingual, english
from vanthu_classifier.facts import Facts
from vanthu_classifier.loai_van_ban import by_code
from vanthu_classifier.noi_nhan import Role, describe
from vanthu_classifier.outcomes import Basis, Dispatch
from vanthu_classifier.rulepack import (
    Pack,
    RecipientRuling,
    Rule,
    Ruling,
    resolve,
    rule_document,
    rule_types,
    situation,
)
from vanthu_classifier.text import CleanText
from vanthu_classifier.validity import AsOf

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

__all__ = [
    "REVIEW_MODES",
    "Answer",
    "Contribution",
    "Decision",
    "Judge",
    "Policy",
    "Reason",
    "RecipientDecision",
    "ReviewMode",
    "decide",
    "doubted",
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


@dataclass(frozen=True, slots=True, repr=False)
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
    trich_yeu: str = ""
    so_ky_hieu: str | None = None
    rule_pack_sha256: str = ""
    """Hash of the pack's files: the same id with another hash is another law."""
    model_sha256: str | None = None
    """Hash of the model that was asked; None where none was."""
    review: ReviewMode = "ask"

    def __repr__(self) -> str:
        answer = str(self.dispatch) + (f" (lean {self.lean})" if self.lean else "")
        sure = "" if self.confidence is None else f", {_percent(self.confidence)}"
        item = self.category or self.rule
        clause = f", {item} «{self.quote}»" if item else ""
        return f"<Decision {answer}{sure}, {self.basis}, {self.loai_van_ban or 'no type'}{clause}: {self.trich_yeu!r}>"

    def _repr_html_(self) -> str:
        """The decision as a notebook shows it: one self-contained block without script."""
        from vanthu_classifier.card import card, underlined

        kind = by_code(self.loai_van_ban).name if self.loai_van_ban else ""
        marked = [span for r in self.reasons if r.kind in ("type", "rule") for span in r.spans]
        return card(
            dispatch=self.dispatch,
            lean=self.lean,
            title=underlined(self.trich_yeu, marked),
            facts=[*filter(None, (self.so_ky_hieu, kind))],
            confidence=None if self.confidence is None else f"{_percent(self.confidence)}, {self.basis.label_vi}",
            sentences=[(r.kind, r.text) for r in self.reasons],
            recipients=[(r.name, r.dispatch, r.reason) for r in self.recipients],
            warnings=self.warnings,
            foot=" · ".join(filter(None, (self.rule_pack, self.rule, self.model))),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; title and symbol are left to the caller, who has them.

        `rule_pack` and `model` come with their hashes and the library's version, so that the answer can be had again and compared.
        """
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
            "warnings_en": list(map(english, self.warnings)),
            "rule_pack": self.rule_pack,
            "model": self.model,
            "rule": self.rule,
            "types": [[code, p] for code, p in self.types],
            "rule_pack_sha256": self.rule_pack_sha256,
            "model_sha256": self.model_sha256,
            "review": self.review,
            "version": vanthu_classifier.__version__,
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
    model_sha256: str | None = None,
    contributions: Contributions | None = None,
    changes: bool = True,
    on: AsOf = None,
) -> Decision:
    """The decision on one document.

    `types` are the probabilities of types where none is stated (see `needs_model`); None there gives `needs_review` with basis `none`. `changes` asks
    for the sentence that says what would change the answer; rows of a table go without it.

    >>> from vanthu_classifier import facts, rulepack
    >>> d = decide(facts.read("Tờ trình xin chủ trương đầu tư"), rulepack.load())
    >>> d.dispatch, d.category, d.quote, d.basis
    (<Dispatch.ELECTRONIC_AND_PAPER: 'electronic_and_paper'>, 'B03', 'tờ trình', <Basis.RULE: 'rule'>)
    """
    judge = Judge.of(pack, policy, on)
    if not (needs_model(facts) and types):
        return judge.decision(facts, judge.stated(facts), changes=changes)
    import numpy as np

    codes = tuple(sorted(types))
    [answer] = judge.estimated([facts], np.array([[types[code] for code in codes]], dtype=np.float64), codes)
    return judge.decision(
        facts, answer, model=model, model_sha256=model_sha256, contributions=contributions, changes=changes
    )


# ------------------------------------------------------------------ answers


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the law says of documents that are alike in every fact it asks for.

    `reasons` are those of the rule, without places; `shown` are the sentences of them that stand in a table. `type_reason` is the sentence on a
    stated type, in both languages, with "{}" for the symbol where the symbol states it. `recipients` are without names.
    """

    dispatch: Dispatch
    lean: Dispatch | None
    basis: Basis
    ruling: Ruling
    reasons: tuple[Reason, ...]
    shown: str
    recipients: tuple[RecipientDecision, ...]
    warnings: tuple[str, ...]
    type_reason: tuple[str, str] | None = None

    @property
    def rule(self) -> Rule | None:
        """The rule that is cited."""
        return self.ruling.rule


class Answer(NamedTuple):
    """A verdict with what is particular to one title. `types` are codes and probabilities, likeliest first; () where the type is stated."""

    verdict: _Verdict
    loai: str | None
    confidence: float | None
    p_paper: float | None
    types: tuple[tuple[str, float], ...] = ()


_OF_ONE_TITLE = {"title", "so_ky_hieu", "recipients", "ngay", "matter", "places", "warnings"}
_case = attrgetter(*(name for name in Facts._fields if name not in _OF_ONE_TITLE))
"""What of the facts a verdict may turn on, besides the roles of recipients."""
_MOST_KEPT = 100_000


class Judge:
    """A rule pack and a policy, and the verdicts that were reached with them; `on` is the day whose law was asked for."""

    def __init__(self, pack: Pack, policy: Policy, on: AsOf = None) -> None:
        self.pack = pack
        self.policy = policy
        self.on = on
        self._stated: dict[object, Answer] = {}
        self._outlooks: dict[object, _Outlook] = {}

    @staticmethod
    @lru_cache(maxsize=16)
    def of(pack: Pack, policy: Policy, on: AsOf = None) -> Judge:
        """The judge for a pack, a policy and a day; one for all who ask."""
        return Judge(pack, policy, on)

    def stated(self, facts: Facts) -> Answer:
        """The answer where the type is stated, or no model is asked."""
        case = _case(facts) if not facts.recipients else (_case(facts), *((r.role, r.noi_bo) for r in facts.recipients))
        answer = self._stated.get(case)
        if answer is None:
            if len(self._stated) >= _MOST_KEPT:
                self._stated.clear()
            answer = self._stated[case] = _stated(facts, self.pack, self.policy)
        return answer

    def estimated(self, facts: Sequence[Facts], probabilities: Numbers, codes: tuple[str, ...]) -> list[Answer]:
        """The answers where the type is estimated: a row of `probabilities` for each document, a column for each of the sorted `codes`."""
        return _estimated([self._outlook(f, codes) for f in facts], probabilities, codes, self.policy)

    def _outlook(self, facts: Facts, codes: tuple[str, ...]) -> _Outlook:
        case = (codes, _case(facts), *((r.role, r.noi_bo) for r in facts.recipients))
        outlook = self._outlooks.get(case)
        if outlook is None:
            if len(self._outlooks) >= _MOST_KEPT:
                self._outlooks.clear()
            outlook = self._outlooks[case] = _Outlook(facts, self.pack, self.policy, codes)
        return outlook

    def row(self, facts: Facts, answer: Answer) -> tuple[object, ...]:
        """The answer as a row of a table: dispatch, lean, confidence, p_paper, basis, loai_van_ban, category, reason, warnings."""
        verdict = answer.verdict
        if answer.types:
            reason = f"{_estimate(answer.types)[0]} {verdict.shown}"
        elif verdict.type_reason:
            symbol = facts.so_ky_hieu.text if facts.so_ky_hieu else ""
            reason = f"{verdict.type_reason[0].replace('{}', symbol)} {verdict.shown}"
        else:
            reason = verdict.shown
        rule = verdict.rule
        return (
            verdict.dispatch.value,
            verdict.lean and verdict.lean.value,
            answer.confidence,
            answer.p_paper,
            verdict.basis.value,
            answer.loai,
            rule.category if rule else None,
            reason,
            " ".join(self._warnings(facts, answer)),
        )

    def decision(
        self,
        facts: Facts,
        answer: Answer,
        *,
        model: str | None = None,
        model_sha256: str | None = None,
        contributions: Contributions | None = None,
        changes: bool = False,
    ) -> Decision:
        """The answer with its reasons and their places; see `decide`."""
        verdict, loai = answer.verdict, answer.loai
        rule = verdict.rule
        always_normative = loai is not None and by_code(loai).group == "quy_pham"
        first = _estimate_reason(answer.types, contributions) if answer.types else _type_reason(facts, verdict)
        reasons = (*first, *_placed(facts, rule, verdict.reasons))
        if changes and verdict.basis is not Basis.NONE:
            reasons = (*reasons, *_changes(facts, self.pack, verdict.dispatch, loai))
        return Decision(
            dispatch=verdict.dispatch,
            lean=verdict.lean,
            confidence=answer.confidence,
            p_paper=answer.p_paper,
            basis=verdict.basis,
            loai_van_ban=loai,
            normative=True if always_normative else facts.quy_pham,
            category=rule.category if rule else None,
            quote=rule.quote if rule else "",
            reasons=reasons,
            recipients=tuple(
                replace(said, name=recipient.name)
                for said, recipient in zip(verdict.recipients, facts.recipients, strict=True)
            ),
            warnings=self._warnings(facts, answer),
            rule_pack=self.pack.id,
            model=model,
            rule=rule.id if rule else None,
            types=tuple((code, round(p, 4)) for code, p in answer.types[:5]),
            trich_yeu=facts.title.raw,
            so_ky_hieu=facts.so_ky_hieu.text if facts.so_ky_hieu else None,
            rule_pack_sha256=self.pack.sha256,
            model_sha256=model_sha256,
            review=self.policy.review,
        )

    def _warnings(self, facts: Facts, answer: Answer) -> tuple[str, ...]:
        of_the_case = answer.verdict.warnings
        dated = facts.ngay is not None or (facts.so_ky_hieu is not None and facts.so_ky_hieu.year is not None)
        if not (dated or facts.warnings or self.on):
            return of_the_case
        return (*facts.warnings, *validity.warnings(facts, self.pack, answer.loai, self.on), *of_the_case)


_OUTSIDERS = Bilingual(
    "Có nơi nhận ngoài cơ quan nhà nước; xem riêng từng nơi nhận.",
    "Some recipients are not state bodies; look at each recipient.",
)
_URGENT = Bilingual(
    "Văn bản khẩn: gửi ngay sau khi ký; độ khẩn không đổi hình thức gửi.",
    "Urgent: send it as soon as it is signed; urgency does not change how.",
)


def _verdict(
    facts: Facts,
    ruling: Ruling,
    each: Sequence[RecipientRuling],
    dispatch: Dispatch,
    lean: Dispatch | None,
    basis: Basis,
    warnings: tuple[str, ...] = (),
) -> _Verdict:
    outsiders = [r for r in each if r.recipient.role in (Role.OUTSIDE,)]
    if outsiders and dispatch is not Dispatch.NOT_BY_NETWORK and len(outsiders) < len(each):
        warnings = (*warnings, _OUTSIDERS)
    if facts.khan:
        warnings = (*warnings, _URGENT)
    reasons = _rule_reasons(ruling, dispatch)
    return _Verdict(
        dispatch=dispatch,
        lean=lean if dispatch is Dispatch.NEEDS_REVIEW else None,
        basis=basis,
        ruling=ruling,
        reasons=reasons,
        shown=_shown(reasons),
        recipients=tuple(_recipient(r) for r in each),
        warnings=warnings,
    )


def _shown(reasons: Sequence[Reason]) -> str:
    return " ".join(r.text for r in reasons if r.kind in ("rule", "question", "note"))


# ------------------------------------------------------------------ the type is stated


def _stated(facts: Facts, pack: Pack, policy: Policy) -> Answer:
    ruling, each = rule_document(pack, facts)
    rule = ruling.rule
    unreadable = bool(facts.nonsense) and not facts.mat
    if unreadable and (
        facts.loai is None or rule is None or set(rule.when) & {"muc_dich", "ky"} or rule.standing != "text"
    ):
        return _undecidable(facts, each)
    dispatch, lean = _answered(ruling, policy)
    basis = Basis.RULE if rule and (rule.group != "unknown") else Basis.NONE
    verdict = _verdict(facts, ruling, each, dispatch, lean, basis, (facts.nonsense,) if unreadable else ())
    verdict = replace(verdict, type_reason=_type_sentences(facts))
    scored = facts.loai_by is not None or facts.hinh_thuc or facts.mat
    paper = Dispatch.ELECTRONIC_AND_PAPER in (dispatch, lean)
    electronic = Dispatch.ELECTRONIC_ONLY in (dispatch, lean)
    if not (scored and (paper or electronic)):
        return Answer(verdict, facts.loai, None, None)
    confidence = _STATED[facts.loai_by] if facts.loai_by else 0.98
    if rule:
        confidence *= _FIRM[rule.standing]
    return Answer(verdict, facts.loai, round(confidence, 4), round(confidence if paper else 1 - confidence, 4))


def _answered(ruling: Ruling, policy: Policy) -> tuple[Dispatch, Dispatch | None]:
    """The pack's outcome under the policy's wish to be asked more, or less."""
    standing = ruling.rule.standing if ruling.rule else "open"
    if policy.review == "strict" and standing == "silence":
        return Dispatch.NEEDS_REVIEW, ruling.outcome
    if policy.review == "lean" and ruling.outcome is Dispatch.NEEDS_REVIEW and ruling.lean:
        return ruling.lean, None
    return ruling.outcome, ruling.lean


def _undecidable(facts: Facts, each: Sequence[RecipientRuling]) -> Answer:
    recipients = tuple(
        RecipientDecision(
            r.recipient.name,
            str(r.recipient.role),
            Dispatch.NEEDS_REVIEW if r.ruling else None,
            facts.nonsense,
            english(facts.nonsense),
        )
        for r in each
    )
    verdict = _Verdict(
        dispatch=Dispatch.NEEDS_REVIEW,
        lean=None,
        basis=Basis.NONE,
        ruling=Ruling(Dispatch.NEEDS_REVIEW, None, None),
        reasons=(Reason("question", facts.nonsense, english(facts.nonsense)),),
        shown=facts.nonsense,
        recipients=recipients,
        warnings=(facts.nonsense,),
    )
    return Answer(verdict, facts.loai, None, None)


# ------------------------------------------------------------------ the type is estimated


# How a type's outcome counts: its place in the arrays below.
_PAPER, _ELECTRONIC, _LEANS_PAPER, _LEANS_ELECTRONIC, _OPEN, _OTHER = range(6)
_ANSWERS = (Dispatch.ELECTRONIC_AND_PAPER, Dispatch.ELECTRONIC_ONLY, Dispatch.NEEDS_REVIEW)
_QUOTABLE = (
    (True, False, True, False, False, False),
    (False, True, False, True, False, False),
    (False, False, True, True, True, False),
)
"""Of which types the clause may be quoted where the answer, or else the lean, is the first, second or third of `_ANSWERS`."""


def _counts_as(dispatch: Dispatch, lean: Dispatch | None) -> int:
    match dispatch, lean:
        case Dispatch.ELECTRONIC_AND_PAPER, _:
            return _PAPER
        case Dispatch.ELECTRONIC_ONLY, _:
            return _ELECTRONIC
        case _, Dispatch.ELECTRONIC_AND_PAPER:
            return _LEANS_PAPER
        case _, Dispatch.ELECTRONIC_ONLY:
            return _LEANS_ELECTRONIC
    return _OPEN if dispatch is Dispatch.NEEDS_REVIEW else _OTHER


class _Outlook:
    """What the pack says of documents that are alike in all but their type, for each type they may have."""

    def __init__(self, facts: Facts, pack: Pack, policy: Policy, codes: tuple[str, ...]) -> None:
        import numpy as np

        self._facts = facts._replace(title=CleanText("", ""), so_ky_hieu=None, places=(), warnings=())
        self._rulings = rule_types(pack, facts, codes)
        self.counts = np.array([_counts_as(*_answered(ruling, policy)) for ruling, _ in self._rulings], dtype=np.int8)
        self._verdicts: dict[tuple[int, Dispatch, Dispatch | None], _Verdict] = {}

    def verdict(self, column: int, dispatch: Dispatch, lean: Dispatch | None) -> _Verdict:
        """The verdict that quotes what the pack says of the type in this column."""
        key = column, dispatch, lean
        verdict = self._verdicts.get(key)
        if verdict is None:
            ruling, each = self._rulings[column]
            by_more_than_type = ruling.rule is not None and bool(set(ruling.rule.when) - {"loai", "quy_pham"})
            basis = Basis.RULE_AND_MODEL if by_more_than_type else Basis.MODEL
            verdict = self._verdicts[key] = _verdict(self._facts, ruling, each, dispatch, lean, basis)
        return verdict


_SHOWN_TYPES = 5


def _estimated(
    outlooks: Sequence[_Outlook], probabilities: Numbers, codes: tuple[str, ...], policy: Policy
) -> list[Answer]:
    import numpy as np

    if not outlooks:
        return []
    p = np.where(probabilities >= _NEGLIGIBLE, probabilities, 0.0)
    p /= p.sum(axis=1, keepdims=True)
    counts = np.concatenate([outlook.counts for outlook in outlooks]).reshape(p.shape)
    paper, electronic, leans_paper, leans_electronic = (
        np.where(counts == kind, p, 0.0).sum(axis=1) for kind in (_PAPER, _ELECTRONIC, _LEANS_PAPER, _LEANS_ELECTRONIC)
    )
    open_ = np.where(counts >= _OPEN, p, 0.0).sum(axis=1)
    p_paper, p_electronic = paper + leans_paper, electronic + leans_electronic
    answer, lean = _weigh(p_paper, p_electronic, open_, open_ + leans_paper + leans_electronic, policy)
    # The clause to quote is that of the likeliest type whose own outcome is the answer (or the lean).
    wanted = np.where((answer == 2) & (lean < 2), lean, answer)
    quotable = np.array(_QUOTABLE)[wanted[:, None], counts]
    quoted = np.where(quotable, p, -1.0).argmax(axis=1)
    likeliest = p.argmax(axis=1)
    quoted = np.where(quotable[np.arange(len(p)), quoted] & (p[np.arange(len(p)), quoted] > 0), quoted, likeliest)
    confidence = np.where(answer == 2, np.maximum(p_paper, p_electronic), np.where(answer == 0, p_paper, p_electronic))
    columns, shares = _ranked(p)
    return [
        Answer(
            outlook.verdict(q, _ANSWERS[a], _ANSWERS[lean_] if a == 2 and lean_ < 2 else None),
            codes[ranks[0]],
            round(min(c, 0.9999), 4),
            round(pp, 4),
            tuple((codes[column], share) for column, share in zip(ranks, mine, strict=True) if share > 0),
        )
        for outlook, q, a, lean_, c, pp, ranks, mine in zip(
            outlooks,
            quoted.tolist(),
            answer.tolist(),
            lean.tolist(),
            confidence.tolist(),
            p_paper.tolist(),
            columns.tolist(),
            shares.tolist(),
            strict=True,
        )
    ]


def _ranked(p: Numbers) -> tuple[npt.NDArray[np.intp], Numbers]:
    """Columns and values of the largest few of each row, largest first; of equal ones the first."""
    import numpy as np

    rows = np.arange(len(p))
    left = p.copy()
    columns = np.empty((len(p), min(_SHOWN_TYPES, p.shape[1])), dtype=np.intp)
    shares = np.empty(columns.shape)
    for rank in range(columns.shape[1]):
        columns[:, rank] = left.argmax(axis=1)
        shares[:, rank] = left[rows, columns[:, rank]]
        left[rows, columns[:, rank]] = -1.0
    return columns, shares


def _weigh(
    p_paper: Numbers, p_electronic: Numbers, open_: Numbers, asked: Numbers, policy: Policy
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The cheapest answers, by expected cost in questions to a person, and the leans: places in `_ANSWERS`, 2 for a lean that there is not."""
    import numpy as np

    electronic = (p_paper + open_) * policy.missing_paper
    paper = (p_electronic + open_) * policy.needless_paper
    lean = np.where(open_ >= 0.5, 2, np.where(p_paper >= p_electronic, 0, 1))
    cheapest = np.where(electronic <= paper, 1, 0)
    asks = (asked >= 0.5) | (np.minimum(electronic, paper) > policy.asking)
    answer = np.where(asks, 2, cheapest)
    return (np.where(lean < 2, lean, answer), lean) if policy.review == "lean" else (answer, lean)


# ------------------------------------------------------------------ sentences and places


_STATED_BY = {
    "argument": ("theo loại văn bản đã ghi", "as given"),
    "symbol": ("theo số, ký hiệu", "by its symbol"),
    "word": ("theo từ đầu trích yếu", "by the head of the title"),
    "abbreviation": ("theo chữ viết tắt đầu trích yếu", "by the abbreviation at the head"),
    "no_diacritics": ("theo từ đầu trích yếu, gõ không dấu", "by the head of the title, typed without diacritics"),
    "misspelt": ("theo từ đầu trích yếu, có lỗi chính tả", "by the head of the title, misspelt"),
}


def _type_sentences(facts: Facts) -> tuple[str, str] | None:
    """How the type is known, in both languages, with "{}" for the symbol where it is known by that."""
    if facts.loai is None or facts.loai_by is None:
        return None
    kind = by_code(facts.loai)
    vi, en = _STATED_BY[facts.loai_by]
    symbol = " {}" if facts.loai_by == "symbol" and facts.so_ky_hieu else ""
    return f"Loại văn bản: {kind.name} ({vi}{symbol}).", f"Type: {kind.name} ({kind.name_en}), {en}{symbol}."


def _type_reason(facts: Facts, verdict: _Verdict) -> tuple[Reason, ...]:
    if verdict.type_reason is None:
        return ()
    symbol = facts.so_ky_hieu.text if facts.so_ky_hieu else ""
    vi, en = (text.replace("{}", symbol) for text in verdict.type_reason)
    at_head = facts.loai_by not in ("argument", "symbol")
    spans = tuple(e.span for e in facts.evidence if e.kind == "loai_van_ban") if at_head else ()
    return (Reason("type", vi, en, spans=spans),)


def _percent(p: float) -> str:
    return f"{max(1, min(99, round(100 * p)))} %"


def _estimate(types: Sequence[tuple[str, float]]) -> tuple[str, str]:
    """The estimate in a sentence, in both languages."""
    shares = ", ".join([f"{by_code(code).name} {_percent(p)}" for code, p in types[:3] if p >= 0.03])
    return (
        f"Trích yếu không ghi loại văn bản; ước lượng: {shares}.",
        f"The title does not state the type; estimated: {shares}.",
    )


def _estimate_reason(types: Sequence[tuple[str, float]], contributions: Contributions | None) -> tuple[Reason, ...]:
    vi, en = _estimate(types)
    apart = _apart(contributions(types[0][0]) if contributions else ())
    speaking = [c for c in apart if c.weight > 0][:3]
    against = [c for c in apart if c.weight < 0][:2]
    if speaking:
        vi += " Từ ngữ gợi ý: " + ", ".join(f"«{c.text}»" for c in speaking) + "."
        en += " Words for it: " + ", ".join(f"«{c.text}»" for c in speaking) + "."
    if against:
        vi += " Từ ngữ nói ngược lại: " + ", ".join(f"«{c.text}»" for c in against) + "."
        en += " Against it: " + ", ".join(f"«{c.text}»" for c in against) + "."
    return (Reason("type", vi, en, spans=tuple(s for c in speaking for s in c.spans)),)


def _apart(words: Sequence[Contribution]) -> list[Contribution]:
    """The heaviest words, none of which lies inside another."""
    kept: list[Contribution] = []
    for word in words:
        if not any(a < y and x < b for other in kept for a, b in other.spans for x, y in word.spans):
            kept.append(word)
    return kept


def _rule_reasons(ruling: Ruling, dispatch: Dispatch) -> tuple[Reason, ...]:
    rule = ruling.rule
    if rule is None:
        if ruling.silence:
            return (Reason("question", ruling.silence.reason, ruling.silence.reason_en),)
        if not ruling.against:
            return (Reason("question", "Không quy tắc nào trả lời trường hợp này.", "No rule answers this."),)
        vi = "; ".join(f"«{r.focus or r.quote}» ({r.place.lower()})" for r in ruling.against)
        en = "; ".join(f"«{r.focus or r.quote}» ({r.place_en.lower()})" for r in ruling.against)
        return (Reason("question", f"Các điều khoản trả lời khác nhau: {vi}.", f"The clauses disagree: {en}."),)
    out = [Reason("rule", f"{rule.place}: «{rule.quote}».", f"{rule.place_en}: «{rule.quote}».", rule.id)]
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


def _placed(facts: Facts, rule: Rule | None, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The rule's reasons, the first with the places in the title that met the rule's conditions."""
    if rule is None or not facts.places:
        return reasons
    spans = tuple(
        facts.title.raw_span(*place.span)
        for place in facts.places
        if (place.kind in ("muc_dich", "ky", "hinh_thuc") and place.id in rule.when.get(place.kind, ()))
        or (place.kind == "do_mat" and "mat" in rule.when)
    )
    return (replace(reasons[0], spans=spans), *reasons[1:]) if spans else reasons


_WHAT_IF: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("vai_tro", {"vai_tro": "lead"}, "nơi nhận chủ trì giải quyết công việc", "the recipient leads the handling"),
    ("vai_tro", {"vai_tro": "information"}, "nơi nhận chỉ để biết", "the recipient gets it for information"),
    ("hinh_thuc", {"hinh_thuc": "sao_y"}, "đây là bản sao y", "it is a true copy"),
)


def _changes(facts: Facts, pack: Pack, dispatch: Dispatch, loai: str | None) -> tuple[Reason, ...]:
    """What would change the answer, tried on the pack itself."""
    if loai is None or dispatch is Dispatch.NOT_BY_NETWORK:
        return ()
    sent = [r for r in facts.recipients if r.role is not Role.FILE]
    base = situation(facts, loai=loai, noi_bo=bool(sent) and all(r.noi_bo for r in sent))
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


# ------------------------------------------------------------------ documents read from pictures

_READ_SURELY = 0.8
"""Below, a person compares a recognised document with its picture before the answer counts."""


def doubted(decision: Decision, reading: float) -> Decision:
    """The decision on a document whose type and title were read right only with this probability, 1 being certainty.

    It is multiplied into the confidence. Below 0.8 the answer becomes `needs_review` with itself as the lean, unless the policy never asks where
    there is a lean; a secret document stays off the network.

    >>> from vanthu_classifier import facts, rulepack
    >>> d = decide(facts.read("Tờ trình xin chủ trương đầu tư"), rulepack.load())
    >>> d.confidence, doubted(d, 0.9).confidence, str(doubted(d, 0.7).dispatch), str(doubted(d, 0.7).lean)
    (0.99, 0.891, 'needs_review', 'electronic_and_paper')
    """
    if reading >= 1.0 or decision.dispatch is Dispatch.NOT_BY_NETWORK:
        return decision
    paper = Dispatch.ELECTRONIC_AND_PAPER in (decision.dispatch, decision.lean)
    confidence = None if decision.confidence is None else round(decision.confidence * reading, 4)
    p_paper = None
    if decision.p_paper is not None:
        p_paper = round(decision.p_paper * reading if paper else 1 - (1 - decision.p_paper) * reading, 4)
    less_sure = replace(decision, confidence=confidence, p_paper=p_paper)
    if reading >= _READ_SURELY or decision.review == "lean":
        return less_sure
    vi = f"Bản quét đọc chưa chắc ({_percent(reading)}); đối chiếu loại văn bản và trích yếu với bản quét."
    en = f"The scan was not surely read ({_percent(reading)}); compare type and title with the picture."
    return replace(
        less_sure,
        dispatch=Dispatch.NEEDS_REVIEW,
        lean=decision.lean if decision.dispatch is Dispatch.NEEDS_REVIEW else decision.dispatch,
        reasons=(*decision.reasons, Reason("question", vi, en)),
    )
