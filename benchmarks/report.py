"""Figures told: as a table, as a plot, and held against those that were kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Grown
from benchmarks.sample import ROOT
from benchmarks.speed import Line

__all__ = ["FIGURES", "Ratio", "Report", "keep", "kept", "markdown", "worse", "write_page"]

FIGURES = ROOT / "benchmarks" / "figures.json"
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "performance.png"
_BEGIN, _END = "<!-- measured: begin -->", "<!-- measured: end -->"
_WORSE = 0.2


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that can be compared between machines; `more` says whether more is better."""

    value: float
    more: bool

    def is_worse_than(self, before: Ratio) -> bool:
        """Whether it is worse by more than a fifth."""
        limit = before.value * (1 - _WORSE if before.more else 1 + _WORSE)
        return self.value < limit if before.more else self.value > limit


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured; `two_cores` is None where it was not."""

    lines: Sequence[Line]
    starts: Mapping[str, float]
    tables: Sequence[Grown]
    registers: Sequence[Grown]
    two_cores: float | None = None

    def ratios(self) -> dict[str, Ratio]:
        """What the check holds: speeds of ours as times the plain pipeline, starting as parts of the imports, memory, the second core."""
        found = {line.name: Ratio(line.ratio, more=True) for line in self.lines if line.kind == "ours"}
        found |= {f"start: {name}": Ratio(part, more=False) for name, part in self.starts.items()}
        most = self.tables[-1]
        found["table: bytes a row"] = Ratio(most.megabytes * 1e6 / most.rows, more=False)
        found["register: megabytes"] = Ratio(self.registers[-1].megabytes, more=False)
        if self.two_cores is not None:
            found["two cores"] = Ratio(self.two_cores, more=True)
        return found


def keep(kind: str, ratios: Mapping[str, Ratio], path: Path = FIGURES) -> None:
    """Keep the ratios of a kind of run ("full" or "quick")."""
    every = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    every[kind] = {name: {"value": round(ratio.value, 3), "more": ratio.more} for name, ratio in ratios.items()}
    path.write_text(json.dumps(every, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def kept(kind: str, path: Path = FIGURES) -> dict[str, Ratio]:
    """The ratios kept of a kind of run; `LookupError` where there are none."""
    every = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if kind not in every:
        raise LookupError(f"{path.name} has no ratios of a {kind} run: keep some with --write")
    return {name: Ratio(**ratio) for name, ratio in every[kind].items()}


def worse(before: Mapping[str, Ratio], now: Mapping[str, Ratio]) -> list[str]:
    """A line for each ratio that is worse by more than a fifth, or is not measured any more."""
    out = []
    for name, old in before.items():
        new = now.get(name)
        if new is None:
            out.append(f"{name}: was {old.value:.3g}, is not measured")
        elif new.is_worse_than(old):
            out.append(f"{name}: was {old.value:.3g}, is {new.value:.3g}")
    return out


# ------------------------------------------------------------------ as a page


def markdown(found: Report) -> str:
    """The figures as tables."""
    return "\n".join(_rows(found))


def _rows(found: Report) -> Iterator[str]:
    yield "| one core | titles/s | × plain pipeline | type right | … of titles without a type word |"
    yield "|---|--:|--:|--:|--:|"
    for kind in ("ours", "peer", "stage"):
        for line in found.lines:
            if line.kind == kind:
                name = f"*stage:* {line.name}" if kind == "stage" else line.name
                right, silent = (f"{x:.3f}" if x is not None else "" for x in (line.right, line.right_silent))
                yield f"| {name} | {line.rate:,.0f} | {line.ratio:.2f} | {right} | {silent} |"
    yield ""
    yield "| starting, a whole process | × `import sklearn.linear_model, underthesea` |"
    yield "|---|--:|"
    for name, part in found.starts.items():
        yield f"| {name} | {part:.2f} |"
    yield ""
    yield "| rows | `classify_many`: µs a row | MB more | `vanthu batch`, .csv: µs a row | MB, all processes |"
    yield "|--:|--:|--:|--:|--:|"
    for table, register in zip(found.tables, found.registers, strict=True):
        yield (
            f"| {table.rows:,} | {table.microseconds:.0f} | {table.megabytes:.0f} "
            f"| {register.microseconds:.0f} | {register.megabytes:.0f} |"
        )
    if found.two_cores is not None:
        yield ""
        yield f"`classify_many(…, n_jobs=2)` on 100,000 titles: {found.two_cores:.2f} times as fast as one process."


def write_page(found: Report, page: Path = PAGE, plot: Path = PLOT) -> None:
    """Put tables and plot into the documentation; what stands around the tables stays. `ValueError` where the page has no place for them."""
    text = page.read_text(encoding="utf-8")
    start, end = text.index(_BEGIN) + len(_BEGIN), text.index(_END)
    page.write_text(f"{text[:start]}\n{markdown(found)}\n{text[end:]}", encoding="utf-8")
    _draw(found, plot)


def _draw(found: Report, path: Path) -> None:
    """Left, speed against accuracy; right, how cost and memory grow with the rows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.4, 1, 1))
    for line in found.lines:
        if line.right_silent is not None:
            ours = line.kind == "ours"
            name = line.name if ours else line.name.split(":")[0].split(",")[0]
            left.scatter(line.ratio, line.right_silent, color="#0b5394" if ours else "#999999", zorder=3)
            left.annotate(
                name, (line.ratio, line.right_silent), (0, 7), textcoords="offset points", fontsize=8, ha="center"
            )
    left.set(xscale="log", xlabel="titles a second, × the plain pipeline", ylabel="type right, titles without a type word",
             title="Speed and accuracy", xlim=(0.5, 200), ylim=(0.4, 1))  # fmt: skip
    for axes, what, label in (
        (middle, "microseconds", "µs of processor time a row"),
        (right, "megabytes", "MB"),
    ):
        for grown, name in ((found.tables, "classify_many"), (found.registers, "vanthu batch")):
            axes.plot([g.rows for g in grown], [getattr(g, what) for g in grown], marker="o", label=name)
        axes.set(xscale="log", yscale="log", xlabel="rows", title=label)
        axes.legend(fontsize=8)
    for axes in (left, middle, right):
        axes.grid(alpha=0.3)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)
