"""Registers as offices and their programs write them: headings in many words, on two rows, in old codes; tables in pages and XML."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

import office_files as office
from vanthu_classifier import legacy
from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers import Record, read

Rows = list[list[object]]


def rows_of(tmp_path: Path, rows: Rows) -> list[Record]:
    return list(read(office.xlsx(tmp_path / "so.xlsx", {"Sổ": rows})))


def one(tmp_path: Path, rows: Rows) -> Record:
    (found,) = rows_of(tmp_path, rows)
    return found


HEADINGS = {
    "appendix IV, outgoing": (
        ["Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản", "Người ký", "Nơi nhận văn bản",
         "Đơn vị, người nhận bản lưu", "Số lượng bản", "Ngày chuyển", "Ký nhận", "Ghi chú"],
        ["15/QĐ-UBND", "02/7/2019", "Về việc A", "Trưởng phòng", "Sở A", "VT", 3, None, None, None],
    ),
    "capitals without diacritics": (
        ["STT", "SO/KY HIEU", "NGAY THANG VB", "TRICH YEU NOI DUNG VB", "NOI NHAN VB"], [1.0, "15/QĐ-UBND", 43648, "Về việc A", "Sở A"],
    ),
    "shortened": (
        ["TT", "Số KH", "Ngày tháng năm VB", "Trích yếu ND", "Nơi nhận", "Cơ quan BH"],
        [1, "15/QĐ-UBND", "02-07-2019", "Về việc A", "Sở A", "UBND huyện"],
    ),
    "number and symbol apart": (
        ["Số văn bản", "Ký hiệu", "Ngày ban hành", "V/v", "Nơi nhận"], [15.0, "QĐ-UBND", date(2019, 7, 2), "Về việc A", "Sở A"],
    ),
    "decomposed letters": (
        [unicodedata.normalize("NFD", h) for h in ("Số, ký hiệu", "Ngày tháng", "Trích yếu nội dung", "Nơi nhận")],
        ["15/QĐ-UBND", "2019-07-02T00:00:00.000", "Về việc A", "Sở A"],
    ),
    "day of dispatch only": (
        ["STT", "Số đi", "Ngày đi", "Số ký hiệu", "Trích yếu", "Nơi nhận"], [1, 15, "02/07/2019", "15/QĐ-UBND", "Về việc A", "Sở A"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADINGS)
def test_headings(tmp_path: Path, name: str) -> None:
    headings, row = HEADINGS[name]
    found = one(tmp_path, [["SỔ ĐĂNG KÝ VĂN BẢN ĐI"], [], headings, row, ["Tổng cộng: 1 văn bản"]])
    assert (found.row, found.so_ky_hieu, found.ngay_ban_hanh, found.trich_yeu, found.noi_nhan) == (
        4, "15/QĐ-UBND", "2019-07-02", "Về việc A", ("Sở A",),
    )  # fmt: skip


def test_incoming_register_does_not_take_the_day_of_receipt(tmp_path: Path) -> None:
    headings = [
        "Ngày đến",
        "Số đến",
        "Tác giả",
        "Số, ký hiệu",
        "Ngày tháng",
        "Tên loại và trích yếu nội dung",
        "Đơn vị hoặc người nhận",
    ]
    numbers = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"]
    found = one(
        tmp_path, [headings, numbers, ["03/7/2019", 12, "Sở Nội vụ", "15/SNV-CCHC", "02/7/2019", "V/v báo cáo", "PNV"]]
    )
    assert (found.so_ky_hieu, found.ngay_ban_hanh, found.co_quan_ban_hanh, found.noi_nhan) == (
        "15/SNV-CCHC", "2019-07-02", "Sở Nội vụ", (),
    )  # fmt: skip


def test_merged_headings_on_two_rows(tmp_path: Path) -> None:
    rows: Rows = [
        ["STT", "Văn bản", None, "Trích yếu"],
        [None, "Số, ký hiệu", "Ngày tháng"],
        [1, "15/QĐ-UBND", "02/7/2019", "Về việc A"],
    ]
    found = one(tmp_path, rows)
    assert (found.row, found.so_ky_hieu, found.ngay_ban_hanh) == (3, "15/QĐ-UBND", "2019-07-02")


def test_marks_of_secrecy_and_urgency(tmp_path: Path) -> None:
    rows: Rows = [["Số ký hiệu", "Trích yếu", "Độ mật", "Độ khẩn"], ["1/KH-A", "A", "Mật", "Hỏa tốc"], ["2/KH-A", "B", "Thường", "Thượng khẩn"],
                  ["3/KH-A", "C", None, "Bình thường"]]  # fmt: skip
    assert [(r.do_mat, r.do_khan) for r in rows_of(tmp_path, rows)] == [
        ("MẬT", "HỎA TỐC"),
        (None, "THƯỢNG KHẨN"),
        (None, None),
    ]


def test_a_hidden_sheet_without_headings_is_no_fault(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "so.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (("Sổ", [["Số ký hiệu", "Trích yếu"], ["1/KH-A", "A"]]), ("Danh mục", [["Sở A"], ["Sở B"]])):
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
        sheet.hide()
    assert [r.error for r in read(path)] == [None]


# ------------------------------------------------------------------ legacy encodings

OLD = [
    ["STT", "Số, ký hiệu", "Ngày tháng", "Trích yếu nội dung", "Nơi nhận"],
    ["1", "15/QĐ-UB", "02/7/2004", "Về việc cử cán bộ đi học", "Phòng Nội vụ"],
    ["2", "16/TTr-UB", "03/7/2004", "Xin kinh phí sửa chữa trụ sở", "Sở Tài chính"],
]


def checked(found: list[Record], note: str) -> None:
    assert [(r.so_ky_hieu, r.ngay_ban_hanh, r.trich_yeu, r.noi_nhan) for r in found] == [
        ("15/QĐ-UB", "2004-07-02", "Về việc cử cán bộ đi học", ("Phòng Nội vụ",)),
        ("16/TTr-UB", "2004-07-03", "Xin kinh phí sửa chữa trụ sở", ("Sở Tài chính",)),
    ]
    assert all(r.warnings == ((note,) if note else ()) for r in found)


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "mojibake", "cp1258"])
def test_a_workbook_in_a_legacy_encoding(tmp_path: Path, encoding: str) -> None:
    coded: Rows = [[office.in_legacy(cell, encoding) for cell in row] for row in OLD]
    checked(rows_of(tmp_path, coded), f"Dòng này {legacy.NAMES[encoding]}; đã chuyển sang Unicode.")


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "mojibake", "cp1258"])
@pytest.mark.parametrize("written", ["latin-1", "utf-8", "utf-16"])
@pytest.mark.parametrize("ending", [".csv", ".txt", ".xls"])
def test_a_text_in_a_legacy_encoding(tmp_path: Path, encoding: str, written: str, ending: str) -> None:
    path = tmp_path / f"so{ending}"
    path.write_bytes(
        "\r\n".join("\t".join(office.in_legacy(cell, encoding) for cell in row) for row in OLD).encode(written)
    )
    proper = written == "latin-1" and encoding in ("mojibake", "cp1258")  # then the bytes are what they should be
    checked(list(read(path)), "" if proper else f"Dòng này {legacy.NAMES[encoding]}; đã chuyển sang Unicode.")


def test_a_row_that_was_pasted_from_an_old_register_is_converted_alone(tmp_path: Path) -> None:
    old = [office.in_legacy(cell, "tcvn3") for cell in OLD[2]]
    first, second = rows_of(tmp_path, [list(OLD[0]), list(OLD[1]), list(old)])
    assert (first.trich_yeu, first.warnings) == (OLD[1][3], ())
    assert (second.so_ky_hieu, second.trich_yeu, len(second.warnings)) == ("16/TTr-UB", OLD[2][3], 1)


# ------------------------------------------------------------------ what programs write as .xls


def test_a_table_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "so.xls"
    path.write_text(
        "<html><meta charset=utf-8><table><tr><th colspan=4>SỔ VĂN BẢN</th></tr><tr><th>STT</th><th>Số ký hiệu</th><th>Ngày ban hành</th>"
        "<th>Trích yếu</th></tr><tr><td>1</td><td>15/QĐ-UBND</td><td>02/07/2019</td><td>Về<br>việc A</td></tr></table>",
        encoding="utf-8",
    )
    (found,) = read(path)
    assert (found.row, found.so_ky_hieu, found.ngay_ban_hanh, found.trich_yeu) == (
        3,
        "15/QĐ-UBND",
        "2019-07-02",
        "Về việc A",
    )
    path.write_text("<table><tr><td>Tên</td><td>Điểm</td></tr></table>", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="tiêu đề cột"):
        list(read(path))


def test_a_page_with_a_register_in_it_is_a_register(tmp_path: Path) -> None:
    path = tmp_path / "so.html"
    headings = "".join(f"<td>{h}</td>" for h in ("Số ký hiệu", "Ngày ban hành", "Trích yếu"))
    path.write_text(
        f"<table><tr>{headings}</tr><tr><td>1/KH-A</td><td>02/07/2019</td><td>A</td></tr></table>", encoding="utf-8"
    )
    assert [r.so_ky_hieu for r in read(path)] == ["1/KH-A"]


def test_excel_xml_skips_rows_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "so.xls"
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sổ"><Table><Row><Cell><Data ss:Type="String">Số ký hiệu'
        '</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Trích yếu</Data></Cell><Cell><Data ss:Type="String">Ngày</Data></Cell></Row>'
        '<Row ss:Index="4"><Cell><Data ss:Type="String">15/QĐ-UBND</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Về việc A</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">2019-07-02T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    (found,) = read(path)
    assert (found.row, found.so_ky_hieu, found.trich_yeu, found.ngay_ban_hanh) == (
        4,
        "15/QĐ-UBND",
        "Về việc A",
        "2019-07-02",
    )


def test_excel_xml_with_an_impossible_index_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "so.xls"
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row Index="x">'
        '<Cell Index="2000000000"/></Row><Row Index="2000000000"><Cell MergeAcross="9999999999"/></Row></Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    with pytest.raises(UnreadableFileError):
        list(read(path))
