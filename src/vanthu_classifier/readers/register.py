"""Registers (sổ đăng ký văn bản đi, đến): .xlsx, .xls, .ods, .csv.

Offices keep them by Decree 30/2020/NĐ-CP, Appendix IV (before: Circular 07/2012/TT-BNV), each in its own way: a title
and blank rows above the headings, headings on two rows, number and symbol in two columns or one, sheets for each
month, groups and totals between the rows. The row of headings is the first that names at least two columns we know;
headings are compared without diacritics, case and punctuation.

    so_ky_hieu         Số, ký hiệu · Số ký hiệu · Số hiệu văn bản · Số VB, and "Số" beside "Ký hiệu"
    trich_yeu          Trích yếu · Trích yếu nội dung · Tên loại và trích yếu nội dung văn bản · Nội dung
    ngay_ban_hanh      Ngày tháng · Ngày ban hành · Ngày văn bản (never "Ngày đến")
    co_quan_ban_hanh   Cơ quan ban hành · Nơi gửi · Tác giả
    noi_nhan           Nơi nhận · Nơi nhận văn bản · Đơn vị nhận
    loai_van_ban       Loại văn bản · Tên loại
    do_mat, do_khan    Độ mật · Mức độ mật, Độ khẩn

"VB", "CV", "ND", "CQBH" stand for the words that they shorten. A sheet whose cells are in a legacy encoding is converted as one, a row that
alone is by itself, and the records say so. Tables come from workbooks, from text, and from the pages and the XML that programs write as .xls.

Rows of a .csv are read one by one, so a register of any length needs the same memory.
"""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import ArgumentValueError, UnreadableFileError
from vanthu_classifier.legacy import NAMES, convert_lines, detect_lines, is_strange
from vanthu_classifier.loai_van_ban import normalize
from vanthu_classifier.readers import packed
from vanthu_classifier.readers.record import Record
from vanthu_classifier.readers.txt import encoding_of, errors_in
from vanthu_classifier.text import strip_diacritics

__all__ = ["as_iso_date", "looks_like", "records"]

_SEARCHED = 60  # rows in which the headings have to stand

_HEADINGS = {
    "so_ky_hieu": "so ky hieu, so va ky hieu, so ki hieu, so va ki hieu, so hieu, so kh, sokyhieu, "
    "so ky hieu ngay thang, so ky hieu va ngay thang",
    "so": "so, so di, so vb",
    "ky_hieu": "ky hieu, ki hieu",
    "trich_yeu": "trich yeu, trich yeu noi dung, noi dung trich yeu, noi dung, tom tat noi dung, noi dung tom tat, "
    "ten loai va trich yeu noi dung, ten loai trich yeu noi dung, ten loai va trich yeu, ten loai trich yeu, "
    "loai va trich yeu noi dung, loai va trich yeu, loai trich yeu noi dung, ten va trich yeu noi dung, "
    "ten va trich yeu, ten van ban, tieu de, ve viec, v v, trichyeu",
    "ngay_ban_hanh": "ngay, ngay thang, ngay thang nam, ngay ban hanh, ngay thang ban hanh, ngay thang nam ban hanh, "
    "ngay ky, ngay ky ban hanh, ngay phat hanh, thoi gian ban hanh, ngaybanhanh",
    "ngay_di": "ngay di, ngay gui, ngay gui di, ngay vao so",
    "co_quan_ban_hanh": "co quan ban hanh, co quan to chuc ban hanh, co quan don vi ban hanh, ten co quan ban hanh, "
    "ten co quan to chuc ban hanh, co quan gui, don vi ban hanh, don vi gui, noi gui, noi gui den, noi ban hanh, "
    "noi phat hanh, tac gia, coquanbanhanh",
    "noi_nhan": "noi nhan, don vi nhan, co quan nhan, noinhan",
    "loai_van_ban": "loai, ten loai, the loai, loaivanban",
    "do_mat": "do mat, muc do mat, muc mat, domat",
    "do_khan": "do khan, muc do khan, khan, dokhan",
}
_SHORT = {
    "vb": "van ban", "cv": "cong van", "nd": "noi dung", "ty": "trich yeu", "cq": "co quan", "bh": "ban hanh",
    "cqbh": "co quan ban hanh", "dv": "don vi", "skh": "so ky hieu", "sh": "so hieu",
}  # fmt: skip
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split(", ")}
_OF_DOCUMENT = re.compile(r"(?: cua)? (?:van ban|vb|cong van|cv)(?: di| den)?$")
_PART = re.compile(
    r"(?:tong cong|tong so|tong|cong|cong trang|cong chuyen|chuyen trang|mang sang|luy ke)(?: van ban| vb)?"
)
_PART_BEGINS = frozenset("TtCcMmLl")

_Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the columns are and what stands over them; `rows` is how many rows come before the first document."""

    columns: dict[str, int]
    texts: dict[str, str]
    rows: int


def records(path: Path, name: str) -> Iterator[Record]:
    """The documents of a register, one a row; `row` is the row as the spreadsheet shows it.

    A sheet that has rows and no headings that can be understood is one record with `error`. `UnreadableFileError`
    where the file is damaged or has no such headings at all.
    """
    several = False
    found = False
    faults: list[Record] = []
    for number, sheet in enumerate(_sheets(path)):
        several = several or number > 0
        rows = _in_unicode(sheet.rows)
        first = list(islice(rows, _SEARCHED))
        header = _header([row for row, _ in first])
        if header is None:
            if not sheet.hidden and any(_text(cell) for row, _ in first for cell in row):
                faults.append(Record(name, error=_no_headings(sheet.name)))
            continue
        found = True
        note = (f"Trang tính «{sheet.name}».",) if several else ()
        yield from _documents(chain(first, rows), header, name, note)
    if not found:
        what = _no_headings("") if faults else "Sổ không có dòng nào."
        raise UnreadableFileError(what, remedy="" if faults else "Kiểm tra lại tệp.", path=path)
    yield from faults


def looks_like(path: Path) -> bool:
    """Whether a text file is a register: a line names three columns or more (Excel saves "Unicode text" as .txt)."""
    try:
        header = _header([row for row, _ in islice(_in_unicode(_csv(path)), 20)])
        return header is not None and len(header.columns) >= 3
    except UnreadableFileError:
        return False


def page_looks_like(path: Path) -> bool:
    """Whether a page has a table with the headings of a register: three columns or more that we know."""
    from vanthu_classifier.readers import html

    headers = (_header([*rows[:_SEARCHED]]) for rows in html.tables(path))
    return any(header is not None and len(header.columns) >= 3 for header in headers)


def _no_headings(sheet: str) -> str:
    where = f"Trang tính «{sheet}» không" if sheet else "Sổ không"
    return (
        f"{where} có dòng tiêu đề cột nhận ra được. Cần ít nhất hai cột, ví dụ «Số, ký hiệu» và «Trích yếu nội dung»; "
        "sửa tên cột rồi chạy lại."
    )


# ------------------------------------------------------------------ tables


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table and its name, "" where the file has but one; a `hidden` one may be a list for the office's own use."""

    name: str
    rows: Iterator[_Row]
    hidden: bool = False


def _sheets(path: Path) -> Iterator[_Sheet]:
    """The tables of a file: a workbook, Excel's XML of 2003, a page, or text."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(path)
    if b"spreadsheet" in start and b"<?xml" in start[:100]:
        return _xml_workbook(path)
    if start.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \r\n\t")[:1] == b"<" or b"MIME-Version" in start:
        from vanthu_classifier.readers import html

        return (_Sheet(f"Bảng {i}", iter(rows)) for i, rows in enumerate(html.tables(path), start=1))
    return iter([_Sheet("", _csv(path))])


_FIRST = 60  # rows that tell the encoding of a sheet


def _in_unicode(rows: Iterator[_Row]) -> Iterator[tuple[_Row, str]]:
    """Each row in Unicode, and the legacy encoding that it was in ("" for none)."""
    first = list(islice(rows, _FIRST))
    cells = [cell for row in first for cell in row if isinstance(cell, str)]
    whole = detect_lines(cells)
    for row in chain(first, rows):
        if not whole and not is_strange("\n".join(cell for cell in row if isinstance(cell, str))):
            yield row, ""
            continue
        texts = [cell if isinstance(cell, str) else "" for cell in row]
        converted = convert_lines(texts, whole)
        legacy = next((encoding for _, encoding in converted if encoding), "")
        yield [new if isinstance(cell, str) else cell for cell, (new, _) in zip(row, converted, strict=True)], legacy


def _xml_workbook(path: Path) -> Iterator[_Sheet]:
    """Excel's XML of 2003, which programs write as .xls; rows and cells may skip to an index."""
    if path.stat().st_size > packed.MAX_XML:
        raise packed.too_large(path)
    root = packed.parsed(path.read_bytes(), path)
    sheets = [element for element in root.iter() if _local(element) == "Worksheet"]
    for number, sheet in enumerate(sheets, start=1):
        yield _Sheet(_attribute(sheet, "Name") or str(number), _xml_rows(sheet))


