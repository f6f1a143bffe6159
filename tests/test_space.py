"""All combinations of facts: the short way against the plain enumeration, and what it finds in the shipped packs."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vanthu_classifier import rulepack
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Pack, Rule, Situation, load, resolve
from vanthu_classifier.rulepack.schema import KEYS, Silence, of_type, values
from vanthu_classifier.rulepack.space import explore

SMALL = {
    "loai": ("", "KH", "SY", "TT"),
    "quy_pham": ("false", "true"),
    "he_thong": ("state",),
    "hinh_thuc": ("", "sao_y"),
    "mat": ("false",),
    "noi_bo": ("false",),
    "vai_tro": ("", "lead"),
    "muc_dich": ("con_dau", "chu_ky", "tru_so", "trao_doi"),
    "ky": ("tuan", "thang", "quy"),
}
FLAGS = ("quy_pham", "mat", "noi_bo")


def _subsets(values: tuple[str, ...]) -> Iterator[frozenset[str]]:
    return map(frozenset, chain.from_iterable(combinations(values, n) for n in range(len(values) + 1)))


def _every_situation() -> list[Situation]:
    single = [key for key in KEYS if key not in ("muc_dich", "ky")]
    out = []
    for chosen in product(*(SMALL[key] for key in single), _subsets(SMALL["muc_dich"]), _subsets(SMALL["ky"])):
        facts = dict(zip((*single, "muc_dich", "ky"), chosen, strict=True))
        s = Situation(**{k: v == "true" if k in FLAGS else v for k, v in facts.items()})  # type: ignore[arg-type]
        if of_type(s, s.loai) == s:
            out.append(s)
    return out


EVERY = _every_situation()

ANSWERS = [
    (Dispatch.ELECTRONIC_ONLY, None),
    (Dispatch.ELECTRONIC_AND_PAPER, None),
    (Dispatch.NEEDS_REVIEW, Dispatch.ELECTRONIC_ONLY),
]


def _some(key: str) -> st.SearchStrategy[frozenset[str]]:
    return st.sets(st.sampled_from(SMALL[key]), min_size=1, max_size=3).map(frozenset)


WHEN = st.dictionaries(st.sampled_from(["muc_dich", "ky", "muc_dich", "loai", "hinh_thuc", "quy_pham", "vai_tro"]), st.none(), min_size=1, max_size=3).flatmap(
    lambda keys: st.fixed_dictionaries({key: _some(key) for key in keys})
)  # fmt: skip


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """Packs of up to six rules; a rule overrides only rules before it, so there is no cycle."""
    rules: dict[str, Rule] = {}
    for i in range(draw(st.integers(1, 6))):
        outcome, lean = draw(st.sampled_from(ANSWERS))
        beaten = frozenset(draw(st.sets(st.sampled_from(sorted(rules))))) if rules else frozenset[str]()
        rules[f"R{i}"] = Rule(
            id=f"R{i}", group="g", outcome=outcome, standing="text", quote="q", reading="r", reading_en="r", when=draw(WHEN), lean=lean, overrides=beaten,
        )  # fmt: skip
    silences = tuple(
        Silence(f"S{i}", when, "…", "…") for i, when in enumerate(draw(st.lists(st.fixed_dictionaries({"loai": _some("loai")}), max_size=2)))
    )  # fmt: skip
    return replace(load(), rules=rules, silences=silences, cases=(), sha256=repr((rules, silences)))


@settings(max_examples=40, deadline=None)
@given(packs())
def test_the_short_way_finds_what_the_plain_enumeration_finds(pack: Pack) -> None:
    against: set[tuple[str, str]] = set()
    spoke: set[str] = set()
    stood: set[str] = set()
    gaps: set[str] = set()
    for s in EVERY:
        ruling = resolve(pack, s)
        standing = ruling.agreeing or ruling.against
        spoke |= {r.id for r in (*standing, *ruling.overridden)}
        stood |= {r.id for r in standing}
        against |= {
            (a.id, b.id) for a, b in combinations(ruling.against, 2) if (a.outcome, a.lean) != (b.outcome, b.lean)
        }
        if not standing and not any(silence.covers(s) for silence in pack.silences):
            gaps.add(s.loai)
    space = explore(pack, SMALL)
    assert space.combinations == len(EVERY)
    assert {(c.one, c.other) for c in space.contradictions} == against
    assert {gap.loai for gap in space.gaps} == gaps
    assert set(space.mute) == pack.rules.keys() - spoke
    assert set(space.overridden) == spoke - stood
    for found in space.contradictions:
        assert {found.one, found.other} <= {r.id for r in resolve(pack, found.situation).against}
    for gap in space.gaps:
        assert resolve(pack, gap.situation).rule is None


def test_the_plain_enumeration_is_no_empty_one() -> None:
    assert len(EVERY) > 2000


@pytest.mark.parametrize("name", rulepack.names())
def test_no_two_live_rules_disagree_and_nothing_goes_unanswered(name: str) -> None:
    space = explore(load(name))
    assert space.contradictions == ()
    assert space.gaps == ()
    assert space.mute == ()
    assert space.overridden == {}
    assert all(space.silences.values()), "a stated silence covers something"
    assert space.combinations > 10**14


def test_a_contradiction_and_a_gap_are_shown_by_their_plainest_situation() -> None:
    pack = load()
    rules = dict(pack.rules)
    del rules["E18"]
    rules["A39"] = replace(rules["A39"], overrides=rules["A39"].overrides - {"A42-xu-phat"})
    space = explore(replace(pack, rules=rules, sha256="other"))
    [found] = space.contradictions
    assert (found.one, found.other) == ("A39", "A42-xu-phat")
    assert found.situation == Situation(loai="QĐ", mat=True, muc_dich=frozenset({"xu_phat"}))
    [gap] = space.gaps
    assert gap.situation == Situation(loai="KH")


def test_every_value_of_every_kind_is_gone_through() -> None:
    assert values().keys() == set(KEYS)
    assert len(values()["vai_tro"]) == 14
