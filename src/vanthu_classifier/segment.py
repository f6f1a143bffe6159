"""Words: where each Vietnamese word of a title begins and ends.

A Vietnamese word is one syllable or several ("kế hoạch", "ủy ban nhân dân"), and blanks stand between syllables, not between words.
underthesea finds the words; this module hands it a title in the form it knows best, and gives offsets back.

- The title is lower-cased first: capitals are joined wrongly ("CÔNG TÁC VĂN THƯ" would be one word).
- A number and symbol, or a date, is one thing, but would be cut to pieces ("30/2020", "/", "nđ-cp") or joined with a neighbour.
  Such spans are `protected`: each becomes one word. While the words around it are looked for, a plain number stands in its
  place, as in the newspaper text that underthesea learned from. Cutting the title into stretches there would hide half the
  context of the words beside it: among 600 of our titles that contain such spans, words beside them came out differently from
  those in the whole title in 12 titles when cut, in 8 with the stand-in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vanthu_classifier import _underthesea
from vanthu_classifier._underthesea import END, STAND_IN, WHOLE
from vanthu_classifier.errors import ArgumentValueError

__all__ = ["END", "WHOLE", "Word", "lower", "protect", "texts", "words"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its letters in lower case, and its start and end in the text."""

    text: str
    start: int
    end: int


def lower(text: str) -> str:
    """`text` in lower case, letter by letter, so that offsets stay what they are.

    >>> lower("KẾ HOẠCH"), len(lower("İ"))
    ('kế hoạch', 1)
    """
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def words(text: str, protected: Sequence[tuple[int, int]] = ()) -> tuple[Word, ...]:
    """The words of the cleaned `text`, left to right; blanks belong to none, punctuation marks are words.

    `protected` are spans (start, end) of the text that stay whole and alone; empty ones are ignored, and overlapping ones
    `ArgumentValueError`, as are spans outside the text. The answer depends on nothing but the arguments.

    >>> [word.text for word in words("PHÊ DUYỆT Kế hoạch phòng, chống dịch")]
    ['phê duyệt', 'kế hoạch', 'phòng', ',', 'chống', 'dịch']
    >>> words("theo Nghị định 30/2020/NĐ-CP", protected=[(15, 28)])[-1]
    Word(text='30/2020/nđ-cp', start=15, end=28)
    >>> words("")
    ()
    """
    return _words(text, tuple(sorted((start, end) for start, end in protected if start != end)))


def texts(matters: Iterable[str]) -> list[str]:
    r"""The words of cleaned texts in lower case without their places, all in one list, `END` behind those of each text; faster than one by one.

    A `WHOLE` stretch, made by `protect`, is one word; there may be empty words, and words with a blank before them, around it.

    >>> texts(["phê duyệt kế hoạch", "họp"])
    ['phê duyệt', 'kế hoạch', '\x00', 'họp', '\x00']
    """
    return _underthesea.words(matters)


def protect(text: str, spans: Mapping[tuple[int, int], str]) -> str:
    """The text with the letters of each of `spans`, disjoint, replaced by what it says, as one `WHOLE` stretch."""
    if not spans:
        return text
    out, at = [], 0
    for (start, end), says in sorted(spans.items()):
        out += [text[at:start], f" {WHOLE}{says} "]
        at = end
    return "".join([*out, text[at:]])


@lru_cache(maxsize=1024)
def _words(text: str, protected: tuple[tuple[int, int], ...]) -> tuple[Word, ...]:
    lowered = lower(text)
    tokens, whole = _tokens(lowered, protected)
    spans: list[tuple[int, int]] = []
    follows = _underthesea.continues([form for form, _, _ in tokens])
    for (_, start, end), joined, alone, alone_before in zip(tokens, follows, whole, [True, *whole], strict=False):
        if joined and not alone and not alone_before:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return tuple(Word(lowered[start:end], start, end) for start, end in spans)


def _tokens(lowered: str, protected: tuple[tuple[int, int], ...]) -> tuple[list[_underthesea.Token], list[bool]]:
    """The tokens, a stand-in for each protected span, and for each whether it is such a stand-in."""
    tokens: list[_underthesea.Token] = []
    whole: list[bool] = []
    at = 0
    for start, end in (*protected, (len(lowered), len(lowered))):
        if not at <= start <= end <= len(lowered):
            raise ArgumentValueError(
                "Đoạn cần giữ nguyên chồng lên nhau hoặc nằm ngoài văn bản.", column="protected", span=(start, end)
            )
        tokens += [(form, at + a, at + b) for form, a, b in _underthesea.tokens(lowered[at:start])]
        whole += [False] * (len(tokens) - len(whole))
        if start < end:
            tokens.append((STAND_IN, start, end))
            whole.append(True)
        at = end
    return tokens, whole
