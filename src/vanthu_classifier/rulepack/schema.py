"""What a rule pack is made of.

A pack is a folder: `pack.toml` (id, title, issuer, signed, in force from/to, source, checked on, what silence and conflict mean), `source.txt` (the text
we have, verbatim), `rules/*.toml`, `omitted.toml` where something of the source is no rule, and `cases.toml` (whole situations with the decision expected).

A rule maps kinds of fact to an outcome. `when` names the facts; all must hold, each by one of its values. Precedence is declared
(`overrides`), never a matter of file order. How firmly the Decision itself gives the outcome is the rule's `standing`:

    text      the list names it
    reading   the list's words cover it under the reading that the rule states
    silence   neither list names it; the outcome is what the lists' logic leaves, and a clerk who wants to be asked is asked
    open      a person must look; `lean` may say which way

A standing is a degree stated by the pack's authors, no probability.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from vanthu_classifier.errors import PackFault
from vanthu_classifier.facts import Facts
from vanthu_classifier.loai_van_ban import by_code, types
from vanthu_classifier.local import Local
from vanthu_classifier.noi_nhan import Role
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.phrases import purposes

__all__ = [
    "KEYS",
    "Case",
    "Example",
    "Pack",
    "Rule",
    "Silence",
    "Situation",
    "Standing",
    "of_type",
    "situation",
    "values",
]

Standing = Literal["text", "reading", "silence", "open"]


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that a rule may ask for, as values of finite kinds; one per recipient role.

    `loai` is "" where the type is not known. `vai_tro` is the role of one recipient, "" for the document as such.
    """

    loai: str = ""
    quy_pham: bool = False
    he_thong: str = "state"
    hinh_thuc: str = ""
    mat: bool = False
    noi_bo: bool = False
    vai_tro: str = ""
    muc_dich: frozenset[str] = frozenset()
    ky: frozenset[str] = frozenset()


def values() -> dict[str, tuple[str, ...]]:
    """The values that each kind of fact can have, as a rule file writes them; the usual one first where there is one.

    >>> values()["he_thong"], values()["ky"][:2], len(values()["loai"]) > 45
    (('state', 'party'), ('tuan', 'thang'), True)
    """
    read = purposes()
    copies = tuple(_COPIES.values())
    return {
        "loai": ("", *types()),
        "quy_pham": ("false", "true"),
        "he_thong": ("state", "party"),
        "hinh_thuc": ("", *copies, *(form for form in read["hinh_thuc"] if form not in copies)),
        "mat": ("false", "true"),
        "noi_bo": ("false", "true"),
        "vai_tro": ("", *(str(role) for role in Role)),
        "muc_dich": read["muc_dich"],
        "ky": read["ky"],
    }


KEYS = ("loai", "quy_pham", "he_thong", "hinh_thuc", "mat", "noi_bo", "vai_tro", "muc_dich", "ky")
"""Kinds of fact that `when` may name."""


def situation(facts: Facts, *, loai: str | None = None, vai_tro: str = "", noi_bo: bool = False) -> Situation:
    """The situation of a document, for its stated type or for `loai`, and for one recipient's role; `noi_bo` where that one is inside the office.

    A type that can only be normative (luật, nghị định, thông tư …) is normative however it became known.
    """
    untyped = Situation(
        quy_pham=bool(facts.quy_pham),
        he_thong=facts.he_thong,
        hinh_thuc=facts.hinh_thuc,
        mat=facts.mat,
        noi_bo=facts.noi_bo or noi_bo,
        vai_tro=vai_tro,
        muc_dich=facts.muc_dich,
        ky=facts.ky,
    )
    return of_type(untyped, loai or facts.loai or "")


def of_type(s: Situation, loai: str) -> Situation:
    """The same situation for a document of the type `loai`; "" where none is known.

    What the type implies goes along: some types can only be normative, and a type that is a copy has a copy's form. A symbol may show a normative
    document and no type (76/2015/QH13); it stays normative for every type that it may have.

    >>> s = of_type(Situation(), "SY")
    >>> s.hinh_thuc, of_type(Situation(), "TT").quy_pham
    ('sao_y', True)
    """
    always = bool(loai) and by_code(loai).group == "quy_pham"
    copy = _COPIES.get(loai)
    return replace(
        s,
        loai=loai,
        quy_pham=s.quy_pham or always,
        hinh_thuc=copy if copy and s.hinh_thuc not in _COPIES.values() else s.hinh_thuc,
    )


_COPIES = {"SY": "sao_y", "SL": "sao_luc", "TrS": "trich_sao"}


