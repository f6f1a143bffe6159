"""The table of whole numbers: what a dictionary would say."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier.lookup import Lookup

_numbers = st.one_of(st.integers(0, 40), st.integers(0, 2**62))


@settings(deadline=None, max_examples=300)
@given(st.lists(_numbers, unique=True, max_size=60), st.lists(_numbers, max_size=60))
def test_places_are_those_of_a_dictionary(keys: list[int], asked: list[int]) -> None:
    places = {key: i for i, key in enumerate(keys)}
    found = Lookup(np.array(keys, dtype=np.int64))[np.array([*keys, *asked], dtype=np.int64)]
    assert found.tolist() == [places.get(key, -1) for key in [*keys, *asked]]


def test_a_large_table() -> None:
    keys = np.random.default_rng(3).choice(1 << 40, 50_000, replace=False)
    table = Lookup(keys)
    assert np.array_equal(table[keys], np.arange(len(keys)))
    assert np.all(table[keys + (1 << 41)] == -1)
