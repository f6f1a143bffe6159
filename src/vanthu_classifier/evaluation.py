"""How well titles are decided: figures from answers, and from what is known to be right about each title.

A title is *fixed* when the Decision leaves one answer for it; where both ways of sending are right, the answer is not scored.
A title is *answered* when it got one of the two; asking a person is no answer, and no mistake either.

    coverage     answered, of the fixed
    right        answered with an accepted answer, of the answered
    dangerous    answered "electronic only" where paper is wanted, of the fixed: a required dispatch would be left undone
    wasteful     answered "with paper" where no paper is wanted, of the fixed: a stamp would be wasted
    type_acc     type named as the office itself named it, of the rows whose type is known
    type_f1      mean of F1 over the types with `TYPE_ROWS` rows or more
    ece          expected calibration error over ten bins of confidence, of the answered: 0.03 says that confidence and share
                 of right answers lie three points apart on average

Shares carry Wilson intervals (95 %), which stay honest for small counts and for shares near 0 and 1.

What is known comes from a file of titles (.jsonl) whose rows say the type and the accepted answers, or from an office's register. In a
register the symbol is the office's own statement of the type, and the rule pack says what follows from title and symbol; so a register
measures *the title alone against title and symbol*: what the missing symbol costs, not whether the pack reads the law correctly.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal, get_args

from vanthu_classifier import __version__, readers, rulepack, so_ky_hieu
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import ArgumentValueError, InputError
from vanthu_classifier.loai_van_ban import normalize
from vanthu_classifier.model.bundle import describe
from vanthu_classifier.outcomes import Dispatch

if TYPE_CHECKING:
    import pandas

__all__ = [
    "TYPE_ROWS",
    "About",
    "Bin",
    "CurvePoint",
    "Figures",
    "Gold",
    "GoldFile",
    "Mistake",
    "Mode",
    "Share",
    "Shares",
    "TypeFigures",
    "evaluate",
    "measure",
    "read_gold",
    "thinned",
]

Mode = Literal["title", "symbol"]
"""What the classifier is shown: the title alone, as a clerk types it, or title and symbol, as a register has them."""

TYPE_ROWS = 10
"""Rows that a type must have to count in `type_f1`."""

_BINS = 10
_Z = NormalDist().inv_cdf(0.975)
_SENT = (Dispatch.ELECTRONIC_ONLY, Dispatch.ELECTRONIC_AND_PAPER)


# ------------------------------------------------------------------ what is known, and what was found


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known about one title.

    `loai` is the type as the office itself states it, None where that is not known. `accepted` are the answers that are
    right, None where that is not known. `row` is the line or row of the file, counted from 1.
    """

    trich_yeu: str
    so_ky_hieu: str | None = None
    loai: str | None = None
    accepted: frozenset[str] | None = None
    source: str = "?"
    row: int | None = None

    @property
    def fixed(self) -> bool:
        """Whether one way of sending is right and the other is not."""
        return self.accepted is not None and not self.accepted.issuperset(_SENT)


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`.

    >>> Share(3, 4).value, Share(0, 0).value
    (0.75, None)
    """

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0-1; None where it is a share of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval after Wilson (1927); None for a share of nothing.

        >>> [round(end, 4) for end in Share(0, 100).interval]
        [0.0, 0.037]
        """
        if not self.of:
            return None
        p, n, zz = self.count / self.of, self.of, _Z * _Z
        middle = (p + zz / (2 * n)) / (1 + zz / n)
        half = _Z / (1 + zz / n) * (p * (1 - p) / n + zz / (4 * n * n)) ** 0.5
        # At 0 and 1 the ends meet the share itself; rounding would leave them a hair beside it.
        return (0.0 if self.count == 0 else middle - half), (1.0 if self.count == self.of else middle + half)


@dataclass(frozen=True, slots=True)
class Shares:
    """The main figures of a set of rows; see the module for what each is a share of."""

    rows: int
    fixed: int
    coverage: Share
    right: Share
    dangerous: Share
    wasteful: Share
    type_acc: Share


@dataclass(frozen=True, slots=True)
class TypeFigures:
    """One type: `support` rows are of it, `predicted` were taken for it, `hits` are both."""

    support: int
    predicted: int
    hits: int

    @property
    def precision(self) -> float | None:
        """Hits of the predicted; None where the type was never named."""
        return Share(self.hits, self.predicted).value

    @property
    def recall(self) -> float | None:
        """Hits of the support; None where no row is of the type."""
        return Share(self.hits, self.support).value

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 without a hit.

        >>> TypeFigures(support=4, predicted=2, hits=1).f1 == 2 * (1/2 * 1/4) / (1/2 + 1/4)
        True
        """
        return 2 * self.hits / (self.support + self.predicted) if self.hits else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers with a confidence from `low` up to, not including, `high`; `confidence` is their mean, None in an empty bin."""

    low: float
    high: float
    confidence: float | None
    right: Share


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What comes of answering every fixed row of at least this confidence.

    Rows that were left to a person count with their lean, so the curve goes on where the policy stopped.
    """

    confidence: float
    coverage: Share
    wrong: Share
    dangerous: Share


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that was answered "electronic only" although paper is wanted."""

    gold: Gold
    loai: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class About:
    """What was measured, and with what: `model` is the id of the model, None where none was asked. `left_out` counts the rows that could not be measured, by reason:
    `no_symbol` (the symbol states no type), `no_title`, `unreadable` (a sheet without headings)."""

    file: str
    kind: Literal["titles", "register"]
    mode: Mode
    rule_pack: str
    model: str | None
    review: str
    left_out: Mapping[str, int] = field(default_factory=dict)
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Figures(Shares):
    """Every figure of a set of answers. What has nothing to be measured on is None.

    `by_type` has the types that were stated or named, the commonest first. `dispatch_confusion` counts fixed rows by (wanted,
    answered), `type_confusion` rows of known type by (stated, named). `curve` runs from the surest answer down.
    `dangerous_rows` has the surest mistake first.
    """

    type_f1: float | None
    ece: float | None
    by_source: Mapping[str, Shares]
    by_type: Mapping[str, TypeFigures]
    dispatch_confusion: Mapping[tuple[str, str], int]
    type_confusion: Mapping[tuple[str, str | None], int]
    reliability: tuple[Bin, ...]
    curve: tuple[CurvePoint, ...]
    dangerous_rows: tuple[Mistake, ...]
    about: About | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, shares rounded to four digits; no title is in it."""
        return {
            **_plain(self),
            "type_f1": _rounded(self.type_f1),
            "ece": _rounded(self.ece),
            "intervals": {name: _ends(getattr(self, name)) for name in _MAIN},
            "by_source": {name: _plain(shares) for name, shares in self.by_source.items()},
            "by_type": {
                code: {
                    "support": t.support,
                    "precision": _rounded(t.precision),
                    "recall": _rounded(t.recall),
                    "f1": _rounded(t.f1),
                }
                for code, t in self.by_type.items()
            },
            "dispatch_confusion": [[*pair, n] for pair, n in self.dispatch_confusion.items()],
            "type_confusion": [[*pair, n] for pair, n in self.type_confusion.items()],
            "reliability": [
                [b.low, b.high, b.right.of, _rounded(b.confidence), _rounded(b.right.value)] for b in self.reliability
            ],
            "curve": [
                [_rounded(p.coverage.value), _rounded(p.wrong.value), _rounded(p.dangerous.value)]
                for p in thinned(self.curve, 200)
            ],
            **({} if self.about is None else {"about": _about(self.about)}),
        }


_MAIN = ("coverage", "right", "dangerous", "wasteful", "type_acc")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _ends(share: Share) -> list[float] | None:
    return None if share.interval is None else [round(end, 4) for end in share.interval]


def _plain(shares: Shares) -> dict[str, Any]:
    return {
        "rows": shares.rows,
        "fixed": shares.fixed,
        **{name: _rounded(getattr(shares, name).value) for name in _MAIN},
    }


def _about(about: About) -> dict[str, Any]:
    return {
        "file": about.file,
        "kind": about.kind,
        "mode": about.mode,
        "rule_pack": about.rule_pack,
        "model": about.model,
        "review": about.review,
        "left_out": dict(about.left_out),
        "version": about.version,
    }


def thinned(curve: Sequence[CurvePoint], most: int) -> tuple[CurvePoint, ...]:
    """At most `most` points (2 or more), evenly chosen, the first and the last among them."""
    if len(curve) <= most:
        return tuple(curve)
    return tuple(curve[round(i * (len(curve) - 1) / (most - 1))] for i in range(most))


# ------------------------------------------------------------------ measuring


@dataclass(frozen=True, slots=True)
class _Row:
    """A title with what is known and what was answered."""

    gold: Gold
    dispatch: str
    lean: str | None
    loai: str | None
    confidence: float | None

    @property
    def answered(self) -> bool:
        return self.dispatch in _SENT

    @property
    def right(self) -> bool:
        return self._accepts(self.dispatch)

    @property
    def dangerous(self) -> bool:
        return _is_dangerous(self.gold, self.dispatch)

    @property
    def wasteful(self) -> bool:
        return self.dispatch == Dispatch.ELECTRONIC_AND_PAPER and not self._accepts(Dispatch.ELECTRONIC_AND_PAPER)

    def _accepts(self, dispatch: str) -> bool:
        return dispatch in (self.gold.accepted or ())


def _is_dangerous(gold: Gold, dispatch: str) -> bool:
    """Only asked of fixed rows: where paper is accepted there, nothing else is sent rightly."""
    return dispatch == Dispatch.ELECTRONIC_ONLY and Dispatch.ELECTRONIC_AND_PAPER in (gold.accepted or ())


def measure(gold: Iterable[Gold], table: pandas.DataFrame) -> Figures:
    """The figures of answers; `table` is what `DispatchClassifier.classify_many` gave for these titles, in the same order.

    `ArgumentValueError` where the two are not equally long.

    >>> from vanthu_classifier import DispatchClassifier
    >>> gold = [Gold("Tờ trình xin kinh phí", loai="TTr", accepted=frozenset({"electronic_and_paper"}))]
    >>> figures = measure(gold, DispatchClassifier(model=None).classify_many([g.trich_yeu for g in gold]))
    >>> figures.right, figures.type_acc.value
    (Share(count=1, of=1), 1.0)
    """
    rows = list(_joined(list(gold), table))
    fixed = [row for row in rows if row.gold.fixed]
    by_type = _by_type(rows)
    main = _shares(rows)
    bins = _reliability([row for row in fixed if row.answered])
    scored = [t.f1 for t in by_type.values() if t.support >= TYPE_ROWS]
    return Figures(
        **{name: getattr(main, name) for name in ("rows", "fixed", *_MAIN)},
        type_f1=sum(scored) / len(scored) if scored else None,
        ece=_ece(bins),
        by_source=_by_source(rows),
        by_type=by_type,
        dispatch_confusion=dict(sorted(Counter((_wanted(row.gold), row.dispatch) for row in fixed).items())),
        type_confusion=dict(
            sorted(
                Counter((row.gold.loai, row.loai) for row in rows if row.gold.loai is not None).items(),
                key=lambda item: (-item[1], str(item[0])),
            )
        ),
        reliability=bins,
        curve=_curve(fixed),
        dangerous_rows=_dangerous_rows(fixed),
    )


def _joined(gold: Sequence[Gold], table: pandas.DataFrame) -> Iterator[_Row]:
    if len(gold) != len(table):
        raise ArgumentValueError(
            f"Có {len(gold)} dòng đáp án nhưng {len(table)} câu trả lời.", remedy="Hai bên phải dài bằng nhau."
        )
    columns = [_values(table, name) for name in ("dispatch", "lean", "loai_van_ban", "confidence")]
    for known, dispatch, lean, loai, confidence in zip(gold, *columns, strict=True):
        yield _Row(known, str(dispatch), lean, loai, None if confidence is None else float(confidence))


def _values(table: pandas.DataFrame, name: str) -> list[Any]:
    return [None if missing else value for value, missing in zip(table[name], table[name].isna(), strict=True)]


def _shares(rows: Sequence[_Row]) -> Shares:
    fixed = [row for row in rows if row.gold.fixed]
    answered = [row for row in fixed if row.answered]
    typed = [row for row in rows if row.gold.loai is not None]
    return Shares(
        rows=len(rows),
        fixed=len(fixed),
        coverage=Share(len(answered), len(fixed)),
        right=Share(sum(row.right for row in answered), len(answered)),
        dangerous=Share(sum(row.dangerous for row in fixed), len(fixed)),
        wasteful=Share(sum(row.wasteful for row in fixed), len(fixed)),
        type_acc=Share(sum(row.loai == row.gold.loai for row in typed), len(typed)),
    )


def _by_source(rows: Sequence[_Row]) -> dict[str, Shares]:
    of_source: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        of_source[row.gold.source].append(row)
    return {name: _shares(of_source[name]) for name in sorted(of_source)}


def _by_type(rows: Sequence[_Row]) -> dict[str, TypeFigures]:
    typed = [row for row in rows if row.gold.loai is not None]
    support = Counter(str(row.gold.loai) for row in typed)
    predicted = Counter(row.loai for row in typed if row.loai is not None)
    hits = Counter(str(row.loai) for row in typed if row.loai == row.gold.loai)
    codes = sorted(support.keys() | predicted.keys(), key=lambda code: (-support[code], -predicted[code], code))
    return {code: TypeFigures(support[code], predicted[code], hits[code]) for code in codes}


def _sure(row: _Row) -> float:
    """Confidence in [0, 1); an answer that was never scored claims certainty, and is measured by that."""
    return min(max(1.0 if row.confidence is None else row.confidence, 0.0), 0.999999)


def _reliability(answered: Sequence[_Row]) -> tuple[Bin, ...]:
    inside: dict[int, list[_Row]] = defaultdict(list)
    for row in answered:
        inside[int(_sure(row) * _BINS)].append(row)
    return tuple(
        Bin(
            low=i / _BINS,
            high=(i + 1) / _BINS,
            confidence=sum(map(_sure, inside[i])) / len(inside[i]) if i in inside else None,
            right=Share(sum(row.right for row in inside[i]), len(inside[i])),
        )
        for i in range(_BINS)
    )


def _ece(bins: Sequence[Bin]) -> float | None:
    filled = [(b.confidence, b.right) for b in bins if b.confidence is not None]
    answered = sum(right.of for _, right in filled)
    return sum(abs(mean * right.of - right.count) for mean, right in filled) / answered if answered else None


def _curve(fixed: Sequence[_Row]) -> tuple[CurvePoint, ...]:
    """A point for each confidence that occurs: rows of the same confidence come in together, in whatever order they stand."""
    answers: list[tuple[float, Gold, str]] = []
    for row in fixed:
        answer = row.dispatch if row.answered else row.lean
        if answer in _SENT and (row.answered or row.confidence is not None):
            answers.append((_sure(row), row.gold, str(answer)))
    answers.sort(key=lambda a: -a[0])
    given = wrong = dangerous = 0
    points = []
    for confidence, group in groupby(answers, key=lambda a: a[0]):
        for _, gold, answer in group:
            given += 1
            wrong += answer not in (gold.accepted or ())
            dangerous += _is_dangerous(gold, answer)
        points.append(
            CurvePoint(confidence, Share(given, len(fixed)), Share(wrong, given), Share(dangerous, len(fixed)))
        )
    return tuple(points)


def _wanted(gold: Gold) -> str:
    """The answer that a fixed row wants: the way of sending, or what stands in its place where none is right."""
    return next(str(d) for d in Dispatch if d in (gold.accepted or ()))


def _dangerous_rows(fixed: Sequence[_Row]) -> tuple[Mistake, ...]:
    found = sorted((row for row in fixed if row.dangerous), key=lambda row: -_sure(row))
    return tuple(Mistake(row.gold, row.loai, row.confidence) for row in found)


# ------------------------------------------------------------------ a file


def evaluate(path: str | Path, *, classifier: DispatchClassifier | None = None, mode: Mode = "title") -> Figures:
    """The figures of a classifier (None: the default one) on a file of titles or a register; `about` says on what.

    `ArgumentValueError` for an unknown mode. `InputError` where the file is missing, damaged (with `row`), or has
    nothing to measure, and for a register with mode "symbol", since there the symbol is the answer.
    """
    if mode not in get_args(Mode):
        raise ArgumentValueError(
            f"mode phải là một trong {', '.join(get_args(Mode))}, không phải «{mode}».", column="mode"
        )
    classifier = classifier or DispatchClassifier()
    file = read_gold(path, classifier.rule_pack)
    if file.kind == "register" and mode == "symbol":
        raise InputError(
            "Trong sổ, đáp án lấy từ chính ký hiệu nên không thể đo khi cho biết ký hiệu.",
            remedy="Dùng --mode title.",
            path=path,
        )
    symbols = [gold.so_ky_hieu for gold in file.rows] if mode == "symbol" else None
    table = classifier.classify_many([gold.trich_yeu for gold in file.rows], so_ky_hieu=symbols)
    return replace(
        measure(file.rows, table),
        about=About(
            file=Path(path).name,
            kind=file.kind,
            mode=mode,
            rule_pack=classifier.pack.id,
            model=None if classifier.model is None else describe(classifier.model).id,
            review=classifier.review,
            left_out=file.left_out,
        ),
    )


@dataclass(frozen=True, slots=True)
class GoldFile:
    """What a file knows; `left_out` as in `About`."""

    rows: tuple[Gold, ...]
    kind: Literal["titles", "register"]
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_gold(path: str | Path, rule_pack: str | Path = rulepack.DEFAULT) -> GoldFile:
    """What a file of titles (.jsonl) or a register (.xlsx, .xls, .ods, .csv) knows about its titles.

    A line of .jsonl is an object with `trich_yeu` and, where known, `so_ky_hieu`, `loai` (abbreviation or name), `accepted` (list of dispatch
    answers) and `source`. In a register the type is what the symbol states and the answer what the pack says for title and symbol; where
    the pack says neither way of sending (needs review, secret), the answer is not scored.

    `InputError` where the file is missing, damaged (with `row`) or has nothing to measure.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("Không có tệp này.", remedy="Kiểm tra lại đường dẫn.", path=path)
    file = _titles(path) if path.suffix.lower() == ".jsonl" else _register(path, rule_pack)
    if not any(gold.loai is not None or gold.accepted is not None for gold in file.rows):
        raise InputError(
            "Tệp không có dòng nào để đo.",
            remedy="Mỗi dòng cần trích yếu cùng loại văn bản hay câu trả lời đúng; với sổ thì cần số, ký hiệu.",
            path=path,
        )
    return file


def _register(path: Path, rule_pack: str | Path) -> GoldFile:
    if not readers.format_of(path).register:
        raise InputError(
            "Tệp này không phải sổ đăng ký hay tệp .jsonl.",
            remedy="Cần .jsonl, .xlsx, .xls, .ods hoặc .csv.",
            path=path,
        )
    left_out: Counter[str] = Counter()
    known: list[Gold] = []
    for record in readers.read(path):
        loai = _stated(record.so_ky_hieu)
        if record.error or not record.trich_yeu or loai is None:
            left_out["unreadable" if record.error else "no_title" if not record.trich_yeu else "no_symbol"] += 1
            continue
        known.append(Gold(record.trich_yeu, record.so_ky_hieu, loai, source=path.name, row=record.row))
    by_pack = DispatchClassifier(rule_pack, model=None)
    answers = by_pack.decisions({"trich_yeu": g.trich_yeu, "so_ky_hieu": g.so_ky_hieu} for g in known)
    rows = tuple(
        replace(gold, accepted=frozenset({str(d.dispatch)}) if d.dispatch in _SENT else None)
        for gold, d in zip(known, answers, strict=True)
    )
    return GoldFile(rows, "register", dict(sorted(left_out.items())))


def _stated(symbol: str | None) -> str | None:
    """The type that a symbol states; None where there is no symbol, or none that can be read."""
    try:
        return so_ky_hieu.parse(symbol).loai if symbol else None
    except so_ky_hieu.InvalidSoKyHieuError:
        return None


def _titles(path: Path) -> GoldFile:
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as e:
        raise InputError("Không mở được tệp.", remedy="Kiểm tra quyền đọc.", path=path) from e
    return GoldFile(tuple(_Line(path, n, line).gold() for n, line in enumerate(lines, 1) if line.strip()), "titles")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of .jsonl; every fault in it names file, line and field."""

    path: Path
    row: int
    line: bytes

    def gold(self) -> Gold:
        try:
            value = json.loads(self.line.decode("utf-8"))
        except UnicodeDecodeError as e:
            raise self._fault("Dòng này không phải chữ UTF-8.", "Lưu lại tệp với bảng mã UTF-8.") from e
        except (ValueError, RecursionError) as e:
            raise self._fault(
                "Dòng này không phải JSON.", 'Mỗi dòng là một đối tượng, ví dụ {"trich_yeu": "…"}.'
            ) from e
        if not isinstance(value, dict):
            raise self._fault("Dòng này không phải một đối tượng JSON.", 'Ghi như {"trich_yeu": "…"}.')
        title = self._text(value, "trich_yeu")
        if title is None:
            raise self._fault("Dòng này thiếu trích yếu.", 'Ghi như {"trich_yeu": "…"}.', "trich_yeu")
        return Gold(
            trich_yeu=title,
            so_ky_hieu=self._text(value, "so_ky_hieu"),
            loai=_code(self._text(value, "loai")),
            accepted=self._accepted(value.get("accepted")),
            source=self._text(value, "source") or "?",
            row=self.row,
        )

    def _text(self, value: Mapping[str, Any], name: str) -> str | None:
        text = value.get(name)
        if text is None:
            return None
        try:
            text.encode("utf-8")
        except (AttributeError, UnicodeEncodeError) as e:
            raise self._fault("Giá trị phải là chuỗi ký tự.", "", name) from e
        return str(text)

    def _accepted(self, answers: Any) -> frozenset[str] | None:
        if answers is None:
            return None
        allowed = [str(d) for d in Dispatch]
        if not isinstance(answers, list) or not answers or any(answer not in allowed for answer in answers):
            raise self._fault(
                "Câu trả lời đúng phải là một danh sách.", f"Các giá trị: {', '.join(allowed)}.", "accepted"
            )
        return frozenset(answers)

    def _fault(self, what: str, remedy: str, column: str | None = None) -> InputError:
        return InputError(what, remedy=remedy, path=self.path, row=self.row, column=column)


def _code(loai: str | None) -> str | None:
    """The code of a type; a type that we do not know stays as it is written, and counts as one that is not recognised."""
    try:
        return None if loai is None else normalize(loai)
    except ArgumentValueError:
        return loai
