"""The best labels of a linear-chain CRF with two labels, for many rows of tokens at once, in arrays.

A token begins a word or continues one. What speaks for "continues" rather than "begins" is a sum of weights of the token itself, of the two before
and the two behind it, and of the pairs and triples among those; such weights are looked up by the numbers of the tokens. The best labels of a row are
then found as for every linear-chain CRF (Viterbi): from left to right, all rows together.

Tokens are numbered from `FIRST` on. `BEFORE` and `BEHIND` stand twice before and twice behind each row:

    BEFORE BEFORE 17 4 9 BEHIND BEHIND BEFORE BEFORE 4 BEHIND BEHIND
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vanthu_classifier.lookup import Lookup

__all__ = ["BEFORE", "BEHIND", "BETWEEN", "FIRST", "Labeller", "Moves", "best", "pair", "triple"]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Moves = tuple[tuple[float, float], tuple[float, float]]
"""Weights from label to label: begins to begins, begins to continues; continues to begins, continues to continues."""

BEFORE, BEHIND, FIRST = 0, 1, 2
BETWEEN = (BEHIND, BEHIND, BEFORE, BEFORE)
_BITS = 20
_TOO_CLOSE = 1e-9


def pair(x: Numbers, y: Numbers) -> Numbers:
    """One number for two tokens in a row."""
    return x << _BITS | y


def triple(x: Numbers, y: Numbers, z: Numbers) -> Numbers:
    """One number for three tokens in a row."""
    return x << 2 * _BITS | y << _BITS | z


@dataclass(frozen=True, eq=False)
class Labeller:
    """The weights.

    `one` has for each token what it gives to the token 2, 1, 0, -1, -2 places behind it. `two` and `three` have the same for pairs and triples, counted
    from their first token: row 0 for those that begin with `BEFORE`, row 1 for those that end with `BEHIND`, rows 2 and 3 for those in no table, without and
    with the trait that `trait` tells of their tokens (a pair or triple has it where all its tokens do), and then those in the tables `pairs` and
    `triples`.
    """

    one: Floats
    trait: Flags
    pairs: Lookup
    two: Floats
    triples: Lookup
    three: Floats
    moves: Moves

    def continues(self, row: Numbers) -> tuple[Flags, Flags]:
        """For each number of `row` whether it continues the word before it, and whether that could not be told: the row's labels are too close."""
        token = row >= FIRST
        places = np.flatnonzero(token)
        labels, close = np.zeros(len(row), dtype=bool), np.zeros(len(row), dtype=bool)
        if len(places):
            of_row = np.cumsum(np.diff(token, prepend=False) & token)[places] - 1
            labels[places], close[places] = best(self._leanings(row)[places], of_row, self.moves)
        return labels, close

    def _leanings(self, row: Numbers) -> Floats:
        x, y, z = row[:-2], row[1:-1], row[2:]
        begins, ends = row == BEFORE, row == BEHIND
        trait = self.trait[row]
        two = self._rows(self.pairs[pair(row[:-1], row[1:])], begins[:-1], ends[1:], trait[:-1] & trait[1:])
        three = self._rows(self.triples[triple(x, y, z)], begins[:-2], ends[2:], trait[:-2] & trait[1:-1] & trait[2:])
        out = np.zeros(len(row))
        for place in range(5):
            _add(out, self.one[:, place][row], 2 - place)
        for place in range(4):
            _add(out, self.two[:, place][two], 2 - place)
        for place in range(3):
            _add(out, self.three[:, place][three], 2 - place)
        return out

    @staticmethod
    def _rows(found: Numbers, begins: Flags, ends: Flags, trait: Flags) -> Numbers:
        return np.where(begins, 0, np.where(ends, 1, np.where(found >= 0, found + 4, 2 + trait)))


def _add(out: Floats, share: Floats, behind: int) -> None:
    """Adds each share to what stands so many places behind it."""
    if behind >= 0:
        out[behind : behind + len(share)] += share[: len(out) - behind]
    else:
        out[: len(share) + behind] += share[-behind:]


def best(leanings: Floats, of_row: Numbers, moves: Moves) -> tuple[Flags, Flags]:
    """The best labels, True for "continues", and for each token whether its row has two ways too close to choose between here.

    `leanings` has for each token the weight for "continues" less that for "begins", `of_row` the number of its row, ascending from 0. It is enough to
    carry on by how much the best way that ends in "continues" is ahead of the best that ends in "begins".
    """
    (stay_out, enter), (leave, stay_in) = moves
    lengths = np.bincount(of_row)
    by_length = np.argsort(-lengths, kind="stable")
    column = np.empty_like(by_length)
    column[by_length] = np.arange(len(lengths))
    starts = np.cumsum(lengths) - lengths
    column, step = column[of_row], np.arange(len(leanings)) - starts[of_row]
    table = np.zeros((int(lengths[by_length[0]]), len(lengths)))
    table[step, column] = leanings
    going_on = np.searchsorted(
        -lengths[by_length], -np.arange(len(table)), side="left"
    )  # rows longer than that many steps

    # Whether the token before continues, where this one begins, and where it continues.
    from_in = np.zeros((2, *table.shape), dtype=bool)
    ahead = table[0].copy()
    close = np.zeros(len(lengths), dtype=bool)
    for at in range(1, len(table)):
        rows = slice(0, going_on[at])
        to_out, to_in = ahead[rows] + (leave - stay_out), ahead[rows] + (stay_in - enter)
        close[rows] |= (np.abs(to_out) < _TOO_CLOSE) | (np.abs(to_in) < _TOO_CLOSE)
        from_in[0, at, rows], from_in[1, at, rows] = to_out > 0, to_in > 0
        ahead[rows] = table[at, rows] + (enter + np.maximum(to_in, 0)) - (stay_out + np.maximum(to_out, 0))
    close |= np.abs(ahead) < _TOO_CLOSE

    labels = np.zeros(table.shape, dtype=bool)
    label = ahead > 0
    for at in range(len(table) - 1, 0, -1):
        rows = slice(0, going_on[at])
        labels[at, rows] = label[rows]
        label[rows] = np.where(label[rows], from_in[1, at, rows], from_in[0, at, rows])
    return labels[step, column], close[column]
