"""The page's REST interface: what programs send and get."""

import io
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import strategies
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.testclient import TestClient

import office_files
from needs import needs
from vanthu_classifier import DispatchClassifier, __version__, classify, writers
from vanthu_classifier.web import api, models
from vanthu_classifier.web.access import AccessFile
from vanthu_classifier.web.app import create_app
from vanthu_classifier.web.settings import Limits, Settings

BASE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE) as opened:
        yield opened


def small(tmp_path: Path, limits: Limits) -> TestClient:
    return TestClient(create_app(tmp_path, settings=Settings(limits=limits)), base_url=BASE)


# ------------------------------------------------------------------ deciding


def test_classify_answers_what_the_library_answers(client: TestClient) -> None:
    args: dict[str, Any] = {
        "trich_yeu": "V/v đề nghị thẩm định hồ sơ",
        "so_ky_hieu": "12/UBND-VX",
        "ngay_ban_hanh": "02/7/2019",
        "noi_nhan": ["Kính gửi: Sở Xây dựng", "Lưu: VT"],
    }
    answer = client.post("/api/v1/classify", json=args)
    assert answer.status_code == 200
    assert answer.json() == classify(**args).to_dict()


def test_classify_many_answers_in_order(client: TestClient) -> None:
    titles = ["Tờ trình xin kinh phí", "Công điện ứng phó bão", "Kiểm tra công tác văn thư"]
    answer = client.post("/api/v1/classify-many", json={"items": [{"trich_yeu": title} for title in titles]})
    assert answer.json() == {"items": [classify(title).to_dict() for title in titles]}
    assert client.post("/api/v1/classify-many", json={"items": []}).json() == {"items": []}


def test_answers_have_the_documented_shape(client: TestClient) -> None:
    item = {"trich_yeu": "Kiểm tra công tác văn thư", "noi_nhan": "Sở Nội vụ (để biết)\nLưu: VT"}
    many = client.post("/api/v1/classify-many", json={"items": [item]}).json()
    assert set(models.DecisionOut.model_fields) == set(many["items"][0])
    models.Decisions.model_validate(many)
    models.Rules.model_validate(client.get("/api/v1/rules").json())
    models.Version.model_validate(client.get("/api/v1/version").json())


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"trich_yeu": "a", "ngay_ban_hanh": "31/31/2020"}, "ngay_ban_hanh"),
        ({"trich_yeu": "a", "loai_van_ban": "tờ rơi"}, "loai_van_ban"),
        ({"trich_yeu": 5}, "trich_yeu"),
        ({"so_ky_hieu": "1/QĐ"}, "trich_yeu"),
        ({"trich_yeu": "a", "trich_yeu_2": "b"}, "trich_yeu_2"),
        ({"trich_yeu": "a", "noi_nhan": [1]}, "noi_nhan.list[str][0]"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, sent: dict[str, Any], field: str) -> None:
    refused = client.post("/api/v1/classify", json=sent)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = models.ProblemOut.model_validate(refused.json())
    assert field in [error.field for error in problem.errors or ()]
    many = client.post("/api/v1/classify-many", json={"items": [{"trich_yeu": "b"}, sent]}).json()
    assert f"items[1].{field}" in [error["field"] for error in many["errors"]]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"trich_yeu": "\\ud800"}', b"[]", b"NaN"])
def test_a_body_that_is_none_is_refused(client: TestClient, body: bytes) -> None:
    refused = client.post("/api/v1/classify", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 422)
    assert refused.headers["content-type"] == "application/problem+json"


def test_limits_in_count_and_size(tmp_path: Path) -> None:
    with small(tmp_path, Limits(body=1000, items=2)) as client:
        three = client.post("/api/v1/classify-many", json={"items": [{"trich_yeu": "a"}] * 3})
        assert (three.status_code, three.json()["errors"]) == (413, [{"field": "items", "message": "3 > 2"}])
        long = {"trich_yeu": "a" * 2000}
        assert client.post("/api/v1/classify", json=long).status_code == 413
        chunked = client.post(
            "/api/v1/classify", content=iter([json.dumps(long).encode()]), headers={"Content-Type": "application/json"}
        )
        assert chunked.status_code == 413


# ------------------------------------------------------------------ reading


