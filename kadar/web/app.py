"""The application: pages, panels by suffix, assets; the API joins it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from kadar import __version__
from kadar.errors import KadarError
from kadar.language import N_
from kadar.web import answering, assets, entry, openapi, posting, problems, security, suffix
from kadar.web.kept import Made, compressed
from kadar.web.page import Page, pages
from kadar.web.pages import kpi
from kadar.web.site import Look, Make, Site
from kadar.web.syncing import Syncer
from kadar.web.templates import render
from kadar.web.timetable import Timetable
from kadar.web.visit import Visit
from kadar.web.warming import Warmer

HTML = "text/html; charset=utf-8"
COOKIES = ("lang", "theme")
YEAR = 365 * 24 * 3600


def make_app(
    folder: Path,
    hosts: tuple[str, ...] = ("*",),
    *,
    warming: bool = True,
    require_token: bool = False,
    syncs: Timetable | None = None,
) -> FastAPI:
    """Return the application for the project in a folder, answering to these host names.

    Forms may change the project where the host names are given: only this machine reaches it.
    While it runs it asks ahead, after each sync, what its readers will ask (`warming`). With
    `require_token` nothing is shown to whoever has none (see `kadar.tokens`). By the timetable
    `syncs` it brings the data up to date, in processes of their own.
    """
    site = Site(folder, may_change="*" not in hosts)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        if warming:
            site.warmer = Warmer(site, partial(_usual, site))
            site.warmer.start()
        syncer = Syncer(folder, syncs) if syncs is not None else None
        if syncer is not None:
            syncer.start()
        yield
        if syncer is not None:
            syncer.stop()
        if site.warmer:
            site.warmer.stop()

    app = FastAPI(
        title="kadar",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=running,
    )
    app.state.site = site
    entry.add(app, site, required=require_token)
    security.add(app, hosts)
    problems.add(app, site)

    @app.get("/static/{digest}/{name}", include_in_schema=False)
    async def asset(request: Request, digest: str, name: str) -> Response:
        try:  # all but Vega at once: a thread would take longer than the answer
            slow = name == assets.VEGA
            made = await run_in_threadpool(asset_made, name) if slow else asset_made(name)
        except FileNotFoundError:
            raise HTTPException(404) from None
        kept = assets.address(name) == f"/static/{digest}/{name}"
        body, headers = _sent(request, made)
        headers["cache-control"] = f"public, max-age={YEAR}, immutable" if kept else "no-cache"
        headers["vary"] = "Accept-Encoding"
        return Response(body, media_type=made.media_type, headers=headers)

    def asset_made(name: str) -> Made:
        def make() -> Made:
            room = folder / "store" / "assets"
            body = assets.vega(room) if name == assets.VEGA else assets.content(name)
            media_type = assets.TYPES.get(Path(name).suffix, "application/octet-stream")
            return Made(body, media_type, "", zipped=compressed(body, media_type))

        return site.kept.get(("asset", name), make)

    @app.get("/robots.txt", include_in_schema=False)
    def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    app.include_router(answering.router(site))
    openapi.add(app)
    # A panel's own addresses come before pages, pages before what may be a panel's: so an id with
    # a dot in it has its page.
    for add in (_add_panels, _add_page, _add_unknown_panels):
        for page in pages():
            add(app, site, page)
    return app


def _add_panels(app: FastAPI, site: Site, page: Page) -> None:
    for name in page.panels:
        _add_panel(app, site, page, name)


def _add_panel(app: FastAPI, site: Site, page: Page, name: str) -> None:
    async def view(request: Request) -> Response:
        return await _answer(
            site, request, lambda visit, path: _panel(page, visit, {**path, "panel": name}), "panel"
        )

    stem = page.path.rstrip("/")
    app.add_api_route(f"{stem}/{name}.{{suffix}}", view, methods=["GET"], include_in_schema=False)


def _add_page(app: FastAPI, site: Site, page: Page) -> None:
    async def view(request: Request) -> Response:
        return await _answer(site, request, partial(_page, page), "page")

    app.add_api_route(page.path, view, methods=["GET"], include_in_schema=False)
    if (change := page.change) is not None:

        async def changed(request: Request) -> Response:
            return await posting.posted(site, request, change)

        app.add_api_route(page.path, changed, methods=["POST"], include_in_schema=False)


def _add_unknown_panels(app: FastAPI, site: Site, page: Page) -> None:
    async def view(request: Request) -> Response:
        return await _answer(site, request, partial(_panel, page), "panel")

    if page.panels:
        path = f"{page.path.rstrip('/')}/{{panel}}.{{suffix}}"
        app.add_api_route(path, view, methods=["GET"], include_in_schema=False)


def _usual(site: Site) -> Iterator[Look]:
    """Yield the pages of the navigation and of every core KPI, in the company's language."""
    for page in pages():
        if page.place is not None:
            yield site.look(site.unasked(page.path), "page", {}, partial(_page, page))
        if page.path == kpi.PAGE.path:
            for made in site.workspace().kpis:
                if made.core:
                    visit = site.unasked(page.path.format(name=made.name))
                    yield site.look(visit, "page", {"name": made.name}, partial(_page, page))


