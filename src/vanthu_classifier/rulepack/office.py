"""An office's own pack."""

from __future__ import annotations

from pathlib import Path

from vanthu_classifier.rulepack.load import Gathered


def gather_office(path: Path) -> Gathered:
    raise NotImplementedError
