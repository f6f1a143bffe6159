"""The page under load, on loopback: requests a second and the 99th percentile, beside a bare FastAPI endpoint in the same run.

    python benchmarks/serve_load.py [--clients 50] [--requests 200] [--no-bare]

Each client keeps one connection and sends its requests one after the other: nine questions in ten, a correction each tenth. Afterwards the journal is opened
and compared with what was confirmed. Servers are processes of their own; the clients share one. Speeds are ratios to the bare endpoint, which
answers a fixed dict from a `def` function, as the page's handlers are; both servers log nothing. Exit code 1 where anything went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vanthu_classifier.journal import Journal

SERVE = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()", "serve", "--no-open", "--port", "0"]
BARE = """
import sys, uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

class Document(BaseModel):
    trich_yeu: str

app = FastAPI()

@app.post("/api/v1/classify")
def classify(document: Document):
    return {"dispatch": "electronic_only", "trich_yeu": document.trich_yeu}

config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
server = uvicorn.Server(config)
start = server.startup
async def startup(sockets=None):
    await start(sockets)
    print("http://127.0.0.1:%d/" % server.servers[0].sockets[0].getsockname()[1], file=sys.stderr, flush=True)
server.startup = startup
server.run()
"""
TITLES = (
    "Tờ trình về việc xin chủ trương đầu tư đường liên thôn",
    "V/v đăng ký lịch họp Ban Chỉ đạo",
    "Tăng cường công tác phòng cháy, chữa cháy rừng mùa khô",
    "Giấy mời họp giao ban tháng",
    "Kết quả kiểm tra công tác văn thư tại các đơn vị",
)
EVERY = 10
"""Each so many requests is a correction."""


@dataclass(slots=True)
class Result:
    """What the clients saw."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which so many requests were answered."""
        return 1000 * sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


@contextmanager
def served(command: list[str], **environment: str) -> Iterator[str]:
    """A server's address while it runs."""
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, **environment}
    )
    assert process.stderr is not None
    try:
        found = re.search(r"http://(\S+?)/", process.stderr.readline())
        assert found, process.stderr.read()
        yield found[1]
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()


def request(path: str, value: object) -> bytes:
    """A request, ready to be sent."""
    body = json.dumps(value).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of one answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"content-length: (\d+)", head)
    return int(head.split()[1]), await reader.readexactly(int(length[1]) if length else 0)


async def client(number: int, host: str, port: int, count: int, corrections: bool, result: Result) -> None:
    """One client's requests, one after the other over one connection."""
    reader, writer = await asyncio.open_connection(host, port)
    for i in range(count):
        document = {"trich_yeu": f"{TITLES[(number + i) % len(TITLES)]} số {number}.{i}"}
        key = f"{number}-{i}"
        corrects = corrections and i % EVERY == EVERY - 1
        if corrects:
            sent = request("/api/v1/corrections", {"document": document, "verdict": "right", "key": key})
        else:
            sent = request("/api/v1/classify", document)
        begun = time.perf_counter()
        writer.write(sent)
        status, body = await answer(reader)
        result.times.append(time.perf_counter() - begun)
        if status not in (200, 201):
            result.errors.append(f"{status}: {body[:200]!r}")
        elif corrects:
            result.confirmed.append(key)
    writer.close()
    await writer.wait_closed()


async def load(address: str, clients: int, count: int, *, corrections: bool) -> Result:
    """All clients at once."""
    host, _, port = address.partition(":")
    warm = Result()
    await client(999_999, host, int(port), len(TITLES), False, warm)  # the model is loaded before the clock runs
    result = Result()
    begun = time.perf_counter()
    await asyncio.gather(*(client(n, host, int(port), count, corrections, result) for n in range(clients)))
    result.seconds = time.perf_counter() - begun
    return result


def told(name: str, result: Result, bare: Result | None = None) -> str:
    """A line of figures; ratios to the bare endpoint where there is one."""
    rate, p50, p99 = result.rate, result.percentile(0.5), result.percentile(0.99)
    line = f"{name:16} {rate:8.0f} requests/s   p50 {p50:7.1f} ms   p99 {p99:7.1f} ms"
    if bare is not None:
        line += f"   {rate / bare.rate:.2f} of the bare rate, p99 {p99 / bare.percentile(0.99):.1f} times"
    return line


def main() -> int:
    """Runs both, prints the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--requests", type=int, default=200)
    options.add_argument("--no-bare", action="store_true", help="without the bare endpoint")
    wanted = options.parse_args()
    bare = None
    if not wanted.no_bare:
        with served([sys.executable, "-c", BARE]) as address:
            bare = asyncio.run(load(address, wanted.clients, wanted.requests, corrections=False))
        print(told("bare FastAPI", bare))
    with tempfile.TemporaryDirectory() as folder:
        with served([*SERVE, "--data", folder], VANTHU_HOME=folder) as address:
            ours = asyncio.run(load(address, wanted.clients, wanted.requests, corrections=True))
        print(told("vanthu serve", ours, bare))
        with Journal(Path(folder, "journal.sqlite3")) as journal:
            kept = [c.key for c in journal.corrections()]
            asked = journal.count_history() - len(TITLES)
    lost = len(set(ours.confirmed) - set(kept)) + (len(kept) - len(set(kept)))
    unrecorded = len(ours.times) - len(ours.errors) - len(ours.confirmed) - asked
    print(f"requests {len(ours.times)}, errors {len(ours.errors)}, corrections {len(kept)}, lost corrections {lost}, answers not in the history {unrecorded}")  # fmt: skip
    for error in ours.errors[:5]:
        print(error, file=sys.stderr)
    return 1 if ours.errors or lost or unrecorded else 0


if __name__ == "__main__":
    sys.exit(main())
