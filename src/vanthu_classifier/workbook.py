"""The report as a workbook (.xlsx), for the clerk who filters it and the chief who has it printed.

    Văn bản     a row a document: what it is, how it is sent, the clause and the reason; on the right, off the printed page, the rest
    Nơi nhận    a row a recipient, of documents whose recipients are known; of a register's rows where they are sent to differently
    Lỗi         what could not be read, and what to do
    Tổng hợp    the numbers, with a chart

Printed pages are A4, landscape, with the headings on each. An outcome has a colour and, for printers that have none, a sign and a
pattern. A list that is longer than a sheet of Excel goes on in another. Text is never a formula and never a link that it
chooses itself: links go to files of the folder, relative to the report.

Rows are written as they come (`constant_memory`), so a million of them need no more memory than a hundred.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from vanthu_classifier.loai_van_ban import by_code
from vanthu_classifier.noi_nhan import describe
from vanthu_classifier.outcomes import Basis, Dispatch
from vanthu_classifier.report_rows import Row, Write, printable, short

__all__ = ["HEADINGS", "MARK", "workbook"]

MARK = "vanthu_classifier"
"""The value of the property `writer` of the workbook, by which it is known again."""

HEADINGS = {
    "path": ("Tệp", 20),
    "row": ("Dòng", 6),
    "so_ky_hieu": ("Số, ký hiệu", 14),
    "ngay_ban_hanh": ("Ngày ban hành", 10),
    "loai_van_ban": ("Loại", 6),
    "trich_yeu": ("Trích yếu", 36),
    "dispatch": ("Hình thức gửi", 17),
    "lean": ("Nghiêng về", 14),
    "quote": ("Quy định", 20),
    "reason": ("Lý do", 38),
    "warnings": ("Lưu ý", 22),
    "category": ("Mục", 7),
    "co_quan_ban_hanh": ("Cơ quan ban hành", 28),
    "noi_nhan": ("Nơi nhận", 34),
    "recipients": ("Hình thức theo nơi nhận", 44),
    "confidence": ("Độ tin cậy", 9),
    "basis": ("Căn cứ", 13),
    "error": ("Lỗi", 44),
}
"""Columns of the sheet of documents: heading, and width in letters."""
_PRINTED = 11  # of these columns

_RECIPIENTS = {
    "path": ("Tệp", 22),
    "row": ("Dòng", 6),
    "so_ky_hieu": ("Số, ký hiệu", 15),
    "trich_yeu": ("Trích yếu", 40),
    "name": ("Nơi nhận", 34),
    "role": ("Vai trò", 20),
    "dispatch": ("Hình thức gửi", 18),
    "reason": ("Lý do", 36),
}
_ERRORS = {
    "path": ("Tệp", 46),
    "row": ("Dòng", 6),
    "error": ("Lỗi", 58),
    "remedy": ("Cách xử lý", 58),
}
_CENTRED = ("row", "ngay_ban_hanh", "loai_van_ban", "category", "confidence")

_COLOURS: dict[Dispatch | None, str] = {
    Dispatch.ELECTRONIC_ONLY: "#E2F0D9",
    Dispatch.ELECTRONIC_AND_PAPER: "#FFE699",
    Dispatch.NEEDS_REVIEW: "#F8CBAD",
    Dispatch.NOT_BY_NETWORK: "#D9C3E6",
    None: "#EDEDED",
}
_PATTERNS: dict[Dispatch | None, str] = {
    Dispatch.ELECTRONIC_ONLY: "percent_5",
    Dispatch.ELECTRONIC_AND_PAPER: "wide_upward_diagonal",
    Dispatch.NEEDS_REVIEW: "large_grid",
    Dispatch.NOT_BY_NETWORK: "dark_horizontal",
    None: "percent_25",
}
_STRONG: dict[Dispatch | None, str] = {
    Dispatch.ELECTRONIC_ONLY: "#548235",
    Dispatch.ELECTRONIC_AND_PAPER: "#BF8F00",
    Dispatch.NEEDS_REVIEW: "#C55A11",
    Dispatch.NOT_BY_NETWORK: "#7030A0",
    None: "#595959",
}
_BOLD = (Dispatch.ELECTRONIC_AND_PAPER, Dispatch.NOT_BY_NETWORK)  # what somebody has to do something for
_UNREAD = "– Không đọc được"
_BASIS = {
    Basis.RULE: "quy tắc",
    Basis.MODEL: "mô hình",
    Basis.RULE_AND_MODEL: "quy tắc và mô hình",
    Basis.NONE: "chưa có",
}
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
_SHEET_ROWS = 1_000_000  # a sheet of Excel ends at 1,048,576
_CELL = 32_000  # letters; Excel takes 32,767
_LINKS = 65_000  # of a sheet; Excel takes 65,530
_LINK = 2_000  # letters; Excel takes 2,079
_LINE, _MOST_LINES = 13.5, 29  # points; Excel's rows end at 409 points
_TYPES_SHOWN = 12
_CHART_ROWS = 14


@contextmanager
def workbook(path: Path, folder: Path | None, place: Path) -> Iterator[Write]:
    """The workbook at `path`, to be put at `place` later; `folder` is what was read, for the title and the links."""
    import xlsxwriter

    # Sheets are built in files of their own, beside the report, where there is room for it if there is anywhere.
    with tempfile.TemporaryDirectory(prefix=f"{path.name}.", suffix=".part", dir=path.parent) as parts:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": parts})
        book.set_custom_property("writer", MARK)
        book.set_properties({"title": "Kết quả xếp loại hình thức gửi văn bản"})
        sheets = _Sheets(book, folder, place)
        try:
            yield sheets.write
        finally:  # also after a failure: the library's own files are closed with it
            sheets.close()
            book.close()


@dataclass(frozen=True, slots=True)
class _Link:
    """A cell that opens a file."""

    text: str
    url: str


_Cell = str | int | float | date | _Link | None


class _Table:
    """A sheet of rows under headings, with a filter; goes on in another sheet where one is full."""

    def __init__(self, sheets: _Sheets, name: str, headings: Mapping[str, tuple[str, int]], printed: int) -> None:
        self._sheets = sheets
        self._name = name
        self._columns = tuple(headings.values())
        self._looks = tuple("centred" if name in _CENTRED else name for name in headings)
        self._printed = printed
        self._links = 0
        self.sheets = 0
        self.rows = 0
        self._open()

    def _open(self) -> None:
        self.sheets += 1
        self._row = self._links = 0
        name = self._name if self.sheets == 1 else f"{self._name} ({self.sheets})"
        self._sheet = self._sheets.sheet(name)
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        for i, (heading, width) in enumerate(self._columns):
            self._sheet.set_column(i, i, width)
            self._sheet.write_string(0, i, heading, self._sheets.heading)
        self._sheet.set_row(0, 2 * _LINE + 2)

    def write(self, cells: Sequence[_Cell], outcome: Dispatch | None) -> None:
        """One row; its outcome has the colour of `outcome`."""
        if self._row >= _SHEET_ROWS:
            self.finish()
            self._open()
        self._row += 1
        self.rows += 1
        # Said outright, since not every program finds the height of wrapped text by itself.
        printed = zip(cells[: self._printed], self._columns, strict=False)
        lines = max(_lines(cell, width) for cell, (_, width) in printed)
        self._sheet.set_row(self._row, _LINE * min(lines, _MOST_LINES) + 2)
        for i, (cell, look) in enumerate(zip(cells, self._looks, strict=True)):
            self._cell(i, cell, self._sheets.outcomes[outcome] if look == "dispatch" else self._sheets.looks[look])
        # The library keeps the height of every row to the end; those that are written are not asked for again.
        self._sheet.row_info.pop(self._row - 1, None)
        self._sheet.row_sizes.pop(self._row - 1, None)

    def _cell(self, column: int, cell: _Cell, look: Any) -> None:
        if cell is None or cell == "":
            self._sheet.write_blank(self._row, column, None, look)
        elif isinstance(cell, str):
            self._text(column, cell, look)
        elif isinstance(cell, _Link):
            self._links += 1
            if self._links > _LINKS:
                return self._text(column, cell.text, look)
            self._sheet.write_url(self._row, column, cell.url, self._sheets.looks["link"], cell.text)
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, column, cell, self._sheets.looks["date"])
        else:
            self._sheet.write_number(
                self._row, column, cell, self._sheets.looks["share"] if isinstance(cell, float) else look
            )
        return None

    def _text(self, column: int, text: str, look: Any) -> None:
        text = printable(text if len(text) <= _CELL else text[:_CELL] + "…")
        self._sheet.write_string(self._row, column, text, look)

    def finish(self, nothing: str = "") -> None:
        """The filter and the printed area, now that the last row is known; `nothing` stands in a table without rows."""
        if not self._row:
            self._sheet.write_string(1, 0, nothing, self._sheets.plain)
        self._sheet.autofilter(0, 0, max(self._row, 1), len(self._columns) - 1)
        self._sheet.print_area(0, 0, max(self._row, 1), self._printed - 1)


class _Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: Any, folder: Path | None, place: Path) -> None:
        self._book = book
        self._folder = folder
        self._place = place
        self._today = date.today()
        self.heading = book.add_format(
            {**_FONT, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#D9E2F3", "border": 1}
        )  # fmt: skip
        self.plain = book.add_format(_FONT)
        cell = {**_FONT, "text_wrap": True, "border": 1, "border_color": "#A6A6A6"}
        text = book.add_format(cell)
        self.looks: defaultdict[str, Any] = defaultdict(
            lambda: text,
            centred=book.add_format({**cell, "align": "center"}),
            date=book.add_format({**cell, "align": "center", "num_format": "dd/mm/yyyy"}),
            share=book.add_format({**cell, "align": "center", "num_format": "0%"}),
            link=book.add_format({**cell, "font_color": "#1F3864", "underline": 1}),
        )
        self.outcomes = {
            outcome: book.add_format({**cell, "bg_color": colour, "bold": outcome in _BOLD})
            for outcome, colour in _COLOURS.items()
        }
        self._documents = _Table(self, "Văn bản", HEADINGS, _PRINTED)
        self._recipients = _Table(self, "Nơi nhận", _RECIPIENTS, len(_RECIPIENTS))
        self._errors = _Table(self, "Lỗi", _ERRORS, len(_ERRORS))
        self._summary = self.sheet("Tổng hợp")
        self._counts: Counter[Dispatch | None] = Counter()
        self._types: Counter[tuple[str, Dispatch]] = Counter()
        self._files = 0
        self._file: str | None = None

    def sheet(self, name: str) -> Any:
        """A new sheet, ready for the printer."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        folder = "" if self._folder is None else printable(self._folder.absolute().name).replace("&", "&&")
        title = f'&L&"Times New Roman,Bold"&11 Kết quả xếp loại hình thức gửi văn bản: {folder[:110]}'
        sheet.set_header(f'{title}&R&"Times New Roman"&10 Ngày {self._today:%d/%m/%Y}')
        sheet.set_footer(f'&L&"Times New Roman"&10 {name}&R&"Times New Roman"&10 Trang &P/&N')
        return sheet

    def write(self, row: Row) -> None:
        """One row of the report."""
        values = short(row, "\n")
        outcome = Dispatch(values["dispatch"]) if values["dispatch"] else None
        self._counts[outcome] += 1
        if outcome is not None:
            self._types[values["loai_van_ban"] or "", outcome] += 1
        self._files += values["path"] != self._file
        self._file = values["path"]
        values["path"] = self._link(row)
        shown = _in_vietnamese(values, outcome)
        self._documents.write([shown[name] for name in HEADINGS], outcome)
        if outcome is None:
            remedy = row.get("remedy") or None
            what = str(values["error"] or "")
            error = what.removesuffix(remedy).rstrip() if remedy else what
            self._errors.write([values["path"], values["row"], error, remedy], None)
        recipients = row.get("recipients") or ()
        if row.get("row") is None or any(_dispatch(recipient) not in (None, outcome) for recipient in recipients):
            for recipient in recipients:
                self._recipients.write(_recipient(values, recipient), _dispatch(recipient))

    def _link(self, row: Row) -> _Link | str:
        """A file as a link, where it stands for itself and not for the rows of a register, and is fit to be opened."""
        name = str(row["path"])
        if self._folder is None or row.get("row") is not None or "\ufffd" in name or row.get("unfit"):
            return name
        path = self._folder / name if self._folder.is_dir() else self._folder
        try:
            relative = os.path.relpath(path, self._place.parent)
        except ValueError:  # another drive of Windows
            relative = str(path.absolute())
        url = _url(relative)
        return _Link(printable(name)[:_CELL], url) if len(url) <= _LINK else name

    def close(self) -> None:
        """Finish every sheet, and sum up."""
        self._documents.finish("Không có văn bản nào.")
        self._recipients.finish("Không có văn bản nào phải gửi khác nhau theo nơi nhận.")
        self._errors.finish("Không có lỗi nào.")
        self._sum_up()

    def _sum_up(self) -> None:
        sheet, book = self._summary, self._book
        title = book.add_format({**_FONT, "bold": True, "font_size": 16})
        bold = book.add_format({**_FONT, "bold": True, "border": 1})
        share = book.add_format({**_FONT, "num_format": "0.0%", "border": 1})
        count = book.add_format({**_FONT, "num_format": "#,##0", "border": 1})
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 6, 14)
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, "Kết quả xếp loại hình thức gửi văn bản", title)
        about = [f"Ngày lập: {self._today:%d/%m/%Y}"]
        if self._folder is not None:
            about.insert(0, f"Thư mục: {printable(str(self._folder.absolute()))}"[:_CELL])
        about.append(f"Đã xem {_number(self._files)} tệp, {_number(self._counts.total())} văn bản.")
        if self._documents.sheets > 1:
            about.append(f"Danh sách dài nên chia thành {self._documents.sheets} trang tính «Văn bản», «Văn bản (2)» …")
        for i, line in enumerate(about, start=1):
            sheet.write_string(i, 0, line, self.plain)
        top = len(about) + 2
        for i, text in enumerate(("Hình thức gửi", "Số văn bản", "Tỷ lệ")):
            sheet.write_string(top, i, text, self.heading)
        total = self._counts.total()
        for i, outcome in enumerate(_COLOURS, start=1):
            label = _UNREAD if outcome is None else f"{outcome.mark} {outcome.label_vi}"
            sheet.write_string(top + i, 0, label, self.outcomes[outcome])
            sheet.write_number(top + i, 1, self._counts[outcome], count)
            sheet.write_number(top + i, 2, self._counts[outcome] / total if total else 0, share)
        end = top + len(_COLOURS)
        sheet.write_string(end + 1, 0, "Cộng", bold)
        sheet.write_number(end + 1, 1, total, count)
        sheet.insert_chart(top, 4, self._chart(top), {"x_offset": 0, "y_offset": 0})
        note = self._by_type(top + _CHART_ROWS)
        for i, line in enumerate(_NOTES):
            sheet.write_string(note + i, 0, line, self.plain)

    def _chart(self, top: int) -> Any:
        chart = self._book.add_chart({"type": "bar"})
        font = {"name": "Times New Roman", "size": 10}
        first, last = top + 1, top + len(_COLOURS)
        points = [
            {"pattern": {"pattern": _PATTERNS[o], "fg_color": _STRONG[o], "bg_color": "#FFFFFF"}, "border": {"color": _STRONG[o]}}
            for o in _COLOURS
        ]  # fmt: skip
        chart.add_series(
            {
                "name": "Số văn bản",
                "categories": ["Tổng hợp", first, 0, last, 0],
                "values": ["Tổng hợp", first, 1, last, 1],
                "points": points,
                "data_labels": {"value": True, "num_format": "#,##0", "font": font},
                "gap": 40,
            }
        )
        chart.set_title({"name": "Số văn bản theo hình thức gửi", "name_font": font | {"size": 12, "bold": True}})
        chart.set_legend({"none": True})
        chart.set_x_axis(
            {"num_font": font, "num_format": "#,##0", "major_gridlines": {"visible": False}, "visible": False}
        )
        chart.set_y_axis({"num_font": font, "reverse": True, "major_tick_mark": "none"})
        chart.set_size({"width": 640, "height": 20 * (_CHART_ROWS - 1)})
        return chart

    def _by_type(self, top: int) -> int:
        """How many documents of each type go each way; returns the row under the table and a blank one."""
        sheet = self._summary
        of_type: Counter[str] = Counter()
        for (code, _), n in self._types.items():
            of_type[code] += n
        if not of_type:
            return top
        headings = ["Loại văn bản", "Số văn bản", *(outcome.label_vi for outcome in Dispatch)]
        for i, heading in enumerate(headings):
            sheet.write_string(top, i, heading, self.heading)
        sheet.set_row(top, 3 * _LINE + 2)
        cell = self._book.add_format({**_FONT, "border": 1})
        count = self._book.add_format({**_FONT, "border": 1, "num_format": "#,##0"})
        shown = of_type.most_common(_TYPES_SHOWN)
        rest = len(of_type) - len(shown)
        lines = [(_type(code), [code]) for code, _ in shown]
        if rest:
            lines.append((f"{rest} loại khác", [code for code in of_type if code not in dict(shown)]))
        for i, (label, codes) in enumerate(lines, start=top + 1):
            sheet.write_string(i, 0, label, cell)
            sheet.write_number(i, 1, sum(of_type[code] for code in codes), count)
            for j, outcome in enumerate(Dispatch, start=2):
                sheet.write_number(i, j, sum(self._types[code, outcome] for code in codes), count)
        return top + len(lines) + 2


