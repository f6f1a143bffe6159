"""Word, RTF, OpenDocument and HTML: what the page shows is read, in its order, whatever the file's name says; hostile files are refused."""

from __future__ import annotations

import builtins
import re
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import office_files as office
from vanthu_classifier.errors import MissingExtraError, UnreadableFileError
from vanthu_classifier.legacy import NAMES
from vanthu_classifier.readers import Record, format_of, layout, packed, read
from vanthu_classifier.readers import doc as doc_reader
from vanthu_classifier.readers import docx as docx_reader
from vanthu_classifier.readers import html as html_reader
from vanthu_classifier.readers import odt as odt_reader
from vanthu_classifier.readers import rtf as rtf_reader

FIXTURES = Path(__file__).parent / "fixtures"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TITLE = "Về việc ban hành Quy chế quản lý, sử dụng nước sạch nông thôn"
CONVERTED = "Chữ trong tệp gõ bằng phông cũ TCVN3 (.VnTime); đã chuyển sang Unicode. Hãy đối chiếu với bản gốc."


def only(path: Path) -> Record:
    (found,) = read(path)
    return found


def texts(lines: tuple[layout.Line, ...]) -> list[str]:
    return [line.text for line in lines if line.text]


# ------------------------------------------------------------------ .doc


def test_an_old_word_decision_in_a_legacy_font() -> None:
    found = only(FIXTURES / "quyet_dinh_tcvn3.doc")
    assert (found.so_ky_hieu, found.loai_van_ban, found.ngay_ban_hanh) == ("27/2004/QĐ-UB", "QĐ", "2004-08-12")
    assert (found.trich_yeu, found.co_quan_ban_hanh) == (TITLE, "ỦY BAN NHÂN DÂN HUYỆN HƯƠNG THỦY")
    assert found.noi_nhan == ("Như trên", "Lưu: VP.")
    assert found.warnings == (CONVERTED,)


def test_an_old_word_letter_with_nested_tables_field_changes_and_box() -> None:
    path = FIXTURES / "cong_van.doc"
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban) == ("/PNV-VTLT", "CV")
    assert found.trich_yeu == "V/v báo cáo công tác văn thư, lưu trữ năm 2018"
    assert found.kinh_gui == ("Ủy ban nhân dân các xã, phường.",)
    shown = texts(doc_reader.lines(path))
    assert shown[0] == "DỰ THẢO LẦN 2"  # the first page's header, not the later ones'
    assert "TRANG SAU" not in shown
    assert (
        shown.index("Số liệu") < shown.index("Văn bản đi") < shown.index("Chữ trong khung") < shown.index("Nơi nhận:")
    )
    assert not any("XÓA BỎ" in text or "DOCPROPERTY" in text for text in shown)
    assert any("báo cáo theo biểu sau:" in text for text in shown)


def test_runs_in_a_unicode_font_are_left_alone_and_hidden_text_is_not_read() -> None:
    shown = texts(doc_reader.lines(FIXTURES / "quyet_dinh_tcvn3.doc"))
    assert "Căn cứ Luật Tổ chức Hội đồng nhân dân và ủy ban nhân dân; đã sửa đổi" in shown
    assert not any("bí mật" in text for text in shown)


def test_a_doc_without_the_extra_costs_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name == "olefile":
            raise ImportError(name)
        return imported(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"formats.*\.doc") as caught:
        list(read(FIXTURES / "cong_van.doc"))
    assert caught.value.extra == "formats"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["quyet_dinh_tcvn3.doc", "cong_van.doc"]), st.data())
