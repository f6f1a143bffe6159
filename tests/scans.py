"""Scanned pages for the tests, drawn by code: invented documents set in a serif font, then aged as a scanner would.

`draw` sets a `Page` on paper; `aged` tilts, blurs, speckles and stamps it. The same seed gives the same picture.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import matplotlib
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

__all__ = ["FONTS", "Page", "aged", "draw"]

COUNTRY = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_FOLDER = Path(matplotlib.get_data_path(), "fonts", "ttf")
FONTS = tuple(_FOLDER / f"DejaVuSerif{style}.ttf" for style in ("", "-Bold", "-Italic"))
"""Regular, bold and italic, with all Vietnamese letters: matplotlib brings them along."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page of A4: the two columns of its head, the type with its title, the matter, the two columns of its foot."""

    left: Sequence[str]
    right: Sequence[str]
    heading: Sequence[str] = ()
    matter: Sequence[str] = ()
    foot_left: Sequence[str] = ()
    foot_right: Sequence[str] = ()


def draw(page: Page, *, dpi: int = 200, size: float = 11.5) -> Image.Image:
    """The page in grey, `size` points high."""
    scale = dpi / 72
    regular, bold, italic = (ImageFont.truetype(str(path), round(size * scale)) for path in FONTS)
    paper = Image.new("L", (round(595 * scale), round(842 * scale)), 255)
    pen = ImageDraw.Draw(paper)
    step = round(1.25 * size * scale)

    def centred(lines: Sequence[str], middle: float, y: int, font: ImageFont.FreeTypeFont) -> int:
        for line in lines:
            pen.text((middle * scale - pen.textlength(line, font) / 2, y), line, 0, font)
            y += step
        return y

    top = round(50 * scale)
    below_left = centred(page.left, 150, top, regular)
    below_right = centred(page.right[:2], 410, top, bold)
    below_right = centred(page.right[2:], 410, below_right + step // 2, italic)
    y = centred(page.heading, 310, max(below_left, below_right) + step, bold) + step
    for paragraph in page.matter:
        for line in _wrapped(paragraph, regular, pen, 470 * scale):
            pen.text((85 * scale, y), line, 0, regular)
            y += step
    y += step
    centred(page.foot_right, 430, y, bold)
    for line in page.foot_left:
        pen.text((85 * scale, y), line, 0, italic if line.startswith("Nơi") else regular)
        y += step
    return paper


def _wrapped(text: str, font: ImageFont.FreeTypeFont, pen: ImageDraw.ImageDraw, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def aged(
    picture: Image.Image,
    *,
    tilt: float = 0.0,
    blur: float = 0.0,
    specks: float = 0.0,
    fade: float = 0.0,
    shade: float = 0.0,
    stamp: tuple[float, float] | None = None,
    seed: int = 0,
) -> Image.Image:
    """The picture `tilt` degrees off the level, out of focus by `blur` points of a 72nd inch, with `specks` (share of the dots) of
    dirt, ink `fade`d (0-1), the right edge in the `shade` (0-1) and a round red `stamp` whose middle is given as parts of the page."""
    chance = random.Random(seed)
    width, height = picture.size
    scale = width / 595
    out = picture
    if tilt:
        out = out.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255)
    if blur:
        out = out.filter(ImageFilter.GaussianBlur(blur * scale))
    if fade:
        out = out.point(lambda v: round(255 - (255 - v) * (1 - fade)))
    if shade:
        ramp = Image.linear_gradient("L").rotate(90).resize(out.size)
        out = ImageChops.multiply(out, ramp.point(lambda v: round(255 - shade * v)))
    if specks:
        pen = ImageDraw.Draw(out)
        for _ in range(round(specks * width * height)):
            x, y, r = chance.randrange(width), chance.randrange(height), chance.choice((0, 0, 0, 1))
            pen.ellipse((x, y, x + r, y + r), fill=chance.choice((0, 60, 255)))
    if stamp:
        coloured = out.convert("RGB")
        pen = ImageDraw.Draw(coloured)
        x, y, r = stamp[0] * width, stamp[1] * height, 52 * scale
        for radius in (r, 0.8 * r, 0.3 * r):
            box = (x - radius, y - radius, x + radius, y + radius)
            ring = Image.new("L", out.size, 0)
            ImageDraw.Draw(ring).ellipse(box, outline=255, width=round(2 * scale))
            coloured = ImageChops.multiply(
                coloured,
                Image.composite(Image.new("RGB", out.size, (214, 40, 48)), Image.new("RGB", out.size, "white"), ring),
            )
        return coloured
    return out


def layered(path: Path, texts: Path, picture: Image.Image) -> Path:
    """The .pdf at `texts` with a picture over the whole of its first page: a scan with a text layer."""
    import pypdfium2

    jpeg = BytesIO()
    picture.convert("L").save(jpeg, "JPEG", quality=90)
    document = pypdfium2.PdfDocument(texts)
    page = document[0]
    image = pypdfium2.PdfImage.new(document)
    image.load_jpeg(jpeg, inline=True)
    image.set_matrix(pypdfium2.PdfMatrix().scale(*page.get_size()))
    page.insert_obj(image)
    page.gen_content()
    document.save(path)
    document.close()
    return path
