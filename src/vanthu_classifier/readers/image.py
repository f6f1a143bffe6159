"""Pictures of pages: .jpg, .png, .tif with one page or several, .bmp, .gif, .webp."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers import ocr as recognition
from vanthu_classifier.readers import scan
from vanthu_classifier.readers.page import Line

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["lines"]

_SHORT, _LONG = 8.27, 11.69  # inches of a page of A4, taken where the picture states no resolution
_MAX_PIXELS = 150_000_000  # A4 at 1,200 dpi has 139 million
_LEAST_PIXELS = 300  # of the shorter side; less is an icon, not a page


def lines(path: Path, ocr: recognition.Mode = "auto") -> tuple[Line, ...]:
    """The lines that are recognised on the pages of a picture.

    `UnreadableFileError` where `ocr` is "never", Tesseract is missing, the picture is damaged, too small to hold a page, or too
    large; `MissingExtraError` where the extra `ocr` is missing.
    """
    if ocr == "never":
        raise recognition.never(path)
    recognition.pillow()
    import PIL.Image

    try:
        with _quiet(), PIL.Image.open(path) as file:
            recognition.check(path)
            count = getattr(file, "n_frames", 1) if file.format in ("TIFF", "GIF", "WEBP") else 1

            def picture(number: int) -> tuple[Image, float]:
                file.seek(number)
                _check_size(file, path)
                return _upright(file)

            return scan.lines(count, picture)
    except (OSError, ValueError, SyntaxError, EOFError, PIL.Image.DecompressionBombError) as e:
        raise UnreadableFileError(
            "Ảnh bị hỏng hoặc không đầy đủ.", remedy="Quét lại, hoặc xin lại tệp từ nơi gửi.", path=path
        ) from e


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings of large pictures and odd metadata: size is looked at here, and the picture shows the rest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_size(image: Image, path: Path) -> None:
    width, height = image.size
    if width * height > _MAX_PIXELS:
        raise UnreadableFileError(f"Ảnh quá lớn ({width} × {height} điểm).", remedy="Quét lại ở 300 dpi.", path=path)
    if min(width, height) < _LEAST_PIXELS:
        raise UnreadableFileError(
            f"Ảnh quá nhỏ để đọc chữ ({width} × {height} điểm).",
            remedy="Quét lại ở 300 dpi; nếu không phải văn bản, bỏ ra khỏi thư mục.",
            path=path,
        )


def _upright(image: Image) -> tuple[Image, float]:
    """The picture turned as its camera says, and its resolution: as stated where that makes a page, else that of A4.

    Faxes have half as many dots from top to bottom as from left to right; they are drawn out.
    """
    from PIL import ImageOps

    across, down = _stated(image)
    if across and down and not 0.8 < across / down < 1.25:
        image, down = image.resize((image.width, round(image.height * across / down))), across
    turned = ImageOps.exif_transpose(image)
    short, long = sorted(turned.size)
    dpi = across if across and 5 < short / across < 12 else max(short / _SHORT, long / _LONG)
    return turned, dpi


def _stated(image: Image) -> tuple[float, float]:
    """Dots per inch from left to right and from top to bottom; 0 where the file states none, or nonsense."""
    stated = image.info.get("dpi")
    if not isinstance(stated, tuple) or len(stated) != 2 or not all(20 < value < 5000 for value in stated):
        return 0.0, 0.0
    return float(stated[0]), float(stated[1])
