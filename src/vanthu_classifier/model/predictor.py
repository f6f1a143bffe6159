"""A fitted model reduced to arrays: what prediction needs, and nothing of scikit-learn.

With TF-IDF weights `x` of a title's features, its log-odds are `b · (W x + a) + s`: `W` and `a` from the logistic regression, `b` the
(inverse) temperature that calibration found, `s` the logarithm of how much more or less often each type is expected in an office's
register than it stands in the training titles. `weights` and `bias` hold the sum of it already.

Only numpy is imported, so that a command that answers one title starts fast; scikit-learn, scipy and pandas stay out. What the
estimator itself predicts, it predicts through this class: there is no second way that could differ.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from vanthu_classifier.errors import ArgumentTypeError
from vanthu_classifier.model.features import Span, features
from vanthu_classifier.model.index import Index
from vanthu_classifier.text import CleanText

__all__ = ["GRAIN", "Predictor", "Reading"]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
GRAIN = 1 / 64
"""Weights are whole multiples of this, which makes a model's file a third as large; a title's log-odds move by less than 0.01."""
_CHUNK = 2048  # titles whose words are looked for at once
_IN_CACHE = 256  # titles scored at once: their rows of weights stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Predictor:
    """Probabilities of types for titles.

    `classes_` has the type codes, sorted; `vocabulary` the row of each feature in `idf` (shape: features) and `weights` (features ×
    classes); `bias` has one number a class. `id` names the model in a decision, `sha256` is the hash of its files, `figures` what was measured when it was made.
    """

    classes_: npt.NDArray[np.str_]
    vocabulary: Mapping[str, int]
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    id: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
    sha256: str = ""

    def predict_proba(self, titles: Iterable[str | CleanText]) -> Floats:
        """Probabilities, a row a title, a column a class in the order of `classes_`; each row sums to 1.

        A title's row depends on that title alone. Raises `ArgumentTypeError` where `titles` is one string or holds something else than strings.
        """
        return _softmax(self.log_odds(titles))

    def predict(self, titles: Iterable[str | CleanText]) -> npt.NDArray[np.str_]:
        """The likeliest type of each title."""
        found: npt.NDArray[np.str_] = self.classes_[self.log_odds(titles).argmax(axis=1)]
        return found

    def log_odds(self, titles: Iterable[str | CleanText]) -> Floats:
        """Log-odds up to a common number a row; same shape as `predict_proba`."""
        if isinstance(titles, str | CleanText):
            raise ArgumentTypeError("Cần một dãy trích yếu, không phải một chuỗi ký tự.", column="titles")
        waiting = iter(titles)
        parts = []
        while chunk := [_text(title) for title in islice(waiting, _CHUNK)]:
            parts.append(self._scores(*self._index.counted(chunk)))
        return np.concatenate(parts) if parts else np.empty((0, len(self.classes_)))

    @cached_property
    def _index(self) -> Index:
        return Index(self.vocabulary)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "_index"}  # made again in a moment

    def reading(self, title: str | CleanText) -> Reading:
        """What the model makes of one title, for a title that is asked about more than once: it is read and cut into words here, and not again."""
        found = features(_text(title))
        counts = Counter(self.vocabulary[name] for name, _ in found if name in self.vocabulary)
        columns = np.array(sorted(counts), dtype=np.int64)
        times = np.array([counts[column] for column in columns.tolist()], dtype=np.int64)
        rows = np.zeros(len(columns), dtype=np.int64)
        raw = title.raw if isinstance(title, CleanText) else title
        return Reading(
            self,
            raw,
            found,
            counts,
            columns,
            self._values(rows, columns, times, 1),
            self._scores(rows, columns, times, 1)[0],
        )

    def contributions(self, title: str | CleanText, code: str, k: int = 8) -> list[tuple[str, list[Span], float]]:
        """The `k` words or phrases of `title` that weighed most for or against the type `code`: see `Reading.contributions`."""
        return self.reading(title).contributions(code, k)

    def _values(self, rows: Numbers, columns: Numbers, counts: Numbers, titles: int) -> npt.NDArray[np.float32]:
        """The TF-IDF weights of features: in which title each stands, its column, and how often."""
        values = (1.0 + np.log(counts.astype(np.float32))) * self.idf[columns]
        norms = np.sqrt(np.bincount(rows, values.astype(np.float64) ** 2, minlength=titles))
        return (values / norms[rows]).astype(np.float32)

    def _scores(self, rows: Numbers, columns: Numbers, counts: Numbers, titles: int) -> Floats:
        """The log-odds of each title; `rows` ascending."""
        values = self._values(rows, columns, counts, titles)
        out = np.tile(self.bias.astype(np.float64), (titles, 1))
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        for some in range(0, len(starts), _IN_CACHE):
            mine = starts[some : some + _IN_CACHE]
            end = starts[some + _IN_CACHE] if some + _IN_CACHE < len(starts) else len(rows)
            part = slice(mine[0], end)
            gains = self.weights[columns[part]] * values[part, None]
            out[rows[mine]] += np.add.reduceat(gains, mine - mine[0], axis=0)
        return out


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """One title as the model read it: made by `Predictor.reading`.

    `found` are the features with their places in `raw`, the title as typed; `counts` how often each known one stands there, by its column; `columns` has
    these in order and `values` their TF-IDF weights; `log_odds` has one number a class.
    """

    predictor: Predictor
    raw: str
    found: Sequence[tuple[str, Span | None]]
    counts: Mapping[int, int]
    columns: Numbers
    values: npt.NDArray[np.float32]
    log_odds: Floats

    @property
    def probabilities(self) -> dict[str, float]:
        """The probability of each type, as `Predictor.predict_proba` has it."""
        row = _softmax(self.log_odds[None])[0]
        return dict(zip(self.predictor.classes_.tolist(), row.tolist(), strict=True))

    def contributions(self, code: str, k: int = 8) -> list[tuple[str, list[Span], float]]:
        """The `k` words or phrases that weighed most for (> 0) or against (< 0) the type `code`.

        Each with its letters, the spans in the title where it stands, and its weight: log-odds for `code` as against the other types, those
        mixed as the model finds them likely here. Raises `KeyError` where the model does not know the type.
        """
        column = {str(c): i for i, c in enumerate(self.predictor.classes_)}[code]
        others = _softmax(np.delete(self.log_odds[None], column, axis=1))[0]
        weights = self.predictor.weights[self.columns].astype(np.float64)
        gains = (weights[:, column] - np.delete(weights, column, axis=1) @ others) * self.values
        gain_of = dict(zip(self.columns.tolist(), gains.tolist(), strict=True))
        phrases: dict[str, tuple[list[Span], list[float]]] = {}
        for name, span in self.found:
            feature = self.predictor.vocabulary.get(name)
            if span is not None and feature is not None:
                spans, parts = phrases.setdefault(" ".join(self.raw[slice(*span)].lower().split()), ([], []))
                spans.append(span)
                parts.append(gain_of[feature] / self.counts[feature])
        ranked = [(text, sorted(set(spans)), math.fsum(parts)) for text, (spans, parts) in phrases.items()]
        return sorted(ranked, key=lambda entry: (-abs(entry[2]), entry[1]))[:k]


def _text(title: object) -> str | CleanText:
    if not isinstance(title, str | CleanText):
        raise ArgumentTypeError(f"Trích yếu phải là chuỗi ký tự, không phải {type(title).__name__}.", column="titles")
    return title


def _softmax(scores: Floats) -> Floats:
    raised: Floats = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised
