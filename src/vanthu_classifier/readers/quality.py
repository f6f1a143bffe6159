"""How far a text is Vietnamese as it is spelt: tells a text layer from the remains of one, and one reading from another.

A written syllable has a known shape, one tone mark at most, and the sharp or the heavy one where it ends in c, ch, p or t. Nearly every word
of a sound text keeps to that; words recognised with the wrong language («CQNG HQA»), with marks lost («thuoc», «cap») or from
a font without letters do not. Length is no test: a stamp's words are sound and say nothing of the page, so few words give 0.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from vanthu_classifier.text import looks_vietnamese, strip_diacritics

__all__ = ["SOUND", "quality"]

SOUND = 0.8
"""From here on a text can be relied on; sound documents have 0.9 and more, with their names and abbreviations."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 15
_MARKED = 0.6
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_FOR_STOPS = frozenset("\u0301\u0323")
_STOP = re.compile(r"(?:[cpt]|ch)$")


def quality(text: str) -> float:
    """The share of the words in `text` that are spelt as Vietnamese words (0-1); 0 where there are fewer than 15.

    Abbreviations in capitals do not count. Of sound texts some nine words in ten have a mark, on a letter or for the tone; where less
    than six in ten have one, the share counts for less in proportion.

    >>> sound = "Căn cứ Luật Tổ chức chính quyền địa phương, Ủy ban nhân dân huyện ban hành kế hoạch như sau"
    >>> quality(sound), quality("Can cir Luat To chirc chinh quyén dia phuong, " * 3), quality("Ngày ký: 02/7/2019")
    (1.0, 0.12, 0.0)
    """
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not _is_abbreviation(word, text)]
    if len(words) < _LEAST_WORDS:
        return 0.0
    marked = sum(not word.isascii() for word in words) / len(words)
    share = sum(map(_is_sound, words)) / len(words)
    return round(share * min(1.0, marked / _MARKED), 2)


def _is_abbreviation(word: str, text: str) -> bool:
    return word.isupper() and len(word) <= 6 and word.isascii() and not text.isupper()


@lru_cache(maxsize=8192)
def _is_sound(word: str) -> bool:
    if not looks_vietnamese(word.lower()):
        return False
    tones = [letter for letter in unicodedata.normalize("NFD", word.lower()) if letter in _TONES]
    if len(tones) > 1:
        return False
    return not _STOP.search(strip_diacritics(word.lower())) or bool(tones and tones[0] in _FOR_STOPS)
