"""Titles in a Spark data frame.

`mapInPandas` hands each Python worker its rows in tables for `DispatchClassifier.classify_many`; a worker loads the model once. What dies is done again
by Spark. Needs the extra `spark`, and Java on the machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from vanthu_classifier.classifier import COLUMNS, NUMBERS, DispatchClassifier
from vanthu_classifier.errors import ArgumentValueError, MissingExtraError

if TYPE_CHECKING:
    import pandas

__all__ = ["classify_spark"]


def classify_spark(
    df: Any,
    trich_yeu: str = "trich_yeu",
    so_ky_hieu: str | None = None,
    *,
    keep: Sequence[str] = (),
    classifier: DispatchClassifier | None = None,
) -> Any:
    """The answers for the titles in the column `trich_yeu` of a Spark data frame, lazily: a Spark data frame with the columns of `classify_many`.

    `so_ky_hieu` names the column of numbers and symbols, None where there is none. A Spark data frame has no index: `keep` names columns of `df` that
    stand before the answers (a key, say), none by default. Where `classify_many` has NaN, there is null. `classifier` is the default
    one where None. Answers are those of `classify_many` on the same rows.

    Raises `ArgumentValueError` where a column is missing or would stand there twice, `MissingExtraError` where PySpark is not installed.

    >>> register = spark.read.parquet("register/")                                         # doctest: +SKIP
    >>> classify_spark(register, so_ky_hieu="so_ky_hieu", keep=["id"]).write.parquet("out/")   # doctest: +SKIP
    """
    try:
        from pyspark.sql.types import DoubleType, StringType, StructField, StructType
    except ImportError as e:
        raise MissingExtraError("spark", purpose="phân loại trên Spark") from e
    for column in (trich_yeu, *([so_ky_hieu] if so_ky_hieu else ()), *keep):
        if column not in df.columns:
            raise ArgumentValueError(f"Bảng không có cột «{column}».", column=column)
    twice = sorted(set(keep) & set(COLUMNS))
    if twice:
        raise ArgumentValueError(f"Cột «{twice[0]}» đã có trong kết quả.", remedy="Đổi tên cột ấy.", column=twice[0])
    clf = classifier or DispatchClassifier()
    answers = [StructField(name, DoubleType() if name in NUMBERS else StringType()) for name in COLUMNS]
    schema = StructType([*(df.schema[name] for name in keep), *answers])
    kept = list(keep)

    def classified(tables: Iterator[pandas.DataFrame]) -> Iterator[pandas.DataFrame]:
        for rows in tables:
            found = clf.classify_many(rows[trich_yeu], so_ky_hieu=rows[so_ky_hieu] if so_ky_hieu else None)
            found = found.astype(object).where(found.notna(), None)
            yield rows[kept].join(found)

    return df.mapInPandas(classified, schema)
