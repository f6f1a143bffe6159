"""Facts: everything a later stage may read about one document, frozen.

`read` looks once at what is known of a document (title, number and symbol, recipients, date, marks) and states what stands there:
the type, whether the document is normative, its purpose, period and form, a secrecy mark, the recipients' roles. Nothing here is
law (`rulepack` maps facts to outcomes) and nothing is a probability (`model` estimates the type where none is stated).

The phrases that state a purpose, a period or a form are those of `phrases`. A purpose counts by where it stands: "^" phrases only at the head of
the matter, since "đề nghị thẩm định …" asks while "… theo đề nghị thẩm định của …" tells.

Secrecy is a mark, not a word: "(MẬT)", "Độ mật: Tối mật", a leading "TUYỆT MẬT". "bảo mật", "mật khẩu", "mật độ" are harmless (LEGAL.md section 3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from vanthu_classifier import noi_nhan as recipients_block
from vanthu_classifier import so_ky_hieu as symbols
from vanthu_classifier.bilingual import Bilingual
from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError
from vanthu_classifier.legacy import NAMES, clean_any, converted_like
from vanthu_classifier.loai_van_ban import NORMATIVE_FORMS, HeadType, by_code, head_type, normalize
from vanthu_classifier.local import Local
from vanthu_classifier.noi_nhan import Recipient, Role
from vanthu_classifier.phrases import Place, purposes, stated
from vanthu_classifier.so_ky_hieu import InvalidSoKyHieuError, SoKyHieu
from vanthu_classifier.text import (
    MAX_LENGTH,
    CleanText,
    clean,
    damage,
    has_diacritics,
    looks_vietnamese,
    strip_diacritics,
)

__all__ = ["Evidence", "Facts", "Form", "as_date", "is_missing", "purposes", "read", "read_many"]

Form = Literal["", "sao_y", "sao_luc", "trich_sao", "du_thao", "tai_lieu_hop", "kem_quyet_dinh", "kem_to_trinh"]
"""Form of the document in hand: "" is an original; copies; a draft; a meeting paper; an annex of a decision or of a submission."""

StatedBy = Literal["argument", "symbol", "word", "abbreviation", "no_diacritics", "misspelt"]

_COPY_FORMS: dict[str, Form] = {"SY": "sao_y", "SL": "sao_luc", "TrS": "trich_sao"}
_DIRECTIVES_STOPPED_BEING_NORMATIVE = date(2016, 7, 1)  # Law 80/2015/QH13, Art. 172


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stated a fact: `kind` (loai_van_ban, muc_dich, ky, hinh_thuc, do_mat), its `value`, and where it stands.

    `span` is start and end in the title as typed.
    """

    kind: str
    value: str
    span: tuple[int, int]


class Facts(NamedTuple):
    """What was read about one document. Codes and ids only; `title` leads back to the letters."""

    title: CleanText
    so_ky_hieu: SoKyHieu | None = None
    loai: str | None = None
    """Type that was stated; None where nothing states it."""
    loai_by: StatedBy | None = None
    quy_pham: bool | None = None
    """Whether the document is normative; None where that is not known."""
    he_thong: Literal["state", "party"] = "state"
    hinh_thuc: Form = ""
    mat: bool = False
    khan: bool = False
    muc_dich: frozenset[str] = frozenset()
    ky: frozenset[str] = frozenset()
    noi_bo: bool = False
    recipients: tuple[Recipient, ...] = ()
    ngay: date | None = None
    matter: int = 0
    """Where the matter begins in the cleaned title, behind type word, number, "V/v"."""
    nonsense: str = ""
    """Why the title cannot be judged (blank, damaged, foreign …), as a `Bilingual` sentence; "" where it can."""
    places: tuple[Place, ...] = ()
    """What stated a fact, and where in the cleaned title."""
    warnings: tuple[str, ...] = ()
    """What a person should look at, each `Bilingual`."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What stated a fact, and where in the title as typed."""
        return tuple(Evidence(place.kind, place.id, self.title.raw_span(*place.span)) for place in self.places)


# ------------------------------------------------------------------ the head of a title

