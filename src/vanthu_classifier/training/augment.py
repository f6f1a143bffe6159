"""How clerks type: seeded variants of the written titles.

The titles in `training_data` are written as an official writes them. Registers hold them as they were typed: abbreviated or spelled
out, misspelt, cut off, with a note behind, or without diacritics and punctuation. `variants` makes such copies.

    typed   abbreviations the other way, a slip of the keys, a note behind, an end cut off
    plain   without diacritics and punctuation, with the type word and a mangled number and symbol first or without:
            "Ke hoach 185 KH UBND 2022 phat trien …"

What makes no copies: capitals, since nothing that the model reads depends on them; and another lead-in ("V/v", "Về việc", the type word). That
was tried with shares of lead-ins by type: cross-validated accuracy fell from 0.678 to 0.675. How a title leads in is evidence, and
invented evidence blurs it.

A copy depends on the seed and its title alone, so that a title added changes no other copy.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vanthu_classifier.loai_van_ban import by_code, head_type
from vanthu_classifier.text import strip_diacritics

__all__ = ["Variant", "variants"]


@dataclass(frozen=True, slots=True)
class Variant:
    """A copy of a title and what it weighs in training; the title itself weighs 1."""

    text: str
    weight: float


TYPED_WEIGHT = 0.5
PLAIN_WEIGHT = 1.0

_SHORT_FORMS = (
    ("ủy ban nhân dân", "UBND"), ("hội đồng nhân dân", "HĐND"), ("mặt trận tổ quốc", "MTTQ"), ("thủ tục hành chính", "TTHC"),
    ("cải cách hành chính", "CCHC"), ("giải phóng mặt bằng", "GPMB"), ("quyền sử dụng đất", "QSDĐ"), ("công nghệ thông tin", "CNTT"),
    ("an toàn thực phẩm", "ATTP"), ("bảo hiểm y tế", "BHYT"), ("bảo hiểm xã hội", "BHXH"), ("giáo dục và đào tạo", "GDĐT"),
    ("tài nguyên và môi trường", "TNMT"), ("kinh tế - xã hội", "KTXH"), ("nông thôn mới", "NTM"), ("xây dựng cơ bản", "XDCB"),
    ("phòng cháy chữa cháy", "PCCC"), ("phòng, chống thiên tai", "PCTT"), ("kế hoạch lựa chọn nhà thầu", "KHLCNT"),
    ("báo cáo kinh tế - kỹ thuật", "BCKTKT"), ("an toàn giao thông", "ATGT"), ("vệ sinh môi trường", "VSMT"),
    ("trung học cơ sở", "THCS"), ("quản lý dự án", "QLDA"), ("thành phố", "TP"), ("quyết định", "QĐ"), ("kế hoạch", "KH"),
)  # fmt: skip
_NOTES = (
    "(bản sao)", "(hỏa tốc)", "(lần 2)", "(gửi kèm phụ lục)", "(thay thế văn bản trước)", "(đ/c Phó Chủ tịch chủ trì)", "(khẩn)",
    "(có danh sách kèm theo)", "(đợt 1)", "(bổ sung)", "(ký số)", "(qua mạng)",
)  # fmt: skip
_AGENCIES = (
    "UBND",
    "UBND",
    "UBND",
    "HĐND",
    "SNV",
    "STC",
    "SXD",
    "BTC",
    "BNV",
    "BGDĐT",
    "CP",
    "TTg",
    "TU",
    "SYT",
    "BCĐ",
    "BTNMT",
)


def variants(text: str, code: str, seed: int) -> Iterator[Variant]:
    """The copies of a title of the type `code`, the same for the same seed.

    >>> for variant in variants("Ban hành Kế hoạch phòng, chống thiên tai năm 2022", "QĐ", seed=3):
    ...     print(variant.text)
    Ban hành KH PCTT năm 2022
    Quyet dinh 1780 QD BTC 2021 ve viec Ban hanh Ke hoach phong chong thien tai nam 2022
    """
    draw = random.Random(f"{seed}\0{code}\0{text}")
    typed = text
    for change, chance in _CHANGES:
        if draw.random() < chance:
            typed = change(typed, draw)
    if typed != text:
        yield Variant(typed, TYPED_WEIGHT)
    yield Variant(_plain(text, code, draw), PLAIN_WEIGHT)


# ------------------------------------------------------------------ slips and habits


def _abbreviated(text: str, draw: random.Random) -> str:
    for long, short in _SHORT_FORMS:
        if draw.random() < 0.8:
            text = re.sub(rf"(?<!\w){re.escape(long)}(?!\w)", short, text, flags=re.IGNORECASE)
    return text


def _spelled_out(text: str, draw: random.Random) -> str:
    for long, short in _SHORT_FORMS:
        if draw.random() < 0.8:
            text = re.sub(rf"(?<![\w/-]){re.escape(short)}(?![\w/&-])", long, text)
    return text


def _misspelt(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    at = draw.randrange(len(words))
    word = words[at]
    if len(word) >= 3 and word.isalpha():
        i = draw.randrange(len(word) - 1)
        slip = draw.randrange(3)
        if slip == 0:
            word = strip_diacritics(word)
        elif slip == 1:
            word = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        else:
            word = word[:i] + word[i + 1 :]
        words[at] = word
    return " ".join(words)


def _noted(text: str, draw: random.Random) -> str:
    return f"{text} {draw.choice(_NOTES)}"


def _cut_off(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    return " ".join(words[: draw.randint(max(5, len(words) // 2), len(words))]) if len(words) > 7 else text


_CHANGES: tuple[tuple[Callable[[str, random.Random], str], float], ...] = (
    (_abbreviated, 0.4),
    (_spelled_out, 0.25),
    (_misspelt, 0.25),
    (_noted, 0.05),
    (_cut_off, 0.1),
)


# ------------------------------------------------------------------ without diacritics


_ABOUT = re.compile(r"[\W_]*(?:(?:v\s?[/.]\s?v|vv|về việc|về)(?!\w)[\s:.]*)?", re.IGNORECASE)


def _plain(text: str, code: str, draw: random.Random) -> str:
    if draw.random() < 0.6:
        head = head_type(text)
        matter = _ABOUT.sub("", text[head.span[1] :] if head else text, count=1)
        text = f"{by_code(code).name} {_mangled(code, draw)} {draw.choice(('', '', 've viec ', 'V v '))}{matter}"
    return " ".join(re.findall(r"[^\W_]+", strip_diacritics(text)))


def _mangled(code: str, draw: random.Random) -> str:
    """A number and symbol as it looks when its slashes and hyphens were lost."""
    number, year = draw.randint(1, 3999), draw.randint(2008, 2025)
    group = (by_code(code).symbols or (code,))[0] if code != "CV" else ""
    agency = draw.choice(_AGENCIES)
    forms = (
        f"{number} {group} {agency} {year}",
        f"{number} {year} {group} {agency}",
        f"{number} {group} {agency}",
        f"{number}{group} {agency}",
    )
    return strip_diacritics(draw.choice(forms))
