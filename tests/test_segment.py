"""Words: the same as underthesea's own, offsets that lead back, protected spans whole, and nothing left behind."""

from __future__ import annotations

import itertools
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier import _underthesea, labels
from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.segment import END, WHOLE, lower, protect, texts, words
from vanthu_classifier.text import clean
from vanthu_classifier.training.titles import read

TITLES = (
    "V/v góp ý dự thảo Nghị quyết của Hội đồng nhân dân tỉnh về mức chi bồi dưỡng",
    "phê duyệt kết quả lựa chọn nhà thầu gói thầu số 05 thi công đường vào trường mầm non Bình Minh",
    "KẾT LUẬN CỦA PHÓ CHỦ TỊCH UBND HUYỆN TẠI CUỘC HỌP GIAO BAN THÁNG 9",
    "họp Hội đồng thẩm định giá đất (8h00, thứ Sáu ngày 17/3/2023), phòng họp số 2",
    "tăng cường phòng, chống cháy nổ mùa khô 2021-2022; bảo vệ rừng đầu nguồn...",
    "Ke hoach 26 KH UBND 2021 trong cay xanh",
    "cấp kinh phí 1.250.000.000 đồng cho Trạm Y tế xã A Roàng (đợt 2)",
    "https://vanban.example.vn/tra-cuu?so=12 và thư điện tử vanthu@example.vn",
    "nghành giáo dục, tỷ lệ 12,5% - 13%",
    "đ/c Nguyễn Văn Tám dự; v.v.",
)

TITLES_IN_LOWER_CASE = [" ".join(clean(title).text.lower().split()) for title in TITLES]

# A title, what is protected in it, its words.
CASES = [
    ("phê duyệt kế hoạch", [], ["phê duyệt", "kế hoạch"], "words of two syllables"),
    ("CÔNG TÁC VĂN THƯ", [], ["công tác", "văn thư"], "capitals are joined wrongly unless lowered"),
    (
        "theo Quyết định 40/2018/QĐ-UBND của tỉnh",
        ["40/2018/QĐ-UBND"],
        ["theo", "quyết định", "40/2018/qđ-ubnd", "của", "tỉnh"],
        "a symbol",
    ),
    (
        "từ 14/5/2021 đến 15 / 5 / 2021",
        ["14/5/2021", "15 / 5 / 2021"],
        ["từ", "14/5/2021", "đến", "15 / 5 / 2021"],
        "dates, one with blanks",
    ),
    ("học kỳ I", ["kỳ"], ["học", "kỳ", "i"], "never joined, even where it would be"),
    ("15/KH-UBND", ["15/KH-UBND"], ["15/kh-ubnd"], "nothing but the span"),
    ("", [], [], "nothing"),
    ("   ", [], [], "blanks only"),
]


@pytest.mark.parametrize(("text", "kept", "expected"), [case[:3] for case in CASES], ids=[case[3] for case in CASES])
def test_words(text: str, kept: list[str], expected: list[str]) -> None:
    spans = [(text.index(part), text.index(part) + len(part)) for part in kept]
    assert [word.text for word in words(text, spans)] == expected


WRITTEN = [title.text for title in read(Path(__file__).parent.parent / "training_data" / "titles")][::20]


@pytest.mark.parametrize("texts", [TITLES, WRITTEN], ids=["difficult", "one in twenty of the training titles"])
def test_same_words_as_underthesea(texts: Sequence[str]) -> None:
    from underthesea import word_tokenize

    for text in texts:
        cleaned = clean(text).text.lower()
        assert _joined(cleaned) == word_tokenize(cleaned)


def _joined(cleaned: str) -> list[str]:
    forms = [form for form, _, _ in _underthesea.tokens(cleaned)]
    joined: list[str] = []
    for form, follows in zip(forms, _underthesea.continues(forms), strict=True):
        if follows:
            joined[-1] += " " + form
        else:
            joined.append(form)
    return joined


VOCABULARY = sorted({form for title in TITLES for form, _, _ in _underthesea.tokens(clean(title).text.lower())})


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=25))
def test_same_labels_as_the_tagger(forms: list[str]) -> None:
    assert _underthesea.continues(forms) == _underthesea.reference_continues(forms)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Zs", "Cc")), min_size=1, max_size=6), max_size=8))
def test_same_labels_as_the_tagger_for_any_letters(forms: list[str]) -> None:
    forms = [lower(form) for form in forms if form.split() == [form]]
    assert _underthesea.continues(forms) == _underthesea.reference_continues(forms)


def _best(*rows: list[float]) -> tuple[list[list[bool]], list[bool]]:
    """The labels of each row, and whether they are too close."""
    of_row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    found, close = labels.best(np.concatenate(rows), of_row, ((0.0, 0.0), (0.0, 0.0)))
    return [found[of_row == i].tolist() for i in range(len(rows))], [
        bool(close[of_row == i].all()) for i in range(len(rows))
    ]


