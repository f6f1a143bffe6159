"""The files of a folder, and what stands in them: found, read in workers, remembered.

Folders are data only. Links are not followed, and what is no plain file (a pipe, a device, a socket) is never opened: it is one
failure in the order of the others. What a system hides, and what a run writes, is left out. Files come in the order of
their paths, whichever worker is done first.
"""

from __future__ import annotations

import errno
import hashlib
import os
import queue
import stat
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import InputError
from vanthu_classifier.run_state import RunState, code_hash, key
from vanthu_classifier.workers import Failure, Workers

__all__ = ["File", "Part", "files", "one_file", "read"]


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read: where it is, its name in the report, and why it cannot be read where that is known beforehand."""

    path: Path
    name: str
    fault: Failure | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what a file gave: a chunk of records (see `contained.encode`) or a failure; None is the end of the file."""

    file: File
    content: bytes | Failure | None


# ------------------------------------------------------------------ finding

_NOT_DOCUMENTS = {"thumbs.db", "desktop.ini", "__macosx"}
_LOCK = "~$"
_LOCKED = Failure("Đây là tệp khóa tạm của Word hoặc Excel, không phải văn bản.", "Đóng chương trình đang mở tệp gốc.")
_LINK = Failure("Đây là liên kết, không phải tệp, nên không đọc.", "Chép tệp gốc vào thư mục rồi chạy lại.")
_NO_FILE = Failure("Đây là {what}, không phải tệp văn bản, nên không mở.", "Bỏ ra khỏi thư mục nếu không cần.")
_KINDS = {
    stat.S_IFIFO: "ống dẫn (pipe)",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "thiết bị",
    stat.S_IFBLK: "thiết bị",
}


def files(folder: Path, leave_out: Callable[[Path], bool]) -> Iterator[File]:
    """The files below `folder`, nested folders too, by name; `folder` may be a single file.

    A folder that cannot be opened is a file with a fault. `leave_out` is asked about every folder and plain file. `InputError`
    where `folder` does not exist, or is no folder and no plain file.
    """
    try:
        kind = folder.stat().st_mode
    except OSError as e:
        raise InputError(
            "Không có thư mục này, hoặc không mở được.", remedy="Kiểm tra lại đường dẫn.", path=folder
        ) from e
    if not stat.S_ISDIR(kind):
        if not stat.S_ISREG(kind):
            raise InputError("Đây không phải thư mục hay tệp.", remedy="Kiểm tra lại đường dẫn.", path=folder)
        yield one_file(folder)
        return
    closed: list[OSError] = []
    for where, folders, names in os.walk(_whole(folder), onerror=closed.append):
        here = Path(where)
        yield from _closed(closed, folder)
        links = [name for name in folders if os.path.islink(here / name)]  # noqa: PTH114 (never raises)
        folders[:] = sorted(f for f in folders if f not in links and not _hidden(f) and not leave_out(here / f))
        for name in sorted([*names, *links]):
            if not _hidden(name):
                file = _file(here / name, folder)
                if file.fault is not None or not leave_out(file.path):
                    yield file
    yield from _closed(closed, folder)


def one_file(path: Path, name: str | None = None) -> File:
    """A single file; `name` stands in the report, the file's own name by default."""
    return File(_whole(path), _printable(path.name if name is None else name), _fault(path))


def _file(path: Path, folder: Path) -> File:
    return File(path, _name(path, folder), _fault(path))


def _name(path: Path, folder: Path) -> str:
    return _printable(path.relative_to(_whole(folder)).as_posix())


def _closed(errors: list[OSError], folder: Path) -> Iterator[File]:
    for error in errors:
        path = Path(os.fsdecode(error.filename or folder))
        yield File(path, _name(path, folder) + "/", _unopened(error))
    errors.clear()


def _fault(path: Path) -> Failure | None:
    """Why the file is not to be opened; its kind is asked of the system, and nothing opened for it."""
    if path.name.startswith(_LOCK):
        return _LOCKED
    try:
        mode = os.lstat(_whole(path)).st_mode
    except OSError as error:
        return _unopened(error)
    if stat.S_ISLNK(mode):
        return _LINK
    if stat.S_ISREG(mode):
        return None
    return Failure(_NO_FILE.what.format(what=_KINDS.get(stat.S_IFMT(mode), "mục đặc biệt")), _NO_FILE.remedy)


_REASONS: tuple[tuple[type[OSError], Failure], ...] = (
    (
        PermissionError,
        Failure("Không có quyền đọc.", "Xin quyền đọc, hoặc chạy bằng tài khoản có quyền.", passing=True),
    ),
    (FileNotFoundError, Failure("Không còn ở chỗ cũ.", "Tìm lại rồi chạy lại.", passing=True)),
)


def _unopened(error: OSError) -> Failure:
    for kind, failure in _REASONS:
        if isinstance(error, kind):
            return failure
    if error.errno == errno.ELOOP:  # it became one after it was found
        return _LINK
    if error.errno == errno.ENAMETOOLONG:
        return Failure("Đường dẫn quá dài hoặc lồng quá sâu.", "Rút ngắn tên thư mục rồi chạy lại.", passing=True)
    return Failure(
        f"Không mở được ({error.strerror or type(error).__name__}).",
        "Đóng chương trình đang mở tệp, hoặc kiểm tra ổ đĩa.",
        passing=True,
    )


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _NOT_DOCUMENTS


