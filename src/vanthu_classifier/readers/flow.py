"""A document that flows (Word, RTF, OpenDocument, HTML): paragraphs and tables, made into lines in the order of the page.

The readers of these formats all build the same blocks, and everything that offices do to a page is told apart here, once:

- the head and the foot are mostly tables of two columns: the left column is read whole, then the right one;
- text boxes stand where they are anchored;
- columns made with tabs or blanks are told apart as on a page;
- a run in a legacy font (.VnTime, VNI-Times) is converted, and its line says so; other runs are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from vanthu_classifier.legacy import convert_lines, font_of, has_unicode, to_unicode
from vanthu_classifier.readers.page import MOTTO, Line, spaced_columns
from vanthu_classifier.text import clean, strip_diacritics

__all__ = ["MAX_DEPTH", "Block", "Cell", "Paragraph", "Run", "Table", "header", "lines", "placed", "symbol"]

MAX_DEPTH = 20
"""Tables and boxes inside each other; what lies deeper is no document."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in one font; "\\n" is a line break, "\\t" a tab. `capitals`: small letters are shown as capitals."""

    text: str
    font: str = ""
    capitals: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`centered` is None where the format does not say; `boxes` are the text boxes anchored here."""

    runs: Sequence[Run]
    centered: bool | None = None
    boxes: Sequence[Sequence[Block]] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and its column, counted over the whole table (cells that span several move the next ones on)."""

    column: int
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Table:
    rows: Sequence[Sequence[Cell]]


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class _Text:
    """A line before it has its place on the page; `legacy` is the encoding that it was converted from."""

    text: str
    centered: bool | None
    legacy: str


_Chunk = list[_Text]  # lines of one column


def lines(blocks: Iterable[Block]) -> tuple[Line, ...]:
    """The lines of a document. Loose paragraphs in a row make one block, each table column its own.

    >>> head = Table([[Cell(0, [Paragraph([Run("Sè: 15/Q§-UBND", ".VnTime")])]), Cell(1, [Paragraph([Run("Huế")])])]])
    >>> [(line.block, line.text, line.legacy) for line in lines([head, Paragraph([Run("quyÕt ®Þnh", ".VnTimeH")])])]
    [(0, 'Số: 15/QĐ-UBND', 'tcvn3'), (1, 'Huế', ''), (2, 'QUYẾT ĐỊNH', 'tcvn3')]
    """
    return tuple(_numbered(_recognised(list(_chunks(blocks, 0)))))


def _recognised(chunks: list[tuple[bool, _Chunk]]) -> Iterator[tuple[bool, _Chunk]]:
    """Lines whose font says nothing, converted where their text says that it is in a legacy encoding."""
    converted = iter(convert_lines([line.text for _, chunk in chunks for line in chunk]))
    for loose, chunk in chunks:
        pairs = [(line, *next(converted)) for line in chunk]
        yield loose, [replace(line, text=text, legacy=legacy) if legacy else line for line, text, legacy in pairs]


