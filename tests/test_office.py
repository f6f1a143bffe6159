"""An office's own pack: what it may change, what it may not, and how the file says where it is wrong."""

import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from test_cli_rules import run
from test_lint import OF_AN_OFFICE
from vanthu_classifier import Dispatch, DispatchClassifier
from vanthu_classifier.cli import main
from vanthu_classifier.errors import OverrulesLawError, RulePackError
from vanthu_classifier.rulepack import DEFAULT, load
from vanthu_classifier.rulepack.editor_schema import KINDS, schema
from vanthu_classifier.rulepack.lint import lint
from vanthu_classifier.rulepack.load import folder_of, gather, names
from vanthu_classifier.rulepack.space import explore
from vanthu_classifier.rulepack.template import template
from vanthu_classifier.rulepack.tomlfile import TomlFile

GOOD = """
co_quan = "UBND xã Hương Lộc"
can_cu = "Quyết định số 12/QĐ-UBND ngày 05/01/2019"
[noi_bo]
chi_dien_tu = ["Biên bản", "phiếu trình", "QĐ"]
trich = "Biên bản, phiếu trình, quyết định chỉ gửi qua mạng trong nội bộ."
[vi_tri]
A12 = "kem_giay"
A31 = "dien_tu"
A27 = "hoi"
[viet_tat]
PGV = "Phiếu trình"
[don_vi]
"Phòng Nội vụ" = "PNV"
"Ban Kiểm tra nội bộ" = ["KTNB", "BKTNB"]
"Tổ một cửa" = ""
[[thu]]
trich_yeu = "Biên bản họp giao ban"
noi_bo = true
ket_qua = "dien_tu"
[[thu]]
trich_yeu = "Kế hoạch diễn tập"
do_mat = "Mật"
ket_qua = "khong_gui_mang"
"""