def _xml_rows(sheet: Any) -> Iterator[_Row]:
    done = 0
    for row in (element for element in sheet.iter() if _local(element) == "Row"):
        index = _number(row, "Index") or done + 1
        yield from ([] for _ in range(min(index - done - 1, _MAX_GAP)))
        done = index
        cells: list[Any] = []
        for cell in (element for element in row if _local(element) == "Cell"):
            gap = (_number(cell, "Index") or len(cells) + 1) - len(cells) - 1
            cells += [None] * max(0, min(gap, _MAX_GAP))
            data = next((part for part in cell if _local(part) == "Data"), None)
            cells.append("" if data is None else _typed("".join(data.itertext()), _attribute(data, "Type")))
            cells += [None] * min(_number(cell, "MergeAcross"), _MAX_GAP)
        yield cells


_MAX_GAP = 20_000  # rows or cells that are skipped at once


def _typed(text: str, kind: str | None) -> Any:
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Any, name: str) -> str | None:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _number(element: Any, name: str) -> int:
    """An attribute that counts; 0 where there is none, or it is no number."""
    text = _attribute(element, name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _workbook(path: Path) -> Iterator[_Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    if zipfile.is_zipfile(path):
        with packed.opened(path):  # its sizes are looked at before anything is unpacked
            pass
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for sheet in book.sheets_metadata:
                if sheet.typ == SheetTypeEnum.WorkSheet:
                    rows = _from_first_row(book.get_sheet_by_name(sheet.name))
                    yield _Sheet(sheet.name, rows, hidden=sheet.visible != SheetVisibleEnum.Visible)
    except (CalamineError, OSError, ValueError) as e:
        locked = "password" in str(e).lower()
        raise UnreadableFileError(
            "Bảng tính đặt mật khẩu nên không mở được." if locked else "Bảng tính bị hỏng hoặc không đầy đủ.",
            remedy="Bỏ mật khẩu, lưu lại rồi chạy lại."
            if locked
            else "Mở bằng Excel, lưu lại dạng .xlsx rồi chạy lại.",
            path=path,
        ) from e


def _from_first_row(sheet: Any) -> Iterator[_Row]:
    """The rows from the sheet's first on, so that counting them gives the numbers that the spreadsheet shows."""
    first = sheet.start[0] if sheet.start else 0
    yield from ([] for _ in range(first))
    yield from sheet.iter_rows()


_QUOTED_LINES = 40  # lines that one quoted cell may have; more, and the quote was never closed


def _csv(path: Path) -> Iterator[_Row]:
    encoding = encoding_of(path)
    csv.field_size_limit(1 << 24)
    try:
        with path.open(encoding=encoding, errors=errors_in(encoding), newline="") as file:
            delimiter = _delimiter([text for text, _ in convert_lines(list(islice(file, _SEARCHED)))])
        with path.open(encoding=encoding, errors=errors_in(encoding), newline="") as file:
            composed = (unicodedata.normalize("NFC", line) for line in file) if encoding == "cp1258" else iter(file)
            yield from _whole_rows(composed, delimiter)
    except (UnicodeError, csv.Error) as e:
        raise UnreadableFileError(
            "Bảng mã của tệp không đọc được.", remedy="Lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi chạy lại.", path=path
        ) from e


def _delimiter(sample: list[str]) -> str:
    """The separator with which the headings are understood best; the commonest where none are."""

    def known(delimiter: str) -> tuple[int, int]:
        rows = list(csv.reader(sample, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL))
        return max((len(_columns(row)) for row in rows), default=0), sum(line.count(delimiter) for line in sample)

    return max(";,\t|", key=known)


def _whole_rows(lines: Iterator[str], delimiter: str) -> Iterator[_Row]:
    """Rows of cells; a quote that is never closed costs its own row only, not the rest of the file."""
    waiting: list[str] = []
    lines = iter(lines)
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        if line.count('"') % 2 == 0:
            yield _cells([line], delimiter)
            continue
        more = waiting[:_QUOTED_LINES]
        more += list(islice(lines, _QUOTED_LINES - len(more)))
        end = _closing(line, more, delimiter)
        yield (
            _cells([line, *more[:end]], delimiter)
            if end is not None
            else _cells([line], delimiter, quoting=csv.QUOTE_NONE)
        )
        waiting = more[end or 0 :] + waiting[_QUOTED_LINES:]


def _closing(line: str, more: list[str], delimiter: str) -> int | None:
    """How many further lines the row has whose quote `line` opens; None where it is never closed."""
    opens = re.search(rf'(?:^|{re.escape(delimiter)})\s*"', line)
    if not opens:
        return None
    quotes = line.count('"')
    for i, following in enumerate(more):
        quotes += following.count('"')
        if quotes % 2 == 0:
            closes = re.search(rf'"\s*(?:{re.escape(delimiter)}|$)', following.rstrip("\r\n"))
            return i + 1 if closes else None
    return None


def _cells(lines: list[str], delimiter: str, quoting: int = csv.QUOTE_MINIMAL) -> list[str]:
    return next(csv.reader(lines, delimiter=delimiter, quoting=quoting), [])  # type: ignore[arg-type]


# ------------------------------------------------------------------ headings


def _folded(cell: Any) -> str:
    """A cell's words without diacritics, case, digits, punctuation and what stands in brackets."""
    text = strip_diacritics(unicodedata.normalize("NFC", _text(cell))).lower()
    return re.sub(r"[^a-z]+", " ", re.sub(r"\([^)]*\)", " ", text)).strip()


def _columns(row: _Row) -> dict[str, int]:
    """Where a row of headings has which field; for a row of data mostly empty."""
    out: dict[str, int] = {}
    for i, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) < 120:
            heading = " ".join(_SHORT.get(word, word) for word in _folded(cell).split())
            field = _FIELDS.get(heading) or _FIELDS.get(_OF_DOCUMENT.sub("", heading))
            if field:
                out.setdefault(field, i)
    return out


def _header(rows: list[_Row]) -> _Header | None:
    for i, row in enumerate(rows):
        columns = _columns(row)
        below = _columns(rows[i + 1]) if columns and i + 1 < len(rows) and not _is_data(rows[i + 1]) else {}
        merged = columns | below
        if _enough(merged):
            texts = {field: _text(rows[i + (field in below)][at]) for field, at in merged.items()}
            return _Header(merged, texts, _numbered(rows, i + 1 + bool(below)))
    return None


def _enough(columns: dict[str, int]) -> bool:
    names = "trich_yeu" in columns or "so_ky_hieu" in columns or {"so", "ky_hieu"} <= columns.keys()
    return (names and len(columns) >= 2) or columns.keys() == {"trich_yeu"}


def _is_data(row: _Row) -> bool:
    """Whether a row under headings is a document rather than a second row of headings."""
    return any(re.search(r"\d", _text(cell)) for cell in row)


def _numbered(rows: list[_Row], at: int) -> int:
    """The row after a row that only numbers the columns: (1) (2) (3) …"""
    cells = [_text(cell) for cell in rows[at]] if at < len(rows) else []
    numbers = [re.fullmatch(r"\(?(\d{1,2}|[A-Z])\)?", cell) for cell in cells if cell]
    return at + 1 if len(numbers) >= 2 and all(numbers) else at


# ------------------------------------------------------------------ rows


def _documents(rows: Iterable[tuple[_Row, str]], header: _Header, name: str, note: tuple[str, ...]) -> Iterator[Record]:
    at = header.columns
    for number, (row, legacy) in enumerate(rows, start=1):
        if number <= header.rows:
            continue
        cells = {field: row[i] for field, i in at.items() if i < len(row)}
        title = _text(cells.get("trich_yeu"))
        symbol = _symbol(cells)
        if not (title or symbol) or _is_total(row) or _is_group(row, at, symbol) or _is_heading_again(cells, header):
            continue
        converted = (f"Dòng này {NAMES[legacy]}; đã chuyển sang Unicode.",) if legacy else ()
        yield _document(cells, title, symbol, name, number, (*note, *converted))


def _document(cells: dict[str, Any], title: str, symbol: str, name: str, number: int, note: tuple[str, ...]) -> Record:
    warnings = list(note)
    kind = _text(cells.get("loai_van_ban"))
    code = None
    if kind:
        try:
            code = normalize(kind)
        except ArgumentValueError:
            warnings.append(f"Không rõ loại văn bản «{kind}» ghi trong sổ.")
    symbol, day = _symbol_and_day(symbol)
    written = cells.get("ngay_ban_hanh") or day or cells.get("ngay_di")
    issued = as_iso_date(written)
    if issued is None and _text(written):
        warnings.append(f"Không đọc được ngày «{_text(written)}» ghi trong sổ.")
    return Record(
        path=name,
        row=number,
        so_ky_hieu=symbol or None,
        ngay_ban_hanh=issued,
        loai_van_ban=code,
        trich_yeu=title or None,
        co_quan_ban_hanh=_text(cells.get("co_quan_ban_hanh")) or None,
        noi_nhan=_recipients(cells.get("noi_nhan")),
        do_mat=_secrecy(_text(cells.get("do_mat"))),
        do_khan=_urgency(_text(cells.get("do_khan"))),
        warnings=tuple(warnings),
    )


def _text(cell: Any) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return f"{cell.day:02}/{cell.month:02}/{cell.year}"
    return str(cell)


def _symbol(cells: dict[str, Any]) -> str:
    whole = _text(cells.get("so_ky_hieu"))
    number, symbol = _text(cells.get("so")), _text(cells.get("ky_hieu"))
    if symbol and re.search(r"\d\s*[/-]", symbol):
        return symbol
    number = number or (whole if symbol and not re.search(r"[/-]", whole) else "")
    if number and symbol:
        return f"{number}{symbol}" if symbol[0] in "/-" else f"{number.rstrip('/')}/{symbol}"
    return whole or (number if re.search(r"[/-]", number) else "") or symbol


def _symbol_and_day(text: str) -> tuple[str, str]:
    """A cell that has the date behind the symbol ("15/QĐ-UBND ngày 02/7/2019") in two; the date is "" where none is."""
    symbol, _, day = text.partition(" ngày ")
    return symbol.rstrip(" ,;"), day.strip()


def _is_total(row: _Row) -> bool:
    short = (cell for cell in row if isinstance(cell, str) and len(cell) < 40 and cell[:1] in _PART_BEGINS)
    return any(_PART.fullmatch(_folded(cell)) for cell in short)


def _is_heading_again(cells: dict[str, Any], header: _Header) -> bool:
    """The headings once more, at the top of a printed page."""
    return sum(_text(cells.get(field)) == text for field, text in header.texts.items()) >= 2


def _is_group(row: _Row, at: dict[str, int], symbol: str) -> bool:
    """A heading between the rows ("Tháng 7/2019"): one cell alone, in another column than the title's."""
    filled = [i for i, cell in enumerate(row) if _text(cell)]
    return len(filled) == 1 and filled[0] != at.get("trich_yeu") and not re.search(r"\d\s*[/-]", symbol)


def _recipients(cell: Any) -> tuple[str, ...]:
    parts = re.split(r"[\n;]+", cell) if isinstance(cell, str) else [_text(cell)]
    return tuple(part for part in (re.sub(r"^\s*[-+•]\s*", "", " ".join(p.split())) for p in parts) if part)


def _secrecy(text: str) -> str | None:
    folded = strip_diacritics(text).lower()
    found = re.search(r"\b(?:tuyet mat|toi mat|mat)\b", folded)
    refused = re.search(r"\b(?:khong|thuong)\b", folded)
    return (
        {"tuyet mat": "TUYỆT MẬT", "toi mat": "TỐI MẬT", "mat": "MẬT"}[found.group()] if found and not refused else None
    )


def _urgency(text: str) -> str | None:
    folded = strip_diacritics(text).lower()
    marks = {"hoa toc": "HỎA TỐC", "thuong khan": "THƯỢNG KHẨN", "khan": "KHẨN"}
    refused = re.search(r"\b(?:khong|binh thuong)\b", folded)
    return None if refused else next((mark for word, mark in marks.items() if word in folded), None)


_DAY_FIRST = re.compile(r"(?:ngay )?(\d{1,2})\s*(?:[/.\-]|thang)\s*(\d{1,2})\s*(?:[/.\-]|nam)\s*(\d{4}|\d{2})(?:\s.*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[t ].*)?")


def as_iso_date(cell: Any) -> str | None:
    """The date in a register's cell as ISO text; None where there is none, or none that can be meant.

    >>> as_iso_date("02/7/2018"), as_iso_date("ngày 2 tháng 7 năm 2018"), as_iso_date("2.7.18"), as_iso_date(43283.0)
    ('2018-07-02', '2018-07-02', '2018-07-02', '2018-07-02')
    >>> as_iso_date("30/02/2018"), as_iso_date("02/7"), as_iso_date(None)
    (None, None, None)
    """
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return (date(1899, 12, 30) + timedelta(days=int(cell))).isoformat() if 20_000 < cell < 80_000 else None
    text = strip_diacritics(_text(cell)).lower()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        year += 2000 if year < 100 else 0
    elif re.fullmatch(r"[2-7]\d{4}(?:\.0)?", text):
        return as_iso_date(float(text))
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
