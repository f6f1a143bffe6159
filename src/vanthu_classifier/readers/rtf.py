r"""Rich Text Format (.rtf, and many a .doc): text with the fonts and tables that its control words state.

Microsoft's RTF specification 1.9.1. A file is groups in braces, control words and bytes. Read are: the header of the first page, paragraphs,
tables (nested ones too), results of fields, text boxes, `\u` letters, bytes by the code page of their font (`\fcharset163` is Vietnamese).
Not shown are deletions, hidden text, pictures, footnotes and whatever a reader may ignore (`\*`). The file is read in one pass without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.legacy import font_of
from vanthu_classifier.readers import flow
from vanthu_classifier.readers.flow import Block, Paragraph, Run
from vanthu_classifier.readers.page import Line

__all__ = ["lines"]

_MAX_BYTES = 200_000_000
_MAX_GROUPS = 5_000  # inside each other
_MAX_RUNS = 4_000_000
_TOLERANCE = 120  # twips by which the edges of one column differ


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of the first page's header and of the text, boxes behind the paragraph that holds them.

    `UnreadableFileError` where the file is damaged, or nested deeper than any document is.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError("Tệp quá lớn (hơn 200 MB).", remedy="Bỏ bớt ảnh hoặc tách tệp.", path=path)
    reader = _Reader()
    try:
        reader.read(path.read_bytes().decode("latin-1"))
    except _TooDeepError as e:
        raise UnreadableFileError(
            "Tệp RTF lồng quá nhiều lớp, có thể là tệp phá hoại.",
            remedy="Không mở tệp này nếu không rõ nơi gửi; nếu là văn bản, lưu lại bằng Word rồi chạy lại.",
            path=path,
        ) from e
    return flow.lines([*flow.header(reader.header()), *reader.text()])


class _TooDeepError(Exception):
    pass


_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?"  # a control word
    r"|\\'([0-9a-fA-F]{2})"  # a byte
    r"|\\([^a-zA-Z])"  # a control symbol
    r"|([{}])"
    r"|([^\\{}\r\n]+)"
)
_CODE_PAGES = {
    0: "cp1252", 2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_LETTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n", "lbr": "\n",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "-", "-": "\u00ad"}
_SKIPPED = {
    "stylesheet", "colortbl", "info", "pict", "object", "footer", "footerl", "footerr", "footerf", "footnote", "annotation",
    "fldinst", "xe", "tc", "rxe", "nonshppict", "shprslt", "sp", "filetbl", "listtable", "revtbl", "rsidtbl", "generator",
    "themedata", "colorschememapping", "datastore", "latentstyles", "mmathPr", "header", "headerl", "bkmkstart", "bkmkend",
    "objdata", "objclass", "template", "pgptbl", "listpicture", "background", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "upr",
}  # fmt: skip
_KEPT = {"shpinst", "shptxt", "shp", "do", "fldrslt", "listtext", "pntext", "nesttableprops", "result", "ud"}
"""Groups that a reader may ignore and that show text, or lead to some."""


class _State(NamedTuple):
    """What holds inside a group; `into` is what its text is for: "" the page, "skip" nothing."""

    font: int | None = None
    capitals: bool = False
    hidden: bool = False
    deleted: bool = False
    skip: bool = False
    into: str = ""
    fallback: int = 1  # letters that stand in for a \u one
    opening: bool = False  # nothing was read in the group yet
    ignorable: bool = False  # the group began with \*
    depth: int = 0  # of tables around the paragraph
    centered: bool | None = None


@dataclass(slots=True)
class _Level:
    """A table under way: rows, the cells of the row, the blocks of the cell."""

    rows: list[list[tuple[int, list[Block]]]] = field(default_factory=list)
    cells: list[list[Block]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)  # right ones


@dataclass(slots=True)
class _Story:
    """The blocks of the page, of a header or of a box, and the paragraph that is under way."""

    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    runs: list[Run] = field(default_factory=list)
    boxes: list[list[Block]] = field(default_factory=list)

    def end_paragraph(self, depth: int = 0, centered: bool | None = None) -> None:
        self._to_depth(min(depth, flow.MAX_DEPTH))
        self.levels[-1].blocks.append(Paragraph(tuple(self.runs), centered, tuple(self.boxes)))
        self.runs, self.boxes = [], []

    def end_cell(self, depth: int, centered: bool | None) -> None:
        self.end_paragraph(depth, centered)
        level = self.levels[-1]
        level.cells.append(level.blocks)
        level.blocks = []

    def end_row(self, depth: int, edges: Sequence[int]) -> None:
        self._to_depth(min(depth, flow.MAX_DEPTH))
        level = self.levels[-1]
        if level.cells:
            starts = [0, *edges] if len(edges) >= len(level.cells) else range(0, 10_000 * len(level.cells), 10_000)
            level.rows.append(list(zip(starts, level.cells, strict=False)))
        level.cells, level.blocks = [], []

    def _to_depth(self, depth: int) -> None:
        while len(self.levels) - 1 > depth:
            self._close()
        while len(self.levels) - 1 < depth:
            self.levels.append(_Level())

    def _close(self) -> None:
        level = self.levels.pop()
        if level.blocks:
            level.cells.append(level.blocks)
        self.levels.append(level)
        self.end_row(len(self.levels) - 1, ())
        self.levels.pop()
        if level.rows:
            self.levels[-1].blocks.append(flow.placed(level.rows, _TOLERANCE))

    def done(self) -> list[Block]:
        if self.runs or self.boxes:
            self.end_paragraph()
        self._to_depth(0)
        return self.levels[0].blocks


@dataclass(slots=True)
class _Font:
    name: str = ""
    page: str | None = None


class _Reader:
    def __init__(self) -> None:
        self._state = _State()
        self._groups: list[tuple[_State, _Story]] = []
        self._page = "cp1252"
        self._usual: int | None = None
        self._fonts: dict[int, _Font] = {}
        self._story = _Story()
        self._main = self._story
        self._headers: dict[str, _Story] = {}
        self._title_page = False
        self._edges: list[int] = []
        self._standing_in = 0  # letters still to be left out behind \u
        self._high = 0  # first half of a letter beyond U+FFFF
        self._bytes = bytearray()
        self._count = 0

    def header(self) -> list[Block]:
        """The header that the first page shows: its own where the file says so ("\\titlepg"), else the usual one."""
        wanted = ("headerf",) if self._title_page else ("headerr", "header")
        return next((self._headers[name].done() for name in wanted if name in self._headers), [])

    def text(self) -> list[Block]:
        return self._main.done()

    def read(self, source: str) -> None:
        at = 0
        while found := _TOKEN.search(source, at):
            at = found.end()
            word, number, byte, sign, brace, text = found.groups()
            if byte is not None:
                self._byte(int(byte, 16))
                continue
            if text is not None:
                self._plain(text)
                continue
            self._flush()
            if brace == "{":
                self._open()
            elif brace == "}":
                if not self._groups:
                    break
                self._close()
            elif word is not None:
                if word == "bin":
                    at += max(0, int(number or 0))
                self._word(word, None if number is None else int(number))
            elif sign is not None:
                self._sign(sign)
        self._flush()

    # ---------------------------------------------------------------- groups

    def _open(self) -> None:
        if len(self._groups) >= _MAX_GROUPS:
            raise _TooDeepError
        self._groups.append((self._state, self._story))
        self._state = self._state._replace(opening=True, ignorable=False)
        self._standing_in = 0

    def _close(self) -> None:
        ended = self._state
        self._state, story = self._groups.pop()
        if story is not self._story:
            box = self._story.done() if ended.into == "box" else []
            self._story = story
            if box:
                self._story.boxes.append(box)
        self._standing_in = 0

    def _word(self, word: str, number: int | None) -> None:
        state = self._state
        if state.opening:
            self._state = state._replace(opening=False)
            if self._destination(word):
                return
        if self._state.skip and word not in ("ud",):
            return
        if word == "u" and number is not None:
            self._unicode(number)
        elif word in _LETTERS:
            self._text(_LETTERS[word])
        elif word in _WORDS:
            _WORDS[word](self, 1 if number is None else number)

    def _destination(self, word: str) -> bool:
        """Whether the first word of a group says that its text is for something else than the page."""
        state = self._state
        if word in ("header", "headerf", "headerr") and not state.skip:
            self._state = state._replace(into="header", hidden=False, deleted=False, depth=0, centered=None)
            self._story = self._headers.setdefault(word, _Story())
            return True
        if word in ("shptxt", "dptxbxtext") and not state.skip:
            self._state = state._replace(into="box", depth=0, centered=None)
            self._story = _Story()
            return True
        if word == "fonttbl":
            self._state = state._replace(into="fonts", skip=False)
            return True
        if word == "ud":  # the Unicode spelling of an \upr group
            self._state = state._replace(skip=bool(self._groups) and len(self._groups) > 1 and self._groups[-2][0].skip)
            return True
        if word in _SKIPPED or (state.ignorable and word not in _KEPT):
            self._state = self._state._replace(skip=True)
            return True
        return False

    def _sign(self, sign: str) -> None:
        if sign == "*" and self._state.opening:
            self._state = self._state._replace(ignorable=True)
        elif sign in _SYMBOLS:
            self._text(_SYMBOLS[sign])
        elif sign in "\r\n":
            self._paragraph(1)
        elif sign in "\\{}":
            self._plain(sign)

    # ---------------------------------------------------------------- letters

    def _byte(self, byte: int) -> None:
        self._touch()
        if self._standing_in:
            self._standing_in -= 1
        elif not self._state.skip:
            self._bytes.append(byte)

    def _plain(self, text: str) -> None:
        self._touch()
        if self._standing_in:
            left_out = min(self._standing_in, len(text))
            self._standing_in -= left_out
            text = text[left_out:]
        if text and not self._state.skip:
            self._bytes += text.encode("latin-1", "replace")

    def _touch(self) -> None:
        if self._state.opening:
            self._state = self._state._replace(opening=False)

    def _flush(self) -> None:
        """The bytes so far as letters: by the code page of their font; those of a legacy font as the Western page shows them."""
        if not self._bytes:
            return
        content, self._bytes = bytes(self._bytes), bytearray()
        font = self._fonts.get(self._font()) if self._state.into != "fonts" else None
        page = (font and font.page) or self._page
        if font and font_of(font.name):
            page = "latin-1"
        self._text(content.decode(page, "replace"))

    def _unicode(self, number: int) -> None:
        code = number & 0xFFFF
        self._standing_in = self._state.fallback
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00 if self._high else 0xFFFD
        self._high = 0
        self._text(chr(code))

    def _text(self, text: str) -> None:
        state = self._state
        if state.skip or state.hidden or state.deleted:
            return
        if state.into == "fonts":
            self._fonts.setdefault(self._font(), _Font()).name += text.partition(";")[0]
            return
        if state.into == "list":
            text = text.replace("\t", " ")
        self._count += 1
        if self._count > _MAX_RUNS:
            raise _TooDeepError
        font = self._fonts.get(self._font())
        self._story.runs.append(Run(text, font.name if font else "", state.capitals))

    def _font(self) -> int:
        return (self._usual or 0) if self._state.font is None else self._state.font

    # ---------------------------------------------------------------- control words

    def _paragraph(self, _: int) -> None:
        if self._state.into != "fonts":
            self._story.end_paragraph(self._state.depth, self._state.centered)

    def _trowd(self, _: int) -> None:
        self._edges = []

    def _cellx(self, number: int) -> None:
        self._edges.append(number)

    def _cell(self, _: int) -> None:
        self._story.end_cell(1, self._state.centered)

    def _row(self, _: int) -> None:
        self._story.end_row(1, self._edges)

    def _nestcell(self, _: int) -> None:
        self._story.end_cell(max(2, self._state.depth), self._state.centered)

    def _nestrow(self, _: int) -> None:
        self._story.end_row(max(2, self._state.depth), self._edges)

    def _set(self, **what: object) -> None:
        self._state = self._state._replace(**what)  # type: ignore[arg-type]

    def _fcharset(self, number: int) -> None:
        self._fonts.setdefault(self._font(), _Font()).page = _CODE_PAGES.get(number)

    def _ansicpg(self, number: int) -> None:
        try:
            b"".decode(f"cp{number}")
        except LookupError:
            return
        self._page = f"cp{number}"


_WORDS: dict[str, Callable[[_Reader, int], None]] = {
    "par": _Reader._paragraph, "page": _Reader._paragraph, "sect": _Reader._paragraph, "column": _Reader._paragraph,
    "trowd": _Reader._trowd, "cellx": _Reader._cellx,
    "cell": _Reader._cell, "row": _Reader._row, "nestcell": _Reader._nestcell, "nestrow": _Reader._nestrow,
    "ansicpg": _Reader._ansicpg, "fcharset": _Reader._fcharset,
    "f": lambda r, n: r._set(font=n),
    "titlepg": lambda r, n: setattr(r, "_title_page", True),
    "deff": lambda r, n: setattr(r, "_usual", n),
    "plain": lambda r, n: r._set(font=None, capitals=False, hidden=False, deleted=False),
    "caps": lambda r, n: r._set(capitals=bool(n)),
    "v": lambda r, n: r._set(hidden=bool(n)),
    "deleted": lambda r, n: r._set(deleted=bool(n)),
    "uc": lambda r, n: r._set(fallback=max(0, min(n, 10))),
    "listtext": lambda r, n: r._set(into="list"),
    "pntext": lambda r, n: r._set(into="list"),
    "pard": lambda r, n: r._set(depth=0, centered=None),
    "intbl": lambda r, n: r._set(depth=max(1, r._state.depth)),
    "itap": lambda r, n: r._set(depth=max(0, n)),
    "qc": lambda r, n: r._set(centered=True),
    "ql": lambda r, n: r._set(centered=False),
    "qr": lambda r, n: r._set(centered=False),
    "qj": lambda r, n: r._set(centered=False),
}  # fmt: skip
