"""Reading a rule pack, and refusing a bad one with all of its faults at once.

What loading guarantees (each fault names the file, the line, the rule, what is wrong and what to do; `faults.CATALOGUE` has all):

* `pack.toml` has every field, with dates that are dates;
* ids are unique; every rule has quotation, reading, outcome, standing; a `lean` goes with `needs_review` only;
* `when` names known kinds of fact and known values; at least one kind;
* `overrides` name rules or groups of the pack, and have no cycle;
* the quotation stands in the source, letter for letter, and so does every item of `items.toml`, the list of what the source says;
* every item is transcribed by a rule or listed in `omitted.toml` with a reason;
* every rule has a matching example and a near miss, and they match and do not match;
* the cases hold.

The last two need every example read; see `verify` for when that is done. What takes all combinations of facts to decide is in `lint`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from vanthu_classifier.errors import PackFault, RulePackError
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.faults import fault
from vanthu_classifier.rulepack.schema import KEYS, Case, Example, Pack, Rule, Silence, Standing, place_of, values
from vanthu_classifier.rulepack.tomlfile import TomlFile

__all__ = ["DEFAULT", "STAMP", "Gathered", "folder_of", "gather", "in_force", "load", "meant", "names"]

STAMP = "VERIFIED"
"""The file of a shipped pack with the hash under which its examples and cases held; see `verify`."""
DEFAULT = "qd-40-2018-qd-ubnd"
"""The pack of Decision 40/2018/QĐ-UBND of Thừa Thiên Huế."""


def names() -> tuple[str, ...]:
    """Ids of the packs that ship with the library, the default one first.

    >>> names()[0], "vpcp-775-2020" in names()
    ('qd-40-2018-qd-ubnd', True)
    """
    home = files("vanthu_classifier").joinpath("rulepacks")
    found = (p.name for p in home.iterdir() if p.joinpath("pack.toml").is_file())
    return tuple(sorted(found, key=lambda name: (name != DEFAULT, name)))


def folder_of(name: str) -> Path:
    """The folder of a pack that ships with the library."""
    return Path(str(files("vanthu_classifier").joinpath("rulepacks", name)))


def load(pack: str | Path = DEFAULT) -> Pack:
    """The pack with this id, the pack in this folder, or an office's own pack in this .toml file.

    `RulePackError` lists every fault of the pack, each with file, line and rule; it is an `OverrulesLawError` where an office's own pack would drop
    paper that the law wants.

    >>> p = load()
    >>> p.id, p.in_force_to.isoformat(), p.rules["B03"].quote
    ('qd-40-2018-qd-ubnd', '2021-04-09', 'tờ trình')
    """
    path = _path(pack)
    return _load(path, _state(path))


def _path(pack: str | Path) -> Path:
    if isinstance(pack, str) and pack in names():
        return folder_of(pack)
    path = Path(pack)
    if path.joinpath("pack.toml").is_file() or (path.suffix.lower() == ".toml" and path.is_file()):
        return path
    import difflib

    near = difflib.get_close_matches(str(pack), names(), 1, 0.4)
    raise RulePackError(
        f"Không có bộ quy tắc «{pack}»{f'; có phải là «{near[0]}»' if near else ''}.",
        remedy=f"Dùng một trong các bộ có sẵn ({', '.join(names())}), một thư mục có tệp pack.toml, hoặc tệp .toml do «vanthu rules new» tạo ra.",
        path=str(pack),
    )


def _state(path: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells a pack that was changed on the disk from the one that was read; nothing for what is installed with the library."""
    if path.is_relative_to(Path(str(files("vanthu_classifier")))):
        return ()
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".toml", ".txt"))
    return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in found)


@lru_cache(maxsize=16)
def _load(path: Path, _state: object) -> Pack:
    gathered = gather(path)
    faults = [f for f in gathered.faults if not f.warning]
    if gathered.pack is None or faults:
        raise gathered.refusal(path)
    built = gathered.pack
    stamp = path / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != built.sha256:
        from vanthu_classifier.rulepack.verify import check_cases, check_examples

        faults = [*check_examples(built), *check_cases(built)]
        if faults:
            raise Gathered(None, tuple(faults)).refusal(path)
    return built


def in_force(day: date, packs: Iterable[str] | None = None) -> tuple[Pack, ...]:
    """The packs in force on that day, of those that ship with the library or of `packs`; in the order of `names`.

    >>> [p.id for p in in_force(date(2020, 6, 1))]
    ['qd-40-2018-qd-ubnd', 'vpcp-775-2020']
    >>> [p.id for p in in_force(date(2018, 1, 1))]
    []
    """
    return tuple(p for p in map(load, names() if packs is None else packs) if p.in_force(day))


