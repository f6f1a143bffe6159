"""Writes `van_phong/`, the small folder of an office that the manual and the tests use.

Everything in it was invented for this project: a district office in 2019, laid out by Decree 30/2020/NĐ-CP, Appendix I.
Numbers, dates and matters are made up, nobody is named. The files are kept beside this script, so running it is needed
only after a change; the same script gives the same bytes.

    pip install python-docx XlsxWriter reportlab
    python make_examples.py [--fonts FOLDER]

reportlab (BSD) is used here only. The PDF files embed the glyphs they use of DejaVu Serif (free licence), found in the
folder given with `--fonts`; on Debian that is the package fonts-dejavu-core.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).parent / "van_phong"
COUNTRY = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
MADE = datetime(2019, 9, 30, 8, 0)


@dataclass(frozen=True)
class Document:
    """One document by the boxes of the decree; `kind` is "" for a công văn, whose `title` stands under the number."""

    agency: tuple[str, ...]
    number: str
    place_date: str
    kind: str
    title: tuple[str, ...]
    body: tuple[str, ...]
    recipients: tuple[str, ...]
    signature: tuple[str, ...]
    to: tuple[str, ...] = ()
    mark: str = ""


UBND = ("ỦY BAN NHÂN DÂN", "HUYỆN PHÚ LỘC")
CHAIR = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "(đã ký)")
VICE = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "(đã ký)")

WORD = {
    "van_ban_di/quyet_dinh/qd_1215_to_kiem_tra.docx": Document(
        agency=UBND,
        number="Số: 1215/QĐ-UBND",
        place_date="Phú Lộc, ngày 08 tháng 7 năm 2019",
        kind="QUYẾT ĐỊNH",
        title=(
            "Về việc thành lập Tổ kiểm tra công tác văn thư, lưu trữ",
            "tại các xã, thị trấn trên địa bàn huyện năm 2019",
        ),
        body=(
            "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN",
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
            "Căn cứ Quyết định số 40/2018/QĐ-UBND ngày 02 tháng 7 năm 2018 của Ủy ban nhân dân tỉnh Thừa Thiên Huế;",
            "Theo đề nghị của Trưởng phòng Nội vụ tại Tờ trình số 66/TTr-PNV ngày 03 tháng 7 năm 2019.",
            "QUYẾT ĐỊNH:",
            "Điều 1. Thành lập Tổ kiểm tra công tác văn thư, lưu trữ gồm đại diện Phòng Nội vụ, Văn phòng.",
            "Điều 2. Tổ kiểm tra làm việc theo kế hoạch được phê duyệt và tự giải thể khi hoàn thành nhiệm vụ.",
            "Điều 3. Chánh Văn phòng, Trưởng phòng Nội vụ và Chủ tịch Ủy ban nhân dân các xã, thị trấn chịu trách "
            "nhiệm thi hành Quyết định này./.",
        ),
        recipients=("- Như Điều 3;", "- CT, các PCT UBND huyện (để b/c);", "- Lưu: VT, NV."),
        signature=CHAIR,
    ),
    "van_ban_di/to_trinh/ttr_88_kinh_phi_so_hoa.docx": Document(
        agency=("UBND HUYỆN PHÚ LỘC", "PHÒNG NỘI VỤ"),
        number="Số: 88/TTr-PNV",
        place_date="Phú Lộc, ngày 15 tháng 8 năm 2019",
        kind="TỜ TRÌNH",
        title=("Về việc bổ sung kinh phí số hóa tài liệu lưu trữ năm 2019",),
        to=("Kính gửi: Ủy ban nhân dân huyện Phú Lộc.",),
        body=(
            "Thực hiện Kế hoạch số 97/KH-UBND của Ủy ban nhân dân huyện, Phòng Nội vụ đã rà soát tài liệu lưu trữ.",
            "Phòng Nội vụ kính trình Ủy ban nhân dân huyện xem xét, quyết định./.",
        ),
        recipients=("- Như trên;", "- Phòng Tài chính - Kế hoạch (để phối hợp);", "- Lưu: VT."),
        signature=("TRƯỞNG PHÒNG", "(đã ký)"),
    ),
    "van_ban_di/cong_van/cv_640_gop_y_quy_che.docx": Document(
        agency=UBND,
        number="Số: 640/UBND-NV",
        place_date="Phú Lộc, ngày 22 tháng 8 năm 2019",
        kind="",
        title=("V/v lấy ý kiến góp ý dự thảo Quy chế làm việc của Ủy ban nhân dân huyện nhiệm kỳ 2016 - 2021",),
        to=("Kính gửi:", "- Các cơ quan chuyên môn thuộc huyện;", "- Ủy ban nhân dân các xã, thị trấn."),
        body=(
            "Ủy ban nhân dân huyện gửi dự thảo Quy chế làm việc kèm theo Công văn này.",
            "Đề nghị các cơ quan, đơn vị góp ý bằng văn bản trước ngày 30 tháng 8 năm 2019./.",
        ),
        recipients=("- Như trên;", "- CT, các PCT UBND huyện;", "- Lưu: VT, NV."),
        signature=VICE,
    ),
    "van_ban_di/ke_hoach/kh_97_so_hoa_tai_lieu.docx": Document(
        agency=UBND,
        number="Số: 97/KH-UBND",
        place_date="Phú Lộc, ngày 12 tháng 4 năm 2019",
        kind="KẾ HOẠCH",
        title=("Số hóa tài liệu lưu trữ của các cơ quan thuộc huyện", "giai đoạn 2019 - 2020"),
        body=(
            "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh, Ủy ban nhân dân huyện ban hành kế hoạch như sau:",
            "I. MỤC ĐÍCH, YÊU CẦU",
            "1. Bảo quản an toàn và khai thác thuận lợi tài liệu lưu trữ.",
            "II. TỔ CHỨC THỰC HIỆN",
            "Phòng Nội vụ theo dõi, đôn đốc việc thực hiện Kế hoạch này./.",
        ),
        recipients=(
            "- Sở Nội vụ (để báo cáo);",
            "- Các cơ quan chuyên môn thuộc huyện (để thực hiện);",
            "- UBND các xã, thị trấn (để thực hiện);",
            "- Lưu: VT, NV.",
        ),
        signature=VICE,
    ),
    "van_ban_di/giay_moi/gm_52_hop_giao_ban.docx": Document(
        agency=("UBND HUYỆN PHÚ LỘC", "VĂN PHÒNG"),
        number="Số: 52/GM-VP",
        place_date="Phú Lộc, ngày 02 tháng 9 năm 2019",
        kind="GIẤY MỜI",
        title=("Họp giao ban công tác tháng 9 năm 2019",),
        body=(
            "Văn phòng trân trọng kính mời lãnh đạo các phòng, ban dự họp giao ban.",
            "Thời gian: 08 giờ 00 ngày 05 tháng 9 năm 2019.",
            "Địa điểm: Phòng họp số 1./.",
        ),
        recipients=("- Như thành phần mời;", "- Lưu: VT."),
        signature=("CHÁNH VĂN PHÒNG", "(đã ký)"),
    ),
    "van_ban_di/thong_bao/tb_143_ket_luan_giao_ban.docx": Document(
        agency=UBND,
        number="Số: 143/TB-UBND",
        place_date="Phú Lộc, ngày 09 tháng 9 năm 2019",
        kind="THÔNG BÁO",
        title=("Ý kiến kết luận của Chủ tịch Ủy ban nhân dân huyện", "tại cuộc họp giao ban tháng 9 năm 2019"),
        body=(
            "Ngày 05 tháng 9 năm 2019, Chủ tịch Ủy ban nhân dân huyện chủ trì cuộc họp giao ban.",
            "Sau khi nghe báo cáo và các ý kiến, Chủ tịch Ủy ban nhân dân huyện kết luận như sau:",
            "1. Các cơ quan hoàn thành báo cáo 9 tháng đúng hạn./.",
        ),
        recipients=("- CT, các PCT UBND huyện;", "- Các cơ quan chuyên môn thuộc huyện;", "- Lưu: VT, TH."),
        signature=("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "(đã ký)"),
    ),
}

PDF = {
    "van_ban_den/bc_211_cai_cach_hanh_chinh.pdf": Document(
        agency=("ỦY BAN NHÂN DÂN", "XÃ LỘC SƠN"),
        number="Số: 211/BC-UBND",
        place_date="Lộc Sơn, ngày 20 tháng 9 năm 2019",
        kind="BÁO CÁO",
        title=("Kết quả công tác cải cách hành chính", "quý III và nhiệm vụ trọng tâm quý IV năm 2019"),
        body=(
            "Thực hiện Công văn số 512/UBND-NV của Ủy ban nhân dân huyện, Ủy ban nhân dân xã báo cáo như sau:",
            "1. Công tác chỉ đạo, điều hành được triển khai kịp thời.",
            "2. Bộ phận một cửa giải quyết hồ sơ đúng hạn./.",
        ),
        recipients=("- Phòng Nội vụ huyện;", "- TT Đảng ủy, HĐND xã (để b/c);", "- Lưu: VT."),
        signature=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "(đã ký)"),
    ),
    "van_ban_den/cv_305_dang_ky_lich.pdf": Document(
        agency=("UBND HUYỆN PHÚ LỘC", "PHÒNG VĂN HÓA VÀ THÔNG TIN"),
        number="Số: 305/VHTT",
        place_date="Phú Lộc, ngày 24 tháng 9 năm 2019",
        kind="",
        title=("V/v đăng ký lịch làm việc", "với lãnh đạo Ủy ban nhân dân", "huyện tháng 10 năm 2019"),
        to=("Kính gửi: Văn phòng Ủy ban nhân dân huyện.",),
        body=(
            "Phòng Văn hóa và Thông tin đăng ký lịch làm việc với lãnh đạo Ủy ban nhân dân huyện.",
            "Kính đề nghị Văn phòng xem xét, bố trí thời gian./.",
        ),
        recipients=("- Như trên;", "- Lưu: VT."),
        signature=("TRƯỞNG PHÒNG", "(đã ký)"),
    ),
    "van_ban_den/sao_y/qd_77_phan_cong.pdf": Document(
        agency=("UBND TỈNH THỪA THIÊN HUẾ", "SỞ NỘI VỤ"),
        number="Số: 77/QĐ-SNV",
        place_date="Thừa Thiên Huế, ngày 05 tháng 8 năm 2019",
        kind="QUYẾT ĐỊNH",
        title=("Về việc phân công nhiệm vụ theo dõi", "công tác cải cách hành chính cấp huyện"),
        body=(
            "GIÁM ĐỐC SỞ NỘI VỤ",
            "Căn cứ Quyết định số 11/QĐ-SNV ngày 09 tháng 01 năm 2019 của Giám đốc Sở Nội vụ;",
            "Theo đề nghị của Chánh Văn phòng Sở.",
            "QUYẾT ĐỊNH:",
            "Điều 1. Phân công các phòng theo dõi công tác cải cách hành chính cấp huyện./.",
        ),
        recipients=("- Như Điều 1;", "- UBND các huyện, thị xã, thành phố;", "- Lưu: VT, CCHC."),
        signature=("GIÁM ĐỐC", "(đã ký)"),
        mark="SAO Y; UBND huyện Phú Lộc; 09/8/2019",
    ),
}

TEXT = {
    "van_ban_den/cd_03_ung_pho_bao.txt": """\
