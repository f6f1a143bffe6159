"""Word documents (.docx, .docm, .dotx and Word's XML of 2003): what the page shows, read from the XML itself.

Shown is: the header of the first page, then the body, tables and text boxes in their places; insertions, results of fields, text
of links. Not shown: deletions, hidden text, field codes, footnotes. A text box that Word stores twice (for old and new versions)
is read once. Macros are never looked at. Elements are told by their local names: Word has three namespaces for the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vanthu_classifier.kept import Kept
from vanthu_classifier.readers import flow, packed
from vanthu_classifier.readers.flow import Block, Cell, Paragraph, Run, Table
from vanthu_classifier.readers.page import Line

__all__ = ["lines", "lines_of_xml"]


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of the first page's header and of the body; `UnreadableFileError` where the file is damaged or hostile."""
    with packed.opened(path) as archive:
        main = _main(archive)
        root = archive.xml(main)
        body = None if root is None else _child(root, "body")
        if body is None:
            raise packed.spoilt(path)
        folder, _, name = main.rpartition("/")
        styles = _Styles(archive.xml(f"{folder}/styles.xml"))
        headers = _headers(archive, body, folder, name)
    header = flow.header([block for part in headers for block in _blocks(part, styles, 0)])
    return flow.lines([*header, *_blocks(body, styles, 0)])


def lines_of_xml(path: Path) -> tuple[Line, ...]:
    """The lines of a document that Word 2003 saved as one XML file; `UnreadableFileError` as `lines`."""
    if path.stat().st_size > packed.MAX_XML:
        raise packed.too_large(path)
    root = packed.parsed(path.read_bytes(), path)
    body = next((part for part in root.iter() if _name(part) == "body"), None)
    if body is None:
        raise packed.spoilt(path)
    styles = _Styles(next((part for part in root.iter() if _name(part) == "styles"), None))
    return flow.lines(_blocks(body, styles, 0))


