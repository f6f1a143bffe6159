"""The document's own number: from the page, from a picture of it, from the file's name. All documents here are invented."""

from __future__ import annotations

import pytest

from vanthu_classifier.readers.layout import record
from vanthu_classifier.readers.page import Line

COUNTRY = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
DATE = "Phú Lộc, ngày 02 tháng 7 năm 2019"


def scanned(number: str, digits: float, *, agency: str = "SỞ Y TẾ", body: str = "QUYẾT ĐỊNH") -> list[Line]:
    """A recognised page; `digits` is how sure the words of the number's line are."""
    rows = [(agency, 0), (number, 0), *((text, 1) for text in (*COUNTRY, DATE)), (body, 2), ("Về việc A", 2)]
    return [Line(text, block, sure=(digits if text == number else 0.95,) * len(text.split())) for text, block in rows]


def typed(number: str) -> list[Line]:
    return [Line(text) for text in (*COUNTRY, "SỞ Y TẾ", number, DATE, "QUYẾT ĐỊNH", "Về việc A")]


@pytest.mark.parametrize(
    ("line", "digits", "name", "expected", "place"),
    [
        ("Số: 15/QĐ-SYT", 0.95, "a.pdf", "15/QĐ-SYT", "scan"),
        ("Số: 15 /QĐ-SYT", 0.95, "a.pdf", "15/QĐ-SYT", "scan"),
        ("Số: 15/2019/QĐ-SYT", 0.95, "a.pdf", "15/2019/QĐ-SYT", "scan"),
        ("Số: I5/QĐ-SYT", 0.95, "a.pdf", "15/QĐ-SYT", "scan"),
        ("Số: 1O2/QĐ-SYT", 0.95, "a.pdf", "102/QĐ-SYT", "scan"),
        ("Số: 15/QĐ-'SYT", 0.95, "a.pdf", "15/QĐ-SYT", "scan"),
        ("Số: 15/QĐ-SVT", 0.95, "a.pdf", "15/QĐ-SVT", "scan"),
        ("Số: 15/QĐ-SVT", 0.5, "a.pdf", "/QĐ-SYT", "scan"),
        ("Số: 15/QD-SYT", 0.5, "15 qd.pdf", "15/QĐ-SYT", "page_and_file_name"),
        ("Số: 127-QĐ/TW", 0.95, "a.pdf", "127-QĐ/TW", "scan"),
        ("Số: 4 6957QĐ-SYT", 0.4, "a.pdf", "/QĐ-SYT", "scan"),
        ("Số: 2212/QĐ-SYT", 0.4, "a.pdf", "/QĐ-SYT", "scan"),
        ("Số: 0? /QĐ-SYT", 0.4, "03 qd syt.pdf", "03/QĐ-SYT", "page_and_file_name"),
        ("Số: 0? /QĐ-SYT", 0.4, "03 qd.pdf", "03/QĐ-SYT", "page_and_file_name"),
        ("Số: 42A.5/QĐ-SYT", 0.4, "1945.pdf", "1945/QĐ-SYT", "page_and_file_name"),
        ("Số: 42A.5/QĐ-SYT", 0.4, "2018.pdf", "/QĐ-SYT", "scan"),
        ("Số: /QĐ-SYT", 0.9, "2018.pdf", "/QĐ-SYT", "scan"),
        ("Số: 0? /QĐ-SYT", 0.4, "03 tb snv.pdf", "/QĐ-SYT", "scan"),
        ("Số: 15/QĐ-SYT", 0.95, "16 qd syt.pdf", "15/QĐ-SYT", "scan"),
    ],
)
def test_number_in_a_picture(line: str, digits: float, name: str, expected: str, place: str) -> None:
    found = record(scanned(line, digits), name)
    source = found.source("so_ky_hieu")
    assert source is not None
    assert (found.so_ky_hieu, source.place, source.raw) == (expected, place, line)


def test_what_is_said_of_a_number() -> None:
    assert any("hãy ghi thêm số" in note for note in record(scanned("Số: 0? /QĐ-SYT", 0.4), "a.pdf").warnings)
    assert any("theo tên tệp" in note for note in record(scanned("Số: 0? /QĐ-SYT", 0.4), "03 qd.pdf").warnings)
    assert any("Tên tệp ghi số 16" in n for n in record(scanned("Số: 15/QĐ-SYT", 0.95), "16 qd syt.pdf").warnings)
    assert record(scanned("Số: 15/QĐ-SYT", 0.95), "15 qd syt.pdf").warnings == ("Đọc từ bản quét bằng nhận dạng chữ.",)


def test_the_name_where_a_picture_shows_no_number() -> None:
    found = record(scanned("", 0.9), "03 qd syt.pdf")
    assert (found.so_ky_hieu, found.loai_van_ban) == ("03/QĐ-SYT", "QĐ")
    assert record(scanned("", 0.9)[-2:], "03 qd syt.pdf").so_ky_hieu is None  # an annex: no motto


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Số:      /QĐ-SYT", "/QĐ-SYT"),
        ("Số: 15/QĐ-SYT", "15/QĐ-SYT"),
        ("Số:", "03/QĐ-SYT"),
        ("Số: ………", "03/QĐ-SYT"),
        ("", None),
    ],
)
def test_the_name_beside_letters_that_the_file_states(line: str, expected: str | None) -> None:
    assert record(typed(line), "03 qd syt.pdf").so_ky_hieu == expected
