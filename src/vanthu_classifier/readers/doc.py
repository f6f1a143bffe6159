"""Word 97-2003 (.doc): the text of a WordDocument stream with the fonts and tables that its formatting states.

The layout is Microsoft's [MS-DOC]; the sections named below are its. A file is a compound file (read by olefile) with three streams: the
text and its formatting (WordDocument), the tables that say where everything is (0Table or 1Table), and long properties (Data).

    Fib (2.5)          where the tables are, how long the text and its annexes are
    Clx (2.9.38)       pieces of text: two-byte letters, or one byte of code page 1252
    PlcBteChpx, PlcBtePapx (2.8.5, 2.8.6)   pages of properties of letters and of paragraphs: fonts, capitals, hidden, in a table
    STSH (2.9.271)     styles, which state fonts as well
    SttbfFfn (2.9.286) names of the fonts
    PlcfTxbxTxt, PlcSpaMom (2.8.32, 2.8.37)  text boxes and where they are anchored

Nothing in it is trusted: every offset is checked, every loop is bounded, whatever does not fit is a damaged file. Word 6 and 95 kept less
and elsewhere; of theirs the text is read, and legacy letters are told by the text itself. Macros are never looked at.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from vanthu_classifier.errors import MissingExtraError, UnreadableFileError
from vanthu_classifier.readers import flow
from vanthu_classifier.readers.flow import Block, Paragraph, Run
from vanthu_classifier.readers.page import Line

__all__ = ["lines"]

_MAX_BYTES = 200_000_000
_MAX_TEXT = 20_000_000  # letters
_TOLERANCE = 120  # twips by which the edges of one column differ


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of the first page's header and of the text, boxes in their places.

    `UnreadableFileError` where the file is damaged, locked with a password, or older than Word 6. `MissingExtraError` where olefile
    is not installed.
    """
    try:
        import olefile
    except ImportError as e:
        raise MissingExtraError("formats", purpose="đọc tệp .doc") from e
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError("Tệp quá lớn (hơn 200 MB).", remedy="Bỏ bớt ảnh hoặc tách tệp.", path=path)
    try:
        with olefile.OleFileIO(str(path)) as ole:
            main = ole.openstream("WordDocument").read()
            streams = {name: ole.openstream(name).read() for name in ("0Table", "1Table", "Data") if ole.exists(name)}
    except (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError, struct.error) as e:
        raise _damaged(path) from e
    try:
        return flow.lines(_document(main, streams, path))
    except (struct.error, IndexError, ValueError, OverflowError) as e:
        raise _damaged(path) from e


def _damaged(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        "Tệp Word (.doc) bị hỏng hoặc không đầy đủ.",
        remedy="Mở bằng Word hoặc LibreOffice, lưu lại dạng .docx, hoặc xin lại tệp từ nơi gửi.",
        path=path,
    )


def _document(main: bytes, streams: Mapping[str, bytes], path: Path) -> list[Block]:
    fib = _Fib(main)
    if fib.magic not in (0xA5EC, 0xA5DC):
        raise _damaged(path)
    if fib.encrypted:
        raise UnreadableFileError(
            "Tệp đặt mật khẩu nên không mở được.", remedy="Bỏ mật khẩu, lưu lại rồi chạy lại.", path=path
        )
    if fib.version < 0xC1:
        return list(_old(main))
    table = streams.get("1Table" if fib.table_is_1 else "0Table")
    if table is None:
        raise _damaged(path)
    return _Document(fib, table, streams.get("Data", b"")).blocks()


# ------------------------------------------------------------------ the file information block


