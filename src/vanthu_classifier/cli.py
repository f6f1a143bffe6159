"""The command `vanthu`.

stdout is data, stderr is talk. Exit codes: 0 done, 1 done but some files failed, 2 input or usage, 3 rule pack, 4 model, 5 training
data, 6 an optional part is not installed, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

import click

from vanthu_classifier import __version__
from vanthu_classifier.errors import VanThuError

if TYPE_CHECKING:
    from vanthu_classifier.decide import Decision
    from vanthu_classifier.explain import Lang

__all__ = ["main"]

_COLOURS = {
    "electronic_only": "green",
    "electronic_and_paper": "blue",
    "needs_review": "yellow",
    "not_by_network": "red",
}
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def main(argv: list[str] | None = None) -> None:
    """Run the command; turns every error of the library into its words and its exit code."""
    _utf8()
    try:
        code = _cli.main(args=argv, prog_name="vanthu", standalone_mode=False)
    except click.exceptions.Abort:
        _say("Đã dừng theo yêu cầu.")
        sys.exit(130)
    except KeyboardInterrupt:
        _say("Đã dừng theo yêu cầu.")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except VanThuError as error:
        _say(f"Lỗi: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone (head, less)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _utf8() -> None:
    """Vietnamese on every console: code page 1258 knows no composed letters."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace" if stream is not sys.stdin else "surrogateescape")


def _say(text: str) -> None:
    click.echo(text, err=True)


