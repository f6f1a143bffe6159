"""Legacy Vietnamese encodings: recognised, converted to Unicode, and said so.

Until about 2005 Vietnamese was typed in fonts that draw other letters over the codes of Western European ones. Where such a font
is missing, or text passed through a program that took its bytes for something else, the codes themselves show:

    tcvn3      QuyÕt ®Þnh vÒ viÖc         fonts ".VnTime" and others of "ABC"; those ending in H draw capitals
    vni        Quyeát ñònh veà vieäc      fonts "VNI-Times" and others; a vowel is followed by its mark
    viscii     Quyªt ð¸nh v« vi®c         RFC 1456
    mojibake   Quyáº¿t Ä‘á»‹nh             UTF-8 whose bytes were taken for a Western or the Vietnamese code page
    cp1258     Quyêìt ðiònh vêÌ viêòc     code page 1258 taken for the Western one

`font_of` tells the encoding by the font's name, `detect` by the text itself. A text is converted whole or not at all: `detect`
accepts an encoding only where the words that it changes become Vietnamese syllables, nothing undecoded is left, and the text as it
stands is *not* Vietnamese. So no Unicode, English or plain title is ever converted. In a mixed text only what stands between the
Unicode words is.

The TCVN3 "ư" is byte AD, the soft hyphen, and VISCII has letters among the control characters: text is converted before it is
cleaned. The tables are in `data/bang_ma_cu.tsv`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from vanthu_classifier.bilingual import Bilingual
from vanthu_classifier.text import CleanText, Respelling, clean

__all__ = [
    "NAMES",
    "Font",
    "clean_any",
    "convert_lines",
    "converted_like",
    "detect",
    "font_of",
    "has_unicode",
    "letters",
    "to_unicode",
]

NAMES = {
    "tcvn3": Bilingual("gõ bằng phông cũ TCVN3 (.VnTime)", "was typed in the old encoding TCVN3 (.VnTime)"),
    "vni": Bilingual("gõ bằng phông cũ VNI", "was typed in the old encoding VNI"),
    "viscii": Bilingual("ở bảng mã cũ VISCII", "is in the old encoding VISCII"),
    "mojibake": Bilingual("bị đọc sai bảng mã (UTF-8)", "was read with the wrong code page (it is UTF-8)"),
    "cp1258": Bilingual("bị đọc sai bảng mã (Windows-1258)", "was read with the wrong code page (it is Windows-1258)"),
}
"""The encodings that are converted, and how a sentence says of a text that it is in one: "Trích yếu gõ bằng phông cũ VNI"."""

_Piece = tuple[str, int, int]  # a letter, and where it stood


# ------------------------------------------------------------------ tables


@cache
def _rows() -> tuple[tuple[str, str, str, str], ...]:
    """`(letter, TCVN3 byte, VNI letters, VISCII byte)`; bytes in hexadecimal."""
    text = files("vanthu_classifier").joinpath("data/bang_ma_cu.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((row[0], row[1], row[2], row[3]) for row in rows[1:])


def _shown(byte: int) -> set[str]:
    """The characters as which a byte of a legacy text reaches us: code page 1252, Latin-1, or Word's symbol fonts."""
    out = {chr(byte), chr(0xF000 + byte)}
    with suppress(UnicodeDecodeError):
        out.add(bytes([byte]).decode("cp1252"))
    return out


@cache
def _table(encoding: str) -> Mapping[str, str]:
    """What stands in the text, one or two characters, and the letter it means."""
    if encoding == "vni":
        return {seen: letter for letter, _, vni, _ in _rows() for seen in _vni_spellings(vni)}
    column = {"tcvn3": 1, "viscii": 3}[encoding]
    out: dict[str, str] = {}
    for row in _rows():
        if row[column]:
            out |= dict.fromkeys(_shown(int(row[column], 16)), row[0])
    return out


def _vni_spellings(code: str) -> Iterator[str]:
    yield code
    if len(code) == 2 and code.isupper():  # the mark in small, as it is typed without Shift
        yield code[0] + code[1].lower()
    if len(code) == 2 and code.islower():
        yield code[0] + code[1].upper()


@cache
def _bytes_of(page: str) -> Mapping[str, int]:
    """The byte of each character above 7F; where a code page leaves one undefined, programs keep the byte."""
    out = {chr(byte): byte for byte in range(0x80, 0xA0)} if page != "latin-1" else {}
    for byte in range(0x80, 0x100):
        try:
            out[bytes([byte]).decode(page)] = byte
        except UnicodeDecodeError:
            continue
    return out


