"""What recognition gets wrong in the fixed words of a page, put right where the form leaves no doubt.

Tesseract mostly mistakes the marks over and under Vietnamese letters («GIÁY MỜI», «Só:», «KÉ HOẠCH»), and it takes dirt
for signs. The words that every document has are known: national motto, names of types, "Kính gửi", "Nơi nhận", "Số".
Where a line, or its beginning, has the letters of such words, they are put in their place; longer ones may
differ in some letters too. Nothing else is touched, digits least of all, and what was recognised stays in `Word.raw`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.readers.page import Word
from vanthu_classifier.text import strip_diacritics

__all__ = ["mended"]


def mended(lines: Iterable[Sequence[Word]]) -> list[list[Word]]:
    """The recognised lines without dirt, their fixed words as they are spelt.

    >>> line = [Word("GIÁY", 0, 30, 10, 12, 0.7), Word("MƠI", 33, 60, 10, 12, 0.6), Word("ˆ", 90, 91, 10, 12, 0.4)]
    >>> [[(word.text, word.raw) for word in line] for line in mended([line])]
    [[('GIẤY', 'GIÁY'), ('MỜI', 'MƠI')]]
    """
    out = []
    for line in lines:
        words = _without_dirt(line)
        if words:
            out.append(_respelt(words))
    return out


# ------------------------------------------------------------------ dirt

_SIGNS = re.compile(r"[-–—+*•·/.…_,:;()\"“”]+")  # signs that stand alone in a text
_BULLETS = re.compile(r"[~=_¬«»—–-]{1,2}")  # what a hyphen before an entry is taken for
_FAR = 1.0  # heights of letters between a speck and the text


def _without_dirt(line: Sequence[Word]) -> list[Word]:
    words = [_as(line[0], "-"), *line[1:]] if line and _BULLETS.fullmatch(line[0].text) else line
    kept = [word for word in words if any(c.isalnum() for c in word.text) or _is_sign(word)]
    while kept and _is_dirt(kept[-1], kept[-2] if len(kept) > 1 else None):
        kept.pop()
    while len(kept) > 1 and _is_dirt(kept[0], None if kept[1].x0 - kept[0].x1 > _FAR * kept[1].size else kept[1]):
        kept.pop(0)
    return kept


def _is_sign(word: Word) -> bool:
    return word.text == "-" or (_SIGNS.fullmatch(word.text) is not None and word.sure >= 0.6)


def _is_dirt(word: Word, before: Word | None) -> bool:
    """A sign or an unsure letter or two at the edge of a line, or far from the rest of it."""
    if word.sure >= 0.6 or _SO.match(word.text) or sum(c.isalnum() for c in word.text) > 2:
        return False
    return before is None or word.x0 - before.x1 > _FAR * word.size or not any(c.isalnum() for c in word.text)


# ------------------------------------------------------------------ fixed words


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Words as they are spelt, their letters without marks, and how far a reading may be from these (0: not at all)."""

    words: tuple[str, ...]
    letters: str
    tolerance: float
    alone: bool  # only where nothing else stands on the line, up to a gap
    inside: bool  # also behind other words: the motto, where no gap parts the columns


def _fixed(text: str, tolerance: float = 0.0, *, alone: bool = False, inside: bool = False) -> _Fixed:
    return _Fixed(tuple(text.split()), _letters(text), tolerance, alone, inside)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", strip_diacritics(text)).casefold()


