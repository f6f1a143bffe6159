"""What the model sees of a title: named features, and where each stands.

    w                a word                                     "phê duyệt", "kế hoạch"
    w|w              two words in a row                         "phê duyệt|dự toán"
    ^w ^w|w ^w|w|w   the first one, two, three words of the matter
    2^w              a word among the second to fourth of the matter
    $w               one of the last two words
    <v/v> <về việc> <về> <>   how the title leads in

The first words of the matter tell most: a decision "phê duyệt …", a letter "đôn đốc …", a report "kết quả …"; the same word further
inside tells little ("kiểm tra tiến độ phê duyệt dự án"). `SCALE` gives them more weight.

What differs from title to title and says nothing about the type is masked: a number and symbol becomes its kind (`<số:QĐ>`), a date
`<ngày>`, a year `<năm>`, other digits `#`. Punctuation marks are left out. Case does not matter: everything is lower-cased. The length of a
title is no feature: in our own titles it tells the type a little (cross-validation gains half a point), but what it tells is how we wrote them.

A title typed without diacritics is not cut into words (underthesea knows none there) but into syllables, and the names of its features
begin with `~`, so that `ban` (bản, bán, bàn …) is no word of the other kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from vanthu_classifier import so_ky_hieu
from vanthu_classifier.segment import lower, words
from vanthu_classifier.text import CleanText, clean, strip_diacritics

__all__ = ["SCALE", "Span", "features", "lacks_diacritics", "names", "scale"]

Span = tuple[int, int]
_Token = tuple[str, int, int]

_DATE = re.compile(
    r"(?<!\d)\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}\s?[/-]\s?(?:19|20)\d\d(?!\d)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SYLLABLE = re.compile(r"[^\W_]+")
_LEAD = re.compile(r"""[\W_]*(?:(v\s?[/.]\s?v|vv)|(về việc|ve viec)|(về|ve))(?!\w)[\W_]*""")
SCALE = {"<": 3.0, "^": 2.0, "2^": 1.5}
"""How much more than other features those whose names begin so weigh, before a title's weights are brought to length 1.

Chosen by cross-validation over families of our titles that do not say their type: accuracy 0.643 without, 0.663 with.
"""
_LEADS = ("<>", "<v/v>", "<về việc>", "<về>")


def names(title: str | CleanText) -> list[str]:
    """The names of the features of `title`, each as often as it occurs.

    >>> names("V/v góp ý dự thảo")
    ['<v/v>', 'góp ý', 'dự thảo', 'góp ý|dự thảo', '^góp ý', '^góp ý|dự thảo', '2^dự thảo', '$góp ý', '$dự thảo']
    >>> "<số:QĐ>" in names("theo Quyết định số 12/QĐ-UBND"), "~ke|hoach" in names("Ke hoach 12 KH UBND")
    (True, True)
    """
    return [name for name, _, _ in _features(_cleaned(title).text)]


def features(title: str | CleanText) -> list[tuple[str, Span | None]]:
    """The same features, each with the span in `title` as typed that carries it, or None where it is the title as a whole.

    >>> features("V/v góp ý dự thảo")[1:4]
    [('góp ý', (4, 9)), ('dự thảo', (10, 17)), ('góp ý|dự thảo', (4, 17))]
    """
    cleaned = _cleaned(title)
    found = _features(cleaned.text)
    return [(name, cleaned.raw_span(start, end) if end > start else None) for name, start, end in found]


def scale(name: str) -> float:
    """The factor of `SCALE` for the feature with this name.

    >>> scale("<v/v>"), scale("~^phe|duyet"), scale("2^dự toán"), scale("dự toán"), scale("<năm>")
    (3.0, 2.0, 1.5, 1.0, 1.0)
    """
    name = name.removeprefix("~")
    if name[:1] == "<":
        return SCALE["<"] if name in _LEADS else 1.0
    return SCALE.get(name[:1]) or SCALE.get(name[:2], 1.0)


def _cleaned(title: str | CleanText) -> CleanText:
    return title if isinstance(title, CleanText) else clean(title)


def lacks_diacritics(text: str) -> bool:
    """Whether cleaned `text` was typed without diacritics: at most one word in eight has any.

    Four of five Vietnamese words have one, so a single "Đ" in a symbol does not hide the habit.

    >>> lacks_diacritics("Ke hoach 185 KH UBND 2022 phat trien"), lacks_diacritics("họp UBND")
    (True, False)
    """
    if text.isascii():
        return True
    syllables = _SYLLABLE.findall(text)
    marked: int = sum(strip_diacritics(syllable) != syllable for syllable in syllables)
    return 8 * marked <= len(syllables)


def _features(text: str) -> list[_Token]:
    lowered = lower(text)
    mark = "~" if lacks_diacritics(text) else ""
    lead = _LEAD.match(lowered)
    which = lead.lastindex or 0 if lead else 0
    behind = lead.end() if lead else 0
    matter = _syllables(lowered, behind) if mark else _words(text, lowered, behind)
    out = [(mark + _LEADS[which], *(lead.span(which) if lead else (0, 0)))]
    out += [(mark + form, start, end) for form, start, end in matter] if mark else matter
    out += [(f"{mark}{a}|{b}", start, end) for (a, start, _), (b, _, end) in pairwise(matter)]
    out += _places(mark, matter)
    return out


def _places(mark: str, matter: list[_Token]) -> Iterator[_Token]:
    for length in range(1, min(len(matter), 3) + 1):
        yield f"{mark}^" + "|".join(form for form, _, _ in matter[:length]), matter[0][1], matter[length - 1][2]
    for form, start, end in matter[1:4]:
        yield f"{mark}2^{form}", start, end
    for form, start, end in matter[-2:]:
        yield f"{mark}${form}", start, end


def _words(text: str, lowered: str, behind: int) -> list[_Token]:
    kinds = {symbol.span: f"<số:{symbol.loai or ''}>" for symbol in so_ky_hieu.find(text)}
    if _DIGITS.search(text):
        taken = list(kinds)
        for match in _DATE.finditer(lowered):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                kinds[match.span()] = "<ngày>"
    tokens = []
    for word in words(text, tuple(kinds)):
        if word.start >= behind:
            form = kinds.get((word.start, word.end)) or _masked(word.text)
            if form:
                tokens.append((form, word.start, word.end))
    return tokens


def _syllables(lowered: str, behind: int) -> list[_Token]:
    return [(_masked(m.group()), *m.span()) for m in _SYLLABLE.finditer(lowered, behind)]


@lru_cache(maxsize=65536)
def _masked(form: str) -> str:
    """The word with digits masked; "" for a punctuation mark."""
    if not any(map(str.isalnum, form)):
        return ""
    return "<năm>" if _YEAR.fullmatch(form) else _DIGITS.sub("#", form)
