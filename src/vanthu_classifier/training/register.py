"""Labelled titles from an office's registers: the symbol in a row is the label, nobody labels by hand.

`15/TTr-UBND` says tờ trình, `12/UBND-VX` a công văn (Decree 30/2020/NĐ-CP, Appendix I, part I.II.3), whatever the title's words. What must not be
learned is left out, counted by reason, and the first rows of each reason are kept, so that the office can look at them:

    no title, no symbol              nothing to learn from, or nothing to learn
    no type                          the symbol cannot be read, or states none (20/2023/QH15)
    Party                            the Party's documents follow their own rules; its QĐ may be a quy định
    copy                             03/SY-UBND names the form of a copy, not the type of what was copied
    unreadable title                 damaged letters, no letters, another language
    contradiction                    `61/TB-UBND` "Chương trình làm việc …": title (or the register's own column) and symbol name different types
    duplicate, near-duplicate        the same title and type again; again but for its numbers

Corrections that people wrote (`journal`) are taken behind the registers' rows, as far as somebody stated a type in them (`corrections`); what is left out of registers
is left out of them too.

Near-duplicates are learned once: two hundred licences of one wording would outweigh everything else that the office writes. A title
that occurs with several types is kept with each: that is how unsure the type is.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from vanthu_classifier import readers, so_ky_hieu
from vanthu_classifier.corrections import Judged
from vanthu_classifier.errors import TrainingDataError, UnreadableFileError
from vanthu_classifier.loai_van_ban import by_code, head_type
from vanthu_classifier.readers import Record
from vanthu_classifier.so_ky_hieu import InvalidSoKyHieuError, SoKyHieu
from vanthu_classifier.text import MAX_LENGTH, clean, damage, looks_vietnamese
from vanthu_classifier.training.titles import masked

__all__ = ["EXAMPLES", "LEAST_OF_A_TYPE", "LEAST_ROWS", "Reason", "RegisterData", "Skipped", "read"]

LEAST_ROWS = 200
"""Rows that must be left to learn from; with fewer the part held back says nothing."""
LEAST_OF_A_TYPE = 10
"""Two types at least must have so many rows."""
EXAMPLES = 5
"""Rows kept of each reason."""


class Reason(StrEnum):
    """Why a row was not learned from."""

    NO_TITLE = "no_title"
    NO_SYMBOL = "no_symbol"
    NO_TYPE = "no_type"
    PARTY = "party"
    COPY = "copy"
    UNREADABLE_TITLE = "unreadable_title"
    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    UNREADABLE_SHEET = "unreadable_sheet"

    @property
    def label_vi(self) -> str:
        """The reason as a clerk reads it."""
        return _LABELS[self]


_LABELS = {
    Reason.NO_TITLE: "Không có trích yếu",
    Reason.NO_SYMBOL: "Không có số, ký hiệu",
    Reason.NO_TYPE: "Số, ký hiệu không cho biết loại văn bản",
    Reason.PARTY: "Văn bản của Đảng",
    Reason.COPY: "Bản sao (sao y, sao lục, trích sao)",
    Reason.UNREADABLE_TITLE: "Trích yếu hỏng chữ hoặc không phải tiếng Việt",
    Reason.CONTRADICTION: "Trích yếu và ký hiệu ghi khác loại",
    Reason.DUPLICATE: "Lặp lại dòng trước",
    Reason.NEAR_DUPLICATE: "Chỉ khác dòng trước ở con số",
    Reason.UNREADABLE_SHEET: "Trang tính không có tiêu đề cột nhận ra được",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not learned from; `row` as the spreadsheet numbers it, `note` says more where the reason alone does not."""

    reason: Reason
    path: str
    row: int | None
    trich_yeu: str
    so_ky_hieu: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RegisterData:
    """What registers hold to learn from, side by side: title `i` has type `codes[i]`, symbol `symbols[i]`, family `families[i]`.

    Titles that differ in nothing but numbers, names and how they lead in share a family (numbered from 0). `seen` counts all rows,
    `skipped` those left out, by reason; `examples` has the first `EXAMPLES` of each reason, in the registers' order.
    """

    titles: tuple[str, ...]
    codes: tuple[str, ...]
    symbols: tuple[str, ...]
    families: tuple[int, ...]
    seen: int
    skipped: Mapping[Reason, int]
    examples: tuple[Skipped, ...]

    def __len__(self) -> int:
        return len(self.titles)

    @property
    def hash(self) -> str:
        """SHA-256 of titles and types in order: which data a model was made from, without saying what is in it."""
        lines = (f"{code}\t{title}\n" for title, code in zip(self.titles, self.codes, strict=True))
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def read(
    paths: Sequence[str | Path], *, corrections: Sequence[Judged] = (), on_row: Callable[[int], None] | None = None
) -> RegisterData:
    """The labelled titles of registers (.xlsx, .xls, .ods, .csv), read one after the other, then of the corrections that can be learned from.

    `on_row` is called with the number of each row read. A correction's symbol is "" in `symbols` where it is not the symbol that states the type.

    Raises `TrainingDataError` where a file is missing, damaged or no register, and where too little is left to learn from.
    """
    gathered = _Gathered()
    for path in map(Path, paths):
        for record in _records(path):
            gathered.add(record)
            if on_row is not None:
                on_row(gathered.seen)
    for judged in corrections:
        gathered.add_correction(judged)
    return _enough(gathered.data(), "Sổ và ý kiến" if corrections else "Sổ")


