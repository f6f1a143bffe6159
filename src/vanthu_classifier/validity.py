"""Which act was in force when a document was issued, and what to tell its reader about it (LEGAL A47 and section 4.1).

Decision 40/2018/QĐ-UBND was in force from 16/07/2018 to 09/04/2021; since 04/02/2020 a letter of the Government Office sends 26 types without paper, among them
those of the Decision's second list. So for a document of

    before 16/07/2018            none of the packs was in force
    16/07/2018 to 03/02/2020     the Decision alone
    04/02/2020 to 09/04/2021     both, and they collide: both answers are reported
    since 10/04/2021             the letter alone

Unasked, the pack that was chosen answers, with a warning where its time is over or where another act in force answers otherwise. Asked for a day
(`as_of`), the pack in force on it answers, and it is said when there is none or another one beside.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

from vanthu_classifier.bilingual import Bilingual
from vanthu_classifier.facts import Facts, as_date
from vanthu_classifier.rulepack import Pack, in_force, load, rule_document

__all__ = ["AsOf", "pack_for", "read_as_of", "warnings"]

AsOf = date | Literal["document"] | None
"""The day whose law is asked for: one day for all, each document's own, or the chosen pack whatever the day."""

_DOCUMENT = ("document", "van-ban", "văn bản", "van ban")


def read_as_of(value: date | str | None) -> AsOf:
    """A day from a date, ISO text or dd/mm/yyyy; "document" for that word or "van-ban"; None for None.

    `ArgumentValueError` where the text is no day.

    >>> read_as_of("01/6/2020"), read_as_of("van-ban"), read_as_of(None)
    (datetime.date(2020, 6, 1), 'document', None)
    """
    if isinstance(value, str) and value.strip().lower() in _DOCUMENT:
        return "document"
    return as_date(value)


def pack_for(pack: Pack, on: AsOf, facts: Facts | None = None) -> Pack:
    """The pack that answers: `pack` itself where it was in force on the day or no day is asked for or known, or else the one that was.

    >>> from vanthu_classifier import rulepack
    >>> pack_for(rulepack.load(), date(2022, 1, 1)).id
    'vpcp-775-2020'
    """
    day = on if isinstance(on, date) else facts.ngay if on == "document" and facts else None
    if day is None or pack.in_force(day):
        return pack
    return next(iter(_in_force(day)), pack)


@lru_cache(maxsize=4096)
def _in_force(day: date) -> tuple[Pack, ...]:
    return in_force(day)


@lru_cache(maxsize=64)
def _beside(pack: Pack) -> tuple[Pack, ...]:
    """The shipped packs that stand beside this one; looked for once, not once a document."""
    return tuple(map(load, pack.beside))


def warnings(facts: Facts, pack: Pack, loai: str | None, on: AsOf) -> tuple[Bilingual, ...]:
    """What the reader of an answer of `pack` has to know about its time; `loai` is the type that the answer is about."""
    day = on if isinstance(on, date) else facts.ngay
    year = facts.so_ky_hieu.year if facts.so_ky_hieu else None
    if day is None:
        # The year inside the symbol says enough where it is later than the pack's last.
        over = pack.in_force_to is not None and year is not None and year > pack.in_force_to.year
        return (
            (_expired(facts, pack, loai, Bilingual(f"năm {year}", str(year)), date(year, 12, 31)),)
            if over and year
            else ()
        )
    if on is not None:
        return _of_the_day(facts, pack, loai, day)
    if pack.in_force(day):
        own = rule_document(pack, facts, loai=loai)[0]
        return tuple(
            _both(other, facts, loai, day)
            for other in _beside(pack)
            if other.in_force(day) and rule_document(other, facts, loai=loai)[0].outcome is not own.outcome
        )
    if pack.in_force_to is not None and day > pack.in_force_to:
        return (_expired(facts, pack, loai, Bilingual(_day(day), _day(day)), day),)
    assert pack.in_force_from is not None
    return (
        Bilingual(
            f"Văn bản {_day(day)}: {pack.short} chỉ có hiệu lực từ ngày {_day(pack.in_force_from)}.",
            f"Document of {_day(day)}: {pack.short} is in force only from {_day(pack.in_force_from)}.",
        ),
    )


def _of_the_day(facts: Facts, pack: Pack, loai: str | None, day: date) -> tuple[Bilingual, ...]:
    found = _in_force(day)
    if not pack.in_force(day):
        return (
            Bilingual(
                f"Ngày {_day(day)}: không có bộ quy tắc nào của thư viện có hiệu lực. Câu trả lời theo {pack.short} chỉ để tham khảo.",
                f"On {_day(day)} no rule pack of this library is in force. The answer by {pack.short} is for reference only.",
            ),
        )
    return tuple(_both(other, facts, loai, day) for other in found if other.id not in (pack.id, pack.base))


def _expired(facts: Facts, pack: Pack, loai: str | None, when: Bilingual, day: date) -> Bilingual:
    assert pack.in_force_to is not None
    over = _day(pack.in_force_to)
    vi = [f"Văn bản {when}: {pack.short} đã hết hiệu lực sau ngày {over}. Câu trả lời chỉ để tham khảo."]
    en = [f"Document of {when.en}: {pack.short} was in force until {over}. The answer is for reference only."]
    for other in _beside(pack):
        if other.in_force(day):
            answer = _answer(other, facts, loai)
            vi.append(f"Theo {other.short} (bộ {other.id}): {answer}.")
            en.append(f"By {other.short} (pack {other.id}): {answer.en}.")
    return Bilingual(" ".join(vi), " ".join(en))


def _both(other: Pack, facts: Facts, loai: str | None, day: date) -> Bilingual:
    answer = _answer(other, facts, loai)
    return Bilingual(
        f"Ngày {_day(day)} còn có {other.short} (bộ {other.id}) cùng hiệu lực: {answer}.",
        f"On {_day(day)} {other.short} (pack {other.id}) is in force as well: {answer.en}.",
    )


def _answer(other: Pack, facts: Facts, loai: str | None) -> Bilingual:
    ruling = rule_document(other, facts, loai=loai)[0]
    outcome, lean = ruling.outcome, ruling.lean
    if ruling.rule is None:
        return _SILENT if ruling.silence or not ruling.against else _DIVIDED
    quote = ruling.rule.focus or ruling.rule.quote
    return Bilingual(
        f"{outcome.label_vi.lower()}{f' (nghiêng về: {lean.label_vi.lower()})' if lean else ''}, «{quote}»",
        f"{outcome.label_en.lower()}{f' (leaning to: {lean.label_en.lower()})' if lean else ''}, «{quote}»",
    )


_SILENT = Bilingual("không nêu trường hợp này", "it does not name this case")
_DIVIDED = Bilingual("các điều khoản trả lời khác nhau", "its clauses answer differently")


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
