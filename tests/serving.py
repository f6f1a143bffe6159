"""`vanthu serve` as a process of its own, for the tests that need one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["COMMAND", "Served", "serving"]

COMMAND = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()"]


class Served:
    """A running server: its address, and its process."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def kill(self) -> None:
        """Pulls the plug."""
        self.process.kill()
        self.process.wait(timeout=20)


@contextmanager
def serving(data: Path, *options: str, opened_by: str = "") -> Iterator[Served]:
    """A server over the data folder; stopped at the end, if it still runs. `opened_by` is the browser's command, none where it is ""."""
    command = [*COMMAND, "serve", *([] if opened_by else ["--no-open"]), "--port", "0", "--data", str(data), *options]
    environment = {**os.environ, "VANTHU_HOME": str(data), "PYTHONUNBUFFERED": "1", "BROWSER": opened_by}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment)
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        found = re.search(r"https?://\S+", first)
        assert found, first + process.stderr.read()
        yield Served(process, found[0].rstrip("/"))
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()
