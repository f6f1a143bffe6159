"""Figures of answers: computed by hand, against a plain second writing, and as a command with its report."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click.testing
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier import DispatchClassifier, report_html, report_text, store
from vanthu_classifier.cli_evaluate import evaluate as command
from vanthu_classifier.errors import ArgumentValueError, InputError, MissingExtraError
from vanthu_classifier.evaluation import Bin, Figures, Gold, Share, TypeFigures, evaluate, measure, read_gold, thinned
from vanthu_classifier.model import LoaiVanBanClassifier, save
from vanthu_classifier.model.bundle import describe

E, P, R, N = "electronic_only", "electronic_and_paper", "needs_review", "not_by_network"
BOTH = {E, P, R}


def _gold(accepted: set[str] | None, loai: str | None = None, source: str = "?", row: int | None = None) -> Gold:
    return Gold("Họp giao ban", None, loai, None if accepted is None else frozenset(accepted), source, row)


def _table(answers: Sequence[tuple[str, str | None, float | None, str | None]]) -> pandas.DataFrame:
    return pandas.DataFrame(answers, columns=["dispatch", "lean", "confidence", "loai_van_ban"])


# ------------------------------------------------------------------ by hand

#            accepted   type   source      dispatch  lean  confidence  type
BY_HAND = [
    (_gold({E}, "GM", "a", 1), (E, None, 0.95, "GM")),  # right
    (_gold({E, R}, "CV", "a", 2), (E, None, 0.93, "TB")),  # right, type wrong
    (_gold({P}, "QĐ", "a", 3), (E, None, 0.91, "CV")),  # dangerous
    (_gold({P, R}, "QĐ", "a", 4), (R, P, 0.60, "QĐ")),  # asked
    (_gold({E}, "CV", "b", 5), (P, None, 0.82, "QĐ")),  # wasteful
    (_gold({P}, "TTr", "b", 6), (P, None, 0.88, "TTr")),  # right
    (_gold({P}, None, "b", 7), (E, None, 0.99, "CV")),  # dangerous, and surer of it
    (_gold(BOTH, "CV", "b", 8), (E, None, 0.20, "CV")),  # the Decision allows both: not scored
    (_gold(None, "CV", "b", 9), (P, None, 0.10, None)),  # not known: not scored
    (_gold({E}, "XX", "b", 10), (N, None, None, None)),  # no way of sending: not answered
]


@pytest.fixture(scope="module")
def by_hand() -> Figures:
    return measure([gold for gold, _ in BY_HAND], _table([answer for _, answer in BY_HAND]))


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("coverage", Share(6, 8)),
        ("right", Share(3, 6)),
        ("dangerous", Share(2, 8)),
        ("wasteful", Share(1, 8)),
        ("type_acc", Share(4, 9)),
    ],
)
def test_main_shares(by_hand: Figures, name: str, share: Share) -> None:
    assert getattr(by_hand, name) == share


def test_counts(by_hand: Figures) -> None:
    assert (by_hand.rows, by_hand.fixed) == (10, 8)


def test_by_source(by_hand: Figures) -> None:
    a, b = by_hand.by_source["a"], by_hand.by_source["b"]
    assert list(by_hand.by_source) == ["a", "b"]
    assert (a.rows, a.fixed, a.coverage, a.right, a.dangerous, a.wasteful, a.type_acc) == (
        4, 4, Share(3, 4), Share(2, 3), Share(1, 4), Share(0, 4), Share(2, 4),
    )  # fmt: skip
    assert (b.rows, b.fixed, b.coverage, b.right, b.dangerous, b.wasteful, b.type_acc) == (
        6, 4, Share(3, 4), Share(1, 3), Share(1, 4), Share(1, 4), Share(2, 5),
    )  # fmt: skip


def test_by_type(by_hand: Figures) -> None:
    assert by_hand.by_type == {
        "CV": TypeFigures(support=4, predicted=2, hits=1),
        "QĐ": TypeFigures(support=2, predicted=2, hits=1),
        "GM": TypeFigures(support=1, predicted=1, hits=1),
        "TTr": TypeFigures(support=1, predicted=1, hits=1),
        "XX": TypeFigures(support=1, predicted=0, hits=0),
        "TB": TypeFigures(support=0, predicted=1, hits=0),
    }


def test_precision_recall_f1() -> None:
    assert (TypeFigures(8, 4, 2).precision, TypeFigures(8, 4, 2).recall) == (0.5, 0.25)
    assert TypeFigures(8, 4, 2).f1 == pytest.approx(1 / 3)
    assert (TypeFigures(8, 0, 0).precision, TypeFigures(0, 3, 0).recall, TypeFigures(8, 0, 0).f1) == (None, None, 0.0)


def test_type_f1_is_the_mean_over_types_with_ten_rows() -> None:
    """Eleven QĐ, five of them found, one CV taken for QĐ; ten TB, all found; nine KH do not count, nor does their F1 of 0."""
    gold = [_gold(None, "QĐ")] * 11 + [_gold(None, "CV")] + [_gold(None, "TB")] * 10 + [_gold(None, "KH")] * 9
    named = ["QĐ"] * 5 + ["CV"] * 6 + ["QĐ"] + ["TB"] * 10 + [None] * 9
    figures = measure(gold, _table([(R, None, None, code) for code in named]))
    assert figures.type_f1 == pytest.approx((10 / 17 + 1) / 2)


def test_confusions(by_hand: Figures) -> None:
    assert by_hand.dispatch_confusion == {(E, E): 2, (E, P): 1, (E, N): 1, (P, E): 2, (P, P): 1, (P, R): 1}
    assert by_hand.type_confusion == {
        ("CV", "CV"): 1, ("CV", "QĐ"): 1, ("CV", "TB"): 1, ("CV", None): 1, ("GM", "GM"): 1,
        ("QĐ", "CV"): 1, ("QĐ", "QĐ"): 1, ("TTr", "TTr"): 1, ("XX", None): 1,
    }  # fmt: skip


def test_reliability_and_ece(by_hand: Figures) -> None:
    eighties, nineties = by_hand.reliability[8:]
    assert (eighties.low, eighties.high, eighties.right) == (0.8, 0.9, Share(1, 2))
    assert eighties.confidence == pytest.approx(0.85)
    assert nineties.right == Share(2, 4)
    assert nineties.confidence == pytest.approx(0.945)
    assert by_hand.reliability[:8] == tuple(Bin(i / 10, (i + 1) / 10, None, Share(0, 0)) for i in range(8))
    assert by_hand.ece == pytest.approx((abs(1.70 - 1) + abs(3.78 - 2)) / 6)


def test_ends_of_the_scale_fall_into_the_first_and_the_last_bin() -> None:
    """An answer without a confidence claims certainty."""
    figures = measure([_gold({E})] * 4, _table([(E, None, c, None) for c in (0.0, 1.0, None, 0.5)]))
    assert [b.right.of for b in figures.reliability] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 2]


def test_curve(by_hand: Figures) -> None:
    """From the surest down; the row that was left to a person comes last, with its lean."""
    assert [(p.confidence, p.coverage, p.wrong, p.dangerous) for p in by_hand.curve] == [
        (0.99, Share(1, 8), Share(1, 1), Share(1, 8)),
        (0.95, Share(2, 8), Share(1, 2), Share(1, 8)),
        (0.93, Share(3, 8), Share(1, 3), Share(1, 8)),
        (0.91, Share(4, 8), Share(2, 4), Share(2, 8)),
        (0.88, Share(5, 8), Share(2, 5), Share(2, 8)),
        (0.82, Share(6, 8), Share(3, 6), Share(2, 8)),
        (0.60, Share(7, 8), Share(3, 7), Share(2, 8)),
    ]


def test_equal_confidences_are_one_point() -> None:
    figures = measure([_gold({E}), _gold({P}), _gold({E})], _table([(E, None, 0.9, None)] * 3))
    assert [(p.coverage, p.wrong) for p in figures.curve] == [(Share(3, 3), Share(1, 3))]


def test_dangerous_rows_surest_first(by_hand: Figures) -> None:
    assert [(m.gold.row, m.loai, m.confidence) for m in by_hand.dangerous_rows] == [(7, "CV", 0.99), (3, "CV", 0.91)]


def test_a_row_that_accepts_review_only_wants_neither_way() -> None:
    figures = measure([_gold({R}), _gold({R})], _table([(P, None, 0.9, None), (E, None, 0.9, None)]))
    assert (figures.right, figures.dangerous, figures.wasteful) == (Share(0, 2), Share(0, 2), Share(1, 2))
    assert figures.dispatch_confusion == {(R, E): 1, (R, P): 1}


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        (Share(0, 10), 0.0, 0.27753),
        (Share(10, 10), 0.72247, 1.0),
        (Share(5, 10), 0.23659, 0.76341),
        (Share(1, 29), 0.00611, 0.17175),
    ],
)
def test_wilson(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=2e-5)


def test_nothing_to_measure() -> None:
    empty = measure([], _table([]))
    assert (empty.rows, empty.fixed, empty.type_f1, empty.ece) == (0, 0, None, None)
    assert {empty.coverage, empty.right, empty.dangerous, empty.wasteful, empty.type_acc} == {Share(0, 0)}
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert (empty.curve, empty.by_type, empty.by_source) == ((), {}, {})
    assert json.loads(json.dumps(empty.to_dict()))["coverage"] is None


def test_nothing_answered() -> None:
    figures = measure([_gold({P}, "QĐ")] * 3, _table([(R, None, None, None)] * 3))
    assert (figures.coverage, figures.right, figures.ece, figures.curve) == (Share(0, 3), Share(0, 0), None, ())
    assert figures.by_type == {"QĐ": TypeFigures(3, 0, 0)}


def test_as_many_answers_as_rows() -> None:
    with pytest.raises(ArgumentValueError, match="1 dòng đáp án nhưng 0"):
        measure([_gold({E})], _table([]))


def test_json_has_no_title(by_hand: Figures) -> None:
    text = json.dumps(by_hand.to_dict(), ensure_ascii=False)
    assert "Họp giao ban" not in text
    plain = json.loads(text)
    assert (plain["coverage"], plain["right"], plain["type_acc"]) == (0.75, 0.5, 0.4444)
    assert plain["intervals"]["right"] == [round(end, 4) for end in Share(3, 6).interval or ()]
    assert plain["by_source"]["b"]["right"] == 0.3333
    assert plain["by_type"]["XX"] == {"support": 1, "precision": None, "recall": 0.0, "f1": 0.0}
    assert plain["curve"][-1] == [0.875, 0.4286, 0.25]


def test_thinning_keeps_the_ends(by_hand: Figures) -> None:
    few = thinned(by_hand.curve, 3)
    assert few == (by_hand.curve[0], by_hand.curve[3], by_hand.curve[6])
    assert thinned(by_hand.curve, 7) == by_hand.curve


# ------------------------------------------------------------------ against a plain second writing

_CONFIDENCE = st.one_of(st.none(), st.sampled_from([0.0, 0.3, 0.7, 0.75, 0.9, 0.9999, 1.0]), st.floats(0, 1))
_ROWS = st.lists(
    st.tuples(
        st.builds(
            Gold,
            trich_yeu=st.just(""),
            loai=st.sampled_from(["QĐ", "CV", "TB"]),
            accepted=st.sets(st.sampled_from([E, P, R, N]), min_size=1).map(frozenset),
            source=st.sampled_from("ab"),
        ),
        st.tuples(
            st.sampled_from([E, P, R, N]),
            st.sampled_from([None, E, P]),
            _CONFIDENCE,
            st.sampled_from([None, "QĐ", "CV", "TB", "KH"]),
        ),
    ),
    max_size=60,
)


def _plainly(rows: list[tuple[Gold, tuple[Any, ...]]]) -> dict[str, float]:
    """The definitions once more, as sets and sums; a share of nothing is 0 here."""
    fixed = [(set(g.accepted or ()), a) for g, a in rows if not {E, P} <= set(g.accepted or ())]
    answered = [(ok, a) for ok, a in fixed if a[0] in (E, P)]
    out = {
        "coverage": len(answered) / max(1, len(fixed)),
        "right": sum(a[0] in ok for ok, a in answered) / max(1, len(answered)),
        "dangerous": sum(a[0] == E and P in ok for ok, a in answered) / max(1, len(fixed)),
        "wasteful": sum(a[0] == P and P not in ok for ok, a in answered) / max(1, len(fixed)),
        "type_acc": sum(g.loai == a[3] for g, a in rows) / max(1, len(rows)),
    }
    f1 = []
    for code, support in Counter(g.loai for g, _ in rows).items():
        if support >= 10:
            found = {i for i, (_, a) in enumerate(rows) if a[3] == code}
            true = {i for i, (g, _) in enumerate(rows) if g.loai == code}
            p, r = len(found & true) / max(1, len(found)), len(found & true) / support
            f1.append(2 * p * r / (p + r) if p + r else 0.0)
    out["type_f1"] = sum(f1) / max(1, len(f1))
    gaps = [0.0] * 10
    for ok, a in answered:
        sure = min(max(1.0 if a[2] is None else a[2], 0.0), 0.999999)
        gaps[int(sure * 10)] += sure - (a[0] in ok)
    out["ece"] = sum(map(abs, gaps)) / max(1, len(answered))
    return out


@given(_ROWS)
@settings(deadline=None)
def test_agrees_with_a_plain_writing(rows: list[tuple[Gold, tuple[Any, ...]]]) -> None:
    figures = measure([g for g, _ in rows], _table([a for _, a in rows]))
    for name, value in _plainly(rows).items():
        found = getattr(figures, name)
        found = found.value if isinstance(found, Share) else found
        assert (0.0 if found is None else found) == pytest.approx(value), name
    assert sum(figures.dispatch_confusion.values()) == figures.fixed
    assert sum(figures.type_confusion.values()) == figures.rows
    assert sum(b.right.of for b in figures.reliability) == figures.coverage.count
    assert sum(s.dangerous.count for s in figures.by_source.values()) == figures.dangerous.count
    assert len(figures.dangerous_rows) == figures.dangerous.count


@given(_ROWS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_curve_is_what_a_threshold_gives(rows: list[tuple[Gold, tuple[Any, ...]]], random: Any) -> None:
    figures = measure([g for g, _ in rows], _table([a for _, a in rows]))
    for point in figures.curve:
        given_ = [
            (g.accepted or frozenset(), answer)
            for g, (dispatch, lean, confidence, _) in rows
            if g.fixed and (answer := dispatch if dispatch in (E, P) else lean) is not None
            if not (confidence is None and dispatch not in (E, P))
            if min(1.0 if confidence is None else confidence, 0.999999) >= point.confidence
        ]
        assert point.coverage == Share(len(given_), figures.fixed)
        assert point.wrong == Share(sum(answer not in ok for ok, answer in given_), len(given_))
        assert point.dangerous.count == sum(answer == E and P in ok for ok, answer in given_)
    shuffled = random.sample(rows, len(rows))
    assert measure([g for g, _ in shuffled], _table([a for _, a in shuffled])).curve == figures.curve


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(count: int, more: int) -> None:
    share = Share(count, count + more)
    if share.interval is not None:
        low, high = share.interval
        assert 0 <= low <= (share.value or 0) <= high <= 1
        assert low < high
        for end in (low, high):  # where the share lies just 1.96 standard errors off, as the end itself would have them
            assert ((share.value or 0) - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / share.of, abs=1e-6)


# ------------------------------------------------------------------ files

TITLES: list[dict[str, Any]] = [
    {"trich_yeu": "Tờ trình xin chủ trương sửa chữa trụ sở", "loai": "Tờ trình", "accepted": [P], "source": "xã"},
    {"trich_yeu": "Giấy mời họp giao ban tháng 9", "so_ky_hieu": "05/GM-UBND", "loai": "GM", "accepted": [E]},
    {"trich_yeu": "Họp giao ban tháng 10", "so_ky_hieu": "06/GM-UBND", "loai": "GM", "accepted": [E, R]},
    {"trich_yeu": "Tờ trình gửi sai danh mục", "accepted": [E], "loai": "tờ rơi"},
]


def _jsonl(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    return _jsonl(tmp_path / "titles.jsonl", TITLES)


@pytest.fixture
def alone() -> DispatchClassifier:
    """Answers the titles that state their type, and no other."""
    return DispatchClassifier(model=None)


def test_titles_alone(titles: Path, alone: DispatchClassifier) -> None:
    figures = evaluate(titles, classifier=alone)
    assert (figures.coverage, figures.right, figures.wasteful) == (Share(3, 4), Share(2, 3), Share(1, 4))
    assert figures.type_acc == Share(2, 4)
    assert set(figures.by_type) == {"TTr", "GM", "tờ rơi"}
    assert set(figures.by_source) == {"xã", "?"}
    about = figures.about
    assert about is not None
    assert (about.file, about.kind, about.mode, about.model, about.left_out) == (
        "titles.jsonl",
        "titles",
        "title",
        None,
        {},
    )
    assert figures.to_dict()["about"]["rule_pack"] == "qd-40-2018-qd-ubnd"


def test_titles_with_symbols(titles: Path, alone: DispatchClassifier) -> None:
    figures = evaluate(titles, classifier=alone, mode="symbol")
    assert (figures.coverage, figures.right, figures.type_acc) == (Share(4, 4), Share(3, 4), Share(3, 4))


def test_lines_are_counted_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.JSONL"
    text = '\ufeff{"trich_yeu": "Kế hoạch", "loai": null, "accepted": ["electronic_only"]}\r\n\r\n{"trich_yeu": "", "loai": "QĐ"}'
    path.write_bytes(text.encode())
    file = read_gold(path)
    assert [(g.row, g.trich_yeu, g.loai, g.accepted) for g in file.rows] == [
        (1, "Kế hoạch", None, frozenset({E})),
        (3, "", "QĐ", None),
    ]


@pytest.mark.parametrize(
    ("line", "said", "column"),
    [
        (b"{", "không phải JSON", None),
        (b"[" * 100_000, "không phải JSON", None),
        (b"[1]", "không phải một đối tượng", None),
        (b'{"trich_yeu": "k\xff"}', "UTF-8", None),
        (b"{}", "thiếu trích yếu", "trich_yeu"),
        (b'{"trich_yeu": 5}', "chuỗi ký tự", "trich_yeu"),
        (rb'{"trich_yeu": "\ud800"}', "chuỗi ký tự", "trich_yeu"),
        (b'{"trich_yeu": "a", "so_ky_hieu": ["x"]}', "chuỗi ký tự", "so_ky_hieu"),
        (b'{"trich_yeu": "a", "loai": 1}', "chuỗi ký tự", "loai"),
        (b'{"trich_yeu": "a", "source": {}}', "chuỗi ký tự", "source"),
        (b'{"trich_yeu": "a", "accepted": "electronic_only"}', "danh sách", "accepted"),
        (b'{"trich_yeu": "a", "accepted": []}', "danh sách", "accepted"),
        (b'{"trich_yeu": "a", "accepted": ["paper"]}', "danh sách", "accepted"),
        (b'{"trich_yeu": "a", "accepted": [["electronic_only"]]}', "danh sách", "accepted"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: bytes, said: str, column: str | None) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b'{"trich_yeu": "a", "loai": "CV"}\n\n' + line + b"\n")
    with pytest.raises(InputError, match=said) as caught:
        read_gold(path)
    assert (caught.value.path, caught.value.row, caught.value.column) == (str(path), 3, column)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "không có dòng nào để đo"),
        ("bare.jsonl", b'{"trich_yeu": "a"}\n', "không có dòng nào để đo"),
        ("empty.csv", b"", "rỗng"),
        ("broken.xlsx", b"PK\x03\x04 cut", "bị hỏng"),
        ("page.html", b"<html><body>a</body></html>", "không phải sổ"),
        ("no_symbols.csv", "Số ký hiệu,Trích yếu\n,Họp giao ban\n".encode(), "không có dòng nào để đo"),
    ],
)
def test_a_file_without_anything_to_measure_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_gold(path)
    assert caught.value.path == str(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(InputError, match="Không có tệp này"):
            read_gold(path)


REGISTER = [
    ("Số, ký hiệu", "Trích yếu nội dung"),
    ("12/TTr-UBND", "Tờ trình xin chủ trương sửa chữa trụ sở"),
    ("13/TTr-UBND", "Xin chủ trương mua sắm máy tính"),
    ("05/GM-UBND", "Giấy mời họp giao ban tháng 9"),
    ("14/TTr-UBND", "Kế hoạch sửa chữa trụ sở"),  # the symbol is the office's own statement of the type
    ("20/UBND-VX", "V/v đề nghị thẩm định hồ sơ"),  # the law leaves it to a person
    ("", "Báo cáo tháng 9"),
    ("14/5/2021", "Báo cáo tháng 10"),
    ("15/BC-UBND", ""),
]


def _write_register(path: Path) -> Path:
    if path.suffix == ".csv":
        path.write_text("\n".join(f'"{a}","{b}"' for a, b in REGISTER), encoding="utf-8")
        return path
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Tháng 9")
        for i, row in enumerate(REGISTER):
            sheet.write_row(i, 0, row)
        book.add_worksheet("Ghi chú").write(0, 0, "Lưu tại văn thư")
    return path


@pytest.mark.parametrize("name", ["so.csv", "so.xlsx"])
def test_a_register_is_its_own_answer(tmp_path: Path, alone: DispatchClassifier, name: str) -> None:
    path = _write_register(tmp_path / name)
    known = read_gold(path)
    assert [(g.row, g.loai, g.accepted) for g in known.rows] == [
        (2, "TTr", {P}), (3, "TTr", {P}), (4, "GM", {E}), (5, "TTr", {P}), (6, "CV", None),
    ]  # fmt: skip
    figures = evaluate(path, classifier=alone)
    assert figures.about is not None
    assert figures.about.left_out == {"no_symbol": 2, "no_title": 1} | ({"unreadable": 1} if name == "so.xlsx" else {})
    assert (figures.rows, figures.fixed, figures.coverage) == (5, 4, Share(3, 4))
    assert (figures.right, figures.dangerous, figures.type_acc) == (Share(2, 3), Share(1, 4), Share(2, 5))
    assert [m.gold.row for m in figures.dangerous_rows] == [5]
    assert "không nói bộ quy tắc hiểu Quyết định có đúng không" in " ".join(report_text.screen(figures).split())


def test_a_register_cannot_be_asked_about_its_own_answer(tmp_path: Path, alone: DispatchClassifier) -> None:
    with pytest.raises(InputError, match="đáp án lấy từ chính ký hiệu"):
        evaluate(_write_register(tmp_path / "so.csv"), classifier=alone, mode="symbol")


def test_unknown_mode(titles: Path, alone: DispatchClassifier) -> None:
    with pytest.raises(ArgumentValueError, match="mode"):
        evaluate(titles, classifier=alone, mode="both")  # type: ignore[arg-type]


# ------------------------------------------------------------------ the report


def _page(figures: Figures, lang: str = "vi") -> str:
    return report_html.page(figures, lang)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pages(by_hand: Figures) -> dict[str, str]:
    return {lang: _page(by_hand, lang) for lang in ("vi", "en")}


def _tree(page: str) -> ElementTree.Element:
    assert page.startswith("<!DOCTYPE html>\n")
    return ElementTree.fromstring(page)


def _words_of(tree: ElementTree.Element) -> str:
    return " ".join(" ".join(tree.itertext()).split())


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_holds_everything_itself(pages: dict[str, str], lang: str) -> None:
    page = pages[lang]
    tree = _tree(page)
    assert "http" not in page
    assert "@import" not in page
    assert "@font-face" not in page
    tags = {element.tag for element in tree.iter()}
    assert not tags & {"script", "link", "img", "image", "iframe", "object", "embed", "base"}
    for element in tree.iter():
        assert not {"src", "xmlns", "onload"} & element.attrib.keys()
        assert element.get("href", "#").startswith("#")
    assert set(re.findall(r"url\((.)", page)) <= {"#"}


def test_what_is_pointed_to_is_there_once(pages: dict[str, str]) -> None:
    tree = _tree(pages["vi"])
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    pointed = {element.get("href", "")[1:] for element in tree.iter() if element.get("href")}
    pointed |= {
        i for element in tree.iter() for v in element.attrib.values() for i in re.findall(r"url\(#([^)]*)\)", v)
    }
    assert pointed
    assert pointed <= set(ids)


@pytest.mark.parametrize(
    ("lang", "figures"),
    [
        ("vi", ["75,00 %", "50,00 %", "25,00 %", "12,50 %", "44,44 %", "6 / 8", "18,76 % – 81,24 %", "0,413", "Công văn"]),
        ("en", ["75.00 %", "50.00 %", "25.00 %", "12.50 %", "44.44 %", "6 / 8", "18.76 % – 81.24 %", "0.413", "official letter"]),
    ],
)  # fmt: skip
def test_the_page_says_the_figures(pages: dict[str, str], lang: str, figures: list[str]) -> None:
    said = _words_of(_tree(pages[lang]))
    assert [figure for figure in figures if figure not in said] == []


def test_the_two_languages_say_the_same_things(pages: dict[str, str]) -> None:
    vi, en = report_text.words("vi"), report_text.words("en")
    assert vi.keys() == en.keys()
    assert [key for key in vi if vi[key] == en[key]] == []
    outline = [
        [e.tag for e in _tree(pages[lang]).iter() if e.tag in ("h1", "h2", "td", "th", "svg")] for lang in ("vi", "en")
    ]
    assert outline[0] == outline[1]


def test_plots_have_text_and_follow_the_page(pages: dict[str, str]) -> None:
    plots = _tree(pages["vi"]).findall(".//svg")
    assert [plot.get("aria-label") for plot in plots] == [
        report_text.words("vi")[k] for k in ("curve", "reliability", "confusion")
    ]
    said = [[t.text for t in plot.iter("text")] for plot in plots]
    assert "Thiếu bản giấy, trên số dòng có một đáp án" in said[0]
    assert {"Độ tin cậy", "Tỷ lệ đúng"} <= set(said[1])
    assert {"QĐ", "CV", "khác", "không rõ"} <= set(said[2])
    for plot in plots:
        styles = " ".join(element.get("style", "") for element in plot.iter())
        assert "var(--ink)" in styles
        assert not re.search(r"#[0-9a-f]{6}", styles), "a colour that does not change with light and dark"


def test_the_same_figures_give_the_same_page(by_hand: Figures, pages: dict[str, str]) -> None:
    """Whatever the user's own settings for plots are; and these stay as they are."""
    import matplotlib

    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert _page(by_hand) == pages["vi"]
        assert matplotlib.rcParams["font.size"] == 30


