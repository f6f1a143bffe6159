"""A title tried against one rule: which of its conditions hold, which do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vanthu_classifier import facts as facts_module
from vanthu_classifier.rulepack import Rule, Situation, resolve, situation
from vanthu_classifier.web.desk import Desk, Reply

__all__ = ["Condition", "Trial", "try_rule"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A kind of fact that the rule asks for: the values that it takes, those that the document has, and whether that is enough."""

    key: str
    wanted: Sequence[str]
    have: Sequence[str]
    holds: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: whether the rule speaks, condition by condition; rules that prevail over it; the answer as a whole.

    `estimated` says that the type is the model's estimate.
    """

    speaks: bool
    conditions: Sequence[Condition]
    beaten_by: Sequence[str]
    estimated: bool
    reply: Reply


def try_rule(desk: Desk, rule: Rule, args: Mapping[str, Any]) -> Trial:
    """The rule on this document, for the recipient for whom most of its conditions hold; recorded nowhere."""
    reply = desk.decide(args)
    facts = facts_module.read(**{name: value for name, value in args.items() if name != "co_quan_ban_hanh"})
    loai = facts.loai or reply.answer["loai_van_ban"]
    roles = ("", *dict.fromkeys(str(r.role) for r in facts.recipients))
    situations = [situation(facts, loai=loai, vai_tro=role) for role in roles]
    best = max(situations, key=lambda s: sum(c.holds for c in _conditions(rule, s)))
    ruling = resolve(desk.pack, best)
    beaten = rule in ruling.overridden
    speaking = (*ruling.agreeing, *ruling.against)
    return Trial(
        speaks=rule.speaks(best),
        conditions=_conditions(rule, best),
        beaten_by=[other.id for other in speaking if rule.id in other.overrides] if beaten else [],
        estimated=facts.loai is None and loai is not None,
        reply=reply,
    )


def _conditions(rule: Rule, s: Situation) -> list[Condition]:
    out = []
    for key, wanted in rule.when.items():
        value = getattr(s, key)
        have = (
            sorted(value)
            if isinstance(value, frozenset)
            else [str(value).lower() if isinstance(value, bool) else value]
        )
        out.append(Condition(key, sorted(wanted), [v for v in have if v], bool(wanted.intersection(have))))
    return out
