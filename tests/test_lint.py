"""What is said against a faulty pack: each fault by its code, with file, line and rule, in both languages, all together."""

import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from vanthu_classifier import rulepack
from vanthu_classifier.errors import PackFault, RulePackError
from vanthu_classifier.rulepack import load
from vanthu_classifier.rulepack.faults import CATALOGUE
from vanthu_classifier.rulepack.lint import lint
from vanthu_classifier.rulepack.load import folder_of, gather

TODAY = date(2026, 11, 28)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped pack, copied where a test may break it."""
    shutil.copytree(folder_of(rulepack.DEFAULT), tmp_path / "goi")
    return tmp_path / "goi"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


SHEET = "rules/list_2.toml"
REFUSED = [  # code, file, old, new, rule
    ("missing-key", "pack.toml", "signed = 2018-07-02\n", "", None),
    ("wrong-value", "pack.toml", "signed = 2018-07-02", 'signed = "02/7/2018"', None),
    ("unknown-key", "pack.toml", "checked_on", 'tac_gia = "x"\nchecked_on', None),
    ("not-toml", "pack.toml", "id = ", "id ", None),
    ("not-toml", SHEET, 'id = "B03"', "id = B03", None),
    ("unknown-key", SHEET, 'reading = "Mọi tờ trình', 'doc = "…"\nreading = "Mọi tờ trình', "B03"),
    ("missing-key", SHEET, 'reading = "Mọi tờ trình, cùng hồ sơ kèm theo (A04, A05)."\n', "", "B03"),
    ("wrong-value", SHEET, 'outcome = "electronic_and_paper"', 'outcome = "paper"', "B01"),
    ("wrong-value", SHEET, 'standing = "text"', 'standing = "firm"', "B01"),
    ("wrong-value", SHEET, 'office = ["electronic_only", "electronic_and_paper"]', 'office = ["maybe"]', "A16"),
    ("duplicate-id", SHEET, 'id = "B04"', 'id = "B03"', "B03"),
    ("duplicate-id", "cases.toml", 'id = "A01-2"', 'id = "A01-1"', "A01-1"),
    ("lean-without-review", SHEET, 'outcome = "electronic_and_paper"', 'outcome = "electronic_and_paper"\nlean = "electronic_only"', "B01"),
    ("open-and-review", SHEET, 'standing = "text"', 'standing = "open"', "B01"),
    ("quote-not-in-source", SHEET, 'quote = "tờ trình"', 'quote = "tờ trình các loại"', "B03"),
    ("when-kind", SHEET, 'when = { loai = ["TTr"] }', 'when = { kieu = ["TTr"] }', "B03"),
    ("when-value", SHEET, 'when = { loai = ["TTr"] }', 'when = { loai = ["TRR"] }', "B03"),
    ("no-example", SHEET, 'examples = ["Tờ trình đề nghị', 'near = ["Tờ trình đề nghị', "B03"),
    ("no-near-miss", SHEET, 'near_misses = ["Báo cáo thẩm định Tờ trình', 'near = ["Báo cáo thẩm định Tờ trình', "B03"),
    ("overrides-unknown", "rules/list_1_letters.toml", 'overrides = ["A22"]', 'overrides = ["A220"]', "E03"),
    ("overrides-cycle", SHEET, 'id = "B02"\n', 'id = "B02"\noverrides = ["E28"]\n', None),
    ("item-quote", "items.toml", 'quote = "Chỉ thị (cá biệt)"', 'quote = "Chỉ thị chung"', "E01"),
    ("item-lost", SHEET, 'category = "B05"', 'category = "B04"', "B05"),
    ("category-unknown", SHEET, 'category = "B05"', 'category = "B50"', "B05"),
    ("example-fails", SHEET, '"TT Đề nghị bổ sung kinh phí sửa chữa nhà văn hóa"', '"Kế hoạch tháng 5"', "B03"),
    ("near-miss-speaks", SHEET, '"Báo cáo thẩm định Tờ trình số 12/TTr-UBND"', '"Tờ trình số 12/TTr-UBND"', "B03"),
    ("example-unreadable", SHEET, '"Tờ trình đề nghị phê duyệt chủ trương đầu tư"', '{ trich_yeu = "Tờ trình", mau = 1 }', "B03"),
    ("case-fails", "cases.toml", 'dispatch = "electronic_and_paper", rule = "B02"', 'dispatch = "electronic_only", rule = "B02"', "A01-1"),
    ("case-unreadable", "cases.toml", 'args = { trich_yeu = "Quyết định ban hành', 'args = { ten = "Quyết định ban hành', "A01-1"),
    ("unknown-key", "cases.toml", 'dispatch = "electronic_and_paper", rule', 'gui = "electronic_and_paper", rule', "A01-1"),
]  # fmt: skip


def _found(faults: Sequence[PackFault], code: str, rule: str | None) -> PackFault:
    fitting = [f for f in faults if f.code == code and (rule is None or f.rule == rule)]
    assert fitting, [f.text("en") for f in faults]
    return fitting[0]


@pytest.mark.parametrize(
    ("code", "file", "old", "new", "rule"), REFUSED, ids=[f"{f[0]}-{i}" for i, f in enumerate(REFUSED)]
)
def test_a_faulty_pack_is_refused_with_place_and_remedy(
    copy: Path, code: str, file: str, old: str, new: str, rule: str | None
) -> None:
    _edit(copy / file, old, new)
    with pytest.raises(RulePackError) as caught:
        load(copy)
    assert caught.value.exit_code == 3
    fault = _found(caught.value.faults, code, rule)
    text = (copy / fault.file).read_text(encoding="utf-8").split("\n") if (copy / fault.file).is_file() else []
    if fault.file == file and code not in ("item-lost",):
        assert fault.line is not None or (code == "missing-key" and file == "pack.toml")
    if fault.line and fault.rule and not fault.rule.startswith("số"):
        block = "\n".join(text[max(0, fault.line - 25) : fault.line + 25])
        assert fault.rule in block
    assert fault.what
    assert fault.remedy
    assert str(fault) in str(caught.value)


def test_a_fault_in_a_line_names_that_line(copy: Path) -> None:
    _edit(copy / SHEET, 'quote = "tờ trình"', 'quote = "tờ trìnhh"')
    [fault] = [f for f in gather(copy).faults if f.code == "quote-not-in-source"]
    assert "tờ trìnhh" in (copy / SHEET).read_text(encoding="utf-8").split("\n")[(fault.line or 0) - 1]
    assert "«tờ trình;" in fault.what + fault.remedy, "the nearest words of the source"


def test_a_word_nearly_right_is_offered(copy: Path) -> None:
    _edit(copy / SHEET, 'when = { loai = ["TTr"] }', 'when = { hinh_thuc = ["kem_to_trinhh"] }')
    [fault] = [f for f in gather(copy).faults if f.code == "when-value"]
    assert "có phải là «kem_to_trinh»" in fault.what
    assert "«kem_to_trinh» perhaps" in fault.what_en


def test_all_faults_are_reported_together(copy: Path) -> None:
    for _, file, old, new, _ in REFUSED[5:8]:
        _edit(copy / file, old, new)
    _edit(copy / "pack.toml", "signed = 2018-07-02", "")
    with pytest.raises(RulePackError) as caught:
        load(copy)
    assert len({f.code for f in caught.value.faults}) >= 3


# ------------------------------------------------------------------ what only the linter says

LINTED = [
    ("contradiction", "rules/open_questions.toml", 'overrides = ["B02"]', "", "B02"),
    ("gap", "rules/list_1_types.toml", 'when = { loai = ["KH"] }', 'when = { loai = ["KH"], ky = ["quy"] }', None),
    ("unreachable", SHEET, 'when = { loai = ["ĐA"] }', 'when = { loai = ["TT"], quy_pham = false }', "B04"),
    ("shadowed", "rules/list_1_letters.toml", 'overrides = ["A22"]', 'overrides = ["A22", "A23"]', "A23"),
    ("duplicate-rule", SHEET, 'when = { loai = ["DA"] }', 'when = { loai = ["ĐA"] }', "B05"),
    ("undated", "pack.toml", "in_force_from = 2018-07-16\n", "", None),
    ("unchecked", "pack.toml", "checked_on = 2026-11-24", "checked_on = 2024-11-24", None),
]


@pytest.mark.parametrize(("code", "file", "old", "new", "rule"), LINTED, ids=[f[0] for f in LINTED])
def test_the_linter_says_what_takes_the_whole_pack(
    copy: Path, code: str, file: str, old: str, new: str, rule: str | None
) -> None:
    if code == "shadowed":  # A23 gives way wherever it speaks
        old, new, file = (
            'when = { loai = ["CV"] }\nexamples',
            'when = { loai = ["CV"] }\noverrides = ["A23"]\nexamples',
            file,
        )
        _edit(copy / file, 'muc_dich = ["huong_dan"] }\noverrides = ["A22"]', 'muc_dich = ["huong_dan"] }')
    _edit(copy / file, old, new)
    fault = _found(lint(copy, today=TODAY).faults, code, rule)
    assert fault.warning == CATALOGUE[code].warning


def test_a_stated_silence_answers_a_gap_and_must_not_be_idle(copy: Path) -> None:
    _edit(copy / "rules/list_1_types.toml", 'when = { loai = ["KH"] }', 'when = { loai = ["KH"], ky = ["quy"] }')
    silent = '[[silent]]\nid = "{}"\nwhen = {{ loai = ["{}"] }}\nreason = "Để ngỏ."\nreason_en = "Open."\n'
    (copy / "silent.toml").write_text(silent.format("S1", "KH") + silent.format("S2", "QĐ"), encoding="utf-8")
    faults = lint(copy, today=TODAY).faults
    assert not [f for f in faults if f.code == "gap"]
    assert [f.rule for f in faults if f.code == "silence-idle"] == ["S2"]


def test_a_silence_asks_for_no_purpose(copy: Path) -> None:
    (copy / "silent.toml").write_text('[[silent]]\nid = "S"\nwhen = { muc_dich = ["moi"] }\nreason = "…"\nreason_en = "…"\n', encoding="utf-8")  # fmt: skip
    assert [f.code for f in gather(copy).faults] == ["when-kind"]


@pytest.mark.parametrize("name", rulepack.names())
def test_the_shipped_packs_have_no_error(name: str) -> None:
    findings = lint(name, today=TODAY)
    assert findings.errors == ()
    assert {f.code for f in findings.warnings} <= {"expired", "purpose-unused"}


def test_a_broken_pack_is_still_looked_at(copy: Path) -> None:
    _edit(
        copy / SHEET,
        'overrides = ["@type", "@silence", "@open", "@paper"',
        'overrides = ["@typo", "@silence", "@open", "@paper"',
    )
    _edit(copy / SHEET, '"Báo cáo thẩm định Tờ trình số 12/TTr-UBND"', '"Tờ trình số 12/TTr-UBND"')
    codes = {f.code for f in lint(copy, today=TODAY).errors}
    assert {"overrides-unknown", "near-miss-speaks", "contradiction"} <= codes


OF_AN_OFFICE = {
    "base-unknown", "list-2-stands", "not-for-the-office", "no-enabling-clause", "normative-inside", "type-unknown", "abbreviation-taken", "no-trial",
    "needs-authority",
}  # fmt: skip


def test_every_kind_of_fault_is_shown_to_happen() -> None:
    """A message that no test has seen may never be said; those of an office's own pack are in its own tests."""
    seen = {f[0] for f in (*REFUSED, *LINTED)} | {
        "silence-idle",
        "expired",
        "purpose-unused",
        "file-missing",
        "no-rules",
    }
    assert set(CATALOGUE) == seen | OF_AN_OFFICE


@pytest.mark.parametrize(
    ("name", "code"), [("source.txt", "file-missing"), ("items.toml", "file-missing"), ("rules", "no-rules")]
)
def test_a_missing_part_is_named(copy: Path, name: str, code: str) -> None:
    shutil.rmtree(copy / name) if name == "rules" else (copy / name).unlink()
    assert code in {f.code for f in gather(copy).faults}


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_messages_are_whole_in_both_languages(code: str) -> None:
    kind = CATALOGUE[code]
    assert all(len(text) > 5 for text in kind[:4])
    braces = [set(re.findall(r"(?<!\{)\{(\w+)\}", text)) for text in kind[:2]]
    assert {b.removesuffix("_en") for b in braces[0]} == {b.removesuffix("_en") for b in braces[1]}
