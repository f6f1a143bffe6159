"""Probabilities through the law, costs into answers, and what an explanation carries."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier import facts, rulepack
from vanthu_classifier.decide import Policy, decide, doubted, needs_model
from vanthu_classifier.explain import explain, headline, underline
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.outcomes import Basis, Dispatch

PACK = rulepack.load()
PAPER, ELECTRONIC, REVIEW = Dispatch.ELECTRONIC_AND_PAPER, Dispatch.ELECTRONIC_ONLY, Dispatch.NEEDS_REVIEW


def _estimate(
    distribution: dict[str, float], title: str = "phân công nhiệm vụ trực bão", **known: object
) -> tuple[Dispatch, Dispatch | None]:
    d = decide(facts.read(title, **known), PACK, distribution)  # type: ignore[arg-type]
    return d.dispatch, d.lean


@pytest.mark.parametrize(
    ("distribution", "wanted"),
    [
        ({"QĐ": 1.0}, (PAPER, None)),
        ({"CV": 1.0}, (ELECTRONIC, None)),
        ({"QĐ": 0.5, "TTr": 0.45, "CV": 0.05}, (PAPER, None)),
        ({"CV": 0.6, "KH": 0.35, "QĐ": 0.05}, (ELECTRONIC, None)),
        ({"CV": 0.8, "QĐ": 0.2}, (REVIEW, ELECTRONIC)),
        ({"CV": 0.4, "QĐ": 0.6}, (REVIEW, PAPER)),
        ({"BB": 0.9, "CV": 0.1}, (REVIEW, None)),
        ({"HĐ": 0.9, "CV": 0.1}, (REVIEW, PAPER)),
    ],
)
def test_sums_per_outcome_and_their_cost(
    distribution: dict[str, float], wanted: tuple[Dispatch, Dispatch | None]
) -> None:
    assert _estimate(distribution) == wanted


def test_the_two_mistakes_cost_unequally() -> None:
    """The same doubt is answered with paper and asked about without it."""
    assert _estimate({"QĐ": 0.85, "CV": 0.15})[0] is PAPER
    assert _estimate({"QĐ": 0.15, "CV": 0.85})[0] is REVIEW


def test_dearer_mistakes_ask_more() -> None:
    known = facts.read("phân công nhiệm vụ trực bão")
    doubtful = {"CV": 0.93, "QĐ": 0.07}
    assert decide(known, PACK, doubtful, policy=Policy(missing_paper=5)).dispatch is ELECTRONIC
    assert decide(known, PACK, doubtful, policy=Policy(missing_paper=50)).dispatch is REVIEW


_distributions = st.dictionaries(st.sampled_from(list(types())), st.floats(0.01, 1.0), min_size=1, max_size=6)


@settings(deadline=None, max_examples=200)
@given(_distributions)
def test_p_paper_is_the_sum_over_types(distribution: dict[str, float]) -> None:
    known = facts.read("phân công nhiệm vụ trực bão")
    d = decide(known, PACK, distribution)
    total = sum(distribution.values())
    wants = sum(p for code, p in distribution.items() if rulepack.rule_document(PACK, known, loai=code)[0].wants_paper)
    assert d.p_paper == pytest.approx(wants / total, abs=2e-3)
    assert d.confidence is not None
    assert 0 <= d.confidence <= 1
    assert (d.lean is None) or d.dispatch is REVIEW
    if d.dispatch is ELECTRONIC:
        assert d.p_paper < 1 / 12 + 1e-3


@pytest.mark.parametrize(
    ("review", "title", "wanted"),
    [
        ("ask", "Thông báo tuyển dụng viên chức", (ELECTRONIC, None)),
        ("strict", "Thông báo tuyển dụng viên chức", (REVIEW, ELECTRONIC)),
        ("strict", "Tờ trình xin kinh phí", (PAPER, None)),
        ("ask", "Hợp đồng thuê máy chủ", (REVIEW, PAPER)),
        ("lean", "Hợp đồng thuê máy chủ", (PAPER, None)),
        ("lean", "Phương án phòng, chống lụt bão", (REVIEW, None)),
    ],
)
def test_when_a_person_is_asked(review: str, title: str, wanted: tuple[Dispatch, Dispatch | None]) -> None:
    d = decide(facts.read(title), PACK, policy=Policy(review=review))  # type: ignore[arg-type]
    assert (d.dispatch, d.lean) == wanted


def test_a_secret_mark_needs_no_model_and_outranks_all() -> None:
    known = facts.read("phân công trực", do_mat="Mật", noi_nhan=["Sở Nội vụ (để biết)", "UBND xã (chủ trì)"])
    assert not needs_model(known)
    d = decide(known, PACK)
    assert d.dispatch is Dispatch.NOT_BY_NETWORK
    assert d.confidence is None
    assert {r.dispatch for r in d.recipients} == {Dispatch.NOT_BY_NETWORK}


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("", "Chưa có trích yếu"),
        ("   \n", "Chưa có trích yếu"),
        ("123 456/78", "không có chữ"),
        ("lương", "quá ngắn"),
        ("V/v", "quá ngắn"),
        ("Về việc:", "quá ngắn"),
        ("Invitation to the annual general meeting", "không phải tiếng Việt"),
        ("Quy?t ??nh v? vi?c ph? duy?t", "mất chữ"),
        ("Quyáº¿t Ä‘á»‹nh vá» viá»‡c", "bảng mã"),
    ],
)
def test_what_cannot_be_judged_is_said(title: str, word: str) -> None:
    d = decide(facts.read(title), PACK, {"QĐ": 1.0})
    assert (d.dispatch, d.lean, d.basis, d.confidence) == (REVIEW, None, Basis.NONE, None)
    assert word in " ".join(d.warnings)


def test_a_blank_title_with_a_symbol_is_answered_from_the_symbol() -> None:
    d = decide(facts.read("", so_ky_hieu="15/QĐ-UBND"), PACK)
    assert d.dispatch is PAPER
    assert "Chưa có trích yếu." in d.warnings
    assert decide(facts.read("", so_ky_hieu="15/UBND-VX"), PACK).dispatch is REVIEW


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("15/7/2018", "chỉ có hiệu lực từ"),
        ("16/7/2018", ""),
        ("03/02/2020", ""),
        ("04/02/2020", "cùng hiệu lực"),
        ("09/4/2021", "cùng hiệu lực"),
        ("10/4/2021", "hết hiệu lực"),
        ("2024-01-01", "hết hiệu lực"),
    ],
)
def test_the_packs_window(day: str, said: str) -> None:
    warnings = decide(facts.read("Tờ trình xin kinh phí", ngay_ban_hanh=day), PACK).warnings
    assert (said in " ".join(warnings)) if said else warnings == ()


def test_reasons_quote_the_clause_and_point_at_the_words() -> None:
    typed = "V/v  đăng ký lịch họp tháng 9"
    d = decide(facts.read(typed, so_ky_hieu="12/UBND-VX"), PACK)
    rule = next(r for r in d.reasons if r.kind == "rule")
    assert rule.rule == "E05"
    assert PACK.rules["E05"].quote in rule.text
    assert [typed[s:e] for s, e in rule.spans] == ["đăng ký lịch họp"]


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([c.args for c in PACK.cases]), st.sampled_from(["vi", "en"]))
def test_an_explanation_says_nothing_that_the_decision_does_not_carry(args: dict[str, object], lang: str) -> None:
    known = facts.read(**args)  # type: ignore[arg-type]
    d = decide(known, PACK, {"CV": 1.0})
    text = explain(d, lang)  # type: ignore[arg-type]
    assert text.startswith(headline(d, lang))  # type: ignore[arg-type]
    assert explain(replace(d), lang) == text  # type: ignore[arg-type]
    for reason in d.reasons:
        assert (reason.text if lang == "vi" else reason.text_en) in text
        assert all(0 <= s < e <= len(known.title.raw) for s, e in reason.spans)
    if d.rule:
        assert d.quote == PACK.rules[d.rule].quote


def test_marks_stand_under_the_letters() -> None:
    assert underline("ab cd ef", ((3, 5),)) == "   ‾‾"


def test_what_would_change_the_answer_is_tried_on_the_pack() -> None:
    d = decide(facts.read("Tờ trình xin kinh phí"), PACK)
    change = next(r.text for r in d.reasons if r.kind == "change")
    assert "chỉ để biết" in change
    other = decide(facts.read("Tờ trình xin kinh phí", noi_nhan=["Sở Tài chính (để biết)"]), PACK)
    assert other.dispatch is ELECTRONIC


@pytest.mark.parametrize(
    ("reading", "dispatch", "lean"),
    [
        (1.0, "electronic_and_paper", None),
        (0.8, "electronic_and_paper", None),
        (0.79, "needs_review", "electronic_and_paper"),
    ],
)
def test_a_poor_reading_asks_a_person(reading: float, dispatch: str, lean: str | None) -> None:
    sure = decide(facts.read("Tờ trình xin chủ trương đầu tư"), PACK)
    found = doubted(sure, reading)
    assert (found.dispatch, found.lean) == (dispatch, lean)
    assert sure.confidence
    assert found.confidence == pytest.approx(sure.confidence * reading, abs=1e-4)
    assert found.p_paper == found.confidence
    assert any("bản quét" in reason.text for reason in found.reasons) == (dispatch == "needs_review")


def test_a_poor_reading_leaves_a_secret_document_off_the_network() -> None:
    secret = decide(facts.read("Tờ trình xin chủ trương", do_mat="Mật"), PACK)
    assert doubted(secret, 0.3) == secret


def test_as_above_is_sent_what_the_addressee_is_sent() -> None:
    block = ["Kính gửi: Sở Tài chính", "- Như trên;", "- Lưu: VT."]
    known = facts.read("V/v đề nghị thẩm định dự toán", so_ky_hieu="12/UBND-TC", noi_nhan=block)
    assert [r.dispatch for r in decide(known, rulepack.load()).recipients] == [PAPER, PAPER, None]


def test_as_above_without_an_addressee_follows_the_document() -> None:
    known = facts.read("Quyết định thành lập Tổ công tác", noi_nhan=["- Như Điều 3;", "- Lưu: VT."])
    assert [r.dispatch for r in decide(known, rulepack.load()).recipients] == [PAPER, None]
