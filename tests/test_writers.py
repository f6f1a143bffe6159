"""Reports: the columns of the contract, text that stays text, and a file that is whole or not there at all."""

from __future__ import annotations

import csv
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from vanthu_classifier.errors import InputError, MissingExtraError
from vanthu_classifier.outcomes import Basis, Dispatch
from vanthu_classifier.writers import COLUMNS, ENDINGS, HEADINGS, is_report, report

CONTRACT = (
    "path, row, so_ky_hieu, ngay_ban_hanh, loai_van_ban, trich_yeu, co_quan_ban_hanh, noi_nhan, dispatch, lean, confidence, "
    "basis, category, quote, reason, recipients, warnings, error"
)


def row(**values: Any) -> dict[str, Any]:
    return {
        "path": "so/a.docx",
        "row": 7,
        "so_ky_hieu": "15/QĐ-UBND",
        "ngay_ban_hanh": "2019-07-02",
        "loai_van_ban": "QĐ",
        "trich_yeu": "Về việc thành lập Tổ giúp việc",
        "co_quan_ban_hanh": "UBND HUYỆN PHÚ LỘC",
        "noi_nhan": ["Như Điều 3", "Lưu: VT"],
        "dispatch": Dispatch.ELECTRONIC_AND_PAPER.value,
        "lean": None,
        "confidence": 0.995,
        "basis": Basis.RULE.value,
        "category": "B02",
        "quote": "quyết định (cá biệt)",
        "reason": "Loại văn bản: Quyết định.",
        "recipients": [{"name": "UBND xã", "role": "action", "dispatch": "electronic_only", "reason": "để biết"}],
        "warnings": ["Một.", "Hai."],
        "error": None,
    } | values


def failed(error: str = "Tệp rỗng.") -> dict[str, Any]:
    return dict.fromkeys(COLUMNS) | {"path": "b.pdf", "noi_nhan": [], "warnings": [], "error": error}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    with report(path) as write:
        for one in rows:
            write(one)
    return path


def sheet(path: Path, name: str = "Kết quả") -> list[list[Any]]:
    with CalamineWorkbook.from_path(str(path)) as book:
        return book.get_sheet_by_name(name).to_python()


def test_columns_are_the_contract() -> None:
    assert ", ".join(COLUMNS) == CONTRACT
    assert set(ENDINGS) == {".xlsx", ".csv", ".jsonl", ".parquet"}


# ------------------------------------------------------------------ kinds


def test_jsonl(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", row(), failed())
    first, second = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert tuple(first) == COLUMNS
    assert first == row()
    assert (second["error"], second["dispatch"]) == ("Tệp rỗng.", None)
    assert "thành lập" in path.read_text("utf-8")


def test_csv(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", row(), failed())
    assert path.read_bytes().startswith(b"\xef\xbb\xbfpath,row,")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["noi_nhan"] == "Như Điều 3; Lưu: VT"
    assert first["recipients"] == "UBND xã: chỉ gửi bản điện tử"
    assert (first["ngay_ban_hanh"], first["confidence"], first["warnings"]) == ("2019-07-02", "0.995", "Một.; Hai.")
    assert (second["row"], second["error"]) == ("", "Tệp rỗng.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+84 234", "'+84 234"),
        ("- Như trên", "'- Như trên"),
        ("@a", "'@a"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("+0,5", "+0,5"),
        ("V/v = A", "V/v = A"),
        ("", ""),
    ],
)
def test_csv_text_is_never_a_formula(tmp_path: Path, text: str, expected: str) -> None:
    path = written(tmp_path / "a.csv", row(trich_yeu=text))
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert next(iter(csv.DictReader(file)))["trich_yeu"] == expected


def test_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(written(tmp_path / "a.parquet", row(), failed()))
    assert tuple(table.column_names) == COLUMNS
    first, second = table.to_pylist()
    assert (first["row"], first["confidence"], first["noi_nhan"]) == (7, 0.995, "Như Điều 3; Lưu: VT")
    assert (second["row"], second["error"]) == (None, "Tệp rỗng.")


def test_parquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"vanthu-classifier\[parquet\]"):
        report(tmp_path / "a.parquet")
    assert not list(tmp_path.iterdir())