def test_a_spoilt_doc_gives_records_or_the_one_error(tmp_path: Path, name: str, data: st.DataObject) -> None:
    content = bytearray((FIXTURES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.doc"
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    with suppress(UnreadableFileError):
        assert all(isinstance(record, Record) for record in read(path))


# ------------------------------------------------------------------ .docx


def word(path: Path, *paragraphs: str) -> Path:
    """A Word file whose paragraphs are given in XML."""
    document = Document()
    for xml in paragraphs:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(xml.replace("<w:p>", f"<w:p {W}>", 1)))
    document.save(str(path))
    return path


def test_docx_shows_insertions_and_results_and_no_deletions_codes_or_hidden_text(tmp_path: Path) -> None:
    path = word(
        tmp_path / "a.docx",
        "<w:p><w:r><w:t>Giữ </w:t></w:r><w:ins w:id='1' w:author='a'><w:r><w:t>thêm </w:t></w:r></w:ins>"
        "<w:del w:id='2' w:author='a'><w:r><w:delText>bỏ </w:delText></w:r></w:del>"
        "<w:moveFrom w:id='3' w:author='a'><w:r><w:t>chuyển đi </w:t></w:r></w:moveFrom>"
        "<w:moveTo w:id='4' w:author='a'><w:r><w:t>chuyển đến </w:t></w:r></w:moveTo>"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>02/7 </w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
        "<w:hyperlink><w:r><w:t>liên kết </w:t></w:r></w:hyperlink>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn </w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>hiện </w:t></w:r>"
        "<w:r><w:rPr><w:caps/></w:rPr><w:t>hoa</w:t></w:r><w:r><w:noBreakHyphen/><w:sym w:font='Symbol' w:char='F02F'/></w:r>"
        "<w:r><w:sym w:font='Wingdings' w:char='F0D8'/></w:r></w:p>",
    )
    assert texts(docx_reader.lines(path)) == ["Giữ thêm chuyển đến 02/7 liên kết hiện HOA-/•"]


def test_docx_font_of_a_style_and_of_a_symbol(tmp_path: Path) -> None:
    document = Document()
    style = document.styles.add_style("Tieu de cu", 1)
    style.font.name = ".VnTimeH"
    paragraph = document.add_paragraph(style=style)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(office.in_legacy("quyết ", "tcvn3"))
    paragraph._p.append(parse_xml(f"<w:r {W}><w:sym w:font='.VnTimeH' w:char='F0AE'/></w:r>"))
    paragraph._p.append(parse_xml(f"<w:r {W}><w:t>Þnh</w:t></w:r>"))
    run = paragraph.add_run(" Đà Nẵng")
    run.font.name = "Times New Roman"
    document.save(str(tmp_path / "a.docx"))
    (line,) = [line for line in docx_reader.lines(tmp_path / "a.docx") if line.text]
    assert (line.text, line.centered, line.legacy) == ("QUYẾT ĐỊNH Đà Nẵng", True, "tcvn3")


def test_docx_letters_of_a_legacy_font_that_are_unicode_already_stay(tmp_path: Path) -> None:
    document = Document()
    run = document.add_paragraph().add_run("Quyết định này đã được chuyển mã")
    run.font.name = ".VnTime"
    document.save(str(tmp_path / "a.docx"))
    (line,) = [line for line in docx_reader.lines(tmp_path / "a.docx") if line.text]
    assert (line.text, line.legacy) == ("Quyết định này đã được chuyển mã", "")


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii"])
def test_docx_whose_legacy_font_was_renamed_is_told_by_its_text(tmp_path: Path, encoding: str) -> None:
    parts = office.decision(TITLE)
    coded = [
        office.in_legacy(part, encoding)
        if isinstance(part, str)
        else [[office.in_legacy(cell, encoding) for cell in row] for row in part]
        for part in parts
    ]
    found = only(office.docx(tmp_path / "a.docx", coded))
    assert (found.so_ky_hieu, found.trich_yeu) == ("15/QĐ-UBND", TITLE)
    assert len(found.warnings) == 1


def test_docx_header_of_the_first_page_only(tmp_path: Path) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "SỞ NỘI VỤ - TRANG SAU"
    document.add_paragraph("Nội dung")
    document.save(str(tmp_path / "a.docx"))
    assert texts(docx_reader.lines(tmp_path / "a.docx")) == ["SỞ NỘI VỤ - TRANG SAU", "Nội dung"]
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = "DỰ THẢO"
    document.save(str(tmp_path / "b.docx"))
    assert texts(docx_reader.lines(tmp_path / "b.docx")) == ["DỰ THẢO", "Nội dung"]


def test_docx_of_another_kind_of_word_file(tmp_path: Path) -> None:
    """A template and a file with macros differ in the type of their main part, a strict one in its namespaces."""
    source = office.docx(tmp_path / "a.docx", office.decision())
    for name, old, new in (
        ("a.docm", b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"),
        ("a.dotx", b"wordprocessingml.document.main+xml", b"wordprocessingml.template.main+xml"),
        (
            "a.doc",
            b"schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"purl.oclc.org/ooxml/wordprocessingml/main",
        ),
    ):
        with zipfile.ZipFile(source) as read_from, zipfile.ZipFile(tmp_path / name, "w") as write_to:
            for part in read_from.namelist():
                write_to.writestr(part, read_from.read(part).replace(old, new))
        assert only(tmp_path / name).so_ky_hieu == "15/QĐ-UBND"


def test_docx_with_a_merged_cell_keeps_its_columns(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "UBND HUYỆN PHÚ LỘC\nSố: 15/QĐ-UBND"
    table.cell(0, 1).text = "\n".join(office.COUNTRY)
    table.cell(1, 1).text = "Phú Lộc, ngày 02 tháng 7 năm 2019"
    document.save(str(tmp_path / "a.docx"))
    lines = [(line.block, line.text) for line in docx_reader.lines(tmp_path / "a.docx") if line.text]
    assert [block for block, _ in lines] == [lines[0][0]] * 2 + [lines[-1][0]] * 3


def test_word_2003_xml(tmp_path: Path) -> None:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("Số: 15/QĐ-UBND", "QUYẾT ĐỊNH", TITLE))
    path = tmp_path / "a.doc"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        f'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>{body}</w:body></w:wordDocument>',
        encoding="utf-8",
    )
    assert (only(path).so_ky_hieu, only(path).trich_yeu) == ("15/QĐ-UBND", TITLE)


# ------------------------------------------------------------------ .rtf


def coded(text: str) -> str:
    """`text` as an RTF writer puts letters above 7F that are single bytes."""
    return "".join(c if c.isascii() else f"\\'{ord(c):02x}" for c in text)


def unicoded(text: str) -> str:
    return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)


