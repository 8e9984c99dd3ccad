"""The OpenAPI document of the REST API, and the answers every endpoint may give."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from kadar import __version__

if TYPE_CHECKING:
    from kadar.web.endpoint import Endpoint

ABOUT = (
    "The answers of kadar as documents. Every number carries its definition, its 95 % interval, "
    "how many rows it rests on, whether its period is over, and the version of the data. "
    "Rates are fractions of 1; money is in the company's currency; days are those of the "
    "company's calendar. Answers carry an ETag: ask again with If-None-Match, and unchanged data "
    "is 304. A well-formed question may still be refused: 400 for what does not exist in the "
    "data's calendar or dimensions, 422 where the data says no."
)
ERRORS: dict[int, tuple[str, str, str]] = {  # meaning, an example's code and message
    400: ("The question is mistaken.", "KDR-ASK-003", "channel is not a filter."),
    401: ("A token is needed, or the one given is not known.", "KDR-WEB-022", "A token is needed."),
    404: ("There is no such KPI or variant.", "KDR-KPI-003", "There is no KPI wins."),
    406: (
        "No form the Accept header allows.",
        "KDR-WEB-021",
        "The answer is not there in a form that Accept allows.",
    ),
    409: (
        "The data is another version than the one asked for.",
        "KDR-WEB-023",
        "The data is another version now.",
    ),
    414: ("The address is too long.", "KDR-WEB-025", "The address is longer than 16384 bytes."),
    422: (
        "The data says no: columns are missing, a period is unknown or not finished.",
        "KDR-ASK-008",
        "nps (default) cannot be computed: the data has no surveys.score.",
    ),
    503: (
        "A source or the engine failed, or the data changed meanwhile; ask again.",
        "KDR-WEB-024",
        "The data changed while the answer was made.",
    ),
}


class Problem(BaseModel):
    """What went wrong and what to do about it."""

    code: str = Field(description="Stable; docs/errors.md lists every one.", pattern=r"^KDR-")
    message: str
    next_step: str


class Problems(BaseModel):
    """An error."""

    error: Problem


def responses(endpoint: Endpoint) -> dict[int | str, dict[str, Any]]:
    """Return what an endpoint may answer, for its documentation."""
    headers = {
        "ETag": {
            "description": "Of the data version and the question.",
            "schema": {"type": "string"},
        },
    }
    if endpoint.path == "/records":
        headers["Link"] = {
            "description": "The next page, where there is one.",
            "schema": {"type": "string"},
        }
    made: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The answer.",
            "headers": headers,
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/vnd.apache.parquet": {
                    "schema": {"type": "string", "format": "binary"}
                },
            },
        },
        304: {"description": "The data has not changed since the ETag in If-None-Match."},
    }
    for status, (meaning, code, message) in ERRORS.items():
        example = {"code": code, "message": message, "next_step": "…"}
        made[status] = {
            "model": Problems,
            "description": meaning,
            "content": {"application/json": {"example": {"error": example}}},
        }
    return made


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    from kadar.web.answering import router

    made: dict[str, Any] = get_openapi(
        title="kadar", version=__version__, description=ABOUT, routes=router(None).routes
    )
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{}, {"token": []}]
    return made


def add(app: FastAPI) -> None:
    """Serve the document at `/openapi.json`."""

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> JSONResponse:
        return JSONResponse(document(), headers={"cache-control": "no-cache"})