_NOTES = (
    "«Cần xem xét»: chương trình không tự quyết; cột «Nghiêng về» cho biết khả năng lớn hơn, cột «Lý do» nêu câu hỏi cần trả lời.",
    "«Không gửi qua mạng thông thường»: văn bản có dấu độ mật, thực hiện theo quy định về bảo vệ bí mật nhà nước.",
    "Kết quả để tham khảo khi phát hành văn bản; người có thẩm quyền quyết định.",
)


def _type(code: str) -> str:
    try:
        return f"{by_code(code).name} ({code})" if code else "Chưa rõ loại"
    except KeyError:
        return code


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _in_vietnamese(values: Mapping[str, Any], outcome: Dispatch | None) -> dict[str, Any]:
    return {
        **values,
        "ngay_ban_hanh": _date(values["ngay_ban_hanh"]),
        "dispatch": _UNREAD if outcome is None else f"{outcome.mark} {outcome.label_vi}",
        "lean": Dispatch(values["lean"]).label_vi if values["lean"] else None,
        "confidence": None if values["confidence"] is None else float(values["confidence"]),
        "reason": values["reason"] if outcome else "Xem trang tính «Lỗi».",
        "basis": _BASIS[Basis(values["basis"])] if values["basis"] else None,
    }


def _date(text: str | None) -> date | str | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return text
    return day if day.year >= 1900 else text  # Excel's days begin there


