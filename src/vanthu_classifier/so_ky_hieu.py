"""Numbers and symbols of documents (số, ký hiệu): found in a title, read from a register's cell, checked, written out.

Decree 30/2020/NĐ-CP, Appendix I, part I.II.3: «Ký hiệu của văn bản bao gồm chữ viết tắt tên loại văn bản và chữ viết
tắt tên cơ quan»; a công văn has the issuing body and the drafting unit instead. Numbers below 10 carry a leading 0;
"/" stands between number and symbol, "-" between the groups, no spaces. Normative documents put the year after the
number. Party documents (Guidance 36-HD/VPTW) put a hyphen after the number and a slash before the body.

    state       number "/" TYPE "-" BODY {"-" UNIT}         15/QĐ-UBND   03/SY-UBND   12/TTr-SNV
    công văn    number "/" BODY {"-" UNIT}                  05/BNV-VP    12/UBND-VX
    normative   number "/" year "/" TYPE "-" BODY           40/2018/QĐ-UBND   20/2023/QH15
    Party       number "-" TYPE "/" BODY {"-" UNIT}         127-QĐ/TW    15-CV/TU    24-BS/UBKTTU
    draft       "/" TYPE "-" BODY                           /QĐ-UBND     (the number is still empty)

The first group decides the type: a type's abbreviation names the type, anything else is an agency and so a công văn.
What makes it harder:

- Some abbreviations are offices as well. `12/TC-KH` is a letter of the finance office (TC) drafted by its planning
  unit, `03/TC-UBND` a thông cáo of the People's Committee: such a group is a type only when the next one is an agency
  that issues documents.
- `TTr` is a tờ trình in front and the inspectorate behind: `12/KL-TTr`.
- `QĐ` of the Party may be a *quy định* (66-QĐ/TW is one); the type stays QĐ, with a note.
- Đ and D stay apart (`HĐ`/`HD`, `ĐA`/`DA`), but `QD`, `ND`, `CD` name nothing else than `QĐ`, `NĐ`, `CĐ` and are read
  so.
- Acts of before 1997 have neither year nor type (`47-CP`, `299/TTg`), those of the National Assembly no type
  (`20/2023/QH15`).

`parse` is for a cell that should hold one symbol, and forgives; `find` is for running text, and takes only what
cannot be anything else: a symbol overlooked in a title costs nothing, a date read as a symbol costs a wrong fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.kept import Kept
from vanthu_classifier.loai_van_ban import NORMATIVE_FORMS, code_of_symbol, types
from vanthu_classifier.text import CleanText, clean, strip_diacritics

__all__ = [
    "MAX_SYMBOL_LENGTH",
    "Fault",
    "InvalidSoKyHieuError",
    "SoKyHieu",
    "check",
    "find",
    "format",
    "is_agency",
    "may_be_an_office",
    "parse",
]

MAX_SYMBOL_LENGTH = 200
"""Letters that a cell with one symbol may have; a longer text is something else."""

_EXAMPLE = "Ghi như «15/QĐ-UBND»."


class InvalidSoKyHieuError(ArgumentValueError):
    """The text is no number and symbol; the message shows the text with a mark under the fault, `span` where it stands.

    >>> parse("14/5/2021")
    Traceback (most recent call last):
    vanthu_classifier.so_ky_hieu.InvalidSoKyHieuError: so_ky_hieu: Đây là dãy số, chưa phải ký hiệu.
        14/5/2021
           ^ Cần chữ viết tắt tên loại hoặc tên cơ quan. Ghi như «15/QĐ-UBND».
    """


@dataclass(frozen=True, slots=True)
class Fault:
    """One departure from the prescribed form: a sentence for the clerk, and its place in the text that was checked."""

    message: str
    span: tuple[int, int]


class SoKyHieu(NamedTuple):
    """A document's number and symbol.

    `number` is the number with its letter, at least two digits ("05a"), None for a draft's empty number. `year` is
    the year inside the symbol. `loai` is the code of the type that the symbol states (`CV` where it begins with an
    agency), None where it states none. `groups` are the groups after number and year, in canonical spelling, and
    `issuer` those that name the issuing body and unit. `normative` says whether the form is one that normative
    documents have: a year and a normative type (Law 80/2015, Art. 4 and 10), a decree, a circular, or an old central
    form without year. `system` is "state" or "party". `span` is where the symbol stands in the text that was read,
    `text` its canonical form, and `notes` what was mended or needs saying, in Vietnamese.
    """

    number: str | None
    year: int | None
    loai: str | None
    groups: tuple[str, ...]
    issuer: tuple[str, ...]
    normative: bool
    system: str
    span: tuple[int, int]
    text: str
    notes: tuple[str, ...]


# --- the agencies ---------------------------------------------------------------------------------------------------

# Abbreviations without diacritics, "&" and trailing digits, as `_fold` makes them.
_ALIKE = "NV TC YT CT TP XD NG GTVT GT GDDT NN NNPTNT NNMT TNMT KHCN KHDT LDTBXH TTTT VHTT VHTTDL DTTG CN TM"
_MINISTRIES = _ALIKE + " CA QP KHCNMT TS BCVT NGT"
_DEPARTMENTS = _ALIKE + " VHTTTTDL DL QHKT"
_OFFICES = "NV TP TC TCKH GD GDDT TNMT LDTBXH VHTT VHXH KT KTHT KTHTDT QLDT YT DT NN NNPTNT NNMT CSXH"


def _either(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_MINISTRY = re.compile(rf"B(?:{_either(_MINISTRIES)})|NHNN|TTCP|UBDT|TANDTC|VKSNDTC|KTNN|VPCP|LB|LT|TLDLDVN|BTGCP")
_AGENCY = re.compile(
    rf"""
    {_MINISTRY.pattern}
  | S(?:{_either(_DEPARTMENTS)}) | P(?:{_either(_OFFICES)})
  | (?:CT|PCT|TT|VP)?(?:UBND|UBNDT|UBNDH|HDND|UB|HDNDUBND) | UBND[A-Z]{{1,4}} | (?:VP)?D?DBQH
  | CP | TTG | CTN | QH | UBTVQH | HDBT | HDNN | HDTP | VPQH | VPCTN | VPUB
  | B(?:CD|CH|QL|DH|GH|GD|TT|KT|DT|AT|TC)[A-Z]{{0,10}} | BTCD
  | HD(?:QT|TV|TT|XT|PH|TD|KH|KL|GP|BT|GPMB|TDKT|PHPBGDPL|PBGDPL|NVQS|BH|TS)
  | UBMT[A-Z]* | MTTQ[A-Z]* | UBKT | HND | H?LHPN | HPN | HCCB | HCTD | LDLD | T?DTN | DTNCS[A-Z]*
  | TAND[A-Z]* | TA | VKS[A-Z]* | C?THADS | TCTHADS | KBNN | BHXH[A-Z]* | CA[A-Z]{{0,4}}
  | QLTT | CTK | CCT[A-Z]* | CCKL | HKL | TCT | TCHQ
  | DH[A-Z]{{2,8}} | THPT[A-Z]* | THCS[A-Z]* | TTYT[A-Z]* | BV[A-Z]{{1,6}} | TTGD[A-Z]* | TTVH[A-Z]*
  | TTPTQD | PTQD | QLDA[A-Z]*
  | QLDT | TCKH | GDDT | TNMT | LDTBXH | KTHT | VHTT | QHKT | VP
  | EVN[A-Z]* | VNPT[A-Z]* | CTCP[A-Z]* | CTY[A-Z]* | TNHH[A-Z]*
    """,
    re.VERBOSE,
)
_COMPANY = re.compile(r"HDQT|HDTV|DHDCD|CTCP[A-Z]*|CTY[A-Z]*|TNHH[A-Z]*|EVN[A-Z]*|VNPT[A-Z]*")
# Units inside an agency; only for groups that may be a type or an agency before them (CT: chỉ thị, or Cục Thuế).
_UNIT = re.compile(
    _either(
        "VX NC TH KT KTTH KTN NV TC KH KHTC TCKH TCHC HCTH HC TCCB TTHT KK KKKTT QLN TTKT THNVDT NVDT CSLD TG VP TTR CS"
    )
)
_PARTY = re.compile(
    r"(?:BTV|BCH|BTC|BTG|BTGDV|BDV|BNC|UBKT|VP|BCD|TTCT|BBVCSSK)?(?:TU|HU|QU|TXU|THU|DU)"
    r"|(?:BTG|BTGDV|BTC|BDV|BNC|VP|UBKT)TW|BCSD[A-Z]*|DU[A-Z]{1,8}"
)
# Names that state bodies have as well (BTC is also the Ministry of Finance): Party only in the Party's own form.
_PARTY_OR_STATE = re.compile(r"TW|BTC|BTG|BTGDV|BDV|BNC|BTV|UBKT|CB|DB")

_NEEDS_AGENCY = frozenset({"TC", "PC", "GT", "TS", "BS", "CN", "CK", "BN", "NP", "DT", "LV", "ĐĐ"})
"""Abbreviations of types that name an office as often: a type only before an agency."""
_NOT_BEFORE_UNIT = frozenset({"CT", "CĐ"})
"""Directive or Tax Department, telegram or trade union: an agency where a unit follows."""
_WITHOUT_BARRED_D = {"QD": "QĐ", "ND": "NĐ", "CD": "CĐ", "QYD": "QyĐ", "HDND": "HĐND", "BCD": "BCĐ"}
_COMPOUND = re.compile(
    r"(?P<PA>PA)(?:PC|ƯP|UP|SX|CC|HĐ|ĐB|BV)\w*|(?P<BC>BC)(?:HT|KT|KQ|SK|NC|TKQ|TN|GT)\w*|(?P<KH>KH)(?:PC|ƯP|HĐ|TT|KT|TĐ|GS)\w*"
    r"|(?P<TB>TB)(?:MT|MH|KQ|TD|TĐ|CL)\w*|(?P<QĐ>QĐ)(?:PD|KT|TL|BN|CP|TT|PDDA)"
)
"""Types with their matter glued on: PAPCTT is a phương án of disaster prevention, BCHT a báo cáo."""
_GLUED = re.compile(r"(QĐ|NQ|CTr|KL|KH|BC|TTr|LCT)(TW|TU|HU|UBND|HĐND|HĐNN\d*|TTg)", re.IGNORECASE)
_MATTER = frozenset({"XPVPHC", "XPHC", "XPVP", "VPHC", "KPHQ", "KDT"})
"""Groups that say the matter (a fine, say) and no issuer."""
_SPELLED = {"TTG": "TTg", "UBND": "UBND", "HĐND": "HĐND", "THU": "ThU"}


@lru_cache(maxsize=4096)
def _fold(group: str) -> str:
    """A group as the tables above write it: capitals, no diacritics, no "&", no digits at the end, no bracket."""
    return re.sub(r"[&+ ]|\d+$|\(.*", "", strip_diacritics(group).upper())


def _known(group: str) -> bool:
    return code_of_symbol(_spelling(group, first=True)) is not None or is_agency(group)


def may_be_an_office(group: str) -> bool:
    """Whether a type's abbreviation is that of offices as well, as `TC` is (thông cáo, Tài chính).

    >>> may_be_an_office("TC"), may_be_an_office("QĐ")
    (True, False)
    """
    return group.upper() in _NEEDS_AGENCY


def is_agency(group: str) -> bool:
    """Whether a group of a symbol is the abbreviation of an issuing body that is known; many are not.

    >>> is_agency("SYT"), is_agency("ubnd"), is_agency("QĐ")
    (True, True, False)
    """
    return _AGENCY.fullmatch(_fold(group)) is not None


# --- reading --------------------------------------------------------------------------------------------------------

_LETTER = "A-Za-zĂÂĐÊÔƠƯăâđêôơư"
_YEAR = r"(?:19|20)\d\d"
_DIGITS = (
    r"\d{1,3}(?:\.\d{3})+(?!\d)"  # 1.234, a thousand with its dot
    r"|\d{1,4}\.\d{1,2}(?=\s?/\s?20\d\d)"  # 66.1/2025, resolutions of the Government
    rf"|\d{{1,4}}{_YEAR}(?=[{_LETTER}]{{2}})"  # 1042010NĐ-CP, all slashes lost
    r"|\d{1,6}(?!\d)"
)
_NUMBER = rf"(?:{_DIGITS})(?:[A-Za-zđĐ](?![{_LETTER}\d&]))?"
_END = r"(?![^\W_])"  # file names have underscores
_FIRST = rf"[{_LETTER}][{_LETTER}0-9]*(?:\s?[&+]\s?[{_LETTER}0-9]+)*{_END}"
_LATER = rf"[{_LETTER}0-9]+(?:\s?[&+]\s?[{_LETTER}0-9]+)*{_END}"
_BRACKET = rf"(?:\([{_LETTER}0-9&+.,-]{{1,20}}\))?"

_LEAD = re.compile(
    r"""["'(\[\s.:,;*_]*(?:-+\s+)?"""
    r"""(?:(?:[^\W\d_]+\s+){0,4}(?:số|so|no)(?![^\W\d_])[\s.:]*)?["'(\[\s.:,;*_]*""",
    re.IGNORECASE,
)
_HEAD = re.compile(
    rf"""(?P<number>{_NUMBER})?(?P<first>[\s/._-]*)
    (?:(?P<year>{_YEAR}{_END}|{_YEAR}(?=[A-ZĐ]{{2}})|\d\d(?=\s?[/-]\s?[{_LETTER}]))(?P<second>[\s/._-]*))?""",
    re.VERBOSE,
)
_NUMBER_AND_YEAR = re.compile(rf"(\d{{1,4}})({_YEAR})")
_GROUP = re.compile(_FIRST + _BRACKET)
_NEXT_GROUP = re.compile(_LATER + _BRACKET)
_SEPARATOR = re.compile(r"\s*[-/._][-/._\s]*|\s+")
_SPACED_WORD = re.compile(r"[A-ZĐƯ0-9&+]{2,}|TTr|TTra|TTg|CTr")
_CLOSING = re.compile(r"""["')\]\s.,;:*_]*""")
_FOLLOWS = re.compile(r"""["')\].]*(?=[\s,;:(])""")


