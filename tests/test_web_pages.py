"""The pages without a browser: what forms do, what is refused, what is kept."""

import html
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

import office_files
from vanthu_classifier import DispatchClassifier, classify, rulepack
from vanthu_classifier.journal import Answered
from vanthu_classifier.web import app as app_module
from vanthu_classifier.web import view
from vanthu_classifier.web.access import AccessFile
from vanthu_classifier.web.app import create_app
from vanthu_classifier.web.jobs import Jobs, safe_name
from vanthu_classifier.web.settings import Limits, Settings

BASE = "http://127.0.0.1:8765"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return create_app(tmp_path)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE) as opened:
        opened.get("/")
        yield opened


def token(client: TestClient, page: str = "/") -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', client.get(page).text)
    assert found
    return found[1]


def words(page: str) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    apart = re.sub(r"</?(?:td|th|tr|p|li|br|h\d|div)\b[^>]*>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", apart)))


def ask(client: TestClient, title: str, **more: str) -> Any:
    return client.post("/", data={"form_token": token(client), "trich_yeu": title, **more})


# ------------------------------------------------------------------ asking


def test_the_answer_is_there_in_words_shape_and_clause(client: TestClient) -> None:
    page = ask(client, "Tờ trình xin chủ trương đầu tư").text
    assert "Gửi bản điện tử kèm bản giấy" in words(page)
    assert "<mark>Tờ trình</mark> xin chủ trương" in page
    assert "«tờ trình»" in words(page)
    assert "Quyết định số 40/2018/QĐ-UBND, danh mục 2 (điện tử kèm giấy), mục B03" in words(page)
    assert '<rect x="2"' in page  # the square of its answer
    assert "Chắc chắn 99 %, theo quy tắc" in words(page)
    assert client.get("/").text.count("<rect") == 1  # only in the legend


def test_what_needs_review_shows_lean_and_question(client: TestClient) -> None:
    page = words(ask(client, "V/v đề nghị giải quyết kiến nghị của cử tri", so_ky_hieu="12/UBND-VX").text)
    assert "Cần xem xét" in page
    assert "Nghiêng về: gửi bản điện tử kèm bản giấy" in page
    assert "Cần làm rõ: Nơi nhận có chủ trì giải quyết việc này không?" in page


def test_each_recipient_has_its_line(client: TestClient) -> None:
    block = "Kính gửi: Sở Xây dựng\r\n- UBND huyện (để b/c);\r\n- Lưu: VT."
    page = words(ask(client, "V/v đề nghị thẩm định hồ sơ", noi_nhan=block).text)
    assert "Sở Xây dựng Gửi bản điện tử kèm bản giấy" in page
    assert "UBND huyện Chỉ gửi bản điện tử để báo cáo" in page
    assert "Lưu: VT Không gửi" in page


def test_a_late_document_is_warned_of(client: TestClient) -> None:
    assert "đã hết hiệu lực sau ngày 09/04/2021" in words(ask(client, "Tờ trình xin vốn", ngay_ban_hanh="1/6/2022").text).split("Trả lời theo")[0]  # fmt: skip


def test_in_english(client: TestClient) -> None:
    page = ask(client, "Giấy mời họp giao ban", lang="en").text
    assert '<html lang="en">' in page
    assert "Electronic only" in words(page)
    assert "Is this answer right?" in words(page)
    assert '<html lang="en">' in client.get("/quy-tac").text  # remembered
    assert '<html lang="vi">' in client.get("/?lang=vi").text


def test_notes_in_english(client: TestClient) -> None:
    page = words(ask(client, "Tờ trình xin vốn", ngay_ban_hanh="1/6/2022", lang="en").text)
    assert "Note: Document of 01/06/2022: Quyết định số 40/2018/QĐ-UBND was in force until 09/04/2021." in page
    assert "Lưu ý" not in page


