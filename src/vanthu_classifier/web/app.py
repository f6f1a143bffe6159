"""All of it put together: one FastAPI application for page and REST."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from vanthu_classifier import __version__
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.errors import ModelError, VanThuError
from vanthu_classifier.journal import FILE, Journal
from vanthu_classifier.web import api, models, pages
from vanthu_classifier.web.access import Access, AccessFile
from vanthu_classifier.web.desk import Desk
from vanthu_classifier.web.guard import Guard
from vanthu_classifier.web.jobs import Jobs, Reading
from vanthu_classifier.web.problems import ProblemError, of_error, of_http, of_validation
from vanthu_classifier.web.settings import Settings

__all__ = ["create_app"]

_STATIC = Path(__file__).with_name("static")
_log = logging.getLogger("vanthu.serve")


def create_app(
    data: str | Path, *, classifier: DispatchClassifier | None = None, settings: Settings | None = None
) -> FastAPI:
    """The application over the data folder `data`, which has to be there and this server's alone.

    Raises `JournalError` and `AccessFileError` where what is kept there cannot be used.
    """
    data, settings, classifier = Path(data), settings or Settings(), classifier or DispatchClassifier()
    access = Access(AccessFile(data))
    journal = Journal(data / FILE)
    if settings.history_days is not None:
        journal.forget(older_than_days=settings.history_days)
    temporary = data / "tmp"
    jobs = Jobs(temporary, classifier, settings.limits)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_warm, args=(app,), name="vanthu-warm", daemon=True).start()
        yield
        jobs.close()
        journal.close()

    app = FastAPI(
        title="vanthu_classifier",
        version=__version__,
        summary="How an official document is sent: electronically only, or with paper; and by which clause.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[Middleware(Guard, settings=settings, access=access, refuse=_refuse)],
    )
    app.state.asking = CapacityLimiter(max(4, 2 * (os.cpu_count() or 1)))  # more threads only wait for one another
    app.state.desk = Desk(classifier, journal, history=settings.history)
    app.state.jobs = jobs
    app.state.reading = Reading(temporary, classifier, settings.limits)
    app.state.access = access
    app.state.settings = settings
    app.state.folder = temporary
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _add_handlers(app)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    return app


def _warm(app: FastAPI) -> None:
    """Loads the model before the first question that needs it."""
    try:
        app.state.desk.model_id  # noqa: B018
    except ModelError as error:
        _log.error("%s", error)


# ------------------------------------------------------------------ errors


def _add_handlers(app: FastAPI) -> None:
    def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return _refuse(request.scope, error)

    def library(request: Request, error: Exception) -> Response:
        assert isinstance(error, VanThuError)
        return _refuse(request.scope, of_error(error))

    def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _refuse(request.scope, of_validation(error))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _refuse(request.scope, of_http(error))

    app.add_exception_handler(ProblemError, problem)
    app.add_exception_handler(VanThuError, library)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)


def _refuse(scope: Scope, problem: ProblemError) -> Response:
    """The problem, for a program under /api, for a person elsewhere. Before the application is reached there are no pages yet."""
    if scope["path"].startswith(("/api/", "/healthz", "/openapi")) or problem.status == 421 or "app" not in scope:
        return problem.response()
    return pages.problem_page(Request(scope), problem)


# ------------------------------------------------------------------ description


def _description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with examples that this very engine answers."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schemas = found["components"]["schemas"]
        schemas |= _schemas(models.ProblemOut)
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        answers = api.examples(app.state.desk)
        for path, sent in api.EXAMPLES.items():
            operation = found["paths"][path]["post"]
            operation["requestBody"]["content"]["application/json"]["example"] = sent
            if path in answers:
                operation["responses"]["200"]["content"]["application/json"]["example"] = answers[path]
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        if app.state.access.required:
            found["security"] = [{"token": []}]
        app.openapi_schema = found
    return app.openapi_schema


def _schemas(model: type[models.ProblemOut]) -> dict[str, Any]:
    whole = model.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, Any] = whole.pop("$defs", {})
    return {model.__name__: whole, **parts}
