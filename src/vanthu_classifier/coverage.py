"""How a pack does on an office's own documents: which rules speak, alone or together, against whom, and what nothing answered.

A rule *speaks* of a document when all its conditions hold, for the type that is stated or found likeliest, for the document as such or for one of
its recipients. Counts are documents:

    speaks          all conditions hold
    cited           the answer quotes it; `estimated` of these on a type that the model estimated (where the likeliest type does not decide, the
                    quoted rule may be that of another type, and then it does not count as speaking)
    alone           it speaks and no other rule does
    together        it stands with others that give the same answer
    prevails        it overrides a rule that would have answered otherwise
    gives_way       another rule overrides it
    against         it stands against another rule, undeclared (a fault of the pack: `vanthu rules check`)
    against_model   the type is stated, it is cited, and the model's own guess at the type would have led to another answer
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.documents import Document, chunks
from vanthu_classifier.facts import read
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Pack, Rule, Ruling, resolve, situation

if TYPE_CHECKING:
    from vanthu_classifier.decide import Decision
    from vanthu_classifier.facts import Facts

__all__ = ["Coverage", "RuleCounts", "Unanswered", "measure"]


@dataclass(slots=True)
class RuleCounts:
    """The counts of one rule; see the module."""

    speaks: int = 0
    cited: int = 0
    estimated: int = 0
    alone: int = 0
    together: int = 0
    prevails: int = 0
    gives_way: int = 0
    against: int = 0
    against_model: int = 0

    def to_dict(self) -> dict[str, int]:
        """The counts by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True, order=True)
class Unanswered:
    """A group of documents that a person has to look at.

    `why` is the id of the rule or stated silence that leaves them open, or `type` (too unsure of the type), `conflict` (rules disagree), `gap`
    (no rule speaks), `title` (the title cannot be judged). `loai` is the type, stated or likeliest, "" for none; `words` are the first words of the matter.
    """

    why: str
    loai: str
    words: str


@dataclass(slots=True)
class Coverage:
    """What was counted. `documents` were decided, `unreadable` were not; `outcomes` by answer."""

    pack: Pack
    documents: int = 0
    unreadable: int = 0
    outcomes: Counter[Dispatch] = field(default_factory=Counter)
    rules: dict[str, RuleCounts] = field(default_factory=dict)
    unanswered: Counter[Unanswered] = field(default_factory=Counter)
    examples: dict[Unanswered, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "pack": self.pack.id,
            "documents": self.documents,
            "unreadable": self.unreadable,
            "outcomes": {str(d): self.outcomes[d] for d in Dispatch},
            "rules": list(self.rule_rows()),
            "unanswered": list(self.unanswered_rows()),
        }

    def rule_rows(self) -> Iterator[dict[str, Any]]:
        """A row a rule, the most cited first, the silent ones last."""
        order = sorted(self.rules.items(), key=lambda item: (-item[1].cited, -item[1].speaks, item[0]))
        for id, counts in order:
            rule = self.pack.rules[id]
            yield {"rule": id, "outcome": str(rule.outcome), "clause": rule.focus or rule.quote} | counts.to_dict()

    def unanswered_rows(self) -> Iterator[dict[str, Any]]:
        """A row a group, the largest first, with one title of it."""
        for group, count in sorted(self.unanswered.items(), key=lambda item: (-item[1], item[0])):
            yield {"count": count, "why": group.why, "loai_van_ban": group.loai, "words": group.words, "example": self.examples[group]}  # fmt: skip

    def unanswered_by(self, name: str) -> Counter[str]:
        """The groups added up by `why`, `loai` or `words`."""
        out: Counter[str] = Counter()
        for group, count in self.unanswered.items():
            out[getattr(group, name)] += count
        return out


