"""From facts to an outcome: which rules speak, which of them prevail, and what that means for each recipient.

A rule that another speaking rule declares to override falls away. If those that are left agree, their outcome stands; if they
disagree, a person must look, leaning to paper when any of them wants paper, since a missing paper is the worse mistake. If none
speaks, the pack's own word on silence stands.

Of the purposes and periods in a title most are of no interest to the rules for its type. So the rules that may speak of a kind of document are
picked once (`_Reach`), and a ruling is looked up by those purposes and periods alone that they ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from vanthu_classifier.facts import Facts
from vanthu_classifier.noi_nhan import Recipient, Role
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.schema import Pack, Rule, Silence, Situation, of_type, situation

__all__ = ["RecipientRuling", "Ruling", "resolve", "rule_document", "rule_types"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the pack says of one situation.

    `rule` is the one to cite (None where none speaks), `agreeing` all that stand behind the outcome, `against` those that disagree
    with it undeclared, `overridden` those that spoke and gave way. `silence` is the stated silence that covers the situation, None where a rule speaks.
    """

    outcome: Dispatch
    lean: Dispatch | None
    rule: Rule | None
    agreeing: tuple[Rule, ...] = ()
    against: tuple[Rule, ...] = ()
    overridden: tuple[Rule, ...] = ()
    silence: Silence | None = None

    @property
    def wants_paper(self) -> bool:
        """Whether the outcome is paper, or leans to it."""
        return Dispatch.ELECTRONIC_AND_PAPER in (self.outcome, self.lean)


@dataclass(frozen=True, slots=True)
class RecipientRuling:
    """What the pack says for one recipient; `ruling` is None where nothing is sent (the file copy)."""

    recipient: Recipient
    ruling: Ruling | None


def resolve(pack: Pack, s: Situation) -> Ruling:
    """The pack's ruling on one situation."""
    return _reach(pack, _kind(s)).ruling(s.muc_dich, s.ky)


def _kind(s: Situation) -> Situation:
    """The situation without purposes and periods."""
    return replace(s, muc_dich=frozenset(), ky=frozenset())


class _Reach:
    """The rules that may speak of one kind of document, whatever purposes and periods it states, and what they said."""

    def __init__(self, pack: Pack, kind: Situation) -> None:
        self._pack = pack
        self._rules = [rule for rule in pack.rules.values() if rule.may_speak(kind)]
        self._muc_dich = frozenset[str]().union(*(rule.when.get("muc_dich", ()) for rule in self._rules))
        self._ky = frozenset[str]().union(*(rule.when.get("ky", ()) for rule in self._rules))
        self._kind = kind
        self._said: dict[tuple[frozenset[str], frozenset[str]], Ruling] = {}

    def ruling(self, muc_dich: frozenset[str], ky: frozenset[str]) -> Ruling:
        """The ruling on a document of this kind with these purposes and periods."""
        asked = muc_dich & self._muc_dich, ky & self._ky
        ruling = self._said.get(asked)
        if ruling is None:
            s = replace(self._kind, muc_dich=asked[0], ky=asked[1])
            ruling = self._said[asked] = _ruling(self._pack, s, [r for r in self._rules if r.speaks(s)])
        return ruling


@lru_cache(maxsize=8192)
def _reach(pack: Pack, kind: Situation) -> _Reach:
    return _Reach(pack, kind)


def _ruling(pack: Pack, s: Situation, speaking: Sequence[Rule]) -> Ruling:
    beaten = {name for rule in speaking for name in rule.overrides}
    standing = tuple(r for r in speaking if r.id not in beaten)
    overridden = tuple(r for r in speaking if r.id in beaten)
    if not standing:
        stated = next((silence for silence in pack.silences if silence.covers(s)), None)
        return Ruling(pack.silence, None, None, overridden=overridden, silence=stated)
    answers = {(rule.outcome, rule.lean) for rule in standing}
    if len(answers) == 1:
        first = _to_cite(standing)
        return Ruling(first.outcome, first.lean, first, agreeing=standing, overridden=overridden)
    paper = any(Dispatch.ELECTRONIC_AND_PAPER in answer for answer in answers)
    lean = Dispatch.ELECTRONIC_AND_PAPER if paper else Dispatch.ELECTRONIC_ONLY
    return Ruling(Dispatch.NEEDS_REVIEW, lean, None, against=standing, overridden=overridden)


