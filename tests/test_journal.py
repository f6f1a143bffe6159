"""The journal: nothing is lost, nothing is changed, everything is found again."""

import multiprocessing
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vanthu_classifier import __version__, classify
from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.journal import Answered, Journal, JournalError


def given(title: str = "Tờ trình xin kinh phí", **more: object) -> Answered:
    args = {"trich_yeu": title, **more}
    return Answered(args, classify(**args).to_dict(), "a" * 64, "default-1", "ask", __version__)  # type: ignore[arg-type]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite3") as opened:
        yield opened


# ------------------------------------------------------------------ history


def test_what_was_asked_is_found_by_its_words_without_accents(journal: Journal) -> None:
    first = journal.ask(given("Tờ trình xin chủ trương đầu tư", so_ky_hieu="15/TTr-UBND"), source="page")
    second = journal.ask(given("Giấy mời họp giao ban"), source="api")
    assert [r.id for r in journal.history()] == [second, first]
    assert [r.id for r in journal.history("dau tu")] == [first]
    assert [r.id for r in journal.history("ĐẦU 15/TTr")] == [first]
    assert journal.history("không có") == []
    assert [r.id for r in journal.history(dispatch="electronic_only")] == [second]
    assert journal.history("%") == []  # no pattern language to stumble over
    record = journal.asked(first)
    assert record is not None
    assert record.given == given("Tờ trình xin chủ trương đầu tư", so_ky_hieu="15/TTr-UBND")
    assert journal.asked(99) is None


def test_all_of_a_long_history_is_read_in_portions(journal: Journal) -> None:
    journal.ask_many([given()] * 1203, source="api")
    ids = [r.id for r in journal.all_history()]
    assert ids == list(range(1203, 0, -1))
    assert journal.count_history() == 1203
    assert [r.id for r in journal.history(before=3)] == [2, 1]


def test_history_is_forgotten_by_age_and_corrections_are_not(journal: Journal) -> None:
    journal.ask(given(), source="page")
    journal.correct(given(), verdict="right")
    assert journal.forget(older_than_days=1) == 0
    assert journal.forget(older_than_days=-1) == 1
    assert (journal.count_history(), journal.count_corrections()) == (0, 1)


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(journal: Journal) -> None:
    record = journal.asked(journal.ask(given("Tờ trình \ud800"), source="api"))
    assert record is not None
    assert record.given.trich_yeu == "Tờ trình ?"


# ------------------------------------------------------------------ corrections


def test_a_correction_keeps_who_when_what_and_why(journal: Journal) -> None:
    said = journal.correct(
        given(),
        verdict="wrong",
        dispatch="electronic_only",
        loai_van_ban="CV",
        reason=" Là công văn. ",
        who="Văn thư A",
    )
    assert (said.who, said.verdict, said.dispatch) == ("Văn thư A", "wrong", "electronic_only")
    assert (said.loai_van_ban, said.reason) == ("CV", "Là công văn.")
    assert said.given == given()
    assert said.at.endswith("+00:00")
    assert journal.corrections("kinh phi", verdict="wrong") == [said]
    assert journal.corrections(verdict="right") == []


@pytest.mark.parametrize(
    ("what", "column"),
    [
        ({"verdict": "maybe"}, "verdict"),
        ({"verdict": "right", "dispatch": "electronic_only"}, "dispatch"),
        ({"verdict": "wrong", "reason": "Vì thế."}, "dispatch"),
        ({"verdict": "wrong", "dispatch": "needs_review", "reason": "Vì thế."}, "dispatch"),
        ({"verdict": "wrong", "dispatch": "electronic_and_paper", "reason": "Vì thế."}, "dispatch"),
        ({"verdict": "wrong", "dispatch": "electronic_only", "reason": " "}, "reason"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(journal: Journal, what: dict[str, str], column: str) -> None:
    with pytest.raises(ArgumentValueError) as refused:
        journal.correct(given(), **what)  # type: ignore[arg-type]
    assert refused.value.column == column
    assert journal.count_corrections() == 0


def test_only_the_type_may_be_wrong(journal: Journal) -> None:
    said = journal.correct(
        given(), verdict="wrong", dispatch="electronic_and_paper", loai_van_ban="ĐA", reason="Là đề án."
    )
    assert said.dispatch == "electronic_and_paper"


def test_the_same_key_is_the_same_correction(journal: Journal) -> None:
    first = journal.correct(given(), verdict="right", key="k1", who="A")
    assert journal.correct(given(), verdict="right", key="k1", who="B") == first
    assert journal.count_corrections() == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE corrections SET who = 'x'", "DELETE FROM corrections", "UPDATE asked SET at = 'x'"],
)
def test_the_file_itself_refuses_changes(journal: Journal, statement: str) -> None:
    journal.correct(given(), verdict="right")
    journal.ask(given(), source="page")
    with sqlite3.connect(journal.path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()


# ------------------------------------------------------------------ many writers, and a pulled plug


def _write(path: Path, name: str, count: int) -> None:
    with Journal(path) as journal:
        for i in range(count):
            journal.correct(given(), verdict="right", key=f"{name}-{i}")


def test_fifty_writers_lose_nothing(journal: Journal) -> None:
    each = 8
    threads = [
        threading.Thread(
            target=lambda n=n: [journal.correct(given(), verdict="right", key=f"{n}-{i}") for i in range(each)]
        )
        for n in range(46)
    ]
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_write, args=(journal.path, f"p{n}", each)) for n in range(4)]
    for worker in (*others, *threads):
        worker.start()
    for worker in (*threads, *others):
        worker.join()
    assert [p.exitcode for p in others] == [0, 0, 0, 0]
    keys = {c.key for c in journal.corrections()}
    assert len(keys) == 50 * each == journal.count_corrections()


def _write_and_tell(path: Path, told: object) -> None:
    journal = Journal(path)
    for i in range(100_000):
        told.send(journal.correct(given(), verdict="right", key=str(i)).key)  # type: ignore[attr-defined]


def test_a_killed_writer_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    writer = spawn.Process(target=_write_and_tell, args=(path, theirs))
    writer.start()
    theirs.close()
    confirmed = [ours.recv() for _ in range(20)]
    writer.kill()
    writer.join()
    while ours.poll():
        try:
            confirmed.append(ours.recv())
        except EOFError:
            break
    with Journal(path) as journal:
        kept = {c.key for c in journal.corrections()}
        assert set(confirmed) <= kept
        journal.correct(given(), verdict="right", key="after")
        assert journal.count_corrections() == len(kept) + 1


# ------------------------------------------------------------------ the file


def test_closed_it_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite3")
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="đã đóng"):
        journal.ask(given(), source="page")
    with pytest.raises(JournalError, match="đã đóng"):
        journal.history()


@pytest.mark.parametrize("content", [b"PK not a journal" * 100, b"SQLite format 3\0" + b"x" * 4000])
def test_a_file_that_is_none_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "j.sqlite3"
    path.write_bytes(content)
    with pytest.raises(JournalError) as refused:
        Journal(path)
    assert refused.value.path == str(path)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="không phải sổ ghi"):
        Journal(path)
    assert path.read_bytes() == before


def test_a_newer_journal_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    Journal(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalError, match="phiên bản mới hơn"):
        Journal(path)


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="Không mở được"):
        Journal(tmp_path / "no" / "j.sqlite3")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_user_may_read_it(journal: Journal) -> None:
    journal.ask(given(), source="page")
    modes = {stat.S_IMODE(p.stat().st_mode) for p in journal.path.parent.iterdir()}
    assert modes == {0o600}
