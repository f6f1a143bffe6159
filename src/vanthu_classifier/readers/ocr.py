"""Recognising the letters of a picture: Tesseract with its Vietnamese data, as a program of its own.

Tesseract runs as a child process, one page a run, picture in on stdin and hOCR out on stdout: nothing is written to disk, a
page that hangs is killed, and a crash costs a page. A run has one thread, and no more runs go on at once on a computer than
it has cores: four threads on one page are slower than four pages side by side.

hOCR states what the order of reading needs: each word's box and each line's baseline and height of letters; and how sure the
program is of each word, from 0 to 1 here (`Word.sure`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree

from vanthu_classifier.errors import MissingExtraError, MissingProgramError, UnreadableFileError
from vanthu_classifier.readers.page import Word

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MODES", "Mode", "check", "lines", "never", "orientation", "pillow"]

Mode = Literal["auto", "never", "always"]
MODES: tuple[Mode, ...] = ("auto", "never", "always")
"""When letters are recognised: where a file has none that can be read; not at all; in every .pdf, the better reading being taken."""

_TIMEOUT = 45.0  # seconds for a page; a usual one takes one to three
_LANGUAGE = "vie"
_INSTALL = (
    "Cài Tesseract kèm dữ liệu tiếng Việt. Windows: bộ cài của UB Mannheim, đánh dấu «Vietnamese» khi cài. "
    "Debian, Ubuntu: apt install tesseract-ocr tesseract-ocr-vie."
)


def never(path: Path) -> UnreadableFileError:
    """The error of a picture that is not to be recognised."""
    return UnreadableFileError(
        "Tệp là ảnh quét, không có lớp chữ đọc được.",
        remedy="Chạy lại với --ocr auto để nhận dạng chữ, hoặc dùng tệp Word hay tệp PDF xuất từ Word.",
        path=path,
    )


def check(path: Path) -> None:
    """Raise where letters cannot be recognised on this computer, with what to install.

    `MissingExtraError` where the extra `ocr` is missing, `MissingProgramError` where Tesseract or its Vietnamese data are.
    """
    pillow()
    program = _program()
    if program is None:
        raise MissingProgramError(
            "Tệp là ảnh quét; máy chưa cài Tesseract để nhận dạng chữ.", remedy=_INSTALL, path=path
        )
    if _LANGUAGE not in _languages(program):
        raise MissingProgramError(
            "Tệp là ảnh quét; Tesseract trên máy thiếu dữ liệu tiếng Việt (vie).", remedy=_INSTALL, path=path
        )


def pillow() -> None:
    """Raise `MissingExtraError` where the library that opens pictures is not installed."""
    try:
        import PIL.Image  # noqa: F401
    except ImportError as e:
        raise MissingExtraError("ocr", purpose="nhận dạng chữ trong bản quét") from e


@cache
def _program() -> str | None:
    """Tesseract on the PATH, or where its Windows installers put it."""
    places = [shutil.which("tesseract")]
    for variable, below in (("PROGRAMFILES", ""), ("LOCALAPPDATA", "Programs")):
        if sys.platform == "win32" and variable in os.environ:
            places.append(str(Path(os.environ[variable], below, "Tesseract-OCR", "tesseract.exe")))
    return next((place for place in places if place and Path(place).is_file()), None)


@cache
def _languages(program: str) -> frozenset[str]:
    try:
        listing = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=20, check=False, creationflags=_NO_WINDOW
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset((listing.stdout + listing.stderr).decode(errors="replace").split())


_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of a console, on Windows


def lines(image: Image, *, dpi: float, one_column: bool = False) -> list[list[Word]]:
    """The lines of a page that stands upright, as their words, in points.

    Tesseract's lines may run over both columns of a page, and then be cut wrongly where the columns' rows stand at unlike
    heights; a part of the page that is `one_column` is read line by line, with how sure each letter is (`Word.letters`).
    `UnreadableFileError` where Tesseract fails or takes longer than 45 seconds.
    """
    how = ("--psm", "6", "-c", "hocr_char_boxes=1") if one_column else ("--psm", "3")
    return list(_lines(_run(image, dpi, "-l", _LANGUAGE, *how, "hocr"), 72 / dpi))


def orientation(image: Image, *, dpi: float) -> int:
    """By how many degrees, clockwise, a page has to be turned to stand upright: 0, 90, 180 or 270; 0 where it cannot be told."""
    program = _program()
    if program is None or "osd" not in _languages(program):
        return 0
    try:
        found = re.search(rb"Rotate: (\d+)", _run(image, dpi, "-l", "osd", "--psm", "0"))
    except UnreadableFileError:  # too few letters
        return 0
    return int(found[1]) if found else 0


def _run(image: Image, dpi: float, *options: str) -> bytes:
    program = _program()
    assert program is not None, "check() comes first"
    picture = BytesIO()
    image.save(picture, "PNG", compress_level=1)
    with _slot():
        child = subprocess.Popen(
            [program, "stdin", "stdout", "--dpi", str(round(dpi)), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            creationflags=_NO_WINDOW,
        )
        with child:
            try:
                out: bytes = child.communicate(picture.getvalue(), timeout=_TIMEOUT)[0]
            except subprocess.TimeoutExpired as e:
                raise UnreadableFileError(
                    "Nhận dạng chữ quá lâu nên đã dừng.", remedy="Quét lại trang rõ hơn, 300 dpi."
                ) from e
            finally:
                child.kill()
    if child.returncode:
        raise UnreadableFileError("Tesseract không đọc được trang này.", remedy="Quét lại trang rõ hơn, 300 dpi.")
    return out


@contextmanager
def _slot() -> Iterator[None]:
    """One of as many places as there are cores, over all processes of a user; the system frees what a dead one held."""
    places = [Path(tempfile.gettempdir(), f"vanthu-ocr-{_user()}-{i}.lock") for i in range(os.cpu_count() or 1)]
    while True:
        for place in places:
            try:
                file = place.open("a")
            except OSError:  # no folder for temporary files: then without counting
                yield
                return
            with file:
                if _locked(file.fileno()):
                    yield
                    return
        time.sleep(0.05)


def _user() -> str:
    return str(os.getuid()) if sys.platform != "win32" else "0"


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


_BOX = re.compile(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_BASELINE = re.compile(r"baseline (-?[\d.]+) (-?[\d.]+)")
_SIZE = re.compile(r"x_size ([\d.]+)")
_SURE = re.compile(r"x_wconf (\d+)")
_LETTER = re.compile(r"x_conf ([\d.]+)")


def _lines(hocr: bytes, scale: float) -> Iterator[list[Word]]:
    """The lines of a page of hOCR, `scale` points a pixel; the words of a line have one height and stand on its baseline."""
    for line in ElementTree.fromstring(hocr).iter():
        title = line.get("title", "")
        box, baseline, height = _BOX.search(title), _BASELINE.search(title), _SIZE.search(title)
        if "ocrx" in line.get("class", "") or not (box and height):
            continue
        left, _, _, bottom = map(int, box.groups())
        slope, offset = map(float, baseline.groups()) if baseline else (0.0, 0.0)
        size = min(float(height[1]), float(box[4]) - float(box[2])) * scale
        foot = (bottom + offset + slope * (int(box[3]) - left) / 2) * scale
        out = []
        for word in line:
            text = "".join(part.strip() for part in word.itertext())
            found, sure = _BOX.search(word.get("title", "")), _SURE.search(word.get("title", ""))
            if text and found and sure:
                x0, _, x1, _ = map(int, found.groups())
                sure_ = min(int(sure[1]) / 100, 0.99)
                out.append(Word(text, x0 * scale, x1 * scale, foot, size, sure_, letters=_letters(word, text)))
        yield out


def _letters(word: ElementTree.Element, text: str) -> tuple[float, ...]:
    sure = tuple(float(m[1]) / 100 for part in word.iter() if (m := _LETTER.search(part.get("title", ""))))
    return sure if len(sure) == len(text) else ()