ỦY BAN NHÂN DÂN                         CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
HUYỆN PHÚ LỘC                              Độc lập - Tự do - Hạnh phúc
-------                                    ---------------
Số: 03/CĐ-UBND                          Phú Lộc, ngày 02 tháng 9 năm 2019

                              CÔNG ĐIỆN
          Về việc chủ động ứng phó với áp thấp nhiệt đới trên biển Đông
                               -------

          CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN điện:
          - Thủ trưởng các cơ quan thuộc huyện;
          - Chủ tịch Ủy ban nhân dân các xã, thị trấn.

Các cơ quan, đơn vị tổ chức trực ban 24/24 giờ và báo cáo kịp thời./.

Nơi nhận:                                      KT. CHỦ TỊCH
- Như trên;                                    PHÓ CHỦ TỊCH
- BCH PCTT và TKCN tỉnh (để b/c);
- Lưu: VT, NN.                                   (đã ký)
""",
    "van_ban_den/hd_19_lap_ho_so.txt": """\
UBND HUYỆN PHÚ LỘC
PHÒNG NỘI VỤ
Số: 19/HD-PNV

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Phú Lộc, ngày 17 tháng 5 năm 2019

HƯỚNG DẪN
Lập hồ sơ công việc và giao nộp hồ sơ vào lưu trữ cơ quan

