"""The benchmark measures what it says, and its check finds a drop. No time is asserted."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import __main__ as command
from benchmarks import report, speed
from benchmarks.peers import PLAIN
from benchmarks.processes import Grown
from benchmarks.report import Ratio, Report
from benchmarks.sample import draw
from benchmarks.speed import DECISIONS, MANY, ONE, SYMBOLS, Line

LINES = [
    Line("peer", PLAIN, 2_000.0, 1.0, 0.6, 0.5),
    Line("ours", MANY, 20_000.0, 10.0, 0.7, 0.6),
    Line("ours", SYMBOLS, 40_000.0, 20.0, 0.9, 0.9),
    Line("stage", "words", 50_000.0, 25.0),
]
FOUND = Report(
    LINES, {"vanthu --help": 0.1}, [Grown(1000, 50.0, 2.0)], [Grown(1000, 900.0, 230.0)], two_cores=1.8
)  # fmt: skip


def test_titles_asked_about_are_of_other_families_and_most_do_not_say_their_type() -> None:
    sample = draw()
    assert not {title.family for title in sample.train} & {title.family for title in sample.asked}
    assert sum(sample.silent) / len(sample.silent) > 0.8
    first, second = (set(sample.round(number)[0]) for number in (0, 1))
    assert len(first) == len(sample.asked)
    assert not first & second


@pytest.mark.slow
def test_everything_is_measured() -> None:
    lines = {line.name: line for line in speed.measure(rounds=2, most=1_500, peers=False)}
    assert {line.name for line in lines.values() if line.kind == "ours"} == {MANY, SYMBOLS, DECISIONS, ONE}
    assert [line.name for line in lines.values() if line.kind == "peer"] == [PLAIN]
    assert all(line.rate > 0 and line.ratio > 0 for line in lines.values())
    assert lines[PLAIN].ratio == 1
    assert lines[SYMBOLS].right_silent > lines[MANY].right_silent > 0.3  # type: ignore[operator]
    assert lines[MANY].right_silent < 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("ratio", "now", "is_worse"),
    [
        (Ratio(10.0, more=True), 7.9, True),
        (Ratio(10.0, more=True), 8.1, False),
        (Ratio(10.0, more=True), 30.0, False),
        (Ratio(0.3, more=False), 0.37, True),
        (Ratio(0.3, more=False), 0.35, False),
        (Ratio(0.3, more=False), 0.1, False),
    ],
)
def test_worse_by_a_fifth(ratio: Ratio, now: float, is_worse: bool) -> None:
    assert replace(ratio, value=now).is_worse_than(ratio) is is_worse


def test_what_is_no_longer_measured_is_told() -> None:
    assert report.worse({"two cores": Ratio(1.8, more=True)}, {}) == ["two cores: was 1.8, is not measured"]


def _slower(found: Report) -> Report:
    return replace(found, lines=[replace(line, ratio=line.ratio * 0.75) for line in found.lines])


@pytest.mark.parametrize(("now", "code"), [(FOUND, 0), (_slower(FOUND), 1)])
def test_the_check_fails_where_a_ratio_fell(
    now: Report, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    report.keep("full", FOUND.ratios(), figures)
    monkeypatch.setattr(command, "measured", lambda quick: now)
    kept = report.kept("full", figures)
    monkeypatch.setattr(report, "kept", lambda kind: kept)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--check"])
    assert command.main() == code
    assert (f"{MANY}: was 10, is 7.5" in capsys.readouterr().out) is bool(code)


def test_nothing_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no ratios of a quick run"):
        report.kept("quick", tmp_path / "figures.json")


@pytest.mark.parametrize("kind", ["full", "quick"])
def test_ratios_are_kept_for_the_check(kind: str) -> None:
    kept = report.kept(kind)
    assert {MANY, SYMBOLS, DECISIONS, ONE} <= kept.keys()
    assert kept[MANY].value > 3  # the floor
    assert (kind == "full") is ("two cores" in kept)


def test_tables_and_plot_take_their_place_in_the_page(tmp_path: Path) -> None:
    page, plot = tmp_path / "page.md", tmp_path / "images" / "plot.png"
    page.write_text("# Before\n\n<!-- measured: begin -->\nold\n<!-- measured: end -->\n\nAfter\n", encoding="utf-8")
    report.write_page(FOUND, page, plot)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n\n<!-- measured: begin -->\n| one core |")
    assert text.endswith("1.80 times as fast as one process.\n<!-- measured: end -->\n\nAfter\n")
    assert f"| {MANY} | 20,000 | 10.00 | 0.700 | 0.600 |" in text
    assert "old" not in text
    assert plot.read_bytes().startswith(b"\x89PNG")
    report.write_page(FOUND, page, plot)
    assert page.read_text(encoding="utf-8") == text


def test_a_page_without_a_place_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="substring"):
        report.write_page(FOUND, page, tmp_path / "plot.png")
    assert page.read_text(encoding="utf-8") == "# Nothing\n"
