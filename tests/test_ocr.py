"""Letters recognised in pictures of pages. All documents here are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

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
@pytest.mark.parametrize("ending", [".png", ".jpg", ".pdf", ".tif"])
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
