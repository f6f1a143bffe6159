"""What the name of a file says of its document: both sides of the grammar's boundary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu_classifier.readers.filename import FileName, read


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("2094 tb syt.pdf", "2094/TB-SYT"),
        ("2094_TB_SYT.PDF", "2094/TB-SYT"),
        ("so 45 bc ubnd ngay 12.3.docx", "45/BC-UBND"),
        ("Số 45-BC-UBND.docx", "45/BC-UBND"),
        ("1234-CV-SNV.signed.pdf", "1234/CV-SNV"),
        ("15-KH-SNV_2021_signed_signed.pdf", "15/KH-SNV"),
        ("40_2018_QD-UBND.pdf", "40/2018/QĐ-UBND"),
        ("12a QD UBND.pdf", "12a/QĐ-UBND"),
        ("2005 syt nv.pdf", "2005/SYT-NV"),
        ("QD_123_UBND_2020.pdf", "123/QĐ-UBND"),
        ("Nghi_quyet_01_2020_NQ-HDND.txt", "01/2020/NQ-HĐND"),
        ("Công_văn_2739_VPCP-KTN_năm_2019.txt", "2739/VPCP-KTN"),
        ("SNV-QD-57 Bo nhiem.pdf", "57/QĐ-SNV"),
        ("01_TB-BGH (22.1.2013)_Noi quy.pdf", "01/TB-BGH"),
        ("635_TB_SNV_thong bao nghi le (1).pdf", "635/TB-SNV"),
        ("1770599491165-15 kh ubnd.pdf", "15/KH-UBND"),
        ("thu muc/cap 2/15 ttr-ubnd ky so.pdf", "15/TTr-UBND"),
        ("14.QD.SYT - Copy.pdf", "14/QĐ-SYT"),
    ],
)
def test_a_name_after_the_symbol(name: str, symbol: str) -> None:
    assert read(name).symbol == symbol


@pytest.mark.parametrize(
    ("name", "number", "loai"),
    [
        ("Quyet dinh 93-2007 Thuc hien co che.doc", "93", "QĐ"),
        ("Thong bao so 15.pdf", "15", "TB"),
        ("CV 12 ngay 3.pdf", "12", "CV"),
        ("09 kh.pdf", "09", "KH"),
        ("03TB_Ke hoach xet khen thuong.doc", "03", "TB"),
        ("Bao cao (1).pdf", None, "BC"),
        ("Kế hoạch năm 2019.docx", None, "KH"),
        ("KH 2020.pdf", None, "KH"),
        ("QĐ bổ nhiệm 2019.pdf", None, "QĐ"),
        ("1. KH tuyen truyen.docx", None, "KH"),
        ("1945.pdf", "1945", None),
        ("so 12.pdf", "12", None),
    ],
)
def test_a_name_with_less(name: str, number: str | None, loai: str | None) -> None:
    found = read(name)
    assert (found.number, found.loai, found.symbol) == (number, loai, None)


@pytest.mark.parametrize(
    "name",
    [
        "12.3.2020.pdf",
        "2020-03-12.pdf",
        "20200312.pdf",
        "2018 KH tuyen sinh.pdf",
        "12-3 KH ubnd.pdf",
        "0905123456.pdf",
        "SKM_C25819.pdf",
        "SKM_C25819030512345.pdf",
        "IMG_0012.jpg",
        "IMG-20200312-WA0003.jpg",
        "scan0003.pdf",
        "Scan_20200305.pdf",
        "doc00123.pdf",
        "CamScanner 03-05-2020 08.15.pdf",
        "45 nam doan the.pdf",
        "30 4 le.pdf",
        "02. Phu luc.docx",
        "van ban (2).pdf",
        "dinh kem 524kh-ubnd.pdf",
        "vbguicv2842,2848_signed.pdf",
        ".pdf",
        "",
    ],
)
def test_what_is_no_number(name: str) -> None:
    assert read(name).number is None
    assert read(name).symbol is None


@given(st.text(max_size=60))
def test_any_name_is_taken(name: str) -> None:
    found = read(name)
    assert isinstance(found, FileName)
    assert found.number is None or found.number[:1].isdigit()
    found.symbol  # noqa: B018
