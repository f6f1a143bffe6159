"""What a run remembers, so that the next one goes on where it was stopped, and reads only what has changed.

It stands beside the report, `.bao_cao.xlsx.vanthu-state`: one SQLite file with two tables, both by content, so that nothing in it
has to be undone. A run is the same whether it finds its answers here or works them out.

    readings    a file's records, by the hash of its bytes, its name (a hint to the reader), the readers' code and options.
                Kept for files of one chunk; the rows of a long register are read again.
    decisions   a chunk's decisions, by the hash of its records, the rule pack, the model, the mode of review and the
                library's code

So changed rules decide the records again without reading the files, a changed file is read again, a register with new rows at its
end has only its last chunks decided again, and a file that was moved is not read at all. A failure that may pass (a crash, a
timeout, a part that is not installed) is remembered until the run has come to its end, and tried again by the next.

A run holds the file locked; the system lets go of it, however the run ends. What a finished run had no use for is deleted. A
file that is damaged is set aside under another name. It holds what the report holds, and is to be kept as carefully.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from vanthu_classifier.errors import InputError
from vanthu_classifier.workers import Failure
from vanthu_classifier.writers import beside

__all__ = ["RunState", "code_hash", "key", "state_path"]

_FORMAT = 1
_APPLICATION = 0x76616E74  # "vant", so that no other program's file is taken for a state
_SYNC = 5.0  # seconds of work that a power cut may cost; a process that is killed loses none

_TABLES = (
    "CREATE TABLE readings (key BLOB PRIMARY KEY, content BLOB NOT NULL, passing TEXT, run INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE decisions (key BLOB PRIMARY KEY, content BLOB NOT NULL, run INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE runs (number INTEGER NOT NULL)",
    "INSERT INTO runs VALUES (0)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)


def state_path(report: Path) -> Path:
    """Where the state of the runs that write `report` stands.

    >>> state_path(Path("a/bao_cao.xlsx")).as_posix()
    'a/.bao_cao.xlsx.vanthu-state'
    """
    return beside(report, "vanthu-state")


def key(*parts: str | bytes) -> bytes:
    """A key of a table: the hash of the parts, each with its length."""
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.digest()


@cache
def code_hash(*names: str) -> str:
    """The hash of modules and folders of this package (all of it without names), so that a changed library works again.

    >>> len(code_hash("readers", "text.py")), code_hash("text.py") == code_hash("facts.py")
    (64, False)
    """
    home = Path(__file__).parent
    digest = hashlib.sha256()
    for start in map(home.joinpath, names or ("",)):
        for path in sorted(start.rglob("*") if start.is_dir() else [start]):
            if path.suffix in (".py", ".toml") and path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(home).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


class RunState:
    """The state of the runs that write one report. A context: committed at its end, whatever that is.

    With `path` None nothing is remembered. `set_aside` is where a damaged state was put, None where there was none; `reused`
    counts the files that had been read before.
    `InputError` where another run has it, or where it cannot be written.
    """

    def __init__(self, path: Path | None, *, fresh: bool = False) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self.reused = 0
        self._lock = threading.Lock()  # the threads of one run share the connection
        self._database: sqlite3.Connection | None = None
        self._synced = time.monotonic()
        if path is None:
            return
        try:
            self._database = _opened(path)
        except _DamagedError:
            self.set_aside = _put_aside(path)
            self._database = _opened(path)
        if fresh:
            self._database.executescript("DELETE FROM readings; DELETE FROM decisions;")
        self._database.execute("UPDATE runs SET number = number + 1")
        (self._run,) = self._database.execute("SELECT number FROM runs").fetchone()

    def __enter__(self) -> RunState:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._database is not None:
            _close(self._database)

    def reading(self, key: bytes, limits: str) -> bytes | Failure | None:
        """The records of a file, or why it could not be read; None where it has to be read. A failure that may pass counts under the same limits."""
        with self._lock:
            found = self._found("SELECT content, passing FROM readings WHERE key = ?", key)
            if found is None or found[1] not in (None, limits):
                return None
            self._used("readings", key)
        try:
            content: bytes = zlib.decompress(found[0])
        except zlib.error:
            return None
        self.reused += 1
        return Failure(*json.loads(content[1:])) if content[:1] == b"!" else content

    def keep_reading(self, key: bytes, reading: bytes | Failure, limits: str) -> None:
        """Remember what a file gave."""
        passing = limits if isinstance(reading, Failure) and reading.passing else None
        if isinstance(reading, Failure):
            reading = b"!" + json.dumps([reading.what, reading.remedy, reading.passing]).encode()
        self._keep("REPLACE INTO readings VALUES (?, ?, ?, ?)", (key, zlib.compress(reading, 1), passing))

    def decisions(self, key: bytes) -> bytes | None:
        """The decisions on a chunk, as they were kept."""
        with self._lock:
            found = self._found("SELECT content FROM decisions WHERE key = ?", key)
            if found is not None:
                self._used("decisions", key)
        return None if found is None else bytes(found[0])

    def keep_decisions(self, key: bytes, content: bytes) -> None:
        """Remember the decisions on a chunk."""
        self._keep("REPLACE INTO decisions VALUES (?, ?, ?)", (key, content))

    def finish(self) -> None:
        """The report is in place: forget what it had no use for, and the failures that may pass."""
        if self._database is None:
            return
        with self._lock, suppress(sqlite3.Error):
            self._database.execute("DELETE FROM readings WHERE run < ? OR passing IS NOT NULL", (self._run,))
            self._database.execute("DELETE FROM decisions WHERE run < ?", (self._run,))
            (pages,) = self._database.execute("PRAGMA page_count").fetchone()
            (free,) = self._database.execute("PRAGMA freelist_count").fetchone()
            if free > pages // 2:
                self._database.execute("VACUUM")

    # What the cache cannot give or take is worked out: a fault of the disk costs time, not the report.

    def _found(self, query: str, key: bytes) -> tuple[Any, ...] | None:
        if self._database is None:
            return None
        try:
            found: tuple[Any, ...] | None = self._database.execute(query, (key,)).fetchone()
        except sqlite3.DatabaseError:
            return None
        return found

    def _used(self, table: str, key: bytes) -> None:
        assert self._database is not None
        with suppress(sqlite3.DatabaseError):
            self._database.execute(f"UPDATE {table} SET run = ? WHERE key = ? AND run < ?", (self._run, key, self._run))
            self._sync_now_and_then()

    def _keep(self, statement: str, values: tuple[object, ...]) -> None:
        if self._database is None:
            return
        with self._lock, suppress(sqlite3.DatabaseError):
            self._database.execute(statement, (*values, self._run))
            self._sync_now_and_then()

    def _sync_now_and_then(self) -> None:
        assert self._database is not None
        now = time.monotonic()
        if now - self._synced >= _SYNC:
            self._synced = now
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")


class _DamagedError(Exception):
    """The file is no state of ours, or none that can be read."""


def _opened(path: Path) -> sqlite3.Connection:
    """The database, locked for this run until the connection closes, however that comes about. Each statement is a transaction."""
    database = None
    try:
        database = sqlite3.connect(path, timeout=0.2, check_same_thread=False, isolation_level=None)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:
            for statement in _TABLES:
                database.execute(statement)
        elif (application, version) != (_APPLICATION, _FORMAT) or _check(database) != "ok":
            raise _DamagedError
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")  # with the lock that is held it needs no shared memory
        database.execute("PRAGMA synchronous = NORMAL")
        return database
    except sqlite3.DatabaseError as e:
        _close(database)
        if not isinstance(e, sqlite3.OperationalError):
            raise _DamagedError from e
        if "locked" in str(e):
            raise InputError(
                "Một lần chạy khác đang ghi báo cáo này.",
                remedy="Đợi lần chạy đó xong, hoặc ghi báo cáo dưới tên khác.",
                path=path,
            ) from e
        raise _unwritable(path, e) from e
    except _DamagedError:
        _close(database)
        raise


def _unwritable(path: Path, error: Exception) -> InputError:
    return InputError(
        f"Không ghi được tệp trạng thái của lần chạy ({error}).",
        remedy="Chọn cho báo cáo một thư mục ghi được và còn chỗ trống, trên đĩa của máy này.",
        path=path,
    )


def _check(database: sqlite3.Connection) -> str:
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    return str(found)


def _close(database: sqlite3.Connection | None) -> None:
    if database is not None:
        with suppress(sqlite3.Error):
            database.close()


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.hong-{number}")).exists():
        number += 1
    path.replace(aside)
    for ending in ("-wal", "-journal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return aside
