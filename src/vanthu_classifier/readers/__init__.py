"""Readers: what stands in a file, as records.

A file is read by what it *is* (`kinds`), not by what its name says. One module for one format:

    docx, doc, rtf, odt, html   build blocks of paragraphs and tables, which `flow` makes into lines
    txt                         lines
    pdf, image                  lines; letters are recognised in pictures of pages where `ocr` says so
    register                    the rows of a register (.xlsx, .xls, .ods, .csv) as records

and `layout.record` finds the fields of a document among its lines. Text in a legacy Vietnamese encoding is converted, and the record says so.
Nothing a file holds is run, fetched or trusted: sizes and depths have limits, and a file beyond them is one clear error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.legacy import NAMES, convert_lines, has_unicode
from vanthu_classifier.readers.kinds import Format, format_of
from vanthu_classifier.readers.ocr import Mode
from vanthu_classifier.readers.page import Line
from vanthu_classifier.readers.record import Record
from vanthu_classifier.text import damage

__all__ = ["Format", "Record", "UnreadableFileError", "format_of", "read"]


def read(path: str | Path, name: str | None = None, *, ocr: Mode = "auto") -> Iterator[Record]:
    """The records of a file: one for a document, one a row for a register, in order.

    `name` stands in `Record.path`; the file's own name by default. `ocr` says when letters are recognised in pictures
    of pages (`ocr.MODES`). `UnreadableFileError` where the file is empty, damaged, locked, hostile, no document, or a
    picture that is not to be or cannot be recognised; for a register it may come after some rows. `MissingExtraError`
    where reading it needs an extra (`formats` for .doc, `ocr`) that is not installed.
    """
    path = Path(path)
    name = path.name if name is None else name
    format_ = format_of(path)
    module = import_module(f"{__name__}.{format_.module}")
    if format_.register:
        yield from module.records(path, name)
        return
    lines = getattr(module, format_.function)
    yield _document(lines(path, ocr=ocr) if format_.pictured else lines(path), path, name)


def _document(page: tuple[Line, ...], path: Path, name: str) -> Record:
    layout = import_module(f"{__name__}.layout")
    page = _in_unicode(page)
    broken = _damage([line.text for line in page[:_LOOKED_AT]])
    if broken in _DAMAGED:
        raise UnreadableFileError(f"Chữ trong tệp {_DAMAGED[broken]}.", remedy=_CONVERT, path=path)
    found: Record = layout.record(page, name)
    if not found.so_ky_hieu and not found.trich_yeu:
        raise UnreadableFileError(
            "Không tìm thấy số, ký hiệu và trích yếu trong tệp.",
            remedy="Kiểm tra xem tệp có phải văn bản hành chính không.",
            path=path,
        )
    notes = tuple(
        f"Chữ trong tệp {how}; đã chuyển sang Unicode. Hãy đối chiếu với bản gốc."
        for encoding, how in NAMES.items()
        if any(line.legacy == encoding for line in page)
    )
    return replace(found, warnings=(*notes, *found.warnings))


def _damage(texts: list[str]) -> str | None:
    """What is wrong with most of the lines that are not plain; one that is sound does not save the others."""
    marked = [text for text in texts if not text.isascii()]
    unsure = [text for text in marked if not has_unicode(text)]
    return damage(" ".join(unsure if 2 * len(unsure) > len(marked) else texts))


def _in_unicode(page: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with what is still in a legacy encoding converted: a .pdf's letters, whose fonts do not say."""
    pairs = convert_lines([line.text for line in page])
    return tuple(
        replace(line, text=text, legacy=legacy) if legacy else line
        for line, (text, legacy) in zip(page, pairs, strict=True)
    )


_LOOKED_AT = 200  # lines of a document that show whether its letters can be read
_DAMAGED = {
    "tcvn3": "dùng phông cũ TCVN3 (.VnTime) nhưng không chuyển sang Unicode được chắc chắn",
    "vni": "dùng phông cũ VNI nhưng không chuyển sang Unicode được chắc chắn",
    "mojibake": "bị đọc sai bảng mã và không khôi phục được chắc chắn",
    "lost": "đã mất dấu, thành dấu hỏi",
}
_CONVERT = "Chuyển sang phông Unicode (ví dụ bằng UniKey), lưu lại rồi chạy lại."