@dataclass(frozen=True, slots=True)
class _Finding:
    """A departure from the form; `span` in the cleaned text. `mended` says that the canonical form is free of it."""

    message: str
    span: tuple[int, int]
    mended: bool = True


@dataclass(slots=True)
class _Parts:
    """What stands in the text, before anything is concluded; offsets in the cleaned text.

    `marks` are the separators: what stands before them ("number", "year", "group"; "end" closes the symbol), start,
    end.
    """

    number: str
    year: int | None
    groups: list[str]
    spans: list[tuple[int, int]]
    marks: list[tuple[str, int, int]]
    span: tuple[int, int]
    findings: list[_Finding]

    def find(self, message: str, span: tuple[int, int], *, mended: bool = True) -> None:
        self.findings.append(_Finding(message, span, mended))


def parse(text: str) -> SoKyHieu:
    """The number and symbol that a cell holds, mended where it was typed carelessly; `notes` says what was mended.

    A leading "Số:" and what follows the symbol ("ngày 12/3/2020") are allowed. Raises `InvalidSoKyHieuError` (an
    `ArgumentValueError`) with the place where it is no symbol, `ArgumentTypeError` where it is no string.

    >>> s = parse("584 /TTr - UBND")
    >>> s.number, s.loai, s.issuer, s.normative, s.text
    ('584', 'TTr', ('UBND',), False, '584/TTr-UBND')
    >>> parse("40/2018/QĐ-UBND").normative, parse("12/UBND-VX").loai, parse("127-QĐ/TW").system
    (True, 'CV', 'party')
    >>> parse("5//GM-UBND").notes
    ('Số nhỏ hơn 10 ghi thêm số 0 ở trước: 05.', 'Thừa dấu gạch chéo.')
    """
    if not isinstance(text, str):
        raise ArgumentTypeError(
            f"Số, ký hiệu phải là chuỗi ký tự, không phải {type(text).__name__}.", column="so_ky_hieu"
        )
    number, slash, rest = text.partition("/")
    if slash and 2 <= len(number) <= 6 and number.isascii() and number.isdigit():
        like = _LIKE[len(number), rest]
        if like is not None:
            return _numbered(like, number)
    return _parse(str(text))


