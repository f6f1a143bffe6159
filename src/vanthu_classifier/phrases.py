"""Phrases: which purposes, periods and forms the words of a title state, found in one pass over its words.

The phrases are in `data/muc_dich.toml`; each becomes a regular expression. Trying some 300 of them on every title would take ten times as long as
all the rest of reading. But a phrase needs words: "(xin|góp) ý [kiến] … dự thảo" can stand only where "dự", "thảo" and "ý" do. So
up to three such needs of each phrase are known beforehand, each with its rarest words first, and a title's words together say which few phrases are
worth trying. A phrase at the head of the matter ("^") also needs one of its first words there. What is found is what trying all
of them would find; a test holds the two together.

    needs of a phrase      bits i, n + i, 2n + i for the phrase i of n; a word has the bits of the needs that it meets
    words of a title       their bits put together; a phrase with all its three bits is tried
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, reduce
from importlib.resources import files
from itertools import chain
from operator import itemgetter, or_
from typing import NamedTuple

from vanthu_classifier.kept import Kept
from vanthu_classifier.text import strip_diacritics

__all__ = ["Place", "Stated", "purpose_name", "purposes", "stated", "stated_one_by_one"]


class Place(NamedTuple):
    """Where a phrase stands: its kind (`muc_dich`, `ky`, `hinh_thuc`), its id, and start and end in the text."""

    kind: str
    id: str
    span: tuple[int, int]


class Stated(NamedTuple):
    """What the words of a title state. `hinh_thuc` and `places` are in the order of the table."""

    muc_dich: frozenset[str]
    ky: frozenset[str]
    hinh_thuc: tuple[str, ...]
    places: tuple[Place, ...]


@cache
def _table() -> dict[str, list[dict[str, object]]]:
    text = files("vanthu_classifier").joinpath("data/muc_dich.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def purposes() -> dict[str, tuple[str, ...]]:
    """Ids of the purposes, periods and forms that can be read, by kind: `muc_dich`, `ky`, `hinh_thuc`.

    >>> "dang_ky_lich_hop" in purposes()["muc_dich"], purposes()["ky"][0]
    (True, 'tuan')
    """
    return {kind: tuple(str(row["id"]) for row in rows) for kind, rows in _table().items()}


def purpose_name(kind: str, id: str) -> str:
    """The Vietnamese name of a purpose, period or form; `KeyError` where there is none.

    >>> purpose_name("muc_dich", "dang_ky_lich_hop"), purpose_name("ky", "6_thang")
    ('đăng ký lịch họp', '6 tháng')
    """
    return _names()[kind, id]


@cache
def _names() -> dict[tuple[str, str], str]:
    return {(kind, str(row["id"])): str(row["name"]) for kind, rows in _table().items() for row in rows}


def stated(lower: str, matter: int, plain: bool = False) -> Stated:
    """What the phrases in the cleaned, lower-case text `lower` state, whose matter begins at `matter`.

    `plain` says that the title was typed without diacritics; the phrases are then compared without them.

    >>> found = stated("xin lịch họp tháng 9", 0)
    >>> sorted(found.muc_dich), sorted(found.ky), found.places[0]
    (['dang_ky_lich_hop', 'moi_hop'], ['thang'], Place(kind='muc_dich', id='dang_ky_lich_hop', span=(0, 12)))
    """
    lexicon = _lexicon(plain)
    return lexicon.stated(lower, matter, lexicon.worth_trying(lower, matter))


def stated_one_by_one(lower: str, matter: int, plain: bool = False) -> Stated:
    """What `stated` gives, by trying every phrase."""
    lexicon = _lexicon(plain)
    return lexicon.stated(lower, matter, lexicon.every)


# ------------------------------------------------------------------ phrases as regular expressions

_TOKEN = re.compile(r" … |[()\[\]|{}#^]|[^()\[\]|{}#^…]+?(?= … |[()\[\]|{}#^]|$)")
_I_OR_Y = re.compile(r"(?<=\b[klmt])[yýỳỷỹỵ](?!\w)")
_WITH_I = dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True))


def _either(letter: re.Match[str]) -> str:
    """ "ký" is written "kí" as well, "lý" "lí", "kỷ" "kỉ"."""
    return f"[{letter.group()}{_WITH_I[letter.group()]}]"


def _regex(phrase: str) -> str:
    """The regular expression of a phrase of `data/muc_dich.toml`."""
    out: list[str] = []
    for token in _TOKEN.findall(phrase):
        match token:
            case " … ":
                out.append(r"\s(?:[^.;:()]{0,60}?\s)?")
            case "(":
                out.append("(?:")
            case "[":
                out.append("(?:(?:")
            case ")" | "|":
                out.append(token)
            case "]":
                out.append(")\0)?")
            case "{":
                out.append(r"\(")
            case "}":
                out.append(r"\)")
            case "#":
                out.append(r"\d{1,2}")
            case "^":
                pass
            case _:
                out.append(_I_OR_Y.sub(_either, re.escape(token).replace(r"\ ", " ")))
    # An optional word takes the space behind it along; an optional comma has none.
    pattern = "".join(out).replace("\0)? ", " )?").replace("\0)?\\s(?:", " )?(?:").replace("\0", "")
    return pattern + (r"(?!\w)" if re.search(r"[\w)\]#]$", phrase.rstrip()) and not phrase.endswith(" ") else "")


def _alternatives(phrase: str) -> list[str]:
    """A phrase that is nothing but a choice is as many phrases, each with needs of its own."""
    choice = re.fullmatch(r"\(([^()\[\]…]*)\)", phrase)
    return choice[1].split("|") if choice else [phrase]


# ------------------------------------------------------------------ the words that a phrase needs

_Need = frozenset[str]
"""Words of which one has to stand in the text."""
_WORD = re.compile(r"\w+")
_NEEDS = 3


@dataclass(slots=True)
class _Words:
    """What a part of a phrase says of the words in it: its needs, what it can begin with, and whether it may be missing."""

    needs: list[_Need] = field(default_factory=list)
    first: set[str] = field(default_factory=set)
    may_be_missing: bool = True

    def then(self, part: _Words) -> None:
        if self.may_be_missing:
            self.first |= part.first
        self.needs += part.needs
        self.may_be_missing = self.may_be_missing and part.may_be_missing


def _words(tokens: Iterator[str], often: Counter[str]) -> list[_Words]:
    """The alternatives up to the closing bracket, or the end."""
    parts = [_Words()]
    before = ""
    for token in tokens:
        if token in (")", "]"):
            break
        if token == "|":
            parts.append(_Words())
        elif token in ("(", "["):
            parts[-1].then(_choice(_words(tokens, often), often, optional=token == "["))
            token = ")"
        elif _WORD.search(token):
            parts[-1].then(_literal(token, glued=before in (")", "#") and token[0].isalnum()))
        before = token
    return parts


def _literal(token: str, *, glued: bool) -> _Words:
    words = _WORD.findall(token)
    if glued:
        raise ValueError(f"a word goes on behind a bracket: {token}")
    needs = [frozenset({word, _I_OR_Y.sub(lambda y: _WITH_I[y.group()], word)}) for word in words]
    return _Words(needs, set(needs[0]), False)


def _choice(branches: list[_Words], often: Counter[str], *, optional: bool) -> _Words:
    out = _Words([], set().union(*(b.first for b in branches)), optional or any(b.may_be_missing for b in branches))
    if not optional and all(b.needs for b in branches):
        out.needs = (
            [frozenset().union(*(_rarest(b.needs, often)[0] for b in branches))]
            if len(branches) > 1
            else branches[0].needs
        )
    return out


def _rarest(needs: list[_Need], often: Counter[str]) -> list[_Need]:
    """The needs, first the one whose words stand in the fewest phrases; of two, the one of longer words."""
    return sorted(needs, key=lambda need: (sum(often[word] for word in need), -min(map(len, need))))


# ------------------------------------------------------------------ the lexicon

_DATE = re.compile(r"ng[àa]y\s+\d+\s+th[áa]ng\s+\d+|t[ừu]\s+th[áa]ng\s+\d+|th[áa]ng\s+\d+\s*-\s*\d+/\d{4}")


def _without_dates(lower: str) -> str:
    """Dates blanked out, letter for letter: "ngày 12 tháng 9" names a day, no monthly period."""
    return _DATE.sub(lambda m: "·" * len(m.group()), lower)


@dataclass(slots=True)
class _Phrase:
    bit: int
    says: str
    _compiled: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(_regex(self.says))
        return self._compiled

    def match(self, text: str, at: int) -> tuple[int, int] | None:
        found = self.regex.match(text, at)
        return found.span() if found else None

    def search(self, text: str) -> tuple[int, int] | None:
        """Where the phrase stands first, not inside a longer word.

        With a look behind in front, the expression would be tried at every letter; without it, `re` leaps from first letter to first letter.
        """
        at = 0
        while found := self.regex.search(text, at):
            at = found.start()
            if at == 0 or not (text[at - 1].isalnum() or text[at - 1] == "_") or text[at] == "(":
                return found.span()
            at += 1
        return None


@dataclass(frozen=True, slots=True)
class _Purpose:
    """A row of the table, or as much of it as is worth trying on a title."""

    id: str
    kind: str
    at_head: tuple[_Phrase, ...]
    anywhere: tuple[_Phrase, ...]
    unless_head: tuple[_Phrase, ...]
    unless: tuple[_Phrase, ...]

    @property
    def parts(self) -> tuple[tuple[_Phrase, ...], ...]:
        return self.at_head, self.anywhere, self.unless_head, self.unless

    def with_parts(self, parts: Iterable[Iterable[_Phrase]]) -> _Purpose:
        return _Purpose(self.id, self.kind, *map(tuple, parts))

    def find(self, text: str, matter: int) -> tuple[int, int] | None:
        """Where its first phrase stands: one at the head, or else the one furthest to the left."""
        for phrase in self.unless:
            if phrase.search(text):
                return None
        for phrase in self.unless_head:
            if phrase.match(text, matter):
                return None
        for phrase in self.at_head:
            if span := phrase.match(text, matter):
                return span
        spans = [span for phrase in self.anywhere if (span := phrase.search(text))]
        return min(spans, key=_start) if spans else None


_start = itemgetter(0)


class _Lexicon:
    def __init__(self, plain: bool) -> None:
        rows = [(kind, row) for kind, rows in _table().items() for row in rows]
        phrases: list[_Phrase] = []

        def numbered(row: Mapping[str, object], column: str) -> list[_Phrase]:
            written: Sequence[str] = row.get(column, [])  # type: ignore[assignment]
            start = len(phrases)
            for says in chain.from_iterable(map(_alternatives, written)):
                phrases.append(_Phrase(1 << len(phrases), strip_diacritics(says) if plain else says))
            return phrases[start:]

        self.purposes: list[_Purpose] = []
        for kind, row in rows:
            says, but = numbered(row, "phrases"), numbered(row, "unless")
            self.purposes.append(
                _Purpose(
                    str(row["id"]),
                    kind,
                    *(
                        tuple(p for p in some if p.says.startswith("^") is head)
                        for some in (says, but)
                        for head in (True, False)
                    ),
                )
            )
        self.n = len(phrases)
        self.place_of = {
            phrase.bit: (number, part, phrase)
            for number, purpose in enumerate(self.purposes)
            for part, some in enumerate(purpose.parts)
            for phrase in some
        }
        self.every = (1 << self.n) - 1
        self._learn_words(phrases)
        self.of_stretch: Kept[str, int] = Kept(self._of_stretch)
        self.restricted: Kept[int, tuple[_Purpose, ...]] = Kept(self._restricted)

    def _learn_words(self, phrases: Sequence[_Phrase]) -> None:
        often = Counter(word for p in phrases for word in set(_WORD.findall(p.says)))
        self.of_word: Counter[str] = Counter()
        self.at_head: Counter[str] = Counter()
        self.anywhere = 0
        self.unneeding = 0
        for phrase in phrases:
            [words] = _words(iter(_TOKEN.findall(phrase.says)), often)
            needs = _rarest(words.needs, often)[:_NEEDS]
            for level in range(_NEEDS):
                bit = phrase.bit << level * self.n
                if level < len(needs):
                    for word in needs[level]:
                        self.of_word[word] |= bit
                else:
                    self.unneeding |= bit
            if phrase.says.startswith("^") and not words.may_be_missing:
                for word in words.first:
                    self.at_head[word] |= phrase.bit
            else:
                self.anywhere |= phrase.bit

    def _of_stretch(self, stretch: str) -> int:
        return reduce(or_, (self.of_word[word] for word in _WORD.findall(stretch)), 0)

    def _restricted(self, wanted: int) -> tuple[_Purpose, ...]:
        """The purposes that those of the phrases in `wanted` may state, with no other phrases."""
        parts: dict[int, tuple[list[_Phrase], ...]] = {}
        while wanted:
            lowest = wanted & -wanted
            number, part, phrase = self.place_of[lowest]
            parts.setdefault(number, ([], [], [], []))[part].append(phrase)
            wanted ^= lowest
        return tuple(
            self.purposes[number].with_parts(some) for number, some in sorted(parts.items()) if some[0] or some[1]
        )

    def worth_trying(self, lower: str, matter: int) -> int:
        """The phrases whose needs the text meets."""
        met = reduce(or_, map(self.of_stretch.__getitem__, lower.split()), self.unneeding)
        met &= met >> self.n & met >> 2 * self.n & self.every
        if not met & ~self.anywhere:
            return met
        first = _WORD.match(lower, matter)
        return met & (self.anywhere | self.at_head[first.group()] if first else self.anywhere)

    def stated(self, lower: str, matter: int, wanted: int) -> Stated:
        """What those of the phrases in `wanted` state that stand in the text."""
        places = []
        dateless = None
        for purpose in self.restricted[wanted]:
            if purpose.kind == "ky":
                text = dateless = dateless if dateless is not None else _without_dates(lower)
            else:
                text = lower
            span = purpose.find(text, matter)
            if span:
                places.append(Place(purpose.kind, purpose.id, span))
        return _NOTHING if not places else Stated(*_sets(tuple((p.kind, p.id) for p in places)), tuple(places))


_NOTHING = Stated(frozenset(), frozenset(), (), ())


@lru_cache(maxsize=65536)
def _sets(found: tuple[tuple[str, str], ...]) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    """Ids by kind; the same objects for the same ids, so that they are compared fast."""
    by_kind = [[id_ for kind, id_ in found if kind == wanted] for wanted in ("muc_dich", "ky", "hinh_thuc")]
    return frozenset(by_kind[0]), frozenset(by_kind[1]), tuple(by_kind[2])


@cache
def _lexicon(plain: bool) -> _Lexicon:
    return _Lexicon(plain)
