"""A decision as a notebook shows it: one block of HTML that needs nothing from elsewhere and runs nothing.

Everything that comes from a title is escaped. Colours are borders and marks only, so that the block reads on a light page and on a dark one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from vanthu_classifier.outcomes import Dispatch

__all__ = ["card", "underlined"]

_COLOURS = {
    Dispatch.ELECTRONIC_ONLY: "#2e7d32",
    Dispatch.ELECTRONIC_AND_PAPER: "#1565c0",
    Dispatch.NEEDS_REVIEW: "#b26a00",
    Dispatch.NOT_BY_NETWORK: "#c62828",
}
_ORDER = ("rule", "question", "note", "reading", "type", "change")
_SMALL = "font-size:.85em;opacity:.75"


def underlined(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` escaped, the letters that `spans` name underlined.

    >>> underlined("Tờ trình <A>", [(0, 8)])
    '<u>Tờ trình</u> &lt;A&gt;'
    """
    out, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            out += [escape(text[at:start]), f"<u>{escape(text[start:end])}</u>"]
            at = end
    return "".join(out) + escape(text[at:])


def card(
    *,
    dispatch: Dispatch,
    lean: Dispatch | None,
    title: str,
    facts: Sequence[str],
    confidence: str | None,
    sentences: Sequence[tuple[str, str]],
    recipients: Sequence[tuple[str, Dispatch | None, str]],
    warnings: Sequence[str],
    foot: str,
) -> str:
    """The block. `title` is HTML already (see `underlined`), everything else plain text; `sentences` are kind and text."""
    colour = _COLOURS[dispatch]
    leaning = f" <span style='{_SMALL}'>(nghiêng về: {escape(lean.label_vi.lower())})</span>" if lean else ""
    sure = f"<div style='{_SMALL}'>Mức chắc chắn: {escape(confidence)}</div>" if confidence else ""
    known = f"<div style='{_SMALL}'>{escape(' · '.join(facts))}</div>" if facts else ""
    said = {text for _, text in sentences}
    lines = [text for _, text in sorted(sentences, key=lambda s: _ORDER.index(s[0]))]
    lines += [f"Lưu ý: {text}" for text in warnings if text not in said]
    why = "".join(f"<li>{escape(line)}</li>" for line in lines)
    table = "".join(_row(*recipient) for recipient in recipients)
    return (
        f"<div style='border-left:.35em solid {colour};padding:.3em .8em;margin:.3em 0;max-width:52em'>"
        f"<div style='font-weight:600'><span style='color:{colour}'>{dispatch.mark}</span> {escape(dispatch.label_vi)}{leaning}"
        f" <code style='font-weight:400'>{escape(str(dispatch))}</code></div>"
        f"<div style='white-space:pre-wrap'>{title}</div>{known}"
        f"<ul style='margin:.3em 0;padding-left:1.2em'>{why}</ul>"
        + (f"<table style='margin:.3em 0;color:inherit'>{table}</table>" if table else "")
        + f"{sure}<div style='{_SMALL}'>{escape(foot)}</div></div>"
    )


def _row(name: str, dispatch: Dispatch | None, reason: str) -> str:
    answer = f"{dispatch.mark} {dispatch.label_vi}" if dispatch else "– không gửi"
    cells = "".join(
        f"<td style='text-align:left;padding-right:.8em'>{escape(text)}</td>" for text in (name, answer, reason)
    )
    return f"<tr>{cells}</tr>"
