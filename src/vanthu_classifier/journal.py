"""What was asked and answered, and what people said of it: kept in one SQLite file.

    asked         one record an answer: the arguments of `classify`, the decision as it was given, pack, model and version it came from
    corrections   one record a person's word on an answer: right, or wrong and what is right and why; with the same particulars

**Append-only**: neither table is ever updated, and triggers in the file refuse an update or a deletion of a correction, whoever tries. A person who thinks
again says so in a new record. Only the history (`asked`) can be forgotten, by age, since an office may not want to keep titles for ever.

**Nothing is lost**: the file is in WAL mode; a correction is on the disk (`synchronous=FULL`) before `correct` returns, so neither a killed process nor a cut of
power takes it back. History is not synced record by record: a cut of power may cost the last ones. Writers wait for each other, in this
process in line and across processes for up to `BUSY_SECONDS`. A correction carries a key of the sender's choice; sent again with the same key it is
the same record, so a form sent twice or a request tried again counts once.

WAL needs a disk of this machine: on a network share SQLite refuses it, and so do we.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from vanthu_classifier.errors import ArgumentValueError, VanThuError
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.text import clean, strip_diacritics

__all__ = ["FILE", "Answered", "Asked", "Correction", "Journal", "JournalError", "Verdict"]

FILE = "journal.sqlite3"
"""The journal's name in a data folder."""
BUSY_SECONDS = 30.0
_FORMAT = 1
_APPLICATION = 0x56544A31  # "VTJ1": tells our file from any other SQLite file

Verdict = Literal["right", "wrong"]


