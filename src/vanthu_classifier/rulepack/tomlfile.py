"""A TOML file with the lines of its tables and keys, which `tomllib` does not keep, so that a fault can be pointed at."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import PackFault
from vanthu_classifier.rulepack.faults import fault

__all__ = ["TomlFile"]


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The data of a file and its lines; `name` is how the file is called in faults. A file that is missing or no TOML has no data."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path, name: str, faults: list[PackFault]) -> TomlFile:
        """Reads the file; what prevents it goes to `faults`."""
        text = ""
        try:
            text = path.read_bytes().decode("utf-8-sig")
            return cls(name, tomllib.loads(text.replace("\r\n", "\n")), tuple(text.split("\n")))
        except FileNotFoundError:
            faults.append(fault("file-missing", name))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            place = re.search(r"line (\d+)", str(error))
            line = int(place[1]) if place else None
            typed = text.split("\n")[line - 1].strip() if line else ""
            faults.append(fault("not-toml", name, line=line, error=f"«{typed}» ({error})" if typed else error))
        return cls(name)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The tables of an array of tables; empty where there is none."""
        rows = self.data.get(table, [])
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def line(self, table: str | None = None, number: int = 1, key: str | None = None) -> int | None:
        """The line, from 1, of a key of the `number`-th `[[table]]` (or of `[table]`), or of the table itself; of a key at the top where `table` is None."""
        start, end = self._block(table, number)
        if start is None:
            return None
        if key is not None:
            wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
            for at in range(start, end):
                if wanted.match(self.lines[at]):
                    return at + 1
        return start + 1 if table else None

    def _block(self, table: str | None, number: int) -> tuple[int | None, int]:
        if table is None:
            first = next((i for i, line in enumerate(self.lines) if line.lstrip().startswith("[")), len(self.lines))
            return 0, first
        heading = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?")
        starts = [i for i, line in enumerate(self.lines) if heading.match(line)]
        if len(starts) < number:
            return None, 0
        start = starts[number - 1]
        stop = re.compile(rf"\s*\[\[?(?!\s*{re.escape(table)}\.)")
        end = next((i for i in range(start + 1, len(self.lines)) if stop.match(self.lines[i])), len(self.lines))
        return start, end
