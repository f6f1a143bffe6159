"""The commands `vanthu rules …`: the law as text, checked, tried, measured and compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.comparison import Comparison
    from vanthu_classifier.coverage import Coverage
    from vanthu_classifier.errors import PackFault
    from vanthu_classifier.rulepack import Pack, Rule
    from vanthu_classifier.rulepack.lint import Findings
    from vanthu_classifier.rulepack.trace import Traced
    from vanthu_classifier.rulepack.words import Lang

__all__ = ["rules"]


@click.group()
def rules() -> None:
    """Bộ quy tắc: đọc, thử, kiểm tra, so sánh."""


_pack_option = click.option(
    "--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc: tên, thư mục, hoặc tệp .toml của cơ quan."
)
_lang_option = click.option(
    "--lang", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Ngôn ngữ."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="In ra dạng JSON.")


def _pack(name: str | None) -> Pack:
    from vanthu_classifier.rulepack import DEFAULT, load

    return load(name or DEFAULT)


# ------------------------------------------------------------------ list, show

_LABELS = {"vi": ("label_vi", "nghiêng về"), "en": ("label_en", "leaning to")}


def _outcome(rule: Rule, lang: Lang) -> str:
    attribute, leaning = _LABELS[lang]
    lean = f" ({leaning}: {getattr(rule.lean, attribute).lower()})" if rule.lean else ""
    return f"{getattr(rule.outcome, attribute)}{lean}"


@rules.command("list", short_help="Mọi quy tắc của một bộ.")
@_pack_option
@_lang_option
@_json_option
def rules_list(rule_pack: str | None, lang: Lang, as_json: bool) -> int:
    """Mọi quy tắc của một bộ: mã, kết quả, điều khoản."""
    pack = _pack(rule_pack)
    if as_json:
        click.echo(json.dumps([_plain(rule) for rule in pack.rules.values()], ensure_ascii=False, indent=1))
        return 0
    click.echo(f"{pack.id}: {pack.title if lang == 'vi' else pack.title_en}")
    for rule in pack.rules.values():
        attribute, _ = _LABELS[lang]
        click.echo(f"{rule.id:16} {getattr(rule.outcome, attribute):32} «{rule.focus or rule.quote}»")
    for silence in pack.silences:
        said = "Để ngỏ" if lang == "vi" else "Stated silence"
        click.echo(f"{silence.id:16} {said:32} {silence.reason if lang == 'vi' else silence.reason_en}")
    return 0


@rules.command("show", short_help="Một quy tắc: điều khoản, cách hiểu, ví dụ.")
@click.argument("rule_id", metavar="ID")
@_pack_option
@_lang_option
@_json_option
def rules_show(rule_id: str, rule_pack: str | None, lang: Lang, as_json: bool) -> int:
    """Một quy tắc: nguyên văn điều khoản, cách hiểu, điều kiện, ví dụ hai phía."""
    from vanthu_classifier.errors import InputError

    pack = _pack(rule_pack)
    wanted = rule_id.lower()
    found = [r for r in pack.rules.values() if wanted in (r.id.lower(), (r.category or "").lower())]
    if not found:
        near = [r.id for r in pack.rules.values() if r.id.lower().startswith(wanted[:1])][:8]
        remedy = "Xem danh sách bằng: vanthu rules list"
        raise InputError(
            f"Bộ {pack.id} không có quy tắc «{rule_id}».",
            remedy=f"Có thể là: {', '.join(near)}. {remedy}" if near else remedy,
        )
    if as_json:
        click.echo(json.dumps([_plain(rule) for rule in found], ensure_ascii=False, indent=1))
        return 0
    click.echo("\n\n".join(_shown(rule, lang) for rule in found))
    return 0


_HEADS = {
    "vi": ("Nguyên văn", "Vị trí", "Cách hiểu", "Khi", "Ghi chú", "Đúng", "Không phải", "Đứng trên", "Cơ quan chọn"),
    "en": ("Clause", "Place", "Reading", "When", "Note", "Matches", "Does not", "Overrides", "Office may"),
}


def _shown(rule: Rule, lang: Lang) -> str:
    from vanthu_classifier.rulepack.words import kind_of_fact, values_in_words

    vi = lang == "vi"
    quote, place, reading, when, note, match, miss, over, office = _HEADS[lang]
    rows = [(quote, f"«{rule.quote}»"), (place, rule.place if vi else rule.place_en)]
    rows.append((reading, rule.reading if vi else rule.reading_en))
    rows += [(when, f"{kind_of_fact(k, lang)}: {values_in_words(k, v, lang)}") for k, v in rule.when.items()]
    rows.append((note, rule.note if vi else rule.note_en))
    rows += [(match, _example(e.args)) for e in rule.examples] + [(miss, _example(e.args)) for e in rule.near_misses]
    rows.append((over, ", ".join(sorted(rule.overrides))))
    rows.append((office, ", ".join(sorted(o.label_vi if vi else o.label_en for o in rule.office))))
    lines = [click.style(f"{rule.id}: {_outcome(rule, lang)}", bold=True)]
    previous = ""
    for head, text in rows:
        if text:
            lines.append(f"  {'' if head == previous else head + ':':13} {text}")
            previous = head
    return "\n".join(lines)


def _example(args: Any) -> str:
    more = "; ".join(f"{k}: {', '.join(v) if isinstance(v, list) else v}" for k, v in args.items() if k != "trich_yeu")
    return str(args["trich_yeu"]) + (f" [{more}]" if more else "")


def _plain(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id, "category": rule.category, "outcome": str(rule.outcome), "lean": rule.lean and str(rule.lean), "standing": rule.standing,
        "quote": rule.quote, "focus": rule.focus, "place": rule.place, "reading": rule.reading, "reading_en": rule.reading_en,
        "when": {k: sorted(v) for k, v in rule.when.items()}, "overrides": sorted(rule.overrides), "note": rule.note, "note_en": rule.note_en,
        "examples": [dict(e.args) for e in rule.examples], "near_misses": [dict(e.args) for e in rule.near_misses],
        "office": sorted(rule.office), "file": rule.file, "line": rule.line,
    }  # fmt: skip


# ------------------------------------------------------------------ try


@rules.command("try", short_help="Thử một trích yếu trên mọi quy tắc.")
@click.argument("trich_yeu", metavar="TRÍCH YẾU")
@click.option("--so-ky-hieu", "-s", metavar="S", help="Số và ký hiệu, ví dụ 15/TTr-UBND.")
@click.option("--loai", metavar="LOẠI", help="Tên loại hoặc chữ viết tắt.")
@click.option("--vai-tro", metavar="R", default="", help="Vai trò một nơi nhận: lead, information, leaders, …")
@click.option("--noi-bo", is_flag=True, help="Văn bản chỉ gửi trong nội bộ cơ quan.")
@click.option("--all", "everything", is_flag=True, help="In cả các quy tắc còn xa (mặc định: 8 quy tắc gần nhất).")
@click.option("--model", default=None, metavar="DIR", help="Mô hình dùng để ước lượng loại khi trích yếu không ghi.")
@_pack_option
@_lang_option
@_json_option
def rules_try(
    trich_yeu: str, so_ky_hieu: str | None, loai: str | None, vai_tro: str, noi_bo: bool, everything: bool, model: str | None,
    rule_pack: str | None, lang: Lang, as_json: bool,
) -> int:  # fmt: skip
    """Thử một trích yếu: mỗi quy tắc khớp điều kiện nào, thiếu điều kiện nào; gần nhất đứng trước."""
    from vanthu_classifier import store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.errors import ArgumentValueError
    from vanthu_classifier.facts import read
    from vanthu_classifier.rulepack import DEFAULT
    from vanthu_classifier.rulepack.schema import values
    from vanthu_classifier.rulepack.trace import trace

    if vai_tro not in values()["vai_tro"]:
        known = ", ".join(filter(None, values()["vai_tro"]))
        raise ArgumentValueError(f"Không có vai trò «{vai_tro}».", remedy=f"Dùng một trong: {known}.", column="vai-tro")
    classifier = DispatchClassifier(rule_pack or DEFAULT, model=model or store.current())
    known_args: dict[str, Any] = {"so_ky_hieu": so_ky_hieu, "loai_van_ban": loai, "noi_bo": noi_bo}
    decision = classifier.classify(trich_yeu, **known_args)
    facts = read(trich_yeu, **known_args, local=classifier.pack.local)
    traced = trace(classifier.pack, facts, loai=decision.loai_van_ban, vai_tro=vai_tro)
    supposed = decision.loai_van_ban if facts.loai is None else None
    if as_json:
        out = {
            "trich_yeu": trich_yeu,
            "supposed_type": supposed,
            "decision": decision.to_dict(),
            "rules": [t.to_dict() for t in traced],
        }
        click.echo(json.dumps(out, ensure_ascii=False))
        return 0
    click.echo("\n".join(_tried(decision, traced, supposed, lang, everything)))
    return 0


_STATUS = {
    "vi": {"cited": "✔ được trích", "agrees": "✔ cùng kết quả", "disagrees": "≠ kết quả khác", "overridden": "↓ nhường", "silent": "· còn thiếu"},
    "en": {"cited": "✔ cited", "agrees": "✔ agrees", "disagrees": "≠ disagrees", "overridden": "↓ gives way", "silent": "· missing"},
}  # fmt: skip
_NEAREST = 8


def _tried(decision: Any, traced: Iterable[Traced], supposed: str | None, lang: Lang, everything: bool) -> list[str]:
    from vanthu_classifier.explain import headline
    from vanthu_classifier.rulepack.words import value_in_words

    vi = lang == "vi"
    lines = [click.style(headline(decision, lang), bold=True)]
    if supposed:
        name = value_in_words("loai", supposed, lang)
        lines.append(
            f"  {'Trích yếu không ghi loại; xét theo loại được ước lượng' if vi else 'No type stated; tried as the likeliest'}: {name}"
        )
    silent = 0
    for t in traced:
        silent += t.status == "silent"
        if silent > _NEAREST and not everything:
            break
        head = f"{_STATUS[lang][t.status]:16} {t.rule.id:14} {_outcome(t.rule, lang)}  «{t.rule.focus or t.rule.quote}»"
        lines.append(head)
        if t.overridden_by:
            lines.append(f"{'':17}{'nhường cho' if vi else 'to'} {', '.join(t.overridden_by)}")
        lines += [f"{'':17}{'✔' if c.met else '✘'} {c.text(lang)}" for c in t.conditions]
    if not everything:
        lines.append("Xem tất cả: --all" if vi else "All of them: --all")
    return lines


# ------------------------------------------------------------------ check


@rules.command("check", short_help="Kiểm tra một bộ quy tắc, kể cả mọi tổ hợp dữ kiện.")
@click.argument("pack", required=False, metavar="[PACK]")
@click.option("--strict", is_flag=True, help="Coi cảnh báo là lỗi.")
@_lang_option
@_json_option
def rules_check(pack: str | None, strict: bool, lang: Lang, as_json: bool) -> int:
    """Kiểm tra một bộ quy tắc: từng quy tắc, mọi ví dụ và tình huống, và mọi tổ hợp dữ kiện.

    Mã thoát 3 nếu có lỗi; cảnh báo (ví dụ đã hết hiệu lực) không tính, trừ khi dùng --strict.
    """
    from vanthu_classifier.rulepack import DEFAULT
    from vanthu_classifier.rulepack.lint import lint

    findings = lint(pack or DEFAULT)
    if as_json:
        click.echo(json.dumps(_as_json(findings, pack or DEFAULT), ensure_ascii=False))
    else:
        click.echo("\n".join([*_listed(findings.faults, lang), _summary(findings, pack or DEFAULT, lang)]))
    return 3 if findings.errors or (strict and findings.faults) else 0


def _listed(faults: Iterable[PackFault], lang: Lang) -> list[str]:
    vi = lang == "vi"
    lines = []
    for f in faults:
        grade = ("cảnh báo" if vi else "warning") if f.warning else ("lỗi" if vi else "error")
        lines.append(click.style(f"{f.place}: {grade} [{f.code}]", fg="yellow" if f.warning else "red", bold=True))
        lines.append(f"    {f.what if vi else f.what_en}")
        lines.append(f"    {'Cách sửa' if vi else 'Remedy'}: {f.remedy if vi else f.remedy_en}")
    return lines


def _summary(findings: Findings, name: str, lang: Lang) -> str:
    vi = lang == "vi"
    pack, space = findings.pack, findings.space
    tally = (
        f"{len(findings.errors)} lỗi, {len(findings.warnings)} cảnh báo"
        if vi
        else f"{len(findings.errors)} errors, {len(findings.warnings)} warnings"
    )
    if pack is None or space is None:
        return f"{name}: {tally}."
    number = f"{space.combinations:,}".replace(",", "." if vi else ",")
    if vi:
        return (
            f"{pack.id}: {len(pack.rules)} quy tắc, {len(pack.cases)} tình huống; đã xét {number} tổ hợp dữ kiện ({space.kinds} dạng văn bản, "
            f"{space.classes} tập quy tắc khác nhau): {len(space.contradictions)} mâu thuẫn, {len(space.gaps)} chỗ bỏ trống. {tally}."
        )
    return (
        f"{pack.id}: {len(pack.rules)} rules, {len(pack.cases)} cases; {number} combinations of facts decided ({space.kinds} kinds of document, "
        f"{space.classes} sets of speaking rules): {len(space.contradictions)} contradictions, {len(space.gaps)} gaps. {tally}."
    )


def _as_json(findings: Findings, name: str) -> dict[str, Any]:
    from dataclasses import asdict

    space = findings.space
    return {
        "pack": findings.pack.id if findings.pack else name,
        "errors": len(findings.errors),
        "warnings": len(findings.warnings),
        "faults": [asdict(f) for f in findings.faults],
        "space": space
        and {
            "combinations": space.combinations, "kinds": space.kinds, "classes": space.classes,
            "contradictions": len(space.contradictions), "gaps": len(space.gaps),
        },
    }  # fmt: skip


# ------------------------------------------------------------------ coverage

_RULE_SHEET = {
    "rule": ("Quy tắc", 14), "outcome": ("Kết quả", 22), "clause": ("Điều khoản", 50), "speaks": ("Khớp", 9), "cited": ("Được trích", 9),
    "estimated": ("trong đó loại do ước lượng", 12), "alone": ("Một mình", 9), "together": ("Cùng kết quả với quy tắc khác", 12),
    "prevails": ("Đứng trên kết quả khác", 12), "gives_way": ("Nhường", 9), "against": ("Mâu thuẫn", 9), "against_model": ("Khác mô hình", 9),
}  # fmt: skip
_OPEN_SHEET = {
    "count": ("Số văn bản", 9), "why": ("Vì sao", 16), "loai_van_ban": ("Loại văn bản", 14), "words": ("Từ đầu", 22), "example": ("Ví dụ", 80),
}  # fmt: skip


@rules.command("coverage", short_help="Trên sổ văn bản: quy tắc nào nói, điều gì bỏ ngỏ.")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT",
    help="Bảng đầy đủ: .xlsx, .csv hoặc .jsonl.",
)
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="PLOT", help="Biểu đồ: .svg hoặc .png."
)
@click.option("--model", default=None, metavar="DIR", help="Mô hình (mặc định: mô hình đang dùng).")
@_pack_option
@_json_option
def rules_coverage(
    source: Path, out: Path | None, plot: Path | None, model: str | None, rule_pack: str | None, as_json: bool
) -> int:
    """Trên sổ văn bản, tệp .jsonl hay thư mục: mỗi quy tắc nói bao nhiêu lần, một mình, cùng nhau, ngược nhau; điều gì chưa được trả lời.

    \b
    vanthu rules coverage so_van_ban_di.xlsx -o do_phu.xlsx
    """
    from vanthu_classifier import store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.coverage import measure
    from vanthu_classifier.documents import documents
    from vanthu_classifier.rulepack import DEFAULT

    _check_endings(out, plot)
    found = measure(documents(source), DispatchClassifier(rule_pack or DEFAULT, model=model or store.current()))
    if out is not None:
        from vanthu_classifier.tables import Sheet, write_sheets

        rows, left = (_readable(out, rows) for rows in (found.rule_rows(), found.unanswered_rows()))
        write_sheets(out, [Sheet("Quy tắc", _RULE_SHEET, rows), Sheet("Chưa trả lời", _OPEN_SHEET, left)])
        click.echo(f"Bảng: {out}", err=True)
    if plot is not None:
        from vanthu_classifier.coverage_plot import draw

        draw(found, plot)
        click.echo(f"Biểu đồ: {plot}", err=True)
    click.echo(json.dumps(found.to_dict(), ensure_ascii=False) if as_json else "\n".join(_coverage_lines(found)))
    return 1 if found.unreadable else 0


def _readable(out: Path, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows as they are for programs, with answers and types in words for a spreadsheet."""
    from vanthu_classifier.loai_van_ban import types
    from vanthu_classifier.outcomes import Dispatch

    if out.suffix.lower() != ".xlsx":
        yield from rows
        return
    words: dict[str, str] = (
        {code: kind.name for code, kind in types().items()} | {str(d): d.label_vi for d in Dispatch} | _WHY
    )
    named = (
        "outcome",
        "why",
        "loai_van_ban",
        "loai_van_ban_a",
        "loai_van_ban_b",
        "dispatch_a",
        "dispatch_b",
        "lean_a",
        "lean_b",
    )
    for row in rows:
        for side in ("a", "b"):
            if row.get(f"lean_{side}"):
                leaning = words[row[f"lean_{side}"]].lower()
                row |= {f"dispatch_{side}": f"{words[row[f'dispatch_{side}']]} (nghiêng về: {leaning})"}
        yield row | {name: words.get(row[name], row[name]) for name in named if row.get(name)}


