"""A document of pictures: which pages are looked at, and what is done to a picture before its letters are recognised.

Recognising a page takes seconds, so only pages that matter are looked at: the first, and the one with "Nơi nhận", which is
looked for on the first, the last, and then on those between, up to `_MAX_PAGES` in all.

A picture is made grey by its red light, in which a red stamp is as white as the paper and black letters stay black; brought
to 300 dots per inch; turned straight; and, where that gives no Vietnamese, turned by a quarter or a half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vanthu_classifier.readers import ocr
from vanthu_classifier.readers.mend import mended
from vanthu_classifier.readers.page import RECIPIENTS, Line, Word, reading_order
from vanthu_classifier.text import looks_vietnamese

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
        found[number] = _page(*picture(number), number)
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
    block = 0
    for _, page in sorted(found.items()):
        yield from (replace(line, block=block + line.block) for line in page)
        block += page[-1].block + 1 if page else 0


def _page(image: Image, dpi: float, number: int) -> tuple[Line, ...]:
    grey = _prepared(image, dpi)
    found = ocr.lines(grey, dpi=DPI)
    if not _is_upright(found):
        turned = ocr.orientation(grey, dpi=DPI)
        if turned:
            grey = _straight(grey.rotate(-turned, expand=True))
            found = ocr.lines(grey, dpi=DPI)
    words = [word for line in mended(found) for word in line]
    return reading_order(words, width=grey.width * 72 / DPI, page=number)


def _is_upright(found: Sequence[Sequence[Word]]) -> bool:
    words = [word for line in found for word in line]
    surest = [word.text for word in words if word.sure > 0.6]
    return len(surest) > 0.5 * len(words) and looks_vietnamese(" ".join(surest))


# ------------------------------------------------------------------ the picture


def _prepared(image: Image, dpi: float) -> Image:
    import PIL.Image

    grey = image if image.mode == "L" else image.convert("RGB").getchannel("R")
    if not 0.9 * DPI < dpi < 1.1 * DPI:
        factor = DPI / dpi
        grey = grey.resize((round(grey.width * factor), round(grey.height * factor)), PIL.Image.Resampling.LANCZOS)
    return _straight(grey)


def _straight(grey: Image) -> Image:
    tilt = _tilt(grey)
    if abs(tilt) < _LEVEL:
        return grey
    import PIL.Image

    return grey.rotate(tilt, PIL.Image.Resampling.BICUBIC, fillcolor=255)


_LEVEL = 0.2  # degrees; less moves no word to another row
_MOST_TILT = 6.0
_COARSE = 75.0  # dots per inch, enough to see the rows


def _tilt(grey: Image) -> float:
    """By how many degrees, clockwise, the rows are off the level: there, the ink of the rows is least spread."""
    import numpy
    import PIL.Image

    small = grey.resize(
        (round(grey.width * _COARSE / DPI), round(grey.height * _COARSE / DPI)), PIL.Image.Resampling.BOX
    )
    light = numpy.asarray(small, dtype=numpy.float32)
    ink = numpy.minimum(numpy.clip(light.mean() - 15 - light, 0, None), 60)
    y, x = numpy.nonzero(ink > 20)
    if len(y) < 200:
        return 0.0
    weight = ink[y, x]

    def sharpness(degrees: float) -> float:
        at = y - numpy.tan(numpy.radians(degrees)) * x
        rows: Any = numpy.bincount(numpy.rint(at - at.min()).astype(int), weights=weight)
        return float((numpy.diff(rows) ** 2).sum())

    rough = max((i * 0.5 for i in range(int(-2 * _MOST_TILT), int(2 * _MOST_TILT) + 1)), key=sharpness)
    return max((rough + i * 0.1 for i in range(-5, 6)), key=sharpness)
