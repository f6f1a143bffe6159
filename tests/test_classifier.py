"""The way in: one title and many, spellings of one title, errors that name the row."""

import json
import math
import os
import random
import subprocess
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vanthu_classifier
from vanthu_classifier import Decision, Dispatch, DispatchClassifier, VanThuError, classify
from vanthu_classifier.classifier import COLUMNS
from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError, ModelError

TITLES = [
    "Tờ trình về việc xin chủ trương đầu tư nhà văn hóa thôn",
    "phê duyệt kết quả lựa chọn nhà thầu gói thầu số 2 công trình đường liên xã",
    "V/v cung cấp số liệu phục vụ xây dựng báo cáo chuyển đổi số",
    "về việc thành lập Tổ công tác giải phóng mặt bằng",
    "kết luận của Phó Chủ tịch UBND huyện tại cuộc họp giao ban tháng 9",
    "họp thẩm định đồ án quy hoạch chi tiết khu dân cư (14h ngày 12/5/2020)",
    "tăng cường công tác phòng cháy, chữa cháy rừng mùa khô năm 2020",
    "QUY ĐỊNH MỨC THU, CHẾ ĐỘ THU, NỘP PHÍ THẨM ĐỊNH CẤP PHÉP KHAI THÁC NƯỚC",
    "kết quả thực hiện nhiệm vụ phát triển kinh tế - xã hội quý III năm 2020",
    "triển khai Nghị định số 30/2020/NĐ-CP của Chính phủ về công tác văn thư",
    "Ke hoach 26 KH UBND 2022 ung dung cong nghe thong tin",
    "Uỷ quyền ký hợp đồng",
    "",
    "12345",
]


@pytest.fixture(scope="module")
def clf() -> DispatchClassifier:
    return DispatchClassifier()


def test_the_public_names() -> None:
    assert set(vanthu_classifier.__all__) >= {
        "classify",
        "DispatchClassifier",
        "Dispatch",
        "Decision",
        "LoaiVanBanClassifier",
        "VanThuError",
    }
    for name in vanthu_classifier.__all__:
        assert getattr(vanthu_classifier, name) is not None
    with pytest.raises(AttributeError):
        _ = vanthu_classifier.no_such_name


def test_many_and_one_agree_on_every_title(clf: DispatchClassifier) -> None:
    table = clf.classify_many(TITLES)
    assert list(table.columns) == list(COLUMNS)
    for title, row in zip(TITLES, table.itertuples(), strict=True):
        one = classify(title)
        assert isinstance(one, Decision)
        assert (row.dispatch, row.basis) == (str(one.dispatch), str(one.basis))
        for name in ("confidence", "p_paper"):
            many, single = getattr(row, name), getattr(one, name)
            assert math.isnan(many) if single is None else many == pytest.approx(single, abs=1e-9)
        for name in ("lean", "loai_van_ban", "category"):
            single = getattr(one, name)
            assert getattr(row, name) == (str(single) if single is not None else single) or (
                single is None and pandas.isna(getattr(row, name))
            )
        assert row.warnings == " ".join(one.warnings)


def test_the_index_of_a_series_is_kept(clf: DispatchClassifier) -> None:
    titles = pandas.Series(TITLES[:3], index=["c", "a", "b"])
    table = clf.classify_many(titles, so_ky_hieu=pandas.Series([None, "15/QĐ-UBND", float("nan")], index=titles.index))
    assert table.index.tolist() == ["c", "a", "b"]
    assert table.loc["a", "loai_van_ban"] == "QĐ"


def test_a_missing_cell_is_none_in_every_way_in(clf: DispatchClassifier) -> None:
    wanted = clf.classify("phê duyệt dự toán")
    for missing in (None, float("nan"), pandas.NA, pandas.NaT):
        known = dict.fromkeys(("so_ky_hieu", "loai_van_ban", "co_quan_ban_hanh", "ngay_ban_hanh", "noi_nhan"), missing)
        assert clf.classify("phê duyệt dự toán", **known).p_paper == wanted.p_paper  # type: ignore[arg-type]
        assert clf.decisions([{"trich_yeu": "phê duyệt dự toán"} | known])[0].dispatch is wanted.dispatch


