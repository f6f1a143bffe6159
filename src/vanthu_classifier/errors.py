"""Errors: each says what is wrong, where, and what to do.

The place is kept in fields, so that a command, a page or a caller's own code can say it in its own words; nobody has to search a
message for it. Every class knows the exit code of the command that meets it.

    0 done · 1 some files failed · 2 input or usage · 3 rule pack · 4 model · 5 training data · 6 optional part missing
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

__all__ = [
    "ArgumentTypeError",
    "ArgumentValueError",
    "InputError",
    "MissingExtraError",
    "MissingProgramError",
    "ModelError",
    "OverrulesLawError",
    "PackFault",
    "RulePackError",
    "TrainingDataError",
    "UnreadableFileError",
    "VanThuError",
]


class VanThuError(Exception):
    """Base of every error this library raises on purpose.

    `what` says what is wrong, `remedy` what to do about it. `path`, `row` (counted from 1, as a spreadsheet does), `column` (its
    heading) and `span` (start and end in the text, counted from 0) say where; each is None where it does not apply.

    >>> raise VanThuError("Không đọc được tệp.", remedy="Mở tệp rồi lưu lại dạng .docx.", path="a.docx")
    Traceback (most recent call last):
    vanthu_classifier.errors.VanThuError: a.docx: Không đọc được tệp. Mở tệp rồi lưu lại dạng .docx.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self,
        what: str,
        *,
        remedy: str = "",
        path: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        span: tuple[int, int] | None = None,
    ) -> None:
        self.what = what
        self.remedy = remedy
        self.path = None if path is None else str(path)
        self.row = row
        self.column = column
        self.span = span
        super().__init__(self._message())

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors come back whole from another process, whatever their constructors ask for."""
        return _restored, (type(self), self.args, self.__dict__)

    def _message(self) -> str:
        place = [str(part) for part in (self.path, self.row and f"dòng {self.row}", self.column) if part]
        sentence = f"{self.what} {self.remedy}".strip()
        return ": ".join([", ".join(place), sentence]) if place else sentence


def _restored(kind: type[VanThuError], args: tuple[Any, ...], values: dict[str, Any]) -> VanThuError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(values)
    return error


class InputError(VanThuError):
    """What was handed in cannot be used; exit code 2."""


class ArgumentTypeError(InputError, TypeError):
    """An argument has the wrong Python type."""


class ArgumentValueError(InputError, ValueError):
    """An argument has the right type and a value that means nothing here."""


class UnreadableFileError(InputError):
    """A file is damaged, empty, locked, or not what its name says; costs one row of a report."""


class MissingProgramError(UnreadableFileError):
    """A file needs a program outside Python that is not installed; it can be read once it is."""


@dataclass(frozen=True, slots=True)
class PackFault:
    """One fault of a rule pack.

    `code` names the kind (`rulepack.faults.CATALOGUE` has all), `file` where it stands, relative to the pack's folder, `rule` the id of the rule, case
    or item, None where it is about the whole file; `line` counts from 1, None where it is not known. `what` and `remedy` are sentences.
    A `warning` does not keep a pack from being used.
    """

    code: str
    file: str
    rule: str | None
    line: int | None
    what: str
    what_en: str
    remedy: str
    remedy_en: str
    warning: bool = False

    @property
    def place(self) -> str:
        """File, line and rule, as far as they are known."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} · {self.rule}" if self.rule else where

    def text(self, lang: Literal["vi", "en"] = "vi") -> str:
        """Place, what is wrong and what to do, in one line."""
        what, remedy = (self.what, self.remedy) if lang == "vi" else (self.what_en, self.remedy_en)
        return f"{self.place}: {what} {remedy}"

    def __str__(self) -> str:
        return self.text()


class RulePackError(VanThuError):
    """A rule pack is missing or breaks one of its guarantees; exit code 3. `faults` lists all of them."""

    exit_code: ClassVar[int] = 3

    def __init__(
        self, what: str, *, faults: tuple[PackFault, ...] = (), remedy: str = "", path: str | Path | None = None
    ) -> None:
        self.faults = faults
        listing = "".join(f"\n  - {fault}" for fault in faults)
        super().__init__(what + listing, remedy=("\n" + remedy) if listing and remedy else remedy, path=path)


class OverrulesLawError(RulePackError):
    """An office's own pack tries to drop paper that the law wants towards other agencies; exit code 3."""


class ModelError(VanThuError):
    """A model is missing, damaged, or made for another version; exit code 4."""

    exit_code: ClassVar[int] = 4


class TrainingDataError(VanThuError):
    """Training data is missing, damaged or too little; exit code 5."""

    exit_code: ClassVar[int] = 5


class MissingExtraError(VanThuError, ImportError):
    """An optional part is not installed; exit code 6. `extra` names it."""

    exit_code: ClassVar[int] = 6

    def __init__(self, extra: str, *, purpose: str) -> None:
        self.extra = extra
        VanThuError.__init__(
            self,
            f"Thiếu phần mở rộng «{extra}» để {purpose}.",
            remedy=f'Cài đặt: pip install "vanthu-classifier[{extra}]"',
        )
