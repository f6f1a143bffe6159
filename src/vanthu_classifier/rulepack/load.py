"""Reading a rule pack, and refusing a bad one with all of its faults at once.

What loading guarantees (each fault names the file and the rule):

* `pack.toml` has every field, with dates that are dates;
* ids are unique; every rule has quotation, reading, outcome, standing; a `lean` goes with `needs_review` only;
* `when` names known kinds of fact and known values; at least one kind;
* `overrides` name rules or groups of the pack, and have no cycle;
* the quotation stands in the source, letter for letter, and so does every item of `items.toml`, the list of what the source says;
* every item is transcribed by a rule or listed in `omitted.toml` with a reason;
* every rule has a matching example and a near miss, and they match and do not match;
* the cases hold.

The last two need every example read. A pack that ships with the library carries the hash under which that was done
(`VERIFIED`, written by `python -m vanthu_classifier.rulepack.load --stamp`, and checked by the tests); while the hash still fits, the examples are not read again.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from vanthu_classifier import facts as facts_module
from vanthu_classifier.errors import RulePackError, VanThuError
from vanthu_classifier.facts import Facts, purposes
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.noi_nhan import Role
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.resolve import rule_document
from vanthu_classifier.rulepack.schema import KEYS, Case, Example, Pack, Rule, situation

__all__ = ["DEFAULT", "check_cases", "check_examples", "load", "names"]

DEFAULT = "qd-40-2018-qd-ubnd"
"""The pack of Decision 40/2018/QĐ-UBND of Thừa Thiên Huế."""

_STANDINGS = ("text", "reading", "silence", "open")
_STAMP = "VERIFIED"


def names() -> tuple[str, ...]:
    """Ids of the packs that ship with the library.

    >>> "qd-40-2018-qd-ubnd" in names()
    True
    """
    home = files("vanthu_classifier").joinpath("rulepacks")
    return tuple(sorted(p.name for p in home.iterdir() if p.joinpath("pack.toml").is_file()))


@lru_cache(maxsize=8)
def load(pack: str | Path = DEFAULT) -> Pack:
    """The pack with this id, or the pack in this folder.

    `RulePackError` lists every fault of the pack, each with file and rule.

    >>> p = load()
    >>> p.id, p.in_force_to.isoformat(), p.rules["B03"].quote
    ('qd-40-2018-qd-ubnd', '2021-04-09', 'tờ trình')
    """
    if isinstance(pack, str) and pack in names():
        with as_file(files("vanthu_classifier").joinpath("rulepacks", pack)) as folder:
            return _load(folder)
    folder = Path(pack)
    if not folder.joinpath("pack.toml").is_file():
        raise RulePackError(
            f"Không có bộ quy tắc «{pack}».",
            remedy=f"Dùng một trong các bộ có sẵn ({', '.join(names())}) hoặc thư mục có tệp pack.toml.",
            path=str(pack),
        )
    return _load(folder)


def _load(folder: Path) -> Pack:
    faults: list[str] = []
    digest = _digest(folder)
    head = _toml(folder, "pack.toml", faults)
    source = folder.joinpath("source.txt")
    source_text = source.read_text(encoding="utf-8") if source.is_file() else ""
    if not source_text:
        faults.append("source.txt: missing or empty; put the text of the act there, verbatim")
    rules = _rules(folder, source_text, faults)
    _overrides(rules, faults)
    omitted = _items(folder, source_text, rules, faults)
    cases = _cases(folder, faults)
    fields = _head(head, faults)
    if faults:
        raise _refusal(folder, faults)
    built = Pack(
        **fields, source_text=source_text, rules={r.id: r for r in rules}, cases=cases, sha256=digest, omitted=omitted
    )
    stamp = folder.joinpath(_STAMP)
    if not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != digest:
        faults = [*check_examples(built), *check_cases(built)]
        if faults:
            raise _refusal(folder, faults)
    return built


def _refusal(folder: Path, faults: Sequence[str]) -> RulePackError:
    return RulePackError(
        f"Bộ quy tắc có {len(faults)} lỗi.",
        faults=tuple(faults),
        remedy="Sửa các chỗ nêu trên rồi nạp lại.",
        path=folder.name,
    )


def _digest(folder: Path) -> str:
    """One hash over the pack's files and the phrases its examples are read with."""
    digest = hashlib.sha256()
    lexicon = files("vanthu_classifier").joinpath("data")
    parts = [
        (p.relative_to(folder).as_posix(), p.read_bytes())
        for p in sorted(folder.rglob("*"))
        if p.suffix in (".toml", ".txt")
    ]
    parts += [(name, lexicon.joinpath(name).read_bytes()) for name in ("muc_dich.toml", "loai_van_ban.toml")]
    for name, content in parts:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _toml(folder: Path, name: str, faults: list[str]) -> dict[str, Any]:
    path = folder.joinpath(name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{name}: missing")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{name}: not readable as TOML in UTF-8: {error}")
    return {}


