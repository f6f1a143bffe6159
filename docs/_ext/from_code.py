"""Pages and tables that are made from the code at every build, so that they cannot grow stale.

* a page for each public module (`developers/api/`), from its docstrings;
* the page of commands, by sphinx-click;
* `vanthu-layers`: the layers of the package, from the test that guards them;
* `vanthu-errors`: the classes of errors with exit codes, and every message with its remedy;
* `vanthu-faults`: every fault of a rule pack with its remedy;
* `vanthu-formats`: the kinds of file that are read;
* `vanthu-glossary`: the Vietnamese identifiers, from `glossary.toml`; `vanthu-lexicon`: types and purposes, from the package's own tables.

Every directive writes Markdown and has it parsed where it stands.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

import vanthu_classifier
from vanthu_classifier.cli import _cli
from vanthu_classifier.errors import VanThuError
from vanthu_classifier.readers.kinds import FORMATS
from vanthu_classifier.rulepack.faults import CATALOGUE

DOCS = Path(__file__).parent.parent
PACKAGE = Path(vanthu_classifier.__file__).parent
LAYERS_TEST = DOCS.parent / "tests" / "test_imports.py"
GLOSSARY = DOCS / "glossary.toml"
API = DOCS / "developers" / "api"


# ------------------------------------------------------------------ modules


def public_modules() -> list[str]:
    """Full names of the modules that promise something (`__all__`), the package itself first.

    >>> public_modules()[0], "vanthu_classifier.so_ky_hieu" in public_modules()
    ('vanthu_classifier', True)
    """
    found = pkgutil.walk_packages(vanthu_classifier.__path__, "vanthu_classifier.")
    names = sorted(m.name for m in found if not any(part.startswith("_") for part in m.name.split(".")))
    return ["vanthu_classifier", *(name for name in names if hasattr(import_module(name), "__all__"))]


def first_sentence(module: ModuleType) -> str:
    """What a module is, in its own words: the first paragraph of its docstring, without the stop."""
    paragraph = inspect.cleandoc(module.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return paragraph.rstrip(".")


def write_api_pages(app: Sphinx) -> None:
    """A page for each public module; a page whose text has not changed is left alone, so that it is not read again."""
    API.mkdir(parents=True, exist_ok=True)
    wanted = {f"{name}.md": _api_page(name) for name in public_modules()}
    for path in API.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = API / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def _api_page(name: str) -> str:
    module = import_module(name)
    title = name if name == "vanthu_classifier" else name.removeprefix("vanthu_classifier.")
    # `rulepack.load` is a module, and a function that the package hands on: the module has the name in the index.
    handed_on = any(f"{name}.{public}" in sys.modules for public in module.__all__)
    no_index = "   :no-index:\n" if handed_on else ""
    data = "".join(f"\n.. py:data:: {public}\n" for public in _bare_data(module))
    return f"# `{title}`\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n{no_index}{data}```\n"


def _bare_data(module: ModuleType) -> list[str]:
    """Public constants and aliases without a docstring of their own, which autodoc passes over."""
    documented = {public for _, public in ModuleAnalyzer.for_module(module.__name__).find_attr_docs()}
    return [
        public
        for public in module.__all__
        if public not in documented
        and public != "__version__"
        and not isinstance(
            getattr(module, public), type | FunctionType | BuiltinFunctionType | ModuleType | click.Command
        )
        and not hasattr(getattr(module, public), "__wrapped__")
    ]


def private_name(app: Sphinx, env: object, node: nodes.Element, shown: nodes.Node) -> nodes.Node | None:
    """Names that a type hint uses and no module promises stay plain words; a public name that is not found is a fault."""
    module, _, name = str(node.get("reftarget", "")).rpartition(".")
    found = sys.modules.get(module)
    private = module.startswith("vanthu_classifier.") and name not in getattr(found, "__all__", ())
    return shown if private else None


# ------------------------------------------------------------------ commands


def load_commands() -> None:
    """Puts the commands that `vanthu` imports on demand into its group, where sphinx-click looks for them."""
    context = click.Context(_cli, info_name="vanthu")
    for name in _cli.list_commands(context):
        command = _cli.get_command(context, name)
        if command is not None:
            _cli.add_command(command, name)


# ------------------------------------------------------------------ layers


def layers() -> list[list[str]]:
    """The layers of the package, lowest first, as the test on the imports has them."""
    tree = ast.parse(LAYERS_TEST.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and [t.id for t in node.targets if isinstance(t, ast.Name)] == ["LAYERS"]:
            return [sorted(layer) for layer in ast.literal_eval(node.value)]
    raise LookupError("tests/test_imports.py has no LAYERS")


class Layers(SphinxDirective):
    """A table of the layers, highest first, with what each module is."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        known = set(public_modules())
        rows = ["| layer | module | what it is |", "|---|---|---|"]
        for number, layer in reversed(list(enumerate(layers(), 1))):
            for i, name in enumerate(layer):
                full = f"vanthu_classifier.{name}"
                shown = f"[`{name}`](api/{full}.md)" if full in known else f"`{name}`"
                says = first_sentence(import_module(full)).replace("|", "\\|")
                rows.append(f"| {number if i == 0 else ''} | {shown} | {says} |")
        return self.parse_text_to_nodes("\n".join(rows))


# ------------------------------------------------------------------ errors


