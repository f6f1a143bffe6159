"""Plain text, and the encodings that text arrives in.

UTF-8 (with or without a byte order mark) and UTF-16 are told by their bytes. What is neither is taken for Windows
code page 1258, the Vietnamese one, whose tone marks are letters of their own and are composed here; or, where its words say so, for the
codes of a legacy font, which are kept as they are (`latin-1`) until `legacy` converts them.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.legacy import convert_lines, detect
from vanthu_classifier.loai_van_ban import head_type
from vanthu_classifier.readers.page import Line, spaced_columns

__all__ = ["decoded", "encoding_of", "errors_in", "lines", "not_text"]

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
        if bad == 0 or good > 10 * bad:
            return "utf-8"
        return _one_byte(start)


def decoded(content: bytes) -> str:
    """The text of bytes that do not say what encoding they are in."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", content.decode(_one_byte(content), "replace"))


def _one_byte(content: bytes) -> str:
    """The code page of letters of one byte: the Vietnamese one, or none where a legacy font's codes are recognised."""
    words = [word for word in re.findall(rb"[^\r\n\t;|,]+", content[:_BLOCK]) if not word.isascii()]
    known = detect(b"\n".join(words)[:_SAMPLE].decode("latin-1"))
    return "cp1258" if known in (None, "cp1258", "mojibake") else "latin-1"


_SAMPLE = 3_000


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
        text = path.read_bytes().decode(encoding, errors_in(encoding))
    except UnicodeDecodeError as e:
        raise not_text(path) from e
    parts = [part.rstrip() for part in re.split(r"\r\n|[\r\n\f]", text.lstrip("\ufeff"))]
    found = convert_lines([unicodedata.normalize("NFC", part) if encoding == "cp1258" else part for part in parts])
    texts = [unicodedata.normalize("NFC", part) for part, _ in found]
    shown = sum(c.isprintable() or c.isspace() for part in texts for c in part)
    if shown < 0.98 * sum(map(len, texts)):
        raise not_text(path)
    legacy = next((encoding for _, encoding in found if encoding), "")
    columns = spaced_columns([_placed(part) for part in texts])
    if columns:
        return tuple(replace(line, legacy=legacy) for line in columns)
    return tuple(Line(part.strip(), legacy=encoding) for part, (_, encoding) in zip(texts, found, strict=True))


def _placed(text: str) -> str:
    """The name of a type at the edge of the page, put into its middle: copied text has lost what tells it from the left column."""
    named = text[:1].isupper() and text.isupper() and head_type(text.lower())
    return text.center(_WIDTH) if named and named.how == "word" else text


_WIDTH = 80  # letters in a line