def _check_endings(out: Path | None, plot: Path | None) -> None:
    """Said before a long measurement rather than after it."""
    from vanthu_classifier.errors import InputError
    from vanthu_classifier.tables import ENDINGS

    for path, known in ((out, ENDINGS), (plot, (".svg", ".png"))):
        if path is not None and path.suffix.lower() not in known:
            raise InputError(
                f"Không biết dạng tệp «{path.suffix}».", remedy=f"Dùng một trong: {', '.join(known)}.", path=path
            )
        if path is not None and not path.parent.is_dir():
            raise InputError("Không có thư mục này.", remedy="Tạo thư mục trước.", path=path.parent)
    if plot is not None:
        from vanthu_classifier.report_html import check_installed

        check_installed()


_WHY = {
    "type": "chưa chắc loại văn bản",
    "title": "trích yếu không đọc được",
    "conflict": "các quy tắc trái nhau",
    "gap": "không quy tắc nào trả lời",
}
_SHOWN_GROUPS = 10


def _coverage_lines(found: Coverage) -> list[str]:
    from vanthu_classifier.loai_van_ban import types

    lines = [
        f"{found.pack.id}: {_count(found.documents)} văn bản"
        + (f", {_count(found.unreadable)} không đọc được" if found.unreadable else "")
    ]
    for outcome, count in found.outcomes.most_common():
        lines.append(f"  {outcome.label_vi:32} {_count(count):>8}  {_share(count, found.documents)}")
    heads = ("Quy tắc", "khớp", "trích", "ước lượng", "một mình", "cùng", "đứng trên", "nhường", "trái", "≠ mô hình")
    lines += ["", f"{heads[0]:16}" + "".join(f"{h:>10}" for h in heads[1:])]
    silent = []
    for row in found.rule_rows():
        if not row["speaks"]:
            silent.append(row["rule"])
            continue
        names = (
            "speaks",
            "cited",
            "estimated",
            "alone",
            "together",
            "prevails",
            "gives_way",
            "against",
            "against_model",
        )
        lines.append(f"{row['rule']:16}" + "".join(f"{_count(row[n]):>10}" for n in names))
    if silent:
        lines.append(f"Không khớp văn bản nào ({len(silent)}): {', '.join(silent)}")
    total = found.outcomes[_needs_review()]
    lines += ["", f"Cần xem xét: {_count(total)} văn bản"]
    for title, name in (("Vì", "why"), ("Loại", "loai"), ("Từ đầu", "words")):
        by = found.unanswered_by(name).most_common(_SHOWN_GROUPS)
        named = [(_WHY.get(k, f"quy tắc {k}") if name == "why" else types()[k].name if name == "loai" and k in types() else k or "–", n) for k, n in by]  # fmt: skip
        if named:
            lines.append(f"  {title + ':':8} " + "; ".join(f"{k} {_count(n)}" for k, n in named))
    return lines