def _head(head: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, kind in {
        "id": str, "title": str, "title_en": str, "issuer": str, "signed": date, "source": str, "checked_on": date,
    }.items():  # fmt: skip
        value = head.get(key)
        if not isinstance(value, kind) or value == "":
            faults.append(f"pack.toml: {key}: wanted a {kind.__name__}, found {value!r}")
        fields[key] = value
    for key in ("in_force_from", "in_force_to"):
        value = head.get(key)
        if value is not None and not isinstance(value, date):
            faults.append(f"pack.toml: {key}: wanted a date (YYYY-MM-DD), found {value!r}")
        fields[key] = value
    if head.get("conflict", "needs_review") != "needs_review":
        faults.append("pack.toml: conflict: only needs_review is known")
    fields["silence"] = _dispatch(head.get("silence", "needs_review"), "pack.toml: silence", faults)
    return fields


def _dispatch(value: object, where: str, faults: list[str]) -> Dispatch:
    try:
        return Dispatch(str(value))
    except ValueError:
        faults.append(f"{where}: wanted one of {', '.join(Dispatch)}, found {value!r}")
        return Dispatch.NEEDS_REVIEW


def _values() -> dict[str, frozenset[str] | None]:
    yes_no = frozenset({"true", "false"})
    return {
        "loai": frozenset(types()) | {""},
        "quy_pham": yes_no,
        "he_thong": frozenset({"state", "party"}),
        "hinh_thuc": frozenset(purposes()["hinh_thuc"]) | {"", "sao_y", "sao_luc", "trich_sao"},
        "mat": yes_no,
        "noi_bo": yes_no,
        "vai_tro": frozenset(str(r) for r in Role) | {""},
        "muc_dich": frozenset(purposes()["muc_dich"]),
        "ky": frozenset(purposes()["ky"]),
    }


def _rules(folder: Path, source_text: str, faults: list[str]) -> list[Rule]:
    rules: list[Rule] = []
    seen: dict[str, str] = {}
    known = _values()
    for path in sorted(folder.joinpath("rules").glob("*.toml")):
        name = f"rules/{path.name}"
        for number, row in enumerate(_toml(folder, name, faults).get("rule", []), 1):
            where = f"{name}: rule {row.get('id') or f'no. {number}'}"
            if row.get("id") in seen:
                faults.append(f"{where}: the id stands in {seen[row['id']]} already")
            seen[str(row.get("id"))] = name
            rule = _rule(row, where, name, known, source_text, faults)
            if rule:
                rules.append(rule)
    if not rules and not faults:
        faults.append("rules/: no rule found; write rules/*.toml with [[rule]] tables")
    return rules


def _rule(
    row: dict[str, Any],
    where: str,
    file: str,
    known: Mapping[str, frozenset[str] | None],
    source_text: str,
    faults: list[str],
) -> Rule | None:
    before = len(faults)
    allowed = {
        "id", "category", "group", "quote", "focus", "reading", "reading_en", "outcome", "standing", "lean", "when", "overrides", "note", "note_en",
        "examples", "near_misses",
    }  # fmt: skip
    faults += [f"{where}: {key}: unknown key" for key in sorted(set(row) - allowed)]
    faults += [
        f"{where}: {key}: missing"
        for key in ("id", "group", "quote", "reading", "reading_en", "outcome", "standing", "when")
        if not row.get(key)
    ]
    outcome = _dispatch(row.get("outcome"), f"{where}: outcome", faults)
    lean = _dispatch(row["lean"], f"{where}: lean", faults) if "lean" in row else None
    if lean is not None and outcome is not Dispatch.NEEDS_REVIEW:
        faults.append(f"{where}: lean: only a rule that needs review leans")
    if row.get("standing") not in _STANDINGS:
        faults.append(f"{where}: standing: wanted one of {', '.join(_STANDINGS)}, found {row.get('standing')!r}")
    if (row.get("standing") == "open") != (outcome is Dispatch.NEEDS_REVIEW):
        faults.append(f"{where}: standing: open goes with needs_review, and only with it")
    if row.get("quote") and str(row["quote"]) not in source_text:
        faults.append(f"{where}: quote: does not stand in source.txt letter for letter: «{row['quote']}»")
    when = _when(row.get("when"), where, known, faults)
    for side in ("examples", "near_misses"):
        if not row.get(side):
            faults.append(f"{where}: {side}: give at least one")
    if len(faults) > before:
        return None
    return Rule(
        id=row["id"], group=row["group"], outcome=outcome, standing=row["standing"], quote=row["quote"], reading=row["reading"],
        reading_en=row["reading_en"], when=when, category=row.get("category"), focus=row.get("focus", ""), lean=lean,
        overrides=frozenset(row.get("overrides", ())), note=row.get("note", ""), note_en=row.get("note_en", ""), file=file,
        examples=tuple(map(_example, row["examples"])), near_misses=tuple(map(_example, row["near_misses"])),
    )  # fmt: skip


def _when(
    value: object, where: str, known: Mapping[str, frozenset[str] | None], faults: list[str]
) -> dict[str, frozenset[str]]:
    out: dict[str, frozenset[str]] = {}
    if not isinstance(value, dict):
        return out
    for key, wanted in value.items():
        if key not in KEYS:
            faults.append(f"{where}: when.{key}: unknown kind of fact; known are {', '.join(KEYS)}")
            continue
        values = wanted if isinstance(wanted, list) else [wanted]
        texts = frozenset(str(v).lower() if isinstance(v, bool) else str(v) for v in values)
        strange = texts - (known[key] or texts)
        faults += [f"{where}: when.{key}: no such value: «{v}»" for v in sorted(strange)]
        out[key] = texts
    return out


def _example(value: object) -> Example:
    return Example(value if isinstance(value, dict) else {"trich_yeu": str(value)})


def _overrides(rules: list[Rule], faults: list[str]) -> None:
    """Groups ("@type") spelt out as ids; unknown names and cycles reported."""
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
                faults.append(f"{rule.file}: rule {rule.id}: overrides: no rule or group «{name}»")
        rules[i] = replace(rule, overrides=frozenset(spelt))
    by_id = {rule.id: rule for rule in rules}
    done: set[str] = set()
    for start in by_id:
        _walk(start, by_id, [], done, faults)


def _walk(at: str, by_id: Mapping[str, Rule], path: list[str], done: set[str], faults: list[str]) -> None:
    if at in path:
        cycle = [*path[path.index(at) :], at]
        faults.append(f"{by_id[at].file}: rule {at}: overrides: a cycle: {' > '.join(cycle)}")
        return
    if at in done:
        return
    for name in sorted(by_id[at].overrides & by_id.keys()):
        _walk(name, by_id, [*path, at], done, faults)
    done.add(at)


def _items(folder: Path, source_text: str, rules: list[Rule], faults: list[str]) -> dict[str, str]:
    items = _toml(folder, "items.toml", faults).get("item", [])
    omitted = {}
    if folder.joinpath("omitted.toml").is_file():
        omitted = {
            row.get("id", ""): row.get("reason", "") for row in _toml(folder, "omitted.toml", faults).get("omitted", [])
        }
    transcribed = {rule.category for rule in rules}
    known = {item.get("id") for item in items}
    for item in items:
        if item.get("quote", "") not in source_text or not item.get("quote"):
            faults.append(f"items.toml: item {item.get('id')}: quote: does not stand in source.txt")
        if item.get("id") not in transcribed and not omitted.get(item.get("id", "")):
            faults.append(f"items.toml: item {item.get('id')}: neither a rule nor listed in omitted.toml with a reason")
    for rule in rules:
        if rule.category is not None and rule.category not in known:
            faults.append(f"{rule.file}: rule {rule.id}: category: no item «{rule.category}» in items.toml")
    return omitted


def _cases(folder: Path, faults: list[str]) -> tuple[Case, ...]:
    out = []
    seen: set[str] = set()
    for number, row in enumerate(_toml(folder, "cases.toml", faults).get("case", []), 1):
        where = f"cases.toml: case {row.get('id') or f'no. {number}'}"
        missing = [key for key in ("id", "says", "args", "expect") if not row.get(key)]
        faults += [f"{where}: {key}: missing" for key in missing]
        if row.get("id") in seen:
            faults.append(f"{where}: the id stands twice")
        seen.add(str(row.get("id")))
        if not missing:
            out.append(Case(row["id"], row["says"], row.get("position", ""), row["args"], row["expect"]))
    return tuple(out)


def _situations_of(rule: Rule, facts: Facts) -> list[Any]:
    """The situations in which an example may show the rule, for every role.

    An example that states no type stands for a letter where it is headed "V/v", and otherwise for the types that the rule is about.
    """
    wanted = rule.when.get("loai", frozenset())
    loais: list[str | None] = [None] if facts.loai or not wanted else [*sorted(wanted)]
    if facts.loai is None and facts.title.text.startswith("V/v"):
        loais = ["CV"]
    roles = ["", *(str(r.role) for r in facts.recipients)]
    return [situation(facts, loai=loai, vai_tro=role) for loai in loais for role in roles]


def check_examples(pack: Pack) -> list[str]:
    """Faults of the rules' examples: those that do not match, and near misses that do."""
    faults = []
    for rule in pack.rules.values():
        for side, examples, wanted in (("examples", rule.examples, True), ("near_misses", rule.near_misses, False)):
            for example in examples:
                where = f"{rule.file}: rule {rule.id}: {side}: «{example.trich_yeu}»"
                try:
                    facts = facts_module.read(**example.args)  # type: ignore[arg-type]
                except (VanThuError, TypeError) as error:
                    faults.append(f"{where}: {error}")
                    continue
                if any(rule.speaks(s) for s in _situations_of(rule, facts)) is not wanted:
                    said = f"type {facts.loai}, purposes {sorted(facts.muc_dich)}, periods {sorted(facts.ky)}, form «{facts.hinh_thuc}»"
                    faults.append(f"{where}: {'does not match' if wanted else 'matches'} ({said})")
    return faults


def check_cases(pack: Pack) -> list[str]:
    """Faults of the pack's cases: decisions that do not come out as the case says."""
    faults = []
    for case in pack.cases:
        try:
            facts = facts_module.read(**case.args)  # type: ignore[arg-type]
        except (VanThuError, TypeError) as error:
            faults.append(f"cases.toml: case {case.id}: {error}")
            continue
        ruling, each = rule_document(pack, facts)
        got: dict[str, object] = {
            "dispatch": str(ruling.outcome),
            "lean": str(ruling.lean) if ruling.lean else "",
            "rule": ruling.rule.id if ruling.rule else "",
            "category": (ruling.rule.category or "") if ruling.rule else "",
            "recipients": [str(r.ruling.outcome) if r.ruling else "" for r in each],
            "note": ruling.rule.note if ruling.rule else "",
        }
        for key, wanted in case.expect.items():
            if key not in got:
                faults.append(f"cases.toml: case {case.id}: expect.{key}: unknown; known are {', '.join(got)}")
            elif (bool(got[key]) is not wanted) if isinstance(wanted, bool) else got[key] != wanted:
                faults.append(f"cases.toml: case {case.id}: {key}: wanted {wanted!r}, came out {got[key]!r}")
    return faults


def _stamp() -> int:
    """Read every example of the shipped packs and note the hash under which they hold."""
    home = Path(str(files("vanthu_classifier").joinpath("rulepacks")))
    for name in names():
        folder = home / name
        folder.joinpath(_STAMP).unlink(missing_ok=True)
        try:
            pack = _load(folder)
        except RulePackError as error:
            print(error, file=sys.stderr)
            return error.exit_code
        folder.joinpath(_STAMP).write_text(pack.sha256 + "\n", encoding="ascii")
        print(f"{name}: {len(pack.rules)} rules, {len(pack.cases)} cases hold; {pack.sha256[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(_stamp())
