"""An office's own model: what is learned from a register and what is not, old against new, which model is in use."""

import csv
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from office_files import digests, xlsx
from vanthu_classifier import cli, store
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import ArgumentValueError, InputError, ModelError, TrainingDataError
from vanthu_classifier.evaluation import Share, Shares
from vanthu_classifier.model import LoaiVanBanClassifier, load, save
from vanthu_classifier.model.bundle import describe
from vanthu_classifier.training import own, register
from vanthu_classifier.training.own import Outcome, Shipped, Verdict, compare
from vanthu_classifier.training.register import Reason, RegisterData
from vanthu_classifier.training.titles import Title

HEADINGS = ("Số, ký hiệu", "Trích yếu")
own_shipped = own.shipped  # itself, before the tests put a few titles in its place
Row = Sequence[str | None]

# ------------------------------------------------------------------ small registers, written here

WHAT = {
    "QĐ": ("phê duyệt dự toán {}", "thành lập tổ quản lý {}", "giao chỉ tiêu xây dựng {}"),
    "CV": ("V/v đôn đốc báo cáo tiến độ {}", "V/v góp ý dự thảo phương án {}", "V/v phối hợp kiểm tra {}"),
    "BC": ("kết quả thực hiện công tác {}", "tình hình quản lý {} sáu tháng đầu năm"),
    "TTr": ("đề nghị phê duyệt chủ trương đầu tư {}", "xin bổ sung kinh phí sửa chữa {}"),
}
SYMBOLS = {"QĐ": "QĐ-UBND", "CV": "UBND-VX", "BC": "BC-UBND", "TTr": "TTr-UBND"}
PLACES = ("thôn Đông", "thôn Tây", "xóm Thượng", "xóm Hạ", "tổ dân phố Bắc", "tổ dân phố Nam", "bản Mới", "khu Chợ")
MATTERS = ("đường liên thôn", "trạm y tế", "trường mầm non", "chợ", "kênh tưới", "nhà văn hóa")


def _register_rows(skip: int = 0) -> list[Row]:
    """Rows of one wording each, the type in the symbol alone."""
    rows: list[Row] = []
    for code, wordings in WHAT.items():
        for wording, matter, place in itertools.product(wordings, MATTERS, PLACES):
            rows.append((f"{len(rows) + 1}/{SYMBOLS[code]}", wording.format(f"{matter} {place}")))
    return rows[skip:]


def _csv(path: Path, rows: Sequence[Row], headings: Row = HEADINGS) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


def _shipped() -> Shipped:
    """A few titles in the place of the shipped ones, which take minutes."""
    wordings = {
        "QĐ": ("phê duyệt kết quả lựa chọn nhà thầu {}", "bổ nhiệm phó phòng phụ trách {}"),
        "CV": ("V/v triển khai kế hoạch {}", "V/v cung cấp số liệu {}"),
        "BC": ("kết quả công tác {}", "tổng kết phong trào {}"),
        "TTr": ("xin chủ trương {}", "đề nghị bổ sung kinh phí {}"),
        "GM": ("họp bàn về {}", "dự hội nghị {}"),
    }
    fields = ("y tế", "giáo dục", "đất đai", "nông nghiệp", "giao thông")
    texts = [(w.format(f), code) for code, ws in wordings.items() for w in ws for f in fields]
    titles = tuple(Title(text, code, i, "test", "test", i + 1) for i, (text, code) in enumerate(texts))
    return Shipped(titles, {"QĐ": 0.3, "CV": 0.4, "BC": 0.1, "TTr": 0.1, "GM": 0.1})


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own state; the titles beside the register are few."""
    monkeypatch.setenv("VANTHU_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(own, "shipped", _shipped)


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in use that knows the shipped titles alone."""
    return _saved(tmp_path_factory.mktemp("dang_dung") / "cu", _shipped().titles)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _csv(tmp_path_factory.mktemp("so") / "so_di.csv", _register_rows())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, office: Path, weak: Path) -> Outcome:
    out = tmp_path_factory.mktemp("moi") / "mo_hinh"
    return own.train([office], out, old=weak, learning_curve=True, together_with=_shipped())