def rich(path: Path, body: str, fonts: str = r"{\f0\fcharset0 Times New Roman;}") -> Path:
    path.write_bytes((r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl" + fonts + "}\n" + body + "}").encode("latin-1"))
    return path


TWO_FONTS = (
    r"{\f0\froman\fcharset0 .VnTime;}{\f1\froman\fcharset0 {\*\falt x}.VnTimeH;}{\f2\fcharset163 Times New Roman;}"
)


def row(*cells: str) -> str:
    edges = "".join(f"\\cellx{4500 * (i + 1)}" for i in range(len(cells)))
    return r"\trowd" + edges + "".join(r"\pard\intbl\qc " + cell + r"\cell" for cell in cells) + r"\row "


def test_rtf_with_a_head_in_a_table_and_legacy_fonts(tmp_path: Path) -> None:
    def small(text: str) -> str:
        return coded(office.in_legacy(text, "tcvn3"))

    body = (
        row(r"\f1 " + small("ủy ban nhân dân") + r"\par " + small("huyện hương thủy"), r"\f1 " + small(office.COUNTRY[0].lower()))
        + row(r"\f0 " + small("Số: 27/2004/QĐ-UB"), r"\f0 " + small("Hương Thủy, ngày 12 tháng 8 năm 2004"))
        + r"\pard\qc\f1 " + small("quyết định") + r"\par \f0 " + small(TITLE) + r"\par\pard\par "
        + r"\f0 " + small("Căn cứ Luật; ") + r"{\f2 " + coded(office.in_legacy("sửa đổi", "cp1258")) + r"}\par "
        + row(r"\f0 " + small("Nơi nhận:\n- Như trên;\n- Lưu: VP.").replace("\n", "\\par "), r"\f1 chñ tÞch")
    )  # fmt: skip
    path = rich(tmp_path / "a.doc", body, TWO_FONTS)
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban, found.ngay_ban_hanh) == ("27/2004/QĐ-UB", "QĐ", "2004-08-12")
    assert (found.trich_yeu, found.co_quan_ban_hanh) == (TITLE, "ỦY BAN NHÂN DÂN HUYỆN HƯƠNG THỦY")
    assert (found.noi_nhan, found.warnings) == (("Như trên", "Lưu: VP."), (CONVERTED,))
    assert "Căn cứ Luật; sửa đổi" in [re.sub("\u0309", "", t) for t in map(office_nfc, texts(rtf_reader.lines(path)))]


