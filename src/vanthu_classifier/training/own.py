"""An office's own model: its registers together with the shipped titles, measured on a part that was kept aside, beside the model in use.

    registers ─ read ─▶ titles with the type that the symbol states            (`register`)
        ─ part ──▶ families to learn from, families held back
        ─ fit ───▶ a model that knows nothing of the part held back: measured, and compared with the model in use
        ─ fit ───▶ the model that is written: made in the same way from all rows

**Together** means: an office's row weighs as much as it takes for all of them to weigh as much as the shipped titles, at most `HEAVIEST` times one.
The shipped titles bring the types, and the spellings without diacritics, that the office's register lacks. Calibration looks at the office's rows
only, and the office's own shares of types are the prior (with `PRIOR_ROWS` rows' worth of the shipped one, so that a type which
the register lacks stays possible).

**Held back** goes by family of title, not by row, and is drawn by seed. What is right about a held-back row is what the rule pack answers for
its title *and* symbol; the models are asked with the title alone (`evaluation`). Copies with other numbers were left out before.

**Not worse** (`compare`), on the same held-back rows, all four:

1. missing paper, the worse mistake: no more rows than the model in use, or no larger share of the answers given. A model that answers 8,102 rows where
   the other answered 6,438 may miss 8 papers where the other missed 7, and is the safer one;
2. right answers, of the answered: not lower by more than one standard error of so many rows;
3. coverage: the same;
4. total cost (12 a missing paper, 4 a needless one, 1 a question to a person, as in `decide.Policy`): lower. Equal, and the old one stays.

`HEAVIEST`, `PRIOR_ROWS` and calibration on the office's rows alone were chosen by trial on splits of two real registers, which are no part of this project. Between
3 and 10 a row nothing moved by more than half a point.

A model made from a register holds words of its titles. Keep and share it as you would the register.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vanthu_classifier import rulepack
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.corrections import Judged
from vanthu_classifier.decide import Policy
from vanthu_classifier.errors import ArgumentValueError, InputError, ModelError
from vanthu_classifier.evaluation import Figures, Gold, Share, Shares, measure
from vanthu_classifier.model import load, save
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.training import register, titles
from vanthu_classifier.training.register import RegisterData
from vanthu_classifier.training.titles import Title

if TYPE_CHECKING:
    import numpy

    from vanthu_classifier.model import Predictor
    from vanthu_classifier.training.build import Rows

__all__ = [
    "CURVE",
    "SEED",
    "TEST_SHARE",
    "CurveStep",
    "OnProgress",
    "Outcome",
    "Shipped",
    "Verdict",
    "compare",
    "shipped",
    "shipped_folder",
    "train",
]

SEED = 20261124
TEST_SHARE = 0.2
"""Share of the rows that are held back."""
CURVE = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
"""Parts of the rows to learn from that the learning curve tries."""
HEAVIEST = 6.0
"""Most that a row of the office weighs, against a shipped title."""
PRIOR_ROWS = 30
"""Rows that the shipped prior counts for."""
_FOLDS = 3
_POLICY = Policy()

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done, the number of steps done and the number of steps there are."""


# ------------------------------------------------------------------ the shipped titles


@dataclass(frozen=True)
class Shipped:
    """The titles that the shipped model was trained on, and the shares of types that it expects."""

    titles: tuple[Title, ...]
    prior: Mapping[str, float]

    @cached_property
    def rows(self) -> Rows:
        """The titles with their variants, as the shipped model learned them."""
        from vanthu_classifier.training.build import SEED as AS_SHIPPED
        from vanthu_classifier.training.build import rows

        return rows(self.titles, AS_SHIPPED)


def shipped(folder: str | Path | None = None) -> Shipped:
    """The shipped titles: from inside the installed package, else from `training_data` of the source tree.

    Raises `TrainingDataError` where they are missing or damaged.
    """
    from vanthu_classifier.training.build import read_prior

    folder = shipped_folder() if folder is None else Path(folder)
    return Shipped(tuple(titles.read(folder / "titles")), read_prior(folder / "prior.toml"))


