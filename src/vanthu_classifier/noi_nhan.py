"""The recipients of a document (nơi nhận, and "Kính gửi"), and what each one is to do with it.

Decree 30/2020/NĐ-CP, Appendix I, part II.9: «Nơi nhận văn bản gồm: Nơi nhận để thực hiện; nơi nhận để kiểm tra, giám
sát, báo cáo, trao đổi công việc, để biết; nơi nhận để lưu văn bản.» A tờ trình, a report to a superior and a công văn
have two parts: "Kính gửi" names those who *directly handle the matter*, then "Nơi nhận" begins with "Như trên". Other
types have "Nơi nhận" alone ("Như Điều 3").

    Kính gửi: Sở Nội vụ.                  one addressee: it handles the matter
    Kính gửi: - Sở Y tế;                  one of several: they handle it, and the lead is not named
              - Sở Tài chính.
    Nơi nhận:                             dropped
    - Như trên;                           the addressees again
    - Chủ tịch, các PCT (để b/c);         leaders, to be reported to
    - UBND tỉnh (b/c);                    a report to a body
    - Phòng Nội vụ (t/h);                 to act; (p/h) to work along, (để biết) to know
    - Lưu: VT, NC1.                       the file copy, which is sent to nobody

Why it matters: the Decision's lists have items that turn on the recipient alone ("văn bản gửi đến các cơ quan chủ trì
giải quyết công việc" with paper, "văn bản gửi các cơ quan để biết" without), so the answer is given per recipient.
What is written decides, in this order: the file copy and "Như trên" are told by their first word; then the note in
brackets; then who the recipient is. A note that only counts copies, "(3b)", is no role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vanthu_classifier.errors import ArgumentTypeError
from vanthu_classifier.text import clean, has_diacritics, strip_diacritics

__all__ = ["Recipient", "Role", "describe", "parse"]


class Role(StrEnum):
    """What a recipient is to do with the document (Decree 30/2020, Appendix I, II.9)."""

    LEAD = "lead"
    """Leads the handling: "chủ trì", "để giải quyết". Only an explicit note says this."""
    ADDRESSEE = "addressee"
    """The sole "Kính gửi": handles the matter directly."""
    ADDRESSEES = "addressees"
    """One of several "Kính gửi", or a collective one: they handle the matter, the lead is not named."""
    ACTION = "action"
    """To carry out: "để thực hiện", "t/h", "th/h"."""
    COORDINATION = "coordination"
    """To work along: "phối hợp", "p/h"."""
    INFORMATION = "information"
    """To know: "để biết", "để theo dõi", "để tham khảo"."""
    LEADERS = "leaders"
    """Own or superior leaders, to know or to be reported to."""
    REPORT = "report"
    """Reported to, and no leader but a body: "UBND tỉnh (để b/c)"."""
    SAME = "same"
    """The recipients named elsewhere: "Như trên", "Như Điều 3", "Như thành phần mời"."""
    FILE = "file"
    """The file copy, "Lưu: VT": never sent."""
    OUTSIDE = "outside"
    """Citizens, households, companies: outside the administration's network."""
    OFF_NETWORK = "off_network"
    """A note says that this recipient takes paper or is not connected."""
    UNSTATED = "unstated"
    """Named without a role."""


_WORDS = {
    Role.LEAD: ("chủ trì giải quyết", "leads the handling"),
    Role.ADDRESSEE: ("nơi trực tiếp giải quyết (Kính gửi)", "addressee, handles the matter"),
    Role.ADDRESSEES: ("một trong các nơi trực tiếp giải quyết (Kính gửi)", "one of several addressees"),
    Role.ACTION: ("để thực hiện", "to carry out"),
    Role.COORDINATION: ("để phối hợp", "to coordinate"),
    Role.INFORMATION: ("để biết", "for information"),
    Role.LEADERS: ("lãnh đạo, để biết hoặc để báo cáo", "leaders, for information or report"),
    Role.REPORT: ("để báo cáo", "for report"),
    Role.SAME: ("các nơi đã nêu ở trên", "the recipients named above"),
    Role.FILE: ("lưu", "file copy"),
    Role.OUTSIDE: ("cá nhân, tổ chức ngoài cơ quan nhà nước", "outside the administration"),
    Role.OFF_NETWORK: ("chưa nhận văn bản điện tử", "not on the network"),
    Role.UNSTATED: ("chưa nêu vai trò", "no role stated"),
}


