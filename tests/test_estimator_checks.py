"""scikit-learn's own checks of estimators, as far as an estimator of titles can take them.

The checks hand in tables of numbers. So they are used in two ways, and a table says which cannot be used at all:

    as it is     checks that hand in nothing: parameters, tags, cloning
    in letters   each row of numbers becomes a title, and the estimator of titles does the rest: training, weights, order, pickling
    not at all   checks of what a table of numbers may look like: they would check the translation, not the estimator

Every check that scikit-learn knows falls into one of them. A check that needs numbers must fail on the estimator itself, and one that is known to
fail must fail: should it pass one day, the test fails and the list is shortened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import Tags, get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator
from sklearn.utils.validation import check_is_fitted, validate_data

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.model import LoaiVanBanClassifier

pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.{ConvergenceWarning.__name__}",  # the checks give too few iterations on purpose
)

AS_IT_IS = {
    "check_decision_proba_consistency",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_estimators_partial_fit_n_features",
    "check_estimators_unfitted",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
}
_SHAPE = "how many columns a table has; a title has none"
_MEMORY = "how a table lies in memory, or which library made it; titles are strings of Python"
_NUMBERS = "which numbers a table may hold; a title holds letters"
NOT_AT_ALL = {
    "check_array_api_input": _MEMORY,
    "check_classifier_data_not_an_array": _MEMORY,
    "check_complex_data": _NUMBERS,
    "check_dtype_object": _NUMBERS,
    "check_estimator_sparse_array": _MEMORY,
    "check_estimator_sparse_matrix": _MEMORY,
    "check_estimator_sparse_tag": _MEMORY,
    "check_estimators_dtypes": _NUMBERS,
    "check_estimators_empty_data_messages": _SHAPE,
    "check_estimators_nan_inf": _NUMBERS,
    "check_f_contiguous_array_estimator": _MEMORY,
    "check_fit1d": _SHAPE,
    "check_fit2d_1feature": _SHAPE,
    "check_fit2d_predict1d": _SHAPE,
    "check_n_features_in": _SHAPE,
    "check_n_features_in_after_fitting": _SHAPE,
    "check_positive_only_tag_during_fit": _NUMBERS,
    "check_readonly_memmap_input": _MEMORY,
}
KNOWN_TO_FAIL = {
    "check_sample_weight_equivalence_on_dense_data": "a title with weight 2 counts once where features are counted over titles (min_df, IDF): weights say how "
    "far a title is believed, not how often it stands in a register",
}


class AsItIs(LoaiVanBanClassifier):
    """The estimator, passing for one of tables, so that scikit-learn hands the checks out."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


