"""Pauses of the collector end, whatever happens in them."""

import gc
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest

from vanthu_classifier import DispatchClassifier, collector
from vanthu_classifier.errors import ArgumentTypeError


@pytest.fixture(autouse=True)
def on() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


def test_a_pause_in_a_pause_does_not_end_it() -> None:
    with collector.paused():
        with collector.paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    with collector.paused():
        pass
    assert not gc.isenabled()


def test_it_is_on_after_an_error() -> None:
    with pytest.raises(ArgumentTypeError):
        DispatchClassifier().classify_many(["Tờ trình", 5])  # type: ignore[list-item]
    assert gc.isenabled()


def test_it_is_on_after_many_threads() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:

        def work() -> None:
            for _ in range(2000):
                with collector.paused():
                    pass

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert gc.isenabled()


def test_titles_leave_no_cycles_behind() -> None:
    """What is said in the module: without collecting, memory does not grow with the rows."""
    classifier = DispatchClassifier()
    titles = [f"phê duyệt dự toán sửa chữa cầu số {n}" for n in range(3000)]
    classifier.classify_many(titles[:100])
    gc.collect()
    with collector.paused():
        table = classifier.classify_many(titles, so_ky_hieu=["15/QĐ-UBND", None, "chín"] * 1000)
        alive = weakref.ref(table)
        del table
        assert alive() is None
        assert gc.collect() < 100
