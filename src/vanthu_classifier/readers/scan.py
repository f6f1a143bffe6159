"""A document of pictures: which pages are looked at, and what is done to a picture before its letters are recognised.

Recognising a page takes seconds, so only pages that matter are looked at: the first, and the one with "Nơi nhận", which is
looked for on the first, the last, and then on those between, up to `_MAX_PAGES` in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from vanthu_classifier.readers import ocr
from vanthu_classifier.readers.page import RECIPIENTS, Line, Word, reading_order

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["DPI", "Picture", "lines"]

DPI = 300.0
"""Resolution at which Tesseract reads best; pictures of others are brought to it."""

Picture = Callable[[int], tuple["Image", float]]
"""The picture of a page, by its number from 0, and its resolution in dots per inch."""

_MAX_PAGES = 5


def lines(count: int, picture: Picture) -> tuple[Line, ...]:
    """The lines of the pages that matter, of `count` pages, in order; `ocr.check` comes first.

    `UnreadableFileError` where a page cannot be recognised.
    """
    found: dict[int, tuple[Line, ...]] = {}
    for number in _wanted(count):
        words, width = _words(*picture(number))
        found[number] = reading_order(words, width=width, page=number)
        if any(RECIPIENTS.match(line.text) for line in found[number]):
            break
    return tuple(_numbered(found))


def _wanted(count: int) -> Iterator[int]:
    yield 0
    if count > 1:
        yield count - 1
    yield from range(1, min(count - 1, _MAX_PAGES - 1))


def _numbered(found: dict[int, tuple[Line, ...]]) -> Iterator[Line]:
    """The pages in order, their blocks counted on."""
    from dataclasses import replace

    block = 0
    for _, page in sorted(found.items()):
        yield from (replace(line, block=block + line.block) for line in page)
        block += page[-1].block + 1 if page else 0


def _words(image: Image, dpi: float) -> tuple[list[Word], float]:
    """The words of a page's picture, and the page's width, both in points."""
    import PIL.Image

    grey = image if image.mode == "L" else image.convert("RGB").getchannel("R")  # a red stamp is as white as the paper
    if not 0.8 * DPI < dpi < 1.35 * DPI:
        factor = DPI / dpi
        grey = grey.resize((round(grey.width * factor), round(grey.height * factor)), PIL.Image.Resampling.LANCZOS)
        dpi = DPI
    return ocr.words(grey, dpi=dpi), grey.width * 72 / dpi