_ISSUED_ON = r"(?:\s*,?\s*(?:số\s*[:.]?\s*\S+|ngày\s+\d[\d/.\-]*(?:\s+tháng\s+\d+\s+năm\s+\d+)?))*"
_ABOUT = r"(?:\s*[:.,;-]*\s*(?:v\s*[/.]\s*v|vv|về\s+việc|v/v:|về)(?!\w)\s*[:.]?)?"
_LEAD = re.compile(rf"""[\s"'(\[«*+•:.,;-]*{_ABOUT}[\s"'«:.,;-]*""", re.IGNORECASE)
_AFTER_TYPE = re.compile(rf"""{_ISSUED_ON}\s*{_ABOUT}[\s"'«:.,;-]*""", re.IGNORECASE)
_LEAD_PLAIN = re.compile(r"""[\s"'(\[*+:.,;-]*(?:(?:v/v|vv|ve viec|ve)(?!\w)\s*[:.]?)?[\s"':.,;-]*""", re.IGNORECASE)


def _matter(text: str, head: HeadType | None, plain: bool) -> int:
    """Where the matter of a title begins: behind its type word, number and date, and "V/v"."""
    start = head.span[1] if head else 0
    pattern = _AFTER_TYPE if head else _LEAD
    found = pattern.match(text, start)
    start = found.end() if found else start
    if plain:
        found = _LEAD_PLAIN.match(text, start)
        start = found.end() if found else start
    return start


_SECRET = re.compile(
    r"""[(\[«"]\s*(?:độ\s+mật\s*:?\s*)?(?:tuyệt\s+mật|tối\s+mật|mật)\s*[)\]»"]"""
    r"""|\bđộ\s+mật\s*[:-]?\s*(?:tuyệt\s+mật|tối\s+mật|mật)(?!\w)"""
    r"""|^\W*(?:tuyệt\s+mật|tối\s+mật)(?!\w)"""
    r"""|^\W*mật\s*[:.\-–!)\]]"""
    r"""|[-–]\s*(?:tuyệt\s+mật|tối\s+mật|mật)\s*\W*$""",
    re.IGNORECASE,
)
_SECRET_BEFORE_TYPE = re.compile(r"^\W*mật\s+(?=\w)", re.IGNORECASE)
_URGENT = re.compile(
    r"^\W*(?:hỏa\s+tốc|thượng\s+khẩn|khẩn)(?!\s+(?:trương|cấp))(?!\w)|[(\[]\s*(?:hỏa\s+tốc|thượng\s+khẩn|khẩn)\s*[)\]]|^công\s+điện\s+(?:hỏa\s+tốc|khẩn)",
    re.IGNORECASE,
)
_NOT_SECRET_VALUES = {"", "thường", "không", "không mật", "bình thường", "0", "thuong", "khong"}


def _secrecy(text: str, lower: str) -> tuple[int, int] | None:
    if "mật" not in lower:
        return None
    found = _SECRET.search(text)
    if found:
        return found.span()
    before = _SECRET_BEFORE_TYPE.match(text)
    if before and head_type(text[before.end() :]):
        return before.span()
    return None


# ------------------------------------------------------------------ arguments


def is_missing(value: object) -> bool:
    """Whether nothing is known: None, and what data frames have in an empty cell (NaN, NaT, NA).

    >>> is_missing(None), is_missing(float("nan")), is_missing(""), is_missing(["Lưu: VT"])
    (True, True, False, False)
    """
    if value is None or isinstance(value, str):
        return value is None
    try:
        return bool(value != value)
    except TypeError:  # NA, of which even that cannot be said
        return True
    except ValueError:  # an array
        return False


def as_date(value: date | datetime | str | None) -> date | None:
    """A date from a date, ISO text or dd/mm/yyyy; None for None and blank text.

    `ArgumentValueError` where the text is no date, `ArgumentTypeError` for other types.

    >>> as_date("02/7/2018"), as_date("2018-07-02"), as_date("")
    (datetime.date(2018, 7, 2), datetime.date(2018, 7, 2), None)
    """
    if value is None or is_missing(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ArgumentTypeError(
            f"Ngày ban hành phải là ngày hoặc chuỗi ký tự, không phải {type(value).__name__}.", column="ngay_ban_hanh"
        )
    text = value.strip()
    if not text:
        return None
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text)
    vietnamese = re.fullmatch(
        r"(?:ngày\s*)?(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})", text, re.IGNORECASE
    )
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if vietnamese:
            return date(int(vietnamese[3]), int(vietnamese[2]), int(vietnamese[1]))
    except ValueError:
        pass
    raise ArgumentValueError(
        f"«{text}» không phải là ngày.",
        remedy="Ghi dạng dd/mm/yyyy, ví dụ 02/7/2018, hoặc 2018-07-02.",
        column="ngay_ban_hanh",
    )