def office_nfc(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


def test_rtf_letters_fields_changes_boxes_and_what_is_left_out(tmp_path: Path) -> None:
    body = (
        r"{\header Trang {\field{\*\fldinst PAGE}{\fldrslt 3}}\par}{\footer ch\'e2n trang\par}"
        r"{\info{\title b\'ed m\'e2t}}{\*\unknown {\b nothing}}{\pict 0102030405}{\*\bkmkstart x}"
        + unicoded("Uỷ ban ") + r"\uc2\u273 xxang{\v \'e2n}{\deleted x\'f3a} {\caps hoa}\~\_\endash"
        r"{\field{\*\fldinst HYPERLINK x}{\fldrslt k\'e9t}}{\footnote ghi ch\'fa}"
        r"{\shp{\*\shpinst\shpleft1{\sp{\sn a}{\sv b}}{\shptxt \pard Trong khung\par}}{\shprslt x}}"
        r"{\upr{b?}{\*\ud{" + unicoded("ế") + r"}}}\line \{d\u242\'f2\'f2ng\}\par"
        r"{\listtext\f0 -\tab}muc\par \bin4 {{}}cuoi"
    )  # fmt: skip
    shown = texts(rtf_reader.lines(rich(tmp_path / "a.rtf", body)))
    assert shown == ["Trang 3", "Uỷ ban đang HOA\u00a0-–kétế", "{dòng}", "Trong khung", "- muc", "cuoi"]


def test_rtf_nested_table_and_merged_edges(tmp_path: Path) -> None:
    inner = r"\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\cellx100\cellx200\nestrow}\pard\intbl "
    shown = texts(
        rtf_reader.lines(
            rich(tmp_path / "a.rtf", r"\trowd\cellx4000\cellx8000 " + inner + r"c\cell\pard\intbl d\cell\row sau\par")
        )
    )
    assert shown == ["a", "b", "c", "d", "sau"]


def test_rtf_that_nests_too_deep_or_ends_early(tmp_path: Path) -> None:
    deep = tmp_path / "a.rtf"
    deep.write_bytes(b"{\\rtf1 " + b"{" * 100_000)
    with pytest.raises(UnreadableFileError, match="lồng quá nhiều lớp"):
        list(read(deep))
    rich(tmp_path / "b.rtf", r"S\u7889? : 15/Q\u272?-UBND\par cut{\b off").write_bytes(
        (tmp_path / "b.rtf").read_bytes()[:-8]
    )
    assert texts(rtf_reader.lines(tmp_path / "b.rtf"))[0] == "Số : 15/QĐ-UBND"


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [r"\par ", r"\cell ", r"\row ", r"\trowd\cellx9 ", r"\intbl ", r"\itap3 ", r"\nestcell ", r"\nestrow ", "{", "}", r"\pard ",
             r"\u7889?", r"\'ad", r"\f7 ", r"\uc9 ", r"\bin99 ", r"{\shptxt ", r"{\*\x ", r"{\fonttbl ", r"{\header ", "chữ", r"\u-9999999", "\\"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_any_rtf_gives_lines(tmp_path: Path, tokens: list[str]) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(("{\\rtf1 " + "".join(tokens)).encode())
    assert all(isinstance(line.text, str) for line in rtf_reader.lines(path))


# ------------------------------------------------------------------ .odt

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = (
    " ".join(f'xmlns:{p}="{ODF}{p}:1.0"' for p in ("office", "style", "text", "table"))
    + f' xmlns:draw="{ODF}drawing:1.0" xmlns:fo="{ODF}xsl-fo-compatible:1.0" xmlns:svg="{ODF}svg-compatible:1.0"'
)


def open_text(path: Path, body: str, styles: str = "", page: str = "") -> Path:
    content = (
        f'<?xml version="1.0"?><office:document-content {SPACES}><office:font-face-decls><style:font-face style:name="F1" '
        f"svg:font-family=\"'.VnTimeH'\"/></office:font-face-decls><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr(
            "styles.xml",
            f"<office:document-styles {SPACES}><office:master-styles><style:master-page style:name='Standard'>{page}"
            "</style:master-page></office:master-styles></office:document-styles>",
        )
    return path


def test_odt_with_a_head_in_a_table_and_a_legacy_font(tmp_path: Path) -> None:
    def cell(*paragraphs: str) -> str:
        return "<table:table-cell>" + "".join(f"<text:p>{p}</text:p>" for p in paragraphs) + "</table:table-cell>"

    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>đã xóa</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes><table:table><table:table-row table:number-rows-repeated='1000000'>"
        + cell("UBND HUYỆN PHÚ LỘC", "Số: 15/QĐ-UBND") + cell(*office.COUNTRY, "Phú Lộc, ngày 02 tháng 7 năm 2019")
        + "</table:table-row></table:table><text:p/>"
        f"<text:h text:style-name='P1'><text:span text:style-name='T1'>{office.in_legacy('quyết định', 'tcvn3')}</text:span></text:h>"
        f"<text:p text:style-name='P1'>{TITLE}<text:note><text:note-body><text:p>chú thích</text:p></text:note-body></text:note></text:p>"
        "<text:p/><text:p>Căn<text:s text:c='2'/>cứ Luật<text:tab/>này;<draw:frame><draw:text-box><text:p>Trong khung</text:p>"
        "</draw:text-box></draw:frame></text:p><text:list><text:list-item><text:p>mục</text:p></text:list-item></text:list>"
    )  # fmt: skip
    styles = (
        "<style:style style:name='P1' style:family='paragraph'><style:paragraph-properties fo:text-align='center'/></style:style>"
        "<style:style style:name='T0' style:family='text'><style:text-properties style:font-name='F1'/></style:style>"
        "<style:style style:name='T1' style:family='text' style:parent-style-name='T0'/>"
    )
    path = open_text(tmp_path / "a.odt", body, styles, "<style:header><text:p>DỰ THẢO</text:p></style:header>")
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu) == ("15/QĐ-UBND", "QĐ", TITLE)
    assert found.warnings == (CONVERTED, "Văn bản ghi «Dự thảo».")
    shown = texts(odt_reader.lines(path))
    assert shown[-3:] == ["Căn  cứ Luật\tnày;", "Trong khung", "mục"]
    assert not any("xóa" in text or "chú thích" in text for text in shown)