@pytest.mark.parametrize("dtype", ["string", "object", None])
def test_a_missing_cell_is_none_in_every_type_of_text(clf: DispatchClassifier, dtype: str | None) -> None:
    missing = None if dtype is None else pandas.NA
    titles = pandas.Series(["phê duyệt dự toán", missing], dtype=dtype)
    symbols = pandas.Series([missing, "15/TTr-UBND"], dtype=dtype)
    table = clf.classify_many(titles, so_ky_hieu=symbols, noi_nhan=symbols, ngay_ban_hanh=[missing, missing])
    pandas.testing.assert_frame_equal(
        table,
        clf.classify_many(["phê duyệt dự toán", ""], so_ky_hieu=[None, "15/TTr-UBND"], noi_nhan=[None, "15/TTr-UBND"]),
    )


def test_missing_titles_are_blank_ones(clf: DispatchClassifier) -> None:
    table = clf.classify_many(pandas.Series(["Tờ trình xin kinh phí", None, float("nan")]))
    assert table["dispatch"].tolist() == ["electronic_and_paper", "needs_review", "needs_review"]


def test_no_rows_give_an_empty_table(clf: DispatchClassifier) -> None:
    assert list(clf.classify_many([]).columns) == list(COLUMNS)


def test_predict_gives_an_array_of_dispatch_strings(clf: DispatchClassifier) -> None:
    out = clf.predict(TITLES[:2])
    assert isinstance(out, numpy.ndarray)
    assert out.dtype.kind == "U"
    assert set(out) <= {str(d) for d in Dispatch}


def test_processes_give_the_same_in_order(clf: DispatchClassifier) -> None:
    titles = [f"{title} {n}" for n in range(90) for title in TITLES[:12]]
    pandas.testing.assert_frame_equal(clf.classify_many(titles, n_jobs=2), clf.classify_many(titles))


def test_threads_give_the_same(clf: DispatchClassifier) -> None:
    wanted = clf.classify_many(TITLES)
    results: list[pandas.DataFrame] = []
    workers = [threading.Thread(target=lambda: results.append(clf.classify_many(TITLES))) for _ in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    assert len(results) == 4
    for result in results:
        pandas.testing.assert_frame_equal(result, wanted)


MIXED = [title for title in TITLES for _ in range(6)]
random.Random(4).shuffle(MIXED)


def _told(title: str) -> str:
    return json.dumps(classify(title).to_dict(), ensure_ascii=False)


def test_one_classifier_serves_many_threads() -> None:
    """Titles that rules decide and titles that the model decides, mixed; every word of each answer is that of one thread."""
    bases = {str(classify(title).basis) for title in TITLES}
    assert {"rule", "model"} <= bases
    wanted = [_told(title) for title in MIXED]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns in the middle of everything
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(_told, MIXED)) == wanted
    finally:
        sys.setswitchinterval(before)


