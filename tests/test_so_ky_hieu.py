"""Numbers and symbols: cases in the manners of registers (made up), every string of the small language, properties."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vanthu_classifier import so_ky_hieu
from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError, VanThuError
from vanthu_classifier.loai_van_ban import NORMATIVE_FORMS, types
from vanthu_classifier.so_ky_hieu import (
    MAX_SYMBOL_LENGTH,
    InvalidSoKyHieuError,
    SoKyHieu,
    check,
    find,
    format,
    parse,
)


def bare(symbol: SoKyHieu) -> SoKyHieu:
    """The symbol without its place and its notes."""
    return symbol._replace(span=(0, 0), notes=())


# --- cases ----------------------------------------------------------------------------------------

# typed, canonical text, type, remark
IN_THE_WILD = [
    ("15/TTr-UBND", "15/TTr-UBND", "TTr", "as the decree wants it"),
    ("7//GM-UBND", "07/GM-UBND", "GM", "slash twice, no leading zero"),
    ("4127QĐ-UBND", "4127/QĐ-UBND", "QĐ", "no slash"),
    ("16/CĐ-", "16/CĐ", "CĐ", "no agency"),
    ("QÐ-UBND", "/QĐ-UBND", "QĐ", "Icelandic Đ, no number"),
    ("612 /TTr - SNV", "612/TTr-SNV", "TTr", "blanks"),
    ("318-BCĐ", "318/BCĐ", "CV", "a state body behind a hyphen is no Party form"),
    ("18/KH/ UBND", "18/KH-UBND", "KH", "slash between the groups"),
    ("77/TTR--BCH", "77/TTr-BCH", "TTr", "hyphen twice"),
    ("88/CV.SL", "88/CV-SL", "CV", "dot between the groups"),
    ("640/TTR-BQLDA", "640/TTr-BQLDA", "TTr", "capitals"),
    ("21/Ctr-UBND", "21/CTr-UBND", "CTr", "one capital too few"),
    ("93/qđ-ubnd", "93/QĐ-UBND", "QĐ", "lower case"),
    ("93/QD-UBND", "93/QĐ-UBND", "QĐ", "QD is no other type"),
    ("31/2019/ND-CP", "31/2019/NĐ-CP", "NĐ", "ND is no other type"),
    ("14/DA-UBND", "14/DA-UBND", "DA", "a project, not a scheme"),
    ("14/ĐA-UBND", "14/ĐA-UBND", "ĐA", "a scheme"),
    ("14/HD-SNV", "14/HD-SNV", "HD", "guidance, not a contract"),
    ("14/HĐ-SNV", "14/HĐ-SNV", "HĐ", "a contract"),
    ("21/QYĐ-UBND", "21/QyĐ-UBND", "QyĐ", "quy định, not quyết định"),
    ("12/TC-KH", "12/TC-KH", "CV", "the finance office writes, its planning unit drafted"),
    ("12/TC-NS", "12/TC-NS", "CV", "and its budget unit"),
    ("03/TC-UBND", "03/TC-UBND", "TC", "a thông cáo"),
    ("03/TC-BCĐ", "03/TC-BCĐ", "TC", "a thông cáo"),
    ("40/CT-TTHT", "40/CT-TTHT", "CV", "the tax department writes"),
    ("40/CT-UBND", "40/CT-UBND", "CT", "a directive"),
    ("17/PC-UBND", "17/PC-UBND", "PC", "a transfer slip"),
    ("17/PC-VP", "17/PC-VP", "PC", "a transfer slip of the office"),
    ("17/PC-KT", "17/PC-KT", "CV", "the power company writes"),
    ("08/DT-CS", "08/DT-CS", "CV", "the ethnic affairs office writes"),
    ("08/DT-UBND", "08/DT-UBND", "DUTHAO", "a draft"),
    ("22/KL-TTr", "22/KL-TTr", "KL", "TTr behind is the inspectorate"),
    ("61/SXD-TTr", "61/SXD-TTr", "CV", "TTr behind is the inspectorate"),
    ("61/SXD/TTR", "61/SXD-TTR", "CV", "TTR behind is the inspectorate"),
    ("245/CV-UBND", "245/CV-UBND", "CV", "CV in a state symbol, a habit"),
    ("97/BCTĐ-SKHĐT", "97/BCTĐ-SKHĐT", "BC", "appraisal report"),
    ("52/PAPCTT-UBND", "52/PAPCTT-UBND", "PA", "the matter is glued on"),
    ("52/BCHT-QLĐT", "52/BCHT-QLĐT", "BC", "the matter is glued on"),
    ("52/BCHQS-TM", "52/BCHQS-TM", "CV", "a command, not a report"),
    ("88/2023/TB-T&T", "88/2023/TB-T&T", "TB", "a company's year makes nothing normative"),
    ("714/SNV-CCHC&VTLT", "714/SNV-CCHC&VTLT", "CV", "&"),
    ("714/SNV-CCHC & VTLT", "714/SNV-CCHC&VTLT", "CV", "& with blanks"),
    ("305/TTr-CAT(PC06)", "305/TTr-CAT(PC06)", "TTr", "bracket"),
    ("305/QHKT-P7+HTKT", "305/QHKT-P7+HTKT", "CV", "plus"),
    ("/QĐ.BQL-VP", "/QĐ-BQL-VP", "QĐ", "draft, dot"),
    ("Số:        /KH-SGDĐT", "/KH-SGDĐT", "KH", "draft"),
    ("......./2019/QĐ-UBND", "/2019/QĐ-UBND", "QĐ", "draft of a normative decision"),
    ("3344/VNPT-KTĐT-KHTH", "3344/VNPT-KTĐT-KHTH", "CV", "a company"),
    ("71/", "71", None, "number only"),
    ("318", "318", None, "number only"),
    ("12/2020", "12/2020", None, "number and year only"),
    ("640/QLĐT", "640/QLĐT", "CV", "an office alone"),
    ("29/TB", "29/TB", "TB", "a type alone"),
    ("29/TC", "29/TC", None, "a type or the finance office"),
    ("UBND", "/UBND", "CV", "an agency alone"),
    ("24/2013/TTLT-BYT-BTC-BNV", "24/2013/TTLT-BYT-BTC-BNV", "TTLT", "three ministries"),
    ("37/2015/NQ-HĐND", "37/2015/NQ-HĐND", "NQ", "normative"),
    ("7B/2015/NQ-HĐND", "07B/2015/NQ-HĐND", "NQ", "letter behind the number"),
    ("02/NQLT/CP-UBMTTQVN", "02/NQLT-CP-UBMTTQVN", "NQLT", "joint resolution"),
    ("112/2003/QĐ/BTC", "112/2003/QĐ-BTC", "QĐ", "slash before the ministry"),
    ("18/19/QĐ-UBND", "18/2019/QĐ-UBND", "QĐ", "year of two digits"),
    ("21-2018/NQ-CP", "21/2018/NQ-CP", "NQ", "hyphen before the year"),
    ("71.2/2025/NQ-CP", "71.2/2025/NQ-CP", "NQ", "a number with a part"),
    ("1.207/QĐ-UBND", "1207/QĐ-UBND", "QĐ", "dot of the thousand"),
    ("312006NĐ-CP", "31/2006/NĐ-CP", "NĐ", "all slashes lost"),
    ("1122010TTLT-BCA-BTP", "112/2010/TTLT-BCA-BTP", "TTLT", "all slashes lost"),
    ("92-QĐ/TW", "92-QĐ/TW", "QĐ", "Party"),
    ("18-CV/TU", "18-CV/TU", "CV", "Party"),
    ("1201-gm/hu", "1201-GM/HU", "GM", "Party, lower case"),
    ("31-BS/UBKTTU", "31-BS/UBKTTU", "SY", "Party copy"),
    ("48-HD/BTGHU", "48-HD/BTGHU", "HD", "Party committee"),
    ("06 - NQ/HU", "06-NQ/HU", "NQ", "Party, blanks"),
    ("411/CV/BCSĐ", "411-CV/BCSĐ", "CV", "Party, state marks"),
    ("44-NQTW", "44-NQ/TW", "NQ", "Party, slash lost"),
    ("05/SY-UBND", "05/SY-UBND", "SY", "true copy"),
    ("05/TrS-UBND", "05/TrS-UBND", "TrS", "extract copy"),
    ("02/QĐ-XPVPHC", "02/QĐ-XPVPHC", "QĐ", "a fine"),
    ("02/BB-VPHC", "02/BB-VPHC", "BB", "record of an offence"),
    ("33/TTR-THCS HD", "33/TTr-THCS-HD", "TTr", "a school with a blank in its name"),
    ("15\u00a0/QĐ\u2013UBND", "15/QĐ-UBND", "QĐ", "NBSP, en dash"),
    ("15/\u200bQĐ-\ufeffUBND", "15/QĐ-UBND", "QĐ", "zero width"),
    ("15/QĐ-UBND...", "15/QĐ-UBND", "QĐ", "dots behind"),
    ('"15/QĐ-UBND".', "15/QĐ-UBND", "QĐ", "quotes"),
    ("Số: 15/QĐ-UBND ngày 12/3/2020", "15/QĐ-UBND", "QĐ", "form words, date"),
    ("so 15/QD-UBND ngay 12/3/2020", "15/QĐ-UBND", "QĐ", "the same without diacritics"),
    ("Quyết định số 15/QĐ-UBND", "15/QĐ-UBND", "QĐ", "the type in words before"),
    ("15/QĐ-UBND; 16/QĐ-UBND", "15/QĐ-UBND", "QĐ", "two symbols: the first"),
    ("15_2018_QĐ_UBND", "15/2018/QĐ-UBND", "QĐ", "a file name"),
    ("58-CP", "58/CP", None, "before 1997"),
    ("211/TTg", "211/TTg", None, "before 1997"),
    ("21/2022/QH15", "21/2022/QH15", None, "law or resolution of the National Assembly"),
    ("9-L/CTN", "09/L-CTN", "LENH", "order of the State President"),
    ("11-LCT/HĐNN8", "11/LCT-HĐNN8", "LENH", "order of the State Council"),
    ("11/LCT-UBND", "11/LCT-UBND", "LICH", "the same letters, a work schedule"),
    ("19/CĐ-TW", "19/CĐ-TW", "CĐ", "a telegram of a central state committee, no Party paper"),
    ("10/TT-UBND", "10/TT-UBND", "TTr", "a People's Committee issues no circular"),
    ("10/TT-BYT", "10/TT-BYT", "TT", "circular without year"),
    ("15-TT/TU", "15-TT/TU", None, "thông tri of the Party"),
    ("331/2006/BXD-KTTC", "331/2006/BXD-KTTC", "CV", "a letter with the year"),
    ("17/2019/HSST", "17/2019/HSST", None, "a judgment: neither type nor agency"),
]


@pytest.mark.parametrize(("typed", "text", "loai", "remark"), IN_THE_WILD, ids=[row[0] for row in IN_THE_WILD])
def test_symbols_as_offices_type_them(typed: str, text: str, loai: str | None, remark: str) -> None:
    symbol = parse(typed)
    assert (symbol.text, symbol.loai) == (text, loai), remark
    assert bare(parse(format(symbol))) == bare(symbol), remark


@pytest.mark.parametrize(
    ("typed", "issuer"),
    [
        ("15/QĐ-UBND", ("UBND",)),
        ("12/UBND-VX", ("UBND", "VX")),
        ("12/TC-KH", ("TC", "KH")),
        ("245/CV-UBND", ("UBND",)),
        ("22/KL-TTr", ("TTr",)),
        ("305/TTr-CAT(PC06)", ("CAT", "PC06")),
        ("24/2013/TTLT-BYT-BTC", ("BYT", "BTC")),
        ("02/QĐ-XPVPHC", ()),
        ("52/BCHT-QLĐT", ("QLĐT",)),
        ("31-BS/UBKTTU", ("UBKTTU",)),
        ("21/2022/QH15", ("QH15",)),
        ("58-CP", ("CP",)),
        ("318", ()),
    ],
)
def test_issuer_is_what_follows_the_type_or_all_of_a_letter(typed: str, issuer: tuple[str, ...]) -> None:
    assert parse(typed).issuer == issuer


@pytest.mark.parametrize(
    ("typed", "normative"),
    [
        ("40/2018/QĐ-UBND", True),
        ("1784/QĐ-UBND", False),
        ("12/2018/NQ-HĐND", True),
        ("12/NQ-HĐND", False),
        ("03/2015/CT-UBND", True),
        ("03/2016/CT-UBND", True),  # the first half of 2016 still
        ("03/2017/CT-UBND", False),  # Law 80/2015: directives are no longer normative
        ("21/2018/NQ-CP", False),
        ("71.2/2025/NQ-CP", True),  # Law 64/2025
        ("30/2020/NĐ-CP", True),
        ("10/TT-BYT", True),
        ("10/TT-UBND", False),
        ("88/2023/TB-UBND", False),
        ("05/2023/NQ-HĐQT", False),  # a company
        ("05/2023/QĐ-XPVPHC", False),  # a fine
        ("12/VBHN-BTC", False),
        ("21/2022/QH15", True),
        ("58-CP", True),
        ("211/TTg", True),
        ("92-QĐ/TW", False),
        ("12/2020", False),
    ],
)
def test_the_year_makes_a_normative_form_normative(typed: str, normative: bool) -> None:
    assert parse(typed).normative is normative


@pytest.mark.parametrize(
    ("typed", "system"),
    [
        ("92-QĐ/TW", "party"),
        ("15/CV-TU", "party"),
        ("02-KH/HU", "party"),
        ("15-NQ/ĐU", "party"),
        ("15-TB/ThU", "party"),
        ("15-TB/QU", "party"),
        ("15-HD/BTG", "party"),
        ("15-HD/BTC", "party"),  # the Organisation Commission, by the form
        ("15/HD-BTC", "state"),  # the Ministry of Finance, by the form
        ("05-TT/BTC", "state"),  # an old circular of the Ministry of Finance
        ("15-BC/UBKT", "party"),
        ("15-QĐ/UBND", "state"),
        ("15-TB/BCĐ", "state"),
        ("318-BCĐ", "state"),
        ("19/CĐ-TW", "state"),
        ("15/TU-VP", "state"),  # no type before the body
    ],
)
def test_party_is_told_by_the_body_and_where_names_are_shared_by_the_form(typed: str, system: str) -> None:
    assert parse(typed).system == system


def test_a_party_decision_may_be_rules_and_says_so() -> None:
    symbol = parse("92-QĐ/TW")
    assert symbol.loai == "QĐ"
    assert symbol.notes == ("Ký hiệu QĐ của Đảng có thể là quyết định hoặc quy định.",)
    assert parse("92/QĐ-UBND").notes == ()


def test_span_leaves_out_what_is_not_the_symbol() -> None:
    typed = "  Số: 15/QĐ-UBND ngày 12/3/2020"
    start, end = parse(typed).span
    assert typed[start:end] == "15/QĐ-UBND"


def test_official_examples_of_the_decree_have_no_fault() -> None:
    for typed in (
        "Số: 15/QĐ-BNV",
        "Số: 05/BNV-VP",
        "Số: 12/UBND-VX",
        "40/2018/QĐ-UBND",
        "30/2020/NĐ-CP",
        "20/2023/QH15",
    ):
        assert check(typed) == ()


def test_official_examples_of_the_party_guidance_have_no_fault() -> None:
    for typed in ("127-QĐ/TW", "24-BS/UBKTTU", "36-HD/VPTW", "15-CV/TU"):
        assert check(typed) == ()


# --- what is no symbol ----------------------------------------------------------------------------

# typed, letter under the mark
NO_SYMBOL = [
    ("14/5/2021", 3),
    ("14-05-2021", 3),
    ("2021-05-14", 5),
    ("24/7", 3),
    ("1/2", 2),
    ("Kế hoạch 15", 1),
    ("15 ngày", 5),
    ("15/QĐ-UBNDá", 6),
    ("QĐ-UBND của tỉnh", 7),
    ("Công văn", 1),
    ("12345678/QĐ-UBND", 0),
    ("V.2.3.4)phải", 0),
    ("/", 1),
]


@pytest.mark.parametrize(("typed", "at"), NO_SYMBOL, ids=[row[0] for row in NO_SYMBOL])
def test_a_fault_is_shown_with_a_mark_under_it(typed: str, at: int) -> None:
    with pytest.raises(InvalidSoKyHieuError) as caught:
        parse(typed)
    what, shown, mark = caught.value.what.split("\n")
    assert what.endswith(".")
    assert shown.strip() in typed
    if typed != "Công văn":  # without a number its first word is the fault
        assert mark.index("^") - 4 == at
        assert caught.value.span is not None
        assert caught.value.span[0] == at
    assert "«15/QĐ-UBND»" in str(caught.value)
    assert caught.value.column == "so_ky_hieu"
    assert [fault.message for fault in check(typed)] == [what]


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "\u200b", "\u00a0"])
def test_empty_and_blank_are_named(typed: str) -> None:
    with pytest.raises(InvalidSoKyHieuError, match=r"Ô số, ký hiệu để trống\."):
        parse(typed)


def test_a_very_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(InvalidSoKyHieuError, match="dài 10000 ký tự") as caught:
        parse("1" * 10_000)
    assert caught.value.span == (MAX_SYMBOL_LENGTH, 10_000)
    assert issubclass(InvalidSoKyHieuError, ArgumentValueError)
    assert issubclass(InvalidSoKyHieuError, VanThuError)


@pytest.mark.parametrize("typed", [None, 15, 15.0, b"15/Q", ["15/QD"]])
def test_what_is_no_string_is_a_type_error(typed: object) -> None:
    for verb in (parse, check, find):
        with pytest.raises(ArgumentTypeError):
            verb(typed)  # type: ignore[operator]


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ("7//GM-UBND", [("Số nhỏ hơn 10 ghi thêm số 0 ở trước: 07.", (0, 1)), ("Thừa dấu gạch chéo.", (1, 3))]),
        ("4127QĐ-UBND", [("Sau số ghi dấu gạch chéo «/».", (4, 4))]),
        ("318-SNV-TH", [("Sau số ghi dấu gạch chéo «/».", (3, 4))]),
        ("15/QĐ/UBND", [("Giữa hai nhóm chữ ghi dấu gạch nối «-».", (5, 6))]),
        ("15/QĐ-/UBND", [("Thừa dấu.", (5, 7))]),
        ("15/2018-QĐ-UBND", [("Sau năm ghi dấu gạch chéo «/».", (7, 8))]),
        ("15/CV/TU", [("Sau số ghi dấu gạch nối «-».", (2, 3))]),
        ("15 /QĐ-UBND", [("Thừa khoảng trống.", (2, 3))]),
        ("15/TTR-UBND", [("Chữ viết tắt «TTR» viết là «TTr».", (3, 6))]),
        ("15/CĐ-", [("Sau dấu cuối còn thiếu chữ viết tắt.", (5, 6))]),
        ("15/CĐ", [("Thiếu chữ viết tắt tên cơ quan ban hành.", (3, 5))]),
        ("15/UBND", [("Thiếu chữ viết tắt tên đơn vị soạn thảo.", (3, 7))]),
        ("15/CV-UBND", [("Công văn không ghi «CV»; ghi tên cơ quan rồi đơn vị soạn thảo.", (3, 5))]),
        ("15/2018/TB-UBND", [("Chỉ văn bản quy phạm pháp luật ghi năm trong ký hiệu.", (8, 10))]),
        ("15/18/QĐ-UBND", [("Năm ghi đủ bốn chữ số.", (3, 5))]),
        ("1.207/QĐ-UBND", [("Số ghi liền, không có dấu chấm.", (0, 5))]),
        ("312006NĐ-CP", [("Thiếu dấu gạch chéo trước và sau năm.", (0, 6))]),
        ("/QĐ-UBND", [("Số còn để trống.", (0, 1))]),
        ("318", [("Thiếu ký hiệu sau số.", (0, 3))]),
        ("15/QÐ-UBND", [("Có ký tự lạ hoặc ký tự ẩn, đã thay bằng ký tự thường.", (4, 5))]),
        ("15/\u200bQĐ-UBND", [("Có ký tự lạ hoặc ký tự ẩn, đã thay bằng ký tự thường.", (4, 5))]),
        ("15/QĐ-UBND ngày 1/1", [("Bỏ phần chữ đứng sau ký hiệu.", (10, 19))]),
        (
            "7 /TTR/ubnd",
            [
                ("Số nhỏ hơn 10 ghi thêm số 0 ở trước: 07.", (0, 1)),
                ("Thừa khoảng trống.", (1, 2)),
                ("Chữ viết tắt «TTR» viết là «TTr».", (3, 6)),
                ("Giữa hai nhóm chữ ghi dấu gạch nối «-».", (6, 7)),
                ("Chữ viết tắt «ubnd» viết là «UBND».", (7, 11)),
            ],
        ),
    ],
)
def test_every_fault_is_reported_with_its_place(typed: str, faults: list[tuple[str, tuple[int, int]]]) -> None:
    assert [(fault.message, fault.span) for fault in check(typed)] == faults


def test_notes_tell_what_was_mended_and_no_more() -> None:
    assert parse("7//GM-UBND").notes == ("Số nhỏ hơn 10 ghi thêm số 0 ở trước: 07.", "Thừa dấu gạch chéo.")
    assert parse("245/CV-UBND").notes == ()  # a fault of form, and left as it is
    assert parse("15/QĐ-UBND").notes == ()


# --- the small language, whole --------------------------------------------------------------------

NUMBERS = ("01", "05a", "15", "1784", None)
ISSUERS = ("UBND", "HĐND", "BNV", "SNV", "BCĐ", "BQLDA", "TTg")
UNITS = ("", "VX", "NC1", "KTTH", "TCCB")
PARTY_BODIES = ("TW", "TU", "HU", "ĐU", "QU", "ThU", "TXU", "UBKTTU", "BTGTU", "VPTW")
PARTY_TYPES = ("NQ", "QĐ", "CT", "KL", "QC", "TB", "BC", "KH", "CTr", "HD", "CV", "GM", "TTr", "BB", "ĐA")
ABBREVIATIONS = sorted(
    {
        (symbol, row.code)
        for row in types().values()
        for symbol in (row.nd30, row.tt01, *row.symbols)
        if symbol and "-" not in symbol and symbol not in ("L", "PL", "LCT", "TT")  # these need their own bodies
    }
)


def joined(number: str | None, year: int | None, *groups: str) -> str:
    return "/".join([number or "", *([str(year)] if year else []), "-".join(group for group in groups if group)])


@pytest.mark.parametrize(("symbol", "code"), ABBREVIATIONS, ids=[row[0] for row in ABBREVIATIONS])
def test_every_type_before_every_issuer_says_its_type_and_comes_back(symbol: str, code: str) -> None:
    for number, issuer, unit in itertools.product(NUMBERS, ISSUERS, UNITS):
        typed = joined(number, None, symbol, issuer, unit)
        parsed = parse(typed)
        assert (parsed.number, parsed.year, parsed.loai, parsed.system) == (number, None, code, "state"), typed
        assert parsed.issuer == tuple(name for name in (issuer, unit) if name), typed
        assert bare(parse(format(parsed))) == bare(parsed), typed
        for sloppy in (typed.lower(), typed.replace("/", " / "), typed.replace("-", " - "), typed.replace("/", "//")):
            assert bare(parse(sloppy)) == bare(parsed), sloppy


@pytest.mark.parametrize("form", sorted(NORMATIVE_FORMS - {"L", "PL", "LENH", "HP"}))
def test_every_normative_form_with_its_year(form: str) -> None:
    for number, year, issuer in itertools.product(
        NUMBERS, (1998, 2008, 2015), ("UBND", "HĐND", "BNV", "TTg", "UBTVQH14")
    ):
        typed = joined(number, year, form, issuer)
        parsed = parse(typed)
        assert (parsed.number, parsed.year, parsed.loai, parsed.normative) == (number, year, form, True), typed
        assert parsed.text == typed
        assert bare(parse(typed)) == bare(parsed)


def test_every_letter_of_an_agency_and_its_unit() -> None:
    for number, issuer, unit in itertools.product(NUMBERS, ISSUERS[:-1], UNITS):
        parsed = parse(joined(number, None, issuer, unit))
        assert (parsed.number, parsed.loai, parsed.normative) == (number, "CV", False)
        assert parsed.issuer == parsed.groups
        assert bare(parse(format(parsed))) == bare(parsed)


def test_every_party_type_and_body() -> None:
    for number, symbol, body in itertools.product(NUMBERS, PARTY_TYPES, PARTY_BODIES):
        typed = f"{number or ''}-{symbol}/{body}"
        parsed = parse(typed)
        assert (parsed.number, parsed.loai, parsed.system) == (number, symbol, "party"), typed
        assert (parsed.text, parsed.normative) == (typed, False)
        assert bare(parse(format(parsed))) == bare(parsed), typed


# --- running text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Triển khai Nghị định số 31/2019/NĐ-CP của Chính phủ", ["31/2019/NĐ-CP"]),
        ("Sửa đổi Tờ trình 16/TTr-UBND ngày 02/4/2019 và Báo cáo số 44/BC-SNV", ["16/TTr-UBND", "44/BC-SNV"]),
        ("thay thế quyết định số 812/qđ-ubnd ngày 05/6/2019 của ubnd huyện", ["812/QĐ-UBND"]),
        ("thuc hien quyet dinh so 812/qd-ubnd cua chu tich", ["812/QĐ-UBND"]),
        ("V/v thực hiện Công văn số 640/QLĐT của phòng", ["640/QLĐT"]),
        ("Phúc đáp Công văn 2214/UBND-TH, 918/STC-NS", ["2214/UBND-TH", "918/STC-NS"]),
        ("Học tập Nghị quyết 44-NQ/TW; Kế hoạch 09-KH/HU", ["44-NQ/TW", "09-KH/HU"]),
        ("Nghị quyết số 06 - NQ/TW", ["06-NQ/TW"]),
        ("Luật số 21/2022/QH15 và các văn bản hướng dẫn", ["21/2022/QH15"]),
        ("SỬA ĐỔI NGHỊ ĐỊNH SỐ 312006NĐ-CP NGÀY 05032006", ["31/2006/NĐ-CP"]),
        ("Bãi bỏ Quyết định 4127QĐ-UBND", ["4127/QĐ-UBND"]),
        ("Quy chế (kèm theo Quyết định số      /QĐ-UBND ngày     tháng     )", ["/QĐ-UBND"]),
        ("Nghị định 58-CP ngày 03/5/1996", ["58/CP"]),
        ("Đính chính Thông báo số:15/TB-UBND.", ["15/TB-UBND"]),
        ("Văn bản số 1.207/UBND-KT", ["1207/UBND-KT"]),
        ("Kế hoạch 584 /KH - UBND năm 2019", ["584/KH-UBND"]),
        ("Công văn 3344/VNPT-KTĐT và 305/TTr-CAT(PC06)", ["3344/VNPT-KTĐT", "305/TTr-CAT(PC06)"]),
        ("Quyết định 15/QĐ\u2013UBND và 16/\u200bQĐ-UBND", ["15/QĐ-UBND", "16/QĐ-UBND"]),
    ],
)
def test_symbols_are_found_in_titles(text: str, found: list[str]) -> None:
    symbols = find(text)
    assert [symbol.text for symbol in symbols] == found
    for symbol in symbols:
        assert bare(parse(text[slice(*symbol.span)])) == bare(symbol)


NEAR_MISSES = [
    "Họp ngày 14/5/2021 và ngày 14-5-2021",
    "Trực 24/7, 24/24h trong dịp lễ",
    "giao thông và/hoặc xây dựng, bật/tắt",
    "tốc độ 60 km/h, 12 m3/ngày, 5.000 đồng/m2, 40 tấn/ha",
    "Đường 3/2, đường 30/4, quốc lộ 1A/2",
    "Chiếm 1/3 dân số, tỷ lệ 1/500, bản đồ 1/2000",
    "Gói thầu số 03/XL-ĐTĐ thuộc dự án",
    "Gói thầu số 03/TB-VTTB",
    "Thửa đất số 112/QĐ-A tờ bản đồ 15",
    "Theo Mẫu số 01/BC-UBND",
    "Công trình mã hiệu 7012345-KH2019",
    "Năm học 2019-2020, giai đoạn 2016-2020",
    "QCVN 01-1:2018/BYT, TCVN 9001:2015/ISO",
    "V/v đăng ký lịch họp 6 tháng",
    "Kỳ họp thứ 9-HĐND tỉnh",
    "Kỷ niệm 60 năm 19/5/1959-19/5/2019 mở đường",
    "Họp tổ 5/KP3, lớp 10/A2, phòng 305/B",
    "Điện thoại 0234/3822000; máy lẻ 15-TC",
    "TTr/UBND, QĐ-UBND không số",
    "",
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_symbol_is_left_alone(text: str) -> None:
    assert find(text) == ()


# --- properties -----------------------------------------------------------------------------------

SYMBOL_LIKE = st.text("0123456789/-. QĐÐUBNDTrTtqđaPVCXHSắ&()\u00a0\u200b–_:ố", max_size=30)
PIECES = st.lists(
    st.sampled_from(
        [
            "15",
            "5",
            "2018",
            "/",
            "-",
            " ",
            ".",
            "QĐ",
            "TTr",
            "TC",
            "UBND",
            "VX",
            "TU",
            "BTC",
            "KH",
            "qđ",
            "ngày",
            "số",
            "(PC04)",
            "&",
        ]
    ),
    max_size=9,
).map("".join)
TEXTS = SYMBOL_LIKE | PIECES | st.text(max_size=40)


def parsed_or_refused(text: str) -> SoKyHieu | InvalidSoKyHieuError:
    try:
        return parse(text)
    except InvalidSoKyHieuError as error:
        return error


@settings(deadline=None, max_examples=600)
@given(TEXTS)
@example("15")
@example("1" * 7 + "QĐ")
@example("0002000BB")
@example("1.234.567/QĐ-UBND")
@example("\u0301/QĐ")
def test_parse_raises_nothing_but_its_own_error_and_comes_back(text: str) -> None:
    symbol = parsed_or_refused(text)
    assert symbol.span is not None
    assert 0 <= symbol.span[0] <= symbol.span[1] <= len(text)
    faults = check(text)
    assert all(0 <= start <= end <= len(text) for start, end in (fault.span for fault in faults))
    if isinstance(symbol, InvalidSoKyHieuError):
        assert len(faults) == 1
        return
    assert symbol.text == format(symbol)
    assert bare(parse(symbol.text)) == bare(symbol)
    assert {note for note in symbol.notes if note.startswith(("Thừa", "Thiếu", "Sau", "Giữa"))} <= {
        fault.message for fault in faults
    }


@settings(deadline=None, max_examples=600)
@given(st.lists(TEXTS, max_size=6).map(" ".join))
def test_found_symbols_are_in_range_and_do_not_overlap(text: str) -> None:
    end = 0
    for symbol in find(text):
        assert end <= symbol.span[0] < symbol.span[1] <= len(text)
        end = symbol.span[1]
        assert bare(parse(symbol.text)) == bare(symbol)


@settings(deadline=None)
@given(st.sampled_from([row[0] for row in IN_THE_WILD if "\u200b" not in row[0]]))
def test_decomposed_spelling_reads_alike(typed: str) -> None:
    assert bare(parse(unicodedata.normalize("NFD", typed))) == bare(parse(typed))


@settings(deadline=None, max_examples=300)
@given(
    st.from_regex(r"[0-9]{1,7}", fullmatch=True),
    st.sampled_from(
        [row.text for row in map(parse, ("1/QĐ-UBND", "40/2018/QĐ-UBND", "5/TC-KH", "12/2023/QH15", "7/CV/TU"))]
    ),
    st.text(alphabet="-/ .ĐCVUBNDqđ1", max_size=4),
)
def test_symbols_that_differ_in_number_alone_are_read_alike(number: str, text: str, more: str) -> None:
    """Read by its shape or letter by letter, a symbol comes out the same."""
    typed = number + text[text.index("/") :] + more
    try:
        wanted = so_ky_hieu._read(typed)[0]
    except InvalidSoKyHieuError as error:
        with pytest.raises(InvalidSoKyHieuError, match=re.escape(str(error))):
            parse(typed)
    else:
        assert parse(typed) == wanted