def _dispatch(recipient: Mapping[str, Any]) -> Dispatch | None:
    dispatch = recipient.get("dispatch")
    return Dispatch(dispatch) if dispatch else None


def _recipient(values: Mapping[str, Any], recipient: Mapping[str, Any]) -> list[_Cell]:
    outcome = _dispatch(recipient)
    of_document = [values["path"], values["row"], values["so_ky_hieu"], values["trich_yeu"]]
    sent = "– Không gửi" if outcome is None else f"{outcome.mark} {outcome.label_vi}"
    return [*of_document, str(recipient.get("name") or ""), _role(recipient), sent, str(recipient.get("reason") or "")]


def _role(recipient: Mapping[str, Any]) -> str:
    role = str(recipient.get("role") or "")
    try:
        return describe(role)[0]  # type: ignore[arg-type]
    except (KeyError, ValueError):
        return role


_ESCAPED = re.compile(r"""[\x00-\x20"#%<>?:*|\[\]^`{}]""")


def _url(path: str) -> str:
    """A path as the address of a link; letters beyond ASCII stay, as Excel writes them."""
    relative = not Path(path).is_absolute()
    address = _ESCAPED.sub(lambda found: f"%{ord(found.group()):02X}", path.replace(os.sep, "/"))
    return "external:" + ("./" if relative else "") + address


def _lines(cell: _Cell, width: int) -> int:
    """About how many lines the cell's text takes in its column; letters of the font are narrower than the digits that widths count."""
    if isinstance(cell, _Link):
        cell = cell.text
    if not isinstance(cell, str):
        return 1
    room = max(1, int(1.2 * width) - 1)
    return sum(-(-len(part) // room) or 1 for part in cell[:_CELL].split("\n"))
