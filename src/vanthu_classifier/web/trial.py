"""A title tried against the rules: which speak, which come near, and what they miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vanthu_classifier import facts as facts_module
from vanthu_classifier.rulepack import Rule
from vanthu_classifier.rulepack.trace import Traced, trace
from vanthu_classifier.web.desk import Desk, Reply

__all__ = ["Trial", "try_title"]

_NEAR = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    `traced` has every rule, for the recipient for whom it comes nearest to speaking: those that speak first, the cited one before all, then the silent
    ones, nearest miss first. `estimated` says that the type is the model's estimate.
    """

    reply: Reply
    estimated: bool
    traced: Sequence[Traced]

    @property
    def speaking(self) -> list[Traced]:
        """The rules whose conditions all hold, the cited one first."""
        return [t for t in self.traced if t.status != "silent"]

    @property
    def near(self) -> list[Traced]:
        """The nearest misses."""
        return [t for t in self.traced if t.status == "silent"][:_NEAR]

    def of(self, rule: Rule) -> Traced:
        """What came of one rule."""
        return next(t for t in self.traced if t.rule.id == rule.id)


def try_title(desk: Desk, args: Mapping[str, Any]) -> Trial:
    """Every rule of the pack on this document; recorded nowhere. Raises what `classify` raises."""
    reply = desk.decide(args)
    given = {name: value for name, value in args.items() if name != "co_quan_ban_hanh"}
    facts = facts_module.read(**given, local=desk.pack.local)
    supposed = None if facts.loai else reply.answer["loai_van_ban"]
    roles = ("", *dict.fromkeys(str(r.role) for r in facts.recipients))
    best: dict[str, Traced] = {}
    for role in roles:
        for found in trace(desk.pack, facts, loai=supposed, vai_tro=role):
            known = best.get(found.rule.id)
            if known is None or _nearness(found) < _nearness(known):
                best[found.rule.id] = found
    return Trial(reply, supposed is not None, sorted(best.values(), key=_nearness))


_STATUSES = ("cited", "agrees", "disagrees", "overridden", "silent")


def _nearness(traced: Traced) -> tuple[int, int, int, str]:
    """As `trace` orders rules: by status; silent ones by how many conditions fail, then by how many hold."""
    missing = len(traced.missing)
    return _STATUSES.index(traced.status), missing, missing - len(traced.conditions), traced.rule.id
