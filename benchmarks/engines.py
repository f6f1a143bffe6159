"""Past one machine, measured on this one: Dask with two worker processes and Spark on two cores, from Parquet to Parquet.

    python -m benchmarks.engines [--rows 400000] [--partition 1000 10000 50000]

Titles and symbols of the sample, over and over, each with an end of its own. Prints titles a second on the clock, warm, for each size of partition, and what a
worker holds; docs/scale.md plans with these figures.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas

from benchmarks.processes import family_memory
from benchmarks.sample import draw

_MEGABYTE = 1e6
Work = Callable[[Path, Path, str | None], None]
"""Classifies the table of a folder into another; the last argument names the column of symbols."""


def register(rows: int) -> pandas.DataFrame:
    """Titles and symbols."""
    sample = draw()
    count = len(sample.asked)
    return pandas.DataFrame(
        {
            "trich_yeu": [f"{sample.asked[i % count].text} (đợt {i // count + 1})" for i in range(rows)],
            "so_ky_hieu": [sample.symbols[i % count] for i in range(rows)],
        }
    )


@contextmanager
def dask() -> Iterator[Work]:
    """A cluster of two worker processes."""
    import dask.dataframe as dd
    import distributed

    from vanthu_classifier.dask import classify_dask

    def work(source: Path, target: Path, symbols: str | None) -> None:
        classify_dask(dd.read_parquet(source), so_ky_hieu=symbols).to_parquet(target)

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=None
        ) as cluster,
        distributed.Client(cluster),
    ):
        yield work


@contextmanager
def spark() -> Iterator[Work]:
    """Local mode, two cores."""
    from pyspark.sql import SparkSession

    from vanthu_classifier.spark import classify_spark

    builder = SparkSession.builder.master("local[2]")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(key, value)
    session: Any = builder.getOrCreate()

    def work(source: Path, target: Path, symbols: str | None) -> None:
        answers = classify_spark(session.read.parquet(str(source)), so_ky_hieu=symbols)
        answers.write.mode("overwrite").parquet(str(target))

    yield work
    session.stop()


def size(folder: Path) -> int:
    """Bytes of the Parquet files in a folder."""
    return sum(path.stat().st_size for path in folder.glob("*.parquet"))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.engines", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--partition", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    asked = parser.parse_args()
    table = register(asked.rows)
    print("| engine | rows a partition | title alone, titles/s | title and symbol, titles/s | MB, all processes |")
    print("|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place, str(rows)) for rows in asked.partition]
        for folder, rows in zip(folders, asked.partition, strict=True):
            folder.mkdir()
            for start in range(0, asked.rows, rows):
                table.iloc[start : start + rows].to_parquet(folder / f"{start:09}.parquet", index=False)
        out = Path(place, "out")
        for name, engine in (("Dask, two workers", dask), ("Spark, local[2]", spark)):
            with engine() as work:
                work(folders[-1], out, None)  # the workers load the model
                for folder, rows in zip(folders, asked.partition, strict=True):
                    rates = []
                    for symbols in (None, "so_ky_hieu"):
                        begun = time.perf_counter()
                        work(folder, out, symbols)
                        rates.append(asked.rows / (time.perf_counter() - begun))
                    held = family_memory() / _MEGABYTE
                    print(f"| {name} | {rows:,} | {rates[0]:,.0f} | {rates[1]:,.0f} | {held:,.0f} |", flush=True)
        print(f"\nParquet: {size(folders[-1]) / asked.rows:.0f} bytes a row in, {size(out) / asked.rows:.0f} out")


if __name__ == "__main__":
    main()
