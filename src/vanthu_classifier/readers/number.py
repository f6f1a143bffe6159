"""The document's own number and symbol: from its line on the page, and from the file's name where the page leaves it open.

On a page whose letters the file states, the line has it: number, "/", symbol. In a picture the number is mostly written by hand or
stamped; Tesseract then sees «0?», «42A.5» or a wrong figure with little confidence. So a recognised line is read from its
end: the symbol is printed, and what stands before it counts as the number only where it is nothing but digits, surely
recognised. Otherwise the number is left out ("/GM-SYT"), unless the file's name has it and agrees with the symbol:

    page                 file name          number and symbol
    Số: 15/QĐ-UBND       (any)              15/QĐ-UBND        a page read surely wins
    Số: 0? /GM-SYT       03 gm syt.pdf      03/GM-SYT         the name has the number, the page the symbol
    Số: 42A.5/SYT-NVY    1945.pdf           1945/SYT-NVY      digits alone: only where some are seen on the page
    Số:     /QĐ-UBND     123 qd ubnd.pdf    /QĐ-UBND          the file states its letters: a draft, whatever its name
    (no such line)       03 gm syt.pdf      03/GM-SYT         only in a picture with a national motto; an annex has no number
    Số:                  03 gm syt.pdf      03/GM-SYT         what stands there is a picture that the file does not tell

Digits are mended where the grammar leaves no choice (O for 0, l for 1 between digits), and the symbol where it then is the
agency's own («QĐ-SVT» of "SỞ Y TẾ"); what was recognised stays in `Source.raw`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.loai_van_ban import code_of_symbol
from vanthu_classifier.readers.filename import FileName
from vanthu_classifier.readers.page import Line
from vanthu_classifier.readers.record import Source
from vanthu_classifier.so_ky_hieu import is_agency, parse
from vanthu_classifier.text import strip_diacritics

__all__ = ["LINE", "STAMP", "Number", "find", "is_stamped"]

LINE = re.compile(
    r"(?:Số|SỐ|(?:Luật|Pháp lệnh|Nghị quyết) số|(?:LUẬT|PHÁP LỆNH|NGHỊ QUYẾT) SỐ)(?:\s+hiệu)?"
    r"\s*(?:([:.;])|(?=[\d/_…]|$))\s*(.*)"
)
"""The line of number and symbol: the mark after "Số", "" or None where there is none, and what follows."""

STAMP = re.compile(
    r"Thời gian ký|Ngày ký|Ký bởi|Người ký|Ký ngày|CÔNG VĂN ĐẾN|^ĐẾN\b|^Đến\b|Ngày đến|Chuyển\s?:", re.IGNORECASE
)
"""What stamps of signing and of receipt say."""


@dataclass(frozen=True, slots=True)
class Number:
    """Number and symbol, where they come from, and what is to be said about them, in Vietnamese."""

    text: str | None = None
    source: Source | None = None
    notes: tuple[str, ...] = ()


_BY_NAME = "Số, ký hiệu lấy theo tên tệp; hãy đối chiếu."
_NUMBER_BY_NAME = "Số lấy theo tên tệp, ký hiệu đọc trên bản quét; hãy đối chiếu."
_UNREAD = "Số viết tay hoặc mờ nên chưa đọc được; hãy ghi thêm số."
_EMPTY = "Số văn bản còn để trống."


def is_stamped(head: Sequence[Line], i: int) -> bool:
    """Whether the line belongs to a stamp of signing or of receipt, whose number is another one."""
    around = [line.text for line in head[max(0, i - 2) : i + 3] if line.block == head[i].block]
    return any(STAMP.search(text) for text in around)


def find(head: Sequence[Line], name: FileName, agency: str | None, *, own: bool) -> Number:
    """The number in the lines of the head, or in the file's name; `own` says that the head is a document's, no annex's."""
    wanted = False
    for i, line in enumerate(head):
        found = LINE.match(line.text)
        if found and not is_stamped(head, i):
            number = _recognised(line, found, name, agency, i) if line.sure else _stated(head, i, found)
            if number:
                return number
            wanted = wanted or not re.search(r"\w", found[2])
    if name.symbol and own and (wanted or any(line.sure for line in head)):
        return Number(name.symbol, Source("so_ky_hieu", "file_name", 0.85), (_BY_NAME,))
    return Number()