@lru_cache(maxsize=65536)
def _parse(text: str) -> SoKyHieu:
    return _read(text)[0]


def _with_some_number(shape: tuple[int, str]) -> SoKyHieu | None:
    """What stands behind a number of so many digits and a slash, read once for all such numbers; None where it is no symbol."""
    digits, rest = shape
    try:
        return _read(f"{'9' * digits}/{rest}")[0]
    except InvalidSoKyHieuError:
        return None  # the message shows the text, so that each has its own


_LIKE: Kept[tuple[int, str], SoKyHieu | None] = Kept(_with_some_number)


def _numbered(like: SoKyHieu, number: str) -> SoKyHieu:
    """`like` with another number of as many digits: nothing else of a symbol depends on which digits they are."""
    return SoKyHieu(
        number,
        like.year,
        like.loai,
        like.groups,
        like.issuer,
        like.normative,
        like.system,
        like.span,
        number + like.text[len(number) :],
        like.notes,
    )


def check(text: str) -> tuple[Fault, ...]:
    """Every departure of `text` from the prescribed form, left to right; empty where there is none.

    State symbols are held against Decree 30/2020 (Appendix I, part I.II.3), Party symbols against Guidance
    36-HD/VPTW. A text that is no symbol at all has one fault, that of `parse`. Raises `ArgumentTypeError` where
    `text` is no string.

    >>> [(fault.message, fault.span) for fault in check("15/TTR -UBND")]
    [('Chữ viết tắt «TTR» viết là «TTr».', (3, 6)), ('Thừa khoảng trống.', (6, 7))]
    >>> check("Số: 15/QĐ-BNV")
    ()
    """
    try:
        parse(text)
        cleaned, findings = clean(text), _read(text)[1]
    except InvalidSoKyHieuError as error:
        return (Fault(error.what.partition("\n")[0], error.span or (0, len(text))),)
    return tuple(Fault(f.message, cleaned.raw_span(*f.span)) for f in sorted(findings, key=lambda f: f.span))


def format(s: SoKyHieu) -> str:
    """The symbol as it is printed; parsing it gives the same symbol again, up to `span` and `notes`.

    >>> format(parse("15/KH/TU")), format(parse("qđ-ubnd")), format(parse("64/"))
    ('15-KH/TU', '/QĐ-UBND', '64')
    """
    return _printed(s.number, s.year, s.groups, s.system)


def _printed(number: str | None, year: int | None, groups: tuple[str, ...], system: str) -> str:
    if system == "party" and year is None:
        return f"{number or ''}-{groups[0]}/{'-'.join(groups[1:])}"
    head = [number or ""] + ([str(year)] if year else []) + (["-".join(groups)] if groups else [])
    return "/".join(head)


def _read(text: str) -> tuple[SoKyHieu, list[_Finding]]:
    if len(text) > MAX_SYMBOL_LENGTH:
        raise InvalidSoKyHieuError(
            f"Số, ký hiệu dài {len(text)} ký tự; dài nhất là {MAX_SYMBOL_LENGTH}.",
            remedy=_EXAMPLE,
            column="so_ky_hieu",
            span=(MAX_SYMBOL_LENGTH, len(text)),
        )
    cleaned = clean(text)
    parts = _split(cleaned)
    groups = tuple(_spelling(group, first=i == 0) for i, group in enumerate(parts.groups))
    system = _system(groups, [cleaned.text[start:end].strip() for _, start, end in parts.marks])
    loai, remarks = _type(groups, parts.year, system)
    number = _number(parts)
    _faults(cleaned, parts, groups, loai, system)
    parts.findings.sort(key=lambda f: f.span)
    symbol = SoKyHieu(
        number=number,
        year=parts.year,
        loai=loai,
        groups=groups,
        issuer=_issuer(groups, loai),
        normative=_is_normative(groups, parts.year, loai, system),
        system=system,
        span=cleaned.raw_span(*parts.span),
        text=_printed(number, parts.year, groups, system),
        notes=tuple(dict.fromkeys([f.message for f in parts.findings if f.mended] + remarks)),
    )
    return symbol, parts.findings


