"""`vanthu rules …`: the law as text, tried on a title, checked."""

import json
from pathlib import Path

import pytest

from vanthu_classifier.cli import main


def run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as caught:
        main(["rules", *argv])
    said = capsys.readouterr()
    return int(caught.value.code or 0), said.out, said.err


def test_the_law_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["list"], capsys)
    assert code == 0
    assert "B03              Gửi bản điện tử kèm bản giấy     «tờ trình»" in out
    _, out, _ = run(["list", "--pack", "vpcp-775-2020", "--lang", "en"], capsys)
    assert "Electronic only" in out
    assert "Stated silence" in out


def test_a_rule_is_shown_with_clause_reading_and_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["show", "e05"], capsys)
    assert code == 0
    for said in (
        "«đăng ký lịch họp»",
        "Danh mục 1",
        "Cách hiểu:",
        "Mục đích, nội dung: đăng ký lịch họp",
        "Không phải:",
        "Đứng trên:",
    ):
        assert said in out
    _, out, _ = run(["show", "A12", "--json"], capsys)
    [rule] = json.loads(out)
    assert (rule["id"], rule["office"], rule["when"]) == (
        "A12",
        ["electronic_and_paper", "electronic_only"],
        {"loai": ["TB"]},
    )


def test_a_rule_that_is_none_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["show", "E99"], capsys)
    assert code == 2
    assert "không có quy tắc «E99»" in err


def test_a_title_is_tried_on_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["try", "Chương trình công tác tháng 11"], capsys)
    lines = out.splitlines()
    assert code == 0
    assert lines[1].split()[:4] == ["✔", "được", "trích", "E12"]
    assert "Kỳ: quý (ở đây: tháng)" in out
    _, out, _ = run(["try", "phê duyệt kết quả lựa chọn nhà thầu", "--json", "--all"], capsys)
    said = json.loads(out)
    assert said["supposed_type"] == "QĐ"
    assert len(said["rules"]) == 80
    _, out, _ = run(["try", "Tờ trình xin kinh phí", "--vai-tro", "information", "--lang", "en"], capsys)
    assert out.splitlines()[1].split()[:3] == ["✔", "cited", "E32"]
    assert run(["try", "Tờ trình", "--vai-tro", "boss"], capsys)[0] == 2


def test_a_pack_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["check"], capsys)
    assert code == 0
    assert "pack.toml: cảnh báo [expired]" in out
    assert "0 mâu thuẫn, 0 chỗ bỏ trống. 0 lỗi, 2 cảnh báo." in out
    assert run(["check", "--strict"], capsys)[0] == 3
    code, out, _ = run(["check", "vpcp-775-2020", "--strict", "--lang", "en"], capsys)
    assert code == 0
    assert out.endswith("0 contradictions, 0 gaps. 0 errors, 0 warnings.\n")


def test_a_faulty_pack_fails_with_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pack.toml").write_text('id = "x"\n', encoding="utf-8")
    code, out, _ = run(["check", str(tmp_path)], capsys)
    assert code == 3
    assert "[file-missing]" in out
    assert "Cách sửa:" in out
    code, out, _ = run(["check", str(tmp_path), "--json"], capsys)
    said = json.loads(out)
    assert (code, said["space"], said["errors"] > 3) == (3, None, True)
    assert said["faults"][0].keys() >= {
        "code",
        "file",
        "line",
        "rule",
        "what",
        "what_en",
        "remedy",
        "remedy_en",
        "warning",
    }


def test_a_pack_that_is_none_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["check", "qd-40-2018"], capsys)
    assert code == 3
    assert "có phải là «qd-40-2018-qd-ubnd»" in err
