"""The command `vanthu batch`: a folder at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vanthu_classifier.batch import Summary
    from vanthu_classifier.decide import ReviewMode
    from vanthu_classifier.readers.ocr import Mode

__all__ = ["batch"]


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path), metavar="FOLDER")
@click.option(
    "-o",
    "--out",
    "out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Báo cáo: .xlsx, .csv, .jsonl hoặc .parquet.",
)
@click.option(
    "--jobs", "-j", default=1, show_default=True, type=click.IntRange(min=-1), help="Số tiến trình (-1: mọi nhân)."
)
@click.option("--fresh", is_flag=True, help="Làm lại từ đầu, không dùng lại kết quả đã đọc.")
@click.option(
    "--ocr",
    type=click.Choice(["auto", "never", "always"]),
    default="auto",
    show_default=True,
    help="Nhận dạng chữ trong bản quét: auto khi tệp không có lớp chữ đọc được; never không bao giờ; always luôn luôn.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="GIÂY",
    help="Thời gian chờ một tệp trước khi bỏ qua.",
)
@click.option(
    "--sort-into",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Sao chép văn bản vào từng thư mục theo kết quả (không chuyển đi, không ghi đè).",
)
@click.option(
    "--review",
    type=click.Choice(["ask", "strict", "lean"]),
    default="ask",
    show_default=True,
    help="Khi nào hỏi người: ask khi luật để ngỏ; strict cả khi danh mục im lặng; lean không hỏi nếu đã nghiêng.",
)
@click.option(
    "--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc: tên, thư mục, hoặc tệp .toml của cơ quan."
)
@click.option(
    "--as-of",
    metavar="NGÀY",
    help="Theo quy định có hiệu lực ngày này (dd/mm/yyyy), hoặc van-ban: theo ngày của từng văn bản.",
)
@click.option(
    "--model", default=None, metavar="DIR", help="Mô hình (mặc định: mô hình đang dùng, xem vanthu models list)."
)
def batch(
    folder: Path,
    out: Path,
    jobs: int,
    fresh: bool,
    ocr: Mode,
    timeout: float,
    sort_into: Path | None,
    review: ReviewMode,
    rule_pack: str | None,
    as_of: str | None,
    model: str | None,
) -> int:
    """Đọc mọi văn bản và sổ văn bản trong một thư mục, ghi báo cáo.

    Tệp gốc không bị thay đổi. Chạy bị ngắt giữa chừng thì gõ lại đúng lệnh cũ: phần đã làm được dùng tiếp. Kết quả đã đọc được
    ghi nhớ cạnh báo cáo, trong tệp ẩn «.TÊN_BÁO_CÁO.vanthu-state»; xóa tệp ấy đi cũng không sao.

    \b
    vanthu batch ho_so/ -o bao_cao.xlsx
    vanthu batch ho_so/ -o bao_cao.xlsx --sort-into da_xep/ --jobs 2
    """
    from vanthu_classifier import store
    from vanthu_classifier.batch import run
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.rulepack import DEFAULT

    classifier = DispatchClassifier(rule_pack or DEFAULT, model=model or store.current(), review=review, as_of=as_of)
    summary = run(
        folder,
        out,
        classifier=classifier,
        jobs=jobs,
        sort_into=sort_into,
        ocr=ocr,
        timeout=timeout,
        fresh=fresh,
        progress=sys.stderr.isatty(),
    )
    for line in _said(summary, out, sort_into):
        click.echo(line, err=True)
    return 1 if summary.errors else 0


def _said(summary: Summary, out: Path, sort_into: Path | None) -> list[str]:
    """What a person wants to know at the end."""
    from vanthu_classifier.outcomes import Dispatch

    lines = []
    if summary.set_aside is not None:
        lines.append(
            f"Tệp trạng thái của lần chạy trước bị hỏng, đã để riêng ({summary.set_aside.name}) và làm lại từ đầu."
        )
    counts = f"{_number(summary.files)} tệp, {_number(summary.rows)} dòng kết quả"
    if summary.unchanged:
        counts += f"; {_number(summary.unchanged)} tệp không đổi, dùng lại kết quả đã đọc"
    lines.append(f"{counts}.")
    answers = {outcome.label_vi: summary.outcomes[outcome] for outcome in Dispatch} | {"Không đọc được": summary.errors}
    width = max(map(len, answers))
    lines += [f"  {label:{width}}  {_number(count):>9}" for label, count in answers.items() if count]
    if sort_into is not None:
        lines.append(f"Bản sao theo kết quả: {sort_into}")
    lines.append(f"Báo cáo: {out}")
    return lines


def _number(count: int) -> str:
    """As Vietnamese writes it: 1.234.567."""
    return f"{count:,}".replace(",", ".")
