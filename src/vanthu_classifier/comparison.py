"""What would change: every document that two ways of deciding answer differently, and why, before anyone switches.

The two ways are classifiers: two packs, two models, two days, or any of these together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.decide import Decision
from vanthu_classifier.documents import Document, chunks
from vanthu_classifier.loai_van_ban import by_code
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Pack

__all__ = ["Change", "Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Change:
    """A document that is answered differently. `reason` says what differs, in words; changes with the same reason are alike."""

    document: Document
    before: Decision
    after: Decision
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """A row of a report."""
        a, b = self.before, self.after
        return {
            "path": self.document.path, "row": self.document.row, "so_ky_hieu": self.document.args.get("so_ky_hieu"),
            "trich_yeu": self.document.trich_yeu, "reason": self.reason,
            "dispatch_a": str(a.dispatch), "lean_a": a.lean and str(a.lean), "dispatch_b": str(b.dispatch), "lean_b": b.lean and str(b.lean),
            "loai_van_ban_a": a.loai_van_ban, "loai_van_ban_b": b.loai_van_ban, "rule_a": a.rule, "rule_b": b.rule, "quote_a": a.quote,
            "quote_b": b.quote, "rule_pack_a": a.rule_pack, "rule_pack_b": b.rule_pack, "confidence_a": a.confidence, "confidence_b": b.confidence,
        }  # fmt: skip


@dataclass(slots=True)
class Comparison:
    """What was compared: how many documents, and those that change, in order. `unreadable` were not compared."""

    documents: int = 0
    unreadable: int = 0
    changes: list[Change] = field(default_factory=list)

    @property
    def grouped(self) -> Counter[tuple[str, str, str]]:
        """Counts by answer before, answer after, and reason."""
        return Counter((_answer(c.before), _answer(c.after), c.reason) for c in self.changes)

    @property
    def lost_paper(self) -> int:
        """Documents that would no longer go with paper: the worse mistake, if it is one."""
        return sum(
            c.before.dispatch is Dispatch.ELECTRONIC_AND_PAPER and c.after.dispatch is Dispatch.ELECTRONIC_ONLY
            for c in self.changes
        )


def compare(found: Iterable[Document], before: DispatchClassifier, after: DispatchClassifier) -> Comparison:
    """The documents whose dispatch or lean `before` and `after` answer differently."""
    out = Comparison()
    for chunk in chunks(iter(found)):
        readable = [d for d in chunk if d.error is None]
        out.unreadable += len(chunk) - len(readable)
        out.documents += len(readable)
        pairs = zip(*(clf.decisions([d.args for d in readable]) for clf in (before, after)), strict=True)
        for document, (a, b) in zip(readable, pairs, strict=True):
            if (a.dispatch, a.lean) != (b.dispatch, b.lean):
                out.changes.append(Change(document, a, b, _reason(a, b, before.pack, after.pack)))
    return out


def _answer(decision: Decision) -> str:
    lean = f" ({decision.lean.label_vi.lower()})" if decision.lean else ""
    return decision.dispatch.label_vi + lean


def _reason(a: Decision, b: Decision, before: Pack, after: Pack) -> str:
    if a.loai_van_ban != b.loai_van_ban:
        return f"Loại văn bản: {_type(a)} → {_type(b)}"
    if a.rule != b.rule:
        return f"Điều khoản: {_clause(a)} → {_clause(b)}"
    one, other = before.rules.get(a.rule or ""), after.rules.get(b.rule or "")
    if one and other and (one.outcome, one.lean) != (other.outcome, other.lean):
        return f"Quy tắc {one.id} trả lời khác: {_clause(a)}"
    return "Loại văn bản chưa chắc; khả năng cần bản giấy, tính qua các loại có thể, đã khác"


def _type(decision: Decision) -> str:
    return by_code(decision.loai_van_ban).name if decision.loai_van_ban else "chưa rõ"


def _clause(decision: Decision) -> str:
    if not decision.rule:
        return "không có điều khoản"
    quote = decision.quote if len(decision.quote) <= _LONGEST else decision.quote[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return f"{decision.rule} «{quote}»"


_LONGEST = 60