_FIRMNESS = {"text": 0, "reading": 1, "silence": 2, "open": 3}


def _to_cite(rules: tuple[Rule, ...]) -> Rule:
    """Of rules that agree, the one to quote: the firmest, then a list item before a position, then by id."""
    return min(rules, key=lambda r: (_FIRMNESS[r.standing], r.category != r.id, r.id))


_NOT_SENT = frozenset({Role.FILE})
_OUTSIDE = frozenset({Role.OUTSIDE})
_ADDRESSED = frozenset({Role.LEAD, Role.ADDRESSEE, Role.ADDRESSEES})


def rule_document(pack: Pack, facts: Facts, loai: str | None = None) -> tuple[Ruling, tuple[RecipientRuling, ...]]:
    """The ruling on a document as a whole, and on each of its recipients.

    Without recipients the document's own ruling stands. With them, the document goes out with paper when any recipient needs
    the paper, needs review when any recipient does, and electronically otherwise. Recipients outside the administration (A37)
    do not decide for the others.
    """
    own = resolve(pack, situation(facts, loai=loai))
    if own.outcome is Dispatch.NOT_BY_NETWORK or not facts.recipients:
        rulings = tuple(RecipientRuling(r, None if r.role in _NOT_SENT else own) for r in facts.recipients)
        return own, rulings
    each = tuple(
        RecipientRuling(r, None if r.role in _NOT_SENT else _for(pack, facts, loai, r)) for r in facts.recipients
    )
    each = _same_as_above(own, each)
    return _whole(own, each), each


def _same_as_above(own: Ruling, each: tuple[RecipientRuling, ...]) -> tuple[RecipientRuling, ...]:
    """The recipients with "Như trên" given what the "Kính gửi" that it repeats are given; where there is none, as they were."""
    addressed = tuple(r for r in each if r.recipient.role in _ADDRESSED)
    if not addressed:
        return each
    above = _whole(own, addressed)
    return tuple(RecipientRuling(r.recipient, above) if r.recipient.role is Role.SAME else r for r in each)


def _for(pack: Pack, facts: Facts, loai: str | None, recipient: Recipient) -> Ruling:
    return resolve(pack, situation(facts, loai=loai, vai_tro=recipient.role, noi_bo=recipient.noi_bo))


def rule_types(pack: Pack, facts: Facts, codes: tuple[str, ...]) -> list[tuple[Ruling, tuple[RecipientRuling, ...]]]:
    """What `rule_document` gives for each of the types that a document may have."""
    if facts.recipients:
        return [rule_document(pack, facts, loai=code) for code in codes]
    kind = _kind(situation(facts))
    return [(reach.ruling(facts.muc_dich, facts.ky), ()) for reach in _reaches(pack, kind, codes)]


@lru_cache(maxsize=1024)
def _reaches(pack: Pack, kind: Situation, codes: tuple[str, ...]) -> tuple[_Reach, ...]:
    return tuple(_reach(pack, of_type(kind, code)) for code in codes)


def _whole(own: Ruling, each: tuple[RecipientRuling, ...]) -> Ruling:
    inside = [r.ruling for r in each if r.ruling and r.recipient.role not in _OUTSIDE]
    outside = [r.ruling for r in each if r.ruling and r.recipient.role in _OUTSIDE]
    rulings = inside or outside
    if not rulings:
        return own
    for outcome in (Dispatch.ELECTRONIC_AND_PAPER, Dispatch.NEEDS_REVIEW, Dispatch.ELECTRONIC_ONLY):
        fitting = [r for r in rulings if r.outcome is outcome]
        if fitting:
            return own if own in fitting else min(fitting, key=lambda r: not r.wants_paper)
    return own