def _text_argument(name: str, value: object, *, required: bool = False) -> str:
    if isinstance(value, str):
        return value
    if not required and is_missing(value):
        return ""
    raise ArgumentTypeError(f"Giá trị phải là chuỗi ký tự, không phải {type(value).__name__}.", column=name)


def _copy_form(hinh_thuc_sao: object) -> Form:
    if hinh_thuc_sao is None:
        return ""
    text = clean(_text_argument("hinh_thuc_sao", hinh_thuc_sao)).text.lower()
    if text in ("", "bản gốc", "bản chính", "không", "gốc", "chính"):
        return ""
    plain = strip_diacritics(text).replace("_", " ")
    for marks, form in (
        (("trich sao", "trs", "ts"), "trich_sao"),
        (("sao luc", "sl"), "sao_luc"),
        (("sao y", "sy"), "sao_y"),
    ):
        if any(plain == mark or (len(mark) > 3 and mark in plain) for mark in marks):
            return form  # type: ignore[return-value]
    raise ArgumentValueError(
        f"Không có hình thức sao «{text}».", remedy="Ghi «sao y», «sao lục» hoặc «trích sao».", column="hinh_thuc_sao"
    )


def _secret_mark(do_mat: object) -> bool:
    if do_mat is None:
        return False
    text = clean(_text_argument("do_mat", do_mat)).text.lower()
    if text in _NOT_SECRET_VALUES:
        return False
    if strip_diacritics(text).replace(" ", "") in ("mat", "toimat", "tuyetmat", "a", "b", "c"):
        return True
    raise ArgumentValueError(
        f"Không có độ mật «{text}».", remedy="Ghi «Mật», «Tối mật», «Tuyệt mật» hoặc để trống.", column="do_mat"
    )


# ------------------------------------------------------------------ reading

_DAMAGE = {
    harm: Bilingual(
        f"Trích yếu {vi}. Hãy chuyển sang Unicode rồi hỏi lại.",
        f"The title {en}. Please convert it to Unicode and ask again.",
    )
    for harm, vi, en in (
        (
            "tcvn3",
            "có vẻ gõ bằng phông TCVN3 (.VnTime), nhưng không chuyển được chắc chắn",
            "seems to be typed in TCVN3 (.VnTime), but cannot be converted with certainty",
        ),
        (
            "vni",
            "có vẻ gõ bằng phông VNI, nhưng không chuyển được chắc chắn",
            "seems to be typed in VNI, but cannot be converted with certainty",
        ),
        (
            "mojibake",
            "bị đọc sai bảng mã (UTF-8) và không khôi phục được chắc chắn",
            "was read with the wrong code page (it is UTF-8) and cannot be restored with certainty",
        ),
        ("lost", "bị mất chữ (dấu ? hoặc ký tự lỗi)", "has lost letters (question marks or broken characters)"),
    )
}
_NO_TITLE = Bilingual("Chưa có trích yếu.", "There is no title.")
_NO_LETTERS = Bilingual("Trích yếu không có chữ.", "The title has no letters.")
_TOO_SHORT = Bilingual(
    "Trích yếu quá ngắn để đoán loại văn bản.", "The title is too short to tell the type of document from."
)
_FOREIGN = Bilingual("Trích yếu không phải tiếng Việt.", "The title is not Vietnamese.")


def read(
    trich_yeu: str,
    *,
    so_ky_hieu: str | None = None,
    loai_van_ban: str | None = None,
    ngay_ban_hanh: date | datetime | str | None = None,
    noi_nhan: str | Sequence[str] | None = None,
    hinh_thuc_sao: str | None = None,
    do_mat: str | None = None,
    noi_bo: bool = False,
    local: Local | None = None,
) -> Facts:
    """The facts of one document; `local` are the words of one office.

    Raises `ArgumentTypeError` and `ArgumentValueError` (with the argument's name in `column`) for arguments that mean nothing. A title
    that cannot be judged is no error: `nonsense` says why.

    >>> f = read("V/v đăng ký lịch họp tháng 9", so_ky_hieu="12/UBND-VX")
    >>> f.loai, f.loai_by, "dang_ky_lich_hop" in f.muc_dich, sorted(f.ky)
    ('CV', 'symbol', True, ['thang'])
    >>> read("Báo cáo kết quả thực hiện Đề án 06 quý III").loai, read("(MẬT) Kế hoạch diễn tập").mat
    ('BC', True)
    """
    [facts] = read_many(
        [trich_yeu],
        so_ky_hieu=[so_ky_hieu],
        loai_van_ban=[loai_van_ban],
        ngay_ban_hanh=[ngay_ban_hanh],
        noi_nhan=[noi_nhan],
        hinh_thuc_sao=[hinh_thuc_sao],
        do_mat=[do_mat],
        noi_bo=[noi_bo],
        local=local,
    )
    return facts


