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
from itertools import islice

import numpy as np
import numpy.typing as npt

from vanthu_classifier.errors import ArgumentTypeError
from vanthu_classifier.model.features import Span, features, names
from vanthu_classifier.text import CleanText

__all__ = ["GRAIN", "Predictor"]

Floats = npt.NDArray[np.float64]
GRAIN = 1 / 64
"""Weights are whole multiples of this, which makes a model's file a third as large; a title's log-odds move by less than 0.01."""
_CHUNK = 256  # titles at once: their rows of weights stay in the processor's cache


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
        while chunk := list(islice(waiting, _CHUNK)):
            parts.append(self._scores([names(_text(title)) for title in chunk]))
        return np.concatenate(parts) if parts else np.empty((0, len(self.classes_)))

    def contributions(self, title: str | CleanText, code: str, k: int = 8) -> list[tuple[str, list[Span], float]]:
        """The `k` words or phrases of `title` that weighed most for (> 0) or against (< 0) the type `code`.

        Each with its letters, the spans in `title` where it stands, and its weight: log-odds for `code` as against the other types, those
        mixed as the model finds them likely here. Raises `KeyError` where the model does not know the type.
        """
        column = {str(c): i for i, c in enumerate(self.classes_)}[code]
        found = features(_text(title))
        names_found = [name for name, _ in found]
        indices, values, _ = self._vectors([names_found])
        others = _softmax(np.delete(self._scores([names_found]), column, axis=1))[0]
        rows = self.weights[indices].astype(np.float64)
        gains = dict(zip(indices, (rows[:, column] - np.delete(rows, column, axis=1) @ others) * values, strict=True))
        counts = Counter(names_found)
        raw = title.raw if isinstance(title, CleanText) else title
        phrases: dict[str, tuple[list[Span], list[float]]] = {}
        for name, span in found:
            if span is not None and name in self.vocabulary:
                spans, weights = phrases.setdefault(" ".join(raw[slice(*span)].lower().split()), ([], []))
                spans.append(span)
                weights.append(gains[self.vocabulary[name]] / counts[name])
        ranked = [(text, sorted(set(spans)), math.fsum(weights)) for text, (spans, weights) in phrases.items()]
        return sorted(ranked, key=lambda entry: (-abs(entry[2]), entry[1]))[:k]

    def _vectors(self, found: Sequence[Sequence[str]]) -> tuple[list[int], npt.NDArray[np.float32], list[int]]:
        """TF-IDF vectors, one behind the other: the known features, their weights, and how many features each title has."""
        indices: list[int] = []
        counts: list[int] = []
        lengths: list[int] = []
        for mine in found:
            known = [index for index in map(self.vocabulary.get, mine) if index is not None]
            distinct = dict.fromkeys(known, 1)
            if len(distinct) < len(known):
                distinct = Counter(known)
            indices += distinct
            counts += distinct.values()
            lengths.append(len(distinct))
        values = (1.0 + np.log(np.array(counts, dtype=np.float32))) * self.idf[indices]
        rows = np.repeat(np.arange(len(lengths)), lengths)
        norms = np.sqrt(np.bincount(rows, values.astype(np.float64) ** 2, minlength=len(lengths)))
        return indices, (values / norms[rows]).astype(np.float32), lengths

    def _scores(self, found: Sequence[Sequence[str]]) -> Floats:
        indices, values, lengths = self._vectors(found)
        out = np.tile(self.bias.astype(np.float64), (len(lengths), 1))
        filled = [row for row, length in enumerate(lengths) if length]
        if filled:
            starts = np.cumsum([0, *(lengths[row] for row in filled[:-1])])
            out[filled] += np.add.reduceat(self.weights[indices] * values[:, None], starts, axis=0)
        return out


def _text(title: object) -> str | CleanText:
    if not isinstance(title, str | CleanText):
        raise ArgumentTypeError(f"Trích yếu phải là chuỗi ký tự, không phải {type(title).__name__}.", column="titles")
    return title


def _softmax(scores: Floats) -> Floats:
    raised: Floats = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    raised /= raised.sum(axis=1, keepdims=True)
    return raised
