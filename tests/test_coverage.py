"""How a pack does on an office's documents, and what would change under another one."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from test_cli_rules import run
from vanthu_classifier import Dispatch, DispatchClassifier
from vanthu_classifier.comparison import compare
from vanthu_classifier.coverage import Coverage, measure
from vanthu_classifier.documents import Document, documents
from vanthu_classifier.errors import InputError

ROWS = [
    {"trich_yeu": "Tờ trình xin kinh phí", "so_ky_hieu": "1/TTr-UBND"},
    {"trich_yeu": "V/v đề nghị thẩm định hồ sơ thiết kế", "so_ky_hieu": "2/UBND-VP"},
    {"trich_yeu": "V/v đề nghị thẩm định dự toán", "so_ky_hieu": "3/UBND-VP"},
    {"trich_yeu": "Báo cáo công tác tháng 9 quý III"},
    {"trich_yeu": "Thông báo kết luận thanh tra"},
    {"trich_yeu": "Quyết định nâng lương", "noi_nhan": ["Sở Nội vụ (để biết);", "Như Điều 3;", "Lưu: VT."]},
    {"trich_yeu": "phê duyệt kết quả lựa chọn nhà thầu"},
    {"trich_yeu": "@@@"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "van_ban.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def found(file: Path) -> Coverage:
    return measure(documents(file), DispatchClassifier())


def test_rules_are_counted_by_how_they_spoke(found: Coverage) -> None:
    counts = {id: {k: v for k, v in c.to_dict().items() if v} for id, c in found.rules.items() if c.speaks}
    assert counts["B03"] == {"speaks": 1, "cited": 1, "alone": 1}
    assert counts["A18"] == {"speaks": 2, "cited": 2, "prevails": 2}, "it asks where a plain letter would have gone out"
    assert counts["A22"] == {"speaks": 2, "gives_way": 2}
    assert counts["E08"] == {"speaks": 1, "cited": 1, "together": 1}
    assert counts["E09"] == {"speaks": 1, "together": 1}
    assert counts["A27"] == {"speaks": 1, "gives_way": 1}
    assert counts["A13"] == {"speaks": 1, "cited": 1, "prevails": 1}
    assert counts["E32"] == {"speaks": 1, "prevails": 1}, "for one recipient"
    assert counts["B02"] == {"speaks": 2, "cited": 2, "estimated": 1, "alone": 1, "gives_way": 1}
    assert all(c.against == 0 for c in found.rules.values())


def test_the_answers_are_those_of_the_classifier(found: Coverage) -> None:
    answers = [d.dispatch for d in DispatchClassifier().decisions(ROWS)]
    assert found.documents == len(ROWS)
    assert dict(found.outcomes) == {d: answers.count(d) for d in set(answers)}


def test_what_nothing_answered_is_grouped(found: Coverage) -> None:
    assert found.unanswered_by("why") == {"A18": 2, "A13": 1, "title": 1}
    assert found.unanswered_by("loai") == {"CV": 2, "TB": 1, "": 1}
    assert found.unanswered_by("words")["đề nghị"] == 2
    first = next(found.unanswered_rows())
    assert (first["count"], first["why"], first["loai_van_ban"], first["words"]) == (2, "A18", "CV", "đề nghị")
    assert first["example"] == ROWS[1]["trich_yeu"]


def test_the_models_other_opinion_is_counted() -> None:
    """A title that looks like a decision, under the symbol of a plan."""
    odd = Document("a", 1, {"trich_yeu": "phê duyệt kết quả lựa chọn nhà thầu", "so_ky_hieu": "5/KH-UBND"})
    assert measure([odd], DispatchClassifier()).rules["E18"].against_model == 1
    assert measure([odd], DispatchClassifier(model=None)).rules["E18"].against_model == 0


def test_a_stated_silence_and_an_unsure_type_are_told_apart() -> None:
    rows = [{"trich_yeu": "Biên bản họp"}, {"trich_yeu": "tổ chức"}]
    out = measure(
        [Document("a", i, row) for i, row in enumerate(rows)], DispatchClassifier("vpcp-775-2020", model=None)
    )
    assert out.unanswered_by("why") == {"khong-neu": 1, "chua-ro-loai": 1}
    unsure = measure([Document("a", 1, {"trich_yeu": "tổ chức"})], DispatchClassifier())
    assert unsure.outcomes[Dispatch.NEEDS_REVIEW] == 1
    assert unsure.unanswered_by("why") == {"type": 1}


# ------------------------------------------------------------------ where documents come from


def test_documents_of_a_register_and_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "so.csv").write_text("Số ký hiệu;Trích yếu\n1/TTr-A;Tờ trình xin kinh phí\n2/KH-A;Năm 2020\n", "utf-8")
    (tmp_path / "hong.docx").write_bytes(b"PK\x03\x04 no document")
    found = list(documents(tmp_path))
    assert [(d.path, d.row, d.args.get("so_ky_hieu"), d.error is None) for d in found] == [
        ("hong.docx", None, None, False),
        ("so.csv", 2, "1/TTr-A", True),
        ("so.csv", 3, "2/KH-A", True),
    ]
    out = measure(found, DispatchClassifier())
    assert (out.documents, out.unreadable) == (2, 1)


@pytest.mark.parametrize(
    ("line", "said"), [("{", "không phải JSON"), ("[1]", "đối tượng"), ('{"trich_yeu": 3}', "trích yếu")]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"trich_yeu": "Tờ trình"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        list(documents(path))
    assert caught.value.row == 3


# ------------------------------------------------------------------ what changes


def _documents() -> Iterator[Document]:
    return (Document("a", i, row) for i, row in enumerate(ROWS, 1))


def test_what_another_pack_would_change(file: Path) -> None:
    out = compare(_documents(), DispatchClassifier(), DispatchClassifier("vpcp-775-2020"))
    changed = {c.document.row: c for c in out.changes}
    assert changed.keys() == {1, 2, 3, 5, 6, 7}
    assert changed[1].reason == "Điều khoản: B03 «tờ trình» → V19 «tờ trình»"
    assert out.lost_paper == 3
    groups = out.grouped
    assert groups.total() == 6
    assert max(groups.values()) == 2, "the two letters that ask for the same"
    assert compare(_documents(), DispatchClassifier(), DispatchClassifier()).changes == []


def test_a_rule_that_answers_otherwise_is_named(tmp_path: Path) -> None:
    office = tmp_path / "xa.toml"
    office.write_text(
        'co_quan = "UBND xã"\ncan_cu = "Quyết định số 1/QĐ-UBND"\n[vi_tri]\nA27 = "kem_giay"\n', encoding="utf-8"
    )
    found = [
        Document("a", 1, {"trich_yeu": "Báo cáo tổng kết năm"}),
        Document("a", 2, {"trich_yeu": "Báo cáo tháng 9"}),
    ]
    [change] = compare(found, DispatchClassifier(), DispatchClassifier(office)).changes
    assert (change.document.row, change.reason.split(":")[0]) == (1, "Quy tắc A27 trả lời khác")


def test_two_days_and_two_models() -> None:
    early, late = DispatchClassifier(as_of="01/02/2020"), DispatchClassifier(as_of="01/05/2021")
    assert len(compare(_documents(), early, late).changes) == 6
    without = DispatchClassifier(model=None)
    [change] = compare(_documents(), DispatchClassifier(), without).changes
    assert change.reason == "Loại văn bản: Quyết định → chưa rõ"


# ------------------------------------------------------------------ the commands


def test_coverage_on_the_command_line(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, picture = tmp_path / "do_phu.xlsx", tmp_path / "do_phu.svg"
    code, out, err = run(["coverage", str(file), "-o", str(book), "--plot", str(picture)], capsys)
    assert code == 0
    assert out.startswith("qd-40-2018-qd-ubnd: 8 văn bản\n")
    assert "Không khớp văn bản nào" in out
    assert "quy tắc A18 2" in out
    assert str(book) in err
    sheets = CalamineWorkbook.from_path(str(book))
    assert sheets.sheet_names == ["Quy tắc", "Chưa trả lời"]
    assert sheets.get_sheet_by_name("Chưa trả lời").to_python()[1][:2] == [2.0, "A18"]
    drawn = picture.read_text(encoding="utf-8")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "http://" not in drawn.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )
    assert "<text" not in drawn, "letters are drawn, so that no font is needed"
    before = picture.read_bytes()
    run(["coverage", str(file), "--plot", str(picture)], capsys)
    assert picture.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["do_phu.svg", "do_phu.xlsx", "van_ban.jsonl"]


def test_coverage_as_csv_and_json(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "do_phu.csv"
    code, out, _ = run(["coverage", str(file), "-o", str(table), "--json"], capsys)
    said = json.loads(out)
    assert (code, said["documents"], said["outcomes"]["electronic_and_paper"]) == (0, 8, 3)
    with table.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == 80
    assert rows[0]["rule"] in ("A18", "B02")


def test_an_ending_that_is_none_is_refused_before_the_work(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["coverage", str(file), "-o", "a.doc"], capsys)[0] == 2
    assert run(["coverage", str(file), "--plot", "a.gif"], capsys)[0] == 2
    code, _, err = run(["coverage", str(file), "-o", str(file.parent / "khong" / "a.csv")], capsys)
    assert (code, "Không có thư mục này" in err) == (2, True)


def test_diff_on_the_command_line(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "thay_doi.jsonl"
    code, out, _ = run(["diff", "qd-40-2018-qd-ubnd", "vpcp-775-2020", str(file), "-o", str(table)], capsys)
    assert code == 0
    assert out.startswith("8 văn bản, 6 đổi kết quả (75,0 %).\nThôi gửi bản giấy: 3 văn bản.\n")
    rows = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    first = rows[0]
    assert (first["row"], first["dispatch_a"], first["dispatch_b"]) == (1, "electronic_and_paper", "electronic_only")
    code, out, _ = run(["diff", str(file), "--as-of", "01/02/2020", "--as-of", "01/05/2021", "--json"], capsys)
    assert (code, len(out.splitlines())) == (0, 6)


@pytest.mark.parametrize(
    "argv",
    [
        ["FILE"],
        ["A", "FILE"],
        ["vpcp-775-2020", "vpcp-775-2020", "FILE"],
        ["FILE", "--as-of", "1/1/2020"],
        ["A", "B", "khong_co.csv"],
    ],
)
def test_a_comparison_that_compares_nothing_is_refused(
    file: Path, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", *[str(file) if a == "FILE" else a for a in argv]], capsys)[0] == 2
