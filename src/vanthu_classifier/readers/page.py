"""Lines of a page in the order a person reads them.

A page of Decree 30/2020 (Appendix I, part IV) has two columns at its head (issuing body, number | national motto,
date) and two at its foot ("Nơi nhận" | signature). A reader that knows where words stand (PDF, later OCR, a .txt laid
out with spaces) hands its words to `reading_order`, which tells the columns apart: at the head by the left edge of
the motto, at the foot by the middle of the page. A reader that knows the columns by itself (a table in .docx) makes
`Line`s directly.

    words ─ rows (same baseline) ─ columns ─ lines, column by column, an empty line where the page leaves a gap
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from vanthu_classifier.text import clean

__all__ = ["MOTTO", "RECIPIENTS", "Line", "Word", "left_columns", "reading_order", "spaced_columns"]

MOTTO = re.compile(
    r"C[ỘO]NG\s*H[ÒO]A\s*X[ÃA]\s*H[ỘO]I\s*CH[ỦU]\s*NGH[ĨI]A\s*VI[ỆE]T\s*NAM|Đ[ẢA]NG\s*C[ỘO]NG\s*S[ẢA]N\s*VI[ỆE]T\s*NAM"
)
"""National motto, or the heading of a Party document (HD 36-HD/VPTW), in cleaned text."""


class Word(NamedTuple):
    """A word and its box: points from the upper left corner, `y` is the foot of the letters, `size` their height.

    `sure` (0-1) says how sure the recognition is of a word in a picture; 1 where the file states the letters. `raw` is
    what was recognised, where `text` was mended; `letters` says how sure each letter is, where that was asked for.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    sure: float = 1.0
    raw: str = ""
    letters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; "" is a gap on the page.

    Lines of one column or one table cell share `block`, counted over the document. `centered` is None where that is
    not known. `sure` has, for a line recognised in a picture, how sure each word of `text.split()` is (0-1); it is
    empty where the file states the letters. `raw` is what was recognised, where `text` was mended. `legacy` is the
    encoding that letters of the line were converted from (`legacy.NAMES`), "" for Unicode.
    """

    text: str
    block: int = 0
    page: int = 0
    centered: bool | None = None
    sure: tuple[float, ...] = ()
    raw: str = ""
    legacy: str = ""


_Row = list[Word]
_COLUMN_GAP = 0.9  # of the letters' height: less is a blank between words, even in justified text
_CENTERED = 10.0  # points off the middle of the text; the first line of a paragraph is set in by twice that
_SPILL = 22.0  # points that a date or a "V/v" line may reach over the edge of its column


def reading_order(words: Iterable[Word], *, width: float, page: int = 0, block: int = 0) -> tuple[Line, ...]:
    """The lines of one page of `width` points, column by column; their blocks are numbered from `block` on.

    >>> head = [Word("UBND", 60, 90, 20, 12), Word("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 300, 540, 20, 12),
    ...         Word("Số:", 60, 75, 60, 12), Word("/QĐ-UBND", 110, 170, 60, 12), Word("Huế,", 330, 350, 60, 12)]
    >>> [(line.block, line.text) for line in reading_order(head, width=595) if line.text]
    [(0, 'UBND'), (0, 'Số: /QĐ-UBND'), (1, 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'), (1, 'Huế,')]
    """
    rows = _rows(words)
    left, right = min((row[0].x0 for row in rows), default=0.0), max((row[-1].x1 for row in rows), default=width)
    area = (left + min(right, width)) / 2
    out: list[Line] = []
    start = 0
    edge = _header_edge(rows)
    if edge is not None:
        end = _header_end(rows, edge, area)
        for column in _split(rows[:end], edge):
            out += _lines(column, area, page, block)
            block += 1
        start = end
    foot = next((i for i in range(start, len(rows)) if RECIPIENTS.match(_joined(rows[i]))), None)
    if foot is None:
        return tuple(out + _lines(rows[start:], area, page, block))
    out += _lines(rows[start:foot], area, page, block)
    end = _foot_end(rows, foot, width)
    for column in _split(rows[foot:end], width * _FOOT_EDGE):
        block += 1
        out += _lines(column, area, page, block)
    return tuple(out + _lines(rows[end:], area, page, block + 1))


def left_columns(words: Iterable[Word], *, width: float, height: float) -> Iterator[tuple[float, float, float, float]]:
    """The boxes (left, top, right, bottom) of the left columns of a page: at its head, beside the motto, and at its foot,
    beside the signature."""
    rows = _rows(words)
    if not rows:
        return
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    edge = _header_edge(rows)
    if edge is not None:
        end = _header_end(rows, edge, (left + right) / 2)
        below = rows[end][0].y - 1.3 * rows[end][0].size if end < len(rows) else height
        yield 0.0, max(0.0, rows[0][0].y - 3 * rows[0][0].size), edge - 3, below
    foot = next((i for i in range(len(rows)) if RECIPIENTS.match(_joined(rows[i]))), None)
    if foot is None:
        foot = _above_file_copy(rows)
    if foot is not None:
        end = _foot_end(rows, foot, width)
        beside = [s[0].x0 for row in rows[foot : foot + 4] for s in _segments(row) if s[0].x0 > 0.4 * width]
        below = rows[end][0].y - 1.3 * rows[end][0].size if end < len(rows) else height
        yield 0.0, rows[foot][0].y - 1.4 * rows[foot][0].size, min(beside, default=0.5 * width) - 3, below


_FILE_COPY = re.compile(r"\W*l[ưu]u\s?:", re.IGNORECASE)
_ENTRY = re.compile(r"[-+•]\s*\w")


def _above_file_copy(rows: list[_Row]) -> int | None:
    """The row above the list that ends with "- Lưu: VT": that of "Nơi nhận", whatever was recognised there."""
    last = next((i for i in reversed(range(len(rows))) if _FILE_COPY.match(_joined(rows[i]))), None)
    if last is None:
        return None
    first = last
    while first > 0 and _ENTRY.match(_joined(rows[first - 1])):
        first -= 1
    return max(first - 1, 0)


RECIPIENTS = re.compile(r"n[ơo]i\s*nh[ậa]n\s*(?::|$|\S{0,3}\s+[A-ZĐ]{2})", re.IGNORECASE)
_ADDRESSED = re.compile(r"k[íi]nh\s*g[ửu]i", re.IGNORECASE)
_FOOT_EDGE = 0.45  # the signature block stands in the right half (Appendix I, part IV, boxes 7a and 9b)


def _rows(words: Iterable[Word]) -> list[_Row]:
    rows: list[_Row] = []
    places: dict[str, list[float]] = {}  # where each text stands in the last row
    for word in sorted(words, key=_HEIGHT):
        if rows and abs(word.y - rows[-1][0].y) < 0.4 * min(word.size, rows[-1][0].size):
            same = places.setdefault(word.text, [])
            if any(abs(x0 - word.x0) < 0.2 * word.size for x0 in same):  # drawn twice for bold
                continue
            same.append(word.x0)
            rows[-1].append(word)
        else:
            rows.append([word])
            places = {word.text: [word.x0]}
    return [sorted(row, key=_PLACE) for row in rows]


_HEIGHT = attrgetter("y", "x0")
_PLACE = attrgetter("x0")


def _joined(row: Sequence[Word]) -> str:
    return clean(" ".join(word.text for word in row)).text


def _segments(row: _Row) -> list[_Row]:
    """The row cut where it leaves a gap that no blank between words makes."""
    out: list[_Row] = []
    for word in row:
        if out and word.x0 - out[-1][-1].x1 <= _COLUMN_GAP * word.size:
            out[-1].append(word)
        else:
            out.append([word])
    return out


_MOTTO_BROKEN = re.compile(r"C[ỘO]NG\s*H[ÒO]A\s*X[ÃA]\s*H[ỘO]I\b")
_MOTTO_BELOW = re.compile(r"Đ[ộo]c\s*l[ậa]p\s*-\s*T[ựu]\s*do")
_DATE = re.compile(r"(?:\S+\s){0,6}?ngày\b.{0,12}\btháng\b.{0,12}\bnăm\b")


def _header_edge(rows: list[_Row]) -> float | None:
    """Left edge of the right column: where the motto begins, if anything stands to the left of it; where the motto is broken
    in two lines, or missing, where the leftmost of what the column has begins."""
    found: list[tuple[int, float]] = []
    for i, row in enumerate(rows[:15]):
        for segment in _segments(row):
            text = _joined(segment)
            if MOTTO.match(text.upper()):
                found = [(i, segment[0].x0)]
                break
            if _MOTTO_BROKEN.match(text.upper()) or _MOTTO_BELOW.match(text) or _is_date_at_right(segment, rows, text):
                found.append((i, segment[0].x0))
        else:
            continue
        break
    if not found:
        return None
    first, edge = found[0][0], min(x0 for _, x0 in found)
    near = [s for r in rows[: first + 8] for s in _segments(r)]
    return edge if any(s[-1].x1 <= edge + 2 for s in near) else None


def _is_date_at_right(segment: _Row, rows: list[_Row], text: str) -> bool:
    middle = (min(row[0].x0 for row in rows) + max(row[-1].x1 for row in rows)) / 2
    return segment[0].x0 > middle - 2 * _SPILL and _DATE.match(text) is not None


def _opens_right(text: str) -> bool:
    """Whether a text is the first that the right column has."""
    upper = text.upper()
    return bool(MOTTO.match(upper) or _MOTTO_BROKEN.match(upper) or _MOTTO_BELOW.match(text) or _DATE.match(text))


def _header_end(rows: list[_Row], edge: float, area: float) -> int:
    """Index of the first row below the motto that belongs to neither column: one that runs across both, or that stands
    alone and is centred on the page (`area`) rather than on a column, as the name of the type is."""
    left: list[float] = []
    right = None
    for i, row in enumerate(rows):
        segments = _segments(row)
        if right is not None and _ADDRESSED.match(_joined(row)):
            return i
        for segment in segments:
            start, end, middle = segment[0].x0, segment[-1].x1, (segment[0].x0 + segment[-1].x1) / 2
            if right is None and start >= edge - _SPILL and _opens_right(_joined(segment)):
                right = middle
            elif right is not None and start < edge - _SPILL and end > edge + _SPILL:
                return i
            elif right is not None and left and len(segments) == 1:
                own = abs(middle - area)
                if own < abs(middle - right) and own < abs(middle - sum(left) / len(left)):
                    return i
            elif end <= edge:
                left.append(middle)
    return len(rows)


def _split(rows: list[_Row], edge: float) -> tuple[list[_Row], list[_Row]]:
    left: list[_Row] = []
    right: list[_Row] = []
    for row in rows:
        sides: tuple[_Row, _Row] = ([], [])
        for segment in _segments(row):
            sides[segment[0].x0 >= edge - _SPILL].extend(segment)
        for side, column in zip(sides, (left, right), strict=True):
            if side:
                column.append(side)
    return left, right


def _foot_end(rows: list[_Row], foot: int, width: float) -> int:
    for i in range(foot + 1, len(rows)):
        for segment in _segments(rows[i]):
            if segment[0].x0 < width * 0.4 and segment[-1].x1 > width * 0.62:
                return i
    return len(rows)


def _lines(rows: list[_Row], area: float, page: int, block: int) -> list[Line]:
    out: list[Line] = []
    steps = [below[0].y - above[0].y for above, below in pairwise(rows)]
    usual = max(1.7 * median(w.size for row in rows for w in row), 1.3 * median(steps)) if steps else 0.0
    for row, step in zip(rows, [0.0, *steps], strict=False):
        if step > usual:
            out.append(Line("", block, page))
        middle = (row[0].x0 + row[-1].x1) / 2
        sure = () if all(w.sure == 1.0 for w in row) else tuple(w.sure for w in row)
        raw = " ".join(" ".join(w.raw or w.text for w in row).split()) if any(w.raw for w in row) else ""
        out.append(Line(" ".join(w.text for w in row), block, page, abs(middle - area) < _CENTERED, sure, raw))
    return out


def spaced_columns(texts: Sequence[str], block: int = 0) -> tuple[Line, ...]:
    """The lines of a text whose columns were made with tabs or blanks, or () where it has no such columns.

    >>> [(line.block, line.text) for line in spaced_columns(["UBND HUYỆN A        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"])]
    [(0, 'UBND HUYỆN A'), (1, 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM')]
    >>> spaced_columns(["UBND HUYỆN A", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"])
    ()
    """
    if not any(_TWO_COLUMNS.search(text) for text in texts):
        return ()
    words = [word for number, text in enumerate(_untabbed(texts)) for word in _typed(text, number)]
    found = reading_order(words, width=80 * _PITCH, block=block)
    return tuple(replace(line, centered=None) for line in found)


_TWO_COLUMNS = re.compile(
    r"\S(?:\t| {2,})\s*C[ỘO]NG\s+H[ÒO]A\s+X[ÃA]\s+H[ỘO]I|\S(?:\t| {2,})\s*C[ỘO]NG\s+HO[ÀA]\s+X[ÃA]"
    r"|^\s*n[ơo]i\s+nh[ậa]n\s*:?(?:\t| {2,})\s*\S",
    re.IGNORECASE,
)
_PITCH = 6.0  # points from letter to letter, for letters 12 points high


def _untabbed(texts: Sequence[str]) -> list[str]:
    """Tab stops are not known: the widest short text before a tab says where the right column begins."""
    parts = [re.split(r"\t+", text.rstrip(), maxsplit=1) for text in texts]
    edge = max((len(part[0].rstrip()) for part in parts if len(part) == 2 and len(part[0]) < 50), default=0) + 4
    return [part[0].rstrip().ljust(edge) + part[1].expandtabs(8) if len(part) == 2 else part[0] for part in parts]


def _typed(text: str, number: int) -> Iterator[Word]:
    for word in re.finditer(r"\S+", text):
        yield Word(word.group(), word.start() * _PITCH, word.end() * _PITCH, number * 14.0, 12.0)