def describe(role: Role) -> tuple[str, str]:
    """A role in words, Vietnamese and English.

    >>> describe(Role.LEAD)
    ('chủ trì giải quyết', 'leads the handling')
    """
    return _WORDS[role]


@dataclass(frozen=True, slots=True)
class Recipient:
    """One entry of the block.

    `name` is cleaned, without bullet, role note and closing mark; `line` is the entry as typed; `note` is the role
    note without brackets ("để b/c"), "" where there is none. `noi_bo` says that it is a unit of the sender's own office, which only the office's own rule
    pack knows.
    """

    name: str
    role: Role
    line: str
    note: str
    noi_bo: bool = False


@dataclass(slots=True)
class _Entry:
    """A piece of the block: as typed, cleaned, and whether it stands under "Kính gửi"."""

    line: str
    text: str
    addressed: bool = False


def parse(lines: str | Sequence[str]) -> tuple[Recipient, ...]:
    """The recipients in `lines`, in their order; empty where there is none.

    `lines` are the block's lines, or one string with line breaks or ";" between the entries. A "Kính gửi: …" line may
    stand among them; the heading "Nơi nhận:" is dropped. A note counts for its entry: "UBND huyện, Sở Nội vụ (để
    b/c)" is one recipient. Case and diacritics are forgiven. Raises `ArgumentTypeError` where `lines` is neither a
    string nor a sequence of strings.

    >>> block = "Kính gửi: Sở Nội vụ\\n- Như trên;\\n- UBND tỉnh (để b/c);\\n- Lưu: VT, TH (3b)."
    >>> [(r.name, str(r.role)) for r in parse(block)]
    [('Sở Nội vụ', 'addressee'), ('Như trên', 'same'), ('UBND tỉnh', 'report'), ('Lưu: VT, TH (3b)', 'file')]
    >>> [(r.name, str(r.role), r.note) for r in parse(["- CT, các PCT (b/c);", "- Phòng Y tế (t/h)."])]
    [('CT, các PCT', 'leaders', 'b/c'), ('Phòng Y tế', 'action', 't/h')]
    """
    entries = _addressed(_joined(_lines(lines)))
    addressees = [entry for entry in entries if entry.addressed]
    several = len(addressees) > 1 or any(_is_collective(entry.text) for entry in addressees)
    return tuple(recipient for entry in entries if (recipient := _recipient(entry, several)).name)


def _lines(lines: str | Sequence[str]) -> list[str]:
    if isinstance(lines, str):
        return lines.splitlines()
    if not isinstance(lines, Sequence) or isinstance(lines, (bytes, bytearray, memoryview)):
        raise ArgumentTypeError(
            f"Nơi nhận phải là chuỗi ký tự hoặc danh sách các dòng, không phải {type(lines).__name__}.",
            column="noi_nhan",
        )
    for line in lines:
        if not isinstance(line, str):
            raise ArgumentTypeError(
                f"Mỗi dòng nơi nhận phải là chuỗi ký tự, không phải {type(line).__name__}.", column="noi_nhan"
            )
    return [part for line in lines for part in line.splitlines()]


# --- pieces -------------------------------------------------------------------------------------------------------

_BULLET = re.compile(r"(?:[-+•*·▪■●○◦‣➢✓\uf000-\uf0ff]+\s*|\d{1,2}[.)]\s+|[a-zđ]\)\s*)+")
_HEADING = re.compile(r"noi nhan\b\s*[:.]?\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:tran trong )?kinh (?:gui|goi|moi|trinh)\b\s*[:.]?\s*", re.IGNORECASE)
_SAME = re.compile(
    r"nhu (?:tren|kinh|k/g|dieu|khoan|muc|thanh phan|tp|danh sach|ds|noi nhan|phan|de gui)\b"
    r"|theo (?:thanh phan|danh sach)\b|(?:cac )?thanh phan (?:nhu tren|moi)\b"
)
_FILE = re.compile(r"luu(?=$|[\s:,.;(/-])")
_SPLIT = re.compile(r";|\s-\s(?=(?:Lưu|Như|LƯU|NHƯ)\b)|(?<!\d)\.\s+(?=(?:Lưu|LƯU)\b)")


