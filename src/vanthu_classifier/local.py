"""One office's own words: abbreviations of types that only it uses, and its units, as its own rule pack lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vanthu_classifier.noi_nhan import Recipient
from vanthu_classifier.so_ky_hieu import SoKyHieu
from vanthu_classifier.text import clean, strip_diacritics

__all__ = ["Local", "folded"]


def folded(name: str) -> str:
    """A name as it is compared: cleaned, small letters, no diacritics.

    >>> folded(" Phòng  Nội vụ")
    'phong noi vu'
    """
    return strip_diacritics(clean(name).text).lower()


@dataclass(frozen=True, slots=True)
class Local:
    """What an office calls its own.

    `abbreviations` are a symbol's first group, in capitals, with the code of the type that the office means by it; `units` the abbreviations of its
    units, in capitals, which begin the symbol of a letter; `names` the names of its units, folded.

    >>> from vanthu_classifier.so_ky_hieu import parse
    >>> here = Local({"PGV": "PTr"}, frozenset({"KTNB"}), frozenset({"phong noi vu"}))
    >>> here.symbol(parse("12/PGV-VP")).loai, here.symbol(parse("12/KTNB-TH")).loai, here.symbol(parse("12/TB-VP")).loai
    ('PTr', 'CV', 'TB')
    """

    abbreviations: Mapping[str, str]
    units: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def type_of(self, typed: object) -> object:
        """The type's code where `typed` is an abbreviation of this office, or `typed` itself."""
        return self.abbreviations.get(typed.strip().upper(), typed) if isinstance(typed, str) else typed

    def symbol(self, read: SoKyHieu) -> SoKyHieu:
        """The symbol as this office means it."""
        first = read.groups[0].upper() if read.groups else ""
        code = self.abbreviations.get(first)
        if code is None and first in self.units and read.system == "state":
            code = "CV"
        if code is None or code == read.loai:
            return read
        return read._replace(loai=code, issuer=read.groups if code == "CV" else read.groups[1:], normative=False)

    def recipient(self, read: Recipient) -> Recipient:
        """The recipient, marked as inside the office where all units that it names are the office's own."""
        parts = read.name.split(",")
        own = folded(read.name) in self.names or all(folded(part) in self.names for part in parts)
        return replace(read, noi_bo=True) if own else read