def test_read_answers_batch_rows_and_deletes_the_file(client: TestClient, app: FastAPI, tmp_path: Path) -> None:
    path = office_files.docx(tmp_path / "Công văn 15.docx", office_files.letter())
    before = client.get("/api/v1/version").json()
    answer = client.post("/api/v1/read", files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 200, answer.text
    [row] = answer.json()["rows"]
    assert tuple(row) == writers.COLUMNS
    assert (row["path"], row["so_ky_hieu"], row["error"]) == ("Công văn 15.docx", "15/UBND-NV", None)
    models.RowsOut.model_validate(answer.json())
    assert before == client.get("/api/v1/version").json()
    assert list(Path(app.state.folder).iterdir()) == []


def test_a_register_gives_a_row_a_line(client: TestClient) -> None:
    register = "Số ký hiệu;Trích yếu\n15/TTr-A;Tờ trình xin kinh phí\n16/GM-A;Mời họp\n"
    rows = client.post("/api/v1/read", files={"file": ("so.csv", register.encode())}).json()["rows"]
    assert [(r["row"], r["dispatch"]) for r in rows] == [(2, "electronic_and_paper"), (3, "electronic_only")]


@pytest.mark.parametrize("name", ["../../x.docx", "", "CON", "a\x00b.pdf", "x" * 300 + ".docx"])
def test_a_broken_file_is_a_row_with_an_error(client: TestClient, app: FastAPI, name: str) -> None:
    answer = client.post("/api/v1/read", files={"file": (name or "x", io.BytesIO(b"PK\x03\x04 broken"))})
    assert answer.status_code == 200
    assert [bool(row["error"]) for row in answer.json()["rows"]] == [True]
    assert list(Path(app.state.folder).iterdir()) == []
    assert not (Path(app.state.folder).parent.parent / "x.docx").exists()


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    register = "Số ký hiệu;Trích yếu\n" + "15/TTr-A;Tờ trình xin kinh phí\n" * 5
    with small(tmp_path, Limits(rows=4)) as client:
        assert client.post("/api/v1/read", files={"file": ("so.csv", register.encode())}).status_code == 413
        assert client.post("/api/v1/read", data={"a": "b"}).status_code == 422


# ------------------------------------------------------------------ corrections


def test_a_correction_is_recorded_once(client: TestClient) -> None:
    sent = {
        "document": {"trich_yeu": "Tăng cường công tác phòng cháy rừng"},
        "verdict": "wrong",
        "dispatch": "electronic_and_paper",
        "loai_van_ban": "quyết định",
        "reason": "Là quyết định.",
        "who": "Văn thư",
        "key": "k-1",
    }
    first = client.post("/api/v1/corrections", json=sent)
    assert first.status_code == 201, first.text
    said = models.Corrected.model_validate(first.json())
    assert (said.loai_van_ban, said.bearing, said.dispatch) == ("QĐ", "learn", "electronic_and_paper")
    assert client.post("/api/v1/corrections", json=sent).json() == first.json()


def test_a_correction_against_a_rule_says_which(client: TestClient) -> None:
    sent = {
        "document": {"trich_yeu": "Tờ trình xin kinh phí"}, "verdict": "wrong", "dispatch": "electronic_only", "reason": "Vì thế.",
    }  # fmt: skip
    said = client.post("/api/v1/corrections", json=sent).json()
    assert (said["bearing"], said["rule"]) == ("rule", "B03")


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"reason": ""}, 422, "reason"),
        ({"dispatch": None}, 422, "dispatch"),
        ({"dispatch": "needs_review"}, 422, "dispatch"),
        ({"loai_van_ban": "tờ rơi"}, 422, "loai_van_ban"),
        ({"answered": "electronic_only"}, 409, "answered"),
        ({"document": {"trich_yeu": "a", "do_mat": "x"}}, 422, "do_mat"),
    ],
)
def test_a_correction_that_cannot_be_taken(client: TestClient, change: dict[str, Any], status: int, field: str) -> None:
    sent = {
        "document": {"trich_yeu": "Tờ trình xin kinh phí"}, "verdict": "wrong", "dispatch": "electronic_only", "reason": "Vì thế.",
    }  # fmt: skip
    refused = client.post("/api/v1/corrections", json={**sent, **change})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (status, field)


# ------------------------------------------------------------------ about


def test_rules_have_quotation_reading_and_examples(client: TestClient) -> None:
    found = client.get("/api/v1/rules").json()
    rule = next(r for r in found["rules"] if r["id"] == "E05")
    assert rule["quote"] == "đăng ký lịch họp"
    assert rule["examples"][0]["trich_yeu"].startswith("V/v đăng ký lịch họp")
    assert rule["near_misses"]