def _plain(text: str) -> str:
    """Small letters without diacritics, letter for letter, so that offsets stay."""
    plain = strip_diacritics(text).lower()
    return plain if len(plain) == len(text) else "".join((strip_diacritics(c).lower() or c)[0] for c in text)


def _unbulleted(text: str) -> str:
    bullet = _BULLET.match(text)
    return text[bullet.end() :] if bullet else text


def _joined(lines: list[str]) -> list[str]:
    """Lines that go on put with the one before: no bullet, a small first letter, and the line before not ended.

    In a list with bullets and closing marks, a line without bullet after a line that is not closed goes on as well.
    """
    whole: list[str] = []
    cleaned = [text for text in (clean(line).text for line in lines) if text]
    small_throughout = not any(text[0].isupper() or _BULLET.match(text) for text in cleaned)
    for line in lines:
        text = clean(line).text
        if not text:
            continue
        if whole and not small_throughout and _goes_on(clean(whole[-1]).text, text):
            whole[-1] = f"{whole[-1].rstrip()} {line.strip()}"
        else:
            whole.append(line)
    return whole


def _goes_on(before: str, text: str) -> bool:
    plain = _plain(text)
    if before.endswith((";", ".", ":")) or any(p.match(plain) for p in (_BULLET, _SAME, _FILE, _HEADING, _ADDRESS)):
        return False
    in_list = _BULLET.match(before) and text.endswith((";", ".")) and not _SAME.match(_plain(_unbulleted(before)))
    return bool(text[0].islower() or in_list or (text[0] == "(" and text.rstrip(" ;.,").endswith(")")))


def _addressed(lines: list[str]) -> list[_Entry]:
    """The entries of all lines, those of "Kính gửi" marked."""
    entries: list[_Entry] = []
    open_ = False
    for line in lines:
        for piece, text, kind in _pieces(line):
            if kind == "heading":
                open_ = False
            elif kind == "address":
                open_ = True
            opens = kind == "address"
            if _SAME.match(_plain(_unbulleted(text))) or _FILE.match(_plain(_unbulleted(text))):
                open_ = False
            if text:
                pieces = _organisations(piece, text) if open_ else [(piece, text)]
                entries += [_Entry(part, cleaned, open_) for part, cleaned in pieces]
            alone = opens and text and not _BULLET.match(text) and not _list_follows(line, text)
            ends_list = text.endswith(".") or alone
            open_ = open_ and not ends_list
    return entries


def _list_follows(line: str, text: str) -> bool:
    """Whether more addressees follow one that stands right after "Kính gửi:"."""
    after = clean(line).text.rpartition(text)[2].lstrip()
    return after.startswith(";") or text.endswith(",")


def _pieces(line: str) -> Iterator[tuple[str, str, str]]:
    """The entries of a line: as typed; cleaned, without heading; and "heading", "address" or "" for what opened it."""
    for piece in _split(line):
        text, kind = clean(piece).text, ""
        while True:
            plain = _plain(text)
            for name, pattern in (("heading", _HEADING), ("address", _ADDRESS)):
                bullet = _BULLET.match(plain)
                found = pattern.match(plain, bullet.end() if bullet else 0)
                if found:
                    text, kind = text[found.end() :], name
                    break
            else:
                break
        yield piece.strip(), text, kind


def _split(line: str) -> list[str]:
    """Cut at ";" outside brackets, and before "- Lưu" or "- Như" inside a line."""
    cleaned = clean(line)
    text = cleaned.text
    balanced = text.count("(") == text.count(")")
    pieces, depth, at = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if (depth <= 0 or not balanced) and (cut := _SPLIT.match(text, i)):
            pieces.append((at, i))
            at = cut.end()
    pieces.append((at, len(text)))
    return [line[slice(*cleaned.raw_span(start, end))] for start, end in pieces]


_ORGANISATION = re.compile(
    r",\s+(?=(?:[Cc]ác )?(?:Sở|Phòng|Ban|Bộ|Cục|Chi cục|Tổng cục|Vụ|Văn phòng|Công an|Thanh tra|Viện|Tòa|Kho bạc"
    r"|Bảo hiểm|Trung tâm|Trường|Bệnh viện|Ủy ban|UBND|HĐND|VP|Huyện ủy|Tỉnh ủy|Thành ủy|Đảng ủy|Hội|Liên đoàn|Mặt trận"
    r"|Quỹ|Ngân hàng)\b)"
)