# ------------------------------------------------------------------ letters


def letters(text: str, encoding: str) -> list[_Piece]:
    """`text` letter by letter as Unicode, each with its start and end in `text`; what has no meaning in `encoding` stays.

    >>> [piece[0] for piece in letters("vieäc", "vni")], letters("vieäc", "vni")[2]
    (['v', 'i', 'ệ', 'c'], ('ệ', 2, 4))
    """
    match encoding:
        case "mojibake":
            return max((list(_from_utf8(text, page)) for page in ("cp1252", "cp1258")), key=_decoded)
        case "cp1258":
            return list(_from_cp1258(text))
        case _:
            return list(_from_table(text, _table(encoding)))


def to_unicode(text: str, encoding: str) -> str:
    """`text` in Unicode, composed.

    >>> to_unicode("QuyÕt ®Þnh", "tcvn3"), to_unicode("QuyEÁT ÑÒNH", "vni"), to_unicode("Quyáº¿t", "mojibake")
    ('Quyết định', 'QuyẾT ĐỊNH', 'Quyết')
    """
    if encoding in ("tcvn3", "viscii"):
        return unicodedata.normalize("NFC", text.translate(_letter_table(encoding)))
    return unicodedata.normalize("NFC", "".join(piece[0] for piece in letters(text, encoding)))


@cache
def _letter_table(encoding: str) -> Mapping[int, str]:
    """The table of an encoding of single letters for `str.translate`, with the signs of code page 1252."""
    signs = {code: _western(chr(code)) for code in (*range(0x80, 0xA0), *range(0xF020, 0xF07F))}
    return signs | {ord(seen): letter for seen, letter in _table(encoding).items()}


def _from_table(text: str, table: Mapping[str, str]) -> Iterator[_Piece]:
    i = 0
    while i < len(text):
        length = 2 if text[i : i + 2] in table and i + 1 < len(text) else 1
        letter = table.get(text[i : i + length])
        yield letter or _western(text[i]), i, i + length
        i += length


@cache
def _western(letter: str) -> str:
    """A control character as the sign that code page 1252 has for its byte: legacy texts use its quotes and dashes."""
    if "\x80" <= letter <= "\x9f":
        return bytes([ord(letter)]).decode("cp1252", "ignore") or letter
    return chr(ord(letter) - 0xF000) if "\uf020" <= letter <= "\uf07e" else letter


def _from_cp1258(text: str) -> Iterator[_Piece]:
    for i, letter in enumerate(text):
        byte = _bytes_of("cp1252").get(letter)
        yield (bytes([byte]).decode("cp1258", "ignore") or letter if byte else letter), i, i + 1


_LENGTHS = ((0xC2, 0xDF, 2), (0xE0, 0xEF, 3), (0xF0, 0xF4, 4))


def _from_utf8(text: str, page: str) -> Iterator[_Piece]:
    table = _bytes_of(page)
    i = 0
    while i < len(text):
        length = next((n for low, high, n in _LENGTHS if low <= table.get(text[i], 0) <= high), 1)
        part = text[i : i + length]
        if (
            length > 1 and part[0] in "ÃĂ" and part[1:] in (" ", "")
        ):  # "à", its no-break space made a plain one, or lost
            yield "à", i, i + (2 if text[i + 1 : i + 3] == "  " else 1)
            i += 2 if text[i + 1 : i + 3] == "  " else 1
            continue
        if length > 1:
            try:
                yield bytes(table[c] for c in part).decode("utf-8"), i, i + length
                i += length
                continue
            except (KeyError, UnicodeDecodeError):
                pass
        yield text[i], i, i + 1
        i += 1


def _decoded(pieces: list[_Piece]) -> int:
    return sum(end - start > 1 for _, start, end in pieces)


# ------------------------------------------------------------------ Vietnamese syllables

_ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gh",
    "gi",
    "h",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ngh",
    "nh",
    "p",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_RHYMES = [
    "a",
    "e",
    "ê",
    "i",
    "o",
    "ô",
    "ơ",
    "u",
    "ư",
    "y",
    "ai",
    "ao",
    "au",
    "ay",
    "âu",
    "ây",
    "eo",
    "êu",
    "ia",
    "iu",
    "iêu",
    "oi",
    "oa",
    "oe",
    "oai",
    "oao",
    "oay",
    "oeo",
    "ôi",
    "ơi",
    "ua",
    "uê",
    "uơ",
    "ui",
    "uy",
    "uôi",
    "uây",
    "uya",
    "uyu",
    "ưa",
    "ưi",
    "ưu",
    "ươi",
    "ươu",
    "yêu",
    "ac",
    "ach",
    "am",
    "an",
    "ang",
    "anh",
    "ap",
    "at",
    "ăc",
    "ăm",
    "ăn",
    "ăng",
    "ăp",
    "ăt",
    "âc",
    "âm",
    "ân",
    "âng",
    "âp",
    "ât",
    "ec",
    "em",
    "en",
    "eng",
    "ep",
    "et",
    "êch",
    "êm",
    "ên",
    "ênh",
    "êp",
    "êt",
    "ich",
    "im",
    "in",
    "inh",
    "ip",
    "it",
    "iêc",
    "iêm",
    "iên",
    "iêng",
    "iêp",
    "iêt",
    "oc",
    "om",
    "on",
    "ong",
    "op",
    "ot",
    "ooc",
    "oong",
    "ôc",
    "ôm",
    "ôn",
    "ông",
    "ôp",
    "ôt",
    "ơm",
    "ơn",
    "ơp",
    "ơt",
    "oac",
    "oach",
    "oam",
    "oan",
    "oang",
    "oanh",
    "oap",
    "oat",
    "oăc",
    "oăm",
    "oăn",
    "oăng",
    "oăt",
    "oen",
    "oet",
    "uc",
    "um",
    "un",
    "ung",
    "up",
    "ut",
    "uân",
    "uâng",
    "uât",
    "uên",
    "uênh",
    "uêch",
    "uêt",
    "uôc",
    "uôm",
    "uôn",
    "uông",
    "uôt",
    "uơn",
    "uych",
    "uynh",
    "uyt",
    "uyp",
    "uyên",
    "uyêt",
    "uyn",
    "ưc",
    "ưm",
    "ưn",
    "ưng",
    "ưt",
    "ươc",
    "ươm",
    "ươn",
    "ương",
    "ươp",
    "ươt",
    "yêm",
    "yên",
    "yêng",
    "yêt",
    "ynh",
    "ych",
    "yt",
    "yn",
    "ym",
    "ip",
    "ăng",
]
_TONES = dict.fromkeys("\u0300\u0301\u0309\u0303\u0323", "")
_STOPPED = ("c", "ch", "p", "t")


@cache
def _syllables() -> frozenset[str]:
    """Onset and rhyme without the tone: "quyêt", "đinh"."""
    return frozenset(onset + rhyme for onset in ("", *_ONSETS) for rhyme in _RHYMES)


@lru_cache(maxsize=65536)
def _is_syllable(word: str) -> bool:
    """Whether a word is spelt as a Vietnamese syllable is, its tone allowed by its end."""
    split = unicodedata.normalize("NFD", word.lower().replace("đ", "\0"))
    tones = [c for c in split if c in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in split if c not in _TONES)).replace("\0", "đ")
    if len(tones) > 1 or bare not in _syllables():
        return False
    return not bare.endswith(_STOPPED) or not tones or tones[0] in "\u0301\u0323"


