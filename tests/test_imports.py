"""Modules import downwards only, and the light paths stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import vanthu_classifier

HOME = Path(vanthu_classifier.__file__).parent

LAYERS = [
    {"bilingual", "errors", "outcomes", "kept", "collector", "lookup", "interrupts", "serving"},
    {"text"},
    {"legacy"},
    {"loai_van_ban", "phrases"},
    {"so_ky_hieu", "noi_nhan"},
    {"local"},
    {"labels"},
    {"_underthesea"},
    {"segment"},
    {"facts"},
    {"rulepack", "model"},
    {"card", "validity"},
    {"decide"},
    {"classifier", "explain"},
    {"pandas"},
    {"dask", "spark"},
    {"report_rows"},
    {"readers", "workbook"},
    {"writers"},
    {"contained"},
    {"workers"},
    {"run_state"},
    {"intake"},
    {"copies", "deciding"},
    {"documents"},
    {"coverage", "comparison", "replay"},
    {"coverage_plot"},
    {"evaluation", "store", "journal", "tables"},
    {"corrections"},
    {"training"},
    {"report_text"},
    {"report_html"},
    {"batch"},
    {"web"},
    {"cli_batch", "cli_explain", "cli_rules", "cli_train", "cli_evaluate", "cli_serve"},
    {"cli"},
]
LEVEL = {name: i for i, layer in enumerate(LAYERS) for name in layer}


def _modules() -> list[tuple[str, Path]]:
    return [(path.relative_to(HOME).parts[0].removesuffix(".py"), path) for path in sorted(HOME.rglob("*.py"))]


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.split(".")[1] for name in names if name.startswith("vanthu_classifier.")} & LEVEL.keys()


def test_every_module_has_its_place() -> None:
    assert {name for name, _ in _modules()} - {"__init__", "__main__"} <= set(LEVEL)


@pytest.mark.parametrize(("name", "path"), _modules(), ids=[str(path.relative_to(HOME)) for _, path in _modules()])
def test_a_module_imports_only_from_below(name: str, path: Path) -> None:
    if name in ("__init__", "__main__"):
        return
    for imported in _imports(path) - {name}:
        assert LEVEL[imported] < LEVEL[name], f"{path.name} imports {imported}"


def test_only_one_module_knows_underthesea() -> None:
    knowing = []
    for _, path in _modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(n and n.split(".")[0] in ("underthesea", "underthesea_core") for n in [module, *names]):
                knowing.append(path.name)
    assert set(knowing) == {"_underthesea.py"}


HEAVY = ("sklearn", "pandas", "underthesea", "scipy", "docx", "pypdfium2", "xlsxwriter")


@pytest.mark.parametrize(
    "code",
    [
        "import vanthu_classifier",
        "from vanthu_classifier.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass",
        "from vanthu_classifier import classify; classify('Tờ trình xin kinh phí')",
        "from vanthu_classifier import classify; classify('phê duyệt dự toán', so_ky_hieu='15/QĐ-UBND')",
    ],
    ids=["import", "help", "rule by word", "rule by symbol"],
)
def test_a_rule_decided_answer_imports_nothing_heavy(code: str) -> None:
    script = f"{code}\nimport sys\nheavy = [m for m in {HEAVY!r} if m in sys.modules]\nassert not heavy, heavy"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