def test_flat_odt(tmp_path: Path) -> None:
    path = tmp_path / "a.fodt"
    path.write_text(
        f'<?xml version="1.0"?><office:document {SPACES} office:mimetype="application/vnd.oasis.opendocument.text"><office:body>'
        f"<office:text><text:p>Số: 15/QĐ-UBND</text:p><text:p>QUYẾT ĐỊNH</text:p><text:p>{TITLE}</text:p></office:text>"
        "</office:body></office:document>",
        encoding="utf-8",
    )
    assert only(path).trich_yeu == TITLE


# ------------------------------------------------------------------ .html

PAGE = f"""<html><head>{{meta}}<title>Không đọc</title><style>p.cu {{{{font-family:".VnTime"}}}} .an {{{{display:none}}}}</style>
<script>var so = "99/QĐ-XX";</script></head><body><!-- Số: 98/QĐ-XX -->
<table><tr><td><p align=center>UBND HUYỆN PHÚ LỘC</p><p>Số: 15/QĐ-UBND</p></td><td>{office.COUNTRY[0]}<br>{office.COUNTRY[1]}</td></tr></table>
<p class=an>Số: 97/QĐ-XX</p><p style='text-align:center'><b>QUYẾT
  ĐỊNH</b></p><p align=center>{TITLE}</p><p>&nbsp;</p><p>Căn cứ Luật;</p></body></html>"""


