"""The page: HTML that works without script. Each handler reads a form, asks the desk, and shows the answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode

from anyio import to_thread
from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, UploadFile
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from vanthu_classifier import __version__, tables
from vanthu_classifier.corrections import Bearing, Judged
from vanthu_classifier.errors import ArgumentValueError, InputError, VanThuError
from vanthu_classifier.journal import Asked
from vanthu_classifier.outcomes import Dispatch
from vanthu_classifier.rulepack import Rule
from vanthu_classifier.web import view
from vanthu_classifier.web.access import SESSION_SECONDS, Access
from vanthu_classifier.web.desk import AnswerChangedError, Desk, Reply
from vanthu_classifier.web.guard import ADMISSION, LOGIN, SESSION
from vanthu_classifier.web.jobs import REPORTS, Job, Jobs, clear
from vanthu_classifier.web.problems import ProblemError
from vanthu_classifier.web.settings import Settings
from vanthu_classifier.web.trial import Trial, try_title
from vanthu_classifier.web.view import Lang

__all__ = ["problem_page", "router"]

router = APIRouter(include_in_schema=False)

_LANG, _NAME = "vanthu_lang", "vanthu_ten"
_YEAR = 365 * 86400
_PAGE = 50
_MOST_FIELDS = 50
_ARGS = (
    "trich_yeu", "so_ky_hieu", "ngay_ban_hanh", "noi_nhan", "loai_van_ban", "hinh_thuc_sao", "do_mat", "co_quan_ban_hanh",
)  # fmt: skip
_EXPORTED = tables.ENDINGS

_templates = Environment(
    loader=PackageLoader("vanthu_classifier.web"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class _Filled(dict[str, Any]):
    """Fields of a form; one that was not filled in is empty."""

    def __missing__(self, name: str) -> str:
        return ""


class _Visit:
    """One request for a page: its language, its session, what templates need."""

    def __init__(self, request: Request, form: Mapping[str, Any] | None = None) -> None:
        self.request = request
        state = request.app.state
        self.desk: Desk = state.desk
        self.jobs: Jobs = state.jobs
        self.access: Access = state.access
        self.settings: Settings = state.settings
        asked = (form or {}).get("lang") or request.query_params.get("lang")
        self.lang: Lang = cast(Lang, asked if asked in ("vi", "en") else request.cookies.get(_LANG, "vi"))
        if self.lang not in ("vi", "en"):
            self.lang = "vi"
        self.session = request.cookies.get(SESSION) or self.access.new_session()
        self.name = unquote(request.cookies.get(_NAME, ""))

    def say(self, vi: str, en: str) -> str:
        """A sentence in the page's language."""
        return vi if self.lang == "vi" else en

    def page(self, template: str, status: int = 200, /, **values: Any) -> Response:
        """The page."""
        body = _templates.get_template(template).render(
            _=self.say,
            lang=self.lang,
            other="en" if self.lang == "vi" else "vi",
            path=self.request.url.path,
            token=self._token,
            may_leave=self.access.required,
            history_on=self.desk.history,
            pack=self.desk.pack,
            pack_name=view.pack_name(self.desk.pack, self.lang),
            version=__version__,
            clerk=self.name,
            label=partial(view.label, lang=self.lang),
            moment=view.moment,
            **values,
        )
        return self.remember(HTMLResponse(body.encode("utf-8", "replace"), status))

    def _token(self) -> Markup:
        """The hidden field that every form carries."""
        value = self.access.form_token(self.session)
        return Markup('<input type="hidden" name="form_token" value="{}">').format(value)

    def remember(self, response: Response) -> Response:
        """The response, with the session's cookie and the chosen language."""
        if SESSION not in self.request.cookies:
            self._cookie(response, SESSION, self.session, None)
        if self.lang != self.request.cookies.get(_LANG, "vi"):
            self._cookie(response, _LANG, self.lang, _YEAR)
        return response

    def call(self, response: Response, name: str) -> None:
        """Remembers by what name the clerk signs."""
        self.name = name
        self._cookie(response, _NAME, quote(name[:100]), _YEAR)

    def admit(self, response: Response) -> None:
        """A fresh session that came in by password."""
        self.session = self.access.new_session()
        self._cookie(response, SESSION, self.session, None)
        self._cookie(response, ADMISSION, self.access.admission(self.session), SESSION_SECONDS)

    def _cookie(self, response: Response, name: str, value: str, age: int | None) -> None:
        response.set_cookie(
            name, value, max_age=age, path="/", httponly=True, samesite="lax", secure=self.settings.secure
        )

    def check(self, form: Mapping[str, Any]) -> None:
        """Refuses a form that does not come from a page of this session."""
        if not self.access.is_form_token(self.session, _text(form, "form_token")):
            raise ProblemError(
                403,
                self.say(
                    "Trang đã mở quá lâu hoặc không nhận được cookie. Hãy tải lại trang rồi gửi lại.",
                    "This page was open for too long, or cookies are off. Load it again and send once more.",
                ),
            )


