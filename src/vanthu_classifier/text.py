"""Cleaning that never loses the way back.

A title reaches us in many spellings that look alike: composed and decomposed letters, `hoà` and `hòa`, the Icelandic `Ð` for `Đ`,
invisible characters from a web page, long dashes, curly quotes, line breaks. `clean` makes one spelling of them and keeps, for
each letter of the result, where it stood in what was typed; an explanation can so underline the clerk's own letters.

What cleaning does *not* do: change case, repair spelling, or touch text that looks damaged (a legacy font's codes, text decoded
with the wrong code page). `damage` names such damage; deciding on repaired guesses would be silent guessing.

Tone placement follows the newer school (hòa, khỏe, ủy), as most registers do; after `q` the `u` belongs to the consonant (quý).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from vanthu_classifier.kept import Kept

__all__ = [
    "MAX_LENGTH",
    "CleanText",
    "Respelling",
    "clean",
    "damage",
    "has_diacritics",
    "looks_vietnamese",
    "strip_diacritics",
]

MAX_LENGTH = 20_000
"""Letters of a title that are looked at; the rest is cut, with a warning. The longest real titles have some 2,000."""


class Respelling(NamedTuple):
    """What a text was turned into before it was cleaned; letter `i` of `text` stood at `[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


class CleanText(NamedTuple):
    """A cleaned text and the way back to what was typed.

    `text` is the cleaned text, `raw` what was typed; letter `i` of `text` stood at `raw[starts[i]:ends[i]]`. The way back is looked for when it
    is asked for: of a hundred thousand rows of a register nobody asks. `respelt` is what was cleaned where `raw` was in a legacy encoding.
    """

    text: str
    raw: str
    respelt: Respelling | None = None

    @property
    def starts(self) -> Sequence[int]:
        """Where each letter of `text` begins in `raw`."""
        if self.respelt is None:
            return _way_back(self.raw)[0]
        return [self.respelt.starts[at] for at in _way_back(self.respelt.text)[0]]

    @property
    def ends(self) -> Sequence[int]:
        """Where each letter of `text` ends in `raw`."""
        if self.respelt is None:
            return _way_back(self.raw)[1]
        return [self.respelt.ends[at - 1] for at in _way_back(self.respelt.text)[1]]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in `raw` of `text[start:end]`; an empty span gives an empty span.

        >>> c = clean("  Uỷ  ban ")
        >>> c.raw_span(0, 2), c.raw[2:4]
        ((2, 4), 'Uỷ')
        """
        if start >= end:
            at = self.starts[start] if start < len(self.text) else len(self.raw)
            return at, at
        if self.text is self.raw:
            return start, end
        return self.starts[start], self.ends[end - 1]


_INVISIBLE = {chr(c) for c in (0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2060, 0xFEFF)} | {
    chr(c)
    for r in (range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2061, 0x2070), range(0xFE00, 0xFE10))
    for c in r
}
_LOOK_ALIKE = {
    "Ð": "Đ",
    "ð": "đ",
    "Ɖ": "Đ",
    "ɖ": "đ",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "…": "...",
}
_LOOK_ALIKE |= {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
_LOOK_ALIKE |= dict.fromkeys("‐‑‒–—―−﹣⁃", "-") | dict.fromkeys("⁄∕", "/")
_LOOK_ALIKE |= dict.fromkeys("“”„‟″«»〝〞", '"') | dict.fromkeys("‘’‚‛′`´", "'")
# Cyrillic letters drawn like Latin ones; mapped only where a text has no other Cyrillic letter.
_CYRILLIC = dict(zip("АВЕКМНОРСТХаеорсухі", "ABEKMHOPCTXaeopcyxi", strict=True))
_IS_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

_Piece = tuple[str, int, int]  # a letter of the result, and where it stood


