"""Legacy encodings: every letter there and back; recognised where they are, never where they are not; said so; spans lead to what was typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import office_files as office
from vanthu_classifier import classify, facts, legacy
from vanthu_classifier.errors import UnreadableFileError
from vanthu_classifier.readers import read
from vanthu_classifier.text import clean

ENCODINGS = ["tcvn3", "vni", "viscii", "mojibake", "cp1258"]
TITLES = Path(__file__).parent.parent / "training_data" / "titles"
LETTERS = [
    unicodedata.normalize("NFC", vowel + tone)
    for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
] + ["đ", "Đ"]
SAMPLES = [
    "Quyết định về việc phê duyệt dự toán kinh phí",
    "Tờ trình đề nghị thẩm định hồ sơ mời thầu",
    "V/v trả lời kiến nghị của cử tri",
    "Kế hoạch phòng, chống lụt bão năm 2004",
    "QUYẾT ĐỊNH VỀ VIỆC CỬ CÁN BỘ ĐI ĐÀO TẠO",
    "Thông báo kết luận của Chủ tịch tại buổi họp giao ban",
    "Giấy mời họp",
    "Về việc hướng dẫn người dân sử dụng nước sạch",
]


def small_where_it_has_no_capitals(text: str, encoding: str) -> str:
    """TCVN3 has no capitals with tones: without the font that draws them small letters are all that is left."""
    if encoding != "tcvn3":
        return text
    has = {row[0] for row in office.legacy_rows() if row[1]}
    return "".join(c if c.isascii() or c in has else c.lower() for c in text)


# ------------------------------------------------------------------ tables


def test_the_table_has_every_letter_once() -> None:
    rows = office.legacy_rows()
    assert sorted(row[0] for row in rows) == sorted(c for c in LETTERS if not c.isascii())
    for column in (1, 2, 3):
        codes = [row[column] for row in rows if row[column]]
        assert len(codes) == len(set(codes))
    assert {row[0] for row in rows if not row[1]} == {c for c in LETTERS if c.isupper() and not c.isascii()} - set(
        "ĂÂÊÔƠƯĐ"
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_there_and_back(letter: str, encoding: str) -> None:
    coded = office.in_legacy(letter, encoding)
    assert legacy.to_unicode(coded, encoding) == small_where_it_has_no_capitals(letter, encoding)


KNOWN = [  # written down by hand, from fonts' own charts: not made with the table that they test
    ("tcvn3", "Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
    ("tcvn3", "th­êng trùc, h­íng dÉn, §¶ng ñy", "thường trực, hướng dẫn, Đảng ủy"),
    ("vni", "COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("vni", "Ñoäc laäp - Töï do - Haïnh phuùc, tænh, kyõ thuaät, ngöôøi, nhöõng", "Độc lập - Tự do - Hạnh phúc, tỉnh, kỹ thuật, người, những"),
    ("viscii", "Quyªt ð¸nh v« vi®c", "Quyết định về việc"),
    ("mojibake", "Cá»™ng hÃ²a xÃ£ há»™i chá»§ nghÄ©a Viá»‡t Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    ("mojibake", "vÃ  cÃ¡c Ä‘Æ¡n vá»‹", "và các đơn vị"),
    ("cp1258", "Quyêìt ðiònh vêÌ viêòc", "Quyết định về việc"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "coded", "wanted"), KNOWN)
def test_what_is_known_of_an_encoding(encoding: str, coded: str, wanted: str) -> None:
    assert legacy.to_unicode(coded, encoding) == wanted
    assert legacy.detect(coded) == encoding


def test_marks_typed_without_shift_and_letters_of_symbol_fonts() -> None:
    assert legacy.to_unicode("QUYEáT ÑòNH", "vni") == "QUYẾT ĐịNH"
    assert legacy.to_unicode("Quy\uf0d5t \uf0ae\uf0denh", "tcvn3") == "Quyết định"


@pytest.mark.parametrize(
    ("name", "encoding", "capitals"),
    [
        (".VnTime", "tcvn3", False), (".VnTimeH", "tcvn3", True), (".VnArial NarrowH", "tcvn3", True), (".VnAvantH", "tcvn3", True),
        ("ABCDEF+.VnTimeH", "tcvn3", True), (".vntime", "tcvn3", False), ("VNI-Times", "vni", False), ("VNI-Helve", "vni", False),
        ("'VNI Times'", "vni", False), ("Times New Roman", None, False), ("Arial", None, False), ("Vn", None, False), ("", None, False),
        ("Vladimir Script", None, False), ("Vivaldi", None, False),
    ],
)  # fmt: skip
def test_fonts(name: str, encoding: str | None, capitals: bool) -> None:
    font = legacy.font_of(name)
    assert (font and font.encoding, bool(font and font.capitals)) == (encoding, capitals)


# ------------------------------------------------------------------ recognition


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("title", SAMPLES)
def test_a_title_in_an_encoding_is_recognised_and_converted(title: str, encoding: str) -> None:
    coded = office.in_legacy(title, encoding)
    cleaned, found = legacy.clean_any(coded)
    assert (cleaned.text, found) == (clean(small_where_it_has_no_capitals(title, encoding)).text, encoding)


def own_titles() -> Iterator[str]:
    """The titles of training_data, as the files have them."""
    for path in sorted(TITLES.rglob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line


def test_no_title_of_ours_is_taken_for_legacy_in_any_spelling() -> None:
    titles = list(own_titles())
    assert len(titles) > 10_000
    for title in titles:
        for spelling in (title, title.upper(), title.lower(), unicodedata.normalize("NFD", title)):
            assert legacy.detect(spelling) is None, spelling


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_titles_of_ours_are_recognised_and_converted_right_or_not_at_all(encoding: str) -> None:
    titles = [clean(title).text for title in own_titles()][::37]
    missed = 0
    for title in titles:
        cleaned, found = legacy.clean_any(office.in_legacy(title, encoding))
        missed += found is None and not title.isascii()
        assert found is None or cleaned.text.lower() == title.lower(), (title, cleaned.text)
    assert missed <= 0.01 * len(titles)


SOUND = [
    "", "Ke hoach 26", "hoàn toàn", "và xã hội", "Café à la carte", "São Paulo, Nestlé, Citroën, Müller, El Niño", "Kế hoạch của Nestlé và Müller",
    "Đo độ dày 5 µm và 3 µm", "5 µm", "5 µm and 3 µm", "± 2 °C, 10 m², ½ diện tích, © 2019, «Ngày hội»", "XÃ\u00a0LỘC, XÃ\u00a0HÒA",
    "QÐ-UBND, ðất đai", "huyện Krông Nô", "Déclaration de résidence à l'étranger", "Übung für Fortgeschrittene", "Año nuevo, niño pequeño",
    "Invitation to the annual general meeting", "Привет мир", "会议通知", "Giá – 5 000 €",
]  # fmt: skip


@pytest.mark.parametrize("text", SOUND)
def test_sound_text_is_never_converted(text: str) -> None:
    assert legacy.detect(text) is None
    assert legacy.clean_any(text) == (clean(text), None)


SYLLABLES = [
    "về",
    "việc",
    "phê",
    "duyệt",
    "kế",
    "hoạch",
    "của",
    "Ủy",
    "ban",
    "nhân",
    "dân",
    "thành",
    "phố",
    "Đà",
    "Nẵng",
    "hoàn",
    "toàn",
    "xã",
    "hội",
    "tỉnh",
    "2019",
    "UBND",
    "V/v",
    "là",
    "bò",
    "và",
    "hà",
    "nội",
]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=14),
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from([str, str.upper, str.lower]),
)
def test_no_unicode_title_is_ever_converted(words: list[str], form: str, case: object) -> None:
    title = unicodedata.normalize(form, case(" ".join(words)))  # type: ignore[operator, arg-type]
    assert legacy.detect(title) is None


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(max_codepoint=0x7F), max_size=60))
def test_no_ascii_text_is_ever_converted(text: str) -> None:
    assert legacy.detect(text) is None


@settings(deadline=None, max_examples=300)
@given(st.text(st.one_of(st.sampled_from("aeoutnghÕ®ÖµÒ­ ïùøâáñöÄá»‹º‡"), st.characters()), max_size=40))
def test_any_text_is_cleaned_with_a_way_back(raw: str) -> None:
    cleaned, _ = legacy.clean_any(raw)
    assert len(cleaned.text) == len(cleaned.starts) == len(cleaned.ends)
    assert all(0 <= s < e <= len(raw) for s, e in zip(cleaned.starts, cleaned.ends, strict=True))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_last_letter_has_its_place(encoding: str) -> None:
    coded = office.in_legacy("Thông báo về đê", encoding)
    cleaned, _ = legacy.clean_any(coded)
    assert (cleaned.text[-1], cleaned.ends[-1]) == ("ê", len(coded))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.sampled_from(ENCODINGS))
def test_a_text_and_its_letters_are_converted_alike(text: str, encoding: str) -> None:
    pieces = legacy.letters(text, encoding)
    assert legacy.to_unicode(text, encoding) == unicodedata.normalize("NFC", "".join(letter for letter, _, _ in pieces))
    assert "".join(text[start:end] for _, start, end in pieces) == text


# ------------------------------------------------------------------ mixed and doubtful


def test_only_what_is_legacy_is_converted_in_a_mixed_text() -> None:
    coded = (
        "Quyết định "
        + office.in_legacy("về việc thành lập", "tcvn3")
        + " Tổ công tác của Ủy ban "
        + office.in_legacy("phường", "tcvn3")
    )
    assert legacy.clean_any(coded)[0].text == "Quyết định về việc thành lập Tổ công tác của Ủy ban phường"


def test_a_title_that_lost_its_soft_hyphens_is_not_half_converted() -> None:
    """ "nước" without its "ư" would become "nớc": nothing is converted, nothing decided."""
    coded = office.in_legacy("Quyết định về việc cấp nước sạch nông thôn", "tcvn3").replace("\u00ad", "")
    assert legacy.detect(coded) is None
    decision = classify(coded)
    assert decision.dispatch == "needs_review"
    assert "không chuyển được chắc chắn" in decision.warnings[0]


def test_bytes_that_were_lost_are_not_guessed() -> None:
    coded = office.in_legacy("Truyền đạt kế hoạch", "mojibake").replace("\x81", "").replace("\x91", "")
    assert legacy.detect(coded) is None


def test_lines_of_a_document_are_converted_as_one() -> None:
    lines = ["Số: 15/QĐ-UB", "", "bé", "Về việc thành lập Tổ công tác", "Plain"]
    coded = [
        office.in_legacy(line, "tcvn3") for line in ["Số: 15/QĐ-UB", "", "bộ", "Về việc thành lập Tổ công tác", "Plain"]
    ]
    lines[2] = "bộ"
    assert [text for text, _ in legacy.convert_lines(coded)] == lines
    assert legacy.convert_lines(lines) == [(line, "") for line in lines]


# ------------------------------------------------------------------ titles


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("title", SAMPLES)
def test_a_converted_title_is_decided_as_the_unicode_one(title: str, encoding: str) -> None:
    title = small_where_it_has_no_capitals(title, encoding)
    wanted, found = classify(title), classify(office.in_legacy(title, encoding))
    assert (found.dispatch, found.lean, found.category, found.loai_van_ban) == (
        wanted.dispatch, wanted.lean, wanted.category, wanted.loai_van_ban,
    )  # fmt: skip
    assert found.p_paper == pytest.approx(wanted.p_paper)
    assert legacy.NAMES[encoding] in found.warnings[0]
    assert f"«{clean(title).text}»" in found.warnings[0]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_spans_point_at_what_was_typed(encoding: str) -> None:
    title = "  Tờ trình  xin chủ trương; đăng ký lịch họp"
    coded = office.in_legacy(title, encoding)
    read_ = facts.read(coded)
    (head,) = [e for e in read_.evidence if e.kind == "loai_van_ban"]
    assert head.span is not None
    assert legacy.to_unicode(coded[slice(*head.span)], encoding) == "Tờ trình"


def test_what_comes_along_is_converted_too() -> None:
    found = facts.read(
        "QuyÕt ®Þnh vÒ viÖc cö c¸n bé",
        so_ky_hieu="15/Q§-UB",
        noi_nhan=["Nh­ trªn", "Toà án nhân dân huyện", "Toà án nhân dân"],
    )
    assert (found.loai, found.so_ky_hieu and found.so_ky_hieu.loai) == ("QĐ", "QĐ")
    assert [r.name for r in found.recipients if "rên" in r.name] == ["Như trên"]
    assert sum("Tòa án nhân dân" in r.name for r in found.recipients) == 2


# ------------------------------------------------------------------ files of text


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("as_bytes", ["utf-8", "latin-1"])
def test_a_text_file(tmp_path: Path, encoding: str, as_bytes: str) -> None:
    """Legacy codes arrive as the bytes that they are, or as Latin letters of a text in Unicode."""
    text = "Số: 15/QĐ-UB\nQUYẾT ĐỊNH\nVề việc thành lập Tổ kiểm tra công tác văn thư\n\nCăn cứ Luật Tổ chức chính quyền địa phương;\n"
    (tmp_path / "a.txt").write_bytes(office.in_legacy(text, encoding).encode(as_bytes))
    (found,) = read(tmp_path / "a.txt")
    assert (found.so_ky_hieu, found.trich_yeu) == ("15/QĐ-UB", "Về việc thành lập Tổ kiểm tra công tác văn thư")
    proper = as_bytes == "latin-1" and encoding in ("mojibake", "cp1258")  # then nothing was misread
    assert found.warnings == (
        ()
        if proper
        else (f"Chữ trong tệp {legacy.NAMES[encoding]}; đã chuyển sang Unicode. Hãy đối chiếu với bản gốc.",)
    )


def test_a_document_that_lost_its_soft_hyphens_is_refused_even_where_one_line_is_sound(tmp_path: Path) -> None:
    lines = [
        "Số: 15/QĐ-UB",
        "QUYẾT ĐỊNH",
        "Về việc cấp nước sạch",
        "Căn cứ Luật Tổ chức chính quyền địa phương",
        "Theo đề nghị của Trưởng phòng",
    ]
    coded = [office.in_legacy(line, "tcvn3").replace("\u00ad", "") for line in lines]
    (tmp_path / "a.txt").write_text("\n".join([*coded, "Người ký: Ủy ban"]), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"TCVN3.*chắc chắn"):
        list(read(tmp_path / "a.txt"))


def test_a_type_at_the_edge_of_a_copied_text_is_no_part_of_the_left_column(tmp_path: Path) -> None:
    lines = [
        f"UBND HUYỆN PHÚ LỘC\t\t{office.COUNTRY[0]}", f"\t\t\t{office.COUNTRY[1]}", "Số: 15/QĐ-UBND\t\tPhú Lộc, ngày 02 tháng 7 năm 2019", "",
        "QUYẾT ĐỊNH", "Về việc thành lập Tổ kiểm tra", "", "Căn cứ Luật;",
    ]  # fmt: skip
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    (found,) = read(tmp_path / "a.txt")
    assert (found.so_ky_hieu, found.loai_van_ban, found.trich_yeu) == (
        "15/QĐ-UBND",
        "QĐ",
        "Về việc thành lập Tổ kiểm tra",
    )


def test_a_letter_that_lost_a_byte_is_not_half_converted() -> None:
    assert legacy.detect("Quyáº¿t Ä‘á»‹nh vá»\x81 viá»‡c") == "mojibake"
    assert legacy.detect("Quyáº¿t Ä‘á»‹nh vá» viá»‡c") is None
