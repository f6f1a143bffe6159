"""Where things stand on a page: Decree 30/2020/NĐ-CP, Appendix I. All documents here are invented."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier.readers.layout import record
from vanthu_classifier.readers.page import Line, Word, reading_order, spaced_columns

AGENCY = ["UBND HUYỆN PHÚ LỘC", "PHÒNG NỘI VỤ"]
COUNTRY = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
DATE = "Phú Lộc, ngày 02 tháng 7 năm 2019"
GROUNDS = "Căn cứ Quyết định số 77/QĐ-UBND ngày 01 tháng 3 năm 2018 của Ủy ban nhân dân huyện;"
FOOT = ["Nơi nhận:", "- Như Điều 3;", "- Lưu: VT."]


def columns(*blocks: list[str], centered: bool | None = None) -> list[Line]:
    """Lines in the order of reading; each list is a column or a cell."""
    return [Line(text, number, centered=centered) for number, block in enumerate(blocks) for text in block]


def decision(left: list[str] | None = None, body: list[str] | None = None) -> list[Line]:
    """A decision whose left column or body is another one."""
    left = [*AGENCY, "Số: 15/QĐ-UBND"] if left is None else left
    body = ["QUYẾT ĐỊNH", "Về việc thành lập Tổ giúp việc", "", GROUNDS] if body is None else body
    return columns(left, [*COUNTRY, DATE], [*body, "Điều 1. Thành lập Tổ giúp việc."], FOOT, ["CHỦ TỊCH"])


# ------------------------------------------------------------------ number and symbol


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Số: 15/QĐ-UBND", "15/QĐ-UBND"),
        ("Số:15/QĐ-UBND", "15/QĐ-UBND"),
        ("Số:    15   /QĐ-UBND", "15/QĐ-UBND"),
        ("Số: 15 / QĐ - UBND", "15/QĐ-UBND"),
        ("Số: 15/QĐ–UBND", "15/QĐ-UBND"),
        ("Số 15/QĐ-UBND", "15/QĐ-UBND"),
        ("SỐ: 15/QĐ-UBND", "15/QĐ-UBND"),
        ("Số: 15/QÐ-UBND", "15/QĐ-UBND"),
        ("Số: 08/ 2019/QĐ-UBND", "08/2019/QĐ-UBND"),
        ("Số: 15a/KH-UBND", "15a/KH-UBND"),
        ("Số: 512/SNV-CCHC&VTLT", "512/SNV-CCHC&VTLT"),
        ("Số: 33/TTr-CAH(ĐTTH)", "33/TTr-CAH(ĐTTH)"),
        ("Số: 41/QĐ.BQL-VP", "41/QĐ.BQL-VP"),
        ("Số: 21/2001/QĐ/UB", "21/2001/QĐ/UB"),
        ("Số: 118/TTg", "118/TTg"),
        ("Số 27-HD/HU", "27-HD/HU"),
        ("Luật số: 99/2019/QH14", "99/2019/QH14"),
        ("Số: 15/QĐ-UBND.", "15/QĐ-UBND"),
        ("Số:        /KH-UBND", "/KH-UBND"),
        ("Số: ......./KH-UBND", "/KH-UBND"),
        ("Số: …./KH-UBND", "/KH-UBND"),
        ("Số: ____/KH-UBND", "/KH-UBND"),
        ("Số: 05", "05"),
        ("Số:", None),
    ],
)
def test_number_as_printed(printed: str, expected: str | None) -> None:
    assert record(decision([*AGENCY, printed]), "a").so_ky_hieu == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        pytest.param([*AGENCY, "Số:", "15/QĐ-UBND"], "15/QĐ-UBND", id="on two lines"),
        pytest.param([*AGENCY, "15", "Số: /QĐ-UBND"], "15/QĐ-UBND", id="stamped on the line above"),
        pytest.param([*AGENCY, "-------", "", "Số: 15/QĐ-UBND"], "15/QĐ-UBND", id="under a rule"),
        pytest.param(
            ["CÔNG VĂN ĐẾN", "Số: 900", "", "", *AGENCY, "Số: 15/QĐ-UBND"], "15/QĐ-UBND", id="stamp of receipt"
        ),
        pytest.param(
            ["Số: 66/QĐ-SNV", "Thời gian ký: 02/7/2019 08:00", "", *AGENCY, "Số: 15/QĐ-UBND"],
            "15/QĐ-UBND",
            id="stamp of signing",
        ),
        pytest.param([*AGENCY, "Số lượng: 15 bản"], None, id="a quantity"),
    ],
)
def test_the_number_is_the_documents_own(left: list[str], expected: str | None) -> None:
    assert record(decision(left), "a").so_ky_hieu == expected


def test_numbers_in_grounds_title_and_annex_are_other_documents_numbers() -> None:
    annex = columns(
        ["PHỤ LỤC", "DANH SÁCH CƠ QUAN", "(Kèm theo Quyết định số 15/QĐ-UBND ngày 02 tháng 7 năm 2019)", GROUNDS, *FOOT]
    )
    found = record(annex, "a")
    assert (found.so_ky_hieu, found.ngay_ban_hanh, found.noi_nhan) == (None, None, ())
    assert found.trich_yeu == "PHỤ LỤC DANH SÁCH CƠ QUAN"
    titled = decision([*AGENCY], ["KẾ HOẠCH", "Thực hiện Chỉ thị", "số 12/CT-TTg của Thủ tướng Chính phủ", "", GROUNDS])
    assert record(titled, "a").so_ky_hieu is None


# ------------------------------------------------------------------ type and title


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        pytest.param(
            ["KẾ HOẠCH", "Tuyên truyền cải cách hành chính", "trên địa bàn huyện", "năm 2019", "-------", "Thực hiện"],
            "KH",
            "Tuyên truyền cải cách hành chính trên địa bàn huyện năm 2019",
            id="several lines, then a rule",
        ),
        pytest.param(
            ["QUYẾT ĐỊNH", "", "Về việc điều động công chức", GROUNDS],
            "QĐ",
            "Về việc điều động công chức",
            id="gap first",
        ),
        pytest.param(
            ["QUYẾT ĐỊNH", "Về việc điều động công chức", "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN", GROUNDS],
            "QĐ",
            "Về việc điều động công chức",
            id="the authority follows",
        ),
        pytest.param(
            ["QUYẾT ĐỊNH", "VỀ VIỆC ĐIỀU ĐỘNG CÔNG CHỨC", "TRƯỞNG PHÒNG NỘI VỤ", GROUNDS],
            "QĐ",
            "VỀ VIỆC ĐIỀU ĐỘNG CÔNG CHỨC",
            id="title in capitals, then the authority",
        ),
        pytest.param(
            [
                "QUY CHẾ",
                "Làm việc của Phòng Nội vụ",
                "(Ban hành kèm theo Quyết định số 9/QĐ-PNV ngày 01/7/2019)",
                "Chương I",
            ],
            "QC",
            "Làm việc của Phòng Nội vụ",
            id="issued with another document",
        ),
        pytest.param(
            ["QUY ĐỊNH", "Về tiếp công dân", "", "Chương I"], "QyĐ", "Về tiếp công dân", id="quy định as a type"
        ),
        pytest.param(
            ["THƯ MỜI", "Dự hội thảo văn thư", "", "Kính gửi: Các phòng."], "GM", "Dự hội thảo văn thư", id="thư mời"
        ),
        pytest.param(["LỊCH CÔNG TÁC", "Tuần 27 năm 2019", "", "Thứ Hai"], "LICH", "Tuần 27 năm 2019", id="schedule"),
        pytest.param(
            ["* BÁO CÁO *", "Công tác quý II", "", "1. Kết quả"], "BC", "Công tác quý II", id="type between stars"
        ),
        pytest.param(
            ["KẾ HOẠCH TUYÊN TRUYỀN NĂM 2019", "", "I. MỤC ĐÍCH"],
            "KH",
            "TUYÊN TRUYỀN NĂM 2019",
            id="type and title on one line",
        ),
        pytest.param(
            ["KẾ HOẠCH", "Số hóa tài liệu lưu trữ", "", "I. MỤC ĐÍCH"],
            "KH",
            "Số hóa tài liệu lưu trữ",
            id="title begins with Số",
        ),
        pytest.param(
            ["GIẤY MỜI", "Họp giao ban", "Phòng Nội vụ trân trọng kính mời:"], "GM", "Họp giao ban", id="no gap"
        ),
        pytest.param(
            [
                "KẾ HOẠCH",
                "Thực hiện Chương trình cải cách hành chính",
                "năm 2019",
                "Thực hiện Quyết định số 12/QĐ-UBND, Phòng",
            ],
            "KH",
            "Thực hiện Chương trình cải cách hành chính năm 2019",
            id="title begins as matter often does",
        ),
        pytest.param(
            ["BÁO CÁO", "Phần mềm quản lý văn bản", "", "Phần I"],
            "BC",
            "Phần mềm quản lý văn bản",
            id="title begins with Phần",
        ),
        pytest.param(
            ["KẾ HOẠCH", "Tổ chức lễ chào cờ", "ngày 02 tháng 9 năm 2019", "", "Căn cứ"],
            "KH",
            "Tổ chức lễ chào cờ ngày 02 tháng 9 năm 2019",
            id="title ends with a day",
        ),
        pytest.param(
            ["QUYẾT ĐỊNH CỦA CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN", "Về việc điều động", "____", "CHỦ TỊCH"],
            "QĐ",
            "Về việc điều động",
            id="type with its authority",
        ),
        pytest.param(
            ["QUY CHẾ PHỐI HỢP", "Giữa Phòng Nội vụ và Công an huyện", "", "Chương I"],
            "QC",
            "PHỐI HỢP Giữa Phòng Nội vụ và Công an huyện",
            id="capitals then lower case",
        ),
    ],
)
def test_title_under_the_name_of_the_type(body: list[str], kind: str, title: str) -> None:
    found = record(decision(body=body), "a")
    assert (found.loai_van_ban, found.trich_yeu) == (kind, title)


def test_centred_title_ends_where_lines_are_no_longer_centred() -> None:
    body = [
        Line("KẾ HOẠCH", 2, centered=True),
        Line("Tuyên truyền", 2, centered=True),
        Line("năm 2019", 2, centered=True),
    ]
    matter = [
        Line("Phòng Nội vụ xây dựng kế hoạch", 2, centered=False),
        Line("tuyên truyền trong năm.", 2, centered=False),
    ]
    found = record([*columns([*AGENCY, "Số: 7/KH-PNV"], [*COUNTRY, DATE]), *body, *matter], "a")
    assert found.trich_yeu == "Tuyên truyền năm 2019"


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        pytest.param(
            columns(
                [*AGENCY, "Số: 5/PNV", "V/v báo cáo công tác", "cải cách hành chính"],
                [*COUNTRY, DATE],
                ["Kính gửi: Các phòng."],
            ),
            "V/v báo cáo công tác cải cách hành chính",
            id="under the number",
        ),
        pytest.param(
            columns(
                [
                    *AGENCY,
                    *COUNTRY,
                    "Số: 5/PNV",
                    "V/v báo cáo công tác",
                    DATE,
                    "cải cách hành chính",
                    "",
                    "Kính gửi: Các phòng.",
                ]
            ),
            "V/v báo cáo công tác cải cách hành chính",
            id="the date between its lines",
        ),
        pytest.param(
            columns([*AGENCY, "Số: 5/PNV"], [*COUNTRY, DATE], ["V/v báo cáo công tác"], ["Kính gửi: Các phòng."]),
            "V/v báo cáo công tác",
            id="after the date",
        ),
        pytest.param(
            columns([*AGENCY, "Số: 5/PNV V/v báo cáo công tác"], [*COUNTRY, DATE], ["Kính gửi: Các phòng."]),
            "V/v báo cáo công tác",
            id="on the number's line",
        ),
        pytest.param(
            columns([*AGENCY, "Số: 5/PNV", "Về việc báo cáo công tác"], [*COUNTRY, DATE], ["Kính gửi: Các phòng."]),
            "Về việc báo cáo công tác",
            id="Về việc",
        ),
        pytest.param(
            columns(
                [*AGENCY, "Số: 5/PNV", "V/v thực hiện Kế hoạch số", "12/KH-UBND ngày 01/7/2019"],
                [*COUNTRY, DATE],
                ["Kính gửi: A."],
            ),
            "V/v thực hiện Kế hoạch số 12/KH-UBND ngày 01/7/2019",
            id="a number inside the title",
        ),
    ],
)
def test_title_of_a_cong_van(lines: list[Line], title: str) -> None:
    found = record(lines, "a")
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu) == ("5/PNV", "CV", title)


@pytest.mark.parametrize("mark", ["V/v", "v/v", "V/V", "Vv", "V.v", "VV", "Về việc", "(V/v", "V / v"])
def test_marks_of_a_subject(mark: str) -> None:
    page = columns([*AGENCY, "Số: 5/PNV", f"{mark} báo cáo"], [*COUNTRY, DATE], ["Kính gửi: A."])
    assert record(page, "a").trich_yeu == f"{mark} báo cáo"


def test_a_letter_of_the_party_has_its_subject_without_a_mark() -> None:
    left = ["HUYỆN ỦY PHÚ LỘC", "VĂN PHÒNG", "*", "Số 15-CV/VPHU", "báo cáo công tác", "quý II"]
    found = record(columns(left, ["ĐẢNG CỘNG SẢN VIỆT NAM", DATE], ["Kính gửi: Các chi bộ."]), "a")
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu) == ("15-CV/VPHU", "CV", "báo cáo công tác quý II")
    assert (found.co_quan_ban_hanh, found.ngay_ban_hanh) == ("HUYỆN ỦY PHÚ LỘC - VĂN PHÒNG", "2019-07-02")


def test_a_draft_is_said_to_be_one() -> None:
    found = record(decision([*AGENCY, "Số:     /QĐ-UBND", "DỰ THẢO"]), "a")
    assert found.warnings == ("Văn bản ghi «Dự thảo».", "Số văn bản còn để trống.")
    assert record(decision(), "a").warnings == ()


def test_an_attachment_does_not_name_the_type_of_its_letter() -> None:
    letter = columns(
        [*AGENCY, "Số: 5/PNV", "V/v gửi kế hoạch"], [*COUNTRY, DATE], ["Kính gửi: Các phòng.", "Gửi kèm.", *FOOT]
    )
    attached = [
        replace(line, block=line.block + 10) for line in decision(body=["KẾ HOẠCH", "Tuyên truyền", "", GROUNDS])
    ]
    found = record([*letter, *attached], "a")
    assert (found.loai_van_ban, found.trich_yeu, found.noi_nhan) == (
        "CV",
        "V/v gửi kế hoạch",
        ("Như Điều 3", "Lưu: VT."),
    )


def test_a_submission_with_its_matter_under_the_number() -> None:
    lines = columns(
        [*AGENCY, "Số: 5/TTr-PNV", "V/v xin kinh phí"], [*COUNTRY, DATE], ["TỜ TRÌNH", "", "Kính gửi: UBND huyện."]
    )
    found = record(lines, "a")
    assert (found.loai_van_ban, found.trich_yeu) == ("TTr", "V/v xin kinh phí")


# ------------------------------------------------------------------ agency, date, marks, addressees


@pytest.mark.parametrize(
    ("left", "agency"),
    [
        (["UBND HUYỆN PHÚ LỘC", "PHÒNG NỘI VỤ"], "UBND HUYỆN PHÚ LỘC - PHÒNG NỘI VỤ"),
        (["ỦY BAN NHÂN DÂN", "XÃ LỘC SƠN"], "ỦY BAN NHÂN DÂN XÃ LỘC SƠN"),
        (
            ["UBND HUYỆN PHÚ LỘC", "PHÒNG LAO ĐỘNG - THƯƠNG BINH", "VÀ XÃ HỘI"],
            "UBND HUYỆN PHÚ LỘC - PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
        ),
        (["ỦY BAN NHÂN DÂN HUYỆN PHÚ LỘC ------"], "ỦY BAN NHÂN DÂN HUYỆN PHÚ LỘC"),
        ([], None),
    ],
)
def test_agency(left: list[str], agency: str | None) -> None:
    assert record(decision([*left, "Số: 15/QĐ-UBND"]), "a").co_quan_ban_hanh == agency


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Phú Lộc, ngày 02 tháng 7 năm 2019", "2019-07-02"),
        ("Thừa Thiên Huế, ngày02 tháng 07 năm 2019", "2019-07-02"),
        ("TP. Huế, ngày 2 tháng 7 năm 2019", "2019-07-02"),
        ("ngày 02 tháng 7 năm 2019", "2019-07-02"),
        ("Phú Lộc, ngày 02/7/2019", "2019-07-02"),
        ("Phú Lộc, ngày      tháng 7 năm 2019", None),
        ("Phú Lộc, ngày …. tháng …. năm 2019", None),
        ("Phú Lộc, ngày 31 tháng 6 năm 2019", None),
    ],
)
def test_date(printed: str, expected: str | None) -> None:
    lines = columns([*AGENCY, "Số: 15/QĐ-UBND"], [*COUNTRY, printed], ["QUYẾT ĐỊNH", "Về việc A", "", GROUNDS])
    assert record(lines, "a").ngay_ban_hanh == expected


@pytest.mark.parametrize(
    ("mark", "do_mat", "sao"),
    [
        ("MẬT", "MẬT", None),
        ("TỐI MẬT", "TỐI MẬT", None),
        ("HỎA TỐC", None, None),
        ("SAO Y BẢN CHÍNH", None, "sao_y"),
        ("TRÍCH SAO", None, "trich_sao"),
        ("SAO LỤC", None, "sao_luc"),
        ("Sao y; UBND huyện; 03/7/2019", None, "sao_y"),
        ("BẢO MẬT THÔNG TIN", None, None),
        ("Sao y văn bản cho các phòng", None, None),
    ],
)
def test_marks(mark: str, do_mat: str | None, sao: str | None) -> None:
    found = record(decision([*AGENCY, "Số: 15/QĐ-UBND", "", mark]), "a")
    assert (found.do_mat, found.hinh_thuc_sao) == (do_mat, sao)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Kính gửi: Sở Nội vụ.", "Thực hiện yêu cầu"], ("Sở Nội vụ.",)),
        (["Kính gửi:", "- Sở Nội vụ;", "- Sở Tài chính.", "Thực hiện yêu cầu"], ("Sở Nội vụ", "Sở Tài chính.")),
        (["Kính gửi: Sở Nội vụ", "", "Phòng Nội vụ báo cáo"], ("Sở Nội vụ",)),
        (["KÍNH GỬI: - Sở Nội vụ;", "- Sở Tài chính.", ""], ("Sở Nội vụ", "Sở Tài chính.")),
        (
            ["Kính gửi: Ủy ban nhân dân các xã,", "thị trấn trên địa bàn huyện.", "Phòng Nội vụ"],
            ("Ủy ban nhân dân các xã, thị trấn trên địa bàn huyện.",),
        ),
        (["Kính gửi:", "- Sở Nội vụ;", "Đồng kính gửi: Sở Tài chính."], ("Sở Nội vụ", "Đồng kính gửi: Sở Tài chính.")),
        (["Thực hiện yêu cầu"], ()),
    ],
)
def test_addressees(lines: list[str], expected: tuple[str, ...]) -> None:
    page = columns([*AGENCY, "Số: 5/PNV", "V/v báo cáo"], [*COUNTRY, DATE], lines)
    assert record(page, "a").kinh_gui == expected


# ------------------------------------------------------------------ recipients


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        pytest.param([["Nơi nhận:", "- Như trên;", "- Lưu: VT, NV."]], ("Như trên", "Lưu: VT, NV."), id="plain"),
        pytest.param(
            [["Nơi nhận:", "- Các cơ quan chuyên môn", "thuộc huyện;", "- Lưu: VT."]],
            ("Các cơ quan chuyên môn thuộc huyện", "Lưu: VT."),
            id="a wrapped line",
        ),
        pytest.param([["Nơi nhận: Như trên; Lưu: VT."]], ("Như trên", "Lưu: VT."), id="on one line"),
        pytest.param([["Nơi nhận:", "- Như trên,", "Lưu : VT."]], ("Như trên,", "Lưu : VT."), id="the last without"),
        pytest.param([["Nơi nhận:", "Như trên", "- Lưu: VT."]], ("Như trên", "Lưu: VT."), id="one bullet"),
        pytest.param([["Nơi nhận:", "Như trên", "Lưu VT, NV."]], ("Như trên", "Lưu VT, NV."), id="no bullets"),
        pytest.param(
            [["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]],
            ("Như trên", "Lưu: VT."),
            id="signature below",
        ),
        pytest.param(
            [["Nơi nhận:", "- Như trên;", "- Lưu: VT. KT. CHỦ TỊCH PHÓ CHỦ TỊCH"]],
            ("Như trên", "Lưu: VT."),
            id="signature on the line",
        ),
        pytest.param(
            [["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "1 Ghi chú ở chân trang"]],
            ("Như trên", "Lưu: VT."),
            id="a footnote",
        ),
        pytest.param(
            [["Nơi nhận:"], ["- Như trên;", "- Lưu: VT."]], ("Như trên", "Lưu: VT."), id="heading in a cell of its own"
        ),
        pytest.param(
            [["Nơi nhận:", "- Như trên;", "- Lưu: VT."], ["PHỤ LỤC", *FOOT]],
            ("Như trên", "Lưu: VT."),
            id="second block",
        ),
        pytest.param([["Nơi gửi:", "- Như trên;", "- Lưu: VT."]], ("Như trên", "Lưu: VT."), id="as until about 2005"),
        pytest.param([["nơi nhận của đơn thư là Phòng Nội vụ."]], (), id="a sentence"),
    ],
)
def test_recipients(foot: list[list[str]], expected: tuple[str, ...]) -> None:
    page = columns([*AGENCY, "Số: 15/QĐ-UBND"], [*COUNTRY, DATE], ["QUYẾT ĐỊNH", "Về việc A", "", GROUNDS], *foot)
    assert record(page, "a").noi_nhan == expected


# ------------------------------------------------------------------ folded and spaced texts


def test_a_head_folded_into_few_lines_is_set_apart() -> None:
    page = [
        "Quyết định 15/QĐ-UBND năm 2019 về tổ giúp việc do Ủy ban nhân dân huyện ban hành, trang tin của huyện, văn bản",
        "ỦY BAN NHÂN DÂN HUYỆN PHÚ LỘC ------- CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc --------",
        "Số: 15/QĐ-UBND",
        f"{DATE} QUYẾT ĐỊNH VỀ VIỆC THÀNH LẬP TỔ GIÚP VIỆC ỦY BAN NHÂN DÂN HUYỆN PHÚ LỘC",
        GROUNDS,
        *FOOT,
        "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
    ]
    found = record([Line(text) for text in page], "a")
    assert (found.so_ky_hieu, found.loai_van_ban, found.ngay_ban_hanh) == ("15/QĐ-UBND", "QĐ", "2019-07-02")
    assert found.trich_yeu == "VỀ VIỆC THÀNH LẬP TỔ GIÚP VIỆC"
    assert found.co_quan_ban_hanh == "ỦY BAN NHÂN DÂN HUYỆN PHÚ LỘC"
    assert found.noi_nhan == ("Như Điều 3", "Lưu: VT.")


def test_a_folded_head_with_the_matter_on_the_same_line() -> None:
    page = [
        "UBND HUYỆN PHÚ LỘC ----- CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Số:",
        f"15/CT-UBND {DATE} CHỈ THỊ VỀ PHÒNG, CHỐNG THIÊN TAI Trong năm qua, thiên tai diễn biến phức tạp.",
    ]
    found = record([Line(text) for text in page], "a")
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu) == ("15/CT-UBND", "CT", "VỀ PHÒNG, CHỐNG THIÊN TAI")


@pytest.mark.parametrize("gap", ["\t", "\t\t\t", "            "], ids=["a tab", "tabs", "blanks"])
def test_columns_made_with_tabs_or_blanks(gap: str) -> None:
    rows = [
        "UBND HUYỆN PHÚ LỘC" + gap + COUNTRY[0],
        "PHÒNG NỘI VỤ      " + gap + "   " + COUNTRY[1],
        "Số: 5/PNV         " + gap + DATE,
        "V/v báo cáo",
        "",
        "Kính gửi: Các phòng, ban thuộc huyện và Ủy ban nhân dân các xã, thị trấn trên địa bàn.",
        "",
        "Nơi nhận:         " + gap + gap + "               TRƯỞNG PHÒNG",
        "- Như trên;",
        "- Lưu: VT.",
    ]
    found = record(spaced_columns(rows), "a")
    assert (found.so_ky_hieu, found.trich_yeu, found.ngay_ban_hanh) == ("5/PNV", "V/v báo cáo", "2019-07-02")
    assert found.co_quan_ban_hanh == "UBND HUYỆN PHÚ LỘC - PHÒNG NỘI VỤ"
    assert found.noi_nhan == ("Như trên", "Lưu: VT.")


# ------------------------------------------------------------------ reading order


def words(*rows: tuple[float, str, float], size: float = 12) -> list[Word]:
    return [Word(text, x, x + 6.2 * len(text), y, size) for y, text, x in rows]


def test_left_column_first_even_where_a_blank_number_is_wider_than_the_gap() -> None:
    page = words(
        (50, "SỞ NỘI VỤ", 90), (50, COUNTRY[0], 290), (70, "Số:", 80), (70, "/SNV-VP", 160),
        (70, "Huế, ngày 02", 300), (70, "năm 2019", 420), (84, "V/v báo cáo", 85), (98, "công tác tháng", 80), (140, "Kính gửi: Các phòng", 180),
    )  # fmt: skip
    lines = [line.text for line in reading_order(page, width=595) if line.text]
    assert lines[:4] == ["SỞ NỘI VỤ", "Số: /SNV-VP", "V/v báo cáo", "công tác tháng"]
    assert lines[4:] == [COUNTRY[0], "Huế, ngày 02 năm 2019", "Kính gửi: Các phòng"]


def test_a_motto_broken_in_two_lines_still_parts_the_columns() -> None:
    page = words(
        (50, "SỞ NỘI VỤ", 90), (50, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA", 290), (66, "VIỆT NAM", 360), (82, COUNTRY[1], 310),
        (98, "Số: 5/SNV-VP", 80), (114, "V/v báo cáo công tác", 75), (114, "Huế, ngày 02 tháng 7 năm 2019", 300),
        (130, "cải cách hành chính", 75), (160, "Kính gửi: Các phòng", 180),
    )  # fmt: skip
    found = record(reading_order(page, width=595), "a")
    assert (found.so_ky_hieu, found.trich_yeu) == ("5/SNV-VP", "V/v báo cáo công tác cải cách hành chính")
    assert (found.ngay_ban_hanh, found.co_quan_ban_hanh) == ("2019-07-02", "SỞ NỘI VỤ")


def test_recipients_beside_the_signature_stay_apart() -> None:
    page = words(
        (50, "Đề nghị các cơ quan, đơn vị phối hợp thực hiện đầy đủ kế hoạch này./.", 85), (80, "Nơi nhận:", 85),
        (80, "TM. ỦY BAN NHÂN DÂN", 360), (94, "- Như trên;", 85), (94, "CHỦ TỊCH", 400), (108, "- Lưu: VT.", 85), (150, "(đã ký)", 410),
    )  # fmt: skip
    lines = [line.text for line in reading_order(page, width=595) if line.text]
    assert lines[1:4] == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert lines[4:] == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "(đã ký)"]


def test_a_page_without_motto_is_read_line_by_line() -> None:
    page = words((50, "PHỤ LỤC", 270), (50, "PHỤ LỤC", 270.5), (66, "Danh sách", 100), (66, "Ghi chú", 400))
    assert [line.text for line in reading_order(page, width=595)] == ["PHỤ LỤC", "Danh sách Ghi chú"]


# ------------------------------------------------------------------ properties

texts = st.one_of(
    st.sampled_from(
        [*AGENCY, *COUNTRY, DATE, GROUNDS, *FOOT, "Số: 15/QĐ-UBND", "QUYẾT ĐỊNH", "V/v báo cáo", "Kính gửi:", "", "---"]
    ),
    st.text(max_size=60),
)
lines_of_anything = st.lists(
    st.builds(Line, texts, st.integers(0, 4), st.just(0), st.sampled_from([None, True, False])), max_size=30
)


@settings(deadline=None, max_examples=300)
@given(lines_of_anything)
def test_any_lines_give_a_record(lines: list[Line]) -> None:
    found = record(lines, "a.txt")
    assert found.error is None
    assert found.so_ky_hieu is None or not any(c.isspace() for c in found.so_ky_hieu)
    assert all(text and text == text.strip() for text in (*found.noi_nhan, *found.kinh_gui))
    assert found.trich_yeu is None or found.trich_yeu == " ".join(found.trich_yeu.split())


boxes = st.builds(
    lambda text, x, y, size: Word(text, x, x + 6 * len(text), y, size),
    st.one_of(
        st.sampled_from([COUNTRY[0], "Nơi nhận:", "Kính gửi:", "SỞ NỘI VỤ"]), st.text("abcĐ-/:", min_size=1, max_size=9)
    ),
    st.floats(0, 590),
    st.floats(0, 800),
    st.floats(6, 16),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(boxes, max_size=40))
def test_reading_order_loses_no_word(page: list[Word]) -> None:
    lines = reading_order(page, width=595)
    assert {part for word in page for part in word.text.split()} == {
        part for line in lines for part in line.text.split()
    }
    assert [line.block for line in lines] == sorted(line.block for line in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                "Chính phủ",
                "",
                "Nghị định của Chính phủ số 15/2003/NĐ-CP",
                "ngày 10/10/2003 về công tác lưu trữ.",
                "",
                GROUNDS,
            ],
            ("15/2003/NĐ-CP", "NĐ", "về công tác lưu trữ"),
        ),
        (
            [
                "Quyết định số 15/QĐ-UBND ngày 02 tháng 7 năm 2019 của Ủy ban nhân dân huyện về tổ giúp việc",
                "",
                GROUNDS,
            ],
            ("15/QĐ-UBND", "QĐ", "về tổ giúp việc"),
        ),
        (["PHỤ LỤC", "(Kèm theo", "Quyết định số 15/QĐ-UBND ngày 02/7/2019 về tổ giúp việc)"], (None, None, "PHỤ LỤC")),
        (
            ["DANH SÁCH", "Kèm theo", "Quyết định số 15/QĐ-UBND ngày 02/7/2019 về tổ giúp việc"],
            (None, None, "DANH SÁCH"),
        ),
        ([GROUNDS, "Quyết định số 15/QĐ-UBND ngày 02/7/2019 về tổ giúp việc"], (None, None, None)),
    ],
    ids=["gazette", "one sentence", "annex", "annex without bracket", "grounds"],
)
def test_a_headline_states_number_type_and_title(lines: list[str], expected: tuple[str | None, ...]) -> None:
    found = record([Line(text) for text in lines], "a")
    assert (found.so_ky_hieu, found.loai_van_ban) == expected[:2]
    assert expected[2] is None or found.trich_yeu == expected[2]


@pytest.mark.parametrize("mark", ["HỎA TỐC", "THƯỢNG KHẨN", "KHẨN"])
def test_marks_of_urgency(mark: str) -> None:
    found = record(decision([*AGENCY, "Số: 15/QĐ-UBND", "", mark]), "a")
    assert (found.do_khan, found.do_mat) == (mark, None)
    assert found.warnings == (f"Văn bản có dấu «{mark}»: gửi ngay sau khi ký.",)


def test_no_urgency_without_its_mark() -> None:
    lines = columns([*AGENCY, "Số: 5/PNV", "V/v ứng phó khẩn cấp bão số 5"], [*COUNTRY, DATE], ["Kính gửi: A."])
    assert record(lines, "a").do_khan is None


def test_where_each_field_stands() -> None:
    found = record(decision(), "a")
    assert {source.field: (source.place, source.sure) for source in found.sources} == dict.fromkeys(
        ("so_ky_hieu", "loai_van_ban", "trich_yeu", "ngay_ban_hanh", "co_quan_ban_hanh", "noi_nhan"), ("page", 1.0)
    )
    number = found.source("so_ky_hieu")
    assert number is not None
    assert number.line == len(AGENCY)
    assert found.source("do_mat") is None
    assert found.reading == 1.0


@pytest.mark.parametrize(("heading", "sure"), [("QUYẾT ĐỊNH", 0.99), ("KẾ HOẠCH", 0.75)])
def test_a_type_is_as_sure_as_heading_and_symbol_agree(heading: str, sure: float) -> None:
    lines = columns([*AGENCY, "Số: 15/QĐ-UBND"], [*COUNTRY, DATE], [heading, "Về việc A", "", GROUNDS])
    read = [replace(line, sure=(0.96,) * len(line.text.split())) for line in lines]
    source = record(read, "a").source("loai_van_ban")
    assert source is not None
    assert source.sure == sure


@pytest.mark.parametrize(
    ("printed", "sure", "expected"),
    [
        ("Phú Lộc, ngày 02 tháng 7 năm 2019", 0.95, "2019-07-02"),
        ("Phú Lộc, ngày 02 tháng 7 năm 2019", 0.6, None),
        ("Phú Lộc, ngày 2tháng 7 năm 2019", 0.95, None),
        ("Phú Lộc, ngày 2? tháng 7 năm 2019", 0.95, None),
    ],
)
def test_a_recognised_date_counts_where_its_figures_are_sure(printed: str, sure: float, expected: str | None) -> None:
    lines = columns([*AGENCY, "Số: 15/QĐ-UBND"], [*COUNTRY, printed], ["QUYẾT ĐỊNH", "Về việc A", "", GROUNDS])
    read = [replace(line, sure=(sure if line.text == printed else 0.96,) * len(line.text.split())) for line in lines]
    found = record(read, "a")
    assert (found.ngay_ban_hanh, found.trich_yeu) == (expected, "Về việc A")
