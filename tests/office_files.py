"""Small files for the tests, made by code: nothing here was ever a document of anybody.

`docx` and `xlsx` use the libraries that read them back; `pdf` writes the few objects by hand, so that a test can say
where each word stands, with a font that is named but not embedded.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

COUNTRY = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
Text = tuple[float, float, str]
"""Left end, height from the top of the page (points) and letters of a run of text."""


def digests(folder: Path) -> dict[str, str]:
    """What every file of a folder holds, to see afterwards that none was touched."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


def docx(path: Path, parts: Iterable[str | Sequence[Sequence[str]]]) -> Path:
    """A Word file of paragraphs (text) and tables (rows of cells); "\\n" in a cell begins a paragraph."""
    import docx as library

    document = library.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=len(part), cols=len(part[0]))
        for row, cells in zip(table.rows, part, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                first, *more = text.split("\n")
                cell.paragraphs[0].add_run(first)
                for line in more:
                    cell.add_paragraph(line)
    document.save(str(path))
    return path


def letter(number: str = "Số: 15/UBND-NV") -> list[str | list[list[str]]]:
    """A công văn as offices lay it out in Word."""
    return [
        [["UBND HUYỆN PHÚ LỘC\nPHÒNG NỘI VỤ", "\n".join(COUNTRY)], [number, "Phú Lộc, ngày 02 tháng 7 năm 2019"]],
        "Kính gửi: Văn phòng Ủy ban nhân dân huyện.",
        "Phòng Nội vụ đề nghị Văn phòng phối hợp./.",
        [["Nơi nhận:\n- Như trên;\n- Lưu: VT.", "TRƯỞNG PHÒNG"]],
    ]


def decision(
    title: str = "Về việc thành lập Tổ giúp việc", number: str = "Số: 15/QĐ-UBND"
) -> list[str | list[list[str]]]:
    """A decision as offices lay it out in Word."""
    return [
        [["ỦY BAN NHÂN DÂN\nHUYỆN PHÚ LỘC", "\n".join(COUNTRY)], [number, "Phú Lộc, ngày 02 tháng 7 năm 2019"]],
        "",
        "QUYẾT ĐỊNH",
        title,
        "",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
        "QUYẾT ĐỊNH:",
        "Điều 1. Thành lập Tổ giúp việc.",
        [["Nơi nhận:\n- Như Điều 2;\n- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"]],
    ]


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook; each sheet is a list of rows, None an empty cell."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    book.close()
    return path


def _width(letter: str) -> int:
    """About what a serif font has, in thousandths of its height."""
    if letter.isupper():
        return 700
    return 280 if letter in " iltjfr.,:;/-()" else 500


def pdf(
    path: Path, pages: Sequence[Sequence[Text]], stamps: Sequence[Text] = (), size: float = 12, font: str = "X"
) -> Path:
    """A PDF of A4 pages in a font of this name; `stamps` are drawn on the first one as annotations, as signing programs do."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(content: bytes, more: bytes = b"") -> bytes:
        return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)

    def shown(texts: Sequence[Text], height: float) -> bytes:
        runs = (
            f"BT /F1 {size} Tf {x} {height - y} Td <{text.encode('utf-16-be').hex()}> Tj ET" for x, y, text in texts
        )
        return "\n".join(runs).encode()

    letters = sorted({letter for texts in (*pages, stamps) for _, _, text in texts for letter in text})
    widths = " ".join(f"{ord(c)} [{_width(c)}]" for c in letters)
    pairs = "\n".join(f"<{ord(c):04x}> <{ord(c):04x}>" for c in letters)
    cmap = add(
        stream(
            (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
                f"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
                f"{len(letters)} beginbfchar\n{pairs}\nendbfchar\n"
                "endcmap CMapName currentdict /CMap defineresource pop end end"
            ).encode()
        )
    )
    descriptor = add(
        b"<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 "
        b"/Descent -200 /CapHeight 700 /StemV 80 >>" % font.encode()
    )
    cid = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /DW 500 /FontDescriptor %d 0 R /W [%s] "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
        % (font.encode(), descriptor, widths.encode())
    )
    face = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H "
        b"/DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (font.encode(), cid, cmap)
    )
    resources = b"/Resources << /Font << /F1 %d 0 R >> >>" % face
    kids = []
    tree = len(objects) + 2 * len(pages) + 2 * len(stamps) + 1
    for number, texts in enumerate(pages):
        notes = []
        for x, y, text in stamps if number == 0 else ():
            box = b"/BBox [0 0 200 20]"
            look = add(stream(shown([(0, 15, text)], 20), b"/Type /XObject /Subtype /Form %s %s" % (box, resources)))
            rect = f"[{x} {842 - y - 5} {x + 200} {842 - y + 15}]".encode()
            notes.append(add(b"<< /Type /Annot /Subtype /Stamp /F 4 /Rect %s /AP << /N %d 0 R >> >>" % (rect, look)))
        content = add(stream(shown(texts, 842)))
        links = b" ".join(b"%d 0 R" % n for n in notes)
        kids.append(
            add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] %s /Contents %d 0 R /Annots [%s] >>"
                % (tree, resources, content, links)
            )
        )
    add(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % k for k in kids), len(kids)))
    root = add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    out = b"%PDF-1.7\n"
    offsets = []
    for i, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        root,
        out.rindex(b"xref\n0 "),
    )
    path.write_bytes(out)
    return path


# ------------------------------------------------------------------ legacy letters


def in_legacy(text: str, encoding: str) -> str:
    """`text` as it shows where the legacy font or the right code page is missing (see `legacy`); toned capitals of TCVN3 become small letters."""
    match encoding:
        case "tcvn3" | "viscii":
            column = {"tcvn3": 1, "viscii": 3}[encoding]
            table = {row[0]: chr(int(row[column], 16)) for row in legacy_rows() if row[column]}
            return "".join(table.get(c) or table.get(c.lower()) or c for c in text)
        case "vni":
            return "".join({row[0]: row[2] for row in legacy_rows()}.get(c, c) for c in text)
        case "mojibake":
            return text.encode().decode("latin-1")
        case "cp1258":
            return "".join(_as_cp1258(c) for c in text).encode("cp1258").decode("latin-1")
        case _:
            raise ValueError(encoding)


def _as_cp1258(letter: str) -> str:
    """A letter as code page 1258 spells it: its vowel composed, its tone a letter of its own."""
    split = unicodedata.normalize("NFD", letter)
    tones = "".join(c for c in split if c in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(c for c in split if c not in tones)) + tones


def legacy_rows() -> list[list[str]]:
    """The table of legacy codes as the package ships it: letter, TCVN3, VNI, VISCII."""
    text = files("vanthu_classifier").joinpath("data/bang_ma_cu.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
