"""Titles in a pandas Series: `series.vanthu.classify()`.

Importing this module registers the accessor:

    import pandas as pd
    import vanthu_classifier.pandas

    register["trich_yeu"].vanthu.classify(so_ky_hieu=register["so_ky_hieu"])

The result has the columns of `classify_many`, with the index of the Series. What takes one of a few values is categorical, so that a register of a million
rows stays small, counts and groups keep every answer (those that nobody got as well), and the answers have an order:
electronic only < with paper < needs review < not by network.

An editor that does not know what an import registers shows the hints for `VanThuAccessor(register["trich_yeu"]).classify(…)`, which is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import ArgumentTypeError
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.outcomes import Basis, Dispatch

__all__ = ["BASIS", "DISPATCH", "LOAI_VAN_BAN", "VanThuAccessor"]

DISPATCH = pd.CategoricalDtype([str(d) for d in Dispatch], ordered=True)
"""Answers and leans, in the order of `Dispatch`."""
BASIS = pd.CategoricalDtype([str(b) for b in Basis])
"""What an answer rests on."""
LOAI_VAN_BAN = pd.CategoricalDtype(list(types()))
"""Types of document by code, in the order of the decree."""

_KINDS = {"dispatch": DISPATCH, "lean": DISPATCH, "basis": BASIS, "loai_van_ban": LOAI_VAN_BAN}


@pd.api.extensions.register_series_accessor("vanthu")
class VanThuAccessor:
    """What a Series of titles (trích yếu) can be asked; a missing title is a blank one.

    `AttributeError` (as pandas wants it) where the Series does not hold text.
    """

    def __init__(self, titles: pd.Series[Any]) -> None:
        kind = titles.dtype
        if isinstance(kind, pd.CategoricalDtype):
            kind = kind.categories.dtype
        if not (pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind) or titles.isna().all()):
            raise AttributeError("Series.vanthu: chỉ dùng cho cột trích yếu dạng chữ (Series of strings).")
        self._titles = titles.astype(object).where(titles.notna(), None)

    def classify(
        self,
        *,
        so_ky_hieu: Iterable[str | None] | None = None,
        loai_van_ban: Iterable[str | None] | None = None,
        co_quan_ban_hanh: Iterable[str | None] | None = None,
        ngay_ban_hanh: Iterable[date | str | None] | None = None,
        noi_nhan: Iterable[str | Sequence[str] | None] | None = None,
        classifier: DispatchClassifier | None = None,
        n_jobs: int = 1,
    ) -> pd.DataFrame:
        """A data frame with a row a title and the columns of `classify_many`, with the index of the Series.

        The other arguments are Series or sequences of the same length, taken row by row in order (a Series is brought to this index first, where it has the
        same labels in another order). `classifier` is the default one where None. `dispatch` and `lean` are ordered categoricals (`DISPATCH`), `basis` and
        `loai_van_ban` categoricals, `category` a categorical of the items that the pack has.

        >>> import pandas as pd
        >>> import vanthu_classifier.pandas
        >>> table = pd.Series(["Tờ trình xin kinh phí", "Công điện ứng phó bão"]).vanthu.classify()
        >>> table["dispatch"].tolist(), table["dispatch"].max()
        (['electronic_and_paper', 'electronic_only'], 'electronic_and_paper')
        """
        clf = classifier or _default()
        known = {
            "so_ky_hieu": so_ky_hieu, "loai_van_ban": loai_van_ban, "co_quan_ban_hanh": co_quan_ban_hanh, "ngay_ban_hanh": ngay_ban_hanh,
            "noi_nhan": noi_nhan,
        }  # fmt: skip
        columns: dict[str, Any] = {name: self._aligned(name, values) for name, values in known.items()}
        table = clf.classify_many(self._titles, **columns, n_jobs=n_jobs)
        items = sorted(
            {rule.category for rule in clf.pack.rules.values() if rule.category} | {*table["category"].dropna()}
        )
        return table.astype(_KINDS | {"category": pd.CategoricalDtype(items)})

    def dispatch(
        self, *, so_ky_hieu: Iterable[str | None] | None = None, classifier: DispatchClassifier | None = None
    ) -> pd.Series[Any]:
        """The answers alone, as an ordered categorical with the index of the Series.

        >>> import pandas as pd
        >>> import vanthu_classifier.pandas
        >>> pd.Series(["Tờ trình xin kinh phí"], index=["a"]).vanthu.dispatch().to_dict()
        {'a': 'electronic_and_paper'}
        """
        return self.classify(so_ky_hieu=so_ky_hieu, classifier=classifier)["dispatch"]

    def _aligned(self, name: str, values: Iterable[Any] | None) -> Iterable[Any] | None:
        if values is None or not isinstance(values, pd.Series):
            return values
        index = self._titles.index
        if not values.index.equals(index):
            if not (values.index.is_unique and index.is_unique and set(values.index) == set(index)):
                raise ArgumentTypeError("Chỉ mục (index) của cột này khác với cột trích yếu.", column=name)
            values = values.reindex(index)
        return values.astype(object).where(values.notna(), None)


@lru_cache(maxsize=1)
def _default() -> DispatchClassifier:
    return DispatchClassifier()
