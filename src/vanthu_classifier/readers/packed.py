"""Files that are archives of XML (.docx, .odt, .xlsx, .ods): opened so that a hostile one costs an error and no memory.

Sizes are looked at before anything is unpacked; XML with a document type is refused, so no entity is expanded and nothing outside the
file is read; libxml2's own limits on depth and length stay on.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import UnreadableFileError

__all__ = ["MAX_XML", "Archive", "opened", "parsed", "spoilt", "too_large"]

MAX_XML = 64_000_000
"""Bytes of one part of XML, unpacked: some 2,000 pages of text. Parsed it needs about eight times that."""
_MAX_PARTS = 20_000
_MAX_TOTAL = 1_000_000_000  # bytes of everything in it, pictures too
_MAX_PACKED = 200  # times that a part of XML may grow; text seldom does by more than 20


def spoilt(path: Path) -> UnreadableFileError:
    """The error for a file that cannot be opened, or holds something else than its kind has to."""
    program, kind = ("Excel", ".xlsx") if path.suffix.lower() in (".xlsx", ".xlsm", ".ods") else ("Word", ".docx")
    return UnreadableFileError(
        "Tệp bị hỏng hoặc tải về chưa đủ.",
        remedy=f"Xin lại tệp từ nơi gửi, hoặc mở bằng {program} rồi lưu lại dạng {kind}.",
        path=path,
    )


def too_large(path: Path) -> UnreadableFileError:
    """The error for a file that unpacks to more than a document can need."""
    return UnreadableFileError(
        "Tệp nén chứa quá nhiều dữ liệu, có thể là tệp phá hoại.",
        remedy="Không mở tệp này nếu không rõ nơi gửi; nếu là văn bản, tách thành nhiều tệp nhỏ.",
        path=path,
    )


def _forbidden(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        "Tệp có khai báo XML không an toàn (DOCTYPE, ENTITY).",
        remedy="Không mở tệp này nếu không rõ nơi gửi; nếu là văn bản, lưu lại bằng Word rồi chạy lại.",
        path=path,
    )


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive whose sizes were looked at."""

    path: Path
    file: zipfile.ZipFile

    def xml(self, name: str) -> Any | None:
        """The root element of a part (lxml), None where there is no such part; `UnreadableFileError` as `parsed`."""
        if name not in self.file.NameToInfo:
            return None
        if self.file.getinfo(name).file_size > MAX_XML:
            raise too_large(self.path)
        return parsed(self.file.read(name), self.path)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at `path`; `UnreadableFileError` where it is damaged, locked, or unpacks to more than a document can need."""
    try:
        with zipfile.ZipFile(path) as file:
            check(file, path)
            yield Archive(path, file)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zipfile.zlib.error) as e:  # type: ignore[attr-defined]
        raise spoilt(path) from e
    except RuntimeError as e:  # a password
        if "password" not in str(e) and "encrypted" not in str(e):
            raise
        raise UnreadableFileError(
            "Tệp đặt mật khẩu nên không mở được.", remedy="Bỏ mật khẩu, lưu lại rồi chạy lại.", path=path
        ) from e


def check(file: zipfile.ZipFile, path: Path) -> None:
    """`UnreadableFileError` where the archive says that it unpacks to more than a document can need; `zipfile` holds it to its word."""
    parts = file.infolist()
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_TOTAL:
        raise too_large(path)
    for part in parts:
        grown = part.file_size > 10_000_000 and part.file_size > _MAX_PACKED * part.compress_size
        if part.filename.endswith((".xml", ".rels")) and grown:
            raise too_large(path)


def parsed(content: bytes, path: Path) -> Any:
    """The root element (lxml) of XML; `UnreadableFileError` where it is damaged, declares a document type or is nested too deep."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise spoilt(path) from e
    if root.getroottree().docinfo.internalDTD is not None:
        raise _forbidden(path)
    return root
