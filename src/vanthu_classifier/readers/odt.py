"""OpenDocument text (.odt, .ott and the flat .fodt): what LibreOffice shows, read from the XML itself.

Fonts, capitals and alignment stand in styles, which are based on others; a run's font is looked for in its own style, then in its
paragraph's. Deletions of tracked changes, notes and comments are left out. A row that says it is repeated a million times is read once.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu_classifier.readers import flow, packed
from vanthu_classifier.readers.flow import Block, Cell, Paragraph, Run, Table
from vanthu_classifier.readers.page import Line

__all__ = ["lines"]


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of the first page's header and of the text; `UnreadableFileError` where the file is damaged or hostile."""
    if not zipfile.is_zipfile(path):
        if path.stat().st_size > packed.MAX_XML:
            raise packed.too_large(path)
        root = packed.parsed(path.read_bytes(), path)
        return _lines(root, root, path)
    with packed.opened(path) as archive:
        content, styles = archive.xml("content.xml"), archive.xml("styles.xml")
    if content is None:
        raise packed.spoilt(path)
    return _lines(content, styles, path)


def _lines(content: Any, styles: Any | None, path: Path) -> tuple[Line, ...]:
    text = next((e for e in content.iter() if _name(e) == "text" and _prefix(e) == "office"), None)
    if text is None:
        raise packed.spoilt(path)
    looks = _Styles([root for root in (styles, content) if root is not None])
    header = flow.header([b for part in _headers(styles, content, text) for b in _blocks(part, looks, 0)])
    return flow.lines([*header, *_blocks(text, looks, 0)])


_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {f"{_NAMESPACE}{p}:1.0": p for p in ("office", "style", "text", "table", "drawing")}
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _prefix(element: Any) -> str:
    return _PREFIXES.get(element.tag[1:].partition("}")[0], "")


def _value(element: Any, name: str, prefix: str) -> str | None:
    found = element.get(f"{{{_NAMESPACE}{prefix}:1.0}}{name}")
    return None if found is None else str(found)


def _headers(styles: Any | None, content: Any, text: Any) -> list[Any]:
    """The header of the first page: of the page style that the first paragraph asks for, else of the usual one."""
    if styles is None:
        return []
    named = {_value(e, "name", "style"): e for e in content.iter() if _name(e) == "style"}
    first = next((e for e in text if _name(e) in ("p", "h", "table")), None)
    prefix = "table" if first is not None and _name(first) == "table" else "text"
    style = None if first is None else named.get(_value(first, "style-name", prefix))
    wanted = (None if style is None else _value(style, "master-page-name", "style")) or "Standard"
    masters = {_value(e, "name", "style"): e for e in styles.iter() if _name(e) == "master-page"}
    master = masters.get(wanted, next(iter(masters.values()), None))
    parts = [] if master is None else [part for part in master if _value(part, "display", "style") != "false"]
    own = [part for part in parts if _name(part) == "header-first"]
    return own or [part for part in parts if _name(part) == "header"]


# ------------------------------------------------------------------ styles


@dataclass(frozen=True, slots=True)
class _Look:
    font: str | None = None
    capitals: bool | None = None
    hidden: bool | None = None
    centered: bool | None = None

    def over(self, below: _Look) -> _Look:
        """This look, and `below` where it says nothing."""
        return _Look(
            self.font or below.font,
            below.capitals if self.capitals is None else self.capitals,
            below.hidden if self.hidden is None else self.hidden,
            below.centered if self.centered is None else self.centered,
        )


_NOTHING = _Look()


