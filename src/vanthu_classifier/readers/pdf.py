"""PDF with a text layer: words with their boxes, put in reading order.

Numbers and dates that an office stamps on when it signs (`Số: ___/QĐ-UBND` with 4618 drawn over the blank) live in
annotations; the page is flattened in memory first, so that they stand where the eye sees them. Nothing is written
back.

A text layer can be there and be useless: a scan with nothing but a stamp's words, OCR noise, glyphs without letters.
Length is no test, so the text has to look like Vietnamese words; otherwise the file counts as a scan.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers.page import Line, Word, reading_order
from vanthu_classifier.text import has_diacritics, looks_vietnamese, strip_diacritics

__all__ = ["ScanError", "lines"]


class ScanError(UnreadableFileError):
    """The file shows pictures of pages, or text that is no text; only OCR can read it."""


_MAX_SEARCHED = 300  # pages; a recipients block further back belongs to an attachment
_LEAST_LETTERS = 40
_GLYPHS = str.maketrans(
    {"ƣ": "ư", "Ƣ": "Ư", "\x02": "-", "\ufffe": "-"}
)  # as some producers map the letters of their fonts


def lines(path: Path) -> tuple[Line, ...]:
    """The lines of the pages that carry the head, the recipients and the end of the document.

    `ScanError` where there is no text to read, `UnreadableFileError` where the file is damaged or locked.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as e:
        if "password" in str(e).lower():
            raise UnreadableFileError(
                "Tệp PDF đặt mật khẩu nên không mở được.", remedy="Bỏ mật khẩu (in lại ra PDF) rồi chạy lại.", path=path
            ) from e
        raise UnreadableFileError(
            "Tệp PDF bị hỏng hoặc không đầy đủ.", remedy="Xin lại tệp từ nơi gửi.", path=path
        ) from e
    with closing(document):
        out: list[Line] = []
        for number in _wanted(document):
            words, width = _words(document, number)
            out += reading_order(words, width=width, page=number, block=out[-1].block + 1 if out else 0)
    _check_readable(out, path)
    return tuple(out)


def _check_readable(found: list[Line], path: Path) -> None:
    text = " ".join(line.text for line in found)
    marked = [word for word in text.split() if has_diacritics(word)]
    vietnamese = looks_vietnamese(text) or (
        len(marked) >= 8 and looks_vietnamese(" ".join(marked))
    )  # or a form in two languages
    if sum(c.isalpha() for c in text) < _LEAST_LETTERS or not vietnamese:
        raise ScanError(
            "Tệp PDF là ảnh quét, không có lớp chữ đọc được.",
            remedy="Cần nhận dạng chữ (OCR), hoặc dùng tệp Word hay tệp PDF xuất từ Word.",
            path=path,
        )


def _wanted(document: Any) -> Iterator[int]:
    """Head: the first two pages. Recipients: the pages that name them and the next. Copy marks: the last page."""
    count = len(document)
    foot = -1
    for number in range(min(count, _MAX_SEARCHED)):
        named = foot < 0 and "noi nhan" in _plain(document, number)
        foot = number if named else foot
        if number < 2 or named or number == foot + 1 or number == count - 1:
            yield number


def _plain(document: Any, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
        return strip_diacritics(textpage.get_text_range()).lower()


def _words(document: Any, number: int) -> tuple[list[Word], float]:
    import pypdfium2.raw as pdfium

    with closing(document[number]) as page:
        width, height = page.get_size()
        stamped = pdfium.FPDFPage_GetAnnotCount(page.raw) > 0
        if stamped:
            pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    # A flattened page shows its new content only when it is loaded again.
    with closing(document[number]) as page, closing(page.get_textpage()) as textpage:
        return list(_found(textpage.raw, textpage.count_chars(), height)), width


def _found(textpage: Any, count: int, height: float) -> Iterator[Word]:
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    letters = ""
    x0 = x1 = y = size = 0.0
    for i in range(count):
        letter = chr(pdfium.FPDFText_GetUnicode(textpage, i)).translate(_GLYPHS)
        blank = letter.isspace() or not letter.isprintable()
        pdfium.FPDFText_GetLooseCharBox(textpage, i, ctypes.byref(box))
        follows = abs(height - box.bottom - y) < 0.3 * size and -0.3 * size < box.left - x1 < 0.25 * size
        if letters and (blank or not follows):
            yield Word(letters, x0, x1, y, size)
            letters = ""
        if blank:
            continue
        if not letters:
            x0, y, size = box.left, height - box.bottom, max(pdfium.FPDFText_GetFontSize(textpage, i), 1.0)
        letters, x1 = letters + letter, box.right
    if letters:
        yield Word(letters, x0, x1, y, size)
