"""What the model sees of a title: named features, and where each stands.

    w                a word                                     "phê duyệt", "kế hoạch"
    w|w              two words in a row                         "phê duyệt|dự toán"
    ^w ^w|w ^w|w|w   the first one, two, three words of the matter
    2^w              a word among the second to fourth of the matter
    <v/v> <về việc> <về> <>   how the title leads in
    <v/v>^w          that, together with the first word of the matter

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
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from vanthu_classifier import so_ky_hieu
from vanthu_classifier.kept import Kept
from vanthu_classifier.segment import END, WHOLE, lower, protect, texts, words
from vanthu_classifier.text import CleanText, clean

__all__ = [
    "LEADS",
    "SCALE",
    "Read",
    "Span",
    "features",
    "form",
    "lacks_diacritics",
    "names",
    "names_many",
    "read",
    "scale",
]

Span = tuple[int, int]
_Token = tuple[str, int, int]

_DATE = re.compile(r"\d(?<!\d\d)\d?\s?(?:[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)\d\d(?!\d)|[/-]\s?(?:19|20)\d\d(?!\d))")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_MARKS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_MARKED: Kept[int, re.Pattern[str]] = Kept(
    lambda times: re.compile(rf"(?:[^{_MARKS}]*+[{_MARKS}]){{{times}}}", re.IGNORECASE)
)
"""By how many marked letters a text begins with, and any others among them."""
_SYLLABLE = re.compile(r"[^\W_]+")
_LEAD = re.compile(r"[\W_]*(?:(v\s?[/.]\s?v|vv)|(về việc|ve viec)|(về|ve))(?!\w)[\W_]*", re.IGNORECASE)
SCALE = {"<": 3.0, "^": 2.0, "2^": 1.5}
"""How much more than other features those whose names begin so weigh, before a title's weights are brought to length 1.