@cache
def _phrases() -> tuple[_Fixed, ...]:
    names = [n.upper() for row in types().values() for n in (row.name, *row.words) if row.group != "gia_loai"]
    marks = ("HỎA TỐC", "THƯỢNG KHẨN", "TUYỆT MẬT", "TỐI MẬT", "SAO Y BẢN CHÍNH")
    return (
        _fixed("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.3, inside=True),
        _fixed("ĐẢNG CỘNG SẢN VIỆT NAM", 0.2, inside=True),
        _fixed("Độc lập - Tự do - Hạnh phúc", 0.3, inside=True),
        _fixed("ỦY BAN NHÂN DÂN", 0.15),
        _fixed("HỘI ĐỒNG NHÂN DÂN", 0.15),
        _fixed("QUYẾT ĐỊNH:", alone=True),
        _fixed("QUYẾT NGHỊ:", alone=True),
        *(_fixed(name, 0.17 if len(name) > 6 else 0.0, alone=True) for name in sorted(names, key=len, reverse=True)),
        *(_fixed(mark, 0.17, alone=True) for mark in marks),
        _fixed("Nơi nhận:", 0.25),
        _fixed("Kính gửi:", 0.25),
        _fixed("Căn cứ"),
        _fixed("- Như trên;"),
        _fixed("- Lưu:"),
    )


def _respelt(words: list[Word]) -> list[Word]:
    """The line with the fixed words that it, or a part of it between gaps, begins with."""
    first, *others = _parts(words)
    numbered = _SO.match(first[0].text)
    parts = [first, *(part for part in others if numbered or _mean(part) >= _NOISE)]
    return [word for part in parts for word in _part_respelt(part)]


_NOISE = 0.5  # a stamp or a signature beside the text is recognised less surely


def _mean(part: Sequence[Word]) -> float:
    return sum(word.sure for word in part) / len(part)


def _parts(words: list[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = []
    for word in words:
        if parts and word.x0 - parts[-1][-1].x1 <= 0.9 * word.size:
            parts[-1].append(word)
        else:
            parts.append([word])
    return parts


def _part_respelt(part: list[Word]) -> list[Word]:
    numbered = _numbered(part)
    if numbered:
        return numbered
    if _VE_VIEC.fullmatch(part[0].text) and len(part) > 1 and part[1].text[0].islower():
        return [_as(part[0], "V/v"), *part[1:]]
    best, found = 1.0, part
    for fixed in _phrases():
        for start in range(len(part) if fixed.inside else 1):
            count, far = _matched(part[start:], fixed)
            if count and far < best:
                best, found = far, [*part[:start], *_put(part[start : start + count], fixed), *part[start + count :]]
    return _file_copy(found)


_VT = re.compile(r"V[TIÍĨLEĐDŨỤĂ1|\]]L?[,.;:_]?")


def _file_copy(part: list[Word]) -> list[Word]:
    """ "Lưu: VT" (văn thư), as every list of recipients ends: the two letters are taken for others more often than not."""
    at = next((i for i, word in enumerate(part[:4]) if word.text == "Lưu:"), None)
    if at is None:
        return part
    if at > 0 and all(word.sure < 0.8 or not any(map(str.isalnum, word.text)) for word in part[:at]):  # dirt before it
        part, at = [_as(part[at - 1], "-"), *part[at:]], 1
    if at + 1 >= len(part) or not _VT.fullmatch(part[at + 1].text):
        return part
    closing = part[at + 1].text[-1].replace("_", ",") if not part[at + 1].text[-1].isalnum() else ""
    return [*part[: at + 1], _as(part[at + 1], "VT" + closing.strip("|]")), *part[at + 2 :]]


_VE_VIEC = re.compile(r"[VW](?:[/⁄|1lIiíÍfï!'.]?[vVyYwW]{1,2}|/)[.:]?")  # "V/v", before a small letter
_SO = re.compile(r"[^\w\s]?S(?:[ốóôồộổỗòỏõọé][:;.,]?|[ỐÓÔ][:;.,]?|[oơ06i][:;.,])(?![a-zà-ỹ]{2})")
_SYMBOL = re.compile(r"[A-ZĐ]{2}[\w&./()-]*\W*$")
_GLUED = re.compile(r"([^/]*?\d[^/]*?)(\s?/?[A-ZĐ]{2}\S*|/\S*)")


def _numbered(part: list[Word]) -> list[Word] | None:
    """The line with "Số:" at its head where it ends like a symbol: «Só:22/KH-TTra», «Sóa005 /SYT-NVY».

    "Số", number and symbol become words of their own, so that each has its own measure of how sure it is.
    """
    anchor = _SO.match(part[0].text)
    if not anchor or not _SYMBOL.search(" ".join(word.text for word in part)):
        return None
    pieces = [_as(_cut(part[0], 0, anchor.end()), "Số:")]
    if anchor.end() < len(part[0].text):
        pieces += _unglued(_cut(part[0], anchor.end(), len(part[0].text)))
    return pieces + [piece for word in part[1:] for piece in _unglued(word)]


def _unglued(word: Word) -> list[Word]:
    """Number and symbol apart, the number as sure as its least sure letter."""
    glued = _GLUED.fullmatch(word.text)
    if not glued:
        return [_by_letters(word)] if any(c.isdigit() for c in word.text) else [word]
    return [_by_letters(_cut(word, 0, glued.end(1))), _cut(word, glued.start(2), len(word.text))]


def _cut(word: Word, start: int, end: int) -> Word:
    step = (word.x1 - word.x0) / len(word.text)
    return word._replace(
        text=word.text[start:end],
        x0=word.x0 + start * step,
        x1=word.x0 + end * step,
        letters=word.letters[start:end],
    )


_PRINTED = 0.98  # printed figures are all above; of handwritten ones at least one is below


def _by_letters(word: Word) -> Word:
    if not word.letters:
        return word
    return word._replace(sure=0.95 if min(word.letters) >= _PRINTED else min(word.sure, 0.6))


def _matched(part: list[Word], fixed: _Fixed) -> tuple[int, float]:
    """How many words at the beginning of `part` are the fixed ones, and how far they are from them; 0 where they are not."""
    if fixed.alone and (fixed.words[-1][-1] == ":") != part[-1].text.endswith(":"):
        return 0, 1.0
    if fixed.alone and not all(word.text.upper() == word.text for word in part):
        return 0, 1.0
    usual = len(fixed.words)
    counts = [len(part)] if fixed.alone else range(max(1, usual - 3), usual + 3)
    best, found = 1.0, 0
    for count in counts:
        if count > len(part) or abs(count - usual) > 3:
            continue
        letters = _letters("".join(word.text for word in part[:count]))
        far = 1.0 - SequenceMatcher(None, letters, fixed.letters, autojunk=False).ratio()
        if letters and far <= fixed.tolerance and far < best:
            best, found = far, count
    return found, best


def _put(read: list[Word], fixed: _Fixed) -> list[Word]:
    """The fixed words in the place of the read ones; a closing mark is taken from what was read."""
    if len(read) == len(fixed.words):
        return [_as(word, text) for word, text in zip(read, fixed.words, strict=True)]
    first, last = read[0], read[-1]
    sure, raw = min(word.sure for word in read), " ".join(word.text for word in read)
    step = (last.x1 - first.x0) / len(fixed.words)
    places = [first.x0 + i * step for i in range(len(fixed.words) + 1)]
    return [
        Word(text, places[i], places[i + 1], first.y, first.size, sure, raw if i == 0 else " ")
        for i, text in enumerate(fixed.words)
    ]


def _as(word: Word, text: str) -> Word:
    if word.text == text:
        return word
    if text.rstrip(":;") == word.text.rstrip(":;.,"):  # only the closing mark differs
        return word._replace(text=text, raw=word.text)
    return word._replace(text=text, raw=word.raw or word.text)
