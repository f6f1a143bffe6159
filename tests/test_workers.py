"""Reading in processes that may die: whatever a file does to its reader costs one row, and nothing is left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vanthu_classifier import workers
from vanthu_classifier.contained import decode
from vanthu_classifier.errors import VanThuError
from vanthu_classifier.interrupts import held_back
from vanthu_classifier.workers import Failure, Limits, Workers

posix = pytest.mark.skipif(os.name != "posix", reason="sessions and signals of POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc, or needs RLIMIT_AS")
MEMORY = 512 << 20


@pytest.fixture(autouse=True)
def _hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "READER", "hostile_reader:read")


@pytest.fixture
def pool() -> Iterator[Workers]:
    with Workers(Limits(seconds=20, memory=MEMORY)) as pool:
        yield pool


def _file(folder: Path, content: str) -> str:
    path = folder / f"{content.split()[0]}.txt"
    path.write_text(content, "utf-8")
    return str(path)


def _read(pool: Workers, path: str) -> list[str | Failure]:
    """The symbols that were read, or the failure."""
    out: list[str | Failure] = []
    for content in pool.read(path, {"name": "x"}):
        out += [content] if isinstance(content, Failure) else [str(r.so_ky_hieu) for r in decode(content, "x")]
    return out


def _failure(pool: Workers, path: str) -> Failure:
    (failure,) = _read(pool, path)
    assert isinstance(failure, Failure)
    return failure


def test_one_process_reads_file_after_file(pool: Workers, tmp_path: Path) -> None:
    path = _file(tmp_path, "fine Về việc khác")
    assert [_read(pool, path) for _ in range(3)] == [["15/QĐ-UBND"]] * 3
    assert len(pool._all) == 1
    assert next(iter(pool._all)).served == 3


@pytest.mark.parametrize("death", ["exit", "segfault", "abort"])
def test_a_crash_is_a_failure_and_the_next_file_is_read(pool: Workers, tmp_path: Path, death: str) -> None:
    failure = _failure(pool, _file(tmp_path, death))
    assert failure.passing
    assert "dừng đột ngột" in failure.what
    assert ("SIGSEGV" in failure.what) == (death == "segfault" and os.name == "posix")
    assert "lưu lại" in failure.remedy
    assert _read(pool, _file(tmp_path, "fine")) == ["15/QĐ-UBND"]


def test_a_file_is_not_blamed_for_what_an_earlier_one_left(pool: Workers, tmp_path: Path) -> None:
    assert _read(pool, _file(tmp_path, "fine")) == ["15/QĐ-UBND"]
    assert _read(pool, _file(tmp_path, "second")) == ["15/QĐ-UBND"]


def test_what_came_before_a_crash_is_kept_once(pool: Workers, tmp_path: Path) -> None:
    _read(pool, _file(tmp_path, "fine"))
    found = _read(pool, _file(tmp_path, "half"))
    assert found[:-1] == [f"{i}/KH-A" for i in range(2, 1002)]
    assert isinstance(found[-1], Failure)


def test_a_hang_ends_with_the_time(tmp_path: Path) -> None:
    with Workers(Limits(seconds=1)) as pool:
        failure = _failure(pool, _file(tmp_path, "hang"))
        assert "quá 1 giây" in failure.what
        assert "--timeout" in failure.remedy
        assert _read(pool, _file(tmp_path, "fine")) == ["15/QĐ-UBND"]


def test_a_long_register_may_take_longer_than_one_wait(tmp_path: Path) -> None:
    with Workers(Limits(seconds=1.2)) as pool:
        _read(pool, _file(tmp_path, "fine"))
        assert len(_read(pool, _file(tmp_path, "pause"))) == 1500


@linux
def test_a_balloon_bursts_at_the_limit(pool: Workers, tmp_path: Path) -> None:
    failure = _failure(pool, _file(tmp_path, "balloon"))
    assert "0.5 GB bộ nhớ" in failure.what
    assert _read(pool, _file(tmp_path, "fine")) == ["15/QĐ-UBND"]


@pytest.mark.parametrize(("word", "name"), [("panic", "BaseException"), ("recursion", "RecursionError")])
def test_whatever_a_library_raises_is_a_failure(pool: Workers, tmp_path: Path, word: str, name: str) -> None:
    failure = _failure(pool, _file(tmp_path, word))
    assert name in failure.what
    assert not failure.passing
    assert len(pool._idle) == 1  # the process goes on


def test_nothing_is_fetched(pool: Workers, tmp_path: Path) -> None:
    assert "PermissionError" in _failure(pool, _file(tmp_path, "network")).what


def test_what_libraries_print_is_no_answer(pool: Workers, tmp_path: Path) -> None:
    assert _read(pool, _file(tmp_path, "prints")) == ["15/QĐ-UBND"]


def test_what_would_only_fill_the_memory_is_cut(pool: Workers, tmp_path: Path) -> None:
    (content,) = pool.read(_file(tmp_path, "long"), {"name": "x"})
    assert isinstance(content, bytes)
    (record,) = decode(content, "x")
    assert len(record.trich_yeu or "") == 30_001
    assert [len(line) for line in record.noi_nhan] == [20_000]
    assert record.warnings == ("Nội dung quá dài đã được cắt bớt.",)


def test_a_module_in_the_folder_that_is_worked_in_is_not_imported(
    pool: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "docx", "struct", "vanthu_classifier"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert _read(pool, _file(tmp_path, "fine")) == ["15/QĐ-UBND"]


@posix
def test_a_process_that_cannot_start_is_no_fault_of_a_file(
    pool: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(VanThuError, match="Không khởi động được"):
        _read(pool, _file(tmp_path, "fine"))


# ------------------------------------------------------------------ nothing is left


def _alive(pid: int) -> bool:
    """Whether the process runs; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _ends(pid: int) -> bool:
    for _ in range(100):
        if not _alive(pid):
            return True
        time.sleep(0.05)
    return False