def _organisations(piece: str, text: str) -> list[tuple[str, str]]:
    """Addressees on one line with commas between them; a comma inside a name ("Văn hóa, Thể thao") does not part."""
    parts = [part for part in _ORGANISATION.split(text) if part.strip()]
    return [(piece, part) for part in parts]


# --- roles --------------------------------------------------------------------------------------------------------

# The patterns here are matched against small letters without diacritics.
_OFF_NETWORK = re.compile(
    r"\b(?:ban|van ban|gui|bang) giay\b|\bchua (?:ket noi|lien thong)\b|\bngoai (?:he thong|mang)\b"
    r"|\b(?:chua|khong) (?:co|ket noi|su dung|lien thong)\b.*\b(?:he thong|phan mem|mang|truc|qlvb)\b"
    r"|\bbuu (?:dien|chinh)\b|\bgui truc tiep\b"
)
_LEAD = r"\bchu tri\b|\bgiai quyet\b|\bxu ly\b|\bde (?:xem xet|phe duyet|tham dinh|quyet dinh)\b|\bg/q\b"
_ACTION = r"\bthuc hien\b|\bthi hanh\b|\btrien khai\b|\bth?[/.]h\b|\bde (?:th|chi dao)\b"
_REPORT = r"\bbao cao\b|\bb[/.]c(?:ao)?\b|^(?:de |thay )?bc$|\bgiam sat\b|\bkiem tra\b"
_INFORMATION = r"\bbiet\b|\b(?:theo doi|tham khao|nghien cuu|cong bo|pho bien)\b|\bde dang\b|\bt/d\b"
_NOTES = (
    (Role.OFF_NETWORK, _OFF_NETWORK),
    (Role.LEAD, re.compile(_LEAD)),
    (Role.ACTION, re.compile(_ACTION)),
    (Role.COORDINATION, re.compile(r"\bphoi hop\b|\bph?[/.]h\b|\bde ph\b|\btrao doi\b")),
    (Role.REPORT, re.compile(_REPORT)),
    (Role.INFORMATION, re.compile(_INFORMATION)),
)
"""In the order in which they win where a note names several."""
_BRACKET = re.compile(r"\s*\(\s*([^()]*?)\s*\)")
_OPEN_BRACKET = re.compile(r"\s*\(\s*([^()]*)$")
_PLAIN_NOTE = re.compile(
    r"[\s,:-]+((?:de|thay)\s+(?:b/c|bao cao|biet|theo doi|tham khao|thuc hien|th/h|t/h|phoi hop|p/h|giai quyet|chu tri"
    r"|xu ly|xem xet|chi dao|trien khai|thi hanh|kiem tra|giam sat)\b[^()]*)$"
)
_CLOSING = " ;.,:"

