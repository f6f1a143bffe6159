"""Uploads: many documents at once, by the engine of `vanthu batch`.

Everything lies in one folder of the server's own, a folder below it for each upload, under names that were made safe. The uploaded files are deleted as
soon as they have been read, the report when it is discarded or has waited long enough, and all of it when the server stops; what a killed server left
is deleted when the next one starts. A job survives nothing: after a restart the files are uploaded again.

One upload is worked on at a time; the others wait in line. Reading happens in processes that may die of a file (`batch`).
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from anyio import CapacityLimiter, fail_after, to_thread

from vanthu_classifier import batch, writers
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import VanThuError
from vanthu_classifier.web.problems import ProblemError
from vanthu_classifier.web.settings import Limits

__all__ = ["REPORTS", "Job", "Jobs", "Reading", "State", "safe_name"]

State = Literal["waiting", "running", "done", "failed"]
REPORTS = (".xlsx", ".csv", ".jsonl")
"""Kinds of the report that can be downloaded."""

_log = logging.getLogger("vanthu.serve")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_NAME, _DEPTH = 120, 8


def safe_name(given: str) -> Path:
    """A relative path that stays inside its folder, on every system, and still says what was uploaded.

    >>> safe_name("Công văn 12.docx").as_posix(), safe_name("../../etc/passwd").as_posix(), safe_name("C:\\\\tmp\\\\CON.txt").as_posix()
    ('Công văn 12.docx', 'etc/passwd', 'C_/tmp/_CON.txt')
    """
    parts = []
    for part in re.split(r"[/\\]", given.encode("utf-8", "replace").decode("utf-8")):
        name = _UNSAFE.sub("_", part).strip(" .")
        while len(name.encode()) > 2 * _NAME or len(name) > _NAME:
            stem, dot, ending = name.rpartition(".")
            name = f"{stem[:-1]}{dot}{ending}" if stem and len(ending) < 10 else name[:-1]
        if name:
            parts.append(f"_{name}" if _RESERVED.fullmatch(name) else name)
    return Path(*parts[-_DEPTH:]) if parts else Path("tep")


def _free(path: Path) -> Path:
    """The path, or one beside it that is not taken."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return found


class _TooLongError(Exception):
    """The time for an upload has run out, or the server stops."""