class _Lazy(click.Group):
    """A group whose larger commands are imported when they are asked for."""

    _elsewhere: ClassVar = {
        "batch": "vanthu_classifier.cli_batch:batch",
        "evaluate": "vanthu_classifier.cli_evaluate:evaluate",
        "explain": "vanthu_classifier.cli_explain:explain",
        "rules": "vanthu_classifier.cli_rules:rules",
        "models": "vanthu_classifier.cli_train:models",
        "serve": "vanthu_classifier.cli_serve:serve",
        "train": "vanthu_classifier.cli_train:train",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = self._elsewhere.get(cmd_name)
        if where is None:
            return super().get_command(ctx, cmd_name)
        module, name = where.split(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings=_CONTEXT)
@click.version_option(__version__, "-V", "--version", prog_name="vanthu")
def _cli() -> None:
    """Văn bản này gửi bản điện tử, hay gửi kèm bản giấy? Trả lời theo Quyết định số 40/2018/QĐ-UBND của UBND tỉnh Thừa Thiên Huế."""


_pack_option = click.option(
    "--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc: tên, thư mục, hoặc tệp .toml của cơ quan."
)
_as_of_option = click.option(
    "--as-of",
    metavar="NGÀY",
    help="Theo quy định có hiệu lực ngày này (dd/mm/yyyy), hoặc van-ban: theo ngày của từng văn bản.",
)
_model_option = click.option(
    "--model", default=None, metavar="DIR", help="Mô hình (mặc định: mô hình đang dùng, xem vanthu models list)."
)
_review_option = click.option(
    "--review",
    type=click.Choice(["ask", "strict", "lean"]),
    default="ask",
    show_default=True,
    help="Khi nào hỏi người: ask khi luật để ngỏ; strict cả khi danh mục im lặng; lean không hỏi nếu đã nghiêng.",
)


# ------------------------------------------------------------------ check


@_cli.command()
@click.argument("trich_yeu", required=False, metavar="[TRÍCH YẾU]")
@click.option("--so-ky-hieu", "-s", metavar="S", help="Số và ký hiệu, ví dụ 15/TTr-UBND.")
@click.option("--loai", metavar="LOẠI", help="Tên loại hoặc chữ viết tắt, ví dụ «Tờ trình».")
@click.option("--noi-nhan", multiple=True, metavar="DÒNG", help="Một dòng nơi nhận; dùng nhiều lần được.")
@click.option("--ngay", metavar="D", help="Ngày ban hành, dd/mm/yyyy.")
@click.option("--do-mat", metavar="M", help="Độ mật: Mật, Tối mật, Tuyệt mật.")
@click.option("--hinh-thuc-sao", metavar="H", help="Hình thức sao: sao y, sao lục, trích sao.")
@click.option("--noi-bo", is_flag=True, help="Văn bản chỉ gửi trong nội bộ cơ quan.")
@click.option("--json", "as_json", is_flag=True, help="In một đối tượng JSON cho mỗi trích yếu.")
@click.option(
    "--lang", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Ngôn ngữ của lời giải thích."
)
@_review_option
@_pack_option
@_as_of_option
@_model_option
def check(
    trich_yeu: str | None,
    so_ky_hieu: str | None,
    loai: str | None,
    noi_nhan: tuple[str, ...],
    ngay: str | None,
    do_mat: str | None,
    hinh_thuc_sao: str | None,
    noi_bo: bool,
    as_json: bool,
    lang: Lang,
    review: str,
    rule_pack: str | None,
    as_of: str | None,
    model: str | None,
) -> int:
    """Hỏi cho một trích yếu. «-» đọc từng dòng từ đầu vào chuẩn; không có trích yếu thì hỏi lần lượt.

    \b
    vanthu check "V/v đăng ký lịch họp tháng 9"
    vanthu check "Phê duyệt dự toán" -s 15/QĐ-UBND --noi-nhan "Sở Tài chính (để biết)"
    """
    classifier = _classifier(rule_pack, model, review, as_of)
    known: dict[str, Any] = {
        "loai_van_ban": loai,
        "noi_nhan": list(noi_nhan) or None,
        "ngay_ban_hanh": ngay,
        "do_mat": do_mat,
        "hinh_thuc_sao": hinh_thuc_sao,
        "noi_bo": noi_bo,
    }
    asking = trich_yeu is None and so_ky_hieu is None and sys.stdin.isatty()
    if asking:
        return _ask(classifier, known, as_json, lang)
    if trich_yeu == "-" or (trich_yeu is None and so_ky_hieu is None):
        titles: Iterable[str] = _lines(sys.stdin)
    else:
        titles = [trich_yeu or ""]
    for title in titles:
        decision = classifier.classify(title, so_ky_hieu=so_ky_hieu, **known)
        _show(decision, {"trich_yeu": title, "so_ky_hieu": so_ky_hieu} | known, as_json, lang)
    return 0


def _classifier(rule_pack: str | None, model: str | None, review: str, as_of: str | None) -> Any:
    from vanthu_classifier import store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.rulepack import DEFAULT

    return DispatchClassifier(rule_pack or DEFAULT, model=model or store.current(), review=review, as_of=as_of)  # type: ignore[arg-type]


def _lines(stream: TextIO) -> Iterator[str]:
    for line in stream:
        text = line.rstrip("\r\n").lstrip("\ufeff")
        if text.strip():
            yield text


def _show(decision: Decision, args: dict[str, Any], as_json: bool, lang: Lang) -> None:
    """The answer on stdout; as JSON with all that was given (`args`), so that it can be decided again."""
    title = args["trich_yeu"]
    if as_json:
        given = {name: value for name, value in args.items() if value}
        record = {"trich_yeu": title, "so_ky_hieu": args["so_ky_hieu"]} | decision.to_dict() | {"args": given}
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    click.echo(_screen(decision, title, lang))
    sys.stdout.flush()


def _screen(decision: Decision, title: str, lang: Lang) -> str:
    """The answer as a person reads it; colour only where `click.echo` finds a terminal."""
    from vanthu_classifier.explain import explain

    verdict, *rest = explain(decision, lang).splitlines()
    colour = _COLOURS[str(decision.dispatch)]
    return "\n".join([click.style(verdict, fg=colour, bold=True), *_marked(decision, title), *rest, ""])


def _marked(decision: Decision, title: str) -> list[str]:
    """The title with the words that decided underlined, where it fits on a line."""
    from vanthu_classifier.explain import underline

    spans = tuple(span for reason in decision.reasons if reason.kind in ("rule", "type") for span in reason.spans)
    if not spans or "\n" in title or len(title) > 110:
        return []
    return [f"  {title}", f"  {underline(title, spans)}"]


def _ask(classifier: Any, known: dict[str, Any], as_json: bool, lang: Lang) -> int:
    _say("Gõ trích yếu rồi nhấn Enter. Thêm số, ký hiệu sau dấu «|» nếu có. Enter trống để thoát.")
    while True:
        try:
            typed = input("Trích yếu: ").strip()
        except EOFError:
            return 0
        if not typed:
            return 0
        title, _, symbol = typed.partition("|")
        try:
            decision = classifier.classify(title.strip(), so_ky_hieu=symbol.strip() or None, **known)
        except VanThuError as error:
            _say(f"Lỗi: {error}")
            continue
        _show(decision, {"trich_yeu": title.strip(), "so_ky_hieu": symbol.strip() or None} | known, as_json, lang)
