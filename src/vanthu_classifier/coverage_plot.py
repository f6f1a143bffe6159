"""The counts of `coverage` as one picture that needs nothing from elsewhere: how often each rule is cited, and gives way."""

from __future__ import annotations

import io
from pathlib import Path

from vanthu_classifier.coverage import Coverage
from vanthu_classifier.errors import InputError, MissingExtraError
from vanthu_classifier.outcomes import Dispatch

__all__ = ["draw"]

_COLOURS = {
    Dispatch.ELECTRONIC_ONLY: "#2e7d32",
    Dispatch.ELECTRONIC_AND_PAPER: "#1565c0",
    Dispatch.NEEDS_REVIEW: "#e69f00",
    Dispatch.NOT_BY_NETWORK: "#c62828",
}
_GIVES_WAY = "#c8c8c8"
_MOST = 40  # rules in one picture


def draw(found: Coverage, path: Path) -> None:
    """Writes the picture, .svg or .png by the ending, whole or not at all; the same counts give the same bytes.

    `MissingExtraError` where matplotlib is not installed, `InputError` where the file cannot be written.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("plots", purpose="vẽ biểu đồ") from error
    rows = [row for row in found.rule_rows() if row["speaks"]][:_MOST][::-1]
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": "path", "svg.hashsalt": "vanthu", "font.size": 9})
        figure = Figure(figsize=(9, 1.6 + 0.24 * max(len(rows), 3)), layout="constrained")
        axes = figure.add_subplot()
        names = [f"{row['rule']}  {_short(row['clause'])}" for row in rows]
        cited = [row["cited"] for row in rows]
        axes.barh(names, cited, color=[_COLOURS[Dispatch(row["outcome"])] for row in rows])
        axes.barh(names, [row["speaks"] - row["cited"] for row in rows], left=cited, color=_GIVES_WAY)
        axes.set_xlabel("Số văn bản mà quy tắc khớp (màu: được trích; xám: nhường hoặc cùng kết quả)")
        number = f"{found.documents:,}".replace(",", ".")
        axes.set_title(f"{found.pack.id}: {number} văn bản")
        axes.margins(y=0.01)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        keys = [axes.barh([0], [0], color=colour) for colour in _COLOURS.values()]
        axes.legend(keys, [dispatch.label_vi for dispatch in _COLOURS], loc="lower right", frameon=False)
        kind = path.suffix.lower().removeprefix(".")
        out = io.BytesIO()
        figure.savefig(out, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else {"Software": None})
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        part.write_bytes(out.getvalue())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"Không ghi được tệp ({error.strerror}).", remedy="Chọn thư mục khác.", path=path) from error


def _short(text: str) -> str:
    return text if len(text) <= 38 else text[:36].rsplit(" ", 1)[0] + " …"