async def _answer(site: Site, request: Request, make: Make, kind: str) -> Response:
    """Answer with what is kept at once; what must be made or opened is, in a thread."""
    path = {name: str(value) for name, value in request.path_params.items()}

    def look() -> Look:
        return site.look(site.visit(request), kind, path, make)

    opened = "as_of" in request.query_params
    seen = await run_in_threadpool(look) if opened else look()
    made = site.ready(seen)
    if made is None:
        made = await run_in_threadpool(site.whole, seen)
    if site.warmer:
        site.warmer.saw(seen)
    body, headers = _sent(request, made)
    headers |= {
        "etag": f'{made.tag[:-1]}-gzip"' if headers else made.tag,
        "cache-control": "private, no-cache",
        "vary": "Cookie, Accept-Language, Accept-Encoding",
    }
    visit = seen.visit
    if headers["etag"] in answering.matched(request.headers.get("if-none-match", "")):
        headers.pop("content-encoding", None)
        response = Response(status_code=304, headers=headers)
    else:
        response = Response(body, media_type=made.media_type, headers=headers)
    for name in COOKIES:
        if (chosen := request.query_params.get(name)) and chosen == _chosen(visit, name):
            response.set_cookie(name, chosen, max_age=YEAR, samesite="lax", httponly=True)
    return response


def _sent(request: Request, made: Made) -> tuple[bytes, dict[str, str]]:
    """Return the body as it is sent, compressed where the reader takes that, and its headers."""
    if not made.zipped:
        return made.body, {}
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, quality = part.replace(" ", "").lower().partition(";q=")
        if name == "gzip" and (quality.strip("0.") or not quality):
            return made.zipped, {"content-encoding": "gzip"}
    return made.body, {}


def _chosen(visit: Visit, name: str) -> str | None:
    return visit.language if name == "lang" else visit.theme


def _page(page: Page, visit: Visit, path: dict[str, str]) -> tuple[bytes, str]:
    given = page.view(visit, **path)
    return render(page.template, visit, page=page, place=path, **given).encode(), HTML


def _panel(page: Page, visit: Visit, path: dict[str, str]) -> tuple[bytes, str]:
    name, asked = path.pop("panel"), path.pop("suffix")
    if name not in page.panels:
        raise KadarError(
            "KDR-WEB-001",
            N_("This page has no panel {panel}."),
            N_("These exist: {panels}."),
            panel=name,
            panels=", ".join(page.panels) or "-",
        )
    made = page.panels[name](visit, **path)
    if asked == "html":
        return render("alone.html", visit, page=page, place=path, panel=made).encode(), HTML
    return suffix.made(made, asked, visit)