@cache
def _common() -> frozenset[str]:
    text = files("vanthu_classifier").joinpath("data/am_tiet.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


# ------------------------------------------------------------------ recognition

_OWN = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
"""Letters that only Vietnamese in Unicode has: no code page that Latin text is taken for gives them (1258 apart)."""
_PLAIN_SIGNS = frozenset("–—−‐‑…“”„‘’‚•·«»§°©®™±×÷²³¼½¾€£\u00a0\u200b\ufeff†‡")
"""Signs that stand in sound text, between words."""
_LEAST = 0.9  # of the words that change have to become Vietnamese, where they are few
_LEAST_OF_MANY = 0.8
_MANY = 5
_STRIPPED = re.compile(
    "(?<![ưừứửữự])[ơờớởỡợ](?:c|ng)\\b", re.IGNORECASE
)  # "nước" whose TCVN3 "ư" was lost as a soft hyphen
_FOREIGN = 0.3  # of them at least are none as they stand


def has_unicode(text: str) -> bool:
    """Whether letters stand in `text` that only Vietnamese in Unicode has, so that it is not in a legacy encoding, or not all of it.

    >>> has_unicode("Quyết"), has_unicode("QuyÕt"), has_unicode("Quyet")
    (True, False, False)
    """
    return not text.isascii() and _OWN.search(unicodedata.normalize("NFC", text)) is not None


def detect(text: str) -> str | None:
    """The legacy encoding that `text` is in (a key of `NAMES`), None where it is sound or cannot be told with confidence.

    >>> detect("QuyÕt ®Þnh vÒ viÖc"), detect("Quyeát ñònh veà vieäc"), detect("Quyáº¿t Ä‘á»‹nh")
    ('tcvn3', 'vni', 'mojibake')
    >>> detect("Quyết định về việc"), detect("hoàn toàn"), detect("Café à la carte"), detect("Ke hoach 26")
    (None, None, None, None)
    """
    found = _found(text)
    return found.encoding if found else None


@dataclass(frozen=True, slots=True)
class _Found:
    encoding: str
    pieces: tuple[_Piece, ...]


def _found(text: str) -> _Found | None:
    """Most titles are told sound by a look for letters: these two patterns keep the rest from being looked at closely."""
    if text.isascii():
        return None
    if _OWN.search(text):  # Unicode, or bytes taken for code page 1258
        return _found_whole(text, ("mojibake",)) or _found_between(text) if _STRANGE.search(text) else None
    return _found_whole(text) if _STRANGE.search(text) or _PAIRED.search(text) else None


_STRANGE = re.compile(
    r"[^\x00-\x7f"
    + "".join(unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for t in ["", *_TONES])
    + r"đĐðÐ–—−‐‑…“”„‘’‚•·°™\u00a0\u200b\ufeff\u0300\u0301\u0303\u0309\u0323\u031b\u0302\u0306]|[\x01-\x08\x0e-\x1f]"
)
"""A character that is no Vietnamese letter, no plain sign and no combining mark."""
_PAIRED = re.compile("[aăâeêioôơuưyAĂÂEÊIOÔƠUƯY][õùáàãéèúâêôìòÕÙÁÀÃÉÈÚÂÊÔÌÒ]|[ðÐ]")
"""A vowel and a letter that may be its mark: VNI and code page 1258; sound words have such pairs as well."""


@lru_cache(maxsize=4096)
def _found_whole(text: str, encodings: tuple[str, ...] = tuple(NAMES)) -> _Found | None:
    best: list[tuple[int, _Found]] = []
    for encoding in encodings:
        pieces = letters(text, encoding)
        good = _judged(text, pieces)
        if good and not (encoding == "mojibake" and _HALF.search(_joined(pieces))):
            best.append((good, _Found(encoding, tuple(pieces))))
    best.sort(key=lambda found: -found[0])
    if len(best) > 1 and best[0][0] == best[1][0]:
        same = _joined(best[0][1].pieces) == _joined(best[1][1].pieces)
        return best[0][1] if same else None
    return best[0][1] if best else None


_HALF = re.compile("á[»º]|Ä[\u2018\u0090]|Æ[°¡]")
"""What is left of a Vietnamese letter in UTF-8 that lost its last byte on the way: which letter it was cannot be told."""


def _joined(pieces: Sequence[_Piece]) -> str:
    return unicodedata.normalize("NFC", "".join(piece[0] for piece in pieces))


def _judged(text: str, pieces: Sequence[_Piece]) -> int:
    """How many words a conversion makes common Vietnamese ones; 0 where it is not to be trusted."""
    made: set[str] = set()
    common = good = bad = was_none = inside = words = syllables = 0
    for word in _words(pieces):
        decoded, seen = _joined(word), unicodedata.normalize("NFC", text[word[0][1] : word[-1][2]])
        if _is_abbreviation(decoded):  # says nothing
            continue
        is_syllable = _is_syllable(decoded)
        words += 1
        syllables += is_syllable
        if decoded == seen:
            bad += not (seen.isascii() or is_syllable)
        elif is_syllable:
            good += 1
            common += clean(decoded).text.lower() in _common()
            made.add(decoded.lower())
            was_none += not _is_syllable(seen)
            inside += len(seen) >= 3 and any(not c.isalpha() for c in seen[:-1])
        else:
            bad += 1
    few = good < _MANY
    if not was_none or good < (_LEAST if few else _LEAST_OF_MANY) * (good + bad) or was_none < _FOREIGN * good:
        return 0
    if len(made) < 2 and not (inside and good == 1):
        return 0
    if syllables < _SYLLABLES * words or _STRIPPED.search(_joined(pieces)):
        return 0
    return common if common >= good / 2 else 0


_SYLLABLES = 0.6  # of all words, those that stay as they are counted
_VOWEL = re.compile("[aăâeêioôơuưy]", re.IGNORECASE)


def _is_abbreviation(word: str) -> bool:
    """QĐ, HĐND, nđ, V/v: no vowel, or short capitals without a tone mark."""
    if not _VOWEL.search(_toneless(word)):
        return True
    return word.isupper() and len(word) <= 6 and _toneless(word) == word and not _is_syllable(word)


def _toneless(word: str) -> str:
    split = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in split if c not in _TONES))


