"""The commands `vanthu train` and `vanthu models`: an office's own model, from its register, and which model is in use."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vanthu_classifier.corrections import Judged
    from vanthu_classifier.evaluation import Figures
    from vanthu_classifier.store import Entry
    from vanthu_classifier.training.own import Outcome
    from vanthu_classifier.training.register import RegisterData, Skipped

__all__ = ["models", "train"]


@click.command()
@click.argument("registers", nargs=-1, type=click.Path(path_type=Path), metavar="[REGISTER…]")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Thư mục mới cho mô hình."
)
@click.option("--learning-curve", is_flag=True, help="Học thử với 1/16, 1/8, 1/4, 1/2 và tất cả số dòng.")
@click.option(
    "--test-share",
    type=float,
    default=0.2,
    show_default=True,
    metavar="S",
    help="Phần số dòng để riêng, chỉ dùng để đo (0.05 đến 0.5).",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=None,
    metavar="N",
    help="Số gieo; cùng sổ và cùng số gieo cho cùng mô hình.",
)
@click.option("--use/--no-use", default=True, help="Dùng mô hình mới nếu không kém hơn; --no-use chỉ ghi ra.")
@click.option("--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc (tên hoặc thư mục).")
@click.option("--corrections", is_flag=True, help="Học thêm từ ý kiến đã ghi ở trang của vanthu serve.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Thư mục dữ liệu của vanthu serve, nếu không ở chỗ thường lệ.",
)
def train(
    registers: tuple[Path, ...],
    out: Path,
    learning_curve: bool,
    test_share: float,
    seed: int | None,
    use: bool,
    rule_pack: str | None,
    corrections: bool,
    data: Path | None,
) -> int:
    """Huấn luyện mô hình riêng từ sổ văn bản của cơ quan (.xlsx, .csv); loại văn bản lấy từ ký hiệu.

    Với --corrections, học thêm từ các ý kiến có ghi loại văn bản; ý kiến khác với quy tắc được liệt kê cho người giữ bộ quy tắc, không học.
    Một phần sổ được để riêng để so mô hình mới với mô hình đang dùng. Mô hình mới chỉ được dùng khi không kém hơn; mô hình cũ vẫn
    còn: vanthu models rollback. Mô hình chứa từ ngữ của sổ: giữ và chia sẻ như chính sổ đó.

    \b
    vanthu train so_van_ban_di_2024.xlsx so_van_ban_di_2025.xlsx -o mo_hinh_2025
    """
    from vanthu_classifier import store
    from vanthu_classifier.rulepack import DEFAULT
    from vanthu_classifier.training import own

    if not registers and not corrections:
        raise click.UsageError("Thiếu sổ văn bản. Ghi tên tệp sổ, hoặc dùng --corrections.")
    said = _corrections(data, rule_pack or DEFAULT) if corrections else ()
    if corrections:
        click.echo(_corrections_told(said) + "\n")
    with _bar() as on_progress:
        outcome = own.train(
            registers,
            out,
            old=store.current(),
            rule_pack=rule_pack or DEFAULT,
            seed=own.SEED if seed is None else seed,
            test_share=test_share,
            learning_curve=learning_curve,
            on_progress=on_progress,
            corrections=said,
        )
    click.echo("\n\n".join(_screen(outcome)))
    taken = use and outcome.verdict.taken
    if taken:
        store.use(outcome.folder)
    click.echo("\n" + _conclusion(outcome, use))
    return 0


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on a terminal, with a clock that goes on while a step takes its time; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    bar = tqdm(
        total=1, unit="bước", file=sys.stderr, leave=False, bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}"
    )
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1.0):
            bar.refresh()

    def tell(what: str, steps: int, of: int) -> None:
        bar.total, bar.n = of, steps
        bar.set_description_str(what)

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield tell
    finally:
        done.set()
        clock.join()
        bar.close()


# ------------------------------------------------------------------ corrections


def _corrections(folder: Path | None, rule_pack: str) -> tuple[Judged, ...]:
    """Every correction of the page's journal, with what it is good for."""
    from vanthu_classifier import journal, rulepack, store
    from vanthu_classifier.corrections import sort
    from vanthu_classifier.errors import TrainingDataError

    path = (folder or store.home()) / journal.FILE
    if not path.is_file():
        raise TrainingDataError(
            "Chưa có ý kiến nào ở đây.", remedy="Ghi thư mục dữ liệu của vanthu serve: --data THƯ_MỤC.", path=path
        )
    with journal.Journal(path) as opened:
        return sort(opened.corrections(), rulepack.load(rule_pack))


def _corrections_told(said: tuple[Judged, ...]) -> str:
    """How many corrections are good for what; those that contradict a rule one by one, for whoever keeps the pack."""
    from collections import Counter

    from vanthu_classifier.corrections import Bearing
    from vanthu_classifier.report_text import count

    found = Counter(judged.bearing for judged in said)
    lines = [f"Ý kiến: {count(len(said))}.", *(f"  {b.label_vi}: {count(found[b])}" for b in Bearing if found[b])]
    against = [judged for judged in said if judged.bearing is Bearing.RULE]
    if against:
        lines.append("Gửi người giữ bộ quy tắc:")
        lines += [f"  ý kiến {j.correction.id}: «{_short(j.correction.given.trich_yeu)}»: {j.note}" for j in against]
    return "\n".join(lines)


def _short(title: str) -> str:
    return title if len(title) <= 80 else title[:79] + "…"


