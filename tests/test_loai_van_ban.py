"""The table of types, and the type that the head of a title states."""

import pytest

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.loai_van_ban import NORMATIVE_FORMS, code_of_symbol, head_type, normalize, types
from vanthu_classifier.text import clean, strip_diacritics

STATED = [
    ("Tờ trình về việc phê duyệt chủ trương", "TTr", "word"),
    ("TỜ TRÌNH xin kinh phí", "TTr", "word"),
    ("tờ trình xin kinh phí", "TTr", "word"),
    ('"Kế hoạch kiểm tra cải cách hành chính', "KH", "word"),
    ("- Báo cáo kết quả thực hiện Đề án 06", "BC", "word"),
    ("HỎA TỐC: Công điện ứng phó bão", "CĐ", "word"),
    ("Thông tư liên tịch hướng dẫn phối hợp", "TTLT", "word"),
    ("Nghị quyết liên tịch về phối hợp giám sát", "NQLT", "word"),
    ("Biên bản ghi nhớ hợp tác du lịch", "BGN", "word"),
    ("Biên bản họp Hội đồng", "BB", "word"),
    ("Lịch tiếp công dân tháng 4", "LICH", "word"),
    ("Sao y bản chính Quyết định số 5/QĐ-UBND", "SY", "word"),
    ("Dự thảo Quyết định ban hành Quy chế", "DUTHAO", "word"),
    ("Kết luận thanh tra việc quản lý đất đai", "KL", "word"),
    ("TT Đề nghị bổ sung biên chế", "TTr", "abbreviation"),
    ("BC kết quả rà soát hộ nghèo", "BC", "abbreviation"),
    ("KH: tổ chức hội thi tin học trẻ", "KH", "abbreviation"),
    ("GM dự họp thẩm định quy hoạch", "GM", "abbreviation"),
    ("To trinh phe duyet du toan", "TTr", "no_diacritics"),
    ("Ke hoach 26 KH UBND 2022 to chuc hoi thi", "KH", "no_diacritics"),
    ("Tờ trinh xin chủ trương", "TTr", "misspelt"),
    ("Quyêt định về việc nâng lương", "QĐ", "misspelt"),
    ("Thông bao nghỉ lễ", "TB", "misspelt"),
    ("Chương tình công tác tháng 5", "CTr", "misspelt"),
]

STATES_NOTHING = [
    ("after V/v stands the matter", "V/v Kế hoạch kiểm tra công vụ"),
    ("after Về việc too", "Về việc ban hành Quyết định phân cấp"),
    ("a verb of circulars and decrees", "Quy định mức thu, chế độ thu phí thẩm định"),
    ("inner words only", "Triển khai Nghị quyết số 10"),
    ("lawyers", "Luật sư tham gia tố tụng"),
    ("family planning", "Kế hoạch hóa gia đình trên địa bàn"),
    ("the matter of circulars", "Hướng dẫn một số điều của Nghị định số 30/2020/NĐ-CP"),
    ("communes called Phường An …", "Phường An Tây báo cáo thiệt hại"),
    ("performances", "công diễn vở kịch chào mừng"),
    ("an abbreviation of a project", "DA: Đường liên xã"),
    ("a number is no abbreviation", "TB 15"),
    ("blank", ""),
]


@pytest.mark.parametrize(("title", "code", "how"), STATED, ids=[case[0] for case in STATED])
def test_head_states_the_type(title: str, code: str, how: str) -> None:
    found = head_type(clean(title).text)
    assert found is not None
    assert (found.code, found.how) == (code, how)


@pytest.mark.parametrize("title", [case[1] for case in STATES_NOTHING], ids=[case[0] for case in STATES_NOTHING])
def test_head_states_nothing(title: str) -> None:
    assert head_type(clean(title).text) is None


@pytest.mark.parametrize("code", list(types()))
def test_every_type_is_found_by_its_own_words(code: str) -> None:
    for word in types()[code].words:
        for title in (f"{word} của Ủy ban nhân dân huyện", f"{word.upper()} của Ủy ban nhân dân huyện"):
            found = head_type(title)
            assert found is not None, title
            assert found.code == code
        plain = head_type(strip_diacritics(f"{word} của Ủy ban nhân dân huyện"))
        assert plain is not None
        assert plain.code == code


@pytest.mark.parametrize("code", list(types()))
def test_every_type_is_found_by_every_name_and_abbreviation(code: str) -> None:
    row = types()[code]
    for name in (row.code, row.name, row.name.upper(), strip_diacritics(row.name), row.nd30, row.tt01):
        if name:
            assert normalize(name) == code, name
    for symbol in row.symbols:
        assert code_of_symbol(symbol) == code


def test_the_decrees_types_are_all_there() -> None:
    assert sum(1 for t in types().values() if t.group == "hanh_chinh") == 29  # NĐ 30/2020/NĐ-CP, Điều 7
    assert sum(1 for t in types().values() if t.nd30) == 27 + 3  # Phụ lục III: 27 types and 3 forms of copy
    assert {t.code for t in types().values() if t.group == "quy_pham"} - {"HP"} <= NORMATIVE_FORMS
    assert all(t.source for t in types().values())


def test_barred_d_is_kept_apart() -> None:
    assert (code_of_symbol("ĐA"), code_of_symbol("DA"), code_of_symbol("HĐ"), code_of_symbol("HD")) == (
        "ĐA",
        "DA",
        "HĐ",
        "HD",
    )


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ArgumentValueError, match="tờ rơi"):
        normalize("tờ rơi")
    with pytest.raises(ArgumentTypeError):
        normalize(5)  # type: ignore[arg-type]