def _needs_review() -> Any:
    from vanthu_classifier.outcomes import Dispatch

    return Dispatch.NEEDS_REVIEW


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else ""


# ------------------------------------------------------------------ diff

_DIFF_SHEET = {
    "path": ("Tệp", 24), "row": ("Dòng", 7), "so_ky_hieu": ("Số, ký hiệu", 18), "trich_yeu": ("Trích yếu", 70), "reason": ("Vì sao", 50),
    "dispatch_a": ("Trước", 20), "lean_a": ("nghiêng về", 18), "dispatch_b": ("Sau", 20), "lean_b": ("nghiêng về", 18),
    "loai_van_ban_a": ("Loại trước", 8), "loai_van_ban_b": ("Loại sau", 8), "rule_a": ("Quy tắc trước", 10), "rule_b": ("Quy tắc sau", 10),
    "quote_a": ("Điều khoản trước", 40), "quote_b": ("Điều khoản sau", 40), "rule_pack_a": ("Bộ trước", 20), "rule_pack_b": ("Bộ sau", 20),
    "confidence_a": ("Chắc chắn trước", 9), "confidence_b": ("Chắc chắn sau", 9),
}  # fmt: skip


_PRINTED = ("path", "row", "so_ky_hieu", "trich_yeu", "dispatch_a", "dispatch_b", "rule_a", "rule_b", "reason")
"""Columns of the spreadsheet, which fit a page; .csv and .jsonl have all."""


