"""A folder at once: every file has its rows, nothing in it is touched, one bad file costs one row."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import office_files as office
from vanthu_classifier import batch
from vanthu_classifier.errors import ArgumentValueError, InputError, ModelError, VanThuError

EXAMPLES = Path(__file__).parent.parent / "examples" / "van_phong"


@dataclass
class Decided:
    values: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return self.values


@dataclass
class Stand:
    """Stands in for the classifier: decides by the symbol, and remembers what it was given."""

    seen: list[dict[str, Any]] = field(default_factory=list)

    def decisions(self, rows: Iterable[Mapping[str, Any]]) -> list[Decided]:
        return [self._decided(dict(row)) for row in rows]

    def _decided(self, row: dict[str, Any]) -> Decided:
        if "lỗi" in row["trich_yeu"]:
            raise ArgumentValueError("Trích yếu lạ.", remedy="Sửa lại.")
        if "hỏng" in row["trich_yeu"]:
            raise ZeroDivisionError
        if "chết" in row["trich_yeu"]:
            os._exit(1)
        if "mô hình" in row["trich_yeu"]:
            raise ModelError("Không có mô hình.")
        self.seen.append(row)
        paper = "QĐ" in (row["so_ky_hieu"] or "") or "TTr" in (row["so_ky_hieu"] or "")
        dispatch = "not_by_network" if row["do_mat"] else "electronic_and_paper" if paper else "electronic_only"
        return Decided(
            {
                "dispatch": dispatch, "lean": None, "confidence": 0.9, "p_paper": 0.9, "basis": "rule",
                "loai_van_ban": "CV", "normative": None, "category": "B02", "quote": "quyết định",
                "reasons": [{"text": "Một."}, {"text": "Hai."}], "recipients": [], "warnings": ["Từ bộ quy tắc."], "rule_pack": "x", "model": None,
            }
        )  # fmt: skip


def rows_of(folder: Path, out: Path, **options: Any) -> list[dict[str, Any]]:
    batch.run(folder, out, **({"classifier": Stand()} | options))
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small office: two documents, a register, and what else lies about in such folders."""
    root = tmp_path / "ho so"
    (root / "đến").mkdir(parents=True)
    office.docx(root / "đến" / "b.docx", office.letter("Số: 15/PNV\nV/v phối hợp"))
    office.docx(root / "a.docx", office.decision())
    office.xlsx(
        root / "so.xlsx", {"Sổ": [["Số ký hiệu", "Trích yếu"], ["1/TTr-A", "Tờ trình A"], ["2/KH-A", "Kế hoạch B"]]}
    )
    (root / "rong.pdf").write_bytes(b"")
    (root / "~$a.docx").write_bytes(b"\x05abc" * 40)
    (root / ".DS_Store").write_bytes(b"x")
    (root / "Thumbs.db").write_bytes(b"x")
    (root / ".git").mkdir()
    (root / ".git" / "c.txt").write_text("x", "utf-8")
    return root


# ------------------------------------------------------------------ rows


def test_every_file_has_its_rows_in_order_and_nothing_is_touched(folder: Path, tmp_path: Path) -> None:
    before = office.digests(folder)
    rows = rows_of(folder, tmp_path / "a.jsonl")
    assert [(r["path"], r["row"], r["dispatch"]) for r in rows] == [
        ("a.docx", None, "electronic_and_paper"),
        ("rong.pdf", None, None),
        ("so.xlsx", 2, "electronic_and_paper"),
        ("so.xlsx", 3, "electronic_only"),
        ("~$a.docx", None, None),
        ("đến/b.docx", None, "electronic_only"),
    ]
    assert "rỗng" in rows[1]["error"]
    assert "khóa" in rows[4]["error"]
    assert office.digests(folder) == before


