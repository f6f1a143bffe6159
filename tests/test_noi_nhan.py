"""Recipients: lines in the manners of real blocks (all made up), the forms of a block, properties."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier.errors import ArgumentTypeError
from vanthu_classifier.noi_nhan import Recipient, Role, describe, parse


def roles(lines: str | list[str]) -> list[tuple[str, str]]:
    return [(recipient.name, str(recipient.role)) for recipient in parse(lines)]


# --- one entry ------------------------------------------------------------------------------------

# line, name, role, note
ENTRIES = [
    # notes in brackets
    ("- UBND tỉnh (để b/c);", "UBND tỉnh", Role.REPORT, "để b/c"),
    ("- UBND tỉnh (để báo cáo);", "UBND tỉnh", Role.REPORT, "để báo cáo"),
    ("- UBND tỉnh (b/c)", "UBND tỉnh", Role.REPORT, "b/c"),
    ("- UBND tỉnh ( thay b/c ).", "UBND tỉnh", Role.REPORT, "thay b/c"),
    ("+ Văn phòng Tỉnh ủy (để b/c);", "Văn phòng Tỉnh ủy", Role.REPORT, "để b/c"),
    ("- HĐND huyện (để giám sát);", "HĐND huyện", Role.REPORT, "để giám sát"),
    ("- Phòng Nội vụ (để thực hiện);", "Phòng Nội vụ", Role.ACTION, "để thực hiện"),
    ("- Phòng Nội vụ (t/h);", "Phòng Nội vụ", Role.ACTION, "t/h"),
    ("– Phòng Nội vụ (để th/h);", "Phòng Nội vụ", Role.ACTION, "để th/h"),
    ("• UBND các xã, thị trấn (để p/h, t/h)", "UBND các xã, thị trấn", Role.ACTION, "để p/h, t/h"),
    ("- Công an huyện (p/h);", "Công an huyện", Role.COORDINATION, "p/h"),
    ("- Công an huyện (để phối hợp)", "Công an huyện", Role.COORDINATION, "để phối hợp"),
    ("- Sở Tư pháp (để biết);", "Sở Tư pháp", Role.INFORMATION, "để biết"),
    ("- Sở Tư pháp (để theo dõi);", "Sở Tư pháp", Role.INFORMATION, "để theo dõi"),
    ("- Sở Tư pháp (tham khảo);", "Sở Tư pháp", Role.INFORMATION, "tham khảo"),
    ("- Cổng TTĐT tỉnh (để đăng tải);", "Cổng TTĐT tỉnh", Role.INFORMATION, "để đăng tải"),
    ("- Sở Xây dựng (chủ trì);", "Sở Xây dựng", Role.LEAD, "chủ trì"),
    ("- Sở Xây dựng (để chủ trì giải quyết);", "Sở Xây dựng", Role.LEAD, "để chủ trì giải quyết"),
    ("- Sở Xây dựng (để giải quyết);", "Sở Xây dựng", Role.LEAD, "để giải quyết"),
    ("- Sở Xây dựng (chủ trì, phối hợp thực hiện)", "Sở Xây dựng", Role.LEAD, "chủ trì, phối hợp thực hiện"),
    # notes without brackets, or with half of one
    ("- UBND huyện để báo cáo;", "UBND huyện", Role.REPORT, "để báo cáo"),
    ("- Phòng Y tế - để phối hợp;", "Phòng Y tế", Role.COORDINATION, "để phối hợp"),
    ("- Phòng Y tế (để biết", "Phòng Y tế", Role.INFORMATION, "để biết"),
    # one note for a line with several names
    ("- UBND huyện, Sở Nội vụ (để b/c);", "UBND huyện, Sở Nội vụ", Role.REPORT, "để b/c"),
    # leaders
    ("- Chủ tịch, các PCT UBND huyện;", "Chủ tịch, các PCT UBND huyện", Role.LEADERS, ""),
    ("- CT, các PCT (b/c);", "CT, các PCT", Role.LEADERS, "b/c"),
    ("- TT. Huyện ủy (b/c);", "TT. Huyện ủy", Role.LEADERS, "b/c"),
    ("- TT Huyện uỷ, HĐND huyện;", "TT Huyện ủy, HĐND huyện", Role.LEADERS, ""),
    ("- Thường trực HĐND huyện (để biết);", "Thường trực HĐND huyện", Role.LEADERS, "để biết"),
    ("- Lãnh đạo Sở (để b/c);", "Lãnh đạo Sở", Role.LEADERS, "để b/c"),
    ("- Ban Giám đốc Sở;", "Ban Giám đốc Sở", Role.LEADERS, ""),
    ("- BGĐ (b/c);", "BGĐ", Role.LEADERS, "b/c"),
    ("- Đ/c Bí thư Huyện ủy;", "Đ/c Bí thư Huyện ủy", Role.LEADERS, ""),
    ("- CVP, các PVP;", "CVP, các PVP", Role.LEADERS, ""),
    ("- Giám đốc (để thực hiện);", "Giám đốc", Role.ACTION, "để thực hiện"),
    ("- Giám đốc các Sở, ban, ngành;", "Giám đốc các Sở, ban, ngành", Role.UNSTATED, ""),
    ("- Chủ tịch UBND các huyện;", "Chủ tịch UBND các huyện", Role.UNSTATED, ""),
    ("- Văn phòng Chủ tịch nước;", "Văn phòng Chủ tịch nước", Role.UNSTATED, ""),
    # the same again, and the file
    ("- Như trên;", "Như trên", Role.SAME, ""),
    ("- Như Điều 3;", "Như Điều 3", Role.SAME, ""),
    ("- Như điều 3 (để t/h);", "Như điều 3", Role.SAME, "để t/h"),
    ("- Như Kính gửi;", "Như Kính gửi", Role.SAME, ""),
    ("- Như thành phần mời;", "Như thành phần mời", Role.SAME, ""),
    ("- Theo danh sách;", "Theo danh sách", Role.SAME, ""),
    ("- Như Xuân;", "Như Xuân", Role.UNSTATED, ""),
    ("- Lưu: VT, NC1.", "Lưu: VT, NC1", Role.FILE, ""),
    ("- Lưu VT", "Lưu VT", Role.FILE, ""),
    ("- Lưu: VT, TH (3b).", "Lưu: VT, TH (3b)", Role.FILE, ""),
    ("- Lưu Văn thư.", "Lưu Văn thư", Role.FILE, ""),
    ("- Lưu (KT).", "Lưu (KT)", Role.FILE, ""),
    ("Lưu", "Lưu", Role.FILE, ""),
    ("- Lưu: VT (bản giấy).", "Lưu: VT (bản giấy)", Role.FILE, ""),
    ("- Lưu Văn An;", "Lưu Văn An", Role.UNSTATED, ""),
    # outside
    ("- Ông Trần Văn B;", "Ông Trần Văn B", Role.OUTSIDE, ""),
    ("- Bà Lê Thị C (để biết);", "Bà Lê Thị C", Role.OUTSIDE, "để biết"),
    ("- Ông (bà) có tên tại Điều 1;", "Ông (bà) có tên tại Điều 1", Role.OUTSIDE, ""),
    ("- Hộ gia đình ông B;", "Hộ gia đình ông B", Role.OUTSIDE, ""),
    ("- Công ty TNHH Sao Xanh;", "Công ty TNHH Sao Xanh", Role.OUTSIDE, ""),
    ("- Các doanh nghiệp trên địa bàn;", "Các doanh nghiệp trên địa bàn", Role.OUTSIDE, ""),
    ("- HTX nông nghiệp Đông Phú;", "HTX nông nghiệp Đông Phú", Role.OUTSIDE, ""),
    ("- Ông Trần Văn B - Giám đốc Công ty Sao Xanh;", "Ông Trần Văn B - Giám đốc Công ty Sao Xanh", Role.OUTSIDE, ""),
    ("- Các tổ chức, cá nhân liên quan;", "Các tổ chức, cá nhân liên quan", Role.OUTSIDE, ""),
    ("- Các ông, bà thành viên Tổ công tác;", "Các ông, bà thành viên Tổ công tác", Role.UNSTATED, ""),
    ("- Ban Đổi mới doanh nghiệp;", "Ban Đổi mới doanh nghiệp", Role.UNSTATED, ""),
    ("- Ba Đình;", "Ba Đình", Role.UNSTATED, ""),
    # off the network
    ("- UBND xã A (bản giấy);", "UBND xã A", Role.OFF_NETWORK, "bản giấy"),
    ("- UBND xã A (gửi giấy, để biết);", "UBND xã A", Role.OFF_NETWORK, "gửi giấy, để biết"),
    ("- Trạm Y tế (chưa có hệ thống);", "Trạm Y tế", Role.OFF_NETWORK, "chưa có hệ thống"),
    ("- Hội Người mù (qua bưu điện);", "Hội Người mù", Role.OFF_NETWORK, "qua bưu điện"),
    # no role
    ("- Phòng Tài chính (2b);", "Phòng Tài chính (2b)", Role.UNSTATED, ""),
    ("1. Sở Tài chính;", "Sở Tài chính", Role.UNSTATED, ""),
    ("2) Sở Tài chính;", "Sở Tài chính", Role.UNSTATED, ""),
    ("* Sở Tài chính", "Sở Tài chính", Role.UNSTATED, ""),
    ("\uf0b7 Sở Tài chính", "Sở Tài chính", Role.UNSTATED, ""),
    ("-Sở Tài chính", "Sở Tài chính", Role.UNSTATED, ""),
]


@pytest.mark.parametrize(("line", "name", "role", "note"), ENTRIES, ids=[row[0] for row in ENTRIES])
def test_an_entry(line: str, name: str, role: Role, note: str) -> None:
    assert parse(line) == (Recipient(name, role, line.rstrip(";").strip(), note),)


@pytest.mark.parametrize(("line", "name", "role", "note"), ENTRIES, ids=[row[0] for row in ENTRIES])
def test_decomposed_spelling_has_the_same_role(line: str, name: str, role: Role, note: str) -> None:
    (recipient,) = parse(unicodedata.normalize("NFD", line))
    assert (recipient.name, recipient.role, recipient.note) == (name, role, note)


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("- ubnd tinh (de b/c)", Role.REPORT),
        ("- UBND TỈNH (ĐỂ B/C)", Role.REPORT),
        ("- nhu tren", Role.SAME),
        ("- NHƯ TRÊN", Role.SAME),
        ("- luu: vt", Role.FILE),
        ("- LƯU: VT", Role.FILE),
        ("- cong ty co phan Sao Xanh", Role.OUTSIDE),
        ("- phong noi vu (de thuc hien)", Role.ACTION),
    ],
)
def test_case_and_diacritics_are_forgiven(line: str, role: Role) -> None:
    assert [recipient.role for recipient in parse(line)] == [role]


# --- Kính gửi -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Kính gửi: Sở Nội vụ"], [("Sở Nội vụ", "addressee")]),
        (["KÍNH GỬI: Sở Nội vụ."], [("Sở Nội vụ", "addressee")]),
        (["Kinh gui So Noi vu"], [("So Noi vu", "addressee")]),
        (["Kính gởi: Sở Nội vụ"], [("Sở Nội vụ", "addressee")]),
        (["Kính gửi:", "Sở Nội vụ."], [("Sở Nội vụ", "addressee")]),
        (["Kính gửi: Sở Văn hóa, Thể thao và Du lịch"], [("Sở Văn hóa, Thể thao và Du lịch", "addressee")]),
        (["Kính gửi: Đồng chí Chủ tịch UBND huyện"], [("Đồng chí Chủ tịch UBND huyện", "addressee")]),
        (["Kính gửi: Sở A; Sở B"], [("Sở A", "addressees"), ("Sở B", "addressees")]),
        (["Kính gửi: Sở A, Phòng B"], [("Sở A", "addressees"), ("Phòng B", "addressees")]),
        (["Kính gửi:", "- Sở A;", "- Sở B."], [("Sở A", "addressees"), ("Sở B", "addressees")]),
        (["Kính gửi: - Sở A", "- Sở B"], [("Sở A", "addressees"), ("Sở B", "addressees")]),
        (["Kính gửi: Sở A;", "Sở B."], [("Sở A", "addressees"), ("Sở B", "addressees")]),
        (["Kính gửi: Sở A,", "Sở B."], [("Sở A", "addressees"), ("Sở B", "addressees")]),
        (["Kính gửi: Các Sở, ban, ngành"], [("Các Sở, ban, ngành", "addressees")]),
        (["Kính gửi: UBND các huyện, thị xã"], [("UBND các huyện, thị xã", "addressees")]),
        (["Kính gửi: Sở A (chủ trì); Sở B (p/h)"], [("Sở A", "lead"), ("Sở B", "coordination")]),
        (["Kính gửi: Ông Trần Văn B"], [("Ông Trần Văn B", "outside")]),
        (["Kính gửi: Công ty Sao Xanh"], [("Công ty Sao Xanh", "outside")]),
        (["Kính gửi: Các ông, bà thành viên Ban Chỉ đạo"], [("Các ông, bà thành viên Ban Chỉ đạo", "addressees")]),
        (["Kính gửi: UBND xã A (gửi bản giấy)"], [("UBND xã A", "off_network")]),
        (["Kính mời: Các thành viên Hội đồng"], [("Các thành viên Hội đồng", "addressees")]),
        (["Kính gửi:"], []),
    ],
)
def test_addressees(lines: list[str], expected: list[tuple[str, str]]) -> None:
    assert roles(lines) == expected
    assert roles("\n".join(lines)) == expected


@pytest.mark.parametrize(
    "after",
    [
        ["- Như trên;", "- Sở B (để biết);"],
        ["Nơi nhận:", "- Sở B (để biết);"],
        ["- Sở B;"],
    ],
)
def test_a_sole_addressee_ends_its_list(after: list[str]) -> None:
    first, *others = parse(["Kính gửi: Sở A", *after])
    assert first.role is Role.ADDRESSEE
    assert all(recipient.role not in (Role.ADDRESSEE, Role.ADDRESSEES) for recipient in others)


def test_a_list_of_addressees_ends_with_its_full_stop() -> None:
    lines = ["Kính gửi:", "- Sở A;", "- Sở B.", "- Sở C;"]
    assert roles(lines) == [("Sở A", "addressees"), ("Sở B", "addressees"), ("Sở C", "unstated")]


# --- blocks ---------------------------------------------------------------------------------------

BLOCK = [
    ("Sở Nội vụ", "addressee"),
    ("Như trên", "same"),
    ("Thường trực Huyện ủy", "leaders"),
    ("UBND tỉnh", "report"),
    ("Phòng Nội vụ", "action"),
    ("Ủy ban Mặt trận Tổ quốc Việt Nam huyện", "unstated"),
    ("Lưu: VT, NV", "file"),
]


@pytest.mark.parametrize(
    "block",
    [
        "Kính gửi: Sở Nội vụ\nNơi nhận:\n- Như trên;\n- Thường trực Huyện ủy (b/c);\n- UBND tỉnh (để b/c);\n"
        "- Phòng Nội vụ (t/h);\n- Ủy ban Mặt trận Tổ quốc Việt Nam huyện;\n- Lưu: VT, NV.",
        "Kính gửi: Sở Nội vụ\r\nNơi nhận: - Như trên;\r\n- Thường trực Huyện ủy\r\n(b/c);\r\n- UBND tỉnh (để\r\n"
        "b/c);\r\n- Phòng Nội vụ (t/h);\r\n- Ủy ban Mặt trận Tổ quốc\r\nViệt Nam huyện;\r\n- Lưu: VT, NV.",
        "Kính gửi: Sở Nội vụ.\nNơi nhận: Như trên; Thường trực Huyện ủy (b/c); UBND tỉnh (để b/c); Phòng Nội vụ (t/h); "
        "Ủy ban Mặt trận Tổ quốc Việt Nam huyện; Lưu: VT, NV",
        "\n\nKính gửi: Sở Nội vụ\n\nNƠI NHẬN\n+ Như trên\n+ Thường trực Huyện ủy (b/c)\n+ UBND tỉnh (để b/c)\n"
        "+ Phòng Nội vụ (t/h)\n+ Ủy ban Mặt trận Tổ quốc Việt Nam huyện\n+ Lưu: VT, NV\n",
        "Kính gửi: Sở Nội vụ\nNơi nhận:\n1. Như trên;\n2. Thường trực Huyện ủy, để báo cáo;\n3. UBND tỉnh để b/c;\n"
        "4. Phòng Nội vụ (th/h);\n5. Ủy ban Mặt trận Tổ quốc\nViệt Nam huyện;\n6. Lưu: VT, NV.",
    ],
    ids=["as printed", "wrapped", "one line", "no closing marks", "numbered"],
)
def test_one_block_in_five_manners(block: str) -> None:
    assert roles(block) == BLOCK
    assert roles(block.splitlines()) == BLOCK


def test_a_line_that_goes_on_is_joined_and_kept_as_typed() -> None:
    (recipient,) = parse(["- Ban Chỉ đạo phòng, chống thiên tai", "  và tìm kiếm cứu nạn huyện (để b/c);"])
    assert recipient.name == "Ban Chỉ đạo phòng, chống thiên tai và tìm kiếm cứu nạn huyện"
    assert recipient.line == "- Ban Chỉ đạo phòng, chống thiên tai và tìm kiếm cứu nạn huyện (để b/c)"


def test_lines_in_small_letters_throughout_are_not_joined() -> None:
    assert roles("so noi vu\nphong y te") == [("so noi vu", "unstated"), ("phong y te", "unstated")]


def test_the_file_copy_behind_another_entry_on_its_line() -> None:
    assert roles("- Như trên - Lưu: VT") == [("Như trên", "same"), ("Lưu: VT", "file")]
    assert roles("Như trên. Lưu VT") == [("Như trên", "same"), ("Lưu VT", "file")]


def test_a_semicolon_in_brackets_parts_nothing() -> None:
    assert roles("- Sở A (phòng X; phòng Y);") == [("Sở A (phòng X; phòng Y)", "unstated")]


@pytest.mark.parametrize("lines", ["", "   ", "\n\n", [], (), ["", " "], "- ;", "Nơi nhận:", ["Nơi nhận:", "-"]])
def test_nothing_gives_nothing(lines: str | list[str]) -> None:
    assert parse(lines) == ()


@pytest.mark.parametrize("lines", [None, 5, 1.5, b"x", {"a": 1}, ["- A", None], [b"x"], object()])
def test_wrong_types_are_named(lines: object) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        parse(lines)  # type: ignore[arg-type]
    assert caught.value.column == "noi_nhan"
    assert "phải là chuỗi ký tự" in str(caught.value)


def test_every_role_has_its_words_in_both_languages() -> None:
    words = [describe(role) for role in Role]
    assert all(vi and en for vi, en in words)
    assert len(set(words)) == len(Role) == 13


# --- properties -----------------------------------------------------------------------------------

PIECES = st.lists(
    st.sampled_from(
        [
            "Kính gửi:",
            "Nơi nhận:",
            "- ",
            "Như trên",
            "Lưu: VT",
            "UBND huyện",
            "sở y tế",
            " (để b/c)",
            "(",
            ")",
            ";",
            ".",
            "\n",
            ", ",
            "Ông ",
        ]
    ),
    max_size=14,
).map("".join)


@settings(deadline=None, max_examples=400)
@given(PIECES | st.text(max_size=60))
def test_every_entry_has_a_name_and_its_letters_stand_in_the_block(block: str) -> None:
    for recipient in parse(block):
        assert recipient.name.strip(" ;.,:") == recipient.name != ""
        assert recipient.line == recipient.line.strip()
        assert set(recipient.line) - {" "} <= set(block)


@settings(deadline=None)
@given(st.permutations([row for row in ENTRIES if row[0].startswith("- ") and row[0].endswith(";")]))
def test_entries_of_a_list_do_not_disturb_each_other(rows: list[tuple[str, str, Role, str]]) -> None:
    found = [(recipient.name, recipient.role, recipient.note) for recipient in parse([row[0] for row in rows])]
    assert found == [row[1:] for row in rows]