def _split(cleaned: CleanText) -> _Parts:
    text = cleaned.text
    if not text:
        raise _invalid(cleaned, 0, "Ô số, ký hiệu để trống.", "Cần số và ký hiệu.")
    lead, parts = _LEAD.match(text), _Parts("", None, [], [], [], (0, 0), [])
    start = lead.end() if lead else 0
    head = _HEAD.match(text, start)
    assert head is not None  # every part of the pattern may be empty
    parts.number, parts.span = head["number"] or "", (start, head.end())
    if parts.number or head["first"]:
        parts.marks.append(("number", *head.span("first")))
    if head["year"]:
        parts.year = _full_year(head, parts)
        parts.marks.append(("year", *head.span("second")))
    _split_groups(text, head.end(), parts)
    _split_glued(parts)
    if sum(map(str.isdigit, parts.number)) > 6:
        raise _too_many_digits(cleaned, start)
    if not parts.groups:
        _only_number(cleaned, head.end(), parts)
    elif not parts.number and not _known(parts.groups[0]):
        raise _invalid(cleaned, start, "Không có số, và chữ đầu không phải loại hay cơ quan.", "Cần số văn bản.")
    else:
        _after(cleaned, parts)
    return parts


def _full_year(head: re.Match[str], parts: _Parts) -> int:
    year = int(head["year"])
    if year > 99:
        return year
    parts.find("Năm ghi đủ bốn chữ số.", head.span("year"))
    return year + (1900 if year >= 45 else 2000)


def _split_groups(text: str, at: int, parts: _Parts) -> None:
    match = _GROUP.match(text, at)
    glued_by_space = parts.number and text[at - 1] == " " and text[parts.marks[-1][1] : at] == " "
    if match and glued_by_space and not _may_follow_space(match.group(), text[match.end() : match.end() + 1]):
        return
    while match:
        parts.groups.append(match.group())
        parts.spans.append(match.span())
        parts.span = (parts.span[0], match.end())
        mark = _SEPARATOR.match(text, match.end())
        if mark is None:
            return
        match = _NEXT_GROUP.match(text, mark.end())
        by_space = mark.group() == " "
        if match and (not by_space or _SPACED_WORD.fullmatch(match.group())):
            parts.marks.append(("group", *mark.span()))
        elif by_space or set(mark.group()) <= {".", " "}:
            return
        else:
            end = mark.start() + len(mark.group().rstrip())
            parts.marks.append(("end", mark.start(), end))
            parts.span, match = (parts.span[0], end), None


def _may_follow_space(group: str, after: str) -> bool:
    return _SPACED_WORD.fullmatch(group) is not None or (after in ("-", "/", ".") and code_of_symbol(group) is not None)


def _split_glued(parts: _Parts) -> None:
    """Marks lost on the way: «262005NĐ-CP» is 26/2005/NĐ-CP, «26-NQTW» is 26-NQ/TW."""
    if not parts.groups:
        return
    start, end = parts.spans[0]
    digits = _NUMBER_AND_YEAR.fullmatch(parts.number)
    first = _spelling(parts.groups[0], first=True)
    if digits and parts.marks[0] == ("number", start, start) and (first in NORMATIVE_FORMS or _fold(first) == "QH"):
        parts.number, parts.year = digits[1], int(digits[2])
        del parts.marks[0]
        parts.find("Thiếu dấu gạch chéo trước và sau năm.", (parts.span[0], start))
    glued = _GLUED.fullmatch(parts.groups[0])
    if glued:
        middle = start + len(glued[1])
        parts.groups[:1], parts.spans[:1] = [glued[1], glued[2]], [(start, middle), (middle, end)]
        before = sum(at <= start for _, _, at in parts.marks)
        parts.marks.insert(before, ("group", middle, middle))


def _only_number(cleaned: CleanText, at: int, parts: _Parts) -> None:
    rest = cleaned.text[at:]
    if parts.number and _CLOSING.fullmatch(rest):
        parts.span = (parts.span[0], len(cleaned.text[:at].rstrip()))
        return
    expected = "Cần chữ viết tắt tên loại hoặc tên cơ quan."
    if rest[:1].isdigit() and not parts.number:
        raise _too_many_digits(cleaned, at)
    if rest[:1].isdigit():
        raise _invalid(cleaned, at, "Đây là dãy số, chưa phải ký hiệu.", expected)
    letters = re.match(f"[{_LETTER}0-9]*", rest)
    toned = letters.end() if letters and letters.end() < len(rest) and rest[letters.end()].isalpha() else 0
    expected = "Cần số, rồi chữ viết tắt không dấu thanh."
    raise _invalid(cleaned, at + toned, "Không phải số và ký hiệu văn bản.", expected)


def _too_many_digits(cleaned: CleanText, at: int) -> InvalidSoKyHieuError:
    return _invalid(cleaned, at, "Số văn bản có quá nhiều chữ số.", "Cần số có nhiều nhất 6 chữ số.")


