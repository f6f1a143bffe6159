"""The command `vanthu explain`: an answer with all that it rests on, and recorded answers decided again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vanthu_classifier.explain import Lang
    from vanthu_classifier.replay import Replayed

__all__ = ["explain"]


@click.command()
@click.argument("trich_yeu", required=False, metavar="[TRÍCH YẾU]")
@click.option("--so-ky-hieu", "-s", metavar="S", help="Số và ký hiệu, ví dụ 15/TTr-UBND.")
@click.option(
    "--replay",
    "records",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Tệp .jsonl các câu trả lời đã ghi: quyết định lại và so sánh.",
)
@click.option(
    "--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc: tên, thư mục, hoặc tệp .toml của cơ quan."
)
@click.option("--model", default=None, metavar="DIR", help="Mô hình (mặc định: mô hình đang dùng).")
@click.option(
    "--lang", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Ngôn ngữ của lời giải thích."
)
@click.option("--json", "as_json", is_flag=True, help="In ra dạng JSON.")
def explain(
    trich_yeu: str | None, so_ky_hieu: str | None, records: Path | None, rule_pack: str | None, model: str | None, lang: Lang, as_json: bool
) -> int:  # fmt: skip
    """Một câu trả lời cùng mọi căn cứ của nó; hoặc quyết định lại các câu trả lời đã ghi, xem còn giống không.

    Tệp cho --replay: kết quả của «vanthu check --json», báo cáo .jsonl của «vanthu batch», hoặc lịch sử xuất từ trang web.
    Mã thoát 1 nếu có câu trả lời khác đi hoặc không quyết định lại được.

    \b
    vanthu explain "Tờ trình xin kinh phí"
    vanthu check --json - < trich_yeu.txt > da_ghi.jsonl
    vanthu explain --replay da_ghi.jsonl
    """
    if records is not None and trich_yeu is not None:
        raise click.UsageError("Ghi một trích yếu, hoặc --replay FILE, không cả hai.")
    if records is not None:
        return _replay(records, rule_pack, model, as_json)
    if trich_yeu is None:
        raise click.UsageError("Thiếu trích yếu, hoặc --replay FILE.")
    return _explain(trich_yeu, so_ky_hieu, rule_pack, model, lang, as_json)


def _explain(
    title: str, symbol: str | None, rule_pack: str | None, model: str | None, lang: Lang, as_json: bool
) -> int:
    from vanthu_classifier import __version__, store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.explain import explain as sentences
    from vanthu_classifier.rulepack import DEFAULT

    clf = DispatchClassifier(rule_pack or DEFAULT, model=model or store.current())
    decision = clf.classify(title, so_ky_hieu=symbol)
    if as_json:
        click.echo(json.dumps({"trich_yeu": title, "so_ky_hieu": symbol} | decision.to_dict(), ensure_ascii=False))
        return 0
    vi = lang == "vi"
    asked = (
        f"{decision.model} ({str(decision.model_sha256)[:12]})"
        if decision.model
        else ("không dùng" if vi else "not asked")
    )
    click.echo(sentences(decision, lang))
    click.echo(
        f"  {'Bộ quy tắc' if vi else 'Rule pack'}: {decision.rule_pack} ({decision.rule_pack_sha256[:12]}), {decision.rule or '–'}"
    )
    click.echo(f"  {'Mô hình' if vi else 'Model'}: {asked}")
    click.echo(f"  {'Phiên bản' if vi else 'Version'}: {__version__}")
    return 0


def _replay(path: Path, rule_pack: str | None, model: str | None, as_json: bool) -> int:
    from vanthu_classifier import store
    from vanthu_classifier.replay import Outcome, read, replay

    outcomes: Counter[Outcome] = Counter()
    for replayed in replay(read(path), rule_pack=rule_pack, model=model or store.current()):
        outcomes[replayed.outcome] += 1
        if as_json:
            click.echo(json.dumps(replayed.to_dict(), ensure_ascii=False))
        elif replayed.outcome is not Outcome.SAME:
            click.echo("\n".join(_lines(replayed)))
    total = outcomes.total()
    said = [f"{outcomes[o]} {_SAID[o]}" for o in Outcome if outcomes[o] or o is Outcome.SAME]
    click.echo(f"{total} câu trả lời: {', '.join(said)}.", err=as_json)
    return 0 if outcomes[Outcome.SAME] == total else 1


_SAID = {
    "same": "giống như cũ",
    "changed": "đã khác",
    "unexplained": "khác mà chưa rõ vì sao",
    "impossible": "không quyết định lại được",
}
_NAMES = {
    "dispatch": "hình thức gửi", "lean": "hướng nghiêng", "confidence": "mức chắc chắn", "basis": "căn cứ", "loai_van_ban": "loại văn bản",
    "category": "mục", "rule": "quy tắc", "quote": "điều khoản", "recipients": "nơi nhận",
}  # fmt: skip


def _lines(replayed: Replayed) -> list[str]:
    title = str(replayed.recorded.args.get("trich_yeu") or "")[:90]
    lines = [f"Dòng {replayed.recorded.row}: {_SAID[replayed.outcome]}. {title}".rstrip()]
    lines += [f"  {_NAMES[name]}: {_short(a)} → {_short(b)}" for name, (a, b) in replayed.differences.items()]
    return [*lines, *(f"  Vì: {cause}" for cause in replayed.causes)]


def _short(value: object) -> str:
    text = "–" if value is None or value == "" else str(value)
    return text if len(text) <= 80 else text[:78] + " …"
