"""What only whole processes show: how long the command takes to start, what memory it needs, what a second core brings."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.sample import draw

__all__ = [
    "ALONE",
    "MODEL",
    "RULE",
    "Grown",
    "cold_start",
    "family_memory",
    "grown",
    "peak_memory",
    "streamed",
    "two_cores",
]

_COMMAND = (sys.executable, "-c", "from vanthu_classifier.cli import main; main()")
_IMPORTS = (sys.executable, "-c", "import sklearn.linear_model, underthesea")
ALONE, RULE, MODEL = "vanthu --help", "vanthu check, decided by rule", "vanthu check, decided by model"
_STARTS = {
    ALONE: ("--help",),
    RULE: ("check", "V/v đăng ký lịch họp", "--so-ky-hieu", "58/NV"),
    MODEL: ("check", "rà soát hồ sơ, thủ tục của các xã, thị trấn"),
}
_MEGABYTE = 1e6


def cold_start(rounds: int) -> dict[str, float]:
    """Seconds on the clock of a whole process, as parts of what importing scikit-learn and underthesea takes; of each the least of the rounds."""
    commands = {"": _IMPORTS, **{name: (*_COMMAND, *given) for name, given in _STARTS.items()}}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):  # the first one fills the cache of files
        for name, command in commands.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - begun)
    least = {name: min(mine[1:]) for name, mine in seconds.items()}
    return {name: least[name] / least[""] for name in _STARTS}


# ------------------------------------------------------------------ memory, and how cost grows


@dataclass(frozen=True, slots=True)
class Grown:
    """What so many rows need: microseconds of processor time a row, and the most memory, in megabytes."""

    rows: int
    microseconds: float
    megabytes: float


def grown(sizes: Sequence[int]) -> list[Grown]:
    """`classify_many` on tables of these sizes, titles alone, each in a process of its own; what was there before the call is not counted as memory."""
    return [_apart(_table, rows) for rows in sizes]


def streamed(sizes: Sequence[int], jobs: int = 1) -> list[Grown]:
    """`vanthu batch` from .csv to .csv on registers of these sizes: memory of all its processes, all of it counted."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            register = Path(folder, f"{rows}.csv")
            _write_register(register, rows)
            given = (*_COMMAND, "batch", str(register), "-o", str(Path(folder, f"out{rows}.csv")), "--jobs", str(jobs))
            before = _children_seconds()
            megabytes = peak_memory(given)
            found.append(Grown(rows, (_children_seconds() - before) / rows * 1e6, megabytes))
    return found


def two_cores(rows: int, rounds: int) -> float:
    """How many times faster two processes are than one, on the clock, once they run; the median of the rounds."""
    return _apart(_shared, rows, rounds)


def _apart(work: Callable[..., Any], *given: object) -> Any:
    """What `work` gives in a process of its own, which has seen nothing yet."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(work, *given).result()


def _titles(rows: int, start: int = 0) -> list[str]:
    """Titles of the sample, over and over, each with an end of its own."""
    texts = [title.text for title in draw().asked]
    return [f"{texts[i % len(texts)]} (đợt {i // len(texts) + 1})" for i in range(start, start + rows)]


def _table(rows: int) -> Grown:
    from vanthu_classifier import DispatchClassifier

    classifier = DispatchClassifier()
    titles = _titles(rows)
    classifier.classify_many(_titles(100, start=10**7))  # the model is loaded
    before, begun = _most_memory(), time.process_time()
    classifier.classify_many(titles)
    return Grown(rows, (time.process_time() - begun) / rows * 1e6, _most_memory() - before)


def _most_memory() -> float:
    """The most memory that this process ever held. `ru_maxrss` would count that of the process it was forked from."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / _MEGABYTE


def _write_register(path: Path, rows: int) -> None:
    lines = (f"{title.replace(';', ',').replace(chr(34), '')}\n" for title in _titles(rows))
    path.write_text("Trích yếu\n" + "".join(lines), encoding="utf-8")


def _children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def peak_memory(command: Sequence[str]) -> float:
    """The most memory (MB) that a command and all of its children held at once; an error where it fails."""
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while run.poll() is None:
        peak = max(peak, family_memory(run.pid))
        time.sleep(0.05)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    return peak / _MEGABYTE


def family_memory(pid: int | None = None) -> int:
    """Bytes that a process (this one) and all of its children hold."""
    return sum(map(_resident, _family(pid or os.getpid())))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(process.name))
    family = [pid]
    for member in family:
        family += children.get(member, ())
    return family


def _shared(rows: int, rounds: int) -> float:
    from joblib.externals.loky import get_reusable_executor

    from vanthu_classifier import DispatchClassifier

    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    classifier = DispatchClassifier()
    classifier.classify_many(_titles(20_000, start=10**7), n_jobs=2)  # the processes are there, each with its model
    classifier.classify_many(_titles(1_000, start=10**7))
    times = []
    for number in range(rounds):
        titles = _titles(rows, start=number * rows)
        clock = []
        for jobs in (2, 1):
            begun = time.perf_counter()
            classifier.classify_many(titles, n_jobs=jobs)
            clock.append(time.perf_counter() - begun)
        times.append(clock[1] / clock[0])
    get_reusable_executor().shutdown()  # else this process would wait for them to have been idle for minutes
    return median(times)
