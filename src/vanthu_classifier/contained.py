"""The process that reads files: what runs on the far side of `workers`.

A file can crash the library that reads it, hang it, or make it fill the memory. So files are read here, in a process that
may die of one; it holds nothing but the readers, so that another is there in a fifth of a second.

Tasks come on standard input, chunks of records go out on standard output, both as frames: one letter for the kind, the
length in four bytes, the content in JSON. What a library prints goes nowhere. The process is bound from the start:

    memory     `RLIMIT_AS` on Linux; on other POSIX systems a thread that watches the peak; on Windows the time limit alone
    network    connecting and looking up names are refused by an audit hook: no file can have anything fetched
    parent     when the parent is gone, by whatever cause, the whole group of processes is killed: by the kernel on Linux
               (a signal on the end of a pipe, which reaches a process that hangs in C code too), by a thread elsewhere
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from vanthu_classifier.errors import MissingExtraError, MissingProgramError, VanThuError
from vanthu_classifier.readers import Record

__all__ = ["CHUNK", "FRAME", "decode", "encode", "main"]

CHUNK = 500
"""Rows of a register in one chunk, at most."""
FRAME = struct.Struct("!cI")
"""Head of a frame: kind and length of the content.

To this process: `t` a task. From it: `r` ready, `c` a chunk of records, `e` the end of the file, `f` the end by a failure.
"""

_CHUNK_LETTERS = 2_000_000
_LONGEST = 30_000  # letters of one field; no title has that many, and a cell of Excel takes no more
_MOST_LINES = 2_000  # of a recipients block
_WATCHED = 0.2  # seconds between two looks at the memory


# ------------------------------------------------------------------ records as bytes

_DEFAULTS = {f.name: None if f.default is MISSING else f.default for f in fields(Record)}


def encode(records: Iterable[Record]) -> bytes:
    """The records as JSON, without `path` and without what is empty; the same records give the same bytes.

    >>> encode([Record("a.docx", so_ky_hieu="15/QĐ-UBND", noi_nhan=("Lưu: VT",))]).decode()
    '[{"so_ky_hieu":"15/QĐ-UBND","noi_nhan":["Lưu: VT"]}]'
    """
    return _json([dict(_stated(record)) for record in records])


def _stated(record: Record) -> Iterator[tuple[str, Any]]:
    for name, default in _DEFAULTS.items():
        value = getattr(record, name)
        if name != "path" and value != default:
            yield name, value


def decode(content: bytes, path: str) -> list[Record]:
    """The records again, as those of `path`.

    >>> decode(encode([Record("a.docx", row=2, noi_nhan=("Lưu: VT",))]), "b.docx")[0].noi_nhan
    ('Lưu: VT',)
    """
    return [Record(path, **{name: _frozen(value) for name, value in stated.items()}) for stated in json.loads(content)]


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _json(value: object) -> bytes:
    """As JSON; halves of letters, which no encoding takes, are joined or replaced."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


# ------------------------------------------------------------------ one file


def _frames(task: dict[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    """The frames of one file; every error of reading is the last of them."""
    try:
        module, _, function = task["reader"].partition(":")
        records = getattr(import_module(module), function)(Path(task["path"]), **task["options"])
        for chunk in _chunks(records):
            yield b"c", encode(chunk)
        yield b"e", b""
    except (MissingExtraError, MissingProgramError) as e:
        yield b"f", _failure(e.what, e.remedy, passing=True)
    except VanThuError as e:
        yield b"f", _failure(e.what, e.remedy)
    except MemoryError:
        yield b"f", _failure("memory", passing=True)
    except BaseException as e:  # whatever a format's library makes of it; a panic of Rust is no Exception
        yield (
            b"f",
            _failure(
                f"Không đọc được tệp ({type(e).__name__}).", "Mở tệp bằng chương trình của nó, lưu lại rồi chạy lại."
            ),
        )


def _failure(what: str, remedy: str = "", *, passing: bool = False) -> bytes:
    return _json([what, remedy, passing])


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    letters = 0
    for record in records:
        chunk.append(record := _bounded(record))
        letters += len(record.trich_yeu or "") + sum(map(len, record.noi_nhan))
        if len(chunk) >= CHUNK or letters >= _CHUNK_LETTERS:
            yield chunk
            chunk, letters = [], 0
    if chunk:
        yield chunk


def _bounded(record: Record) -> Record:
    """The record without what would only fill memory and report."""
    cut: dict[str, Any] = {}
    for name, value in _stated(record):
        if isinstance(value, str) and len(value) > _LONGEST:
            cut[name] = value[:_LONGEST] + "…"
        elif isinstance(value, tuple) and (len(value) > _MOST_LINES or sum(map(_length, value)) > _LONGEST):
            cut[name] = tuple(_while_short(value[:_MOST_LINES]))
    if not cut:
        return record
    warnings = (*cut.get("warnings", record.warnings), "Nội dung quá dài đã được cắt bớt.")
    return replace(record, **cut | {"warnings": warnings})


def _length(value: object) -> int:
    return len(value) if isinstance(value, str) else 0


def _while_short(values: tuple[Any, ...]) -> Iterator[Any]:
    letters = 0
    for value in values:
        letters += _length(value)
        if letters > _LONGEST:
            return
        yield value


# ------------------------------------------------------------------ the process


def main() -> None:
    """Serve tasks until standard input ends. Arguments: most memory in bytes, and the number of the parent's pipe (or "")."""
    memory, lifeline = int(sys.argv[1]), sys.argv[2]
    if lifeline:
        _die_with_parent(int(lifeline))
    tasks, results = _channels()
    _limit_memory(memory)
    sys.addaudithook(_refuse_network)
    _send(results, b"r", b"")
    while head := tasks.read(FRAME.size):
        _, length = FRAME.unpack(head)
        for kind, content in _frames(json.loads(tasks.read(length))):
            _send(results, kind, content)


def _send(results: BinaryIO, kind: bytes, content: bytes) -> None:
    results.write(FRAME.pack(kind, len(content)) + content)
    results.flush()


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for frames alone; what libraries and their children print or ask goes to the null device."""
    tasks, results = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return tasks, results


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise PermissionError("no connections while files are read")


def _limit_memory(most: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        return
    unit = 1 if sys.platform == "darwin" else 1024

    def watch() -> None:
        pause = threading.Event()
        while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit < most:
            pause.wait(_WATCHED)
        os.abort()

    threading.Thread(target=watch, daemon=True).start()


def _die_with_parent(lifeline: int) -> None:
    """The parent alone holds the other end of the pipe, and never writes: its end is the parent's end."""
    import fcntl
    import select
    import signal

    os.set_inheritable(lifeline, False)
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([lifeline], [], [], 0)[0]:  # gone before the signal was set
            os.killpg(0, signal.SIGKILL)
        return

    def watch() -> None:
        os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