@dataclass(frozen=True)
class Message:
    """One place where the library raises an error: what it says, with … for what is filled in."""

    error: str
    what: str
    remedy: str
    module: str
    line: int


def error_classes() -> list[type[VanThuError]]:
    """Every class of error, by exit code and name."""
    for name in public_modules():
        import_module(name)
    found: set[type[VanThuError]] = set()
    waiting = [VanThuError]
    while waiting:
        cls = waiting.pop()
        found.add(cls)
        waiting += cls.__subclasses__()
    return sorted(found, key=lambda cls: (cls is not VanThuError, cls.exit_code, cls.__name__))


def messages() -> list[Message]:
    """Every message of every error that is raised with its words in place, in the order of the files.

    >>> any("vanthu models list" in m.remedy for m in messages())
    True
    """
    names = {cls.__name__ for cls in error_classes()} - {"MissingExtraError"}
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and node.args:
                what = _words(node.args[0])
                remedy = next((_words(k.value) for k in node.keywords if k.arg == "remedy"), "")
                if what.strip("… "):
                    found.append(Message(node.func.id, what, remedy, module, node.lineno))
    return found


def _words(node: ast.expr) -> str:
    """The words of a literal or f-string, … in place of what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return "…"


class Errors(SphinxDirective):
    """For each class of error: exit code, meaning, and its messages with remedies."""

    def run(self) -> list[nodes.Node]:
        """A section each."""
        said = messages()
        return self.parse_text_to_nodes("\n\n".join(_error_sections(said)), allow_section_headings=True)


def _error_sections(said: list[Message]) -> Iterator[str]:
    for cls in error_classes():
        lines = [f"### `{cls.__name__}`", "", f"Exit code {cls.exit_code}. {_as_markdown(cls.__doc__ or '')}"]
        of_class = sorted({(m.what, m.remedy, m.module) for m in said if m.error == cls.__name__}, key=lambda m: m[2])
        if of_class:
            lines += ["", "| message | remedy | raised in |", "|---|---|---|"]
            lines += [f"| {_cell(what)} | {_cell(remedy)} | `{module}` |" for what, remedy, module in of_class]
        yield "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*") or "–"


def _as_markdown(docstring: str) -> str:
    """The prose of a docstring; its examples stand in the reference."""
    return inspect.cleandoc(docstring).split("\n\n>>>")[0]


class Faults(SphinxDirective):
    """Every fault that a rule pack can have, with its remedy."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        rows = ["| code | what is wrong | remedy |", "|---|---|---|"]
        for code, kind in CATALOGUE.items():
            shown = f"`{code}`" + (" (warning)" if kind.warning else "")
            rows.append(f"| {shown} | {_cell(kind.what_en)} | {_cell(kind.remedy_en)} |")
        return self.parse_text_to_nodes("\n".join(rows))


# ------------------------------------------------------------------ glossary


@dataclass(frozen=True)
class Term:
    """One Vietnamese identifier: as it is spelt in the code, accented, what it means, and where the word is defined."""

    id: str
    vi: str
    en: str
    article: str


def glossary() -> list[Term]:
    """The terms, by identifier."""
    table = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))
    return [Term(name, row["vi"], row["en"], row.get("article", "")) for name, row in sorted(table.items())]


class Lexicon(SphinxDirective):
    """The tables that the package itself reads: types of documents, or purposes, periods and forms."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """One of the tables, by name."""
        rows = _TABLES[self.arguments[0]]()
        return self.parse_text_to_nodes("\n".join(rows))


def _types() -> list[str]:
    rows = ["| code | type | meaning | defined in |", "|---|---|---|---|"]
    return rows + [
        f"| `{t['code']}` | {t['name']} | {t['name_en']} | {t['source']} |" for t in _lexicon("loai_van_ban")["loai"]
    ]


def _purposes() -> list[str]:
    rows = ["| kind | identifier | words |", "|---|---|---|"]
    return rows + [
        f"| `{kind}` | `{r['id']}` | {r['name']} |" for kind, table in _lexicon("muc_dich").items() for r in table
    ]


def _lexicon(name: str) -> dict[str, Any]:
    return tomllib.loads((PACKAGE / "data" / f"{name}.toml").read_text(encoding="utf-8"))


_TABLES = {"types": _types, "purposes": _purposes}


class Formats(SphinxDirective):
    """The kinds of file that are read, in Vietnamese."""

    def run(self) -> list[nodes.Node]:
        """A list."""
        rows = [
            f"* {f.name[0].upper()}{f.name[1:]}" + (", kể cả bản quét" if f.pictured else "") for f in FORMATS.values()
        ]
        return self.parse_text_to_nodes("\n".join(rows))


class Glossary(SphinxDirective):
    """The table of terms."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        rows = ["| identifier | Vietnamese | meaning | defined in |", "|---|---|---|---|"]
        rows += [f"| `{t.id}` | {t.vi} | {t.en} | {t.article or '–'} |" for t in glossary()]
        return self.parse_text_to_nodes("\n".join(rows))


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers pages and directives."""
    load_commands()
    app.connect("missing-reference", private_name)
    app.connect("builder-inited", write_api_pages)
    app.add_directive("vanthu-layers", Layers)
    app.add_directive("vanthu-errors", Errors)
    app.add_directive("vanthu-faults", Faults)
    app.add_directive("vanthu-formats", Formats)
    app.add_directive("vanthu-glossary", Glossary)
    app.add_directive("vanthu-lexicon", Lexicon)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
