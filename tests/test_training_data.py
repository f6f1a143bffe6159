"""The training titles keep to their guide, and what is made of them keeps to its seed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from vanthu_classifier.errors import TrainingDataError
from vanthu_classifier.loai_van_ban import types
from vanthu_classifier.model import bundle, load
from vanthu_classifier.text import has_diacritics
from vanthu_classifier.training.augment import variants
from vanthu_classifier.training.build import build, figures, main, read_prior
from vanthu_classifier.training.titles import MANIFEST, Title, data_hash, manifest, masked, merged, read, write_manifest

DATA = Path(__file__).resolve().parents[1] / "training_data"

HEADER = "# type: {}\n# field: thu\n# labelled-by: written to this type\n# written: 2026-11\n\n"


def _write(folder: Path, slug: str, name: str, body: str, header: str = HEADER) -> None:
    path = folder / slug / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header.format(slug) + body, encoding="utf-8")


# ------------------------------------------------------------------ reading


def test_blank_lines_separate_families(tmp_path: Path) -> None:
    _write(tmp_path, "quyet_dinh", "a", "phê duyệt dự toán\nphê duyệt quyết toán\n\n\nbổ nhiệm hiệu trưởng\n")
    _write(tmp_path, "cong_van", "b", "góp ý dự thảo luật\n")
    titles = read(tmp_path)
    assert [(t.text, t.code, t.family, t.path, t.line) for t in titles] == [
        ("góp ý dự thảo luật", "CV", 0, "cong_van/b.txt", 6),
        ("phê duyệt dự toán", "QĐ", 1, "quyet_dinh/a.txt", 6),
        ("phê duyệt quyết toán", "QĐ", 1, "quyet_dinh/a.txt", 7),
        ("bổ nhiệm hiệu trưởng", "QĐ", 2, "quyet_dinh/a.txt", 10),
    ]


def test_families_with_the_same_masked_title_are_one(tmp_path: Path) -> None:
    _write(tmp_path, "quyet_dinh", "a", "giao biên chế năm 2021\n\nbổ nhiệm kế toán trưởng\n")
    _write(tmp_path, "quyet_dinh", "b", "Quyết định về việc giao biên chế năm 2023\n\nnâng lương cho công chức\n")
    assert [title.family for title in read(tmp_path)] == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("V/v cử cán bộ tham gia lớp tập huấn", "cử cán bộ tham gia lớp tập huấn", True),
        ("khen thưởng ông Lê Văn An", "khen thưởng ông Trần Thị Bích Ngà", True),
        ("họp tháng 9", "họp tháng 10", True),
        ("Báo cáo công tác dân vận", "Kế hoạch công tác dân vận", True),
        ("phê duyệt dự toán", "phê duyệt quyết toán", False),
    ],
)
def test_masked(one: str, other: str, same: bool) -> None:
    assert (masked(one) == masked(other)) is same


@pytest.mark.parametrize(
    ("slug", "body", "header", "says"),
    [
        ("to_roi", "một tờ rơi\n", HEADER, "to_roi"),
        ("cong_van", "góp ý\n", "# type: {}\n", "labelled-by"),
        ("cong_van", "góp ý\n", HEADER.replace("{}", "ke_hoach"), "type"),
        ("cong_van", "góp ý dự thảo\n\nGóp ý dự thảo\n", HEADER, "lặp lại"),
        ("cong_van", "góp \ufffd dự thảo\n", HEADER, "ký tự hỏng"),
    ],
    ids=["no such type", "header incomplete", "header of another type", "a title twice", "a damaged letter"],
)
def test_what_breaks_the_guide_is_refused(tmp_path: Path, slug: str, body: str, header: str, says: str) -> None:
    _write(tmp_path, slug, "a", body, header)
    with pytest.raises(TrainingDataError, match=says) as caught:
        read(tmp_path)
    assert caught.value.exit_code == 5


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError):
        read(tmp_path)


def test_manifest_says_what_is_there(tmp_path: Path) -> None:
    _write(tmp_path / "titles", "cong_van", "a", "góp ý dự thảo luật\n\nđôn đốc báo cáo\n")
    path = write_manifest(tmp_path / "titles")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == MANIFEST
    assert (told["titles"], told["families"], told["types"]) == (2, 2, {"CV": 2})
    before = told["data"]
    _write(tmp_path / "titles", "cong_van", "a", "góp ý dự thảo luật\n\nđôn đốc nộp báo cáo\n")
    assert manifest(tmp_path / "titles")["data"] != before


# ------------------------------------------------------------------ variants


def test_variants_depend_on_seed_and_title_alone() -> None:
    title = "Phê duyệt Kế hoạch phòng, chống thiên tai của Ủy ban nhân dân huyện năm 2024"
    first = list(variants(title, "QĐ", 1))
    assert list(variants(title, "QĐ", 1)) == first
    assert any(list(variants(title, "QĐ", seed)) != first for seed in range(2, 6))


def test_plain_variants_have_no_diacritics_and_sometimes_a_mangled_symbol() -> None:
    drawn = [list(variants("tăng cường quản lý, sử dụng đất", "CT", seed))[-1].text for seed in range(30)]
    assert not any(has_diacritics(text) or "," in text for text in drawn)
    assert "tang cuong quan ly su dung dat" in drawn
    assert any(text.startswith("Chi thi ") and " CT " in text for text in drawn)


def test_abbreviations_go_both_ways() -> None:
    long = {v.text for seed in range(40) for v in variants("ủy ban nhân dân xã họp", "GM", seed)}
    short = {v.text for seed in range(40) for v in variants("UBND xã họp", "GM", seed)}
    assert "UBND xã họp" in long
    assert "ủy ban nhân dân xã họp" in short


# ------------------------------------------------------------------ building

MATTERS = (
    "dự toán trường mầm non",
    "kế hoạch sử dụng đất",
    "quy chế làm việc",
    "danh sách khen thưởng",
    "giá đất",
    "hồ sơ mời thầu",
)
MOULDS = {
    "QĐ": ("phê duyệt {}", "điều chỉnh {}", "ban hành {}"),
    "CV": ("V/v góp ý {}", "đôn đốc {}", "V/v cung cấp {}"),
}
TINY = [
    Title(mould.format(matter), code, i, "made in this test", "x/y.txt", 1)
    for code, moulds in MOULDS.items()
    for i, matter in enumerate(MATTERS, start=100 * (code == "CV"))
    for mould in moulds
]


def test_build_measures_on_families_it_did_not_train_on() -> None:
    model = build(TINY, {"QĐ": 0.5, "CV": 0.5}, seed=1, folds=2)
    measured = model.figures["held_back_families"]
    assert isinstance(measured, dict)
    assert 0 < measured["titles"] < len(TINY)
    assert measured["type_acc"] > 0.5
    assert set(measured["types"]) <= {"QĐ", "CV"}


def test_figures_of_a_known_case() -> None:
    model = build(TINY, None, seed=1, folds=0)
    swapped = [Title(t.text, {"QĐ": "CV", "CV": "QĐ"}[t.code], t.family, "", "", 1) for t in TINY]
    right, wrong = figures(model, TINY), figures(model, swapped)
    assert right["type_acc"] == right["type_f1"] == 1.0
    assert wrong["type_acc"] == wrong["type_f1"] == 0.0
    assert wrong["ece"] > 0.5 > right["ece"]


def test_the_command_writes_the_same_model_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for code, slug in (("QĐ", "quyet_dinh"), ("CV", "cong_van")):
        body = "\n\n".join(
            "\n".join(t.text for t in TINY if t.code == code and t.family == f)
            for f in {t.family for t in TINY if t.code == code}
        )
        _write(tmp_path / "data" / "titles", slug, "a", body + "\n")
    (tmp_path / "data" / "prior.toml").write_text(
        '[[register]]\nweight = 1\nshares = {"QĐ" = 0.6, "CV" = 0.4}\n', encoding="utf-8"
    )
    outs = [tmp_path / "one" / "m", tmp_path / "two" / "m"]
    for out in outs:
        assert main(["--quick", "--data", str(tmp_path / "data"), "-o", str(out)]) == 0
    assert "families held back" in capsys.readouterr().out
    assert [path.read_bytes() for path in sorted(outs[0].iterdir())] == [
        path.read_bytes() for path in sorted(outs[1].iterdir())
    ]
    assert load(outs[0]).predict(["phê duyệt giá đất"])[0] == "QĐ"
    assert main(["--data", str(tmp_path / "nothing")]) == 5


def test_prior_mixes_the_registers(tmp_path: Path) -> None:
    path = tmp_path / "prior.toml"
    path.write_text(
        '[[register]]\nweight = 0.5\nshares = {"A" = 3, "B" = 1}\n[[register]]\nweight = 0.5\n', encoding="utf-8"
    )
    assert read_prior(path) == {"A": 0.625, "B": 0.375}
    with pytest.raises(TrainingDataError):
        read_prior(tmp_path / "missing.toml")


# ------------------------------------------------------------------ the shipped data


@pytest.fixture(scope="module")
def titles() -> list[Title]:
    return read(DATA / "titles")


def test_shipped_titles_keep_to_the_guide(titles: list[Title]) -> None:
    assert len(titles) > 10_000
    families = Counter(title.family for title in merged(titles))
    assert len(families) > len(titles) / 12
    assert {title.code for title in titles} <= set(types())
    for code in ("QĐ", "CV", "KH", "TB", "BC", "TTr", "NQ", "TT", "NĐ", "CT", "GM"):
        assert sum(title.code == code for title in titles) >= 300, code


def test_shipped_prior_names_types_we_know() -> None:
    prior = read_prior(DATA / "prior.toml")
    assert set(prior) <= set(types())
    assert abs(sum(prior.values()) - 1) < 1e-9
    assert min(prior.values()) >= 0.0005


def test_shipped_model_and_manifest_are_of_these_titles(titles: list[Title]) -> None:
    told = json.loads((DATA / MANIFEST).read_text(encoding="utf-8"))
    model = json.loads((bundle.default_folder() / "manifest.json").read_text(encoding="utf-8"))
    again = "python -m vanthu_classifier.training.build"
    assert told["data"] == data_hash(titles), f"titles changed: {again}"
    assert model["about"]["data"] == told["data"], f"titles changed: {again}"
