"""The accessor of Series, and what its columns are."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import vanthu_classifier.pandas as ours
from vanthu_classifier import Dispatch, DispatchClassifier
from vanthu_classifier.classifier import COLUMNS
from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError

TITLES = [
    "Tờ trình xin kinh phí",
    "Công điện ứng phó bão",
    "phê duyệt kết quả",
    None,
    "V/v đề nghị thẩm định hồ sơ",
    "(MẬT) Kế hoạch",
]


@pytest.fixture
def titles() -> "pd.Series[str]":
    return pd.Series(TITLES, index=list("abcdef"), name="trich_yeu")


def test_the_answers_are_those_of_classify_many(titles: "pd.Series[str]") -> None:
    table = titles.vanthu.classify()
    plain = DispatchClassifier().classify_many(titles)
    assert list(table.columns) == list(COLUMNS)
    assert table.index.equals(titles.index)
    for name in COLUMNS:
        pd.testing.assert_series_equal(table[name].astype(object), plain[name].astype(object), check_dtype=False)


def test_what_takes_few_values_is_categorical(titles: "pd.Series[str]") -> None:
    table = titles.vanthu.classify()
    assert table["dispatch"].dtype == table["lean"].dtype == ours.DISPATCH
    assert table["dispatch"].cat.categories.tolist() == [str(d) for d in Dispatch]
    assert table["loai_van_ban"].dtype == ours.LOAI_VAN_BAN
    assert set(table["basis"].cat.categories) == {"rule", "model", "rule+model", "none"}
    assert "B06" in table["category"].cat.categories
    assert table["confidence"].dtype == float
    counts = table["dispatch"].value_counts(sort=False)
    assert counts.to_dict() == {"electronic_only": 1, "electronic_and_paper": 2, "needs_review": 2, "not_by_network": 1}
    assert (table["dispatch"] > "electronic_only").sum() == 5
    assert len(titles[:1].vanthu.classify().groupby("dispatch", observed=False).size()) == 4, "what nobody got counts 0"


def test_other_columns_are_brought_to_the_same_rows(titles: "pd.Series[str]") -> None:
    symbols = pd.Series({"c": "5/KH-UBND", "a": np.nan, "b": None, "d": "", "e": "7/UBND-VP", "f": None})
    table = titles.vanthu.classify(so_ky_hieu=symbols)
    assert table.loc["c", "loai_van_ban"] == "KH"
    assert titles.vanthu.classify(so_ky_hieu=symbols.reindex(titles.index).tolist()).equals(table)
    assert titles.vanthu.dispatch(so_ky_hieu=symbols).equals(table["dispatch"])
    with pytest.raises(ArgumentTypeError, match="index"):
        titles.vanthu.classify(so_ky_hieu=symbols[:3])
    with pytest.raises(ArgumentValueError):
        titles.vanthu.classify(so_ky_hieu=["1/KH-A"])


def test_dates_of_pandas_are_dates(titles: "pd.Series[str]") -> None:
    days = pd.to_datetime(pd.Series(["2022-01-05", None, "2019-01-05", None, None, None], index=titles.index))
    told = titles.vanthu.classify(ngay_ban_hanh=days)["warnings"]
    assert ["hết hiệu lực" in text for text in told] == [True, False, False, False, False, False]


@pytest.mark.parametrize("kind", ["string", "category", object])
def test_titles_of_any_text_dtype(kind: object) -> None:
    series = pd.Series(["Tờ trình xin kinh phí", None]).astype(kind)  # type: ignore[call-overload]
    assert series.vanthu.dispatch().tolist() == ["electronic_and_paper", "needs_review"]


def test_titles_that_are_none_are_refused() -> None:
    with pytest.raises(AttributeError, match="dạng chữ"):
        pd.Series([1, 2]).vanthu  # noqa: B018
    assert pd.Series([], dtype=object).vanthu.classify().empty


def test_another_classifier_may_answer() -> None:
    table = pd.Series(["Tờ trình xin kinh phí"]).vanthu.classify(classifier=DispatchClassifier("vpcp-775-2020"))
    assert table.loc[0, "dispatch"] == "electronic_only"
    assert table.loc[0, "category"] == "V19"


def test_the_accessor_is_registered_on_import_and_only_then() -> None:
    code = """
import pandas as pd, vanthu_classifier
assert not hasattr(pd.Series, "vanthu")
import vanthu_classifier.pandas
assert pd.Series(["Tờ trình"]).vanthu.dispatch().tolist() == ["electronic_and_paper"]
assert vanthu_classifier.pandas.pd is pd, "the library pandas, not this module"
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
