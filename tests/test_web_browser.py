"""The page as a clerk meets it, in a real browser: with and without script, with the keyboard alone, on a phone, and for those who do not see it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from python_calamine import CalamineWorkbook

import office_files
from needs import needs
from serving import serving

pytestmark = [needs("chromium"), pytest.mark.slow]

OFFICE = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PAGES = ["/", "/nhieu-van-ban", "/lich-su", "/y-kien", "/quy-tac", "/quy-tac/E05", "/gioi-thieu", "/khong-co"]
OPEN = "V/v đề nghị giải quyết kiến nghị của cử tri"
BLOCK = "Kính gửi: Sở Xây dựng\n- Như trên;\n- UBND huyện (để b/c);\n- Lưu: VT."
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("data")) as served:
        yield served.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=quiet)
        yield opened
        opened.close()


@contextmanager
def visit(
    browser: Browser,
    url: str,
    *,
    size: dict[str, int] = OFFICE,
    script: bool = True,
    gone: bool = False,
    path: str = "/",
) -> Iterator[Page]:
    """A page that has just been opened; nothing may go wrong on it, and nothing may be fetched from elsewhere."""
    context = browser.new_context(viewport=size, java_script_enabled=script, locale="vi-VN", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(url) else wrong.append(request.url))
    page.goto(url + path)
    yield page
    context.close()
    expected = ("status of 4", *(["ERR_CONNECTION_REFUSED"] if gone else []))
    assert [w for w in wrong if not any(e in w for e in expected)] == []


def ask(page: Page, title: str, **more: str) -> None:
    page.fill("#trich_yeu", title)
    for name, value in more.items():
        page.fill(f"#{name}", value)
    page.click("#hoi button.main")
    page.wait_for_selector(".sheet")


# ------------------------------------------------------------------ with script


def test_the_answer_comes_into_the_page(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        page.keyboard.type("Tờ trình về việc xin chủ trương đầu tư")  # the field has the focus
        page.keyboard.press("Enter")
        expect(page.locator(".verdict .word")).to_have_text("Gửi bản điện tử kèm bản giấy")
        expect(page.locator(".asked mark")).to_have_text("Tờ trình")
        expect(page.locator(".clause")).to_contain_text("«tờ trình»")
        expect(page.locator("#loan-bao")).to_have_text("Gửi bản điện tử kèm bản giấy.")
        expect(page.locator("#trich_yeu")).to_be_focused()  # the next question can be typed at once
        page.fill("#trich_yeu", "Giấy mời họp giao ban")
        page.keyboard.press("Enter")
        expect(page.locator(".verdict .word")).to_have_text("Chỉ gửi bản điện tử")
        expect(page.locator("#loan-bao")).to_have_text("Chỉ gửi bản điện tử.")
        assert page.title().startswith("Chỉ gửi bản điện tử")


def test_all_that_is_known_is_used(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        ask(page, "V/v đề nghị thẩm định hồ sơ", so_ky_hieu="215/UBND-TC", ngay_ban_hanh="05/8/2022", noi_nhan=BLOCK)
        lines = page.locator(".recipients li")
        expect(lines).to_have_count(4)
        expect(lines.nth(0)).to_contain_text("Gửi bản điện tử kèm bản giấy")
        expect(lines.nth(2)).to_contain_text("Chỉ gửi bản điện tử")
        expect(lines.nth(3)).to_contain_text("Không gửi")
        expect(page.locator(".warning")).to_contain_text("hết hiệu lực")
        page.fill("#ngay_ban_hanh", "hôm qua")
        page.click("#hoi button.main")
        expect(page.locator("#loi-ngay_ban_hanh")).to_contain_text("không phải là ngày")
        expect(page.locator("#ngay_ban_hanh")).to_be_focused()
        page.fill("#ngay_ban_hanh", "")
        page.click("#hoi button.main")
        expect(page.locator("#loi-ngay_ban_hanh")).to_have_count(0)


def test_the_language_is_switched_without_losing_the_question(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        ask(page, OPEN)
        page.click(".tools .plain")
        expect(page.locator(".verdict .word")).to_have_text("Needs review")
        expect(page.locator("#trich_yeu")).to_have_value(OPEN)
        assert page.get_attribute("html", "lang") == "en"
        page.click(".tools .plain")
        expect(page.locator(".verdict .word")).to_have_text("Cần xem xét")


def test_a_correction_is_taken_and_listed(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        ask(page, "Tờ trình đề nghị thanh lý tài sản")
        page.fill("#who", "Văn thư A")
        page.click("details.wrong summary")
        page.click("button[value=wrong]")
        expect(page.locator("#loi-dung")).to_be_visible()
        page.check("#dung-electronic_only")
        page.fill("#ly_do", "Nơi nhận chỉ để biết.")
        page.click("button[value=wrong]")
        expect(page.locator(".said")).to_contain_text("Khác với quy tắc")
        expect(page.locator(".said")).to_contain_text("Quy tắc B03")
        ask(page, "Giấy mời họp tổng kết")
        expect(page.locator("#who")).to_have_value("Văn thư A")
        page.click("button[value=right]")
        expect(page.locator(".said")).to_contain_text("Xác nhận câu trả lời")
        page.goto(f"{url}/y-kien")
        page.select_option("#bearing", "rule")
        page.click(".search button")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text("Nơi nhận chỉ để biết.")
        with page.expect_download() as download:
            page.click("a[download]:text('.csv')")
        assert "thanh lý tài sản" in Path(download.value.path()).read_text(encoding="utf-8-sig")


def test_files_are_read_and_the_report_is_downloaded(browser: Browser, url: str, tmp_path: Path) -> None:
    register = tmp_path / "so.csv"
    register.write_text("Số ký hiệu;Trích yếu\n15/TTr-A;Tờ trình xin kinh phí\n16/GM-A;Mời họp\n", encoding="utf-8")
    letter = office_files.docx(tmp_path / "cong_van.docx", office_files.letter())
    with visit(browser, url) as page:
        page.click("nav a:text('Nhiều văn bản')")
        page.set_input_files("#files", [register, letter])
        page.click("button.main")
        expect(page.locator("[role=status]")).to_contain_text("Đã xong: 2 tệp, 3 văn bản", timeout=60_000)
        expect(page.locator("tbody tr")).to_have_count(3)
        with page.expect_download() as download:
            page.click("a.button.main")
        kept = tmp_path / "bc.xlsx"
        download.value.save_as(kept)
        cells = str(CalamineWorkbook.from_path(kept).get_sheet_by_name("Văn bản").to_python())
        assert all(symbol in cells for symbol in ("15/TTr-A", "16/GM-A", "15/UBND-NV"))
        page.click("form button:text('Xóa báo cáo này')")
        expect(page.locator("#files")).to_be_visible()


def test_the_rules_are_found_read_and_tried(browser: Browser, url: str) -> None:
    with visit(browser, url, path="/quy-tac") as page:
        page.fill("#q", "lịch họp")
        page.click(".search button")
        page.click(".rules a:text('E05')")
        expect(page.locator(".examples .no").first).to_be_visible()
        page.fill("#trich_yeu", "Tờ trình đăng ký lịch họp")
        page.click("button.main")
        expect(page.locator(".conditions .no")).to_contain_text("Thiếu")
        page.click("text=Mọi quy tắc")
        page.click("#thu summary")
        page.fill("#thu textarea[name=trich_yeu]", "V/v đăng ký lịch họp")
        page.click("#thu button.main")
        expect(page.locator(".tried")).to_contain_text("E05")
        expect(page.locator(".tried .near").first).to_be_visible()


def test_a_record_is_decided_again(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        ask(page, "Kế hoạch kiểm tra công tác văn thư năm nay")
        page.click(".made a")
        page.click("a.button:text('Xét lại')")
        expect(page.locator("[role=status]")).to_have_text("Xét lại: câu trả lời như cũ.")


def test_a_server_that_is_gone_is_told(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as served, visit(browser, served.url, gone=True) as page:
        page.wait_for_load_state("networkidle")
        served.kill()
        page.fill("#trich_yeu", "Tờ trình")
        page.keyboard.press("Enter")
        expect(page.locator("#loan-bao")).to_have_text("Máy chủ không trả lời. Xin thử lại.")
        expect(page.locator("#trich_yeu")).to_have_value("Tờ trình")
        page.goto("about:blank")


# ------------------------------------------------------------------ without script


def test_everything_works_without_script(browser: Browser, url: str, tmp_path: Path) -> None:
    register = tmp_path / "so.csv"
    register.write_text("Số ký hiệu;Trích yếu\n15/TTr-A;Tờ trình xin kinh phí\n", encoding="utf-8")
    with visit(browser, url, script=False) as page:
        page.fill("#trich_yeu", "Tờ trình xin kinh phí sửa chữa")
        page.click("#hoi button.main")
        expect(page.locator(".verdict .word")).to_have_text("Gửi bản điện tử kèm bản giấy")
        expect(page.locator("#trich_yeu")).to_have_value("Tờ trình xin kinh phí sửa chữa")
        page.click(".tools .plain")
        expect(page.locator(".verdict .word")).to_have_text("Electronic plus paper")
        page.click(".tools .plain")
        page.click("button[value=right]")
        expect(page.locator(".said")).to_contain_text("Đã ghi ý kiến")
        page.click("nav a:text('Nhiều văn bản')")
        page.set_input_files("#files", register)
        page.click("button.main")
        expect(page.locator("[role=status]")).to_contain_text(
            "Đã xong: 1 tệp", timeout=60_000
        )  # the page refreshes itself
        with page.expect_download() as download:
            page.click("a[download]:text('.csv')")
        assert "15/TTr-A" in Path(download.value.path()).read_text(encoding="utf-8-sig")
        page.click("nav a:text('Quy tắc')")
        page.click(".rules a:text('B03')")
        page.fill("#trich_yeu", "Giấy mời họp")
        page.click("button.main")
        expect(page.locator(".sheet")).to_contain_text("không áp dụng")
        page.click("nav a:text('Lịch sử')")
        page.fill("#q", "sua chua")
        page.click(".search button")
        expect(page.locator("tbody tr").first).to_contain_text("sửa chữa")


# ------------------------------------------------------------------ the keyboard alone


def test_with_the_keyboard_alone(browser: Browser, url: str) -> None:
    with visit(browser, url, path="/quy-tac") as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        expect(page.locator(".skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        reach(page, "#q")
    with visit(browser, url) as page:
        expect(page.locator("#trich_yeu")).to_be_focused()
        page.keyboard.type(OPEN)
        reach(page, "#hoi details summary")
        page.keyboard.press("Space")
        reach(page, "#do_mat")
        reach(page, "#hoi button.main")
        page.keyboard.press("Enter")
        expect(page.locator(".verdict .word")).to_have_text("Cần xem xét")
        reach(page, "#dung-electronic_only")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#dung-electronic_and_paper")).to_be_checked()
        reach(page, "#ly_do")
        page.keyboard.type("Nơi nhận chủ trì.")
        reach(page, "button[value=wrong]")
        page.keyboard.press("Enter")
        expect(page.locator(".said")).to_contain_text("Đã ghi ý kiến")


def reach(page: Page, selector: str) -> None:
    """Tab on to the element; wherever the focus stands, it can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