@dataclass(frozen=True, slots=True)
class Example:
    """A document on one side of a rule's boundary: the arguments of `facts.read`."""

    args: Mapping[str, object]

    @property
    def trich_yeu(self) -> str:
        """The example's title."""
        return str(self.args["trich_yeu"])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack.

    `file` is where it stands, relative to the pack's folder, `line` from 1. `place` says in words where its item stands in the act. `office` are the
    outcomes that an office may settle on for itself; empty where the rule leaves it no choice.
    """

    id: str
    group: str
    outcome: Dispatch
    standing: Standing
    quote: str
    reading: str
    reading_en: str
    when: Mapping[str, frozenset[str]]
    category: str | None = None
    focus: str = ""
    lean: Dispatch | None = None
    overrides: frozenset[str] = frozenset()
    note: str = ""
    note_en: str = ""
    file: str = ""
    line: int | None = None
    examples: tuple[Example, ...] = ()
    near_misses: tuple[Example, ...] = ()
    place: str = ""
    place_en: str = ""
    office: frozenset[Dispatch] = frozenset()

    def speaks(self, s: Situation) -> bool:
        """Whether every kind of fact that the rule names holds in the situation."""
        return _holds(self.when, s)

    def may_speak(self, s: Situation) -> bool:
        """Whether every kind of fact but purposes and periods holds in the situation."""
        return _holds(self.when, s, but=("muc_dich", "ky"))


@dataclass(frozen=True, slots=True)
class Silence:
    """Documents of which the source says nothing, stated by the pack's authors: the answer is the pack's word on silence, with this reason."""

    id: str
    when: Mapping[str, frozenset[str]]
    reason: str
    reason_en: str
    line: int | None = None

    def covers(self, s: Situation) -> bool:
        """Whether the silence is about this situation."""
        return _holds(self.when, s)


def _holds(when: Mapping[str, frozenset[str]], s: Situation, but: Collection[str] = ()) -> bool:
    for key, wanted in when.items():
        if key in but:
            continue
        have = getattr(s, key)
        if isinstance(have, frozenset):
            if not have & wanted:
                return False
        elif (str(have).lower() if isinstance(have, bool) else have) not in wanted:
            return False
    return True


def place_of(category: str | None, places: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """The place of the longest beginning of the item's id that `places` names; "none" is that of no item."""
    name = category if category is not None else "none"
    fitting = [prefix for prefix in places if name.startswith(prefix)]
    return places[max(fitting, key=len)] if fitting else ("", "")


@dataclass(frozen=True, slots=True)
class Case:
    """A whole situation in a sentence, and the decision that must come out. `position` is the point it holds (A01 …)."""

    id: str
    says: str
    position: str
    args: Mapping[str, object]
    expect: Mapping[str, object]
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack, checked.

    `in_force_from` and `in_force_to` are the first and the last day, None where open. `sha256` is the hash of its files. `short` is the act's
    number, as a sentence names it. `beside` are ids of other packs whose answer matters to whoever reads this one's: in force at the same time, or after it. `office_clause` is the rule that
    lets an office add types inside, None where the act has none. `local` is an office's own vocabulary, `base` the pack an office's own stands on.
    """

    id: str
    title: str
    title_en: str
    issuer: str
    signed: date
    in_force_from: date | None
    in_force_to: date | None
    source: str
    source_text: str
    checked_on: date
    silence: Dispatch
    rules: Mapping[str, Rule]
    cases: tuple[Case, ...]
    sha256: str
    omitted: Mapping[str, str] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    short: str = ""
    beside: tuple[str, ...] = ()
    office_clause: str | None = None
    local: Local | None = None
    base: str | None = None
    warnings: tuple[PackFault, ...] = ()
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def place(self, category: str | None) -> tuple[str, str]:
        """Where an item stands in the act, in Vietnamese and English; ("", "") where the pack does not say.

        >>> from vanthu_classifier import rulepack
        >>> rulepack.load().place("E05")[0], rulepack.load().place("B03")[0]
        ('Danh mục 1 (hoàn toàn điện tử)', 'Danh mục 2 (điện tử kèm giấy)')
        """
        return place_of(category, self.places)

    def in_force(self, day: date) -> bool:
        """Whether the act was in force on that day.

        >>> from vanthu_classifier import rulepack
        >>> rulepack.load().in_force(date(2020, 1, 1)), rulepack.load().in_force(date(2022, 1, 1))
        (True, False)
        """
        return not (
            (self.in_force_from is not None and day < self.in_force_from)
            or (self.in_force_to is not None and day > self.in_force_to)
        )

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pack) and other.sha256 == self.sha256
