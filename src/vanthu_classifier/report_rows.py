"""What a report has rows of: the columns of the contract, and their values as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from vanthu_classifier.outcomes import Dispatch

__all__ = ["COLUMNS", "Row", "Write", "printable", "short"]

COLUMNS = (
    "path",
    "row",
    "so_ky_hieu",
    "ngay_ban_hanh",
    "loai_van_ban",
    "trich_yeu",
    "co_quan_ban_hanh",
    "noi_nhan",
    "dispatch",
    "lean",
    "confidence",
    "basis",
    "category",
    "quote",
    "reason",
    "recipients",
    "warnings",
    "error",
)
"""The columns of every report, in order."""

Row = Mapping[str, Any]
"""A value for each name in `COLUMNS`; `noi_nhan` and `warnings` are lists of text, `recipients` a list of objects.

What else a row has is for people alone: `remedy`, the part of `error` that says what to do; `unfit`, for what was not even
opened (a link, a pipe).
"""

Write = Callable[[Row], None]


def short(row: Row, joint: str) -> dict[str, Any]:
    """The row with lists and objects as short text; None stays None.

    >>> short({"noi_nhan": ["Như trên", "Lưu: VT"], "row": 7}, "; ")["noi_nhan"]
    'Như trên; Lưu: VT'
    """
    out = {name: row.get(name) for name in COLUMNS}
    lists = {
        "noi_nhan": out["noi_nhan"],
        "warnings": out["warnings"],
        "recipients": map(_recipient, out["recipients"] or ()),
    }
    return out | {name: joint.join(values or ()) or None for name, values in lists.items()}


def _recipient(recipient: Mapping[str, Any]) -> str:
    dispatch = recipient.get("dispatch")
    label = Dispatch(dispatch).label_vi if dispatch else "không gửi"
    return f"{recipient.get('name', '')}: {label[:1].lower()}{label[1:]}"


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_LETTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    r"""The text without control characters, which no cell can show, and with a sign for what is no letter at all.

    >>> printable("Tờ\x00 trình\x07\uffff")
    'Tờ trình�'
    """
    return text if text.isprintable() else _NO_LETTER.sub("\ufffd", _UNPRINTABLE.sub("", text))
