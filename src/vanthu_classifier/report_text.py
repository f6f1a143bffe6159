"""Figures in words: the wording of a report in Vietnamese and English, numbers as each writes them, and the tables on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from vanthu_classifier.evaluation import Figures, Mistake, Share
from vanthu_classifier.explain import Lang

__all__ = ["MAIN", "count", "decimal", "interval", "percent", "screen", "told", "words"]

MAIN = ("coverage", "right", "dangerous", "wasteful", "type_acc")
"""The shares that head a report, in order."""

_VI = {
    "title": "Kết quả đo",
    "file": "Tệp",
    "mode": "Cách hỏi",
    "mode_title": "chỉ trích yếu",
    "mode_symbol": "trích yếu cùng số, ký hiệu",
    "rows": "Số dòng",
    "row": "dòng",
    "fixed": "Có một đáp án",
    "pack": "Bộ quy tắc",
    "model": "Mô hình",
    "no_model": "không dùng",
    "review": "Khi nào hỏi người",
    "review_ask": "khi Quyết định để ngỏ hoặc chưa đủ chắc (ask)",
    "review_strict": "cả khi danh mục im lặng (strict)",
    "review_lean": "chỉ khi không nghiêng về cách nào (lean)",
    "version": "Phiên bản",
    "left_out": "Để ngoài",
    "no_symbol": "ký hiệu không cho biết loại",
    "no_title": "thiếu trích yếu",
    "unreadable": "trang tính không có tiêu đề cột",
    "main": "Chỉ số chính",
    "figure": "Chỉ số",
    "value": "Giá trị",
    "counted": "Số dòng",
    "interval": "Khoảng tin cậy 95\u00a0%",
    "coverage": "Được trả lời",
    "right": "Trả lời đúng",
    "dangerous": "Thiếu bản giấy",
    "wasteful": "Thừa bản giấy",
    "type_acc": "Đúng loại văn bản",
    "type_f1": "F1 trung bình",
    "ece": "Sai lệch độ tin cậy",
    "coverage_is": "Dòng được trả lời, trên số dòng có một đáp án; các dòng còn lại chuyển người xem xét.",
    "right_is": "Câu trả lời đúng, trên số dòng được trả lời.",
    "dangerous_is": "Trả lời «chỉ gửi bản điện tử» khi phải gửi kèm bản giấy, trên số dòng có một đáp án. Đây là sai sót nặng hơn.",
    "wasteful_is": "Trả lời «kèm bản giấy» khi không cần, trên số dòng có một đáp án.",
    "type_acc_is": "Loại văn bản đúng như cơ quan ban hành ghi, trên số dòng biết loại.",
    "type_f1_is": "Trung bình F1 của các loại có từ 10 dòng trở lên.",
    "ece_is": "Khoảng cách trung bình giữa độ tin cậy và tỷ lệ đúng, chia 10 khoảng (ECE); càng gần 0 càng tốt.",
    "sources": "Theo nguồn",
    "source": "Nguồn",
    "dispatch": "Cách gửi: đáp án và câu trả lời",
    "wanted": "Đáp án",
    "dispatch_is": "Chỉ tính các dòng có một đáp án. Ô viền đậm là sai sót nặng: thiếu bản giấy.",
    "curve": "Trả lời càng nhiều, sai càng nhiều",
    "curve_is": "Câu trả lời xếp từ chắc nhất đến kém chắc nhất; dòng chuyển người xem xét tính theo hướng nghiêng. Chấm tròn là kết quả "
    "thực tế; điểm này có thể lệch khỏi đường vì hai loại sai sót có giá khác nhau.",
    "curve_x": "Tỷ lệ được trả lời (%)",
    "curve_y": "Tỷ lệ (%)",
    "wrong": "Sai, trên số được trả lời",
    "missing": "Thiếu bản giấy, trên số dòng có một đáp án",
    "reliability": "Độ tin cậy có đáng tin không",
    "reliability_is": "Mỗi điểm là một khoảng độ tin cậy, vạch đứng là khoảng tin cậy 95 %. Điểm trên đường chéo: tin bao nhiêu, đúng "
    "bấy nhiêu. Dưới đường chéo: quá tự tin.",
    "confidence": "Độ tin cậy",
    "share_right": "Tỷ lệ đúng",
    "confusion": "Nhầm loại văn bản",
    "confusion_is": "Mỗi hàng là loại theo cơ quan ban hành, mỗi cột là loại nhận ra. Màu càng đậm, phần trong hàng càng lớn; viền là ô đúng.",
    "stated": "Loại theo cơ quan ban hành",
    "named": "Loại nhận ra",
    "others": "khác",
    "unnamed": "không rõ",
    "types": "Theo loại văn bản",
    "code": "Viết tắt",
    "name": "Tên loại",
    "precision": "Độ chính xác",
    "recall": "Độ bao phủ",
    "support": "Số dòng",
    "notes": "Cách đo",
    "note_titles": "Đáp án lấy từ tệp. Dòng mà Quyết định cho phép cả hai cách gửi thì không chấm điểm cách gửi.",
    "note_register": "Tệp là sổ văn bản: loại lấy từ ký hiệu, cách gửi là điều bộ quy tắc trả lời khi biết cả trích yếu và ký hiệu. Vì vậy các "
    "số này so sánh việc chỉ biết trích yếu với việc biết cả ký hiệu; chúng không nói bộ quy tắc hiểu Quyết định có đúng không.",
    "note_interval": "Khoảng tin cậy theo Wilson, mức 95 %: số dòng càng ít, khoảng càng rộng.",
    "nothing": "Không có gì để vẽ.",
}
_EN = {
    "title": "Evaluation",
    "file": "File",
    "mode": "Shown to it",
    "mode_title": "the title alone",
    "mode_symbol": "title, number and symbol",
    "rows": "Rows",
    "row": "row",
    "fixed": "With one answer",
    "pack": "Rule pack",
    "model": "Model",
    "no_model": "none",
    "review": "When a person is asked",
    "review_ask": "where the Decision leaves it open, or too unsure (ask)",
    "review_strict": "also where the lists are silent (strict)",
    "review_lean": "only where it leans neither way (lean)",
    "version": "Version",
    "left_out": "Left out",
    "no_symbol": "symbol states no type",
    "no_title": "no title",
    "unreadable": "sheet without headings",
    "main": "Main figures",
    "figure": "Figure",
    "value": "Value",
    "counted": "Rows",
    "interval": "95\u00a0% interval",
    "coverage": "Coverage",
    "right": "Right",
    "dangerous": "Paper missing",
    "wasteful": "Paper needless",
    "type_acc": "Type right",
    "type_f1": "Mean F1",
    "ece": "Calibration error",
    "coverage_is": "Rows answered, of the rows with one answer; the others are left to a person.",
    "right_is": "Right answers, of the rows answered.",
    "dangerous_is": "Answered “electronic only” where paper is wanted, of the rows with one answer. The worse mistake.",
    "wasteful_is": "Answered “with paper” where none is needed, of the rows with one answer.",
    "type_acc_is": "Type as the issuing office states it, of the rows whose type is known.",
    "type_f1_is": "Mean F1 of the types with 10 rows or more.",
    "ece_is": "How far confidence and share of right answers lie apart, on average over 10 bins (ECE); 0 is best.",
    "sources": "By source",
    "source": "Source",
    "dispatch": "Dispatch: wanted and answered",
    "wanted": "Wanted",
    "dispatch_is": "Rows with one answer only. The cell in a heavy frame is the worse mistake: paper missing.",
    "curve": "The more it answers, the more it errs",
    "curve_is": "Answers from the surest to the least sure; rows left to a person count with their lean. The dots are what was really "
    "answered; they may lie off the lines, since the two mistakes differ in cost.",
    "curve_x": "Answered (%)",
    "curve_y": "Share (%)",
    "wrong": "Wrong, of the answered",
    "missing": "Paper missing, of the rows with one answer",
    "reliability": "Whether confidence can be believed",
    "reliability_is": "A point is a bin of confidence, its bar the 95 % interval. On the diagonal it is as often right as it claims; below, it "
    "is too sure of itself.",
    "confidence": "Confidence",
    "share_right": "Share right",
    "confusion": "Types taken for others",
    "confusion_is": "Rows: the type as the issuing office states it; columns: the type named. The darker, the larger its part of the row; framed: right.",
    "stated": "Type stated by the office",
    "named": "Type named",
    "others": "other",
    "unnamed": "none",
    "types": "By type",
    "code": "Code",
    "name": "Type",
    "precision": "Precision",
    "recall": "Recall",
    "support": "Rows",
    "notes": "How it is measured",
    "note_titles": "What is right comes from the file. Rows for which the Decision allows both ways of sending are not scored on dispatch.",
    "note_register": "The file is a register: the type is what the symbol states, the dispatch what the rule pack answers for title and symbol. So "
    "these figures compare the title alone with title and symbol; they do not say whether the pack reads the Decision correctly.",
    "note_interval": "Intervals after Wilson, 95 %: the fewer the rows, the wider.",
    "nothing": "Nothing to draw.",
}


def words(lang: Lang) -> Mapping[str, str]:
    """The wording of a report, by key."""
    return _EN if lang == "en" else _VI


def percent(value: float | None, lang: Lang = "vi") -> str:
    """A share as per cent with two decimals; "–" for None.

    >>> percent(0.0095), percent(0.975, "en"), percent(None)
    ('0,95\\xa0%', '97.50\\xa0%', '–')
    """
    return "–" if value is None else f"{_spelt(f'{100 * value:.2f}', lang)}\u00a0%"


def decimal(value: float | None, lang: Lang = "vi", digits: int = 3) -> str:
    """A number with `digits` decimals; "–" for None.

    >>> decimal(0.65), decimal(0.65, "en")
    ('0,650', '0.650')
    """
    return "–" if value is None else _spelt(f"{value:.{digits}f}", lang)


def interval(share: Share, lang: Lang = "vi") -> str:
    """The 95 % interval of a share; "–" where there is none.

    >>> interval(Share(0, 100))
    '0,00\\xa0% – 3,70\\xa0%'
    """
    return "–" if share.interval is None else " – ".join(percent(end, lang) for end in share.interval)


def count(value: int, lang: Lang = "vi") -> str:
    """A whole number, thousands apart.

    >>> count(17195), count(17195, "en")
    ('17.195', '17,195')
    """
    return _spelt(f"{value:,}", lang)


def _spelt(number: str, lang: Lang) -> str:
    return number if lang == "en" else number.translate(str.maketrans(".,", ",."))


def screen(figures: Figures, lang: Lang = "vi") -> str:
    """The figures as tables in letters: the main ones, by source where there are several, by type."""
    w = words(lang)
    parts = ["\n".join(_heading(figures, lang))]
    parts.append(_columns([w["figure"], w["value"], w["interval"], w["counted"]], _main(figures, lang)))
    if len(figures.by_source) > 1:
        parts.append(_columns([w["source"], w["rows"], *(w[name] for name in MAIN)], _sources(figures, lang)))
    if figures.by_type:
        parts.append(_columns([w["code"], w["support"], w["precision"], w["recall"], "F1"], _types(figures, lang)))
    if figures.about is not None and figures.about.kind == "register":
        parts.append(w["note_register"])
    return "\n\n".join(parts)


def told(mistake: Mistake, lang: Lang = "vi") -> str:
    """A dangerous row in one line: where it stands, its title (cut at 140 letters), and what it was taken for."""
    w = words(lang)
    gold = mistake.gold
    title = " ".join(gold.trich_yeu.split())
    title = title if len(title) <= 140 else title[:139] + "…"
    place = f"{w['row']} {gold.row}" if gold.row is not None else w["row"]
    types = f"{w['stated'].lower()}: {gold.loai or '–'}; {w['named'].lower()}: {mistake.loai or '–'}"
    sure = f"{w['confidence'].lower()}: {decimal(mistake.confidence, lang)}"
    return f"{w['dangerous']}, {place}: «{title}» ({types}; {sure})"


def _heading(figures: Figures, lang: Lang) -> list[str]:
    w = words(lang)
    lines = [f"{w['rows']}: {count(figures.rows, lang)}; {w['fixed'].lower()}: {count(figures.fixed, lang)}."]
    about = figures.about
    if about is None:
        return lines
    left_out = "; ".join(f"{count(n, lang)} ({w[reason]})" for reason, n in about.left_out.items())
    return [
        f"{about.file}: {w[f'mode_{about.mode}']}.",
        f"{w['model']}: {about.model or w['no_model']}; {w['pack'].lower()}: {about.rule_pack}.",
        *lines,
        *([f"{w['left_out']}: {left_out}."] if left_out else []),
    ]


def _main(figures: Figures, lang: Lang) -> list[list[str]]:
    w = words(lang)
    shares: list[tuple[str, Share]] = [(w[name], getattr(figures, name)) for name in MAIN]
    return [
        *(
            [name, percent(s.value, lang), interval(s, lang), f"{count(s.count, lang)} / {count(s.of, lang)}"]
            for name, s in shares
        ),
        [w["type_f1"], decimal(figures.type_f1, lang), "", ""],
        [w["ece"], decimal(figures.ece, lang), "", ""],
    ]


def _sources(figures: Figures, lang: Lang) -> list[list[str]]:
    return [
        [name, count(shares.rows, lang), *(percent(getattr(shares, f).value, lang) for f in MAIN)]
        for name, shares in figures.by_source.items()
    ]


def _types(figures: Figures, lang: Lang) -> list[list[str]]:
    return [
        [code, count(t.support, lang), percent(t.precision, lang), percent(t.recall, lang), decimal(t.f1, lang)]
        for code, t in figures.by_type.items()
    ]


def _columns(head: list[str], rows: list[list[str]]) -> str:
    """A table in letters: names to the left, numbers to the right."""
    table = [head, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in table
    )