def shipped_folder() -> Path:
    """Where the shipped titles and shares are: inside the installed package, else `training_data` of the source tree."""
    installed = Path(str(files("vanthu_classifier"))) / "data" / "training_data"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "training_data"


# ------------------------------------------------------------------ old against new


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new model is taken into use, and why not, as sentences; empty where it is."""

    taken: bool
    against: tuple[str, ...]


def compare(old: Shares, new: Shares, policy: Policy = _POLICY) -> Verdict:
    """The new model's figures against the old one's on the same rows, by the rule above.

    >>> def shares(dangerous, right, answered, wasteful):
    ...     counts = dict(dangerous=(dangerous, 400), right=(right, answered), coverage=(answered, 400), wasteful=(wasteful, 400))
    ...     return Shares(rows=500, fixed=400, type_acc=Share(400, 500), **{name: Share(*pair) for name, pair in counts.items()})
    >>> old = shares(dangerous=2, right=292, answered=300, wasteful=6)
    >>> compare(old, shares(dangerous=2, right=313, answered=320, wasteful=5))
    Verdict(taken=True, against=())
    >>> compare(old, shares(dangerous=3, right=352, answered=360, wasteful=5)).against
    ('Thiếu bản giấy: 3/360, trước 2/300.',)
    >>> compare(old, old).against
    ('Không tốt hơn: tổng giá của sai sót và câu hỏi là 148, trước 148.',)
    """
    against = []
    missed, missed_before = (Share(shares.dangerous.count, shares.coverage.count) for shares in (new, old))
    if missed.count > missed_before.count and (missed.value or 0.0) > (missed_before.value or 0.0):
        against.append(_against("Thiếu bản giấy", missed_before, missed))
    for what, before, after in (
        ("Trả lời đúng", old.right, new.right),
        ("Được trả lời", old.coverage, new.coverage),
    ):
        if (after.value or 0.0) < (before.value or 0.0) - _standard_error(before):
            against.append(_against(what, before, after))
    if not against and _cost(new, policy) >= _cost(old, policy):
        costs = f"{_cost(new, policy):g}, trước {_cost(old, policy):g}"
        against.append(f"Không tốt hơn: tổng giá của sai sót và câu hỏi là {costs}.")
    return Verdict(not against, tuple(against))


def _against(what: str, before: Share, after: Share) -> str:
    return f"{what}: {after.count}/{after.of}, trước {before.count}/{before.of}."


def _standard_error(share: Share) -> float:
    """Of a share of so many rows; one success and one failure are added, so that it is never 0."""
    n = share.of + 2
    p = (share.count + 1) / n
    return float((p * (1 - p) / n) ** 0.5)


def _cost(shares: Shares, policy: Policy) -> float:
    asked = shares.fixed - shares.coverage.count
    return (
        shares.dangerous.count * policy.missing_paper
        + shares.wasteful.count * policy.needless_paper
        + asked * policy.asking
    )


# ------------------------------------------------------------------ training


@dataclass(frozen=True, slots=True)
class CurveStep:
    """A model that learned from `rows` rows of the office (and the shipped titles), on the part held back."""

    rows: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of training.

    `model` is the id of the new model, which stands in `folder`; `parent` the id of the one it was compared with. `learned` and `held_back` count
    rows of the registers. `old` and `new` are measured on the part held back, `new` with a model that did not see it; the model in
    `folder` learned from all rows. `curve` is empty where none was asked for.
    """

    model: str
    folder: Path
    parent: str
    data: RegisterData
    learned: int
    held_back: int
    old: Figures
    new: Figures
    verdict: Verdict
    curve: tuple[CurveStep, ...] = ()


