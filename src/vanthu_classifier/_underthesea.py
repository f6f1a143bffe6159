"""The only module that knows underthesea: the words of its `word_tokenize`, many times faster.

underthesea 9.5 segments in two steps. A regular expression cuts the text into tokens; a linear-chain CRF with two labels then says of each
token whether it begins a word or continues one. Most of the time goes into the expression and into the 43 feature strings written
for every token, of which each depends on three tokens in a row at most. So this module

- keeps the tokens of every stretch between blanks (no part of the expression matches a blank);
- keeps, for every three tokens in a row, the weight they give to their first, middle and last token: read from
  underthesea's own model file (the public CRFsuite format) for feature strings that its own featurizer wrote;
- finds the best labels as every linear-chain CRF does (Viterbi).

Weights are summed in another order than in the tagger, so two labellings closer than rounding could come out differently: where a step is
that close the tagger itself is asked, and so it is throughout if a later underthesea brings a model file that is not understood
here. `reference_continues` is the plain way, and tests hold the two together.

Traps kept away from the rest of the package: importing underthesea adds a handler to the root logger (taken off; handlers that were
there stay); `fixed_words` leak into later calls (never used; the expression is compiled here); `classify` and `sentiment`
fetch from the network (never called). Nothing is imported before the first use.
"""

from __future__ import annotations

import logging
import re
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import add
from pathlib import Path
from typing import Any

from vanthu_classifier.kept import Kept

__all__ = ["Token", "continues", "reference_continues", "tokens", "words"]

Token = tuple[str, int, int]
"""What the tagger sees of a token (underthesea mends some misspelt syllables), and its start and end in the text."""


def tokens(text: str) -> list[Token]:
    """The tokens of lower-cased `text`, in order; blanks belong to none.

    >>> tokens("kế hoạch năm 2024")
    [('kế', 0, 2), ('hoạch', 3, 8), ('năm', 9, 12), ('2024', 13, 17)]
    """
    return _loaded().tokens(text)


def continues(forms: Sequence[str]) -> list[bool]:
    """For each token, whether it continues the word of the token before it; never for the first.

    >>> continues(["phê", "duyệt", "kế", "hoạch"])
    [False, True, False, True]
    """
    return _loaded().continues(forms)


def words(text: str) -> list[str]:
    """The words of lower-cased `text`, their letters as they stand there, one blank between stretches.

    >>> words("phê duyệt  kế hoạch")
    ['phê duyệt', 'kế hoạch']
    """
    return _loaded().words(text)


def reference_continues(forms: Sequence[str]) -> list[bool]:
    """What `continues` gives, from underthesea's own featurizer and tagger alone."""
    return _loaded().tagger.continues(forms) if forms else []


# ------------------------------------------------------------------ loading

_lock = threading.Lock()
_segmenter: _Segmenter | None = None


def _loaded() -> _Segmenter:
    global _segmenter
    if _segmenter is None:
        with _lock:
            if _segmenter is None:
                _segmenter = _load()
    return _segmenter


def _load() -> _Segmenter:
    root = logging.getLogger()
    before = list(root.handlers)
    import underthesea
    from underthesea.pipeline.text_normalize import token_normalize
    from underthesea.pipeline.word_tokenize import regex_tokenize

    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)

    import joblib

    folder = Path(underthesea.__file__).parent.joinpath(
        "pipeline", "word_tokenize", "models", "ws_crf_vlsp2013_20230727"
    )
    templates, dictionary = joblib.load(folder / "features.bin"), joblib.load(folder / "dictionary.bin")
    try:
        weights: _Weights | None = _Weights.read(folder / "models.bin", templates, dictionary)
    except _UnknownFormatError:
        weights = None
    expression = re.compile(regex_tokenize.regex_patterns_combine, re.VERBOSE)
    return _Segmenter(expression, token_normalize, weights, _Tagger(folder / "models.bin", templates, dictionary))


class _UnknownFormatError(ValueError):
    """The model file or its templates are not of the kind read here."""


@dataclass(slots=True)
class _Tagger:
    """underthesea's featurizer and tagger, loaded when first asked."""

    path: Path
    templates: list[str]
    dictionary: set[str]
    _parts: tuple[Any, Any] | None = None

    def continues(self, forms: Sequence[str]) -> list[bool]:
        if self._parts is None:
            from underthesea_core import CRFFeaturizer, CRFTagger

            tagger = CRFTagger()
            tagger.load(str(self.path))
            self._parts = CRFFeaturizer(self.templates, self.dictionary), tagger
        featurizer, tagger = self._parts
        labels = tagger.tag(featurizer.process([[[form] for form in forms]])[0])
        return [False, *(label == "I-W" for label in labels[1:])]


# ------------------------------------------------------------------ the weights

_TEMPLATE = re.compile(r"T\[(-?\d+)(?:,(-?\d+))?\](|\.lower|\.isdigit|\.istitle|\.is_in_dict)")
_BEFORE, _BEHIND = "\0BOS", "\0EOS"  # stand-ins for tokens before the first and behind the last
_ByPlace = tuple[float, ...]  # what some tokens in a row give to the token 2, 1, 0, -1, -2 places behind their first
_NOTHING: _ByPlace = (0.0,) * 5
_Shares = tuple[float, float, float]  # what three tokens in a row give to the last, the middle and the first of them


class _Weights:
    """What one, two or three tokens in a row give to the tokens near them: weight for "continues" less that for "begins".

    `by_value` has it by how many tokens are in the row, by feature function and by value. `moves` are the weights from label
    to label, in the order begins, continues. `shares` is what the rest is for.
    """

    def __init__(
        self,
        by_value: dict[tuple[int, str], dict[str, _ByPlace]],
        moves: tuple[tuple[float, float], tuple[float, float]],
        dictionary: set[str],
        traits: Callable[[str], tuple[str, str]],
    ) -> None:
        self.by_value = by_value
        self.moves = moves
        self.dictionary = dictionary
        self.traits = Kept(traits)
        self.by_traits = Kept(self._of_traits)
        self.of_one: Kept[str, _ByPlace] = Kept(lambda form: self._of((form,)))
        self.of_two: Kept[tuple[str, str], _ByPlace] = Kept(self._of)
        self.shares: Kept[tuple[str, str, str], _Shares] = Kept(self._shares)

    @classmethod
    def read(cls, path: Path, templates: Sequence[str], dictionary: set[str]) -> _Weights:
        from underthesea_core import CRFFeaturizer

        places: dict[str, tuple[dict[str, _ByPlace], int]] = {}
        by_value: dict[tuple[int, str], dict[str, _ByPlace]] = {(length, ""): {} for length in (1, 2, 3)}
        for template in templates:
            match = _TEMPLATE.fullmatch(template)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (9, 9)
            if match is None or not -2 <= first <= last <= min(first + 2, 2):
                raise _UnknownFormatError(f"template {template}")
            function = match[3].replace(".lower", "")  # only lower-case tokens come here
            places[template] = by_value.setdefault((last - first + 1, function), {}), first + 2
        by_feature, moves = _read_crfsuite(path)
        for feature, weight in by_feature:
            template, _, value = feature.partition("=")
            table, place = places[template]
            sums = table.get(value, _NOTHING)
            table[value] = (*sums[:place], sums[place] + weight, *sums[place + 1 :])
        featurizer = CRFFeaturizer(["T[0].istitle", "T[0].isdigit"], dictionary)

        def traits(form: str) -> tuple[str, str]:
            title, digit = featurizer.process([[[form]]])[0][0]
            return title.partition("=")[2], digit.partition("=")[2]

        return cls(by_value, moves, dictionary, traits)

    def _shares(self, three: tuple[str, str, str]) -> _Shares:
        x, y, z = three
        last, front, back, whole = self.of_one[z], self.of_two[x, y], self.of_two[y, z], self._of(three)
        to_last = self.of_one[x][0] + self.of_one[y][1] + last[2] + front[0] + back[1] + whole[0]
        return to_last, last[3] + back[2] + whole[1], last[4] + back[3] + whole[2]

    def _of(self, row: tuple[str, ...]) -> _ByPlace:
        if row[0] == _BEFORE or row[-1] == _BEHIND:
            edge = "BOS" if row[0] == _BEFORE else "EOS"
            text = title = digit = known = edge
        else:
            text, title, digit = " ".join(row), "True", "True"
            for form in row:  # a row has a trait where all its tokens have it
                its_title, its_digit = self.traits[form]
                title, digit = min(title, its_title), min(digit, its_digit)
            known = "True" if text in self.dictionary else "False"
        of_text, of_traits = self.by_value[len(row), ""].get(text), self.by_traits[len(row), title, digit, known]
        return of_traits if of_text is None else tuple(map(add, of_text, of_traits))

    def _of_traits(self, traits: tuple[int, str, str, str]) -> _ByPlace:
        length, title, digit, known = traits
        values = {".istitle": title, ".isdigit": digit, ".is_in_dict": known}
        parts = [self.by_value.get((length, name), {}).get(value, _NOTHING) for name, value in values.items()]
        return tuple(map(sum, zip(*parts, strict=True)))


