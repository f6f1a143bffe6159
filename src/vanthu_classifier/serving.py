"""A process that answers tasks for another and may die of one: the far side of `workers`.

Tasks come on standard input, answers go out on standard output, both as frames: one letter for the kind, the length in four
bytes, the content. What libraries print goes nowhere. The process is bound from the start:

    memory     `RLIMIT_AS` on Linux; on other POSIX systems a thread that watches the peak; on Windows the time limit alone
    network    connecting and looking up names are refused by an audit hook: nothing can have anything fetched
    parent     when the parent is gone, by whatever cause, the whole group of processes is killed: by the kernel on Linux
               (a signal on the end of a pipe, which reaches a process that hangs in C code too), by a thread elsewhere
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

__all__ = ["FRAME", "serve"]

FRAME = struct.Struct("!cI")
"""Head of a frame: kind and length of the content.

To this process: `t` a task. From it: `r` ready, `c` a part of the answer, `e` its end, `f` its end by a failure.
"""
_WATCHED = 0.2  # seconds between two looks at the memory


def serve(answer: Callable[[bytes], Iterable[tuple[bytes, bytes]]]) -> None:
    """Answer tasks until standard input ends; `answer` gives the frames, kind and content, for the content of a task.

    Arguments of the process: most memory in bytes (0: any), and the number of the parent's pipe (or "").
    """
    memory, lifeline = int(sys.argv[1]), sys.argv[2]
    if lifeline:
        _die_with_parent(int(lifeline))
    tasks, results = _channels()
    if memory:
        _limit_memory(memory)
    sys.addaudithook(_refuse_network)
    _send(results, b"r", b"")
    while head := tasks.read(FRAME.size):
        _, length = FRAME.unpack(head)
        for kind, content in answer(tasks.read(length)):
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
