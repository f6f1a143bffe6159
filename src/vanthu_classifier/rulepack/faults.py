"""Every fault that a rule pack can have, in both languages, with what to do about it.

The messages are letters to whoever writes the pack, a lawyer more often than a programmer. `CATALOGUE` is the whole list: code, whether it is a
warning only, what is wrong, and the remedy; words in braces are filled in.
"""

from __future__ import annotations

from typing import NamedTuple

from vanthu_classifier.errors import PackFault

__all__ = ["CATALOGUE", "Kind", "fault"]


class Kind(NamedTuple):
    """One kind of fault: what is wrong and the remedy, in Vietnamese and English."""

    what: str
    what_en: str
    remedy: str
    remedy_en: str
    warning: bool = False


CATALOGUE = {
    # ------------------------------------------------------------ files and keys
    "file-missing": Kind(
        "Thiếu tệp này.",
        "The file is missing or empty.",
        "Tạo tệp, theo mẫu trong bộ quy tắc có sẵn.",
        "Make the file after the one in a shipped pack.",
    ),
    "not-toml": Kind(
        "Không đọc được: {error}.",
        "Not readable as TOML in UTF-8: {error}.",
        "Sửa chỗ nêu trên; chữ phải đặt trong dấu nháy \"…\", tệp lưu dạng UTF-8. Ví dụ đúng: id = \"B03\".",
        "Mend the place named; text stands in quotes, the file is saved as UTF-8. A correct line: id = \"B03\".",
    ),
    "unknown-key": Kind(
        "Không có mục «{key}».",
        "«{key}» is no known key.",
        "Xóa mục này hoặc sửa tên; các mục dùng được: {known}.",
        "Delete it or correct its name; known are: {known}.",
    ),
    "missing-key": Kind(
        "Thiếu mục «{key}».",
        "«{key}» is missing.",
        "Thêm, ví dụ: {example}",
        "Add it, for example: {example}",
    ),
    "wrong-value": Kind(
        "Mục «{key}» ghi {found}, chưa đúng.",
        "«{key}» is {found}, which means nothing here.",
        "Ghi {wanted}, ví dụ: {example}",
        "Write {wanted_en}, for example: {example}",
    ),
    "duplicate-id": Kind(
        "Mã này đã có ở {other}.",
        "The id stands in {other} already.",
        "Đặt mã khác; mỗi quy tắc, mỗi tình huống có một mã riêng.",
        "Choose another one; every rule and every case has an id of its own.",
    ),
    "no-rules": Kind(
        "Bộ này chưa có quy tắc nào.",
        "The pack has no rule.",
        "Viết quy tắc trong rules/*.toml, mỗi quy tắc bắt đầu bằng [[rule]].",
        "Write rules/*.toml with [[rule]] tables.",
    ),
    # ------------------------------------------------------------ one rule
    "lean-without-review": Kind(
        "Có «lean» nhưng kết quả không phải cần xem xét.",
        "There is a lean, but the outcome is not needs_review.",
        "Bỏ «lean», hoặc ghi outcome = \"needs_review\".",
        "Drop the lean, or write outcome = \"needs_review\".",
    ),
    "open-and-review": Kind(
        "standing = \"open\" phải đi cùng outcome = \"needs_review\", và ngược lại.",
        "standing = \"open\" goes with outcome = \"needs_review\", and only with it.",
        "Chọn một: để ngỏ và hỏi người, hoặc trả lời và ghi standing là text, reading hay silence.",
        "Choose: open and a person is asked, or an answer with the standing text, reading or silence.",
    ),
    "quote-not-in-source": Kind(
        "Câu trích «{quote}» không có nguyên văn trong source.txt.",
        "The quotation «{quote}» does not stand in source.txt letter for letter.",
        "Chép lại đúng từng chữ từ source.txt, kể cả dấu câu{nearest}.",
        "Copy it from source.txt letter for letter, punctuation included{nearest_en}.",
    ),
    "when-kind": Kind(
        "Không có loại dữ kiện «{key}» trong điều kiện.",
        "«{key}» is no known kind of fact.",
        "Dùng một trong: {known}. Ví dụ: when = {{ loai = [\"TTr\"] }}",
        "Use one of: {known}. For example: when = {{ loai = [\"TTr\"] }}",
    ),
    "when-value": Kind(
        "Dữ kiện «{key}» không có giá trị «{value}»{meant}.",
        "«{key}» has no value «{value}»{meant_en}.",
        "Các giá trị dùng được: {known}.",
        "Known values are: {known}.",
    ),
    "no-example": Kind(
        "Quy tắc chưa có ví dụ.",
        "The rule has no example.",
        "Thêm ít nhất một trích yếu mà quy tắc phải trả lời: examples = [\"Tờ trình xin kinh phí\"]",
        "Add at least one title that the rule must answer: examples = [\"Tờ trình xin kinh phí\"]",
    ),
    "no-near-miss": Kind(
        "Quy tắc chưa có ví dụ suýt khớp.",
        "The rule has no near miss.",
        "Thêm ít nhất một trích yếu rất gần mà quy tắc không được trả lời: near_misses = [\"Báo cáo thẩm định Tờ trình\"]",
        "Add at least one title close by that it must not answer: near_misses = [\"Báo cáo thẩm định Tờ trình\"]",
    ),
    "example-fails": Kind(
        "Ví dụ «{title}» không khớp quy tắc (đọc được: {said}).",
        "The example «{title}» does not match ({said_en}).",
        "Sửa điều kiện «when» hoặc đổi ví dụ.",
        "Correct the conditions or the example.",
    ),
    "near-miss-speaks": Kind(
        "Ví dụ suýt khớp «{title}» lại khớp quy tắc (đọc được: {said}).",
        "The near miss «{title}» matches ({said_en}).",
        "Siết điều kiện «when» hoặc đổi ví dụ.",
        "Narrow the conditions, or choose another near miss.",
    ),
    "example-unreadable": Kind(
        "Không đọc được ví dụ «{title}»: {error}",
        "The example «{title}» cannot be read: {error}",
        "Ghi ví dụ là trích yếu, hoặc {{ trich_yeu = \"…\", so_ky_hieu = \"…\" }}.",
        "Write a title, or {{ trich_yeu = \"…\", so_ky_hieu = \"…\" }}.",
    ),
    # ------------------------------------------------------------ rules together
    "overrides-unknown": Kind(
        "«overrides» nêu «{name}», không có quy tắc hay nhóm nào tên như vậy{meant}.",
        "overrides: there is no rule or group «{name}»{meant_en}.",
        "Ghi mã một quy tắc (\"B03\") hoặc một nhóm (\"@type\").",
        "Name a rule (\"B03\") or a group (\"@type\").",
    ),
    "overrides-cycle": Kind(
        "Các quy tắc thay nhau thành vòng: {cycle}.",
        "The overrides go in a circle: {cycle}.",
        "Bỏ một trong các «overrides» của vòng này; quy tắc riêng đứng trên quy tắc chung.",
        "Drop one of them; the narrower rule prevails over the wider.",
    ),
    "contradiction": Kind(
        "{one} và {other} trả lời khác nhau cho cùng một văn bản: {situation}.",
        "{one} and {other} answer differently for the same document: {situation_en}.",
        "Ghi rõ quy tắc nào đứng trên: thêm \"{other}\" vào «overrides» của {one}, hoặc ngược lại, kèm cách hiểu.",
        "Declare which one prevails: \"{other}\" in the overrides of {one}, or the other way round, with the reading.",
    ),
    "gap": Kind(
        "Không quy tắc nào trả lời và cũng không ghi là để ngỏ: {situation}.",
        "No rule answers and no silence is stated: {situation_en}.",
        "Viết quy tắc cho trường hợp này, hoặc ghi vào silent.toml rằng nguồn không nói tới, kèm lý do.",
        "Write a rule for it, or state in silent.toml that the source does not speak of it, with the reason.",
    ),
    "unreachable": Kind(
        "Quy tắc không bao giờ khớp: không văn bản nào có đủ các dữ kiện này cùng lúc.",
        "The rule can never speak: no document has all these facts at once.",
        "Sửa «when» hoặc xóa quy tắc.",
        "Correct the conditions or delete the rule.",
    ),
    "shadowed": Kind(
        "Quy tắc không bao giờ có tác dụng: hễ nó khớp thì luôn có quy tắc khác đứng trên ({by}).",
        "The rule never counts: wherever it speaks another one prevails ({by}).",
        "Xóa quy tắc, hoặc bỏ bớt «overrides» của các quy tắc nêu trên.",
        "Delete it, or drop the overrides of the rules named.",
    ),
    "duplicate-rule": Kind(
        "Quy tắc có cùng điều kiện và cùng kết quả với {other}.",
        "The rule has the same conditions and the same outcome as {other}.",
        "Giữ một quy tắc, hoặc thêm điều kiện để phân biệt.",
        "Keep one, or add a condition that tells them apart.",
    ),
    "purpose-unused": Kind(
        "Không quy tắc nào hỏi tới: {names}.",
        "No rule asks for: {names}.",
        "Nếu nguồn có nói tới, viết quy tắc; nếu không, không cần làm gì.",
        "If the source speaks of it, write a rule; if not, nothing needs doing.",
        warning=True,
    ),
    # ------------------------------------------------------------ the source
    "item-quote": Kind(
        "Câu trích của mục {id} không có nguyên văn trong source.txt.",
        "The quotation of item {id} does not stand in source.txt.",
        "Chép lại đúng từng chữ từ source.txt.",
        "Copy it from source.txt letter for letter.",
    ),
    "item-lost": Kind(
        "Mục {id} của nguồn chưa có quy tắc, cũng chưa được ghi là bỏ qua.",
        "Item {id} has neither a rule nor a line in omitted.toml.",
        "Viết quy tắc có category = \"{id}\", hoặc ghi vào omitted.toml kèm lý do.",
        "Write a rule with category = \"{id}\", or list it in omitted.toml with the reason.",
    ),
    "category-unknown": Kind(
        "«category» nêu «{category}», items.toml không có mục này.",
        "category: items.toml has no item «{category}».",
        "Ghi mã một mục của items.toml, hoặc bỏ «category» nếu quy tắc không thuộc mục nào.",
        "Name an item of items.toml, or leave category out where no item fits.",
    ),
    "silence-idle": Kind(
        "Ghi là để ngỏ nhưng mọi trường hợp đều đã có quy tắc trả lời.",
        "The silence is stated, but a rule answers everywhere in it.",
        "Xóa mục này khỏi silent.toml.",
        "Delete it from silent.toml.",
    ),
    # ------------------------------------------------------------ cases
    "case-fails": Kind(
        "Tình huống không ra như mong đợi: {key} phải là {wanted}, kết quả là {got}.",
        "The case does not come out: {key_en} wanted {wanted_en}, came out {got_en}.",
        "Xem lại quy tắc được trích, hoặc sửa tình huống nếu nó sai.",
        "Look at the rule that is cited, or correct the case where it is wrong.",
    ),
    "case-unreadable": Kind(
        "Không đọc được tình huống: {error}",
        "The case cannot be read: {error}",
        "Ghi args = {{ trich_yeu = \"…\" }}.",
        "Write args = {{ trich_yeu = \"…\" }}.",
    ),
    # ------------------------------------------------------------ time
    "undated": Kind(
        "Bộ quy tắc không ghi ngày có hiệu lực.",
        "The pack does not say from when it is in force.",
        "Thêm vào pack.toml, ví dụ: in_force_from = 2018-07-16",
        "Add to pack.toml, for example: in_force_from = 2018-07-16",
        warning=True,
    ),
    "expired": Kind(
        "Văn bản nguồn đã hết hiệu lực sau ngày {day}.",
        "The source is no longer in force since {day}.",
        "Vẫn dùng được cho văn bản cũ; với văn bản mới dùng bộ đang có hiệu lực (--as-of).",
        "It still serves for older documents; for newer ones take the pack in force (--as-of).",
        warning=True,
    ),
    "unchecked": Kind(
        "Lần kiểm tra nguồn gần nhất là {day}, đã quá một năm.",
        "The source was last checked on {day}, more than a year ago.",
        "Đối chiếu lại với nguồn rồi sửa checked_on trong pack.toml.",
        "Compare with the source again, then set checked_on in pack.toml.",
        warning=True,
    ),
    # ------------------------------------------------------------ an office's own pack
    "base-unknown": Kind(
        "Không có bộ nền «{base}».",
        "There is no base pack «{base}».",
        "Ghi một trong các bộ có sẵn: {known}. Ví dụ: bo_nen = \"{example}\"",
        "Name one of the shipped packs: {known}. For example: bo_nen = \"{example}\"",
    ),
    "list-2-stands": Kind(
        "{what}: danh mục 2 của bộ nền đòi gửi kèm bản giấy, cơ quan không tự bỏ được khi gửi cơ quan khác.",
        "{what}: list 2 of the base wants paper; an office cannot drop that towards other agencies.",
        "Chỉ có thể bỏ bản giấy trong nội bộ: thêm loại này vào [noi_bo] chi_dien_tu; với cơ quan khác chỉ chọn được {choice}.",
        "Paper can be dropped inside only: add the type to [noi_bo] chi_dien_tu; towards others only {choice} can be chosen.",
    ),
    "not-for-the-office": Kind(
        "Quy tắc {id} không để cơ quan tự chọn.",
        "Rule {id} does not leave the choice to an office.",
        "Chỉ chốt được các quy tắc: {known}.",
        "Only these can be settled: {known}.",
    ),
    "no-enabling-clause": Kind(
        "Bộ nền {base} không có điều khoản cho cơ quan quy định thêm trong nội bộ.",
        "The base {base} has no clause that lets an office add types inside.",
        "Bỏ phần [noi_bo], hoặc dùng bộ nền có điều khoản đó, ví dụ {example}.",
        "Drop [noi_bo], or take a base that has one, for example {example}.",
    ),
    "normative-inside": Kind(
        "«{name}» luôn là văn bản quy phạm pháp luật, không phải văn bản nội bộ.",
        "«{name}» is always normative, no internal document.",
        "Bỏ loại này khỏi [noi_bo] chi_dien_tu.",
        "Take it out of [noi_bo] chi_dien_tu.",
    ),
    "type-unknown": Kind(
        "Không có loại văn bản «{name}»{meant}.",
        "There is no type of document «{name}»{meant_en}.",
        "Ghi tên loại hoặc chữ viết tắt, ví dụ \"Biên bản\" hoặc \"BB\".",
        "Write a type's name or abbreviation, for example \"Biên bản\" or \"BB\".",
    ),
    "abbreviation-taken": Kind(
        "Chữ viết tắt «{name}» theo Nghị định 30/2020/NĐ-CP là {type}.",
        "By Decree 30/2020/NĐ-CP «{name}» stands for {type}.",
        "Chọn chữ viết tắt khác; chữ viết tắt theo nghị định không đổi được.",
        "Choose another abbreviation; those of the decree stand.",
    ),
    "no-trial": Kind(
        "Chưa có văn bản thử [[thu]] nào.",
        "There is no [[thu]], no document to try.",
        "Thêm vài văn bản của cơ quan và kết quả mong đợi; mỗi lần nạp đều được thử lại.",
        "Add a few of the office's documents with the answer expected; they are tried at every load.",
        warning=True,
    ),
    "needs-authority": Kind(
        "Có thay đổi so với bộ nền nhưng chưa ghi văn bản nào của cơ quan quy định điều đó.",
        "The pack departs from its base and names no act of the office that says so.",
        "Ghi văn bản của cơ quan, ví dụ: can_cu = \"Quyết định số 12/QĐ-UBND ngày 05/01/2019\"",
        "Name the office's act, for example: can_cu = \"Quyết định số 12/QĐ-UBND ngày 05/01/2019\"",
    ),
}  # fmt: skip


def fault(code: str, file: str, rule: str | None = None, line: int | None = None, **words: object) -> PackFault:
    """A fault of this kind at this place; `words` fill the braces of its sentences."""
    kind = CATALOGUE[code]
    what, what_en, remedy, remedy_en = (text.format(**words) for text in kind[:4])
    return PackFault(code, file, rule, line, what, what_en, remedy, remedy_en, kind.warning)
