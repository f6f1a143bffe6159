"""A reader that does to its process what hostile files do to real ones; the first word of the file says what."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from vanthu_classifier.readers import Record


def read(path: Path, name: str, **options: object) -> Iterator[Record]:
    word, _, rest = path.read_text("utf-8").partition(" ")
    log = os.environ.get("HOSTILE_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    if word == "exit":
        os._exit(0)
    elif word == "segfault":
        ctypes.string_at(0)
    elif word == "abort":
        os.abort()
    elif word == "hang":
        time.sleep(600)
    elif word == "balloon":
        held = []
        while True:
            held.append(bytearray(64 << 20))
    elif word == "panic":
        raise BaseException("as a library in Rust does")
    elif word == "recursion":
        raise RecursionError
    elif word == "family":  # starts a program that outlives its parent, then hangs
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(rest.strip()).write_text(str(child.pid))
        time.sleep(600)
    elif word == "network":
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    elif word == "second":  # dies unless its process has just been started
        if os.environ.get("HOSTILE_SERVED"):
            os._exit(1)
    elif word == "half":
        yield from (Record(name, row=i, so_ky_hieu=f"{i}/KH-A", trich_yeu="Kế hoạch") for i in range(2, 1002))
        os._exit(1)
    elif word == "pause":  # a slow register: a chunk now and then
        for i in range(2, 1502):
            if i % 500 == 0:
                time.sleep(0.5)
            yield Record(name, row=i, so_ky_hieu=f"{i}/KH-A", trich_yeu="Kế hoạch")
        return
    elif word == "changes":
        path.write_text("changes twice", "utf-8")
    elif word == "vanishes":
        path.unlink()
    elif word == "long":
        yield Record(name, so_ky_hieu="1/KH-A", trich_yeu="a" * 1_000_000, noi_nhan=("b" * 20_000,) * 9)
        return
    elif word == "nothing":
        return
    elif word == "odd":
        yield Record(name, so_ky_hieu="1/KH-A", trich_yeu="=1+1\x00\x07\ud800\uffff")
        return
    elif word == "prints":
        print("a library's greeting")
        os.write(1, b"and one of its C code")
    os.environ["HOSTILE_SERVED"] = "1"
    yield Record(name, so_ky_hieu="15/QĐ-UBND", trich_yeu=rest.strip() or "Quyết định")