def header(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a page's header without those that only number the page."""
    return [b for b in blocks if isinstance(b, Table) or b.boxes or _WORDS.search("".join(run.text for run in b.runs))]


_WORDS = re.compile(r"[^\W\d_]{2}")
_WIDTH = 80  # letters in a line of text; spaces put a centred one into its middle, as on the page


def _spaced(line: _Text) -> str:
    return (
        line.text.strip().center(_WIDTH) if line.centered and not re.search(r"\t|  ", line.text.strip()) else line.text
    )


def _numbered(chunks: Iterable[tuple[bool, _Chunk]]) -> Iterator[Line]:
    block = 0
    for loose, group in groupby(chunks, key=lambda chunk: chunk[0]):
        for chunk in [[text for _, texts in group for text in texts]] if loose else [texts for _, texts in group]:
            legacy = next((text.legacy for text in chunk if text.legacy), "")
            columns = spaced_columns([_spaced(text) for text in chunk], block) if loose else ()
            yield from (replace(line, legacy=legacy) for line in columns)
            if not columns:
                yield from (Line(t.text.strip(), block, 0, t.centered, legacy=t.legacy) for t in chunk)
            block = (columns[-1].block if columns else block) + 1


def _chunks(blocks: Iterable[Block], depth: int) -> Iterator[tuple[bool, _Chunk]]:
    """`(loose, lines)` of all blocks, in order."""
    for block in blocks if depth < MAX_DEPTH else ():
        if isinstance(block, Paragraph):
            yield True, _paragraph(block)
            for box in block.boxes:
                yield from ((False, chunk) for _, chunk in _chunks(box, depth + 1))
        elif _is_frame(block):
            yield from (chunk for row in block.rows for cell in row for chunk in _chunks(cell.blocks, depth + 1))
        else:
            yield from ((False, chunk) for chunk in _table(block, depth + 1))


def _is_frame(table: Table) -> bool:
    """Whether a table of one column does nothing but hold another."""
    return all(len(row) == 1 for row in table.rows) and any(
        isinstance(block, Table) for row in table.rows for cell in row for block in cell.blocks
    )


# ------------------------------------------------------------------ runs

_MARKS = re.compile(r"[\d\s.,:;/()+*=-]")


def symbol(font: str, code: str, capitals: bool = False) -> Run:
    """The run for a letter that is given by its code (hexadecimal) in a font: a letter in a legacy one, else a sign or a bullet."""
    try:
        number = int(code, 16) & 0xFFFF
    except ValueError:
        return Run("")
    if font_of(font) or not 0xF000 <= number <= 0xF0FF:
        return Run(chr(number), font, capitals)
    mark = chr(number - 0xF000)
    return Run(mark if "symbol" in font.lower() and _MARKS.match(mark) else "•")


def _paragraph(paragraph: Paragraph) -> _Chunk:
    pieces: list[str] = []
    legacy = ""
    for (encoding, capitals), runs in groupby(paragraph.runs, key=_kind):
        text = "".join(run.text for run in runs)
        if encoding and has_unicode(text):  # the font's name was kept when the text was converted
            encoding = ""
        if encoding:
            converted = to_unicode(text, encoding)
            legacy = encoding if converted != text or capitals else legacy
            text = converted
        pieces.append(text.upper() if capitals else text)
    return [_Text(text.rstrip(), paragraph.centered, legacy) for text in "".join(pieces).split("\n")]


def _kind(run: Run) -> tuple[str, bool]:
    font = font_of(run.font) if run.font else None
    if font is None:
        return "", run.capitals
    return font.encoding, run.capitals or font.capitals


# ------------------------------------------------------------------ tables


def _table(table: Table, depth: int) -> Iterator[_Chunk]:
    """The table's columns from left to right where it lays out a head or a foot, else its cells row by row."""
    rows = [[(cell.column, _joined(cell.blocks, depth)) for cell in row] for row in table.rows]
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


def _joined(blocks: Iterable[Block], depth: int) -> _Chunk:
    return [line for _, chunk in _chunks(blocks, depth) for line in chunk]


_FOOT = re.compile(r"noi nhan\s*:?", re.IGNORECASE)


def _lays_out(rows: list[list[tuple[int, _Chunk]]]) -> bool:
    texts = [clean(line.text).text for row in rows[:8] for _, chunk in row for line in chunk]
    return max(map(len, rows), default=0) <= 4 and any(
        MOTTO.search(text.upper()) or _FOOT.match(strip_diacritics(text)) for text in texts
    )


def placed(rows: Sequence[Sequence[tuple[int, Sequence[Block]]]], tolerance: int) -> Table:
    """A table whose cells are known by their left edges: edges that lie closer than `tolerance` are one column.

    >>> [[cell.column for cell in row] for row in placed([[(0, []), (4500, [])], [(0, []), (4510, [])]], 100).rows]
    [[0, 1], [0, 1]]
    """
    edges = sorted({edge for row in rows for edge, _ in row})
    starts = [below is None or edge - below >= tolerance for below, edge in zip([None, *edges], edges, strict=False)]
    columns = dict(zip(edges, (count - 1 for count in accumulate(starts)), strict=True))
    return Table([[Cell(columns[edge], blocks) for edge, blocks in row] for row in rows])
