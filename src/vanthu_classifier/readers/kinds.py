"""What a file is, by its bytes: its name decides only between a text and a register, which are both text.

Offices keep RTF and web pages under .doc, tables of web pages and tab-separated text under .xls, pointers under .pdf; programs that
"export to Excel" mostly write one of these. Each kind is one line of `FORMATS`, with the module that reads it.
"""

from __future__ import annotations

import codecs
import mmap
import re
from dataclasses import dataclass
from pathlib import Path

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers import packed, txt

__all__ = ["FORMATS", "Format", "format_of"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file and the module of `readers` that reads it, by its function `lines`.

    A register is read by `records` of its module instead. `pictured` says that its pages may be pictures, whose letters have to be recognised.
    """

    name: str
    module: str
    register: bool = False
    pictured: bool = False
    function: str = "lines"


FORMATS = {
    format_.name: format_
    for format_ in (
        Format("Word (.docx)", "docx"),
        Format("Word 2003 XML", "docx", function="lines_of_xml"),
        Format("Word 97-2003 (.doc)", "doc"),
        Format("RTF", "rtf"),
        Format("OpenDocument (.odt)", "odt"),
        Format("trang HTML", "html"),
        Format("PDF", "pdf", pictured=True),
        Format("ảnh", "image", pictured=True),
        Format("văn bản thuần (.txt)", "txt"),
        Format("sổ đăng ký dạng bảng tính", "register", register=True),
        Format("sổ đăng ký dạng .csv", "register", register=True),
    )
}
"""The kinds of file that are read, by name."""


def format_of(path: Path) -> Format:
    """The kind of file by its first bytes, its name deciding between a text and a register.

    `UnreadableFileError` where the file is empty, locked with a password, or no document at all.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as e:
        raise UnreadableFileError(
            "Không mở được tệp.", remedy="Kiểm tra quyền đọc, hoặc đóng chương trình đang mở tệp này.", path=path
        ) from e
    for known in (_by_magic, _by_markup, _by_text):
        name = known(path, start)
        if name:
            return FORMATS[name]
    raise UnreadableFileError(
        "Tệp này không phải văn bản hay sổ đăng ký.", remedy="Bỏ tệp ra khỏi thư mục nếu không cần.", path=path
    )


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"BM", b"RIFF")


def _by_magic(path: Path, start: bytes) -> str | None:
    if not start.strip(b"\0 \r\n\t"):
        what = "Tệp rỗng." if path.stat().st_size == 0 else "Tệp không có nội dung."
        raise UnreadableFileError(what, remedy="Xin lại tệp từ nơi gửi.", path=path)
    if start.startswith(b"version https://git-lfs"):
        raise UnreadableFileError(
            "Đây là con trỏ Git LFS, không phải văn bản.", remedy="Tải lại tệp gốc (git lfs pull).", path=path
        )
    if start.startswith(b"PK"):
        return _by_zip(path)
    if b"%PDF-" in start[:1024]:
        return "PDF"
    if start.startswith(_OLE):
        return _by_ole(path)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{\\rtf", b"{\\urtf")):
        return "RTF"
    return "ảnh" if start.startswith(_IMAGES) and path.suffix.lower() not in (".txt", ".csv") else None


# ------------------------------------------------------------------ archives


def _by_zip(path: Path) -> str | None:
    with packed.opened(path) as archive:
        names = archive.file.NameToInfo
        said = next((part for part in ("mimetype", "META-INF/manifest.xml") if part in names), None)
        kind = b""
        if said:
            with archive.file.open(said) as file:
                kind = file.read(2_000)
    if any(name.startswith("word/") for name in names):
        return "Word (.docx)"
    if any(name.startswith("xl/workbook") for name in names):
        return "sổ đăng ký dạng bảng tính"
    open_kind = re.search(rb"opendocument\.(text|spreadsheet)", kind)  # of the whole; what is embedded comes behind
    if open_kind is None:
        return None
    return "OpenDocument (.odt)" if open_kind[1] == b"text" else "sổ đăng ký dạng bảng tính"


_STREAMS = {
    "EncryptedPackage": "",
    "WordDocument": "Word 97-2003 (.doc)",
    "Workbook": "sổ đăng ký dạng bảng tính",
    "Book": "sổ đăng ký dạng bảng tính",
}


def _by_ole(path: Path) -> str | None:
    """A compound file says what it is by the names of its streams, in UTF-16, an entry of 128 bytes each.

    What is embedded in it has entries too, further back: the first one counts.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = {name: content.find((name + "\0").encode("utf-16-le")) for name in _STREAMS}
    first = min((name for name, at in found.items() if at >= 0), key=found.__getitem__, default=None)
    if first == "EncryptedPackage":
        raise UnreadableFileError(
            "Tệp đặt mật khẩu nên không mở được.", remedy="Bỏ mật khẩu, lưu lại rồi chạy lại.", path=path
        )
    return _STREAMS[first] if first else None


# ------------------------------------------------------------------ markup and text

_HTML = re.compile(
    r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|title|style|table|div|p|center|font|span|h[1-6]|br)\b",
    re.IGNORECASE | re.DOTALL,
)
_MIME = re.compile(r"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version\s*:", re.IGNORECASE)
_WORD_XML = re.compile(r"<(?:\w+:)?(?:wordDocument\b|package\b[^>]*xmlPackage)|progid=.Word\.Document")
_SHEET_XML = re.compile(r"<(?:\w+:)?Workbook\b[^>]*office:spreadsheet|progid=.Excel\.Sheet")
_FLAT_TEXT = re.compile(r"<office:document\b[^>]*opendocument\.text", re.DOTALL)


def _by_markup(path: Path, start: bytes) -> str | None:
    text = _beginning(start)
    if text.startswith("<"):
        for pattern, name in (
            (_WORD_XML, "Word 2003 XML"),
            (_SHEET_XML, "sổ đăng ký dạng bảng tính"),
            (_FLAT_TEXT, "OpenDocument (.odt)"),
        ):
            if pattern.search(text):
                return name
    if _HTML.match(text) or _MIME.match(text) or (text.startswith("<?xml") and "<html" in text.lower()):
        return _page(path)
    return None


def _beginning(start: bytes) -> str:
    """The first letters of a text, enough for marks in ASCII."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "ignore").lstrip("\ufeff \r\n\t")
    return start.decode("latin-1").removeprefix("ï»¿").lstrip(" \r\n\t")


_SHEET_ENDINGS = {".xls", ".xlsx", ".xlsm", ".ods", ".csv"}


def _page(path: Path) -> str:
    """A page under the name of a workbook, or with a table that has the headings of a register, is a register."""
    from vanthu_classifier.readers import register

    if path.suffix.lower() in _SHEET_ENDINGS or register.page_looks_like(path):
        return "sổ đăng ký dạng bảng tính"
    return "trang HTML"


_DOCUMENT_ENDINGS = {".txt", ".text", ".md", "", ".doc", ".docx", ".rtf", ".odt", ".htm", ".html"}
_REGISTER_ENDINGS = {".csv", ".tsv", ".tab", *_SHEET_ENDINGS}


def _by_text(path: Path, start: bytes) -> str | None:
    """Text, where the name says that of a document or a register; text under any other name is a wrong or damaged file."""
    from vanthu_classifier.readers import register

    ending = path.suffix.lower()
    if ending not in _DOCUMENT_ENDINGS | _REGISTER_ENDINGS:
        return None
    txt.encoding_of(path)
    if ending in _REGISTER_ENDINGS or register.looks_like(path):
        return "sổ đăng ký dạng .csv"
    return "văn bản thuần (.txt)"
