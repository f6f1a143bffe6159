"""The notebooks run, on a small sample, and their answers are the figures that they show."""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FAMILIES = "150"
LARGEST = 400_000  # bytes of a notebook

pytestmark = [
    pytest.mark.slow,
    # The kernel's own libraries, not ours: sockets that close late, and an event loop made anew.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def _printed(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output["text"] for output in outputs if output["output_type"] == "stream")


def _plots(notebook: nbformat.NotebookNode) -> list[bytes]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [base64.b64decode(o["data"]["image/png"]) for o in outputs if "image/png" in o.get("data", {})]


def _failed(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    talk = [o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == "stderr"]
    return [o["ename"] for o in outputs if o["output_type"] == "error"] + talk


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_on_a_sample(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTHU_NOTEBOOK_SAMPLE", FAMILIES)
    notebook = _read(path)
    for cell in notebook.cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    committed = path.read_bytes()
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    assert _failed(notebook) == []
    assert f"titles in {FAMILIES} families" in _printed(notebook)
    assert len(_plots(notebook)) == len(_plots(_read(path)))
    assert path.read_bytes() == committed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_first_cell_is_the_answer(path: Path) -> None:
    notebook = _read(path)
    first, printed = notebook.cells[0]["source"], _printed(notebook)
    assert notebook.cells[0]["cell_type"] == "markdown"
    assert re.match(r"# [^\n]+\?\n", first), "a question"
    assert re.search(r"^Measured 2\d{3}-[01]\d-[0-3]\d", first, re.MULTILINE), "a date"
    [data] = re.findall(r"\b[0-9a-f]{64}\b", first)
    assert f"data {data}\n" in printed
    figures = re.findall(r"(?<![\d.])\d\.\d{3}(?!\d)", first)
    assert len(figures) >= 5
    shown = set(re.findall(r"(?<![\d.])\d\.\d{3}(?!\d)", printed))
    assert [figure for figure in figures if figure not in shown] == [], "figures that the notebook does not show"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_committed_ran_to_its_end_on_all_titles(path: Path) -> None:
    notebook = _read(path)
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert _failed(notebook) == []
    [families] = re.findall(r"titles in (\d+) families", _printed(notebook))
    assert int(families) > 1000
    assert _plots(notebook)
    assert path.stat().st_size < LARGEST


def test_all_were_measured_on_the_same_titles() -> None:
    hashes = {re.findall(r"\b[0-9a-f]{64}\b", _read(path).cells[0]["source"])[0] for path in NOTEBOOKS}
    assert len(hashes) == 1
