"""The wheel in a fresh environment, away from the checkout: it finds its rule packs and its model."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SCRIPT = """
import vanthu_classifier, pathlib, sys
assert str(pathlib.Path(vanthu_classifier.__file__)).startswith(sys.prefix), vanthu_classifier.__file__
d = vanthu_classifier.classify("phê duyệt kết quả lựa chọn nhà thầu gói thầu xây lắp")
print(d.dispatch, d.basis, d.rule_pack)
"""


@pytest.mark.slow
def test_a_wheel_installed_elsewhere_finds_its_parts(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = tmp_path.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    # The dependencies are those of this environment; only the package itself is installed anew.
    sites = [p for p in sys.path if p.endswith("site-packages")]
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    [own] = (tmp_path / "env").rglob("site-packages")
    (own / "dependencies.pth").write_text("\n".join(sites) + "\n", encoding="utf-8")
    done = subprocess.run([str(python), "-P", "-c", SCRIPT], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["electronic_and_paper", "model", "qd-40-2018-qd-ubnd"]