@rules.command("diff", short_help="Đổi bộ quy tắc thì văn bản nào đổi kết quả.")
@click.argument("sources", nargs=-1, required=True, metavar="[A B] FILE|FOLDER")
@click.option("--model-a", default=None, metavar="DIR", help="Mô hình trước.")
@click.option("--model-b", default=None, metavar="DIR", help="Mô hình sau.")
@click.option(
    "--as-of",
    "days",
    multiple=True,
    metavar="NGÀY",
    help="Ngày áp dụng; ghi hai lần cho trước và sau, một lần cho cả hai.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT",
    help="Từng văn bản: .xlsx, .csv hoặc .jsonl.",
)
@_json_option
def rules_diff(
    sources: tuple[str, ...],
    model_a: str | None,
    model_b: str | None,
    days: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> int:
    """Đổi bộ quy tắc (A sang B), đổi mô hình hay đổi ngày thì văn bản nào trong sổ đổi kết quả, và vì sao.

    \b
    vanthu rules diff qd-40-2018-qd-ubnd vpcp-775-2020 so_van_ban_di.xlsx
    vanthu rules diff qd-40-2018-qd-ubnd co_quan.toml so_van_ban_di.xlsx -o thay_doi.xlsx
    vanthu rules diff so_van_ban_di.xlsx --as-of 01/02/2020 --as-of 01/05/2021
    vanthu rules diff so_van_ban_di.xlsx --model-a default --model-b mo_hinh/
    """
    from vanthu_classifier import store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.comparison import compare
    from vanthu_classifier.documents import documents
    from vanthu_classifier.rulepack import DEFAULT

    one, other, source = _sides(sources)
    _check_endings(out, None)
    first, last = (days[0], days[-1]) if days else (None, None)
    before = DispatchClassifier(one or DEFAULT, model=model_a or store.current(), as_of=first)
    after = DispatchClassifier(other or DEFAULT, model=model_b or store.current(), as_of=last)
    _check_different(before, after, len(days))
    found = compare(documents(source), before, after)
    if out is not None:
        from vanthu_classifier.tables import Sheet, write_sheets

        rows = _readable(out, (change.to_dict() for change in found.changes))
        book = out.suffix.lower() == ".xlsx"
        headings = {name: _DIFF_SHEET[name] for name in _PRINTED} if book else _DIFF_SHEET
        write_sheets(out, [Sheet("Thay đổi", headings, rows)])
        click.echo(f"Bảng: {out}", err=True)
    if as_json:
        for change in found.changes:
            click.echo(json.dumps(change.to_dict(), ensure_ascii=False))
    else:
        click.echo("\n".join(_diff_lines(found)))
    return 1 if found.unreadable else 0


def _sides(sources: tuple[str, ...]) -> tuple[str | None, str | None, Path]:
    from vanthu_classifier.errors import InputError

    if len(sources) not in (1, 3):
        raise InputError(
            "Cần hai bộ quy tắc và một tệp, hoặc chỉ một tệp.", remedy="Ví dụ: vanthu rules diff A B so_van_ban.xlsx"
        )
    path = Path(sources[-1])
    if not path.exists():
        raise InputError("Không có tệp hay thư mục này.", remedy="Kiểm tra lại đường dẫn.", path=path)
    return (sources[0], sources[1], path) if len(sources) == 3 else (None, None, path)


def _check_different(before: DispatchClassifier, after: DispatchClassifier, days: int) -> None:
    from vanthu_classifier.errors import InputError

    if days > 2:
        raise InputError("Chỉ so sánh được hai ngày.", remedy="Ghi --as-of nhiều nhất hai lần.")
    if before.identity == after.identity:
        raise InputError(
            "Hai bên giống hệt nhau: cùng bộ quy tắc, cùng mô hình, cùng ngày.",
            remedy="Ghi hai bộ quy tắc (A B), hoặc --model-b, hoặc --as-of hai lần.",
        )


def _diff_lines(found: Comparison) -> list[str]:
    changed = len(found.changes)
    head = f"{_count(found.documents)} văn bản, {_count(changed)} đổi kết quả ({_share(changed, found.documents) or '0 %'})"
    lines = [head + (f"; {_count(found.unreadable)} không đọc được" if found.unreadable else "") + "."]
    if found.lost_paper:
        lines.append(f"Thôi gửi bản giấy: {_count(found.lost_paper)} văn bản.")
    for (before, after, reason), count in found.grouped.most_common():
        lines.append(f"{_count(count):>8}  {before} → {after}")
        lines.append(f"{'':10}{reason}")
    return lines


# ------------------------------------------------------------------ new, schema


@rules.command("new", short_help="Tạo tệp quy tắc riêng của cơ quan, có giải thích.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--base", default=None, metavar="PACK", help="Bộ quy tắc đứng dưới (mặc định: bộ mặc định của thư viện).")
def rules_new(file: Path, base: str | None) -> int:
    """Tạo tệp quy tắc riêng của cơ quan, có giải thích từng dòng, để sửa tiếp."""
    from vanthu_classifier.errors import ArgumentValueError, InputError
    from vanthu_classifier.rulepack import DEFAULT, load, names
    from vanthu_classifier.rulepack.template import template

    if file.suffix.lower() != ".toml":
        raise InputError("Tên tệp phải có đuôi .toml.", remedy=f"Ví dụ: vanthu rules new {file.stem}.toml", path=file)
    if base is not None and base not in names():
        raise ArgumentValueError(
            f"Không có bộ nền «{base}».", remedy=f"Dùng một trong: {', '.join(names())}.", column="base"
        )
    text = template(load(base or DEFAULT), str(file))
    try:
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError as error:
        raise InputError("Tệp này đã có, không ghi đè.", remedy="Chọn tên khác.", path=file) from error
    except OSError as error:
        raise InputError(f"Không ghi được tệp ({error.strerror}).", remedy="Chọn thư mục khác.", path=file) from error
    click.echo(
        f"Đã tạo {file}. Mở bằng trình soạn thảo, sửa theo lời giải thích, rồi chạy: vanthu rules check {file}",
        err=True,
    )
    return 0


_SCHEMAS = ("office", "pack", "rules", "items", "omitted", "silent", "cases")


@rules.command("schema", short_help="JSON Schema cho trình soạn thảo.")
@click.argument("kind", type=click.Choice(_SCHEMAS), default="office", metavar="[KIND]")
def rules_schema(kind: str) -> int:
    """JSON Schema để trình soạn thảo gợi ý và báo lỗi khi gõ: office (mặc định), pack, rules, items, omitted, silent, cases.

    \b
    vanthu rules schema > co_quan.schema.json
    rồi thêm dòng đầu của tệp .toml:  #:schema ./co_quan.schema.json
    """
    from vanthu_classifier.rulepack.editor_schema import schema

    click.echo(json.dumps(schema(kind), ensure_ascii=False, indent=1))
    return 0