def clean(raw: str) -> CleanText:
    """One spelling of `raw`: composed letters, tone placement, look-alikes, spaces, dashes and quotes.

    Cleaning twice is cleaning once. Case is kept. Line breaks and control characters become a space.

    >>> clean("Uỷ ban\\u00a0nhân dân — Quyết  định\\n Ð").text
    'Ủy ban nhân dân - Quyết định Đ'
    >>> clean("hoà, khoẻ, thuý, quý, hoàn, khuỷu, tòan").text
    'hòa, khỏe, thúy, quý, hoàn, khuỷu, toàn'
    """
    if _is_clean(raw):
        return CleanText(raw, raw)
    foreign = _is_foreign(raw)
    stretches = [_cleaned(stretch, foreign)[0] for stretch in _STRETCH.findall(raw)]
    return CleanText(" ".join(filter(None, stretches)), raw)


@lru_cache(maxsize=256)
def _way_back(raw: str) -> tuple[Sequence[int], Sequence[int]]:
    """Where each letter of the cleaned text starts and ends in `raw`."""
    if _is_clean(raw):
        return range(len(raw)), range(1, len(raw) + 1)
    foreign = _is_foreign(raw)
    starts: list[int] = []
    ends: list[int] = []
    blank = 0  # behind the stretch before
    for stretch in _STRETCH.finditer(raw):
        text, its_starts, its_ends = _cleaned(stretch.group(), foreign)
        if not text:
            continue
        if starts:
            starts.append(blank)
            ends.append(blank + 1)
        starts += [stretch.start() + at for at in its_starts]
        ends += [stretch.start() + at for at in its_ends]
        blank = stretch.end()
    return tuple(starts), tuple(ends)


