"""The model: features, estimator, predictor, and the folder it is kept in, with every way that can be broken."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score

from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError, ModelError
from vanthu_classifier.model import LoaiVanBanClassifier, Predictor, bundle, load, save
from vanthu_classifier.model.bundle import describe
from vanthu_classifier.model.features import features, lacks_diacritics, names, names_many
from vanthu_classifier.text import clean

MATTERS = (
    "dự toán trường mầm non",
    "kế hoạch sử dụng đất",
    "đường liên thôn",
    "quy chế làm việc",
    "danh sách khen thưởng",
    "giá đất",
)
MOULDS = {
    "QĐ": ("phê duyệt {}", "về việc phê duyệt {}", "ban hành {}", "về việc điều chỉnh {}"),
    "CV": ("V/v góp ý {}", "đôn đốc báo cáo {}", "V/v cung cấp hồ sơ {}", "đề nghị phối hợp rà soát {}"),
    "TB": ("kết luận cuộc họp về {}", "kết quả xét chọn {}", "niêm yết công khai {}", "lịch nghỉ và {}"),
}
TITLES = [mould.format(matter) for moulds in MOULDS.values() for mould in moulds for matter in MATTERS]
CODES = [code for code, moulds in MOULDS.items() for _ in moulds for _ in MATTERS]
FAMILIES = [f"{code}{i}" for code, moulds in MOULDS.items() for i, _ in enumerate(moulds) for _ in MATTERS]


@pytest.fixture(scope="module")
def fitted() -> LoaiVanBanClassifier:
    return LoaiVanBanClassifier(folds=3).fit(TITLES, CODES, groups=FAMILIES)


# ------------------------------------------------------------------ features


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("theo Quyết định số 12/QĐ-UBND", "<số:QĐ>"),
        ("góp ý Công văn 05/UBND-VX", "<số:CV>"),
        ("hội nghị ngày 14/5/2021", "<ngày>"),
        ("kế hoạch năm 2024", "2^<năm>"),
        ("hỗ trợ 1.200 hộ", "2^#"),
        ("VỀ VIỆC PHÊ DUYỆT DỰ TOÁN", "<về việc>"),
        ("Vv phê duyệt dự toán", "^phê duyệt|dự toán"),
        ("V.v: phê duyệt dự toán", "<v/v>"),
        ("phê duyệt dự toán", "<>"),
        ("Về phân bổ ngân sách", "<về>"),
        ("To trinh 12 TTr UBND xin kinh phi", "~^to|trinh"),
        ("Bao cao so 3/BC-UBND ve thuc hien QĐ", "~bao|cao"),
    ],
)
def test_feature(title: str, expected: str) -> None:
    assert expected in names(title)


@pytest.mark.parametrize("title", [*TITLES[::7], "Họp ngày 14/5/2021 theo Giấy mời 12/GM-UBND"])
def test_case_changes_no_feature(title: str) -> None:
    assert names(title.upper()) == names(title) == names(title.lower())


def test_diacritics_are_missing_only_where_nearly_all_are() -> None:
    assert lacks_diacritics("Quyet dinh 82 2016 QĐ UBND ho tro dong gop")
    assert not lacks_diacritics("họp UBND")


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=50), st.sampled_from(TITLES)))
def test_spans_lead_to_the_letters_typed(raw: str) -> None:
    found = features(raw)
    assert [name for name, _ in found] == names(raw) == names(clean(raw))
    for name, span in found:
        if span is not None and name.removeprefix("~").replace(" ", "").isalpha():
            letters = [
                c for c in clean(raw[slice(*span)]).text.lower() if not unicodedata.combining(c)
            ]  # a foreign mark goes with its letter
            assert re.sub(r"[~^|<>]", "", "".join(letters)) == name.removeprefix("~")


SHIPPED = load()
MORE_TITLES = [
    *TITLES[::5],
    "Ke hoach 26 KH UBND 2022 ung dung cong nghe thong tin",
    "Vv thong bao nghi le, thong bao nghi bu",
    "triển khai Nghị định số 30/2020/NĐ-CP và Quyết định số 12/QĐ-UBND ngày 14/5/2021",
    "30/2020/NĐ-CP, 14/5/2021",
    "V/v",
    "",
    "!!!",
    "họp họp họp họp báo, họp báo",
]


def test_columns_are_those_of_the_names() -> None:
    """The vocabulary taken apart finds what looking up every name finds."""
    known = SHIPPED.vocabulary
    rows, columns, counts, number = SHIPPED._index.counted(MORE_TITLES)
    assert number == len(MORE_TITLES)
    for i, title in enumerate(MORE_TITLES):
        wanted = Counter(known[name] for name in names(title) if name in known)
        assert dict(zip(columns[rows == i].tolist(), counts[rows == i].tolist(), strict=True)) == wanted, title


@settings(deadline=None, max_examples=150)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(MORE_TITLES)), max_size=5))
def test_titles_read_together_are_read_alike(titles: list[str]) -> None:
    assert names_many(titles) == [names(title) for title in titles]
    assert np.array_equal(
        SHIPPED.log_odds(titles),
        np.vstack([np.empty((0, len(SHIPPED.classes_))), *(SHIPPED.log_odds([t]) for t in titles)]),
    )


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=30), st.sampled_from(MORE_TITLES)))
def test_a_title_read_for_more_questions_has_the_same_log_odds(title: str) -> None:
    reading = SHIPPED.reading(title)
    assert np.array_equal(reading.log_odds, SHIPPED.log_odds([title])[0])
    assert list(reading.probabilities.values()) == SHIPPED.predict_proba([title])[0].tolist()


# ------------------------------------------------------------------ estimator


def test_learns_what_the_moulds_say(fitted: LoaiVanBanClassifier) -> None:
    asked = ["phê duyệt hồ sơ mời thầu", "V/v góp ý báo cáo", "kết luận cuộc họp giao ban"]
    assert fitted.predict(asked).tolist() == ["QĐ", "CV", "TB"]
    assert fitted.classes_.tolist() == ["CV", "QĐ", "TB"]


def test_probabilities_sum_to_one_and_agree_with_predict(fitted: LoaiVanBanClassifier) -> None:
    probabilities = fitted.predict_proba([*TITLES, "", "hoàn toàn khác"])
    assert probabilities.shape == (len(TITLES) + 2, 3)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (
        fitted.classes_[probabilities.argmax(axis=1)].tolist()
        == fitted.predict([*TITLES, "", "hoàn toàn khác"]).tolist()
    )
    assert fitted.predict_proba([]).shape == (0, 3)


def test_a_title_alone_is_predicted_as_among_others(fitted: LoaiVanBanClassifier) -> None:
    together = fitted.predict_proba(TITLES)
    assert all(
        np.array_equal(fitted.predict_proba([title])[0], row) for title, row in zip(TITLES, together, strict=True)
    )


def test_same_seed_same_model() -> None:
    a, b = (
        LoaiVanBanClassifier(folds=2, random_state=3).fit(TITLES, CODES, groups=FAMILIES).predictor_ for _ in range(2)
    )
    assert a.vocabulary == b.vocabulary
    assert np.array_equal(a.weights, b.weights)
    assert np.array_equal(a.bias, b.bias)


def test_is_a_scikit_learn_estimator() -> None:
    model = LoaiVanBanClassifier(C=2.0, folds=0)
    assert clone(model).get_params() == model.get_params()
    assert cross_val_score(model, TITLES, CODES, cv=2).shape == (2,)
    search = GridSearchCV(model, {"C": [0.01, 5.0]}, cv=2).fit(TITLES, CODES)
    assert search.best_estimator_.predict(["phê duyệt giá đất"]).tolist() == ["QĐ"]
    again = pickle.loads(pickle.dumps(search.best_estimator_))
    assert again.predict(TITLES).tolist() == search.predict(TITLES).tolist()


def test_weights_count_like_copies() -> None:
    plain = LoaiVanBanClassifier(folds=0, min_df=1).fit(["đường liên thôn"] * 2, ["QĐ", "CV"], [3.0, 1.0])
    assert plain.predict(["đường liên thôn"]).tolist() == ["QĐ"]


def test_prior_moves_the_odds_by_its_ratio() -> None:
    even = LoaiVanBanClassifier(folds=0).fit(TITLES, CODES).predictor_
    often = LoaiVanBanClassifier(folds=0, prior={"CV": 0.8, "QĐ": 0.1, "TB": 0.1}).fit(TITLES, CODES).predictor_
    moved = often.log_odds(["giá đất"])[0] - even.log_odds(["giá đất"])[0]
    assert np.isclose(np.exp(moved[0] - moved[1]), 8, rtol=1e-4)
    rare = LoaiVanBanClassifier(folds=0, prior={"CV": 0.8, "QĐ": 0.2}).fit(TITLES, CODES).predictor_
    assert np.isclose(rare.bias[2] - even.bias[2], rare.bias[1] - even.bias[1], atol=1e-5)


def test_calibration_softens_a_model_that_is_too_sure() -> None:
    drawn = np.random.default_rng(0)
    codes = [str(drawn.choice(["QĐ", "CV"])) for _ in TITLES]
    model = LoaiVanBanClassifier(C=1000.0, folds=3, min_df=1).fit(TITLES, codes)
    assert model.temperature_ > 3
    assert LoaiVanBanClassifier(C=1000.0, folds=0, min_df=1).fit(TITLES, codes).temperature_ == 1


def test_calibration_keeps_families_together_and_looks_only_where_asked(fitted: LoaiVanBanClassifier) -> None:
    by_row = LoaiVanBanClassifier(folds=3).fit(TITLES, CODES)
    assert by_row.temperature_ < fitted.temperature_  # rows of a family in both parts look easier than new families are
    nothing = LoaiVanBanClassifier(folds=3).fit(TITLES, CODES, groups=FAMILIES, calibrate=[False] * len(TITLES))
    assert nothing.temperature_ == 1


def test_two_types_and_a_type_in_one_family() -> None:
    two = [i for i, code in enumerate(CODES) if code != "TB"]
    model = LoaiVanBanClassifier(folds=2).fit([TITLES[i] for i in two], [CODES[i] for i in two])
    assert model.predict_proba(["phê duyệt giá đất"])[0][1] > 0.5
    titles, codes = [*TITLES, "Hiến pháp"], [*CODES, "HP"]
    assert "HP" in LoaiVanBanClassifier(folds=3).fit(titles, codes, groups=[*FAMILIES, "hp"]).classes_


def test_fewer_features_keep_the_strongest() -> None:
    model = LoaiVanBanClassifier(folds=0, max_features=12).fit(TITLES, CODES)
    assert len(model.predictor_.vocabulary) == 12
    assert "^phê duyệt" in model.predictor_.vocabulary


def test_refuses_what_is_no_sequence_of_titles(fitted: LoaiVanBanClassifier) -> None:
    for titles in ("một chuỗi", [None], [3]):
        with pytest.raises(ArgumentTypeError):
            fitted.predict(titles)  # type: ignore[arg-type]
        with pytest.raises(ArgumentTypeError):
            LoaiVanBanClassifier().fit(titles, ["QĐ"])  # type: ignore[arg-type]
    with pytest.raises(ArgumentValueError):
        LoaiVanBanClassifier().fit(TITLES, CODES[:-1])


# ------------------------------------------------------------------ why


def test_contributions_name_the_words_for_and_against(fitted: LoaiVanBanClassifier) -> None:
    title = "V/v phê duyệt  giá đất"
    found = fitted.predictor_.contributions(title, "QĐ", k=3)
    weights = {text: weight for text, _, weight in found}
    assert weights["phê duyệt"] > 0 > weights["v/v"]
    assert all(" ".join(title[a:b].lower().split()) == text for text, spans, _ in found for a, b in spans)
    assert [abs(weight) for _, _, weight in found] == sorted((abs(weight) for _, _, weight in found), reverse=True)
    with pytest.raises(KeyError):
        fitted.predictor_.contributions(title, "XX")


def test_contributions_add_up_to_the_difference_the_words_make(fitted: LoaiVanBanClassifier) -> None:
    predictor, title = fitted.predictor_, "phê duyệt kế hoạch"
    total = sum(weight for _, _, weight in predictor.contributions(title, "QĐ", k=100))
    scores = predictor.log_odds([title])[0]
    others = np.exp(np.delete(scores, 1))
    mixed = np.delete(scores - predictor.bias, 1) @ (others / others.sum())
    lead = scores[1] - predictor.bias[1] - mixed
    index = predictor.vocabulary["<>"]  # how the title leads in is evidence as well, and no word carries it
    rows, columns, counts, _ = predictor._index.counted([title])
    vector = dict(zip(columns.tolist(), predictor._values(rows, columns, counts, 1), strict=True))
    silent = (predictor.weights[index][1] - np.delete(predictor.weights[index], 1) @ (others / others.sum())) * vector[
        index
    ]
    assert np.isclose(total + silent, lead, atol=1e-6)


# ------------------------------------------------------------------ the folder


@pytest.fixture
def folder(fitted: LoaiVanBanClassifier, tmp_path: Path) -> Path:
    save(fitted.predictor_, tmp_path / "mine", about={"seed": 1})
    return tmp_path / "mine"


def test_a_round_trip_predicts_the_same(fitted: LoaiVanBanClassifier, folder: Path) -> None:
    again = load(folder)
    assert np.array_equal(again.predict_proba(TITLES), fitted.predict_proba(TITLES))
    assert again.id.startswith("mine-")


def test_the_same_model_gives_the_same_bytes(fitted: LoaiVanBanClassifier, folder: Path, tmp_path: Path) -> None:
    save(fitted.predictor_, tmp_path / "other" / "mine", about={"seed": 1})
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "other" / "mine" / path.name).read_bytes()


def test_saving_replaces_a_model_and_leaves_nothing_beside_it(fitted: LoaiVanBanClassifier, folder: Path) -> None:
    (folder / "arrays.npz").write_bytes(b"an older model")
    save(fitted.predictor_, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["arrays.npz", "manifest.json", "vocabulary.json"]
    assert load(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def _manifest(folder: Path, **changes: Any) -> None:
    """Changes the manifest and seals it again: what is then found out is the change itself."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | changes
    manifest["seal"] = bundle._seal(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def _break(folder: Path, how: str) -> None:
    manifest, arrays = folder / "manifest.json", folder / "arrays.npz"
    match how:
        case "no folder":
            for path in folder.iterdir():
                path.unlink()
        case "no array file":
            arrays.unlink()
        case "manifest is no JSON":
            manifest.write_text("{", encoding="utf-8")
        case "manifest is nested without end":
            manifest.write_text("[" * 100_000, encoding="utf-8")
        case "manifest is a list":
            manifest.write_text("[]", encoding="utf-8")
        case "manifest of another program":
            manifest.write_text('{"name": "app", "format": "web", "icons": []}', encoding="utf-8")
        case "newer format":
            _manifest(folder, format=99)
        case "older format":
            _manifest(folder, format=1)
        case "manifest changed":
            manifest.write_text(
                manifest.read_text(encoding="utf-8").replace('"seed": 1', '"seed": 2'), encoding="utf-8"
            )
        case "files not listed":
            _manifest(folder, files={})
        case "a byte changed":
            data = bytearray(arrays.read_bytes())
            data[len(data) // 2] ^= 1
            arrays.write_bytes(bytes(data))
        case "longer":
            arrays.write_bytes(arrays.read_bytes() + b"\0")
        case "cut":
            arrays.write_bytes(arrays.read_bytes()[:-100])
        case "empty":
            (folder / "vocabulary.json").write_bytes(b"")
        case "classes of another model":
            _manifest(folder, classes=["CV", "QĐ"])
        case "words cut differently":
            _manifest(folder, probe="0", made_with={"underthesea": "8.0"})


@pytest.mark.parametrize(
    ("how", "named", "says"),
    [
        ("no folder", bundle.MissingModelError, "Không có mô hình"),
        ("no array file", bundle.MissingModelError, "Thiếu một tệp"),
        ("manifest is no JSON", bundle.DamagedModelError, "mô tả của mô hình bị hỏng"),
        ("manifest is nested without end", bundle.DamagedModelError, "mô tả của mô hình bị hỏng"),
        ("manifest is a list", bundle.ForeignModelError, "không chứa mô hình"),
        ("manifest of another program", bundle.ForeignModelError, "vanthu models use default"),
        ("newer format", bundle.NewerModelError, "pip install -U vanthu-classifier"),
        ("older format", bundle.OlderModelError, "vanthu train"),
        ("manifest changed", bundle.TamperedModelError, "mô tả của mô hình đã bị thay đổi"),
        ("files not listed", bundle.DamagedModelError, "bị hỏng"),
        ("a byte changed", bundle.TamperedModelError, "đã bị thay đổi"),
        ("longer", bundle.TamperedModelError, "đã bị thay đổi"),
        ("cut", bundle.CutModelError, "bị cắt cụt"),
        ("empty", bundle.CutModelError, "còn 0 byte"),
        ("classes of another model", bundle.DamagedModelError, "bị hỏng"),
        ("words cut differently", bundle.IncompatibleModelError, "underthesea==8.0"),
    ],
)
def test_a_broken_model_is_refused_by_name_with_a_remedy(
    folder: Path, how: str, named: type[ModelError], says: str
) -> None:
    _break(folder, how)
    left = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(named, match=says) as caught:
        load(folder)
    assert isinstance(caught.value, ModelError)
    assert caught.value.exit_code == 4
    assert re.search(r"vanthu (train|models)|pip install", caught.value.remedy)
    assert caught.value.path
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == left


def test_a_model_says_what_it_is_without_being_loaded(folder: Path) -> None:
    (folder / "arrays.npz").unlink()
    said = describe(folder)
    assert (said.folder, said.about) == (folder, {"seed": 1})
    assert said.id.startswith("mine-")


def test_a_pickle_inside_the_arrays_is_not_run(folder: Path, tmp_path: Path) -> None:
    import hashlib

    np.savez(folder / "arrays.npz", idf=np.array([{"run": "me"}], dtype=object), weights=np.zeros(1), bias=np.zeros(1))
    data = (folder / "arrays.npz").read_bytes()
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    _manifest(folder, files=files | {"arrays.npz": {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}})
    with pytest.raises(bundle.DamagedModelError, match="allow_pickle=False"):
        load(folder)


def test_predicting_imports_no_scikit_learn(folder: Path) -> None:
    code = (
        "import sys; from vanthu_classifier.model import load\n"
        f"load({str(folder)!r}).predict_proba(['phê duyệt dự toán'])\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


# ------------------------------------------------------------------ the shipped model


@pytest.fixture(scope="module")
def shipped() -> Predictor:
    return load()


def test_the_shipped_model_is_small_and_says_where_it_comes_from(shipped: Predictor) -> None:
    folder = bundle.default_folder()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5_000_000
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {"seed", "titles", "data"} <= set(manifest["about"])
    assert manifest["figures"]["held_back_families"]["titles"] > 1000
    assert len(shipped.classes_) > 20


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("phê duyệt kết quả lựa chọn nhà thầu gói thầu số 03 thi công đường vào nghĩa trang xã", "QĐ"),
        ("V/v góp ý dự thảo Kế hoạch phát triển kinh tế tập thể năm 2024", "CV"),
        ("V/v đôn đốc nộp báo cáo tự kiểm tra cải cách hành chính", "CV"),
        ("kết luận của Phó Chủ tịch UBND huyện tại cuộc họp về giải phóng mặt bằng", "TB"),
        ("kết quả thực hiện công tác phòng, chống tham nhũng 6 tháng đầu năm 2023", "BC"),
        ("dự hội nghị trực tuyến triển khai nhiệm vụ năm học", "GM"),
        ("đề nghị thẩm định, phê duyệt báo cáo kinh tế - kỹ thuật công trình trụ sở xã", "TTr"),
        ("SỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU CỦA NGHỊ ĐỊNH VỀ QUẢN LÝ CHẤT THẢI VÀ PHẾ LIỆU", "NĐ"),
        ("Bao cao 15 BC UBND 2022 ket qua thuc hien cong tac dan van", "BC"),
    ],
)
def test_the_shipped_model_knows_plain_cases(shipped: Predictor, title: str, code: str) -> None:
    assert shipped.predict([title])[0] == code


def test_saving_never_takes_other_files_along(tmp_path: Path, fitted: LoaiVanBanClassifier) -> None:
    foreign = tmp_path / "ho_so"
    foreign.mkdir()
    (foreign / "quan_trong.txt").write_text("giữ lại", encoding="utf-8")
    with pytest.raises(ModelError, match="tệp khác"):
        save(fitted.predictor_, foreign)
    assert (foreign / "quan_trong.txt").read_text(encoding="utf-8") == "giữ lại"
    save(fitted.predictor_, tmp_path / "mo_hinh")
    (tmp_path / "mo_hinh" / "CARD.md").write_text("ghi chú", encoding="utf-8")
    save(fitted.predictor_, tmp_path / "mo_hinh")
    assert (tmp_path / "mo_hinh" / "CARD.md").read_text(encoding="utf-8") == "ghi chú"