def measure(found: Iterable[Document], classifier: DispatchClassifier) -> Coverage:
    """Counts over the documents, decided by `classifier`."""
    out = Coverage(classifier.pack, rules={id: RuleCounts() for id in classifier.pack.rules})
    for chunk in chunks(iter(found)):
        readable = [d for d in chunk if d.error is None]
        out.unreadable += len(chunk) - len(readable)
        decisions = classifier.decisions(d.args for d in readable)
        guesses = _guesses(readable, classifier)
        for document, decision, guess in zip(readable, decisions, guesses, strict=True):
            _count(out, document, decision, guess)
    return out


def _guesses(found: list[Document], classifier: DispatchClassifier) -> list[str | None]:
    """What the model alone takes each document's type for; None without a model."""
    if classifier.model is None or not found:
        return [None] * len(found)
    from vanthu_classifier.model import load

    return [str(code) for code in load(classifier.model).predict([d.trich_yeu for d in found])]


def _count(out: Coverage, document: Document, decision: Decision, guess: str | None) -> None:
    out.documents += 1
    out.outcomes[decision.dispatch] += 1
    args = {k: v for k, v in document.args.items() if k not in ("reading", "co_quan_ban_hanh")}
    facts = read(**args, local=out.pack.local)
    rulings = _rulings(out.pack, facts, decision.loai_van_ban)
    spoke: dict[str, set[str]] = {}
    for ruling in rulings:
        _sort_out(ruling, spoke)
    for id, parts in spoke.items():
        counts = out.rules[id]
        counts.speaks += 1
        counts.alone += len(spoke) == 1
        for part in parts:
            setattr(counts, part, getattr(counts, part) + 1)
    if decision.rule in out.rules:
        cited = out.rules[decision.rule]
        cited.cited += 1
        cited.estimated += bool(decision.types)
        if not decision.types and facts.loai and guess and guess != facts.loai:
            other = resolve(out.pack, situation(facts, loai=guess))
            cited.against_model += other.outcome is not rulings[0].outcome
    if decision.dispatch is Dispatch.NEEDS_REVIEW:
        group = Unanswered(_why(decision, rulings[0], facts), decision.loai_van_ban or "", _first_words(facts))
        out.unanswered[group] += 1
        out.examples.setdefault(group, document.trich_yeu)


def _rulings(pack: Pack, facts: Facts, loai: str | None) -> list[Ruling]:
    """On the document as such, and for each kind of recipient."""
    kinds = {(str(r.role), r.noi_bo) for r in facts.recipients}
    own = resolve(pack, situation(facts, loai=loai))
    return [
        own,
        *(resolve(pack, situation(facts, loai=loai, vai_tro=role, noi_bo=inside)) for role, inside in sorted(kinds)),
    ]


def _sort_out(ruling: Ruling, spoke: dict[str, set[str]]) -> None:
    standing: Mapping[str, Rule] = {rule.id: rule for rule in (*ruling.agreeing, *ruling.against)}
    for rule in standing.values():
        parts = spoke.setdefault(rule.id, set())
        if rule in ruling.against:
            parts.add("against")
        elif len(standing) > 1:
            parts.add("together")
        if any(r.id in rule.overrides and (r.outcome, r.lean) != (rule.outcome, rule.lean) for r in ruling.overridden):
            parts.add("prevails")
    for rule in ruling.overridden:
        spoke.setdefault(rule.id, set()).add("gives_way")


def _why(decision: Decision, ruling: Ruling, facts: Facts) -> str:
    if facts.nonsense and decision.rule is None:
        return "title"
    if decision.types and decision.rule is not None and ruling.outcome is not Dispatch.NEEDS_REVIEW:
        return "type"
    if decision.rule is not None:
        return decision.rule
    if ruling.silence:
        return ruling.silence.id
    return "conflict" if ruling.against else "gap"


_WORD = re.compile(r"\w+")


def _first_words(facts: Facts, count: int = 2) -> str:
    return " ".join(_WORD.findall(facts.title.text[facts.matter :].lower())[:count])
