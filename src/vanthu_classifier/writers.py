"""Report writers: .xlsx for the clerk, .csv, .jsonl and .parquet for programs.

The columns and their order are the contract (`COLUMNS`); the .xlsx has the same ones under Vietnamese headings,
coloured by outcome, with a summary sheet. A report is written to a temporary file beside its place and put there
whole; a failure leaves what was there before. An interruption (Ctrl-C) puts the rows so far in place, as a whole
report of fewer rows.

Text is never a formula. A spreadsheet would take a title that begins with "=" for one: the .xlsx stores strings as
strings, and the .csv sets an apostrophe before a text that would be read so.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import InputError, MissingExtraError
from vanthu_classifier.outcomes import Basis, Dispatch

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

Row = Mapping[str, Any]
"""A value for each name in `COLUMNS`; `noi_nhan` and `warnings` are lists of text, `recipients` a list of objects."""

Write = Callable[[Row], None]

HEADINGS = {
    "path": ("Tệp", 34),
    "row": ("Dòng", 7),
    "so_ky_hieu": ("Số, ký hiệu", 20),
    "ngay_ban_hanh": ("Ngày ban hành", 13),
    "loai_van_ban": ("Loại", 8),
    "trich_yeu": ("Trích yếu", 60),
    "co_quan_ban_hanh": ("Cơ quan ban hành", 30),
    "noi_nhan": ("Nơi nhận", 36),
    "dispatch": ("Hình thức gửi", 24),
    "lean": ("Nghiêng về", 24),
    "confidence": ("Độ tin cậy", 10),
    "basis": ("Căn cứ", 16),
    "category": ("Mục", 8),
    "quote": ("Quy định", 44),
    "reason": ("Lý do", 60),
    "recipients": ("Hình thức theo nơi nhận", 44),
    "warnings": ("Lưu ý", 40),
    "error": ("Lỗi", 40),
}
"""Column: its Vietnamese heading in the .xlsx, and its width there in letters."""

COLUMNS = tuple(HEADINGS)
_MARK = "vanthu_classifier"


def report(path: Path, folder: Path | None = None) -> AbstractContextManager[Write]:
    """A report at `path`, its kind by the ending: a context that gives a function to write one row.

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
    if kind is _parquet:
        _pyarrow()
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


# ------------------------------------------------------------------ values


def _short(row: Row, joint: str) -> dict[str, Any]:
    """The row with lists and objects as short text; None stays None."""
    out = {name: row.get(name) for name in COLUMNS}
    lists = {
        "noi_nhan": out["noi_nhan"],
        "warnings": out["warnings"],
        "recipients": map(_recipient, out["recipients"] or ()),
    }
    return out | {name: joint.join(values or ()) or None for name, values in lists.items()}


def _recipient(recipient: Mapping[str, Any]) -> str:
    dispatch = recipient.get("dispatch")
    label = Dispatch(dispatch).label_vi if dispatch else "không gửi"
    return f"{recipient.get('name', '')}: {label[:1].lower()}{label[1:]}"


# ------------------------------------------------------------------ kinds


@contextmanager
def _jsonl(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(row: Row) -> None:
            file.write(json.dumps({name: row.get(name) for name in COLUMNS}, ensure_ascii=False) + "\n")

        yield write


_TAKEN_FOR_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        yield lambda row: writer.writerow(map(harmless, _short(row, "; ").values()))


def harmless(value: Any) -> Any:
    """The value of a .csv cell; text that a spreadsheet would take for a formula gets an apostrophe in front.

    >>> harmless("=1+1"), harmless("-5,2"), harmless("- Sở Y tế")
    ("'=1+1", '-5,2', "'- Sở Y tế")
    """
    if isinstance(value, str) and _TAKEN_FOR_FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet as parquet  # type: ignore[import-untyped]
    except ImportError as e:
        raise MissingExtraError("parquet", purpose="ghi kết quả dạng .parquet") from e
    return parquet


_ROW_GROUP = 10_000


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    parquet = _pyarrow()
    import pyarrow as pa

    types = {"row": pa.int64(), "confidence": pa.float64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS], metadata={"writer": _MARK})
    waiting: list[dict[str, Any]] = []
    with parquet.ParquetWriter(path, schema) as writer:

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        def write(row: Row) -> None:
            waiting.append(_short(row, "; "))
            if len(waiting) >= _ROW_GROUP:
                flush()

        yield write
        flush()


