"""Programs outside Python that a test needs: missing, the test is skipped; where all tests have to run (`.ci/run`), it fails."""

import os
import shutil

import pytest

__all__ = ["needs"]


def needs(*programs: str) -> pytest.MarkDecorator:
    """A mark that skips a test while one of `programs` is not installed, unless `VANTHU_ALL_TESTS=1` asks for every test."""
    missing = [program for program in programs if shutil.which(program) is None]
    wanted = os.environ.get("VANTHU_ALL_TESTS") == "1"
    return pytest.mark.skipif(bool(missing) and not wanted, reason=f"not installed: {', '.join(missing)}")