_PERSON = re.compile(
    r"(?:cac |quy )?(?:ong|ba|ong\s?[/,(]?\s?ba\)?)(?=\s|$|:)|(?:cac )?(?:ho|gia dinh) (?:ong|ba|gia dinh|dan)\b"
    r"|(?:cac |quy |toan the )?(?:cong dan|nguoi dan|nhan dan|ho dan|nguoi khieu nai|nguoi to cao)(?=\s|$)"
    r"|(?:cac )?(?:to chuc, )?ca nhan\b"
)
_COMPANY = re.compile(
    r"(?:cac |quy |nhung )?(?:tong )?(?:cong ty|doanh nghiep|ctcp|cty|tnhh|dntn|hop tac xa|htx|nha thau|nha dau tu"
    r"|tap doan|ho kinh doanh|chi nhanh (?:cong ty|cty)|lien danh)(?=\W|$)"
)
_OFFICIAL = re.compile(
    r"\b(?:thanh vien|uy vien|chu tich|pho chu tich|pct|giam doc|truong (?:ban|phong|doan|khoa|thon)"
    r"|pho (?:ban|phong|truong)|bi thu|dai bieu|lanh dao|can bo|cong chuc|vien chuc|giao vien|chanh|thu truong"
    r"|bo truong|to truong|hieu truong|cuc truong|chuyen vien|thu ky|d/c|dong chi)\b"
)
_LEADER = (
    r"(?:pho )?chu tich|(?:cac )?pct|ct|lanh dao|ld|ldvp|ban giam (?:doc|hieu)|bg[dh]|(?:pho )?giam doc|gd|pgd"
    r"|(?:pho )?bi thu|bo truong|thu truong|(?:pho )?thu tuong|p?ttg|(?:pho )?chanh van phong|cvp|pvp"
    r"|(?:pho )?hieu truong|(?:pho )?cuc truong|(?:pho )?truong (?:ban|phong)|ban thuong vu|btv"
)
_LEADERS = re.compile(
    rf"(?:cac )?(?:d/c:?|dong chi|ong|ba)?\s*(?:thuong truc|tt)?[.\s]*(?:{_LEADER})\b"
    r"|(?:thuong truc|tt)[.\s]*"
    r"(?:(?:tinh|huyen|thanh|thi|quan|dang) uy|hdnd|hoi dong|ubnd|uy ban|ub|tu|hu|ban chi dao)\b"
    r"|(?:tttu|tthu|tthdnd|ttub)\b"
)
_MANY = "so|ban|phong|huyen|quan|xa|phuong|thi xa|thi tran|thanh pho|tinh|don vi|co quan|truong|bo|dia phuong"
_OTHERS = re.compile(rf"\bcac (?:{_MANY})\b")
_COLLECTIVE = re.compile(rf"^(?:cac|toan the|nhung)\b|\bcac (?:{_MANY})\b")


def _is_collective(text: str) -> bool:
    return _COLLECTIVE.search(_plain(_unbulleted(text))) is not None


def _recipient(entry: _Entry, several: bool) -> Recipient:
    text = _unbulleted(entry.text).strip(_CLOSING)
    name, note = _note(text)
    return Recipient(
        name=name.strip(_CLOSING), role=_role(name, note, entry.addressed, several), line=entry.line, note=note
    )


def _note(text: str) -> tuple[str, str]:
    """The name and the role note; brackets that state no role stay in the name."""
    if _is_file(text):
        return text, ""
    for bracket in [*_BRACKET.finditer(text), *_OPEN_BRACKET.finditer(text)]:
        if _note_role(bracket[1]) is not None:
            return (text[: bracket.start()] + text[bracket.end() :]).strip(), bracket[1].strip(_CLOSING)
    plain = _PLAIN_NOTE.search(_plain(text))
    if plain and plain.start():
        return text[: plain.start()], text[plain.start(1) :].strip()
    return text, ""


def _note_role(note: str) -> Role | None:
    plain = _plain(note)
    return next((role for role, pattern in _NOTES if pattern.search(plain)), None)


def _role(name: str, note: str, addressed: bool, several: bool) -> Role:
    plain = _plain(name)
    if _is_file(name):
        return Role.FILE
    if _SAME.match(plain):
        return Role.SAME
    noted = _note_role(note) if note else None
    if noted is Role.OFF_NETWORK:
        return noted
    if _is_outside(name, plain):
        return Role.OUTSIDE
    if noted in (Role.REPORT, Role.INFORMATION) and _is_leader(plain):
        return Role.LEADERS
    if noted is not None:
        return noted
    if addressed:
        return Role.ADDRESSEES if several else Role.ADDRESSEE
    return Role.LEADERS if _is_leader(plain) else Role.UNSTATED


def _is_file(name: str) -> bool:
    """ "Lưu: VT", and not a person of that family name, whose every word has a capital."""
    if not _FILE.match(_plain(name)):
        return False
    words = re.findall(r"[^\W\d_]+", name)[1:]
    return not (len(words) >= 2 and ":" not in name and all(word.istitle() and len(word) > 1 for word in words))


def _is_outside(name: str, plain: str) -> bool:
    if _COMPANY.match(plain):
        return True
    person = _PERSON.match(plain)
    if person is None:
        return False
    if has_diacritics(name) and re.match(r"[Bb]a\b", name):
        return False  # Ba Đình, ba phòng
    return _OFFICIAL.search(plain) is None or re.search(r"\b(?:cong ty|doanh nghiep|cty)\b", plain) is not None


def _is_leader(plain: str) -> bool:
    return _LEADERS.match(plain) is not None and _OTHERS.search(plain) is None