Chosen by cross-validation over families of those of our titles that do not say their type (accuracy 0.643 without, 0.663 with).
"""
_NO_MARKS = str.maketrans("", "", "~^|<>")
LEADS = ("<>", "<v/v>", "<về việc>", "<về>")
"""The names of how a title leads in."""


def names(title: str | CleanText) -> list[str]:
    """The names of the features of `title`, each as often as it occurs.

    >>> names("V/v góp ý dự thảo")
    ['<v/v>', '<v/v>^góp ý', 'góp ý', 'dự thảo', 'góp ý|dự thảo', '^góp ý', '^góp ý|dự thảo', '2^dự thảo']
    >>> "<số:QĐ>" in names("theo Quyết định số 12/QĐ-UBND"), "~ke|hoach" in names("Ke hoach 12 KH UBND")
    (True, True)
    """
    return names_many([title])[0]


def names_many(titles: Iterable[str | CleanText]) -> list[list[str]]:
    """The names of the features of each title."""
    some = read(titles)
    found: list[list[str]] = [[] for _ in some.leads]
    for rows, list_of_words, mark in ((some.rows, some.words, ""), (some.plain_rows, some.plain_words, "~")):
        mine: list[str] = []
        waiting = iter(rows)
        for word in list_of_words:
            if word == END:
                row = next(waiting)
                found[row] = _named(LEADS[some.leads[row]], mine, mark)
                mine = []
            elif its_form := form(word):
                mine.append(its_form)
    return found


class Read(NamedTuple):
    """Titles as lists of words. `leads` has for each how it leads in, by its place in `LEADS`.

    `words` has the words of the matters of the titles number `rows`, `END` behind those of each; `plain_words` and `plain_rows` are the syllables of titles
    typed without diacritics. `form` makes what features are named with of a word.
    """

    leads: list[int]
    rows: list[int]
    words: list[str]
    plain_rows: list[int]
    plain_words: list[str]


def read(titles: Iterable[str | CleanText]) -> Read:
    """The words of many titles, which is faster than one by one."""
    leads, rows, matters = [], [], []
    plain_rows, plain_words = [], []
    for row, title in enumerate(titles):
        text = _cleaned(title).text
        lead, _, behind = _lead(text)
        matter = text[behind:] if behind else text
        leads.append(lead)
        if lacks_diacritics(text):
            plain_rows.append(row)
            plain_words += [*_SYLLABLE.findall(lower(matter)), END]
        else:
            rows.append(row)
            kinds = _kinds(matter)
            matters.append(protect(lower(matter), kinds))
    return Read(leads, rows, texts(matters), plain_rows, plain_words)


def form(word: str) -> str:
    """What stands for a word in the names of features: digits masked, a symbol or date by its kind; "" for a punctuation mark."""
    return word[len(WHOLE) :] if word.startswith(WHOLE) else _masked(word.lstrip())


def features(title: str | CleanText) -> list[tuple[str, Span | None]]:
    """The same features, each with the span in `title` as typed that carries it, or None where no letters do.

    >>> features("V/v góp ý dự thảo")[2:5]
    [('góp ý', (4, 9)), ('dự thảo', (10, 17)), ('góp ý|dự thảo', (4, 17))]
    """
    cleaned = _cleaned(title)
    lead, leads_in, behind = _lead(cleaned.text)
    matter = cleaned.text[behind:]
    plain = lacks_diacritics(cleaned.text)
    tokens = _syllables(matter) if plain else _words(matter, _kinds(matter))
    found = _named(LEADS[lead], [form for form, _, _ in tokens], "~" if plain else "")
    spans = _placed(leads_in, [(start + behind, end + behind) for _, start, end in tokens])
    typed = [cleaned.raw_span(*span) if span[0] < span[1] else None for span in spans]
    return list(zip(found, typed, strict=True))


def scale(name: str) -> float:
    """The factor of `SCALE` for the feature with this name.

    >>> scale("<v/v>"), scale("<v/v>^góp ý"), scale("~^phe|duyet"), scale("2^dự toán"), scale("dự toán")
    (3.0, 2.0, 2.0, 1.5, 1.0)
    """
    name = name.removeprefix("~")
    if name[:1] == "<":
        return SCALE["<"] if name in LEADS else SCALE["^"] if ">^" in name else 1.0
    return SCALE.get(name[:1]) or SCALE.get(name[:2], 1.0)


def _cleaned(title: str | CleanText) -> CleanText:
    return title if isinstance(title, CleanText) else clean(title)


def lacks_diacritics(text: str) -> bool:
    """Whether cleaned `text` was typed without diacritics: at most one marked letter in eight words.

    Four of five Vietnamese words have one, so a single "Đ" in a symbol does not hide the habit.

    >>> lacks_diacritics("Ke hoach 185 KH UBND 2022 phat trien"), lacks_diacritics("họp UBND")
    (True, False)
    """
    if text.isascii():
        return True
    return not _MARKED[(text.count(" ") + 1) // 8 + 1].match(text)


def _lead(text: str) -> tuple[int, Span, int]:
    """How the text leads in, as a place in `LEADS`, the span of that, and where the matter begins."""
    match = _LEAD.match(text)
    if match is None or match.lastindex is None:
        return 0, (0, 0), 0
    return match.lastindex, match.span(match.lastindex), match.end()


def _named(lead: str, forms: list[str], mark: str = "") -> list[str]:
    found = [lead, f"{lead}^{forms[0]}"] if forms else [lead]
    found += forms
    found += [f"{a}|{b}" for a, b in pairwise(forms)]
    found += ["^" + "|".join(forms[:length]) for length in range(1, min(len(forms), 3) + 1)]
    found += ["2^" + form for form in forms[1:4]]
    return [mark + name for name in found] if mark else found


def _placed(lead: Span, spans: list[Span]) -> list[Span]:
    """The spans of the features that `_named` names, in the same order."""
    found = [lead, (lead[0] if lead[1] else spans[0][0], spans[0][1])] if spans else [lead]
    found += spans
    found += [(start, end) for (start, _), (_, end) in pairwise(spans)]
    found += [(spans[0][0], spans[length - 1][1]) for length in range(1, min(len(spans), 3) + 1)]
    return found + spans[1:4]


def _kinds(text: str) -> dict[Span, str]:
    """The spans of symbols and dates, and what stands for them."""
    if "/" not in text and not _DIGIT.search(text):
        return {}
    kinds = {symbol.span: f"<số:{symbol.loai or ''}>" for symbol in so_ky_hieu.find(text)}
    taken = list(kinds)
    for match in _DATE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            kinds[match.span()] = "<ngày>"
    return kinds


def _words(text: str, kinds: dict[Span, str]) -> list[_Token]:
    """The words, masked. A matter is cut alone, so that its words are the same however the title leads in."""
    tokens = []
    for word in words(text, tuple(kinds)):
        form = kinds.get((word.start, word.end)) or _masked(word.text)
        if form:
            tokens.append((form, word.start, word.end))
    return tokens


def _syllables(text: str) -> list[_Token]:
    return [(_masked(match.group()), *match.span()) for match in _SYLLABLE.finditer(lower(text))]


@lru_cache(maxsize=4096)
def _masked(form: str) -> str:
    """The word with digits masked and without the marks that names of features are made with; "" for a punctuation mark."""
    form = form.translate(_NO_MARKS)
    if not any(map(str.isalnum, form)):
        return ""
    return "<năm>" if _YEAR.fullmatch(form) else _DIGITS.sub("#", form)