def test_notes_that_an_earlier_version_recorded_are_shown_as_they_are() -> None:
    classifier = DispatchClassifier()
    answer = classifier.classify("Quyêt định nâng lương").to_dict()
    del answer["warnings_en"]
    given = Answered({"trich_yeu": "Quyêt định nâng lương"}, answer, classifier.pack.sha256, None, "ask", "0.1.0")
    assert view.show(given, classifier.pack, "en").warnings == ["Đọc «Quyêt định» là «Quyết định»."]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"trich_yeu": "  "}, "trich_yeu"),
        ({"trich_yeu": "Tờ trình", "ngay_ban_hanh": "hôm qua"}, "ngay_ban_hanh"),
        ({"trich_yeu": "Tờ trình", "loai_van_ban": "tờ rơi"}, "loai_van_ban"),
    ],
)
def test_a_wrong_field_is_told_beside_it(client: TestClient, fields: dict[str, str], field: str) -> None:
    page = client.post("/", data={"form_token": token(client), **fields})
    assert page.status_code == 422
    assert f'id="loi-{field}"' in page.text
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="loi-{field}', page.text)


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "Tờ trình </textarea><b>"]
)
def test_what_is_typed_stays_text(client: TestClient, title: str) -> None:
    ask(client, title)
    for page in (ask(client, title).text, client.get("/lich-su").text, client.get("/lich-su/1").text):
        assert title not in page.replace("{{ 7 * 7 }}", "x{{ 7 * 7 }}"[1:]) or title == "{{ 7 * 7 }}"
        assert "<script>" not in page
        assert "<img" not in page
        assert ">49<" not in page


def test_a_title_of_odd_letters_is_answered(client: TestClient) -> None:
    for title in ("\x00\x01", "\u202etrình Tờ", "x" * 25_000, "a\ud800b", "Tờ\r\ntrình"):
        sent = {"form_token": token(client), "trich_yeu": title.encode("utf-8", "surrogatepass")}
        assert client.post("/", data=sent).status_code in (200, 422)


# ------------------------------------------------------------------ history


def test_history_finds_exports_and_decides_again(client: TestClient, tmp_path: Path) -> None:
    ask(client, "=HYPERLINK(1) Tờ trình xin kinh phí")
    ask(client, "Giấy mời họp giao ban")
    assert "2 bản ghi" in words(client.get("/lich-su").text)
    found = words(client.get("/lich-su?q=kinh+phi").text)
    assert "1 bản ghi" in found
    assert "Giấy mời" not in found
    assert "Không có bản ghi" in words(client.get("/lich-su?tra_loi=not_by_network").text)
    again = words(client.get("/lich-su/1?xet-lai=1").text)
    assert "Xét lại: câu trả lời như cũ." in again
    lines = client.get("/lich-su/xuat.jsonl").text.splitlines()
    assert [json.loads(line)["trich_yeu"] for line in lines] == ["Giấy mời họp giao ban", "=HYPERLINK(1) Tờ trình xin kinh phí"]  # fmt: skip
    assert "'=HYPERLINK(1)" in client.get("/lich-su/xuat.csv?q=hyperlink").text
    sheet = tmp_path / "h.xlsx"
    sheet.write_bytes(client.get("/lich-su/xuat.xlsx").content)
    assert CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()[2][3].startswith("=HYPERLINK")
    assert list((tmp_path / "tmp").iterdir()) == []
    for missing in ("/lich-su/xuat.exe", "/lich-su/77", "/lich-su/a", "/lich-su/9999999999999999999999"):
        assert client.get(missing).status_code == 404


def test_a_record_of_other_rules_says_what_changed(client: TestClient, app: FastAPI) -> None:
    answer = classify("Tờ trình xin kinh phí").to_dict() | {"dispatch": "electronic_only", "p_paper": 0.02}
    given = Answered({"trich_yeu": "Tờ trình xin kinh phí"}, answer, "0" * 64, None, "ask", "0.0.9")
    id = app.state.desk.journal.ask(given, source="page")
    page = words(client.get(f"/lich-su/{id}?xet-lai=1").text)
    assert "Xét lại: câu trả lời nay đã khác." in page
    assert "bộ quy tắc (000000000000 →" in page
    assert "phiên bản (0.0.9 →" in page
    assert "Trả lời Chỉ gửi bản điện tử Gửi bản điện tử kèm bản giấy" in page


