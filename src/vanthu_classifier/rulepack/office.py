"""An office's own pack: one .toml file on top of a pack of law.

The Decision's third paragraph lets an office add types that go out electronically only *inside* the office (LEGAL A46), and its lists leave questions
that an office may settle for itself. Nothing else can be changed: towards other agencies list 2 stands, whatever a file says, and a file
that tries is refused (`OverrulesLawError`).

    bo_nen, co_quan, can_cu    the pack below, the office, and its act that says so
    [noi_bo] chi_dien_tu       types that go out electronically only inside
    [vi_tri]                   a rule of the base that leaves the choice to an office, and what was chosen
    [viet_tat]                 symbols of types that only this office uses
    [don_vi]                   the office's units, with their abbreviations: recipients among them are inside
    [[thu]]                    documents to try at every load, with the answer expected
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import InputError, OverrulesLawError, PackFault, RulePackError
from vanthu_classifier.loai_van_ban import by_code, code_of_symbol, normalize, types
from vanthu_classifier.local import Local, folded
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.faults import fault
from vanthu_classifier.rulepack.load import DEFAULT, Gathered, load, meant, names
from vanthu_classifier.rulepack.schema import Case, Pack, Rule
from vanthu_classifier.rulepack.tomlfile import TomlFile
from vanthu_classifier.so_ky_hieu import may_be_an_office

__all__ = ["CHOICES", "INSIDE", "TRIAL_KEYS", "gather_office", "settleable"]

CHOICES = {
    "dien_tu": Dispatch.ELECTRONIC_ONLY,
    "kem_giay": Dispatch.ELECTRONIC_AND_PAPER,
    "hoi": Dispatch.NEEDS_REVIEW,
    "khong_gui_mang": Dispatch.NOT_BY_NETWORK,
}
"""The answers as an office's file writes them."""
INSIDE = "NOI-BO"
"""Id of the rule that `[noi_bo]` makes."""
TRIAL_KEYS = (
    "trich_yeu",
    "so_ky_hieu",
    "loai_van_ban",
    "ngay_ban_hanh",
    "noi_nhan",
    "hinh_thuc_sao",
    "do_mat",
    "noi_bo",
)
_KEYS = ("bo_nen", "ma", "co_quan", "can_cu", "noi_bo", "vi_tri", "viet_tat", "don_vi", "thu")
_ABOVE = ("secrecy", "party", "outside", "normative")
"""Groups of rules that stand above whatever an office says."""


def settleable(pack: Pack) -> dict[str, Rule]:
    """The rules of a pack that leave a choice to an office, by id.

    >>> from vanthu_classifier import rulepack
    >>> sorted(settleable(rulepack.load()))[:3]
    ['A07', 'A11', 'A12']
    """
    return {rule.id: rule for rule in pack.rules.values() if rule.office}


def gather_office(path: Path) -> Gathered:
    """The office's pack on its base, with every fault of the file; no pack where the base is not known."""
    return _Office(path).gathered()


