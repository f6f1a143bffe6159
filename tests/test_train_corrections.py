"""Corrections that teach: only types that people stated are learned, behind the same gate as registers."""

import csv
import itertools
import json
from pathlib import Path

import pytest

from vanthu_classifier import DispatchClassifier, cli, rulepack
from vanthu_classifier.corrections import Bearing, Judged, sort
from vanthu_classifier.errors import TrainingDataError
from vanthu_classifier.journal import FILE, Answered, Journal
from vanthu_classifier.model import LoaiVanBanClassifier, save
from vanthu_classifier.training import own, register
from vanthu_classifier.training.own import Shipped
from vanthu_classifier.training.register import Reason
from vanthu_classifier.training.titles import Title

BLIND = DispatchClassifier(model=None)
WHAT = {
    "QĐ": ("phê duyệt dự toán {}", "thành lập tổ quản lý {}"),
    "BC": ("tình hình quản lý {}", "kết quả thực hiện {}"),
}
MATTERS = [f"{a} {b}" for a, b in itertools.product(("đường", "trạm y tế", "trường", "chợ", "kênh", "nhà văn hóa", "cầu"), ("thôn Đông", "thôn Tây", "xóm Hạ", "bản Mới", "khu Chợ", "ấp Giữa", "phố Bắc", "làng Cả"))]  # fmt: skip


def _told(journal: Journal, title: str, code: str | None, *, who: str = "Văn thư", **more: str) -> None:
    """A person settles what nothing stated: how the document is sent, and its type where `code` is given."""
    args = {"trich_yeu": title, **more}
    given = Answered(args, BLIND.classify(**args).to_dict(), "", None, "ask", "")
    right = BLIND.classify(title, loai_van_ban=code or "QĐ").dispatch
    if given.answer["dispatch"] == right:
        journal.correct(given, verdict="right", loai_van_ban=code, who=who)
    else:
        journal.correct(given, verdict="wrong", dispatch=str(right), loai_van_ban=code, reason="Vì thế.", who=who)


def _many(journal: Journal) -> None:
    for code, wordings in WHAT.items():
        for wording, matter in itertools.product(wordings, MATTERS):
            _told(journal, wording.format(matter), code)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a journal; the titles beside it are few, and the model in use knows them alone."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("VANTHU_HOME", str(home))
    texts = [("tổng kết phong trào", "BC"), ("bổ nhiệm phó phòng", "QĐ"), ("V/v cung cấp số liệu", "CV")]
    titles = tuple(Title(f"{t} {i}", c, i, "test", "test", i) for i, (t, c) in enumerate(texts * 8))
    monkeypatch.setattr(own, "shipped", lambda: Shipped(titles, {"BC": 0.3, "QĐ": 0.3, "CV": 0.4}))
    model = LoaiVanBanClassifier(min_df=1, folds=0).fit([t.text for t in titles], [t.code for t in titles])
    save(model.predictor_, tmp_path / "cu")
    from vanthu_classifier import store

    store.use(tmp_path / "cu")
    return home


def _judged(data: Path) -> tuple[Judged, ...]:
    with Journal(data / FILE) as journal:
        return sort(journal.corrections(), rulepack.load())


def _run(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        cli.main(args)
    out = capsys.readouterr()
    return int(done.value.code or 0), out.out, out.err


def test_only_stated_types_are_learned(data: Path) -> None:
    with Journal(data / FILE) as journal:
        _many(journal)
        _told(journal, "kiểm tra công tác văn thư", None)
        _told(journal, "mua sắm tài sản", None, so_ky_hieu="12/QĐ-UBND")
        _told(journal, "tiếp công dân", "KH")
        _told(journal, "tiếp công dân", "BC", who="Người khác")
        _told(journal, "??????????? ???? ????", "BC")
    judged = _judged(data)
    found = register.read([], corrections=judged)
    assert len(found) == 2 * 2 * len(MATTERS) + 1
    assert ("mua sắm tài sản", "QĐ", "12/QĐ-UBND") in zip(found.titles, found.codes, found.symbols, strict=True)
    assert ("phê duyệt dự toán chợ xóm Hạ", "QĐ", "") in zip(found.titles, found.codes, found.symbols, strict=True)
    assert "tiếp công dân" not in found.titles
    assert "kiểm tra công tác văn thư" not in found.titles
    assert not any("?" in title for title in found.titles)
    assert found.skipped == {}
    assert {j.bearing for j in judged} >= {Bearing.LEARN, Bearing.SETTLED, Bearing.DISPUTED}


def test_too_few_corrections_say_what_is_needed(data: Path) -> None:
    with Journal(data / FILE) as journal:
        _told(journal, "phê duyệt dự toán", "QĐ")
    with pytest.raises(TrainingDataError, match="có 1 dòng, dùng được 1 dòng"):
        register.read([], corrections=_judged(data))


def test_trained_by_corrections_behind_the_same_gate(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Journal(data / FILE) as journal:
        _many(journal)
        title = "Tờ trình xin kinh phí sửa chợ"
        given = Answered({"trich_yeu": title}, BLIND.classify(title).to_dict(), "", None, "ask", "")
        journal.correct(given, verdict="wrong", dispatch="electronic_only", reason="Gửi để biết.")
    code, out, err = _run(["train", "--corrections", "-o", str(tmp_path / "moi"), "--seed", "1"], capsys)
    assert code == 0, err
    assert "Ý kiến: 225." in out
    assert "Dùng được để huấn luyện: 224" in out
    assert "ý kiến 225: «Tờ trình xin kinh phí sửa chợ»: Quy tắc B03 với «Tờ trình»" in out
    assert "Từ nay dùng mô hình này." in out
    manifest = json.loads((tmp_path / "moi" / "manifest.json").read_text(encoding="utf-8"))
    assert '"corrections": 224' in json.dumps(manifest, ensure_ascii=False)
    learned = DispatchClassifier(model=tmp_path / "moi")
    assert learned.classify("phê duyệt dự toán trường thôn Nam").loai_van_ban == "QĐ"
    assert learned.classify("Tờ trình xin kinh phí sửa chợ").dispatch == "electronic_and_paper"  # the rule stands


def test_corrections_join_a_register(data: Path, tmp_path: Path) -> None:
    with (tmp_path / "so.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = [(f"{i}/KH-UBND", f"kiểm tra {m}") for i, m in enumerate(MATTERS)]
        csv.writer(file).writerows([("Số, ký hiệu", "Trích yếu"), *rows])
    with Journal(data / FILE) as journal:
        _many(journal)
        _told(journal, "kiểm tra chợ xóm Hạ", "KH")  # the register has it already
    found = register.read([tmp_path / "so.csv"], corrections=_judged(data))
    assert len(found) == 5 * len(MATTERS)
    assert found.skipped == {Reason.DUPLICATE: 1}


def test_without_a_journal_or_a_register_it_says_so(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = _run(["train", "--corrections", "-o", str(tmp_path / "moi")], capsys)
    assert code == 5
    assert "Chưa có ý kiến nào ở đây." in err
    assert not (data / FILE).exists()
    code, _, err = _run(["train", "-o", str(tmp_path / "moi")], capsys)
    assert code == 2
    assert "Thiếu sổ văn bản." in err
