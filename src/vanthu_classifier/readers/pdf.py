"""PDF: words with their boxes from the text layer, put in reading order; where there is none to read, pictures of pages.

Numbers and dates that an office stamps on when it signs (`Số: ___/QĐ-UBND` with 4618 drawn over the blank) live in
annotations; the page is flattened in memory first, so that they stand where the eye sees them. Nothing is written
back.

A text layer can be there and be useless: a scan with nothing but a stamp's words, OCR noise, glyphs without letters.
Length is no test; `quality` says how far the text of the first page is Vietnamese. Where it is not, or where OCR is wanted
always, the page is recognised too and the better reading taken.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.legacy import detect_lines, font_of, to_unicode
from vanthu_classifier.readers import ocr as recognition
from vanthu_classifier.readers import scan
from vanthu_classifier.readers.page import Line, Word, reading_order
from vanthu_classifier.readers.quality import SOUND, quality
from vanthu_classifier.text import has_diacritics, looks_vietnamese, strip_diacritics

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["lines"]

_MAX_SEARCHED = 300  # pages; a recipients block further back belongs to an attachment
_LEAST_LETTERS = 40
_GLYPHS = str.maketrans(
    {"ƣ": "ư", "Ƣ": "Ư", "\x02": "-", "\ufffe": "-"}
)  # as some producers map the letters of their fonts


def lines(path: Path, ocr: recognition.Mode = "auto") -> tuple[Line, ...]:
    """The lines of the pages that carry the head, the recipients and the end of the document.

    `UnreadableFileError` where the file is damaged or locked, or where it holds pictures of pages and `ocr` is "never"
    or Tesseract is missing; `MissingExtraError` where the extra `ocr` is missing.
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
        stated = _stated(document)
        if ocr != "always" and _readable(document, stated):
            return stated
        try:
            if ocr == "never":
                raise recognition.never(path)
            recognition.check(path)
        except UnreadableFileError:
            if _looks_readable(stated):
                return stated
            raise
        recognised = scan.lines(len(document), partial(_picture, document))
        return stated if _quality(stated) >= _quality(recognised) - _CLOSE else recognised


_CLOSE = 0.02  # a little more in a recognised text is chance; letters that the file states are the better ones


def _quality(found: Sequence[Line]) -> float:
    """That of the first page, which has number and title; a text of too few words counts by its letters."""
    text = _first_page(found)
    return quality(text) or 0.001 * min(sum(c.isalpha() for c in text), 100)


def _first_page(found: Sequence[Line]) -> str:
    return " ".join(line.text for line in found if line.page == 0)


def _readable(document: Any, stated: Sequence[Line]) -> bool:
    """Whether the text layer is to be relied on: sound Vietnamese, or readable in a file that is no picture of a page."""
    if quality(_first_page(stated)) >= SOUND:
        return True
    return _looks_readable(stated) and not _is_picture(document)


def _looks_readable(stated: Sequence[Line]) -> bool:
    text = " ".join(line.text for line in stated)
    marked = [word for word in text.split() if has_diacritics(word)]
    vietnamese = looks_vietnamese(text) or (
        len(marked) >= 8 and looks_vietnamese(" ".join(marked))
    )  # or a form in two languages
    return vietnamese and sum(c.isalpha() for c in text) >= _LEAST_LETTERS


def _is_picture(document: Any) -> bool:
    """Whether a picture covers most of the first page."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    with closing(document[0]) as page:
        width, height = page.get_size()
        for picture in page.get_objects((pdfium.FPDF_PAGEOBJ_IMAGE,)):
            pdfium.FPDFPageObj_GetBounds(picture.raw, *map(ctypes.byref, (left, bottom, right, top)))
            if right.value - left.value > 0.7 * width and top.value - bottom.value > 0.6 * height:
                return True
    return False


# ------------------------------------------------------------------ pictures of pages


def _picture(document: Any, number: int) -> tuple[Image, float]:
    """A page as the eye sees it; one whose size is no paper's is taken for A4."""
    with closing(document[number]) as page:
        short, long = sorted(page.get_size())
        points = 72.0 if 380 < short < 900 and long < 1300 else 72.0 * max(short / 595, long / 842)
        return page.render(scale=scan.DPI / points).to_pil(), scan.DPI