def test_xlsx_is_for_the_clerk(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xlsx", row(), row(dispatch="needs_review", lean="electronic_only", basis="model"), failed()
    )
    rows = sheet(path)
    assert rows[0] == [heading for heading, _ in HEADINGS.values()]
    found = dict(zip(rows[0], rows[1], strict=True))
    assert found["Hình thức gửi"] == "Gửi bản điện tử kèm bản giấy"
    assert (found["Số, ký hiệu"], found["Ngày ban hành"], found["Nơi nhận"]) == (
        "15/QĐ-UBND",
        "2019-07-02",
        "Như Điều 3\nLưu: VT",
    )
    assert dict(zip(rows[0], rows[2], strict=True))["Nghiêng về"] == "Chỉ gửi bản điện tử"
    assert rows[3][-1] == "Tệp rỗng."
    assert sheet(path, "Tổng hợp") == [
        ["Hình thức gửi", "Số văn bản"],
        ["Chỉ gửi bản điện tử", 0.0],
        ["Gửi bản điện tử kèm bản giấy", 1.0],
        ["Cần xem xét", 1.0],
        ["Không gửi qua mạng thông thường", 0.0],
        ["Không đọc được", 1.0],
        ["Cộng", 3.0],
    ]


def test_xlsx_has_filter_frozen_header_and_a_colour_for_each_outcome(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.xlsx", row(), failed())) as archive:
        result = archive.read("xl/worksheets/sheet2.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '<autoFilter ref="A1:R3"/>' in result
    assert 'ySplit="1"' in result
    assert styles.count('<patternFill patternType="solid">') >= 2
    outcome, error = (result.split(f'<row r="{n}"')[1].split('s="')[1].split('"')[0] for n in (2, 3))
    assert outcome != error


def test_xlsx_text_is_never_a_formula_or_a_link(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", row(trich_yeu='=HYPERLINK("x")', reason="http://vi.du", so_ky_hieu="15"))
    with zipfile.ZipFile(path) as archive:
        result = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in result
    assert "hyperlink" not in result
    assert sheet(path)[1][2] == "15"
    assert sheet(path)[1][5] == '=HYPERLINK("x")'


def test_xlsx_cuts_what_no_cell_can_hold(tmp_path: Path) -> None:
    title = sheet(written(tmp_path / "a.xlsx", row(trich_yeu="a" * 50_000)))[1][5]
    assert title.endswith("a…")
    assert len(title) < 32_767


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, max_size=5))
def test_any_title_comes_back_from_jsonl_and_csv(tmp_path: Path, titles: list[str]) -> None:
    rows = [row(trich_yeu=title) for title in titles]
    lines = written(tmp_path / "a.jsonl", *rows).read_text("utf-8").split("\n")[:-1]
    assert [json.loads(line)["trich_yeu"] for line in lines] == titles
    with written(tmp_path / "a.csv", *rows).open(encoding="utf-8-sig", newline="") as file:
        back = [found["trich_yeu"] for found in csv.DictReader(file)]
    assert [text.removeprefix("'") for text in back] == [text.removeprefix("'") for text in titles]


# ------------------------------------------------------------------ whole or not at all


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failure_leaves_what_was_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"old")

    def fails() -> None:
        with report(path) as write:
            write(row())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_interruption_keeps_the_rows_so_far(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"

    def interrupted() -> None:
        with report(path) as write:
            write(row())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == written(tmp_path / f"b{ending}", row()).read_bytes() or ending == ".xlsx"
    if ending == ".xlsx":
        assert len(sheet(path)) == 2


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_of_nothing_is_a_whole_report(tmp_path: Path, ending: str) -> None:
    path = written(tmp_path / f"a{ending}")
    assert path.exists()
    assert is_report(path) or ending == ".jsonl"


@pytest.mark.parametrize(
    ("name", "message"),
    [("a.docx", r"\.xlsx, \.csv, \.jsonl, \.parquet"), ("a", "Không biết dạng"), ("khong/co/a.csv", "Tạo thư mục")],
)
def test_a_report_that_cannot_be(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        report(tmp_path / name)


def test_a_report_where_a_folder_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(InputError, match="thư mục"):
        report(tmp_path / "a.csv")


def test_a_report_that_is_open_elsewhere_is_found_out_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.csv", row())
    before = path.read_bytes()
    opened = Path.open

    def locked(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if self == path and mode == "r+b":
            raise PermissionError
        return opened(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(InputError, match="Đóng tệp"), report(path):
        pytest.fail("the work began although the report could not be written")
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


# ------------------------------------------------------------------ earlier reports


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_earlier_report_is_known(tmp_path: Path, ending: str) -> None:
    assert is_report(written(tmp_path / f"a{ending}", row()))


@pytest.mark.parametrize("name", ["so.csv", "so.xlsx", "so.jsonl", "so.parquet", "so.docx"])
@pytest.mark.parametrize("content", [b"", b"Tr\xc3\xadch y\xe1\xba\xbfu;path\n", b"PK\x03\x04", b'["path"]\n', b"7\n"])
def test_other_files_are_no_reports(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert not is_report(tmp_path / name)