async def _posted(request: Request, handle: Callable[[_Visit, FormData], Response], *, files: int = 0) -> Response:
    """The answer to a form of this session; `handle` runs in a thread, and what was uploaded is closed behind it."""
    async with request.form(max_files=files, max_fields=_MOST_FIELDS, max_part_size=1_000_000) as form:
        visit = _Visit(request, form)
        visit.check(form)
        return await to_thread.run_sync(handle, visit, form)


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def problem_page(request: Request, problem: ProblemError) -> Response:
    """A problem as a person reads it."""
    response = _Visit(request).page("problem.html", problem.status, problem=problem)
    response.headers.update(problem.headers)
    return response


# ------------------------------------------------------------------ one document


@router.get("/")
def ask_page(request: Request) -> Response:
    """The empty form."""
    return _ask_page(_Visit(request))


@router.post("/")
async def ask(request: Request) -> Response:
    """The answer, above the form that asked."""
    return await _posted(request, _answer)


def _answer(visit: _Visit, form: Mapping[str, Any]) -> Response:
    args = _args(form)
    if not args.get("trich_yeu", "").strip() and not args.get("so_ky_hieu"):
        wanted = visit.say("Xin ghi trích yếu, hoặc số, ký hiệu.", "Please give the title, or number and symbol.")
        return _ask_page(visit, args, errors={"trich_yeu": wanted}, status=422)
    try:
        reply = visit.desk.ask(args, source="page")
    except InputError as error:
        return _ask_page(visit, args, errors=_errors(error), status=422)
    return _ask_page(visit, args, reply=reply)