@pytest.mark.parametrize(
    ("encoding", "meta"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-8", "<meta http-equiv=Content-Type content='text/html; charset=utf-8'>"),
        ("utf-8", "<meta charset='windows-1258'>"),  # says what it is not: read as it says, then put right
    ],
)
def test_a_page_in_any_encoding(tmp_path: Path, encoding: str, meta: str) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(PAGE.format(meta=meta).encode(encoding))
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu) == ("15/QĐ-UBND", "QĐ", TITLE)


def test_a_page_in_legacy_fonts_by_sheet_style_and_face(tmp_path: Path) -> None:
    def small(text: str) -> str:
        return office.in_legacy(text, "tcvn3")

    path = tmp_path / "a.html"
    path.write_text(
        f"<meta charset=utf-8><style>/* x */ p.cu, li.cu {{margin:0;font-family:'.VnTime', serif}}</style><p class=cu>{small('Số: 15/QĐ-UB')}</p>"
        f"<p style='font-family:.VnTimeH;text-align:center'>{small('quyết định')}</p><p><font face=.VnTime>{small(TITLE)}</font></p>",
        encoding="utf-8",
    )
    found = only(path)
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu, found.warnings) == (
        "15/QĐ-UB",
        "QĐ",
        TITLE,
        (CONVERTED,),
    )


def test_a_web_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    page = "".join(f"<p>{t}</p>" for t in ("Số: 15/QĐ-UBND", "QUYẾT ĐỊNH", TITLE))
    parts = f'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body>{page}</body></html>\r\n--b--\r\n'
    path.write_bytes(
        f'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n{parts}'.encode()
    )
    assert only(path).trich_yeu == TITLE


