"""The model of document types: `LoaiVanBanClassifier` to fit, `Predictor` to predict with, `load` and `save` for the files.

Importing this package imports neither scikit-learn nor underthesea: only fitting needs the one, and the first title the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vanthu_classifier.model.bundle import fingerprint, load, save
from vanthu_classifier.model.predictor import Predictor

if TYPE_CHECKING:
    from vanthu_classifier.model.estimator import LoaiVanBanClassifier

__all__ = ["LoaiVanBanClassifier", "Predictor", "fingerprint", "load", "save"]


def __getattr__(name: str) -> Any:
    if name == "LoaiVanBanClassifier":
        from vanthu_classifier.model.estimator import LoaiVanBanClassifier

        return LoaiVanBanClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