def _after(cleaned: CleanText, parts: _Parts) -> None:
    text, end = cleaned.text, parts.span[1]
    if _CLOSING.fullmatch(text, end):
        return
    follows = _FOLLOWS.match(text, end)
    if not parts.number or follows is None:
        raise _invalid(cleaned, end, "Sau ký hiệu còn chữ lạ.", "Cần hết ký hiệu ở đây, hoặc dấu «-» rồi chữ viết tắt.")
    parts.find("Bỏ phần chữ đứng sau ký hiệu.", (follows.end(), len(text)))


def _invalid(cleaned: CleanText, at: int, what: str, expected: str) -> InvalidSoKyHieuError:
    begin = max(0, at - 40)
    shown, mark = cleaned.text[begin : at + 40], " " * (at - begin) + "^"
    span = cleaned.raw_span(at, min(at + 1, len(cleaned.text)))
    picture = f"\n    {shown}\n    {mark}" if shown else ""
    return InvalidSoKyHieuError(what + picture, remedy=f"{expected} {_EXAMPLE}", column="so_ky_hieu", span=span)


# --- meaning --------------------------------------------------------------------------------------------------------


@cache
def _type_spellings() -> dict[str, str]:
    spelled: dict[str, str] = {}
    for row in types().values():
        for symbol in (row.nd30, row.tt01, *row.symbols):
            if symbol and "-" not in symbol:
                spelled.setdefault(symbol.upper(), symbol)
    return spelled


@lru_cache(maxsize=4096)
def _spelling(group: str, *, first: bool) -> str:
    """The canonical spelling of a group: a type's as the decree has it; capitals where all was typed small."""
    group = re.sub(r"\s", "", group)
    upper = group.upper()
    plain = _WITHOUT_BARRED_D.get(upper)
    if plain and (first or plain in ("HĐND", "BCĐ")):
        return plain
    if first and upper in _type_spellings():
        return _type_spellings()[upper]
    if upper in _SPELLED:
        return _SPELLED[upper]
    return upper if group.islower() else group


def _number(parts: _Parts) -> str | None:
    if not parts.number:
        return None
    start = parts.span[0]
    whole = re.fullmatch(r"([\d.]+)(\D?)", parts.number)
    assert whole is not None  # by _NUMBER
    digits, letter = whole[1], whole[2]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", digits):
        digits = digits.replace(".", "")
        parts.find("Số ghi liền, không có dấu chấm.", (start, start + len(parts.number)))
    if len(digits) == 1:
        digits = "0" + digits
        parts.find(f"Số nhỏ hơn 10 ghi thêm số 0 ở trước: {digits}.", (start, start + 1))
    return digits + letter


def _system(groups: tuple[str, ...], marks: list[str]) -> str:
    """Party where the body is one of the Party's, or may be and stands in the Party's form (hyphen, then slash)."""
    if len(groups) < 2 or code_of_symbol(groups[0]) is None or groups[0] in ("NĐ", "TTLT"):
        return "state"
    body = _fold(groups[1])
    if _PARTY.fullmatch(body) or _fold("".join(groups[1:])) == "VPTU":
        return "party"
    party_form = len(marks) >= 2 and marks[0] == "-" and marks[1] in ("/", "")
    ministry_circular = groups[0] == "TT" and _MINISTRY.fullmatch(body)
    return "party" if party_form and _PARTY_OR_STATE.fullmatch(body) and not ministry_circular else "state"


def _type(groups: tuple[str, ...], year: int | None, system: str) -> tuple[str | None, list[str]]:
    """The type that the groups state, and what is to be said about it."""
    if not groups:
        return None, []
    first, body = groups[0], groups[1] if len(groups) > 1 else ""
    code = "LENH" if first in ("L", "LCT") and _fold(body) in ("CTN", "HDNN") else code_of_symbol(first)
    if system == "party":
        return _party_type(code)
    if _fold(first) in ("QH", "CP", "HDBT", "HDNN", "TTG") and not body:
        return None, ["Ký hiệu này không cho biết tên loại văn bản."]
    if code is None:
        compound = _COMPOUND.fullmatch(first) if body else None
        if compound:
            return compound.lastgroup, []
        return ("CV" if year is None or is_agency(first) else None), []
    if code == "TT" and year is None:
        return _circular_without_year(body)
    if code in ("L", "PL") and _fold(body) not in ("QH", "UBTVQH"):
        return None, []
    if first in _NEEDS_AGENCY:
        return _office_or_type(code, body)
    return ("CV" if first in _NOT_BEFORE_UNIT and body and _UNIT.fullmatch(_fold(body)) else code), []


def _party_type(code: str | None) -> tuple[str | None, list[str]]:
    if code == "QĐ":
        return code, ["Ký hiệu QĐ của Đảng có thể là quyết định hoặc quy định."]
    if code == "TT":
        return None, ["Ký hiệu TT của Đảng là thông tri, không phải thông tư."]
    return code, []


def _circular_without_year(body: str) -> tuple[str | None, list[str]]:
    """Before 1997 a circular had no year; offices that cannot issue circulars mean a tờ trình."""
    if _MINISTRY.fullmatch(_fold(body)):
        return "TT", []
    if body and is_agency(body):
        return "TTr", ["Cơ quan này không ban hành thông tư: TT được hiểu là tờ trình."]
    return None, []


