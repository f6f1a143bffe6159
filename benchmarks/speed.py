"""Titles a second on one core, by the ways into the library, by each of its stages, and by what a user could take instead; and how often the type is right.

All of it is measured in turn in one process, round after round on a register of titles with other ends, as processor time. What counts is the ratio to the plain pipeline in the same
round; the median of the rounds is told. The peers and a model of ours learn from the same families of titles, and are asked about others. The peers get the titles
as written, ours as written and with the variants that it is always trained with.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.peers import PEERS, PLAIN, Ask
from benchmarks.sample import Sample, draw
from vanthu_classifier import DispatchClassifier, facts
from vanthu_classifier.decide import Judge, needs_model
from vanthu_classifier.model import LoaiVanBanClassifier, Predictor, save
from vanthu_classifier.model.features import names_many, read
from vanthu_classifier.text import clean
from vanthu_classifier.training.build import rows

__all__ = ["MANY", "ONE", "SYMBOLS", "Line", "measure"]

MANY, SYMBOLS, DECISIONS, ONE = (
    "classify_many, title alone",
    "classify_many, title and symbol",
    "decisions",
    "classify, one by one",
)
_ONE_BY_ONE = 8
"""One in so many titles is asked one by one: it takes longer."""
Run = Callable[[], int]
"""Something to be timed; gives how many titles it was about."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: titles a second, times the plain pipeline, and accuracies of the type on all titles and on those without a type word."""

    kind: str
    name: str
    rate: float
    ratio: float
    right: float | None = None
    right_silent: float | None = None


def measure(rounds: int = 6, most: int | None = None, peers: bool = True) -> list[Line]:
    """The table. Peers that are not installed are left out, all but the plain pipeline where not `peers`; `most`: see `sample.draw`."""
    sample = draw(most)
    told = [title.text for title in sample.train], [title.code for title in sample.train]
    asks = {PLAIN: PEERS[PLAIN](*told)}
    for name, make in PEERS.items():
        if peers and name != PLAIN:
            try:
                asks[name] = make(*told)
            except ImportError as error:
                print(f"left out: {name} ({error.name} is not installed)", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        save(_ours(sample), Path(folder, "model"))
        classifier = DispatchClassifier(model=Path(folder, "model"))
        speeds = _speeds(sample, classifier, asks, rounds)
        rights = _rights(sample, classifier, asks)
    plain = speeds[PLAIN]
    kinds = dict.fromkeys(asks, "peer") | dict.fromkeys((MANY, SYMBOLS, DECISIONS, ONE), "ours")
    return [
        Line(
            kinds.get(name, "stage"),
            name,
            median(mine),
            median(a / b for a, b in zip(mine, plain, strict=True)),
            *rights.get(name, (None, None)),
        )
        for name, mine in speeds.items()
    ]


def _ours(sample: Sample) -> Predictor:
    """A model of ours, made as the shipped one is, of the families to train on. Without a prior: the types asked about come in the shares of the training titles."""
    data = rows(sample.train, seed=1)
    model = LoaiVanBanClassifier(folds=2).fit(
        data.texts, data.codes, data.weights, groups=data.families, calibrate=data.written
    )
    return model.predictor_


def _speeds(
    sample: Sample, classifier: DispatchClassifier, asks: dict[str, Ask], rounds: int
) -> dict[str, list[float]]:
    """Titles a second in each round; one round before the first warms up, on titles that were trained on."""
    speeds: dict[str, list[float]] = {}
    warm = [title.text for title in sample.train[:1000]]
    for run in _runs(classifier, asks, warm, ["15/QĐ-UBND"] * len(warm)).values():
        run()
    for number in range(rounds):
        for name, run in _runs(classifier, asks, *sample.round(number)).items():
            speeds.setdefault(name, []).append(_rate(run))
    return speeds


def _rate(run: Run) -> float:
    gc.collect()
    begun = time.process_time()
    count = run()
    return count / (time.process_time() - begun)


def _runs(
    classifier: DispatchClassifier, asks: dict[str, Ask], titles: Sequence[str], symbols: Sequence[str]
) -> dict[str, Run]:
    """What is measured, by name. What a stage gets from the one before is made here and not timed."""
    predictor = _predictor(classifier)
    judge = Judge.of(classifier.pack, classifier._policy)
    cleaned = list(map(clean, titles))
    known = facts.read_many(titles)
    unsure = [f for f in known if needs_model(f)]
    silent = [f.title for f in unsure]
    codes = tuple(predictor.classes_.tolist())
    probabilities = predictor.predict_proba(silent)

    def one_by_one() -> int:
        some = titles[::_ONE_BY_ONE]
        for title in some:
            classifier.classify(title)
        return len(some)

    def decided() -> int:
        for f in known:
            if not needs_model(f):
                judge.row(f, judge.stated(f))
        for f, answer in zip(unsure, judge.estimated(unsure, probabilities, codes), strict=True):
            judge.row(f, answer)
        return len(known)

    def timed(work: Callable[[], Sequence[object]], count: int) -> Run:
        def run() -> int:
            work()
            return count

        return run

    every = len(titles)
    # Titles change from round to round, but not inside one: none keeps whole titles.
    return {
        **{name: timed(lambda ask=ask: ask(titles), every) for name, ask in asks.items()},  # type: ignore[misc]
        MANY: timed(lambda: classifier.classify_many(titles), every),
        SYMBOLS: timed(lambda: classifier.classify_many(titles, so_ky_hieu=symbols), every),
        DECISIONS: timed(lambda: classifier.decisions([{"trich_yeu": title} for title in titles]), every),
        ONE: one_by_one,
        "clean": timed(lambda: list(map(clean, titles)), every),
        "facts (cleaning included)": timed(lambda: facts.read_many(titles), every),
        "words": timed(lambda: read(cleaned), every),
        "words and names of features": timed(lambda: names_many(cleaned), every),
        "words and predict, titles without a type": timed(lambda: predictor.log_odds(silent), len(silent)),
        "decide, and fill in rows": decided,
    }


def _predictor(classifier: DispatchClassifier) -> Predictor:
    from vanthu_classifier.model import load

    assert classifier.model is not None
    return load(classifier.model)


def _rights(sample: Sample, classifier: DispatchClassifier, asks: dict[str, Ask]) -> dict[str, tuple[float, float]]:
    """How often the type is right: of all titles, and of those without a type word."""
    titles, truth = [title.text for title in sample.asked], np.array([title.code for title in sample.asked])
    silent = np.array(sample.silent)
    found = {name: ask(titles) for name, ask in asks.items()}
    found[MANY] = classifier.classify_many(titles)["loai_van_ban"].tolist()
    found[SYMBOLS] = classifier.classify_many(titles, so_ky_hieu=sample.symbols)["loai_van_ban"].tolist()
    right = {name: np.array(codes, dtype=object) == truth for name, codes in found.items()}
    return {name: (float(hits.mean()), float(hits[silent].mean())) for name, hits in right.items()}