def test_a_note_that_has_changed_is_told_once(client: TestClient, app: FastAPI) -> None:
    title = "Quyêt định nâng lương"
    answer = classify(title).to_dict() | {"warnings": ["Ghi chú cũ."], "warnings_en": ["An old note."]}
    id = app.state.desk.journal.ask(
        Answered({"trich_yeu": title}, answer, "0" * 64, None, "ask", "0.0.9"), source="page"
    )
    page = client.get(f"/lich-su/{id}?xet-lai=1").text
    assert "Lưu ý Ghi chú cũ. Đọc «Quyêt định» là «Quyết định»." in words(page)
    assert "warnings_en" not in page
    assert "An old note." not in page


def test_without_history_nothing_is_kept(tmp_path: Path) -> None:
    with TestClient(create_app(tmp_path, settings=Settings(history=False)), base_url=BASE) as client:
        assert "Gửi bản điện tử kèm bản giấy" in ask(client, "Tờ trình mật lộ").text
        assert "Lịch sử đang tắt" in words(client.get("/lich-su").text)
        assert "Không có bản ghi" in words(client.get("/lich-su").text)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "mật lộ".encode() not in kept


def test_an_answer_is_given_even_when_it_cannot_be_recorded(client: TestClient, app: FastAPI) -> None:
    form = {"form_token": token(client), "trich_yeu": "Tờ trình xin kinh phí"}
    app.state.desk.journal.close()
    page = client.post("/", data=form)
    assert page.status_code == 200
    assert "Chưa ghi được vào lịch sử" in words(page.text)
    assert client.post("/api/v1/classify", json={"trich_yeu": "Tờ trình"}).status_code == 200
    assert client.get("/healthz").status_code == 503
    refused = client.post("/api/v1/corrections", json={"document": {"trich_yeu": "Tờ trình"}, "verdict": "right"})
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")


# ------------------------------------------------------------------ corrections


def correct(client: TestClient, **fields: str) -> Any:
    return client.post("/y-kien", data={"form_token": token(client), **fields})


def test_right_and_wrong_are_recorded_with_what_they_are_good_for(client: TestClient) -> None:
    right = correct(client, trich_yeu="Giấy mời họp", verdict="right", who="Văn thư A", answered="electronic_only")
    assert "Đã ghi ý kiến. Xin cảm ơn. Xác nhận câu trả lời." in words(right.text)
    assert 'value="Văn thư A"' in ask(client, "Giấy mời họp").text  # the name is remembered
    wrong = correct(
        client, trich_yeu="Tờ trình xin vốn", verdict="wrong", dung="electronic_only", ly_do="=1+1", who="B"
    )
    assert "Khác với quy tắc" in words(wrong.text)
    listed = words(client.get("/y-kien?bearing=rule").text)
    assert "1 ý kiến" in listed
    assert "Tờ trình xin vốn" in listed
    assert "Giấy mời" not in listed
    assert "1 ý kiến" in words(client.get("/y-kien?q=giay+moi&verdict=right").text)
    rows = client.get("/y-kien/xuat.csv").text
    assert "'=1+1" in rows
    assert "2 ý kiến" in words(client.get("/y-kien").text)


def test_a_correction_that_says_nothing_is_asked_again(client: TestClient) -> None:
    page = correct(client, trich_yeu="Tờ trình xin vốn", verdict="wrong", ly_do="Vì thế.")
    assert page.status_code == 422
    assert "Xin chọn hình thức gửi đúng" in words(page.text)
    assert ">\nVì thế.</textarea>" in page.text
    page = correct(client, trich_yeu="Tờ trình xin vốn", verdict="wrong", dung="electronic_only")
    assert "Xin ghi ngắn gọn lý do." in words(page.text)
    assert "Không có ý kiến" in words(client.get("/y-kien").text)


def test_an_answer_that_has_changed_is_shown_before_it_is_judged(client: TestClient) -> None:
    page = correct(client, trich_yeu="Tờ trình xin vốn", verdict="right", answered="electronic_only")
    assert page.status_code == 409
    assert "câu trả lời nay đã khác" in words(page.text)
    assert "Không có ý kiến" in words(client.get("/y-kien").text)