def test_the_page_of_nothing() -> None:
    tree = _tree(_page(measure([], _table([]))))
    assert tree.findall(".//svg") == []
    assert _words_of(tree).count("Không có gì để vẽ.") == 3


@pytest.mark.parametrize(
    "answer",
    [(R, None, None, None), (R, P, 0.4, "QĐ"), (E, None, 0.0, "QĐ"), (P, None, 1.0, "CV"), (P, None, None, None)],
)
def test_the_page_of_one_row(answer: tuple[str, str | None, float | None, str | None]) -> None:
    _tree(_page(measure([_gold({P}, "QĐ")], _table([answer]))))


def test_names_from_a_file_are_text_only() -> None:
    """Sources and unknown types are the file's words: no markup, no formula, no letter that a page may not hold."""
    odd = "<b>&\"'$x^$\x00\x1b文"
    figures = measure([_gold({P}, odd, odd)] * 2 + [_gold({P}, "QĐ", "a")], _table([(P, None, 0.9, "QĐ")] * 3))
    page = _page(figures)
    tree = _tree(page)
    assert "<b>" not in page
    assert any("<b>&\"'$x^$\ufffd\ufffd文" in (cell.text or "") for cell in tree.iter("td"))


def test_without_matplotlib_the_part_is_named(by_hand: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match="plots") as caught:
        _page(by_hand)
    assert (caught.value.extra, caught.value.exit_code) == ("plots", 6)