@dataclass(frozen=True, slots=True)
class _Fib:
    """Where everything is (2.5)."""

    main: bytes

    @property
    def magic(self) -> int:
        return int.from_bytes(self.main[0:2], "little")

    @property
    def version(self) -> int:
        return int.from_bytes(self.main[2:4], "little")

    @property
    def encrypted(self) -> bool:
        return bool(self.main[11] & 0x01)

    @property
    def table_is_1(self) -> bool:
        return bool(self.main[11] & 0x02)

    def count(self, index: int) -> int:
        """A length of FibRgLw97 (2.5.4) in letters: 3 text, 4 notes, 5 headers, 6 macros, 7 annotations, 8 end notes, 9 boxes."""
        return max(0, int(struct.unpack_from("<i", self.main, 64 + 4 * index)[0]))

    def place(self, index: int) -> tuple[int, int]:
        """Offset and length in the table stream of a member of FibRgFcLcb97 (2.5.6)."""
        offset, length = struct.unpack_from("<II", self.main, 154 + 8 * index)
        return int(offset), int(length)


_STSHF, _SED, _HDD, _CHPX, _PAPX, _FFN, _CLX, _SPA, _TXBX = 1, 6, 11, 12, 13, 15, 33, 40, 56


# ------------------------------------------------------------------ properties

_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}


def _properties(grpprl: bytes) -> Iterator[tuple[int, bytes]]:
    """`(sprm, operand)` (2.2.5.1); stops where one does not fit."""
    at = 0
    while at + 2 <= len(grpprl):
        sprm = int.from_bytes(grpprl[at : at + 2], "little")
        at += 2
        kind = sprm >> 13
        if sprm == 0xD608:  # sprmTDefTable counts in two bytes, and one too many
            size = int.from_bytes(grpprl[at : at + 2], "little") - 1
            at += 2
        elif kind == 6:
            size = grpprl[at] if at < len(grpprl) else 0
            at += 1
            if sprm == 0xC615 and size == 255:
                return
        else:
            size = _SIZES[kind]
        if size < 0 or at + size > len(grpprl):
            return
        yield sprm, grpprl[at : at + size]
        at += size


class _Look(NamedTuple):
    """What properties say; None where they say nothing."""

    font: int | None = None
    capitals: bool | None = None
    hidden: bool | None = None
    deleted: bool = False
    style: int | None = None
    symbol: tuple[int, int] | None = None  # font and code
    centered: bool | None = None
    depth: int | None = None  # of tables around
    row_end: bool = False
    inner_cell: bool = False
    inner_row_end: bool = False
    edges: tuple[int, ...] = ()

    def over(self, below: _Look) -> _Look:
        """This look, and the letters and alignment of `below` where it says nothing."""
        return self._replace(
            font=below.font if self.font is None else self.font,
            capitals=below.capitals if self.capitals is None else self.capitals,
            hidden=below.hidden if self.hidden is None else self.hidden,
            centered=below.centered if self.centered is None else self.centered,
        )


def _look(grpprl: bytes) -> _Look:
    found: dict[str, object] = {}
    for sprm, operand in _properties(grpprl):
        number = int.from_bytes(operand[:4], "little")
        match sprm:
            case 0x4A4F:  # sprmCRgFtc0, plain letters; 0x4A51 those above 7F
                found.setdefault("font", number)
            case 0x4A51:
                found["font"] = number
            case 0x4A30:
                found["style"] = number
            case 0x083B if number < 2:
                found["capitals"] = bool(number)
            case 0x083C if number < 2:
                found["hidden"] = bool(number)
            case 0x0800:
                found["deleted"] = bool(number)
            case 0x6A09:
                found["symbol"] = (int.from_bytes(operand[:2], "little"), int.from_bytes(operand[2:4], "little"))
            case 0x2403 | 0x2461:
                found["centered"] = number == 1
            case 0x2416:
                found.setdefault("depth", int(bool(number)))
            case 0x6649:
                found["depth"] = max(0, struct.unpack("<i", operand)[0])
            case 0x2417:
                found["row_end"] = bool(number)
            case 0x244B:
                found["inner_cell"] = bool(number)
            case 0x244C:
                found["inner_row_end"] = bool(number)
            case 0xD608 if operand:
                count = operand[0]
                if len(operand) >= 1 + 2 * (count + 1):
                    found["edges"] = struct.unpack_from(f"<{count + 1}h", operand, 1)
    return _Look(**found)  # type: ignore[arg-type]


_END = 1 << 31  # behind every byte of a file