class _Office:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[PackFault] = []
        self.file = TomlFile.read(path, path.name, self.faults)
        self.data = self.file.data

    def fault(self, code: str, rule: str | None = None, line: int | None = None, **words: object) -> None:
        self.faults.append(fault(code, self.file.name, rule, line, **words))

    def gathered(self) -> Gathered:
        if not self.file.lines or (self.faults and not self.data):
            return Gathered(None, tuple(self.faults))
        base = self._base()
        self._unknown(None, self.data, _KEYS)
        office = self._text("co_quan", 'co_quan = "Ủy ban nhân dân xã Hương Lộc"', required=True)
        authority = self._text("can_cu", 'can_cu = "Quyết định số 12/QĐ-UBND ngày 05/01/2019"')
        tables = {name: self._table(name) for name in ("noi_bo", "vi_tri", "viet_tat", "don_vi")}
        if (tables["noi_bo"] or tables["vi_tri"]) and not authority:
            self.fault("needs-authority", line=self.file.line("noi_bo") or self.file.line("vi_tri"))
        local = self._local(tables["viet_tat"], tables["don_vi"])
        cases = self._trials()
        inside = self._inside(tables["noi_bo"], base)
        settled = self._settled(tables["vi_tri"], base)
        error = OverrulesLawError if any(f.code == "list-2-stands" for f in self.faults) else RulePackError
        if base is None:
            return Gathered(None, tuple(self.faults), error)
        rules = {id: self._settle(rule, settled.get(id), office, authority) for id, rule in base.rules.items()}
        if inside:
            rules = self._with_inside(rules, inside, base, authority, tables["noi_bo"].get("trich", ""))
        name = self._text("ma", "") or re.sub(r"[^a-z0-9]+", "-", folded(self.path.stem)).strip("-") or "co-quan"
        pack = replace(
            base, id=f"{base.id}+{name}", title=f"Quy tắc riêng của {office}, trên {base.short}",
            title_en=f"Rules of {office}, on top of {base.title_en}", issuer=office, rules=rules, cases=cases, local=local, base=base.id,
            sha256=hashlib.sha256(base.sha256.encode() + self.path.read_bytes()).hexdigest(), silences=base.silences,
        )  # fmt: skip
        return Gathered(pack, tuple(self.faults), error)

    # -------------------------------------------------------------- keys and tables

    def _unknown(self, table: str | None, row: Mapping[str, Any], known: tuple[str, ...], number: int = 1) -> None:
        for key in row:
            if key not in known:
                near = meant(key, known)["meant"].removeprefix("; ")
                listed = ", ".join(known) + (f" ({near})" if near else "")
                self.fault("unknown-key", table, self.file.line(table, number, key), key=key, known=listed)

    def _text(self, key: str, example: str, *, required: bool = False) -> str:
        found = self.data.get(key)
        if found is None:
            if required:
                self.fault("missing-key", key=key, example=example)
            return ""
        if not isinstance(found, str) or not found.strip():
            self._wrong(None, key, found, "một chuỗi chữ", "a text", example or f'{key} = "ubnd-xa"')
            return ""
        return found.strip()

    def _table(self, name: str) -> dict[str, Any]:
        found = self.data.get(name, {})
        if isinstance(found, dict):
            return found
        self._wrong(None, name, found, f"một bảng [{name}]", f"a table [{name}]", _TABLES[name])
        return {}

    def _wrong(self, table: str | None, key: str, found: object, wanted: str, wanted_en: str, example: str) -> None:
        line = self.file.line(table, 1, key)
        self.fault(
            "wrong-value",
            table,
            line,
            key=key,
            found=_shown(found),
            wanted=wanted,
            wanted_en=wanted_en,
            example=example,
        )

    def _base(self) -> Pack | None:
        name = self.data.get("bo_nen", DEFAULT)
        if name in names():
            return load(name)
        self.fault(
            "base-unknown", line=self.file.line(None, 1, "bo_nen"), base=name, known=", ".join(names()), example=DEFAULT
        )
        return None

    def _type(self, table: str, key: str, name: object) -> str | None:
        """The code of a type given by name or abbreviation; what is none goes to the faults."""
        try:
            return normalize(name) if isinstance(name, str) else None
        except InputError:
            pass
        finally:
            if not isinstance(name, str):
                self._wrong(table, key, name, "tên loại văn bản", "the name of a type", _TABLES[table])
        every = [word for row in types().values() for word in (row.code, row.name)]
        self.fault("type-unknown", table, self.file.line(table, 1, key), name=name, **meant(str(name), every))
        return None

    # -------------------------------------------------------------- the office's words

    def _local(self, abbreviations: Mapping[str, Any], units: Mapping[str, Any]) -> Local:
        short: dict[str, str] = {}
        for name, meaning in abbreviations.items():
            code = self._type("viet_tat", name, meaning)
            if code is not None and self._is_free("viet_tat", name, code):
                short[name.upper()] = code
        named: set[str] = set()
        begun: set[str] = set()
        for name, value in units.items():
            listed = value if isinstance(value, list) else [value]
            if not all(isinstance(v, str) for v in listed):
                self._wrong(
                    "don_vi",
                    name,
                    value,
                    'chữ viết tắt của đơn vị, hoặc ""',
                    'the unit\'s abbreviation, or ""',
                    _TABLES["don_vi"],
                )
                continue
            named.add(folded(name))
            wanted = [v.strip() for v in listed if v.strip()]
            named |= {folded(v) for v in wanted}
            begun |= {
                v.upper().partition("-")[0] for v in wanted if self._is_free("don_vi", v.partition("-")[0], "CV", name)
            }
        return Local(short, frozenset(begun), frozenset(named))

    def _is_free(self, table: str, name: str, code: str, key: str | None = None) -> bool:
        """Whether the decree leaves the abbreviation to the office."""
        taken = code_of_symbol(name)
        if taken in (None, code) or (table == "don_vi" and may_be_an_office(name)):
            return True
        self.fault(
            "abbreviation-taken", table, self.file.line(table, 1, key or name), name=name, type=by_code(str(taken)).name
        )
        return False

    # -------------------------------------------------------------- what the office decided

    def _inside(self, table: Mapping[str, Any], base: Pack | None) -> list[str]:
        self._unknown("noi_bo", table, ("chi_dien_tu", "trich"))
        listed = table.get("chi_dien_tu", [])
        if not isinstance(listed, list):
            self._wrong("noi_bo", "chi_dien_tu", listed, "một danh sách", "a list", _TABLES["noi_bo"])
            return []
        if listed and base is not None and base.office_clause is None:
            self.fault("no-enabling-clause", "noi_bo", self.file.line("noi_bo"), base=base.id, example=DEFAULT)
            return []
        codes = []
        for name in listed:
            code = self._type("noi_bo", "chi_dien_tu", name)
            if code is not None and by_code(code).group == "quy_pham":
                self.fault(
                    "normative-inside", "noi_bo", self.file.line("noi_bo", 1, "chi_dien_tu"), name=by_code(code).name
                )
            elif code is not None:
                codes.append(code)
        return codes

    def _with_inside(
        self, rules: dict[str, Rule], codes: list[str], base: Pack, authority: str, quoted: str
    ) -> dict[str, Rule]:
        clause = base.rules[str(base.office_clause)]
        above = [id for id, rule in rules.items() if rule.group in _ABOVE]
        listed = ", ".join(by_code(code).name.lower() for code in codes)
        own = Rule(
            id=INSIDE, group="office", outcome=Dispatch.ELECTRONIC_ONLY, standing="text", quote=clause.quote, focus=clause.focus,
            reading=f"{authority}: trong nội bộ, {listed} chỉ gửi bản điện tử." + (f" «{quoted}»" if quoted else ""),
            reading_en=f"{authority}: inside the office, {listed} go out electronically only.", category=clause.category, place=clause.place,
            place_en=clause.place_en, file=self.file.name, line=self.file.line("noi_bo"), overrides=frozenset(rules.keys() - set(above)),
            when={"noi_bo": frozenset({"true"}), "loai": frozenset(codes), "quy_pham": frozenset({"false"})},
        )  # fmt: skip
        for id in above:
            rules[id] = replace(rules[id], overrides=rules[id].overrides | {INSIDE})
        return rules | {INSIDE: own}

    def _settled(self, table: Mapping[str, Any], base: Pack | None) -> dict[str, Dispatch]:
        out: dict[str, Dispatch] = {}
        for id, word in table.items():
            line = self.file.line("vi_tri", 1, id)
            chosen = CHOICES.get(word) if isinstance(word, str) else None
            if chosen is None or chosen is Dispatch.NOT_BY_NETWORK:
                wanted = "dien_tu, kem_giay hoặc hoi"
                self._wrong("vi_tri", id, word, wanted, "dien_tu, kem_giay or hoi", f'{id} = "dien_tu"')
            elif base is not None and self._may(id, chosen, base, line):
                out[id] = chosen
        return out

    def _may(self, id: str, chosen: Dispatch, base: Pack, line: int | None) -> bool:
        rule = base.rules.get(id)
        if rule is not None and rule.office and chosen in (*rule.office, Dispatch.NEEDS_REVIEW):
            return True
        wants_paper = rule is not None and Dispatch.ELECTRONIC_AND_PAPER in (rule.outcome, rule.lean)
        if wants_paper and chosen is Dispatch.ELECTRONIC_ONLY:
            assert rule is not None
            self.fault("list-2-stands", "vi_tri", line, what=f"{id} («{rule.focus or rule.quote}»)", choice="kem_giay")
        else:
            self.fault("not-for-the-office", "vi_tri", line, id=id, known=", ".join(sorted(settleable(base))))
        return False

    def _settle(self, rule: Rule, chosen: Dispatch | None, office: str, authority: str) -> Rule:
        if chosen is None:
            return rule
        asks = chosen is Dispatch.NEEDS_REVIEW
        return replace(
            rule, outcome=chosen, lean=(rule.lean or (rule.outcome if rule.outcome is not chosen else None)) if asks else None,
            standing="open" if asks else "reading", reading=f"{office} đã chốt, theo {authority}: {chosen.label_vi.lower()}. {rule.reading}",
            reading_en=f"Settled by {office}, {authority}: {chosen.label_en.lower()}. {rule.reading_en}",
            note=rule.note if asks else "", note_en=rule.note_en if asks else "",
        )  # fmt: skip

    # -------------------------------------------------------------- trials

    def _trials(self) -> tuple[Case, ...]:
        cases = []
        for number, row in enumerate(self.file.rows("thu"), 1):
            id, line = f"thu {number}", self.file.line("thu", number)
            self._unknown("thu", row, (*TRIAL_KEYS, "ket_qua", "ghi_chu"), number)
            for key, example in (("trich_yeu", '"Biên bản họp giao ban"'), ("ket_qua", '"dien_tu"')):
                if key not in row:
                    self.fault("missing-key", id, line, key=key, example=f"{key} = {example}")
            expected = CHOICES.get(str(row.get("ket_qua")))
            if "ket_qua" in row and expected is None:
                at = self.file.line("thu", number, "ket_qua")
                wanted, example = ", ".join(CHOICES), 'ket_qua = "dien_tu"'
                self.fault("wrong-value", id, at, key="ket_qua", found=_shown(row["ket_qua"]), wanted=f"một trong: {wanted}", wanted_en=f"one of {wanted}", example=example)  # fmt: skip
            elif expected is not None and "trich_yeu" in row:
                args = {key: value for key, value in row.items() if key in TRIAL_KEYS}
                cases.append(
                    Case(id, str(row.get("ghi_chu", "")), "", args, {"dispatch": str(expected)}, self.file.name, line)
                )
        if not self.file.rows("thu"):
            self.fault("no-trial")
        return tuple(cases)


_TABLES = {
    "noi_bo": 'chi_dien_tu = ["Biên bản", "Phiếu trình"]',
    "vi_tri": 'A12 = "dien_tu"',
    "viet_tat": 'PGV = "Phiếu trình"',
    "don_vi": '"Phòng Nội vụ" = "NV"',
}


def _shown(value: object) -> str:
    return f"«{value}»" if isinstance(value, str | date) else repr(value)
