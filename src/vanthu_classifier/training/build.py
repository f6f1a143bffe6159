"""Builds the shipped model from `training_data`: `python -m vanthu_classifier.training.build`.

Families are drawn for testing first and take no part in anything: they are predicted once by a model fitted on the others, and those are the figures
in the manifest. The model that is written is then fitted on all families, with the parameters below. The same titles and the same
seed give the same files, byte for byte.

The parameters were chosen by cross-validation over families of these titles.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vanthu_classifier.errors import TrainingDataError, VanThuError
from vanthu_classifier.loai_van_ban import head_type
from vanthu_classifier.model import bundle
from vanthu_classifier.model.estimator import LoaiVanBanClassifier
from vanthu_classifier.model.predictor import Floats, Predictor
from vanthu_classifier.text import clean
from vanthu_classifier.training.augment import variants
from vanthu_classifier.training.titles import Title, data_hash, read, write_manifest

__all__ = ["Register", "Rows", "build", "figures", "main", "read_prior", "read_registers", "rows"]

SEED = 20261124
HELD_BACK = 0.2
"""Share of the families that are tested on."""
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Rows:
    """Training rows side by side: texts, types, families, weights."""

    texts: list[str]
    codes: list[str]
    families: list[int]
    weights: list[float]
    written: list[bool]
    """Whether the row is a title as it was written, and no variant."""


def rows(titles: Sequence[Title], seed: int) -> Rows:
    """The titles and their variants."""
    out = Rows([], [], [], [], [])
    for title in titles:
        copies = [(title.text, 1.0), *((copy.text, copy.weight) for copy in variants(title.text, title.code, seed))]
        for text, weight in copies:
            out.texts.append(text)
            out.codes.append(title.code)
            out.families.append(title.family)
            out.weights.append(weight)
            out.written.append(text is title.text)
    return out


@dataclass(frozen=True, slots=True)
class Register:
    """A kind of register: whose it is, how much it counts among the others, and the share of each type in it; empty: all alike."""

    who: str
    weight: float
    shares: Mapping[str, float]


def read_registers(path: str | Path) -> list[Register]:
    """The kinds of register that `prior.toml` names, their shares adding up to 1.

    Raises `TrainingDataError` where the file is missing or damaged.
    """
    try:
        parts = tomllib.loads(Path(path).read_text(encoding="utf-8"))["register"]
        return [
            Register(str(part.get("who", "")), float(part["weight"]), _normed(part.get("shares", {}))) for part in parts
        ]
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise TrainingDataError(f"Không đọc được tỷ lệ các loại văn bản ({error}).", path=path) from error


def read_prior(path: str | Path) -> dict[str, float]:
    """The shares of types in a register of any kind, mixed as `prior.toml` says; a part without shares has all known types alike.

    Raises `TrainingDataError` where the file is missing or damaged.
    """
    parts = read_registers(path)
    named = sorted({code for part in parts for code in part.shares})
    total = dict.fromkeys(named, 0.0)
    for part in parts:
        for code, share in (part.shares or _normed(dict.fromkeys(named, 1.0))).items():
            total[code] += part.weight * share
    return total


def _normed(shares: Mapping[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    return {code: share / total for code, share in shares.items()}


def figures(predictor: Predictor, titles: Sequence[Title]) -> dict[str, Any]:
    """How well `predictor` names the type of `titles`, as they stand: accuracy, macro F1 over types with ten titles or more, and the
    expected calibration error of the likeliest type over ten bins; accuracy on those that do not say their type (`silent`); for each type
    its titles, precision, recall, F1.
    """
    probabilities = predictor.predict_proba(title.text for title in titles)
    truth = np.array([title.code for title in titles])
    found = predictor.classes_[probabilities.argmax(axis=1)]
    per_type: dict[str, dict[str, float]] = {}
    for code in sorted(set(truth.tolist())):
        hits = int(((truth == code) & (found == code)).sum())
        n, named = int((truth == code).sum()), int((found == code).sum())
        per_type[code] = {
            "titles": n,
            "precision": _share(hits, named),
            "recall": _share(hits, n),
            "f1": _share(2 * hits, n + named),
        }
    silent = np.array([head_type(clean(title.text).text) is None for title in titles], dtype=bool)
    f1 = [entry["f1"] for entry in per_type.values() if entry["titles"] >= 10]
    return {
        "titles": len(titles),
        "type_acc": _share(int((truth == found).sum()), len(titles)),
        "type_f1": round(sum(f1) / max(len(f1), 1), 4),
        "silent": {
            "titles": int(silent.sum()),
            "type_acc": _share(int((truth == found)[silent].sum()), int(silent.sum())),
        },
        "ece": _calibration_error(probabilities, truth == found),
        "types": per_type,
    }


def _share(part: int, whole: int) -> float:
    return round(part / max(whole, 1), 4)


def _calibration_error(probabilities: Floats, right: npt.NDArray[np.bool_]) -> float:
    sure = probabilities.max(axis=1)
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(sure[bins == i].sum() - right[bins == i].sum()) for i in range(10)]
    return round(float(sum(gaps)) / max(len(sure), 1), 4)


def held_back(titles: Sequence[Title], seed: int) -> set[int]:
    """The families to test on, drawn by seed."""
    families = sorted({title.family for title in titles})
    drawn = np.random.default_rng(seed).permutation(families)
    return set(drawn[: round(HELD_BACK * len(families))].tolist())


def build(
    titles: Sequence[Title],
    prior: Mapping[str, float] | None,
    *,
    seed: int = SEED,
    folds: int = 5,
    parameters: Mapping[str, Any] | None = None,
) -> Predictor:
    """A predictor fitted on all `titles`, its `figures` measured on families that a model of the same making had not seen.

    The test is made without the prior: the training titles have their own shares.
    """
    testing = held_back(titles, seed)
    train, test = [t for t in titles if t.family not in testing], [t for t in titles if t.family in testing]
    if len({title.code for title in train}) < 2 or not test:
        raise TrainingDataError(
            "Quá ít dữ liệu để huấn luyện và kiểm tra.", remedy="Cần ít nhất hai loại và vài chục trích yếu."
        )
    given = {"folds": folds, "random_state": seed % 2**31, **(parameters or {})}
    measured = figures(_fitted(train, seed, given, None).predictor_, test)
    model = _fitted(titles, seed, given, prior)
    measured["temperature"] = round(model.temperature_, 4)
    found = model.predictor_
    return Predictor(
        found.classes_, found.vocabulary, found.idf, found.weights, found.bias, figures={"held_back_families": measured}
    )


def _fitted(
    titles: Sequence[Title], seed: int, given: Mapping[str, Any], prior: Mapping[str, float] | None
) -> LoaiVanBanClassifier:
    data = rows(titles, seed)
    classifier = LoaiVanBanClassifier(prior=prior, **given)
    return classifier.fit(data.texts, data.codes, data.weights, groups=data.families, calibrate=data.written)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m vanthu_classifier.training.build", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--data", type=Path, default=_ROOT / "training_data", help="folder with titles/ and prior.toml")
    parser.add_argument("-o", "--out", type=Path, default=_ROOT / "models" / "default", help="folder of the model")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--quick", action="store_true", help="two folds for calibration instead of five")
    given = parser.parse_args(arguments)
    try:
        titles = read(given.data / "titles")
        print(f"{len(titles)} titles, {len({t.family for t in titles})} families", file=sys.stderr)
        model = build(titles, read_prior(given.data / "prior.toml"), seed=given.seed, folds=2 if given.quick else 5)
        about = {
            "seed": given.seed,
            "titles": len(titles),
            "data": data_hash(titles),
            "types": Counter(t.code for t in titles),
        }
        saved = bundle.save(model, given.out, about=about)
        write_manifest(given.data / "titles")
    except VanThuError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    _show(saved)
    return 0


def _show(model: Predictor) -> None:
    measured: Any = model.figures["held_back_families"]
    print(f"{model.id}: {len(model.classes_)} types, {len(model.vocabulary)} features")
    print(
        "families held back: "
        + ", ".join(f"{name} {measured[name]}" for name in ("titles", "type_acc", "type_f1", "ece", "temperature"))
    )
    print(
        f"  of them {measured['silent']['titles']} that do not say their type: type_acc {measured['silent']['type_acc']}"
    )
    for code, entry in measured["types"].items():
        print(
            f"  {code:5s} {entry['titles']:5d}  precision {entry['precision']:.3f}  recall {entry['recall']:.3f}  f1 {entry['f1']:.3f}"
        )


if __name__ == "__main__":
    sys.exit(main())