def test_every_answer_can_be_judged(client: TestClient) -> None:
    """On the first page, in the history, and from a report's rows."""
    ask(client, "Giấy mời họp", noi_nhan="Kính gửi: Sở Y tế\nLưu: VT", noi_bo="1")
    form = re.search(r'<form class="opinion".*?</form>', client.get("/lich-su/1").text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    said = client.post("/y-kien", data={**fields, "verdict": "right"})
    assert "Đã ghi ý kiến" in words(said.text)
    kept = json.loads(client.get("/y-kien/xuat.jsonl").text)
    assert kept["args"] == {"trich_yeu": "Giấy mời họp", "noi_nhan": "Kính gửi: Sở Y tế\nLưu: VT", "noi_bo": True}
    page = wait(client, upload(client, ("so.csv", REGISTER.encode())).headers["location"]).text
    row = re.search(r'<td><form method="post" action="/">.*?</form>', page, re.DOTALL)
    assert row
    seen = client.post("/", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', row[0])))
    assert "Câu trả lời này đúng không?" in words(seen.text)
    assert "Tờ trình xin kinh phí" in words(seen.text)


def test_a_form_sent_twice_counts_once(client: TestClient) -> None:
    for _ in range(2):
        correct(client, trich_yeu="Giấy mời họp", verdict="right", key="k")
    assert "1 ý kiến" in words(client.get("/y-kien").text)


# ------------------------------------------------------------------ the rules


@pytest.mark.parametrize("name", rulepack.names())
def test_every_rule_is_readable(tmp_path: Path, name: str) -> None:
    pack = rulepack.load(name)
    with TestClient(create_app(tmp_path, classifier=DispatchClassifier(pack.id)), base_url=BASE) as client:
        page = words(client.get("/quy-tac").text)
        for rule in pack.rules.values():
            assert f"{rule.id} " in page
            assert rule.quote in page
            assert rule.reading in page
            one = words(client.get(f"/quy-tac/{rule.id}").text)
            assert all(example.trich_yeu in one for example in (*rule.examples, *rule.near_misses))
        asked = words(ask(client, "Tờ trình xin kinh phí").text)
        assert f"{pack.short}, {pack.place(classify_by(pack.id)['category'])[0][:7].lower()}" in asked
        assert pack.short in words(client.get("/gioi-thieu").text)


def classify_by(pack: str) -> dict[str, Any]:
    return DispatchClassifier(pack).classify("Tờ trình xin kinh phí").to_dict()


def test_rules_are_found_by_their_words(client: TestClient) -> None:
    assert "E05" in words(client.get("/quy-tac?q=lich+hop").text)
    assert "B03" not in words(client.get("/quy-tac?q=lich+hop").text)
    assert "Không có quy tắc nào" in words(client.get("/quy-tac?q=xyz").text)
    assert client.get("/quy-tac/X99").status_code == 404


def test_a_title_is_tried_against_a_rule(client: TestClient) -> None:
    form = {"form_token": token(client)}
    speaks = words(client.post("/quy-tac/E05", data={**form, "trich_yeu": "V/v đăng ký lịch họp"}).text)
    assert "Quy tắc này áp dụng" in speaks
    silent = words(client.post("/quy-tac/E05", data={**form, "trich_yeu": "Tờ trình đăng ký lịch họp"}).text)
    assert "Quy tắc này không áp dụng" in silent
    assert "Thiếu Loại văn bản: Công văn (ở đây: Tờ trình)" in silent
    every = words(client.post("/quy-tac", data={**form, "trich_yeu": "Tờ trình đăng ký lịch họp"}).text)
    assert "B03 Gửi bản điện tử kèm bản giấy được dẫn trong câu trả lời" in every
    assert "Suýt áp dụng" in every
    assert "E05 Chỉ gửi bản điện tử «đăng ký lịch họp»" in every
    guessed = words(client.post("/quy-tac", data={**form, "trich_yeu": "Kiểm tra công tác văn thư"}).text)
    assert "Loại văn bản là ước lượng của mô hình." in guessed
    assert "Không có bản ghi" in words(client.get("/lich-su").text)  # trying is not asking


# ------------------------------------------------------------------ many at once


def wait(client: TestClient, where: str) -> Any:
    for _ in range(400):
        page = client.get(where)
        if "data-refresh" not in page.text:
            return page
        time.sleep(0.05)
    raise AssertionError("the upload is never done")


def upload(client: TestClient, *files: tuple[str, bytes]) -> Any:
    sent = [("files", (name, io.BytesIO(content))) for name, content in files]
    return client.post("/nhieu-van-ban", data={"form_token": token(client)}, files=sent, follow_redirects=False)


REGISTER = "Số ký hiệu;Trích yếu\n15/TTr-A;Tờ trình xin kinh phí\n16/GM-A;Mời họp\n"


def test_many_are_read_and_the_report_is_downloaded(client: TestClient, app: FastAPI, tmp_path: Path) -> None:
    letter = office_files.docx(tmp_path / "cv.docx", office_files.letter()).read_bytes()
    answer = upload(
        client, ("so.csv", REGISTER.encode()), ("cv.docx", letter), ("cv.docx", letter), ("h.pdf", b"%PDF-1.4")
    )
    assert answer.status_code == 303
    where = answer.headers["location"]
    page = words(wait(client, where).text)
    assert "Đã xong: 4 tệp, 5 văn bản, 1 không đọc được." in page
    rows = [json.loads(line) for line in client.get(f"{where}/bao-cao.jsonl").text.splitlines()]
    assert [(r["path"], r["row"]) for r in rows] == [("cv (2).docx", None), ("cv.docx", None), ("h.pdf", None), ("so.csv", 2), ("so.csv", 3)]  # fmt: skip
    assert client.get(f"{where}/bao-cao.csv").content.startswith(b"\xef\xbb\xbfpath,row")
    sheet = tmp_path / "bc.xlsx"
    sheet.write_bytes(client.get(f"{where}/bao-cao.xlsx").content)
    assert CalamineWorkbook.from_path(sheet).sheet_names == ["Văn bản", "Nơi nhận", "Lỗi", "Tổng hợp"]
    [place] = Path(app.state.folder).iterdir()
    assert not (place / "tep").exists()  # what was uploaded is gone
    assert client.get(f"{where}/bao-cao.parquet").status_code == 404
    with TestClient(app, base_url=BASE) as somebody_else:
        assert somebody_else.get(where).status_code == 404
        assert somebody_else.get(f"{where}/bao-cao.csv").status_code == 404


def test_a_report_can_be_deleted(client: TestClient, app: FastAPI) -> None:
    where = upload(client, ("so.csv", REGISTER.encode())).headers["location"]
    wait(client, where)
    client.post(f"{where}/xoa", data={"form_token": token(client)})
    assert client.get(where).status_code == 404
    assert list(Path(app.state.folder).iterdir()) == []


def test_an_upload_without_files_says_so(client: TestClient) -> None:
    refused = client.post("/nhieu-van-ban", data={"form_token": token(client)}, files=[("files", ("", b""))])
    assert refused.status_code == 422
    assert "Chưa chọn tệp nào." in words(refused.text)


def test_limits_of_an_upload(tmp_path: Path) -> None:
    limits = Limits(upload=3000, files=2, job=0.0, waiting=1)
    with TestClient(create_app(tmp_path, settings=Settings(limits=limits)), base_url=BASE) as client:
        assert upload(client, ("a.txt", b"x" * 4000)).status_code == 413
        assert upload(client, ("a", b"1"), ("b", b"2"), ("c", b"3")).status_code == 400
        where = upload(client, ("so.csv", REGISTER.encode())).headers["location"]
        assert "Quá thời gian cho phép" in words(wait(client, where).text)


def test_what_a_killed_server_left_is_deleted(tmp_path: Path) -> None:
    left = tmp_path / "tmp" / "abc" / "tep" / "mat.docx"
    left.parent.mkdir(parents=True)
    left.write_text("bí mật")
    with TestClient(create_app(tmp_path), base_url=BASE):
        assert not left.exists()
    assert not (tmp_path / "tmp").exists()  # and nothing stays behind a server that stops


def test_a_waiting_upload_can_be_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "_work", lambda self: None)
    jobs = Jobs(tmp_path / "tmp", DispatchClassifier(), Limits(waiting=2))
    first, second = (jobs.add([("a.txt", io.BytesIO(b"x"))], "s") for _ in range(2))
    assert (jobs.ahead(first), jobs.ahead(second)) == (0, 1)
    with pytest.raises(Exception, match="nhiều hồ sơ chờ"):
        jobs.add([("a.txt", io.BytesIO(b"x"))], "s")
    jobs.discard(first)
    assert jobs.get(first.id, "s") is None
    assert jobs.ahead(second) == 0
    jobs.close()


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "a/../../b", "\x00", "...", "x" * 999, "nul", "đ" * 300 + ".docx"]
)  # fmt: skip
def test_no_name_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / safe_name(name)
    assert path.resolve().is_relative_to(tmp_path.resolve())
    assert ".." not in path.parts
    assert path != tmp_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")


