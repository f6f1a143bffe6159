"""Processes that may die: the near side of `serving`.

Reading goes on in them, and with `--jobs` above 1 deciding too. joblib (loky) and `concurrent.futures` share out work to processes that are
trusted to come back: neither can end one of them alone, with its children, and say what it was at; a Ctrl-C while loky starts its
processes leaves it hanging; and its helpers take 65 MB. Ending a process is all that a `Worker` is about. It is started in a
session of its own, so that Ctrl-C in the terminal is not its affair and killing its group ends the programs that it started
(Tesseract) as well.

    crash       the pipe ends; a file that was not the first of its process gets a second try in a new one
    hang        `Limits.seconds` without an answer, counted in ticks of our own clock: a laptop that slept has not waited
    memory      `Limits.memory`; see `serving` for what each system can do
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from vanthu_classifier.errors import VanThuError
from vanthu_classifier.serving import FRAME

__all__ = ["DiedError", "Failure", "Limits", "Worker", "Workers"]

READER = "vanthu_classifier.readers:read"
"""The function that a worker calls with a path; named, since it runs in another process."""

_GIB = 1 << 30


def _half_of_ram() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 2 * _GIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may need: `seconds` from answer to answer, `memory` in bytes (2 GB, or half of a small machine's; 0: any)."""

    seconds: float = 60.0
    memory: int = field(default_factory=lambda: max(_GIB // 2, min(2 * _GIB, _half_of_ram())))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file could not be read: what, and what to do. `passing`: another run may well read it."""

    what: str
    remedy: str
    passing: bool = False

    @property
    def sentence(self) -> str:
        """Both in one."""
        return f"{self.what} {self.remedy}".strip()


_SAVE_AGAIN = "Mở tệp bằng chương trình của nó, lưu lại rồi chạy lại; hoặc xin lại tệp từ nơi gửi."


def _crashed(code: int | None) -> Failure:
    name = ""
    if code is not None and code < 0:
        with suppress(ValueError):
            name = f" ({signal.Signals(-code).name})"
    return Failure(
        f"Tiến trình đọc bị dừng đột ngột vì tệp này{name}: tệp hỏng hoặc quá lớn.", _SAVE_AGAIN, passing=True
    )


def _too_slow(limits: Limits) -> Failure:
    return Failure(
        f"Đọc tệp này quá {limits.seconds:g} giây nên đã dừng.",
        "Mở tệp, lưu lại rồi chạy lại; hoặc cho thêm thời gian bằng --timeout.",
        passing=True,
    )


def _too_big(limits: Limits) -> Failure:
    return Failure(
        f"Đọc tệp này cần hơn {limits.memory / _GIB:.2g} GB bộ nhớ nên đã dừng.",
        "Tách tệp thành từng phần nhỏ hơn, hoặc xin lại tệp từ nơi gửi.",
        passing=True,
    )


_STARTING = 60.0  # seconds that a busy machine may need to start Python


class DiedError(Exception):
    """A worker has died over its task, or was killed."""


_READING = "vanthu_classifier.contained"
_OWN_GROUP, _NO_WINDOW = 0x00000200, 0x08000000  # of Windows: Ctrl-C is not its affair, and no console flashes up


class Worker:
    """One process that answers tasks, one after another: `module` is run in it, `first` is its first task, without an answer."""

    def __init__(self, limits: Limits, module: str = _READING, first: bytes | None = None) -> None:
        self.limits = limits
        self.served = 0
        self.waited: float | None = None  # seconds for the answer that is due; None while none is
        self.slow = False
        self.stopped = False
        self.busy = False
        lifeline: int | None = None
        self._life: int | None = None
        if os.name == "posix":
            lifeline, self._life = os.pipe()
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONSAFEPATH": "1"}
        options: dict[str, Any] = {"creationflags": _OWN_GROUP | _NO_WINDOW}
        if lifeline is not None:
            options = {"start_new_session": True, "pass_fds": (lifeline,)}
        # -P: the folder that is worked in may hold a file by the name of a module
        command = [sys.executable, "-P", "-m", module, str(limits.memory), str(lifeline or "")]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            **options,
        )
        if lifeline is not None:
            os.close(lifeline)
        self._module = module
        self._first = first
        self._ready = False

    def ask(self, task: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames of the answer, see `serving.FRAME`; the last is `e` or `f`. `DiedError` where the process dies, or `VanThuError` where it
        could not even start. Afterwards it is at its end (`alive`)."""
        self.slow = False
        try:
            if not self._ready:
                self._receive()
                if self._first is not None:
                    self._send(self._first)
                self._ready = True
            self.served += 1
            self.busy = True
            self._send(task)
            while self.busy:
                kind, content = self._receive()
                self.busy = kind == b"c"
                yield kind, content
        except DiedError:
            self.close()
            if not self._ready and not self.slow and not self.stopped:
                raise VanThuError(
                    "Không khởi động được tiến trình phụ.",
                    remedy=f'Chạy «python -m {self._module} 2000000000 ""» để xem lỗi.',
                ) from None
            raise

    def read(self, path: str, options: Mapping[str, Any]) -> Iterator[bytes | Failure]:
        """The chunks of a file as `contained.encode` made them; a `Failure` is the last thing where one came up."""
        task = json.dumps({"reader": READER, "path": path, "options": dict(options)}).encode("ascii")
        try:
            for kind, content in self.ask(task):
                if kind == b"c":
                    yield content
                elif kind == b"f":
                    yield self._failure(*json.loads(content))
        except DiedError:
            yield _too_slow(self.limits) if self.slow else _crashed(self._process.returncode)

    def _failure(self, what: str, remedy: str, passing: bool) -> Failure:
        if what == "memory":
            self.close()
            return _too_big(self.limits)
        return Failure(what, remedy, passing)

    def _send(self, task: bytes) -> None:
        stdin = _pipe(self._process.stdin)
        try:
            stdin.write(FRAME.pack(b"t", len(task)) + task)
            stdin.flush()
        except OSError as e:
            raise DiedError from e

    def _receive(self) -> tuple[bytes, bytes]:
        stdout = _pipe(self._process.stdout)
        self.waited = 0.0
        try:
            head = stdout.read(FRAME.size)
            if len(head) < FRAME.size:
                raise DiedError
            kind, length = FRAME.unpack(head)
            content = stdout.read(length)
            if len(content) < length:
                raise DiedError
        except (OSError, ValueError) as e:  # closed by us, in another thread
            raise DiedError from e
        finally:
            self.waited = None
        return kind, content

    @property
    def alive(self) -> bool:
        """Whether its process has not come to its end."""
        return self._process.returncode is None

    def tick(self, seconds: float) -> None:
        """Another thread's clock: so much time has passed; ends the process where it has been too much."""
        if self.waited is not None:
            self.waited += seconds
            if self.waited > (self.limits.seconds if self._ready else max(self.limits.seconds, _STARTING)):
                self.slow = True
                self.kill()

    def kill(self) -> None:
        """End the process and every process that it started, at once. What reads from it then meets the end."""
        if self._process.returncode is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                subprocess.run(
                    ["taskkill", "/T", "/F", "/PID", str(self._process.pid)], capture_output=True, check=False
                )

    def close(self) -> None:
        """Kill it and wait for its end; afterwards nothing of it is left."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _pipe(pipe).close()
        if self._life is not None:
            os.close(self._life)
            self._life = None


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


_TICK = 0.1


class Workers:
    """Workers for several threads: each task takes an idle one, or starts one. A context; its end kills them all."""

    def __init__(self, limits: Limits, module: str = _READING, first: bytes | None = None) -> None:
        self.limits = limits
        self._module = module
        self._first = first
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Workers:
        self._clock.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self._clock.join()
        for worker in self._idle:
            worker.close()

    def stop(self) -> None:
        """Kill all of them; who waits for one meets the end."""
        self._closed.set()
        with self._lock:
            workers = list(self._all)
        for worker in workers:
            worker.stopped = True
            worker.kill()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called: what dies now has not died of its task."""
        return self._closed.is_set()

    def _tick(self) -> None:
        while not self._closed.wait(_TICK):
            with self._lock:
                workers = list(self._all)
            for worker in workers:
                worker.tick(_TICK)

    def ask(self, task: bytes) -> tuple[bytes, bytes]:
        """The one frame of an answer that has one, with its kind. `DiedError` where the process died over the task."""
        worker = self._take()
        try:
            *answer, (end, content) = worker.ask(task)
        finally:
            self._give_back(worker)
        return answer[0] if answer else (end, content)

    def read(self, path: str, options: Mapping[str, Any] | None = None) -> Iterator[bytes | Failure]:
        """As `Worker.read`, in a worker that is free; a crash over a first chunk that may be due to an earlier file is tried again."""
        worker = self._take()
        first = worker.served == 0
        begun = False
        try:
            for chunk in worker.read(path, options or {}):
                if isinstance(chunk, Failure) and not worker.alive and not worker.slow and not first and not begun:
                    break
                begun = True
                yield chunk
            else:
                return
        finally:
            self._give_back(worker)
        if not self._closed.is_set():
            yield from self._read_alone(path, options or {})

    def _read_alone(self, path: str, options: Mapping[str, Any]) -> Iterator[bytes | Failure]:
        worker = self._start()
        try:
            yield from worker.read(path, options)
        finally:
            self._give_back(worker)

    def _take(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> Worker:
        worker = Worker(self.limits, self._module, self._first)
        with self._lock:
            self._all.add(worker)
        if self._closed.is_set():
            worker.stopped = True
            worker.kill()
        return worker

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker.alive and not worker.busy and not self._closed.is_set():
                self._idle.append(worker)
                return
            self._all.discard(worker)
        worker.close()
