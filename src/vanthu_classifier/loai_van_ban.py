"""Types of official documents (loại văn bản), and the type that the head of a title states.

The table `data/loai_van_ban.toml` has every type of Decree 30/2020 (Art. 7, Appendix III) and of Circular 01/2011, the normative
forms of Law 80/2015 (Art. 4), copies, and what the Decision's lists name although no decree calls it a type.

    Tờ trình về việc phê duyệt dự án …     tờ trình      the first type phrase of the title is its head type
    Báo cáo kết quả thực hiện Đề án …      báo cáo       an inner word is never the type
    V/v Kế hoạch kiểm tra …                (none)        after "V/v" stands the matter
    To trinh phe duyet …                   tờ trình      without diacritics, where the whole title has none
    Tờ trinh, Quyêt định, Thông bao        as meant      one wrong letter in a name of two syllables
    TT Đề nghị …, BC kết quả …             tờ trình …    abbreviations that clerks put first
    Quy định mức thu …                     (none)        a verb: circulars, decrees and decisions begin so

A word that states the type in one office can be the first word of the matter in another ("hướng dẫn một số điều của Nghị định …" heads circulars); such
heads are listed in `_MATTER` and left to the model.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.kept import Kept
from vanthu_classifier.text import clean, has_diacritics, strip_diacritics

__all__ = ["NORMATIVE_FORMS", "HeadType", "LoaiVanBan", "by_code", "code_of_symbol", "head_type", "normalize", "types"]

NORMATIVE_FORMS = frozenset({"NQ", "QĐ", "CT", "TT", "TTLT", "NĐ", "NQLT", "PL", "L", "LENH", "HP"})
"""Types that have been normative documents (Law 80/2015, Art. 4; directives until 01/7/2016)."""


@dataclass(frozen=True, slots=True)
class LoaiVanBan:
    """One type of document; the columns of `data/loai_van_ban.toml`."""

    code: str
    slug: str
    name: str
    name_en: str
    group: Literal["hanh_chinh", "hanh_chinh_cu", "ban_sao", "quy_pham", "chuyen_nganh", "gia_loai"]
    nd30: str
    tt01: str
    symbols: tuple[str, ...]
    words: tuple[str, ...]
    abbreviations: tuple[str, ...]
    source: str


@cache
def types() -> Mapping[str, LoaiVanBan]:
    """Every type by its code, in the table's order.

    >>> types()["TTr"].name, len(types()) > 45
    ('Tờ trình', True)
    """
    table = tomllib.loads(files("vanthu_classifier").joinpath("data/loai_van_ban.toml").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = [
        {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in table["loai"]
    ]
    return {str(row["code"]): LoaiVanBan(**row) for row in rows}


def by_code(code: str) -> LoaiVanBan:
    """The type with this code; `KeyError` where there is none."""
    return types()[code]


@cache
def _symbols() -> dict[str, str]:
    exact = {symbol: row.code for row in types().values() for symbol in row.symbols}
    return exact | {symbol.upper(): code for symbol, code in exact.items() if symbol.upper() not in exact}


def code_of_symbol(group: str) -> str | None:
    """The type that a group of a symbol names, or None where it names none (an agency, say).

    Case is forgiven, `Đ` and `D` are kept apart: `HD` is guidance, `HĐ` a contract, `ĐA` a scheme, `DA` a project.

    >>> code_of_symbol("TTr"), code_of_symbol("TTR"), code_of_symbol("UBND")
    ('TTr', 'TTr', None)
    >>> code_of_symbol("HĐ"), code_of_symbol("HD"), code_of_symbol("QyĐ"), code_of_symbol("QĐ")
    ('HĐ', 'HD', 'QyĐ', 'QĐ')
    """
    return _symbols().get(group) or _symbols().get(group.upper())


@cache
def _arguments() -> dict[str, str]:
    out: dict[str, str] = {}
    for row in types().values():
        for name in (row.name, row.slug.replace("_", " "), *row.words):
            out.setdefault(clean(name).text.lower(), row.code)
            out.setdefault(strip_diacritics(name).lower(), row.code)
        for short in (row.nd30, row.tt01, *row.symbols):
            if short:
                out.setdefault(short.lower(), row.code)
    return out


def normalize(loai_van_ban: str) -> str:
    """The code of a type given by abbreviation or name, with or without diacritics.

    `ArgumentValueError` where no type is called so, `ArgumentTypeError` where it is no string.

    >>> normalize("Tờ trình"), normalize("to trinh"), normalize("TTr"), normalize("ttr"), normalize("Đề án")
    ('TTr', 'TTr', 'TTr', 'TTr', 'ĐA')
    >>> normalize("tờ rơi")
    Traceback (most recent call last):
    vanthu_classifier.errors.ArgumentValueError: loai_van_ban: Không có loại văn bản «tờ rơi». Ghi tên loại hoặc chữ viết tắt, ví dụ «Tờ trình» hoặc «TTr».
    """
    if not isinstance(loai_van_ban, str):
        raise ArgumentTypeError(
            f"Loại văn bản phải là chuỗi ký tự, không phải {type(loai_van_ban).__name__}.", column="loai_van_ban"
        )
    asked = clean(loai_van_ban).text
    exact = types().get(asked)
    if exact:
        return exact.code
    code = _arguments().get(asked.lower()) or code_of_symbol(asked)
    if code is None:
        raise ArgumentValueError(
            f"Không có loại văn bản «{asked}».",
            remedy="Ghi tên loại hoặc chữ viết tắt, ví dụ «Tờ trình» hoặc «TTr».",
            column="loai_van_ban",
        )
    return code


@dataclass(frozen=True, slots=True)
class HeadType:
    """The type that the head of a title states; `span` in the text it was looked for in, `how` the evidence."""

    code: str
    span: tuple[int, int]
    how: Literal["word", "abbreviation", "no_diacritics", "misspelt"]


_SKIP = re.compile(
    r"""[\s"'(\[«*+•.,:;_-]*(?:(?:hỏa tốc|thượng khẩn|khẩn)(?: hẹn giờ)?[\s:.,;)\-]+)?["'(\[«\s]*""", re.IGNORECASE
)
# A type word that goes on like this is the beginning of the matter, or another word.
_MATTER = {
    "HD": re.compile(
        r"(?:viên\b|(?:chi tiết |thực hiện |thi hành |áp dụng |xử lý )*(?:một số |những |các )*(?:điều|điểm|khoản|nội dung|quy định)\b.{0,40}\b"
        r"(?:luật|nghị định|nghị quyết|pháp lệnh|bộ luật|quyết định số|thông tư)\b"
        r"|(?:chi tiết )?(?:thực hiện|thi hành) (?:luật|nghị định|pháp lệnh|bộ luật)\b|chế độ (?:kế toán|tài chính)|(?:cơ chế|thuế|kế toán)\b)",
        re.IGNORECASE,
    ),
    "BC": re.compile(r"viên\b", re.IGNORECASE),
    "KH": re.compile(r"hóa\b", re.IGNORECASE),
    "L": re.compile(r"sư\b|gia\b", re.IGNORECASE),
    "DUTHAO": re.compile(r"$"),
}
_LONGEST_HEAD = 64
"""Letters at the head of a title that are looked at; the longest name of a type has some twenty."""
_AFTER_ABBREVIATION = re.compile(r"\s*[:.-]?\s+[^\W\d_]{2,}|\s*[:.-]?\s+(?:V/v|Vv|VV|v/v)\b|\s+số\b")