# ------------------------------------------------------------------ the text layer


def _stated(document: Any) -> tuple[Line, ...]:
    """The lines of the text layer of the pages that matter.

    Head: the first two pages. Recipients: the pages that name them and the next. Copy marks: the last page. Only where columns may stand, at head and
    foot, are words asked for their places, which is most of the work; what is between is matter, whose lines pdfium gives in their order.
    """
    out: list[Line] = []
    count = len(document)
    foot = -1
    for number in range(min(count, _MAX_SEARCHED)):
        if foot >= 0 and number > max(1, foot + 1) and number != count - 1:
            continue
        with closing(_Page(document, number)) as page:
            named = (
                foot < 0 and _NAMED.search(page.text) is not None and "noi nhan" in strip_diacritics(page.text).lower()
            )
            foot = number if named else foot
            block = out[-1].block + 1 if out else 0
            marked = number == count - 1 and _COPIED.search(page.text) is not None
            if number == 0 or named or number == foot + 1 or marked or page.legacy:
                found = reading_order(page.words(), width=page.width, page=number, block=block)
                out += [replace(line, legacy=page.legacy) for line in found] if page.legacy else found
            elif number == 1:
                out += [Line(text.strip(), block, number) for text in page.text.translate(_GLYPHS).splitlines()]
    return tuple(out)


_COPIED = re.compile("sao", re.IGNORECASE)
_NAMED = re.compile(r"n\w{1,3}i\s+nh\w{1,3}n", re.IGNORECASE)  # quick to say no; letters may be decomposed


class _Page:
    """A page with what was stamped on it, and its letters in pdfium's order."""

    def __init__(self, document: Any, number: int) -> None:
        import pypdfium2.raw as pdfium

        self._page = document[number]
        if _is_stamped(self._page.raw):
            pdfium.FPDFPage_Flatten(self._page.raw, pdfium.FLAT_NORMALDISPLAY)
            self._page.close()
            self._page = document[number]  # a flattened page shows its new content only when it is loaded again
        self.width, self._height = self._page.get_size()
        self._textpage = self._page.get_textpage()
        self.text: str = self._textpage.get_text_range()
        self.legacy = (detect_lines(self.text.splitlines()) or "") if not self.text.isascii() else ""

    def close(self) -> None:
        self._textpage.close()
        self._page.close()

    def words(self) -> list[Word]:
        """The words with their boxes, in Unicode: those of a page in a legacy font before its columns are told apart by what stands in them."""
        found = _found(self._textpage.raw, self._letters(), self._height)
        return [word._replace(text=self._spelt(at, word.text)) if self.legacy else word for at, word in found]

    def _spelt(self, at: int, text: str) -> str:
        """A word of a page in a legacy encoding; its font says whether small letters are drawn as capitals."""
        import pypdfium2.raw as pdfium

        name = ctypes.create_string_buffer(100)
        pdfium.FPDFText_GetFontInfo(self._textpage.raw, at, name, len(name), None)
        font = font_of(name.value.decode("utf-8", "replace"))
        converted = to_unicode(text, self.legacy)
        return converted.upper() if font and font.capitals else converted

    def _letters(self) -> str:
        """One letter an index of pdfium's; the text in one piece has it so where no letter was left out of it."""
        import pypdfium2.raw as pdfium

        count = self._textpage.count_chars()
        text = self.text
        if len(text) != count:
            text = "".join(chr(pdfium.FPDFText_GetUnicode(self._textpage.raw, i)) for i in range(count))
        return text.translate(_GLYPHS)


def _is_stamped(page: Any) -> bool:
    """Whether annotations show something: any but links and the windows of comments."""
    import pypdfium2.raw as pdfium

    for i in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, i)
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        pdfium.FPDFPage_CloseAnnot(note)
        if kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP):
            return True
    return False


