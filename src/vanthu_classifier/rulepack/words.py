"""Facts and conditions in words, for whoever reads a rule without reading its file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.noi_nhan import Role, describe
from vanthu_classifier.phrases import purpose_name

__all__ = ["Lang", "kind_of_fact", "value_in_words", "values_in_words"]

Lang = Literal["vi", "en"]

_KINDS = {
    "loai": ("Loại văn bản", "Type"),
    "quy_pham": ("Văn bản quy phạm", "Normative"),
    "he_thong": ("Hệ thống", "System"),
    "hinh_thuc": ("Hình thức", "Form"),
    "mat": ("Dấu mật", "Secrecy mark"),
    "noi_bo": ("Gửi nội bộ", "Internal"),
    "vai_tro": ("Vai trò nơi nhận", "Recipient's role"),
    "muc_dich": ("Mục đích, nội dung", "Purpose"),
    "ky": ("Kỳ", "Period"),
}
_WORDS = {
    ("quy_pham", "true"): ("có", "yes"),
    ("quy_pham", "false"): ("không", "no"),
    ("mat", "true"): ("có", "yes"),
    ("mat", "false"): ("không", "no"),
    ("noi_bo", "true"): ("có", "yes"),
    ("noi_bo", "false"): ("không", "no"),
    ("he_thong", "state"): ("cơ quan nhà nước", "state"),
    ("he_thong", "party"): ("cơ quan Đảng", "Party"),
    ("loai", ""): ("chưa rõ loại", "not known"),
    ("vai_tro", ""): ("chưa xét nơi nhận", "the document as such"),
    ("hinh_thuc", ""): ("bản chính", "original"),
    ("hinh_thuc", "sao_y"): ("bản sao y", "true copy"),
    ("hinh_thuc", "sao_luc"): ("bản sao lục", "copy of a copy"),
    ("hinh_thuc", "trich_sao"): ("bản trích sao", "extract copy"),
    ("hinh_thuc", "du_thao"): ("dự thảo", "draft"),
    ("hinh_thuc", "tai_lieu_hop"): ("tài liệu họp", "meeting paper"),
    ("hinh_thuc", "kem_quyet_dinh"): ("kèm theo quyết định", "enclosed with a decision"),
    ("hinh_thuc", "kem_to_trinh"): ("kèm theo tờ trình", "enclosed with a submission"),
}


def kind_of_fact(key: str, lang: Lang = "vi") -> str:
    """The name of a kind of fact that `when` may name.

    >>> kind_of_fact("muc_dich"), kind_of_fact("vai_tro", "en")
    ('Mục đích, nội dung', "Recipient's role")
    """
    return _KINDS[key][lang == "en"]


def value_in_words(key: str, value: str, lang: Lang = "vi") -> str:
    """One value of a kind of fact in words; the value itself where it has none. Purposes and periods have Vietnamese names only.

    >>> value_in_words("loai", "TTr"), value_in_words("loai", "TTr", "en"), value_in_words("vai_tro", "lead")
    ('Tờ trình', 'Tờ trình (submission)', 'chủ trì giải quyết')
    """
    known = _WORDS.get((key, value))
    if known:
        return known[lang == "en"]
    if key == "loai":
        kind = types().get(value)
        return value if kind is None else kind.name if lang == "vi" else f"{kind.name} ({kind.name_en.lower()})"
    if key == "vai_tro":
        return describe(Role(value))[lang == "en"] if value in list(Role) else value
    try:
        return purpose_name(key, value)
    except KeyError:
        return value


def values_in_words(key: str, values: Iterable[str], lang: Lang = "vi") -> str:
    """Several values in words, in a fixed order.

    >>> values_in_words("ky", ["thang", "6_thang"])
    '6 tháng; tháng'
    """
    return "; ".join(value_in_words(key, value, lang) for value in sorted(values))