Căn cứ Luật Lưu trữ ngày 11 tháng 11 năm 2011;
Phòng Nội vụ hướng dẫn lập hồ sơ công việc như sau:
1. Mỗi công chức lập hồ sơ về công việc được giao.

Nơi nhận:
- Các cơ quan chuyên môn thuộc huyện;
- UBND các xã, thị trấn;
- Lưu: VT.

TRƯỞNG PHÒNG
(đã ký)
""",
}

REGISTER_OUT = (
    ("1", "12/KH-UBND", "10/01/2019", "Kế hoạch tuyên truyền cải cách hành chính năm 2019", "Các xã, thị trấn"),
    ("2", "31/TTr-UBND", "22/01/2019", "Tờ trình xin chủ trương sửa chữa trụ sở Ủy ban nhân dân xã", "UBND tỉnh"),
    ("3", "45/UBND-TH", "30/01/2019", "V/v đăng ký lịch họp thường kỳ tháng 02 năm 2019", "Văn phòng UBND tỉnh"),
    ("4", "07/GM-UBND", "11/02/2019", "Giấy mời họp triển khai nhiệm vụ sau Tết", "Các phòng, ban"),
    ("5", "18/TB-UBND", "18/02/2019", "Thông báo giới thiệu con dấu và chữ ký của Chánh Văn phòng", "Các cơ quan"),
    ("6", "301/QĐ-UBND", "25/02/2019", "V/v nâng bậc lương thường xuyên đối với công chức", "Phòng Nội vụ"),
)
REGISTER_IN = (
    ("1", "14/01/2019", "Sở Nội vụ", "85/SNV-CCHC", "11/01/2019", "V/v góp ý dự thảo Kế hoạch kiểm tra công vụ"),
    ("2", "16/01/2019", "UBND xã Lộc Sơn", "04/BC-UBND", "15/01/2019", "Báo cáo tình hình kinh tế - xã hội tháng 01"),
    ("3", "21/01/2019", "UBND tỉnh", "09/2019/QĐ-UBND", "18/01/2019", "Ban hành Quy định quản lý tài sản công"),
    ("4", "23/01/2019", "Phòng Y tế", "11/TTr-PYT", "22/01/2019", "Về việc phê duyệt danh sách hỗ trợ; đợt 1"),
)


# ------------------------------------------------------------------ Word


def write_docx(path: Path, document: Document) -> None:
    """Header and foot as tables of two columns without borders, as offices make them."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    file = docx.Document()
    file.core_properties.created = file.core_properties.modified = MADE
    file.styles["Normal"].font.name = "Times New Roman"

    def fill(cell: object, lines: tuple[str, ...], *, centered: bool = True) -> None:
        for i, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
            paragraph.add_run(line)
            if centered:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    under_number = () if document.kind else document.title
    head = file.add_table(rows=2, cols=2)
    fill(head.cell(0, 0), document.agency)
    fill(head.cell(0, 1), COUNTRY)
    fill(head.cell(1, 0), (document.number, *under_number))
    fill(head.cell(1, 1), (document.place_date,))
    file.add_paragraph()
    for line in (document.kind, *document.title) if document.kind else ():
        file.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.kind:
        file.add_paragraph()
    for line in document.to:
        file.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.to:
        file.add_paragraph()
    for line in document.body:
        paragraph = file.add_paragraph(line)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if line.isupper() else WD_ALIGN_PARAGRAPH.JUSTIFY
    foot = file.add_table(rows=1, cols=2)
    fill(foot.cell(0, 0), ("Nơi nhận:", *document.recipients), centered=False)
    fill(foot.cell(0, 1), document.signature)
    content = io.BytesIO()
    file.save(content)
    path.write_bytes(_without_times(content.getvalue()))