class _Styles:
    def __init__(self, roots: list[Any]) -> None:
        self._faces: dict[str, str] = {}
        self._stated: dict[tuple[str, str], tuple[_Look, str | None]] = {}
        self._defaults: dict[str, _Look] = {}
        self._resolved: dict[tuple[str, str], _Look] = {}
        for element in (e for root in roots for e in root.iter()):
            name = _name(element)
            if name == "font-face":
                face = element.get("{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}font-family") or ""
                self._faces[_value(element, "name", "style") or ""] = face.strip("'\" ")
            elif name == "default-style":
                self._defaults[_value(element, "family", "style") or ""] = self._look(element)
            elif name == "style":
                key = (_value(element, "family", "style") or "", _value(element, "name", "style") or "")
                self._stated[key] = (self._look(element), _value(element, "parent-style-name", "style"))

    def _look(self, style: Any) -> _Look:
        look = _NOTHING
        for part in style:
            if _name(part) == "text-properties":
                face = _value(part, "font-name", "style")
                font = self._faces.get(face, face) if face else (part.get(f"{_FO}font-family") or "").strip("'\" ")
                transform, display = part.get(f"{_FO}text-transform"), _value(part, "display", "text")
                shown = None if display is None else display == "none"
                capitals = None if transform is None else transform == "uppercase"
                look = _Look(font or None, capitals, shown).over(look)
            elif _name(part) == "paragraph-properties" and part.get(f"{_FO}text-align"):
                look = _Look(centered=part.get(f"{_FO}text-align") == "center").over(look)
        return look

    def look(self, family: str, name: str | None) -> _Look:
        """The look of a style and of those it is based on."""
        key = (family, name or "")
        if key not in self._resolved:
            look, seen, at = _NOTHING, set(), name
            while at is not None and (family, at) in self._stated and at not in seen:
                seen.add(at)
                stated, at = self._stated[family, at]
                look = look.over(stated)
            self._resolved[key] = look.over(self._defaults.get(family, _NOTHING))
        return self._resolved[key]


# ------------------------------------------------------------------ blocks

_HOLDERS = {"section", "list", "list-item", "list-header", "index-body", "text-box", "frame", "table-of-content", "g", "custom-shape", "rect"}  # fmt: skip
_ROWS = {"table-rows", "table-header-rows", "table-row-group"}


def _blocks(element: Any, styles: _Styles, depth: int) -> Iterator[Block]:
    if depth > 4 * flow.MAX_DEPTH:
        return
    for child in element:
        name = _name(child)
        if name in ("p", "h"):
            yield _paragraph(child, styles, depth)
        elif name == "table":
            yield Table([list(_cells(row, styles, depth)) for row in _rows(child)])
        elif name in _HOLDERS:
            yield from _blocks(child, styles, depth + 1)


def _rows(element: Any) -> Iterator[Any]:
    for child in element:
        if _name(child) == "table-row":
            yield child
        elif _name(child) in _ROWS:
            yield from _rows(child)


def _cells(row: Any, styles: _Styles, depth: int) -> Iterator[Cell]:
    column = 0
    for cell in row:
        if _name(cell) in ("table-cell", "covered-table-cell"):
            repeated = _value(cell, "number-columns-repeated", "table") or "1"
            if _name(cell) == "table-cell":
                yield Cell(column, list(_blocks(cell, styles, depth + 1)))
            column += int(repeated) if repeated.isdigit() else 1


def _paragraph(paragraph: Any, styles: _Styles, depth: int) -> Paragraph:
    look = styles.look("paragraph", _value(paragraph, "style-name", "text"))
    boxes: list[list[Block]] = []
    runs = list(_runs(paragraph, look, styles, depth, boxes))
    return Paragraph(runs, look.centered, boxes)


_SIGNS = {"tab": "\t", "line-break": "\n"}
_LEFT_OUT = {"note", "annotation", "tracked-changes", "ruby-text", "deletion"}


def _runs(element: Any, look: _Look, styles: _Styles, depth: int, boxes: list[list[Block]]) -> Iterator[Run]:
    """The runs of an element; text boxes found on the way go to `boxes`."""
    if depth > 8 * flow.MAX_DEPTH:
        return
    yield from _run(element.text, look)
    for child in element:
        name = _name(child)
        if name == "s":
            count = _value(child, "c", "text") or "1"
            yield from _run(" " * min(int(count) if count.isdigit() else 1, 200), look, kept=True)
        elif name in _SIGNS:
            yield from _run(_SIGNS[name], look, kept=True)
        elif name in _HOLDERS:
            found = list(_blocks(child, styles, depth + 1))
            boxes.extend([found] if found else [])
        elif name == "span":
            own = styles.look("text", _value(child, "style-name", "text"))
            yield from _runs(child, own.over(look), styles, depth + 1, boxes)
        elif name and name not in _LEFT_OUT:
            yield from _runs(child, look, styles, depth + 1, boxes)
        yield from _run(child.tail, look)


def _run(text: str | None, look: _Look, *, kept: bool = False) -> Iterator[Run]:
    """Blanks and line breaks of the XML are one blank, those of the text are elements of their own."""
    if text and not look.hidden:
        yield Run(text if kept else _collapsed(text), look.font or "", bool(look.capitals))


def _collapsed(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)