def _words(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Letters in a row; a sign that is no plain one belongs to the word, as a letter that was not decoded."""
    word: list[_Piece] = []
    for piece in pieces:
        letter = piece[0]
        if letter.isalpha() or unicodedata.combining(letter) or not (letter.isascii() or letter in _PLAIN_SIGNS):
            word.append(piece)
        elif word:
            yield word
            word = []
    if word:
        yield word


_WORD_WITH_OWN = re.compile(rf"[^\W\d_]*{_OWN.pattern}[^\W\d_]*")


def _found_between(text: str) -> _Found | None:
    """A mixed text: what stands between the words that are Unicode for certain, where all of it is of one encoding."""
    parts: list[tuple[int, int]] = []
    at = 0
    for own in _WORD_WITH_OWN.finditer(unicodedata.normalize("NFC", text)):
        parts.append((at, own.start()))
        at = own.end()
    parts.append((at, len(text)))
    if not unicodedata.is_normalized("NFC", text):
        return None
    rest = "\n".join(text[start:end] for start, end in parts)
    whole = _found_whole(rest)
    if whole is None or _judged(rest, whole.pieces) < 2:
        return None
    out: list[_Piece] = []
    done = 0
    for start, end in parts:
        out += [(letter, i, i + 1) for i, letter in enumerate(text[done:start], done)]
        out += [(letter, start + a, start + b) for letter, a, b in _needed(text[start:end], whole.encoding)]
        done = end
    return replace(whole, pieces=tuple(out))


def _needed(stretch: str, encoding: str) -> Iterator[_Piece]:
    """The letters of a stretch of a mixed text; a word is converted unless it is Vietnamese as it stands, and likelier so."""
    done = 0
    for word in _words(letters(stretch, encoding)):
        start, end = word[0][1], word[-1][2]
        made, seen = clean(_joined(word)).text.lower(), clean(stretch[start:end]).text.lower()
        if _is_syllable(seen) and not (made in _common() and seen not in _common()):
            continue
        yield from ((letter, i, i + 1) for i, letter in enumerate(stretch[done:start], done))
        yield from word
        done = end
    yield from ((letter, i, i + 1) for i, letter in enumerate(stretch[done:], done))


# ------------------------------------------------------------------ titles, documents and fonts


def clean_any(raw: str) -> tuple[CleanText, str | None]:
    """`raw` cleaned, converted first where it is in a legacy encoding, and that encoding. Spans lead to what was typed.

    >>> title, encoding = clean_any("QuyÕt ®Þnh  vÒ viÖc")
    >>> title.text, encoding, title.raw_span(0, 10)
    ('Quyết định về việc', 'tcvn3', (0, 10))
    >>> clean_any("Quyết định")[1] is None
    True
    """
    title = clean(raw)
    if title.text is raw and (raw.isascii() or _OWN.search(raw)):  # plain letters, some of Unicode: most titles
        return title, None
    found = _found(raw)
    if found is None:
        return title, None
    step = Respelling(
        "".join(piece[0] for piece in found.pieces),
        tuple(start for letter, start, _ in found.pieces for _ in letter),
        tuple(end for letter, _, end in found.pieces for _ in letter),
    )
    return CleanText(clean(step.text).text, raw, step), found.encoding


def converted_like(text: str, encoding: str) -> str:
    """What came along with a text in `encoding` (a symbol, a recipient), converted too where it is no Vietnamese as it stands.

    >>> converted_like("15/Q§-UB", "tcvn3"), converted_like("Toà án nhân dân", "tcvn3"), converted_like("Như trên", "tcvn3")
    ('15/QĐ-UB', 'Toà án nhân dân', 'Như trên')
    """
    if text.isascii() or has_unicode(text):
        return text
    words = (word for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text)) if not word.isascii())
    if _STRANGE.search(text) or "§" in text or not all(map(_is_syllable, words)):
        return to_unicode(text, encoding)
    return text


_SAMPLE = 3_000  # letters of a document that tell its encoding
_CLOSELY = 500  # lines that are looked at one by one


def detect_lines(texts: Sequence[str]) -> str | None:
    """The legacy encoding that all lines of a document or cells of a table are in; None where they are sound, or some are Unicode.

    >>> detect_lines(["Sè:", "15/Q§-UB", "VÒ viÖc thµnh lËp tæ c«ng t¸c"]), detect_lines(["Quyết định", "hoàn toàn"])
    ('tcvn3', None)
    """
    return None if any(map(has_unicode, texts)) else _of_most(texts)


def _unsure(text: str) -> str:
    """`text`, or nothing where it is plain or Unicode for certain."""
    return "" if text.isascii() or has_unicode(text) else text


def _of_most(texts: Sequence[str]) -> str | None:
    """The encoding of those lines that are not Unicode for certain."""
    unsure = list(filter(None, map(_unsure, texts)))
    if not any(_STRANGE.search(text) or _PAIRED.search(text) for text in unsure):
        return None
    found = _found_whole(_sample(unsure))
    return found.encoding if found else None


def convert_lines(texts: Sequence[str], whole: str | None = None) -> list[tuple[str, str]]:
    """The lines of a document or the cells of a table, converted, each with the encoding that it was in ("" where it was sound).

    Where all are in one encoding (`whole`, else what `detect_lines` says) every line is, those too that are too short to tell; where that is not
    certain of all of them, none is. Among Unicode lines a word is converted unless it is Vietnamese as it stands.

    >>> convert_lines(["Sè: 15/Q§-UB", "VÒ viÖc thµnh lËp tæ c«ng t¸c", "Quyết định"])
    [('Số: 15/QĐ-UB', 'tcvn3'), ('Về việc thành lập tổ công tác', 'tcvn3'), ('Quyết định', '')]
    """
    most = whole or _of_most(texts)
    mixed = whole is None and any(map(has_unicode, texts))
    doubtful = not most and (not mixed or _STRIPPED.search(to_unicode(_sample(list(map(_unsure, texts))), "tcvn3")))
    closely = 0 if doubtful else len(texts) if most else _CLOSELY
    return [_converted(text, most, mixed) if i < closely else (text, "") for i, text in enumerate(texts)]


def _converted(text: str, most: str | None, mixed: bool) -> tuple[str, str]:
    if most and _unsure(text):
        made = _joined(list(_needed(text, most))) if mixed else to_unicode(text, most)
        return (made, most) if made != unicodedata.normalize("NFC", text) else (text, "")
    own = _found(text)
    return (_joined(own.pieces), own.encoding) if own else (text, "")


def is_strange(text: str) -> bool:
    """Whether a letter stands in `text` that is none of Vietnamese in Unicode; where none does, it is hardly in a legacy encoding."""
    return not text.isascii() and _STRANGE.search(text) is not None


def _sample(texts: Sequence[str]) -> str:
    out: list[str] = []
    length = 0
    for text in texts:
        out.append(text)
        length += len(text)
        if length > _SAMPLE:
            break
    return "\n".join(out)[:_SAMPLE]


@dataclass(frozen=True, slots=True)
class Font:
    """What a font's name says of the text set in it; `capitals` draws small letters as capitals."""

    encoding: str
    capitals: bool = False


_SUBSET = re.compile(r"[A-Z]{6}\+")
_FONTS = (
    (re.compile(r"\.vn[a-z0-9 ._-]+|vn(?:time|arial)h?", re.IGNORECASE), "tcvn3"),
    (re.compile(r"vni[- _].+", re.IGNORECASE), "vni"),
    (re.compile(r"vi(?:scii)?[- _](?:times|arial|helvetica|courier).*", re.IGNORECASE), "viscii"),
)


@lru_cache(maxsize=1024)
def font_of(name: str) -> Font | None:
    """What the name of a font says of its encoding; None for a font of Unicode, or an unknown one.

    >>> font_of(".VnTimeH"), font_of("VNI-Times"), font_of("Times New Roman")
    (Font(encoding='tcvn3', capitals=True), Font(encoding='vni', capitals=False), None)
    """
    name = _SUBSET.sub("", name.strip(" '\""))
    for pattern, encoding in _FONTS:
        if pattern.fullmatch(name):
            return Font(encoding, encoding == "tcvn3" and bool(re.search(r"[a-z .]H\b", name)))
    return None
