"""How a decision looks in a notebook, and in an interpreter."""

from html.parser import HTMLParser

import pytest

from vanthu_classifier import DispatchClassifier, __version__, classify
from vanthu_classifier.decide import Decision

TITLES = [
    "Tờ trình về việc xin chủ trương đầu tư",
    "V/v đề nghị thẩm định hồ sơ thiết kế",
    "phê duyệt kết quả lựa chọn nhà thầu",
    "<script>alert(1)</script> Kế hoạch \"A\" & 'B'",
    "",
    "(MẬT) Kế hoạch diễn tập",
]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _shown(decision: Decision) -> _Tags:
    tags = _Tags()
    tags.feed(decision._repr_html_())
    tags.close()
    assert tags.open == []
    return tags


@pytest.mark.parametrize("title", TITLES)
def test_the_block_is_whole_escaped_and_runs_nothing(title: str) -> None:
    decision = classify(title, noi_nhan=["Sở <b>Tài chính</b> (để biết);", "Lưu: VT."])
    tags = _shown(decision)
    assert tags.seen <= {"div", "span", "code", "u", "ul", "li", "table", "tr", "td"}
    assert tags.attributes == {"style"}
    assert title in tags.text
    assert decision.dispatch.label_vi in tags.text
    assert "http" not in decision._repr_html_()


def test_the_words_that_decided_are_underlined() -> None:
    assert "<u>Tờ trình</u> về việc" in classify(TITLES[0])._repr_html_()


def test_the_short_form_says_answer_clause_and_title_on_one_line() -> None:
    assert repr(classify("V/v đăng ký lịch họp", so_ky_hieu="58/NV")) == (
        "<Decision electronic_only, 99 %, rule, CV, E05 «đăng ký lịch họp»: 'V/v đăng ký lịch họp'>"
    )
    assert repr(classify("", so_ky_hieu=None)) == "<Decision needs_review, none, no type: ''>"
    assert "needs_review (lean electronic_and_paper)" in repr(classify(TITLES[1]))


def test_a_decision_says_what_it_came_from() -> None:
    clf = DispatchClassifier(review="strict")
    by_rule, by_model = (clf.classify(title).to_dict() for title in (TITLES[0], TITLES[2]))
    for said in (by_rule, by_model):
        assert (said["rule_pack"], said["rule_pack_sha256"]) == (clf.pack.id, clf.pack.sha256)
        assert (said["version"], said["review"]) == (__version__, "strict")
    assert (by_rule["model"], by_rule["model_sha256"]) == (None, None)
    assert by_model["model"].endswith(by_model["model_sha256"][:8])


def test_many_at_once_say_it_as_well() -> None:
    one = DispatchClassifier().classify(TITLES[2])
    many = DispatchClassifier().decisions([{"trich_yeu": TITLES[2]}])[0]
    assert many.to_dict()["model_sha256"] == one.model_sha256 is not None
