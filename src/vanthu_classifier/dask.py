"""Titles in a Dask data frame, past one machine.

Rows are independent, so a partition is a table for `DispatchClassifier.classify_many`; each worker process loads the model once. What dies is done
again by Dask. Needs the extra `dask`. Any other call of this library that takes `n_jobs` runs on a Dask cluster as it is, through joblib:

    with joblib.parallel_config("dask"):
        classifier.classify_many(titles, n_jobs=-1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import ArgumentValueError, MissingExtraError

if TYPE_CHECKING:
    import pandas

__all__ = ["classify_dask"]


def classify_dask(
    ddf: Any,
    trich_yeu: str = "trich_yeu",
    so_ky_hieu: str | None = None,
    *,
    classifier: DispatchClassifier | None = None,
) -> Any:
    """The answers for the titles in the column `trich_yeu` of a Dask data frame, lazily: a Dask data frame with the columns of `classify_many`.

    Partitions, divisions and index are kept, so it can be joined to `ddf` column by column. `so_ky_hieu` names the column of numbers and symbols,
    None where there is none. `classifier` is the default one where None. Answers are those of `classify_many` on the same rows.

    Raises `ArgumentValueError` where a column is missing, `MissingExtraError` where Dask is not installed.

    >>> import pandas, dask.dataframe as dd                                   # doctest: +SKIP
    >>> register = dd.read_parquet("register/*.parquet")                      # doctest: +SKIP
    >>> classify_dask(register, so_ky_hieu="so_ky_hieu").to_parquet("out/")   # doctest: +SKIP
    """
    try:
        import dask.dataframe  # noqa: F401
    except ImportError as e:
        raise MissingExtraError("dask", purpose="phân loại trên cụm máy Dask") from e
    for column in filter(None, (trich_yeu, so_ky_hieu)):
        if column not in ddf.columns:
            raise ArgumentValueError(f"Bảng không có cột «{column}».", column=column)
    clf = classifier or DispatchClassifier()
    meta = _partition(ddf._meta, trich_yeu, so_ky_hieu, clf)
    return ddf.map_partitions(_partition, trich_yeu, so_ky_hieu, clf, meta=meta)


def _partition(
    rows: pandas.DataFrame, trich_yeu: str, so_ky_hieu: str | None, classifier: DispatchClassifier
) -> pandas.DataFrame:
    return classifier.classify_many(rows[trich_yeu], so_ky_hieu=rows[so_ky_hieu] if so_ky_hieu else None)