# ------------------------------------------------------------------ sizes, and paper


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_phone(browser: Browser, url: str, path: str) -> None:
    with visit(browser, url, size=PHONE) as page:
        page.goto(url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_a_phone_the_answer_comes_into_view(browser: Browser, url: str) -> None:
    with visit(browser, url, size=PHONE) as page:
        ask(page, OPEN, noi_nhan=BLOCK)
        expect(page.locator(".verdict")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_an_office_screen_question_and_verdict_are_seen_at_once(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        expect(page.locator("#hoi button.main")).to_be_in_viewport(ratio=1)
        ask(page, OPEN, noi_nhan=BLOCK)
        expect(page.locator(".clause")).to_be_in_viewport(ratio=1)
        expect(page.locator("#hoi button.main")).to_be_in_viewport(ratio=1)


def test_an_answer_prints_on_one_page(browser: Browser, url: str, tmp_path: Path) -> None:
    recipients = "\n".join(f"- Phòng Nội vụ huyện {i} (để biết);" for i in range(12))
    with visit(browser, url) as page:
        ask(
            page,
            "V/v đề nghị thẩm định hồ sơ báo cáo kinh tế - kỹ thuật",
            noi_nhan=f"Kính gửi: Sở Xây dựng\n{recipients}",
        )
        page.pdf(path=tmp_path / "p.pdf", format="A4")
    document = pypdfium2.PdfDocument(tmp_path / "p.pdf")
    text = re.sub(r"\s", "", document[0].get_textpage().get_text_range())
    assert len(document) == 1
    document.close()
    assert "PhòngNộivụhuyện11" in text
    assert "TrảlờitheoQuyếtđịnhsố40/2018" in text
    assert "Nhiềuvănbản" not in text


# ------------------------------------------------------------------ for everyone


def violations(page: Page) -> list[Any]:
    page.wait_for_load_state("load")  # the style is there
    found = Axe().run(page, options=AXE).response["violations"]
    return [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_axe_finds_nothing(browser: Browser, url: str, size: dict[str, int]) -> None:
    with visit(browser, url, size=size) as page:
        for path in PAGES:
            page.goto(url + path)
            assert violations(page) == [], path
        page.goto(f"{url}/?lang=en")
        assert violations(page) == []
        page.goto(f"{url}/?lang=vi")
        ask(page, "V/v đề nghị thẩm định hồ sơ", noi_nhan=BLOCK, ngay_ban_hanh="1/6/2022")
        page.click("details.wrong summary")
        page.click("button[value=wrong]")
        page.wait_for_selector("#loi-dung")
        assert violations(page) == []
        page.click("#hoi summary")
        page.fill("#so_ky_hieu", "9/QĐ-UBND")
        page.fill("#ngay_ban_hanh", "x")
        page.click("#hoi button.main")
        page.wait_for_selector("#loi-ngay_ban_hanh")
        assert violations(page) == []


def test_axe_finds_nothing_in_lists_and_results(browser: Browser, url: str, tmp_path: Path) -> None:
    register = tmp_path / "so.csv"
    register.write_text("Số ký hiệu;Trích yếu\n15/TTr-A;Tờ trình xin kinh phí\n;??????\n", encoding="utf-8")
    with visit(browser, url) as page:
        for title in ("Tờ trình", "Giấy mời họp", OPEN, "(MẬT) Kế hoạch diễn tập"):
            ask(page, title)
            assert violations(page) == []
            if title == "Giấy mời họp":
                page.click("button[value=right]")
                page.wait_for_selector(".said")
                assert violations(page) == []
        for path in ("/lich-su", "/lich-su/1?xet-lai=1", "/y-kien"):
            page.goto(url + path)
            assert page.locator("tbody tr, .sheet").count() >= 1
            assert violations(page) == [], path
        page.goto(f"{url}/nhieu-van-ban")
        page.set_input_files("#files", register)
        page.click("button.main")
        page.wait_for_selector(".counts", timeout=60_000)
        assert violations(page) == []


def test_axe_itself_finds_faults(browser: Browser, url: str) -> None:
    with visit(browser, url) as page:
        page.evaluate("document.querySelector('label[for=trich_yeu]').remove()")
        assert [id for id, _ in violations(page)] == ["label"]


def test_axe_finds_nothing_at_the_door(browser: Browser, tmp_path: Path) -> None:
    from vanthu_classifier.web.access import AccessFile

    AccessFile(tmp_path).set_password("mật khẩu dài")
    with serving(tmp_path) as served, visit(browser, served.url) as page:
        assert violations(page) == []
        page.keyboard.type("sai")
        page.keyboard.press("Enter")
        expect(page.locator("#loi")).to_have_text("Mật khẩu không đúng.")
        assert violations(page) == []
        page.keyboard.type("mật khẩu dài")
        page.keyboard.press("Enter")
        expect(page.locator("#trich_yeu")).to_be_visible()
        page.click("text=Đăng xuất")
        expect(page.locator("#password")).to_be_visible()
