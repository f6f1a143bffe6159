"""Readers: what stands in a file, as records.

A file is read by what it *is*: its first bytes decide, the ending of its name only where bytes leave a choice (a
register and a plain text are both text). One module for one format, and one line of the table `_FORMATS` below:

    docx, pdf, txt      `lines(path)`: the lines of one document, in order of reading; `layout.record` finds the fields
    pdf, image          `lines(path, ocr)`: the same, letters recognised in pictures of pages where `ocr` says so
    register            `records(path, name)`: the rows of a register (.xlsx, .xls, .ods, .csv)

What no module reads yet is named as well, each with its remedy; a new format replaces such a line.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers.ocr import Mode
from vanthu_classifier.readers.page import Line
from vanthu_classifier.readers.record import Record
from vanthu_classifier.text import damage

__all__ = ["Format", "Record", "UnreadableFileError", "format_of", "read"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. `module` is the reader's, "" where none reads it; `remedy` then says what the office can do.

    `pictured` says that its pages may be pictures, whose letters have to be recognised.
    """

    name: str
    module: str = ""
    register: bool = False
    remedy: str = ""
    pictured: bool = False


_SAVE = "Mở bằng Word hoặc LibreOffice, lưu lại dạng .docx rồi chạy lại."
_FORMATS = {
    format_.name: format_
    for format_ in (
        Format("Word (.docx)", "docx"),
        Format("PDF", "pdf", pictured=True),
        Format("văn bản thuần (.txt)", "txt"),
        Format("sổ đăng ký dạng bảng tính", "register", register=True),
        Format("sổ đăng ký dạng .csv", "register", register=True),
        Format("Word 97-2003 (.doc)", remedy=_SAVE),
        Format("RTF", remedy=_SAVE),
        Format("OpenDocument (.odt)", remedy=_SAVE),
        Format("trang HTML", remedy=_SAVE),
        Format("ảnh", "image", pictured=True),
    )
}


def read(path: Path, name: str | None = None, *, ocr: Mode = "auto") -> Iterator[Record]:
    """The records of a file: one for a document, one a row for a register, in order.

    `name` stands in `Record.path`; the file's own name by default. `ocr` says when letters are recognised in pictures
    of pages (`ocr.MODES`). `UnreadableFileError` where the file is empty, damaged, locked, of a kind that cannot be
    read, or a picture that is not to be or cannot be recognised; for a register it may come after some rows.
    `MissingExtraError` where that needs the extra `ocr` and it is not installed.
    """
    name = path.name if name is None else name
    format_ = format_of(path)
    if not format_.module:
        raise UnreadableFileError(f"Chưa đọc được tệp loại {format_.name}.", remedy=format_.remedy, path=path)
    module = import_module(f"{__name__}.{format_.module}")
    if format_.register:
        yield from module.records(path, name)
    else:
        lines = partial(module.lines, ocr=ocr) if format_.pictured else module.lines
        yield _document(lines, path, name)


def _document(lines: Callable[[Path], tuple[Line, ...]], path: Path, name: str) -> Record:
    layout = import_module(f"{__name__}.layout")
    page = lines(path)
    broken = damage(" ".join(line.text for line in page[:_LOOKED_AT]))
    if broken in _DAMAGED:
        raise UnreadableFileError(f"Chữ trong tệp {_DAMAGED[broken]}.", remedy=_CONVERT, path=path)
    found: Record = layout.record(page, name)
    if not found.so_ky_hieu and not found.trich_yeu:
        raise UnreadableFileError(
            "Không tìm thấy số, ký hiệu và trích yếu trong tệp.",
            remedy="Kiểm tra xem tệp có phải văn bản hành chính không.",
            path=path,
        )
    return found


_LOOKED_AT = 200  # lines of a document that show whether its letters can be read
_DAMAGED = {
    "tcvn3": "dùng phông cũ TCVN3 (.VnTime)",
    "vni": "dùng phông cũ VNI",
    "mojibake": "bị đọc sai bảng mã",
    "lost": "đã mất dấu, thành dấu hỏi",
}
_CONVERT = "Chuyển sang phông Unicode (ví dụ bằng UniKey), lưu lại rồi chạy lại."


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
    for known in (_by_magic, _by_text):
        name = known(path, start)
        if name:
            return _FORMATS[name]
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
    if start.lstrip().startswith(b"{\\rtf"):
        return "RTF"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype html", b"<?xml version")):
        return "trang HTML" if b"<html" in start.lower() else None
    return "ảnh" if start.startswith(_IMAGES) and path.suffix.lower() not in (".txt", ".csv") else None


def _by_zip(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, KeyError, RuntimeError, NotImplementedError, EOFError) as e:
        raise UnreadableFileError(
            "Tệp bị hỏng hoặc tải về chưa đủ.", remedy="Xin lại tệp từ nơi gửi.", path=path
        ) from e
    if "word/document.xml" in names or any(n.startswith("word/") for n in names):
        return "Word (.docx)"
    if any(n.startswith("xl/workbook") for n in names) or b"opendocument.spreadsheet" in kind:
        return "sổ đăng ký dạng bảng tính"
    return "OpenDocument (.odt)" if b"opendocument.text" in kind else None


def _by_ole(path: Path) -> str | None:
    """Compound files name their streams in UTF-16; which streams there are says what the file is."""
    content = path.read_bytes()

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        raise UnreadableFileError(
            "Tệp đặt mật khẩu nên không mở được.", remedy="Bỏ mật khẩu, lưu lại rồi chạy lại.", path=path
        )
    if has("WordDocument"):
        return "Word 97-2003 (.doc)"
    return "sổ đăng ký dạng bảng tính" if has("Workbook") or has("Book") else None


_DOCUMENT_ENDINGS = {".txt", ".text", ".md", ""}
_REGISTER_ENDINGS = {".csv", ".tsv", ".tab"}


def _by_text(path: Path, start: bytes) -> str | None:
    """Text, where the name says text; a text under the name of another kind is a wrong or damaged file."""
    from vanthu_classifier.readers import register, txt

    ending = path.suffix.lower()
    if ending not in _DOCUMENT_ENDINGS | _REGISTER_ENDINGS:
        return None
    txt.encoding_of(path)
    if ending in _REGISTER_ENDINGS or register.looks_like(path):
        return "sổ đăng ký dạng .csv"
    return "văn bản thuần (.txt)"
