"""The rule pack of Decision 40/2018, and what loading guarantees of any pack."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from vanthu_classifier import facts, rulepack
from vanthu_classifier.errors import RulePackError
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Case, Rule, Situation, load, resolve, rule_document
from vanthu_classifier.rulepack.load import check_cases, check_examples

PACK = load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped pack, copied where a test may break it."""
    with as_file(files("vanthu_classifier").joinpath("rulepacks", rulepack.DEFAULT)) as folder:
        shutil.copytree(folder, tmp_path / "goi")
    return tmp_path / "goi"


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


# ------------------------------------------------------------------ faults, all at once


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


FAULTS = [
    (
        "unknown id in overrides",
        "rules/list_1_letters.toml",
        'overrides = ["A22"]',
        'overrides = ["Z99"]',
        "no rule or group «Z99»",
    ),
    (
        "quotation not in the source",
        "rules/list_2.toml",
        'quote = "tờ trình"',
        'quote = "tờ trình các loại"',
        "does not stand in source.txt",
    ),
    (
        "unknown fact",
        "rules/list_2.toml",
        'when = { loai = ["TTr"] }',
        'when = { kieu = ["TTr"] }',
        "unknown kind of fact",
    ),
    (
        "unknown value",
        "rules/list_2.toml",
        'when = { loai = ["TTr"] }',
        'when = { loai = ["TRR"] }',
        "no such value: «TRR»",
    ),
    ("id twice", "rules/list_2.toml", 'id = "B04"', 'id = "B03"', "the id stands in"),
    (
        "outcome unknown",
        "rules/list_2.toml",
        'outcome = "electronic_and_paper"',
        'outcome = "paper"',
        "outcome: wanted one of",
    ),
    ("no reading", "rules/list_2.toml", 'reading = "Mọi tờ trình', 'doc = "Mọi tờ trình', "reading: missing"),
    ("item lost", "rules/list_2.toml", 'category = "B05"', 'category = "B04"', "item B05: neither a rule"),
    (
        "example that does not match",
        "rules/list_2.toml",
        '"TT Đề nghị bổ sung kinh phí sửa chữa nhà văn hóa"',
        '"Kế hoạch tháng 5"',
        "does not match",
    ),
    (
        "near miss that matches",
        "rules/list_2.toml",
        '"Báo cáo thẩm định Tờ trình số 12/TTr-UBND"',
        '"Tờ trình số 12/TTr-UBND"',
        "near_misses: «Tờ trình số 12/TTr-UBND»: matches",
    ),
    (
        "case that does not hold",
        "cases.toml",
        'dispatch = "electronic_and_paper", rule = "B02"',
        'dispatch = "electronic_only", rule = "B02"',
        "case A01-1: dispatch",
    ),
    ("date that is none", "pack.toml", "signed = 2018-07-02", 'signed = "02/7/2018"', "signed: wanted a date"),
    ("not TOML", "pack.toml", "id = ", "id ", "not readable as TOML"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_named_with_its_file(copy: Path, file: str, old: str, new: str, said: str) -> None:
    _edit(copy / file, old, new)
    with pytest.raises(RulePackError) as caught:
        load(copy)
    assert any(
        said in fault and fault.startswith(("rules/", "cases", "pack", "items")) for fault in caught.value.faults
    ), caught.value.faults


def test_an_override_cycle_is_named(copy: Path) -> None:
    _edit(copy / "rules/list_2.toml", 'id = "B02"\n', 'id = "B02"\noverrides = ["E28"]\n')
    with pytest.raises(RulePackError, match="a cycle"):
        load(copy)


def test_all_faults_are_reported_together(copy: Path) -> None:
    for _, file, old, new, _ in FAULTS[1:4]:
        _edit(copy / file, old, new) if old in (copy / file).read_text(encoding="utf-8") else None
    _edit(copy / "pack.toml", "signed = 2018-07-02", "")
    with pytest.raises(RulePackError) as caught:
        load(copy)
    assert len(caught.value.faults) >= 3


def test_a_missing_pack_names_what_there_is() -> None:
    with pytest.raises(RulePackError, match=rulepack.DEFAULT):
        load("no-such-pack")


def test_the_shipped_packs_are_verified_as_they_stand() -> None:
    """The stamp fits the files, so that loading need not read the examples again."""
    for name in rulepack.names():
        stamp = files("vanthu_classifier").joinpath("rulepacks", name, "VERIFIED").read_text(encoding="ascii").strip()
        assert stamp == load(name).sha256
