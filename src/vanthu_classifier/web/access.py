"""Who may come in: password and tokens, sessions, and the tokens that forms carry.

On this machine alone nobody is asked. As soon as a password or a token is set, everybody is, there too. A password is kept as its scrypt hash, a token
(32 random bytes, shown once) as its SHA-256, in `access.json` of the data folder; neither can be read back from there.

Sessions keep nothing on the server: the cookie holds a random name, and for who came in by password a time of expiry, sealed (HMAC) with the
server's key (`serve.key`) and the password's hash, so that a new password ends every session. A form's token is a seal over the
session's name: a page from elsewhere knows neither.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu_classifier.errors import InputError

__all__ = ["Access", "AccessFile", "AccessFileError"]

LEAST_PASSWORD = 8
SESSION_SECONDS = 12 * 3600
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}
_FORMAT = 1
_TRIES, _TRIES_SECONDS = 5, 60.0


class AccessFileError(InputError):
    """`access.json` or the server's key cannot be read or written."""


@dataclass(frozen=True, slots=True)
class AccessFile:
    """Password and tokens as they are kept in the data folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where they are kept."""
        return self.folder / "access.json"

    def set_password(self, password: str) -> None:
        """Keeps the hash of a new password; the old one, and the sessions it opened, end."""
        if len(password) < LEAST_PASSWORD:
            raise InputError(f"Mật khẩu phải có ít nhất {LEAST_PASSWORD} ký tự.", column="password")
        salt = secrets.token_bytes(16)
        hashed = {**_SCRYPT, "salt": salt.hex(), "hash": _scrypt(password, salt, _SCRYPT).hex()}
        self._write(self.read() | {"password": hashed})

    def new_token(self) -> str:
        """A new token for programs; it is returned once and cannot be read back."""
        token = secrets.token_urlsafe(32)
        state = self.read()
        self._write(state | {"tokens": [*state["tokens"], _sha256(token)]})
        return token

    def revoke(self) -> None:
        """Takes back the password and all tokens."""
        self.path.unlink(missing_ok=True)

    def read(self) -> dict[str, Any]:
        """What is kept; `AccessFileError` where it cannot be read, since a damaged lock must not open."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {"format": _FORMAT, "password": None, "tokens": []}
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable() from error
        try:
            found: dict[str, Any] = json.loads(text)
            sound = found["format"] == _FORMAT and all(isinstance(token, str) for token in found["tokens"])
            if found["password"] is not None:
                bytes.fromhex(found["password"]["salt"] + found["password"]["hash"])
                sound = sound and all(isinstance(found["password"][key], int) for key in _SCRYPT)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._unreadable() from error
        if not sound:
            raise self._unreadable()
        return found

    def key(self) -> bytes:
        """The server's key, made on first use."""
        path = self.folder / "serve.key"
        try:
            with _private(path) as file:
                file.write(secrets.token_bytes(32))
        except FileExistsError:
            pass
        except OSError as error:
            raise _unwritable(path) from error
        try:
            key = path.read_bytes()
        except OSError as error:
            raise _unwritable(path) from error
        if len(key) != 32:
            raise AccessFileError(
                "Khóa của máy chủ bị hỏng.", remedy="Xóa tệp này; mọi người sẽ đăng nhập lại.", path=path
            )
        return key

    def _unreadable(self) -> AccessFileError:
        return AccessFileError(
            "Không đọc được tệp mật khẩu.",
            remedy="Đặt lại bằng: vanthu serve --revoke, rồi vanthu serve --set-password.",
            path=self.path,
        )

    def _write(self, state: Mapping[str, Any]) -> None:
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            fresh.unlink(missing_ok=True)
            with _private(fresh) as file:
                file.write(json.dumps(dict(state), indent=1).encode())
            fresh.replace(self.path)
        except OSError as error:
            raise _unwritable(self.path) from error


def _private(path: Path) -> Any:
    """A new file that only the user may read, open for writing."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")


def _unwritable(path: Path) -> AccessFileError:
    return AccessFileError(
        "Không ghi được tệp này.", remedy="Kiểm tra quyền ghi, hoặc chọn thư mục khác: --data.", path=path
    )


def _scrypt(password: str, salt: bytes, costs: Mapping[str, int]) -> bytes:
    n, r, p = (costs[name] for name in ("n", "r", "p"))
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class Access:
    """The doorkeeper of one running server."""

    def __init__(self, file: AccessFile) -> None:
        state = file.read()
        self._password: Mapping[str, Any] | None = state["password"]
        self._tokens = frozenset(state["tokens"])
        self._key = file.key()
        self._one_at_a_time = threading.Lock()
        self._failures: dict[str, deque[float]] = {}

    @property
    def required(self) -> bool:
        """Whether anybody has to show a password or a token."""
        return self._password is not None or bool(self._tokens)

    def token(self, shown: str) -> bool:
        """Whether a token is one of ours."""
        return any(hmac.compare_digest(_sha256(shown), known) for known in self._tokens)

    def password(self, shown: str, client: str) -> bool | None:
        """Whether a password (or a token in its place) is right; None where `client` has tried too often and has to wait."""
        with self._one_at_a_time:  # a hash takes its time and memory; nobody gets more of it by asking at once
            now = time.monotonic()
            failed = self._failures.setdefault(client, deque(maxlen=_TRIES))
            if len(failed) == _TRIES and now - failed[0] < _TRIES_SECONDS:
                return None
            if self.token(shown) or self._is_password(shown):
                del self._failures[client]
                return True
            failed.append(now)
            if len(self._failures) > 10_000:
                self._failures.clear()
            return False

    def _is_password(self, shown: str) -> bool:
        if self._password is None:
            return False
        hashed = _scrypt(shown, bytes.fromhex(self._password["salt"]), self._password)
        return hmac.compare_digest(hashed.hex(), self._password["hash"])

    # -------------------------------------------------------------- sessions

    def new_session(self) -> str:
        """A random name for a session."""
        return secrets.token_urlsafe(18)

    def form_token(self, session: str) -> str:
        """The token that a form of this session carries."""
        return self._seal("form", session)

    def is_form_token(self, session: str, shown: str) -> bool:
        """Whether a form's token belongs to this session."""
        return bool(session) and hmac.compare_digest(
            self.form_token(session).encode(), shown.encode("utf-8", "replace")
        )

    def admission(self, session: str, seconds: float = SESSION_SECONDS) -> str:
        """The proof that this session came in by password."""
        until = str(int(time.time() + seconds))
        return f"{until}.{self._seal('in', session, until, self._fingerprint)}"

    def admitted(self, session: str, shown: str) -> bool:
        """Whether the proof is ours, of this session, and still good."""
        until, _, seal = shown.partition(".")
        right = self._seal("in", session, until, self._fingerprint)
        fresh = until.isascii() and until.isdigit() and len(until) < 12 and int(until) > time.time()
        return bool(session) and hmac.compare_digest(right.encode(), seal.encode("utf-8", "replace")) and fresh

    @property
    def _fingerprint(self) -> str:
        return _sha256(json.dumps([dict(self._password or {}), sorted(self._tokens)], sort_keys=True))

    def _seal(self, *parts: str) -> str:
        message = "\0".join(parts).encode("utf-8", "replace")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
