"""Report writers: .xlsx for the clerk, .csv, .jsonl and .parquet for programs.

The columns and their order are the contract (`COLUMNS`); the .xlsx (`workbook`) has the same ones under Vietnamese headings,
in an order for people, with sheets of recipients, errors and counts. A report is written to a temporary file beside its place and put there
whole; a failure leaves what was there before. An interruption (Ctrl-C) puts the rows so far in place, as a whole
report of fewer rows.

Text is never a formula. A spreadsheet would take a title that begins with "=" for one: the .xlsx stores strings as strings, and
the .csv sets an apostrophe before what would be read so, also within a text, after what another program may take for the end of a cell.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from glob import escape
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import InputError, MissingExtraError
from vanthu_classifier.report_rows import COLUMNS, Row, Write, printable, short
from vanthu_classifier.workbook import HEADINGS, MARK, workbook

__all__ = [
    "COLUMNS",
    "ENDINGS",
    "HEADINGS",
    "Row",
    "Write",
    "beside",
    "clear_leftovers",
    "harmless",
    "is_report",
    "report",
]


def report(path: Path, folder: Path | None = None) -> AbstractContextManager[Write]:
    """A report at `path`, its kind by the ending: a context that gives a function to write one row.

    `folder` is what was read; the .xlsx names it, and links to its files.

    `InputError` where the ending is none of `ENDINGS`, the folder is missing, or the file is open in another program;
    `MissingExtraError` where .parquet is wanted and pyarrow is not installed.
    """
    path = Path(path)
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        endings = ", ".join(ENDINGS)
        raise InputError(
            f"Không biết dạng kết quả «{path.suffix or path.name}».", remedy=f"Dùng một trong: {endings}.", path=path
        )
    if kind is _parquet and find_spec("pyarrow") is None:
        raise MissingExtraError("parquet", purpose="ghi kết quả dạng .parquet")
    if kind is workbook:
        kind = partial(workbook, folder=folder, place=path)
    if not path.parent.is_dir():
        raise InputError("Thư mục chứa tệp kết quả không có.", remedy="Tạo thư mục, hoặc chọn nơi khác.", path=path)
    if path.is_dir():
        raise InputError("Nơi ghi kết quả là một thư mục.", remedy="Ghi rõ tên tệp, ví dụ ket_qua.xlsx.", path=path)
    return _whole(path, kind)


def beside(path: Path, ending: str) -> Path:
    """A hidden name beside the report, for what belongs to it; a name that would be too long for the disk is shortened.

    >>> beside(Path("a/bao_cao.xlsx"), "vanthu-state").as_posix()
    'a/.bao_cao.xlsx.vanthu-state'
    """
    name = path.name
    if len(name.encode("utf-8", "surrogateescape")) > _LONGEST_NAME - len(ending):
        name = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return path.with_name(f".{name}.{ending}")


_LONGEST_NAME = 225  # bytes; file systems take 255


def clear_leftovers(path: Path) -> None:
    """Delete what runs that were killed left beside the report; to be called while no other run writes it."""
    for part in path.parent.glob(escape(beside(path, "").name) + "*.part"):
        with suppress(OSError):
            shutil.rmtree(part) if part.is_dir() else part.unlink()


@contextmanager
def _whole(path: Path, kind: Callable[[Path], AbstractContextManager[Write]]) -> Iterator[Write]:
    """The report under a temporary name, put in place when all of it is written; on Ctrl-C, with the rows so far."""
    part = beside(path, f"{os.getpid():010}.part")
    interrupted: KeyboardInterrupt | None = None
    try:
        _check_writable(path, part)
        with kind(part) as write:
            try:
                yield write
            except KeyboardInterrupt as e:
                interrupted = e
        try:
            part.replace(path)
        except PermissionError as e:
            raise _in_use(path) from e
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    if interrupted is not None:
        raise interrupted


def _check_writable(path: Path, part: Path) -> None:
    """Found out before the work is done, not after: a report that is open in Excel cannot be replaced."""
    try:
        part.touch()
        if path.exists():
            with path.open("r+b"):
                pass
    except OSError as e:
        raise _in_use(path) from e


def _in_use(path: Path) -> InputError:
    return InputError(
        "Không ghi được tệp kết quả.",
        remedy="Đóng tệp nếu đang mở trong Excel, hoặc chọn tên hay thư mục khác.",
        path=path,
    )


# ------------------------------------------------------------------ kinds


@contextmanager
def _jsonl(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:

        def write(row: Row) -> None:
            file.write(json.dumps({name: row.get(name) for name in COLUMNS}, ensure_ascii=False) + "\n")

        yield write


_TAKEN_FOR_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_WITHIN = re.compile(r"(?<=[;\t\r\n])(?=[=+\-@])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        yield lambda row: writer.writerow(map(harmless, short(row, "; ").values()))


def harmless(value: Any) -> Any:
    """The value of a .csv cell; text that a spreadsheet would take for a formula gets an apostrophe in front, control characters go.

    >>> harmless("=1+1"), harmless("-5,2"), harmless("- Sở Y tế"), harmless("a;=1+1")
    ("'=1+1", '-5,2', "'- Sở Y tế", "a;'=1+1")
    """
    if not isinstance(value, str) or value.isalnum():
        return value
    value = printable(value)
    if ";" in value or not value.isprintable():
        value = _WITHIN.sub("'", value)
    return "'" + value if _TAKEN_FOR_FORMULA.match(value) and not _NUMBER.fullmatch(value) else value


_ROW_GROUP = 5_000


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    """Rows wait in a compressed file until all are there: pyarrow takes 70 MB, which the processes that decide have until then."""
    waiting = path.with_name(f"{path.name}.rows.part")
    try:
        with gzip.open(waiting, "wt", compresslevel=1, encoding="utf-8", errors="replace") as file:
            yield lambda row: print(json.dumps(list(short(row, "; ").values()), ensure_ascii=False), file=file)
        with gzip.open(waiting, "rt", encoding="utf-8") as file:
            _write_parquet(path, map(json.loads, file))
    finally:
        waiting.unlink(missing_ok=True)


def _write_parquet(path: Path, rows: Iterator[list[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    types = {"row": pa.int64(), "confidence": pa.float64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS], metadata={"writer": MARK})
    with parquet.ParquetWriter(path, schema) as writer:
        while group := list(islice(rows, _ROW_GROUP)):
            columns = zip(schema, zip(*group, strict=True), strict=True)
            arrays = [_array(column, field.type) for field, column in columns]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _array(values: Sequence[Any], kind: Any) -> Any:
    """The values as an array of Arrow, made of buffers: `pyarrow.array` would import pandas, if that is installed, to look for its types."""
    import numpy as np
    import pyarrow as pa

    given = np.packbits([value is not None for value in values], bitorder="little")
    if kind == pa.string():
        texts = [b"" if value is None else printable(value).encode("utf-8") for value in values]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        parts = [ends, b"".join(texts)]
    else:
        parts = [np.array([value or 0 for value in values], dtype=kind.to_pandas_dtype())]
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(part) for part in (given, *parts)])


_KINDS: dict[str, Callable[..., AbstractContextManager[Write]]] = {
    ".xlsx": workbook,
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}

ENDINGS = tuple(_KINDS)
"""Endings of the reports that can be written."""


def is_report(path: Path) -> bool:
    """Whether the file is a report of ours, which a later run must not read as a register."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        return False
    try:
        if ending == ".xlsx":
            return _is_workbook_of_ours(path)
        with path.open("rb") as file:
            if ending == ".parquet":
                file.seek(max(0, path.stat().st_size - 65536))
                foot = file.read(65536)
                return foot.endswith(b"PAR1") and MARK.encode() in foot
            start = file.readline(65536).decode("utf-8-sig", "replace")
        if ending == ".csv":
            return start.strip() == ",".join(COLUMNS)
        return ending == ".jsonl" and tuple(json.loads(start)) == COLUMNS
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        NotImplementedError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        return False


_END_OF_ARCHIVE = struct.Struct("<4s4H2LH")
_LARGEST_DIRECTORY = 100_000  # bytes; a report names some dozens of parts in its archive


def _is_workbook_of_ours(path: Path) -> bool:
    """By a property of the workbook, which outlives saving in Excel; a hostile archive costs no more than a look at its end."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536 - _END_OF_ARCHIVE.size))
        end = file.read()
        at = end.rfind(b"PK\x05\x06")
        if at < 0 or _END_OF_ARCHIVE.unpack_from(end, at)[5] > _LARGEST_DIRECTORY:
            return False
        with zipfile.ZipFile(file) as archive, archive.open("docProps/custom.xml") as properties:
            return MARK.encode() in properties.read(65_536)
