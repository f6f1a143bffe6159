"""A document of pictures: which pages are looked at, and what is done to a picture before its letters are recognised.

Recognising a page takes seconds, so only pages that matter are looked at: the first, and the one with "Nơi nhận", which is
looked for on the first, the last, and then on those between, up to `_MAX_PAGES` in all.

A picture is made grey by its red light, in which a red stamp is as white as the paper and black letters stay black; freed of
specks and shadows; brought to 300 dots per inch; turned straight, and upright where it lies on its side or its head. The left
columns at the head and the foot are then read again by themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vanthu_classifier.readers import ocr
from vanthu_classifier.readers.mend import mended
from vanthu_classifier.readers.page import RECIPIENTS, Line, Word, left_columns, reading_order
from vanthu_classifier.text import looks_vietnamese

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["DPI", "Picture", "lines"]

DPI = 300.0
"""Resolution at which Tesseract reads best; pictures of others are brought to it."""

Picture = Callable[[int], tuple["Image", float]]
"""The picture of a page, by its number from 0, and its resolution in dots per inch."""

_MAX_PAGES = 5
_PATIENCE = 30.0  # seconds after which no further page is begun; a run gives up a file that takes a minute


def lines(count: int, picture: Picture) -> tuple[Line, ...]:
    """The lines of the pages that matter, of `count` pages, in order; `ocr.check` comes first.

    `UnreadableFileError` where a page cannot be recognised.
    """
    found: dict[int, tuple[Line, ...]] = {}
    begun = time.monotonic()
    for number in _wanted(count):
        if found and time.monotonic() - begun > _PATIENCE:
            break
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
    grey, found = _upright(_prepared(image, dpi))
    words = [word for line in mended(found) for word in line]
    width, height = grey.width * 72 / DPI, grey.height * 72 / DPI
    for box in list(left_columns(words, width=width, height=height)):
        words = _again(grey, words, box)
    return reading_order(words, width=width, page=number)


def _upright(grey: Image) -> tuple[Image, list[list[Word]]]:
    """The picture as it stands upright, and its lines: a page on its side shows by its rows, one upside down when it is read."""
    if _is_sideways(grey):
        grey = _straight(grey.rotate(-(ocr.orientation(grey, dpi=DPI) or 90), expand=True))
    found = ocr.lines(grey, dpi=DPI)
    if _is_read(found):
        return grey, found
    turned = _straight(grey.rotate(-(ocr.orientation(grey, dpi=DPI) or 180), expand=True))
    again = ocr.lines(turned, dpi=DPI)
    return (turned, again) if _is_read(again) else (grey, found)


def _is_read(found: Sequence[Sequence[Word]]) -> bool:
    words = [word for line in found for word in line]
    surest = [word.text for word in words if word.sure > 0.6]
    return len(surest) > 0.5 * len(words) and looks_vietnamese(" ".join(surest))


def _again(grey: Image, words: list[Word], box: tuple[float, float, float, float]) -> list[Word]:
    """The words with those in a column read again, without what stands beside it; as they were where that gives much less."""
    left, top, right, bottom = box
    scale = DPI / 72
    if right - left < 20 or bottom - top < 10:
        return words
    part = grey.crop((round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)))
    read = [
        word._replace(x0=word.x0 + left, x1=word.x1 + left, y=word.y + top)
        for line in mended(ocr.lines(part, dpi=DPI, one_column=True))
        for word in line
    ]
    inside = {id(w) for w in words if left <= (w.x0 + w.x1) / 2 <= right and top <= w.y - w.size / 3 <= bottom}
    if _letters(read) < 0.6 * _letters([word for word in words if id(word) in inside]):
        return words
    return [word for word in words if id(word) not in inside] + read


def _letters(words: Sequence[Word]) -> int:
    return sum(c.isalnum() for word in words for c in word.text)


# ------------------------------------------------------------------ the picture


def _prepared(image: Image, dpi: float) -> Image:
    grey = _grey(image)
    if dpi > 1.1 * DPI:
        grey, dpi = _scaled(grey, DPI / dpi), DPI
    if dpi >= _FINE:
        grey = _without_specks(grey, dpi)
    if dpi < 0.9 * DPI:
        grey = _scaled(grey, DPI / dpi)
    return _straight(_even(grey))


def _grey(image: Image) -> Image:
    """The picture in its red light, on white where it is transparent; of scientific formats the range that it uses."""
    import numpy
    import PIL.Image

    if image.mode in ("L", "1"):
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        light = numpy.asarray(image, dtype=numpy.float64)
        low, high = light.min(), light.max()
        return PIL.Image.fromarray(((light - low) * (255 / max(high - low, 1e-9))).astype(numpy.uint8))
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        over = image.convert("RGBA")
        image = PIL.Image.alpha_composite(PIL.Image.new("RGBA", over.size, "white"), over)
    return image.convert("RGB").getchannel("R")


def _scaled(grey: Image, factor: float) -> Image:
    import PIL.Image

    size = max(round(grey.width * factor), 1), max(round(grey.height * factor), 1)
    return grey.resize(size, PIL.Image.Resampling.LANCZOS)


_SPECK = 2.8 / 200  # inches across, about a third of the dot of an i
_DIRTY = 0.45  # of all the blots on a page are specks; a third are where thin letters have come apart
_FINE = 180.0  # dots per inch; below, a speck may be a mark on a letter


def _without_specks(grey: Image, dpi: float) -> Image:
    """The picture without specks, where there are many; they would pass for marks on letters."""
    import numpy
    import PIL.Image

    x, y = grey.width // 4, grey.height // 8
    part = numpy.asarray(grey.crop((x, y, x + round(4 * dpi), y + round(4 * dpi))))
    ink = float(numpy.percentile(part, 1) + numpy.percentile(part, 90)) / 2
    _, blots, small = _blots(part, ink, dpi)
    if small.sum() < _DIRTY * len(small):
        return grey
    light = numpy.array(grey)
    where, blots, small = _blots(light, ink, dpi)
    light[where] = numpy.where(numpy.concatenate(([False], small))[blots[where]], 255, light[where])
    return PIL.Image.fromarray(light)


def _blots(light: Any, ink: float, dpi: float) -> tuple[Any, Any, Any]:
    """Where dots are as dark as ink, the number from 1 of the blot each belongs to, and of each blot whether it is a speck."""
    import numpy
    from scipy import ndimage

    where = light < ink
    blots, _ = ndimage.label(where, structure=numpy.ones((3, 3)))
    return where, blots, numpy.bincount(blots.ravel())[1:] <= (_SPECK * dpi) ** 2


_SHADE = 40  # of 255 between the darkest and the lightest part of the paper


def _even(grey: Image) -> Image:
    """The picture with the paper white throughout, where a shadow lies on it."""
    import numpy
    import PIL.Image
    from PIL import ImageFilter

    small = grey.resize((max(grey.width // 16, 1), max(grey.height // 16, 1)), PIL.Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(4))
    low, high = numpy.percentile(numpy.asarray(paper), (5, 95))
    if high - low < _SHADE:
        return grey
    ground = numpy.asarray(paper.resize(grey.size, PIL.Image.Resampling.BILINEAR), dtype=numpy.float32)
    light = numpy.asarray(grey, dtype=numpy.float32) * 255 / numpy.maximum(ground, 40)
    return PIL.Image.fromarray(numpy.minimum(light, 255).astype(numpy.uint8))


def _straight(grey: Image) -> Image:
    import PIL.Image

    tilt = _tilt(grey)
    return grey if abs(tilt) < _LEVEL else grey.rotate(tilt, PIL.Image.Resampling.BICUBIC, fillcolor=255)


_LEVEL = 0.2  # degrees; less moves no word to another row
_MOST_TILT = 6.0
_COARSE = 75.0  # dots per inch, enough to see the rows


def _ink(grey: Image) -> Any:
    """How dark each dot of a coarse picture is, beyond the paper."""
    import numpy
    import PIL.Image

    size = max(round(grey.width * _COARSE / DPI), 1), max(round(grey.height * _COARSE / DPI), 1)
    light = numpy.asarray(grey.resize(size, PIL.Image.Resampling.BOX), dtype=numpy.float32)
    return numpy.minimum(numpy.clip(light.mean() - 15 - light, 0, None), 60)


def _is_sideways(grey: Image) -> bool:
    """Whether the ink stands in columns, as lines of a page on its side do, rather than in rows."""
    import numpy

    ink = _ink(grey)
    down, across = (float((numpy.diff(ink.mean(axis=axis)) ** 2).mean()) for axis in (1, 0))
    return across > 1.5 * down


def _tilt(grey: Image) -> float:
    """By how many degrees, clockwise, the rows are off the level: there, the ink of the rows is least spread."""
    import numpy

    ink = _ink(grey)
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