def test_a_row_has_what_was_read_and_what_was_decided(folder: Path, tmp_path: Path) -> None:
    first = rows_of(folder, tmp_path / "a.jsonl")[0]
    assert (first["so_ky_hieu"], first["ngay_ban_hanh"], first["loai_van_ban"]) == ("15/QĐ-UBND", "2019-07-02", "QĐ")
    assert (first["trich_yeu"], first["noi_nhan"]) == ("Về việc thành lập Tổ giúp việc", ["Như Điều 2", "Lưu: VT."])
    assert (first["reason"], first["warnings"], first["quote"]) == ("Một. Hai.", ["Từ bộ quy tắc."], "quyết định")
    assert first["error"] is None


def test_the_classifier_is_told_all_that_was_read(folder: Path, tmp_path: Path) -> None:
    stand = Stand()
    batch.run(folder / "đến", tmp_path / "a.jsonl", classifier=stand)
    (given,) = stand.seen
    assert given["noi_nhan"] == ["Kính gửi: Văn phòng Ủy ban nhân dân huyện.", "Như trên", "Lưu: VT."]
    assert (given["trich_yeu"], given["so_ky_hieu"], given["loai_van_ban"]) == ("V/v phối hợp", "15/PNV", "CV")
    assert (given["ngay_ban_hanh"], given["hinh_thuc_sao"], given["do_mat"]) == ("2019-07-02", None, None)
    assert given["co_quan_ban_hanh"] == "UBND HUYỆN PHÚ LỘC - PHÒNG NỘI VỤ"


def test_one_bad_row_costs_one_row(tmp_path: Path) -> None:
    rows = [["Số ký hiệu", "Trích yếu"], ["1/KH-A", "A"], ["2/KH-A", "lỗi"], ["3/KH-A", "hỏng"], ["4/KH-A", "D"]]
    path = office.xlsx(tmp_path / "so.xlsx", {"Sổ": rows})
    found = rows_of(path, tmp_path / "a.jsonl")
    assert [(r["row"], r["error"]) for r in found] == [
        (2, None),
        (3, "Trích yếu lạ. Sửa lại."),
        (4, "Không xử lý được văn bản này (ZeroDivisionError: )."),
        (5, None),
    ]
    assert (found[1]["so_ky_hieu"], found[1]["dispatch"]) == ("2/KH-A", None)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_missing_model_is_no_matter_of_rows(tmp_path: Path, jobs: int) -> None:
    path = office.xlsx(tmp_path / "so.xlsx", {"Sổ": [["Số ký hiệu", "Trích yếu"], ["1/KH-A", "mô hình"]]})
    with pytest.raises(ModelError):
        batch.run(path, tmp_path / "a.jsonl", classifier=Stand(), jobs=jobs)
    assert not (tmp_path / "a.jsonl").exists()


def test_a_register_that_breaks_off_keeps_the_rows_before(tmp_path: Path) -> None:
    lines = "".join(f"{i}/KH-A;Kế hoạch {i}\r\n" for i in range(1, 2001))
    path = tmp_path / "so.csv"
    path.write_bytes(f"Số ký hiệu;Trích yếu\r\n{lines}".encode("utf-16") + b"x")
    found = rows_of(path, tmp_path / "a.jsonl")
    assert "Bảng mã" in found[-1]["error"]
    assert [r["row"] for r in found[:-1]] == list(range(2, len(found) + 1))
    assert len(found) > 1000


# ------------------------------------------------------------------ summary, progress, jobs


