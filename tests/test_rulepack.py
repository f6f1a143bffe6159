"""The rule pack of Decision 40/2018, and what loading guarantees of any pack."""

from importlib.resources import files

import pytest

from vanthu_classifier import facts, rulepack
from vanthu_classifier.errors import RulePackError
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Case, Rule, Situation, load, resolve, rule_document
from vanthu_classifier.rulepack.verify import check_cases, check_examples

PACK = load()


@pytest.mark.parametrize("rule", PACK.rules.values(), ids=PACK.rules.keys())
def test_the_quotation_stands_in_the_source(rule: Rule) -> None:
    assert rule.quote in PACK.source_text


def test_all_examples_and_near_misses_hold() -> None:
    assert check_examples(PACK) == []


@pytest.mark.parametrize("case", PACK.cases, ids=[case.id for case in PACK.cases])
def test_case(case: Case) -> None:
    only = rulepack.Pack(**{name: getattr(PACK, name) for name in PACK.__dataclass_fields__} | {"cases": (case,)})
    assert check_cases(only) == []


def test_every_position_has_a_case() -> None:
    assert {case.position for case in PACK.cases} == {f"A{n:02d}" for n in range(1, 49)}


def test_every_item_of_the_lists_is_transcribed() -> None:
    wanted = {f"E{n:02d}" for n in range(1, 34)} | {f"B{n:02d}" for n in range(1, 7)} | {"E90"}
    assert {rule.category for rule in PACK.rules.values() if rule.category} == wanted
    assert PACK.omitted == {}


def test_every_stated_type_is_answered_alone() -> None:
    """Every type, as such, has one rule to cite: no silence, no undeclared conflict."""
    for code in types():
        s = rulepack.situation(facts.Facts(title=facts.clean("")), loai=code)
        form = {"SY": "sao_y", "SL": "sao_luc", "TrS": "trich_sao"}.get(code, "")
        ruling = resolve(PACK, Situation(loai=code, quy_pham=s.quy_pham, hinh_thuc=form))
        assert ruling.rule is not None, code


def test_recipients_decide_each_for_themselves() -> None:
    known = facts.read(
        "Quyết định phê duyệt dự toán",
        noi_nhan=["- Như Điều 3;", "- Chủ tịch UBND huyện (để b/c);", "- Sở Tài chính (để biết);", "- Lưu: VT."],
    )
    whole, each = rule_document(PACK, known)
    assert whole.outcome is Dispatch.ELECTRONIC_AND_PAPER
    assert [r.ruling and str(r.ruling.outcome) for r in each] == [
        "electronic_and_paper",
        "electronic_only",
        "electronic_only",
        None,
    ]


def test_a_missing_pack_names_what_there_is() -> None:
    with pytest.raises(RulePackError, match=rulepack.DEFAULT):
        load("no-such-pack")


def test_the_shipped_packs_are_verified_as_they_stand() -> None:
    """The stamp fits the files, so that loading need not read the examples again."""
    for name in rulepack.names():
        stamp = files("vanthu_classifier").joinpath("rulepacks", name, "VERIFIED").read_text(encoding="ascii").strip()
        assert stamp == load(name).sha256