def _office_or_type(code: str, body: str) -> tuple[str | None, list[str]]:
    if not body:
        return None, ["Chữ viết tắt này vừa là tên loại, vừa là tên đơn vị."]
    office = _fold(body) in ("VP", "TTR", "TTRA", "BTCD")
    issuing = is_agency(body) and not (office and code == "TC")
    return (code if issuing or (office and code == "PC") else "CV"), []


def _issuer(groups: tuple[str, ...], loai: str | None) -> tuple[str, ...]:
    states_type = bool(groups) and code_of_symbol(groups[0]) is not None and (loai != "CV" or groups[0] == "CV")
    compound = bool(groups) and loai not in (None, "CV") and not states_type
    names = groups[1:] if states_type or compound else groups
    return tuple(part for name in names if name not in _MATTER for part in re.split(r"[()]+", name) if part)


def _is_normative(groups: tuple[str, ...], year: int | None, loai: str | None, system: str) -> bool:
    if system == "party" or not groups:
        return False
    body = _fold(groups[1]) if len(groups) > 1 else ""
    if loai is None:
        return _fold(groups[0]) in ("QH", "CP", "HDBT", "HDNN", "TTG") and len(groups) == 1
    if loai in ("NĐ", "TT", "TTLT", "L", "PL", "LENH"):
        return True
    if year is None or loai not in NORMATIVE_FORMS or _COMPANY.fullmatch(body) or body in _MATTER:
        return False
    if loai == "CT":
        return year <= 2016  # Law 80/2015, in force 01/7/2016, has no normative directives
    return not (loai == "NQ" and body == "CP" and year < 2025)  # of the Government: since Law 64/2025, 01/4/2025


# --- departures from the form ---------------------------------------------------------------------------------------

_NAMES = {"-": "dấu gạch nối", "/": "dấu gạch chéo"}
_PLACES = {"number": "Sau số", "year": "Sau năm", "group": "Giữa hai nhóm chữ"}


def _faults(cleaned: CleanText, parts: _Parts, groups: tuple[str, ...], loai: str | None, system: str) -> None:
    _odd_letter(cleaned, parts)
    _wrong_marks(cleaned.text, parts, "-/" if system == "party" and parts.year is None else "/-")
    for typed, right, span in zip(parts.groups, groups, parts.spans, strict=True):
        if typed != right:
            parts.find(f"Chữ viết tắt «{typed}» viết là «{right}».", span)
    if not parts.number:
        parts.find("Số còn để trống.", (parts.span[0], parts.spans[0][0]))
    if not groups:
        parts.find("Thiếu ký hiệu sau số.", parts.span, mended=False)
    elif system == "state":
        _missing_or_needless(parts, groups, loai)


def _odd_letter(cleaned: CleanText, parts: _Parts) -> None:
    """The first letter that was mapped to another one, or has an invisible letter before it."""
    start, end = parts.span
    for i in range(start, end):
        raw = cleaned.raw[cleaned.starts[i] : cleaned.ends[i]]
        skipped = cleaned.raw[cleaned.ends[i - 1] : cleaned.starts[i]].strip() if i > start else ""
        if skipped or (len(raw) == 1 and raw != cleaned.text[i]):
            parts.find("Có ký tự lạ hoặc ký tự ẩn, đã thay bằng ký tự thường.", (i, i + 1))
            return


def _wrong_marks(text: str, parts: _Parts, wanted: str) -> None:
    """`wanted` are the marks after the number and after the first group."""
    groups_seen = 0
    for kind, start, end in parts.marks:
        if kind == "end":
            parts.find("Sau dấu cuối còn thiếu chữ viết tắt.", (start, end))
            continue
        groups_seen += kind == "group"
        right = {"number": wanted[0], "year": "/", "group": wanted[1] if groups_seen == 1 else "-"}[kind]
        solid = text[start:end].replace(" ", "")
        if len(solid) > 1:
            parts.find(f"Thừa {_NAMES.get(solid[0], 'dấu') if len(set(solid)) == 1 else 'dấu'}.", (start, end))
        elif solid != right and (parts.groups or (kind == "number" and parts.year is not None)):
            parts.find(f"{_PLACES[kind]} ghi {_NAMES[right]} «{right}».", (start, end))
        if solid and " " in text[start:end]:
            at = text.index(" ", start)
            parts.find("Thừa khoảng trống.", (at, at + 1))


def _missing_or_needless(parts: _Parts, groups: tuple[str, ...], loai: str | None) -> None:
    first = parts.spans[0]
    if groups[0] == "CV":
        parts.find("Công văn không ghi «CV»; ghi tên cơ quan rồi đơn vị soạn thảo.", first, mended=False)
    elif len(groups) == 1 and loai is not None and not any(kind == "end" for kind, *_ in parts.marks):
        missing = "đơn vị soạn thảo" if loai == "CV" else "cơ quan ban hành"
        parts.find(f"Thiếu chữ viết tắt tên {missing}.", first, mended=False)
    if parts.year is not None and loai is not None and loai not in NORMATIVE_FORMS:
        parts.find("Chỉ văn bản quy phạm pháp luật ghi năm trong ký hiệu.", first, mended=False)


