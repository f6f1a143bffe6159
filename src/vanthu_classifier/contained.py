"""The process that reads files: what runs on the far side of `workers`.

A file can crash the library that reads it, hang it, or make it fill the memory. So files are read here, in a process that
may die of one; it holds nothing but the readers, so that another is there in a fifth of a second. A task names a file, the
answer is chunks of records, as JSON; see `serving` for what binds the process.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import MissingExtraError, MissingProgramError, VanThuError
from vanthu_classifier.readers import Record
from vanthu_classifier.serving import serve

__all__ = ["CHUNK", "decode", "encode"]

CHUNK = 500
"""Rows of a register in one chunk, at most."""
_CHUNK_LETTERS = 2_000_000
_LONGEST = 30_000  # letters of one field; no title has that many, and a cell of Excel takes no more
_MOST_LINES = 2_000  # of a recipients block


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


def _frames(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The frames of one file; every error of reading is the last of them."""
    try:
        task = json.loads(content)
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


if __name__ == "__main__":
    serve(_frames)