# ------------------------------------------------------------------ the command

STATED = [row for row in TITLES if row["trich_yeu"] != "Họp giao ban tháng 10"]
STATED.append({"trich_yeu": "Giấy mời họp\nxét nâng lương", "loai": "QĐ", "accepted": [P]})


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    """Titles that all state their type: no model is asked."""
    return _jsonl(tmp_path / "stated.jsonl", STATED)


def _run(*args: str | Path) -> click.testing.Result:
    return click.testing.CliRunner().invoke(command, [str(a) for a in args])


def test_the_table_on_the_screen(stated: Path) -> None:
    done = _run(stated)
    assert done.exit_code == 0, done.exception
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[:3] == [
        "stated.jsonl: chỉ trích yếu.",
        f"Mô hình: {describe().id}; bộ quy tắc: qd-40-2018-qd-ubnd.",
        "Số dòng: 4; có một đáp án: 4.",
    ]
    assert "Được trả lời 100,00 % 51,01 % – 100,00 % 4 / 4" in lines
    assert "Thiếu bản giấy 25,00 % 4,56 % – 69,94 % 1 / 4" in lines
    assert "TTr 1 50,00 % 100,00 % 0,667" in lines
    assert done.stderr == ""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of an office, which takes every title for a notice."""
    monkeypatch.setenv("VANTHU_HOME", str(tmp_path / "home"))
    model = LoaiVanBanClassifier(min_df=1, folds=0, prior={"TB": 1.0, "TTr": 1e-9})
    save(model.fit(["họp giao ban", "xin kinh phí"], ["TB", "TTr"]).predictor_, tmp_path / "mo_hinh")
    return tmp_path / "mo_hinh"


def test_it_measures_the_model_in_use(own: Path, tmp_path: Path) -> None:
    file = _jsonl(tmp_path / "mot.jsonl", [{"trich_yeu": "Họp giao ban tháng 10", "loai": "TB"}])
    shipped = json.loads(_run(file, "--json").stdout)
    store.use(own)
    in_use = json.loads(_run(file, "--json").stdout)
    assert (shipped["about"]["model"], shipped["type_acc"]) == (describe().id, 0.0)
    assert (in_use["about"]["model"], in_use["type_acc"]) == (describe(own).id, 1.0)
    assert json.loads(_run(file, "--json", "--model", "default").stdout)["about"] == shipped["about"]
    store.use("default")
    assert json.loads(_run(file, "--json", "--model", own).stdout) == in_use
    assert f"Mô hình: {describe(own).id};" in _run(file, "--model", own).stdout


def test_json_on_the_screen(stated: Path) -> None:
    done = _run(stated, "--json", "--mode", "symbol", "--review", "strict")
    plain = json.loads(done.stdout)
    assert (plain["rows"], plain["coverage"], plain["right"], plain["dangerous"]) == (4, 1.0, 0.5, 0.25)
    assert (plain["about"]["mode"], plain["about"]["review"]) == ("symbol", "strict")


def test_worst_rows_are_talk(stated: Path) -> None:
    done = _run(stated, "--worst", "3")
    assert done.stderr == (
        "Thiếu bản giấy, dòng 4: «Giấy mời họp xét nâng lương» (loại theo cơ quan ban hành: QĐ; loại nhận ra: GM; độ tin cậy: 0,990)\n"
    )
    assert "nâng lương" not in done.stdout


def test_the_report_is_written(stated: Path, tmp_path: Path) -> None:
    out = tmp_path / "ket_qua.html"
    assert _run(stated, "--html", out, "--lang", "en").exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert "Evaluation: stated.jsonl" in _words_of(_tree(page))
    assert "nâng lương" not in page


@pytest.mark.parametrize("out", ["khong_co/a.html", ".", "stated.jsonl"])
def test_a_report_that_cannot_stand_there(stated: Path, tmp_path: Path, out: str) -> None:
    before = stated.read_bytes()
    done = _run(stated, "--html", tmp_path / out)
    assert isinstance(done.exception, InputError)
    assert done.stdout == ""
    assert stated.read_bytes() == before


def test_errors_go_to_the_caller(tmp_path: Path) -> None:
    assert isinstance(_run(tmp_path / "none.jsonl").exception, InputError)


def test_the_command_imports_nothing_heavy() -> None:
    script = "import vanthu_classifier.cli_evaluate, sys\nheavy = {'pandas', 'matplotlib', 'sklearn', 'vanthu_classifier.evaluation'}"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\nassert not heavy & sys.modules.keys(), heavy & sys.modules.keys()"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
