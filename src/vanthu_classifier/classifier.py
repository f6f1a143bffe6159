"""The way in: one title, or many at once.

`DispatchClassifier` holds a rule pack and a model, both loaded once and on first use; it keeps no other state, so one instance serves
several threads. `classify` is the same on a shared default instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import chain, starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from vanthu_classifier import collector, rulepack
from vanthu_classifier import facts as facts_module
from vanthu_classifier.decide import (
    REVIEW_MODES,
    Answer,
    Contribution,
    Decision,
    Judge,
    Policy,
    ReviewMode,
    decide,
    doubted,
    needs_model,
)
from vanthu_classifier.errors import ArgumentTypeError, ArgumentValueError, InputError, ModelError
from vanthu_classifier.facts import Facts
from vanthu_classifier.local import Local
from vanthu_classifier.rulepack import Pack
from vanthu_classifier.validity import AsOf, pack_for, read_as_of

if TYPE_CHECKING:
    import numpy
    import pandas

    from vanthu_classifier.model import Predictor
    from vanthu_classifier.model.predictor import Reading

__all__ = ["COLUMNS", "DispatchClassifier", "classify"]

COLUMNS = ("dispatch", "lean", "confidence", "p_paper", "basis", "loai_van_ban", "category", "reason", "warnings")
"""Columns of `classify_many`."""
NUMBERS = ("confidence", "p_paper")
"""Those of them that are numbers; the others are text."""

_CHUNK = 2048
"""Rows that are worked on together."""
_SHARE = 16384
"""Rows that a process gets at once, at most."""


class DispatchClassifier:
    """Decides how documents are sent.

    `rule_pack` is the id of a shipped pack, a folder, or the .toml file of an office's own pack; `model` is `"default"`, a folder written by `vanthu train`, or None to go
    without (titles that state no type then need review). `review` says when a person is asked: see `decide.REVIEW_MODES`.
    `as_of` is the day whose law is asked for: a day (date, ISO or dd/mm/yyyy) or "document" for each document's own; the pack in force then
    answers, and the warnings say when there is none, or another one beside. With None `rule_pack` answers, whatever the day.

    Raises `RulePackError` or `ModelError` at once where pack or model folder is missing; a damaged model raises `ModelError` on first use.

    >>> clf = DispatchClassifier()
    >>> clf.classify("Giấy mời họp giao ban tháng 9").dispatch
    <Dispatch.ELECTRONIC_ONLY: 'electronic_only'>
    """

    def __init__(
        self,
        rule_pack: str | Path = rulepack.DEFAULT,
        model: str | Path | None = "default",
        review: ReviewMode = "ask",
        *,
        as_of: date | str | None = None,
    ) -> None:
        if review not in REVIEW_MODES:
            raise ArgumentValueError(
                f"review phải là một trong {', '.join(REVIEW_MODES)}, không phải «{review}».", column="review"
            )
        self.rule_pack = rule_pack
        self.model = model
        self.review: ReviewMode = review
        if model is not None and str(model) != "default" and not Path(model, "manifest.json").is_file():
            raise ModelError(
                "Không có mô hình ở đây.", remedy="Ghi thư mục do «vanthu train» tạo ra, hoặc «default».", path=model
            )
        self.as_of: AsOf = read_as_of(as_of)
        self._pack: Pack = pack_for(rulepack.load(rule_pack), self.as_of)
        self._policy = Policy(review=review)

    def __repr__(self) -> str:
        day = "" if self.as_of is None else f", as_of={str(self.as_of)!r}"
        return f"DispatchClassifier(rule_pack={self.rule_pack!r}, model={self.model!r}, review={self.review!r}{day})"

    @property
    def pack(self) -> Pack:
        """The rule pack in use; with `as_of="document"` the one for documents without a date."""
        return self._pack

    @property
    def identity(self) -> str:
        """What the answers depend on besides the library itself: pack, model and review; another text where they may differ.

        >>> DispatchClassifier().identity == DispatchClassifier(review="strict").identity
        False
        """
        from vanthu_classifier.model import fingerprint

        model = None if self.model is None else fingerprint(self.model)
        return f"{self._pack.sha256} {model} {self.review} {self.as_of or ''}"

    def classify(
        self,
        trich_yeu: str,
        *,
        so_ky_hieu: str | None = None,
        loai_van_ban: str | None = None,
        co_quan_ban_hanh: str | None = None,
        ngay_ban_hanh: date | str | None = None,
        noi_nhan: str | Sequence[str] | None = None,
        hinh_thuc_sao: str | None = None,
        do_mat: str | None = None,
        noi_bo: bool = False,
    ) -> Decision:
        """The decision on one document, with its reasons.

        `trich_yeu` is the title, and enough; the rest is what else is known. `loai_van_ban` is an abbreviation or a name; `ngay_ban_hanh` a date, ISO
        text or dd/mm/yyyy; `noi_nhan` the lines of the recipients block, "Kính gửi: …" allowed; `hinh_thuc_sao` sao y, sao lục or
        trích sao; `do_mat` the secrecy mark; `noi_bo` whether the document stays inside the agency. `co_quan_ban_hanh`
        is kept for packs that ask for it; Decision 40/2018 does not.

        A title that cannot be judged gives `needs_review`, no error. `ArgumentTypeError` (a `TypeError`) and `ArgumentValueError` (a
        `ValueError`) name the argument in `column`.

        >>> d = DispatchClassifier().classify("V/v đăng ký lịch họp", so_ky_hieu="58/NV")
        >>> str(d.dispatch), d.category, d.loai_van_ban
        ('electronic_only', 'E05', 'CV')
        """
        _check_text("co_quan_ban_hanh", co_quan_ban_hanh)
        facts = facts_module.read(
            trich_yeu,
            so_ky_hieu=so_ky_hieu,
            loai_van_ban=loai_van_ban,
            ngay_ban_hanh=ngay_ban_hanh,
            noi_nhan=noi_nhan,
            hinh_thuc_sao=hinh_thuc_sao,
            do_mat=do_mat,
            noi_bo=noi_bo,
            local=self._pack.local,
        )
        pack = pack_for(self._pack, self.as_of, facts)
        if not needs_model(facts) or self.model is None:
            return decide(facts, pack, policy=self._policy, on=self.as_of)
        predictor = _predictor(self.model)
        reading = predictor.reading(facts.title)
        return decide(
            facts,
            pack,
            reading.probabilities,
            policy=self._policy,
            on=self.as_of,
            model=predictor.id,
            model_sha256=predictor.sha256,
            contributions=partial(_contributions, reading),
        )

    def classify_many(
        self,
        trich_yeu: Iterable[str],
        *,
        so_ky_hieu: Iterable[str | None] | None = None,
        loai_van_ban: Iterable[str | None] | None = None,
        co_quan_ban_hanh: Iterable[str | None] | None = None,
        ngay_ban_hanh: Iterable[date | str | None] | None = None,
        noi_nhan: Iterable[str | Sequence[str] | None] | None = None,
        n_jobs: int = 1,
    ) -> pandas.DataFrame:
        """A data frame with a row a title, in order; the index of a Series is kept.

        The other arguments are sequences of the same length, or None. A missing title (None, NaN) is a blank one. `warnings` and `reason`
        are sentences. `n_jobs` processes share the work (-1: all cores); the answers are the same. Errors name the
        row in `row`, counted from 1.

        >>> DispatchClassifier().classify_many(["Tờ trình xin kinh phí", "Công điện ứng phó bão"])["dispatch"].tolist()
        ['electronic_and_paper', 'electronic_only']
        """
        import numpy
        import pandas

        if isinstance(trich_yeu, str):
            raise ArgumentTypeError(
                "classify_many nhận một dãy trích yếu; dùng classify cho một trích yếu.", column="trich_yeu"
            )
        index = trich_yeu.index if isinstance(trich_yeu, pandas.Series) else None
        columns = _columns(
            trich_yeu,
            so_ky_hieu=so_ky_hieu,
            loai_van_ban=loai_van_ban,
            co_quan_ban_hanh=co_quan_ban_hanh,
            ngay_ban_hanh=ngay_ban_hanh,
            noi_nhan=noi_nhan,
        )
        rows = self._shared(_table_rows, columns, n_jobs)
        values = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
        # The same types whatever the rows are, so that parts of a table fit together. Before 3.0, pandas kept text as objects.
        text: Any = "str" if int(pandas.__version__.split(".")[0]) >= 3 else object
        table = {
            name: pandas.array(numpy.array(column, dtype=object), dtype="float64" if name in NUMBERS else text)
            for name, column in zip(COLUMNS, values, strict=True)
        }
        return pandas.DataFrame(table, index=index)

    def decisions(self, rows: Iterable[Mapping[str, Any]], *, n_jobs: int = 1) -> list[Decision]:
        """The decisions on many documents, each given as the arguments of `classify`; in order, without the sentence on what would change them.

        A document may also have `reading`, how likely its type and title were read right from a picture (see `decide.doubted`).
        """
        rows = list(rows)
        known = dict.fromkeys(chain.from_iterable(rows))
        columns = {name: [row.get(name) for row in rows] for name in known} | {
            "trich_yeu": [row["trich_yeu"] for row in rows]
        }
        return self._shared(_decisions, columns, n_jobs)

    def predict(self, trich_yeu: Iterable[str]) -> numpy.ndarray[Any, Any]:
        """The dispatch of each title, as an array of strings.

        >>> DispatchClassifier().predict(["Tờ trình xin kinh phí"]).tolist()
        ['electronic_and_paper']
        """
        import numpy

        rows = self._shared(_table_rows, _columns(trich_yeu), 1)
        return numpy.array([row[0] for row in rows], dtype=object).astype(str)

    def _shared(self, work: _Work[_Done], columns: _Columns, n_jobs: int) -> list[_Done]:
        """What `work` makes of all rows, in order, by this process or by several."""
        count = len(columns["trich_yeu"])
        alone = n_jobs == 1 or count < 2 * _CHUNK
        size = _CHUNK if alone else max(_CHUNK, min(_SHARE, -(-count // 16)))
        chunks = (
            (self, {name: values[i : i + size] for name, values in columns.items()}, i) for i in range(0, count, size)
        )
        if alone:
            return list(chain.from_iterable(starmap(work, chunks)))
        from joblib import Parallel, delayed

        return list(chain.from_iterable(Parallel(n_jobs=n_jobs)(delayed(work)(*chunk) for chunk in chunks)))

    def _answered(self, facts: Sequence[Facts]) -> list[tuple[Judge, Answer, Predictor | None]]:
        """The answers, each with whose it is and the model that was asked for it."""
        judges = self._judges(facts)
        answers: list[tuple[Judge, Answer, Predictor | None] | None] = [
            None if self.model is not None and needs_model(f) else (judge, judge.stated(f), None)
            for f, judge in zip(facts, judges, strict=True)
        ]
        unsure = [i for i, answer in enumerate(answers) if answer is None]
        if unsure and self.model is not None:
            predictor = _predictor(self.model)
            codes = tuple(predictor.classes_.tolist())
            probabilities = predictor.predict_proba([facts[i].title for i in unsure])
            for judge in {judges[i]: None for i in unsure}:
                mine = [n for n, i in enumerate(unsure) if judges[i] is judge]
                asked = [facts[unsure[n]] for n in mine]
                for n, answer in zip(mine, judge.estimated(asked, probabilities[mine], codes), strict=True):
                    answers[unsure[n]] = judge, answer, predictor
        return answers  # type: ignore[return-value]

    def _judges(self, facts: Sequence[Facts]) -> list[Judge]:
        """Who decides on each document: one for all, unless each is decided by the law of its own day."""
        if self.as_of != "document":
            return [Judge.of(self._pack, self._policy, self.as_of)] * len(facts)
        return [Judge.of(pack_for(self._pack, "document", f), self._policy, self.as_of) for f in facts]


_Done = TypeVar("_Done")
_Columns = Mapping[str, Sequence[Any]]
_Work = Callable[[DispatchClassifier, _Columns, int], list[_Done]]


@collector.paused()
def _table_rows(clf: DispatchClassifier, columns: _Columns, offset: int) -> list[tuple[object, ...]]:
    facts = _facts(columns, offset, clf.pack.local)
    return [judge.row(f, answer) for f, (judge, answer, _) in zip(facts, clf._answered(facts), strict=True)]


@collector.paused()
def _decisions(clf: DispatchClassifier, columns: _Columns, offset: int) -> list[Decision]:
    facts = _facts(columns, offset, clf.pack.local)
    decisions = [
        judge.decision(f, answer, model=model.id if model else None, model_sha256=model.sha256 if model else None)
        for f, (judge, answer, model) in zip(facts, clf._answered(facts), strict=True)
    ]
    if "reading" not in columns:
        return decisions
    return [
        decision if sure is None else doubted(decision, sure)
        for decision, sure in zip(decisions, columns["reading"], strict=True)
    ]


def classify(
    trich_yeu: str,
    *,
    so_ky_hieu: str | None = None,
    loai_van_ban: str | None = None,
    co_quan_ban_hanh: str | None = None,
    ngay_ban_hanh: date | str | None = None,
    noi_nhan: str | Sequence[str] | None = None,
    hinh_thuc_sao: str | None = None,
    do_mat: str | None = None,
    noi_bo: bool = False,
) -> Decision:
    """`DispatchClassifier().classify` on a shared instance: Decision 40/2018/QĐ-UBND and the shipped model.

    >>> d = classify("Tờ trình về việc xin chủ trương đầu tư")
    >>> print(d.dispatch, d.category, d.quote)
    electronic_and_paper B03 tờ trình
    """
    return _default().classify(
        trich_yeu,
        so_ky_hieu=so_ky_hieu,
        loai_van_ban=loai_van_ban,
        co_quan_ban_hanh=co_quan_ban_hanh,
        ngay_ban_hanh=ngay_ban_hanh,
        noi_nhan=noi_nhan,
        hinh_thuc_sao=hinh_thuc_sao,
        do_mat=do_mat,
        noi_bo=noi_bo,
    )


@lru_cache(maxsize=1)
def _default() -> DispatchClassifier:
    return DispatchClassifier()


@lru_cache(maxsize=4)
def _predictor(model: str | Path) -> Predictor:
    from vanthu_classifier.model import load

    return load(model)


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) and not facts_module.is_missing(value):
        raise ArgumentTypeError(f"Giá trị phải là chuỗi ký tự, không phải {type(value).__name__}.", column=name)


def _facts(columns: _Columns, offset: int, local: Local | None) -> list[Facts]:
    """The facts of rows; an error names its row, the first being number `offset + 1`."""
    try:
        return _read(columns, local)
    except InputError:
        pass
    for i in range(len(columns["trich_yeu"])):  # which row it was, is found out one by one
        try:
            _read({name: values[i : i + 1] for name, values in columns.items()}, local)
        except InputError as error:
            row = offset + i + 1
            raise type(error)(error.what, remedy=error.remedy, row=row, column=error.column, span=error.span) from error
    raise AssertionError("an error that no row has alone")


def _read(columns: _Columns, local: Local | None) -> list[Facts]:
    known = {name: values for name, values in columns.items() if name != "reading"}
    for value in known.pop("co_quan_ban_hanh", ()):
        _check_text("co_quan_ban_hanh", value)
    return facts_module.read_many(**known, local=local)


def _columns(trich_yeu: Iterable[str], **columns: Iterable[Any] | None) -> dict[str, list[Any]]:
    given = {"trich_yeu": ["" if facts_module.is_missing(t) else t for t in trich_yeu]}
    count = len(given["trich_yeu"])
    for name, values in columns.items():
        if values is None:
            continue
        if isinstance(values, str):
            raise ArgumentTypeError("Giá trị phải là một dãy cùng độ dài với trich_yeu.", column=name)
        given[name] = list(values)
        if len(given[name]) != count:
            raise ArgumentValueError(
                f"Có {count} trích yếu nhưng {len(given[name])} giá trị.",
                remedy="Hai dãy phải dài bằng nhau.",
                column=name,
            )
    return given


def _contributions(reading: Reading, code: str) -> Sequence[Contribution]:
    return tuple(Contribution(text, float(weight), tuple(spans)) for text, spans, weight in reading.contributions(code))
