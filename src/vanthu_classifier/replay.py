"""Recorded answers, decided again and compared: the same, or what changed and why.

A record is a line of .jsonl in one of three shapes, told apart by their keys:

    vanthu check --json      the decision, with `trich_yeu`, `so_ky_hieu` and, in `args`, everything that was given
    the page's history       `args` and `answer`, as its export writes them
    vanthu batch -o ….jsonl  a row of a report; it says neither pack nor model, and of the facts it has no copy mark and no secrecy mark

An answer depends on what was given, on the pack, on the model (where it was asked), on the review mode and on the library. All but the last are found by name
and compared by hash; where one is another than it was, a different answer is explained by it. An answer that differs although none of them does is
`unexplained`: that should never be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from vanthu_classifier import __version__, rulepack
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.decide import Decision
from vanthu_classifier.documents import ARGUMENTS, arguments
from vanthu_classifier.errors import InputError, RulePackError, VanThuError

__all__ = ["COMPARED", "Outcome", "Recorded", "Replayed", "read", "replay"]

COMPARED = ("dispatch", "lean", "confidence", "basis", "loai_van_ban", "category", "rule", "quote", "recipients")
"""What of an answer is compared, as far as the record has it; recipients by name and dispatch."""
_EQUAL = 5e-4  # of a probability: figures are rounded to four places


class Outcome(StrEnum):
    """How a replay came out."""

    SAME = "same"
    CHANGED = "changed"
    """Another answer, explained by another pack, model or version."""
    UNEXPLAINED = "unexplained"
    """Another answer, though pack, model and version are those of the record."""
    IMPOSSIBLE = "impossible"
    """The record cannot be decided again."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer as it was recorded. `row` is the line, from 1; hashes, version and review mode are None where the record does not say them."""

    row: int
    args: Mapping[str, Any]
    answer: Mapping[str, Any]
    rule_pack: str | None = None
    rule_pack_sha256: str | None = None
    model: str | None = None
    model_sha256: str | None = None
    review: str | None = None
    version: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A record and its answer now. `differences` are before and after by the name of what differs, `causes` are sentences."""

    recorded: Recorded
    outcome: Outcome
    now: Decision | None = None
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    causes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "row": self.recorded.row,
            "trich_yeu": self.recorded.args.get("trich_yeu"),
            "outcome": str(self.outcome),
            "differences": {name: {"before": a, "now": b} for name, (a, b) in self.differences.items()},
            "causes": list(self.causes),
        }


# ------------------------------------------------------------------ records


def read(path: str | Path) -> Iterator[Recorded]:
    """The records of a .jsonl file, in order; a line that holds none is a record with `error`. `InputError` where the file cannot be opened."""
    path = Path(path)
    try:
        lines = path.open("rb")
    except OSError as error:
        raise InputError("Không mở được tệp.", remedy="Kiểm tra lại đường dẫn.", path=path) from error
    with lines:
        for row, line in enumerate(lines, 1):
            if line.strip():
                yield _recorded(row, line)


def _recorded(row: int, line: bytes) -> Recorded:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Recorded(row, {}, {}, error="Dòng này không phải JSON.")
    if not isinstance(value, dict):
        return Recorded(row, {}, {}, error="Dòng này không phải một đối tượng JSON.")
    nested = isinstance(value.get("answer"), dict)
    answer: Mapping[str, Any] = value["answer"] if nested else value
    if not isinstance(answer.get("dispatch"), str):
        said = value.get("error")
        return Recorded(row, {}, {}, error=f"Bản ghi không có câu trả lời{f' ({said})' if said else ''}.")
    given = value.get("args")
    args = (
        {"trich_yeu": ""} | {k: v for k, v in given.items() if k in ARGUMENTS}
        if isinstance(given, dict)
        else arguments(value)
    )
    if not isinstance(args.get("trich_yeu"), str):
        return Recorded(row, args, answer, error="Bản ghi không có trích yếu.")
    return Recorded(
        row, args, answer, rule_pack=answer.get("rule_pack"), rule_pack_sha256=answer.get("rule_pack_sha256") or value.get("pack_sha256"),
        model=answer.get("model"), model_sha256=answer.get("model_sha256"), review=answer.get("review") or value.get("review"),
        version=answer.get("version") or value.get("version"),
    )  # fmt: skip


# ------------------------------------------------------------------ again


def replay(
    records: Iterator[Recorded], *, rule_pack: str | Path | None = None, model: str | Path | None = "default"
) -> Iterator[Replayed]:
    """Every record decided again, in order.

    The pack is the one that the record names, or `rule_pack` where one is given: an office's own, or another act, to see what it would say.
    `model` is asked where a type has to be estimated. `RulePackError` or `ModelError` where what is given here is faulty.

    >>> from vanthu_classifier import classify
    >>> said = classify("Tờ trình xin kinh phí").to_dict() | {"trich_yeu": "Tờ trình xin kinh phí"}
    >>> [r.outcome for r in replay(iter([_recorded(1, json.dumps(said).encode())]))]
    [<Outcome.SAME: 'same'>]
    """
    if rule_pack is not None:
        rulepack.load(rule_pack)
    used: dict[tuple[str, str], DispatchClassifier] = {}
    for recorded in records:
        if recorded.error is not None:
            yield Replayed(recorded, Outcome.IMPOSSIBLE, causes=(recorded.error,))
            continue
        pack = recorded.rule_pack if rule_pack is None else str(rule_pack)
        key = pack or rulepack.DEFAULT, recorded.review or "ask"
        try:
            clf = used.get(key) or DispatchClassifier(key[0], model=model, review=key[1])  # type: ignore[arg-type]
            used[key] = clf
            yield _compared(recorded, clf, clf.classify(**recorded.args))
        except (RulePackError, InputError, TypeError) as error:
            said = error.what if isinstance(error, VanThuError) else str(error)
            yield Replayed(recorded, Outcome.IMPOSSIBLE, causes=(_impossible(recorded, error, said),))


def _impossible(recorded: Recorded, error: Exception, said: str) -> str:
    if isinstance(error, RulePackError):
        return f"Không có bộ quy tắc «{recorded.rule_pack}» ở đây; chỉ ra bằng --pack."
    return f"Không quyết định lại được: {said}"


def _compared(recorded: Recorded, clf: DispatchClassifier, now: Decision) -> Replayed:
    after = now.to_dict()
    differences = {
        name: (_plain(name, recorded.answer[name]), _plain(name, after[name]))
        for name in COMPARED
        if name in recorded.answer and not _alike(name, recorded.answer[name], after[name])
    }
    if not differences:
        return Replayed(recorded, Outcome.SAME, now)
    causes = tuple(_causes(recorded, clf, now))
    return Replayed(recorded, Outcome.CHANGED if causes else Outcome.UNEXPLAINED, now, differences, causes)


def _plain(name: str, value: Any) -> Any:
    if name == "recipients" and isinstance(value, list):
        return [[r.get("name"), r.get("dispatch")] for r in value if isinstance(r, dict)]
    return value


def _alike(name: str, before: Any, after: Any) -> bool:
    before, after = _plain(name, before), _plain(name, after)
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(before - after) <= _EQUAL
    return bool(before == after)


def _causes(recorded: Recorded, clf: DispatchClassifier, now: Decision) -> Iterator[str]:
    if recorded.rule_pack_sha256 is None:
        yield "Bản ghi không nói đã dùng bộ quy tắc, mô hình nào; báo cáo của vanthu batch cũng không ghi bản sao, dấu mật."
    elif recorded.rule_pack not in (None, clf.pack.id):
        yield f"Bộ quy tắc khác: {recorded.rule_pack} → {clf.pack.id}."
    elif recorded.rule_pack_sha256 != clf.pack.sha256:
        yield f"Bộ quy tắc {clf.pack.id} đã đổi ({recorded.rule_pack_sha256[:12]} → {clf.pack.sha256[:12]})."
    if recorded.rule_pack_sha256 is not None and recorded.model_sha256 != now.model_sha256:
        yield f"Mô hình khác: {recorded.model or 'không dùng'} → {now.model or 'không dùng'}."
    if recorded.version is not None and recorded.version != __version__:
        yield f"Phiên bản khác: {recorded.version} → {__version__}."
