"""Which act was in force on a document's day, and what its reader is told."""

from datetime import date

import pytest

from vanthu_classifier import Dispatch, DispatchClassifier, classify
from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.rulepack import DEFAULT, in_force

TITLE = "Quyết định về việc nâng lương"
LETTER = "vpcp-775-2020"


@pytest.mark.parametrize(
    ("day", "pack", "said"),
    [
        ("15/7/2018", DEFAULT, "không có bộ quy tắc nào của thư viện có hiệu lực"),
        ("16/7/2018", DEFAULT, ""),
        ("03/02/2020", DEFAULT, ""),
        (
            "04/02/2020",
            DEFAULT,
            "Công văn số 775/VPCP-KSTT (bộ vpcp-775-2020) cùng hiệu lực: chỉ gửi bản điện tử, «quyết định (cá biệt)»",
        ),
        ("09/4/2021", DEFAULT, "cùng hiệu lực"),
        ("10/4/2021", LETTER, ""),
        ("2026-11-28", LETTER, ""),
    ],
)
def test_the_pack_in_force_answers_and_none_or_two_are_told(day: str, pack: str, said: str) -> None:
    by_document = DispatchClassifier(as_of="document").classify(TITLE, ngay_ban_hanh=day)
    by_day = DispatchClassifier(as_of=day).classify(TITLE)
    for decision in (by_document, by_day):
        assert decision.rule_pack == pack
        told = " ".join(decision.warnings)
        assert (said in told) if said else told == ""
    assert by_document.dispatch is (Dispatch.ELECTRONIC_ONLY if pack == LETTER else Dispatch.ELECTRONIC_AND_PAPER)


def test_both_are_reported_even_where_they_agree() -> None:
    [told] = DispatchClassifier(as_of="01/6/2020").classify("Kế hoạch năm 2020").warnings
    assert "chỉ gửi bản điện tử, «kế hoạch»" in told
    assert classify("Kế hoạch năm 2020", ngay_ban_hanh="01/6/2020").warnings == ()


def test_what_the_other_act_does_not_name_is_said() -> None:
    [told] = DispatchClassifier(as_of="01/6/2020").classify("Biên bản họp").warnings
    assert "không nêu trường hợp này" in told


def test_unasked_the_chosen_pack_answers_and_offers_the_other_one() -> None:
    decision = classify(TITLE, ngay_ban_hanh=date(2022, 1, 5))
    assert (decision.rule_pack, decision.dispatch) == (DEFAULT, Dispatch.ELECTRONIC_AND_PAPER)
    [told] = decision.warnings
    assert "đã hết hiệu lực sau ngày 09/04/2021" in told
    assert "Theo Công văn số 775/VPCP-KSTT (bộ vpcp-775-2020): chỉ gửi bản điện tử, «quyết định (cá biệt)»." in told
    [told] = classify("Ban hành Quy định", so_ky_hieu="12/2022/QĐ-UBND").warnings
    assert "Văn bản năm 2022" in told
    assert "«quyết định của ủy ban nhân dân cấp tỉnh, huyện, xã»" in told


def test_a_document_without_a_day_is_answered_by_the_chosen_pack() -> None:
    decision = DispatchClassifier(as_of="document").classify(TITLE)
    assert (decision.rule_pack, decision.warnings) == (DEFAULT, ())
    assert DispatchClassifier(LETTER).classify(TITLE, ngay_ban_hanh="01/6/2020").warnings == ()


def test_many_documents_each_by_the_law_of_its_day() -> None:
    clf = DispatchClassifier(as_of="document")
    titles = [TITLE, "phê duyệt kết quả lựa chọn nhà thầu", TITLE, "phê duyệt kết quả lựa chọn nhà thầu"]
    days = ["01/1/2019", "01/1/2019", "01/1/2022", "01/1/2022"]
    table = clf.classify_many(titles, ngay_ban_hanh=days)
    assert table["dispatch"].tolist() == ["electronic_and_paper"] * 2 + ["electronic_only"] * 2
    rows = [{"trich_yeu": t, "ngay_ban_hanh": d} for t, d in zip(titles, days, strict=True)]
    assert [d.rule_pack for d in clf.decisions(rows)] == [DEFAULT] * 2 + [LETTER] * 2
    assert [str(clf.classify(**row).dispatch) for row in rows] == table["dispatch"].tolist()


def test_answers_for_another_day_are_told_apart() -> None:
    ones = {DispatchClassifier(as_of=day).identity for day in (None, "document", "01/1/2019", "01/6/2020", "01/1/2022")}
    assert len(ones) == 5
    assert repr(DispatchClassifier(as_of="1/6/2020")).endswith("as_of='2020-06-01')")


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentValueError, match="không phải là ngày"):
        DispatchClassifier(as_of="hôm nay")


def test_which_packs_are_in_force() -> None:
    days = [date(2018, 7, 15), date(2018, 7, 16), date(2020, 2, 4), date(2021, 4, 9), date(2021, 4, 10)]
    assert [[p.id for p in in_force(day)] for day in days] == [
        [],
        [DEFAULT],
        [DEFAULT, LETTER],
        [DEFAULT, LETTER],
        [LETTER],
    ]