def _without_times(content: bytes) -> bytes:
    """The same archive with one time for every part, so that the same document gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# ------------------------------------------------------------------ PDF


def write_pdf(path: Path, document: Document, fonts: Path) -> None:
    """One page of A4; columns at head and foot stand side by side, as the decree lays them out."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Serif", fonts / "DejaVuSerif.ttf"))
    width, height = A4
    left, right, middle = 85, width - 45, (85 + width - 45) / 2
    page = Canvas(str(path), pagesize=A4, invariant=1)

    def column(lines: tuple[str, ...], x: float, y: float, size: float = 10, *, centered: bool = True) -> float:
        page.setFont("Serif", size)
        for line in lines:
            (page.drawCentredString if centered else page.drawString)(x, y, line)
            y -= 1.35 * size
        return y

    if document.mark:
        column((document.mark,), width - 150, height - 25, 8)
    y = height - 60
    under_number = () if document.kind else document.title
    low = column(document.agency, 165, y)
    low = column((document.number, *under_number), 165, low - 8)
    column((*COUNTRY, "", document.place_date), 420, y)
    y = min(low, height - 130) - 20
    if document.kind:
        y = column((document.kind, *document.title), middle, y, 11) - 14
    for line in document.to:
        y = column((line,), left + 90, y, 11, centered=False)
    y -= 10
    for text in document.body:
        if text.isupper():
            y = column((text,), middle, y - 4, 11) - 4
            continue
        lines = simpleSplit("          " + text, "Serif", 11, right - left)
        y = column(tuple(lines), left, y, 11, centered=False) - 4
    y -= 12
    column(("Nơi nhận:", *document.recipients), left, y, 9, centered=False)
    column(document.signature, 430, y, 11)
    page.save()