def _printable(name: str) -> str:
    """A name of bytes that are no UTF-8 can be opened, but not written into a report."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _whole(path: Path) -> Path:
    r"""The path as Windows takes it at any length, with \\?\ before it; elsewhere as it is."""
    if sys.platform != "win32" or str(path).startswith("\\\\?\\"):
        return path
    whole = str(path.absolute())
    return Path("\\\\?\\UNC" + whole[1:] if whole.startswith("\\\\") else "\\\\?\\" + whole)


# ------------------------------------------------------------------ one file

_READERS = (
    "readers",
    "bilingual.py",
    "kept.py",
    "legacy.py",
    "text.py",
    "so_ky_hieu.py",
    "loai_van_ban.py",
    "noi_nhan.py",
    "data",
)
"""What makes the records; a change in it means reading again."""
_BLOCK = 1 << 20
_EMPTY = Failure("Không có văn bản nào trong tệp.", "Kiểm tra lại nội dung tệp, hoặc bỏ tệp ra khỏi thư mục.")
_CHANGED = Failure("Tệp bị thay đổi trong khi đang đọc.", "Đợi chương trình kia ghi xong rồi chạy lại.", passing=True)


class _StoppedError(Exception):
    """The run is being ended."""


class _Reader:
    """Reads files, one at a time, in several threads."""

    def __init__(self, workers: Workers, state: RunState, options: Mapping[str, Any]) -> None:
        self._workers = workers
        self._state = state
        self._options = options
        self._reader = key(code_hash(*_READERS), repr(sorted(options.items())))
        self._limits = f"{workers.limits.seconds:g} s, {workers.limits.memory} bytes"
        self.stopped = threading.Event()

    def parts(self, file: File) -> Iterator[Part]:
        """The parts of the file."""
        for content in self._contents(file):
            yield Part(file, content)
        yield Part(file, None)

    def _contents(self, file: File) -> Iterator[bytes | Failure]:
        if file.fault is not None:
            yield file.fault
            return
        try:
            before = self._look(file.path)
            hint = Path(file.name).name
            name = key(before.digest, hint, file.path.suffix, self._reader)
            known = self._state.reading(name, self._limits)
            if known is not None:
                yield known
                return
            yield from self._read(file, hint, before, name)
        except OSError as error:
            yield _unopened(error)

    def _read(self, file: File, hint: str, before: _Look, name: bytes) -> Iterator[bytes | Failure]:
        """What a worker reads; the first chunk is held back until there is a second, or the file has proved unchanged."""
        first: bytes | Failure | None = None
        several = False
        for content in self._workers.read(str(file.path), {"name": hint, **self._options}):
            if self.stopped.is_set():
                raise _StoppedError
            if several:
                yield content
            elif first is None:
                first = content
            else:
                several = True
                yield from (first, content)
        if self.stopped.is_set():  # what a killed worker left is no answer
            raise _StoppedError
        if _stamp(file.path.stat()) != before.stamp:
            yield _CHANGED
        elif not several:
            first = _EMPTY if first is None else first
            self._state.keep_reading(name, first, self._limits)
            yield first

    def _look(self, path: Path) -> _Look:
        """The hash of the file's bytes, and the marks by which a later change is seen."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        digest = hashlib.sha256()
        with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise OSError("not a plain file any more")
            while block := file.read(_BLOCK):
                if self.stopped.is_set():
                    raise _StoppedError
                digest.update(block)
        return _Look(digest.digest(), _stamp(found))


@dataclass(frozen=True, slots=True)
class _Look:
    digest: bytes
    stamp: tuple[int, ...]


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


# ------------------------------------------------------------------ many files

_AHEAD = 4  # files a worker that are read before their turn
_PARTS_AHEAD = 4  # parts of one file


@contextmanager
def read(
    found: Sequence[File], workers: Workers, state: RunState, *, jobs: int = 1, options: Mapping[str, Any] | None = None
) -> Iterator[Iterator[Part]]:
    """A context that gives the parts of every file, in order, read ahead by `jobs` threads with a worker each."""
    reader = _Reader(workers, state, options or {})
    with ThreadPoolExecutor(jobs, thread_name_prefix="vanthu-read") as threads:
        try:
            yield _in_order(found, reader, threads, jobs)
        finally:
            reader.stopped.set()
            workers.stop()
            threads.shutdown(wait=True, cancel_futures=True)


def _in_order(found: Iterable[File], reader: _Reader, threads: ThreadPoolExecutor, jobs: int) -> Iterator[Part]:
    under_way: deque[_Stream] = deque()
    for file in found:
        stream = _Stream(reader, file)
        threads.submit(stream.fill)
        under_way.append(stream)
        if len(under_way) >= _AHEAD * jobs:
            yield from under_way.popleft()
    while under_way:
        yield from under_way.popleft()


class _Stream:
    """The parts of one file on their way from the thread that reads it to the one that writes the report."""

    def __init__(self, reader: _Reader, file: File) -> None:
        self._reader = reader
        self._file = file
        self._parts: queue.Queue[Part | BaseException] = queue.Queue(_PARTS_AHEAD)

    def fill(self) -> None:
        """Read the file; runs in a thread, and never raises."""
        try:
            for part in self._reader.parts(self._file):
                self._put(part)
        except _StoppedError:
            pass
        except BaseException as error:  # for the thread that waits
            self._put(error)

    def _put(self, part: Part | BaseException) -> None:
        while not self._reader.stopped.is_set():
            try:
                return self._parts.put(part, timeout=0.2)
            except queue.Full:
                pass
        return None

    def __iter__(self) -> Iterator[Part]:
        while True:
            try:
                part = self._parts.get(timeout=0.5)  # Windows does not interrupt a wait without end
            except queue.Empty:
                continue
            if isinstance(part, BaseException):
                raise part
            yield part
            if part.content is None:
                return
