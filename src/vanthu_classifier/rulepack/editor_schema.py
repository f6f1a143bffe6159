"""JSON Schemas of the files of a pack, for editors that complete and check while one types: `vanthu rules schema`.

A schema knows shapes and values, not the law: what it accepts may still be refused by loading, with better words. The other way round holds, and is tested:
what loads, the schema accepts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.load import DEFAULT, load, names
from vanthu_classifier.rulepack.office import CHOICES, TRIAL_KEYS, settleable
from vanthu_classifier.rulepack.schema import KEYS, Standing, values

__all__ = ["KINDS", "schema"]

Json = dict[str, Any]

_TEXT: Json = {"type": "string", "minLength": 1}
_TEXTS: Json = {"type": "array", "items": _TEXT}
_DATE: Json = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_FLAG: Json = {"type": "boolean"}


def _object(known: Json, *, required: tuple[str, ...] = (), note: str = "") -> Json:
    out: Json = {"type": "object", "properties": known, "required": list(required), "additionalProperties": False}
    return out | {"description": note} if note else out


def _tables(name: str, row: Json) -> Json:
    return _object({name: {"type": "array", "items": row}})


def _one_of(*words: str) -> Json:
    return {"enum": list(words)}


def _when(*keys: str) -> Json:
    known = values()
    out: Json = {}
    for key in keys:
        words = [{"true": True, "false": False}.get(v, v) for v in known[key]]
        many = {"type": "array", "minItems": 1, "items": {"enum": words}}
        out[key] = {"anyOf": [{"enum": words}, many]} if key in ("quy_pham", "mat", "noi_bo") else many
    return _object(out, note="Mọi điều kiện phải cùng có; mỗi điều kiện chỉ cần một trong các giá trị.") | {
        "minProperties": 1
    }


def _arguments() -> Json:
    known: Json = dict.fromkeys(TRIAL_KEYS, _TEXT) | {"noi_bo": _FLAG, "trich_yeu": {"type": "string"}}
    known["noi_nhan"] = {"anyOf": [_TEXT, _TEXTS]}
    known["ngay_ban_hanh"] = {"anyOf": [_TEXT, _DATE]}
    return known


def _example() -> Json:
    return {"type": "array", "minItems": 1, "items": {"anyOf": [_TEXT, _object(_arguments(), required=("trich_yeu",))]}}


def _pack() -> Json:
    known: Json = dict.fromkeys(("id", "title", "title_en", "short", "issuer", "source", "office_clause"), _TEXT)
    known |= dict.fromkeys(("signed", "in_force_from", "in_force_to", "checked_on"), _DATE)
    known |= {"silence": _one_of(*Dispatch), "conflict": _one_of("needs_review"), "beside": _TEXTS}
    pair = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}
    known["places"] = {"type": "object", "additionalProperties": pair}
    return _object(known, required=("id", "title", "title_en", "issuer", "signed", "source", "checked_on"))


def _rules() -> Json:
    known: Json = dict.fromkeys(
        ("id", "category", "group", "quote", "focus", "reading", "reading_en", "note", "note_en"), _TEXT
    )
    known |= {
        "outcome": _one_of(*Dispatch), "lean": _one_of(*Dispatch), "standing": _one_of(*get_args(Standing)), "when": _when(*KEYS),
        "overrides": _TEXTS, "office": {"type": "array", "items": _one_of(*Dispatch)}, "examples": _example(), "near_misses": _example(),
    }  # fmt: skip
    required = (
        "id",
        "group",
        "quote",
        "reading",
        "reading_en",
        "outcome",
        "standing",
        "when",
        "examples",
        "near_misses",
    )
    return _tables("rule", _object(known, required=required))


def _items() -> Json:
    known = dict.fromkeys(("id", "quote", "focus", "name", "name_en"), _TEXT)
    return _tables("item", _object(known, required=("id", "quote")))


def _omitted() -> Json:
    return _tables("omitted", _object({"id": _TEXT, "reason": _TEXT}, required=("id", "reason")))


def _silent() -> Json:
    single = [key for key in KEYS if key not in ("muc_dich", "ky")]
    known = {"id": _TEXT, "when": _when(*single), "reason": _TEXT, "reason_en": _TEXT}
    return _tables("silent", _object(known, required=tuple(known)))


def _cases() -> Json:
    outcome = {"enum": ["", *Dispatch]}
    expect = {
        "dispatch": outcome, "lean": outcome, "rule": {"type": "string"}, "category": {"type": "string"}, "silence": {"type": "string"},
        "recipients": {"type": "array", "items": outcome}, "note": _FLAG,
    }  # fmt: skip
    known = {
        "id": _TEXT, "position": _TEXT, "says": _TEXT, "args": _object(_arguments(), required=("trich_yeu",)),
        "expect": _object(expect) | {"minProperties": 1},
    }  # fmt: skip
    return _tables("case", _object(known, required=("id", "says", "args", "expect")))


def _office() -> Json:
    law = [row for row in types().values() if row.group != "quy_pham"]
    kind = {"anyOf": [{"enum": [word for row in law for word in (row.name, row.code)]}, _TEXT]}
    settled: Json = {}
    for name in names():
        for id, rule in settleable(load(name)).items():
            words = [word for word, outcome in CHOICES.items() if outcome in rule.office] + ["hoi"]
            settled[id] = _one_of(*words) | {"description": rule.reading}
    trial = _arguments() | {"ket_qua": _one_of(*CHOICES), "ghi_chu": {"type": "string"}}
    known = {
        "bo_nen": _one_of(*names()) | {"default": DEFAULT, "description": "Bộ quy tắc đứng dưới."},
        "ma": _TEXT | {"description": "Tên ngắn của bộ này, chữ không dấu."},
        "co_quan": _TEXT | {"description": "Tên cơ quan."},
        "can_cu": _TEXT | {"description": "Văn bản của cơ quan quy định những điều trong tệp này."},
        "noi_bo": _object(
            {"chi_dien_tu": {"type": "array", "items": kind}, "trich": _TEXT}, note="Loại chỉ gửi bản điện tử trong nội bộ."
        ),
        "vi_tri": _object(settled, note="Những điểm bộ nền để ngỏ và cơ quan đã chốt."),
        "viet_tat": {"type": "object", "additionalProperties": kind, "description": "Chữ viết tắt loại văn bản của riêng cơ quan."},
        "don_vi": {
            "type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, _TEXTS]}, "description": "Đơn vị và chữ viết tắt.",
        },
        "thu": {"type": "array", "items": _object(trial, required=("trich_yeu", "ket_qua"))},
    }  # fmt: skip
    return _object(known, required=("co_quan",))


KINDS: dict[str, tuple[str, Callable[[], Json]]] = {
    "office": ("một tệp của cơ quan, do «vanthu rules new» tạo ra", _office),
    "pack": ("pack.toml", _pack),
    "rules": ("rules/*.toml", _rules),
    "items": ("items.toml", _items),
    "omitted": ("omitted.toml", _omitted),
    "silent": ("silent.toml", _silent),
    "cases": ("cases.toml", _cases),
}
"""The kinds of file: which file it is, and what makes its schema."""


def schema(kind: str) -> Json:
    """The schema of a kind of file (see `KINDS`), as JSON Schema 2020-12; `KeyError` for another kind.

    >>> schema("items")["properties"]["item"]["items"]["required"]
    ['id', 'quote']
    """
    title, make = KINDS[kind]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"vanthu-classifier: {title}"} | make()
