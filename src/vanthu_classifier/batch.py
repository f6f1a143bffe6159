"""A folder at once: every document and every row of every register in it, one row of a report each.

Folders are data only: nothing in them is changed, links are not followed, and neither the report nor an earlier one
is read as input. One bad file costs one row. Files are taken in the order of their paths, so the same folder gives the
same report.

Registers are read and classified in chunks; what a run needs of memory does not grow with them. With `jobs` above 1
worker processes share the work (threads would slow the segmenter down).
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from filecmp import cmp
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from vanthu_classifier import readers, writers
from vanthu_classifier.errors import InputError, ModelError, RulePackError, VanThuError
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.readers import Record

__all__ = ["FOLDERS", "Classifier", "Decided", "Progress", "Summary", "run"]


class Decided(Protocol):
    """A decision; what a row says of it is in its `to_dict()`."""

    def to_dict(self) -> dict[str, Any]:
        """The decision's fields by name; `reasons` and `recipients` are lists of objects."""


class Classifier(Protocol):
    """What a run needs of a classifier; `DispatchClassifier` is one."""

    def decisions(self, rows: Iterable[Mapping[str, Any]]) -> Sequence[Decided]:
        """The decisions on documents that are given as the arguments of `classify`, in order."""


Progress = Callable[[str, int, int], None]
"""Called with the path that was worked on, the number of files done and the number of files there are."""

FOLDERS: dict[str | None, str] = {
    Dispatch.ELECTRONIC_ONLY: "chi_ban_dien_tu",
    Dispatch.ELECTRONIC_AND_PAPER: "dien_tu_kem_ban_giay",
    Dispatch.NEEDS_REVIEW: "can_xem_xet",
    Dispatch.NOT_BY_NETWORK: "khong_gui_qua_mang",
    None: "khong_doc_duoc",
}
"""Folder names of `sort_into`, by outcome; None is a file that could not be read."""

_CHUNK = 500  # rows of a register that are worked on at once


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: files seen, rows written, rows with an error, and rows by outcome."""

    files: int
    rows: int
    errors: int
    outcomes: dict[str, int]


def run(
    folder: str | Path,
    out: str | Path,
    *,
    classifier: Classifier | None = None,
    jobs: int = 1,
    progress: bool = False,
    on_progress: Progress | None = None,
    sort_into: str | Path | None = None,
) -> Summary:
    """Classify everything in `folder`, nested folders too, and write the report to `out` (see `writers.ENDINGS`).

    `folder` may be a single file. `classifier` is the default `DispatchClassifier` where None; with `jobs` other than 1
    (-1: one a core) it is pickled to the worker processes. `progress` draws a bar on stderr, `on_progress` is called
    instead. `sort_into` is a folder that receives a copy of each document file, in a folder for each outcome
    (`FOLDERS`); nothing is moved and nothing overwritten. On Ctrl-C the rows so far are put in place as a report, and
    `KeyboardInterrupt` goes on to the caller.

    `InputError` where the folder is missing, or the report or the copies cannot stand where they are wanted;
    `ModelError` where a title needs a model and there is none that works.
    """
    folder, out = Path(folder), Path(out)
    copies = None if sort_into is None else Path(sort_into)
    jobs = (os.cpu_count() or 1) if jobs == -1 else jobs
    _check(folder, copies, jobs)
    files = list(_files(folder, skip=(out, copies)))
    seen: Counter[str | None] = Counter()
    done = 0
    with ExitStack() as stack:
        if progress and on_progress is None:
            on_progress = _bar(stack, len(files))
        write = stack.enter_context(writers.report(out))
        for task, rows in _worked(_tasks(files), classifier, jobs, stack):
            for row in rows:
                write(row)
                seen["error" if row["error"] else row["dispatch"]] += 1
            if copies is not None and task.is_document:
                _copy(task, rows, copies)
            done += task.closes
            if on_progress is not None:
                on_progress(task.name, done, len(files))
    counts = {outcome.value: seen[outcome.value] for outcome in Dispatch}
    return Summary(files=len(files), rows=seen.total(), errors=seen["error"], outcomes=counts)


def _check(folder: Path, copies: Path | None, jobs: int) -> None:
    if not folder.exists():
        raise InputError("Không có thư mục này.", remedy="Kiểm tra lại đường dẫn.", path=folder)
    if jobs < 1:
        raise InputError("Số tiến trình phải từ 1 trở lên, hoặc -1 để dùng mọi nhân.", column="jobs")
    if copies is not None and folder.resolve().is_relative_to(copies.resolve()):
        raise InputError(
            "Không xếp bản sao vào chính thư mục đang đọc.",
            remedy="Chọn một thư mục khác, có thể nằm bên trong.",
            path=copies,
        )


def _bar(stack: ExitStack, total: int) -> Progress:
    from tqdm import tqdm

    bar = stack.enter_context(tqdm(total=total, unit=" tệp", leave=False))

    def update(name: str, done: int, total: int) -> None:
        bar.set_postfix_str(name[-40:], refresh=False)
        bar.update(done - bar.n)

    return update


# ------------------------------------------------------------------ files

_NOT_DOCUMENTS = {"thumbs.db", "desktop.ini", "__macosx"}
_LOCK = "~$"
_LOCKED = "Đây là tệp khóa tạm của Word hoặc Excel, không phải văn bản. Đóng chương trình đang mở tệp gốc."


def _files(folder: Path, skip: Iterable[Path | None]) -> Iterator[tuple[Path, str]]:
    """`(path, name)` of each file below `folder`, by name; what a system hides, links and reports are left out."""
    if folder.is_file():
        yield folder, _printable(folder.name)
        return
    left_out = {path.resolve() for path in skip if path is not None}
    for where, folders, names in os.walk(folder):
        here = Path(where)
        folders[:] = sorted(f for f in folders if not _hidden(f) and (here / f).resolve() not in left_out)
        for name in sorted(names):
            path = here / name
            if _hidden(name) or path.is_symlink() or path.resolve() in left_out or writers.is_report(path):
                continue
            yield path, _printable(path.relative_to(folder).as_posix())


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _NOT_DOCUMENTS


def _printable(name: str) -> str:
    """A name of bytes that are no UTF-8 can be opened, but not written into a report."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Task:
    """A document file (`records` None), or a chunk of a register's rows; `closes` says that the file ends with it."""

    path: Path
    name: str
    records: tuple[Record, ...] | None = None
    closes: bool = True

    @property
    def is_document(self) -> bool:
        return self.records is None