class JournalError(VanThuError):
    """The journal cannot be opened, read or written; exit code 2."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with all that it depends on: asked again with the same pack, model, review mode and version, it comes out the same.

    `args` are the arguments of `classify` that were given (JSON values, no None), `answer` is `Decision.to_dict()`. `pack_sha256` is the hash of the
    pack's files, `model` the id of the model that would be asked, None for none.
    """

    args: Mapping[str, Any]
    answer: Mapping[str, Any]
    pack_sha256: str
    model: str | None
    review: str
    version: str

    @property
    def trich_yeu(self) -> str:
        """The title."""
        return str(self.args.get("trich_yeu") or "")

    @property
    def so_ky_hieu(self) -> str:
        """Number and symbol, "" where none was given."""
        return str(self.args.get("so_ky_hieu") or "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A record of the history. `at` is UTC in ISO form, `source` where the question came from (page, api …)."""

    id: int
    at: str
    source: str
    given: Answered


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on an answer. `dispatch` is what is right (the answer's own where the verdict is `right`), `loai_van_ban` the type
    that the person stated, None where they stated none. `key` is the sender's."""

    id: int
    at: str
    who: str
    verdict: Verdict
    dispatch: str
    loai_van_ban: str | None
    reason: str
    source: str
    key: str
    given: Answered


_COMMON = """id INTEGER PRIMARY KEY, at TEXT NOT NULL, source TEXT NOT NULL, dispatch TEXT NOT NULL, words TEXT NOT NULL,
  args TEXT NOT NULL, answer TEXT NOT NULL, pack_sha256 TEXT NOT NULL, model TEXT, review TEXT NOT NULL, version TEXT NOT NULL"""
_REFUSED = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
_SCHEMA = (
    f"CREATE TABLE asked ({_COMMON})",
    "CREATE INDEX asked_at ON asked (at)",
    f"""CREATE TABLE corrections ({_COMMON},
  who TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('right', 'wrong')), loai_van_ban TEXT, reason TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE)""",
    f"CREATE TRIGGER asked_is_not_changed BEFORE UPDATE ON asked {_REFUSED}",
    f"CREATE TRIGGER corrections_are_not_changed BEFORE UPDATE ON corrections {_REFUSED}",
    f"CREATE TRIGGER corrections_are_not_deleted BEFORE DELETE ON corrections {_REFUSED}",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)
_GIVEN = "args, answer, pack_sha256, model, review, version"
_ASKED = f"id, at, source, {_GIVEN}"
_CORRECTION = f"id, at, who, verdict, dispatch, loai_van_ban, reason, source, key, {_GIVEN}"
_PAGE = 500  # rows that are fetched at once while all are read
_KEPT = 8  # connections for reading that are kept open


class Journal:
    """The journal in the file `path`, made there where it is missing. Safe to share between threads; close it when done.

    Raises `JournalError` where the file cannot be opened or made, is no journal, is damaged, or was made by a newer version.

    >>> import tempfile, vanthu_classifier
    >>> with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "journal.sqlite3")) as journal:
    ...     answer = vanthu_classifier.classify("Giấy mời họp giao ban").to_dict()
    ...     given = Answered({"trich_yeu": "Giấy mời họp giao ban"}, answer, "…", None, "ask", vanthu_classifier.__version__)
    ...     said = journal.correct(given, verdict="right", who="Văn thư")
    ...     said.dispatch, journal.count_corrections(), [c.given.trich_yeu for c in journal.corrections()]
    ('electronic_only', 1, ['Giấy mời họp giao ban'])
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._writing = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with self._told():
            self.path.touch(mode=0o600)  # titles are nobody else's business
            self._writer = self._open()
            self._set_up(self._writer)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; closing twice does no harm."""
        with self._writing:
            self._closed = True
            for db in (self._writer, *self._idle):
                with suppress(sqlite3.Error):
                    db.close()
            self._idle.clear()

    # -------------------------------------------------------------- history

    def ask(self, given: Answered, *, source: str) -> int:
        """Records an answer that was given; returns the record's id."""
        return self.ask_many([given], source=source)[0]

    def ask_many(self, given: list[Answered], *, source: str) -> list[int]:
        """Records answers that were given together, all or none; returns the records' ids in order."""
        at = _now()
        sql = f"INSERT INTO asked (at, source, dispatch, words, {_GIVEN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        with self._write(durable=False) as db:
            return [
                _id(db.execute(sql, (at, source, str(one.answer["dispatch"]), _words(one), *_values(one))))
                for one in given
            ]

    def asked(self, id: int) -> Asked | None:
        """The record with this id, or None."""
        rows = self._read(f"SELECT {_ASKED} FROM asked WHERE id = ?", (id,))
        return _as_asked(rows[0]) if rows else None

    def history(
        self, query: str = "", *, dispatch: str | None = None, before: int | None = None, limit: int = 50
    ) -> list[Asked]:
        """Records, the latest first: those that hold every word of `query` (accents and case forgiven), with this answer, older than record `before`."""
        where, values = _filter(query, dispatch, before)
        rows = self._read(f"SELECT {_ASKED} FROM asked WHERE {where} ORDER BY id DESC LIMIT ?", (*values, limit))
        return [_as_asked(row) for row in rows]

    def all_history(self, query: str = "", *, dispatch: str | None = None) -> Iterator[Asked]:
        """The same without a limit, fetched in portions."""
        before: int | None = None
        while page := self.history(query, dispatch=dispatch, before=before, limit=_PAGE):
            yield from page
            before = page[-1].id

    def count_history(self, query: str = "", *, dispatch: str | None = None) -> int:
        """How many records there are."""
        where, values = _filter(query, dispatch, None)
        return int(self._read(f"SELECT count(*) FROM asked WHERE {where}", values)[0][0])

    def forget(self, *, older_than_days: int) -> int:
        """Deletes history (never a correction) older than so many days; returns how many records went."""
        limit = (datetime.now(UTC) - timedelta(days=older_than_days)).isoformat(timespec="milliseconds")
        with self._write(durable=True) as db:
            return db.execute("DELETE FROM asked WHERE at < ?", (limit,)).rowcount

    # -------------------------------------------------------------- corrections

    def correct(
        self,
        given: Answered,
        *,
        verdict: Verdict,
        dispatch: str | None = None,
        loai_van_ban: str | None = None,
        reason: str = "",
        who: str = "",
        source: str = "",
        key: str | None = None,
    ) -> Correction:
        """Records a person's word on an answer and returns the record; with a `key` that was used before, the record that it was used for.

        `verdict` "right" confirms the answer (`dispatch` is then its own); "wrong" needs a `reason` and `dispatch`, what is
        right: other than the answer, unless only the type was wrong.
        `loai_van_ban` is the type that the person states, a code. `ArgumentValueError` names what is missing or means nothing.
        """
        right = _checked(given, verdict, dispatch, loai_van_ban, reason)
        sql = (
            f"INSERT INTO corrections (at, source, dispatch, words, {_GIVEN}, who, verdict, loai_van_ban, reason, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
        )
        key = key or uuid4().hex
        values = (_now(), source, right, _words(given), *_values(given), who.strip(), verdict, loai_van_ban or None, reason.strip(), key)  # fmt: skip
        with self._write(durable=True) as db:
            db.execute(sql, values)
            return _as_correction(db.execute(f"SELECT {_CORRECTION} FROM corrections WHERE key = ?", (key,)).fetchone())

    def corrections(
        self,
        query: str = "",
        *,
        verdict: Verdict | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Correction]:
        """Corrections, the latest first, as `history` does; all of them where `limit` is None."""
        where, values = _filter(query, None, before)
        if verdict is not None:
            where, values = f"{where} AND verdict = ?", (*values, verdict)
        sql = f"SELECT {_CORRECTION} FROM corrections WHERE {where} ORDER BY id DESC LIMIT ?"
        return [_as_correction(row) for row in self._read(sql, (*values, -1 if limit is None else limit))]

    def count_corrections(self, query: str = "", *, verdict: Verdict | None = None) -> int:
        """How many corrections there are."""
        where, values = _filter(query, None, None)
        if verdict is not None:
            where, values = f"{where} AND verdict = ?", (*values, verdict)
        return int(self._read(f"SELECT count(*) FROM corrections WHERE {where}", values)[0][0])

    # -------------------------------------------------------------- the file

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA trusted_schema = OFF")
        return db

    def _set_up(self, db: sqlite3.Connection) -> None:
        self._check_ours(db)  # before anything is changed in the file
        if db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise JournalError(
                "Không dùng được sổ ghi ở đây.",
                remedy="Đặt thư mục dữ liệu trên ổ đĩa của máy này, không phải ổ mạng.",
                path=self.path,
            )
        db.execute("BEGIN IMMEDIATE")
        try:
            if not _tables(db):
                for statement in _SCHEMA:
                    db.execute(statement)
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise

    def _check_ours(self, db: sqlite3.Connection) -> None:
        application, format_ = (
            int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version")
        )
        if not _tables(db):
            return
        if application != _APPLICATION:
            raise JournalError("Tệp này không phải sổ ghi.", remedy="Chọn thư mục khác.", path=self.path)
        if format_ > _FORMAT:
            raise JournalError(
                "Sổ ghi là của phiên bản mới hơn.", remedy="Nâng cấp: pip install -U vanthu-classifier", path=self.path
            )

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Rows, over a connection that nobody else uses meanwhile; readers wait for nobody."""
        with self._told():
            self._check_open()
            try:
                db = self._idle.pop()
            except IndexError:
                db = self._open()
            try:
                return db.execute(sql, values).fetchall()
            finally:
                if len(self._idle) < _KEPT and not self._closed:
                    self._idle.append(db)
                else:
                    db.close()

    @contextmanager
    def _write(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing, in line with the other writers."""
        with self._told(), self._writing:
            self._check_open()
            db = self._writer
            db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _check_open(self) -> None:
        if self._closed:
            raise JournalError("Sổ ghi đã đóng.", path=self.path)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            what, remedy = _ERRORS.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, _OTHER_ERROR)
            raise JournalError(what, remedy=remedy, path=self.path) from error
        except OSError as error:
            what, remedy = _ERRORS[sqlite3.SQLITE_CANTOPEN]
            raise JournalError(what, remedy=remedy, path=self.path) from error


_OTHER_ERROR = ("Không dùng được sổ ghi.", "Kiểm tra quyền ghi và chỗ trống của ổ đĩa.")
_ERRORS = {
    sqlite3.SQLITE_BUSY: ("Sổ ghi đang bận.", "Thử lại sau ít phút."),
    sqlite3.SQLITE_CORRUPT: ("Sổ ghi bị hỏng.", "Đổi tên tệp rồi chạy lại; giữ tệp cũ để khôi phục."),
    sqlite3.SQLITE_NOTADB: ("Tệp này không phải sổ ghi.", "Đổi tên tệp, hoặc chọn thư mục khác."),
    sqlite3.SQLITE_FULL: ("Ổ đĩa đã đầy; chưa ghi được.", "Dọn chỗ trống rồi thử lại."),
    sqlite3.SQLITE_READONLY: ("Sổ ghi chỉ cho đọc.", "Kiểm tra quyền ghi của tệp và thư mục."),
    sqlite3.SQLITE_CANTOPEN: ("Không mở được sổ ghi.", "Kiểm tra quyền ghi của thư mục, hoặc chọn thư mục khác."),
}


def _tables(db: sqlite3.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _checked(given: Answered, verdict: str, dispatch: str | None, loai_van_ban: str | None, reason: str) -> str:
    """What is right, or why the correction cannot be taken."""
    answered = str(given.answer["dispatch"])
    if verdict not in ("right", "wrong"):
        raise ArgumentValueError("Ý kiến phải là «right» (đúng) hoặc «wrong» (sai).", column="verdict")
    if verdict == "right":
        if dispatch and dispatch != answered:
            raise ArgumentValueError("Đã xác nhận là đúng thì không ghi hình thức gửi khác.", column="dispatch")
        return answered
    sent = [str(d) for d in Dispatch if d is not Dispatch.NEEDS_REVIEW]
    if dispatch not in sent:
        raise ArgumentValueError(
            "Chưa chọn hình thức gửi đúng.", remedy=f"Chọn một trong: {', '.join(sent)}.", column="dispatch"
        )
    if dispatch == answered and loai_van_ban in (None, "", given.answer.get("loai_van_ban")):
        raise ArgumentValueError(
            "Hình thức gửi đúng trùng với câu trả lời.",
            remedy="Chọn hình thức khác, hoặc ghi loại văn bản đúng nếu chỉ loại văn bản sai.",
            column="dispatch",
        )
    if not reason.strip():
        raise ArgumentValueError("Chưa ghi lý do.", remedy="Ghi ngắn gọn vì sao.", column="reason")
    return dispatch


def _words(given: Answered) -> str:
    """What a search looks at: title and symbol in small letters, without accents."""
    return _folded(f"{given.trich_yeu} {given.so_ky_hieu}")


def _folded(text: str) -> str:
    return _storable(strip_diacritics(clean(text).text).lower())


def _storable(text: str) -> str:
    """Half a surrogate pair is no letter, and SQLite takes none."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _values(given: Answered) -> tuple[Any, ...]:
    return (_json(given.args), _json(given.answer), given.pack_sha256, given.model, given.review, given.version)


def _json(value: Mapping[str, Any]) -> str:
    return _storable(json.dumps(dict(value), ensure_ascii=False, separators=(",", ":")))


def _filter(query: str, dispatch: str | None, before: int | None) -> tuple[str, tuple[Any, ...]]:
    """A condition and its parameters."""
    conditions, values = ["1"], list[Any]()
    for word in _folded(query).split():
        conditions.append("instr(words, ?) > 0")
        values.append(word)
    if dispatch:
        conditions.append("dispatch = ?")
        values.append(dispatch)
    if before is not None:
        conditions.append("id < ?")
        values.append(before)
    return " AND ".join(conditions), tuple(values)


def _as_answered(row: tuple[Any, ...]) -> Answered:
    args, answer, pack_sha256, model, review, version = row
    return Answered(json.loads(args), json.loads(answer), pack_sha256, model, review, version)


def _as_asked(row: tuple[Any, ...]) -> Asked:
    id, at, source, *given = row
    return Asked(id, at, source, _as_answered(tuple(given)))


def _as_correction(row: tuple[Any, ...]) -> Correction:
    id, at, who, verdict, dispatch, loai_van_ban, reason, source, key, *given = row
    return Correction(
        id, at, who, verdict, dispatch, loai_van_ban, reason, source, key, given=_as_answered(tuple(given))
    )