@dataclass(slots=True)
class Job:
    """One upload: where it lies, whose it is, how far it is. `error` is a sentence, "" where there is none."""

    id: str
    session: str
    folder: Path
    files: int
    state: State = "waiting"
    done: int = 0
    current: str = ""
    error: str = ""
    summary: batch.Summary | None = None
    finished: float | None = None
    deadline: float = float("inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def uploads(self) -> Path:
        """The uploaded files; deleted when the job is over."""
        return self.folder / "tep"

    @property
    def rows_file(self) -> Path:
        """The rows, from which every kind of report is written."""
        return self.folder / "bao_cao.jsonl"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the report."""
        with self.rows_file.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


class Jobs:
    """The uploads of one server, in the folder `folder`, which is this server's alone."""

    def __init__(self, folder: Path, classifier: DispatchClassifier, limits: Limits) -> None:
        self._folder = folder
        self._classifier = classifier
        self._limits = limits
        self._jobs: dict[str, Job] = {}
        self._line: queue.Queue[Job | None] = queue.Queue()
        self._lock = threading.Lock()
        self._stopping = False
        clear(folder)
        folder.mkdir(mode=0o700, parents=True)
        self._worker = threading.Thread(target=self._work, name="vanthu-uploads", daemon=True)
        self._worker.start()

    def add(self, files: Iterable[tuple[str, BinaryIO]], session: str) -> Job:
        """Takes an upload into the line. `ProblemError` where too many wait, or where there is no file in it."""
        with self._lock:
            if sum(not job.over for job in self._jobs.values()) >= self._limits.waiting:
                raise ProblemError(503, "Đang có nhiều hồ sơ chờ; thử lại sau ít phút.", headers={"Retry-After": "60"})
        id = secrets.token_urlsafe(18)
        job = Job(id, session, self._folder / id, 0)
        job.uploads.mkdir(parents=True)
        try:
            for name, content in files:
                store(content, job.uploads, name)
                job.files += 1
            if not job.files:
                raise ProblemError(422, "Chưa chọn tệp nào.", [{"field": "files", "message": "Chưa chọn tệp nào."}])
        except BaseException:
            clear(job.folder)
            raise
        with self._lock:
            self._jobs[id] = job
        self._line.put(job)
        return job

    def get(self, id: str, session: str) -> Job | None:
        """The session's upload with this id; None where there is none (any more)."""
        self._sweep()
        with self._lock:
            job = self._jobs.get(id)
        return job if job is not None and job.session == session else None

    def ahead(self, job: Job) -> int:
        """How many uploads come before this one."""
        with self._lock:
            jobs = list(self._jobs.values())
        return sum(not other.over for other in jobs[: jobs.index(job)] if job in jobs)

    def report(self, job: Job, ending: str) -> Path:
        """The report as a file of this kind, written when it is first asked for."""
        path = job.folder / f"bao_cao{ending}"
        with job.lock:
            if not path.exists():
                with writers.report(path) as write:
                    for row in job.rows():
                        write(row)
        return path

    def discard(self, job: Job) -> None:
        """Deletes the report; an upload that is being worked on is stopped first."""
        job.deadline = 0.0
        with self._lock:
            if job.state != "running":
                self._jobs.pop(job.id, None)
                job.state = "failed"
                clear(job.folder)

    def close(self) -> None:
        """Stops the work and deletes everything."""
        self._stopping = True
        self._line.put(None)
        self._worker.join(timeout=10)
        clear(self._folder)

    # -------------------------------------------------------------- the work

    def _work(self) -> None:
        while not self._stopping:
            try:
                job = self._line.get(timeout=60)
            except queue.Empty:
                self._sweep()
                continue
            if job is not None and not self._stopping and not job.over:
                self._do(job)

    def _do(self, job: Job) -> None:
        job.state = "running"
        job.deadline = min(job.deadline, time.monotonic() + self._limits.job)

        def on_progress(name: str, done: int, total: int) -> None:
            job.current, job.done, job.files = name, done, total
            if self._stopping or time.monotonic() > job.deadline:
                raise _TooLongError

        try:
            job.summary = batch.run(
                job.uploads,
                job.rows_file,
                classifier=self._classifier,
                jobs=max(1, (os.cpu_count() or 1) - 1),  # one processor is left to whoever asks meanwhile
                on_progress=on_progress,
                resume=False,
            )
            job.state = "done"
        except _TooLongError:
            self._fail(job, "Quá thời gian cho phép. Hãy chia nhỏ hồ sơ, hoặc dùng lệnh vanthu batch.")
        except VanThuError as error:
            self._fail(job, f"{error.what} {error.remedy}".strip())
        except Exception as error:
            _log.error("upload failed: %s", type(error).__name__)
            self._fail(job, "Có lỗi khi đọc hồ sơ này.")
        finally:
            clear(job.uploads)
            job.finished = time.monotonic()
            if job.deadline == 0.0:
                self.discard(job)

    def _fail(self, job: Job, why: str) -> None:
        job.error, job.state = why, "failed"

    def _sweep(self) -> None:
        with self._lock:
            old = [
                job
                for job in self._jobs.values()
                if job.finished is not None and time.monotonic() - job.finished > self._limits.kept
            ]
            for job in old:
                del self._jobs[job.id]
                clear(job.folder)


class Reading:
    """One file at once, answered in the same request; at most `at_once` of them are read side by side, the others wait for their turn."""

    def __init__(self, folder: Path, classifier: DispatchClassifier, limits: Limits, *, at_once: int = 2) -> None:
        self._folder = folder
        self._classifier = classifier
        self._limits = limits
        self._places = CapacityLimiter(at_once)

    async def rows(self, name: str, content: BinaryIO) -> list[dict[str, Any]]:
        """The rows of the file; `ProblemError` where it has too many, takes too long, or too much is being read."""
        turn = object()
        try:
            with fail_after(self._limits.reading / 4):
                await self._places.acquire_on_behalf_of(turn)
        except TimeoutError as error:
            raise ProblemError(
                503, "Máy chủ đang bận đọc tệp khác; thử lại sau.", headers={"Retry-After": "30"}
            ) from error
        try:
            return await to_thread.run_sync(self._rows, name, content)
        finally:
            self._places.release_on_behalf_of(turn)

    def _rows(self, name: str, content: BinaryIO) -> list[dict[str, Any]]:
        with self._place() as place:
            path = store(content, place, name)
            return list(self._read(path, path.relative_to(place).as_posix()))

    @contextmanager
    def _place(self) -> Iterator[Path]:
        place = self._folder / secrets.token_urlsafe(18)
        place.mkdir(parents=True)
        try:
            yield place
        finally:
            clear(place)

    def _read(self, path: Path, name: str) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + self._limits.reading
        rows = batch.rows(path, name=name, classifier=self._classifier, timeout=self._limits.reading)
        for number, row in enumerate(rows, 1):
            if number > self._limits.rows:
                raise ProblemError(413, f"Tệp có quá nhiều dòng; mỗi lần nhiều nhất {self._limits.rows} dòng.")
            if time.monotonic() > until:
                raise ProblemError(503, "Đọc tệp quá lâu; hãy gửi ở trang «Nhiều văn bản» hoặc dùng lệnh vanthu batch.")
            yield row


def store(content: BinaryIO, folder: Path, name: str) -> Path:
    """The content as a file below `folder`, under the name as far as it is safe."""
    path = _free(folder / safe_name(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(content, file, 1024 * 1024)
    return path


def clear(folder: Path) -> None:
    """Deletes a folder with all that is in it; what another program holds open is left for the next start."""
    shutil.rmtree(folder, ignore_errors=True)
