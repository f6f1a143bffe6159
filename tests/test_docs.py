"""The documentation: built without a warning, whole, and nothing of it from outside.

What its examples print is tested on the pages themselves (`conftest.py` at the top).
"""

import ast
import http.server
import re
import shlex
import subprocess
import sys
import threading
import tomllib
import zlib
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import click
import pytest

import vanthu_classifier
from needs import needs
from vanthu_classifier.cli import _cli
from vanthu_classifier.rulepack.schema import KEYS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PACKAGE = Path(vanthu_classifier.__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))

import docstrings  # noqa: E402
import from_code  # noqa: E402
import vietnamese  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-d", str(folder / "trees")]
    done = subprocess.run([*build, str(DOCS), str(folder / "html")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder / "html"


def _pages(site: Path) -> list[Path]:
    found = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    assert len(found) > 40
    return found


# ------------------------------------------------------------------ nothing from outside


class _Loaded(HTMLParser):
    """What a browser fetches for a page on its own."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "link" and set(values.get("rel", "").split()) & {
            "stylesheet",
            "icon",
            "preload",
            "preconnect",
            "manifest",
        }:
            self.addresses.append(values.get("href", ""))
        self.addresses += [values[name] for name in ("src", "srcset", "poster", "data") if values.get(name)]


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for path in _pages(site):
        loaded = _Loaded()
        loaded.feed(path.read_text(encoding="utf-8"))
        assert loaded.addresses
        outside = [a for a in loaded.addresses if re.match(r"(?:[a-z]+:)?//", a)]
        assert not outside, f"{path}: {outside}"


def test_style_sheets_load_nothing_from_elsewhere(site: Path) -> None:
    sheets = list(site.rglob("*.css"))
    assert sheets
    for path in sheets:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//", text), path


def test_links_to_the_outside_are_few_and_known(site: Path) -> None:
    known = ("https://www.sphinx-doc.org/", "https://pradyunsg.me", "https://github.com/pradyunsg/furo")
    for path in _pages(site):
        for address in re.findall(r'href="(https?://[^"]+)"', path.read_text(encoding="utf-8")):
            assert address.startswith(known), f"{path}: {address}"


# ------------------------------------------------------------------ complete


def _inventory(site: Path) -> set[str]:
    data = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    return {line.split(" py:")[0] for line in zlib.decompress(data).decode("utf-8").splitlines() if " py:" in line}


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    known = _inventory(site)
    for module in from_code.public_modules():
        for name in import_module(module).__all__:
            thing = getattr(import_module(module), name)
            home = f"{getattr(thing, '__module__', module)}.{getattr(thing, '__name__', name)}"
            elsewhere = name == "__version__" or isinstance(thing, click.Command)  # on the page of commands
            assert elsewhere or {f"{module}.{name}", home} & known, f"{module}.{name}"


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            if not below.hidden:
                yield from _commands(below, (*path, name))


def test_every_command_and_option_is_on_the_page_of_commands(site: Path) -> None:
    page = (site / "developers" / "commands.html").read_text(encoding="utf-8")
    seen = 0
    for path, command in _commands(_cli, ("vanthu",)):
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                anchors = ["-".join(["cmdoption", *path, name.lstrip("-")]) for name in parameter.opts]
                assert any(f'id="{anchor}"' in page for anchor in anchors), anchors
                seen += 1
    assert seen > 30


def test_every_error_class_is_listed_with_its_exit_code(site: Path) -> None:
    text = _text(site / "developers" / "errors.html")
    classes = from_code.error_classes()
    assert {c.exit_code for c in classes} >= {2, 3, 4, 5, 6}
    for cls in classes:
        assert re.search(rf"{cls.__name__}\W+Exit code {cls.exit_code}\.", text), cls


def test_every_message_of_an_error_is_listed(site: Path) -> None:
    text = " ".join(_text(site / "developers" / "errors.html").split())
    messages = from_code.messages()
    assert len(messages) > 60
    for message in messages:
        for words in (message.what, message.remedy):
            assert " ".join(words.split()) in text, message


def test_every_layer_is_drawn(site: Path) -> None:
    text = _text(site / "developers" / "architecture.html")
    for layer in from_code.layers():
        for module in layer:
            assert module in text


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("model_card", "models/default/CARD.md"),
        ("data_card", "training_data/CARD.md"),
        ("changelog", "CHANGELOG.md"),
    ],
)
def test_cards_are_the_files_themselves(site: Path, page: str, source: str) -> None:
    text = " ".join(_text(site / "developers" / f"{page}.html").split())
    plain = re.sub(r"[*`|]|\[([^\]]*)\]\([^)]*\)", r"\1", (ROOT / source).read_text(encoding="utf-8"))
    sentences = [
        s for s in re.findall(r"[A-Z][^.;:()#]{40,}\.", " ".join(plain.split())) if "<" not in s and "---" not in s
    ]
    assert sentences
    missing = [s for s in sentences if s not in text]
    assert len(missing) <= len(sentences) // 5, missing


def _text(path: Path) -> str:
    """The words of a page's article."""
    html = path.read_text(encoding="utf-8")
    article = html[html.index("<article") : html.index("</article>")]
    bare = re.sub(r"<[^>]+>", "", article)
    for name, letter in {"lt": "<", "gt": ">", "quot": '"', "#39": "'", "#x27": "'", "amp": "&"}.items():
        bare = bare.replace(f"&{name};", letter)
    return bare


# ------------------------------------------------------------------ in Vietnamese


def test_pages_for_clerks_say_so_and_their_frame_is_vietnamese(site: Path) -> None:
    html = (site / "huong-dan" / "index.html").read_text(encoding="utf-8")
    assert '<html class="no-js" lang="vi"' in html
    assert "Lên đầu trang" in html
    assert "Back to top" not in html
    english = (site / "developers" / "index.html").read_text(encoding="utf-8")
    assert '<html class="no-js" lang="en"' in english
    assert "Back to top" in english


def test_folding_leaves_no_diacritics() -> None:
    assert vietnamese.fold("Điện tử kèm bản giấy") == "dien tu kem ban giay"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@needs("chromium")
@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("bản giấy", "huong-dan/"),
        ("ban giay", "huong-dan/"),
        ("b\u1ea3n gia\u0302\u0301y", "huong-dan/"),  # decomposed, as some keyboards type
        ("classifies", "developers/api/"),
    ],
    ids=["accented", "bare", "decomposed", "english"],
)
def test_search_finds(address: str, tmp_path: Path, query: str, page: str) -> None:
    browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--dump-dom"]
    done = subprocess.run(
        [*browser, "--virtual-time-budget=8000", f"{address}/search.html?q={quote(query)}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    found = re.findall(r'<a href="([^"?#]+)\?highlight|<li[^>]*><a href="([^"?#]+)', done.stdout)
    hits = [a or b for a, b in found]
    assert any(hit.lstrip("./").startswith(page) for hit in hits), hits


# ------------------------------------------------------------------ glossary

_SYLLABLE = re.compile(
    r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x)?"
    r"(?:oai|oay|oeo|uai|uay|uoi|uou|uya|uye|uyu|ieu|yeu|oao|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|a|e|i|o|u|y)"
    r"(?:ch|ng|nh|c|m|n|p|t)?"
)
_ENGLISH = {"at", "but", "by", "come", "cut", "for", "gap", "get", "go", "going", "got", "hit", "if", "it", "let", "main", "map", "max", "met", "min", "not", "on", "out", "pop", "put", "root", "run", "say", "set", "sum", "text", "that", "then", "top", "train", "up", "we"}  # fmt: skip
"""English words that have the form of a Vietnamese syllable and are none in this field; a compound with one of them is English."""
_LOOK_ALIKES = {"to_in", "loai_by", "loai_van_ban_a", "van_thu"}
"""Other compounds that are no term: English ones, terms with an English end, and this project's own name."""


def _identifiers() -> Iterator[str]:
    """Names that a reader of the code meets as names: modules, functions, classes, arguments, fields; and compounds anywhere."""
    for path in PACKAGE.rglob("*.py"):
        yield path.stem
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name
            elif isinstance(node, ast.arg):
                yield node.arg
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id
            elif isinstance(node, ast.Attribute | ast.Name | ast.Constant):
                name = str(getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "value", ""))
                if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", name):
                    yield name


def _names() -> set[str]:
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().strip("_") for name in _identifiers()}


def _vietnamese() -> set[str]:
    """Compounds of Vietnamese syllables, and the single words that rules may ask for; too many English words look like one syllable."""
    parts = {name: name.split("_") for name in _names() if "_" in name}
    compounds = {n for n, p in parts.items() if all(map(_SYLLABLE.fullmatch, p)) and not _ENGLISH & set(p)}
    return compounds - _LOOK_ALIKES | set(KEYS)


def _lexicon() -> set[str]:
    tables = tomllib.loads(files("vanthu_classifier").joinpath("data", "muc_dich.toml").read_text(encoding="utf-8"))
    return {row["id"] for rows in tables.values() for row in rows}


def test_every_vietnamese_identifier_is_in_the_glossary() -> None:
    assert _vietnamese() - {term.id for term in from_code.glossary()} - _lexicon() == set()


def test_every_term_of_the_glossary_is_in_the_code() -> None:
    assert {term.id for term in from_code.glossary()} - _names() == set()


def test_terms_are_their_identifiers_with_diacritics() -> None:
    for term in from_code.glossary():
        bare = re.sub(r"[^a-z]+", "_", vietnamese.fold(term.vi)).strip("_")
        assert set(term.id.split("_")) & set(bare.split("_")), term


# ------------------------------------------------------------------ the means


def test_an_indented_block_of_a_docstring_is_code_and_a_list_is_not() -> None:
    block = docstrings.literal_blocks(["Text:", "", "    a ─ b", "", "* item", "", "    more of it"])
    assert block == ["Text:", "", ".. code-block:: text", "", "    a ─ b", "", "* item", "", "    more of it"]


def test_a_wrong_output_in_a_manual_is_found(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT))
    from conftest import run_console

    assert run_console("$ echo one\none", tmp_path) is None
    assert run_console("$ echo one; echo two\none\n...", tmp_path) is None
    assert "wanted:\ntwo" in (run_console("$ echo one\ntwo", tmp_path) or "")
    assert "exit code 3" in (run_console("$ exit 3", tmp_path) or "")
    with pytest.raises(ValueError, match="begins with a command"):
        run_console("echo one", tmp_path)


def _shown_commands() -> list[str]:
    """Commands of the manuals that stand in blocks which are not run as they are."""
    found = []
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("README*.md")]:
        for block in re.findall(
            r"^```(?:sh|bat)\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ):
            found += [line for line in block.splitlines() if line.startswith("vanthu ")]
    return found


@pytest.mark.parametrize("line", sorted(set(_shown_commands())))
def test_a_command_that_a_manual_shows_is_one_that_vanthu_knows(line: str) -> None:
    command: click.Command = _cli
    context: click.Context | None = None
    arguments = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        context = click.Context(command, parent=context)
        found = command.get_command(context, arguments.pop(0))
        assert found is not None
        command = found
    missing = re.compile(r"does not exist")
    try:
        command.make_context(command.name, arguments, parent=context)
    except click.BadParameter as error:
        if not missing.search(error.message):
            raise
