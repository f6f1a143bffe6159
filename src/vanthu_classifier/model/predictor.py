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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from vanthu_classifier.errors import ArgumentTypeError
from vanthu_classifier.model.features import Span, features
from vanthu_classifier.model.index import Index
from vanthu_classifier.text import CleanText

__all__ = ["GRAIN", "Predictor"]

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

    def contributions(self, title: str | CleanText, code: str, k: int = 8) -> list[tuple[str, list[Span], float]]:
        """The `k` words or phrases of `title` that weighed most for (> 0) or against (< 0) the type `code`.

        Each with its letters, the spans in `title` where it stands, and its weight: log-odds for `code` as against the other types, those
        mixed as the model finds them likely here. Raises `KeyError` where the model does not know the type.
        """
        column = {str(c): i for i, c in enumerate(self.classes_)}[code]
        found = features(_text(title))
        counts = Counter(name for name, _ in found)
        indices = np.array([self.vocabulary[name] for name in counts if name in self.vocabulary], dtype=np.int64)
        times = np.array([count for name, count in counts.items() if name in self.vocabulary], dtype=np.int64)
        values = self._values(np.zeros(len(indices), dtype=np.int64), indices, times, 1)
        others = _softmax(np.delete(self.log_odds([title]), column, axis=1))[0]
        rows = self.weights[indices].astype(np.float64)
        gains = dict(
            zip(indices.tolist(), (rows[:, column] - np.delete(rows, column, axis=1) @ others) * values, strict=True)
        )
        raw = title.raw if isinstance(title, CleanText) else title
        phrases: dict[str, tuple[list[Span], list[float]]] = {}
        for name, span in found:
            if span is not None and name in self.vocabulary:
                spans, weights = phrases.setdefault(" ".join(raw[slice(*span)].lower().split()), ([], []))
                spans.append(span)
                weights.append(gains[self.vocabulary[name]] / counts[name])
        ranked = [(text, sorted(set(spans)), math.fsum(weights)) for text, (spans, weights) in phrases.items()]
        return sorted(ranked, key=lambda entry: (-abs(entry[2]), entry[1]))[:k]

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


def _text(title: object) -> str | CleanText:
    if not isinstance(title, str | CleanText):
        raise ArgumentTypeError(f"Trích yếu phải là chuỗi ký tự, không phải {type(title).__name__}.", column="titles")
    return title


def _softmax(scores: Floats) -> Floats:
    raised: Floats = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised
