"""The only module that knows underthesea: the words of its `word_tokenize`, many times faster.

underthesea 9.5 segments in two steps. A regular expression cuts the text into tokens; a linear-chain CRF with two labels then says of each
token whether it begins a word or continues one. Most of the time goes into the expression and into the 43 feature strings written
for every token, of which each depends on three tokens in a row at most. So this module

- keeps the tokens of every stretch between blanks (no part of the expression matches a blank);
- numbers the tokens that underthesea's model and dictionary know, and puts the weights of single tokens, pairs and triples into arrays, read
  from its own model file (the public CRFsuite format);
- leaves it to `labels` to add them up and to find the best labels, for many texts at once.

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vanthu_classifier.kept import Kept

if TYPE_CHECKING:
    from vanthu_classifier.labels import Labeller, Moves

__all__ = ["END", "STAND_IN", "WHOLE", "Token", "continues", "reference_continues", "tokens", "words"]

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


END = "\0"
"""Stands behind the words of each text in the answer of `words`."""
STAND_IN = "2020"
"""What the model sees in the place of a `WHOLE` stretch: a plain number, as it stands in the newspaper text that it learned from."""
WHOLE = "\2"
"""A stretch that begins so is one word, and never part of another."""


def words(texts: Iterable[str]) -> list[str]:
    r"""The words of cleaned, lower-cased texts, in one list, `END` behind the words of each text.

    A word's letters are as they stand there, one blank between stretches. What stands for the letters of a `WHOLE` stretch, this sign and whatever
    follows it, comes back as a word; around such a word there may be empty ones, or one with a blank before it.

    >>> words(["phê duyệt  kế hoạch", "", "theo \2x kế hoạch"])
    ['phê duyệt', 'kế hoạch', '\x00', '\x00', 'theo', '\x02x', '', 'kế hoạch', '\x00']
    """
    return _loaded().words(texts)


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
        weights: _Weights | None = _read_weights(folder / "models.bin", templates, dictionary)
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
_ByPlace = tuple[float, ...]  # what some tokens in a row give to the token 2, 1, 0, -1, -2 places behind their first
_NOTHING: _ByPlace = (0.0,) * 5
_ByValue = Mapping[tuple[int, str], Mapping[str, _ByPlace]]
"""By how many tokens are in a row, by feature function and by value: weight for "continues" less that for "begins"."""


@dataclass(frozen=True, slots=True)
class _Weights:
    """The numbers of tokens, and what does the labelling."""

    number: Kept[str, int]
    labeller: Labeller


def _read_weights(path: Path, templates: Sequence[str], dictionary: set[str]) -> _Weights:
    import numpy as np
    from underthesea_core import CRFFeaturizer

    from vanthu_classifier.labels import FIRST, Labeller, pair, triple
    from vanthu_classifier.lookup import Lookup

    by_value, moves = _read_by_value(path, templates)
    rows = {length: sorted(by_value[length, ""].keys() - {"BOS", "EOS"}) for length in (1, 2, 3)}
    known: dict[int, dict[tuple[str, ...], None]] = {1: {}, 2: {}, 3: {}}
    for text in chain(rows[1], rows[2], rows[3], sorted(dictionary)):
        row = tuple(text.split(" "))
        if len(row) <= 3 and all(row):
            known[len(row)][row] = None
    forms = list(dict.fromkeys(chain.from_iterable(chain(known[1], known[2], known[3]))))
    featurizer = CRFFeaturizer(["T[0].istitle", "T[0].isdigit"], set())

    def traits(some: Sequence[str]) -> list[tuple[bool, bool]]:
        found = featurizer.process([[[form] for form in some]])[0] if some else []
        return [(title.endswith("=True"), digit.endswith("=True")) for title, digit in found]

    # Tokens that no table knows count by their traits alone: there are four kinds of them.
    kinds = [(title, digit) for title in (False, True) for digit in (False, True)]
    numbers = {form: FIRST + len(kinds) + i for i, form in enumerate(forms)}
    its_traits = dict(zip(forms, traits(forms), strict=True))

    def of(row: tuple[str, ...], title: bool, digit: bool) -> _ByPlace:
        text = " ".join(row)
        values = {"": text, ".istitle": str(title), ".isdigit": str(digit), ".is_in_dict": str(text in dictionary)}
        return _sum(by_value, len(row), values)

    def of_row(row: tuple[str, ...]) -> _ByPlace:
        return of(row, all(its_traits[form][0] for form in row), all(its_traits[form][1] for form in row))

    def edge(length: int, name: str) -> _ByPlace:
        return _sum(by_value, length, dict.fromkeys(("", ".istitle", ".isdigit", ".is_in_dict"), name))

    def table(length: int) -> Any:
        # In no table: no text and no word of the dictionary.
        others = [of(("\0",) * length, title, False) for title in (False, True)]
        return np.array([edge(length, "BOS"), edge(length, "EOS"), *others, *map(of_row, known[length])])

    def numbered(length: int) -> Any:
        rows = np.array([[numbers[form] for form in row] for row in known[length]], dtype=np.int64)
        return rows.reshape(-1, length).T

    one = [
        edge(1, "BOS"),
        edge(1, "EOS"),
        *(of(("\0",), *kind) for kind in kinds),
        *(of_row((form,)) for form in forms),
    ]
    labeller = Labeller(
        one=np.array(one),
        trait=np.array([False, False, *(title for title, _ in kinds), *(its_traits[form][0] for form in forms)]),
        pairs=Lookup(pair(*numbered(2))),
        two=table(2),
        triples=Lookup(triple(*numbered(3))),
        three=table(3),
        moves=moves,
    )

    def number(form: str) -> int:
        return numbers.get(form) or FIRST + kinds.index(traits([form])[0])

    return _Weights(Kept(number), labeller)


def _sum(by_value: _ByValue, length: int, values: Mapping[str, str]) -> _ByPlace:
    parts = [by_value.get((length, function), {}).get(value, _NOTHING) for function, value in values.items()]
    return tuple(map(sum, zip(*parts, strict=True)))


def _read_by_value(path: Path, templates: Sequence[str]) -> tuple[_ByValue, Moves]:
    places: dict[str, tuple[dict[str, _ByPlace], int]] = {}
    by_value: dict[tuple[int, str], dict[str, _ByPlace]] = {(length, ""): {} for length in (1, 2, 3)}
    for template in templates:
        match = _TEMPLATE.fullmatch(template)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (9, 9)
        function = match[3].replace(".lower", "") if match else ""  # only lower-case tokens come here
        if match is None or not -2 <= first <= last <= min(first + 2, 2) or (function == ".isdigit" and first < last):
            raise _UnknownFormatError(f"template {template}")
        places[template] = by_value.setdefault((last - first + 1, function), {}), first + 2
    by_feature, moves = _read_crfsuite(path)
    for feature, weight in by_feature:
        template, _, value = feature.partition("=")
        table, place = places[template]
        sums = table.get(value, _NOTHING)
        table[value] = (*sums[:place], sums[place] + weight, *sums[place + 1 :])
    return by_value, moves


def _read_crfsuite(path: Path) -> tuple[list[tuple[str, float]], Moves]:
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
_BREAK = "\1"  # before each word, while all the words of many texts are one string


class _Segmenter:
    def __init__(
        self, expression: re.Pattern[str], mended: Callable[[str], str], weights: _Weights | None, tagger: _Tagger
    ) -> None:
        self.expression = expression
        self.mended = mended
        self.weights = weights
        self.tagger = tagger
        self.stretches: Kept[str, tuple[Token, ...]] = Kept(
            lambda stretch: tuple((mended(m.group()), *m.span()) for m in expression.finditer(stretch))
        )
        self.numbers: Kept[str, tuple[int, ...]] = Kept(self._numbers)
        self.letters: Kept[str, tuple[tuple[str, str], ...]] = Kept(self._letters)

    def tokens(self, text: str) -> list[Token]:
        return [
            (form, match.start() + start, match.start() + end)
            for match in _STRETCH.finditer(text)
            for form, start, end in self.stretches[match.group()]
        ]

    def continues(self, forms: Sequence[str]) -> list[bool]:
        numbers = map(self.weights.number.__getitem__, forms) if self.weights else ()
        return self._follows(numbers, lambda: list(forms))

    def words(self, texts: Iterable[str]) -> list[str]:
        stretches = f" {END} ".join([*texts, ""]).split()
        numbers = chain.from_iterable(map(self.numbers.__getitem__, stretches)) if self.weights else ()
        follows = self._follows(numbers, lambda: [form for stretch in stretches for form in self._forms(stretch)])
        letters = chain.from_iterable(map(self.letters.__getitem__, stretches))
        return "".join(map(getitem, letters, follows)).split(_BREAK)[1:]

    def _forms(self, stretch: str) -> Sequence[str | None]:
        if stretch == END:
            return (None,) * 4
        return (STAND_IN,) if stretch.startswith(WHOLE) else [form for form, _, _ in self.stretches[stretch]]

    def _numbers(self, stretch: str) -> tuple[int, ...]:
        from vanthu_classifier.labels import BETWEEN

        assert self.weights is not None
        return BETWEEN if stretch == END else tuple(self.weights.number[form or ""] for form in self._forms(stretch))

    def _letters(self, stretch: str) -> tuple[tuple[str, str], ...]:
        """For each token its letters where it begins a word, and where it continues one."""
        if stretch == END:
            return ((_BREAK + END,) * 2, *((("",) * 2,) * 3))
        if stretch.startswith(WHOLE):
            return ((_BREAK + stretch + _BREAK,) * 2,)
        return tuple(
            (_BREAK + stretch[start:end], " "[start:] + stretch[start:end]) for _, start, end in self.stretches[stretch]
        )

    def _follows(self, numbers: Iterable[int], forms: Callable[[], Sequence[str | None]]) -> list[bool]:
        """For each token whether it continues a word; `forms` are asked for where the tagger has to be, with None between texts."""
        if self.weights is None:
            return self._tagged(forms(), lambda _: True, [])
        import numpy as np

        from vanthu_classifier.labels import BETWEEN

        row = np.fromiter(chain(BETWEEN[2:], numbers, BETWEEN[:2]), dtype=np.int64)
        labels, close = self.weights.labeller.continues(row)
        follows: list[bool] = labels[2:-2].tolist()
        return self._tagged(forms(), lambda run: bool(close[2:-2][run].any()), follows) if close.any() else follows

    def _tagged(
        self, forms: Sequence[str | None], to_ask: Callable[[slice], bool], follows: Sequence[bool]
    ) -> list[bool]:
        """The labels `follows`, with the tagger's own for every text that is `to_ask`."""
        out = list(follows) or [False] * len(forms)
        at = 0
        for _, run in groupby(forms, lambda form: form is None):
            some = list(run)
            text = [form for form in some if form is not None]
            span = slice(at, at + len(some))
            at = span.stop
            if text and to_ask(span):
                out[span] = self.tagger.continues(text)
        return out
