"""Phrases: found in one pass over the words as they are found one by one, and only where they stand."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier import phrases
from vanthu_classifier.phrases import stated, stated_one_by_one
from vanthu_classifier.text import strip_diacritics

LEXICONS = {plain: phrases._lexicon(plain) for plain in (False, True)}
PHRASES = [
    (plain, phrase)
    for plain, lexicon in LEXICONS.items()
    for purpose in lexicon.purposes
    for phrase in (*purpose.at_head, *purpose.anywhere, *purpose.unless_head, *purpose.unless)
]
WORDS = sorted({word for _, phrase in PHRASES for word in phrases._WORD.findall(phrase.says)})


def _written(tokens: Iterator[str], chance: random.Random) -> str:
    """One of the texts that a phrase stands for."""
    parts, taken = [""], 1
    for token in tokens:
        if token in (")", "]"):
            break
        if token == "|":
            parts.append("")
        elif token in ("(", "["):
            inner = _written(tokens, chance)
            parts[-1] += inner if token == "(" or chance.random() < 0.5 else ""
        else:
            parts[-1] += {"#": "12", "^": "", "{": "(", "}": ")", " … ": chance.choice([" ", " của phòng "])}.get(
                token, token
            )
    return parts[chance.randrange(taken, len(parts) + 1) - 1]


@pytest.mark.parametrize("plain", [False, True])
def test_every_phrase_is_worth_trying_wherever_it_stands(plain: bool) -> None:
    chance = random.Random(7)
    lexicon = LEXICONS[plain]
    for phrase in (phrase for is_plain, phrase in PHRASES if is_plain is plain):
        written = 0
        for _ in range(60):
            text = " ".join(_written(iter(phrases._TOKEN.findall(phrase.says)), chance).split())
            if phrase.says.startswith("^"):
                if phrase.match(text, 0):
                    written += 1
                    assert lexicon.worth_trying(text, 0) & phrase.bit, (phrase.says, text)
                continue
            for around in (text, f"({text})", f"báo cáo, {text}, tháng này", text.replace("y", "i")):
                if phrase.search(around):
                    written += 1
                    assert lexicon.worth_trying(around, 0) & phrase.bit, (phrase.says, around)
        assert written > 10, phrase.says


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from([" ", ", ", " (", ") "]), st.integers(0, 12))
def test_one_pass_finds_what_trying_each_finds(words: list[str], mark: str, matter: int) -> None:
    text = mark.join([" ".join(words[:7]), " ".join(words[7:])]).strip()
    for plain in (False, True):
        lower = strip_diacritics(text) if plain else text
        assert stated(lower, matter, plain=plain) == stated_one_by_one(lower, matter, plain=plain)


@pytest.mark.parametrize(
    ("text", "matter", "wanted"),
    [
        ("đăng ký lịch họp tháng 9", 0, ["dang_ky_lich_hop", "trao_doi", "moi_hop", "thang"]),
        ("v/v xin lịch họp kì này", 4, ["dang_ky_lich_hop", "moi_hop"]),
        ("tổ hợp tác", 0, []),
        ("ngày 12 tháng 9", 0, []),
        ("hội nghị(họp)", 0, ["moi_hop", "moi_hoi_nghi"]),
        ("phòng họp_1", 0, []),
        ("(dự thảo) kế hoạch", 0, ["du_thao"]),
        ("trả lời đề nghị thẩm định", 0, ["trao_doi"]),
        ("", 0, []),
    ],
)
def test_what_is_stated(text: str, matter: int, wanted: list[str]) -> None:
    assert [place.id for place in stated(text, matter).places] == wanted
    assert [place.id for place in stated(strip_diacritics(text), matter, plain=True).places] == wanted


def test_a_phrase_whose_word_goes_on_behind_a_bracket_is_refused() -> None:
    with pytest.raises(ValueError, match="bracket"):
        phrases._words(iter(phrases._TOKEN.findall("(đơn)thư")), phrases.Counter())