def test_summary_and_progress(folder: Path, tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    summary = batch.run(folder, tmp_path / "a.csv", classifier=Stand(), on_progress=lambda *call: calls.append(call))
    assert (summary.files, summary.rows, summary.errors) == (5, 6, 2)
    assert summary.outcomes == {"electronic_only": 2, "electronic_and_paper": 2, "needs_review": 0, "not_by_network": 0}
    assert calls[0] == ("a.docx", 0, 5)
    assert calls[-1] == ("đến/b.docx", 5, 5)
    assert [done for _, done, _ in calls] == sorted(done for _, done, _ in calls)


def test_a_bar_is_drawn_on_stderr(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch.run(folder, tmp_path / "a.csv", classifier=Stand(), progress=True)
    out, err = capsys.readouterr()
    assert (out, "0/5" in err) == ("", True)


def test_processes_give_the_same_report(folder: Path, tmp_path: Path) -> None:
    long = [["Số ký hiệu", "Trích yếu"], *([f"{i}/KH-A", f"Kế hoạch {i}"] for i in range(1, 1500))]
    office.xlsx(folder / "dai.xlsx", {"Sổ": long})
    assert rows_of(folder, tmp_path / "1.jsonl") == rows_of(folder, tmp_path / "2.jsonl", jobs=2)


def test_a_file_that_kills_its_process_costs_its_own_row(folder: Path, tmp_path: Path) -> None:
    office.docx(folder / "c.docx", office.decision("Về việc chết máy"))
    rows = rows_of(folder, tmp_path / "a.jsonl", jobs=2)
    assert len(rows) == 7
    assert [r["path"] for r in rows if r["error"] and "dừng đột ngột" in r["error"]] == ["c.docx"]


def test_a_row_that_kills_its_process_costs_its_own_row(tmp_path: Path) -> None:
    rows = [["Số ký hiệu", "Trích yếu"], *([f"{i}/KH-A", "chết máy" if i == 4 else "Kế hoạch"] for i in range(1, 8))]
    found = rows_of(office.xlsx(tmp_path / "so.xlsx", {"Sổ": rows}), tmp_path / "a.jsonl", jobs=2)
    assert [r["row"] for r in found if r["error"] and "dừng đột ngột" in r["error"]] == [5]
    assert len(found) == 7


def test_a_classifier_that_does_not_travel_is_said_so(folder: Path, tmp_path: Path) -> None:
    stand = Stand()
    stand.__class__ = type("Stand", (Stand,), {"__reduce__": lambda self: (_Untravelled, ())})
    with pytest.raises(VanThuError, match="jobs=1"):
        batch.run(folder, tmp_path / "a.jsonl", classifier=stand, jobs=2)


class _Untravelled:
    def __init__(self) -> None:
        raise OSError("not here")


@pytest.mark.parametrize("jobs", [0, -2])
def test_jobs_that_mean_nothing(folder: Path, tmp_path: Path, jobs: int) -> None:
    with pytest.raises(InputError, match="-1"):
        batch.run(folder, tmp_path / "a.csv", classifier=Stand(), jobs=jobs)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Không có thư mục"):
        batch.run(tmp_path / "x", tmp_path / "a.csv", classifier=Stand())


def test_an_empty_folder_gives_an_empty_report(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert batch.run(tmp_path / "x", tmp_path / "a.csv", classifier=Stand()).rows == 0
    assert (tmp_path / "a.csv").exists()


# ------------------------------------------------------------------ reports and links inside the folder


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".jsonl", ".parquet"])
def test_reports_inside_the_folder_are_not_read(folder: Path, tmp_path: Path, ending: str) -> None:
    batch.run(folder, folder / f"cu{ending}", classifier=Stand())
    summary = batch.run(folder, folder / f"moi{ending}", classifier=Stand())
    again = batch.run(folder, folder / f"moi{ending}", classifier=Stand())
    assert summary == again
    assert summary.files == 5


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ngoài").mkdir()
    office.docx(tmp_path / "ngoài" / "x.docx", office.decision())
    try:
        (folder / "nối").symlink_to(tmp_path / "ngoài")
        (folder / "nối.docx").symlink_to(tmp_path / "ngoài" / "x.docx")
    except OSError:
        pytest.skip("links need more rights here")
    rows = rows_of(folder, tmp_path / "a.jsonl")
    assert [r["path"] for r in rows if r["error"] and "liên kết" in r["error"]] == ["nối", "nối.docx"]
    assert len(rows) == 8


def test_a_single_file_is_a_folder_of_one(folder: Path, tmp_path: Path) -> None:
    assert [r["path"] for r in rows_of(folder / "so.xlsx", tmp_path / "a.jsonl")] == ["so.xlsx", "so.xlsx"]


# ------------------------------------------------------------------ interruption


def test_interruption_keeps_the_report_so_far(folder: Path, tmp_path: Path) -> None:
    def stop(path: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    out = tmp_path / "a.jsonl"
    with pytest.raises(KeyboardInterrupt):
        batch.run(folder, out, classifier=Stand(), on_progress=stop)
    assert [json.loads(line)["path"] for line in out.read_text("utf-8").splitlines()] == ["a.docx", "rong.pdf"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [".a.jsonl.vanthu-state", "a.jsonl", "ho so"]


# ------------------------------------------------------------------ copies by outcome


def test_copies_by_outcome(folder: Path, tmp_path: Path) -> None:
    before = office.digests(folder)
    copies = tmp_path / "xếp"
    batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=copies)
    assert sorted(p.relative_to(copies).as_posix() for p in copies.rglob("*") if p.is_file()) == [
        ".vanthu-sort",
        "chi_ban_dien_tu/đến/b.docx",
        "dien_tu_kem_ban_giay/a.docx",
        "khong_doc_duoc/rong.pdf",
    ]
    assert office.digests(folder) == before
    assert (copies / "dien_tu_kem_ban_giay/a.docx").read_bytes() == (folder / "a.docx").read_bytes()


def test_copies_never_overwrite(folder: Path, tmp_path: Path) -> None:
    copies = folder / "xep"
    mine = copies / "dien_tu_kem_ban_giay" / "a.docx"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    for _ in range(2):
        assert batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=copies).files == 5
    assert mine.read_bytes() == b"mine"
    assert sorted(p.name for p in mine.parent.iterdir()) == ["a (2).docx", "a.docx"]


def test_copies_are_not_read_by_a_later_run(folder: Path, tmp_path: Path) -> None:
    batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=folder / "xep")
    assert batch.run(folder, tmp_path / "b.csv", classifier=Stand()).files == 5


