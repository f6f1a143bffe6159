"""A run that was stopped goes on where it was, and gives the report of one that was not."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import office_files as office
from test_batch import Stand
from vanthu_classifier import batch, intake, run_state, workers
from vanthu_classifier.errors import InputError
from vanthu_classifier.run_state import RunState, state_path
from vanthu_classifier.workers import Failure

posix = pytest.mark.skipif(os.name != "posix", reason="kills a group of processes")


@dataclass
class Named(Stand):
    """A stand-in that says what its answers depend on, so that they are remembered."""

    identity: str = "1"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Files are read by `hostile_reader`; gives the names of those that were read since it was asked last."""
    path = tmp_path / "log.txt"
    monkeypatch.setattr(workers, "READER", "hostile_reader:read")
    monkeypatch.setenv("HOSTILE_LOG", str(path))

    def read() -> list[str]:
        names = path.read_text("utf-8").split() if path.exists() else []
        path.unlink(missing_ok=True)
        return sorted(names)

    return read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "hồ sơ"
    (root / "trong").mkdir(parents=True)
    for name in ("a", "b", "trong/c"):
        (root / f"{name}.txt").write_text(f"fine Về việc {name[-1]}", "utf-8")
    return root


def _run(folder: Path, out: Path, **options: Any) -> batch.Summary:
    return batch.run(folder, out, **({"classifier": Named()} | options))


# ------------------------------------------------------------------ what is read and decided again


def test_unchanged_files_are_not_read_again(folder: Path, tmp_path: Path, log: Callable[[], list[str]]) -> None:
    out = tmp_path / "a.jsonl"
    assert _run(folder, out).unchanged == 0
    first = out.read_bytes()
    assert log() == ["a.txt", "b.txt", "c.txt"]
    stand = Named()
    assert _run(folder, out, classifier=stand).unchanged == 3
    assert log() == []
    assert stand.seen == []
    assert out.read_bytes() == first


def test_a_changed_a_new_and_a_moved_file(folder: Path, tmp_path: Path, log: Callable[[], list[str]]) -> None:
    out = tmp_path / "a.jsonl"
    _run(folder, out)
    log()
    (folder / "b.txt").write_text("fine Về việc khác", "utf-8")
    (folder / "d.txt").write_text("fine Về việc mới", "utf-8")
    (folder / "trong" / "c.txt").rename(folder / "c.txt")
    summary = _run(folder, out)
    assert log() == ["b.txt", "d.txt"]
    assert (summary.files, summary.unchanged) == (4, 2)
    assert '"path": "c.txt"' in out.read_text("utf-8")
    assert "trong" not in out.read_text("utf-8")