def _records(path: Path) -> Iterator[Record]:
    if not path.is_file():
        what = "Đây là một thư mục, không phải tệp." if path.is_dir() else "Không có tệp này."
        raise TrainingDataError(what, remedy="Ghi đường dẫn của tệp sổ văn bản (.xlsx, .csv).", path=path)
    try:
        format_ = readers.format_of(path)
        if not format_.register:
            raise TrainingDataError(
                f"Tệp này là {format_.name}, không phải sổ văn bản.",
                remedy="Xuất sổ ra .xlsx hoặc .csv rồi chạy lại.",
                path=path,
            )
        yield from readers.read(path)
    except UnreadableFileError as error:
        raise TrainingDataError(error.what, remedy=error.remedy, path=path) from error


def _enough(data: RegisterData, what: str) -> RegisterData:
    types = [code for code, count in Counter(data.codes).items() if count >= LEAST_OF_A_TYPE]
    if len(data) >= LEAST_ROWS and len(types) >= 2:
        return data
    left_out = "; ".join(
        f"{reason.label_vi[:1].lower()}{reason.label_vi[1:]}: {count}"
        for reason, count in Counter(data.skipped).most_common()
    )
    raise TrainingDataError(
        f"{what} có {data.seen} dòng, dùng được {len(data)} dòng thuộc {len(set(data.codes))} loại văn bản"
        + (f" (bỏ qua: {left_out})." if left_out else "."),
        remedy=f"Cần ít nhất {LEAST_ROWS} dòng dùng được và hai loại có từ {LEAST_OF_A_TYPE} dòng trở lên; hãy đưa thêm sổ của các năm khác.",
    )


# ------------------------------------------------------------------ one row after the other