_IN_A_FRESH_PROCESS = """
import json, os, sys, threading

titles = json.load(sys.stdin)
def told(title):
    return json.dumps(classify(title).to_dict(), ensure_ascii=False)
"""
_RACED = """
sys.setswitchinterval(1e-5)
start = threading.Barrier(len(titles))
found, wrong = [None] * len(titles), []
def work(i):
    global classify
    try:
        start.wait(60)
        from vanthu_classifier import classify  # imports, rule pack, model and words: all loaded by whoever comes first
        found[i] = told(titles[i])
    except BaseException as error:
        wrong.append(repr(error))
threads = [threading.Thread(target=work, args=(i,)) for i in range(len(titles))]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not wrong, wrong
print(json.dumps(found))
"""
_FORKED = """
from vanthu_classifier import classify
if LOADED:
    for title in titles: told(title)
def in_a_child(titles):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump([told(title) for title in titles], pipe)
        finally:
            os._exit(0)
    os.close(writing)
    return child, os.fdopen(reading)
children = [in_a_child(titles) for _ in range(2)]
answers = [json.load(pipe) for _, pipe in children]
for child, pipe in children:
    pipe.close()
    os.waitpid(child, 0)
answers.append([told(title) for title in titles])  # the parent goes on
assert answers[0] == answers[1] == answers[2]
print(json.dumps(answers[0]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        _RACED,
        pytest.param(
            f"LOADED = False\n{_FORKED}",
            marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
        ),
        pytest.param(
            f"LOADED = True\n{_FORKED}",
            marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
        ),
    ],
    ids=["threads race to load", "forked before loading", "forked after loading"],
)
def test_a_fresh_process_answers_the_same(program: str) -> None:
    titles = TITLES * 2
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_FRESH_PROCESS + program],
        input=json.dumps(titles), capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [_told(title) for title in titles]


_SPELLINGS = {
    "NFD": lambda t: unicodedata.normalize("NFD", t),
    "older tone placement": lambda t: t.replace("òa", "oà").replace("óa", "oá").replace("ủy", "uỷ").replace("ỏa", "oả"),
    "more blanks": lambda t: "  " + t.replace(" ", " \u00a0 ") + "\n",
    "zero-width": lambda t: t.replace(" ", " \u200b"),
    "Eth": lambda t: t.replace("Đ", "Ð"),
    "dashes": lambda t: t.replace("-", "–"),
}


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_spellings_of_one_title_decide_alike(spelling: str, clf: DispatchClassifier) -> None:
    wanted = clf.classify_many(TITLES).drop(columns=["reason", "warnings"])
    got = clf.classify_many([_SPELLINGS[spelling](t) for t in TITLES]).drop(columns=["reason", "warnings"])
    pandas.testing.assert_frame_equal(got, wanted)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=80))
def test_any_text_gets_an_answer(title: str) -> None:
    d = classify(title)
    assert d.dispatch in Dispatch
    assert d.confidence is None or 0 <= d.confidence <= 1
    for reason in d.reasons:
        assert all(0 <= s < e <= len(title) for s, e in reason.spans)


def test_a_model_based_answer_names_words_of_the_title(clf: DispatchClassifier) -> None:
    typed = "phê duyệt  kết quả lựa chọn nhà thầu gói thầu xây lắp"
    d = clf.classify(typed)
    assert str(d.basis) == "model"
    spans = [s for r in d.reasons if r.kind == "type" for s in r.spans]
    assert spans
    assert any(typed[s:e].startswith("phê duyệt") for s, e in spans)
    assert d.types[0][0] == d.loai_van_ban


def test_without_a_model_nothing_is_guessed() -> None:
    d = DispatchClassifier(model=None).classify("phê duyệt kết quả lựa chọn nhà thầu")
    assert (d.dispatch, d.lean, d.model, str(d.basis)) == (Dispatch.NEEDS_REVIEW, None, None, "none")


@pytest.mark.parametrize(
    ("call", "error", "column", "row"),
    [
        (lambda c: c.classify_many("Tờ trình"), ArgumentTypeError, "trich_yeu", None),
        (lambda c: c.classify_many(["Tờ trình", 5]), ArgumentTypeError, "trich_yeu", 2),
        (lambda c: c.classify_many(["Tờ trình"], so_ky_hieu=["1/QĐ", "2/QĐ"]), ArgumentValueError, "so_ky_hieu", None),
        (
            lambda c: c.classify_many(["a", "b"], ngay_ban_hanh=["1/1/2019", "32/1/2019"]),
            ArgumentValueError,
            "ngay_ban_hanh",
            2,
        ),
        (lambda c: c.classify_many(["a"], loai_van_ban=["tờ rơi"]), ArgumentValueError, "loai_van_ban", 1),
        (lambda c: c.classify(None), ArgumentTypeError, "trich_yeu", None),
        (lambda c: c.classify("Kế hoạch", co_quan_ban_hanh=5), ArgumentTypeError, "co_quan_ban_hanh", None),
        (lambda c: DispatchClassifier(review="never"), ArgumentValueError, "review", None),
    ],
)
def test_errors_name_argument_and_row(
    call: object, error: type[VanThuError], column: str, row: int | None, clf: DispatchClassifier
) -> None:
    with pytest.raises(error) as caught:
        call(clf)  # type: ignore[operator]
    assert (caught.value.column, caught.value.row) == (column, row)
    assert isinstance(caught.value, VanThuError)


def test_a_missing_model_is_refused_at_once() -> None:
    with pytest.raises(ModelError, match="khong-co"):
        DispatchClassifier(model="khong-co")
