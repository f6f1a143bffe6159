"""Cleaning: what is made one, what is left alone, and the way back."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier import text as text_module
from vanthu_classifier.text import clean, damage, has_diacritics, looks_vietnamese, strip_diacritics

SEEN_IN_THE_WILD = [
    ("tone placement, older school", "Uỷ ban nhân dân thoả thuận hoà giải", "Ủy ban nhân dân thỏa thuận hòa giải"),
    ("tone typed before the final consonant", "tòan tỉnh, hòan thành", "toàn tỉnh, hoàn thành"),
    ("tone on the u of qu", "qúy III, qủy", "quý III, quỷ"),
    ("Icelandic Eth", "QÐ-UBND, ðất đai", "QĐ-UBND, đất đai"),
    ("no-break and thin spaces", "Quyết\u00a0định\u2009số", "Quyết định số"),
    ("zero-width characters", "Quyết\u200b định\ufeff", "Quyết định"),
    ("en dash, minus, hyphen look-alikes", "TTr – UBND − A ‑ B", "TTr - UBND - A - B"),
    ("curly quotes", "“Ngày hội” ‘văn hóa’", "\"Ngày hội\" 'văn hóa'"),
    ("line breaks and tabs", "QUYẾT ĐỊNH\n\tVề việc", "QUYẾT ĐỊNH Về việc"),
    ("decomposed letters", unicodedata.normalize("NFD", "Quyết định"), "Quyết định"),
    ("Cyrillic letters among Latin ones", "СÔNG ĐIỆN", "CÔNG ĐIỆN"),
    ("full-width forms", "１５／QĐ", "15/QĐ"),
    ("control characters", "Kế\x07 hoạch\x00", "Kế hoạch"),
]

MUST_NOT_BE_TOUCHED = [
    "quý, quỳnh, huỳnh, thuyền, khuỷu, nguyên",
    "hoàn toàn, khoét, xoay, loay hoay, toán, xoăn",
    "THÔNG BÁO Về việc",
    "Привет мир",
]


@pytest.mark.parametrize(
    ("raw", "wanted"), [case[1:] for case in SEEN_IN_THE_WILD], ids=[case[0] for case in SEEN_IN_THE_WILD]
)
def test_one_spelling(raw: str, wanted: str) -> None:
    assert clean(raw).text == wanted


@pytest.mark.parametrize("text", MUST_NOT_BE_TOUCHED)
def test_left_alone(text: str) -> None:
    assert clean(text).text == text


_letters = st.text(
    alphabet=st.one_of(
        st.sampled_from("hoàuỷýqQoóạâăêôơưđĐ\u0301\u0323\u0300\u031b\u0302 ,-–Ð\u200b\u00ad\nаБ´`ﬁ…\u00a0'\""),
        st.characters(),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=500)
@given(_letters)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    once = clean(raw).text
    assert clean(once).text == once


@settings(deadline=None, max_examples=500)
@given(_letters)
def test_offsets_lead_back_in_order(raw: str) -> None:
    c = clean(raw)
    assert len(c.text) == len(c.starts) == len(c.ends)
    assert all(0 <= s < e <= len(raw) for s, e in zip(c.starts, c.ends, strict=True))
    assert list(c.starts) == sorted(c.starts)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(["Ủy", "ban", "nhân", "dân", "phê", "duyệt", "hòa", "giải", "đề", "án", "15/QĐ-UBND"]),
        min_size=1,
        max_size=8,
    )
)
def test_offsets_give_back_the_same_letters(words: list[str]) -> None:
    typed = "  ".join(unicodedata.normalize("NFD", w) for w in words)
    c = clean(typed)
    at = 0
    for word in words:
        start = c.text.index(word, at)
        s, e = c.raw_span(start, start + len(word))
        assert unicodedata.normalize("NFC", typed[s:e]) == word
        at = start + len(word)


def test_stretches_end_at_every_blank_and_control_character() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        blank = letter.isspace() or unicodedata.category(letter) in ("Cc", "Zl", "Zp")
        assert (text_module._STRETCH.fullmatch(letter) is None) is blank, hex(code)


@settings(deadline=None, max_examples=300)
@given(_letters)
def test_text_that_looks_clean_is_clean(raw: str) -> None:
    """The short way out of `clean` and the long one come to the same."""
    if text_module._is_clean(raw):
        pieces = text_module._tones_placed(text_module._composed(text_module._visible(raw, False)))
        assert "".join(piece[0] for piece in pieces) == raw == clean(raw).text


DAMAGED = [
    ("QuyÕt ®Þnh vÒ viÖc phª duyÖt", "tcvn3"),
    ("Quyeát ñònh veà vieäc pheâ duyeät", "vni"),
    ("Quyáº¿t Ä‘á»‹nh vá» viá»‡c", "mojibake"),
    ("Quy\ufffdt \ufffd\ufffdnh", "lost"),
    ("Quy?t ??nh v? vi?c phê duy?t", "lost"),
]
SOUND = [
    "XÃ\u00a0LỘC, XÃ\u00a0HÒA",
    "MÃ\u00a0SỐ VÀ\u00a0XÃ\u00a0HỘI",
    "Quyết định về việc phê duyệt",
    "Ke hoach 26",
    "hoàn toàn",
    "Có được không? Được.",
    "Café à la carte",
    "",
    "¼ diện tích đất",
]


@pytest.mark.parametrize(("raw", "kind"), DAMAGED)
def test_damage_is_named(raw: str, kind: str) -> None:
    assert damage(raw) == kind


@pytest.mark.parametrize("raw", SOUND)
def test_sound_text_is_not_called_damaged(raw: str) -> None:
    assert damage(raw) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Kế hoạch công tác", True),
        ("Ke hoach cong tac thang 9", True),
        ("CNTT, CCHC trên địa bàn", True),
        ("QUY ĐỊNH MỨC THU PHÍ THẨM ĐỊNH", True),
        ("BÁO CÁO", True),
        ("Invitation to the annual general meeting", False),
        ("12345 / 67", False),
        ("", False),
    ],
)
def test_looks_vietnamese(text: str, wanted: bool) -> None:
    assert looks_vietnamese(text) is wanted


def test_stripping_keeps_the_length_of_clean_text() -> None:
    text = clean("Quyết định phê duyệt đề án của Ủy ban nhân dân").text
    assert len(strip_diacritics(text)) == len(text)
    assert not has_diacritics(strip_diacritics(text))