def _written(tmp_path: Path, text: str, name: str = "Xã Hương Lộc.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def clf(tmp_path: Path) -> DispatchClassifier:
    return DispatchClassifier(_written(tmp_path, GOOD))


def test_types_are_added_inside_only(clf: DispatchClassifier) -> None:
    inside = clf.classify("Biên bản họp giao ban", noi_bo=True)
    assert (inside.dispatch, inside.category, inside.rule) == (Dispatch.ELECTRONIC_ONLY, "E90", "NOI-BO")
    assert "trong nội bộ của cơ quan" in inside.quote
    assert "Quyết định số 12/QĐ-UBND ngày 05/01/2019" in next(r.text for r in inside.reasons if r.kind == "reading")
    assert clf.classify("Biên bản họp giao ban").dispatch is Dispatch.NEEDS_REVIEW
    assert clf.classify("Giấy nghỉ phép", noi_bo=True).dispatch is Dispatch.NEEDS_REVIEW, "not among the types"


def test_list_2_stands_towards_others(clf: DispatchClassifier) -> None:
    title = "Quyết định nâng lương"
    assert clf.classify(title, noi_bo=True).dispatch is Dispatch.ELECTRONIC_ONLY
    assert clf.classify(title).dispatch is Dispatch.ELECTRONIC_AND_PAPER
    normative = clf.classify("Quyết định ban hành Quy định", so_ky_hieu="3/2019/QĐ-UBND", noi_bo=True)
    assert normative.dispatch is Dispatch.ELECTRONIC_AND_PAPER
    secret = clf.classify(title, noi_bo=True, do_mat="Mật")
    assert secret.dispatch is Dispatch.NOT_BY_NETWORK


def test_recipients_that_are_own_units_are_inside(clf: DispatchClassifier) -> None:
    block = ["Phòng Nội vụ;", "Tổ một cửa, Ban Kiểm tra nội bộ;", "Sở Nội vụ;", "Lưu: VT."]
    mixed = clf.classify("Quyết định nâng lương", noi_nhan=block)
    answers = [r.dispatch and str(r.dispatch) for r in mixed.recipients]
    assert answers == ["electronic_only", "electronic_only", "electronic_and_paper", None]
    assert mixed.dispatch is Dispatch.ELECTRONIC_AND_PAPER
    own = clf.classify("Quyết định nâng lương", noi_nhan=[*block[:2], block[3]])
    assert own.dispatch is Dispatch.ELECTRONIC_ONLY


def test_settled_positions(clf: DispatchClassifier) -> None:
    plain = DispatchClassifier()
    notice = "Thông báo lịch nghỉ lễ"
    assert plain.classify(notice).dispatch is Dispatch.ELECTRONIC_ONLY
    settled = clf.classify(notice)
    assert (settled.dispatch, settled.rule) == (Dispatch.ELECTRONIC_AND_PAPER, "A12")
    assert "đã chốt, theo Quyết định số 12/QĐ-UBND" in next(r.text for r in settled.reasons if r.kind == "reading")
    assert clf.classify("Thông báo kết luận của Chủ tịch UBND xã").dispatch is Dispatch.ELECTRONIC_ONLY, "list 1 stands"
    assert clf.classify("Phương án phòng, chống bão").dispatch is Dispatch.ELECTRONIC_ONLY
    asked = clf.classify("Báo cáo tổng kết năm 2019")
    assert (asked.dispatch, asked.lean) == (Dispatch.NEEDS_REVIEW, Dispatch.ELECTRONIC_ONLY)
    strict = DispatchClassifier(clf.rule_pack, review="strict")
    assert strict.classify(notice).dispatch is Dispatch.ELECTRONIC_AND_PAPER, "settled, so nobody need be asked"


def test_an_offices_own_abbreviations(clf: DispatchClassifier) -> None:
    assert DispatchClassifier().classify("xin ý kiến", so_ky_hieu="12/PGV-VP").loai_van_ban == "CV"
    own = clf.classify("xin ý kiến", so_ky_hieu="12/PGV-VP")
    assert own.loai_van_ban == "PTr"
    assert any("theo số, ký hiệu 12/PGV-VP" in r.text for r in own.reasons)
    assert clf.classify("xin ý kiến", loai_van_ban="pgv").loai_van_ban == "PTr"
    assert clf.classify("kiểm tra quý III", so_ky_hieu="07/KTNB-TH").loai_van_ban == "CV"
    table = clf.classify_many(["xin ý kiến", "kiểm tra"], so_ky_hieu=["12/PGV-VP", "3/KH-UBND"])
    assert table["loai_van_ban"].tolist() == ["PTr", "KH"]


def test_it_is_told_apart_from_its_base_and_from_what_it_was(tmp_path: Path) -> None:
    path = _written(tmp_path, GOOD)
    first = load(path)
    assert (first.id, first.base) == ("qd-40-2018-qd-ubnd+xa-huong-loc", DEFAULT)
    assert first.sha256 != load().sha256
    path.write_text(GOOD.replace('A12 = "kem_giay"\n', ""), encoding="utf-8")
    assert load(path).sha256 != first.sha256, "a file that was changed is read again"
    assert load(path).rules["A12"].outcome is Dispatch.ELECTRONIC_ONLY


def test_no_combination_of_facts_is_left_in_contradiction(tmp_path: Path) -> None:
    findings = lint(_written(tmp_path, GOOD))
    assert findings.errors == ()
    assert findings.space is not None
    assert findings.space.contradictions == findings.space.gaps == ()


def test_whatever_an_office_settles_no_two_rules_disagree() -> None:
    """Every rule that leaves a choice gets an answer that no other rule has; still no two stand against each other."""
    pack = load()
    rules = {id: replace(r, lean=id) if r.office else r for id, r in pack.rules.items()}  # type: ignore[arg-type]
    space = explore(replace(pack, rules=rules, sha256="settled"))
    assert space.contradictions == ()


# ------------------------------------------------------------------ faults

FAULTS = [  # code, old, new, words of the line that is pointed at
    ("list-2-stands", 'A12 = "kem_giay"', 'B02 = "dien_tu"', "B02"),
    ("list-2-stands", 'A12 = "kem_giay"', 'A18 = "dien_tu"', "A18"),
    ("list-2-stands", 'A12 = "kem_giay"', 'B06 = "dien_tu"', "B06"),
    ("not-for-the-office", 'A12 = "kem_giay"', 'E18 = "kem_giay"', "E18"),
    ("not-for-the-office", 'A12 = "kem_giay"', 'Z99 = "kem_giay"', "Z99"),
    ("not-for-the-office", 'A12 = "kem_giay"', 'A39 = "dien_tu"', "A39"),
    ("wrong-value", 'A12 = "kem_giay"', 'A12 = "giay"', "A12"),
    ("wrong-value", 'A12 = "kem_giay"', 'A12 = "khong_gui_mang"', "A12"),
    ("wrong-value", "[noi_bo]\n", "noi_bo = 3\n[x]\n", "noi_bo = 3"),
    ("wrong-value", 'chi_dien_tu = ["Biên bản", "phiếu trình", "QĐ"]', 'chi_dien_tu = "Biên bản"', "chi_dien_tu"),
    ("wrong-value", 'chi_dien_tu = ["Biên bản", "phiếu trình", "QĐ"]', "chi_dien_tu = [3]", "chi_dien_tu"),
    ("wrong-value", '"Phòng Nội vụ" = "PNV"', '"Phòng Nội vụ" = 3', "Phòng Nội vụ"),
    ("wrong-value", 'co_quan = "UBND xã Hương Lộc"', "co_quan = 3", "co_quan"),
    ("wrong-value", 'ket_qua = "dien_tu"', 'ket_qua = "dientu"', "ket_qua"),
    ("missing-key", 'co_quan = "UBND xã Hương Lộc"\n', "", ""),
    ("missing-key", 'ket_qua = "dien_tu"\n', "", "[[thu]]"),
    ("unknown-key", "can_cu =", "cancu =", "cancu"),
    ("unknown-key", "trich =", "trich_dan =", "trich_dan"),
    ("unknown-key", "noi_bo = true", "noibo = true", "noibo"),
    ("needs-authority", 'can_cu = "Quyết định số 12/QĐ-UBND ngày 05/01/2019"\n', "", "[noi_bo]"),
    ("base-unknown", "co_quan", 'bo_nen = "qd-40-2018"\nco_quan', "bo_nen"),
    ("no-enabling-clause", "co_quan", 'bo_nen = "vpcp-775-2020"\nco_quan', "[noi_bo]"),
    ("type-unknown", '"phiếu trình"', '"phiếu trinhf"', "chi_dien_tu"),
    ("type-unknown", 'PGV = "Phiếu trình"', 'PGV = "Phiếu giao"', "PGV"),
    ("normative-inside", '"QĐ"', '"Nghị định"', "chi_dien_tu"),
    ("abbreviation-taken", "PGV =", "TB =", "TB"),
    ("abbreviation-taken", '"PNV"', '"QĐ"', "Phòng Nội vụ"),
    ("case-fails", 'ket_qua = "dien_tu"', 'ket_qua = "kem_giay"', "[[thu]]"),
    ("case-unreadable", 'do_mat = "Mật"', 'do_mat = "Rất mật"', "[[thu]]"),
    ("not-toml", 'A12 = "kem_giay"', "A12 = kem_giay", "A12"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new", "pointed"), FAULTS, ids=[f"{f[0]}-{i}" for i, f in enumerate(FAULTS)])
def test_a_fault_says_what_where_and_how(tmp_path: Path, code: str, old: str, new: str, pointed: str) -> None:
    assert old in GOOD
    path = _written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(RulePackError) as caught:
        load(path)
    assert isinstance(caught.value, OverrulesLawError) is (code == "list-2-stands")
    found = [f for f in caught.value.faults if f.code == code]
    assert found, [f.text() for f in caught.value.faults]
    assert found[0].file == path.name
    if pointed:
        assert pointed in path.read_text(encoding="utf-8").split("\n")[(found[0].line or 0) - 1]
    assert found[0].remedy
    assert path.name in str(caught.value)


def test_the_refusal_names_the_law() -> None:
    seen = {code for code, *_ in FAULTS} | {"no-trial"}
    assert seen >= OF_AN_OFFICE, "every message of an office's file has been seen"


def test_a_file_without_trials_is_told_so_and_works(tmp_path: Path) -> None:
    path = _written(tmp_path, 'co_quan = "UBND xã"\n')
    assert [f.code for f in gather(path).faults] == ["no-trial"]
    assert load(path).rules == load().rules


def test_a_file_saved_by_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "xa.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(path).rules["A12"].outcome is Dispatch.ELECTRONIC_AND_PAPER
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(RulePackError, match="UTF-8"):
        load(path)


def test_an_office_may_stand_on_the_other_pack(tmp_path: Path) -> None:
    path = _written(tmp_path, 'bo_nen = "vpcp-775-2020"\nco_quan = "UBND xã"\n[viet_tat]\nPGV = "Phiếu gửi"\n')
    assert DispatchClassifier(path).classify("xin ý kiến", so_ky_hieu="12/PGV-VP").rule == "V24"


# ------------------------------------------------------------------ the template, the commands


@pytest.mark.parametrize("base", names())
def test_the_template_is_valid_as_it_is_and_changes_nothing(tmp_path: Path, base: str) -> None:
    path = _written(tmp_path, template(load(base)))
    findings = lint(path)
    assert findings.errors == ()
    assert {id: (r.outcome, r.lean) for id, r in load(path).rules.items()} == {id: (r.outcome, r.lean) for id, r in load(base).rules.items()}  # fmt: skip


def test_the_template_with_every_example_line_in_use_is_valid(tmp_path: Path) -> None:
    """A new user takes away the "# " before each line that is no explanation."""
    text = re.sub(r'(?m)^# (?=(?:"[^"]*"|\w+) = |\[\[)', "", template(load()))
    path = _written(tmp_path, text)
    findings = lint(path)
    assert findings.errors == (), [f.text() for f in findings.errors]
    pack = load(path)
    assert len(pack.cases) == 3
    assert pack.local is not None
    assert pack.rules["A31"].outcome is Dispatch.ELECTRONIC_ONLY
    assert "NOI-BO" in pack.rules


def test_new_writes_a_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "xa.toml"
    assert run(["new", str(path)], capsys)[0] == 0
    written = path.read_bytes()
    code, _, err = run(["new", str(path)], capsys)
    assert (code, path.read_bytes()) == (2, written)
    assert "không ghi đè" in err
    assert run(["new", str(tmp_path / "xa.txt")], capsys)[0] == 2
    assert run(["new", str(tmp_path / "khac.toml"), "--base", "qd-1"], capsys)[0] == 2
    assert run(["new", str(tmp_path / "khong" / "xa.toml")], capsys)[0] == 2
    assert run(["check", str(path)], capsys)[0] == 0


def test_the_commands_take_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _written(tmp_path, GOOD)
    with pytest.raises(SystemExit) as caught:
        main(["check", "Biên bản họp giao ban", "--noi-bo", "--pack", str(path)])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("● Chỉ gửi bản điện tử")
    assert "NOI-BO" in run(["list", "--pack", str(path)], capsys)[1]
    path.write_text(GOOD.replace('A12 = "kem_giay"', 'B02 = "dien_tu"'), encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main(["check", "Biên bản họp", "--pack", str(path)])
    assert caught.value.code == 3
    assert "danh mục 2 của bộ nền đòi gửi kèm bản giấy" in capsys.readouterr().err


# ------------------------------------------------------------------ schemas for editors


def _plain(value: object) -> object:
    """TOML's dates as the text that an editor's validator sees."""
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | bool | int) else str(value)


def _errors(kind: str, path: Path) -> list[str]:
    data = _plain(TomlFile.read(path, path.name, []).data)
    return [e.message for e in jsonschema.Draft202012Validator(schema(kind)).iter_errors(data)]


FILES = [
    (name, kind, path)
    for name in names()
    for kind, (pattern, _) in KINDS.items()
    if kind != "office"
    for path in sorted(folder_of(name).glob(pattern))
]


@pytest.mark.parametrize(("name", "kind", "path"), FILES, ids=[f"{n}/{p.name}" for n, _, p in FILES])
def test_the_schemas_accept_the_shipped_packs(name: str, kind: str, path: Path) -> None:
    assert _errors(kind, path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_schemas(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(kind))
    code, out, _ = run(["schema", kind], capsys)
    assert (code, out[:1]) == (0, "{")


def test_the_schema_accepts_what_loads(tmp_path: Path) -> None:
    assert _errors("office", _written(tmp_path, GOOD)) == []
    for base in names():
        assert _errors("office", _written(tmp_path, template(load(base)))) == []


NO_SHAPE = {"list-2-stands-2", "needs-authority", "no-enabling-clause", "type-unknown", "normative-inside", "abbreviation-taken", "case-fails", "case-unreadable", "not-toml"}  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new"), [f[:3] for f in FAULTS if f[0] not in NO_SHAPE])
def test_the_schema_rejects_what_has_the_wrong_shape(tmp_path: Path, code: str, old: str, new: str) -> None:
    assert _errors("office", _written(tmp_path, GOOD.replace(old, new, 1))) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('outcome = "electronic_and_paper"', 'outcome = "paper"'),
        ('when = { loai = ["TTr"] }', 'when = { loai = ["TRR"] }'),
        ('when = { loai = ["TTr"] }', 'when = { kieu = ["TTr"] }'),
        ('near_misses = ["Báo cáo thẩm định', 'near_miss = ["Báo cáo thẩm định'),
        ("when = { quy_pham = true }", "when = {}"),
    ],
)
def test_the_schema_of_rules_rejects_faulty_ones(tmp_path: Path, old: str, new: str) -> None:
    text = (folder_of(DEFAULT) / "rules/list_2.toml").read_text(encoding="utf-8")
    assert old in text
    assert _errors("rules", _written(tmp_path, text.replace(old, new, 1))) != []
