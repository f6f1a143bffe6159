"""The first screen of the README against the program; its other examples are run with those of the documentation (`conftest.py` at the top)."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")


def _vanthu(arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()", *arguments]
    return subprocess.run(
        run, capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False, stdin=subprocess.DEVNULL
    )


def test_python_examples_print_what_the_comments_say(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", ENGLISH, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
        said = [line[2:] for line in block.splitlines() if line.startswith("# ")]
        assert capsys.readouterr().out.splitlines() == said


def test_the_main_command_on_the_examples(tmp_path: Path) -> None:
    [command] = re.findall(r"pip install \. && vanthu (.*)", ENGLISH)
    arguments = [
        str(tmp_path / a) if a.endswith(".xlsx") else str(ROOT / a) if a.startswith("examples/") else a
        for a in shlex.split(command)
    ]
    done = _vanthu(arguments, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "bao_cao.xlsx").stat().st_size > 5000
