"""Facts: what a document's words and marks state, and what they do not."""

from datetime import date, datetime

import pytest

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.facts import as_date, read

PURPOSES = [
    ("V/v đăng ký lịch họp Ban Chỉ đạo", "dang_ky_lich_hop", True),
    ("V/v đề nghị bố trí, đăng ký lịch họp", "dang_ky_lich_hop", True),
    ("V/v đăng ký nhu cầu đào tạo", "dang_ky_lich_hop", False),
    ("V/v đăng ký thời gian làm việc với Sở Y tế", "dang_ky_lich_lam_viec", True),
    ("V/v đề nghị thẩm định hồ sơ dự án", "de_nghi_giai_quyet", True),
    ("V/v xin chủ trương sửa chữa trụ sở", "de_nghi_giai_quyet", True),
    ("V/v chuyển đơn của công dân", "de_nghi_giai_quyet", True),
    ("V/v đề nghị bổ sung, làm rõ hồ sơ", "de_nghi_giai_quyet", False),
    ("V/v trả lời đề nghị thẩm định", "de_nghi_giai_quyet", False),
    ("V/v triển khai Quyết định phê duyệt Đề án", "de_nghi_giai_quyet", False),
    ("V/v mời họp giao ban", "moi", True),
    ("V/v mời thầu gói thầu số 3", "moi", False),
    ("Thông báo kết luận của Chủ tịch UBND huyện", "ket_luan_lanh_dao", True),
    ("Thông báo kết luận thanh tra", "ket_luan_lanh_dao", False),
    ("Thông báo cấp chữ ký số", "chu_ky", False),
    ("Thông báo khởi công xây dựng trụ sở xã", "tru_so", False),
]

PERIODS = [
    ("Báo cáo công tác tuần 38", {"tuan"}),
    ("Báo cáo Tuần lễ Áo dài", set()),
    ("Báo cáo tháng 9/2018", {"thang"}),
    ("Báo cáo 9 tháng đầu năm 2018", {"so_thang_khac"}),
    ("Báo cáo 06 tháng đầu năm", {"6_thang"}),
    ("Báo cáo nửa đầu năm 2019", {"6_thang"}),
    ("Báo cáo quý III năm 2018", {"quy"}),
    ("Báo cáo tình hình quỹ khuyến học", set()),
    ("Báo cáo thực hiện Công văn ngày 12 tháng 9 năm 2018", set()),
]

SECRET = [
    "(MẬT) Kế hoạch",
    "Kế hoạch phòng thủ [Tối mật]",
    "TUYỆT MẬT Báo cáo tình hình",
    "MẬT: Báo cáo",
    "Độ mật: Tối mật. Kế hoạch",
    "Kế hoạch - MẬT",
]
NOT_SECRET = [
    "V/v bảo mật thông tin",
    "V/v đổi mật khẩu",
    "Mật độ xây dựng khu trung tâm",
    "Hội thi mật ong",
    "V/v triển khai Luật Bảo vệ bí mật nhà nước",
    "V/v quản lý tài liệu mật",
]


@pytest.mark.parametrize(("title", "purpose", "there"), PURPOSES)
def test_purposes(title: str, purpose: str, there: bool) -> None:
    assert (purpose in read(title).muc_dich) is there


@pytest.mark.parametrize(("title", "periods"), PERIODS)
def test_periods(title: str, periods: set[str]) -> None:
    assert read(title).ky == periods


@pytest.mark.parametrize("title", SECRET)
def test_a_secrecy_mark_is_seen(title: str) -> None:
    assert read(title).mat


@pytest.mark.parametrize("title", NOT_SECRET)
def test_a_word_is_no_secrecy_mark(title: str) -> None:
    assert not read(title).mat


def test_evidence_points_at_the_letters_as_typed() -> None:
    typed = "  V/v   đăng ký lịch  họp"
    found = [e for e in read(typed).evidence if e.value == "dang_ky_lich_hop"]
    assert [typed[slice(*e.span)] for e in found if e.span] == ["đăng ký lịch  họp"]


def test_the_symbol_outranks_the_words_and_says_so() -> None:
    facts = read("Chương trình làm việc tháng 5", so_ky_hieu="61/TB-UBND")
    assert (facts.loai, facts.loai_by) == ("TB", "symbol")
    assert "Chương trình" in facts.warnings[0]
    assert "Thông báo" in facts.warnings[0]


