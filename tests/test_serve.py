"""The command `vanthu serve`: how it starts, what it refuses, and that a pulled plug costs nothing."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from needs import needs
from serving import COMMAND, serving
from vanthu_classifier import cli
from vanthu_classifier.journal import FILE, Journal


def post(url: str, path: str, value: object, **headers: str) -> Any:
    request = urllib.request.Request(url + path, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def run(*args: str, home: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VANTHU_HOME": str(home)}
    return subprocess.run(
        [*COMMAND, "serve", "--no-open", *args],
        input=typed, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=60, check=False,
    )  # fmt: skip


def test_it_answers_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        assert served.url.startswith("http://127.0.0.1:")
        assert post(served.url, "/api/v1/classify", {"trich_yeu": "Giấy mời họp"})["category"] == "E15"
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(timeout=20) == 130
        assert served.process.stderr is not None
        assert "Traceback" not in served.process.stderr.read()
    assert not (tmp_path / "tmp").exists()
    with Journal(tmp_path / FILE) as journal:
        assert [r.given.trich_yeu for r in journal.history()] == ["Giấy mời họp"]


@pytest.mark.skipif(sys.platform == "win32", reason="a browser given by its command")
def test_the_browser_is_opened_when_the_page_answers(tmp_path: Path) -> None:
    (tmp_path / "browser").write_text(
        f'#!/bin/sh\nprintf %s "$1" > "{tmp_path}/opened.part"; mv "{tmp_path}/opened.part" "{tmp_path}/opened"\n'
    )
    (tmp_path / "browser").chmod(0o755)
    with serving(tmp_path / "data", opened_by=f"{tmp_path}/browser %s") as served:
        for _ in range(400):
            if (tmp_path / "opened").exists():
                break
            time.sleep(0.05)
        assert (tmp_path / "opened").read_text() == served.url + "/"


def test_a_port_in_use_is_said_and_our_own_page_is_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("--port", str(port), home=tmp_path)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert f"Cổng {port} đang được dùng. Chọn cổng khác: vanthu serve --port {port + 1}" in refused.stderr
    with serving(tmp_path) as served:
        port_of_ours = served.url.rpartition(":")[2]
        again = run("--port", port_of_ours, home=tmp_path / "b")
        assert (again.returncode, again.stderr) == (0, f"Trang đang chạy rồi: {served.url}/\n")
        second = run("--port", "0", "--data", str(tmp_path), home=tmp_path)
        assert second.returncode == 2
        assert "Một máy chủ khác đang dùng thư mục dữ liệu này." in second.stderr


def test_another_address_wants_a_password(tmp_path: Path) -> None:
    refused = run("--host", "0.0.0.0", "--port", "0", home=tmp_path)
    assert refused.returncode == 2
    assert "vanthu serve --set-password" in refused.stderr
    assert run("--set-password", home=tmp_path, typed="ngắn\n").returncode == 2
    assert run("--set-password", home=tmp_path, typed="một mật khẩu dài\n").returncode == 0
    made = run("--new-token", home=tmp_path)
    token = made.stdout.strip()
    assert len(token) > 40
    with serving(tmp_path, "--host", "0.0.0.0") as served:
        local = f"http://127.0.0.1:{served.url.rpartition(':')[2]}"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            post(local, "/api/v1/classify", {"trich_yeu": "a"})
        assert post(local, "/api/v1/classify", {"trich_yeu": "a"}, Authorization=f"Bearer {token}")["dispatch"]
        assert served.url.startswith(f"http://{socket.gethostname()}:")  # the name that is told is one that is served
        named = urllib.request.Request(f"{local}/healthz", headers={"Host": served.url.removeprefix("http://")})
        with urllib.request.urlopen(named) as answer:
            assert answer.status == 200
    assert run("--revoke", home=tmp_path).returncode == 0
    assert run("--host", "0.0.0.0", "--port", "0", home=tmp_path).returncode == 2


@pytest.mark.parametrize("address", ["999.1.2.3", "192.0.2.1", "khong co ten nay"])
def test_an_address_that_is_not_ours_is_said(tmp_path: Path, address: str) -> None:
    run("--set-password", home=tmp_path, typed="một mật khẩu dài\n")
    refused = run("--host", address, "--port", "0", home=tmp_path)
    assert refused.returncode == 2
    assert "địa chỉ" in refused.stderr.lower()
    assert "Traceback" not in refused.stderr


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("--data", str(tmp_path / "file" / "x"), "--port", "0", home=tmp_path)
    assert refused.returncode == 2
    assert "Không ghi được vào thư mục dữ liệu." in refused.stderr
    (tmp_path / FILE).write_text("không phải sổ ghi" * 100, encoding="utf-8")
    refused = run("--port", "0", home=tmp_path)
    assert refused.returncode == 2
    assert "Tệp này không phải sổ ghi." in refused.stderr


def test_without_the_extra_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vanthu_classifier.cli_serve.find_spec", lambda name: None)
    with pytest.raises(SystemExit) as done:
        cli.main(["serve"])
    assert done.value.code == 6
    assert 'pip install "vanthu-classifier[web]"' in capsys.readouterr().err


@needs("openssl")
def test_over_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate, "-keyout", key],
        check=True, capture_output=True,
    )  # fmt: skip
    with serving(tmp_path, "--certificate", str(certificate), "--certificate-key", str(key)) as served:
        context = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(f"{served.url}/healthz", context=context) as answer:
            assert answer.headers["strict-transport-security"]
    assert run("--certificate", str(certificate), "--port", "0", home=tmp_path).returncode == 2


# ------------------------------------------------------------------ many clerks, and a pulled plug


def test_a_killed_server_has_lost_nothing(tmp_path: Path) -> None:
    """Twenty clerks correct while the server is killed; every correction that was confirmed is there afterwards, once."""
    confirmed: list[str] = []
    with serving(tmp_path) as served:

        def clerk(number: int) -> None:
            connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=20)
            for i in range(1000):
                key = f"{number}-{i}"
                body = json.dumps({"document": {"trich_yeu": f"Tờ trình số {key}"}, "verdict": "right", "key": key})
                try:
                    connection.request("POST", "/api/v1/corrections", body, {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    assert answer.status == 201
                    answer.read()
                except (OSError, http.client.HTTPException):
                    connection.close()
                    return
                confirmed.append(key)

        clerks = [threading.Thread(target=clerk, args=(n,)) for n in range(20)]
        for thread in clerks:
            thread.start()
        while len(confirmed) < 200:
            assert served.process.poll() is None
        left = tmp_path / "tmp" / "dang-doc" / "mat.docx"
        left.parent.mkdir()
        left.write_bytes(b"x")
        served.kill()
        for thread in clerks:
            thread.join()
    assert left.exists()
    with serving(tmp_path) as served:
        assert not left.exists()
        again = {"document": {"trich_yeu": "Tờ trình"}, "verdict": "right", "key": confirmed[-1]}
        post(served.url, "/api/v1/corrections", again)  # tried again after the crash: still one
    with Journal(tmp_path / FILE) as journal:
        kept = [c.key for c in journal.corrections()]
    assert set(confirmed) <= set(kept)
    assert len(kept) == len(set(kept))


@pytest.mark.slow
def test_fifty_clerks_lose_no_correction(tmp_path: Path) -> None:
    """The load run's own check, at full size: no error, no lost correction."""
    script = Path(__file__).parents[1] / "benchmarks" / "serve_load.py"
    done = subprocess.run(
        [sys.executable, str(script), "--clients", "50", "--requests", "40", "--no-bare"],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "errors 0" in done.stdout
    assert "lost corrections 0" in done.stdout
