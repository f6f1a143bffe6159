"""Every rule of a pack against one document."""

import json

import pytest

from vanthu_classifier import facts
from vanthu_classifier.rulepack import load, resolve, situation
from vanthu_classifier.rulepack.trace import Traced, trace

PACK = load()


def _by_id(*args: object, **known: object) -> dict[str, Traced]:
    return {t.rule.id: t for t in trace(PACK, facts.read(*args), **known)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "title", ["Báo cáo công tác tháng 9", "V/v đề nghị thẩm định dự thảo Quyết định", "phê duyệt", "(MẬT) Kế hoạch"]
)
def test_every_rule_is_there_once_and_says_what_the_pack_says(title: str) -> None:
    known = facts.read(title)
    traced = trace(PACK, known)
    ruling = resolve(PACK, situation(known))
    assert sorted(t.rule.id for t in traced) == sorted(PACK.rules)
    assert [t.rule for t in traced if t.status == "cited"] == [ruling.rule]
    assert {t.rule.id for t in traced if t.status == "overridden"} == {r.id for r in ruling.overridden}
    for t in traced:
        assert t.rule.speaks(situation(known)) == (t.status != "silent") == (not t.missing)


def test_the_cited_rule_comes_first_and_misses_by_nearness() -> None:
    traced = trace(PACK, facts.read("Chương trình công tác tháng 11"))
    assert (traced[0].rule.id, traced[0].status) == ("E12", "cited")
    assert (traced[1].rule.id, traced[1].status, traced[1].overridden_by) == ("A29", "overridden", ("E12",))
    misses = [len(t.missing) for t in traced if t.status == "silent"]
    assert misses == sorted(misses)
    near = [t.rule.id for t in traced if t.status == "silent"][:2]
    assert near == ["E13", "E14"], "the same programme for another period is the nearest miss"


def test_a_condition_that_fails_says_what_was_found() -> None:
    near = _by_id("Chương trình công tác tháng 11")["E13"]
    assert [c.text() for c in near.missing] == ["Kỳ: quý (ở đây: tháng)"]
    assert near.missing[0].text("en") == "Period: quý (here: tháng)"
    assert [c.text() for c in _by_id("Chương trình hành động")["E13"].missing][-1] == "Kỳ: quý (ở đây: không thấy)"


def test_a_condition_that_holds_shows_where_the_title_states_it() -> None:
    title = "Chương trình công tác tháng 11"
    [period] = [c for c in _by_id(title)["E12"].conditions if c.key == "ky"]
    assert [title[a:b] for a, b in period.spans] == ["công tác tháng"]
    [mark] = _by_id("(MẬT) Kế hoạch diễn tập")["A39"].conditions
    assert mark.spans


def test_a_type_may_be_supposed_and_a_role_asked_for() -> None:
    assert _by_id("phê duyệt dự toán", loai="QĐ")["B02"].status == "cited"
    assert _by_id("Tờ trình xin kinh phí", vai_tro="information")["E32"].status == "cited"


def test_it_goes_into_json() -> None:
    said = [t.to_dict() for t in trace(PACK, facts.read("Tờ trình xin kinh phí"))]
    assert json.loads(json.dumps(said, ensure_ascii=False))[0]["conditions"][0] == {
        "key": "loai", "wanted": ["TTr"], "have": ["TTr"], "met": True, "text": "Loại văn bản: Tờ trình",
        "text_en": "Type: Tờ trình (submission)", "spans": [[0, 8]],
    }  # fmt: skip
