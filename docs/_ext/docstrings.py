"""Docstrings of the package as reStructuredText.

They are written to be read in an editor: `names` in single backquotes, and tables or grammars indented by four spaces. The first is
the site's default role, and may have an ending (`Line`s); the second becomes a literal block here.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_PLURAL = re.compile(r"((?<!`)`[^`]+`)(?=\w)")
_FIELD = re.compile(r"Alias for field number \d+")  # what Python says of a NamedTuple's field
_LIST = re.compile(r"\s*([*-]|\d+\.) ")


def literal_blocks(lines: list[str]) -> list[str]:
    """The lines, each indented block that follows a paragraph and a blank line made a literal block.

    >>> literal_blocks(["Grammar:", "", "    number / symbol", "", "Text."])
    ['Grammar:', '', '.. code-block:: text', '', '    number / symbol', '', 'Text.']
    """
    done: list[str] = []
    inside = False
    for i, line in enumerate(lines):
        indented = line.startswith("    ")
        if line.strip() and not indented:
            inside = False
        opens = indented and not inside and i > 1 and not lines[i - 1].strip() and _is_text(lines, i - 2)
        if opens:
            inside = True
            done += [".. code-block:: text", ""]
        done.append(line)
    return done


def _is_text(lines: list[str], i: int) -> bool:
    """Whether the paragraph that ends on line `i` is plain text: no list item, no directive, no example."""
    while i > 0 and lines[i - 1].strip():
        i -= 1
    first = lines[i]
    return bool(first.strip()) and not _LIST.match(first) and not first.lstrip().startswith((">>>", "..", ":"))


def _process(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    if _FIELD.fullmatch("".join(lines)):
        lines.clear()
    lines[:] = [_PLURAL.sub(r"\1\\ ", line) for line in literal_blocks(lines)]


def _examples_of_a_command(app: Sphinx, ctx: object, lines: list[str]) -> None:
    """Lines that click is told not to wrap are examples: code, not prose."""
    done: list[str] = []
    for line in lines:
        example = line.startswith("| ") and not line.startswith("| #")
        if example and not (done and done[-1].startswith("   ")):
            done += ["", ".. code-block:: console", ""]
        done.append(f"   $ {line[2:]}" if example else line)
    lines[:] = done


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the change."""
    app.connect("autodoc-process-docstring", _process)
    app.connect("sphinx-click-process-description", _examples_of_a_command)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