@dataclass(slots=True)
class _Gathered:
    titles: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    families: list[int] = field(default_factory=list)
    seen: int = 0
    skipped: Counter[Reason] = field(default_factory=Counter)
    examples: list[Skipped] = field(default_factory=list)
    _exact: set[tuple[str, str]] = field(default_factory=set)
    _near: set[tuple[str, str]] = field(default_factory=set)
    _family: dict[str, int] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        self._add(record, _label(record))

    def add_correction(self, judged: Judged) -> None:
        """A correction from which a type can be learned; the others say nothing of types."""
        if judged.code is None:
            return
        said = judged.correction
        symbol = said.given.so_ky_hieu if _states(said.given.so_ky_hieu, judged.code) else None
        record = Record("ý kiến", said.id, trich_yeu=said.given.trich_yeu, so_ky_hieu=symbol)
        unreadable = _unreadable(said.given.trich_yeu)
        self._add(record, (Reason.UNREADABLE_TITLE, "") if unreadable else judged.code)

    def _add(self, record: Record, found: str | tuple[Reason, str]) -> None:
        self.seen += 1
        reason, note = found if isinstance(found, tuple) else (self._repeated(record, found), "")
        if reason is not None:
            self.skipped[reason] += 1
            if self.skipped[reason] <= EXAMPLES:
                title, symbol = record.trich_yeu or "", record.so_ky_hieu or ""
                self.examples.append(Skipped(reason, record.path, record.row, title, symbol, note))
            return
        assert isinstance(found, str)
        assert record.trich_yeu is not None
        self.titles.append(record.trich_yeu[:MAX_LENGTH])
        self.codes.append(found)
        self.symbols.append(record.so_ky_hieu or "")
        self.families.append(self._family.setdefault(_family(record.trich_yeu), len(self._family)))

    def _repeated(self, record: Record, code: str) -> Reason | None:
        exact = (clean(record.trich_yeu or "").text.lower(), code)
        near = (re.sub(r"\d+", "0", exact[0]), code)
        again, alike = exact in self._exact, near in self._near
        self._exact.add(exact)
        self._near.add(near)
        return Reason.DUPLICATE if again else Reason.NEAR_DUPLICATE if alike else None

    def data(self) -> RegisterData:
        return RegisterData(
            titles=tuple(self.titles),
            codes=tuple(self.codes),
            symbols=tuple(self.symbols),
            families=tuple(self.families),
            seen=self.seen,
            skipped=dict(self.skipped),
            examples=tuple(self.examples),
        )


def _family(title: str) -> str:
    """What titles of a family have in common. Names are found by their capitals, so a title in capitals throughout is lowered first."""
    text = clean(title).text
    return masked(text.lower() if text.isupper() else text)


def _label(record: Record) -> str | tuple[Reason, str]:
    """The type that the row's symbol states, or why nothing can be learned from the row, with a note."""
    if record.error:
        return Reason.UNREADABLE_SHEET, record.error
    if not record.trich_yeu:
        return Reason.NO_TITLE, ""
    if not record.so_ky_hieu:
        return Reason.NO_SYMBOL, ""
    symbol = _parsed(record.so_ky_hieu)
    if isinstance(symbol, str):
        return Reason.NO_TYPE, symbol
    if symbol.system == "party":
        return Reason.PARTY, ""
    if symbol.loai is None:
        return Reason.NO_TYPE, ""
    if symbol.loai in _COPIES:
        return Reason.COPY, ""
    if _unreadable(record.trich_yeu):
        return Reason.UNREADABLE_TITLE, ""
    text = clean(record.trich_yeu[:MAX_LENGTH]).text
    note = _contradiction(symbol.loai, text, record.loai_van_ban)
    return (Reason.CONTRADICTION, note) if note else symbol.loai


def _unreadable(title: str) -> bool:
    text = clean(title[:MAX_LENGTH]).text
    return bool(damage(title) or not any(map(str.isalpha, text)) or not (head_type(text) or looks_vietnamese(text)))


def _states(symbol: str, code: str) -> bool:
    """Whether the symbol says this type."""
    parsed = _parsed(symbol) if symbol else ""
    return not isinstance(parsed, str) and parsed.loai == code


_COPIES = frozenset({"SY", "SL", "TrS"})
_NO_CONTRADICTION = _COPIES | {"DUTHAO", "TAILIEU"}
"""Heads that say the form of a document; its symbol still says its type."""


def _contradiction(code: str, text: str, column: str | None) -> str:
    head = head_type(text)
    if head and head.code not in (code, *_NO_CONTRADICTION):
        return f"trích yếu ghi «{by_code(head.code).name}», ký hiệu là «{by_code(code).name}»"
    if column and column not in (code, *_NO_CONTRADICTION):
        return f"cột loại văn bản ghi «{by_code(column).name}», ký hiệu là «{by_code(code).name}»"
    return ""


@lru_cache(maxsize=4096)
def _parsed(typed: str) -> SoKyHieu | str:
    """The symbol, or why it is none."""
    try:
        return so_ky_hieu.parse(typed)
    except InvalidSoKyHieuError as error:
        return error.what
