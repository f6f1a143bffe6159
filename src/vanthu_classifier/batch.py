"""A folder at once: every document and every row of every register in it, one row of a report each.

    intake ─ chunks of records, read in workers that may die ─▶ deciding ─ outcomes ─▶ rows ─▶ report, copies

Nothing in the folder is changed, and one bad file costs one row. Files are taken in the order of their paths, so the same folder
gives the same report, whatever the number of processes, and whether or not an earlier run was stopped on the way: what was
read and decided is remembered beside the report (`run_state`). Memory grows with a chunk, not with a register.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vanthu_classifier import intake, writers
from vanthu_classifier.contained import decode
from vanthu_classifier.copies import FOLDERS, copy, holds_copies
from vanthu_classifier.deciding import DECIDED, Classifier, Decided, Deciding, Here, InProcesses, Outcome, unpacked
from vanthu_classifier.errors import InputError
from vanthu_classifier.intake import File, Part
from vanthu_classifier.interrupts import held_back
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.readers import Record
from vanthu_classifier.readers.ocr import Mode as OcrMode
from vanthu_classifier.run_state import RunState, code_hash, key, state_path
from vanthu_classifier.workers import Failure, Limits, Workers

__all__ = ["FOLDERS", "Classifier", "Decided", "OcrMode", "Progress", "Summary", "rows", "run"]


Progress = Callable[[str, int, int], None]
"""Called with the path that was worked on, the number of files done and the number of files there are."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: files seen, rows written, rows with an error, rows by outcome.

    `unchanged` counts the files that an earlier run had read. `set_aside` is where a damaged state of an earlier run was put;
    None where there was none.
    """

    files: int
    rows: int
    errors: int
    outcomes: dict[str, int]
    unchanged: int = field(default=0, compare=False)
    set_aside: Path | None = field(default=None, compare=False)


def run(
    folder: str | Path,
    out: str | Path,
    *,
    classifier: Classifier | None = None,
    jobs: int = 1,
    progress: bool = False,
    on_progress: Progress | None = None,
    sort_into: str | Path | None = None,
    ocr: OcrMode = "auto",
    timeout: float = 60.0,
    fresh: bool = False,
    resume: bool = True,
) -> Summary:
    """Classify everything in `folder`, nested folders too, and write the report to `out` (see `writers.ENDINGS`).

    `folder` may be a single file. `classifier` is the default `DispatchClassifier` where None; with `jobs` other than 1
    (-1: one a core) it is pickled to worker processes. `progress` draws a bar on stderr, `on_progress` is called
    instead. `sort_into` is a folder that receives a copy of each document file, in a folder for each outcome
    (`FOLDERS`); nothing is moved and nothing overwritten. `ocr` says when a picture of a page is read: where there is no text,
    never, or always. A file that gives nothing for `timeout` seconds is given up.

    What was read and decided is remembered beside the report (`run_state`) and serves the next run; `fresh` forgets it
    first, without `resume` nothing is remembered. On Ctrl-C the rows so far are put in place as a report, and
    `KeyboardInterrupt` goes on to the caller.

    `InputError` where the folder is missing, where the report or the copies cannot stand where they are wanted, or another
    run is writing this report; `ModelError` where a title needs a model and there is none that works.
    """
    folder, out = Path(folder), Path(out)
    copies = None if sort_into is None else Path(sort_into)
    jobs = (os.cpu_count() or 1) if jobs == -1 else jobs
    _check(folder, copies, jobs, timeout)
    report = writers.report(out, folder)
    with RunState(state_path(out) if resume else None, fresh=fresh) as state:
        if resume:  # nobody else is writing this report
            writers.clear_leftovers(out)
        found = list(intake.files(folder, _left_out(out, copies)))
        seen: Counter[str] = Counter()
        done = 0
        with ExitStack() as stack:
            write = stack.enter_context(report)
            say = _bar(stack, len(found), seen) if progress and on_progress is None else on_progress
            of_file: list[dict[str, Any]] = []  # its first rows; a document has one
            for file, part in _worked(found, state, stack, classifier=classifier, jobs=jobs, timeout=timeout, ocr=ocr):
                with held_back():  # no report ends within a row
                    for row in part or ():
                        write(row)
                        seen["error" if row["error"] else row["dispatch"]] += 1
                of_file += (part or [])[: 2 - len(of_file)]
                if part is None:
                    done += 1
                    if copies is not None and len(of_file) == 1:
                        copy(file, of_file[0], copies)
                    of_file = []
                if say is not None:
                    say(file.name, done, len(found))
        state.finish()
    outcomes = {outcome.value: seen[outcome.value] for outcome in Dispatch}
    return Summary(len(found), seen.total(), seen["error"], outcomes, state.reused, state.set_aside)


def rows(
    path: str | Path,
    *,
    name: str | None = None,
    classifier: Classifier | None = None,
    ocr: OcrMode = "auto",
    timeout: float = 60.0,
) -> Iterator[dict[str, Any]]:
    """The rows of a report for one file, each with the names of `writers.COLUMNS`; read as safely as in a run, nothing is remembered.

    `name` stands in `path` of the rows and is a hint to the reader; the file's own name by default. What prevents reading is a row
    with `error`. Each call starts a process for the reading (a fifth of a second); several threads may call it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "so.csv")
    ...     _ = path.write_text("Số ký hiệu;Trích yếu\\n15/TTr-A;Tờ trình xin kinh phí\\n", "utf-8")
    ...     [(row["row"], row["dispatch"]) for row in rows(path)]
    [(2, 'electronic_and_paper')]
    """
    file = intake.one_file(Path(path), name)
    with ExitStack() as stack:
        state = stack.enter_context(RunState(None))
        for _, part in _worked([file], state, stack, classifier=classifier, jobs=1, timeout=timeout, ocr=ocr):
            yield from part or ()


def _check(folder: Path, copies: Path | None, jobs: int, timeout: float) -> None:
    if not folder.exists():
        raise InputError("Không có thư mục này.", remedy="Kiểm tra lại đường dẫn.", path=folder)
    if jobs < 1:
        raise InputError("Số tiến trình phải từ 1 trở lên, hoặc -1 để dùng mọi nhân.", column="jobs")
    if not timeout > 0:
        raise InputError("Thời gian cho một tệp phải lớn hơn 0 giây.", column="timeout")
    if copies is not None and folder.resolve().is_relative_to(copies.resolve()):
        raise InputError(
            "Không xếp bản sao vào chính thư mục đang đọc.",
            remedy="Chọn một thư mục khác, có thể nằm bên trong.",
            path=copies,
        )


def _left_out(out: Path, copies: Path | None) -> Callable[[Path], bool]:
    """Whether a file or folder is the work of this run or an earlier one."""
    own = {path.resolve() for path in (out, copies) if path is not None}
    return lambda path: path.resolve() in own or writers.is_report(path) or holds_copies(path)


def _bar(stack: ExitStack, total: int, seen: Counter[str]) -> Progress:
    from tqdm import tqdm

    bar = stack.enter_context(tqdm(total=total, unit=" tệp", leave=False, dynamic_ncols=True))

    def update(name: str, done: int, total: int) -> None:
        bar.set_postfix_str(f"{seen.total()} dòng, {name[-40:]}", refresh=False)
        bar.update(done - bar.n)

    return update


def _worked(
    found: Sequence[File],
    state: RunState,
    stack: ExitStack,
    *,
    classifier: Classifier | None,
    jobs: int,
    timeout: float,
    ocr: OcrMode,
) -> Iterator[tuple[File, list[dict[str, Any]] | None]]:
    """The rows of every part of every file, in order; None where a file ends. What it uses ends with `stack`."""
    used = classifier or _default()
    deciding: Deciding = Here(used) if jobs == 1 else stack.enter_context(InProcesses(used, jobs, max(timeout, 60.0)))
    workers = stack.enter_context(Workers(Limits(seconds=timeout)))
    parts = stack.enter_context(intake.read(found, workers, state, jobs=jobs, options=_options(ocr)))
    return _rows_of(parts, state, _identity(used), deciding)


def _default() -> Classifier:
    from vanthu_classifier.classifier import DispatchClassifier

    return DispatchClassifier()


def _options(ocr: OcrMode) -> dict[str, Any]:
    """What `readers.read` is told of this run, as its keyword arguments; other options mean reading again."""
    return {"ocr": ocr}


def _identity(classifier: Classifier) -> bytes | None:
    """What decisions are remembered under; None where the classifier cannot say what its answers depend on."""
    identity = getattr(classifier, "identity", None)
    return key(identity, code_hash()) if isinstance(identity, str) else None


# ------------------------------------------------------------------ rows

_Rows = list[dict[str, Any]]


def _rows_of(
    parts: Iterable[Part], state: RunState, identity: bytes | None, deciding: Deciding
) -> Iterator[tuple[File, _Rows | None]]:
    """The rows of each part, in order; some parts more are under way. What was decided before is not decided again."""
    under_way: deque[tuple[File, Callable[[], _Rows | None]]] = deque()
    for part in parts:
        under_way.append((part.file, _begun(part, state, identity, deciding)))
        if len(under_way) > deciding.ahead:
            file, rows_of_part = under_way.popleft()
            yield file, rows_of_part()
    while under_way:
        file, rows_of_part = under_way.popleft()
        yield file, rows_of_part()


def _begun(part: Part, state: RunState, identity: bytes | None, deciding: Deciding) -> Callable[[], _Rows | None]:
    chunk, name = part.content, part.file.name
    if chunk is None:
        return lambda: None
    if isinstance(chunk, Failure):
        more = {"remedy": chunk.remedy, "unfit": part.file.fault is not None}
        failed = [_row(Record(name, error=chunk.sentence), None) | more]
        return lambda: failed
    records = decode(chunk, name)
    place = None if identity is None else key(identity, chunk)
    known = _remembered(state, place, len(records))
    if known is not None:
        return lambda: list(map(_row, records, known))
    result = deciding.begin(chunk)

    def decided() -> _Rows:
        content = result()
        if place is not None:
            state.keep_decisions(place, content)
        return list(map(_row, records, unpacked(content, len(records))))

    return decided


def _remembered(state: RunState, place: bytes | None, count: int) -> list[Outcome] | None:
    content = None if place is None else state.decisions(place)
    try:
        return None if content is None else unpacked(content, count)
    except ValueError:  # damaged on the disk
        return None


def _row(record: Record, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(record, name, None) for name in writers.COLUMNS}
    row["noi_nhan"], row["warnings"] = list(record.noi_nhan), list(record.warnings)
    if outcome is None:
        return row
    if isinstance(outcome, str):
        return row | {"error": outcome}
    said = dict(zip(DECIDED, outcome, strict=True))
    said["loai_van_ban"] = record.loai_van_ban or said["loai_van_ban"]
    said["warnings"] = row["warnings"] + said["warnings"]
    return row | said