class _Runs:
    """Looks by where they begin in the file: pages of 512 bytes (2.9.33 ChpxFkp, 2.9.175 PapxFkp), read when they are asked for."""

    def __init__(self, main: bytes, table: bytes, place: tuple[int, int], paragraphs: bool, data: bytes = b"") -> None:
        content = table[place[0] : place[0] + place[1]]
        count = (len(content) - 4) // 8
        self._starts = struct.unpack_from(f"<{count + 1}I", content) if count > 0 else (0,)
        self._pages = struct.unpack_from(f"<{count}I", content, 4 * (count + 1)) if count > 0 else ()
        self._main, self._data, self._paragraphs = main, data, paragraphs
        self._read: dict[int, tuple[Sequence[int], list[tuple[int, _Look]]]] = {}

    def at(self, offset: int) -> tuple[int, _Look, int]:
        """Style, look and end of the run that holds the byte at `offset`."""
        index = bisect_right(self._starts, offset) - 1
        if not 0 <= index < len(self._pages):
            return 0, _NOTHING, max(offset + 1, self._starts[0] if index < 0 else _END)
        if index not in self._read:
            self._read[index] = self._page((self._pages[index] & 0x3FFFFF) * 512)
        bounds, looks = self._read[index]
        run = bisect_right(bounds, offset) - 1
        if not 0 <= run < len(looks):
            return 0, _NOTHING, max(offset + 1, self._starts[index + 1])
        return *looks[run], bounds[run + 1]

    def _page(self, start: int) -> tuple[Sequence[int], list[tuple[int, _Look]]]:
        page = self._main[start : start + 512]
        count = page[511]
        bounds = struct.unpack_from(f"<{count + 1}I", page)
        step = 13 if self._paragraphs else 1
        places = [page[4 * (count + 1) + step * i] * 2 for i in range(count)]
        return bounds, [self._run(page, place) for place in places]

    def _run(self, page: bytes, at: int) -> tuple[int, _Look]:
        if at == 0:
            return 0, _NOTHING
        size = page[at]
        if not self._paragraphs:
            return 0, _look(page[at + 1 : at + 1 + size])
        at, size = (at + 2, page[at + 1] * 2) if size == 0 else (at + 1, size * 2 - 1)
        style, grpprl = int.from_bytes(page[at : at + 2], "little"), page[at + 2 : at + size]
        for sprm, operand in _properties(grpprl):
            if sprm == 0x6646:  # sprmPHugePapx: the properties are in the Data stream
                place = int.from_bytes(operand, "little")
                length = int.from_bytes(self._data[place : place + 2], "little")
                grpprl += self._data[place + 2 : place + 2 + length]
        return style, _look(grpprl)


_NOTHING = _Look()


def _styles(table: bytes, place: tuple[int, int]) -> tuple[list[_Look], int | None]:
    """The looks of the styles by number, each with those it is based on (2.9.271), and the usual font."""
    content = table[place[0] : place[0] + place[1]]
    if len(content) < 20:
        return [], None
    head = int.from_bytes(content[:2], "little")
    count, base = struct.unpack_from("<HH", content, 2)
    usual = int(struct.unpack_from("<H", content, 18)[0]) if head >= 18 else None
    at = 2 + head
    stated: list[tuple[_Look, int]] = []
    for _ in range(min(count, 5000)):
        if at + 2 > len(content):
            break
        size = int.from_bytes(content[at : at + 2], "little")
        stated.append(_style(content[at + 2 : at + 2 + size], base) if size >= base else (_NOTHING, 0xFFF))
        at += 2 + size + size % 2
    return [_with_bases(stated, i) for i in range(len(stated))], usual


def _style(std: bytes, base: int) -> tuple[_Look, int]:
    kind, below = std[2] & 0x0F, int.from_bytes(std[2:4], "little") >> 4
    count = std[4] & 0x0F
    at = base + 2 + 2 * int.from_bytes(std[base : base + 2], "little") + 2
    look = _NOTHING
    for i in range(count):
        at += at % 2
        if at + 2 > len(std):
            break
        size = int.from_bytes(std[at : at + 2], "little")
        part = std[at + 2 : at + 2 + size]
        look = _look(part[2:] if kind == 1 and i == 0 else part).over(look)
        at += 2 + size
    return look, below


