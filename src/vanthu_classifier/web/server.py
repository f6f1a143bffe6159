"""Started and stopped: the data folder taken, the port bound, the browser opened when the page answers.

One server at a time uses a data folder: it holds `serve.lock` there, and the system lets go of it however the server ends. So the next one may delete what
a killed one left.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import uvicorn

from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import InputError
from vanthu_classifier.web.access import AccessFile
from vanthu_classifier.web.app import create_app
from vanthu_classifier.web.settings import Settings

__all__ = ["Certificate", "PortInUseError", "data_folder", "own_names", "serve"]


class PortInUseError(InputError):
    """Another program listens on the port; `ours` says that it is this very page."""

    def __init__(self, what: str, *, remedy: str, ours: bool, url: str) -> None:
        super().__init__(what, remedy=remedy)
        self.ours = ours
        self.url = url


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files for TLS, as PEM."""

    certificate: Path
    key: Path


def data_folder(folder: Path) -> Path:
    """The data folder, made where it is missing and only the user's; `InputError` where it cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}.probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(
            "Không ghi được vào thư mục dữ liệu.",
            remedy="Kiểm tra quyền ghi, hoặc chọn thư mục khác: --data THƯ_MỤC.",
            path=folder,
        ) from error
    return folder


def serve(
    folder: Path,
    *,
    classifier: DispatchClassifier,
    settings: Settings,
    port: int,
    certificate: Certificate | None = None,
    on_ready: Callable[[str], None] = lambda url: None,
    browser: bool = False,
) -> None:
    """Serves until it is interrupted; `on_ready` is called with the address as soon as it answers.

    Raises `InputError` where the folder or the port cannot be had, `PortInUseError` where something listens there, and where others could reach the page
    and no password or token is set.
    """
    data_folder(folder)
    if not settings.local and AccessFile(folder).read() == {"format": 1, "password": None, "tokens": []}:
        raise InputError(
            f"Địa chỉ {settings.host} cho máy khác truy cập nên cần mật khẩu hoặc mã truy cập.",
            remedy="Đặt mật khẩu: vanthu serve --set-password; hoặc tạo mã: vanthu serve --new-token.",
        )
    with _listening(settings.host, port, secure=certificate is not None) as listener, _locked(folder):
        app = create_app(folder, classifier=classifier, settings=settings)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=64 * 1024,
            ssl_certfile=certificate.certificate if certificate else None,
            ssl_keyfile=certificate.key if certificate else None,
        )
        url = _url(settings.host, listener, secure=certificate is not None)
        port = listener.getsockname()[1]
        here = _address("127.0.0.1", port, secure=config.is_ssl) if settings.host in _EVERYWHERE else url
        server = uvicorn.Server(config)
        threading.Thread(target=_announce, args=(server, url, on_ready, here if browser else ""), daemon=True).start()
        server.run(sockets=[listener])


def _announce(server: uvicorn.Server, url: str, on_ready: Callable[[str], None], to_open: str) -> None:
    waiting = threading.Event()
    while not server.started and not server.should_exit:
        waiting.wait(0.02)
    if server.started:
        on_ready(url)
        if to_open:
            with suppress(Exception):  # no browser is no reason to stop
                webbrowser.open(to_open)


def own_names() -> frozenset[str]:
    """The names that other machines call this one by."""
    return frozenset(name.lower() for name in (socket.gethostname(), socket.getfqdn()) if name)


_EVERYWHERE = ("0.0.0.0", "::", "")


def _url(host: str, listener: socket.socket, *, secure: bool) -> str:
    """The address to tell others; one that listens everywhere is called by this machine's name."""
    name = socket.gethostname() if host in _EVERYWHERE else host
    return _address(name, listener.getsockname()[1], secure=secure)


def _address(host: str, port: int, *, secure: bool) -> str:
    return f"{'https' if secure else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/"


@contextmanager
def _listening(host: str, port: int, *, secure: bool) -> Iterator[socket.socket]:
    """A bound socket; bound before anything else is begun, so that a port in use is said at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise InputError(f"Không có địa chỉ «{host}».", remedy="Dùng 127.0.0.1, hoặc địa chỉ của máy này.") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # there the option would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
        yield listener
    except OSError as error:
        raise _refused(error, host, port, secure=secure) from error
    finally:
        listener.close()


def _refused(error: OSError, host: str, port: int, *, secure: bool) -> InputError:
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", None)):
        url = _address("127.0.0.1" if host in _EVERYWHERE else host, port, secure=secure)
        return PortInUseError(
            f"Cổng {port} đang được dùng.",
            remedy=f"Chọn cổng khác: vanthu serve --port {port + 1 if port < 65535 else 8766}.",
            ours=_is_ours(url),
            url=url,
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return InputError(f"Không được phép dùng cổng {port}.", remedy="Chọn cổng từ 1024 trở lên.")
    if error.errno == errno.EADDRNOTAVAIL:
        return InputError(f"Địa chỉ {host} không phải của máy này.", remedy="Dùng 127.0.0.1, hoặc địa chỉ của máy này.")
    return InputError(f"Không mở được cổng {port}: {error.strerror}.", remedy="Chọn cổng khác bằng --port.")


def _is_ours(url: str) -> bool:
    """Whether this very page answers there."""
    try:
        with urllib.request.urlopen(f"{url}healthz", timeout=2) as answer:
            return str(json.load(answer)["service"]) == "vanthu"
    except Exception:
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The folder for this server alone."""
    with (folder / "serve.lock").open("a+b") as file:
        try:
            _lock(file)
        except OSError as error:
            raise InputError(
                "Một máy chủ khác đang dùng thư mục dữ liệu này.",
                remedy="Dùng trang đang mở, hoặc chọn thư mục khác: --data THƯ_MỤC.",
                path=folder,
            ) from error
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


logging.getLogger("vanthu.serve").addHandler(logging.NullHandler())