# --- finding --------------------------------------------------------------------------------------------------------

_ANY_MARK = "[/⁄∕／﹣‐-―−⁃-]"
_HINTS = (
    re.compile(
        rf"\d(?:[^\W\d_]?\W{{0,4}}{_ANY_MARK}\W{{0,4}}[^\W\d_]|\W{{0,2}}[^\W\d_]{{2,14}}\W{{0,3}}{_ANY_MARK}|[qQ][hH]\d)"
    ),
    re.compile(r"[/⁄∕／](?<!\w.)\w"),
)
"""What every candidate has one of, in any spelling that `clean` knows: most titles end here. Each begins with few letters, to which `re` leaps."""
_CANDIDATE = re.compile(
    rf"""(?:(?<![\w/.:&+-])|(?<=số:)|(?<=Số:)|(?<=SỐ:))
    (?:{_NUMBER}\s?[/-]{{0,2}}\s?|(?=/[{_LETTER}]))
    (?:/?{_YEAR}\s?[/-]{{1,2}}\s?)?
    /?{_FIRST}{_BRACKET}
    (?:\s?[-/.]{{1,2}}\s?{_FIRST}{_BRACKET}(?:[-/]{_LATER}{_BRACKET})*)?""",
    re.VERBOSE,
)
_NO_DOCUMENT = re.compile(
    r"(?<!\w)(?:goi thau|goi|lo|thua|thua dat|to ban do|hang muc|tuyen|km|mau|bieu|phu luc|ma|nha|hem|ngo|tram|cot)"
    r"(?: so)?\s?:?\s?$"
)


@cache
def _document_words() -> re.Pattern[str]:
    names = [strip_diacritics(row.name).lower() for row in types().values()] + ["van ban", "cv", "qd"]
    either = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![^\W\d_])(?:{either})(?: (?:lien tich|ca biet))?(?: so)?\s?:?\s?$")


def find(text: str) -> tuple[SoKyHieu, ...]:
    """The symbols in running text, left to right and without overlap; `span` is where each stands in `text`.

    Conservative: taken are a type before an agency, an agency before a unit, forms with a year, Party forms, and
    after a word such as "công văn số" any symbol. Never a date, a fraction, "24/7", "và/hoặc", "km/h" or a bid
    package. Raises `ArgumentTypeError` where `text` is no string.

    >>> [(s.text, s.span) for s in find("Triển khai Nghị định 30/2020/NĐ-CP và Tờ trình 15/TTr-UBND ngày 14/5/2021")]
    [('30/2020/NĐ-CP', (21, 34)), ('15/TTr-UBND', (47, 58))]
    >>> find("Trực 24/7 từ 14/5/2021, tốc độ 60 km/h, gói thầu số 01/XL-ĐTĐ")
    ()
    """
    if not isinstance(text, str):
        raise ArgumentTypeError(f"Văn bản phải là chuỗi ký tự, không phải {type(text).__name__}.")
    return tuple(_found(text)) if any(hint.search(text) for hint in _HINTS) else ()


def _found(text: str) -> Iterator[SoKyHieu]:
    cleaned = clean(text)
    at = 0
    while match := _CANDIDATE.search(cleaned.text, at):
        at = max(match.end(), at + 1)
        try:
            symbol = _parse(match.group())
        except InvalidSoKyHieuError:
            at = match.start() + 1
            continue
        if _is_certain(symbol, match.group(), cleaned.text[max(0, match.start() - 40) : match.start()]):
            start, end = (match.start() + offset for offset in symbol.span)
            yield symbol._replace(span=cleaned.raw_span(start, end))


def _is_certain(symbol: SoKyHieu, typed: str, before: str) -> bool:
    """Whether `typed` can be nothing but a document's symbol, given what stands `before` it."""
    plain = strip_diacritics(before).lower()
    if not symbol.groups or _NO_DOCUMENT.search(plain):
        return False
    named = _document_words().search(plain) is not None
    first, body = symbol.groups[0], symbol.groups[1] if len(symbol.groups) > 1 else ""
    states_type = code_of_symbol(first) is not None and symbol.loai != "CV"
    if not body:
        return _is_certain_alone(symbol, typed, named)
    if symbol.system == "party":
        return True
    if states_type:
        office = first in _NEEDS_AGENCY or "/" not in typed
        return named or is_agency(body) or (not office and _in_capitals(typed, first, body))
    return named or (is_agency(first) and "/" in typed and symbol.number is not None)


def _is_certain_alone(symbol: SoKyHieu, typed: str, named: bool) -> bool:
    first = symbol.groups[0]
    if symbol.loai is None and symbol.normative:  # 20/2023/QH15, Nghị định 47-CP
        return named or symbol.year is not None
    return named and "/" in typed and (symbol.loai != "CV" or first.isupper())


def _in_capitals(typed: str, first: str, body: str) -> bool:
    return first in typed and len(first) > 1 and body.isupper() and len(body) > 1 and body in typed
