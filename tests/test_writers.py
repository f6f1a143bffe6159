"""Reports: the columns of the contract, text that stays text, and a file that is whole or not there at all."""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from vanthu_classifier import workbook
from vanthu_classifier.errors import InputError, MissingExtraError
from vanthu_classifier.outcomes import Basis, Dispatch
from vanthu_classifier.report_rows import printable
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


def sheet(path: Path, name: str = "Văn bản") -> list[list[Any]]:
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
        ("\t=1", "'\t'=1"),
        ("-5", "-5"),
        ("+0,5", "+0,5"),
        ("V/v = A", "V/v = A"),
        ("a;=1+1", "a;'=1+1"),
        ("a\t@b", "a\t'@b"),
        ("＝1+1", "'＝1+1"),
        ("a\x00\x07b", "ab"),
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


def cells(path: Path, row: int = 1, name: str = "Văn bản") -> dict[str, Any]:
    """A row of a sheet by its headings."""
    rows = sheet(path, name)
    return dict(zip(rows[0], rows[row], strict=True))


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def test_xlsx_is_for_the_clerk(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xlsx", row(), row(dispatch="needs_review", lean="electronic_only", basis="model"), failed()
    )
    assert set(sheet(path)[0]) == {heading for heading, _ in HEADINGS.values()}
    assert set(HEADINGS) == set(COLUMNS)
    found = cells(path)
    assert found["Hình thức gửi"] == "■ Gửi bản điện tử kèm bản giấy"
    assert found["Ngày ban hành"] == date(2019, 7, 2)
    assert (found["Số, ký hiệu"], found["Nơi nhận"], found["Lưu ý"]) == (
        "15/QĐ-UBND",
        "Như Điều 3\nLưu: VT",
        "Một.\nHai.",
    )
    assert (cells(path, 2)["Hình thức gửi"], cells(path, 2)["Nghiêng về"]) == ("? Cần xem xét", "Chỉ gửi bản điện tử")
    assert (cells(path, 3)["Hình thức gửi"], cells(path, 3)["Lỗi"]) == ("– Không đọc được", "Tệp rỗng.")


def test_xlsx_has_a_sheet_of_recipients_and_one_of_errors(tmp_path: Path) -> None:
    file_copy = {"name": "Lưu: VT", "role": "file", "dispatch": None, "reason": "Bản lưu, không gửi đi."}
    one = row(recipients=[*row()["recipients"], file_copy])
    error = failed("Tệp rỗng. Xin lại tệp từ nơi gửi.") | {"remedy": "Xin lại tệp từ nơi gửi."}
    alike = [{"name": "UBND xã", "role": "unstated", "dispatch": row()["dispatch"], "reason": ""}]
    path = written(tmp_path / "a.xlsx", one, error, row(recipients=[]), row(recipients=alike))
    first, second = (cells(path, i, "Nơi nhận") for i in (1, 2))
    assert (first["Nơi nhận"], first["Vai trò"], first["Hình thức gửi"]) == (
        "UBND xã", "để thực hiện", "● Chỉ gửi bản điện tử",
    )  # fmt: skip
    assert (first["Số, ký hiệu"], first["Lý do"]) == ("15/QĐ-UBND", "để biết")
    assert (second["Vai trò"], second["Hình thức gửi"]) == ("lưu", "– Không gửi")
    assert len(sheet(path, "Nơi nhận")) == 3  # of a register only what is sent differently
    assert sheet(path, "Lỗi") == [
        ["Tệp", "Dòng", "Lỗi", "Cách xử lý"],
        ["b.pdf", "", "Tệp rỗng.", "Xin lại tệp từ nơi gửi."],
    ]


def test_xlsx_sums_up(tmp_path: Path) -> None:
    rows = [row(), row(), row(dispatch="needs_review", lean="electronic_only"), failed()]
    path = written(tmp_path / "a.xlsx", *rows)
    found = sheet(path, "Tổng hợp")
    top = [line[0] for line in found].index("Hình thức gửi")
    assert [line[:3] for line in found[top : top + 7]] == [
        ["Hình thức gửi", "Số văn bản", "Tỷ lệ"],
        ["● Chỉ gửi bản điện tử", 0.0, 0.0],
        ["■ Gửi bản điện tử kèm bản giấy", 2.0, 0.5],
        ["? Cần xem xét", 1.0, 0.25],
        ["✕ Không gửi qua mạng thông thường", 0.0, 0.0],
        ["– Không đọc được", 1.0, 0.25],
        ["Cộng", 4.0, ""],
    ]
    assert ["Quyết định (QĐ)", 3.0, 0.0, 2.0, 1.0, 0.0] in [line[:6] for line in found]
    assert "Đã xem 2 tệp, 4 văn bản." in [line[0] for line in found]
    chart = part(path, "xl/charts/chart1.xml")
    assert "$B$6:$B$10" in chart or "'Tổng hợp'!$B$" in chart
    assert chart.count("<a:pattFill") >= 5  # told apart without colours