class InLetters(AsItIs):
    """Rows of numbers as titles: a word for each column and the size of its number."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> InLetters:  # type: ignore[override]  # noqa: N803
        return super().fit(_titles(validate_data(self, X)), y, sample_weight)

    def predict(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        return super().predict(_titles(validate_data(self, X, reset=False)))

    def predict_proba(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        return super().predict_proba(_titles(validate_data(self, X, reset=False)))


def _titles(table: Any) -> list[str]:
    consonants, vowels = "bcdghklmnpqrstvx", "àáảãạòóỏõọìíỉ"
    column = [consonants[j % 16] * (1 + j // 16) for j in range(table.shape[1])]
    sizes = np.clip(np.round(2 * table), -6, 6).astype(int) + 6
    return [" ".join(column[j] + vowels[size] for j, size in enumerate(row)) for row in sizes]


Check = Callable[..., None]


def _checks(estimator: LoaiVanBanClassifier) -> Iterator[tuple[str, LoaiVanBanClassifier, Check]]:
    for instance, check in estimator_checks_generator(estimator):
        yield check.func.__name__, instance, check  # type: ignore[attr-defined]


def _params(estimator: LoaiVanBanClassifier, wanted: Callable[[str], bool]) -> list[Any]:
    return [
        pytest.param(instance, check, id=f"{name}-{i}")
        for i, (name, instance, check) in enumerate(_checks(estimator))
        if wanted(name)
    ]


TITLES_ONLY, IN_LETTERS = AsItIs(min_df=1, folds=0), InLetters(min_df=1, folds=0)


@pytest.mark.parametrize(("estimator", "check"), _params(TITLES_ONLY, AS_IT_IS.__contains__))
def test_as_it_is(estimator: LoaiVanBanClassifier, check: Check) -> None:
    check(estimator)


@pytest.mark.parametrize(
    ("estimator", "check"), _params(TITLES_ONLY, lambda name: name not in AS_IT_IS and name != "check_array_api_input")
)
def test_numbers_are_refused(estimator: LoaiVanBanClassifier, check: Check) -> None:
    """What is not checked as it is cannot be: the estimator takes no numbers."""
    with pytest.raises((ArgumentTypeError, AssertionError, TypeError)):
        check(estimator)


@pytest.mark.parametrize(
    ("estimator", "check"),
    _params(IN_LETTERS, lambda name: name not in NOT_AT_ALL and name not in KNOWN_TO_FAIL),
)
def test_in_letters(estimator: LoaiVanBanClassifier, check: Check) -> None:
    check(estimator)


@pytest.mark.parametrize(("estimator", "check"), _params(IN_LETTERS, KNOWN_TO_FAIL.__contains__))
@pytest.mark.xfail(raises=AssertionError, strict=True)
def test_known_to_fail(estimator: LoaiVanBanClassifier, check: Check) -> None:
    check(estimator)


def test_the_lists_name_checks_that_there_are() -> None:
    names = {name for name, _, _ in _checks(IN_LETTERS)}
    assert names >= AS_IT_IS
    assert names >= NOT_AT_ALL.keys()
    assert names >= KNOWN_TO_FAIL.keys()
    assert not AS_IT_IS & (NOT_AT_ALL.keys() | KNOWN_TO_FAIL.keys())


# ------------------------------------------------------------------ what stands in the place of the checks of tables

TITLES = [
    f"{verb} {matter}"
    for verb in ("phê duyệt", "V/v góp ý", "kết luận về")
    for matter in ("giá đất", "đường thôn", "chợ", "đê", "trường", "trạm")
]
CODES = [code for code in ("QĐ", "CV", "TB") for _ in range(6)]
FAMILIES = [i % 6 for i in range(18)]


def _quick() -> LoaiVanBanClassifier:
    return LoaiVanBanClassifier(min_df=1, folds=0)


def test_it_says_that_it_takes_strings() -> None:
    tags = get_tags(LoaiVanBanClassifier())
    assert (tags.input_tags.string, tags.input_tags.two_d_array) == (True, False)
    assert (tags.estimator_type, tags.target_tags.required) == ("classifier", True)
    with pytest.warns(SkipTestWarning, match="requires input"):
        assert [name for name, _, _ in _checks(LoaiVanBanClassifier())] == ["check_estimator_cloneable"]


@pytest.mark.parametrize(
    "kind",
    [list, tuple, np.array, lambda t: np.array(t, dtype=object), iter],
    ids=["list", "tuple", "str", "object", "iterator"],
)
def test_titles_in_any_sequence(kind: Callable[[Any], Any]) -> None:
    expected = _quick().fit(TITLES, CODES).predict_proba(TITLES)
    assert np.array_equal(_quick().fit(kind(TITLES), kind(CODES)).predict_proba(kind(TITLES)), expected)


def test_titles_in_a_pandas_series() -> None:
    import pandas

    series = pandas.Series(TITLES, index=range(100, 118))
    model = _quick().fit(series, pandas.Series(CODES), pandas.Series(np.ones(18)), groups=pandas.Series(FAMILIES))
    assert model.predict(series).tolist() == _quick().fit(TITLES, CODES).predict(TITLES).tolist()


@pytest.mark.parametrize(
    ("titles", "codes", "named"),
    [
        ([1.5, 2.0], ["QĐ", "CV"], ArgumentTypeError),
        (["a", None], ["QĐ", "CV"], ArgumentTypeError),
        (["a", float("nan")], ["QĐ", "CV"], ArgumentTypeError),
        ([["a"], ["b"]], ["QĐ", "CV"], ArgumentTypeError),
        ("một chuỗi", ["QĐ", "CV"], ArgumentTypeError),
        (["a", "b"], ["QĐ", None], ArgumentTypeError),
        (["a", "b"], "QĐ", ArgumentTypeError),
        (["a", "b"], [0.5, 1.5], ValueError),
        (["a", "b"], ["QĐ"], ArgumentValueError),
        (["a", "b"], ["QĐ", "QĐ"], ArgumentValueError),
        ([], [], ArgumentValueError),
    ],
)
def test_what_is_no_list_of_titles_is_refused(titles: Any, codes: Any, named: type[Exception]) -> None:
    with pytest.raises(named):
        _quick().fit(titles, codes)


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_asking_before_fitting(method: str) -> None:
    with pytest.raises(NotFittedError):
        getattr(LoaiVanBanClassifier(), method)(["phê duyệt"])


# ------------------------------------------------------------------ among other estimators


def test_parameters_reach_through_a_pipeline() -> None:
    pipe = make_pipeline(FunctionTransformer(_without_brackets), _quick())
    search = GridSearchCV(pipe, {"loaivanbanclassifier__C": [0.01, 5.0], "loaivanbanclassifier__min_df": [1, 2]}, cv=3)
    search.fit([f"{title} (đợt 1)" for title in TITLES], CODES)
    assert search.best_params_.keys() == {"loaivanbanclassifier__C", "loaivanbanclassifier__min_df"}
    assert search.predict(["phê duyệt nhà văn hóa (đợt 2)"]).tolist() == ["QĐ"]
    assert search.predict_proba(TITLES).shape == (18, 3)


def _without_brackets(titles: list[str]) -> list[str]:
    return [title.split(" (", 1)[0] for title in titles]


def test_families_are_kept_together_by_scikit_learns_own_means() -> None:
    scores = cross_val_score(_quick(), TITLES, CODES, groups=FAMILIES, cv=GroupKFold(3), scoring="neg_log_loss")
    assert (scores < 0).all()
    found = cross_val_predict(_quick(), TITLES, CODES, groups=FAMILIES, cv=GroupKFold(3), method="predict_proba")
    assert np.allclose(found.sum(axis=1), 1)


def test_processes_share_the_work() -> None:
    alone, together = (
        GridSearchCV(_quick(), {"C": [0.1, 1.0, 5.0]}, cv=3, n_jobs=n).fit(TITLES, CODES).cv_results_["mean_test_score"]
        for n in (1, 2)
    )
    assert np.array_equal(alone, together)


def test_set_output_is_for_what_transforms() -> None:
    """The estimator transforms nothing, so it has no `set_output`; a pipeline that ends in it gives arrays whatever its steps give."""
    assert not hasattr(LoaiVanBanClassifier(), "set_output")
    cut = FunctionTransformer(_without_brackets, feature_names_out="one-to-one")
    pipe = Pipeline([("cut", cut), ("type", _quick())]).set_output(transform="default")
    assert isinstance(pipe.fit(TITLES, CODES).predict(TITLES), np.ndarray)


@pytest.mark.parametrize("method", ["fit", "predict", "predict_proba"])
def test_a_whole_table_is_refused(method: str) -> None:
    import pandas

    table = pandas.DataFrame({"trich_yeu": TITLES})
    model = _quick().fit(TITLES, CODES)
    with pytest.raises(ArgumentTypeError, match="một cột"):
        model.fit(table, CODES) if method == "fit" else getattr(model, method)(table)
    assert model.predict(table["trich_yeu"]).shape == (18,)


def test_a_clone_has_the_parameters_and_nothing_learned() -> None:
    model = LoaiVanBanClassifier(C=2.0, min_df=1, folds=0, prior={"QĐ": 0.5, "CV": 0.3, "TB": 0.2}).fit(TITLES, CODES)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert [name for name in vars(copy) if name.endswith("_")] == []
    assert np.array_equal(copy.fit(TITLES, CODES).predict_proba(TITLES), model.predict_proba(TITLES))