def read_many(
    trich_yeu: Sequence[str],
    *,
    so_ky_hieu: Sequence[str | None] | None = None,
    loai_van_ban: Sequence[str | None] | None = None,
    ngay_ban_hanh: Sequence[date | datetime | str | None] | None = None,
    noi_nhan: Sequence[str | Sequence[str] | None] | None = None,
    hinh_thuc_sao: Sequence[str | None] | None = None,
    do_mat: Sequence[str | None] | None = None,
    noi_bo: Sequence[bool] | None = None,
    local: Local | None = None,
) -> list[Facts]:
    """The facts of many documents; each argument has a value a document, or is None where nothing is known of any.

    One question is asked of all documents before the next one: the processor then has what answers it at hand. Raises what `read` raises for one of
    them; which one is not said.

    >>> [f.loai for f in read_many(["Tờ trình xin kinh phí", "phê duyệt dự toán"], so_ky_hieu=[None, "15/QĐ-UBND"])]
    ['TTr', 'QĐ']
    """
    nothing = [None] * len(trich_yeu)
    warnings: list[list[str]] = [[] for _ in nothing]
    raws = list(map(_raw, trich_yeu, warnings))
    cleaned = list(map(clean_any, raws))
    titles = [title for title, _ in cleaned]
    texts = [title.text for title in titles]
    for (title, encoding), notes in zip(cleaned, warnings, strict=True):
        if encoding:
            notes.append(_converted(NAMES[encoding], title.text[:200]))
    if any(encoding for _, encoding in cleaned):
        so_ky_hieu = [
            _like(symbol, encoding) for symbol, (_, encoding) in zip(so_ky_hieu or nothing, cleaned, strict=True)
        ]
        noi_nhan = [_like(block, encoding) for block, (_, encoding) in zip(noi_nhan or nothing, cleaned, strict=True)]
    lowers = [text.lower() for text in texts]
    plain = [not has_diacritics(text) for text in texts]
    symbols = list(map(_symbol, so_ky_hieu or nothing, warnings))
    heads = list(map(head_type, texts))
    own = [symbol or _own_symbol(text, head) for symbol, text, head in zip(symbols, texts, heads, strict=True)]
    types_given: Sequence[object] = loai_van_ban or nothing
    if local is not None:
        symbols, own = ([s and local.symbol(s) for s in read] for read in (symbols, own))
        types_given = list(map(local.type_of, types_given))
    types = list(map(_type, types_given, symbols, own, heads, texts, warnings))
    matters = [
        _matter(text, head if head and head.code == loai else None, is_plain)
        for text, head, (loai, _), is_plain in zip(texts, heads, types, plain, strict=True)
    ]
    said = list(map(stated, lowers, matters, plain))
    days = list(map(as_date, ngay_ban_hanh or nothing))
    secret = list(map(_secrecy, texts, lowers))
    marks = list(map(_secret_mark, do_mat or nothing))
    copies = list(map(_copy_form, hinh_thuc_sao or nothing))
    recipients = list(map(_recipients, noi_nhan or nothing, texts, lowers))
    if local is not None:
        recipients = [tuple(map(local.recipient, read)) for read in recipients]
    urgent = list(map(_is_urgent, texts, lowers))
    codes = [loai for loai, _ in types]
    nonsense = list(map(_nonsense, titles, codes, matters))
    return [
        Facts(
            title=title,
            so_ky_hieu=symbol,
            loai=loai,
            loai_by=by,
            quy_pham=_normative(loai, symbol, day),
            he_thong="party" if symbol is not None and symbol.system == "party" else "state",
            hinh_thuc=copy or _form(loai, symbol, purposes.hinh_thuc),
            mat=mark or mat is not None,
            khan=khan,
            muc_dich=purposes.muc_dich,
            ky=purposes.ky,
            noi_bo=bool(inside),
            recipients=sent_to,
            ngay=day,
            matter=matter,
            nonsense=why,
            places=_places(head, purposes.places, mat),
            warnings=tuple(notes),
        )
        for title, symbol, (
            loai,
            by,
        ), head, matter, purposes, day, mat, mark, copy, sent_to, khan, inside, why, notes in zip(
            titles,
            own,
            types,
            heads,
            matters,
            said,
            days,
            secret,
            marks,
            copies,
            recipients,
            urgent,
            noi_bo or nothing,
            nonsense,
            warnings,
            strict=True,
        )
    ]