# ------------------------------------------------------------------ letters that the file states

_TOKEN = re.compile(r"(?:(\d{1,6}[A-Za-zđ]?)\b)?((?:[/-]\d{4})?[/-][A-ZĐÔƠƯĂÂÊ][\w&.()/,-]*|[/-]?)")


def _stated(head: Sequence[Line], i: int, found: re.Match[str]) -> Number | None:
    number = _printed(found[2]) or (_printed(_next_text(head, i)) if not found[2].strip(" ._") else None)
    if number and number.startswith("/"):
        above = head[i - 1].text if i and head[i - 1].block == head[i].block else ""
        number = (above if re.fullmatch(r"\d{1,6}[a-zđ]?", above) else "") + number
    if not number or (not found[1] and number.isdigit()):
        return None
    return Number(number, Source("so_ky_hieu", "page", 1.0, head[i].page, i), (_EMPTY,) if number[0] == "/" else ())


def _next_text(lines: Sequence[Line], i: int) -> str:
    return next((line.text for line in lines[i + 1 : i + 3] if line.text), "")


def _printed(text: str) -> str | None:
    """The number and symbol at the head of `text` without inner blanks; None where there is neither."""
    text = re.sub(r"[._…]{2,}", " ", text).strip()
    text = re.sub(r"\s*([/&])\s*", r"\1", text)
    text = re.sub(r"(?<=[\w)])\s*-\s*(?=[A-ZĐ\d])", "-", text)
    text = re.sub(r"(?<=/)([A-ZĐ]\w{1,2})\.\s+(?=[A-ZĐ]{2,}-)", r"\1.", text)
    found = _TOKEN.match(text)
    if not found or not found.group().strip("/-"):
        return None
    return found.group().rstrip(".,;:-") or None


# ------------------------------------------------------------------ letters recognised in a picture

_SURE = 0.8  # of the digits; of printed numbers nearly all are above, of handwritten ones nearly none
_GROUP = "[A-ZĐ][A-Za-zĐđƠƯÔÊÂĂ&]"
_SYMBOL = re.compile(rf"{_GROUP}+\d*(?:\s*[-/.]\s*{_GROUP}*\d*)*(?:\([\w.,]+\))?[\s.,;:'\"_-]*$")
_SUBJECT = re.compile(r"\s\(?(?:V\s?/\s?v|Về việc)\b.*")
_SPECKS = re.compile(r"(?<=[-/])['\"`.,:;*]+(?=[A-ZĐ])|(?<=[A-ZĐ])['\"`.,:;*]+(?=[-/])")
_YEAR = re.compile(r"\s*/\s*((?:19|20)\d\d)\s*$")
_MISREAD = str.maketrans("OoQlIi|", "0001111")


def _recognised(line: Line, found: re.Match[str], name: FileName, agency: str | None, i: int) -> Number | None:
    rest = _SPECKS.sub("", found[2])
    symbol = _symbol_of(rest)
    if symbol is None:
        return None
    before, groups = rest[: symbol[0]], symbol[1]
    if _sure_of(line, found.start(2) + symbol[0], len(line.text)) < _SURE:
        groups = _mended(groups, name, agency)
    mark = "-" if re.search(r"\d\s*-\s*$", before) and "/" in groups else "/"
    before = re.sub(r"[\s/|\\-]+$", "", before)
    year = _YEAR.search(before)
    middle = mark + (f"{year[1]}/" if year else "")
    before = before[: year.start()] if year else before
    sure = _sure_of(line, found.start(2), found.start(2) + len(before))
    raw = line.raw or line.text
    digits = _digits(before)
    named = name.number if _agrees(name, groups) else None
    if digits and sure >= _SURE:
        other = named is not None and _value(named) != _value(digits)
        notes = (f"Tên tệp ghi số {named}, bản quét ghi số {digits}; hãy đối chiếu.",) if other else ()
        place = Source("so_ky_hieu", "scan", round(sure * (0.7 if other else 1.0), 2), line.page, i, raw)
        return Number(digits + middle + groups, place, notes)
    if named and (name.groups or _borne_out(named, before)):
        both = Source("so_ky_hieu", "page_and_file_name", 0.9 if name.groups else 0.8, line.page, i, raw)
        return Number(named + middle + groups, both, (_NUMBER_BY_NAME,))
    return Number("/" + groups, Source("so_ky_hieu", "scan", round(sure, 2), line.page, i, raw), (_UNREAD,))