def _tasks(files: Sequence[tuple[Path, str]]) -> Iterator[_Task]:
    for path, name in files:
        if not _is_register(path):
            yield _Task(path, name)
            continue
        rows = _records(path, name)
        while chunk := tuple(islice(rows, _CHUNK)):
            yield _Task(path, name, chunk, closes=False)
        yield _Task(path, name, (), closes=True)


def _is_register(path: Path) -> bool:
    if path.name.startswith(_LOCK):
        return False
    try:
        return readers.format_of(path).register
    except Exception:  # said in the file's row, when it is read
        return False


def _records(path: Path, name: str) -> Iterator[Record]:
    """The records of a file; what prevents reading on is a last record with `error`."""
    if path.name.startswith(_LOCK):
        yield Record(name, error=_LOCKED)
        return
    try:
        yield from readers.read(path, name)
    except VanThuError as e:
        yield Record(name, error=f"{e.what} {e.remedy}".strip())
    except ImportError:
        raise
    except Exception as e:  # one bad file costs one row, whatever a format's library makes of it
        yield Record(name, error=f"Không đọc được tệp ({type(e).__name__}). Mở tệp, lưu lại rồi chạy lại.")


# ------------------------------------------------------------------ rows


def _rows(task: _Task, classifier: Classifier) -> list[dict[str, Any]]:
    records = list(_records(task.path, task.name)) if task.records is None else list(task.records)
    readable = [record for record in records if record.error is None]
    outcomes = iter(_outcomes(readable, classifier))
    return [_row(record, next(outcomes) if record.error is None else record.error) for record in records]


def _outcomes(records: list[Record], classifier: Classifier) -> list[dict[str, Any] | str]:
    """For each document its decision, or a sentence on why there is none; one bad row costs one row."""
    try:
        return [decided.to_dict() for decided in classifier.decisions([_known(record) for record in records])]
    except (ModelError, RulePackError, ImportError):
        raise
    except Exception as e:
        if len(records) > 1:
            return [outcome for record in records for outcome in _outcomes([record], classifier)]
        if isinstance(e, VanThuError):
            return [f"{e.what} {e.remedy}".strip()]
        return [f"Không xử lý được văn bản này ({type(e).__name__}: {e})."]


