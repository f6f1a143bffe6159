"""Answers of a function, kept: a dictionary that works out what it has not been asked yet.

Reading a kept answer is half as dear as calling a function under `functools.lru_cache`, and can be handed to `map` as it is. Several threads may read
at once: they may work out the same answer twice, and get equal ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["Kept"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """The answers of `answer`, a function of one argument; forgotten all at once where they become more than `most`.

    >>> squares = Kept(lambda n: n * n)
    >>> squares[12], len(squares)
    (144, 1)
    """

    def __init__(self, answer: Callable[[Key], Value], most: int = 20_000) -> None:
        super().__init__()
        self.answer = answer
        self.most = most

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self.most:
            self.clear()
        value = self[key] = self.answer(key)
        return value