def _saved(folder: Path, titles: Sequence[Title]) -> Path:
    model = LoaiVanBanClassifier(min_df=1, folds=0).fit([t.text for t in titles], [t.code for t in titles])
    save(model.predictor_, folder)
    return folder


def _read(tmp_path: Path, *rows: Row, headings: Row = HEADINGS) -> RegisterData:
    """The rows among enough others to learn from."""
    return register.read([_csv(tmp_path / "so.csv", [*rows, *_register_rows()], headings)])


# ------------------------------------------------------------------ what is learned


def test_the_symbol_is_the_label(office: Path) -> None:
    data = register.read([office])
    assert len(data) == data.seen == len(_register_rows())
    assert set(data.codes) == set(WHAT)
    assert data.skipped == {}
    title = data.titles[0]
    assert (title, data.codes[0], data.symbols[0]) == ("phê duyệt dự toán đường liên thôn thôn Đông", "QĐ", "1/QĐ-UBND")


NOT_LEARNED = [
    # row, reason, what the note names
    (("12/QĐ-UBND", ""), Reason.NO_TITLE, ""),
    (("", "phê duyệt quy hoạch chi tiết khu dân cư"), Reason.NO_SYMBOL, ""),
    (("20/2023/QH15", "Luật Hợp tác xã"), Reason.NO_TYPE, ""),
    (("14/5/2021", "phê duyệt quy hoạch chi tiết khu dân cư"), Reason.NO_TYPE, "dãy số"),
    (("127-QĐ/TW", "phân công nhiệm vụ cấp ủy viên"), Reason.PARTY, ""),
    (("15-CV/TU", "V/v chuẩn bị nội dung hội nghị"), Reason.PARTY, ""),
    (("03/SY-UBND", "Quyết định về việc giao biên chế"), Reason.COPY, ""),
    (("13/QĐ-UBND", "Quy?t d?nh v? vi?c phê duy?t d? toán"), Reason.UNREADABLE_TITLE, ""),
    (("13/QĐ-UBND", "12345"), Reason.UNREADABLE_TITLE, ""),
    (("13/QĐ-UBND", "Decision on the approval of the annual budget"), Reason.UNREADABLE_TITLE, ""),
    (("61/TB-UBND", "Chương trình làm việc với đoàn kiểm tra"), Reason.CONTRADICTION, "«Chương trình»"),
    (("62/KH-UBND", "Tờ trình xin chủ trương sửa chữa trụ sở"), Reason.CONTRADICTION, "«Tờ trình»"),
]


@pytest.mark.parametrize(("row", "reason", "note"), NOT_LEARNED, ids=[f"{r[1]} {r[0][0]}" for r in NOT_LEARNED])
def test_what_is_not_learned_is_counted_and_shown(tmp_path: Path, row: Row, reason: Reason, note: str) -> None:
    data = _read(tmp_path, row)
    assert data.skipped == {reason: 1}
    assert len(data) == data.seen - 1
    assert row[1] not in data.titles
    [example] = data.examples
    assert (example.reason, example.path, example.row, example.so_ky_hieu) == (reason, "so.csv", 2, row[0])
    assert note in example.note


LEARNED = [
    (("61/TB-UBND", "Thông báo kết luận kiểm tra công tác văn thư"), "TB"),  # both say the same
    (("12/TC-KH", "V/v thẩm tra quyết toán"), "CV"),  # a letter of the finance office
    (("584 /TTr - UBND", "xin kinh phí mua máy tính"), "TTr"),
    (("05/QĐ-UBND", "Dự thảo quy chế làm việc của tổ công tác"), "QĐ"),  # a form is no contradiction
    (("40/2018/QĐ-UBND", "quy định danh mục văn bản điện tử"), "QĐ"),
]