_COLOURS = {
    Dispatch.ELECTRONIC_ONLY: "#E2F0D9",
    Dispatch.ELECTRONIC_AND_PAPER: "#FFF2CC",
    Dispatch.NEEDS_REVIEW: "#FCE4D6",
    Dispatch.NOT_BY_NETWORK: "#E7D4F0",
    None: "#EDEDED",
}
_BASIS = {
    Basis.RULE: "quy tắc",
    Basis.MODEL: "mô hình",
    Basis.RULE_AND_MODEL: "quy tắc và mô hình",
    Basis.NONE: "chưa có",
}
_SHEET_ROWS = 1_000_000  # a sheet of Excel ends at 1,048,576
_CELL = 32_000  # letters; Excel takes 32,767


@contextmanager
def _xlsx(path: Path) -> Iterator[Write]:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_custom_property("writer", _MARK)
    sheets = _Sheets(book)
    try:
        yield sheets.write
    finally:  # also after a failure: the library's own temporary files go with it
        sheets.close()
        book.close()


class _Sheets:
    """The result sheets and the summary of one workbook, written row after row."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E2F3", "border": 1}
        )
        plain = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        self._formats = {key: book.add_format({**plain, "bg_color": colour}) for key, colour in _COLOURS.items()}
        self._summary = book.add_worksheet("Tổng hợp")
        self._counts: Counter[Dispatch | None] = Counter()
        self._sheets = 0
        self._open()

    def _open(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet("Kết quả" if self._sheets == 1 else f"Kết quả ({self._sheets})")
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_landscape()
        self._sheet.set_paper(8)  # A3: eighteen columns
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_footer("&P / &N")
        for i, (heading, width) in enumerate(HEADINGS.values()):
            self._sheet.set_column(i, i, width)
            self._sheet.write_string(0, i, heading, self._bold)
        self._row = 0
        if self._sheets == 1:
            self._sheet.activate()

    def write(self, row: Row) -> None:
        if self._row >= _SHEET_ROWS:
            self._finish()
            self._open()
        values = _short(row, "\n")
        outcome = Dispatch(values["dispatch"]) if values["dispatch"] else None
        self._counts[outcome] += 1
        self._row += 1
        cells = _in_vietnamese(values)
        # Said outright, since not every program finds the height of wrapped text by itself.
        self._sheet.set_row(self._row, _LINE * min(max(map(_lines, cells.items())), _MOST_LINES))
        for i, value in enumerate(cells.values()):
            self._cell(i, value, self._formats[outcome])

    def _cell(self, column: int, value: Any, format_: Any) -> None:
        if value is None or value == "":
            self._sheet.write_blank(self._row, column, None, format_)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, column, value, format_)
        else:
            text = str(value)
            self._sheet.write_string(self._row, column, text if len(text) <= _CELL else text[:_CELL] + "…", format_)

    def _finish(self) -> None:
        self._sheet.autofilter(0, 0, max(self._row, 1), len(COLUMNS) - 1)

    def close(self) -> None:
        self._finish()
        sheet = self._summary
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 12)
        sheet.write_string(0, 0, "Hình thức gửi", self._bold)
        sheet.write_string(0, 1, "Số văn bản", self._bold)
        labels: dict[Dispatch | None, str] = {outcome: outcome.label_vi for outcome in Dispatch} | {
            None: "Không đọc được"
        }
        for i, (outcome, label) in enumerate(labels.items(), start=1):
            sheet.write_string(i, 0, label, self._formats[outcome])
            sheet.write_number(i, 1, self._counts[outcome], self._formats[outcome])
        sheet.write_string(len(labels) + 1, 0, "Cộng", self._bold)
        sheet.write_number(len(labels) + 1, 1, self._counts.total(), self._bold)


_LINE, _MOST_LINES = 15, 27  # points; Excel's rows end at 409 points


def _lines(cell: tuple[str, Any]) -> int:
    """How many lines the cell's text takes in its column."""
    name, value = cell
    width = HEADINGS[name][1]
    return sum(-(-len(part) // width) or 1 for part in str(value).split("\n")) if isinstance(value, str) else 1


def _in_vietnamese(values: dict[str, Any]) -> dict[str, Any]:
    out = dict(values)
    for name in ("dispatch", "lean"):
        out[name] = Dispatch(out[name]).label_vi if out[name] else None
    out["basis"] = _BASIS[Basis(out["basis"])] if out["basis"] else None
    return out


_KINDS: dict[str, Callable[[Path], AbstractContextManager[Write]]] = {
    ".xlsx": _xlsx,
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
                return foot.endswith(b"PAR1") and _MARK.encode() in foot
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
            return _MARK.encode() in properties.read(65_536)
