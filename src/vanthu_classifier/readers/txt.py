"""Plain text, and the encodings that text arrives in.

UTF-8 (with or without a byte order mark) and UTF-16 are told by their bytes. What is neither is taken for Windows
code page 1258, the Vietnamese one, whose tone marks are letters of their own and are composed here.
"""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers.page import Line, spaced_columns

__all__ = ["encoding_of", "errors_in", "lines", "not_text"]

_MAX_BYTES = 50_000_000
_BLOCK = 1 << 20


def encoding_of(path: Path) -> str:
    """The name of the encoding of the text in `path`, by its bytes; reads in blocks, so any size goes.

    `UnreadableFileError` where the bytes are no text.
    """
    with path.open("rb") as file:
        start = file.read(_BLOCK)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if len(start) > 3 and b"\0" in start[:200]:
            return _unmarked_utf16(start, path)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        good = bad = 0
        block = start
        while block:
            if b"\0" in block:
                raise not_text(path)
            text = decoder.decode(block)
            bad += text.count("\ufffd")
            good += len(block) - len(text)
            block = file.read(_BLOCK)
        bad += len(decoder.decode(b"", final=True))
        return "utf-8" if bad == 0 or good > 10 * bad else "cp1258"


def _unmarked_utf16(start: bytes, path: Path) -> str:
    even, odd = start[0:400:2].count(0), start[1:400:2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    if even > 4 * odd:
        return "utf-16-be"
    raise not_text(path)


def not_text(path: Path) -> UnreadableFileError:
    """The error for bytes that are no text."""
    return UnreadableFileError(
        "Nội dung tệp không phải văn bản.",
        remedy="Kiểm tra lại tệp; nếu là văn bản, mở bằng Word rồi lưu dạng .docx.",
        path=path,
    )


def errors_in(encoding: str) -> str:
    """How the codec of `encoding` is to take bytes that it cannot decode."""
    return "replace" if encoding.startswith("utf-8") else "strict"


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of a text file; `UnreadableFileError` where its bytes are no text, or more than 50 MB of it."""
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFileError("Tệp văn bản quá lớn (hơn 50 MB).", remedy="Tách tệp thành từng văn bản.", path=path)
    encoding = encoding_of(path)
    try:
        text = unicodedata.normalize("NFC", path.read_bytes().decode(encoding, errors_in(encoding)))
    except UnicodeDecodeError as e:
        raise not_text(path) from e
    letters = sum(c.isprintable() or c.isspace() for c in text)
    if letters < 0.98 * len(text):
        raise not_text(path)
    texts = [part.rstrip() for part in text.lstrip("\ufeff").splitlines()]
    return spaced_columns(texts) or tuple(Line(part.strip()) for part in texts)
