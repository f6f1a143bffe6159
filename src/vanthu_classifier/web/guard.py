"""What every request passes before anything else looks at it, and the headers that every answer carries.

In this order: the name that the page is called by (DNS rebinding), where a changing request comes from (cross-site requests), whether its body is small
enough and arrives in time, and who asks. An error that nobody expected is logged and answered here. An answer forbids everything that the pages do not use: no script or style but our own files, no
frames, no forms to elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vanthu_classifier.web.access import Access
from vanthu_classifier.web.problems import ProblemError
from vanthu_classifier.web.settings import Settings

__all__ = ["ADMISSION", "LOGIN", "SESSION", "Guard", "Refuse"]

SESSION, ADMISSION = "vanthu_phien", "vanthu_vao"
"""Cookies: the session's name, and the proof that it came in by password."""
LOGIN = "/dang-nhap"
_OPEN = (LOGIN, "/healthz", "/static/")
_SAFE = ("GET", "HEAD", "OPTIONS")
_UPLOADS = ("/nhieu-van-ban", "/api/v1/read")

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

Refuse = Callable[[Scope, ProblemError], Response]
"""A problem as an answer, as the request wants it: for a program or for a person."""

_log = logging.getLogger("vanthu.serve")


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, *, settings: Settings, access: Access, refuse: Refuse) -> None:
        self._app = app
        self._settings = settings
        self._access = access
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 0

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._secure(scope, MutableHeaders(scope=message))
            await send(message)

        headers = Headers(scope=scope)
        try:
            refusal = self._refusal(scope, headers)
        except ProblemError as problem:
            refusal = self._refuse(scope, problem)
        if refusal is not None:
            await refusal(scope, receive, answered)
        else:
            try:
                await self._app(scope, self._limited(scope, receive), answered)
            except Exception as error:
                _log_error(scope, error)
                if status:
                    raise  # the answer has begun; it can only break off
                await self._refuse(scope, ProblemError(500, _INTERNAL))(scope, receive, answered)
        if self._settings.log_requests:  # the path alone: what was asked stands in the query or the body
            _log.info("%s %s %d %.0f ms", scope["method"], scope["path"], status, 1000 * (time.perf_counter() - begun))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """None where the request may go on."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._settings.knows(hosts[0]):
            raise ProblemError(
                421, "Tên máy trong địa chỉ không đúng. Thêm tên này khi chạy: vanthu serve --allow-host TÊN."
            )
        if scope["method"] not in _SAFE and not _from_here(headers, hosts[0]):
            raise ProblemError(403, "Yêu cầu đến từ một trang khác nên không được nhận.")
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._most(scope):
            raise self._too_large(scope)
        if not self._access.required or scope["path"].startswith(_OPEN) or self._may(headers):
            return None
        if scope["path"].startswith(("/api/", "/openapi")):
            raise ProblemError(
                401, "Cần mã truy cập: Authorization: Bearer …", headers={"WWW-Authenticate": 'Bearer realm="vanthu"'}
            )
        wanted = scope["path"] if scope["method"] in _SAFE else "/"
        return RedirectResponse(f"{LOGIN}?ve={quote(wanted, safe='/')}", 303)

    def _may(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._access.token(token.strip()):
            return True
        cookies = cookie_parser(headers.get("cookie", ""))
        return self._access.admitted(cookies.get(SESSION, ""), cookies.get(ADMISSION, ""))

    # -------------------------------------------------------------- size and time of the body

    def _most(self, scope: Scope) -> int:
        limits = self._settings.limits
        return limits.upload if scope["path"].rstrip("/") in _UPLOADS else limits.body

    def _too_large(self, scope: Scope) -> ProblemError:
        most = self._most(scope)
        size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1000} kB"
        return ProblemError(413, f"Gửi nhiều quá; mỗi lần nhiều nhất {size}.", headers={"Connection": "close"})

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """`receive`, until the body is larger than allowed or takes too long to arrive."""
        most, arrived = self._most(scope), 0
        until = asyncio.get_running_loop().time() + self._settings.limits.arrival
        whole = False

        async def limited() -> Message:
            nonlocal arrived, whole
            if whole:
                return await receive()
            left = until - asyncio.get_running_loop().time()
            try:
                message = await asyncio.wait_for(receive(), max(left, 0.001))
            except TimeoutError as error:
                raise HTTPException(408, "Nội dung gửi lên quá chậm; thử lại.", {"Connection": "close"}) from error
            arrived += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if arrived > most:
                problem = self._too_large(scope)
                raise HTTPException(problem.status, problem.detail, dict(problem.headers))
            return message

        return limited

    # -------------------------------------------------------------- headers of the answer

    def _secure(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers[name] = value
        if "cache-control" not in headers:
            headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
        if self._settings.secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"


_INTERNAL = "Có lỗi trong máy chủ; lỗi đã được ghi lại."


def _log_error(scope: Scope, error: Exception) -> None:
    """Where it happened, without the error's message, which may hold a title."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s %s: %s\n%s", scope["method"], scope["path"], type(error).__name__, frames)


def _from_here(headers: Headers, host: str) -> bool:
    """Whether a changing request comes from our own page, or from no page at all (a program)."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()