def _known(record: Record) -> dict[str, Any]:
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
    }


def _row(record: Record, outcome: dict[str, Any] | str) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(record, name, None) for name in writers.COLUMNS}
    row["noi_nhan"], row["warnings"] = list(record.noi_nhan), list(record.warnings)
    if isinstance(outcome, str):
        return row | {"error": outcome}
    row |= {name: outcome[name] for name in _DECIDED}
    row["loai_van_ban"] = record.loai_van_ban or outcome["loai_van_ban"]
    row["reason"] = " ".join(reason["text"] for reason in outcome["reasons"])
    row["warnings"] += outcome["warnings"]
    return row


_DECIDED = ("dispatch", "lean", "confidence", "basis", "category", "quote", "recipients")


def _worked(
    tasks: Iterable[_Task], classifier: Classifier | None, jobs: int, stack: ExitStack
) -> Iterator[tuple[_Task, list[dict[str, Any]]]]:
    """Each task with its rows, in order."""
    if jobs > 1:
        workers = _Workers(classifier, jobs)
        stack.callback(workers.close)
        return workers.work(tasks)
    used = classifier or _default()
    return ((task, _rows(task, used)) for task in tasks)


def _default() -> Classifier:
    from vanthu_classifier.classifier import DispatchClassifier

    return DispatchClassifier()


_worker: list[Classifier] = []


def _start(classifier: Classifier | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which keeps the report so far
    _worker[:] = [classifier or _default()]


def _in_worker(task: _Task) -> list[dict[str, Any]]:
    return _rows(task, _worker[0])


@dataclass(frozen=True, slots=True)
class _UnderWay:
    task: _Task
    pool: ProcessPoolExecutor
    future: Future[list[dict[str, Any]]]


class _Workers:
    """Processes that share the work, started again where one of them dies over a file."""

    def __init__(self, classifier: Classifier | None, jobs: int) -> None:
        self._classifier = classifier
        self._jobs = jobs
        self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        spawn = get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=spawn, initializer=_start, initargs=(self._classifier,))

    def work(self, tasks: Iterable[_Task]) -> Iterator[tuple[_Task, list[dict[str, Any]]]]:
        """Results in the order of the tasks; only a few tasks a worker are under way, whatever there is to come."""
        under_way: deque[_UnderWay] = deque()
        for task in tasks:
            under_way.append(self._begin(task))
            if len(under_way) >= 3 * self._jobs:
                first = under_way.popleft()
                yield first.task, self._result(first)
        while under_way:
            first = under_way.popleft()
            yield first.task, self._result(first)

    def _begin(self, task: _Task) -> _UnderWay:
        try:
            return _UnderWay(task, self._pool, self._pool.submit(_in_worker, task))
        except BrokenProcessPool:
            self._pool = self._started()
            return _UnderWay(task, self._pool, self._pool.submit(_in_worker, task))

    def _result(self, begun: _UnderWay) -> list[dict[str, Any]]:
        """The rows of a task; one that was under way when a worker died is done again, alone, and costs its own rows
        only if it kills that worker too."""
        try:
            return begun.future.result()
        except BrokenProcessPool:
            if begun.pool is self._pool:
                self._pool = self._started()
        try:
            return self._begin(begun.task).future.result()
        except BrokenProcessPool:
            self._pool = self._started()
            return [_row(record, _DIED) for record in begun.task.records or (Record(begun.task.name),)]

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


_DIED = "Tiến trình đọc bị dừng đột ngột vì tệp này. Mở tệp, lưu lại rồi chạy lại."


# ------------------------------------------------------------------ copies


def _copy(task: _Task, rows: list[dict[str, Any]], copies: Path) -> None:
    if not rows or task.path.name.startswith(_LOCK):
        return
    target = copies / FOLDERS[None if rows[0]["error"] else rows[0]["dispatch"]] / task.name
    target.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while target.exists():
        if cmp(task.path, target, shallow=False):
            return
        number += 1
        target = target.with_name(f"{task.path.stem} ({number}){task.path.suffix}")
    shutil.copy2(task.path, target)
