"""All combinations of facts, decided: where rules disagree, where none answers, and which rules never count.

The facts that a rule may ask for are finite: seven kinds with one value each (type, normative, system, form, secrecy mark, internal, recipient's role)
and two that are sets (purposes, periods), some 10^15 combinations. Two observations make all of them decidable in a second, without sampling:

* An answer depends on a combination only through the set of rules that speak. So combinations of the seven single-valued kinds that leave the same
  rules possible are one *kind of document*, and purposes that the same of its rules ask for are one purpose.
* Every set-valued condition is "any of these", so further purposes or periods only make more rules speak, never fewer. If two rules stand
  against each other under some sets, they do so under the sets reduced to one purpose and one period of each: both still speak, and whatever
  would override them there would have overridden them before. So sets of at most two purposes and two periods find every contradiction; sets of at
  most one find whether a rule ever speaks, ever stands. And a combination that no rule answers stays unanswered when its sets are emptied, so the empty
  sets find every gap. (Overrides have no cycle, so wherever a rule speaks, one stands.)

`tests/test_space.py` compares this with the plain enumeration of every combination on packs small enough for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from vanthu_classifier.rulepack.schema import KEYS, Pack, Rule, Situation, of_type, values

__all__ = ["Contradiction", "Gap", "Space", "explore"]

_SETS = ("muc_dich", "ky")
_SINGLE = tuple(key for key in KEYS if key not in _SETS)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two rules that stand against each other; `situation` is the plainest one where they do, `kinds` in how many kinds of document."""

    one: str
    other: str
    situation: Situation
    kinds: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A type for which some combination has neither an answer nor a stated silence; `situation` is the plainest one."""

    loai: str
    situation: Situation
    combinations: int


@dataclass(frozen=True, slots=True)
class Space:
    """What holds over all combinations.

    `combinations` is their number, `kinds` the number of kinds of document, `classes` the number of different sets of speaking rules that were looked
    at. `silences` are ids of stated silences with the number of single-valued combinations that they cover and no rule answers.
    `mute` rules never speak; `overridden` rules speak and never stand, each with the rules that override it.
    """

    combinations: int
    kinds: int
    classes: int
    contradictions: tuple[Contradiction, ...]
    gaps: tuple[Gap, ...]
    silences: Mapping[str, int]
    mute: tuple[str, ...]
    overridden: Mapping[str, tuple[str, ...]]


def explore(pack: Pack, known: Mapping[str, Sequence[str]] | None = None) -> Space:
    """What holds over all combinations of the `known` values of each kind of fact; those of the library where None.

    >>> from vanthu_classifier import rulepack
    >>> space = explore(rulepack.load())
    >>> len(space.contradictions), len(space.gaps), space.mute
    (0, 0, ())
    """
    return _Explorer(pack, known or values()).space()


class _Explorer:
    """Sets of rules are bits: rule i of the pack is the bit 1 << i."""

    def __init__(self, pack: Pack, known: Mapping[str, Sequence[str]]) -> None:
        self._pack = pack
        self._known = known
        self._rules = tuple(pack.rules.values())
        at = {rule.id: i for i, rule in enumerate(self._rules)}
        self._beats = [sum(1 << at[name] for name in rule.overrides if name in at) for rule in self._rules]
        self._free = {key: self._bits(rule for rule in self._rules if key not in rule.when) for key in KEYS}
        self._asking = {key: {value: self._that_want(key, value) for value in known[key]} for key in KEYS}
        self._standing_of: dict[int, int] = {}
        self._spoke = 0
        self._stood = 0
        self._against: dict[tuple[int, int], tuple[Situation, set[int]]] = {}

    def _bits(self, rules: Iterable[Rule]) -> int:
        wanted = {rule.id for rule in rules}
        return sum(1 << i for i, rule in enumerate(self._rules) if rule.id in wanted)

    def _that_want(self, key: str, value: str) -> int:
        return self._bits(rule for rule in self._rules if value in rule.when.get(key, ()))

    def space(self) -> Space:
        kinds: dict[int, Situation] = {}
        count = 0
        gaps: dict[str, tuple[Situation, int]] = {}
        silences: dict[str, int] = {s.id: 0 for s in self._pack.silences}
        empty = self._free["muc_dich"] & self._free["ky"]
        for s, possible in self._single_valued():
            count += 1
            plainer = kinds.get(possible)
            if plainer is None or _oddness(s) < _oddness(plainer):
                kinds[possible] = s
            if not possible & empty:
                self._unanswered(s, gaps, silences)
        for possible, s in sorted(kinds.items(), key=lambda kind: _oddness(kind[1])):
            self._look_at(possible, s)
        sets = 1 << (len(self._known["muc_dich"]) + len(self._known["ky"]))
        return Space(
            combinations=count * sets,
            kinds=len(kinds),
            classes=len(self._standing_of),
            contradictions=tuple(
                Contradiction(self._rules[i].id, self._rules[j].id, s, len(masks))
                for (i, j), (s, masks) in sorted(self._against.items())
            ),
            gaps=tuple(Gap(loai, s, n) for loai, (s, n) in gaps.items()),
            silences=silences,
            mute=tuple(rule.id for i, rule in enumerate(self._rules) if not self._spoke >> i & 1),
            overridden={
                rule.id: tuple(other.id for other in self._rules if rule.id in other.overrides)
                for i, rule in enumerate(self._rules)
                if self._spoke >> i & 1 and not self._stood >> i & 1
            },
        )

    # -------------------------------------------------------------- single-valued facts

    def _single_valued(self) -> Iterator[tuple[Situation, int]]:
        """Every combination of the single-valued facts, with the rules that it leaves possible."""
        for chosen in product(*(self._known[key] for key in _SINGLE)):
            fact = dict(zip(_SINGLE, chosen, strict=True))
            s = _situation(fact)
            if of_type(s, s.loai) != s:
                continue  # no document is so
            possible = (1 << len(self._rules)) - 1
            for key, value in fact.items():
                possible &= self._free[key] | self._asking[key][value]
            yield s, possible

    def _unanswered(self, s: Situation, gaps: dict[str, tuple[Situation, int]], silences: dict[str, int]) -> None:
        stated = [silence.id for silence in self._pack.silences if silence.covers(s)]
        for id in stated:
            silences[id] += 1
        if not stated:
            plainest, n = gaps.get(s.loai, (s, 0))
            gaps[s.loai] = min(plainest, s, key=_oddness), n + 1

    # -------------------------------------------------------------- purposes and periods

    def _look_at(self, possible: int, s: Situation) -> None:
        """One kind of document under every small set of purposes and periods."""
        for muc_dich, with_purposes in self._small_sets("muc_dich", possible):
            for ky, with_periods in self._small_sets("ky", possible):
                speaking = possible & with_purposes & with_periods
                new = speaking not in self._standing_of
                standing = self._standing(speaking)
                if new:
                    self._spoke |= speaking
                    self._stood |= standing
                if standing & (standing - 1):  # more than one
                    self._compare(standing, possible, replace(s, muc_dich=frozenset(muc_dich), ky=frozenset(ky)))

    def _small_sets(self, key: str, possible: int) -> Iterator[tuple[tuple[str, ...], int]]:
        """Sets of at most two values that the possible rules tell apart, with the rules whose condition on `key` each meets."""
        asked: dict[int, str] = {}
        for value, who in self._asking[key].items():
            if who & possible:
                asked.setdefault(who & possible, value)
        free = self._free[key]
        singles = [(value, who) for who, value in asked.items()]
        yield (), free
        for value, who in singles:
            yield (value,), free | who
        for (one, who), (other, whom) in combinations(singles, 2):
            yield (one, other), free | who | whom

    def _standing(self, speaking: int) -> int:
        standing = self._standing_of.get(speaking)
        if standing is None:
            beaten = 0
            for i in _each(speaking):
                beaten |= self._beats[i]
            standing = self._standing_of[speaking] = speaking & ~beaten
        return standing

    def _compare(self, standing: int, possible: int, s: Situation) -> None:
        for i, j in combinations(_each(standing), 2):
            one, other = self._rules[i], self._rules[j]
            if (one.outcome, one.lean) == (other.outcome, other.lean):
                continue
            plainest, kinds = self._against.get((i, j), (s, set()))
            kinds.add(possible)
            self._against[i, j] = min(plainest, s, key=_oddness), kinds


def _each(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


_FLAGS = ("quy_pham", "mat", "noi_bo")


def _situation(fact: Mapping[str, str]) -> Situation:
    return Situation(**{k: v == "true" if k in _FLAGS else v for k, v in fact.items()})  # type: ignore[arg-type]


_PLAIN = Situation()


def _oddness(s: Situation) -> tuple[int, int]:
    """How far a situation is from a plain document: kinds of fact that are not as usual, then how many purposes and periods."""
    odd = sum(getattr(s, key) != getattr(_PLAIN, key) for key in _SINGLE if key != "loai")
    return odd, len(s.muc_dich) + len(s.ky)
