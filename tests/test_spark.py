"""Spark in local mode, on Parquet: the same answers as pandas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pytest

from needs import needs
from titles import register
from vanthu_classifier import DispatchClassifier
from vanthu_classifier.classifier import COLUMNS
from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.spark import classify_spark

pytest.importorskip("pyspark")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default"), needs("java")]
ROWS = pandas.DataFrame(list(register(3_000, seed=6)), columns=["trich_yeu", "so_ky_hieu"])
ROWS["id"] = range(len(ROWS))
ROWS.loc[7, "so_ky_hieu"] = None
ROWS.loc[8, "trich_yeu"] = None


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "500")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def titles(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("register")
    for part in range(3):
        ROWS.iloc[part::3].to_parquet(folder / f"{part}.parquet", index=False)
    return spark.read.parquet(str(folder))


def test_same_answers_as_pandas(titles: Any) -> None:
    found = classify_spark(titles, so_ky_hieu="so_ky_hieu", keep=["id"]).toPandas().set_index("id").sort_index()
    wanted = DispatchClassifier().classify_many(ROWS["trich_yeu"], so_ky_hieu=ROWS["so_ky_hieu"])
    assert len(found) == len(ROWS)
    pandas.testing.assert_frame_equal(
        found.astype(wanted.dtypes), wanted, check_index_type=False, check_names=False, check_exact=True
    )


def test_same_columns_as_pandas(titles: Any) -> None:
    answers = classify_spark(titles)
    assert tuple(answers.columns) == COLUMNS
    assert dict(answers.dtypes)["confidence"] == "double"
    assert answers.where("lean is null").count() > 0


@pytest.mark.parametrize(
    ("arguments", "column"),
    [({"trich_yeu": "tieu_de"}, "tieu_de"), ({"so_ky_hieu": "so"}, "so"), ({"keep": ["ma"]}, "ma")],
)
def test_a_column_that_is_not_there_is_named(titles: Any, arguments: dict[str, Any], column: str) -> None:
    with pytest.raises(ArgumentValueError) as caught:
        classify_spark(titles, **arguments)
    assert caught.value.column == column


def test_a_kept_column_must_not_be_one_of_the_answers(titles: Any) -> None:
    with pytest.raises(ArgumentValueError) as caught:
        classify_spark(titles.withColumnRenamed("id", "dispatch"), keep=["dispatch"])
    assert caught.value.column == "dispatch"
