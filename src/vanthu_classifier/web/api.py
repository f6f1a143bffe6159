"""REST: the same questions for programs. JSON in and out, refusals as problem+json; described in /openapi.json with answers of this very engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, UploadFile
from starlette.responses import Response

from vanthu_classifier import __version__
from vanthu_classifier.corrections import Judged
from vanthu_classifier.errors import InputError, VanThuError
from vanthu_classifier.rulepack import Pack, Rule
from vanthu_classifier.web import models
from vanthu_classifier.web.desk import AnswerChangedError, Desk, Reply
from vanthu_classifier.web.jobs import Reading
from vanthu_classifier.web.problems import MEDIA_TYPE, ProblemError, of_error

__all__ = ["EXAMPLES", "examples", "router"]


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    return {s: {"description": "A refusal", "content": {MEDIA_TYPE: {"schema": schema}}} for s in statuses}


_ASKED = _problems(400, 401, 413, 422, 503)
router = APIRouter()


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _reading(request: Request) -> Reading:
    reading: Reading = request.app.state.reading
    return reading


TheDesk = Annotated[Desk, Depends(_desk)]


def _json(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


async def _in_turn(request: Request, answer: Callable[..., Response], *given: Any) -> Response:
    """The answer, worked out in one of the threads that are there for it."""
    return await to_thread.run_sync(answer, *given, limiter=request.app.state.asking)


@contextmanager
def _told(prefix: str = "") -> Iterator[None]:
    """An error of the library as a problem."""
    try:
        yield
    except VanThuError as error:
        raise of_error(error, prefix) from error


@router.post("/api/v1/classify", response_model=models.DecisionOut, responses=_ASKED, tags=["decisions"])
async def classify(document: models.Document, desk: TheDesk, request: Request) -> Response:
    """How one document is sent, and why: the arguments of `classify`, answered by `Decision.to_dict()`."""
    return await _in_turn(request, _classify, document, desk)


def _classify(document: models.Document, desk: Desk) -> Response:
    with _told():
        return _json(desk.ask(document.args(), source="api").answer)


@router.post("/api/v1/classify-many", response_model=models.Decisions, responses=_ASKED, tags=["decisions"])
async def classify_many(documents: models.Documents, desk: TheDesk, request: Request) -> Response:
    """The same for many documents, in order. One that is wrong refuses all, and the refusal names every one that is."""
    most = request.app.state.settings.limits.items
    if len(documents.items) > most:
        raise ProblemError(
            413,
            f"Nhiều nhất {most} văn bản mỗi lần.",
            [{"field": "items", "message": f"{len(documents.items)} > {most}"}],
        )
    return await _in_turn(request, _classify_many, documents, desk)


def _classify_many(documents: models.Documents, desk: Desk) -> Response:
    replies: list[Reply] = []
    errors: list[Mapping[str, str]] = []
    for i, document in enumerate(documents.items):
        try:
            replies.append(desk.decide(document.args()))
        except InputError as error:
            errors += of_error(error, f"items[{i}].").errors
        except VanThuError as error:
            raise of_error(error) from error
    if errors:
        raise ProblemError(422, f"{len(errors)} văn bản có chỗ sai; xem từng trường.", errors)
    return _json({"items": [reply.answer for reply in desk.record(replies, source="api")]})


@router.post("/api/v1/read", response_model=models.RowsOut, responses=_ASKED, tags=["decisions"])
async def read(file: UploadFile, reading: Annotated[Reading, Depends(_reading)]) -> Response:
    """Reads a file (Word, PDF, register …) and decides every document in it; answers the rows that `vanthu batch` would write.

    The file is deleted as soon as it has been read, and nothing of it is recorded.
    """
    with _told():
        return _json({"rows": await reading.rows(file.filename or "", file.file)})


@router.post(
    "/api/v1/corrections",
    status_code=201,
    response_model=models.Corrected,
    responses=_problems(400, 401, 409, 413, 422, 503),
    tags=["corrections"],
)
async def correct(correction: models.Correction, desk: TheDesk, request: Request) -> Response:
    """Records a person's word on an answer. The answer is decided here once more; `answered`, where it is given, has to be the same."""
    return await _in_turn(request, _correct, correction, desk)