# ------------------------------------------------------------------ registers


def write_xlsx(path: Path) -> None:
    """The outgoing register: title rows, headings, the row that numbers the columns, a group, the rows, a total."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("Năm 2019")
    sheet.merge_range("A1:F1", "ỦY BAN NHÂN DÂN HUYỆN PHÚ LỘC")
    sheet.merge_range("A2:F2", "SỔ ĐĂNG KÝ VĂN BẢN ĐI NĂM 2019")
    sheet.write_row(
        "A4",
        (
            "STT",
            "Số, ký hiệu văn bản",
            "Ngày tháng văn bản",
            "Tên loại và trích yếu nội dung văn bản",
            "Nơi nhận văn bản",
            "Ghi chú",
        ),
    )
    sheet.write_row("A5", ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"))
    sheet.write("A6", "Quý I")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for i, (number, symbol, issued, title, recipients) in enumerate(REGISTER_OUT, start=6):
        sheet.write_number(i, 0, int(number))
        sheet.write_string(i, 1, symbol)
        sheet.write_datetime(i, 2, datetime.strptime(issued, "%d/%m/%Y"), day)
        sheet.write_string(i, 3, title)
        sheet.write_string(i, 4, recipients)
    sheet.write(f"A{7 + len(REGISTER_OUT)}", f"Tổng cộng: {len(REGISTER_OUT)} văn bản")
    for column, columns_wide in enumerate((6, 20, 18, 60, 30, 12)):
        sheet.set_column(column, column, columns_wide)
    book.close()


def write_csv(path: Path) -> None:
    """The incoming register as Excel saves it in Vietnam: ";" between cells, UTF-8 with a byte order mark."""
    headings = ("STT", "Ngày đến", "Tác giả", "Số, ký hiệu", "Ngày tháng", "Trích yếu nội dung")
    lines = [";".join(f'"{cell}"' if ";" in cell else cell for cell in row) for row in (headings, *REGISTER_IN)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts/truetype/dejavu"))
    fonts = parser.parse_args().fonts
    for name in (*WORD, *PDF, *TEXT, "so_van_ban/x"):
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
    for name, document in WORD.items():
        write_docx(HERE / name, document)
    for name, document in PDF.items():
        write_pdf(HERE / name, document, fonts)
    for name, text in TEXT.items():
        (HERE / name).write_bytes(text.encode("utf-8"))
    write_xlsx(HERE / "so_van_ban/so_van_ban_di_2019.xlsx")
    write_csv(HERE / "so_van_ban/so_van_ban_den_2019.csv")


if __name__ == "__main__":
    main()
