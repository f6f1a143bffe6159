"""Pictures of the page for the documentation: run it after a change of the page, and look at them.

python docs/make_images.py          needs the extras `web` and `test`, and Debian's chromium
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).with_name("images")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
SERVE = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()", "serve", "--no-open", "--port", "0"]
BLOCK = "Kính gửi: Sở Xây dựng\n- Như trên;\n- UBND huyện (để b/c);\n- Lưu: VT."
REGISTER = """Số ký hiệu;Ngày ban hành;Trích yếu;Nơi nhận
15/TTr-UBND;02/7/2019;Tờ trình xin chủ trương đầu tư đường liên thôn;Sở Kế hoạch và Đầu tư
216/UBND-VX;03/7/2019;V/v đăng ký lịch họp Ban Chỉ đạo;Văn phòng UBND tỉnh
31/GM-UBND;03/7/2019;Họp giao ban tháng 7;Các phòng, ban
42/BC-UBND;05/7/2019;Báo cáo tình hình kinh tế - xã hội 6 tháng đầu năm;UBND tỉnh (để b/c)
217/UBND-TC;05/7/2019;V/v đề nghị giải quyết kiến nghị của cử tri;
"""


def ask(page: Page, title: str, **more: str) -> None:
    """Asks on the first page, and waits for the answer."""
    page.fill("#trich_yeu", title)
    for name, value in more.items():
        page.fill(f"#{name}", value)
    page.click("#hoi button.main")
    page.wait_for_selector(".sheet")
    page.wait_for_timeout(400)


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """A picture in 256 colours, which is enough for a page of text."""
    path = OUT / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def office(page: Page, url: str, folder: Path) -> None:
    """What an office screen shows."""
    page.goto(url)
    ask(page, "V/v đề nghị thẩm định hồ sơ báo cáo kinh tế kỹ thuật", so_ky_hieu="215/UBND-TC", ngay_ban_hanh="05/8/2019", noi_nhan=BLOCK)  # fmt: skip
    keep(page, "tra_loi")
    page.goto(url)
    ask(page, "V/v đề nghị giải quyết kiến nghị của cử tri")
    page.fill("#who", "Văn thư Phòng Nội vụ")
    page.check("#dung-electronic_and_paper")
    page.fill("#ly_do", "Nơi nhận chủ trì giải quyết.")
    keep(page, "can_xem_xet", whole=True)
    page.click("button[value=wrong]")
    page.wait_for_selector(".said")
    ask(page, "Tờ trình xin kinh phí sửa chữa trụ sở")
    page.click("details.wrong summary")
    page.check("#dung-electronic_only")
    page.fill("#ly_do", "Chỉ gửi để biết.")
    page.click("button[value=wrong]")
    page.wait_for_selector(".said")
    page.goto(f"{url}y-kien")
    keep(page, "y_kien")
    register = folder / "so_van_ban_di.csv"
    register.write_text(REGISTER, encoding="utf-8")
    page.goto(f"{url}nhieu-van-ban")
    page.set_input_files("#files", register)
    page.click("button.main")
    page.wait_for_selector(".counts", timeout=120_000)
    keep(page, "nhieu_van_ban")
    page.goto(f"{url}quy-tac/E05")
    page.fill("#trich_yeu", "Tờ trình đăng ký lịch họp")
    page.click("button.main")
    page.wait_for_selector(".conditions")
    keep(page, "quy_tac", whole=True)
    page.goto(f"{url}lich-su")
    keep(page, "lich_su")


def phone(page: Page, url: str) -> None:
    """What a phone shows."""
    page.goto(url)
    ask(page, "Tờ trình về việc xin chủ trương đầu tư")
    keep(page, "dien_thoai")


def main() -> None:
    """All pictures, from a server of their own."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = subprocess.Popen([*SERVE, "--data", folder], stderr=subprocess.PIPE, text=True, encoding="utf-8")
        try:
            assert server.stderr is not None
            found = re.search(r"http://\S+", server.stderr.readline())
            assert found
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
            office(browser.new_page(viewport={"width": 1366, "height": 768}), found[0], Path(folder))
            phone(browser.new_page(viewport={"width": 390, "height": 844}), found[0])
            browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
