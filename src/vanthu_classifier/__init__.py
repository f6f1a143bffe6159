"""vanthu_classifier: which official documents go out electronically only, and which with paper.

Reads the title (trích yếu) of a document, with whatever else is known, and says what Decision 40/2018/QĐ-UBND of Thừa Thiên Huế
requires, quoting the clause, with an honest confidence; it asks a person where the Decision or the title leaves the answer open.

>>> from vanthu_classifier import classify
>>> decision = classify("Quyết định về việc kiện toàn Ban Chỉ đạo cải cách hành chính")
>>> print(decision.dispatch, decision.category, decision.quote)
electronic_and_paper B02 quyết định (cá biệt)
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from vanthu_classifier.classifier import DispatchClassifier, classify
from vanthu_classifier.decide import Decision
from vanthu_classifier.errors import VanThuError
from vanthu_classifier.outcomes import Dispatch

if TYPE_CHECKING:
    from vanthu_classifier.model import LoaiVanBanClassifier

__all__ = [
    "Decision",
    "Dispatch",
    "DispatchClassifier",
    "LoaiVanBanClassifier",
    "VanThuError",
    "__version__",
    "classify",
]

try:
    __version__ = version("vanthu-classifier")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"


def __getattr__(name: str) -> Any:
    """`LoaiVanBanClassifier` on first use: it brings scikit-learn along, which a rule-decided answer does without."""
    if name == "LoaiVanBanClassifier":
        from vanthu_classifier.model import LoaiVanBanClassifier

        return LoaiVanBanClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
