"""The command `vanthu serve`: the clerk's page on this machine, and the same over REST."""

from __future__ import annotations

import logging
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vanthu_classifier.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from vanthu_classifier.web.access import AccessFile
    from vanthu_classifier.web.settings import Settings

__all__ = ["serve"]

_NEEDED = ("fastapi", "jinja2", "uvicorn", "python_multipart")


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="H", help="Địa chỉ nghe; khác máy này thì cần mật khẩu."
)
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="P",
    help="Cổng; 0 để chọn cổng trống.",
)
@click.option("--open/--no-open", "browser", default=True, help="Mở trình duyệt.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Thư mục dữ liệu: lịch sử, ý kiến, mật khẩu.",
)
@click.option("--history/--no-history", default=True, help="Ghi lịch sử hỏi đáp.")
@click.option(
    "--history-days",
    type=click.IntRange(min=1),
    metavar="N",
    help="Xóa lịch sử cũ hơn N ngày khi khởi động (ý kiến thì giữ).",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="TÊN",
    help="Tên máy khác mà người dùng gõ để vào trang; dùng nhiều lần được.",
)
@click.option(
    "--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PEM", help="Chứng thư TLS."
)
@click.option(
    "--certificate-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PEM",
    help="Khóa của chứng thư TLS.",
)
@click.option("--log-requests", is_flag=True, help="In mỗi yêu cầu ra stderr (không in trích yếu).")
@click.option("--set-password", is_flag=True, help="Đặt mật khẩu rồi thoát.")
@click.option("--new-token", is_flag=True, help="Tạo mã truy cập cho phần mềm, in ra một lần rồi thoát.")
@click.option("--revoke", is_flag=True, help="Bỏ mật khẩu và mọi mã truy cập rồi thoát.")
@click.option(
    "--review",
    type=click.Choice(["ask", "strict", "lean"]),
    default="ask",
    show_default=True,
    help="Khi nào hỏi người.",
)
@click.option("--pack", "rule_pack", default=None, metavar="PACK", help="Bộ quy tắc (tên hoặc thư mục).")
@click.option("--model", default=None, metavar="DIR", help="Mô hình (mặc định: mô hình đang dùng).")
def serve(
    host: str,
    port: int,
    browser: bool,
    data: Path | None,
    history: bool,
    history_days: int | None,
    allow_host: tuple[str, ...],
    certificate: Path | None,
    certificate_key: Path | None,
    log_requests: bool,
    set_password: bool,
    new_token: bool,
    revoke: bool,
    review: str,
    rule_pack: str | None,
    model: str | None,
) -> int:
    """Mở trang cho văn thư trên máy này, và giao diện REST cho phần mềm của cơ quan.

    \b
    vanthu serve
    vanthu serve --set-password && vanthu serve --host 0.0.0.0
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise MissingExtraError("web", purpose="mở trang cho văn thư")
    from vanthu_classifier import store
    from vanthu_classifier.classifier import DispatchClassifier
    from vanthu_classifier.rulepack import DEFAULT
    from vanthu_classifier.web import server
    from vanthu_classifier.web.access import AccessFile
    from vanthu_classifier.web.settings import Settings

    folder = (data or store.home()).resolve()
    if set_password or new_token or revoke:
        _change_access(AccessFile(server.data_folder(folder)), set_password, new_token, revoke)
        return 0
    if (certificate is None) != (certificate_key is None):
        raise InputError("Chứng thư TLS cần cả hai tệp.", remedy="Ghi cả --certificate và --certificate-key.")
    tls = server.Certificate(certificate, certificate_key) if certificate and certificate_key else None
    names = frozenset(name.lower() for name in allow_host)
    settings = Settings(
        host=host,
        hosts=names if Settings(host=host).local else names | server.own_names(),
        history=history,
        history_days=history_days,
        secure=tls is not None,
        log_requests=log_requests,
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO if log_requests else logging.ERROR, format="%(asctime)s %(message)s"
    )
    logging.getLogger("uvicorn").setLevel(
        logging.CRITICAL
    )  # its tracebacks could hold a title; `web.guard` logs without
    classifier = DispatchClassifier(rule_pack or DEFAULT, model=model or store.current(), review=review)  # type: ignore[arg-type]
    try:
        server.serve(
            folder,
            classifier=classifier,
            settings=settings,
            port=port,
            certificate=tls,
            browser=browser,
            on_ready=lambda url: _ready(url, folder, settings, tls is not None),
        )
    except server.PortInUseError as error:
        if not error.ours:
            raise
        click.echo(f"Trang đang chạy rồi: {error.url}", err=True)
        if browser:
            click.launch(error.url)
    return 0


def _ready(url: str, folder: Path, settings: Settings, secure: bool) -> None:
    click.echo(f"Trang cho văn thư: {url}\nDữ liệu: {folder}. Dừng: Ctrl+C.", err=True)
    if not settings.local and not secure:
        click.echo(
            "Lưu ý: mật khẩu đi qua mạng không mã hóa; nên dùng --certificate hoặc đặt sau máy chủ có TLS.", err=True
        )


def _change_access(file: AccessFile, set_password: bool, new_token: bool, revoke: bool) -> None:
    if revoke:
        file.revoke()
        click.echo("Đã bỏ mật khẩu và mọi mã truy cập.", err=True)
    if set_password:
        if sys.stdin.isatty():
            password = click.prompt("Mật khẩu mới", hide_input=True, confirmation_prompt="Gõ lại mật khẩu", err=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        file.set_password(password)
        click.echo("Đã đặt mật khẩu. Từ nay ai vào trang cũng cần mật khẩu này.", err=True)
    if new_token:
        click.echo(file.new_token())
        click.echo("Mã này chỉ hiện một lần. Dùng: Authorization: Bearer MÃ.", err=True)
