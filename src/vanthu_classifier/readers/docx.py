"""Word documents (.docx): paragraphs and tables in the order of the page.

The head of a document is mostly a table of two columns, with one row or several: its left column is read whole, then
the right one. Text boxes stand where they are anchored; a box that Word stores twice (for old and new versions) is
read once. Lines that were set in two columns with tabs or blanks are told apart as on a page.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers.page import MOTTO, Line, spaced_columns
from vanthu_classifier.text import clean, strip_diacritics

__all__ = ["lines"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MAX_DEPTH = 20  # tables in tables; deeper is no document


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of the first page's header and of the body; `UnreadableFileError` where the file is damaged."""
    import docx
    from docx.opc.exceptions import OpcError

    try:
        document = docx.Document(str(path))
        parts = [section.first_page_header._element for section in document.sections[:1]]
        parts += [section.header._element for section in document.sections[:1]]
        found = [chunk for part in [*parts, document.element.body] for chunk in _chunks(part, 0)]
    except (OpcError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OSError, EOFError, AttributeError) as e:
        raise UnreadableFileError(
            "Tệp Word bị hỏng hoặc không đầy đủ.",
            remedy="Mở bằng Word, lưu lại dạng .docx, hoặc xin lại tệp từ nơi gửi.",
            path=path,
        ) from e
    return tuple(_numbered(found))


_Text = tuple[str, bool | None]  # a line and whether it is centred
_Chunk = list[_Text]  # lines of one column


def _numbered(chunks: list[tuple[bool, _Chunk]]) -> Iterator[Line]:
    """Loose paragraphs in a row make one block, each table column its own."""
    block = 0
    for loose, group in groupby(chunks, key=lambda chunk: chunk[0]):
        for chunk in [[text for _, texts in group for text in texts]] if loose else [texts for _, texts in group]:
            columns = spaced_columns([text for text, _ in chunk], block) if loose else ()
            yield from columns or (Line(text.strip(), block, 0, centered) for text, centered in chunk)
            block = (columns[-1].block if columns else block) + 1


def _chunks(element: Any, depth: int) -> Iterator[tuple[bool, _Chunk]]:
    """`(loose, lines)` of everything inside `element`, in document order."""
    for child in element.iterchildren():
        if child.tag == _W + "p":
            yield True, _paragraph(child)
            for box in _boxes(child):
                if depth < _MAX_DEPTH:
                    yield from ((False, chunk) for _, chunk in _chunks(box, depth + 1))
        elif child.tag == _W + "tbl" and depth < _MAX_DEPTH:
            yield from ((False, cell) for cell in _table(child, depth + 1))
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "smartTag", _W + "customXml"):
            yield from _chunks(child, depth)


def _boxes(paragraph: Any) -> list[Any]:
    boxes = [box for box in paragraph.iter(_W + "txbxContent") if next(box.iterancestors(_FALLBACK), None) is None]
    return boxes or list(paragraph.iter(_W + "txbxContent"))


_MARKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}


def _paragraph(paragraph: Any) -> _Chunk:
    pieces = []
    for node in paragraph.iter(_W + "t", *_MARKS):
        if node.tag == _W + "tab" and node.getparent().tag != _W + "r":
            continue  # a tab stop, not a tab
        holder = next(node.iterancestors(_W + "p"), None)
        if holder is paragraph:
            pieces.append(_MARKS.get(node.tag) or node.text or "")
    centered = _centered(paragraph)
    return [(text.rstrip(), centered) for text in "".join(pieces).split("\n")]


def _centered(paragraph: Any) -> bool | None:
    jc = paragraph.find(f"{_W}pPr/{_W}jc")
    return None if jc is None else jc.get(_W + "val") == "center"


def _table(table: Any, depth: int) -> Iterator[_Chunk]:
    """The table's columns from left to right where it lays out a head or a foot, else its cells row by row."""
    rows = [list(_cells(row, depth)) for row in table.iter(_W + "tr") if next(row.iterancestors(_W + "tbl")) is table]
    if not _lays_out(rows):
        yield from (chunk for row in rows for _, chunk in row)
        return
    for single, group in groupby(rows, key=lambda row: len(row) == 1):
        cells = [cell for row in group for cell in row]
        if single:
            yield from (chunk for _, chunk in cells)
        else:
            for _, column in groupby(sorted(cells, key=lambda cell: cell[0]), key=lambda cell: cell[0]):
                yield [line for _, chunk in column for line in chunk]


def _cells(row: Any, depth: int) -> Iterator[tuple[int, _Chunk]]:
    """`(column, lines)` of each cell of a row; the column counts merged cells."""
    column = 0
    for cell in row.iter(_W + "tc"):
        if next(cell.iterancestors(_W + "tr")) is not row:
            continue
        yield column, [line for _, chunk in _chunks(cell, depth) for line in chunk]
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        column += int(span.get(_W + "val", "1")) if span is not None else 1


_FOOT = re.compile(r"noi nhan\s*:?", re.IGNORECASE)


def _lays_out(rows: list[list[tuple[int, _Chunk]]]) -> bool:
    texts = [clean(text).text for row in rows[:8] for _, chunk in row for text, _ in chunk]
    return max(map(len, rows), default=0) <= 4 and any(
        MOTTO.search(text.upper()) or _FOOT.match(strip_diacritics(text)) for text in texts
    )
