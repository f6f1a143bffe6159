"""Recorded answers, decided again."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vanthu_classifier import DispatchClassifier, classify
from vanthu_classifier.batch import run as run_batch
from vanthu_classifier.cli import main
from vanthu_classifier.replay import Outcome, Recorded, Replayed, read, replay
from vanthu_classifier.rulepack import DEFAULT
from vanthu_classifier.rulepack.load import folder_of

TITLES = [
    "Tờ trình xin kinh phí",
    "phê duyệt kết quả lựa chọn nhà thầu",
    "V/v đề nghị thẩm định hồ sơ",
    "@@@",
    "(MẬT) Kế hoạch",
]


def _run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    said = capsys.readouterr()
    return int(caught.value.code or 0), said.out, said.err


def _checked(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _run(["check", *argv, "--json"], capsys)[1].splitlines()]


def _file(tmp_path: Path, records: list[Any]) -> Path:
    path = tmp_path / "da_ghi.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


def _again(path: Path, **known: Any) -> list[Replayed]:
    return list(replay(read(path), **known))


@pytest.fixture
def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    known = [
        "--noi-nhan",
        "Sở Tài chính (để biết)",
        "--noi-nhan",
        "Lưu: VT",
        "--ngay",
        "02/3/2019",
        "--hinh-thuc-sao",
        "sao y",
        "--noi-bo",
    ]
    return [
        record
        for title in TITLES
        for record in (*_checked(capsys, title), *_checked(capsys, title, *known, "--review", "strict"))
    ]


def test_what_check_said_comes_out_the_same(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    assert records[1]["args"].keys() == {"trich_yeu", "noi_nhan", "ngay_ban_hanh", "hinh_thuc_sao", "noi_bo"}
    again = _again(_file(tmp_path, records))
    assert [r.outcome for r in again] == [Outcome.SAME] * len(records)
    assert [r.recorded.review for r in again[:2]] == ["ask", "strict"]


def test_what_the_page_exports_comes_out_the_same(tmp_path: Path) -> None:
    clf = DispatchClassifier()
    args = {"trich_yeu": "Quyết định nâng lương", "noi_nhan": ["Sở Nội vụ (để biết)"]}
    export = {
        "id": 1,
        "args": args,
        "answer": clf.classify(**args).to_dict(),
        "pack_sha256": clf.pack.sha256,
        "review": "ask",
    }
    assert [r.outcome for r in _again(_file(tmp_path, [export]))] == [Outcome.SAME]


def test_what_a_report_says_comes_out_the_same(tmp_path: Path) -> None:
    (tmp_path / "so.csv").write_text(
        "Số ký hiệu;Trích yếu\n1/TTr-A;Tờ trình xin kinh phí\n;phê duyệt kết quả lựa chọn nhà thầu\n", "utf-8"
    )
    report = tmp_path / "bao_cao.jsonl"
    run_batch(tmp_path / "so.csv", report, resume=False)
    assert [r.outcome for r in _again(report)] == [Outcome.SAME, Outcome.SAME]


def test_another_pack_explains_another_answer(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    pack = tmp_path / "goi"
    shutil.copytree(folder_of(DEFAULT), pack)
    rules = pack / "rules/list_2.toml"
    rules.write_text(rules.read_text("utf-8").replace('reading = "Mọi tờ trình,', 'reading = "Mỗi tờ trình,'), "utf-8")
    path = _file(tmp_path, records[:1])
    assert [r.outcome for r in _again(path, rule_pack=pack)] == [Outcome.SAME], "another hash, the same answer"
    text = rules.read_text("utf-8").replace('quote = "tờ trình"', 'quote = "tờ trình; đề án"')
    rules.write_text(text, "utf-8")
    [changed] = _again(path, rule_pack=pack)
    assert changed.outcome is Outcome.CHANGED
    assert changed.differences == {"quote": ("tờ trình", "tờ trình; đề án")}
    assert changed.causes[0].startswith(f"Bộ quy tắc {DEFAULT} đã đổi")


def test_another_model_and_another_version_explain_it_too(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    by_model = next(r for r in records if r["basis"] == "model")
    [changed] = _again(_file(tmp_path, [by_model]), model=None)
    assert changed.outcome is Outcome.CHANGED
    assert "Mô hình khác: default-" in changed.causes[0]
    old = records[0] | {"dispatch": "electronic_only", "version": "0.0.1"}
    [changed] = _again(_file(tmp_path, [old]))
    assert (changed.outcome, changed.differences["dispatch"]) == (
        Outcome.CHANGED,
        ("electronic_only", "electronic_and_paper"),
    )
    assert changed.causes[0].startswith("Phiên bản khác: 0.0.1 → ")


def test_an_answer_that_was_tampered_with_has_no_explanation(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    [found] = _again(_file(tmp_path, [records[0] | {"dispatch": "electronic_only"}]))
    assert (found.outcome, found.causes) == (Outcome.UNEXPLAINED, ())


def test_an_offices_own_pack_is_found_by_its_file(tmp_path: Path) -> None:
    office = tmp_path / "xa.toml"
    office.write_text('co_quan = "UBND xã"\ncan_cu = "Quyết định 1"\n[vi_tri]\nA12 = "kem_giay"\n', encoding="utf-8")
    said = DispatchClassifier(office).classify("Thông báo lịch nghỉ").to_dict() | {"trich_yeu": "Thông báo lịch nghỉ"}
    path = _file(tmp_path, [said])
    assert [r.outcome for r in _again(path, rule_pack=office)] == [Outcome.SAME]
    [lost] = _again(path)
    assert lost.outcome is Outcome.IMPOSSIBLE
    assert "chỉ ra bằng --pack" in lost.causes[0]


BAD = ["{", "[]", '{"trich_yeu": "Tờ trình"}', '{"dispatch": "x", "trich_yeu": 3}', '{"dispatch": "x", "args": {"trich_yeu": "a", "ngay_ban_hanh": "?"}}']  # fmt: skip
BAD += ['{"dispatch": "x", "trich_yeu": "a", "review": "never"}', '{"dispatch": "x", "trich_yeu": "a", "noi_nhan": 3}']


def test_a_line_that_is_no_record_costs_one_line(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    path = _file(tmp_path, records[:1])
    path.write_text("".join(f"{line}\n" for line in BAD) + path.read_text("utf-8"), encoding="utf-8")
    again = _again(path)
    assert [r.outcome for r in again] == [Outcome.IMPOSSIBLE] * len(BAD) + [Outcome.SAME]
    assert [r.recorded.row for r in again] == list(range(1, len(BAD) + 2))
    assert all(r.causes for r in again[:-1])


def test_records_are_read_as_they_come(tmp_path: Path) -> None:
    def endless() -> Iterator[Recorded]:
        while True:
            yield Recorded(1, {"trich_yeu": "Tờ trình"}, {"dispatch": "electronic_and_paper"})

    assert next(replay(endless())).outcome is Outcome.SAME


# ------------------------------------------------------------------ the command


def test_replay_on_the_command_line(
    tmp_path: Path, records: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, records)
    assert _run(["explain", "--replay", str(path)], capsys)[:2] == (0, "10 câu trả lời: 10 giống như cũ.\n")
    path = _file(tmp_path, [records[0] | {"dispatch": "electronic_only", "version": "0.0.1"}, "x"])
    code, out, _ = _run(["explain", "--replay", str(path)], capsys)
    assert code == 1
    assert (
        "Dòng 1: đã khác. Tờ trình xin kinh phí\n  hình thức gửi: electronic_only → electronic_and_paper\n  Vì: Phiên bản khác"
        in out
    )
    assert out.endswith("2 câu trả lời: 0 giống như cũ, 1 đã khác, 1 không quyết định lại được.\n")
    code, out, err = _run(["explain", "--replay", str(path), "--json"], capsys)
    assert [json.loads(line)["outcome"] for line in out.splitlines()] == ["changed", "impossible"]
    assert "2 câu trả lời" in err


def test_explain_says_what_the_answer_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(["explain", "Tờ trình xin kinh phí"], capsys)
    assert code == 0
    assert f"Bộ quy tắc: {DEFAULT} (" in out
    assert "Mô hình: không dùng" in out
    assert "Model: default-" in _run(["explain", "phê duyệt kết quả", "--lang", "en"], capsys)[1]
    assert json.loads(_run(["explain", "Tờ trình", "--json"], capsys)[1])["rule"] == "B03"
    assert _run(["explain"], capsys)[0] == 2
    assert _run(["explain", "a", "--replay", __file__], capsys)[0] == 2


def test_a_pack_that_is_given_is_the_one_that_answers(tmp_path: Path) -> None:
    title = "Tờ trình xin kinh phí"
    path = tmp_path / "said.jsonl"
    path.write_text(json.dumps({"trich_yeu": title} | classify(title).to_dict()) + "\n", encoding="utf-8")
    [changed] = _again(path, rule_pack="vpcp-775-2020")
    assert changed.outcome is Outcome.CHANGED
    assert changed.differences["dispatch"] == ("electronic_and_paper", "electronic_only")
    assert changed.causes[0] == "Bộ quy tắc khác: qd-40-2018-qd-ubnd → vpcp-775-2020."
