"""What may be configured, and the limits, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

__all__ = ["Limits", "Settings"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    body: int = 1_000_000
    """A form, or JSON."""
    upload: int = 100_000_000
    """All files of one upload together."""
    files: int = 500
    """Files of one upload."""
    items: int = 1_000
    """Items of `classify-many`."""
    rows: int = 20_000
    """Rows that `read` answers with."""
    arrival: float = 120.0
    """How long a request's body may take to arrive."""
    reading: float = 120.0
    """How long `read` may take."""
    job: float = 3_600.0
    """How long an upload may be worked on."""
    waiting: int = 10
    """Uploads that may wait for their turn."""
    kept: float = 3_600.0
    """How long a finished report is kept for download."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the page is served.

    `host` is the address that is listened on; `hosts` are further names by which the page may be called. `history` says whether answers
    are recorded, `history_days` how long they are kept (None: without end). `secure` says that the page is reached over TLS.
    """

    host: str = "127.0.0.1"
    hosts: frozenset[str] = frozenset()
    history: bool = True
    history_days: int | None = None
    secure: bool = False
    log_requests: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the page.

        >>> Settings().local, Settings(host="localhost").local, Settings(host="::1").local, Settings(host="0.0.0.0").local
        (True, True, True, False)
        """
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def knows(self, host: str) -> bool:
        """Whether a request's Host is one of ours, so that no name of somebody else's can be pointed at this page (DNS rebinding).

        An address written out cannot be pointed elsewhere; on a page that is not local, any is taken.

        >>> Settings().knows("localhost:8765"), Settings().knows("evil.example"), Settings().knows("192.168.1.5")
        (True, False, False)
        >>> Settings(host="0.0.0.0").knows("192.168.1.5:8765"), Settings(hosts=frozenset({"vanthu.lan"})).knows("vanthu.lan")
        (True, True)
        """
        name = _without_port(host).lower().rstrip(".")
        if name in {"localhost", self.host.lower(), *self.hosts}:
            return True
        try:
            address = ip_address(name.strip("[]"))
        except ValueError:
            return False
        return address.is_loopback or not self.local


def _without_port(host: str) -> str:
    """The name in a Host header; "" where it is not one name and at most one port.

    >>> _without_port("localhost:80"), _without_port("[::1]:80"), _without_port("[::1].evil"), _without_port("a:b")
    ('localhost', '[::1]', '', '')
    """
    name, bracket, rest = host.partition("]") if host.startswith("[") else ("", "", host)
    if not bracket:
        name, colon, port = rest.partition(":")
    else:
        name, (colon, port) = name + bracket, (rest[:1], rest[1:])
    return name if (not colon and not port) or (colon == ":" and port.isascii() and port.isdigit()) else ""