def test_a_copy_that_was_cut_off_is_made_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:100])
        raise KeyboardInterrupt

    copies = tmp_path / "xếp"
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", cut)
        with pytest.raises(KeyboardInterrupt):
            batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=copies)
    batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=copies)
    names = [p.name for p in copies.rglob("*") if p.is_file()]
    assert sorted(names) == [".vanthu-sort", "a.docx", "b.docx", "rong.pdf"]
    assert (copies / "dien_tu_kem_ban_giay" / "a.docx").read_bytes() == (folder / "a.docx").read_bytes()


def test_copies_without_room_stop_the_run_with_a_remedy(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(InputError, match="chỗ trống"):
        batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=tmp_path / "xếp")


def test_copies_cannot_go_over_the_folder_itself(folder: Path, tmp_path: Path) -> None:
    for place in (folder, folder.parent):
        with pytest.raises(InputError, match="Chọn một thư mục khác"):
            batch.run(folder, tmp_path / "a.csv", classifier=Stand(), sort_into=place)


def test_folder_names_are_safe_everywhere() -> None:
    assert all(name.isascii() and name.replace("_", "").isalpha() for name in batch.FOLDERS.values())
    assert len(set(batch.FOLDERS.values())) == 5


# ------------------------------------------------------------------ examples/


def test_examples_are_read_without_an_error_and_left_as_they_are(tmp_path: Path) -> None:
    before = office.digests(EXAMPLES)
    summary = batch.run(EXAMPLES, tmp_path / "a.xlsx", classifier=Stand())
    assert (summary.files, summary.rows, summary.errors) == (13, 21, 0)
    assert office.digests(EXAMPLES) == before
