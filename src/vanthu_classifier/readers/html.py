"""Pages (.html, .mht, Word's "Save as web page", and many a .doc or .xls): the text that a browser would show.

The bytes are decoded by their mark, by what the page itself says, else as a text file's are. Scripts, styles and what is hidden are left out,
nothing is fetched. Fonts and capitals come from `font`, from styles of an element, and from the page's own style sheet as far as its rules name an
element or a class, which is what Word writes.
"""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers import flow, txt
from vanthu_classifier.readers.flow import Block, Cell, Paragraph, Run, Table
from vanthu_classifier.readers.page import Line

__all__ = ["decoded", "lines", "tables"]

_MAX_BYTES = 64_000_000


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of a page; `UnreadableFileError` where it has no text, or is larger than any document."""
    root, rules = _parsed(path)
    if root is None:
        raise txt.not_text(path)
    return flow.lines(_Page(rules).blocks(root))


def tables(path: Path) -> Iterator[list[list[str]]]:
    """The tables of a page, outermost first, as rows of cells; a cell that spans columns is followed by empty ones."""
    root, rules = _parsed(path)
    page = _Page(rules)
    for table in [] if root is None else root.iter("table"):
        rows = []
        for row in _rows(table):
            cells: list[str] = []
            for cell in row:
                if cell.tag in ("td", "th"):
                    text = " ".join(line.text for line in flow.lines(page.blocks(cell)))
                    cells += [text, *[""] * (_span(cell) - 1)]
            rows.append(cells)
        yield rows


def decoded(content: bytes) -> str:
    """The text of a page's bytes."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    if content[:400:2].count(0) > 60 or content[1:400:2].count(0) > 60:
        return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le", "replace")
    said = _CHARSET.search(content[:4096])
    name = said[1].decode("ascii").lower() if said else ""
    if name not in ("", "utf-8", "utf8"):
        try:
            return content.decode(_WEB_NAMES.get(name, name))
        except (LookupError, UnicodeDecodeError):
            pass
    return txt.decoded(content)


_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]{2,30})""", re.IGNORECASE)
_WEB_NAMES = {
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
    "x-viet-tcvn5712": "latin-1",
    "viscii": "latin-1",
    "x-viet-vni": "latin-1",
}


def _parsed(path: Path) -> tuple[Any | None, dict[str, str]]:
    from lxml import etree

    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError("Trang HTML quá lớn (hơn 64 MB).", remedy="Tách tệp thành từng văn bản.", path=path)
    content = path.read_bytes()
    if _ARCHIVE.match(content[:2000]):
        content = _unpacked(content, path)
    text = _PROLOGUE.sub("", decoded(content).replace("\0", ""))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise txt.not_text(path) from e
    sheets = [] if root is None else [style.text or "" for style in root.iter("style")]
    return root, _rules("\n".join(sheets))


_PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>")
_ARCHIVE = re.compile(rb"\s*(?:[A-Za-z-]+:[^\n]*\n)*?MIME-Version\s*:", re.IGNORECASE)


def _unpacked(content: bytes, path: Path) -> bytes:
    """The page inside a web archive (.mht)."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            inner = part.get_payload(decode=True)
            charset = part.get_content_charset()
            if isinstance(inner, bytes):
                said = f'<meta charset="{charset}">'.encode() if charset and not _CHARSET.search(inner[:4096]) else b""
                return said + inner
    raise txt.not_text(path)


# ------------------------------------------------------------------ looks


@dataclass(frozen=True, slots=True)
class _Look:
    font: str = ""
    capitals: bool = False
    hidden: bool = False
    centered: bool | None = None
    preserved: bool = False  # blanks and line breaks are kept

    def with_style(self, style: str) -> _Look:
        """This look with what a style (`name: value; …`) says."""
        said = {name.strip().lower(): value.strip() for name, _, value in (p.partition(":") for p in style.split(";"))}
        look = self
        if family := said.get("font-family"):
            look = replace(look, font=family.partition(",")[0].strip("'\" "))
        if "text-transform" in said:
            look = replace(look, capitals=said["text-transform"].lower() == "uppercase")
        if "text-align" in said:
            look = replace(look, centered=said["text-align"].lower() == "center")
        if said.get("display", "").lower() == "none" or said.get("mso-hide") == "all":
            look = replace(look, hidden=True)
        return look


def _rules(sheet: str) -> dict[str, str]:
    """What a style sheet says of elements and classes, by `p`, `.class` or `p.class`."""
    out: dict[str, str] = {}
    for selectors, style in re.findall(
        r"([^{}@]{1,2000})\{([^{}]{0,4000})\}", re.sub(r"/\*.*?\*/|<!--|-->", "", sheet, flags=re.DOTALL)
    ):
        for selector in selectors.split(","):
            name = selector.strip().lower()
            if re.fullmatch(r"[a-z0-9]*(?:\.[\w-]+)?", name):
                out[name] = f"{out.get(name, '')};{style}"
    return out