def _main(archive: packed.Archive) -> str:
    rels = archive.xml("_rels/.rels")
    for rel in [] if rels is None else rels:
        if rel.get("Type", "").endswith("/officeDocument"):
            return str(rel.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _headers(archive: packed.Archive, body: Any, folder: str, name: str) -> list[Any]:
    """The header that the first page shows: its own where the section has one ("titlePg"), else the usual one."""
    section = next(body.iter("{*}sectPr"), None)
    if section is None:
        return []
    title_page = _child(section, "titlePg")
    wanted = "default" if title_page is None or not _is_on(title_page) else "first"
    ids = [
        _value(part, "id") for part in section if _name(part) == "headerReference" and _value(part, "type") == wanted
    ]
    rels = archive.xml(f"{folder}/_rels/{name}.rels")
    targets = (
        {}
        if rels is None
        else {rel.get("Id"): rel.get("Target", "") for rel in rels if rel.get("TargetMode") != "External"}
    )
    found = (archive.xml(_within(folder, targets[i])) for i in ids if i in targets)
    return [part for part in found if part is not None]


def _within(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"


# ------------------------------------------------------------------ names


_LOCAL: Kept[Any, str] = Kept(lambda tag: tag.rpartition("}")[2] if isinstance(tag, str) else "")
"""Names without their namespaces; comments and processing instructions have none."""


def _name(element: Any) -> str:
    return _LOCAL[element.tag]


def _child(element: Any, name: str) -> Any | None:
    for child in element:
        if _LOCAL[child.tag] == name:
            return child
    return None


def _value(element: Any | None, name: str = "val") -> str | None:
    """An attribute by its local name."""
    if element is not None:
        for key, value in element.attrib.items():
            if _LOCAL[key] == name:
                return str(value)
    return None


def _is_on(element: Any) -> bool:
    """Whether a property that is there is on."""
    return _value(element) not in ("0", "false", "off", "none")


# ------------------------------------------------------------------ styles


@dataclass(frozen=True, slots=True)
class _Look:
    """What properties say of letters and paragraphs; None where they say nothing."""

    font: str | None = None
    capitals: bool | None = None
    hidden: bool | None = None
    centered: bool | None = None

    def over(self, below: _Look) -> _Look:
        """This look, and `below` where it says nothing."""
        if self is _NOTHING:
            return below
        return _Look(
            self.font or below.font,
            below.capitals if self.capitals is None else self.capitals,
            below.hidden if self.hidden is None else self.hidden,
            below.centered if self.centered is None else self.centered,
        )


_NOTHING = _Look()


def _look(holder: Any) -> _Look:
    """The look that an element's `rPr` and `pPr` state."""
    letters, paragraph = _child(holder, "rPr"), _child(holder, "pPr")
    align = None if paragraph is None else _value(_child(paragraph, "jc"))
    centered = None if align is None else align == "center"
    return replace(_letters_look(letters), centered=centered)


def _letters_look(properties: Any | None) -> _Look:
    """The look that the properties of letters (`rPr`) state."""
    font, capitals, hidden = None, None, None
    for child in () if properties is None else properties:
        match _LOCAL[child.tag]:
            case "rFonts":
                font = _value(child, "hAnsi") or _value(child, "h-ansi") or _value(child, "ascii")
            case "caps":
                capitals = _is_on(child)
            case "vanish":
                hidden = _is_on(child)
    return _Look(font, capitals, hidden) if font or capitals is not None or hidden is not None else _NOTHING


class _Styles:
    """The looks of the styles by their ids, each with those it is based on."""

    def __init__(self, root: Any | None) -> None:
        styles = [] if root is None else [part for part in root if _name(part) == "style"]
        self._stated: Mapping[str, tuple[_Look, str | None]] = {
            _value(style, "styleId") or "": (_look(style), _value(_child(style, "basedOn"))) for style in styles
        }
        self._resolved: dict[str | None, _Look] = {}
        defaults = None if root is None else _child(root, "docDefaults")
        letters = None if defaults is None else _child(defaults, "rPrDefault")
        self._base = _NOTHING if letters is None else _look(letters)
        default = (
            s for s in styles if _value(s, "type") == "paragraph" and _value(s, "default") in ("1", "true", "on")
        )
        self._default = next((_value(style, "styleId") for style in default), None)

    def paragraph(self, style: str | None) -> _Look:
        """The look of a paragraph's style; of the document's usual one for None."""
        return self.letters(style or self._default).over(self._base)

    def letters(self, style: str | None) -> _Look:
        """The look of a style and of those below it."""
        if style not in self._resolved:
            look, seen, at = _NOTHING, set(), style
            while at is not None and at in self._stated and at not in seen:
                seen.add(at)
                stated, at = self._stated[at]
                look = look.over(stated)
            self._resolved[style] = look
        return self._resolved[style]


# ------------------------------------------------------------------ blocks

_HOLDERS = {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "sect", "sub-section", "txbxContent"}


def _blocks(element: Any, styles: _Styles, depth: int) -> Iterator[Block]:
    if depth > 4 * flow.MAX_DEPTH:
        return
    for child in element:
        name = _name(child)
        if name == "p":
            yield _paragraph(child, styles, depth)
        elif name == "tbl":
            yield Table([list(_cells(row, styles, depth)) for row in _rows(child)])
        elif name in _HOLDERS:
            yield from _blocks(child, styles, depth + 1)


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if _name(child) == "tr":
            yield child
        elif _name(child) in _HOLDERS:
            yield from _rows(child)


def _cells(row: Any, styles: _Styles, depth: int) -> Iterator[Cell]:
    """The cells of a row; one that goes on from the row above is empty, and the column counts what merged cells cover."""
    properties = _child(row, "trPr")
    column = int(_value(None if properties is None else _child(properties, "gridBefore")) or 0)
    for cell in _held(row, "tc"):
        own = _child(cell, "tcPr")
        merged = None if own is None else _child(own, "vMerge")
        begins = merged is None or _value(merged) == "restart"
        yield Cell(column, list(_blocks(cell, styles, depth + 1)) if begins else [])
        span = _value(None if own is None else _child(own, "gridSpan"))
        column += int(span) if span and span.isdigit() else 1


def _held(element: Any, wanted: str) -> Iterator[Any]:
    for child in element:
        if _name(child) == wanted:
            yield child
        elif _name(child) in _HOLDERS:
            yield from _held(child, wanted)


def _paragraph(paragraph: Any, styles: _Styles, depth: int) -> Paragraph:
    properties = _child(paragraph, "pPr")
    style = None if properties is None else _value(_child(properties, "pStyle"))
    align = None if properties is None else _value(_child(properties, "jc"))
    look = styles.paragraph(style)
    return Paragraph(
        runs=list(_runs(paragraph, look, styles)),
        centered=look.centered if align is None else align == "center",
        boxes=[list(_blocks(box, styles, depth + 1)) for box in _boxes(paragraph)] if depth < flow.MAX_DEPTH else [],
    )


_INSIDE = _HOLDERS | {"hyperlink", "hlink", "fldSimple", "dir", "bdo", "annotation", "content"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad", "ptab": "\t"}


def _runs(element: Any, look: _Look, styles: _Styles) -> Iterator[Run]:
    for child in element:
        name = _name(child)
        if name == "annotation" and _value(child, "type") == "Word.Deletion":
            continue
        if name == "r":
            yield from _letters(child, look, styles)
        elif name in _INSIDE:
            yield from _runs(child, look, styles)


def _letters(run: Any, look: _Look, styles: _Styles) -> Iterator[Run]:
    properties = _child(run, "rPr")
    if properties is not None:
        style = _value(_child(properties, "rStyle"))
        look = _letters_look(properties).over(styles.letters(style).over(look) if style else look)
    if look.hidden:
        return
    font, capitals = look.font or "", bool(look.capitals)
    for child in run:
        name = _LOCAL[child.tag]
        if name == "t":
            yield Run(child.text or "", font, capitals)
        elif name in _SIGNS:
            yield Run(_SIGNS[name], font, capitals)
        elif name == "sym":
            yield flow.symbol(_value(child, "font") or "", _value(child, "char") or "", capitals)


def _boxes(paragraph: Any) -> list[Any]:
    """The text boxes that are anchored in a paragraph itself, not in another box; the newer of two spellings."""
    out: list[Any] = []
    if next(paragraph.iter("{*}txbxContent"), None) is None:
        return out
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        name = _name(element)
        if name == "txbxContent":
            out.append(element)
        elif name == "AlternateContent":
            choice = [part for part in element if _name(part) == "Choice"]
            newer = [part for part in choice if any(_name(inner) == "txbxContent" for inner in part.iter())]
            waiting += newer[:1] or [part for part in element if _name(part) == "Fallback"]
        elif name not in ("del", "moveFrom"):
            waiting.extend(reversed(element))
    return out