# ------------------------------------------------------------------ a folder


@dataclass(frozen=True, slots=True)
class Gathered:
    """A pack as far as it could be built, None where nothing could, and every fault that its files show."""

    pack: Pack | None
    faults: tuple[PackFault, ...]
    error: Callable[..., RulePackError] = field(default=RulePackError)

    def refusal(self, path: Path) -> RulePackError:
        """The error that says all of it."""
        faults = tuple(f for f in self.faults if not f.warning)
        return self.error(
            f"Bộ quy tắc có {len(faults)} lỗi.",
            faults=faults,
            remedy="Sửa các chỗ nêu trên rồi nạp lại.",
            path=path.name,
        )


def gather(pack: str | Path) -> Gathered:
    """The pack and its faults, without raising for a faulty one; `RulePackError` where there is none at all."""
    path = _path(pack)
    if path.is_file():
        from vanthu_classifier.rulepack.office import gather_office

        return gather_office(path)
    return _Folder(path).gathered()


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[PackFault] = []
        self.known = values()
        self.source = self._source()
        self.head = self.toml("pack.toml")
        self.places = {
            prefix: (str(words[0]), str(words[-1])) for prefix, words in self.head.data.get("places", {}).items()
        }

    def toml(self, name: str) -> TomlFile:
        return TomlFile.read(self.folder / name, name, self.faults)

    def optional(self, name: str) -> TomlFile:
        return self.toml(name) if (self.folder / name).is_file() else TomlFile(name)

    def fault(self, code: str, file: str, rule: str | None = None, line: int | None = None, **words: object) -> None:
        self.faults.append(fault(code, file, rule, line, **words))

    def gathered(self) -> Gathered:
        fields = self._head()
        rules = self._rules()
        cyclic = self._overrides(rules)
        omitted = self._items(rules)
        silences = self._silences()
        cases = self._cases()
        unusable = cyclic or not rules or any(fields.get(key) is None for key in _HEAD)
        pack = None
        if not unusable:
            pack = Pack(
                **fields, source_text=self.source, rules={r.id: r for r in rules}, cases=cases, sha256=digest(self.folder), omitted=omitted,
                silences=silences, places=self.places,
            )  # fmt: skip
        return Gathered(pack, tuple(self.faults))

    def _source(self) -> str:
        path = self.folder / "source.txt"
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        if not text.strip():
            self.fault("file-missing", "source.txt")
        return text

    # -------------------------------------------------------------- pack.toml

    def _head(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for key, (kind, example) in _HEAD.items():
            fields[key] = self._of_kind(key, kind, example, required=True)
        for key in ("in_force_from", "in_force_to"):
            fields[key] = self._of_kind(key, date, "2018-07-16", required=False)
        fields["short"] = self.head.data.get("short") or str(fields["title"]).split(" ban hành")[0]
        fields["beside"] = tuple(self.head.data.get("beside", ()))
        fields["office_clause"] = self.head.data.get("office_clause")
        fields["silence"] = self._dispatch(self.head, None, 1, None, "silence", "needs_review")
        known = {
            *_HEAD,
            "in_force_from",
            "in_force_to",
            "short",
            "beside",
            "office_clause",
            "silence",
            "conflict",
            "places",
        }
        self._unknown(self.head, None, 1, None, self.head.data, known)
        if self.head.data.get("conflict", "needs_review") != "needs_review":
            self._wrong(self.head, None, 1, None, "conflict", "needs_review", "needs_review", '"needs_review"')
        return fields

    def _of_kind(self, key: str, kind: type, example: str, *, required: bool) -> Any:
        found = self.head.data.get(key)
        if found is None:
            if required and self.head.lines:
                self.fault("missing-key", "pack.toml", key=key, example=f"{key} = {example}")
            return None
        if type(found) is not kind or found == "":
            words = ("một ngày", "a date") if kind is date else ("một chuỗi chữ", "a text")
            self._wrong(self.head, None, 1, None, key, *words, f"{key} = {example}")
            return None
        return found

    # -------------------------------------------------------------- what every table shares

    def _unknown(
        self,
        file: TomlFile,
        table: str | None,
        number: int,
        id: str | None,
        row: Mapping[str, Any],
        known: Iterable[str],
    ) -> None:
        for key in row:
            if key not in known:
                line = file.line(table, number, key)
                self.fault("unknown-key", file.name, id, line, key=key, known=", ".join(sorted(known)))

    def _wrong(
        self, file: TomlFile, table: str | None, number: int, id: str | None, key: str, wanted: str, wanted_en: str, example: str
    ) -> None:  # fmt: skip
        row = file.rows(table)[number - 1] if table else file.data
        line = file.line(table, number, key)
        self.fault("wrong-value", file.name, id, line, key=key, found=repr(row.get(key)), wanted=wanted, wanted_en=wanted_en, example=example)  # fmt: skip

    def _dispatch(
        self, file: TomlFile, table: str | None, number: int, id: str | None, key: str, default: str | None = None
    ) -> Dispatch:
        row = file.rows(table)[number - 1] if table else file.data
        try:
            return Dispatch(str(row.get(key, default)))
        except ValueError:
            choices = ", ".join(Dispatch)
            self._wrong(
                file, table, number, id, key, f"một trong: {choices}", f"one of {choices}", f'{key} = "electronic_only"'
            )
            return Dispatch.NEEDS_REVIEW

    # -------------------------------------------------------------- rules/*.toml

    def _rules(self) -> list[Rule]:
        rules: list[Rule] = []
        seen: dict[str, str] = {}
        before = len(self.faults)
        for path in sorted(self.folder.joinpath("rules").glob("*.toml")):
            file = self.toml(f"rules/{path.name}")
            for number, row in enumerate(file.rows("rule"), 1):
                id = str(row.get("id") or f"số {number}")
                line = file.line("rule", number, "id")
                if id in seen:
                    self.fault("duplicate-id", file.name, id, line, other=seen[id])
                seen[id] = f"{file.name}:{line}"
                rule = self._rule(file, number, id, row)
                if rule:
                    rules.append(rule)
        if not rules and len(self.faults) == before:
            self.fault("no-rules", "rules/")
        return rules

    def _rule(self, file: TomlFile, number: int, id: str, row: dict[str, Any]) -> Rule | None:
        before = len(self.faults)
        at = file, "rule", number, id
        self._unknown(*at, row, _RULE_KEYS)
        for key, example in _REQUIRED.items():
            if not row.get(key):
                line = file.line("rule", number)
                self.fault("missing-key", file.name, id, line, key=key, example=f"{key} = {example}")
            elif not isinstance(row[key], dict if key == "when" else str):
                self._wrong(*at, key, "một chuỗi chữ", "a text", f"{key} = {example}")
        outcome = self._dispatch(*at, "outcome") if "outcome" in row else Dispatch.NEEDS_REVIEW
        lean = self._dispatch(*at, "lean") if "lean" in row else None
        if lean is not None and outcome is not Dispatch.NEEDS_REVIEW:
            self.fault("lean-without-review", file.name, id, file.line("rule", number, "lean"))
        standing = row.get("standing")
        if standing and standing not in get_args(Standing):
            choices = ", ".join(get_args(Standing))
            self._wrong(*at, "standing", f"một trong: {choices}", f"one of {choices}", 'standing = "text"')
        elif standing and "outcome" in row and (standing == "open") != (outcome is Dispatch.NEEDS_REVIEW):
            self.fault("open-and-review", file.name, id, file.line("rule", number, "standing"))
        self._quote(file, number, id, row.get("quote"))
        when = self.when(file, "rule", number, id, row.get("when"))
        office = self._office(file, number, id, row)
        for side, code in (("examples", "no-example"), ("near_misses", "no-near-miss")):
            if not row.get(side):
                self.fault(code, file.name, id, file.line("rule", number))
        if any(not f.warning for f in self.faults[before:]):
            return None
        place, place_en = place_of(row.get("category"), self.places)
        return Rule(
            id=id, group=row["group"], outcome=outcome, standing=row["standing"], quote=row["quote"], reading=row["reading"],
            reading_en=row["reading_en"], when=when, category=row.get("category"), focus=row.get("focus", ""), lean=lean,
            overrides=frozenset(row.get("overrides", ())), note=row.get("note", ""), note_en=row.get("note_en", ""), file=file.name,
            line=file.line("rule", number, "id"), examples=tuple(map(_example, row["examples"])),
            near_misses=tuple(map(_example, row["near_misses"])), place=place, place_en=place_en, office=office,
        )  # fmt: skip

    def _quote(self, file: TomlFile, number: int, id: str, quote: object) -> None:
        if isinstance(quote, str) and quote and self.source and quote not in self.source:
            line = file.line("rule", number, "quote")
            self.fault("quote-not-in-source", file.name, id, line, quote=quote, **_nearest(quote, self.source))

    def _office(self, file: TomlFile, number: int, id: str, row: Mapping[str, Any]) -> frozenset[Dispatch]:
        try:
            return frozenset(map(Dispatch, row.get("office", ())))
        except (ValueError, TypeError):
            choices = ", ".join(Dispatch)
            self._wrong(
                file,
                "rule",
                number,
                id,
                "office",
                f"danh sách trong: {choices}",
                f"a list of {choices}",
                'office = ["electronic_only"]',
            )
            return frozenset()

    def when(self, file: TomlFile, table: str, number: int, id: str, value: object) -> dict[str, frozenset[str]]:
        """The conditions of a rule or of a stated silence."""
        out: dict[str, frozenset[str]] = {}
        line = file.line(table, number, "when")
        # A silence is looked for by single-valued facts alone (`resolve`).
        kinds = KEYS if table == "rule" else [key for key in KEYS if key not in ("muc_dich", "ky")]
        for key, wanted in value.items() if isinstance(value, dict) else ():
            if key not in kinds:
                self.fault("when-kind", file.name, id, line, key=key, known=", ".join(kinds))
                continue
            listed = wanted if isinstance(wanted, list) else [wanted]
            out[key] = frozenset(str(v).lower() if isinstance(v, bool) else str(v) for v in listed)
            for strange in sorted(out[key] - set(self.known[key])):
                known = ", ".join(v or '""' for v in self.known[key])
                self.fault(
                    "when-value",
                    file.name,
                    id,
                    line,
                    key=key,
                    value=strange,
                    known=known,
                    **meant(strange, self.known[key]),
                )
        return out

    def _overrides(self, rules: list[Rule]) -> bool:
        """Groups ("@type") spelt out as ids; unknown names and cycles reported. Whether there is a cycle."""
        by_id = {rule.id: rule for rule in rules}
        groups: dict[str, set[str]] = {}
        for rule in rules:
            groups.setdefault("@" + rule.group, set()).add(rule.id)
        for i, rule in enumerate(rules):
            spelt: set[str] = set()
            for name in rule.overrides:
                if name in by_id:
                    spelt.add(name)
                elif name in groups:
                    spelt |= groups[name] - {rule.id}
                else:
                    self.fault(
                        "overrides-unknown", rule.file, rule.id, rule.line, name=name, **meant(name, [*by_id, *groups])
                    )
            rules[i] = replace(rule, overrides=frozenset(spelt))
        cycle = _cycle(rules)
        if cycle:
            first = min((r for r in rules if r.id in cycle), key=lambda r: r.id)
            self.fault("overrides-cycle", first.file, first.id, first.line, cycle=" > ".join((*cycle, cycle[0])))
        return bool(cycle)

    # -------------------------------------------------------------- items, silences, cases

    def _items(self, rules: list[Rule]) -> dict[str, str]:
        file = self.toml("items.toml")
        omitted = {
            str(row.get("id")): str(row.get("reason", "")) for row in self.optional("omitted.toml").rows("omitted")
        }
        transcribed = {rule.category for rule in rules}
        for number, item in enumerate(file.rows("item"), 1):
            id, line = str(item.get("id")), file.line("item", number, "id")
            if not item.get("quote") or item["quote"] not in self.source:
                self.fault("item-quote", file.name, id, file.line("item", number, "quote"), id=id)
            if id not in transcribed and not omitted.get(id):
                self.fault("item-lost", file.name, id, line, id=id)
        known = {item.get("id") for item in file.rows("item")}
        for rule in rules:
            if rule.category is not None and rule.category not in known:
                self.fault("category-unknown", rule.file, rule.id, rule.line, category=rule.category)
        return omitted

    def _silences(self) -> tuple[Silence, ...]:
        file = self.optional("silent.toml")
        out = []
        for number, row in enumerate(file.rows("silent"), 1):
            id = str(row.get("id") or f"số {number}")
            self._unknown(file, "silent", number, id, row, _SILENT)
            missing = [key for key in _SILENT if not row.get(key)]
            for key in missing:
                self.fault(
                    "missing-key",
                    file.name,
                    id,
                    file.line("silent", number),
                    key=key,
                    example=f"{key} = {_SILENT[key]}",
                )
            if not missing:
                when = self.when(file, "silent", number, id, row["when"])
                out.append(
                    Silence(id, when, str(row["reason"]), str(row["reason_en"]), file.line("silent", number, "id"))
                )
        return tuple(out)

    def _cases(self) -> tuple[Case, ...]:
        file = self.toml("cases.toml")
        out = []
        seen: dict[str, int | None] = {}
        for number, row in enumerate(file.rows("case"), 1):
            id = str(row.get("id") or f"số {number}")
            line = file.line("case", number, "id")
            self._unknown(file, "case", number, id, row, {*_CASE, "position"})
            missing = [key for key in _CASE if not row.get(key)]
            for key in missing:
                self.fault(
                    "missing-key", file.name, id, file.line("case", number), key=key, example=f"{key} = {_CASE[key]}"
                )
            if id in seen:
                self.fault("duplicate-id", file.name, id, line, other=f"{file.name}:{seen[id]}")
            seen[id] = line
            if not missing:
                out.append(Case(id, row["says"], row.get("position", ""), row["args"], row["expect"], file.name, line))
        return tuple(out)


_HEAD: dict[str, tuple[type, str]] = {
    "id": (str, '"qd-40-2018-qd-ubnd"'),
    "title": (str, '"Quyết định số 40/2018/QĐ-UBND ban hành Quy chế về công tác văn thư"'),
    "title_en": (str, '"Decision 40/2018/QĐ-UBND on records work"'),
    "issuer": (str, '"Ủy ban nhân dân tỉnh Thừa Thiên Huế"'),
    "signed": (date, "2018-07-02"),
    "source": (str, '"Where the text was taken from, and how far it can be trusted."'),
    "checked_on": (date, "2026-11-24"),
}
_REQUIRED = {
    "id": '"B03"',
    "group": '"type"',
    "quote": '"tờ trình"',
    "reading": '"Mọi tờ trình, cùng hồ sơ kèm theo."',
    "reading_en": '"Every submission, with its dossier."',
    "outcome": '"electronic_and_paper"',
    "standing": '"text"',
    "when": '{ loai = ["TTr"] }',
}
_RULE_KEYS = {
    *_REQUIRED,
    "category",
    "focus",
    "lean",
    "overrides",
    "note",
    "note_en",
    "examples",
    "near_misses",
    "office",
}
_SILENT = {
    "id": '"khong-neu"',
    "when": '{ loai = ["BB"] }',
    "reason": '"Công văn không nêu loại này."',
    "reason_en": '"The letter does not name this type."',
}
_CASE = {
    "id": '"A01-1"',
    "says": '"A decision that issues a plan goes with paper."',
    "args": '{ trich_yeu = "Quyết định ban hành Kế hoạch" }',
    "expect": '{ dispatch = "electronic_and_paper", rule = "B02" }',
}


def _example(value: object) -> Example:
    return Example(value if isinstance(value, dict) else {"trich_yeu": str(value)})


def digest(folder: Path) -> str:
    """One hash over the pack's files and the phrases its examples are read with."""
    hashed = hashlib.sha256()
    lexicon = files("vanthu_classifier").joinpath("data")
    parts = [
        (p.relative_to(folder).as_posix(), p.read_bytes())
        for p in sorted(folder.rglob("*"))
        if p.suffix in (".toml", ".txt")
    ]
    parts += [(name, lexicon.joinpath(name).read_bytes()) for name in ("muc_dich.toml", "loai_van_ban.toml")]
    for name, content in parts:
        hashed.update(f"{name}\0{len(content)}\0".encode())
        hashed.update(content)
    return hashed.hexdigest()


def _cycle(rules: Sequence[Rule]) -> tuple[str, ...]:
    """A circle of overrides; () where there is none."""
    by_id = {rule.id: rule for rule in rules}
    done: set[str] = set()

    def walk(at: str, path: list[str]) -> tuple[str, ...]:
        if at in path:
            return tuple(path[path.index(at) :])
        if at in done:
            return ()
        for name in sorted(by_id[at].overrides & by_id.keys()):
            found = walk(name, [*path, at])
            if found:
                return found
        done.add(at)
        return ()

    return next((found for start in by_id if (found := walk(start, []))), ())


def meant(typed: str, known: Iterable[str]) -> dict[str, str]:
    """What may have been meant by a word that is not known, for a fault's sentences."""
    import difflib

    near = difflib.get_close_matches(typed, [k for k in known if k], 1, 0.5)
    return (
        {"meant": f"; có phải là «{near[0]}»", "meant_en": f"; «{near[0]}» perhaps"}
        if near
        else {"meant": "", "meant_en": ""}
    )


def _nearest(quote: str, source: str) -> dict[str, str]:
    """The part of the source most like the quotation, for whoever copied it wrongly."""
    import difflib

    found = difflib.SequenceMatcher(None, source, quote, autojunk=False).find_longest_match()
    if found.size < min(8, len(quote) // 2):
        return {"nearest": "", "nearest_en": ""}
    start = max(0, found.a - found.b)
    like = source[start : start + len(quote)].split("\n")[0]
    return {"nearest": f"; gần nhất là «{like}»", "nearest_en": f"; the nearest is «{like}»"}
