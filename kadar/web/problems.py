"""Errors as answers: a page for people, a record for programs; the status says whose fault."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from kadar.errors import FAILED, NO, KadarError
from kadar.language import N_
from kadar.web.site import Site
from kadar.web.templates import render

log = logging.getLogger("kadar.web")
NO_DATA = "KDR-ASK-007"
NOT_THERE = (
    "KDR-KPI-003",
    "KDR-KPI-004",
    "KDR-WEB-001",
    "KDR-WEB-002",
    "KDR-WEB-003",
    "KDR-WEB-040",
)
STATUSES = dict.fromkeys(NOT_THERE, 404) | {
    NO_DATA: 422,
    "KDR-WEB-021": 406,
    "KDR-WEB-022": 401,
    "KDR-WEB-023": 409,
    "KDR-WEB-025": 414,
    "KDR-WEB-030": 401,
    "KDR-WEB-043": 403,
    "KDR-WEB-044": 403,
}


def status(error: KadarError) -> int:
    """Return the HTTP status of an error: 404 what is not there, 422 the data says no."""
    if error.code in STATUSES:
        return STATUSES[error.code]
    return {NO: 422, FAILED: 503}.get(error.exit_code, 400)


def record(error: KadarError, language: str) -> dict[str, Any]:
    """Return an error as programs read it."""
    return {
        "code": error.code,
        "message": error.sentence(language),
        "next_step": error.next_step(language),
    }


def add(app: FastAPI, site: Site) -> None:
    """Answer errors in the reader's language."""

    @app.exception_handler(KadarError)
    def known(request: Request, error: KadarError) -> Response:
        return _told(request, site, error, status(error))

    @app.exception_handler(HTTPException)
    def missing(request: Request, error: HTTPException) -> Response:
        told = KadarError(
            "KDR-WEB-003",
            N_("There is nothing at {path}."),
            N_("Begin at the board: {start}"),
            path=request.url.path,
            start="/",
        )
        response = _told(request, site, told, error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    def mistaken(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()[0]
        told = KadarError(
            "KDR-WEB-020",
            N_("{parameter} cannot be so: {reason}."),
            N_("The page /api says what each parameter may be."),
            parameter=".".join(str(part) for part in found["loc"][1:]) or "-",
            reason=str(found["msg"]).rstrip("."),
        )
        return _told(request, site, told, status(told))

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> Response:
        log.exception("unforeseen error at %s", request.url.path, exc_info=error)
        told = KadarError(
            "KDR-WEB-004",
            N_("This page could not be made: an error of kadar itself."),
            N_("The log of kadar serve tells more; please report it."),
            exit_code=FAILED,
        )
        return _told(request, site, told, 500)


def told(request: Request, site: Site, error: KadarError) -> Response:
    """Return an error as an answer."""
    return _told(request, site, error, status(error))


def _told(request: Request, site: Site, error: KadarError, code: int) -> Response:
    try:
        visit = site.visit(request)
    except KadarError as broken:  # kadar.toml itself, or the moment asked for
        if broken.code != error.code:
            error, code = broken, status(broken)
        return JSONResponse({"error": record(error, "en")}, code)
    if for_programs(request):
        return JSONResponse({"error": record(error, visit.language)}, code)
    template = "start.html" if error.code == NO_DATA else "problem.html"
    return HTMLResponse(render(template, visit, error=error, status=code), code)


def for_programs(request: Request) -> bool:
    """Whether an answer is read by a program."""
    path = request.url.path
    wants = request.headers.get("accept", "")
    return path.startswith("/api/") or "." in path.rsplit("/", 1)[-1] or "json" in wants