# ------------------------------------------------------------------ what is refused


def test_a_form_from_elsewhere_is_refused(client: TestClient, app: FastAPI) -> None:
    form = {"form_token": token(client), "trich_yeu": "Tờ trình"}
    assert client.post("/", data={**form, "form_token": "0" * 64}).status_code == 403
    assert client.post("/", data={"trich_yeu": "Tờ trình"}).status_code == 403
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/", data=form, headers=headers).status_code == 403
        assert client.post("/api/v1/classify", json={"trich_yeu": "a"}, headers=headers).status_code == 403
    assert client.post("/", data=form, headers={"Origin": BASE, "Sec-Fetch-Site": "same-origin"}).status_code == 200
    with TestClient(app, base_url=BASE) as other:
        other.get("/")
        assert other.post("/", data=form).status_code == 403  # another session's token


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "[::1].evil"])
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421
    assert client.get("/healthz", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:8765"])
def test_our_own_names_are_taken(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/api/v1/rules", "/khong-co", "/healthz", "/lich-su"])
def test_every_answer_forbids_what_is_not_used(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")
    assert "server" not in headers


def test_no_page_has_inline_script_or_style_or_fetches_from_elsewhere(client: TestClient) -> None:
    pages = ["/", "/nhieu-van-ban", "/lich-su", "/y-kien", "/quy-tac", "/quy-tac/E05", "/gioi-thieu"]
    texts = [client.get(page).text for page in pages] + [ask(client, "Tờ trình xin vốn").text]
    for text in texts:
        assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=|javascript:", text)
        assert not re.findall(r'(?:src|href|action)="(?!/|#)[^"]*"', text)
    static = Path(app_module.__file__).with_name("static")
    for path in static.iterdir():
        content = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in content
        assert "https:" not in content
        assert "@import" not in content


def test_no_folder_is_listed_and_no_path_leads_out(client: TestClient) -> None:
    for path in ("/static/", "/static", "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/tmp/"):
        assert client.get(path).status_code == 404, path


def test_no_title_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    app, title = create_app(tmp_path, settings=Settings(log_requests=True)), "Tờ trình lộ ra"
    with caplog.at_level(logging.DEBUG), TestClient(app, base_url=BASE, raise_server_exceptions=True) as client:
        ask(client, title)
        client.get("/lich-su?q=lộ+ra")

        def fails(*_: object, **__: object) -> None:
            raise RuntimeError(title)

        monkeypatch.setattr(app.state.desk, "decide", fails)
        failed = client.post("/api/v1/classify", json={"trich_yeu": title})
    assert (failed.status_code, failed.headers["content-type"]) == (500, "application/problem+json")
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("vanthu"))
    assert "POST / 200" in ours
    assert "RuntimeError" in ours
    assert "lộ" not in ours
    assert "lộ" not in failed.text


# ------------------------------------------------------------------ the password


def test_a_password_is_asked_for_everywhere(tmp_path: Path) -> None:
    AccessFile(tmp_path).set_password("mật khẩu dài")
    assert "mật khẩu dài" not in (tmp_path / "access.json").read_text(encoding="utf-8")
    with TestClient(create_app(tmp_path), base_url=BASE, follow_redirects=False) as client:
        for page in ("/", "/lich-su", "/y-kien/xuat.csv", "/gioi-thieu", "/nhieu-van-ban"):
            assert client.get(page).headers["location"].startswith("/dang-nhap?ve=/")
        assert client.post("/", data={"trich_yeu": "a"}).headers["location"] == "/dang-nhap?ve=/"
        assert client.post("/api/v1/classify", json={"trich_yeu": "a"}).status_code == 401
        assert client.get("/healthz").status_code == 200
        assert client.get("/static/style.css").status_code == 200
        form = {"form_token": token(client, "/dang-nhap"), "ve": "/lich-su"}
        assert client.post("/dang-nhap", data={**form, "password": "sai"}).status_code == 401
        assert client.post("/dang-nhap", data={"password": "mật khẩu dài"}).status_code == 403  # no form token
        inside = client.post("/dang-nhap", data={**form, "password": "mật khẩu dài"})
        assert (inside.status_code, inside.headers["location"]) == (303, "/lich-su")
        assert client.get("/lich-su").status_code == 200
        assert client.post("/api/v1/classify", json={"trich_yeu": "a"}).status_code == 200
        client.post("/dang-xuat", data={"form_token": token(client)})
        assert client.get("/lich-su").status_code == 303


def test_a_new_password_ends_every_session(tmp_path: Path) -> None:
    file = AccessFile(tmp_path)
    file.set_password("mật khẩu cũ 1")
    with TestClient(create_app(tmp_path), base_url=BASE) as client:
        form = {"form_token": token(client, "/dang-nhap"), "password": "mật khẩu cũ 1"}
        assert client.post("/dang-nhap", data=form, follow_redirects=False).status_code == 303
        cookies = dict(client.cookies)
        assert client.get("/lich-su", follow_redirects=False).status_code == 200
    file.set_password("mật khẩu mới 2")
    with TestClient(create_app(tmp_path), base_url=BASE, cookies=cookies) as client:
        assert client.get("/lich-su", follow_redirects=False).status_code == 303


def test_guessing_has_to_wait(tmp_path: Path) -> None:
    AccessFile(tmp_path).set_password("mật khẩu dài")
    with TestClient(create_app(tmp_path), base_url=BASE) as client:
        form = {"form_token": token(client, "/dang-nhap")}
        tries = [client.post("/dang-nhap", data={**form, "password": str(i)}).status_code for i in range(6)]
        assert tries == [401] * 5 + [429]
        assert client.post("/dang-nhap", data={**form, "password": "mật khẩu dài"}).status_code == 429


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"])  # fmt: skip
def test_coming_in_never_leads_elsewhere(tmp_path: Path, back: str) -> None:
    AccessFile(tmp_path).set_password("mật khẩu dài")
    with TestClient(create_app(tmp_path), base_url=BASE, follow_redirects=False) as client:
        form = {"form_token": token(client, "/dang-nhap"), "password": "mật khẩu dài", "ve": back}
        assert client.post("/dang-nhap", data=form).headers["location"] == "/"


def test_cookies_are_kept_from_scripts(client: TestClient, app: FastAPI, tmp_path: Path) -> None:
    with TestClient(app, base_url=BASE) as fresh:
        cookie = fresh.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    secure = create_app(
        tmp_path / "x" if (tmp_path / "x").mkdir() is None else tmp_path, settings=Settings(secure=True)
    )
    with TestClient(secure, base_url="https://127.0.0.1") as fresh:
        answer = fresh.get("/")
        assert "Secure" in answer.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers


def test_a_damaged_lock_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "access.json").write_text("{}")
    with pytest.raises(Exception, match="Không đọc được tệp mật khẩu"):
        create_app(tmp_path)