def _with_bases(stated: list[tuple[_Look, int]], at: int) -> _Look:
    look, seen = _NOTHING, set[int]()
    while at < len(stated) and at not in seen:
        seen.add(at)
        look = look.over(stated[at][0])
        at = stated[at][1]
    return look


def _fonts(table: bytes, place: tuple[int, int]) -> list[str]:
    """The names of the fonts by number (2.9.286)."""
    content = table[place[0] : place[0] + place[1]]
    if len(content) < 4:
        return []
    extended = content[:2] == b"\xff\xff"
    at = 6 if extended else 4
    out: list[str] = []
    while at < len(content) and len(out) < 5000:
        size = content[at]
        name = content[at + 40 : at + 1 + size]
        out.append(name.decode("utf-16-le", "replace").partition("\0")[0])
        at += 1 + size
    return out


# ------------------------------------------------------------------ text


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters `[start, end)` of the text, which stand at `offset` of the file, one or two bytes each."""

    start: int
    end: int
    offset: int
    width: int


def _pieces(table: bytes, place: tuple[int, int]) -> list[_Piece]:
    clx = table[place[0] : place[0] + place[1]]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if at >= len(clx) or clx[at] != 2:
        raise ValueError("no piece table")
    size = int.from_bytes(clx[at + 1 : at + 5], "little")
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    starts = struct.unpack_from(f"<{count + 1}I", plc)
    out: list[_Piece] = []
    for i, (start, end) in enumerate(pairwise(starts)):
        place_ = int(struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * i + 2)[0])
        compressed, offset = bool(place_ & 0x40000000), place_ & 0x3FFFFFFF
        if start < end:
            out.append(_Piece(start, end, offset // 2 if compressed else offset, 1 if compressed else 2))
    return out


@dataclass(slots=True)
class _Letters:
    """A stretch of text in one look, and where it begins."""

    start: int
    text: str
    look: _Look
    style: int
    paragraph: _Look


class _Document:
    def __init__(self, fib: _Fib, table: bytes, data: bytes) -> None:
        self._fib, self._table = fib, table
        self._pieces = _pieces(table, fib.place(_CLX))
        self._letters_look = _Runs(fib.main, table, fib.place(_CHPX), False)
        self._paragraph_look = _Runs(fib.main, table, fib.place(_PAPX), True, data)
        self._styles, self._usual = _styles(table, fib.place(_STSHF))
        self._fonts = _fonts(table, fib.place(_FFN))

    def blocks(self) -> list[Block]:
        """The header of the first page and the text with its boxes."""
        text = self._fib.count(3)
        boxes = self._boxes()
        return [*flow.header(self._header()), *self._part(0, text, boxes)]

    def _part(self, start: int, end: int, boxes: Mapping[int, list[Block]]) -> list[Block]:
        builder = _Builder(boxes)
        for letters in self._stretches(start, end):
            builder.add(letters, self._run(letters))
        return builder.done()

    def _stretches(self, start: int, end: int) -> Iterator[_Letters]:
        """The letters `[start, end)` in stretches of one look and one paragraph."""
        if end - start > _MAX_TEXT:
            raise ValueError("too long")
        for piece in self._pieces:
            at, last = max(piece.start, start), min(piece.end, end)
            while at < last:
                offset = piece.offset + (at - piece.start) * piece.width
                _, look, look_end = self._letters_look.at(offset)
                style, paragraph, paragraph_end = self._paragraph_look.at(offset)
                paragraph = paragraph.over(self._style(style))
                length = max(1, (min(look_end, paragraph_end) - offset) // piece.width)
                length = min(length, last - at)
                content = self._fib.main[offset : offset + length * piece.width]
                if len(content) < length * piece.width:
                    raise ValueError("text ends early")
                text = (
                    content.decode("cp1252", "replace") if piece.width == 1 else content.decode("utf-16-le", "replace")
                )
                yield _Letters(at, text, look, style, paragraph)
                at += length

    def _run(self, letters: _Letters) -> Run | None:
        """The stretch with its font; None where it is not shown."""
        below = self._style(letters.style)
        if letters.look.style is not None:
            below = self._style(letters.look.style).over(below)
        look = letters.look.over(below)
        if look.hidden or look.deleted:
            return None
        font = self._font(self._usual if look.font is None else look.font)
        if look.symbol is not None and letters.text == "(":
            return flow.symbol(self._font(look.symbol[0]), f"{look.symbol[1]:x}")
        return Run(letters.text, font, bool(look.capitals))

    def _style(self, number: int) -> _Look:
        return self._styles[number] if number < len(self._styles) else _NOTHING

    def _font(self, number: int | None) -> str:
        return self._fonts[number] if number is not None and number < len(self._fonts) else ""

    def _boxes(self) -> dict[int, list[Block]]:
        """Text boxes by the letter that they are anchored at."""
        anchors = {shape: at for at, shape in self._plc(_SPA, 26, lambda spa: struct.unpack_from("<I", spa)[0])}
        texts = list(self._plc(_TXBX, 22, lambda box: struct.unpack_from("<I", box, 14)[0]))
        first = sum(self._fib.count(i) for i in range(3, 9))
        last = self._fib.count(9)
        out: dict[int, list[Block]] = {}
        for (start, shape), (end, _) in pairwise([*texts, (last, 0)]):
            if shape in anchors and start < end <= last:
                out.setdefault(anchors[shape], []).extend(self._part(first + start, first + end, {}))
        return out

    def _plc(self, index: int, size: int, key: object) -> Iterator[tuple[int, int]]:
        """`(letter, key of the data)` of a table that goes with letters (2.8)."""
        offset, length = self._fib.place(index)
        content = self._table[offset : offset + length]
        count = max(0, (len(content) - 4) // (4 + size))
        starts = struct.unpack_from(f"<{count}I", content) if count else ()
        for i, start in enumerate(starts):
            yield start, key(content[4 * (count + 1) + size * i :][:size])  # type: ignore[operator]

    def _header(self) -> list[Block]:
        """The header that the first page shows: its own where the section has one, else the usual one (2.3.5)."""
        offset, length = self._fib.place(_HDD)
        count = length // 4
        ends = struct.unpack_from(f"<{count}I", self._table[offset : offset + length]) if count else ()
        first = self._fib.count(3) + self._fib.count(4)
        which = 10 if self._has_title_page() else 7
        if len(ends) <= which + 1 or not ends[which] < ends[which + 1] <= self._fib.count(5):
            return []
        return self._part(first + ends[which], first + ends[which + 1], {})

    def _has_title_page(self) -> bool:
        for _, place in self._plc(_SED, 12, lambda sed: struct.unpack_from("<I", sed, 2)[0]):
            size = int.from_bytes(self._fib.main[place : place + 2], "little")
            grpprl = self._fib.main[place + 2 : place + 2 + size]
            return any(sprm == 0x300A and operand[:1] == b"\x01" for sprm, operand in _properties(grpprl))
        return False


# ------------------------------------------------------------------ blocks

_SHOWN = str.maketrans(
    {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "\u00ad"} | dict.fromkeys(map(chr, (*range(1, 7), 8)), "")
)
_CELL, _PARAGRAPH, _PAGE = "\x07", "\r", "\x0c"

_Row = list[tuple[int, list[Block]]]


@dataclass(slots=True)
class _Level:
    """A table under way: its rows, the cells of the row, the blocks of the cell."""

    rows: list[_Row] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class _Builder:
    """Blocks from stretches of text: paragraphs end at their marks, cells and rows at theirs, tables where their depth ends."""

    def __init__(self, boxes: Mapping[int, list[Block]]) -> None:
        self._boxes = boxes
        self._levels = [_Level()]
        self._runs: list[Run] = []
        self._own: list[list[Block]] = []
        self._fields: list[bool] = []  # whether the code of each field around is still being read

    def add(self, letters: _Letters, run: Run | None) -> None:
        start = 0
        for i, letter in enumerate(letters.text):
            if letter in "\x13\x14\x15":
                self._text(letters, run, start, i)
                start = i + 1
                self._field(letter)
            elif letter == "\x08":
                self._own += [box] if (box := self._boxes.get(letters.start + i)) else []
            elif letter in (_CELL, _PARAGRAPH, _PAGE):
                self._text(letters, run, start, i)
                start = i + 1
                self._end(letter, letters)
        self._text(letters, run, start, len(letters.text))

    def _text(self, letters: _Letters, run: Run | None, start: int, end: int) -> None:
        if run is not None and start < end and not any(self._fields):
            text = run.text if run.text != letters.text and len(letters.text) == 1 else run.text[start:end]
            self._runs.append(Run(text.translate(_SHOWN), run.font, run.capitals))

    def _field(self, mark: str) -> None:
        """A field is its code, a separator, its result; only the result is shown (2.8.25)."""
        if mark == "\x13":
            self._fields.append(True)
        elif self._fields and mark == "\x14":
            self._fields[-1] = False
        elif self._fields:
            self._fields.pop()

    def _end(self, mark: str, letters: _Letters) -> None:
        look = letters.paragraph
        depth = look.depth or 0
        if mark == _CELL:
            depth = max(1, depth)
        self._to_depth(min(depth, flow.MAX_DEPTH))
        level = self._levels[-1]
        if (look.row_end and mark == _CELL) or look.inner_row_end:
            level.rows.append(_row(level, look.edges))
            level.cells, level.blocks = [], []
            self._runs, self._own = [], []
            return
        level.blocks.append(Paragraph(tuple(self._runs), look.centered, tuple(self._own)))
        self._runs, self._own = [], []
        if mark == _CELL or look.inner_cell:
            level.cells.append(level.blocks)
            level.blocks = []

    def _to_depth(self, depth: int) -> None:
        while len(self._levels) - 1 > depth:
            self._close()
        while len(self._levels) - 1 < depth:
            self._levels.append(_Level())

    def _close(self) -> None:
        level = self._levels.pop()
        if level.blocks:
            level.cells.append(level.blocks)
        if level.cells:
            level.rows.append(_row(level, ()))
        if level.rows:
            self._levels[-1].blocks.append(flow.placed(level.rows, _TOLERANCE))

    def done(self) -> list[Block]:
        if self._runs or self._own:
            self._to_depth(0)
            self._levels[0].blocks.append(Paragraph(tuple(self._runs), None, tuple(self._own)))
        self._to_depth(0)
        return self._levels[0].blocks


def _row(level: _Level, edges: Sequence[int]) -> _Row:
    """The cells with their left edges in twips; where those are not stated, in their order."""
    known = edges if len(edges) > len(level.cells) - 1 and level.cells else range(0, 10_000 * len(level.cells), 10_000)
    return list(zip(known, level.cells, strict=False))


def _old(main: bytes) -> Iterator[Block]:
    """Word 6 and 95: one byte a letter, in one piece; cells that follow each other are a row."""
    start, end = struct.unpack_from("<II", main, 24)
    length = struct.unpack_from("<i", main, 52)[0]
    text = main[start : min(end, start + max(0, length))].decode("cp1252", "replace")
    if not text or len(text) > _MAX_TEXT:
        raise ValueError("no text")
    builder = _Builder({})
    for paragraph in text.replace("\x07\x07", "\x07\r").split("\r"):
        *cells, rest = paragraph.split(_CELL)
        if not cells:
            builder.add(_Letters(0, rest + "\r", _NOTHING, 0, _NOTHING), Run(rest + "\r"))
            continue
        yield from builder.done()
        builder = _Builder({})
        yield flow.placed(
            [[(10_000 * i, [Paragraph([Run(c.translate(_SHOWN))])]) for i, c in enumerate(cells)]], _TOLERANCE
        )
    yield from builder.done()
