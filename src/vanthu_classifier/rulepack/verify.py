"""A pack's own tests: every example and near miss of its rules, and every case, read and compared.

A pack that ships with the library carries the hash under which they held (`VERIFIED`); while it still fits, loading does not read them
again. `python -m vanthu_classifier.rulepack` reads them and writes the hashes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vanthu_classifier import facts as facts_module
from vanthu_classifier.errors import PackFault, VanThuError
from vanthu_classifier.facts import Facts
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.faults import fault
from vanthu_classifier.rulepack.resolve import rule_document
from vanthu_classifier.rulepack.schema import Case, Example, Pack, Rule, situation
from vanthu_classifier.rulepack.words import values_in_words

__all__ = ["check_cases", "check_examples"]


def check_examples(pack: Pack) -> list[PackFault]:
    """Faults of the rules' examples: those that do not match, and near misses that do."""
    faults = []
    for rule in pack.rules.values():
        for example in rule.examples:
            faults += _example(pack, rule, example, "example-fails", wanted=True)
        for example in rule.near_misses:
            faults += _example(pack, rule, example, "near-miss-speaks", wanted=False)
    return faults


def _example(pack: Pack, rule: Rule, example: Example, code: str, *, wanted: bool) -> list[PackFault]:
    try:
        facts = facts_module.read(**example.args, local=pack.local)  # type: ignore[arg-type]
    except (VanThuError, TypeError) as error:
        return [fault("example-unreadable", rule.file, rule.id, rule.line, title=example.trich_yeu, error=error)]
    if any(rule.speaks(s) for s in _situations_of(rule, facts)) is wanted:
        return []
    words = {"title": example.trich_yeu, "said": _said(facts, "vi"), "said_en": _said(facts, "en")}
    return [fault(code, rule.file, rule.id, rule.line, **words)]


def _situations_of(rule: Rule, facts: Facts) -> list[Any]:
    """The situations in which an example may show the rule, for every role.

    An example that states no type stands for a letter where it is headed "V/v", and otherwise for the types that the rule is about.
    """
    wanted = rule.when.get("loai", frozenset())
    loais: list[str | None] = [None] if facts.loai or not wanted else [*sorted(wanted)]
    if facts.loai is None and facts.title.text.startswith("V/v"):
        loais = ["CV"]
    inside = {False, *(r.noi_bo for r in facts.recipients)}
    roles = ["", *(str(r.role) for r in facts.recipients)]
    return [situation(facts, loai=loai, vai_tro=role, noi_bo=own) for loai in loais for role in roles for own in inside]


def _said(facts: Facts, lang: Any) -> str:
    found = {
        "loai": [facts.loai or ""], "muc_dich": facts.muc_dich, "ky": facts.ky, "hinh_thuc": [facts.hinh_thuc] if facts.hinh_thuc else [],
    }  # fmt: skip
    return "; ".join(values_in_words(key, values, lang) for key, values in found.items() if values)


def check_cases(pack: Pack) -> list[PackFault]:
    """Faults of the pack's cases: decisions that do not come out as the case says."""
    return [found for case in pack.cases for found in _case(pack, case)]


_GOT: dict[str, Callable[[Any, Any], object]] = {
    "dispatch": lambda ruling, each: str(ruling.outcome),
    "lean": lambda ruling, each: str(ruling.lean) if ruling.lean else "",
    "rule": lambda ruling, each: ruling.rule.id if ruling.rule else "",
    "category": lambda ruling, each: (ruling.rule.category or "") if ruling.rule else "",
    "silence": lambda ruling, each: ruling.silence.id if ruling.silence else "",
    "recipients": lambda ruling, each: [str(r.ruling.outcome) if r.ruling else "" for r in each],
    "note": lambda ruling, each: ruling.rule.note if ruling.rule else "",
}


_KEYS = {"dispatch": "kết quả", "lean": "hướng nghiêng", "rule": "quy tắc được trích"}


def _spoken(value: object) -> str:
    return (
        f"«{Dispatch(value).label_vi.lower()}»" if isinstance(value, str) and value in list(Dispatch) else f"«{value}»"
    )


def _case(pack: Pack, case: Case) -> list[PackFault]:
    try:
        facts = facts_module.read(**case.args, local=pack.local)  # type: ignore[arg-type]
    except (VanThuError, TypeError) as error:
        return [fault("case-unreadable", case.file, case.id, case.line, error=error)]
    ruling, each = rule_document(pack, facts)
    faults = []
    for key, wanted in case.expect.items():
        if key not in _GOT:
            faults.append(
                fault("unknown-key", case.file, case.id, case.line, key=f"expect.{key}", known=", ".join(_GOT))
            )
            continue
        got = _GOT[key](ruling, each)
        if (bool(got) is not wanted) if isinstance(wanted, bool) else got != wanted:
            cited = f" (theo {ruling.rule.id})" if key == "dispatch" and ruling.rule else ""
            words = {"key": _KEYS.get(key, key), "wanted": _spoken(wanted), "got": _spoken(got) + cited}
            words |= {"key_en": key, "wanted_en": repr(wanted), "got_en": repr(got)}
            faults.append(fault("case-fails", case.file, case.id, case.line, **words))
    return faults
