"""The manual against the program: every example of the documentation and of the README files is run, in the order of its page.

Each page has an empty folder of its own, with a copy of `examples/`, and `vanthu` means the one that is installed here.

    ```python       run; in the form of a session (>>>) its output is compared too, with … as "..."
    ```console      each "$ command" is run by bash; output is compared where it is shown, and the exit code is 0;
                    one that ends in "&" runs until the page is done
    ```bat          lines that begin with vanthu are run the same; the others come from a closed list, since they need Windows
    ```{code-block} with a caption: a file of this name, written into the page's folder
"""

from __future__ import annotations

import doctest
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.myst.lexers import DirectiveLexer

ROOT = Path(__file__).parent
FLAGS = doctest.ELLIPSIS

ON_WINDOWS = ("py -m venv .venv", ".venv\\Scripts\\activate", 'pip install ".[', "tesseract --list-langs")
"""How lines begin that only Windows can run."""
NOT_RUN = ("vanthu train ", "vanthu models rollback")
"""Training takes minutes, and has tests of its own."""


_servers: list[subprocess.Popen[bytes]] = []
"""What the page under way has started with "&"; ended with the page."""


def _setup(namespace: dict[str, Any]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="vanthu-docs-"))
    shutil.copytree(ROOT / "examples", folder / "examples")
    namespace |= {
        "__name__": "__main__",
        "_folder": folder,
        "_before": Path.cwd(),
        "_home": os.environ.get("VANTHU_HOME"),
    }
    os.environ["VANTHU_HOME"] = str(folder / ".vanthu")
    os.chdir(folder)


def _teardown(namespace: dict[str, Any]) -> None:
    while _servers:
        server = _servers.pop()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
    os.chdir(namespace["_before"])
    shutil.rmtree(namespace["_folder"], ignore_errors=True)
    if namespace["_home"] is None:
        del os.environ["VANTHU_HOME"]
    else:
        os.environ["VANTHU_HOME"] = namespace["_home"]


def _sessions(text: str) -> list[tuple[str, str]]:
    """Commands with the output shown below each; lines that begin with "> " go on with the command."""
    found: list[tuple[list[str], list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif not found:
            raise ValueError(f"a console block begins with a command ($ …), not with {line!r}")
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [("\n".join(command), "\n".join(output)) for command, output in found]


def run_console(text: str, folder: Path) -> str | None:
    """Runs the commands of a console block in `folder`; what went wrong, or None."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
    }
    for command, wanted in _sessions(text):
        if command.endswith(" &"):
            background = ["bash", "-c", f"exec {command[:-2]}"]
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            _servers.append(subprocess.Popen(background, cwd=folder, env=environment, start_new_session=True, **quiet))
            continue
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=300,
        )  # fmt: skip
        got = _bare(done.stdout)
        if done.returncode:
            return f"$ {command}\nexit code {done.returncode}\n{got}"
        if wanted.strip() and not doctest.OutputChecker().check_output(_bare(wanted), got, FLAGS):
            return f"$ {command}\nwanted:\n{_bare(wanted)}\ngot:\n{got}"
    return None


def _bare(text: str) -> str:
    """Without blanks at the ends of lines and empty lines at either end."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()).rstrip() + "\n"


def _console(example: Example) -> str | None:
    return run_console(str(example.parsed), example.namespace["_folder"])


def _windows(example: Example) -> str | None:
    for line in str(example.parsed).splitlines():
        if line == "vanthu serve":
            run_console(f"$ {line} --no-open --port 0 &", example.namespace["_folder"])
        elif line.startswith(NOT_RUN):
            continue
        elif line.startswith("vanthu "):
            wrong = run_console(f"$ {line}", example.namespace["_folder"])
            if wrong:
                return wrong
        elif line and not line.startswith(ON_WINDOWS):
            return f"cannot be run, and is not in the list of lines for Windows: {line}"
    return None


def _files(document: Document) -> Iterator[Region]:
    """The blocks of a page that have a caption: files of the page's folder."""
    for region in DirectiveLexer(directive="code-block", arguments=".+")(document):
        if "caption" in region.lexemes["options"]:
            yield Region(region.start, region.end, region, _write)


def _write(example: Example) -> None:
    block = example.parsed
    path = example.namespace["_folder"] / block.lexemes["options"]["caption"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(block.lexemes["source"]), encoding="utf-8", newline="\n")


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        CodeBlockParser("console", _console),
        CodeBlockParser("bat", _windows),
        _files,
        SkipParser(),
    ],
    patterns=["README*.md", "docs/**/*.md", "docs/*.md"],
    excludes=["docs/_build/**", "docs/developers/api/**"],
    setup=_setup,
    teardown=_teardown,
).pytest()
