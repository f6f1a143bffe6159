"""Letters recognised in pictures of pages. All documents here are invented."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy
import pytest

import office_files as office
from needs import needs
from vanthu_classifier.errors import MissingExtraError, UnreadableFileError
from vanthu_classifier.readers import Record, ocr, read

scans = pytest.importorskip("scans", reason="Pillow or matplotlib is not installed")

DATE = "Phú Lộc, ngày 02 tháng 7 năm 2019"
LETTER = scans.Page(
    left=["UBND HUYỆN PHÚ LỘC", "PHÒNG NỘI VỤ", "", "Số: 215/PNV-VP", "V/v báo cáo kết quả", "cải cách hành chính"],
    right=[*scans.COUNTRY, "", DATE],
    heading=["Kính gửi: Các phòng, ban thuộc huyện."],
    matter=["Thực hiện chương trình công tác, Phòng Nội vụ đề nghị các phòng, ban báo cáo trước ngày 20 tháng 7./."],
    foot_left=["Nơi nhận:", "- Như trên;", "- Lưu: VT."],
    foot_right=["TRƯỞNG PHÒNG"],
)


def only(path: Path, mode: ocr.Mode = "auto") -> Record:
    (found,) = read(path, ocr=mode)
    return found


@needs("tesseract")
@pytest.mark.parametrize("ending", [".jpg", ".pdf"])
def test_a_picture_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    scans.draw(LETTER).save(path, dpi=(200, 200), resolution=200)
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban, found.ngay_ban_hanh) == ("215/PNV-VP", "CV", "2019-07-02")
    assert found.trich_yeu == "V/v báo cáo kết quả cải cách hành chính"
    assert [name.rstrip(".,:") for name in found.noi_nhan] == ["Như trên", "Lưu: VT"]


def test_a_picture_is_left_where_none_is_to_be_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    scans.draw(LETTER, dpi=72).save(path)
    with pytest.raises(UnreadableFileError, match="--ocr auto"):
        only(path, "never")


def test_without_tesseract_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    scans.draw(LETTER, dpi=72).save(path)
    monkeypatch.setattr(ocr, "_program", lambda: None)
    with pytest.raises(UnreadableFileError, match=r"chưa cài Tesseract.*Windows.*Debian"):
        only(path)


def test_without_vietnamese_data_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    scans.draw(LETTER, dpi=72).save(path)
    monkeypatch.setattr(ocr, "_program", lambda: "tesseract")
    monkeypatch.setattr(ocr, "_languages", lambda program: frozenset({"eng"}))
    with pytest.raises(UnreadableFileError, match=r"thiếu dữ liệu tiếng Việt"):
        only(path)


def test_without_the_extra_it_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    scans.draw(LETTER, dpi=72).save(path)
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError, match="ocr"):
        only(path)


def test_a_picture_too_small_for_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "logo.png"
    scans.Image.new("L", (64, 64), 255).save(path)
    monkeypatch.setattr(ocr, "check", lambda path: None)
    with pytest.raises(UnreadableFileError, match="quá nhỏ"):
        only(path)


# ------------------------------------------------------------------ .pdf with both

LAYER = [
    (80, 60, "UBND HUYỆN PHÚ LỘC"), (300, 60, scans.COUNTRY[0]), (90, 76, "PHÒNG NỘI VỤ"), (350, 76, scans.COUNTRY[1]),
    (90, 100, "Số: 99/PNV-VP"), (330, 100, DATE), (80, 116, "V/v gửi báo cáo của lớp chữ"),
    (150, 150, "Kính gửi: Các phòng, ban thuộc huyện và Ủy ban nhân dân các xã, thị trấn."),
]  # fmt: skip
NOISE = [(60, 60 + 14 * i, "UBND HUYEN PHIJ LQC Can cir Luat To chirc chinh quyén dia phuong") for i in range(9)]


@needs("tesseract")
@pytest.mark.parametrize(
    ("layer", "mode", "number"),
    [
        pytest.param(NOISE, "auto", "215/PNV-VP", id="noise: the picture"),
        pytest.param([(60, 60, "Ký bởi: Phòng Nội vụ")], "auto", "215/PNV-VP", id="a stamp's words: the picture"),
        pytest.param(LAYER, "auto", "99/PNV-VP", id="a sound layer"),
        pytest.param(NOISE, "always", "215/PNV-VP", id="always: the better of the two"),
        pytest.param(LAYER, "always", "99/PNV-VP", id="always: the layer where both are as good"),
    ],
)
def test_layer_or_picture(tmp_path: Path, layer: list[office.Text], mode: ocr.Mode, number: str) -> None:
    texts = office.pdf(tmp_path / "texts.pdf", [layer])
    path = scans.layered(tmp_path / "a.pdf", texts, scans.draw(LETTER))
    assert only(path, mode).so_ky_hieu == number


def test_a_sound_layer_needs_no_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_program", lambda: None)
    path = office.pdf(tmp_path / "a.pdf", [LAYER])
    assert only(path, "always").so_ky_hieu == only(path, "never").so_ky_hieu == "99/PNV-VP"


# ------------------------------------------------------------------ what scanners do


@needs("tesseract")
@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"tilt": 3.0}, id="on a slant"),
        pytest.param({"specks": 0.004, "blur": 0.2}, id="specks"),
        pytest.param({"shade": 0.6, "tilt": -1.0}, id="in the shade"),
        pytest.param({"stamp": (0.25, 0.12)}, id="a stamp over number and agency"),
    ],
)
def test_an_aged_page_is_read(tmp_path: Path, how: dict[str, Any]) -> None:
    path = tmp_path / "a.png"
    scans.aged(scans.draw(LETTER), **how).save(path)
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban) in (("215/PNV-VP", "CV"), ("/PNV-VP", "CV"))
    assert found.trich_yeu == "V/v báo cáo kết quả cải cách hành chính"
    assert found.reading > 0.9


@needs("tesseract")
@pytest.mark.parametrize("degrees", [180, 270])
def test_a_page_that_lies_on_its_side_or_head(tmp_path: Path, degrees: int) -> None:
    path = tmp_path / "a.png"
    scans.draw(LETTER).rotate(degrees, expand=True).save(path)
    assert only(path).so_ky_hieu == "215/PNV-VP"


@needs("tesseract")
def test_the_recipients_on_the_last_page(tmp_path: Path) -> None:
    first = replace(LETTER, foot_left=(), foot_right=())
    last = replace(LETTER, left=(), right=(), heading=())
    annex = scans.Page(left=(), right=(), heading=["DANH SÁCH", "Các đơn vị thực hiện"], matter=LETTER.matter)
    path = tmp_path / "a.tif"
    pages = [scans.draw(page) for page in (first, annex, last)]
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(200, 200))
    found = only(path)
    assert (found.so_ky_hieu, found.noi_nhan[:1]) == ("215/PNV-VP", ("Như trên",))
    assert found.source("noi_nhan").page == 2  # type: ignore[union-attr]


@needs("tesseract")
def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_TIMEOUT", 0.01)
    path = tmp_path / "a.png"
    scans.draw(LETTER).save(path)
    with pytest.raises(UnreadableFileError, match="quá lâu"):
        only(path)


@needs("tesseract")
def test_a_picture_hard_to_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    scans.aged(scans.draw(LETTER, dpi=100), blur=1.3).save(path)
    found = only(path)
    assert found.reading < 0.8
    assert any("Nhận dạng chữ kém" in note for note in found.warnings)


@needs("tesseract")
@pytest.mark.parametrize("mode", ["1", "RGBA", "I;16"])
def test_pictures_of_every_kind(tmp_path: Path, mode: str) -> None:
    drawn = scans.draw(LETTER)
    if mode == "RGBA":  # letters on nothing
        picture = scans.Image.new(mode, drawn.size, (0,) * len(mode))
        picture.putalpha(drawn.point(lambda v: 255 - v))
    elif mode == "I;16":
        picture = scans.Image.fromarray(numpy.asarray(drawn, dtype=numpy.uint16) * 16)
    else:
        picture = drawn.convert("RGB").convert(mode)
    path = tmp_path / "a.tif"
    picture.save(path, dpi=(200, 200))
    assert only(path).so_ky_hieu == "215/PNV-VP"


@needs("tesseract")
def test_a_fax_has_fewer_rows(tmp_path: Path) -> None:
    drawn = scans.draw(LETTER, dpi=204)
    path = tmp_path / "a.tif"
    drawn.resize((drawn.width, round(drawn.height * 98 / 204))).convert("1").save(path, dpi=(204, 98))
    found = only(path)
    assert found.loai_van_ban == "CV"
    title = "V/v báo cáo kết quả cải cách hành chính"
    assert SequenceMatcher(None, found.trich_yeu or "", title).ratio() > 0.85


def test_a_picture_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "check", lambda path: None)
    path = tmp_path / "a.jpg"
    scans.draw(LETTER).save(path)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(UnreadableFileError, match="Ảnh bị hỏng"):
        only(path)


def test_no_more_runs_at_once_than_cores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ocr.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(ocr.tempfile, "gettempdir", lambda: str(tmp_path))
    running: list[int] = []
    most: list[int] = []

    def run() -> None:
        with ocr._slot():
            running.append(1)
            most.append(len(running))
            time.sleep(0.05)
            running.pop()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 6
    assert max(most) <= 2
