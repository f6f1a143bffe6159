"""Python's collector of cyclic garbage, held back while many objects are made that form no cycles.

Every few hundred new objects it looks through those that are there, for cycles that nothing refers to. Reading titles makes none, so a
fifth of the time of `classify_many` with symbols would go into looking. What is not part of a cycle is freed as ever.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused"]


@contextmanager
def paused() -> Iterator[None]:
    """While in here nothing is collected, unless another thread's pause ends meanwhile; a collector that is off already stays off.

    >>> with paused():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    # Only who turned it off turns it on: whatever threads do, it is on when all are done.
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