def test_the_documents_own_symbol_inside_the_title() -> None:
    facts = read("Nghị quyết số 08/2018/NQ-HĐND quy định mức thu phí theo Nghị định số 120/2016/NĐ-CP")
    assert facts.so_ky_hieu is not None
    assert facts.so_ky_hieu.text == "08/2018/NQ-HĐND"
    assert facts.quy_pham is True


@pytest.mark.parametrize(
    ("title", "loai"),
    [
        ("Số 12/TB-UBND về việc nghỉ lễ", "TB"),
        ("CỦA CHÍNH PHỦ SỐ 30/2020/NĐ-CP VỀ CÔNG TÁC VĂN THƯ", "NĐ"),
        ("15/TTr-PNV xin bổ sung biên chế", "TTr"),
        ("triển khai Quyết định số 12/QĐ-UBND", None),
        ("theo đề nghị tại Tờ trình số 12/TTr-PNV", None),
    ],
)
def test_a_symbol_that_comes_first_is_the_documents_own(title: str, loai: str | None) -> None:
    assert read(title).loai == loai


@pytest.mark.parametrize(
    ("symbol", "day", "normative"),
    [
        ("40/2018/QĐ-UBND", None, True),
        ("512/QĐ-UBND", None, False),
        ("03/2015/CT-UBND", None, True),
        ("03/2016/CT-UBND", "01/6/2016", True),
        ("03/2016/CT-UBND", "01/7/2016", False),
        ("03/CT-UBND", None, False),
    ],
)
def test_normative(symbol: str, day: str | None, normative: bool) -> None:
    assert read("Về trật tự an toàn giao thông", so_ky_hieu=symbol, ngay_ban_hanh=day).quy_pham is normative


def test_recipients_named_in_the_title() -> None:
    assert [r.role.value for r in read("Tờ trình đề nghị phê duyệt dự toán (gửi Sở Tài chính để biết)").recipients] == [
        "information"
    ]
    assert read("Kế hoạch tuyên truyền (gửi kèm phụ lục)").recipients == ()


@pytest.mark.parametrize(
    "typed",
    [date(2018, 7, 2), datetime(2018, 7, 2, 8, 30), "2018-07-02", "02/7/2018", "ngày 02 tháng 7 năm 2018", "2.7.2018"],
)
def test_dates(typed: date | str) -> None:
    assert as_date(typed) == date(2018, 7, 2)


@pytest.mark.parametrize(
    ("argument", "value", "error"),
    [
        ("ngay_ban_hanh", "30/2/2018", ArgumentValueError),
        ("ngay_ban_hanh", "hôm qua", ArgumentValueError),
        ("ngay_ban_hanh", 2018, ArgumentTypeError),
        ("do_mat", "rất mật", ArgumentValueError),
        ("hinh_thuc_sao", "sao chép", ArgumentValueError),
        ("loai_van_ban", "tờ rơi", ArgumentValueError),
        ("so_ky_hieu", 15, ArgumentTypeError),
        ("noi_nhan", 15, ArgumentTypeError),
    ],
)
def test_arguments_that_mean_nothing_are_refused_by_name(argument: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        read("Kế hoạch", **{argument: value})  # type: ignore[arg-type]
    assert getattr(caught.value, "column", None) == argument


@pytest.mark.parametrize("title", [None, 5, b"Quyet dinh", ["Kế hoạch"]])
def test_a_title_is_text(title: object) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        read(title)  # type: ignore[arg-type]
    assert caught.value.column == "trich_yeu"


def test_an_unreadable_symbol_is_a_warning() -> None:
    facts = read("Kế hoạch kiểm tra", so_ky_hieu="???")
    assert facts.loai == "KH"
    assert "???" in facts.warnings[0]


@pytest.mark.parametrize(
    ("title", "loai"),
    [
        ("QĐ 15/QĐ-UBND", "QĐ"),
        ("TT 30/2020/TT-BNV", "TT"),
        ("CV 15/UBND-VX v/v nghỉ lễ", "CV"),
        ("theo 15/QĐ-UBND", None),
    ],
)
def test_a_short_type_before_the_symbol_does_not_hide_it(title: str, loai: str | None) -> None:
    found = read(title)
    assert (found.loai, found.loai_by) == (loai, "symbol" if loai else None)
