"""The examples in the docstrings, run on the package as it is installed."""

import doctest
import importlib
import pkgutil

import pytest

import vanthu_classifier

MODULES = [
    "vanthu_classifier",
    *(m.name for m in pkgutil.walk_packages(vanthu_classifier.__path__, "vanthu_classifier.")),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(examples) > 50