def train(
    registers: Sequence[str | Path],
    out: str | Path,
    *,
    old: str | Path = "default",
    rule_pack: str | Path = rulepack.DEFAULT,
    seed: int = SEED,
    test_share: float = TEST_SHARE,
    learning_curve: bool = False,
    on_progress: OnProgress | None = None,
    together_with: Shipped | None = None,
    corrections: Sequence[Judged] = (),
) -> Outcome:
    """Trains a model on an office's registers, and on corrections that state a type, and writes it to the folder `out`; nothing is taken into use (see `store`).

    `old` is the model to compare with. `test_share` (0.05 to 0.5) of the rows is held back. `together_with` is for titles other than the shipped
    ones. The same registers, seed and shipped titles give the same files, byte for byte.

    Raises `TrainingDataError` where the registers cannot be read or leave too little, `ModelError` where `old` does not load, `InputError`
    where `out` exists and is not empty (no model is overwritten), `ArgumentValueError` for a `test_share` out of range.
    """
    out = Path(out)
    _check(out, test_share)
    parts = CURVE if learning_curve else (1.0,)
    steps = _Steps(on_progress, of=4 + len(parts))
    parent = _parent(old)
    data = register.read(registers, corrections=corrections, on_row=steps.row)
    learned, held_back = _parted(data.families, test_share, seed)
    steps.next("Đọc trích yếu kèm theo")
    work = _Work(shipped() if together_with is None else together_with, rule_pack, seed, steps)
    steps.next("Đo mô hình đang dùng")
    gold = _gold(data, held_back, rule_pack)
    before = work.measured(str(old), gold)
    curve = tuple(work.tried(data, learned[: round(part * len(learned))], gold) for part in parts)
    steps.next("Học tất cả các dòng")
    final = work.fitted(data, range(len(data)))
    figures = {"held_back": _main_figures(curve[-1].figures), "held_back_old": _main_figures(before)}
    about = {
        "seed": seed,
        "parent": parent.id,
        "registers": [[Path(path).name, hashlib.sha256(Path(path).read_bytes()).hexdigest()] for path in registers],
        "rows": {
            "seen": data.seen,
            "used": len(data),
            "learned_when_measured": len(learned),
            "held_back": len(held_back),
        },
        "data": data.hash,
        "corrections": sum(judged.code is not None for judged in corrections),
        "types": dict(sorted(Counter(data.codes).items())),
        "shipped": {"titles": len(work.shipped.titles), "data": titles.data_hash(work.shipped.titles)},
        "rule_pack": str(rule_pack),
    }
    saved = save(replace(final, figures=figures), out, about=about)
    steps.next("Xong")
    return Outcome(
        model=saved.id,
        folder=out,
        parent=parent.id,
        data=data,
        learned=len(learned),
        held_back=len(held_back),
        old=before,
        new=curve[-1].figures,
        verdict=compare(before, curve[-1].figures),
        curve=curve if learning_curve else (),
    )


def _check(out: Path, test_share: float) -> None:
    if not 0.05 <= test_share <= 0.5:
        raise ArgumentValueError(f"Phần để riêng phải từ 0.05 đến 0.5, không phải {test_share}.", column="test_share")
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise InputError("Đã có tệp ở đây; mô hình cũ không bị ghi đè.", remedy="Chọn một thư mục mới.", path=out)


def _parent(old: str | Path) -> Predictor:
    """The model in use. One that does not load is no reason to train again, but to take another into use."""
    try:
        return load(old)
    except ModelError as error:
        if str(old) == "default":
            raise
        raise ModelError(
            error.what,
            remedy="Quay về mô hình trước: vanthu models rollback; hoặc mô hình kèm theo: vanthu models use default.",
            path=error.path,
        ) from error


