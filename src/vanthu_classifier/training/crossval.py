"""What a model says of titles that it was not trained on: cross-validation over families of the training titles.

The notebooks decide from it, and whoever tries a change should: a title of the same family as one that was trained on tells nothing. Each title is
predicted once, as it was written, by a model that learned from the families of the other parts and their variants.

Temperatures are cross-fitted too: a part's own titles have no say in how its predictions are softened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from vanthu_classifier import facts as facts_module
from vanthu_classifier import rulepack
from vanthu_classifier.decide import Decision, Policy, decide, needs_model
from vanthu_classifier.errors import ArgumentValueError
from vanthu_classifier.model.estimator import LoaiVanBanClassifier, calibrating_temperature, prior_shift
from vanthu_classifier.model.predictor import Floats
from vanthu_classifier.training.build import SEED, rows
from vanthu_classifier.training.titles import Title

__all__ = ["FOLDS", "Dispatches", "OutOfFold", "out_of_fold", "sample", "split"]

FOLDS = 5
_POLICY = Policy()


def sample(titles: Sequence[Title], families: int | None) -> list[Title]:
    """Some `families` of the ten commonest types, equally many of each, the first ones; all titles where `families` is None.

    For trying things out: ten types with fifteen families each can be split in five, which a blind draw of 150 families cannot.
    """
    if families is None:
        return list(titles)
    of_type: dict[str, dict[int, None]] = defaultdict(dict)
    for title in titles:
        of_type[title.code][title.family] = None
    commonest = sorted(of_type, key=lambda code: -len(of_type[code]))[:10]
    if families % len(commonest) or families < FOLDS * len(commonest):
        raise ArgumentValueError(
            f"Số họ trích yếu phải chia hết cho {len(commonest)} và từ {FOLDS * len(commonest)} trở lên, không phải {families}.",
            column="families",
        )
    taken: dict[int, None] = {}
    for round_ in range(max(map(len, of_type.values()))):
        for code in commonest:
            mine = list(of_type[code])
            if round_ < len(mine) and len(taken) < families:
                taken[mine[round_]] = None
    return [title for title in titles if title.family in taken and title.code in commonest]


def split(
    titles: Sequence[Title], folds: int = FOLDS, seed: int = 0
) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """Indices to train on and to test on, for each part; families stay whole, and types are spread over the parts."""
    codes, families = [title.code for title in titles], [title.family for title in titles]
    return list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(codes, codes, families))


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Predictions for titles by models that had not seen their families.

    `log_odds` has a row a title and a column a type of `classes_`, as the training shares of types have it and before calibration. `part` says in which
    part each title was tested.
    """

    titles: Sequence[Title]
    classes_: npt.NDArray[np.str_]
    part: npt.NDArray[np.int_]
    log_odds: Floats

    @property
    def codes(self) -> npt.NDArray[np.str_]:
        """The type of each title."""
        return np.array([title.code for title in self.titles])

    @property
    def temperatures(self) -> Floats:
        """For each part, what calibrates the predictions of the other parts."""
        codes = self.codes
        return np.array(
            [
                calibrating_temperature(self.log_odds[self.part != k], codes[self.part != k], self.classes_)
                for k in range(self.part.max() + 1)
            ]
        )

    def probabilities(self, prior: Mapping[str, float] | None = None) -> Floats:
        """Calibrated probabilities of types; `prior` is the share of each type where they would be used (None: as in the training titles)."""
        scores = self.log_odds / self.temperatures[self.part][:, None]
        scores = scores + prior_shift(prior, self.classes_, self.codes, np.ones(len(self.titles)))
        raised: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
        raised /= raised.sum(axis=1, keepdims=True)
        return raised


def out_of_fold(titles: Sequence[Title], *, folds: int = FOLDS, seed: int = SEED, **parameters: Any) -> OutOfFold:
    """Predicts each title by a model fitted on the other parts; `parameters` are those of `LoaiVanBanClassifier`.

    >>> texts = {"QĐ": "phê duyệt dự toán", "CV": "V/v góp ý dự thảo"}
    >>> titles = [Title(f"{text} {i}", code, 2 * i + j, "", "", i) for i in range(5) for j, (code, text) in enumerate(texts.items())]
    >>> found = out_of_fold(titles, min_df=1)
    >>> (found.classes_[found.log_odds.argmax(axis=1)] == found.codes).all().item()
    True
    """
    classes = np.unique([title.code for title in titles])
    part = np.zeros(len(titles), dtype=np.int_)
    log_odds = np.zeros((len(titles), len(classes)))
    for k, (train, test) in enumerate(split(titles, folds)):
        data = rows([titles[i] for i in train], seed)
        model = LoaiVanBanClassifier(folds=0, **parameters).fit(data.texts, data.codes, data.weights)
        there = model.predictor_.log_odds(titles[i].text for i in test)
        # A type that none of the other parts has counts as unlikely as the least likely one.
        log_odds[test] = there.min(axis=1, keepdims=True)
        log_odds[np.ix_(test, np.searchsorted(classes, model.classes_))] = there
        part[test] = k
    return OutOfFold(titles, classes, part, log_odds)


class Dispatches:
    """How titles are sent: as the rule pack wants it of their true type, and as it is answered from probabilities of types.

    Facts are read once, so that several sets of probabilities are tried at little cost.
    """

    def __init__(self, titles: Sequence[Title], rule_pack: str | Path = rulepack.DEFAULT) -> None:
        self._pack = rulepack.load(rule_pack)
        self._facts = [facts_module.read(title.text) for title in titles]
        self.wanted = [
            decide(facts_module.read(title.text, loai_van_ban=title.code), self._pack, changes=False)
            for title in titles
        ]

    def answered(
        self, classes: Sequence[str] | npt.NDArray[np.str_], probabilities: Floats, policy: Policy = _POLICY
    ) -> list[Decision]:
        """The decision on each title, from its row of `probabilities` where nothing in the title states the type."""
        codes = [str(code) for code in classes]
        return [
            decide(
                facts,
                self._pack,
                dict(zip(codes, row.tolist(), strict=True)) if needs_model(facts) else None,
                policy=policy,
                changes=False,
            )
            for facts, row in zip(self._facts, probabilities, strict=True)
        ]