@linux
def test_programs_that_a_reader_started_end_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with Workers(Limits(seconds=2)) as pool:
        assert "giây" in _failure(pool, _file(tmp_path, f"family {note}")).what
        assert _ends(int(note.read_text()))


@linux
def test_no_process_is_left_when_the_pool_ends(pool: Workers, tmp_path: Path) -> None:
    _read(pool, _file(tmp_path, "fine"))
    abandoned = pool.read(_file(tmp_path, "half"), {"name": "x"})
    next(abandoned)
    pids = [worker._process.pid for worker in pool._all]
    pool.stop()
    abandoned.close()  # type: ignore[attr-defined]
    assert all(map(_ends, pids))


def test_a_file_that_is_given_up_half_read_is_not_gone_on_with(pool: Workers, tmp_path: Path) -> None:
    half = pool.read(_file(tmp_path, "half"), {"name": "x"})
    next(half)
    half.close()  # type: ignore[attr-defined]
    assert _read(pool, _file(tmp_path, "fine")) == ["15/QĐ-UBND"]


@linux
def test_readers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Even one that hangs, with the program that it started."""
    note = tmp_path / "pid"
    code = f"""if True:
        import os, sys
        sys.path[:0] = {[str(Path(__file__).parent)]!r}
        from vanthu_classifier import workers
        workers.READER = "hostile_reader:read"
        with workers.Workers(workers.Limits()) as pool:
            list(pool.read({_file(tmp_path, f"family {note}")!r}, {{"name": "x"}}))
    """
    parent = subprocess.Popen([sys.executable, "-c", code])
    while not (note.exists() and note.read_text()):
        assert parent.poll() is None
        time.sleep(0.05)
    child = int(note.read_text())
    reader = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert _ends(reader)
    assert _ends(child)


def test_ctrl_c_waits_for_the_end_of_what_must_not_be_cut() -> None:
    done: list[str] = []

    def work() -> None:
        with held_back():
            signal.raise_signal(signal.SIGINT)
            done.append("row")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["row"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)  # and everything is as before