# ------------------------------------------------------------------ blocks

_LEFT_OUT = {
    "del",
    "script",
    "style",
    "head",
    "title",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "select",
    "textarea",
    "button",
}
_PARAGRAPHS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "pre", "center", "body", "html", "section", "article",
    "header", "footer", "main", "dl", "dt", "dd", "form", "fieldset", "address", "td", "th", "caption", "nav", "aside", "figure",
}  # fmt: skip
_TAB = re.compile(r"mso-tab-count\s*:\s*(\d+)")


class _Page:
    """Blocks of a page: elements that begin a line end the paragraph before them."""

    def __init__(self, rules: dict[str, str]) -> None:
        self._rules = rules

    def blocks(self, root: Any) -> list[Block]:
        out: list[Block] = []
        runs: list[Run] = []
        self._walk(root, self._look(root, _Look()), out, runs, 0)
        _end(out, runs, None)
        return out

    def _look(self, element: Any, around: _Look) -> _Look:
        look = around
        tag = element.tag
        for name in (tag, *(f"{t}.{c.lower()}" for c in element.get("class", "").split() for t in ("", tag))):
            if name in self._rules:
                look = look.with_style(self._rules[name])
        if tag == "font" and element.get("face"):
            look = replace(look, font=element.get("face").partition(",")[0].strip("'\" "))
        if tag == "center" or element.get("align"):
            look = replace(look, centered=tag == "center" or element.get("align").lower() == "center")
        if tag == "pre":
            look = replace(look, preserved=True)
        if element.get("hidden") is not None:
            look = replace(look, hidden=True)
        return look.with_style(element.get("style")) if element.get("style") else look

    def _walk(self, element: Any, look: _Look, out: list[Block], runs: list[Run], depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        _add(runs, element.text, look)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, look, out, runs, depth)
            # LibreOffice breaks the line behind a picture that floats, even inside a word.
            _add(runs, child.tail.lstrip("\r\n") if child.tail and child.tag == "img" else child.tail, look)

    def _child(self, child: Any, look: _Look, out: list[Block], runs: list[Run], depth: int) -> None:
        tag = child.tag
        if tag in _LEFT_OUT:
            return
        own = self._look(child, look)
        if own.hidden:
            return
        if tag == "br":
            runs.append(Run("\n"))
        elif tag == "table":
            _end(out, runs, look.centered)
            rows = [list(self._cells(row, own, depth)) for row in _rows(child)]
            out.append(Table(rows))
        elif tag in _PARAGRAPHS:
            _end(out, runs, look.centered)
            self._walk(child, own, out, runs, depth + 1)
            _end(out, runs, own.centered, always=tag == "p")
        elif tag == "hr":
            _end(out, runs, look.centered)
            out.append(Paragraph([Run("_____")], look.centered))
        elif found := _TAB.search(child.get("style", "")):
            runs.append(Run("\t" * min(int(found[1]), 20)))
        else:
            self._walk(child, own, out, runs, depth + 1)

    def _cells(self, row: Any, look: _Look, depth: int) -> Iterator[Cell]:
        column = 0
        for cell in row:
            if cell.tag in ("td", "th"):
                blocks: list[Block] = []
                runs: list[Run] = []
                own = self._look(cell, self._look(row, replace(look, centered=None)))
                self._walk(cell, own, blocks, runs, depth + 2)
                _end(blocks, runs, own.centered)
                yield Cell(column, blocks)
                column += _span(cell)


_MAX_DEPTH = 200


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _span(cell: Any) -> int:
    span = cell.get("colspan", "1")
    return min(int(span), 100) if span.isdigit() and span != "0" else 1


def _add(runs: list[Run], text: str | None, look: _Look) -> None:
    if text:
        runs.append(Run(text if look.preserved else re.sub(r"[ \t\r\n\f]+", " ", text), look.font, look.capitals))


def _end(out: list[Block], runs: list[Run], centered: bool | None, *, always: bool = False) -> None:
    """Ends a paragraph; one without letters counts only where the page shows a gap for it."""
    if always or any(run.text.strip(" \n") for run in runs):
        out.append(Paragraph(_trimmed(runs), centered))
    runs.clear()


def _trimmed(runs: Sequence[Run]) -> list[Run]:
    """Blanks around line breaks are none."""
    kept = list(runs)
    for i, run in enumerate(kept):
        if i == 0 or kept[i - 1].text.endswith("\n"):
            kept[i] = replace(run, text=run.text.lstrip(" "))
    return kept