_COMPOSED = "".join(
    unicodedata.normalize("NFC", vowel + tone)
    for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
)
_STRETCH = re.compile(r"[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
"""Letters in a row without anything that is a blank, a line break or a control character: nothing in cleaning looks across those."""
_PLAIN = re.compile(rf"[ !-_a-~đĐ{_COMPOSED}]*")
_MISPLACED = re.compile(
    r"[àáảãạÀÁẢÃẠèéẻẽẹÈÉẺẼẸòóỏõọÒÓỎÕỌùúủũụÙÚỦŨỤỳýỷỹỵỲÝỶỸỴ]"
    r"(?:(?<=[oO][àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ])(?![^\W\d_])|(?<=[uU][ỳýỷỹỵỲÝỶỸỴ])(?![^\W\d_])"
    r"|(?<=[òóỏõọÒÓỎÕỌ])(?=[aeAE][^\W\d_])|(?<=[qQ][òóỏõọÒÓỎÕỌùúủũụÙÚỦŨỤ])(?=[aeyAEY]))"
)
"""A tone that may stand on the wrong vowel. It begins with the letters in question, since `re` leaps to those."""


def _is_clean(raw: str) -> bool:
    """Whether there is nothing to do: plain letters, digits and marks, single blanks inside, tones in their places. Most titles are so."""
    return bool(_PLAIN.fullmatch(raw)) and "  " not in raw and raw.strip() == raw and not _MISPLACED.search(raw)


def _is_foreign(raw: str) -> bool:
    return not raw.isascii() and any(c not in _CYRILLIC for c in _IS_CYRILLIC.findall(raw))


@lru_cache(maxsize=65536)
def _cleaned(stretch: str, foreign: bool) -> tuple[str, Sequence[int], Sequence[int]]:
    """A stretch without blanks, cleaned, and where each letter starts and ends in it."""
    if _is_clean(stretch):
        return stretch, range(len(stretch)), range(1, len(stretch) + 1)
    pieces = _tones_placed(_composed(_visible(stretch, foreign)))
    return "".join(p[0] for p in pieces), tuple(p[1] for p in pieces), tuple(p[2] for p in pieces)


def _visible(stretch: str, foreign: bool) -> list[_Piece]:
    out: list[_Piece] = []
    for i, letter in enumerate(stretch):
        if letter in _INVISIBLE:
            continue
        if letter in _CYRILLIC and not foreign:
            letter = _CYRILLIC[letter]
        out.extend((c, i, i + 1) for c in _LOOK_ALIKE.get(letter, letter))
    return out


def _composed(pieces: list[_Piece]) -> list[_Piece]:
    out: list[_Piece] = []
    cluster: list[_Piece] = []
    for piece in pieces:
        if cluster and not unicodedata.combining(piece[0]):
            out.extend(_compose(cluster))
            cluster = []
        cluster.append(piece)
    out.extend(_compose(cluster))
    return out


def _compose(cluster: list[_Piece]) -> list[_Piece]:
    if len(cluster) == 1 and (cluster[0][0].isascii() or unicodedata.is_normalized("NFC", cluster[0][0])):
        return cluster
    start, end = (cluster[0][1], cluster[-1][2]) if cluster else (0, 0)
    composed = unicodedata.normalize("NFC", "".join(p[0] for p in cluster))
    # A letter may compose to a look-alike (U+00B4 does not, but the Kelvin sign does): map once more so that cleaning is stable.
    return [(c, start, end) for letter in composed for c in _LOOK_ALIKE.get(letter, letter)]


_TONED = {
    vowel: dict(zip("\u0300\u0301\u0309\u0303\u0323", row, strict=True))
    for vowel, row in {
        "o": "òóỏõọ", "u": "ùúủũụ", "a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ",
        "O": "ÒÓỎÕỌ", "U": "ÙÚỦŨỤ", "A": "ÀÁẢÃẠ", "E": "ÈÉẺẼẸ", "Y": "ỲÝỶỸỴ",
    }.items()
}  # fmt: skip
_UNTONED = {letter: (vowel, tone) for vowel, row in _TONED.items() for tone, letter in row.items()}
_PAIRS = {"oa", "oe", "uy"}


def _tones_placed(pieces: list[_Piece]) -> list[_Piece]:
    letters = [p[0] for p in pieces]
    for i in range(len(letters) - 1):
        first, second = _UNTONED.get(letters[i]), _UNTONED.get(letters[i + 1])
        if (first is None) == (second is None):
            continue
        base = (first[0] if first else letters[i]) + (second[0] if second else letters[i + 1])
        if base.lower() not in _PAIRS:
            continue
        after_q = i > 0 and letters[i - 1] in "qQ"
        closed = i + 2 < len(letters) and (letters[i + 2].isalpha() or unicodedata.combining(letters[i + 2]) != 0)
        on_second = after_q or closed
        if second and not on_second:
            letters[i], letters[i + 1] = _TONED[base[0]][second[1]], base[1]
        elif first and on_second and (after_q or base.lower() != "uy"):
            letters[i], letters[i + 1] = base[0], _TONED[base[1]][first[1]]
    return [(letter, start, end) for letter, (_, start, end) in zip(letters, pieces, strict=True)]


_MARKED = re.compile("[đĐ" + "".join(c for c in _COMPOSED if not c.isascii()) + "]")
_STRIP = {ord(c): unicodedata.normalize("NFD", c)[0] for c in _COMPOSED} | {ord("đ"): "d", ord("Đ"): "D"}


@lru_cache(maxsize=8192)
def strip_diacritics(text: str) -> str:
    """`text` without Vietnamese marks, letter for letter where `text` is clean (so offsets stay).

    >>> strip_diacritics("Quyết định"), len(strip_diacritics("Ủy ban"))
    ('Quyet dinh', 6)
    """
    plain = text.translate(_STRIP)
    if plain.isascii():
        return plain
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def has_diacritics(text: str) -> bool:
    """Whether any Vietnamese mark stands in `text`.

    >>> has_diacritics("Ke hoach 26"), has_diacritics("Kế hoạch")
    (False, True)
    """
    return not text.isascii() and (_MARKED.search(text) is not None or strip_diacritics(text) != text)


_MOJIBAKE = re.compile(
    r"á[»º][\u0080-\u00bf\u2013-\u203a€ƒˆ˜Ž‹›ŒœŸŠšž]?|Ä[‘\u0090\u0091ƒ\u0082\u0083]|Æ[°¡¯\u00a0]|Ã[\u0080-\u00bf©¡¢£´µ\u00ad]"
)
_TCVN3_ONLY = re.compile(r"[®µ¸¶·¹¨»¾¼½Æ©ÇËÎÏÑÖ×ØÜÞßåæçëîïñöøüþ÷¬§\u00ad]")
_VNI = re.compile(r"[aeouyAEOUY][ùøûõïáàåãäéèúüëâêôÙØÛÕÏÁÀÅÃÄÉÈÚÜËÂÊÔ]|[ñÑöÖ]")
_VNI_ONLY = re.compile(r"[ñöïûøåäüëÑÖÏÛØÅÄÜË]")
_UNICODE_VIETNAMESE = re.compile(r"[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")
_LOST = re.compile(r"(?:[^\W\d_]\?+[^\W\d_]|\?\?+[^\W\d_])")


def damage(raw: str) -> str | None:
    """The kind of damage that `raw` shows, or None where it looks sound.

    `tcvn3` and `vni` are the codes of legacy fonts read as Latin letters, `mojibake` is UTF-8 read with the wrong code page,
    `lost` has letters replaced by `?` or U+FFFD. Nothing is repaired here.

    >>> damage("QuyÕt ®Þnh vÒ viÖc"), damage("Quyeát ñònh veà vieäc"), damage("Quyết định")
    ('tcvn3', 'vni', None)
    >>> damage("Quyáº¿t Ä‘á»‹nh"), damage("Quy\\ufffdt \\ufffd\\ufffdnh")
    ('mojibake', 'lost')
    """
    if "\ufffd" in raw or ("?" in raw and len(_LOST.findall(raw)) >= 2):
        return "lost"
    if raw.isascii() or _UNICODE_VIETNAMESE.search(raw):  # letters that no wrong code page gives
        return None
    nfc = unicodedata.normalize("NFC", raw)
    if _UNICODE_VIETNAMESE.search(nfc):
        return None
    if len(_MOJIBAKE.findall(raw)) >= 2:
        return "mojibake"
    if _VNI_ONLY.search(nfc) and len(_VNI.findall(nfc)) >= 2 and not re.search(r"[®µ¸¶¹¨¾¼½©¬Þß]", nfc):
        return "vni"
    if len(_TCVN3_ONLY.findall(nfc)) >= 2:
        return "tcvn3"
    return None


_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"(?:[aeiouy]|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ya|ye|oai|oay|oao|oeo|uay|uai|uoi|uou|ieu|yeu|uya|uye|uyu|uoa)"
    r"(?:ng|nh|ch|[cmnpt])?"
)
_WORD = re.compile(r"[^\W\d_]+")