# ------------------------------------------------------------------ what came of it


def _screen(outcome: Outcome) -> Iterator[str]:
    yield _rows_told(outcome)
    contradictions = [row for row in outcome.data.examples if row.note]
    if contradictions:
        yield "\n".join(["Ví dụ các dòng không học:", *(f"  {_told(row)}" for row in contradictions)])
    yield _compared(outcome)
    if outcome.curve:
        yield _curve(outcome)


def _rows_told(outcome: Outcome) -> str:
    from vanthu_classifier.report_text import count

    data = outcome.data
    lines = [
        f"Sổ có {count(data.seen)} dòng: {count(outcome.learned)} dòng để học, {count(outcome.held_back)} dòng để riêng, "
        f"{count(data.seen - len(data))} dòng bỏ qua.",
        *(f"  {label}: {count(n)}" for label, n in _left_out(data)),
    ]
    return "\n".join(lines)


def _left_out(data: RegisterData) -> list[tuple[str, int]]:
    return [(reason.label_vi, n) for reason, n in sorted(data.skipped.items(), key=lambda item: (-item[1], item[0]))]


def _told(row: Skipped) -> str:
    place = f"{row.path}, dòng {row.row}" if row.row is not None else row.path
    title = _short(row.trich_yeu)
    return f"{place}: {row.so_ky_hieu} «{title}»: {row.note}" if title else f"{place}: {row.note}"


def _compared(outcome: Outcome) -> str:
    from vanthu_classifier.report_text import MAIN, count, decimal, percent, words

    w = words("vi")
    old, new = outcome.old, outcome.new
    rows = [
        *([w[name], *(_with_count(getattr(f, name), percent, count) for f in (old, new))] for name in MAIN),
        *([w[name], decimal(getattr(old, name)), decimal(getattr(new, name))] for name in ("type_f1", "ece")),
    ]
    head = [f"Chỉ hỏi bằng trích yếu, trên {count(outcome.held_back)} dòng để riêng", "Đang dùng", "Mới"]
    return _table([head, ["Mô hình", outcome.parent, outcome.model], *rows])


def _with_count(share: Any, percent: Callable[[float | None], str], count: Callable[[int], str]) -> str:
    return f"{percent(share.value)} ({count(share.count)}/{count(share.of)})"


def _curve(outcome: Outcome) -> str:
    from vanthu_classifier.report_text import count, percent, words

    w = words("vi")
    names = ("type_acc", "coverage", "right", "dangerous")

    def row(label: str, figures: Figures) -> list[str]:
        return [label, *(percent(getattr(figures, name).value) for name in names)]

    head = ["Số dòng của cơ quan được học", *(w[name] for name in names)]
    steps = [row(count(step.rows), step.figures) for step in outcome.curve]
    return _table([head, row("mô hình đang dùng", outcome.old), *steps])


def _table(rows: list[list[str]]) -> str:
    """Names to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    )


def _conclusion(outcome: Outcome, use: bool) -> str:
    written = f"Mô hình mới ở {outcome.folder}."
    if not outcome.verdict.taken:
        against = "\n".join(f"  {reason}" for reason in outcome.verdict.against)
        return f"{written} Chưa dùng mô hình này, vì:\n{against}\nNếu vẫn muốn dùng: vanthu models use {outcome.folder}"
    if not use:
        return f"{written} Không kém hơn mô hình đang dùng. Để dùng: vanthu models use {outcome.folder}"
    return f"{written} Từ nay dùng mô hình này. Quay về mô hình trước: vanthu models rollback"


# ------------------------------------------------------------------ which one is in use


@click.group()
def models() -> None:
    """Mô hình: liệt kê, chọn, quay về mô hình trước."""


@models.command("list")
def models_list() -> int:
    """Các mô hình đã dùng; dấu * là mô hình đang dùng."""
    from vanthu_classifier import store

    for entry in store.entries():
        click.echo(f"{'*' if entry.in_use else ' '} {entry.model}  ({_said_of(entry)})")
    return 0


def _said_of(entry: Entry) -> str:
    """What a line of the list says of a model: what it learned from, and how it did on the rows held back then."""
    from vanthu_classifier.errors import ModelError
    from vanthu_classifier.model.bundle import describe
    from vanthu_classifier.report_text import count, percent

    if not entry.there:
        return "không còn ở đây"
    try:
        said = describe(entry.model)
    except ModelError as error:
        return f"không dùng được: {error.what}"
    if entry.model == "default":
        return f"kèm theo, {said.id}"
    rows, held_back = said.about.get("rows"), said.figures.get("held_back")
    if not rows or not held_back:
        return said.id
    return (
        f"{said.id}, học {count(rows['used'])} dòng; trên {count(held_back['rows'])} dòng để riêng: đúng {percent(held_back['right'])}, "
        f"được trả lời {percent(held_back['coverage'])}"
    )


@models.command("use")
@click.argument("model", metavar="DIR|default")
def models_use(model: str) -> int:
    """Dùng một mô hình: thư mục do «vanthu train» ghi, hoặc «default» là mô hình kèm theo."""
    from vanthu_classifier import store

    click.echo(f"Đang dùng: {store.use(model)}")
    return 0


@models.command("rollback")
def models_rollback() -> int:
    """Quay về mô hình đã dùng trước đó; mô hình mới vẫn còn ở chỗ cũ."""
    from vanthu_classifier import store

    click.echo(f"Đang dùng: {store.rollback()}")
    return 0
