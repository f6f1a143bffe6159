"""The file that `vanthu rules new` writes: an office's own pack, explained line by line, with every question that the base leaves to an office.

It is made from the base, so that it names no rule that is not there; as written it is valid and changes nothing.
"""

from __future__ import annotations

from textwrap import wrap

from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack.office import settleable
from vanthu_classifier.rulepack.schema import Pack

__all__ = ["template"]

_CHOICE = {Dispatch.ELECTRONIC_ONLY: "dien_tu", Dispatch.ELECTRONIC_AND_PAPER: "kem_giay"}

_HEAD = """\
# Quy tắc riêng của cơ quan, đặt trên: {title}.
#
# Dòng bắt đầu bằng dấu # là lời giải thích, máy không đọc. Muốn dùng một dòng ví dụ: bỏ dấu # và khoảng trắng ở đầu dòng, rồi sửa
# cho đúng cơ quan mình. Chữ đặt trong dấu nháy "…"; lưu tệp dạng UTF-8.
#
# Sửa xong, kiểm tra tệp này:    vanthu rules check {file}
# Hỏi thử:                       vanthu check "Biên bản họp giao ban" --noi-bo --pack {file}
# Dùng cho cả thư mục:           vanthu batch van_ban/ -o bao_cao.xlsx --pack {file}
# Trước khi dùng, xem sổ văn bản sẽ đổi những gì:
#                                vanthu rules diff {base} {file} so_van_ban.xlsx

# Bộ quy tắc đứng dưới.
bo_nen = "{base}"

# Tên cơ quan.
co_quan = "Tên cơ quan"

# Văn bản của cơ quan quy định những điều ghi dưới đây. Bắt buộc khi dùng [noi_bo] hoặc [vi_tri].
# can_cu = "Quyết định số 12/QĐ-UBND ngày 05/01/2019 về gửi, nhận văn bản trong nội bộ"
"""

_INSIDE = """
# ------------------------------------------------------------------------------------------------------------------
# Loại văn bản chỉ gửi qua mạng, không gửi bản giấy, TRONG NỘI BỘ cơ quan. Căn cứ, {place}:
# «{quote}».
# Ghi tên loại hoặc chữ viết tắt. Chỉ áp dụng khi văn bản gửi trong nội bộ (--noi-bo), hoặc cho những nơi nhận là
# đơn vị của cơ quan (xem [don_vi]). Với cơ quan khác, danh mục của bộ nền giữ nguyên.
[noi_bo]
# chi_dien_tu = ["Biên bản", "Phiếu trình", "Giấy nghỉ phép"]

# Nguyên văn điều đó trong văn bản của cơ quan (không bắt buộc), để người dùng đọc được khi hỏi.
# trich = "Biên bản, phiếu trình, giấy nghỉ phép chỉ gửi qua mạng trong nội bộ."
"""

_SETTLED = """
# ------------------------------------------------------------------------------------------------------------------
# Những điểm bộ nền để ngỏ và cơ quan được tự chốt. Mỗi dòng: mã quy tắc = "dien_tu" (chỉ gửi bản điện tử),
# "kem_giay" (gửi kèm bản giấy) hoặc "hoi" (hỏi người). Đọc đầy đủ một quy tắc: vanthu rules show MÃ
[vi_tri]
"""

_WORDS = """
# ------------------------------------------------------------------------------------------------------------------
# Chữ viết tắt tên loại mà chỉ cơ quan mình dùng trong số, ký hiệu (ví dụ 12/PGV-VP). Chữ viết tắt theo
# Nghị định 30/2020/NĐ-CP đã có sẵn, không phải ghi.
[viet_tat]
# PGV = "Phiếu trình"

# ------------------------------------------------------------------------------------------------------------------
# Các đơn vị của cơ quan và chữ viết tắt (để "" nếu không có). Nơi nhận có tên ở đây được coi là trong nội bộ;
# ký hiệu bắt đầu bằng chữ viết tắt ở đây (12/KTNB-TH) được hiểu là công văn của đơn vị đó.
[don_vi]
# "Phòng Nội vụ" = "PNV"
# "Phòng Tài chính - Kế hoạch" = "TCKH"
# "Ban Kiểm tra nội bộ" = ["KTNB", "BKTNB"]

# ------------------------------------------------------------------------------------------------------------------
# Văn bản để thử: mỗi lần nạp, tệp này bị từ chối nếu kết quả không đúng như đã ghi. ket_qua là "dien_tu",
# "kem_giay", "hoi" hoặc "khong_gui_mang" (văn bản mật). Mỗi văn bản bắt đầu bằng một dòng [[thu]].
[[thu]]
trich_yeu = "Tờ trình xin kinh phí sửa chữa trụ sở"
ket_qua = "{submission}"

# [[thu]]
# trich_yeu = "Biên bản họp giao ban cơ quan"
# noi_bo = true
# ket_qua = "dien_tu"

# [[thu]]
# trich_yeu = "Biên bản kiểm tra công vụ"
# noi_nhan = ["Phòng Nội vụ;", "Lưu: VT."]
# ket_qua = "dien_tu"
"""


def template(base: Pack, file: str = "co_quan.toml") -> str:
    """The file's text for a base pack; `file` is its name, as the commands in it say it.

    >>> from vanthu_classifier import rulepack
    >>> "A12 =" in template(rulepack.load())
    True
    """
    parts = [_HEAD.format(title=base.title, base=base.id, file=file)]
    if base.office_clause is not None:
        clause = base.rules[base.office_clause]
        parts.append(_INSIDE.format(place=clause.place[:1].lower() + clause.place[1:], quote=clause.quote))
    questions = settleable(base)
    if questions:
        parts.append(_SETTLED)
    for rule in questions.values():
        now = rule.outcome.label_vi.lower() + (f", nghiêng về {rule.lean.label_vi.lower()}" if rule.lean else "")
        choices = ["dien_tu", "kem_giay"] if len(rule.office) > 1 else [_CHOICE[next(iter(rule.office))]]
        parts.append("".join(f"# {line}\n" for line in wrap(f"{rule.reading} Hiện nay: {now}.", 112)))
        parts.append(
            f'# {rule.id} = "{choices[0]}"' + (f'  # hoặc "{choices[1]}"' if len(choices) > 1 else "") + "\n\n"
        )
    submission = "kem_giay" if base.office_clause is not None else "dien_tu"
    parts.append(_WORDS.format(submission=submission).lstrip("\n"))
    return "".join(parts)
