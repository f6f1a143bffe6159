"""Decisions on chunks of records: in this process, or in those of loky, joblib's pool.

A chunk comes as the bytes that the reading process made (`contained.encode`), and what a report says of its decisions goes as
bytes too: they are passed on to other processes and remembered between runs as they are.

Deciding is trusted code on short texts, which no file can hang; so a common pool does, and each of its processes loads the model
once. Threads would not help: cutting text into words holds the interpreter.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, Protocol

from vanthu_classifier.contained import decode
from vanthu_classifier.errors import ModelError, RulePackError, VanThuError
from vanthu_classifier.interrupts import held_back
from vanthu_classifier.readers import Record

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

    def __init__(self, classifier: Classifier, jobs: int) -> None:
        self.ahead = 2 * jobs
        self._classifier = classifier
        self._jobs = jobs
        self._pool: Any = None

    def __enter__(self) -> InProcesses:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=True)

    def begin(self, chunk: bytes) -> Callable[[], bytes]:
        """See `Deciding`."""
        return partial(self._result, chunk, self._submit(chunk))

    def _submit(self, chunk: bytes) -> Any:
        for _ in range(2):
            try:
                with held_back():  # a pool that is half started could not be ended
                    self._pool = self._pool or self._started()
                    return self._pool.submit(_decide_there, chunk)
            except BrokenProcessPool:
                self._pool = None
        raise VanThuError("Không khởi động được tiến trình xử lý.", remedy="Chạy lại với --jobs 1.")

    def _started(self) -> Any:
        from joblib.externals.loky import ProcessPoolExecutor

        # The folder that is worked in may hold a file by the name of a module.
        environment = {"PYTHONSAFEPATH": "1"}
        return ProcessPoolExecutor(
            self._jobs, timeout=None, initializer=_start, initargs=(self._classifier,), env=environment
        )

    def _result(self, chunk: bytes, future: Any) -> bytes:
        try:
            content: bytes = future.result()
        except BrokenProcessPool:
            self._pool = None
            return self._one_by_one(chunk)
        return content

    def _one_by_one(self, chunk: bytes) -> bytes:
        """The outcomes of a chunk that was under way when a process died; the row that kills another one costs itself."""
        outcomes: list[Outcome] = []
        for stated in json.loads(chunk):
            try:
                content = self._submit(json.dumps([stated]).encode("ascii")).result()
                outcomes += unpacked(content, 1)
            except BrokenProcessPool:
                self._pool = None
                outcomes.append(_DIED)
        return _packed(outcomes)


_there: list[Classifier] = []


def _start(classifier: Classifier) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _there[:] = [classifier]
    if os.name == "posix":
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _decide_there(chunk: bytes) -> bytes:
    return _decide(_there[0], chunk)
