"""Figures as one HTML page: tables, and three plots drawn as SVG.

The page holds everything it shows: no script, no font, no picture and no style from outside, so it can be kept beside the figures, sent by
mail, and opened on a machine without network. It follows the reader's light or dark setting and prints on white. It holds counts and
shares only, never a title.

matplotlib draws (the extra "plots"). What it draws stays text where it is text, so that it can be searched and read aloud. The same figures
give the same page, letter by letter.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from vanthu_classifier.errors import MissingExtraError
from vanthu_classifier.evaluation import About, Figures, Share, Shares, thinned
from vanthu_classifier.explain import Lang
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.report_text import MAIN, count, decimal, interval, percent, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["check_installed", "page"]


def check_installed() -> None:
    """`MissingExtraError` where the plots cannot be drawn; said before a long measurement rather than after it."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as e:
        raise MissingExtraError("plots", purpose="vẽ báo cáo HTML") from e


def page(figures: Figures, lang: Lang = "vi") -> str:
    """The report as one HTML document (well-formed XML too), without a title of any document in it.

    `MissingExtraError` where matplotlib is not installed.
    """
    check_installed()
    w = words(lang)
    heading = w["title"] + (f": {figures.about.file}" if figures.about else "")
    parts = [
        _tag("h1", heading),
        _about(figures, lang),
        _section(w["main"], _main_table(figures, lang)),
        _section(w["sources"], _source_table(figures.by_source, lang)) if len(figures.by_source) > 1 else "",
        _section(w["dispatch"], _dispatch_table(figures, lang), w["dispatch_is"]),
        _plot(figures, lang, "curve", _draw_curve, bool(figures.curve)),
        _plot(figures, lang, "reliability", _draw_reliability, any(b.right.of for b in figures.reliability)),
        _plot(figures, lang, "confusion", _draw_confusion, bool(figures.type_confusion)),
        _section(w["types"], _type_table(figures, lang)) if figures.by_type else "",
        _section(w["notes"], _notes(figures.about, lang)),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{_text(heading)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


_CSS = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --muted: #5c6670; --line: #d5dae0; --blue: #2f7fd1; --red: #c2410c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e8ebee; --muted: #9aa5b1; --line: #39424c; --blue: #4b93dd; --red: #fb8a4c; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; break-after: avoid; }
p { margin: .4rem 0; color: var(--muted); max-width: 46rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
td.n, th.n { text-align: right; }
td.n { white-space: nowrap; }
td.worst { outline: 2px solid var(--red); outline-offset: -2px; }
td.lead { font-weight: 600; }
small { display: block; max-width: 27rem; color: var(--muted); font-size: .85em; line-height: 1.35; }
svg { display: block; width: 100%; height: auto; max-width: 46rem; }
svg * { stroke-linejoin: round; stroke-linecap: butt; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .8rem 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
@media print {
  :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb; --blue: #2f7fd1; --red: #c2410c; }
  @page { margin: 15mm; }
  body { font-size: 10pt; }
  th, td { padding: .2rem .45rem; }
  main { max-width: none; padding: 0; }
  svg { max-width: 14.5cm; }
  section.plot, tr { break-inside: avoid; }
}
"""


# ------------------------------------------------------------------ tables


def _text(value: str) -> str:
    """Text for a page: escaped, without characters that no page may hold."""
    return escape(re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", value))


def _tag(name: str, text: str, css: str = "") -> str:
    return f"<{name}{f' class={chr(34)}{css}{chr(34)}' if css else ''}>{_text(text)}</{name}>"


def _section(heading: str, inner: str, caption: str = "", css: str = "") -> str:
    opening = f'<section class="{css}">' if css else "<section>"
    return f"{opening}\n{_tag('h2', heading)}\n{inner}\n{_tag('p', caption) if caption else ''}\n</section>"


class _Cell(NamedTuple):
    text: str
    css: str = ""
    note: str = ""  # smaller, below the text

    def html(self, tag: str) -> str:
        if not self.note:
            return _tag(tag, self.text, self.css)
        return f"<{tag}>{_text(self.text)}{_tag('small', self.note)}</{tag}>"


def _number(text: str, css: str = "") -> _Cell:
    return _Cell(text, f"n {css}".strip())


def _table(head: Iterable[_Cell], rows: Iterable[Sequence[_Cell]]) -> str:
    top = "".join(cell.html("th") for cell in head)
    lines = "\n".join(f"<tr>{''.join(cell.html('td') for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>'


def _about(figures: Figures, lang: Lang) -> str:
    w = words(lang)
    pairs = [(w["rows"], count(figures.rows, lang)), (w["fixed"], count(figures.fixed, lang))]
    about = figures.about
    if about is not None:
        pairs = [(w["file"], about.file), (w["mode"], w[f"mode_{about.mode}"]), *pairs]
        pairs += [(w["left_out"], f"{count(n, lang)} ({w[reason]})") for reason, n in about.left_out.items()]
        pairs += [
            (w["pack"], about.rule_pack),
            (w["model"], about.model or w["no_model"]),
            (w["review"], w[f"review_{about.review}"]),
            (w["version"], about.version),
        ]
    return "<dl>\n" + "\n".join(_tag("dt", term) + _tag("dd", text) for term, text in pairs) + "\n</dl>"


def _main_table(figures: Figures, lang: Lang) -> str:
    w = words(lang)
    rows = []
    for name in MAIN:
        share: Share = getattr(figures, name)
        of = f"{count(share.count, lang)} / {count(share.of, lang)}"
        lead = "lead" if name in ("right", "dangerous") else ""
        shown = _number(percent(share.value, lang), lead)
        rows.append([_Cell(w[name], note=w[f"{name}_is"]), shown, _number(interval(share, lang)), _number(of)])
    for name in ("type_f1", "ece"):
        shown = _number(decimal(getattr(figures, name), lang))
        rows.append([_Cell(w[name], note=w[f"{name}_is"]), shown, _number(""), _number("")])
    return _table([_Cell(w["figure"]), *(_number(w[key]) for key in ("value", "interval", "counted"))], rows)


def _source_table(sources: Mapping[str, Shares], lang: Lang) -> str:
    w = words(lang)
    rows = [
        [
            _Cell(name),
            _number(count(shares.rows, lang)),
            _number(count(shares.fixed, lang)),
            *(_number(percent(getattr(shares, figure).value, lang)) for figure in MAIN),
        ]
        for name, shares in sources.items()
    ]
    return _table([_Cell(w["source"]), *(_number(w[name]) for name in ("rows", "fixed", *MAIN))], rows)


def _dispatch_table(figures: Figures, lang: Lang) -> str:
    labels = {str(d): d.label_en if lang == "en" else d.label_vi for d in Dispatch}
    sent = (str(Dispatch.ELECTRONIC_ONLY), str(Dispatch.ELECTRONIC_AND_PAPER))
    worst = (sent[1], sent[0])
    counts = figures.dispatch_confusion
    wanted = [d for d in labels if d in sent or any(w == d for w, _ in counts)]
    answered = [d for d in labels if d != Dispatch.NOT_BY_NETWORK or any(a == d for _, a in counts)]
    rows = [
        [
            _Cell(labels[w]),
            *(_number(count(counts.get((w, a), 0), lang), "worst" if (w, a) == worst else "") for a in answered),
        ]
        for w in wanted
    ]
    return _table([_Cell(words(lang)["wanted"]), *(_number(labels[a]) for a in answered)], rows)


def _type_table(figures: Figures, lang: Lang) -> str:
    w = words(lang)
    rows = [
        [
            _Cell(code),
            _Cell(_type_name(code, lang)),
            _number(count(t.support, lang)),
            _number(percent(t.precision, lang)),
            _number(percent(t.recall, lang)),
            _number(decimal(t.f1, lang)),
        ]
        for code, t in figures.by_type.items()
    ]
    head = [_Cell(w["code"]), _Cell(w["name"]), *(_number(w[key]) for key in ("support", "precision", "recall"))]
    return _table([*head, _number("F1")], rows)


def _type_name(code: str, lang: Lang) -> str:
    known = types().get(code)
    return "" if known is None else known.name_en if lang == "en" else known.name


def _notes(about: About | None, lang: Lang) -> str:
    w = words(lang)
    kind = "note_register" if about is not None and about.kind == "register" else "note_titles"
    return "\n".join(_tag("p", w[key]) for key in (kind, "note_interval"))


# ------------------------------------------------------------------ plots

# Colours in which matplotlib draws, and the names under which the page's style gives them: the page then follows light and dark.
_INK, _MUTED, _LINE, _BLUE, _RED, _PAPER = "#010101", "#020202", "#030303", "#040404", "#050505", "#fefefe"
_NAMES = {_INK: "--ink", _MUTED: "--muted", _LINE: "--line", _BLUE: "--blue", _RED: "--red", _PAPER: "--paper"}
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _MUTED,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}
_SVG = "{http://www.w3.org/2000/svg}"
_MOST_TYPES = 16

_Draw = Callable[["Figure", Figures, Lang], None]


def _plot(figures: Figures, lang: Lang, name: str, draw: _Draw, something: bool) -> str:
    w = words(lang)
    if not something:
        return _section(w[name], _tag("p", w["nothing"]))
    return _section(w[name], _svg(figures, lang, name, draw), w[f"{name}_is"], "plot")


def _svg(figures: Figures, lang: Lang, name: str, draw: _Draw) -> str:
    import matplotlib
    from matplotlib.figure import Figure

    out = io.StringIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # whatever a user's own settings are, the page is the same
        settings: Any = matplotlib.rcParams  # its stubs know every key by name
        settings.update(_STYLE | {"svg.hashsalt": name})
        figure = Figure(figsize=(7.4, 4.2), layout="constrained")
        draw(figure, figures, lang)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(out.getvalue(), name, words(lang)[name])


def _inline(svg: str, name: str, label: str) -> str:
    """A drawing as part of a page: no namespaces or metadata, ids of its own, colours by name, and a label to be read aloud."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.removeprefix(_SVG) in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for key, value in list(element.attrib.items()):
            del element.attrib[key]
            element.set(key.rpartition("}")[2], _own(key, value, name))
    size = root.get("viewBox", "")
    root.attrib.clear()
    root.attrib.update({"viewBox": size, "role": "img", "aria-label": label})
    return ElementTree.tostring(root, encoding="unicode")


def _own(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key.endswith("href"):
        return value.replace("#", f"#{name}-", 1)
    value = value.replace("url(#", f"url(#{name}-")
    if key == "style":
        value = re.sub(r"font: ([\d.]+px) [^;]*", r"font-size: \1", value)  # one property or two, by version
        value = re.sub(r"font-family: [^;]*(?:; ?|$)", "", value)
        for colour, variable in _NAMES.items():
            value = value.replace(colour, f"var({variable})")
    return value


def _draw_curve(figure: Figure, figures: Figures, lang: Lang) -> None:
    w = words(lang)
    axes = figure.add_subplot()
    curve = thinned(figures.curve, 400)
    x = [_hundred(p.coverage) for p in curve]
    lines = (
        (
            w["wrong"],
            _BLUE,
            [_hundred(p.wrong) for p in curve],
            figures.right.of - figures.right.count,
            figures.right.of,
        ),
        (w["missing"], _RED, [_hundred(p.dangerous) for p in curve], figures.dangerous.count, figures.fixed),
    )
    for label, colour, y, wrong, of in lines:
        axes.plot(x, y, color=colour, label=label, marker="." if len(x) == 1 else "", linewidth=1.8)
        if figures.coverage.count:
            axes.plot([_hundred(figures.coverage)], [_hundred(Share(wrong, of))], "o", color=colour, markersize=7)
    # One early mistake is a large share of few answers: the scale is that of the part that says something.
    telling = [y for _, _, ys, _, _ in lines for at, y in zip(x, ys, strict=True) if at >= 10]
    axes.set_ylim(0, max(1.0, 1.15 * max(telling, default=100.0)))
    axes.set_xlim(0, 100)
    axes.set_xlabel(w["curve_x"])
    axes.set_ylabel(w["curve_y"])
    axes.grid(True)
    axes.legend(loc="upper left")


def _hundred(share: Share) -> float:
    return 100 * (share.value or 0.0)


def _draw_reliability(figure: Figure, figures: Figures, lang: Lang) -> None:
    w = words(lang)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    bins = [b for b in figures.reliability if b.right.of]
    x = [b.confidence or 0.0 for b in bins]
    y = [b.right.value or 0.0 for b in bins]
    ends = [b.right.interval or (0.0, 1.0) for b in bins]
    low = math.floor(10 * min(bins[0].low, *(end[0] for end in ends)) + 1e-9) / 10
    upper.plot([low, 1], [low, 1], color=_MUTED, linestyle="--", linewidth=1)
    bars = [[max(0.0, at - end[0]) for at, end in zip(y, ends, strict=True)]]
    bars += [[max(0.0, end[1] - at) for at, end in zip(y, ends, strict=True)]]
    upper.errorbar(x, y, yerr=bars, fmt="o", color=_BLUE, markersize=7, capsize=4)
    upper.set_ylim(low, 1.02)
    upper.set_xlim(low, 1.0)
    upper.set_ylabel(w["share_right"])
    upper.grid(True)
    width = bins[0].high - bins[0].low
    drawn = lower.bar([b.low + width / 2 for b in bins], [b.right.of for b in bins], width=0.9 * width, color=_BLUE)
    lower.bar_label(drawn, labels=[count(b.right.of, lang) for b in bins], fontsize=9, padding=1)
    lower.margins(y=0.35)
    lower.set_yticks([])
    lower.set_ylabel(w["counted"])
    lower.set_xlabel(w["confidence"])
    _tenths(upper, lang)


def _tenths(axes: Axes, lang: Lang) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MultipleLocator(0.1))
        axis.set_major_formatter(FuncFormatter(lambda value, _: decimal(value, lang, 1)))


def _draw_confusion(figure: Figure, figures: Figures, lang: Lang) -> None:
    from matplotlib.patches import Rectangle

    w = words(lang)
    counts, stated, named = _confusion(figures, w["others"], w["unnamed"])
    figure.set_size_inches(7.4, 1.3 + 0.36 * max(len(stated), 3))
    axes = figure.add_subplot()
    for i, gold in enumerate(stated):
        whole = sum(counts[gold, code] for code in named)
        for j, code in enumerate(named):
            n = counts[gold, code]
            if n:
                # Never fully opaque: the number on it is in the page's ink, light or dark.
                axes.add_patch(Rectangle((j, i), 1, 1, facecolor=_BLUE, alpha=0.06 + 0.6 * n / whole, linewidth=0))
                axes.text(j + 0.5, i + 0.5, count(n, lang), ha="center", va="center", fontsize=8)
            if gold == code and code != w["others"]:
                axes.add_patch(Rectangle((j, i), 1, 1, fill=False, edgecolor=_INK, linewidth=1))
    axes.set_xlim(0, len(named))
    axes.set_ylim(len(stated), 0)
    axes.set_xticks([j + 0.5 for j in range(len(named))], named, rotation=60 if len(named) > 8 else 0)
    axes.set_yticks([i + 0.5 for i in range(len(stated))], stated)
    axes.tick_params(length=0)
    axes.set_xlabel(w["named"])
    axes.set_ylabel(w["stated"])


def _confusion(figures: Figures, others: str, unnamed: str) -> tuple[Counter[tuple[str, str]], list[str], list[str]]:
    """Counts by (stated, named) with the rarer and the unknown types as one; then the names of the rows and of the columns."""
    shown = [code for code, t in figures.by_type.items() if t.support and code in types()][:_MOST_TYPES]
    counts: Counter[tuple[str, str]] = Counter()
    for (gold, code), n in figures.type_confusion.items():
        column = unnamed if code is None else code if code in shown else others
        counts[gold if gold in shown else others, column] += n
    order = [*shown, others, unnamed]
    stated, named = ({pair[side] for pair in counts} for side in (0, 1))
    return counts, [c for c in order if c in stated], [c for c in order if c in named or c in shown]