def _symbol_of(rest: str) -> tuple[int, str] | None:
    """Where the symbol at the end of a line begins, and the symbol."""
    found = _SYMBOL.search(_SUBJECT.sub("", rest))
    if found is None:
        return None
    text = re.sub(r"\s+", "", found.group()).strip(".,;:'\"_-")
    return (found.start(), text) if sum(c.isupper() for c in text) >= 2 else None


def _digits(before: str) -> str | None:
    """The number in what stands before the symbol, where it can be nothing else."""
    text = re.sub(r"[\s.]", "", before)
    if not re.search(r"\d", text):
        return None
    mended = text.translate(_MISREAD) if re.fullmatch(r"[\dOoQlIi|]+", text) else text
    return mended if re.fullmatch(r"\d{1,6}[a-zđ]?", mended) else None


def _sure_of(line: Line, start: int, end: int) -> float:
    """How sure the least sure word between two places of a line is."""
    words = list(re.finditer(r"\S+", line.text))
    if len(words) != len(line.sure):
        return min(line.sure)
    return min(
        (s for word, s in zip(words, line.sure, strict=True) if word.end() > start and word.start() < end), default=0.0
    )


def _mended(symbol: str, name: FileName, agency: str | None) -> str:
    """A symbol whose last group is one letter off the agency's initials, or off what the file's name says, put right."""
    groups = re.split(r"([-/.])", symbol)
    groups[0] = {"QD": "QĐ", "QO": "QĐ", "ND": "NĐ", "TTR": "TTr"}.get(groups[0], groups[0])
    known = {strip_diacritics(g): g for g in name.groups} | {strip_diacritics(g): g for g in _initials(agency)}
    for i in range(0, len(groups), 2):
        plain = strip_diacritics(groups[i])
        if is_agency(groups[i]) or code_of_symbol(groups[i]) or plain in known or len(plain) < 3:
            continue
        near = [
            g
            for p, g in known.items()
            if len(p) == len(plain) and sum(a != b for a, b in zip(p, plain, strict=True)) == 1
        ]
        groups[i] = near[0] if len(near) == 1 else groups[i]
    return "".join(groups)


def _initials(agency: str | None) -> list[str]:
    """Abbreviations that the agency's lines on the page give: "SỞ Y TẾ" is SYT, "ỦY BAN NHÂN DÂN HUYỆN A" UBND."""
    out = ["UBND", "HĐND"]
    for name in (agency or "").split(" - "):
        words = re.findall(r"[^\W\d_]+", name)
        out += ["".join(word[0] for word in words[:n]).upper() for n in range(2, len(words) + 1)]
    return out


def _agrees(name: FileName, symbol: str) -> bool:
    """Whether a file's name and the symbol on the page may speak of one document."""
    if not name.groups:
        return True
    plain = {strip_diacritics(group).upper() for group in re.split(r"[-/.]", symbol)}
    named = [strip_diacritics(group).upper() for group in name.groups if group != "CV"]
    try:
        loai = parse("1/" + symbol).loai
    except ArgumentValueError:
        loai = None
    return (
        (name.loai == loai or name.loai in plain)
        if len(named) < 2
        else named[0] in plain or (name.loai == loai and named[1] in plain)
    )


def _borne_out(number: str, before: str) -> bool:
    """Whether half of the digits are seen on the page, in their order, in what was read there."""
    seen = re.sub(r"\s", "", before.translate(_MISREAD))
    at = hits = 0
    for digit in number:
        place = seen.find(digit, at)
        if place >= 0:
            at, hits = place + 1, hits + 1
    return 2 * hits >= len(number) and len(seen) <= len(number) + 2


def _value(number: str) -> str:
    return number.lstrip("0").lower()
