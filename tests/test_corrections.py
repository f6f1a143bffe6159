"""What a correction is good for: only a type that somebody stated is learned, never the model's own guess."""

import csv
import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from vanthu_classifier import DispatchClassifier, __version__, rulepack, tables
from vanthu_classifier.corrections import Bearing, Judged, judge, sort
from vanthu_classifier.errors import InputError
from vanthu_classifier.journal import Answered, Correction, Verdict

GUESSED = "Tăng cường công tác phòng cháy, chữa cháy rừng mùa khô năm 2020"
"""A title that states no type."""
OPEN = "V/v đề nghị thẩm định hồ sơ dự toán"
CLASSIFIER = DispatchClassifier()
_ids = iter(range(1, 10_000))


def said(verdict: Verdict, dispatch: str = "", code: str | None = None, who: str = "A", **args: object) -> Correction:
    answer = CLASSIFIER.classify(**args).to_dict()  # type: ignore[arg-type]
    given = Answered(args, answer, "", None, "ask", __version__)
    right = dispatch or answer["dispatch"]
    return Correction(next(_ids), "2026-01-01", who, verdict, right, code, "Vì thế.", "page", "k", given)


def judged(correction: Correction) -> Judged:
    return judge(correction, rulepack.load())


@pytest.mark.parametrize(
    ("correction", "bearing", "code"),
    [
        pytest.param(said("right", trich_yeu=GUESSED), Bearing.CONFIRMED, None, id="a guess that was confirmed"),
        pytest.param(said("right", code="KH", trich_yeu=GUESSED), Bearing.LEARN, "KH", id="confirmed, and the type said"),
        pytest.param(
            said("right", trich_yeu=GUESSED, so_ky_hieu="05/CT-UBND"), Bearing.LEARN, "CT", id="the symbol says the type"
        ),
        pytest.param(said("right", trich_yeu=GUESSED, loai_van_ban="CT"), Bearing.LEARN, "CT", id="the type was handed in"),
        pytest.param(said("right", trich_yeu="Tờ trình xin kinh phí"), Bearing.CONFIRMED, None, id="the title says the type"),
        pytest.param(
            said("wrong", "electronic_and_paper", trich_yeu=GUESSED), Bearing.UNTYPED, None, id="only how it is sent"
        ),
        pytest.param(
            said("wrong", "electronic_and_paper", "QĐ", trich_yeu=GUESSED), Bearing.LEARN, "QĐ", id="wrong for its type"
        ),
        pytest.param(
            said("wrong", "electronic_only", "TTr", trich_yeu=GUESSED, so_ky_hieu="9/TTr-UBND"),
            Bearing.RULE, None, id="against the clause on submissions",
        ),
        pytest.param(
            said("wrong", "electronic_only", trich_yeu="Tờ trình xin kinh phí"), Bearing.RULE, None, id="no type said, one stated"
        ),
        pytest.param(
            said("wrong", "electronic_only", "KH", trich_yeu="Tờ trình xin kinh phí"), Bearing.RULE, None,
            id="against what the title states",
        ),
        pytest.param(
            said("wrong", "electronic_and_paper", trich_yeu=OPEN, so_ky_hieu="12/UBND-VX"), Bearing.LEARN, "CV",
            id="an open question, its type stated",
        ),
        pytest.param(
            said("wrong", "electronic_and_paper", trich_yeu="Công văn đề nghị thẩm định hồ sơ dự toán"), Bearing.SETTLED, None,
            id="an open question settled",
        ),
        pytest.param(
            said("wrong", "electronic_and_paper", trich_yeu=OPEN), Bearing.SETTLED, None, id="an open question settled, its type a guess"
        ),
        pytest.param(
            said("right", trich_yeu="Quyết định về việc kiện toàn", so_ky_hieu="03/SY-UBND"), Bearing.CONFIRMED, None,
            id="a copy has the form of a copy, no type",
        ),
    ],
)  # fmt: skip
def test_one_correction(correction: Correction, bearing: Bearing, code: str | None) -> None:
    one = judged(correction)
    assert (one.bearing, one.code) == (bearing, code)
    assert bool(one.note) == (bearing is Bearing.RULE) == bool(one.note_en)


def test_a_contradiction_names_the_rule() -> None:
    one = judged(said("wrong", "electronic_only", trich_yeu="Tờ trình xin kinh phí"))
    assert one.rule == "B03"
    assert one.note == "Quy tắc B03 với «Tờ trình»: gửi bản điện tử kèm bản giấy; ý kiến: chỉ gửi bản điện tử."


def test_a_later_word_of_the_same_person_counts() -> None:
    first = said("right", code="KH", trich_yeu=GUESSED)
    second = said("right", code="CT", trich_yeu="  " + GUESSED.upper())
    assert [(j.bearing, j.code) for j in sort([second, first], rulepack.load())] == [
        (Bearing.REPLACED, None),
        (Bearing.LEARN, "CT"),
    ]


def test_persons_who_disagree_teach_nothing() -> None:
    said_by_two = [said("right", code="KH", trich_yeu=GUESSED), said("right", code="CT", who="B", trich_yeu=GUESSED)]
    both = sort(said_by_two, rulepack.load())
    assert [(j.bearing, j.code, j.note) for j in both] == [(Bearing.DISPUTED, None, "Chỉ thị, Kế hoạch.")] * 2
    agreed = sort([*said_by_two, said("right", code="CT", who="A", trich_yeu=GUESSED)], rulepack.load())
    assert [j.bearing for j in agreed] == [Bearing.REPLACED, Bearing.LEARN, Bearing.LEARN]


def test_arguments_of_another_version_are_no_crash() -> None:
    one = said("right", trich_yeu=GUESSED)
    strange = Answered({"trich_yeu": GUESSED, "mau": "đỏ"}, one.given.answer, "", None, "ask", "9.9")
    assert (
        judged(Correction(1, "", "A", "right", "electronic_only", "KH", "", "", "k", strange)).bearing
        is Bearing.UNTYPED
    )


# ------------------------------------------------------------------ exported tables

HEADINGS = {"a": ("Cột A", 10), "b": ("Cột B", 20)}
ROWS = [{"a": "=HYPERLINK(1)", "b": 5}, {"a": "@SUM(1)", "b": None}, {"a": {"x": "đ"}, "b": True}]


def test_exported_text_is_never_a_formula(tmp_path: Path) -> None:
    for ending in tables.ENDINGS:
        tables.write(tmp_path / f"t{ending}", HEADINGS, ROWS)
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["'=HYPERLINK(1)", "5"], ["'@SUM(1)", ""], ['{"x": "đ"}', "True"]]
    lines = (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    sheet = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_index(0).to_python()
    assert sheet == [["Cột A", "Cột B"], ["=HYPERLINK(1)", 5.0], ["@SUM(1)", ""], ['{"x": "đ"}', "True"]]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.doc"):
        tables.write(tmp_path / "t.doc", HEADINGS, ROWS)
