"""Dask: the same table by partitions, whatever dies meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import joblib
import pandas
import pytest

from titles import register
from vanthu_classifier import DispatchClassifier
from vanthu_classifier.dask import classify_dask
from vanthu_classifier.errors import ArgumentValueError

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
ROWS = pandas.DataFrame(list(register(12_000, seed=5)), columns=["trich_yeu", "so_ky_hieu"]).rename_axis("stt")
ROWS.index = ROWS.index * 3


@pytest.fixture(scope="module")
def wanted() -> pandas.DataFrame:
    return DispatchClassifier().classify_many(ROWS["trich_yeu"], so_ky_hieu=ROWS["so_ky_hieu"])


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_partitions_have_the_columns_the_index_and_the_types_of_the_whole(wanted: pandas.DataFrame) -> None:
    ddf = dd.from_pandas(ROWS, npartitions=3)
    lazily = classify_dask(ddf, so_ky_hieu="so_ky_hieu")
    assert list(lazily.columns) == list(wanted.columns)
    assert lazily.dtypes.equals(wanted.dtypes)
    assert lazily._meta.index.name == "stt"
    assert lazily.divisions == ddf.divisions
    pandas.testing.assert_frame_equal(lazily.compute(scheduler="synchronous"), wanted)


def test_a_column_that_is_not_there_is_named() -> None:
    ddf = dd.from_pandas(ROWS[["so_ky_hieu"]].head(), npartitions=1)
    with pytest.raises(ArgumentValueError, match="trich_yeu") as caught:
        classify_dask(ddf)
    assert caught.value.column == "trich_yeu"


def test_a_worker_that_is_killed_costs_no_row(client: distributed.Client, wanted: pandas.DataFrame) -> None:
    pids = client.run(os.getpid)
    assert len(set(pids.values())) == 2
    ddf = dd.from_pandas(ROWS, npartitions=24)
    running = client.compute(classify_dask(ddf, so_ky_hieu="so_ky_hieu"))
    done: list[bool] = []

    def kill_one_when_it_works() -> None:
        victim, pid = next(iter(pids.items()))
        for _ in range(600):
            if client.processing().get(victim):
                time.sleep(0.3)  # in the middle of its partitions
                os.kill(pid, signal.SIGKILL)
                done.append(True)
                return
            time.sleep(0.05)

    killer = threading.Thread(target=kill_one_when_it_works)
    killer.start()
    result = running.result(timeout=120)
    killer.join()
    assert done == [True]
    pandas.testing.assert_frame_equal(result, wanted)


def test_joblib_on_the_cluster(client: distributed.Client, wanted: pandas.DataFrame) -> None:
    with joblib.parallel_config("dask"):
        found = DispatchClassifier().classify_many(ROWS["trich_yeu"], so_ky_hieu=ROWS["so_ky_hieu"], n_jobs=2)
    pandas.testing.assert_frame_equal(found, wanted)
