"""Everything that can be said against a pack without asking its authors: `vanthu rules check`.

Beyond what loading refuses: rules that never speak or never count, rules that stand twice, contradictions and gaps over *all* combinations of facts
(`space`), purposes that no rule asks for, and whether the source is in force and was looked at lately.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from vanthu_classifier.errors import PackFault
from vanthu_classifier.rulepack.faults import fault
from vanthu_classifier.rulepack.load import gather
from vanthu_classifier.rulepack.schema import KEYS, Pack, Rule, Situation, values
from vanthu_classifier.rulepack.space import Space, explore
from vanthu_classifier.rulepack.verify import check_cases, check_examples
from vanthu_classifier.rulepack.words import Lang, kind_of_fact, value_in_words, values_in_words

__all__ = ["Findings", "in_words", "lint"]

_LOOK_AGAIN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `pack` is None where nothing could be built of the files, `space` where the pack is too broken to be explored."""

    pack: Pack | None
    space: Space | None
    faults: tuple[PackFault, ...]

    @property
    def errors(self) -> tuple[PackFault, ...]:
        """The faults that are no mere warnings."""
        return tuple(f for f in self.faults if not f.warning)

    @property
    def warnings(self) -> tuple[PackFault, ...]:
        """The faults that are warnings."""
        return tuple(f for f in self.faults if f.warning)


def lint(pack: str | Path, *, today: date | None = None) -> Findings:
    """Everything against the pack with this id, in this folder or file. `today` is this day where None.

    Raises `RulePackError` only where there is no such pack.

    >>> findings = lint("qd-40-2018-qd-ubnd", today=date(2026, 11, 28))
    >>> findings.errors, [f.code for f in findings.warnings]
    ((), ['expired', 'purpose-unused'])
    """
    gathered = gather(pack)
    found = list(gathered.faults)
    built = gathered.pack
    space = None
    if built is not None:
        found += [*check_examples(built), *check_cases(built)]
        space = explore(built)
        found += [
            *_rules(built, space),
            *_combinations(built, space),
            *_unused(built),
            *_time(built, today or date.today()),
        ]
    order = {f: i for i, f in enumerate(found)}
    return Findings(built, space, tuple(sorted(order, key=lambda f: (f.warning, f.file, f.line or 0, order[f]))))


def _rules(pack: Pack, space: Space) -> list[PackFault]:
    faults = []
    seen: dict[object, Rule] = {}
    for rule in pack.rules.values():
        same = (tuple(sorted((k, tuple(sorted(v))) for k, v in rule.when.items())), rule.outcome, rule.lean)
        if same in seen:
            faults.append(fault("duplicate-rule", rule.file, rule.id, rule.line, other=seen[same].id))
        seen.setdefault(same, rule)
        if rule.id in space.mute:
            faults.append(fault("unreachable", rule.file, rule.id, rule.line))
        elif rule.id in space.overridden:
            faults.append(fault("shadowed", rule.file, rule.id, rule.line, by=", ".join(space.overridden[rule.id])))
    return faults


def _combinations(pack: Pack, space: Space) -> list[PackFault]:
    faults = []
    for c in space.contradictions:
        rule = pack.rules[c.one]
        words = {"situation": in_words(c.situation), "situation_en": in_words(c.situation, "en")}
        faults.append(fault("contradiction", rule.file, rule.id, rule.line, one=c.one, other=c.other, **words))
    for gap in space.gaps:
        words = {"situation": in_words(gap.situation), "situation_en": in_words(gap.situation, "en")}
        faults.append(fault("gap", "rules/", None, None, **words))
    for silence in pack.silences:
        if not space.silences[silence.id]:
            faults.append(fault("silence-idle", "silent.toml", silence.id, silence.line))
    return faults


def _unused(pack: Pack) -> list[PackFault]:
    """Purposes and periods that no rule asks for; nothing where a pack decides without them, or stands on another one."""
    faults = []
    for key in () if pack.base else ("muc_dich", "ky"):
        asked = frozenset[str]().union(*(rule.when.get(key, ()) for rule in pack.rules.values()))
        left = [value for value in values()[key] if value not in asked]
        if asked and left:
            faults.append(fault("purpose-unused", "rules/", names=values_in_words(key, left)))
    return faults


def _time(pack: Pack, today: date) -> list[PackFault]:
    faults = []
    file = f"{pack.base}/pack.toml" if pack.base else "pack.toml"
    if pack.in_force_from is None:
        faults.append(fault("undated", file))
    if pack.in_force_to is not None and pack.in_force_to < today:
        faults.append(fault("expired", file, day=_day(pack.in_force_to)))
    if pack.checked_on + _LOOK_AGAIN < today:
        faults.append(fault("unchecked", file, day=_day(pack.checked_on)))
    return faults


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


_PLAIN = Situation()


def in_words(s: Situation, lang: Lang = "vi") -> str:
    """A situation in words: its type, and whatever is not as usual.

    >>> in_words(Situation(loai="QĐ", mat=True, muc_dich=frozenset({"xu_phat"})))
    'Loại văn bản: Quyết định + Dấu mật: có + Mục đích, nội dung: xử phạt vi phạm hành chính'
    """
    parts = []
    for key in KEYS:
        value = getattr(s, key)
        if key != "loai" and value == getattr(_PLAIN, key):
            continue
        one = str(value).lower() if isinstance(value, bool) else value
        words = values_in_words(key, value, lang) if isinstance(value, frozenset) else value_in_words(key, one, lang)
        parts.append(f"{kind_of_fact(key, lang)}: {words}")
    return " + ".join(parts)
