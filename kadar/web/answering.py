"""Answering over REST: the format asked for, unchanged data as 304, files in a stream."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from inspect import Parameter, Signature
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathPart
from fastapi.responses import Response, StreamingResponse
from pydantic import TypeAdapter

from kadar import __version__
from kadar.errors import FAILED, USAGE, KadarError
from kadar.language import N_
from kadar.show.records import text_parts
from kadar.web.endpoint import ROOT, Endpoint, Found, endpoints
from kadar.web.kept import Made
from kadar.web.parameters import Form

if TYPE_CHECKING:
    from kadar.web.parameters import Parameters
    from kadar.web.site import Site
    from kadar.web.visit import Visit

TYPES: dict[Form, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
CHUNK = 1 << 16  # bytes of a file sent at a time
TRIES = 3  # while syncs publish one version after another


def router(site: Site | None) -> APIRouter:
    """Return the routes of every endpoint; without a site they can only be described."""
    from kadar.web.openapi import responses

    made = APIRouter(prefix=ROOT)
    for endpoint in endpoints():
        made.add_api_route(
            endpoint.path,
            _route(site, endpoint),
            methods=["GET"],
            summary=endpoint.summary,
            operation_id=endpoint.name,
            response_model=endpoint.document,
            responses=responses(endpoint),
        )
    return made


def _route(site: Site | None, endpoint: Endpoint) -> Any:
    def route(request: Request, asked: Any, **parts: str) -> Response:
        assert site is not None  # noqa: S101  (only described)
        return _answer(site, request, endpoint, asked, parts)

    keyword = Parameter.KEYWORD_ONLY
    annotated = Annotated[endpoint.parameters, Query()]  # type: ignore[name-defined]
    route.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=Request),
            Parameter("asked", keyword, annotation=annotated),
            *(
                Parameter(
                    name,
                    keyword,
                    annotation=Annotated[str, PathPart(description=words, max_length=64)],
                )
                for name, words in endpoint.parts.items()
            ),
        ]
    )
    route.__name__ = endpoint.name
    return route


def _answer(
    site: Site,
    request: Request,
    endpoint: Endpoint,
    asked: Parameters,
    parts: dict[str, str],
) -> Response:
    form: Form = asked.format or accepted(request.headers.get("accept", "*/*"))
    asked = asked.model_copy(update={"format": form})
    for _ in range(TRIES):
        visit = site.visit(request)
        _check_version(visit, asked.data_version)
        key = (*site.subject(visit, f"api {form}", parts), visit.state, __version__)
        tag = f'"{sha256(repr(key).encode()).hexdigest()[:24]}"'
        headers = {
            "etag": tag,
            "cache-control": "private, no-cache",
            "vary": "Accept, Accept-Language, Authorization, Cookie",
            "content-language": visit.tag,
        }
        if tag in matched(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if form == "json":

            def fresh(visit: Visit = visit, tag: str = tag) -> Made:
                found = endpoint.find(visit, asked, **parts)
                body = _adapter(endpoint.document).dump_json(found.document)
                return Made(body, TYPES["json"], tag, _link(visit, found))

            made = site.kept.get(key, fresh)
            response = Response(made.body, media_type=made.media_type)
            link = made.link
        else:
            found = endpoint.find(visit, asked, **parts)
            response, link = (
                StreamingResponse(_file(found, form), media_type=TYPES[form]),
                _link(visit, found),
            )
            headers["content-disposition"] = f'attachment; filename="{endpoint.name}.{form}"'
        response.headers.update(headers | ({"link": link} if link else {}))
        if site.state == visit.state:  # else a sync came between
            return response
    raise KadarError(
        "KDR-WEB-024",
        N_("The data changed while the answer was made."),
        N_("Ask again."),
        exit_code=FAILED,
    )


@cache
def _adapter(document: type) -> TypeAdapter[Any]:
    return TypeAdapter(document)


def _link(visit: Visit, found: Found) -> str:
    if found.following is None:
        return ""
    return f'<{visit.here(**found.following)}>; rel="next"'


def accepted(header: str) -> Form:
    """Return the format an Accept header prefers. Raises KDR-WEB-021 where it allows none."""
    wanted: list[tuple[float, int, Form]] = []
    for place, part in enumerate(header.split(",")):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        for name, media_type in TYPES.items():
            if weight > 0 and kind in (media_type, f"{media_type.split('/')[0]}/*", "*/*"):
                wanted.append((-weight, place, name))
                break
    if not wanted:
        raise KadarError(
            "KDR-WEB-021",
            N_("The answer is not there in a form that Accept allows."),
            N_("These exist: {types}."),
            exit_code=USAGE,
            types=", ".join(TYPES.values()),
        )
    return min(wanted)[2]


def matched(header: str) -> set[str]:
    """Return the entity tags of an If-None-Match header, weak or strong."""
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def _check_version(visit: Visit, wanted: str | None) -> None:
    if wanted is not None and wanted != visit.version:
        raise KadarError(
            "KDR-WEB-023",
            N_("The data is another version now: {version}."),
            N_("Ask from the beginning, without data_version."),
            version=visit.version or "-",
        )


def _file(found: Found, form: Form) -> Iterator[bytes]:
    """Return a file in pieces; a Parquet file is whole before its first piece is sent."""
    if form == "csv":
        return (piece.encode() for piece in text_parts(found.header, found.rows))
    spool = tempfile.TemporaryFile()  # noqa: SIM115  (closed when it has been sent)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.parquet"
        found.parquet(file)
        with file.open("rb") as written:
            shutil.copyfileobj(written, spool)
    spool.seek(0)
    return _pieces(spool)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
