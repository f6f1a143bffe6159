"""Documents to look at without writing a report: the titles of a .jsonl file, a register's rows, or all files of a folder.

`batch` answers and writes; here nothing is written and nothing remembered, for whatever measures or compares. A file that cannot be read is one document with
an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from vanthu_classifier import facts, intake, writers
from vanthu_classifier.contained import decode
from vanthu_classifier.deciding import known
from vanthu_classifier.errors import InputError
from vanthu_classifier.noi_nhan import Role
from vanthu_classifier.run_state import RunState
from vanthu_classifier.workers import Failure, Limits, Workers

__all__ = ["ARGUMENTS", "CHUNK", "Document", "arguments", "chunks", "documents"]

ARGUMENTS = (
    "trich_yeu", "so_ky_hieu", "loai_van_ban", "co_quan_ban_hanh", "ngay_ban_hanh", "noi_nhan", "hinh_thuc_sao", "do_mat", "noi_bo",
)  # fmt: skip
"""The arguments of `classify`."""
CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Document:
    """One document: where it stands, and the arguments of `classify`; `error` says why it could not be read, and there are none then.

    `row` counts from 1 as the file does, None for a document that is a file of its own.
    """

    path: str
    row: int | None
    args: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None

    @property
    def trich_yeu(self) -> str:
        """The title."""
        return str(self.args.get("trich_yeu") or "")


def documents(path: str | Path) -> Iterator[Document]:
    """The documents in a .jsonl file (objects with `trich_yeu` and what else `classify` takes), a register, a document file, or a folder of them.

    Reports of ours in a folder are left out. `InputError` where there is nothing of the name, or a line of .jsonl is no such object (with its row).
    """
    path = Path(path)
    if path.suffix.lower() == ".jsonl" and path.is_file():
        yield from _lines(path)
        return
    with ExitStack() as stack:
        state = stack.enter_context(RunState(None))
        workers = stack.enter_context(Workers(Limits()))
        found = list(intake.files(path, writers.is_report))
        for part in stack.enter_context(intake.read(found, workers, state)):
            if isinstance(part.content, Failure):
                yield Document(part.file.name, None, error=part.content.sentence)
            elif part.content is not None:
                for record in decode(part.content, part.file.name):
                    args = {} if record.error else known(record)
                    yield Document(record.path, record.row, args, record.error)


def chunks(found: Iterator[Document]) -> Iterator[list[Document]]:
    """The documents in portions that are worth deciding together."""
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _lines(path: Path) -> Iterator[Document]:
    try:
        lines = path.open("rb")
    except OSError as error:
        raise InputError("Không mở được tệp.", remedy="Kiểm tra quyền đọc.", path=path) from error
    with lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                raise _fault(path, number, "Dòng này không phải JSON.") from error
            if not isinstance(value, dict) or not isinstance(value.get("trich_yeu"), str | None):
                raise _fault(path, number, "Dòng này không phải một đối tượng có trích yếu.")
            yield Document(path.name, number, arguments(value), value.get("error"))


def arguments(row: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `classify` in a row, which may be a report's or a recorded answer: the type in those is the answer's.

    It was stated outside title and symbol, and so is an argument, only where the answer rests on no estimate and neither of them states it.

    >>> arguments({"trich_yeu": "phê duyệt", "loai_van_ban": "QĐ", "dispatch": "electronic_and_paper", "basis": "model"})
    {'trich_yeu': 'phê duyệt'}
    >>> arguments({"trich_yeu": "phê duyệt", "loai_van_ban": "QĐ", "dispatch": "electronic_and_paper", "basis": "rule"})
    {'trich_yeu': 'phê duyệt', 'loai_van_ban': 'QĐ'}
    """
    args = {"trich_yeu": ""} | {name: row[name] for name in ARGUMENTS if row.get(name) is not None}
    if "dispatch" in row and not (row.get("basis") == "rule" and _states_no_type(args)):
        args.pop("loai_van_ban", None)
    addressees = [
        r.get("name") for r in row.get("recipients") or () if isinstance(r, dict) and r.get("role") in _ADDRESSED
    ]
    block = args.get("noi_nhan")
    if addressees and isinstance(block, list) and not any("kính gửi" in str(line).lower() for line in block):
        args["noi_nhan"] = [*(f"Kính gửi: {name}" for name in addressees), *block]
    return args


_ADDRESSED = (Role.ADDRESSEE, Role.ADDRESSEES)
"""Recipients that a report's `noi_nhan` does not list, which has the recipients block alone."""


def _states_no_type(args: Mapping[str, Any]) -> bool:
    title, symbol = args["trich_yeu"], args.get("so_ky_hieu")
    return (
        isinstance(title, str) and isinstance(symbol, str | None) and facts.read(title, so_ky_hieu=symbol).loai is None
    )


def _fault(path: Path, row: int, what: str) -> InputError:
    return InputError(what, remedy='Mỗi dòng là một đối tượng, ví dụ {"trich_yeu": "…"}.', path=path, row=row)
