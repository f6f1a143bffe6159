"""The training titles: `training_data/titles/<slug of the type>/<field>.txt`, as `training_data/GUIDE.md` describes them.

A file begins with comment lines (`# type:`, `# field:`, `# labelled-by:`, `# written:`); a blank line separates families. Families of
different files that hold the same title but for numbers, names and the way it leads in are one family, so that training
and testing never share one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vanthu_classifier.errors import TrainingDataError
from vanthu_classifier.loai_van_ban import head_type, types
from vanthu_classifier.text import clean

__all__ = ["MANIFEST", "Title", "data_hash", "manifest", "masked", "merged", "read", "read_file", "write_manifest"]

MANIFEST = "manifest.json"
_HEADER = ("type", "field", "labelled-by", "written")


@dataclass(frozen=True, slots=True)
class Title:
    """A training title: its text, its type, its family (a number), who labelled it, and where it stands (path, line from 1)."""

    text: str
    code: str
    family: int
    labelled_by: str
    path: str
    line: int


def read(folder: str | Path) -> list[Title]:
    """All titles under `folder`, in the order of paths and lines, families numbered from 0 and merged across files.

    Raises `TrainingDataError` with path and line where a file breaks the guide: unknown type, missing header, a title twice, a damaged letter.
    """
    folder = Path(folder)
    paths = sorted(folder.glob("*/*.txt"), key=lambda path: path.relative_to(folder).as_posix())
    if not paths:
        raise TrainingDataError(
            "Không có tệp dữ liệu huấn luyện nào.",
            remedy="Cần training_data/titles/<loại>/<lĩnh vực>.txt.",
            path=folder,
        )
    titles: list[Title] = []
    for path in paths:
        first = titles[-1].family + 1 if titles else 0
        titles += [replace(title, family=first + title.family) for title in read_file(path)]
    _refuse_doubles(titles)
    return merged(titles)


def read_file(path: str | Path) -> list[Title]:
    """The titles of one file, families numbered from 0 in the file's order."""
    path = Path(path)
    code = {row.slug: row.code for row in types().values()}.get(path.parent.name)
    if code is None:
        raise TrainingDataError(
            f"Không có loại văn bản «{path.parent.name}».", remedy="Dùng cột slug của bảng loại văn bản.", path=path
        )
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingDataError("Không đọc được tệp.", remedy="Lưu lại dạng UTF-8.", path=path) from error
    header = {match[1]: match[2].strip() for line in lines if (match := re.match(r"#\s*([a-z-]+):(.*)", line))}
    missing = [name for name in _HEADER if not header.get(name)]
    if missing or header["type"] != path.parent.name:
        raise TrainingDataError(
            f"Phần đầu tệp thiếu hoặc sai: {', '.join(missing) or 'type'}.", remedy="Xem GUIDE.md.", path=path
        )
    return list(_titles(lines, code, header["labelled-by"], path))


def _titles(lines: Sequence[str], code: str, labelled_by: str, path: Path) -> Iterator[Title]:
    family, empty = 0, True
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            continue
        if not line.strip():
            family, empty = family + (not empty), True
            continue
        if "\ufffd" in line or any(ord(letter) < 32 for letter in line):
            raise TrainingDataError("Dòng có ký tự hỏng.", path=path, row=number)
        empty = False
        yield Title(line.strip(), code, family, labelled_by, f"{path.parent.name}/{path.name}", number)


def _refuse_doubles(titles: Iterable[Title]) -> None:
    seen: dict[tuple[str, str], Title] = {}
    for title in titles:
        other = seen.setdefault((clean(title.text).text.lower(), title.code), title)
        if other is not title:
            raise TrainingDataError(
                f"Trích yếu lặp lại (đã có ở {other.path}, dòng {other.line}): {title.text}",
                path=title.path,
                row=title.line,
            )


_NAME = re.compile(r"(?<=\s)[A-ZĐÀ-ỸĂÂÊÔƠƯ]\w*(?:\s+[A-ZĐÀ-ỸĂÂÊÔƠƯ]\w*)+")
_ABOUT = re.compile(r"^[\W_]*(?:v\s?[/.]\s?v|vv|về việc|về)(?!\w)[\W_]*", re.IGNORECASE)


def masked(text: str) -> str:
    """The title without type word and lead, names of two capitals or more and digits masked: equal for titles that differ in nothing else.

    >>> masked("Quyết định về việc bổ nhiệm ông Lê Văn An năm 2021") == masked("V/v bổ nhiệm ông Trần Thị Bình năm 2023")
    True
    """
    cleaned = clean(text).text
    head = head_type(cleaned)
    matter = _ABOUT.sub("", cleaned[head.span[1] :] if head else cleaned)
    return " ".join(re.findall(r"\w+", re.sub(r"\d+", "0", _NAME.sub("§", matter)).lower()))


def merged(titles: Sequence[Title]) -> list[Title]:
    """The same titles, with families that share a masked title made one; families are numbered anew in order of appearance."""
    parent = {title.family: title.family for title in titles}

    def root(family: int) -> int:
        while parent[family] != family:
            parent[family] = family = parent[parent[family]]
        return family

    first: dict[str, int] = {}
    for title in titles:
        parent[root(title.family)] = root(first.setdefault(masked(title.text), title.family))
    number: dict[int, int] = {}
    return [replace(title, family=number.setdefault(root(title.family), len(number))) for title in titles]


def data_hash(titles: Iterable[Title]) -> str:
    """A hash of titles, types and families, whatever files they stand in: the identity of the data a model was made from."""
    lines = (f"{title.code}\t{title.family}\t{title.text}\n" for title in titles)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def manifest(folder: str | Path) -> dict[str, object]:
    """What `folder` holds: for each file its hash, titles and families, and the totals."""
    folder, titles = Path(folder), read(folder)
    entries: dict[str, dict[str, object]] = {}
    for path in sorted({title.path for title in titles}):
        mine = [title for title in titles if title.path == path]
        digest = hashlib.sha256((folder / path).read_bytes()).hexdigest()
        entries[path] = {"sha256": digest, "titles": len(mine), "families": len({title.family for title in mine})}
    counts = {code: sum(title.code == code for title in titles) for code in sorted({title.code for title in titles})}
    families = len({title.family for title in titles})
    return {"titles": len(titles), "families": families, "data": data_hash(titles), "types": counts, "files": entries}


def write_manifest(folder: str | Path) -> Path:
    """Writes `manifest.json` beside the folder of titles; returns its path."""
    path = Path(folder).parent / MANIFEST
    path.write_text(json.dumps(manifest(folder), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