def test_xlsx_is_ready_for_the_printer(tmp_path: Path) -> None:
    folder = tmp_path / "hồ sơ & sổ"
    folder.mkdir()
    with report(tmp_path / "a.xlsx", folder) as write:
        write(row())
    result = part(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert '<autoFilter ref="A1:R2"/>' in result
    assert 'ySplit="1"' in result
    assert 'paperSize="9"' in result
    assert 'orientation="landscape"' in result
    assert 'fitToHeight="0"' in result
    assert "hồ sơ &amp;&amp; sổ" in result  # one & begins a code of the header
    assert f"Ngày {date.today():%d/%m/%Y}" in result
    assert "Trang &amp;P/&amp;N" in result
    names = part(tmp_path / "a.xlsx", "xl/workbook.xml")
    assert "'Văn bản'!$1:$1" in names
    assert "'Văn bản'!$A$1:$K$2" in names


def test_xlsx_has_a_colour_for_each_outcome(tmp_path: Path) -> None:
    result = part(
        written(tmp_path / "a.xlsx", row(), row(dispatch="needs_review"), failed()), "xl/worksheets/sheet1.xml"
    )
    looks = [result.split(f'<c r="G{n}" s="')[1].split('"')[0] for n in (2, 3, 4)]
    assert len(set(looks)) == 3


def test_xlsx_links_to_the_files_and_to_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "hồ sơ"
    folder.mkdir()
    name = "trong/100%20 #1 [a]: =x.docx"
    with report(tmp_path / "a.xlsx", folder) as write:
        write(row(path=name, row=None, reason="http://vi.du", trich_yeu='=HYPERLINK("x")', so_ky_hieu="15"))
        write(row(path="so.csv", row=7))
        write(failed() | {"path": "nối.docx", "unfit": True})
        write(row(path="a", row=None))
    links = part(tmp_path / "a.xlsx", "xl/worksheets/_rels/sheet1.xml.rels")
    targets = [unquote(found).replace("\\", "/") for found in re.findall('Target="([^"]*)"', links)]
    assert targets == [f"hồ sơ/{name}", "hồ sơ/a"]
    assert "<f>" not in part(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    found = cells(tmp_path / "a.xlsx")
    assert (found["Tệp"], found["Số, ký hiệu"], found["Trích yếu"]) == (name, "15", '=HYPERLINK("x")')


def test_xlsx_takes_any_letters(tmp_path: Path) -> None:
    """What XML has no letters for would make Excel repair the file."""
    title = cells(written(tmp_path / "a.xlsx", row(trich_yeu="a\x00b\x1fc\ufffed\ud800e\r\n_x0041_")))["Trích yếu"]
    assert title.replace("\r", "") == "abc\ufffdd\ufffde\n_x0041_"


def test_xlsx_cuts_what_no_cell_can_hold(tmp_path: Path) -> None:
    title = cells(written(tmp_path / "a.xlsx", row(trich_yeu="a" * 50_000)))["Trích yếu"]
    assert title.endswith("a…")
    assert len(title) < 32_767


def test_xlsx_goes_on_in_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_SHEET_ROWS", 3)
    path = written(tmp_path / "a.xlsx", *(row(row=i, recipients=[]) for i in range(7)))
    assert [len(sheet(path, f"Văn bản{more}")) for more in ("", " (2)", " (3)")] == [4, 4, 2]
    assert sheet(path, "Văn bản (3)")[0] == sheet(path)[0]
    assert any("chia thành 3 trang tính" in str(line[0]) for line in sheet(path, "Tổng hợp"))


def test_xlsx_keeps_nothing_of_the_rows_that_are_written(tmp_path: Path) -> None:
    """Or a million rows would fill the memory; their heights are in the file all the same."""
    with report(tmp_path / "a.xlsx") as write:
        for i in range(100):
            write(row(row=i))
        table = write.__self__._documents  # type: ignore[attr-defined]
        assert len(table._sheet.row_info) <= 2
        assert len(table._sheet.row_sizes) <= 2
        assert len(table._sheet.table) <= 2
    result = part(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert result.count('customHeight="1"') >= 101


def test_xlsx_has_no_more_links_than_excel_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_LINKS", 2)
    with report(tmp_path / "a.xlsx", tmp_path) as write:
        for i in range(4):
            write(row(path=f"{i}.docx", row=None))
    assert part(tmp_path / "a.xlsx", "xl/worksheets/_rels/sheet1.xml.rels").count("<Relationship ") == 2
    assert [line[0] for line in sheet(tmp_path / "a.xlsx")[1:]] == [f"{i}.docx" for i in range(4)]


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, max_size=5))
def test_any_title_comes_back_from_jsonl_and_csv(tmp_path: Path, titles: list[str]) -> None:
    rows = [row(trich_yeu=title) for title in titles]
    lines = written(tmp_path / "a.jsonl", *rows).read_text("utf-8").split("\n")[:-1]
    assert [json.loads(line)["trich_yeu"] for line in lines] == titles
    with written(tmp_path / "a.csv", *rows).open(encoding="utf-8-sig", newline="") as file:
        back = [found["trich_yeu"] for found in csv.DictReader(file)]
    assert [text.replace("'", "") for text in back] == [printable(text).replace("'", "") for text in titles]


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