def looks_vietnamese(text: str) -> bool:
    """Whether most words of `text` have the shape of Vietnamese syllables; abbreviations in capitals do not count either way.

    A text without any word (numbers only) is not Vietnamese.

    >>> looks_vietnamese("Ke hoach cong tac thang 9"), looks_vietnamese("QUY ĐỊNH MỨC THU PHÍ")
    (True, True)
    >>> looks_vietnamese("Invitation to the annual meeting of shareholders")
    False
    """
    shapes = _SHAPES[text.isupper()]
    total = sum(map(shapes.__getitem__, text.split()))
    counted, good, marked = total >> 40, total >> 20 & 0xFFFFF, total & 0xFFFFF
    return bool(counted) and good >= (0.5 if marked else 0.7) * counted


def _shape(stretch: str, capitals: bool) -> int:
    """How many words of a stretch count, how many of these are syllables, and how many words have diacritics: three numbers of 20 bits."""
    words = _WORD.findall(stretch)
    counted = [w for w in words if capitals or not (w.isupper() and len(w) <= 6)]
    good = sum(_SYLLABLE.fullmatch(strip_diacritics(w).lower()) is not None for w in counted)
    return len(counted) << 40 | good << 20 | sum(map(has_diacritics, words))


_SHAPES = tuple(Kept(partial(_shape, capitals=capitals)) for capitals in (False, True))
"""The shapes of stretches without blanks, of titles in mixed letters and of titles in capitals."""
