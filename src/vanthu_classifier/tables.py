"""A table as .csv, .jsonl or .xlsx, for whatever is exported besides reports (`writers` has those, with their own columns).

Text is never a formula: the .xlsx stores strings as strings, and the .csv sets an apostrophe before a text that a spreadsheet would take for one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vanthu_classifier.errors import InputError
from vanthu_classifier.writers import harmless

__all__ = ["ENDINGS", "Sheet", "write", "write_sheets"]

_CELL = 32_000  # letters; Excel takes 32,767
_LINE = 16  # points
_MOST_LINES = 20  # of one row


def write(path: Path, headings: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes rows to `path`, its kind by the ending. `headings` gives each column's heading in the .xlsx and its width there, in letters.

    Values are text, numbers, booleans or None; lists and objects are for .jsonl only and JSON text elsewhere. `InputError` for another ending.
    """
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"Không biết dạng tệp «{path.suffix}».", remedy=f"Dùng một trong: {', '.join(ENDINGS)}.")
    kind(path, headings, rows)


class Sheet(NamedTuple):
    """A table of a workbook: its name there, headings and rows as for `write`."""

    name: str
    headings: Mapping[str, tuple[str, int]]
    rows: Iterable[Mapping[str, Any]]


def write_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    """Writes several tables: sheets of an .xlsx, whole or not at all; of .csv and .jsonl the first table only, since they hold one.

    `InputError` for another ending, or where the file cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"Không biết dạng tệp «{path.suffix}».", remedy=f"Dùng một trong: {', '.join(ENDINGS)}.", path=path
        )
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        if path.suffix.lower() == ".xlsx":
            _book(part, sheets)
        else:
            write(part, sheets[0].headings, sheets[0].rows)
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"Không ghi được tệp ({error.strerror}).", remedy="Đóng tệp nếu đang mở, hoặc chọn thư mục khác.", path=path
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _jsonl(path: Path, headings: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps({name: row.get(name) for name in headings}, ensure_ascii=False) + "\n")


def _csv(path: Path, headings: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([harmless(_flat(row.get(name))) for name in headings] for row in rows)


def _xlsx(path: Path, headings: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]]) -> None:
    _book(path, [Sheet("", headings, rows)])


def _book(path: Path, sheets: Sequence[Sheet]) -> None:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E2F3", "border": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"})
        for name, headings, rows in sheets:
            _sheet(book.add_worksheet(name or None), headings, rows, head, plain)


def _sheet(
    sheet: Any, headings: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]], head: Any, plain: Any
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_row(0, _LINE * max(_lines(heading, width - 2) for heading, width in headings.values()))
    for i, (heading, width) in enumerate(headings.values()):
        sheet.set_column(i, i, width)
        sheet.write_string(0, i, heading, head)
    number = 0
    for number, row in enumerate(rows, 1):
        values = [_flat(row.get(name)) for name in headings]
        lines = [_lines(value, width) for value, (_, width) in zip(values, headings.values(), strict=True)]
        sheet.set_row(number, _LINE * min(max(lines), _MOST_LINES))
        for i, value in enumerate(values):
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, i, value, plain)
            else:
                sheet.write_string(number, i, "" if value is None else str(value)[:_CELL], plain)
    sheet.autofilter(0, 0, max(number, 1), len(headings) - 1)


def _lines(value: Any, width: int) -> int:
    """How many lines a value takes in a column of so many letters; a spreadsheet does not find out by itself in every program."""
    return sum(-(-max(len(line), 1) // max(width - 1, 1)) for line in str("" if value is None else value).split("\n"))


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value


_KINDS = {".csv": _csv, ".jsonl": _jsonl, ".xlsx": _xlsx}
ENDINGS = tuple(_KINDS)
"""Endings that can be written."""