def _found(textpage: Any, letters: str, height: float) -> Iterator[tuple[int, Word]]:
    """The words, each with the index of its first letter; a line of matter counts as one word, since no column parts it."""
    measure = _Measure(textpage, height)
    for line in _LINE.finditer(letters):
        start, end = line.span()
        whole = measure.run(start, end, letters) if _is_matter(line.group()) else None
        if whole:
            yield start, whole
            continue
        for run in _RUN.finditer(letters, start, end):
            word = measure.run(*run.span(), letters)
            if word:
                yield run.start(), word
            else:
                yield from _pieces(textpage, letters, *run.span(), height)


class _Measure:
    """Where letters that follow each other stand, by the boxes of the first and the last of them."""

    def __init__(self, textpage: Any, height: float) -> None:
        import pypdfium2.raw as pdfium

        self._textpage, self._height = textpage, height
        self._box_of, self._size_of = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetFontSize
        self._first, self._last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
        self._into_first, self._into_last = ctypes.byref(self._first), ctypes.byref(self._last)
        self._sizes: dict[float, float] = {}

    def run(self, start: int, end: int, letters: str) -> Word | None:
        """The letters as one word; None where they do not stand in one row, close to each other."""
        first, last = self._first, self._last
        self._box_of(self._textpage, start, self._into_first)
        self._box_of(self._textpage, end - 1, self._into_last)
        bottom, left, right = first.bottom, first.left, last.right
        tall = round(first.top - bottom, 2)  # letters as tall have the same size
        size = self._sizes.get(tall)
        if size is None:
            size = self._sizes[tall] = max(self._size_of(self._textpage, start), 1.0)
        if abs(bottom - last.bottom) < 0.3 * size and 0 <= right - left < 1.2 * size * (end - start):
            return Word(letters[start:end], left, right, self._height - bottom, size)
        return None


_LINE = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\ufffe\uffff\u200b-\u200f\ufeff](?:[^\r\n]*[^\s\x00-\x1f\x7f-\x9f\ufffe\uffff\u200b-\u200f\ufeff])?"
)
_LEAST_MATTER = 60  # letters; the two columns of head and foot are shorter, or in capitals, or have a date
_COLUMN = re.compile(
    r"\bngày\b[\W_]*(?:\w{1,2}[\W_]+){0,4}tháng\b|C[ỘO]NG\s*H[ÒO]A|n\w{1,3}i\s+nh\w{1,3}n|[^\w\s](?:\s*[^\w\s]){4}|\s\s\s",
    re.IGNORECASE,
)


def _is_matter(line: str) -> bool:
    """Whether a line is one of a paragraph, from margin to margin."""
    return len(line) >= _LEAST_MATTER and 5 * sum(map(str.islower, line)) > 3 * len(line) and not _COLUMN.search(line)


_RUN = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ufffe\uffff\u200b-\u200f\ufeff]+")


def _pieces(textpage: Any, letters: str, start: int, end: int, height: float) -> Iterator[tuple[int, Word]]:
    """The words of letters that follow each other without a blank, though not on the page."""
    word, at = "", start
    x0 = x1 = y = size = 0.0
    for i in range(start, end):
        box = _box(textpage, i)
        follows = abs(height - box.bottom - y) < 0.3 * size and -0.3 * size < box.left - x1 < 0.25 * size
        if word and not follows:
            yield at, Word(word, x0, x1, y, size)
            word = ""
        if not word:
            at = i
            x0, y, size = box.left, height - box.bottom, _size(textpage, i)
        word, x1 = word + letters[i], box.right
    if word:
        yield at, Word(word, x0, x1, y, size)


def _box(textpage: Any, i: int) -> Any:
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(textpage, i, ctypes.byref(box))
    return box


def _size(textpage: Any, i: int) -> float:
    import pypdfium2.raw as pdfium

    return max(float(pdfium.FPDFText_GetFontSize(textpage, i)), 1.0)