def test_a_copy_under_another_name_is_read_since_the_name_is_a_hint(
    folder: Path, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    _run(folder, tmp_path / "a.jsonl")
    log()
    (folder / "2094 tb syt.txt").write_bytes((folder / "a.txt").read_bytes())
    _run(folder, tmp_path / "a.jsonl")
    assert "2094" in log()


def test_another_classifier_decides_again_without_reading(
    folder: Path, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    _run(folder, tmp_path / "a.jsonl")
    log()
    stand = Named(identity="2")
    assert _run(folder, tmp_path / "a.jsonl", classifier=stand).unchanged == 3
    assert log() == []
    assert len(stand.seen) == 3


def test_a_classifier_that_does_not_say_what_it_is_decides_every_time(
    folder: Path, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    for _ in range(2):
        stand = Stand()
        batch.run(folder, tmp_path / "a.jsonl", classifier=stand)
        assert len(stand.seen) == 3
    assert len(log()) == 3


@pytest.mark.parametrize("changed", ["fresh", "reader", "library"])
def test_what_makes_it_work_again(
    changed: str, folder: Path, tmp_path: Path, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(folder, tmp_path / "a.jsonl")
    log()
    if changed == "reader":
        monkeypatch.setattr(intake, "code_hash", lambda *names: "another")
    if changed == "library":
        monkeypatch.setattr(batch, "code_hash", lambda *names: "another")
    stand = Named()
    _run(folder, tmp_path / "a.jsonl", classifier=stand, fresh=changed == "fresh")
    assert len(log()) == (0 if changed == "library" else 3)
    assert len(stand.seen) == (0 if changed == "reader" else 3)


def test_pack_model_and_review_change_what_the_classifier_is(tmp_path: Path) -> None:
    from vanthu_classifier import DispatchClassifier
    from vanthu_classifier.model.bundle import default_folder

    own = tmp_path / "own"
    own.mkdir()
    for part in default_folder().iterdir():
        (own / part.name).write_bytes(part.read_bytes())
    (own / "manifest.json").write_text((own / "manifest.json").read_text("utf-8") + "\n", "utf-8")
    classifiers = (
        DispatchClassifier(),
        DispatchClassifier(review="strict"),
        DispatchClassifier(model=None),
        DispatchClassifier(model=own),
    )
    assert len({classifier.identity for classifier in classifiers}) == 4
    assert DispatchClassifier().identity == DispatchClassifier().identity


def test_everything_that_a_reader_imports_counts_as_the_reader() -> None:
    """Or a change there would leave old records in use."""
    import ast

    home = Path(intake.__file__).parent
    parts = [home / name for name in intake._READERS if (home / name).suffix == ".py" or (home / name).is_dir()]
    modules = [path for part in parts for path in (part.rglob("*.py") if part.is_dir() else [part])]
    known = {name.removesuffix(".py") for name in intake._READERS} | {"errors"}
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vanthu_classifier."):
                assert str(node.module).split(".")[1] in known, f"{path.name} imports {node.module}"


def test_failures_that_may_pass_are_tried_again_by_the_next_run(
    folder: Path, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    (folder / "x.txt").write_text("exit", "utf-8")
    (folder / "y.txt").write_text("panic", "utf-8")

    def stop(path: str, done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(folder, tmp_path / "a.jsonl", on_progress=stop)
    assert "x.txt" in log()
    _run(folder, tmp_path / "a.jsonl")
    assert log() == []  # the same run goes on
    _run(folder, tmp_path / "a.jsonl")
    assert set(log()) == {"x.txt"}


def test_a_file_that_was_being_read_when_the_run_was_stopped_is_read_by_the_next(
    folder: Path, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    (folder / "b.txt").write_text("hang", "utf-8")

    def stop(path: str, done: int, total: int) -> None:
        while done == 1 and "b.txt" not in log():
            time.sleep(0.02)
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(folder, tmp_path / "a.jsonl", on_progress=stop)
    (folder / "b.txt").write_text("hang", "utf-8")
    _run(folder, tmp_path / "a.jsonl", timeout=0.5)
    assert "b.txt" in log()
    assert "quá 0.5 giây" in (tmp_path / "a.jsonl").read_text("utf-8")


def test_more_time_tries_a_hang_again(folder: Path, tmp_path: Path, log: Callable[[], list[str]]) -> None:
    (folder / "x.txt").write_text("hang", "utf-8")

    def stop(path: str, done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    for timeout, read in ((0.5, True), (0.5, False), (0.7, True)):
        with pytest.raises(KeyboardInterrupt):
            _run(folder, tmp_path / "a.jsonl", on_progress=stop, timeout=timeout)
        assert ("x.txt" in log()) == read


def test_new_rows_at_the_end_of_a_register_are_all_that_is_decided(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    lines = [f"{i}/KH-A;Kế hoạch {i}\n" for i in range(1, 2301)]
    path.write_text("Số ký hiệu;Trích yếu\n" + "".join(lines[:2100]), "utf-8")
    _run(path, tmp_path / "a.jsonl")
    path.write_text("Số ký hiệu;Trích yếu\n" + "".join(lines), "utf-8")
    stand = Named()
    _run(path, tmp_path / "a.jsonl", classifier=stand)
    assert len(stand.seen) == 300  # the chunk of 500 that was not full
    _run(path, tmp_path / "b.jsonl", resume=False)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_what_a_finished_run_had_no_use_for_is_forgotten(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    _run(folder, out)
    for path in (folder / "a.txt", folder / "b.txt"):
        path.unlink()
    _run(folder, out)
    with sqlite3.connect(state_path(out)) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("readings", "decisions")
        ]
    database.close()
    assert counts == [1, 1]


def test_the_state_of_a_long_register_is_small(tmp_path: Path) -> None:
    """What is kept of a row is some dozens of bytes."""
    path = tmp_path / "so.csv"
    rows = 5000
    path.write_text("Số ký hiệu;Trích yếu\n" + "".join(f"{i}/KH-A;Kế hoạch số {i}\n" for i in range(rows)), "utf-8")
    _run(path, tmp_path / "a.jsonl")
    assert state_path(tmp_path / "a.jsonl").stat().st_size < 60_000 + 60 * rows


def test_without_resume_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    _run(folder, tmp_path / "out" / "a.jsonl", resume=False)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.jsonl"]


# ------------------------------------------------------------------ the file itself


def test_two_runs_at_once_are_told(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    faults: list[InputError] = []

    def second(path: str, done: int, total: int) -> None:
        if done == 1 and not faults:
            with pytest.raises(InputError, match="Một lần chạy khác đang ghi báo cáo này") as caught:
                _run(folder, out)
            faults.append(caught.value)

    assert _run(folder, out, on_progress=second).rows == 3
    assert "tên khác" in faults[0].remedy
    assert _run(folder, out).unchanged == 3


@pytest.mark.parametrize("damage", ["text", "cut", "foreign", "newer"])
def test_a_damaged_state_is_set_aside_and_the_run_starts_over(damage: str, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    _run(folder, out)
    first, path = out.read_bytes(), state_path(out)
    if damage == "text":
        path.write_bytes(b"what is this " * 500)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:9000] + b"\xff" * 4000)
    else:
        path.unlink()
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE notes (text)")
        if damage == "newer":
            database.execute(f"PRAGMA application_id = {run_state._APPLICATION}")
            database.execute("PRAGMA user_version = 99")
        database.commit()
        database.close()
    before = path.read_bytes()
    summary = _run(folder, out)
    assert (summary.unchanged, summary.rows) == (0, 3)
    assert summary.set_aside is not None
    assert summary.set_aside.read_bytes() == before
    assert out.read_bytes() == first
    assert _run(folder, out).unchanged == 3


def test_a_damaged_answer_is_worked_out_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    _run(folder, out)
    first = out.read_bytes()
    database = sqlite3.connect(state_path(out))
    database.execute("UPDATE decisions SET content = x'00'")
    database.execute("UPDATE readings SET content = x'00'")
    database.commit()
    database.close()
    assert _run(folder, out).unchanged == 0
    assert out.read_bytes() == first


def test_a_long_name_of_a_report(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / ("báo cáo " * 24 + ".jsonl")
    _run(folder, out)
    assert _run(folder, out).unchanged == 3


def test_state_keeps_what_it_is_given() -> None:
    with RunState(None) as state:
        state.keep_reading(b"k", b"[]", "")
        assert state.reading(b"k", "") is None


def test_failures_come_back_whole(tmp_path: Path) -> None:
    failure = Failure("Hỏng.", "Lưu lại.", passing=True)
    with RunState(tmp_path / "s") as state:
        state.keep_reading(b"k", failure, "60 s")
        assert state.reading(b"k", "60 s") == failure
        assert state.reading(b"k", "90 s") is None


# ------------------------------------------------------------------ pulled plugs

_KILLED = """if True:
    import os, random, signal, sys
    sys.path[:0] = [{tests!r}]
    from test_run_state import Named
    from vanthu_classifier import batch
    at = {at}
    def progress(path, done, total):
        global at
        at -= 1
        if at == 0:
            os.killpg(os.getpgrp(), signal.SIGKILL)
    batch.run({folder!r}, {out!r}, classifier=Named(), jobs={jobs}, on_progress=progress, sort_into={copies!r})
"""


@posix
@pytest.mark.parametrize(("ending", "jobs"), [(".jsonl", 1), (".csv", 2), (".xlsx", 1)])
def test_killed_three_times_and_resumed(ending: str, jobs: int, tmp_path: Path) -> None:
    folder, out, whole = tmp_path / "hồ sơ", tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    folder.mkdir()
    office.docx(folder / "a.docx", office.letter())
    for number in range(12):
        office.docx(folder / f"c{number:02}.docx", office.decision(f"Về việc kiểm tra đợt {number}"))
    lines = "".join(f"{i}/KH-A;Kế hoạch {i}\n" for i in range(1, 4001))
    (folder / "b.csv").write_text("Số ký hiệu;Trích yếu\n" + lines, "utf-8")
    values = {"tests": str(Path(__file__).parent), "folder": str(folder), "out": str(out), "jobs": jobs}
    marked = os.environ | {"VANTHU_TEST_RUN": str(tmp_path)}
    for at in (5, 12, 21):  # in the register, at its end, among the documents
        code = _KILLED.format(**values, at=at, copies=str(tmp_path / "xếp"))
        killed = subprocess.run([sys.executable, "-c", code], start_new_session=True, env=marked, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert not out.exists()
        time.sleep(0.1)
    stand = Named()
    summary = _run(folder, out, classifier=stand, sort_into=tmp_path / "xếp")
    assert summary.unchanged >= 1
    assert len(stand.seen) < 4013 - 2000  # at least four chunks had been decided
    _run(folder, whole, resume=False)
    if ending != ".xlsx":
        assert out.read_bytes() == whole.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f".a{ending}.vanthu-state", f"a{ending}", f"b{ending}", "hồ sơ", "xếp"]
    )
    assert sorted(p.name for p in (tmp_path / "xếp").rglob("*.docx")) == sorted(p.name for p in folder.glob("*.docx"))
    if sys.platform == "linux":
        assert _processes_of(str(tmp_path)) == []


def _processes_of(mark: str) -> list[int]:
    """Processes that run with the mark of this test in their environment, after a moment to end."""
    for _ in range(60):
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    if f"VANTHU_TEST_RUN={mark}".encode() in (process / "environ").read_bytes():
                        found.append(int(process.name))
                except OSError:
                    continue
        if not found:
            return []
        time.sleep(0.1)
    return found


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_the_rows_so_far(tmp_path: Path, jobs: str) -> None:
    """As the terminal sends it: to the whole group of the command."""
    folder, out = tmp_path / "hồ sơ", tmp_path / "a.jsonl"
    folder.mkdir()
    lines = "".join(f"{i}/KH-A;Kế hoạch {i} về việc khác\n" for i in range(1, 200_001))
    (folder / "so.csv").write_text("Số ký hiệu;Trích yếu\n" + lines, "utf-8")
    command = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()"]
    command += ["batch", str(folder), "-o", str(out), "--jobs", jobs]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    watch = threading.Timer(60, run.kill)
    watch.start()
    while run.poll() is None and not _size(tmp_path):
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate()
    watch.cancel()
    assert run.returncode == 130, said
    assert "Đã dừng" in said
    assert "Traceback" not in said
    rows = out.read_text("utf-8").splitlines()
    assert 0 < len(rows) < 200_000
    assert rows[0].startswith('{"path": "so.csv", "row": 2,')


def _size(folder: Path) -> int:
    return sum(part.stat().st_size for part in folder.glob(".a.jsonl.*.part"))
