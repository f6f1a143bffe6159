"""A folder with each kind of broken file, made by code: every one is a row that says what and what to do, and the sound ones are read."""

from __future__ import annotations

import json
import os
import shutil
import socket
import zipfile
from pathlib import Path
from typing import Any

import pytest

import office_files as office
from test_batch import Stand
from vanthu_classifier import batch, intake, workers
from vanthu_classifier.workers import Limits

posix = pytest.mark.skipif(os.name != "posix", reason="pipes, sockets and bytes in names are of POSIX")


def _rows(folder: Path, out: Path, **options: Any) -> dict[str, dict[str, Any]]:
    """The rows by path, of a folder whose files give one row each."""
    batch.run(folder, out, **({"classifier": Stand(), "timeout": 20} | options))
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len({row["path"] for row in rows}) == len(rows)
    return {row["path"]: row for row in rows}


def _says(row: dict[str, Any], *words: str) -> None:
    assert row["dispatch"] is None
    for word in words:
        assert word in row["error"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one sound document, to which a test adds what is broken."""
    root = tmp_path / "hồ sơ"
    root.mkdir()
    office.docx(root / "tốt.docx", office.decision())
    return root


def _with_document(source: Path, path: Path, document: bytes) -> None:
    """The Word file `source` with another body."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _body(content: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<w:document {_W}><w:body>{content}</w:body></w:document>'.encode()


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


HEAD = "".join(
    map(
        _paragraph,
        ("UBND HUYỆN PHÚ LỘC", "Số: 15/QĐ-UBND", "Phú Lộc, ngày 02 tháng 7 năm 2019", "QUYẾT ĐỊNH", "Về việc kiểm tra"),
    )
)


# ------------------------------------------------------------------ damaged and hostile content


def test_damaged_files(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "tốt.docx").read_bytes()
    (folder / "cụt.docx").write_bytes(whole[: len(whole) // 2])
    (folder / "rỗng.docx").write_bytes(b"")
    (folder / "không.pdf").write_bytes(b"\0" * 5000)
    (folder / "cụt.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    (folder / "nhiễu.docx").write_bytes(b"PK\x03\x04" + os.urandom(3000))
    (folder / "khóa.docx").write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )
    (folder / "con trỏ.docx").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    (folder / "~$tốt.docx").write_bytes(b"\x05abc" * 40)
    (folder / "trống.csv").write_text("Số ký hiệu;Trích yếu\n", "utf-8")
    (folder / "lạ.exe").write_bytes(b"MZ" + b"\0" * 500)
    before = office.digests(folder)
    rows = _rows(folder, tmp_path / "a.jsonl")
    assert rows["tốt.docx"]["dispatch"] == "electronic_and_paper"
    _says(rows["cụt.docx"], "hỏng", "Xin lại tệp")
    _says(rows["rỗng.docx"], "rỗng", "Xin lại tệp")
    _says(rows["không.pdf"], "không có nội dung")
    _says(rows["cụt.pdf"], "hỏng")
    _says(rows["nhiễu.docx"], "hỏng")
    _says(rows["khóa.docx"], "mật khẩu", "Bỏ mật khẩu")
    _says(rows["con trỏ.docx"], "con trỏ")
    _says(rows["~$tốt.docx"], "tệp khóa tạm", "Đóng chương trình")
    _says(rows["trống.csv"], "Không có văn bản nào")
    _says(rows["lạ.exe"], "không phải văn bản")
    assert len(rows) == 11
    assert office.digests(folder) == before


def test_hostile_xml(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "riêng tư.txt"
    secret.write_text("Số: 99/MẬT-KHẨU", "utf-8")
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    sound = folder / "tốt.docx"
    for name, declared, used in (
        ("cười.docx", f'<!DOCTYPE d [<!ENTITY l0 "hahaha">{laughs}]>', "&l11;"),
        ("mượn.docx", f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', "&x;"),
        ("gọi.docx", '<!DOCTYPE d SYSTEM "http://192.0.2.1/d.dtd" [<!ENTITY x SYSTEM "http://192.0.2.1/x">]>', "&x;"),
    ):
        _with_document(sound, folder / name, _body(HEAD + f"<w:p><w:r><w:t>{used}</w:t></w:r></w:p>", declared))
    deep = "<w:sdt><w:sdtContent>" * 30_000 + "</w:sdtContent></w:sdt>" * 30_000
    _with_document(sound, folder / "sâu.docx", _body(HEAD + deep))
    rows = _rows(folder, tmp_path / "a.jsonl")
    assert "MẬT-KHẨU" not in (tmp_path / "a.jsonl").read_text("utf-8")
    assert rows["tốt.docx"]["error"] is None
    assert rows["sâu.docx"]["error"] is not None
    for name in ("cười.docx", "mượn.docx", "gọi.docx"):
        assert rows[name]["error"] is not None or rows[name]["so_ky_hieu"] == "15/QĐ-UBND"


def test_a_reference_to_elsewhere_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """A template and a picture on a server: the document is read, and nobody is asked for them."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/mau.dotm"
        with zipfile.ZipFile(folder / "tốt.docx") as old, zipfile.ZipFile(folder / "mẫu.docx", "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == "word/_rels/document.xml.rels":
                    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
                    link = f'<Relationship Id="rIdX" Type="{kind}" Target="{address}" TargetMode="External"/></Relationships>'
                    content = content.replace(b"</Relationships>", link.encode())
                new.writestr(name, content)
        rows = _rows(folder, tmp_path / "a.jsonl")
        with pytest.raises(TimeoutError):
            server.accept()
    assert rows["mẫu.docx"]["so_ky_hieu"] == "15/QĐ-UBND"


def test_a_zip_bomb(folder: Path, tmp_path: Path) -> None:
    """Refused by the sizes that it states, before anything is unpacked; `test_workers` has a reader that balloons in spite of all care."""
    bomb = folder / "bom.docx"
    with zipfile.ZipFile(folder / "tốt.docx") as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, True, 1) as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
        with new.open("word/document.xml", "w") as part:
            for _ in range(20):
                part.write(b" " * (16 << 20))
    assert bomb.stat().st_size < 3_000_000
    rows = _rows(folder, tmp_path / "a.jsonl")
    _says(rows["bom.docx"], "quá nhiều dữ liệu", "tách thành nhiều tệp")
    assert rows["tốt.docx"]["error"] is None


def test_a_long_table_is_read(folder: Path, tmp_path: Path) -> None:
    """Seven thousand rows are a payroll, not an attack."""
    row = "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in ("1", "Nguyễn Văn A", "2,34")) + "</w:tr>"
    _with_document(folder / "tốt.docx", folder / "bảng.docx", _body(HEAD + f"<w:tbl>{row * 7000}</w:tbl>"))
    assert _rows(folder, tmp_path / "a.jsonl")["bảng.docx"]["so_ky_hieu"] == "15/QĐ-UBND"


# ------------------------------------------------------------------ what does not even want to be opened


@posix
def test_pipes_sockets_and_links_are_never_opened(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "ống.docx")
    (folder / "vòng").symlink_to(folder)
    (folder / "gãy.docx").symlink_to(tmp_path / "không có")
    (folder / "máy.docx").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # the name of a socket is short
        try:
            server.bind("nối.docx")
        finally:
            os.chdir(here)
        rows = _rows(folder, tmp_path / "a.jsonl", sort_into=tmp_path / "xếp")
    _says(rows["ống.docx"], "ống dẫn", "Bỏ ra khỏi thư mục")
    _says(rows["nối.docx"], "socket")
    for name in ("vòng", "gãy.docx", "máy.docx"):
        _says(rows[name], "liên kết", "Chép tệp gốc")
    assert [p.name for p in (tmp_path / "xếp").rglob("*") if p.suffix and not p.is_dir()] == ["tốt.docx"]


@posix
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    path = folder / "tốt.docx"
    found = intake.one_file(path)
    path.unlink()
    os.mkfifo(path)
    with workers.Workers(Limits()) as pool, intake.read([found], pool, intake.RunState(None)) as parts:
        failure, end = (part.content for part in parts)
    assert isinstance(failure, workers.Failure)
    assert end is None


@posix
def test_names_that_are_no_text(folder: Path, tmp_path: Path) -> None:
    name = os.fsencode(folder) + b"/qu\xe1\xba\xbf \xff\xfe.docx"
    try:
        Path(os.fsdecode(name)).write_bytes((folder / "tốt.docx").read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    rows = _rows(folder, tmp_path / "a.jsonl", sort_into=tmp_path / "xếp")
    assert rows["quế \ufffd\ufffd.docx"]["so_ky_hieu"] == "15/QĐ-UBND"
    assert len(list((tmp_path / "xếp").rglob("*.docx"))) == 2


def test_paths_as_long_as_they_get(folder: Path, tmp_path: Path) -> None:
    deep = folder.joinpath(*["thư mục con " + "x" * 60] * 40)
    name = "t" * 240 + ".docx"
    try:
        deep.mkdir(parents=True)
        (deep / name).write_bytes((folder / "tốt.docx").read_bytes())
    except OSError:
        pytest.skip("this file system takes no such paths")
    rows = _rows(folder, tmp_path / "a.jsonl", sort_into=tmp_path / "xếp")
    assert [row["so_ky_hieu"] for row in rows.values()] == ["15/QĐ-UBND"] * 2


@posix
def test_a_path_that_is_too_long_is_a_row(folder: Path, tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(18):  # deeper than a path can say
            os.mkdir("d" * 240)  # noqa: PTH102
            os.chdir("d" * 240)
    finally:
        os.chdir(here)
    rows = _rows(folder, tmp_path / "a.jsonl")
    (long,) = (row for path, row in rows.items() if path != "tốt.docx")
    _says(long, "quá dài", "Rút ngắn")
    shutil.rmtree(folder / ("d" * 240))


def test_files_and_folders_without_the_right_to_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by hand, since an administrator may read everything."""
    (folder / "kín").mkdir()
    office.docx(folder / "kín" / "a.docx", office.decision())
    office.docx(folder / "riêng.docx", office.decision())
    opened, listed = os.open, os.scandir

    def refuse(path: Any, *args: Any, **more: Any) -> int:
        if str(path).endswith("riêng.docx"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *args, **more)

    def close(path: Any = ".") -> Any:
        if str(path).endswith("kín"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "scandir", close)
    rows = _rows(folder, tmp_path / "a.jsonl")
    _says(rows["riêng.docx"], "Không có quyền đọc", "Xin quyền đọc")
    _says(rows["kín/"], "Không có quyền đọc")
    assert len(rows) == 3


# ------------------------------------------------------------------ files that do something while they are read


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files are read by `hostile_reader`."""
    monkeypatch.setattr(workers, "READER", "hostile_reader:read")
    root = tmp_path / "hồ sơ"
    root.mkdir()
    for name in ("a", "n", "z"):
        (root / f"{name}.txt").write_text("fine", "utf-8")
    return root


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crash_a_hang_and_a_change_cost_one_row_each(hostile: Path, tmp_path: Path, jobs: int) -> None:
    for word in ("segfault", "hang", "changes", "vanishes", "panic", "nothing"):
        (hostile / f"{word}.txt").write_text(word, "utf-8")
    rows = _rows(hostile, tmp_path / "a.jsonl", timeout=1.5, jobs=jobs)
    _says(rows["segfault.txt"], "dừng đột ngột")
    _says(rows["hang.txt"], "quá 1.5 giây", "--timeout")
    _says(rows["changes.txt"], "bị thay đổi trong khi đang đọc", "chạy lại")
    _says(rows["vanishes.txt"], "Không còn ở chỗ cũ")
    _says(rows["panic.txt"], "BaseException")
    _says(rows["nothing.txt"], "Không có văn bản nào")
    assert [name for name, row in rows.items() if row["error"] is None] == ["a.txt", "n.txt", "z.txt"]
    assert list(rows) == sorted(rows)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".jsonl", ".parquet"])
def test_no_text_breaks_a_report(hostile: Path, tmp_path: Path, ending: str) -> None:
    (hostile / "odd.txt").write_text("odd", "utf-8")
    summary = batch.run(hostile, tmp_path / f"a{ending}", classifier=Stand())
    assert (summary.rows, summary.errors) == (4, 0)


def test_one_file_alone_is_read_as_safely(hostile: Path) -> None:
    (hostile / "exit.txt").write_text("exit", "utf-8")
    (row,) = batch.rows(hostile / "exit.txt", name="tải lên.txt", classifier=Stand())
    assert row["path"] == "tải lên.txt"
    _says(row, "dừng đột ngột")
    (row,) = batch.rows(hostile / "a.txt", classifier=Stand())
    assert (row["path"], row["dispatch"]) == ("a.txt", "electronic_and_paper")
    (row,) = batch.rows(hostile / "không có.txt", classifier=Stand())
    _says(row, "Không còn ở chỗ cũ")
