"""A table from whole numbers to whole numbers that is read for a whole array at once.

Python's dictionary is asked number by number; a binary search in a sorted array takes some sixteen steps a number. This is open addressing in numpy
arrays: a number's first place is made of its bits, and where another one stands there already, the next place is looked at.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Lookup"]

Whole = npt.NDArray[np.int64]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio
_EMPTY = -1


class Lookup:
    """The places of distinct `keys`, whole numbers from 0 on: 0 for the first of them, 1 for the second …

    >>> Lookup(np.array([7, 300, 5]))[np.array([5, 6, 7])].tolist()
    [2, -1, 0]
    """

    def __init__(self, keys: Whole) -> None:
        bits = max(4, int(4 * len(keys)).bit_length())
        self._mask = (1 << bits) - 1
        self._shift = np.uint64(64 - bits)
        self._keys = np.full(1 << bits, _EMPTY, dtype=np.int64)
        self._places = np.full(1 << bits, _EMPTY, dtype=np.int64)
        left = np.arange(len(keys))
        at = self._first(keys)
        while len(left):
            free = self._keys[at] == _EMPTY
            self._keys[at[free]] = keys[left[free]]  # of several that want one place the last gets it
            settled = self._keys[at] == keys[left]
            self._places[at[settled]] = left[settled]
            left, at = left[~settled], (at[~settled] + 1) & self._mask

    def _first(self, keys: Whole) -> npt.NDArray[np.intp]:
        spread: npt.NDArray[np.intp] = ((keys.view(np.uint64) * _SPREAD) >> self._shift).view(np.int64)
        return spread

    def __getitem__(self, keys: Whole) -> Whole:
        """The place of each of `keys`, -1 for one that is not in the table."""
        at = self._first(keys)
        there = self._keys[at]
        places: Whole = np.where(there == keys, self._places[at], _EMPTY)
        left = np.flatnonzero((there != keys) & (there != _EMPTY))
        at = at[left]
        while len(left):
            at = (at + 1) & self._mask
            there = self._keys[at]
            hit = there == keys[left]
            places[left[hit]] = self._places[at[hit]]
            going_on = ~hit & (there != _EMPTY)
            left, at = left[going_on], at[going_on]
        return places
