"""The command `vanthu evaluate`: how well a file of titles, or an office's register, is decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vanthu_classifier.decide import ReviewMode
    from vanthu_classifier.evaluation import Figures, Mode
    from vanthu_classifier.explain import Lang

__all__ = ["evaluate"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--mode",
    type=click.Choice(["title", "symbol"]),
    default="title",
    show_default=True,
    help="Cho biết chỉ trích yếu, hay cả số và ký hiệu.",
)
@click.option("--html", type=click.Path(path_type=Path), metavar="OUT.html", help="Ghi thêm báo cáo có biểu đồ.")
@click.option("--json", "as_json", is_flag=True, help="In một đối tượng JSON.")
@click.option("--worst", type=click.IntRange(min=0), default=0, metavar="N", help="Liệt kê N dòng thiếu bản giấy.")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Ngôn ngữ của kết quả.")
@click.option(
    "--review",
    type=click.Choice(["ask", "strict", "lean"]),
    default="ask",
    show_default=True,
    help="Khi nào hỏi người: ask khi luật để ngỏ; strict cả khi danh mục im lặng; lean không hỏi nếu đã nghiêng.",
)
@click.option("--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc (tên hoặc thư mục).")
@click.option(
    "--model", default=None, metavar="DIR", help="Mô hình (mặc định: mô hình đang dùng, xem vanthu models list)."
)
def evaluate(
    file: Path,
    mode: Mode,
    html: Path | None,
    as_json: bool,
    worst: int,
    lang: Lang,
    review: ReviewMode,
    rule_pack: str | None,
    model: str | None,
) -> int:
    """Đo kết quả trên một tệp trích yếu (.jsonl) có đáp án, hoặc trên sổ văn bản (.xlsx, .csv).

    Với sổ, đáp án lấy từ số và ký hiệu: kết quả so sánh việc chỉ biết trích yếu với việc biết cả ký hiệu. Đo mô hình đang dùng,
    trừ khi chọn mô hình khác bằng --model («default» là mô hình kèm theo).

    \b
    vanthu evaluate so_van_ban_di.xlsx --html ket_qua.html
    vanthu evaluate so_van_ban_di.xlsx --model mo_hinh_2025
    vanthu evaluate trich_yeu.jsonl --mode symbol --json
    """
    from vanthu_classifier import evaluation, report_text, store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.rulepack import DEFAULT

    if html is not None:
        _check_report(html, file)
    classifier = DispatchClassifier(rule_pack or DEFAULT, model=model or store.current(), review=review)
    figures = evaluation.evaluate(file, classifier=classifier, mode=mode)
    if as_json:
        click.echo(json.dumps(figures.to_dict(), ensure_ascii=False))
    else:
        click.echo(report_text.screen(figures, lang))
    for mistake in figures.dangerous_rows[:worst]:
        click.echo(report_text.told(mistake, lang), err=True)
    if html is not None:
        _write(html, figures, lang)
    return 0


def _check_report(html: Path, file: Path) -> None:
    """What would prevent the report, said before the measurement rather than after it."""
    from vanthu_classifier import report_html
    from vanthu_classifier.errors import InputError

    report_html.check_installed()
    if html.is_dir() or not html.parent.is_dir():
        raise InputError("Không ghi được báo cáo vào đây.", remedy="Chọn một tệp trong thư mục đã có.", path=html)
    if html.resolve() == file.resolve():
        raise InputError("Báo cáo không được ghi đè lên tệp đang đo.", remedy="Chọn tên khác.", path=html)


def _write(html: Path, figures: Figures, lang: Lang) -> None:
    from vanthu_classifier import report_html
    from vanthu_classifier.errors import InputError

    text = report_html.page(figures, lang)
    try:
        html.write_text(text, encoding="utf-8", newline="\n")
    except OSError as e:
        raise InputError(
            "Không ghi được báo cáo.", remedy="Kiểm tra quyền ghi, hoặc đóng tệp đang mở.", path=html
        ) from e
