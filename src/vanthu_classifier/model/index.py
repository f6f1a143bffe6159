"""Where the features of titles stand in a vocabulary, for many titles at once, in arrays.

`features` says what features a title has, by name. To write some fifty names for a title and look each up would take longer than all that the model then does
with them. So the names of the vocabulary are taken apart once: their words are numbered, and single words, pairs and so on are found by these
numbers. A word that is in no name has number 0, and no feature with it is in the vocabulary. A test holds this against the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from vanthu_classifier.kept import Kept
from vanthu_classifier.labels import pair, triple
from vanthu_classifier.lookup import Lookup
from vanthu_classifier.model.features import LEADS, form, read
from vanthu_classifier.segment import END
from vanthu_classifier.text import CleanText

__all__ = ["Index"]

Numbers = npt.NDArray[np.int64]
_LEAD_OF = {name: place for place, name in enumerate(LEADS)}
_UNKNOWN, _DROPPED, _END = 0, -1, -2


class Index:
    """The columns of a vocabulary, which maps names of features to columns."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._number: dict[str, int] = {}
        single: dict[str, dict[int, int]] = {"": {}, "^": {}, "2^": {}}
        several: dict[str, dict[tuple[int, ...], int]] = {"|": {}, "^|": {}, "^||": {}}
        leads: dict[int, int] = {}
        lead_and_first: dict[tuple[int, ...], int] = {}
        for name, column in vocabulary.items():
            mark, body = ("~", name[1:]) if name[0] == "~" else ("", name)
            place = len(LEADS) if mark else 0
            lead, is_first, first = body.partition(">^")
            if body in _LEAD_OF:
                leads[place + _LEAD_OF[body]] = column
            elif is_first:
                lead_and_first[place + _LEAD_OF[lead + ">"], self._numbered(mark + first)] = column
            else:
                start = "^" if body[0] == "^" else "2^" if body.startswith("2^") else ""
                words = [self._numbered(mark + word) for word in body[len(start) :].split("|")]
                if len(words) == 1:
                    single[start][words[0]] = column
                else:
                    several[start + "|" * (len(words) - 1)][tuple(words)] = column
        size = len(self._number) + 1
        self._single, self._first, self._second = (_table(single[start], size) for start in ("", "^", "2^"))
        self._pairs, self._first_two = _Columns(several["|"]), _Columns(several["^|"])
        self._first_three = _Columns(several["^||"])
        self._leads = _table(leads, 2 * len(LEADS))
        self._lead_and_first = _Columns(lead_and_first)
        self._number_of: Kept[str, int] = Kept(lambda word: self._of_word(word, ""))
        self._number_of_plain: Kept[str, int] = Kept(lambda word: self._of_word(word, "~"))

    def _numbered(self, word: str) -> int:
        return self._number.setdefault(word, len(self._number) + 1)

    def _of_word(self, word: str, mark: str) -> int:
        if word == END:
            return _END
        its_form = form(word)
        return self._number.get(mark + its_form, _UNKNOWN) if its_form else _DROPPED

    def counted(self, titles: Iterable[str | CleanText]) -> tuple[Numbers, Numbers, Numbers, int]:
        """The features of titles that are in the vocabulary: the title's number, the column, and how often; ordered by title, then by column.

        The last part of the answer is the number of titles.
        """
        some = read(titles)
        leads = np.array(some.leads, dtype=np.int64)
        leads[some.plain_rows] += len(LEADS)
        numbers = np.fromiter(
            chain(
                map(self._number_of.__getitem__, some.words), map(self._number_of_plain.__getitem__, some.plain_words)
            ),
            dtype=np.int64,
        )
        rows = np.array([*some.rows, *some.plain_rows], dtype=np.int64)
        ends = np.cumsum(numbers == _END)
        kept = numbers >= 0
        rows, numbers = rows[ends[kept]], numbers[kept]
        width = np.int64(1 << 32)
        keys = np.sort(np.concatenate([r * width + c for r, c in self._found(leads, rows, numbers)]))
        new = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(new, append=len(keys))
        return keys[new] >> 32, keys[new] & (width - 1), counts, len(leads)

    def _found(self, leads: Numbers, rows: Numbers, words: Numbers) -> Iterable[tuple[Numbers, Numbers]]:
        """Titles and columns of all features, some of them several times."""
        yield _known(np.arange(len(leads)), self._leads[leads])
        yield _known(rows, self._single[words])
        begins = np.diff(rows, prepend=-1) != 0
        place = np.arange(len(rows)) - np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
        first = np.flatnonzero(begins)
        yield _known(rows[first], self._first[words[first]])
        yield _known(rows[first], self._lead_and_first[leads[rows[first]], words[first]])
        second = np.flatnonzero((place >= 1) & (place <= 3))
        yield _known(rows[second], self._second[words[second]])
        end_of_two = np.flatnonzero(place >= 1)
        yield _known(rows[end_of_two], self._pairs[words[end_of_two - 1], words[end_of_two]])
        two = np.flatnonzero(place == 1)
        yield _known(rows[two], self._first_two[words[two - 1], words[two]])
        three = np.flatnonzero(place == 2)
        yield _known(rows[three], self._first_three[words[three - 2], words[three - 1], words[three]])


class _Columns:
    """Columns by several numbers."""

    def __init__(self, columns: Mapping[tuple[int, ...], int]) -> None:
        self._columns = np.array([*columns.values(), -1], dtype=np.int64)
        keys = np.array(list(columns), dtype=np.int64).T if columns else np.empty((2, 0), dtype=np.int64)
        self._places = Lookup(_key(keys))

    def __getitem__(self, numbers: Sequence[Numbers]) -> Numbers:
        return self._columns[self._places[_key(numbers)]]


def _key(numbers: Sequence[Numbers] | Numbers) -> Numbers:
    return pair(numbers[0], numbers[1]) if len(numbers) == 2 else triple(numbers[0], numbers[1], numbers[2])


def _table(columns: Mapping[int, int], size: int) -> Numbers:
    out = np.full(size, -1, dtype=np.int64)
    out[list(columns.keys())] = list(columns.values())
    return out


def _known(rows: Numbers, columns: Numbers) -> tuple[Numbers, Numbers]:
    known = columns >= 0
    return rows[known], columns[known]
