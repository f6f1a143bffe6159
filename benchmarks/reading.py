"""What `vanthu batch` needs for a folder of text files, against what the reading libraries alone need for the same files.

    python benchmarks/reading.py [--files 150] [--rounds 5] [--most 1.5] [--folder OFFICE]

Makes Word files (python-docx) and PDF files with a text layer (reportlab) in a temporary folder, or takes those of `--folder` that
can be read without OCR (repeated, so that starting is a small part), then measures in turn, in one run:

    library     python-docx: the text of every paragraph and cell; pypdfium2: the text of every page
    batch       `batch.run`: found, hashed, read in a contained process, laid out, decided, written as .jsonl; nothing remembered

Each is the least of the rounds, as time on the clock and as time of all processors (the contained process works beside ours). Absolute
times are noise on a shared machine; the ratio is the figure. Exit code 1 where a ratio is above `--most`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import office_files as office
from vanthu_classifier import DispatchClassifier, batch

_MATTERS = ("rà soát thủ tục hành chính", "bảo vệ môi trường", "phòng, chống thiên tai", "số hóa tài liệu lưu trữ")
_SENTENCE = (
    "Các phòng chuyên môn, Ủy ban nhân dân các xã, thị trấn căn cứ chức năng, nhiệm vụ được giao tổ chức thực hiện nghiêm túc, "
    "báo cáo kết quả về Văn phòng trước ngày {day} hằng tháng để tổng hợp, trình lãnh đạo xem xét, chỉ đạo."
)


def make_docx(path: Path, number: int, paragraphs: int) -> None:
    """A decision of some pages, with a table."""
    chance = random.Random(number)
    head = office.decision(f"Về việc {chance.choice(_MATTERS)} đợt {number}", f"Số: {number}/QĐ-UBND")
    body = [_SENTENCE.format(day=chance.randint(1, 28)) for _ in range(paragraphs)]
    table = [[str(i), f"Nội dung {i}", "Phòng Nội vụ", "Quý III"] for i in range(1, 13)]
    office.docx(path, [*head[:-1], *body, table, head[-1]])


def make_pdf(path: Path, number: int, pages: int, font: Path) -> None:
    """A decision of some pages with an embedded font and a text layer, as Word prints it."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    chance = random.Random(number)
    pdfmetrics.registerFont(TTFont("Serif", font))
    page = Canvas(str(path), pagesize=A4, invariant=1)

    def write(x: float, y: float, text: str) -> None:
        page.setFont("Serif", 11)
        page.drawString(x, A4[1] - y, text)

    for x, y, text in (
        (80, 60, "ỦY BAN NHÂN DÂN"),
        (270, 60, office.COUNTRY[0]),
        (80, 76, "HUYỆN PHÚ LỘC"),
        (330, 76, office.COUNTRY[1]),
        (90, 100, f"Số: {number}/QĐ-UBND"),
        (330, 100, "Phú Lộc, ngày 02 tháng 7 năm 2019"),
        (250, 140, "QUYẾT ĐỊNH"),
        (170, 160, f"Về việc {chance.choice(_MATTERS)} đợt {number}"),
    ):
        write(x, y, text)
    words = " ".join(_SENTENCE.format(day=chance.randint(1, 28)) for _ in range(7)).split()
    lines = [" ".join(words[i : i + 17]) for i in range(0, len(words), 17)]
    for at in range(pages):
        for i, line in enumerate(lines):
            write(80, 200 + 18 * i, line)
        if at < pages - 1:
            page.showPage()
    for i, line in enumerate(("Nơi nhận:", "- Như Điều 2;", "- Lưu: VT.")):
        write(80, 720 + 14 * i, line)
    page.save()


def copy_readable(office: Path, kind: str, folder: Path, least: int) -> None:
    """Copy the files of a kind that have text to read, as often as it takes to have enough of them."""
    found = [
        p for p in sorted(office.rglob(f"*.{kind}")) if all(r["error"] is None for r in batch.rows(p, ocr="never"))
    ]
    for copy in range(-(-least // len(found)) if found else 0):
        for number, path in enumerate(found):
            shutil.copy(path, folder / f"{copy:03} {number:04}.{kind}")


def library_docx(folder: Path) -> int:
    """Letters of all paragraphs and cells, by python-docx."""
    import docx

    letters = 0
    for path in folder.glob("*.docx"):
        document = docx.Document(str(path))
        letters += sum(len(paragraph.text) for paragraph in document.paragraphs)
        letters += sum(len(cell.text) for table in document.tables for row in table.rows for cell in row.cells)
    return letters


def library_pdf(folder: Path) -> int:
    """Letters of all pages, by pypdfium2."""
    import pypdfium2

    letters = 0
    for path in folder.glob("*.pdf"):
        document = pypdfium2.PdfDocument(path)
        for page in document:
            textpage = page.get_textpage()
            letters += len(textpage.get_text_range())
            textpage.close()
            page.close()
        document.close()
    return letters


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of all processors, children included."""
    before, clock = os.times(), time.perf_counter()
    work()
    after, seconds = os.times(), time.perf_counter() - clock
    return seconds, sum(after[:4]) - sum(before[:4])


def main() -> int:
    """Measure and print; 1 where a ratio is above what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=150, help="of each kind")
    parser.add_argument("--folder", type=Path, help="an office's files, instead of files made here")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=3)
    parser.add_argument(
        "--font", type=Path, default="/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf", help="for the PDF files"
    )
    parser.add_argument("--most", type=float, default=1.5, help="ratio that is still good")
    asked = parser.parse_args()
    classifier = DispatchClassifier()
    classifier.decisions([{"trich_yeu": "phê duyệt dự toán"}])  # the model is loaded
    worst = 0.0
    print(f"least of {asked.rounds} rounds; milliseconds a file")
    print(f"{'':8}{'library':>10}{'batch':>10}{'ratio':>8}   {'library':>10}{'batch':>10}{'ratio':>8}")
    print(f"{'':8}{'clock':>28}   {'processors':>28}")
    with tempfile.TemporaryDirectory() as place:
        for kind, library, make in (
            ("docx", library_docx, make_docx),
            ("pdf", library_pdf, partial(make_pdf, font=asked.font)),
        ):
            folder = Path(place, kind)
            folder.mkdir()
            for number in range(0 if asked.folder else asked.files):
                make(folder / f"{number:04}.{kind}", number, 9 * asked.pages if kind == "docx" else asked.pages)
            if asked.folder:
                copy_readable(asked.folder, kind, folder, asked.files)
            files = len(list(folder.iterdir()))
            out = Path(place, f"{kind}.jsonl")

            def by_library(library: Callable[[Path], int] = library, folder: Path = folder) -> None:
                library(folder)

            def by_batch(folder: Path = folder, out: Path = out, files: int = files) -> None:
                summary = batch.run(folder, out, classifier=classifier, ocr="never", resume=False)
                assert (summary.rows, summary.errors) == (files, 0), summary

            rounds = [(measured(by_library), measured(by_batch)) for _ in range(asked.rounds)]
            figures = []
            for which in (0, 1):  # clock, processors
                alone, whole = (min(times[i][which] for times in rounds) / files * 1000 for i in (0, 1))
                figures.append(f"{alone:10.2f}{whole:10.2f}{whole / alone:8.2f}")
                worst = max(worst, whole / alone)
            print(f"{kind:8}{figures[0]}   {figures[1]}   ({files} files)", flush=True)
    return int(worst > asked.most)


if __name__ == "__main__":
    sys.exit(main())