def test_a_page_of_many_tables_and_layers_is_read_flat(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html>" + "<div><table><tr><td>" * 3000 + "Số: 15/QĐ-UBND" + "<p>x" * 3000, encoding="utf-8")
    assert isinstance(html_reader.lines(path), tuple)


# ------------------------------------------------------------------ .pdf


HEAD = [
    (60, 60, "ỦY BAN NHÂN DÂN"), (60, 75, "HUYỆN HƯƠNG THỦY"), (300, 60, office.COUNTRY[0]), (340, 75, office.COUNTRY[1]),
    (70, 110, "Số: 27/2004/QĐ-UB"), (320, 110, "Hương Thủy, ngày 12 tháng 8 năm 2004"), (250, 150, "QUYẾT ĐỊNH"), (120, 170, TITLE),
    (80, 230, "Căn cứ Luật Tổ chức Hội đồng nhân dân và Ủy ban nhân dân;"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "font", "capitals"),
    [("tcvn3", ".VnTimeH", True), ("tcvn3", ".VnTime", False), ("vni", "VNI-Times", False)],
)
def test_a_pdf_in_a_legacy_font(tmp_path: Path, encoding: str, font: str, capitals: bool) -> None:
    def coded(text: str) -> str:
        return office.in_legacy(text.lower() if capitals else text, encoding)

    path = office.pdf(tmp_path / "a.pdf", [[(x, y, coded(text)) for x, y, text in HEAD]], font=font)
    found = only(path)
    assert (found.so_ky_hieu or "").upper() == "27/2004/QĐ-UB"
    assert (found.trich_yeu or "").lower().endswith(TITLE.lower())
    assert found.ngay_ban_hanh == "2004-08-12" or capitals
    if capitals:
        assert (found.loai_van_ban, found.trich_yeu) == ("QĐ", TITLE.upper())
    assert found.warnings == (f"Chữ trong tệp {NAMES[encoding]}; đã chuyển sang Unicode. Hãy đối chiếu với bản gốc.",)


# ------------------------------------------------------------------ what a file is


def test_what_a_file_is_decides(tmp_path: Path) -> None:
    word_file = office.docx(tmp_path / "a.docx", office.decision()).read_bytes()
    for name, content, kind in (
        ("word.doc", word_file, "Word (.docx)"),
        ("word.pdf", word_file, "Word (.docx)"),
        ("old.docx", (FIXTURES / "cong_van.doc").read_bytes(), "Word 97-2003 (.doc)"),
        ("rich.docx", b"{\\rtf1 x}", "RTF"),
        ("page.doc", b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><p>x", "trang HTML"),
        ("page.txt", "<html><p>x".encode("utf-16"), "trang HTML"),
        ("note.doc", "Số: 15/QĐ-UBND\nQUYẾT ĐỊNH".encode(), "văn bản thuần (.txt)"),
        ("export.xls", b"<table><tr><td>x</td></tr></table>", "sổ đăng ký dạng bảng tính"),
        ("export.xlsx", "Số ký hiệu\tTrích yếu\n1/BC\tA".encode("utf-16"), "sổ đăng ký dạng .csv"),
    ):
        (tmp_path / name).write_bytes(content)
        assert format_of(tmp_path / name).name == kind, name


# ------------------------------------------------------------------ hostile files


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


BODY = f"<w:document {W}><w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.docx", {"word/document.xml": b"<w:document>" + b" " * (packed.MAX_XML + 1)})
    with pytest.raises(UnreadableFileError, match="quá nhiều dữ liệu"):
        list(read(path))
    path = zipped(tmp_path / "b.xlsx", {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 30_000_000})
    with pytest.raises(UnreadableFileError, match="quá nhiều dữ liệu"):
        list(read(path))


def test_entities_are_never_expanded_and_nothing_outside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("BÍ MẬT", encoding="utf-8")
    laughs = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    for dtd in (
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>',
        f'<!DOCTYPE x [<!ENTITY a11 SYSTEM "{secret.as_uri()}">]>',
    ):
        xml = (dtd + BODY % "&a11;").encode()
        with pytest.raises(UnreadableFileError, match=r"không an toàn|hỏng") as caught:
            list(read(zipped(tmp_path / "a.docx", {"word/document.xml": xml})))
        assert "BÍ MẬT" not in str(caught.value)


def test_headers_and_styles_elsewhere_are_not_fetched(tmp_path: Path) -> None:
    rels = '<Relationships><Relationship Id="r1" TargetMode="External" Type="x/header" Target="http://127.0.0.1:9/x.xml"/></Relationships>'
    body = f'<w:document {W} xmlns:r="r"><w:body><w:p><w:r><w:t>Số: 15/QĐ-UBND</w:t></w:r></w:p><w:sectPr><w:headerReference w:type="default" r:id="r1"/></w:sectPr></w:body></w:document>'
    path = zipped(
        tmp_path / "a.docx", {"word/document.xml": body.encode(), "word/_rels/document.xml.rels": rels.encode()}
    )
    assert only(path).so_ky_hieu == "15/QĐ-UBND"


def test_tables_in_tables_and_long_tables_end(tmp_path: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60
    rows = "<w:tr>" + "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>" * 4 + "</w:tr>"
    body = f"<w:document {W}><w:body>{deep}<w:tbl>{rows * 7000}</w:tbl></w:body></w:document>"
    lines = docx_reader.lines(zipped(tmp_path / "a.docx", {"word/document.xml": body.encode()}))
    assert sum(line.text == "x" for line in lines) == 28_000


def test_a_style_that_is_based_on_itself(tmp_path: Path) -> None:
    styles = f'<w:styles {W}><w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    body = f'<w:document {W}><w:body><w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>Số: 15/QĐ-UBND</w:t></w:r></w:p></w:body></w:document>'
    path = zipped(tmp_path / "a.docx", {"word/document.xml": body.encode(), "word/styles.xml": styles.encode()})
    assert only(path).so_ky_hieu == "15/QĐ-UBND"


def test_an_archive_with_a_password(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.docx", {"word/document.xml": b"<x/>"}).read_bytes())
    content[6] |= 1
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    (tmp_path / "a.docx").write_bytes(content)
    with pytest.raises(UnreadableFileError, match="mật khẩu"):
        list(read(tmp_path / "a.docx"))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["docx", "odt"]), st.data())
def test_a_spoilt_archive_gives_records_or_the_one_error(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "docx":
        zipped(path, {"word/document.xml": (BODY % "Số: 15/QĐ-UBND").encode()})
    else:
        open_text(path, "<text:p>Số: 15/QĐ-UBND</text:p>")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(UnreadableFileError):
        assert all(isinstance(record, Record) for record in read(path))