_FIRST_SYLLABLE = re.compile(r"[^\W_]+")


@cache
def _heads(plain: bool) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Words that state a type and their codes, longest first, by their first syllable; with `plain`, all without diacritics."""
    out: dict[str, list[tuple[str, str]]] = {}
    for word, code in _words_of_types():
        word = strip_diacritics(word) if plain else word
        out.setdefault(_first_syllable(word, 0), []).append((word, code))
    return {syllable: tuple(pairs) for syllable, pairs in out.items()}


@cache
def _words_of_types() -> tuple[tuple[str, str], ...]:
    pairs = [(word, row.code) for row in types().values() for word in row.words]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _first_syllable(text: str, start: int) -> str:
    found = _FIRST_SYLLABLE.match(text, start)
    return found.group() if found else ""


@cache
def _abbreviations() -> re.Pattern[str]:
    shorts = sorted((short for row in types().values() for short in row.abbreviations), key=len, reverse=True)
    return re.compile(r"(?:" + "|".join(map(re.escape, shorts)) + r")(?![\w/&])")


def head_type(text: str) -> HeadType | None:
    """The type that the head of the cleaned `text` states, or None where it states none.

    >>> head_type("Báo cáo kết quả thực hiện Đề án 06")
    HeadType(code='BC', span=(0, 7), how='word')
    >>> head_type("TT Đề nghị bổ sung kinh phí").code, head_type("Quyêt định về việc nâng lương").how
    ('TTr', 'misspelt')
    >>> head_type("V/v Kế hoạch kiểm tra"), head_type("Quy định mức thu phí"), head_type("Luật sư tham gia phiên tòa")
    (None, None, None)
    """
    first = _FIRST_WORDS.match(text)
    if first and not _MAY_STATE[first.group()]:
        return None
    skipped = _SKIP.match(text)
    start = skipped.end() if skipped else 0
    lower = text[: start + _LONGEST_HEAD].lower()
    found = (
        _word_at(lower, start, "word")
        or _abbreviation_at(text, start)
        or (None if has_diacritics(text) else _word_at(lower, start, "no_diacritics"))
        or _misspelt_at(lower, start)
    )
    if found is None:
        return None
    matter = _MATTER.get(found.code)
    return None if matter and matter.match(text[found.span[1] :].lstrip()) else found


_FIRST_WORDS = re.compile(r"\w+(?: \w+)?")


def _may_state(words: str) -> bool:
    """Whether a title that begins with these words, the first two, may state a type at its head: few do."""
    first, _, second = words.partition(" ")
    lower = first.lower()
    names = _names_of_two_syllables()
    return bool(
        "_" in words
        or lower in _heads(False)
        or lower in _heads(True)
        or lower in names[0]
        or second.lower() in names[1]
        or _SKIP.fullmatch(f"{words} ")
        or _abbreviations().match(first)
    )


_MAY_STATE: Kept[str, bool] = Kept(_may_state)


def _word_at(lower: str, start: int, how: Literal["word", "no_diacritics"]) -> HeadType | None:
    for word, code in _heads(how == "no_diacritics").get(_first_syllable(lower, start), ()):
        end = start + len(word)
        if lower.startswith(word, start) and not lower[end : end + 1].isalnum():
            return HeadType(code, (start, end), how)
    return None


def _abbreviation_at(text: str, start: int) -> HeadType | None:
    match = _abbreviations().match(text, start)
    if match is None or not _AFTER_ABBREVIATION.match(text, match.end()):
        return None
    code = next(row.code for row in types().values() if match.group() in row.abbreviations)
    return HeadType(code, match.span(), "abbreviation")


_TWO_SYLLABLES = re.compile(r"(\w+) (\w+)")


def _misspelt_at(lower: str, start: int) -> HeadType | None:
    words = _TWO_SYLLABLES.match(lower, start, start + 30)
    if words is None:
        return None
    code = _meant(*words.groups())
    return HeadType(code, words.span(), "misspelt") if code else None


def _meant(first: str, second: str) -> str | None:
    """The type whose name of two syllables is one letter away from what was typed."""
    names = _names_of_two_syllables()
    # One letter is wrong, so one syllable is right.
    alike = [*names[0].get(first, ()), *names[1].get(second, ())]
    meant = [(rank, code) for rank, word, code in alike if _one_letter_apart(f"{first} {second}", word)]
    return min(meant)[1] if meant else None


@cache
def _names_of_two_syllables() -> tuple[Mapping[str, list[tuple[int, str, str]]], ...]:
    """Rank, name and code of every name of two syllables, by its first syllable and by its second."""
    out: tuple[dict[str, list[tuple[int, str, str]]], ...] = ({}, {})
    for rank, (word, code) in enumerate(_words_of_types()):
        if len(word) >= 7 and word.count(" ") == 1:
            for place, syllable in enumerate(word.split()):
                out[place].setdefault(syllable, []).append((rank, word, code))
    return out


def _one_letter_apart(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    short, long = sorted((a, b), key=len)
    at = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return short[at + (len(a) == len(b)) :] == long[at + 1 :]