def test_version_and_health(client: TestClient) -> None:
    version = client.get("/api/v1/version").json()
    pack = DispatchClassifier().pack
    assert (version["version"], version["rule_pack"]["sha256"]) == (__version__, pack.sha256)
    assert version["model"] == classify("Tăng cường công tác văn thư").model
    assert client.get("/healthz").json() == {"status": "ok", "service": "vanthu"}


def test_the_description_has_real_examples(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    for path, sent in api.EXAMPLES.items():
        operation = described["paths"][path]["post"]
        assert operation["requestBody"]["content"]["application/json"]["example"] == sent
        answer = client.post(path, json=sent)
        assert answer.status_code in (200, 201)
        if path != "/api/v1/corrections":
            assert operation["responses"]["200"]["content"]["application/json"]["example"] == answer.json()
    assert not [path for path in described["paths"] if path.startswith(("/lich-su", "/y-kien"))]
    assert client.get("/api/v1/classify").status_code == 405
    missing = client.get("/api/v1/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


# ------------------------------------------------------------------ the examples that the page shows


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """A server on a port of its own, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(create_app(tmp_path_factory.mktemp("served"))) as url:
        yield url


def _shown(address: str) -> list[str]:
    import html
    from urllib.request import urlopen

    with urlopen(f"{address}/gioi-thieu") as page:
        blocks = re.findall(r"<code>(.*?)</code>", page.read().decode(), re.DOTALL)
    return [html.unescape(block) for block in blocks]


def test_the_python_example_runs(address: str) -> None:
    done = subprocess.run([sys.executable, "-c", _shown(address)[1]], capture_output=True, text=True, check=True)
    assert done.stdout == "electronic_only\n"


@needs("curl")
def test_the_curl_example_runs(address: str) -> None:
    done = subprocess.run(["bash", "-c", _shown(address)[0]], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["category"] == "E05"


def test_a_body_that_does_not_arrive_is_given_up(tmp_path: Path) -> None:
    app = create_app(tmp_path, settings=Settings(limits=Limits(arrival=0.2)))
    with running(app) as address, socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as slow:
        slow.settimeout(20)
        slow.sendall(
            b"POST /api/v1/classify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        assert slow.recv(1000).startswith(b"HTTP/1.1 408")


# ------------------------------------------------------------------ fuzzing


OPERATIONS = [
    ("POST", "/api/v1/classify"),
    ("POST", "/api/v1/classify-many"),
    ("POST", "/api/v1/corrections"),
    ("POST", "/api/v1/read"),
    ("GET", "/api/v1/rules"),
    ("GET", "/api/v1/version"),
    ("GET", "/healthz"),
]


@pytest.fixture(scope="module")
def described(address: str) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


def test_every_operation_is_fuzzed(described: schemathesis.BaseSchema) -> None:
    found = {(r.ok().method.upper(), r.ok().path) for r in described.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{m} {p}" for m, p in OPERATIONS])
def test_nothing_that_is_sent_breaks_it(described: schemathesis.BaseSchema, method: str, path: str) -> None:
    operation = described[path][method]
    modes = list(schemathesis.GenerationMode)
    examples = 10 if path.endswith("/read") else 60 if method == "POST" else 3

    left_out = [positive_data_acceptance]  # a date, a type … is more than its schema says
    if path.endswith("/read"):
        left_out.append(negative_data_rejection)  # in multipart everything is a file's bytes

    @hypothesis.given(case=strategies.one_of([operation.as_strategy(generation_mode=mode) for mode in modes]))
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        derandomize=True,
        database=None,
    )
    def sent(case: schemathesis.Case) -> None:
        case.call_and_validate(excluded_checks=left_out)

    sent()


def test_a_password_closes_rest(tmp_path: Path) -> None:
    file = AccessFile(tmp_path)
    token = file.new_token()
    with TestClient(create_app(tmp_path), base_url=BASE) as client:
        refused = client.get("/api/v1/version")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="vanthu"')
        assert client.get("/api/v1/version", headers={"Authorization": f"Bearer {token}x"}).status_code == 401
        assert client.get("/api/v1/version", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get("/healthz").status_code == 200
        assert client.get("/openapi.json").status_code == 401
