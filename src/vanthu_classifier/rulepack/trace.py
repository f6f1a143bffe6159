"""Every rule of a pack against one document: which conditions hold, which do not, and how near each rule came to speaking.

cited       the rule that the answer quotes
agrees      it speaks, stands, and gives the same answer
disagrees   it speaks, stands, and gives another one: with several such a person must look
overridden  it speaks and gives way to a rule that declares to override it
silent      a condition does not hold
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vanthu_classifier.facts import Facts
from vanthu_classifier.rulepack.resolve import resolve
from vanthu_classifier.rulepack.schema import Pack, Rule, Situation, situation
from vanthu_classifier.rulepack.words import Lang, kind_of_fact, values_in_words

__all__ = ["Condition", "Status", "Traced", "trace"]

Status = Literal["cited", "agrees", "disagrees", "overridden", "silent"]
_STATUSES: tuple[Status, ...] = ("cited", "agrees", "disagrees", "overridden", "silent")


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of fact that a rule asks for.

    `key` is the kind, `wanted` the values of which one must hold, `have` what the document has, `met` whether it holds. `spans` are the places in the
    title as typed that state it.
    """

    key: str
    wanted: frozenset[str]
    have: frozenset[str]
    met: bool
    spans: tuple[tuple[int, int], ...] = ()

    def text(self, lang: Lang = "vi") -> str:
        """The condition in words, with what was found where it does not hold.

        >>> Condition("ky", frozenset({"quy"}), frozenset({"thang"}), False).text()
        'Kỳ: quý (ở đây: tháng)'
        """
        words = f"{kind_of_fact(self.key, lang)}: {values_in_words(self.key, self.wanted, lang)}"
        if self.met:
            return words
        none = "không thấy" if lang == "vi" else "none"
        found = values_in_words(self.key, self.have, lang) or none
        return f"{words} ({'ở đây' if lang == 'vi' else 'here'}: {found})"


@dataclass(frozen=True, slots=True)
class Traced:
    """A rule and how it stands to the document. `overridden_by` are ids of rules that spoke and override it."""

    rule: Rule
    status: Status
    conditions: tuple[Condition, ...]
    overridden_by: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Condition, ...]:
        """The conditions that do not hold; none where the rule speaks."""
        return tuple(c for c in self.conditions if not c.met)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rule = self.rule
        return {
            "rule": rule.id,
            "category": rule.category,
            "outcome": str(rule.outcome),
            "lean": rule.lean and str(rule.lean),
            "quote": rule.quote,
            "focus": rule.focus,
            "reading": rule.reading,
            "status": self.status,
            "missing": len(self.missing),
            "overridden_by": list(self.overridden_by),
            "conditions": [
                {
                    "key": c.key, "wanted": sorted(c.wanted), "have": sorted(c.have), "met": c.met, "text": c.text(), "text_en": c.text("en"),
                    "spans": [list(span) for span in c.spans],
                }
                for c in self.conditions
            ],
        }  # fmt: skip


def trace(pack: Pack, facts: Facts, *, loai: str | None = None, vai_tro: str = "") -> tuple[Traced, ...]:
    """Every rule of the pack against one document: those that speak, the cited one first, then the silent ones, nearest miss first.

    `loai` is the type to suppose where the facts state none (what a model found likeliest); `vai_tro` one recipient's role, "" for the
    document as such.

    >>> from vanthu_classifier import facts, rulepack
    >>> first, *_, last = trace(rulepack.load(), facts.read("Báo cáo công tác tháng 9"))
    >>> first.rule.id, first.status, last.status
    ('E08', 'cited', 'silent')
    >>> near = next(t for t in trace(rulepack.load(), facts.read("Báo cáo công tác tháng 9")) if t.status == "silent")
    >>> near.missing[0].met
    False
    """
    s = situation(facts, loai=loai, vai_tro=vai_tro)
    ruling = resolve(pack, s)
    status: dict[str, Status] = {}
    for rule in ruling.overridden:
        status[rule.id] = "overridden"
    for rule in ruling.against:
        status[rule.id] = "disagrees"
    for rule in ruling.agreeing:
        status[rule.id] = "cited" if rule is ruling.rule else "agrees"
    traced = [
        Traced(
            rule,
            status.get(rule.id, "silent"),
            tuple(_condition(key, wanted, s, facts) for key, wanted in rule.when.items()),
            tuple(other for other in status if rule.id in pack.rules[other].overrides) if rule.id in status else (),
        )
        for rule in pack.rules.values()
    ]
    return tuple(sorted(traced, key=_nearness))


def _condition(key: str, wanted: frozenset[str], s: Situation, facts: Facts) -> Condition:
    value = getattr(s, key)
    have = (
        value if isinstance(value, frozenset) else frozenset({str(value).lower() if isinstance(value, bool) else value})
    )
    hits = have & wanted
    return Condition(key, wanted, have, bool(hits), _spans(key, hits, facts))


_PLACES = {"loai": "loai_van_ban", "mat": "do_mat"}


def _spans(key: str, hits: frozenset[str], facts: Facts) -> tuple[tuple[int, int], ...]:
    kind = _PLACES.get(key, key)
    named: Sequence[str] = ("mat",) if key == "mat" and "true" in hits else tuple(hits)
    return tuple(e.span for e in facts.evidence if e.kind == kind and e.value in named)


def _nearness(traced: Traced) -> tuple[int, int, int, str]:
    """Speaking rules by status; silent ones by how many conditions fail, and of those the ones of which more hold."""
    missing = len(traced.missing)
    return _STATUSES.index(traced.status), missing, missing - len(traced.conditions), traced.rule.id