def test_a_choice_too_close_is_seen_in_its_own_row() -> None:
    found, close = _best([1.0, 0.5, -0.5], [1.0, 0.0], [-2.0], [3.0, -1.0, 1.0, 1.0])
    assert close == [False, True, False, False]
    assert found[0] == [False, True, False]
    assert found[3] == [False, False, True, True]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.lists(st.floats(-3, 3), min_size=1, max_size=6), min_size=1, max_size=5),
    st.tuples(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), st.tuples(st.floats(-2, 2), st.floats(-2, 2))),
)
def test_best_labels_are_the_heaviest_of_all(rows: list[list[float]], moves: labels.Moves) -> None:
    of_row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    found, close = labels.best(np.concatenate(rows), of_row, moves)
    for i, row in enumerate(rows):
        if not close[of_row == i].any():
            ways = itertools.product((False, True), repeat=len(row))
            heaviest = max(
                ways,
                key=lambda way: (
                    sum(w for w, on in zip(row, way, strict=True) if on) + sum(moves[a][b] for a, b in pairwise(way))
                ),
            )
            assert found[of_row == i].tolist() == [False, *heaviest[1:]]


def test_a_text_too_close_to_tell_is_left_to_the_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    segmenter = _underthesea._loaded()
    expected = segmenter.words(TITLES_IN_LOWER_CASE)
    doubted = TITLES_IN_LOWER_CASE[2].split()

    def nothing_is_certain_there(labeller: labels.Labeller, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found, close = certain(labeller, row)
        numbers = [n for stretch in doubted for n in segmenter.numbers[stretch]]
        [start] = [i for i in range(len(row)) if row[i : i + len(numbers)].tolist() == numbers]
        found[start : start + len(numbers)] = False
        close[start : start + len(numbers)] = True
        return found, close

    certain = labels.Labeller.continues
    monkeypatch.setattr(labels.Labeller, "continues", nothing_is_certain_there)
    assert segmenter.words(TITLES_IN_LOWER_CASE) == expected


def test_unknown_model_file_is_left_to_the_tagger(tmp_path: Path) -> None:
    path = tmp_path / "models.bin"
    for content in (b"", b"lCRF" + bytes(60), b"other" * 20):
        path.write_bytes(content)
        with pytest.raises(_underthesea._UnknownFormatError):
            _underthesea._read_weights(path, ["T[0]"], set())
    for template in ("T[-3,0].shape", "T[0,1].isdigit"):
        with pytest.raises(_underthesea._UnknownFormatError):
            _underthesea._read_weights(path, [template], set())
    known = _underthesea._loaded()
    without = _underthesea._Segmenter(known.expression, known.mended, None, known.tagger)
    assert without.words(TITLES_IN_LOWER_CASE) == known.words(TITLES_IN_LOWER_CASE)
    for title in TITLES_IN_LOWER_CASE:
        forms = [form for form, _, _ in known.tokens(title)]
        assert without.continues(forms) == known.continues(forms)


def test_many_texts_have_the_words_of_each() -> None:
    together = texts(["", *TITLES_IN_LOWER_CASE, ""])
    assert together == [word for title in ("", *TITLES, "") for word in (*(w.text for w in words(title)), END)]


def test_a_protected_stretch_is_one_word() -> None:
    for text, kept, expected, _ in CASES:
        spans = {(text.index(part), text.index(part) + len(part)): f"<{i}>" for i, part in enumerate(kept)}
        found = [word.strip() for word in texts([protect(lower(text), spans)])]
        said = [
            f"{WHOLE}<{kept_in_lower_case.index(word)}>"
            if word in (kept_in_lower_case := [lower(k) for k in kept])
            else word
            for word in expected
        ]
        assert [word for word in found if word] == [*said, END]


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=60), st.sampled_from(TITLES)), st.data())
def test_offsets_lead_back_and_spans_stay_whole(raw: str, data: st.DataObject) -> None:
    text = clean(raw).text
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4, unique=True)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    found = words(text, spans)
    assert all(word.text == lower(text)[word.start : word.end] for word in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert set(spans) <= {(word.start, word.end) for word in found}
    covered = {i for word in found for i in range(word.start, word.end)}
    assert all(text[i].isspace() for i in set(range(len(text))) - covered)


def test_words_do_not_depend_on_calls_before() -> None:
    forwards = [words(title) for title in TITLES]
    words.__globals__["_words"].cache_clear()
    assert [words(title) for title in reversed(TITLES)] == forwards[::-1]


def test_overlapping_and_outside_spans_are_refused() -> None:
    for spans in ([(0, 3), (2, 5)], [(-1, 2)], [(3, 99)]):
        with pytest.raises(ArgumentValueError):
            words("kế hoạch năm", spans)


def test_lower_keeps_offsets() -> None:
    assert lower("İĐÔNG") == "İđông"


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_loading_leaves_the_root_logger_alone() -> None:
    code = (
        "import logging; mine = logging.NullHandler(); logging.getLogger().addHandler(mine)\n"
        "from vanthu_classifier.segment import words; words('kế hoạch')\n"
        "print(logging.getLogger().handlers == [mine])"
    )
    assert _python(code) == "True"
    assert all("underthesea" not in type(handler).__module__ for handler in logging.getLogger().handlers)


def test_nothing_is_loaded_before_the_first_title() -> None:
    code = "import sys, vanthu_classifier.segment; print([m for m in ('underthesea', 'numpy', 'sklearn') if m in sys.modules])"
    assert _python(code) == "[]"


def test_threads_get_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [words(title) for title in TITLES]
    words.__globals__["_words"].cache_clear()
    monkeypatch.setattr(_underthesea, "_segmenter", None)
    results: list[list[object]] = [[] for _ in range(6)]

    def run(out: list[object]) -> None:
        out += [words(title) for title in TITLES]

    threads = [threading.Thread(target=run, args=(out,)) for out in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(out == expected for out in results)
