"""The estimator: titles in, probabilities of types out.

Features of a title (`features`) as TF-IDF, multinomial logistic regression, scikit-learn's temperature scaling on predictions that
were made out of fold, families of titles kept together. After fitting, everything is reduced to a `Predictor`, which does all predicting.

Why a linear model: it can say which words carried an answer, it is small, it needs nothing but numpy to predict, and it is an
office can refit on its own register in a minute. Why temperature: one number for all types cannot change which type
is likeliest, and holds where a type has ten titles, as vectors and isotonic steps do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.utils import Tags, assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.model.features import names_many, scale
from vanthu_classifier.model.predictor import GRAIN, Floats, Predictor

__all__ = ["LoaiVanBanClassifier", "calibrating_temperature", "prior_shift"]


class LoaiVanBanClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Estimates the type of a document (loại văn bản) from its title.

    Parameters: `C`, the inverse strength of regularisation; `min_df`, in how many training titles a feature must occur; `max_features`, how many are
    kept (those whose weights differ most between types; None: all); `folds`, how many
    parts calibration makes of the families (0: no calibration); `prior`, the share of each type where the model will be used (a
    mapping from code to share; types it leaves out count as rare as its rarest; None: as in the training titles); `max_iter`, `random_state`.

    After `fit`: `classes_` (codes, sorted), `predictor_`, `temperature_` (above 1: predictions were too sure and were softened), `n_iter_` (passes over
    the titles that the regression took).

    >>> titles = ["phê duyệt dự toán", "phê duyệt kế hoạch", "góp ý dự thảo", "góp ý văn bản"]
    >>> model = LoaiVanBanClassifier(min_df=1, folds=0).fit(titles, ["QĐ", "QĐ", "CV", "CV"])
    >>> model.predict(["phê duyệt quyết toán", "góp ý quy chế"]).tolist(), model.classes_.tolist()
    (['QĐ', 'CV'], ['CV', 'QĐ'])
    """

    def __init__(
        self,
        *,
        C: float = 5.0,  # noqa: N803 - scikit-learn's name
        min_df: int = 2,
        max_features: int | None = 60_000,
        folds: int = 5,
        prior: Mapping[str, float] | None = None,
        max_iter: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.C = C
        self.min_df = min_df
        self.max_features = max_features
        self.folds = folds
        self.prior = prior
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(
        self,
        titles: Iterable[str],
        codes: Iterable[Any],
        sample_weight: npt.ArrayLike | None = None,
        *,
        groups: npt.ArrayLike | None = None,
        calibrate: npt.ArrayLike | None = None,
    ) -> Self:
        """Fits the model. `codes` are the types: abbreviations, or whatever scikit-learn put in their place (numbers).

        `groups` has each title's family, kept together in calibration; without it each title is its own. `calibrate` says which titles calibration
        looks at (all without it): those that are like what will be asked.

        Raises `ArgumentTypeError` where titles are no sequence of strings or a type is missing, `ArgumentValueError` where lengths differ or fewer
        than two types are given.
        """
        texts, labels = _strings(titles, "titles"), _labels(codes)
        weights = np.ones(len(texts)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        families = np.arange(len(texts)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
        asked = np.ones(len(texts), bool) if calibrate is None else np.asarray(calibrate, dtype=bool)
        if not len(texts) == len(labels) == len(weights) == len(families) == len(asked):
            raise ArgumentValueError("Các dãy đưa vào để huấn luyện phải dài bằng nhau.", column="codes")
        types = len(set(labels.tolist()))
        if types < 2:
            raise ArgumentValueError(
                f"Cần ít nhất hai loại văn bản để học phân biệt, ở đây có {types} ({types} class).", column="codes"
            )
        found = names_many(texts)
        vectorizer, regression = self._fitted(found, labels, weights)
        self.classes_ = regression.classes_
        self.n_iter_ = int(regression.n_iter_.max())
        self.temperature_ = self._temperature(found, labels, weights, families, asked)
        self.predictor_ = _reduced(
            vectorizer, regression, self.temperature_, prior_shift(self.prior, self.classes_, labels, weights)
        )
        return self

    def predict_proba(self, titles: Iterable[str]) -> Floats:
        """Probabilities, a row a title, a column a class in the order of `classes_`."""
        check_is_fitted(self)
        return self.predictor_.predict_proba(_column(titles, "titles"))

    def predict(self, titles: Iterable[str]) -> npt.NDArray[Any]:
        """The likeliest type of each title."""
        check_is_fitted(self)
        return self.predictor_.predict(_column(titles, "titles"))

    def __sklearn_tags__(self) -> Tags:
        """Says that input is a sequence of strings, not a table of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags

    def _fitted(
        self, found: Sequence[list[str]], labels: npt.NDArray[np.str_], weights: Floats
    ) -> tuple[TfidfVectorizer, LogisticRegression]:
        vectorizer, regression = self._fitted_once(found, labels, weights, None)
        if self.max_features is None or len(vectorizer.vocabulary_) <= self.max_features:
            return vectorizer, regression
        spread = np.ptp(_rows(regression.coef_), axis=0) * vectorizer.idf_
        kept = np.sort(np.argsort(-spread, kind="stable")[: self.max_features])
        return self._fitted_once(found, labels, weights, vectorizer.get_feature_names_out()[kept].tolist())

    def _fitted_once(
        self, found: Sequence[list[str]], labels: npt.NDArray[np.str_], weights: Floats, vocabulary: list[str] | None
    ) -> tuple[TfidfVectorizer, LogisticRegression]:
        vectorizer = TfidfVectorizer(
            analyzer=_as_is, lowercase=False, sublinear_tf=True, min_df=self.min_df, vocabulary=vocabulary
        )
        vectorizer.fit(found)
        vectorizer.idf_ = vectorizer.idf_ * np.array([scale(name) for name in vectorizer.get_feature_names_out()])
        # saga needs seconds where lbfgs needs minutes, and gives the same types.
        regression = LogisticRegression(
            C=self.C, solver="saga", tol=1e-3, max_iter=self.max_iter, random_state=self.random_state
        )
        return vectorizer, regression.fit(vectorizer.transform(found), labels, sample_weight=weights)

    def _temperature(
        self,
        found: Sequence[list[str]],
        labels: npt.NDArray[np.str_],
        weights: Floats,
        families: npt.NDArray[Any],
        asked: npt.NDArray[np.bool_],
    ) -> float:
        folds = min(self.folds, len(set(families.tolist())))
        if folds < 2:
            return 1.0
        logits = np.zeros((len(found), len(self.classes_)))
        seen = np.zeros(len(found), dtype=bool)
        for train, test in GroupKFold(folds, shuffle=True, random_state=self.random_state).split(
            found, labels, families
        ):
            test = test[asked[test]]
            if not len(test) or len(set(labels[train].tolist())) < 2:
                continue
            vectorizer, regression = self._fitted([found[i] for i in train], labels[train], weights[train])
            there = _columns(regression.decision_function(vectorizer.transform([found[i] for i in test])))
            # A type all of whose titles are in the part left out counts as unlikely as the least likely one; its own rows say nothing.
            logits[test] = there.min(axis=1, keepdims=True)
            logits[np.ix_(test, np.searchsorted(self.classes_, regression.classes_))] = there
            seen[test] = np.isin(labels[test], regression.classes_)
        return calibrating_temperature(logits[seen], labels[seen], self.classes_)


def prior_shift(
    prior: Mapping[str, float] | None, classes: npt.NDArray[np.str_], labels: npt.NDArray[np.str_], weights: Floats
) -> Floats:
    """What to add to the log-odds of `classes` where types are expected in the shares of `prior`, and not in those of `labels`.

    A type that `prior` leaves out counts as rare as its rarest. None changes nothing.
    """
    if prior is None:
        return np.zeros(len(classes))
    rarest = min(prior.values())
    wanted = np.array([prior.get(str(code), rarest) for code in classes])
    had = np.array([weights[labels == code].sum() for code in classes])
    shift: Floats = np.log(wanted / wanted.sum()) - np.log(had / had.sum())
    return shift


def _reduced(
    vectorizer: TfidfVectorizer, regression: LogisticRegression, temperature: float, shift: Floats
) -> Predictor:
    weights, bias = _rows(regression.coef_).T / temperature, _rows(regression.intercept_[:, None])[:, 0] / temperature
    return Predictor(
        classes_=regression.classes_,
        vocabulary={
            name: int(index) for name, index in sorted(vectorizer.vocabulary_.items(), key=lambda item: item[1])
        },
        idf=vectorizer.idf_.astype(np.float32),
        weights=(np.round(weights / GRAIN) * GRAIN).astype(np.float32),  # as they are stored
        bias=(bias + shift).astype(np.float32),
    )


class _Logits(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Hands its input on as decision values, so that scikit-learn calibrates logits that were made before."""

    def fit(self, logits: Floats, labels: npt.NDArray[np.str_]) -> Self:
        self.classes_ = np.unique(labels)
        return self

    def predict(self, logits: Floats) -> npt.NDArray[np.str_]:
        found: npt.NDArray[np.str_] = self.classes_[logits.argmax(axis=1)]
        return found

    def decision_function(self, logits: Floats) -> Floats:
        # Of two types scikit-learn wants one number x, and takes it for the logits (-x, x).
        return logits if len(self.classes_) > 2 else (logits[:, 1] - logits[:, 0]) / 2


def calibrating_temperature(logits: Floats, labels: npt.NDArray[np.str_], classes: npt.NDArray[np.str_]) -> float:
    """The temperature that scikit-learn's calibration finds for these logits; columns of types without a row are left out."""
    present = np.isin(classes, labels)
    if present.sum() < 2:
        return 1.0
    logits = logits[:, present]
    every = np.arange(len(labels))
    frozen = FrozenEstimator(_Logits().fit(logits, labels))
    calibrated = CalibratedClassifierCV(frozen, method="temperature", cv=[(every, every)])
    calibrated.fit(logits, labels)
    return float(1.0 / calibrated.calibrated_classifiers_[0].calibrators[0].beta_)


def _columns(decision: Floats) -> Floats:
    return _rows(decision[:, None].T).T if decision.ndim == 1 else decision


def _rows(weights: Floats) -> Floats:
    """A row for each type; of two types scikit-learn keeps one row, the second's lead over the first."""
    return weights if len(weights) > 1 else np.vstack([-weights / 2, weights / 2])


def _as_is(found: list[str]) -> list[str]:
    return found


def _column(values: Iterable[str], name: str) -> Iterable[str]:
    """The values, where they are no table: of a data frame one would get the headings."""
    if getattr(values, "ndim", 1) != 1:
        raise ArgumentTypeError("Cần một cột chuỗi ký tự, không phải cả bảng.", column=name)
    return values


def _labels(codes: Iterable[Any]) -> npt.NDArray[Any]:
    """The types as an array. cross_val_predict numbers them before it asks for probabilities, so numbers are types as well."""
    if isinstance(codes, str):
        raise ArgumentTypeError("Cần một dãy loại văn bản, không phải một chuỗi.", column="codes")
    if codes is None:
        raise ArgumentValueError(
            "Thiếu loại văn bản của các trích yếu (requires y to be passed, but the target y is None).", column="codes"
        )
    labels: npt.NDArray[Any] = column_or_1d(codes if hasattr(codes, "__array__") else list(codes), warn=True)
    if labels.dtype == object:
        labels = np.array(_strings(labels, "codes"))
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    return labels


def _strings(values: Iterable[str], name: str) -> list[str]:
    if isinstance(values, str):
        raise ArgumentTypeError("Cần một dãy chuỗi ký tự, không phải một chuỗi.", column=name)
    out = list(_column(values, name))
    for row, value in enumerate(out):
        if not isinstance(value, str):
            raise ArgumentTypeError(f"Cần chuỗi ký tự, không phải {type(value).__name__}.", column=name, row=row + 1)
    return [str(value) for value in out]
