"""What a reader hands on: one document, as a file or as a row of a register states it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal, NamedTuple

__all__ = ["Place", "Record", "Source"]

Place = Literal["page", "scan", "file_name", "page_and_file_name"]
"""Where a field was read: letters of the file, letters recognised in a picture, the file's name, or the two together."""


class Source(NamedTuple):
    """Where one field of a record comes from.

    `sure` (0-1) is how likely the field was read right. `page` and `line` count from 0; None where the field has no place on
    a page. `raw` is what stands there, as it was read, where the field differs from it.
    """

    field: str
    place: Place
    sure: float
    page: int | None = None
    line: int | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One document as it was received; a field is None (or empty) where the file states nothing.

    `path` is relative to the folder that is read, with forward slashes. `row` is the row as the spreadsheet numbers
    it, None for a document file. `so_ky_hieu` has no inner blanks, and begins with "/" where a draft's number is
    still empty or a scan's cannot be read. `ngay_ban_hanh` is ISO. `loai_van_ban` is a code of `loai_van_ban.types()`.
    `noi_nhan` has the lines of the block without bullets, `kinh_gui` the addressees. `hinh_thuc_sao` is `sao_y`,
    `sao_luc` or `trich_sao` where a copy mark stands on the page (Decree 30/2020, Art. 25), `do_mat` the secrecy mark,
    `do_khan` the mark of urgency (HỎA TỐC, THƯỢNG KHẨN, KHẨN). `sources` says of each field of a document file that was
    found where it stood and how sure the reading is. `error` says why nothing could be read; the other fields are
    then empty.
    """

    path: str
    row: int | None = None
    so_ky_hieu: str | None = None
    ngay_ban_hanh: str | None = None
    loai_van_ban: str | None = None
    trich_yeu: str | None = None
    co_quan_ban_hanh: str | None = None
    noi_nhan: tuple[str, ...] = ()
    kinh_gui: tuple[str, ...] = ()
    do_mat: str | None = None
    do_khan: str | None = None
    hinh_thuc_sao: str | None = None
    warnings: tuple[str, ...] = ()
    error: str | None = None
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", tuple(Source(*source) for source in self.sources))

    def source(self, field: str) -> Source | None:
        """Where the field of this name comes from; None where it is empty, or stands in a register.

        >>> Record("a.pdf", so_ky_hieu="15/QĐ-UBND", sources=(Source("so_ky_hieu", "scan", 0.9, 0, 3),)).source("so_ky_hieu").sure
        0.9
        """
        return next((source for source in self.sources if source.field == field), None)

    @property
    def reading(self) -> float:
        """How likely type and title, on which a decision rests, were read right (0-1); 1 where the file states the letters.

        A picture in which one of them was not found was hardly read.

        >>> Record("a.docx", trich_yeu="V/v báo cáo").reading
        1.0
        >>> Record("a.png", trich_yeu="V/v báo cáo", sources=(Source("trich_yeu", "scan", 0.9),)).reading
        0.675
        """
        if not any(source.place == "scan" for source in self.sources):
            return 1.0
        sure = (source.sure if (source := self.source(f)) else _UNREAD for f in ("loai_van_ban", "trich_yeu"))
        return round(prod(sure), 4)


_UNREAD = 0.75