def _correct(correction: models.Correction, desk: Desk) -> Response:
    try:
        with _told():
            judged = desk.correct(
                correction.document.args(),
                **correction.model_dump(exclude={"document"}),
                source="api",
            )
    except AnswerChangedError as changed:
        answer = changed.reply.answer["dispatch"]
        raise ProblemError(
            409, "Câu trả lời nay đã khác; xin xem lại.", [{"field": "answered", "message": str(answer)}]
        ) from changed
    return _json(_corrected(judged), 201)


def _corrected(judged: Judged) -> dict[str, Any]:
    said = judged.correction
    return {
        "id": said.id, "at": said.at, "verdict": said.verdict, "dispatch": said.dispatch, "loai_van_ban": said.loai_van_ban,
        "bearing": str(judged.bearing), "rule": judged.rule, "note": judged.note,
    }  # fmt: skip


@router.get("/api/v1/rules", response_model=models.Rules, responses=_problems(401), tags=["about"])
def rules(desk: TheDesk) -> Response:
    """The rule pack in use: every rule with its quotation, reading, examples and near misses."""
    pack = desk.pack
    return _json({"rule_pack": _pack(pack), "source": pack.source, "rules": [_rule(r) for r in pack.rules.values()]})


@router.get("/api/v1/version", response_model=models.Version, responses=_problems(401, 503), tags=["about"])
def version(desk: TheDesk) -> Response:
    """The version, the rule pack with its hash, and the model in use."""
    with _told():
        model = desk.model_id
    return _json(
        {
            "version": __version__,
            "rule_pack": _pack(desk.pack),
            "model": model,
            "review": desk.classifier.review,
        }
    )


@router.get("/healthz", response_model=models.Health, responses=_problems(503), tags=["about"])
def healthz(desk: TheDesk) -> Response:
    """Whether the server answers and its journal can be read; open without a password."""
    with _told():
        desk.journal.asked(0)
    return _json({"status": "ok", "service": "vanthu"})


def _pack(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "title": pack.title,
        "sha256": pack.sha256,
        "in_force_from": pack.in_force_from and pack.in_force_from.isoformat(),
        "in_force_to": pack.in_force_to and pack.in_force_to.isoformat(),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id, "category": rule.category, "outcome": str(rule.outcome), "lean": rule.lean and str(rule.lean),
        "standing": rule.standing, "quote": rule.quote, "reading": rule.reading, "reading_en": rule.reading_en, "note": rule.note,
        "examples": [dict(e.args) for e in rule.examples], "near_misses": [dict(e.args) for e in rule.near_misses],
        "overrides": sorted(rule.overrides),
    }  # fmt: skip


# ------------------------------------------------------------------ examples of the description

EXAMPLES: Mapping[str, dict[str, Any]] = {
    "/api/v1/classify": {
        "trich_yeu": "V/v đăng ký lịch họp tháng 9",
        "so_ky_hieu": "58/UBND-VX",
        "ngay_ban_hanh": "2019-09-02",
        "noi_nhan": ["Kính gửi: Văn phòng UBND huyện", "Lưu: VT"],
    },
    "/api/v1/classify-many": {
        "items": [{"trich_yeu": "Tờ trình xin kinh phí"}, {"trich_yeu": "Công điện ứng phó bão"}]
    },
    "/api/v1/corrections": {
        "document": {"trich_yeu": "Kế hoạch kiểm tra công tác văn thư"},
        "verdict": "right",
        "who": "Văn thư cơ quan",
    },
}
"""What is sent, by path; the answers are decided when the description is asked for (`examples`), so they are real."""


def examples(desk: Desk) -> dict[str, Any]:
    """Real answers to `EXAMPLES`, by path; nothing is recorded."""
    one = desk.decide(EXAMPLES["/api/v1/classify"]).answer
    many = [desk.decide(item).answer for item in EXAMPLES["/api/v1/classify-many"]["items"]]
    return {"/api/v1/classify": one, "/api/v1/classify-many": {"items": many}}
