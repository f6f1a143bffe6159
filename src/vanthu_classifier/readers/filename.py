"""What the name of a file says of the document in it: number, type, agency. Evidence, weaker than the page.

Offices name files after the symbol, each in its own way. A name (without folder, ending, "signed" and copy marks, and the time
stamp that a document system puts first) is taken for evidence where it *begins* so; letters are read without diacritics:

    name     = [so] number [year] TYPE {body}       2094 tb syt · 1234-CV-SNV · 40_2018_QD-UBND · 03TB_Ke hoach xet tot nghiep
             | [so] number AGENCY {body}            2005 syt ny (công văn: the symbol begins with the agency)
             | TYPE [so] number [year] {body}       QD_123_UBND_2020 · Nghị_quyết_01_2020_NQ-HĐTP · Quyet dinh 93-2007
             | [AGENCY] TYPE number                 DHQGHN-QD-628
             | number                               1945, and nothing else
    number   = one to five digits, and a letter perhaps ("12a")
    TYPE     = abbreviation or name of a type       tb, qd, ttr, "thong bao", "quyet dinh"
    body     = the next words, as long as they are known agencies or stand in capitals

No number is what is a date (12.3.2020, 2020-03-12, 20200312), a year before a type ("2018 KH"), a copy's count ("(1)"), a place
in a list ("02. Phụ lục"), a telephone's or an account's digits, or what a scanner or a camera counts (SKM_C25819, IMG_0012,
scan0003): there, letters that name no type stand first, or digits are too many. A name that is nothing but digits may be
anything ("2018"): the page has to bear it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.so_ky_hieu import is_agency, parse
from vanthu_classifier.text import clean, strip_diacritics

__all__ = ["FileName", "read"]


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name states; None or () where it states nothing.

    `number` is written as in the name ("03"), `loai` a type's code (`CV` too where an agency follows the number), `groups` the
    groups of the symbol that stand in the name, in capitals and mostly without diacritics: type first, then body.
    """

    number: str | None = None
    year: int | None = None
    loai: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def symbol(self) -> str | None:
        """Number and symbol in canonical spelling, where the name has enough for one: number, type and agency."""
        if not self.number or not self.groups or len(self.groups) == (self.loai in self.groups):
            return None
        year = f"{self.year}/" if self.year else ""
        try:
            return parse(f"{self.number}/{year}{'-'.join(self.groups)}").text
        except ArgumentValueError:
            return None


def read(path: str) -> FileName:
    """What the name of the file at `path` (forward slashes) says of its document.

    >>> read("2018/2094 tb syt.pdf").symbol, read("QD_123_UBND_2020.pdf").symbol, read("2005 syt ny.pdf").loai
    ('2094/TB-SYT', '123/QĐ-UBND', 'CV')
    >>> read("so 45 bc ubnd ngay 12.3.docx").symbol, read("1945.pdf").number
    ('45/BC-UBND', '1945')
    >>> read("SKM_C25819.pdf"), read("12.3.2020.pdf").number, read("bao cao (1).pdf").number
    (FileName(number=None, year=None, loai=None, groups=()), None, None)
    """
    tokens = _tokens(PurePosixPath(path).name)
    for form in (_number_first, _type_first, _number_alone):
        found = form(tokens)
        if found is not None:
            return found
    return FileName()


# ------------------------------------------------------------------ pieces

_ENDINGS = re.compile(r"(?:\.(?:pdf|docx?|rtf|odt|txt|html?|jpe?g|png|tiff?|bmp|signed|da\s?ky))+$", re.IGNORECASE)
_MARKS = re.compile(
    r"(?:[\s._-]*(?:\(\d{1,3}\)|signed|(?:da ky|đã ký|ky|ký)(?: so| số)?|copy|bản sao))+$", re.IGNORECASE
)
_STAMP = re.compile(r"^(?:\d{8,}|(?:19|20)\d\d_\d\d_\d\d_\d{6,})(?:[\s._~!-]+|(?=[A-Za-zĐ]))")
_COUNT = re.compile(r"^\d{1,2}\.\s+")  # "02. Phụ lục": a place in a list
_TOKEN = re.compile(r"\d++(?:[.,/-]\d++)*+[a-zđ]?(?![^\W\d_])|\d++(?=[^\W\d_]{2})|[^\W\d_]+(?:&[^\W\d_]+)*|\d+|[()]")


def _tokens(name: str) -> list[str]:
    stem = _STAMP.sub("", _MARKS.sub("", _ENDINGS.sub("", clean(name).text)))
    return _TOKEN.findall(_COUNT.sub("", stem).replace("_", " "))


def _plain(token: str) -> str:
    return strip_diacritics(token).lower()