@pytest.mark.parametrize(("row", "code"), LEARNED, ids=[r[0][0] for r in LEARNED])
def test_what_looks_odd_and_is_learned(tmp_path: Path, row: tuple[str, str], code: str) -> None:
    data = _read(tmp_path, row)
    assert data.skipped == {}
    assert (data.titles[0], data.codes[0]) == (row[1], code)


def test_the_registers_own_column_can_contradict_too(tmp_path: Path) -> None:
    rows = [(number, "Quyết định" if "QĐ" in str(number) else "", title) for number, title in _register_rows()]
    data = register.read(
        [
            _csv(
                tmp_path / "so.csv",
                [("9/KH-UBND", "Báo cáo", "kiểm tra công tác văn thư"), *rows],
                ("Số, ký hiệu", "Loại văn bản", "Trích yếu"),
            )
        ]
    )
    assert data.skipped == {Reason.CONTRADICTION: 1}
    assert "«Báo cáo»" in data.examples[0].note
    assert "«Kế hoạch»" in data.examples[0].note


def test_duplicates_and_near_duplicates_are_learned_once(tmp_path: Path) -> None:
    title = "cấp phép xây dựng nhà ở số {} cho hộ dân"
    data = _read(
        tmp_path,
        ("901/QĐ-UBND", title.format(1)),
        ("902/QĐ-UBND", "  Cấp phép xây dựng nhà ở số 1  cho hộ dân"),  # other spelling
        ("903/QĐ-UBND", title.format(2)),
        ("904/UBND-XD", title.format(1)),  # another type: how unsure the type is
    )
    assert data.skipped == {Reason.DUPLICATE: 1, Reason.NEAR_DUPLICATE: 1}
    learned = [(t, c) for t, c in zip(data.titles, data.codes, strict=True) if "cấp phép" in t.lower()]
    assert learned == [(title.format(1), "QĐ"), (title.format(1), "CV")]


def test_a_family_is_what_differs_in_numbers_names_and_lead(tmp_path: Path) -> None:
    data = _read(
        tmp_path,
        ("1/QĐ-UBND", "Về việc bổ nhiệm ông Trần Văn Mẫu giữ chức Trưởng thôn"),
        ("2/QĐ-UBND", "bổ nhiệm ông Lê Thị Thử giữ chức Trưởng thôn"),
        ("3/QĐ-UBND", "THÀNH LẬP HỘI ĐỒNG THẨM ĐỊNH GIÁ"),
        ("4/QĐ-UBND", "THÀNH LẬP ĐOÀN KIỂM TRA LIÊN NGÀNH"),
    )
    one, other, third, fourth = data.families[:4]
    assert one == other
    assert len({one, third, fourth}) == 3  # capitals throughout are no names


def test_several_registers_of_several_kinds(tmp_path: Path) -> None:
    rows = _register_rows()
    book = xlsx(
        tmp_path / "so.xlsx",
        {"Quý I": [["SỔ ĐĂNG KÝ VĂN BẢN ĐI"], [], HEADINGS, *rows[:200]], "Quý II": [HEADINGS, *rows[200:300]]},
    )
    data = register.read([book, _csv(tmp_path / "so.csv", rows[250:])])
    assert data.seen == 300 + len(rows) - 250
    assert data.skipped == {Reason.DUPLICATE: 50}
    assert data.examples[0].path == "so.csv"
    assert len(data.examples) == register.EXAMPLES


# ------------------------------------------------------------------ too little, or no register


def test_too_little_says_how_much_there_was_and_what_is_needed(tmp_path: Path) -> None:
    rows = [("1/QĐ-UBND", ""), *_register_rows()[:50]]
    with pytest.raises(TrainingDataError, match=r"51 dòng, dùng được 50 dòng.*không có trích yếu: 1") as error:
        register.read([_csv(tmp_path / "so.csv", rows)])
    assert str(register.LEAST_ROWS) in error.value.remedy


