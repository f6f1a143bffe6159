"""The picture of the report for the manual: run it after a change of the workbook, and look at it.

python docs/make_report_picture.py          needs LibreOffice (soffice) and poppler (pdftoppm)
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from vanthu_classifier import batch

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).with_name("images") / "bao_cao.png"


def main() -> None:
    """Writes the report on `examples/` and takes the first page of it as it prints."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batch.run(ROOT / "examples" / "van_phong", folder / "bao_cao.xlsx")
        convert = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
        subprocess.run([*convert, "--outdir", name, str(folder / "bao_cao.xlsx")], check=True, capture_output=True)
        first = ["pdftoppm", "-r", "110", "-f", "1", "-l", "1", "-singlefile", "-png"]
        subprocess.run([*first, str(folder / "bao_cao.pdf"), str(folder / "page")], check=True)
        _cut(Image.open(folder / "page.png")).save(OUT, optimize=True)


def _cut(page: Image.Image) -> Image.Image:
    """The page without its white margins, in 256 colours."""
    page = page.convert("RGB")
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    return page.crop(box).quantize(256)


if __name__ == "__main__":
    main()