def _read_crfsuite(path: Path) -> tuple[list[tuple[str, float]], tuple[tuple[float, float], tuple[float, float]]]:
    """The weights in a CRFsuite model of the labels B-W and I-W: of I-W less that of B-W for each feature, and from label to label.

    The format (CRFsuite 0.12, `crf1d_model.c` and `cqdb.c`; little endian): a header with the offsets of its parts; features of 20 bytes,
    (kind, source, label, weight), where kind 0 leads from an attribute to a label and 1 from label to label; label and attribute
    names as constant databases.
    """
    import numpy as np

    data = path.read_bytes()
    head = struct.unpack_from("<4sI4sIIIIIIII", data) if len(data) >= 44 else (b"",) * 11
    if (head[0], head[2], head[3]) != (b"lCRF", b"FOMC", 100):
        raise _UnknownFormatError(f"{path}: no CRFsuite model")
    at_features, at_labels, at_names = head[7:10]
    labels, names = _read_names(data, at_labels), _read_names(data, at_names)
    if sorted(labels) != ["B-W", "I-W"]:
        raise _UnknownFormatError(f"{path}: labels {labels}")
    inside = labels.index("I-W")
    (count,) = struct.unpack_from("<I", data, at_features + 8)
    record = np.dtype([("kind", "<u4"), ("source", "<u4"), ("label", "<u4"), ("weight", "<f8")])
    features = np.frombuffer(data, record, count, at_features + 12)
    state = features["kind"] == 0
    signed = np.where(features["label"] == inside, features["weight"], -features["weight"])
    totals = np.bincount(features["source"][state], signed[state], minlength=len(names)).tolist()
    moves = [[0.0, 0.0], [0.0, 0.0]]
    for _, source, label, weight in features[~state].tolist():
        moves[int(source == inside)][int(label == inside)] = weight
    return list(zip(names, totals, strict=True)), ((moves[0][0], moves[0][1]), (moves[1][0], moves[1][1]))


def _read_names(data: bytes, start: int) -> list[str]:
    magic, _, _, _, count, at = struct.unpack_from("<4sIIIII", data, start)
    if magic != b"CQDB":
        raise _UnknownFormatError("no table of names where one should be")
    names = []
    for offset in struct.unpack_from(f"<{count}I", data, start + at):
        (size,) = struct.unpack_from("<I", data, start + offset + 4)
        names.append(data[start + offset + 8 : start + offset + 7 + size].decode("utf-8"))
    return names


# ------------------------------------------------------------------ segmenting

_STRETCH = re.compile(r"\S+")
_TOO_CLOSE = 1e-9


class _Segmenter:
    def __init__(
        self, expression: re.Pattern[str], mended: Callable[[str], str], weights: _Weights | None, tagger: _Tagger
    ) -> None:
        self.weights = weights
        self.tagger = tagger
        self.stretches: Kept[str, tuple[Token, ...]] = Kept(
            lambda stretch: tuple((mended(m.group()), *m.span()) for m in expression.finditer(stretch))
        )
        self.pieces: Kept[str, list[tuple[str, str]]] = Kept(
            lambda stretch: [(form, " "[start:] + stretch[start:end]) for form, start, end in self.stretches[stretch]]
        )

    def tokens(self, text: str) -> list[Token]:
        return [
            (form, match.start() + start, match.start() + end)
            for match in _STRETCH.finditer(text)
            for form, start, end in self.stretches[match.group()]
        ]

    def words(self, text: str) -> list[str]:
        pieces = list(chain.from_iterable(map(self.pieces.__getitem__, text.split())))
        out: list[str] = []
        for (_, letters), follows in zip(pieces, self.continues([form for form, _ in pieces]), strict=True):
            if follows:
                out[-1] += letters
            else:
                out.append(letters.lstrip())
        return out

    def continues(self, forms: Sequence[str]) -> list[bool]:
        if not forms:
            return []
        if self.weights is None:
            return self.tagger.continues(forms)
        row = [_BEFORE, _BEFORE, *forms, _BEHIND, _BEHIND]
        found = list(map(self.weights.shares.__getitem__, zip(row, row[1:], row[2:], strict=False)))
        leanings = [a[0] + b[1] + c[2] for a, b, c in zip(found, found[1:], found[2:], strict=False)]
        return _best(leanings, self.weights.moves) or self.tagger.continues(forms)


def _best(leanings: Sequence[float], moves: tuple[tuple[float, float], tuple[float, float]]) -> list[bool]:
    """The best labels, or an empty list where a choice is too close to make here.

    `leanings` has for each token the weight for "continues" less that for "begins". It is enough to carry on by how much
    the best way that ends in "continues" is ahead of the best that ends in "begins".
    """
    (stay_out, enter), (leave, stay_in) = moves
    ahead = leanings[0]
    came_from: list[tuple[bool, bool]] = []  # for "begins", for "continues": whether the token before continues
    for leaning in leanings[1:]:
        to_out, to_in = ahead + leave - stay_out, ahead + stay_in - enter
        if -_TOO_CLOSE < to_out < _TOO_CLOSE or -_TOO_CLOSE < to_in < _TOO_CLOSE:
            return []
        came_from.append((to_out > 0, to_in > 0))
        ahead = leaning + (ahead + stay_in if to_in > 0 else enter) - (ahead + leave if to_out > 0 else stay_out)
    if -_TOO_CLOSE < ahead < _TOO_CLOSE:
        return []
    label = ahead > 0
    labels = [label]
    for out, inside in reversed(came_from):
        label = inside if label else out
        labels.append(label)
    labels.reverse()
    labels[0] = False
    return labels