def _converted(name: Bilingual, text: str) -> Bilingual:
    return Bilingual(
        f"Trích yếu {name}; đã chuyển sang Unicode: «{text}». Hãy đối chiếu với văn bản.",
        f"The title {name.en}; converted to Unicode: «{text}». Please compare it with the document.",
    )


def _like(given: Any, encoding: str | None) -> Any:
    """What was handed in with a title in a legacy encoding, converted as the title was; left alone where it is Unicode."""
    if isinstance(given, str):
        return converted_like(given, encoding) if encoding else given
    return [_like(line, encoding) for line in given] if isinstance(given, list | tuple) else given


def _raw(trich_yeu: object, warnings: list[str]) -> str:
    raw = _text_argument("trich_yeu", trich_yeu, required=True)
    if len(raw) > MAX_LENGTH:
        warnings.append(
            Bilingual(
                f"Trích yếu quá dài ({len(raw)} ký tự); chỉ xét {MAX_LENGTH} ký tự đầu.",
                f"The title is too long ({len(raw)} characters); only the first {MAX_LENGTH} are looked at.",
            )
        )
        raw = raw[:MAX_LENGTH]
    return raw


def _places(head: HeadType | None, places: tuple[Place, ...], secret: tuple[int, int] | None) -> tuple[Place, ...]:
    if head:
        places = (Place("loai_van_ban", head.code, head.span), *places)
    return (*places, Place("do_mat", "mat", secret)) if secret else places


def _is_urgent(text: str, lower: str) -> bool:
    return ("khẩn" in lower or "hỏa" in lower) and _URGENT.search(text) is not None


_SENT_TO = re.compile(
    r"\(\s*gửi\s+(?P<in>[^()]+?)\s*\)|(?<!\w)gửi\s+(?P<out>[^()]{3,80}?\s+(?:để biết|để báo cáo|(?:để )?chủ trì(?: giải quyết)?))\s*\W*$",
    re.IGNORECASE,
)


def _recipients(noi_nhan: str | Sequence[str] | None, text: str, lower: str) -> tuple[Recipient, ...]:
    """The recipients handed in, or else the one whose role the title itself names: "… (gửi Sở Tài chính để biết)"."""
    if noi_nhan is not None and not is_missing(noi_nhan):
        return recipients_block.parse(noi_nhan)
    named = _SENT_TO.search(text) if "gửi" in lower else None
    found = recipients_block.parse([named["in"] or named["out"]]) if named else ()
    return tuple(r for r in found if r.role in (Role.LEAD, Role.INFORMATION, Role.LEADERS, Role.REPORT))


def _symbol(so_ky_hieu: object, warnings: list[str]) -> SoKyHieu | None:
    typed = _text_argument("so_ky_hieu", so_ky_hieu)
    if not typed.strip():
        return None
    try:
        return symbols.parse(typed)
    except InvalidSoKyHieuError as error:
        shown = typed.strip()[:60]
        warnings.append(
            Bilingual(
                f"Không dùng được số, ký hiệu «{shown}»: {error.what}",
                f"The number and symbol «{shown}» could not be read and was not used.",
            )
        )
        return None


_SHORT_TYPE = r"(?:(?-i:[A-ZĐ]{1,3}r?)\s+)?"  # "QĐ 15/QĐ-UBND": the symbol that follows says which type it is
_MAY_HAVE_OWN = re.compile(rf"\W*(?:của\s[^\d:;.]{{3,60}}?\s)?\W*{_SHORT_TYPE}(?:(?:số|so)\W*)?[\d/]", re.IGNORECASE)
_OWN = re.compile(
    rf"\W*(?:của\s+[^\d:;.]{{3,60}}?\s+)?(?:số|so)\s*[:.]?\s*|\s*{_SHORT_TYPE}(?:số|so)?\s*[:.]?\s*", re.IGNORECASE
)


