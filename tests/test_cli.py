"""The command as a clerk meets it."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from vanthu_classifier import cli


def _run(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        cli.main(args)
    out = capsys.readouterr()
    return int(done.value.code or 0), out.out, out.err


def test_one_title(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(["check", "Tờ trình xin chủ trương đầu tư"], capsys)
    assert code == 0
    assert out.splitlines()[0] == "■ Gửi bản điện tử kèm bản giấy"
    assert "«tờ trình»" in out
    assert "\x1b[" not in out  # colour only on a terminal
    assert err == ""


def test_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["check", "Giấy mời họp giao ban", "--lang", "en"], capsys)[1].startswith("● Electronic only")


def test_json_is_one_object_a_title(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Tờ trình xin kinh phí\n\nCông điện ứng phó bão\r\n"))
    code, out, _ = _run(["check", "-", "--json"], capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(r["trich_yeu"], r["so_ky_hieu"], r["dispatch"]) for r in rows] == [
        ("Tờ trình xin kinh phí", None, "electronic_and_paper"),
        ("Công điện ứng phó bão", None, "electronic_only"),
    ]
    assert {
        "lean",
        "confidence",
        "basis",
        "category",
        "quote",
        "reasons",
        "recipients",
        "warnings",
        "rule_pack",
        "model",
    } <= rows[0].keys()


def test_everything_known_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    args = [
        "check",
        "V/v đề nghị thẩm định hồ sơ",
        "-s",
        "12/UBND-VX",
        "--noi-nhan",
        "Sở Xây dựng (chủ trì giải quyết)",
    ]
    args += ["--noi-nhan", "Sở Tài chính (để biết)", "--ngay", "05/5/2022", "--json"]
    row = json.loads(_run(args, capsys)[1])
    assert row["dispatch"] == "electronic_and_paper"
    assert [r["dispatch"] for r in row["recipients"]] == ["electronic_and_paper", "electronic_only"]
    assert any("hết hiệu lực" in w for w in row["warnings"])


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["check", "Kế hoạch", "--ngay", "hôm qua"], 2, "không phải là ngày"),
        (["check", "Kế hoạch", "--loai", "tờ rơi"], 2, "Không có loại văn bản"),
        (["check", "Kế hoạch", "--pack", "khong-co"], 3, "Không có bộ quy tắc"),
        (["check", "về việc họp", "--model", "khong-co"], 4, "khong-co"),
        (["batch", "khong-co", "-o", "x.csv"], 2, "khong-co"),
        (["khong-co"], 2, "khong-co"),
        (["rules", "show", "Z99"], 2, "Z99"),
    ],
)
def test_errors_say_what_and_have_their_code(
    args: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    got, out, err = _run(args, capsys)
    assert got == code
    assert said in err
    assert out == ""


@pytest.mark.parametrize(
    "title", ["", "   ", "12345", "Quy?t ??nh v? vi?c", "Invitation to the general meeting", "\x00\x07", "à" * 100_000]
)
def test_odd_titles_get_an_answer(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(["check", title], capsys)
    assert code == 0
    assert out.startswith("? Cần xem xét")


def test_asking_title_after_title(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(
        "sys.stdin", Terminal("Tờ trình xin kinh phí\nphê duyệt dự toán | 15/QĐ-UBND\nKế hoạch | ???\n\n")
    )
    code, out, err = _run(["check"], capsys)
    assert code == 0
    assert out.count("■ Gửi bản điện tử kèm bản giấy") == 2
    assert out.count("● Chỉ gửi bản điện tử") == 1
    assert "Enter trống để thoát" in err


def test_the_command_itself(tmp_path: Path) -> None:
    """Started as a process of its own, with a console that knows no Vietnamese."""
    run = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()", "check", "Quyết định nâng lương"]
    done = subprocess.run(
        run, capture_output=True, cwd=tmp_path, env={"PYTHONIOENCODING": "cp1258", "PATH": ""}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("utf-8").startswith("■ Gửi bản điện tử kèm bản giấy")
