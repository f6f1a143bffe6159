"""Copies of documents, in a folder for each outcome.

Nothing is moved and nothing overwritten. A copy appears whole: it is written under another name first, so that a run that was
stopped leaves no half of a document, and the next one goes on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from filecmp import cmp
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import InputError
from vanthu_classifier.intake import File
from vanthu_classifier.outcomes import Dispatch

__all__ = ["FOLDERS", "copy", "holds_copies"]

FOLDERS: dict[str | None, str] = {
    Dispatch.ELECTRONIC_ONLY: "chi_ban_dien_tu",
    Dispatch.ELECTRONIC_AND_PAPER: "dien_tu_kem_ban_giay",
    Dispatch.NEEDS_REVIEW: "can_xem_xet",
    Dispatch.NOT_BY_NETWORK: "khong_gui_qua_mang",
    None: "khong_doc_duoc",
}
"""Folder names by outcome; None is a file that could not be read."""


_MARK = ".vanthu-sort"
"""A file by which a folder of copies is known, so that a later run does not read them as documents."""


def holds_copies(folder: Path) -> bool:
    """Whether `folder` is one that documents were copied into."""
    return os.path.exists(folder / _MARK)  # noqa: PTH110 (never raises)


def copy(file: File, row: Mapping[str, Any], folder: Path) -> Path | None:
    """Copy a document whose only row is `row` below `folder`; the copy, or None where nothing is to be copied.

    A file that stands there already with the same content is the copy; one with another content keeps its name, and the copy gets
    a number. Rows of a register, and what was never opened (a link, a pipe, a lock file), are not copied. `InputError` where
    there is no room or no right to write.
    """
    if file.fault is not None or row["row"] is not None:
        return None
    wanted = folder / FOLDERS[None if row["error"] else row["dispatch"]] / file.name
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
        return _placed(file.path, wanted)
    except FileNotFoundError:
        return None  # the file has vanished, which its row says or the next run will
    except OSError as e:
        raise InputError(
            f"Không chép được tệp ({e.strerror or type(e).__name__}).",
            remedy="Kiểm tra chỗ trống và quyền ghi của thư mục xếp, rồi chạy lại: phần đã chép được giữ nguyên.",
            path=wanted,
        ) from e


def _placed(source: Path, wanted: Path) -> Path:
    target, number = wanted, 1
    while True:
        if not os.path.lexists(target):
            part = target.with_name(f".{target.name[:80]}.vanthu-part")
            shutil.copy2(source, part)
            if _renamed(part, target):
                return target
        elif target.is_file() and cmp(source, target, shallow=False):
            return target
        number += 1
        target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")


def _renamed(part: Path, target: Path) -> bool:
    """Put the copy in its place; False where something has come to stand there meanwhile."""
    try:
        with suppress(AttributeError, NotImplementedError):
            os.link(part, target)  # unlike a change of name, never over a file
            part.unlink()
            return True
    except FileExistsError:
        return False
    except OSError:
        pass  # a file system without links
    if os.path.lexists(target):
        return False
    part.rename(target)
    return True