def _args(form: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `classify` that a form gives."""
    args: dict[str, Any] = {name: text for name in _ARGS if (text := _text(form, name)).strip()}
    args.setdefault("trich_yeu", "")
    return args | ({"noi_bo": True} if form.get("noi_bo") else {})


def _errors(error: VanThuError) -> dict[str, str]:
    return {error.column or "trich_yeu": f"{error.what} {error.remedy}".strip()}


def _ask_page(
    visit: _Visit,
    args: Mapping[str, Any] | None = None,
    *,
    reply: Reply | None = None,
    errors: Mapping[str, str] | None = None,
    said: Mapping[str, Any] | None = None,
    judged: Judged | None = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    return visit.page(
        "ask.html",
        status,
        args=_Filled(args or {}),
        errors=_Filled(errors or {}),
        reply=reply,
        shown=view.show(reply.given, visit.desk.pack, visit.lang) if reply else None,
        types=view.type_names(visit.lang),
        said=_Filled(said or {}),
        judged=judged,
        notice=notice,
        key=secrets.token_urlsafe(12),
    )


# ------------------------------------------------------------------ corrections


@router.post("/y-kien")
async def correct(request: Request) -> Response:
    """Records a person's word on an answer, and shows the answer again."""
    return await _posted(request, _correct)


def _correct(visit: _Visit, form: Mapping[str, Any]) -> Response:
    args, who = _args(form), _text(form, "who").strip()[:200]
    said = {name: _text(form, name)[:4000] for name in ("verdict", "dung", "loai_dung", "ly_do", "who")}
    try:
        judged = visit.desk.correct(
            args,
            verdict=cast(Any, said["verdict"]),
            dispatch=said["dung"] or None if said["verdict"] == "wrong" else None,
            loai_van_ban=said["loai_dung"] or None,
            reason=said["ly_do"],
            who=who,
            source="page",
            key=_text(form, "key")[:200] or None,
            answered=_text(form, "answered") or None,
        )
    except AnswerChangedError as changed:
        notice = visit.say(
            "Quy tắc hoặc mô hình đã đổi, câu trả lời nay đã khác. Xin xem lại trước khi ghi ý kiến.",
            "Rules or model have changed, and so has the answer. Please look again first.",
        )
        return _ask_page(visit, args, reply=changed.reply, notice=notice, status=409)
    except ArgumentValueError as error:
        column = {"dispatch": "dung", "reason": "ly_do", "loai_van_ban": "loai_dung"}.get(error.column or "", "verdict")
        errors = {column: _refused(visit, column, error)}
        return _ask_page(visit, args, reply=visit.desk.decide(args), errors=errors, said=said, status=422)
    reply = Reply(judged.correction.given)
    response = _ask_page(visit, args, reply=reply, judged=judged)
    if who != visit.name:
        visit.call(response, who)
    return response


def _refused(visit: _Visit, column: str, error: ArgumentValueError) -> str:
    """Why a correction was not taken, without the names that programs use."""
    if column == "dung":
        return visit.say(
            "Xin chọn hình thức gửi đúng, khác với câu trả lời; nếu chỉ loại văn bản sai, xin chọn loại đúng.",
            "Please choose the right way of sending, other than the answer; if only the type is wrong, choose the right type.",
        )
    if column == "ly_do":
        return visit.say("Xin ghi ngắn gọn lý do.", "Please say why, in a few words.")
    return f"{error.what} {error.remedy}".strip()


_CORRECTION_COLUMNS: dict[str, tuple[str, int]] = {
    "id": ("Số", 7), "at": ("Lúc (UTC)", 26), "who": ("Người góp ý", 22), "verdict": ("Ý kiến", 10), "trich_yeu": ("Trích yếu", 60),
    "so_ky_hieu": ("Số, ký hiệu", 20), "answered": ("Câu trả lời", 24), "dispatch": ("Hình thức đúng", 24), "loai_van_ban": ("Loại văn bản", 12),
    "reason": ("Lý do", 50), "bearing": ("Xếp loại", 14), "rule": ("Quy tắc", 12), "note": ("Ghi chú", 50), "source": ("Nguồn", 8),
    "args": ("Thông tin đã cho", 50), "answer": ("Câu trả lời đầy đủ", 50), "pack_sha256": ("Bộ quy tắc (SHA-256)", 20), "model": ("Mô hình", 20),
    "review": ("Chế độ", 8), "version": ("Phiên bản", 10),
}  # fmt: skip


@router.get("/y-kien")
def corrections_page(request: Request) -> Response:
    """What people said of answers."""
    visit = _Visit(request)
    found = _found_corrections(visit)
    start = _number(request.query_params.get("tu"), 0)
    return visit.page(
        "corrections.html",
        found=found[start : start + _PAGE],
        total=len(found),
        next_start=start + _PAGE if start + _PAGE < len(found) else None,
        bearings=list(Bearing),
        exports=_exports(request, "/y-kien"),
        **_query(request, "q", "verdict", "bearing"),
    )


def _found_corrections(visit: _Visit) -> list[Judged]:
    wanted = _query(visit.request, "q", "verdict", "bearing")
    ids = {c.id for c in visit.desk.journal.corrections(wanted["q"])} if wanted["q"].strip() else None
    return [
        j
        for j in reversed(visit.desk.corrections())
        if (ids is None or j.correction.id in ids)
        and wanted["verdict"] in ("", j.correction.verdict)
        and wanted["bearing"] in ("", j.bearing)
    ]


@router.get("/y-kien/xuat{ending}")
def export_corrections(request: Request, ending: str) -> Response:
    """The corrections as a file."""
    visit = _Visit(request)
    return _exported(visit, "y_kien", ending, _CORRECTION_COLUMNS, map(_correction_row, _found_corrections(visit)))


def _correction_row(judged: Judged) -> dict[str, Any]:
    said = judged.correction
    return {
        "id": said.id, "at": said.at, "who": said.who, "verdict": said.verdict, "trich_yeu": said.given.trich_yeu,
        "so_ky_hieu": said.given.so_ky_hieu, "answered": said.given.answer["dispatch"], "dispatch": said.dispatch,
        "loai_van_ban": said.loai_van_ban, "reason": said.reason, "bearing": str(judged.bearing), "rule": judged.rule, "note": judged.note,
        "source": said.source, **{name: getattr(said.given, name) for name in ("args", "answer", "pack_sha256", "model", "review", "version")},
    }  # fmt: skip


# ------------------------------------------------------------------ history

_HISTORY_COLUMNS: dict[str, tuple[str, int]] = {
    "id": ("Số", 7), "at": ("Lúc (UTC)", 26), "source": ("Nguồn", 8), "trich_yeu": ("Trích yếu", 60), "so_ky_hieu": ("Số, ký hiệu", 20),
    "dispatch": ("Hình thức gửi", 24), "lean": ("Nghiêng về", 24), "confidence": ("Độ tin cậy", 10), "category": ("Mục", 8), "quote": ("Quy định", 44),
    "args": ("Thông tin đã cho", 50), "answer": ("Câu trả lời đầy đủ", 50), "pack_sha256": ("Bộ quy tắc (SHA-256)", 20), "model": ("Mô hình", 20),
    "review": ("Chế độ", 8), "version": ("Phiên bản", 10),
}  # fmt: skip


@router.get("/lich-su")
def history_page(request: Request) -> Response:
    """What was asked and answered."""
    visit = _Visit(request)
    wanted = _query(request, "q", "tra_loi")
    dispatch = wanted["tra_loi"] if wanted["tra_loi"] in set(Dispatch) else None
    before = _number(request.query_params.get("truoc"), None)
    found = visit.desk.journal.history(wanted["q"], dispatch=dispatch, before=before, limit=_PAGE + 1)
    return visit.page(
        "history.html",
        found=found[:_PAGE],
        total=visit.desk.journal.count_history(wanted["q"], dispatch=dispatch),
        before=found[_PAGE - 1].id if len(found) > _PAGE else None,
        dispatches=list(Dispatch),
        exports=_exports(request, "/lich-su"),
        **wanted,
    )


@router.get("/lich-su/xuat{ending}")
def export_history(request: Request, ending: str) -> Response:
    """The history as a file."""
    visit = _Visit(request)
    wanted = _query(request, "q", "tra_loi")
    dispatch = wanted["tra_loi"] if wanted["tra_loi"] in set(Dispatch) else None
    records = visit.desk.journal.all_history(wanted["q"], dispatch=dispatch)
    return _exported(visit, "lich_su", ending, _HISTORY_COLUMNS, map(_history_row, records))


def _history_row(record: Asked) -> dict[str, Any]:
    given = record.given
    return {
        "id": record.id, "at": record.at, "source": record.source, "trich_yeu": given.trich_yeu, "so_ky_hieu": given.so_ky_hieu,
        **{name: given.answer[name] for name in ("dispatch", "lean", "confidence", "category", "quote")}, **asdict(given),
    }  # fmt: skip


@router.get("/lich-su/{id}")
def record_page(request: Request, id: str) -> Response:
    """One record, and on request what the same question is answered now."""
    visit = _Visit(request)
    number = _number(id, None)
    record = visit.desk.journal.asked(number) if number is not None else None
    if record is None:
        raise ProblemError(404, visit.say("Không có bản ghi này.", "There is no such record."))
    again = None
    if request.query_params.get("xet-lai"):
        try:
            again = visit.desk.again(record)
        except (InputError, TypeError) as error:  # arguments that this version does not take
            raise ProblemError(422, str(error)) from error
    changes, causes = view.differences(again, visit.lang) if again else ([], [])
    return visit.page(
        "record.html",
        record=record,
        shown=view.show(record.given, visit.desk.pack, visit.lang),
        again=again,
        now=view.show(again.now.given, visit.desk.pack, visit.lang) if again and again.changes else None,
        changes=changes,
        causes=causes,
        types=view.type_names(visit.lang),
        said=_Filled(),
        errors=_Filled(),
        key=secrets.token_urlsafe(12),
    )


# ------------------------------------------------------------------ the rules


@router.get("/quy-tac")
def rules_page(request: Request) -> Response:
    """Every rule, under its list."""
    visit = _Visit(request)
    wanted = _query(request, "q")
    return _rules_page(visit, wanted["q"])


@router.post("/quy-tac")
async def try_rules(request: Request) -> Response:
    """A title tried against all rules."""
    return await _posted(request, _tried_all)


def _tried_all(visit: _Visit, form: FormData) -> Response:
    args = _args(form)
    try:
        return _rules_page(visit, args=args, trial=try_title(visit.desk, args))
    except InputError as error:
        return _rules_page(visit, args=args, errors=_errors(error), status=422)


def _rules_page(
    visit: _Visit,
    q: str = "",
    *,
    args: Mapping[str, Any] | None = None,
    trial: Trial | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    rules = [rule for rule in visit.desk.pack.rules.values() if view.holds_words(rule, q)]
    return visit.page(
        "rules.html",
        status,
        q=q,
        groups=view.groups(visit.desk.pack, rules),
        quoted=view.quoted,
        args=_Filled(args or {}),
        trial=trial,
        errors=_Filled(errors or {}),
    )


@router.get("/quy-tac/{id}")
def rule_page(request: Request, id: str) -> Response:
    """One rule: quotation, reading, examples on both sides."""
    visit = _Visit(request)
    return _rule_page(visit, _rule(visit, id))


@router.post("/quy-tac/{id}")
async def try_rule(request: Request, id: str) -> Response:
    """A title tried against one rule."""
    return await _posted(request, partial(_tried, id))


def _tried(id: str, visit: _Visit, form: Mapping[str, Any]) -> Response:
    rule, args = _rule(visit, id), _args(form)
    try:
        return _rule_page(visit, rule, args, trial=try_title(visit.desk, args))
    except InputError as error:
        return _rule_page(visit, rule, args, errors=_errors(error), status=422)


def _rule(visit: _Visit, id: str) -> Rule:
    rule = visit.desk.pack.rules.get(id)
    if rule is None:
        raise ProblemError(404, visit.say("Bộ quy tắc không có mục này.", "The pack has no such rule."))
    return rule


def _rule_page(
    visit: _Visit,
    rule: Rule,
    args: Mapping[str, Any] | None = None,
    *,
    trial: Trial | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return visit.page(
        "rule.html",
        status,
        rule=rule,
        place=rule.place_en if visit.lang == "en" else rule.place,
        quote=view.quoted(rule.quote, rule.focus),
        args=_Filled(args or {}),
        trial=trial,
        errors=_Filled(errors or {}),
    )


# ------------------------------------------------------------------ many at once


@router.get("/nhieu-van-ban")
def uploads_page(request: Request) -> Response:
    """The form for files."""
    visit = _Visit(request)
    return visit.page("uploads.html", limits=visit.settings.limits, error="")


@router.post("/nhieu-van-ban")
async def upload(request: Request) -> Response:
    """Takes files into the line, and shows how far they are."""
    return await _posted(request, _upload, files=request.app.state.settings.limits.files)


def _upload(visit: _Visit, form: FormData) -> Response:
    given = [f for f in form.getlist("files") if isinstance(f, UploadFile) and f.filename]
    try:
        job = visit.jobs.add([(f.filename or "", f.file) for f in given], visit.session)
    except ProblemError as problem:
        return visit.page("uploads.html", problem.status, limits=visit.settings.limits, error=problem.detail)
    return visit.remember(RedirectResponse(f"/nhieu-van-ban/{job.id}", 303))


@router.get("/nhieu-van-ban/{id}")
def upload_page(request: Request, id: str) -> Response:
    """How far an upload is; when it is done, what came of it."""
    visit = _Visit(request)
    job = _job(visit, id)
    rows: list[dict[str, Any]] = []
    if job.state == "done":
        rows = [row for row, _ in zip(job.rows(), range(_PAGE), strict=False)]
    return visit.page("upload.html", job=job, ahead=visit.jobs.ahead(job), rows=rows, reports=REPORTS, asked=view.asked, kept=round(visit.settings.limits.kept / 60))  # fmt: skip


@router.get("/nhieu-van-ban/{id}/bao-cao{ending}")
def report(request: Request, id: str, ending: str) -> Response:
    """The report as a file."""
    visit = _Visit(request)
    job = _job(visit, id)
    if job.state != "done" or ending not in REPORTS:
        raise ProblemError(404, visit.say("Không có báo cáo này.", "There is no such report."))
    return FileResponse(visit.jobs.report(job, ending), filename=f"bao_cao{ending}")


@router.post("/nhieu-van-ban/{id}/xoa")
async def discard(request: Request, id: str) -> Response:
    """Deletes the report, or stops the work."""
    return await _posted(request, partial(_discard, id))


def _discard(id: str, visit: _Visit, form: FormData) -> Response:
    visit.jobs.discard(_job(visit, id))
    return RedirectResponse("/nhieu-van-ban", 303)


def _job(visit: _Visit, id: str) -> Job:
    job = visit.jobs.get(id, visit.session)
    if job is None:
        raise ProblemError(
            404,
            visit.say(
                "Hồ sơ này không còn ở đây: đã xóa, quá hạn, hoặc máy chủ đã khởi động lại. Xin gửi lại các tệp.",
                "This upload is gone: deleted, expired, or the server was started again. Please send the files again.",
            ),
        )
    return job


# ------------------------------------------------------------------ coming in, about


@router.get(LOGIN)
def login_page(request: Request) -> Response:
    """The password, where one is wanted."""
    visit = _Visit(request)
    return visit.page("login.html", back=_back(request.query_params.get("ve", "/")), error="")


@router.post(LOGIN)
async def login(request: Request) -> Response:
    """In by password."""
    return await _posted(request, _login)


def _login(visit: _Visit, form: FormData) -> Response:
    back = _back(_text(form, "ve"))
    client = visit.request.client.host if visit.request.client else ""
    right = visit.access.password(_text(form, "password"), client)
    if right:
        response = RedirectResponse(back, 303)
        visit.admit(response)
        return response
    if right is None:
        error = visit.say("Sai nhiều lần; xin chờ một phút rồi thử lại.", "Too many tries; please wait a minute.")
    else:
        error = visit.say("Mật khẩu không đúng.", "The password is not right.")
    return visit.page("login.html", 429 if right is None else 401, back=back, error=error)


def _back(path: str) -> str:
    """A page of ours, whatever was handed in."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


@router.post("/dang-xuat")
async def logout(request: Request) -> Response:
    """Out again."""
    return await _posted(request, _logout)


def _logout(visit: _Visit, form: FormData) -> Response:
    response = RedirectResponse(LOGIN, 303)
    for name in (SESSION, ADMISSION):
        response.delete_cookie(name, path="/")
    return response


@router.get("/gioi-thieu")
def about(request: Request) -> Response:
    """What answers here, by which law, and how programs ask."""
    visit = _Visit(request)
    return visit.page(
        "about.html",
        model=visit.desk.model_id,
        review=visit.desk.classifier.review,
        settings=visit.settings,
        address=str(request.base_url).rstrip("/"),
    )


# ------------------------------------------------------------------ shared


def _query(request: Request, *names: str) -> dict[str, str]:
    return {name: request.query_params.get(name, "")[:500] for name in names}


def _number(text: str | None, otherwise: Any) -> Any:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else otherwise


def _exports(request: Request, path: str) -> dict[str, str]:
    """Links to the same selection as a file, by ending."""
    query = urlencode({k: v for k, v in request.query_params.items() if k in ("q", "tra_loi", "verdict", "bearing") and v})  # fmt: skip
    return {ending: f"{path}/xuat{ending}" + (f"?{query}" if query else "") for ending in _EXPORTED}


def _exported(
    visit: _Visit, name: str, ending: str, columns: Mapping[str, tuple[str, int]], rows: Iterator[Mapping[str, Any]]
) -> Response:
    if ending not in _EXPORTED:
        raise ProblemError(404, visit.say("Không có dạng tệp này.", "There is no such kind of file."))
    folder = Path(mkdtemp(dir=visit.request.app.state.folder))
    try:
        tables.write(folder / f"{name}{ending}", columns, rows)
    except BaseException:
        clear(folder)
        raise
    gone: Callable[[], None] = partial(clear, folder)
    return FileResponse(folder / f"{name}{ending}", filename=f"{name}{ending}", background=BackgroundTask(gone))
