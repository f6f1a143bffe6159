"""Decisions on chunks of records: in this process, or in several.

A chunk comes as the bytes that the reading process made (`contained.encode`), and what a report says of its decisions goes as
bytes too: they are passed on to other processes and remembered between runs as they are.

Each process loads the model once. Threads would not help: cutting text into words holds the interpreter.
"""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from vanthu_classifier.contained import decode
from vanthu_classifier.errors import ModelError, RulePackError, VanThuError
from vanthu_classifier.readers import Record
from vanthu_classifier.serving import serve
from vanthu_classifier.workers import DiedError, Limits, Workers

__all__ = ["DECIDED", "Classifier", "Decided", "Deciding", "Here", "InProcesses", "Outcome", "known", "unpacked"]


class Decided(Protocol):
    """A decision; what a row says of it is in its `to_dict()`."""

    def to_dict(self) -> dict[str, Any]:
        """The decision's fields by name; `reasons` and `recipients` are lists of objects."""


class Classifier(Protocol):
    """What a run needs of a classifier; `DispatchClassifier` is one.

    One that has an `identity` too, a text that is another one when its answers may be others, has its decisions remembered.
    """

    def decisions(self, rows: Iterable[Mapping[str, Any]]) -> Sequence[Decided]:
        """The decisions on documents that are given as the arguments of `classify`, in order."""


Outcome = list[Any] | str | None
"""What a decision says, in the order of `DECIDED`; or a sentence on why there is none; or None for a record that was not read."""

DECIDED = (
    "dispatch",
    "lean",
    "confidence",
    "basis",
    "category",
    "quote",
    "recipients",
    "loai_van_ban",
    "reason",
    "warnings",
)


class Deciding(Protocol):
    """Where chunks are decided."""

    ahead: int
    """How many chunks may be begun before the first is asked for."""

    def begin(self, chunk: bytes) -> Callable[[], bytes]:
        """Begin with a chunk; the function gives its outcomes (see `unpacked`), and waits for them."""


def unpacked(content: bytes, count: int) -> list[Outcome]:
    """The outcomes of a chunk of `count` records; `ValueError` where the bytes are damaged."""
    try:
        outcomes = json.loads(zlib.decompress(content))
    except zlib.error as e:
        raise ValueError(str(e)) from e
    if not isinstance(outcomes, list) or len(outcomes) != count:
        raise ValueError("another chunk's outcomes")
    return outcomes


def _packed(outcomes: Sequence[Outcome]) -> bytes:
    return zlib.compress(json.dumps(outcomes, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), 1)


# ------------------------------------------------------------------ one chunk


def _decide(classifier: Classifier, chunk: bytes) -> bytes:
    records = decode(chunk, "")
    outcomes = iter(_outcomes([record for record in records if record.error is None], classifier))
    return _packed([next(outcomes) if record.error is None else None for record in records])


def _outcomes(records: list[Record], classifier: Classifier) -> list[Outcome]:
    """For each document its decision, or a sentence on why there is none; one bad row costs one row."""
    try:
        return [_said(decided.to_dict()) for decided in classifier.decisions([known(record) for record in records])]
    except (ModelError, RulePackError, ImportError):
        raise
    except Exception as e:
        if len(records) > 1:
            return [outcome for record in records for outcome in _outcomes([record], classifier)]
        if isinstance(e, VanThuError):
            return [f"{e.what} {e.remedy}".strip()]
        return [f"Không xử lý được văn bản này ({type(e).__name__}: {e})."]


def known(record: Record) -> dict[str, Any]:
    """The record as arguments of `classify`."""
    return {
        "trich_yeu": record.trich_yeu or "",
        "so_ky_hieu": record.so_ky_hieu,
        "loai_van_ban": record.loai_van_ban,
        "co_quan_ban_hanh": record.co_quan_ban_hanh,
        "ngay_ban_hanh": record.ngay_ban_hanh,
        "noi_nhan": [*(f"Kính gửi: {name}" for name in record.kinh_gui), *record.noi_nhan] or None,
        "hinh_thuc_sao": record.hinh_thuc_sao,
        "do_mat": record.do_mat,
        "reading": record.reading,
    }


def _said(decision: Mapping[str, Any]) -> list[Any]:
    reason = " ".join(reason["text"] for reason in decision["reasons"])
    return [reason if name == "reason" else decision[name] for name in DECIDED]


# ------------------------------------------------------------------ here


class Here:
    """Decides in this process, when the outcomes are asked for."""

    ahead = 0

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    def begin(self, chunk: bytes) -> Callable[[], bytes]:
        """See `Deciding`."""
        return partial(_decide, self._classifier, chunk)


# ------------------------------------------------------------------ in other processes

_DIED = "Tiến trình xử lý bị dừng đột ngột vì văn bản này. Kiểm tra lại trích yếu rồi chạy lại."


class InProcesses:
    """Decides in `jobs` processes, started when there is something to decide; a context, whose end ends them."""

    def __init__(self, classifier: Classifier, jobs: int, seconds: float = 60.0) -> None:
        self.ahead = 2 * jobs
        self._workers = Workers(Limits(seconds, memory=0), module=__name__, first=pickle.dumps(classifier))
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="vanthu-decide")  # each waits for a process

    def __enter__(self) -> InProcesses:
        self._workers.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._workers.stop()
        self._threads.shutdown(cancel_futures=True)
        self._workers.__exit__(*exc)

    def begin(self, chunk: bytes) -> Callable[[], bytes]:
        """See `Deciding`."""
        return partial(_result, self._threads.submit(self._decided, chunk))

    def _decided(self, chunk: bytes) -> bytes:
        try:
            return self._asked(chunk)
        except DiedError:
            records = json.loads(chunk)
        outcomes: list[Outcome] = []
        for record in records:  # the one that kills another process costs itself
            try:
                outcomes += unpacked(self._asked(json.dumps([record]).encode("ascii")), 1)
            except DiedError:
                if self._workers.stopped:
                    raise
                outcomes.append(_DIED)
        return _packed(outcomes)

    def _asked(self, chunk: bytes) -> bytes:
        kind, content = self._workers.ask(chunk)
        if kind == b"f":
            raise pickle.loads(content)
        return content


def _result(future: Future[bytes]) -> bytes:
    while True:
        try:
            return future.result(timeout=0.5)  # Windows does not interrupt a wait without end
        except TimeoutError:
            if future.done():
                raise


def _answers() -> Callable[[bytes], Iterator[tuple[bytes, bytes]]]:
    """What `serving.serve` asks for each task: the first brings the classifier, the others are chunks."""
    given: list[Classifier | Exception] = []

    def answer(task: bytes) -> Iterator[tuple[bytes, bytes]]:
        if not given:
            given.append(_unpickled(task))
            return
        (classifier,) = given
        try:
            if isinstance(classifier, Exception):
                raise classifier
            yield b"c", _decide(classifier, task)
            yield b"e", b""
        except Exception as error:  # of the model or the pack: for the run, not for the row
            yield b"f", pickle.dumps(error)

    return answer


def _unpickled(classifier: bytes) -> Classifier | Exception:
    try:
        found: Classifier = pickle.loads(classifier)
    except Exception as error:
        return VanThuError(
            f"Không chuyển được bộ phân loại sang tiến trình khác ({error}).",
            remedy="Đặt lớp của nó trong một mô-đun nhập được, hoặc dùng jobs=1.",
        )
    return found


if __name__ == "__main__":
    serve(_answers())