def _own_symbol(text: str, head: HeadType | None) -> SoKyHieu | None:
    """The document's own symbol inside its title: right behind the type word ("Kế hoạch số 176/KH-UBND …") or first of all ("Số 12/TB-UBND …")."""
    behind = head.span[1] if head else 0
    if not _MAY_HAVE_OWN.match(text, behind):
        return None
    for found in symbols.find(text[: behind + 90]):
        if found.span[0] >= behind and _OWN.fullmatch(text, behind, found.span[0]):
            return found
    return None


def _type(
    loai_van_ban: object,
    symbol: SoKyHieu | None,
    own: SoKyHieu | None,
    head: HeadType | None,
    text: str,
    warnings: list[str],
) -> tuple[str | None, StatedBy | None]:
    typed = _text_argument("loai_van_ban", loai_van_ban)
    by_argument = normalize(typed) if typed.strip() else None
    by_symbol = symbol.loai if symbol else None
    by_word = head.code if head else None
    if head and head.how == "misspelt":
        typo, kind = text[slice(*head.span)], by_code(head.code)
        warnings.append(Bilingual(f"Đọc «{typo}» là «{kind.name}».", f"«{typo}» was read as «{kind.name}»."))
    if by_argument and by_symbol and by_argument != by_symbol:
        warnings.append(_contradiction(_STATED_TYPE, by_argument, _its_symbol(symbol), by_symbol))
    loai = by_argument or by_symbol
    if loai and by_word and by_word not in (loai, "SY", "SL", "TrS", "DUTHAO", "TAILIEU"):
        warnings.append(
            _contradiction(_BEGINS_WITH, by_word, _GIVEN_TYPE if by_argument else _its_symbol(symbol), loai)
        )
    if by_argument:
        return by_argument, "argument"
    if by_symbol:
        return by_symbol, "symbol"
    if head:
        return head.code, head.how
    return (own.loai, "symbol") if own and own.loai else (None, None)


_STATED_TYPE = Bilingual("Loại văn bản ghi", "The type is stated as")
_BEGINS_WITH = Bilingual("Trích yếu bắt đầu bằng", "The title begins with")
_GIVEN_TYPE = Bilingual("loại văn bản ghi kèm", "the stated type")


def _its_symbol(symbol: SoKyHieu | None) -> Bilingual:
    text = symbol.text if symbol else ""
    return Bilingual(f"ký hiệu «{text}»", f"the symbol «{text}»")


def _contradiction(what: Bilingual, one: str, source: Bilingual, other: str) -> Bilingual:
    first, second = by_code(one), by_code(other)
    return Bilingual(
        f"{what} «{first.name}» nhưng {source} là «{second.name}»; xét theo {source}.",
        f"{what.en} «{first.name}» ({first.name_en.lower()}), but {source.en} means «{second.name}» ({second.name_en.lower()}); "
        f"judged by {source.en}.",
    )


def _form(loai: str | None, own: SoKyHieu | None, forms: tuple[str, ...]) -> Form:
    if loai in _COPY_FORMS:
        return _COPY_FORMS[loai]
    if own and own.loai in _COPY_FORMS:
        return _COPY_FORMS[own.loai]
    return forms[0] if forms else ""  # type: ignore[return-value]


def _normative(loai: str | None, own: SoKyHieu | None, ngay: date | None) -> bool | None:
    """Whether the document is normative, by its form and the year inside its symbol (LEGAL.md 2.2, 2.9, A15)."""
    if loai is not None and by_code(loai).group == "quy_pham":
        return True
    if loai is None or loai not in NORMATIVE_FORMS:
        return own.normative if loai is None and own else (None if loai is None else False)
    if own is None:
        return None
    if loai == "CT" and own.normative:
        before = ngay or date(own.year or 9999, 1, 1)
        return before < _DIRECTIVES_STOPPED_BEING_NORMATIVE
    return own.normative


_LETTER = re.compile(r"[^\W\d_]")


def _nonsense(title: CleanText, loai: str | None, matter: int) -> str:
    text = title.text
    if not text:
        return _NO_TITLE
    harm = damage(title.respelt.text if title.respelt else title.raw)
    if harm:
        return _DAMAGE[harm]
    if not _LETTER.search(text):
        return _NO_LETTERS
    if loai is None and len(text[matter:].split(None, 1)) < 2:  # "V/v", "lương": nothing that a type could be told from
        return _TOO_SHORT
    if loai is None and not looks_vietnamese(text):
        return _FOREIGN
    return ""