def test_one_type_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    only = [(n, t) for n, t in _register_rows() if "QĐ" in str(n)]
    rows = [*only, *((n, f"{t} bổ sung") for n, t in only)]
    assert len(rows) >= register.LEAST_ROWS
    with pytest.raises(TrainingDataError, match="hai loại"):
        register.read([_csv(tmp_path / "so.csv", rows)])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("khong_co.csv", None),
        ("rong.csv", b""),
        ("so.xlsx", b"PK\x03\x04damaged"),
        ("van_ban.txt", "Kính gửi: Sở".encode()),
    ],
)
def test_what_is_no_register_is_an_error_of_the_training_data(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingDataError) as error:
        register.read([path])
    assert error.value.exit_code == 5
    assert name in str(error.value.path)


# ------------------------------------------------------------------ the part held back


def test_the_part_held_back_is_never_learned(
    tmp_path: Path, office: Path, weak: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[set[str]] = []
    fit = LoaiVanBanClassifier.fit

    def watched(self: LoaiVanBanClassifier, titles: list[str], *args: object, **more: object) -> LoaiVanBanClassifier:
        fitted.append(set(titles))
        return fit(self, titles, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(LoaiVanBanClassifier, "fit", watched)
    outcome = own.train([office], tmp_path / "moi", old=weak, learning_curve=True)
    asked = set(outcome.data.titles)
    *tried, final = fitted
    assert final >= asked
    assert len(tried) == len(own.CURVE)
    learned = set.union(*tried) & asked
    held_back = asked - learned
    assert (len(learned), len(held_back)) == (outcome.learned, outcome.held_back)
    assert outcome.new.rows == outcome.old.rows == outcome.held_back
    families = dict(zip(outcome.data.titles, outcome.data.families, strict=True))
    assert not {families[t] for t in learned} & {families[t] for t in held_back}


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_the_part_held_back_has_its_share_and_whole_families(share: float) -> None:
    families = [i // 3 for i in range(600)]
    learned, held_back = own._parted(families, share, seed=1)
    assert sorted([*learned, *held_back]) == list(range(600))
    assert share * 600 <= len(held_back) < share * 600 + 3
    assert not {families[i] for i in learned} & {families[i] for i in held_back}
    assert own._parted(families, share, seed=1) == (learned, held_back)
    assert own._parted(families, share, seed=2) != (learned, held_back)


def test_the_new_model_is_better_where_it_learned(trained: Outcome) -> None:
    assert trained.new.type_acc.value == 1.0
    assert (trained.old.type_acc.value or 0.0) < 0.9
    assert trained.verdict == compare(trained.old, trained.new)
    rows = [step.rows for step in trained.curve]
    assert rows == sorted(rows)
    assert rows[-1] == trained.learned
    assert trained.curve[-1].figures == trained.new


def test_what_was_learned_is_used(trained: Outcome) -> None:
    [decision] = DispatchClassifier(model=trained.folder).decisions(
        [{"trich_yeu": "V/v góp ý dự thảo phương án kênh tưới xã Mẫu"}]
    )
    assert decision.loai_van_ban == "CV"
    assert decision.model == trained.model


def test_a_type_that_only_the_shipped_titles_have_stays_possible(trained: Outcome) -> None:
    model = load(trained.folder)
    assert "GM" in model.classes_
    assert model.predict(["dự hội nghị giáo dục"]).tolist() == ["GM"]


def test_the_manifest_says_what_the_model_was_made_from(trained: Outcome, office: Path, weak: Path) -> None:
    manifest = json.loads((trained.folder / "manifest.json").read_text(encoding="utf-8"))
    about, figures = manifest["about"], manifest["figures"]
    assert manifest["id"] == trained.model
    assert about["parent"] == trained.parent == load(weak).id
    assert about["data"] == trained.data.hash
    assert [name for name, _ in about["registers"]] == [office.name]
    assert about["rows"]["held_back"] == trained.held_back
    assert about["types"] == dict(sorted(Counter(trained.data.codes).items()))
    assert figures["held_back"]["type_acc"] == 1.0
    assert figures["held_back_old"]["type_acc"] < 0.9


def test_the_same_seed_gives_the_same_files(tmp_path: Path, office: Path, weak: Path, trained: Outcome) -> None:
    again = own.train([office], tmp_path / "mo_hinh", old=weak)
    assert digests(again.folder) == digests(trained.folder)


def test_nothing_is_overwritten(tmp_path: Path, office: Path, weak: Path) -> None:
    out = tmp_path / "da_co"
    out.mkdir()
    (out / "ghi_chu.txt").write_text("của tôi", encoding="utf-8")
    with pytest.raises(InputError, match="không bị ghi đè"):
        own.train([office], out, old=weak)
    assert (out / "ghi_chu.txt").read_text(encoding="utf-8") == "của tôi"
    assert [p.name for p in out.iterdir()] == ["ghi_chu.txt"]


@pytest.mark.parametrize("share", [0.0, 0.04, 0.51, float("nan")])
def test_a_share_that_means_nothing(tmp_path: Path, office: Path, share: float) -> None:
    with pytest.raises(ArgumentValueError):
        own.train([office], tmp_path / "moi", test_share=share)


def test_a_failed_run_leaves_nothing(tmp_path: Path, weak: Path) -> None:
    with pytest.raises(TrainingDataError):
        own.train([_csv(tmp_path / "so.csv", _register_rows()[:20])], tmp_path / "moi", old=weak)
    assert [p.name for p in tmp_path.iterdir()] == ["so.csv"]


def test_progress_goes_from_the_first_step_to_the_last(tmp_path: Path, office: Path, weak: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    own.train([office], tmp_path / "moi", old=weak, on_progress=lambda *step: seen.append(step))
    done = [steps for _, steps, _ in seen]
    assert done == sorted(done)
    assert seen[0][1] == 0
    assert seen[-1][1] == seen[-1][2]


# ------------------------------------------------------------------ not worse


def _shares(*, dangerous: int = 2, right: int = 292, answered: int = 300, wasteful: int = 6) -> Shares:
    return Shares(
        rows=500,
        fixed=400,
        coverage=Share(answered, 400),
        right=Share(right, answered),
        dangerous=Share(dangerous, 400),
        wasteful=Share(wasteful, 400),
        type_acc=Share(400, 500),
    )


OLD = _shares()
# One standard error of 300/400 answered is 0.0216, of 292/300 right 0.0101.
RULE = [
    ("more answers, all as right", _shares(right=312, answered=320), True),
    ("one missing paper less", _shares(dangerous=1, right=293), True),
    ("one missing paper more, far more answers", _shares(dangerous=3, right=390, answered=398), False),
    ("the same", OLD, False),
    ("types better, answers the same", replace(OLD, type_acc=Share(450, 500)), False),
    ("fewer answers within the noise, less waste", _shares(right=288, answered=292, wasteful=2), True),
    ("fewer answers beyond the noise, less danger", _shares(dangerous=0, right=289, answered=291, wasteful=2), False),
    ("less right within the noise, far more answers", _shares(right=358, answered=370, wasteful=10), True),
    ("less right beyond the noise, far more answers", _shares(right=374, answered=390, wasteful=14), False),
]


@pytest.mark.parametrize(("new", "taken"), [r[1:] for r in RULE], ids=[r[0] for r in RULE])
def test_not_worse(new: Shares, taken: bool) -> None:
    verdict = compare(OLD, new)
    assert verdict.taken is taken
    assert bool(verdict.against) is not taken


def test_nothing_measured_is_nothing_better() -> None:
    nothing = Shares(0, 0, *(Share(0, 0) for _ in range(5)))
    assert not compare(nothing, nothing).taken


# ------------------------------------------------------------------ which one is in use


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    titles = _shipped().titles
    return _saved(tmp_path / "mot", titles), _saved(tmp_path / "hai", titles[:-5])


def test_use_and_rollback(two: tuple[Path, Path]) -> None:
    one, other = two
    assert store.current() == "default"
    assert [(e.model, e.in_use) for e in store.entries()] == [("default", True)]
    assert store.use(one) == store.current() == one
    assert store.use(other) == store.current() == other
    assert store.rollback() == store.current() == one
    assert [(e.model, e.in_use, e.there) for e in store.entries()] == [
        ("default", False, True),
        (str(one), True, True),
        (str(other), False, True),
    ]
    assert store.rollback() == store.current() == "default"
    with pytest.raises(ModelError, match="không có mô hình nào trước đó"):
        store.rollback()
    assert (other / "manifest.json").is_file()


def test_the_shipped_model_can_be_chosen_and_left_again(two: tuple[Path, Path]) -> None:
    store.use(two[0])
    assert store.use("default") == store.current() == "default"
    assert store.rollback() == two[0]


def test_choosing_what_is_in_use_changes_nothing(two: tuple[Path, Path]) -> None:
    store.use(two[0])
    before = store.state_file().read_bytes()
    store.use(two[0])
    assert store.state_file().read_bytes() == before


def test_a_relative_folder_is_remembered_whole(two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(two[0].parent)
    store.use("mot")
    monkeypatch.chdir("/")
    assert store.current() == two[0]


def test_a_damaged_model_is_not_taken_into_use(two: tuple[Path, Path]) -> None:
    one, other = two
    store.use(one)
    (other / "arrays.npz").write_bytes(b"cut")
    with pytest.raises(ModelError, match="vanthu models use default"):
        store.use(other)
    assert store.current() == one
    assert (other / "arrays.npz").read_bytes() == b"cut"


def test_a_model_that_has_gone(two: tuple[Path, Path]) -> None:
    one, other = two
    store.use(one)
    store.use(other)
    other.rename(other.with_name("doi_cho"))
    with pytest.raises(ModelError, match="vanthu models rollback") as error:
        store.current()
    assert error.value.exit_code == 4
    assert [e.there for e in store.entries()] == [True, True, False]
    assert store.rollback() == one


def test_code_that_asks_for_the_default_gets_the_shipped_model(two: tuple[Path, Path]) -> None:
    store.use(two[0])
    decision = DispatchClassifier().classify("phê duyệt dự toán sửa chữa trụ sở")
    assert decision.model == load("default").id != load(two[0]).id


DAMAGED = {
    "empty": b"",
    "cut": b'{"format": 1, "in_use": ["/a',
    "no json": b"models",
    "other letters": b"\xff\xfe\x00",
    "a list": b"[]",
    "no history": b'{"format": 1}',
    "a word for a list": b'{"format": 1, "in_use": "mo_hinh", "known": []}',
    "numbers": b'{"format": 1, "in_use": [1], "known": []}',
    "no format": b'{"in_use": [], "known": []}',
    "format 0": b'{"format": 0, "in_use": [], "known": []}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_state_file_is_named_and_left_alone(two: tuple[Path, Path], content: bytes) -> None:
    path = store.state_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    for ask in (store.current, store.entries, store.rollback, lambda: store.use(two[0])):
        with pytest.raises(store.DamagedStateError, match="Đổi tên tệp này") as error:
            ask()  # type: ignore[operator]
        assert (error.value.path, error.value.exit_code) == (str(path), 4)
    assert path.read_bytes() == content


def test_a_newer_state_file_asks_for_a_newer_version() -> None:
    path = store.state_file()
    path.parent.mkdir(parents=True)
    path.write_text('{"format": 2}', encoding="utf-8")
    with pytest.raises(store.DamagedStateError, match="pip install -U"):
        store.current()


def test_a_home_that_cannot_be_written(tmp_path: Path, two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tep").write_text("", encoding="utf-8")
    monkeypatch.setenv("VANTHU_HOME", str(tmp_path / "tep" / "trong"))
    with pytest.raises(ModelError, match="VANTHU_HOME"):
        store.use(two[0])


# ------------------------------------------------------------------ the commands


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    def _run(*args: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main([str(arg) for arg in args])
        out = capsys.readouterr()
        return int(done.value.code or 0), out.out, out.err

    return _run  # type: ignore[return-value]


def _counts(out: str, label: str) -> list[tuple[str, str]]:
    [line] = [line for line in out.splitlines() if line.startswith(label)]
    return re.findall(r"\((\d+)/(\d+)\)", line)


def test_train_shows_old_against_new_and_takes_the_better_one(run, tmp_path: Path, weak: Path) -> None:  # type: ignore[no-untyped-def]
    store.use(weak)
    rows = [("61/TB-UBND", "Chương trình làm việc với đoàn kiểm tra"), _register_rows()[0], *_register_rows()]
    code, out, err = run("train", _csv(tmp_path / "so.csv", rows), "-o", tmp_path / "moi", "--learning-curve")
    assert (code, err) == (0, "")
    assert "Trích yếu và ký hiệu ghi khác loại: 1" in out
    assert "Lặp lại dòng trước: 1" in out
    assert "so.csv, dòng 2: 61/TB-UBND «Chương trình làm việc với đoàn kiểm tra»: trích yếu ghi «Chương trình»" in out
    (old, of), (new, _) = _counts(out, "Đúng loại văn bản")
    assert int(old) < int(new) == int(of)
    assert "Số dòng của cơ quan được học" in out
    assert "Từ nay dùng mô hình này" in out
    assert store.current() == tmp_path / "moi"
    assert run("models", "rollback")[1] == f"Đang dùng: {weak}\n"


def test_train_leaves_the_old_one_where_it_is_asked_to(run, tmp_path: Path, office: Path, weak: Path) -> None:  # type: ignore[no-untyped-def]
    store.use(weak)
    code, out, _ = run("train", office, "-o", tmp_path / "moi", "--no-use")
    assert code == 0
    assert f"vanthu models use {tmp_path / 'moi'}" in out
    assert store.current() == weak
    assert load(tmp_path / "moi").id.startswith("moi-")


def test_train_leaves_the_old_one_where_the_new_is_no_better(
    run, tmp_path: Path, office: Path, trained: Outcome
) -> None:  # type: ignore[no-untyped-def]
    store.use(trained.folder)
    code, out, _ = run("train", office, "-o", tmp_path / "moi")
    assert code == 0
    assert "Chưa dùng mô hình này, vì:" in out
    assert store.current() == trained.folder


def test_models_list_use(run, two: tuple[Path, Path], trained: Outcome) -> None:  # type: ignore[no-untyped-def]
    one, other = two
    shipped = f"default  (kèm theo, {describe().id})\n"
    assert run("models", "list") == (0, f"* {shipped}", "")
    assert run("models", "use", one) == (0, f"Đang dùng: {one}\n", "")
    assert run("models", "list") == (0, f"  {shipped}* {one}  ({describe(one).id})\n", "")
    store.use(trained.folder)
    store.use(other)
    (other / "arrays.npz").unlink()
    (other / "manifest.json").write_text("{}", encoding="utf-8")
    lines = run("models", "list")[1].splitlines()
    assert re.fullmatch(
        rf"  {re.escape(str(trained.folder))}  \(mo_hinh-[0-9a-f]{{8}}, học {len(_register_rows())} dòng; "
        rf"trên {trained.held_back} dòng để riêng: đúng \d+,\d\d\u00a0%, được trả lời \d+,\d\d\u00a0%\)",
        lines[2],
    )
    assert lines[3] == f"* {other}  (không dùng được: Thư mục này không chứa mô hình của thư viện này.)"
    assert run("models", "use", "default")[1] == "Đang dùng: default\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("khong_co.csv", "Không có tệp này. Ghi đường dẫn"),
        ("", "Đây là một thư mục"),
        ("hong.xlsx", "mở bằng Excel rồi lưu lại dạng .xlsx"),
        ("it.csv", "Sổ có 22 dòng, dùng được 20 dòng thuộc 1 loại văn bản (bỏ qua: văn bản của Đảng: 2)"),
        ("thu.txt", "không phải sổ văn bản. Xuất sổ ra .xlsx"),
    ],
)
def test_a_register_that_cannot_be_used_says_what_to_do(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "hong.xlsx").write_bytes(b"PK\x03\x04 half of it")
    (tmp_path / "thu.txt").write_text("thử", encoding="utf-8")
    party = [("12-QĐ/TU", f"chuẩn y ủy viên chi ủy {place}") for place in PLACES[:2]]
    _csv(tmp_path / "it.csv", [*party, *_register_rows()[:20]])
    with pytest.raises(TrainingDataError, match=re.escape(says)) as caught:
        own.train([tmp_path / name], tmp_path / "moi")
    assert caught.value.exit_code == 5
    assert not (tmp_path / "moi").exists()


def test_exit_codes(run, tmp_path: Path, office: Path, weak: Path) -> None:  # type: ignore[no-untyped-def]
    few = _csv(tmp_path / "it.csv", _register_rows()[:20])
    assert run("train", few, "-o", tmp_path / "moi")[0] == 5
    assert run("train", tmp_path / "khong_co.csv", "-o", tmp_path / "moi")[0] == 5
    assert run("train", office)[0] == 2
    assert run("train", office, "-o", office.parent)[0] == 2
    assert run("models", "rollback")[0] == 4
    code, out, err = run("models", "use", tmp_path / "khong_co")
    assert (code, out) == (4, "")
    assert err.startswith("Lỗi: ")
    store.use(weak)
    store.state_file().write_bytes(b"{")
    for args in (("models", "list"), ("models", "use", "default"), ("train", office, "-o", tmp_path / "moi")):
        code, out, err = run(*args)
        assert (code, out) == (4, "")
        assert str(store.state_file()) in err
    assert not (tmp_path / "moi").exists()


def test_asking_which_model_is_in_use_imports_nothing_heavy() -> None:
    heavy = ("sklearn", "pandas", "underthesea", "numpy", "scipy", "tqdm")
    script = (
        "import sys\nfrom vanthu_classifier import cli_train, store\nstore.current(), store.entries()\n"
        f"found = [m for m in {heavy!r} if m in sys.modules]\nassert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------ the shipped titles


def test_the_shipped_titles_are_read_with_their_prior(tmp_path: Path) -> None:
    folder = tmp_path / "titles" / "to_trinh"
    folder.mkdir(parents=True)
    header = "# type: to_trinh\n# field: khac\n# labelled-by: test\n# written: 2026-11-24\n"
    (folder / "khac.txt").write_text(header + "Tờ trình xin kinh phí sửa chữa nhà văn hóa\n", encoding="utf-8")
    (tmp_path / "prior.toml").write_text(
        '[[register]]\nwho = "x"\nweight = 1\n[register.shares]\n"TTr" = 1\n', encoding="utf-8"
    )
    found = own_shipped(tmp_path)
    assert [(t.text, t.code) for t in found.titles] == [("Tờ trình xin kinh phí sửa chữa nhà văn hóa", "TTr")]
    assert found.prior == {"TTr": 1.0}
    assert found.rows.texts[0] == found.titles[0].text


def test_missing_shipped_titles_are_an_error_of_the_training_data(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError):
        own_shipped(tmp_path)


def test_missing_papers_are_counted_against_the_answers_given() -> None:
    old = _shares(dangerous=6, right=200, answered=210, wasteful=4)
    assert compare(old, _shares(dangerous=7, right=380, answered=390, wasteful=3)).taken
    assert not compare(old, _shares(dangerous=12, right=375, answered=390, wasteful=3)).taken


def test_a_verdict_says_why() -> None:
    assert compare(OLD, _shares(dangerous=4, right=150, answered=160)) == Verdict(
        False,
        (
            "Thiếu bản giấy: 4/160, trước 2/300.",
            "Trả lời đúng: 150/160, trước 292/300.",
            "Được trả lời: 160/400, trước 300/400.",
        ),
    )