@cache
def _abbreviations() -> dict[str, str]:
    """Types by their abbreviation in small letters without diacritics; "hd" is guidance and "da" a scheme, as offices have them."""
    out = {"hd": "HD", "da": "ĐA", "cd": "CĐ", "cv": "CV", "tt": "TTr"}
    for row in types().values():
        for short in (row.nd30, *row.symbols) if row.group != "gia_loai" else ():
            if len(short) > 1:
                out.setdefault(_plain(short), row.code)
    return out


@cache
def _names() -> dict[tuple[str, ...], str]:
    """Types by the words of their name, longest first."""
    pairs = [(tuple(_plain(word).split()), row.code) for row in types().values() for word in row.words]
    return dict(sorted((pair for pair in pairs if len(pair[0]) > 1), key=lambda pair: -len(pair[0])))


def _type_at(tokens: list[str], i: int) -> tuple[str, int] | None:
    """The type that stands at `i`, and where it ends."""
    for words, code in _names().items():
        if tuple(map(_plain, tokens[i : i + len(words)])) == words:
            return code, i + len(words)
    code_ = _abbreviations().get(_plain(tokens[i])) if i < len(tokens) else None
    return (code_, i + 1) if code_ else None


_NUMBER = re.compile(r"\d{1,5}[a-zđ]?")
_WITH_YEAR = re.compile(r"(\d{1,5}[a-zđ]?)[./-]((?:19|20)\d\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def _number_at(tokens: list[str], i: int) -> tuple[str, int | None, int] | None:
    """The number at `i`, the year in the symbol, and where they end."""
    if i >= len(tokens):
        return None
    joined = _WITH_YEAR.fullmatch(tokens[i])
    if joined:
        return joined[1], int(joined[2]), i + 1
    if not _NUMBER.fullmatch(tokens[i]):
        return None
    return tokens[i], None, i + 1


def _year_at(tokens: list[str], i: int) -> int | None:
    return int(tokens[i]) if i < len(tokens) and _YEAR.fullmatch(tokens[i]) else None


def _after_so(tokens: list[str], i: int) -> int:
    return i + 1 if i < len(tokens) and _plain(tokens[i]) in ("so", "no") else i


def _body(tokens: list[str], i: int) -> tuple[str, ...]:
    """The groups at `i`: known agencies, what stands in capitals among small letters, and a unit after an agency."""
    out: list[str] = []
    for token in tokens[i : i + 3]:
        plain = _plain(token)
        known = is_agency(token) or is_agency(plain)
        capital = token.isupper() and 2 <= len(token) <= 8 and not all(t.isupper() for t in tokens if t.isalpha())
        unit = bool(out) and is_agency(out[-1]) and token.isascii() and len(token) <= 4 and plain not in _WORDS
        if not (token.isalpha() and (known or capital or unit)):
            break
        out.append(token.upper())
    return tuple(out)


_WORDS = frozenset(["ve", "vv", "so", "ngay", "thang", "nam", "gui", "de", "cua", "v", "di", "den", "lan", "ban", "k"])
"""Short words that follow a symbol and are no unit."""


# ------------------------------------------------------------------ forms


def _number_first(tokens: list[str]) -> FileName | None:
    number = _number_at(tokens, _after_so(tokens, 0))
    if number is None:
        return None
    digits, year, i = number
    if year is None and _year_at(tokens, i):
        year, i = _year_at(tokens, i), i + 1
    kind = _type_at(tokens, i)
    if kind:
        body = _body(tokens, kind[1])
        return FileName(digits, year, kind[0], (kind[0], *body)) if _is_sound(digits, body) else None
    body = _body(tokens, i)
    return FileName(digits, year, "CV", body) if body and is_agency(body[0]) else None


def _is_sound(digits: str, body: tuple[str, ...]) -> bool:
    """A year before a type ("2018 KH …") is a number only where an agency follows."""
    return bool(body) or not _YEAR.fullmatch(digits)


def _type_first(tokens: list[str]) -> FileName | None:
    agency = tokens[0] if len(tokens) > 2 and tokens[0].isupper() and not _type_at(tokens, 0) else None
    kind = _type_at(tokens, 1 if agency else 0)
    if kind is None:
        return None
    loai, i = kind
    number = _number_at(tokens, _after_so(tokens, i))
    if number is None or (_YEAR.fullmatch(number[0]) and number[1] is None):
        return FileName(loai=loai)
    digits, year, i = number
    if year is None and _year_at(tokens, i) and i + 1 < len(tokens) and _type_at(tokens, i + 1):
        year, i = _year_at(tokens, i), i + 1
    if i < len(tokens) and _plain(tokens[i]) == _plain(loai):  # "Nghị quyết 01 NQ-HĐTP"
        i += 1
    body = _body(tokens, i) or ((agency,) if agency else ())
    return FileName(digits, year, loai, body if loai == "CV" else (loai, *body))


def _number_alone(tokens: list[str]) -> FileName | None:
    number = _number_at(tokens, _after_so(tokens, 0))
    if number is None or number[1] is not None or len(tokens) != number[2]:
        return None
    return FileName(number=number[0])
