"""Where number, type, title, date and recipients stand on the page of a document.

The boxes of Decree 30/2020/NĐ-CP, Appendix I, part IV, read from lines in the order of reading:

    2  issuing body          | 1  national motto            the head ends where the matter begins:
    3  Số: 15/QĐ-UBND        | 4  Huế, ngày … tháng … năm …   "Kính gửi", "Căn cứ", a chapter, a paragraph
    5b V/v … (công văn)      |
             5a QUYẾT ĐỊNH (type, in capitals, alone on its line)
                title, until a rule, a gap, the authority, the grounds
    9a Kính gửi: …
    6  matter
    9b Nơi nhận: …           | 7  signature

Only the head can hold the document's own number: what stands in the grounds, in the title, after "Kèm theo", or in a
stamp of signing or receipt is another document's. An annex has no head and so no number and no recipients of its own.

Text copied from a web page has the whole head on one or two lines; `_unfolded` first sets such a head apart again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise

from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.loai_van_ban import head_type, types
from vanthu_classifier.readers import filename, number
from vanthu_classifier.readers.page import MOTTO, Line
from vanthu_classifier.readers.record import Record, Source
from vanthu_classifier.so_ky_hieu import parse
from vanthu_classifier.text import clean, strip_diacritics

__all__ = ["record"]

_MAX_HEAD = 80  # lines, gaps counted
_MAX_ABOVE_MOTTO = 30
_MAX_TITLE = 14
_MAX_RECIPIENTS = 80
_PROSE = 110  # letters; a longer line in the head is a paragraph, not a part of the form


def record(lines: Sequence[Line], path: str) -> Record:
    """What the document's form states; a field that is not found stays None or empty.

    >>> page = ["UBND HUYỆN PHÚ VANG", "PHÒNG NỘI VỤ", "Số: 05/PNV", "V/v báo cáo cải cách hành chính",
    ...         "Phú Vang, ngày 02 tháng 7 năm 2019", "Kính gửi: Các phòng, ban.",
    ...         "Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    >>> found = record([Line(text) for text in page], "a.txt")
    >>> found.so_ky_hieu, found.loai_van_ban, found.trich_yeu, found.ngay_ban_hanh
    ('05/PNV', 'CV', 'V/v báo cáo cải cách hành chính', '2019-07-02')
    >>> found.co_quan_ban_hanh, found.kinh_gui, found.noi_nhan
    ('UBND HUYỆN PHÚ VANG - PHÒNG NỘI VỤ', ('Các phòng, ban.',), ('Như trên', 'Lưu: VT.'))
    """
    cleaned = [_cleaned(line) for line in lines]
    head, rest = _head_and_rest(_unfolded(_with_whole_motto(cleaned)))
    name = filename.read(path)
    motto = any(MOTTO.search(line.text.upper()) for line in head)
    agency = _agency(head)
    own_number = number.find(head, name, agency.value, own=motto)
    own = motto or own_number.text is not None  # an annex has neither
    agency = agency if own else _NOTHING
    kind, title = _type_and_title(head, rest, own_number.text, agency.value)
    if not own:
        own_number, kind, title = _headline(cleaned) or (own_number, kind, title)
    recipients, block = _recipients(rest) if own else ((), ())
    fields = {
        "so_ky_hieu": _Found(own_number.text),
        "loai_van_ban": kind,
        "trich_yeu": title,
        "ngay_ban_hanh": _date(head),
        "co_quan_ban_hanh": agency,
        "do_mat": _mark(head, _SECRET),
        "do_khan": _mark(head, _URGENT),
        "hinh_thuc_sao": _copy_mark(cleaned),
    }
    sources = _sources(fields, own_number.source, (*head, *rest))
    if recipients:
        sources = (*sources, _source("noi_nhan", block, (*head, *rest)))
    return Record(
        path=path,
        so_ky_hieu=own_number.text,
        noi_nhan=recipients,
        kinh_gui=_addressees(rest) if own else (),
        warnings=(*_notes(head), *_notes_on_urgency(fields["do_khan"]), *own_number.notes, *_notes_on_reading(head)),
        sources=sources,
        loai_van_ban=kind.value,
        trich_yeu=title.value,
        ngay_ban_hanh=fields["ngay_ban_hanh"].value,
        co_quan_ban_hanh=agency.value,
        do_mat=fields["do_mat"].value,
        do_khan=fields["do_khan"].value,
        hinh_thuc_sao=fields["hinh_thuc_sao"].value,
    )


def _cleaned(line: Line) -> Line:
    text = clean(line.text).text
    return line if text == line.text else replace(line, text=text)


@dataclass(frozen=True, slots=True)
class _Found:
    """A field, and the lines it was read from; none where it follows from another field."""

    value: str | None
    lines: tuple[Line, ...] = ()


_NOTHING = _Found(None)


def _sources(fields: Mapping[str, _Found], of_number: Source | None, lines: Sequence[Line]) -> tuple[Source, ...]:
    """Where each field that was found comes from."""
    out = [of_number] if of_number else []
    out += [_source(field, found.lines, lines) for field, found in fields.items() if found.value and found.lines]
    kind = fields["loai_van_ban"]
    recognised = any(line.sure for line in lines)
    if kind.value and recognised:
        symbol = _code_of(symbol_) if (symbol_ := fields["so_ky_hieu"].value) else None
        sure = _SAME if symbol == kind.value and kind.lines else _OTHER if symbol and symbol != kind.value else _ALONE
        out = [source._replace(sure=sure) if source.field == "loai_van_ban" else source for source in out]
    if kind.value and not kind.lines and of_number:
        out.append(of_number._replace(field="loai_van_ban", sure=_ALONE if recognised else 1.0))
    return tuple(out)


_SAME, _ALONE, _OTHER = 0.99, 0.96, 0.75
"""How likely a recognised type is right: the heading and the symbol say the same, one of them says it, they disagree."""


def _source(field: str, found: Sequence[Line], lines: Sequence[Line]) -> Source:
    first = found[0]
    at = next((i for i, line in enumerate(lines) if line is first), None)
    raw = first.raw if len(found) == 1 else ""
    return Source(field, "scan" if first.sure else "page", _likely(found), first.page, at, raw)


def _likely(lines: Sequence[Line]) -> float:
    """How likely these lines were read right: 1 where the file states their letters, else by how sure the recognition is."""
    sure = [s for line in lines for s in line.sure]
    return round(min(0.99, max(0.2, 1.5 * sum(sure) / len(sure) - 0.4)), 2) if sure else 1.0


def _notes_on_urgency(mark: _Found) -> tuple[str, ...]:
    return (f"Văn bản có dấu «{mark.value}»: gửi ngay sau khi ký.",) if mark.value else ()


def _notes_on_reading(head: list[Line]) -> tuple[str, ...]:
    """How the head was read where that was recognition; its number, often handwritten, has a note of its own."""
    sure = [s for line in head if not number.LINE.match(line.text) for s in line.sure]
    if not sure:
        return ()
    share = sum(sure) / len(sure)
    if share < _POOR:
        return (f"Nhận dạng chữ kém ({share:.0%}), hãy đối chiếu với bản quét.".replace("%", " %"),)
    return ("Đọc từ bản quét bằng nhận dạng chữ.",)


_POOR = 0.8


# ------------------------------------------------------------------ head

_DATE = r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})"
_OPEN_DATE = r"ngày[\s.…]*(?:\d{1,2})?[\s.…]*tháng[\s.…]*(?:\d{1,2})?[\s.…]*năm[\s.…]*(?:\d{4})?"  # of a draft
_PLACE_DATE = re.compile(rf"(?:[A-ZĐ][\w.()-]*(?:\s[\w.()-]+){{0,5}}\s?[,;.]\s*)?(?:{_DATE}|{_OPEN_DATE})")
_ROUGH_DATE = re.compile(r"\W*(?:[A-ZĐ][^:;()]{1,30}?[,.]?\s*)?ngày.{0,8}?tháng.{0,8}?năm.{0,6}")
_SLASH_DATE = re.compile(r"[A-ZĐ][^\d:;()]{1,40}?,\s*ngày\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\W*$")
_MOTTO_BELOW = re.compile(r"\W*Độc lập\b")
_RULE = re.compile(r"^[\W_]*[-_=*~.─—–]{3,}[\W_]*$")
_SUBJECT = re.compile(r"\(?\s*(?:V\s?/\s?v|V\.?v|Về việc)\b", re.IGNORECASE)
_MATTER = re.compile(  # lines that no title begins with
    r"Căn cứ|Điều \d|(?:Phần|Chương|Mục) (?:thứ|[IVX\d])|[IVX]{1,4}\s?[./-]\s|1\s?[.)/]|A[.)]\s|.{0,60}\b(?:kính mời|như sau:)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"Thực hiện|Theo|Xét|Để|Nhằm|Trên cơ sở"
)  # a title may, where it is the first line under the type
_ANNEXED = re.compile(r"\(?\s*(?:Ban hành |Được ban hành )?kèm theo\b", re.IGNORECASE)


def _head_and_rest(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Everything above the matter, and the matter with what follows; a head never ends above its motto."""
    motto = next((i for i, line in enumerate(lines[:_MAX_ABOVE_MOTTO]) if MOTTO.fullmatch(line.text.upper())), -1)
    typed = titled = False
    end = min(len(lines), _MAX_HEAD)
    for i in range(motto + 1, end):
        text = lines[i].text
        if (titled and not text) or _begins_matter(text, titled or not typed):
            end = i
            break
        titled = titled or (typed and bool(text))
        kind = _type_of(text)
        typed = typed or (kind is not None and kind.alone)
    return lines[:end], lines[end:]


def _begins_matter(text: str, titled: bool) -> bool:
    """Whether a line is the first of the matter; `titled` says that the title is not expected any more."""
    if _RECIPIENTS.match(text) or _ADDRESSED.match(text):
        return True
    if _is_capitals(text[:40]):
        return False
    return bool(_MATTER.match(text)) or (titled and (bool(_OPENING.match(text)) or _is_prose(text)))


def _is_prose(text: str) -> bool:
    return len(text) > _PROSE and not _is_capitals(text) and not _SUBJECT.match(text)


def _is_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 3 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _with_whole_motto(lines: list[Line]) -> list[Line]:
    """The lines with a motto that was broken in two ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "VIỆT NAM") on one."""
    for i, (above, below) in enumerate(pairwise(lines[:_MAX_ABOVE_MOTTO])):
        if below.text == "VIỆT NAM" and above.block == below.block:
            if MOTTO.search(above.text.upper()):  # mended above, and broken all the same
                return [*lines[: i + 1], *lines[i + 2 :]]
            whole = replace(above, text=f"{above.text} {below.text}", sure=above.sure + below.sure)
            if MOTTO.search(whole.text.upper()):
                return [*lines[:i], whole, *lines[i + 2 :]]
    return lines


_SPOTS = (
    re.compile(r"(?=\bCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\b)|(?<=CHỦ NGHĨA VIỆT NAM)(?=\s)"),
    re.compile(r"(?=\bĐộc lập ?- ?Tự do ?- ?Hạnh phúc)|(?<=Hạnh phúc)(?=\s)"),
    re.compile(r"(?<=\s)(?=-{3,}|_{3,})|(?<=---)(?=\s)|(?<=___)(?=\s)"),
    re.compile(r"(?<=\S )(?=V/v\s)"),
    re.compile(r"(?<=\S )(?=Kính gửi\s?:)"),
)
_ANY_DATE = _DATE.replace("(", "(?:")
_DATED = rf"[A-ZĐ][\w -]{{1,40}}, {_ANY_DATE}"
_BEFORE_DATE = re.compile(rf"((?:Số\s?:\s?)?\S*\d\S*)\s(?={_DATED})")
_AFTER_DATE = re.compile(rf"({_DATED})\s(?=[A-ZĐ]{{2}})")


def _unfolded(lines: list[Line]) -> list[Line]:
    """The lines with a head that was folded into a few of them set apart; a head that stands right is not touched."""
    out: list[Line] = []
    for i, line in enumerate(lines):
        if i >= _MAX_HEAD or len(line.text) < 20:
            out.append(line)
        else:
            out += [replace(line, text=text) for text in _set_apart(line.text)]
    return out


def _set_apart(text: str) -> list[str]:
    numbered = _BEFORE_DATE.match(text)
    if not (numbered or MOTTO.search(text) or re.match(rf"Số\s?:|{_DATED}", text)):
        return [text]
    parts = [numbered[1], text[numbered.end() :]] if numbered else [text]
    for spot in _SPOTS:
        parts = [piece.strip() for part in parts for piece in spot.split(part) if piece.strip()]
    return [piece for part in parts for piece in _title_apart(part)]


def _title_apart(text: str) -> Iterator[str]:
    """A date followed by type and title in capitals, and these by the matter."""
    dated = _AFTER_DATE.match(text)
    if dated is None:
        yield text
        return
    yield dated[1]
    words = text[dated.end() :].split()
    end = next((i for i, word in enumerate(words) if any(c.islower() for c in word)), len(words))
    title = " ".join(words[:end])
    kind = next((name for name in _names() if title.startswith(name + " ")), "")
    if kind:
        yield from (kind, title[len(kind) :].strip(), "")
        title = ""
    yield from filter(None, [" ".join([title, *words[end:]]).strip()])


# ------------------------------------------------------------------ agency, date, marks

_NO_AGENCY = re.compile(
    r"^(?:Độc lập|Tự do|Hạnh phúc|\W|\d+$|Mẫu|MẪU|DỰ THẢO|Dự thảo|HỎA TỐC|KHẨN|THƯỢNG KHẨN|BẢN SAO|SAO )"
)
_BODY = re.compile(
    r"(?:ỦY BAN|UBND|HĐND|HỘI|SỞ|PHÒNG|BỘ|CỤC|CHI CỤC|TỔNG CỤC|BAN|TRƯỜNG|TRUNG TÂM|VĂN PHÒNG|CÔNG AN|TÒA|VIỆN"
    r"|THANH TRA|ĐẢNG|HUYỆN ỦY|TỈNH ỦY|THÀNH ỦY|ĐOÀN|LIÊN|CÔNG TY|TẬP ĐOÀN|BỆNH VIỆN|TRẠM|KHO BẠC|BẢO HIỂM|CHÍNH PHỦ"
    r"|THỦ TƯỚNG|QUỐC HỘI|ĐẠI HỌC|HỌC VIỆN|KHOA|BQL|TỔ|CHI BỘ)\b"
)
_UNNAMED = re.compile(
    r"(?:ỦY BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN|UBND|HĐND|ĐẢNG BỘ|BAN CHẤP HÀNH|BAN CHỈ ĐẠO|TRƯỜNG ĐẠI HỌC)(?: LÂM THỜI)?"
)


def _agency(head: list[Line]) -> _Found:
    """The issuing body, after the body above it where both are named: capitals over the number or beside the motto."""
    at = next(
        (i for i, line in enumerate(head) if number.LINE.match(line.text) and not number.is_stamped(head, i)), None
    )
    at = len(head) if at is None else at
    names: list[str] = []
    used: list[Line] = []
    for line in head[:at]:
        text = re.sub(r"[-_*]{3,}", "", line.text).strip()
        if MOTTO.search(text.upper()):
            if names:
                break
            continue
        if not text or not _is_capitals(text) or _NO_AGENCY.match(text) or _is_mark(text) or _type_of(text):
            continue
        used.append(line)
        if names and (not _BODY.match(text) or _UNNAMED.fullmatch(names[-1])):
            names[-1] += " " + text
        else:
            names.append(text)
    return _Found(" - ".join(names[:3]) or None, tuple(used))


def _date(head: list[Line]) -> _Found:
    for line in head:
        found = _PLACE_DATE.fullmatch(line.text.rstrip(" .)")) or _SLASH_DATE.match(line.text)
        if found and found[1]:
            if line.sure and not _has_sure_figures(line):
                return _NOTHING
            day, month, year = map(int, found.groups()[:3])
            try:
                return _Found(date(year, month, day).isoformat(), (line,))
            except ValueError:
                return _NOTHING
    return _NOTHING


def _has_sure_figures(line: Line) -> bool:
    """Whether the figures of a recognised line stand apart and are surely read; those written by hand into a date are not."""
    words = line.text.split()
    if len(words) != len(line.sure) or re.search(r"\d[^\W\d_]|[^\W\d_]\d", line.text):
        return False
    figures = [(word, sure) for word, sure in zip(words, line.sure, strict=True) if re.search(r"\d", word)]
    # The year is printed with the form; day and month are what a hand writes into it.
    return all(sure >= (0.6 if re.fullmatch(r"(?:19|20)\d\d\W*", word) else 0.9) for word, sure in figures)


def _notes(head: list[Line]) -> tuple[str, ...]:
    draft = any(re.fullmatch(r"\W*(?:BẢN )?DỰ THẢO(?: LẦN)?(?: \d+)?\W*", line.text.upper()) for line in head)
    return ("Văn bản ghi «Dự thảo».",) if draft else ()


_SECRET = re.compile(r"\W*(TUYỆT MẬT|TỐI MẬT|MẬT)\W*")
_URGENT = re.compile(r"\W*(HỎA TỐC|THƯỢNG KHẨN|KHẨN)(?: HẸN GIỜ)?\W*")
_COPY = re.compile(r"\W*(SAO Y|SAO LỤC|TRÍCH SAO|Sao y|Sao lục|Trích sao)(?:\s+BẢN CHÍNH)?\s*(?:$|[;:,(-])")
_COPIES = {"sao y": "sao_y", "sao lục": "sao_luc", "trích sao": "trich_sao"}


def _mark(head: list[Line], mark: re.Pattern[str]) -> _Found:
    """A mark that stands alone on its line, in capitals, as its stamp has it."""
    return next((_Found(m[1], (line,)) for line in head if (m := mark.fullmatch(line.text))), _NOTHING)


def _copy_mark(lines: list[Line]) -> _Found:
    marks = ((line, _COPY.match(line.text)) for line in lines if len(line.text) < 90)
    return next((_Found(_COPIES[m[1].lower()], (line,)) for line, m in marks if m), _NOTHING)


# ------------------------------------------------------------------ type and title


@cache
def _names() -> dict[str, str]:
    """Type names in capitals, longest first, and their codes."""
    pairs = [
        (name.upper(), row.code)
        for row in types().values()
        for name in (row.name, *row.words)
        if row.group != "gia_loai" or row.code == "LICH"
    ]
    return dict(sorted(pairs, key=lambda pair: -len(pair[0])))


@dataclass(frozen=True, slots=True)
class _TypeLine:
    code: str
    alone: bool  # nothing but the type's name, or whose act it is, stands on the line
    rest: str


def _type_of(text: str) -> _TypeLine | None:
    """The type that a line in capitals begins with; one that ends in ":" begins the operative part ("QUYẾT ĐỊNH:")."""
    if not _is_capitals(text[:60]) or text.rstrip().endswith(":"):
        return None
    bare = re.sub(r"\s+", " ", text).strip(" *.\"'()")
    for name, code in _names().items():
        if bare == name:
            return _TypeLine(code, True, "")
    head = head_type(bare.lower())
    if head is None or head.how != "word" or head.code in ("DUTHAO", "TAILIEU"):
        return None
    rest = bare[head.span[1] :].strip(" :")
    return _TypeLine(head.code, True, "") if rest.startswith("CỦA ") else _TypeLine(head.code, False, rest)


def _type_and_title(
    head: list[Line], rest: list[Line], symbol: str | None, agency: str | None
) -> tuple[_Found, _Found]:
    start = _below_number(head)
    below = next(
        (i for i, line in enumerate(head) if number.LINE.match(line.text) and not number.is_stamped(head, i)), start
    )
    subject = next((i for i in range(min(below, start), len(head)) if _SUBJECT.match(head[i].text)), None)
    for i in range(start, len(head)):
        found = _type_of(head[i].text)
        if found is None:
            continue
        title = _below(head, rest, i, found, agency)
        if title.value is None and subject is not None:
            title = _subject(head, subject)
        return _Found(found.code, (head[i],)), title
    stated = _Found(_code_of(symbol))
    if subject is not None:
        return (stated if stated.value else _Found("CV", (head[subject],))), _subject(head, subject)
    addressed = next((line for line in rest[:3] if _ADDRESSED.match(line.text)), None)
    if addressed and symbol:
        unmarked = _unmarked_subject(head, below)
        return (stated if stated.value else _Found("CV", (addressed,))), unmarked if unmarked.value else _heading(
            head, rest
        )
    return stated, _heading(head, rest)


_HEADLINE = re.compile(
    r"(?P<name>[^\W\d_]+ [^\W\d_]+(?: liên tịch)?)(?: của [^\d:;]{2,50}?)? số\s?:?\s?(?P<symbol>\d{1,5}\S*/\S*[A-ZĐ]{2}[^\s,;:]*)"
    rf"(?:,? (?:{_ANY_DATE}|ngày \d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{4}}))?(?: của (?:(?! về ).){{2,60}}?)?,? ?(?P<title>(?:về|quy định|V/v) .+)?"
)


def _headline(lines: list[Line]) -> tuple[number.Number, _Found, _Found] | None:
    """Number, type and title where one sentence over the grounds has them, as texts from a gazette do: "Nghị định của Chính
    phủ số 15/2003/NĐ-CP ngày 10/10/2003 về …"."""
    top = [line for line in lines[:_MAX_HEAD] if line.text][:8]
    for i, line in enumerate(top):
        if _MATTER.match(line.text) or "kèm theo" in line.text.lower() or line.text.count("(") > line.text.count(")"):
            return None
        below = [line, *(other for other in _up_to_gap(lines, line))]
        found = _HEADLINE.fullmatch(_joined(below).rstrip(" ."))
        kind = head_type(found["name"].lower()) if found else None
        if found and kind and kind.how == "word" and i < 6:
            own = number.Number(found["symbol"].rstrip("."), Source("so_ky_hieu", "page", _likely([line]), line.page))
            return own, _Found(kind.code, (line,)), _Found(found["title"], tuple(below) if found["title"] else ())
    return None


def _up_to_gap(lines: list[Line], line: Line) -> Iterator[Line]:
    at = next(i for i, other in enumerate(lines) if other is line)
    for other in lines[at + 1 : at + 1 + _MAX_TITLE]:
        if not other.text or other.block != line.block or other.centered != line.centered or _MATTER.match(other.text):
            return
        yield other


def _code_of(symbol: str | None) -> str | None:
    if symbol is None:
        return None
    try:
        return parse(symbol).loai
    except ArgumentValueError:
        return None


def _below_number(head: list[Line]) -> int:
    """Index of the first line that can hold type or title: below the motto, else the first line."""
    for i, line in enumerate(head):
        if MOTTO.search(line.text.upper()):
            own = [k for k, other in enumerate(head[: i + 1]) if other.block == head[i].block]
            left = next((k for k in range(i) if number.LINE.match(head[k].text)), None)
            return min(left, own[0]) if left is not None else own[0]
    return 0


_OFFICE = (
    r"(?:PHÓ )?(?:CHỦ TỊCH|BỘ TRƯỞNG|(?:TỔNG )?GIÁM ĐỐC|(?:TỔNG |CHI )?CỤC TRƯỞNG|HIỆU TRƯỞNG|CHÁNH VĂN PHÒNG|CHÁNH ÁN"
    r"|VIỆN TRƯỞNG|THỦ TƯỚNG|TRƯỞNG (?:BAN|PHÒNG)|THỐNG ĐỐC|TỔNG THANH TRA)"
)
_AUTHORITY = re.compile(
    rf"(?:{_OFFICE}|ỦY BAN NHÂN DÂN|HỘI ĐỒNG|CHÍNH PHỦ|QUỐC HỘI|BAN GIÁM ĐỐC|BAN THƯỜNG VỤ|BAN CHẤP HÀNH)\b"
)


def _below(head: list[Line], rest: list[Line], i: int, found: _TypeLine, agency: str | None) -> _Found:
    """The title under the type's name, or the rest of the line that begins with it and the lines beneath."""
    out = [replace(head[i], text=found.rest)] if found.rest else []
    seen_centered = head[i].centered is True
    for line in (head + rest)[i + 1 : i + 1 + _MAX_TITLE]:
        if not line.text and not out:
            continue
        if not line.text or _ends_title(line.text, [part.text for part in out], agency):
            break
        if out and seen_centered and line.centered is False and not (line.sure and line.text[0].islower()):
            break
        seen_centered = seen_centered or line.centered is True
        out.append(line)
    return _Found(_without_authority(_joined(out), agency), tuple(out))


def _ends_title(text: str, out: list[str], agency: str | None) -> bool:
    if _RULE.match(text) or _ANNEXED.match(text) or number.LINE.match(text) or _begins_matter(text, bool(out)):
        return True
    if _is_date(text) and not text.startswith("ngày"):
        return True
    if not out or not _is_capitals(text):
        return False
    if not all(_is_capitals(part) for part in out):
        return True
    return bool(_AUTHORITY.match(text)) and (agency is None or _names_agency(text, agency))


def _names_agency(text: str, agency: str) -> bool:
    last = _plain(agency.split(" - ")[-1])
    return last in _plain(text) or _plain(text) in last or not _BODY.match(text)


def _plain(text: str) -> str:
    return re.sub(r"\buy ban nhan dan\b", "ubnd", strip_diacritics(text).lower())


def _without_authority(title: str, agency: str | None) -> str | None:
    """A title in capitals on one line with the issuing authority behind it, without the authority."""
    for name in (agency or "").split(" - "):
        if name and _is_capitals(title) and title.endswith(" " + name):
            shorter = title[: -len(name)].rstrip()
            return re.sub(rf"\s+{_OFFICE}$", "", shorter)
    return title or None


def _subject(head: list[Line], i: int) -> _Found:
    """Title of a công văn: from "V/v" to the end of its column, a date that stands between left out."""
    out = [head[i]]
    for line in head[i + 1 : i + 1 + _MAX_TITLE]:
        text = line.text
        if _PLACE_DATE.match(text) or _is_date(text):
            continue
        if not text or line.block != head[i].block or _RULE.match(text) or MOTTO.search(text.upper()) or _type_of(text):
            break
        if _is_mark(text) or number.LINE.match(text) or _MOTTO_BELOW.match(text):
            break
        out.append(line)
    return _Found(_joined(out), tuple(out))


def _unmarked_subject(head: list[Line], below: int) -> _Found:
    """Title under the number without "V/v", as in letters of the Party (HD 36-HD/VPTW)."""
    out: list[Line] = []
    for line in head[below + 1 :]:
        if line.block != head[below].block or (out and not line.text) or (line.text and _is_form(line.text)):
            break
        out += [line] if line.text else []
    return _Found(_joined(out) or None, tuple(out))


def _heading(head: list[Line], rest: list[Line]) -> _Found:
    """First heading of a document that states no type: an annex, a table, a list."""
    out: list[Line] = []
    for line in head[_below_number(head) :] + rest[:1]:
        text = line.text
        if not out and (not text or _is_form(text)):
            continue
        if out and text and not re.search(r"[^\W_]", text) and not _RULE.match(text):
            continue  # a footnote mark of its own
        if not text or _is_form(text) or _ANNEXED.match(text) or len(out) >= _MAX_TITLE or _begins_matter(text, True):
            break
        out.append(line)
    return _Found(_joined(out) or None, tuple(out))


def _is_mark(text: str) -> bool:
    return bool(_SECRET.fullmatch(text) or _URGENT.fullmatch(text))


def _is_date(text: str) -> bool:
    """Place and date, the date of a draft with blanks in it, or with figures that no recognition can read."""
    return bool(_PLACE_DATE.fullmatch(text.rstrip(" .)")) or _ROUGH_DATE.fullmatch(text))


def _is_form(text: str) -> bool:
    return bool(
        MOTTO.search(text.upper())
        or _MOTTO_BELOW.match(text)
        or _RULE.match(text)
        or number.LINE.match(text)
        or _PLACE_DATE.match(text)
        or _is_date(text)
        or number.STAMP.search(text)
        or _is_mark(text)
        or not re.search(r"[^\W\d_]{2}", text)
    )


def _joined(parts: list[Line]) -> str:
    text = " ".join(part.text.strip() for part in parts)
    return re.sub(r"(?<=[A-ZĐ\d])- (?=[A-ZĐ]{2})", "-", re.sub(r"\s+", " ", text)).strip()


# ------------------------------------------------------------------ addressees and recipients

_ADDRESSED = re.compile(r"kính gửi\s*:?\s*(.*)", re.IGNORECASE)
_RECIPIENTS = re.compile(r"n[ơo]i\s*(?:nh[ậa]n|gửi)\s*(?::\s*(.*)|(?=$))", re.IGNORECASE)  # "Nơi gửi" until about 2005
_BULLET = re.compile(r"^\s*(?:[-+•*·–]|\d{1,2}[.)])\s*")


def _addressees(rest: list[Line]) -> tuple[str, ...]:
    for i, line in enumerate(rest[:12]):
        found = _ADDRESSED.match(line.text)
        if found:
            out = [found[1]] if found[1] else []
            for after in rest[i + 1 : i + 1 + _MAX_RECIPIENTS]:
                text = after.text
                if (out and not text) or _begins_matter(text, True):
                    break
                if not text:
                    continue
                if not out or _BULLET.match(text) or out[-1].endswith(";") or text.startswith("Đồng kính gửi"):
                    out.append(text)
                elif out[-1].endswith(",") or text[0].islower():
                    out[-1] += " " + text
                else:
                    break
            return tuple(_bare(text) for text in out if _bare(text))
    return ()


_SIGNING = re.compile(
    rf"(?:TM|KT|TL|TUQ|Q)\. ?[A-ZĐ]{{2}}|[TK]/[MTL]\.? [A-ZĐ]{{2}}|{_OFFICE}\b|(?:PHÓ )?THỨ TRƯỞNG|CHÁNH [A-ZĐ]"
    r"|BÍ THƯ|ĐỘI TRƯỞNG|THỦ TRƯỞNG|NGƯỜI (?:KÝ|LẬP)|TRƯỞNG [A-ZĐ]"
)


def _recipients(rest: list[Line]) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """The lines of the first recipients block, wrapped ones joined, without bullets and closing semicolons; and as they stand."""
    for i, line in enumerate(rest):
        found = _RECIPIENTS.match(line.text)
        if found:
            after = rest[i + 1 : i + 1 + _MAX_RECIPIENTS]
            block = [_bulleted(other) for other in after if other.block == line.block] or after
            entries = _entries(found[1] or "", block)
            return entries, (line, *block[: len(entries)])
    return (), ()


def _bulleted(line: Line) -> Line:
    """A recognised line with the sign that its hyphen was taken for put right."""
    return replace(line, text=_HYPHEN.sub("- ", line.text)) if line.sure else line


_HYPHEN = re.compile(r"^(?:[^\w(]*[-~=«»¬][^\w(]*|[^\w\s(]{1,2}\s+|_\s*)(?=\w)")


def _entries(first: str, below: list[Line]) -> tuple[str, ...]:
    bulleted = any(_BULLET.match(line.text) and not _is_file_copy(line.text) for line in below[:4])
    entries = [part for part in re.split(r";\s*", first) if part.strip()]
    for line in below:
        closed = bool(entries) and entries[-1].endswith(";")
        item = closed or bool(_BULLET.match(line.text) or re.match(r"Lưu\s?:", line.text))
        filed = bool(entries) and _is_file_copy(entries[-1])
        if not line.text or (filed and not item and not _continues(entries[-1], line.text)):
            if filed:
                break
            continue
        if not item and (_SIGNING.match(line.text) or _type_of(line.text) or line.text.upper().startswith("PHỤ LỤC")):
            break
        if item or not (bulleted or filed) or not entries:
            entries.append(line.text)
        else:
            entries[-1] += " " + line.text
    if entries and _is_file_copy(entries[-1]):  # a signature may follow on the same line
        entries[-1] = re.split(rf"\s(?={_SIGNING.pattern})", entries[-1], maxsplit=1)[0]
    return tuple(_bare(entry) for entry in entries if re.search(r"\w", _bare(entry)))


def _is_file_copy(entry: str) -> bool:
    """The last line of the block: "Lưu: VT, …" (Decree 30/2020, Appendix I, part II.9)."""
    return bool(re.match(r"l[ưu]u\b", _bare(entry), re.IGNORECASE))


def _continues(entry: str, text: str) -> bool:
    return not entry.endswith((".", ";", ")")) and len(text) < 40 and not _is_capitals(text)


def _bare(text: str) -> str:
    return _BULLET.sub("", text).strip().rstrip(";").strip()
