"""What a reader hands on: one document, as a file or as a row of a register states it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Record"]


@dataclass(frozen=True, slots=True)
class Record:
    """One document as it was received; a field is None (or empty) where the file states nothing.

    `path` is relative to the folder that is read, with forward slashes. `row` is the row as the spreadsheet numbers
    it, None for a document file. `so_ky_hieu` has no inner blanks, and begins with "/" where a draft's number is
    still empty. `ngay_ban_hanh` is ISO. `loai_van_ban` is a code of `loai_van_ban.types()`. `noi_nhan` has the lines
    of the block without bullets, `kinh_gui` the addressees. `hinh_thuc_sao` is `sao_y`, `sao_luc` or `trich_sao`
    where a copy mark stands on the page (Decree 30/2020, Art. 25), `do_mat` the secrecy mark. `error` says why
    nothing could be read; the other fields are then empty.
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
    hinh_thuc_sao: str | None = None
    warnings: tuple[str, ...] = ()
    error: str | None = None
