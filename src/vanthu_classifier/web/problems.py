"""Errors as programs read them: problem+json (RFC 9457), with the fields that are wrong by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from vanthu_classifier.errors import InputError, VanThuError

__all__ = ["MEDIA_TYPE", "ProblemError", "of_error", "of_http", "of_validation"]

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: "Bad request",
    401: "Password or token wanted",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    408: "The request took too long to arrive",
    409: "The answer has changed",
    413: "Too large",
    415: "Wrong content type",
    421: "This name is not served here",
    422: "Some fields are wrong",
    429: "Too many tries",
    500: "Internal error",
    503: "Not available at the moment",
}
_DETAILS = {
    400: "Yêu cầu không đúng dạng.",
    404: "Không có trang này.",
    405: "Địa chỉ này không nhận phương thức đó.",
    500: "Có lỗi trong máy chủ; lỗi đã được ghi lại.",
}


@dataclass(eq=False)  # exceptions are given their traceback as they travel, so not frozen
class ProblemError(Exception):
    """A refusal: HTTP status, a sentence for a person, and the fields concerned with what is wrong about each."""

    status: int
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What kind of problem it is."""
        return _TITLES.get(self.status, "Error")

    def to_dict(self) -> dict[str, Any]:
        """The members of the JSON object."""
        out: dict[str, Any] = {
            "type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail,
        }  # fmt: skip
        return out | ({"errors": [dict(e) for e in self.errors]} if self.errors else {})

    def response(self) -> Response:
        """The problem as an answer to a program."""
        body = json.dumps(self.to_dict(), ensure_ascii=False).encode("utf-8", "replace")
        return Response(body, self.status, headers=dict(self.headers), media_type=MEDIA_TYPE)


def of_error(error: VanThuError, prefix: str = "") -> ProblemError:
    """An error of the library: the fault of who asked (422), or of how the server is set up (503)."""
    if not isinstance(error, InputError):
        return ProblemError(503, str(error))
    sentence = f"{error.what} {error.remedy}".strip()
    if error.column is None:
        return ProblemError(422, sentence)
    return ProblemError(422, sentence, [{"field": f"{prefix}{error.column}", "message": sentence}])


def of_validation(error: RequestValidationError) -> ProblemError:
    """What was sent has not the shape that is documented."""
    errors = [{"field": _field(e["loc"]), "message": str(e["msg"])} for e in error.errors()]
    status = 400 if any(e["type"] == "json_invalid" for e in error.errors()) else 422
    return ProblemError(status, "Nội dung gửi lên không đúng dạng; xem từng trường.", errors)


def _field(loc: Sequence[Any]) -> str:
    """`("body", "items", 3, "trich_yeu")` is `items[3].trich_yeu`.

    >>> _field(("body", "items", 3, "trich_yeu")), _field(("query", "limit")), _field(("body",))
    ('items[3].trich_yeu', 'limit', 'body')
    """
    out = ""
    for part in loc[1:] or loc:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else str(part)
    return out


def of_http(error: HTTPException) -> ProblemError:
    """An error of the framework."""
    detail = error.detail if isinstance(error.detail, str) and not error.detail.isascii() else ""
    return ProblemError(
        error.status_code, detail or _DETAILS.get(error.status_code, "Không thực hiện được."), (), error.headers or {}
    )