def _parted(families: Sequence[int], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Rows to learn from, drawn in an order in which any beginning is a smaller sample of families; and the rows held back."""
    drawn: numpy.ndarray[Any, Any] = _numpy().random.default_rng(seed).permutation(max(families) + 1)
    place = {int(family): i for i, family in enumerate(drawn)}
    rows = sorted(range(len(families)), key=lambda row: (place[families[row]], row))
    end = round(share * len(rows))
    while end < len(rows) and families[rows[end]] == families[rows[end - 1]]:
        end += 1  # a family is never parted
    return rows[end:], sorted(rows[:end])


def _numpy() -> Any:
    import numpy

    return numpy


def _gold(data: RegisterData, rows: Sequence[int], rule_pack: str | Path) -> list[Gold]:
    """What is right about rows: the type their symbol or a person states, and what the pack answers for the title with it."""
    known = [
        {"trich_yeu": data.titles[i], "so_ky_hieu": data.symbols[i]}
        if data.symbols[i]
        else {"trich_yeu": data.titles[i], "loai_van_ban": data.codes[i]}  # a correction: a person said so
        for i in rows
    ]
    answers = DispatchClassifier(rule_pack, model=None).decisions(known)
    sent = (Dispatch.ELECTRONIC_ONLY, Dispatch.ELECTRONIC_AND_PAPER)
    return [
        Gold(
            data.titles[i], data.symbols[i], data.codes[i], frozenset({str(d.dispatch)}) if d.dispatch in sent else None
        )
        for i, d in zip(rows, answers, strict=True)
    ]


def _main_figures(figures: Figures) -> dict[str, Any]:
    wanted = ("rows", "fixed", "coverage", "right", "dangerous", "wasteful", "type_acc", "type_f1", "ece")
    plain = figures.to_dict()
    return {name: plain[name] for name in wanted}


class _Steps:
    """Counts the steps for whoever watches."""

    def __init__(self, on_progress: OnProgress | None, of: int) -> None:
        self._tell = on_progress or (lambda what, done, of: None)
        self._of = of
        self._done = 0
        self._tell("Đọc sổ", 0, of)

    def row(self, number: int) -> None:
        if number % 1000 == 0:
            self._tell(f"Đọc sổ: {number} dòng", self._done, self._of)

    def next(self, what: str) -> None:
        self._done += 1
        self._tell(what, self._done, self._of)


@dataclass(frozen=True, slots=True)
class _Work:
    shipped: Shipped
    rule_pack: str | Path
    seed: int
    steps: _Steps

    def tried(self, data: RegisterData, rows: Sequence[int], gold: Sequence[Gold]) -> CurveStep:
        """A model from these rows, measured as it will be used: from its files."""
        self.steps.next(f"Học thử {len(rows)} dòng")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "thu"
            save(self.fitted(data, rows), path)
            return CurveStep(len(rows), self.measured(str(path), gold))

    def measured(self, model: str, gold: Sequence[Gold]) -> Figures:
        classifier = DispatchClassifier(self.rule_pack, model=model)
        return measure(gold, classifier.classify_many([known.trich_yeu for known in gold]))

    def fitted(self, data: RegisterData, rows: Sequence[int]) -> Predictor:
        """A model from these rows of the register and the shipped titles.

        The shipped titles weigh less rather than the office's more, with as much less regularisation: the same optimum, and the
        solver's steps, which suit weights up to 1, reach it.
        """
        from vanthu_classifier.model import LoaiVanBanClassifier

        ours = self.shipped.rows
        texts, codes = [data.titles[i] for i in rows], [data.codes[i] for i in rows]
        heavier = min(HEAVIEST, max(1.0, len(self.shipped.titles) / max(len(texts), 1)))
        classifier = LoaiVanBanClassifier(
            max_features=None, folds=_FOLDS, prior=self._shares(codes), random_state=self.seed % 2**31
        )
        classifier.set_params(C=classifier.C * heavier)
        classifier.fit(
            [*ours.texts, *texts],
            [*ours.codes, *codes],
            [*(weight / heavier for weight in ours.weights), *(1.0 for _ in texts)],
            groups=[*(f"shipped {family}" for family in ours.families), *(f"own {data.families[i]}" for i in rows)],
            calibrate=[*(False for _ in ours.texts), *(True for _ in texts)],
        )
        found: Predictor = classifier.predictor_
        return found

    def _shares(self, codes: Sequence[str]) -> dict[str, float]:
        """The office's own shares of types, as if `PRIOR_ROWS` rows of the shipped prior stood in its register as well."""
        expected = self.shipped.prior
        rarest, total = min(expected.values(), default=1.0), sum(expected.values()) or 1.0
        counts = Counter(codes)
        known = {*counts, *expected, *(title.code for title in self.shipped.titles)}
        return {code: counts[code] + PRIOR_ROWS * expected.get(code, rarest) / total for code in sorted(known)}
