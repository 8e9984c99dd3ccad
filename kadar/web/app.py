"""The application: pages, panels by suffix, assets; the API joins it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.exceptions import HTTPException

from kadar import __version__
from kadar.errors import KadarError
from kadar.language import N_
from kadar.web import answering, assets, entry, openapi, posting, problems, security, suffix
from kadar.web.page import Page, pages
from kadar.web.site import Site
from kadar.web.templates import render
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
) -> FastAPI:
    """Return the application for the project in a folder, answering to these host names.

    Forms may change the project where the host names are given: only this machine reaches it.
    While it runs it asks ahead, after each sync, what its readers will ask (`warming`). With
    `require_token` nothing is shown to whoever has none (see `kadar.tokens`).
    """
    site = Site(folder, may_change="*" not in hosts)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        warmer = Warmer(site) if warming else None
        if warmer:
            warmer.start()
        yield
        if warmer:
            warmer.stop()

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
    def asset(digest: str, name: str) -> Response:
        try:
            body = assets.vega(folder / "store" / "assets") if name == assets.VEGA else None
            body = assets.content(name) if body is None else body
        except FileNotFoundError:
            raise HTTPException(404) from None
        kept = assets.address(name) == f"/static/{digest}/{name}"
        return Response(
            body,
            media_type=assets.TYPES.get(Path(name).suffix, "application/octet-stream"),
            headers={"cache-control": f"public, max-age={YEAR}, immutable" if kept else "no-cache"},
        )

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
    def view(request: Request) -> Response:
        return _answer(
            site, request, lambda visit, path: _panel(page, visit, {**path, "panel": name}), "panel"
        )

    stem = page.path.rstrip("/")
    app.add_api_route(f"{stem}/{name}.{{suffix}}", view, methods=["GET"], include_in_schema=False)


def _add_page(app: FastAPI, site: Site, page: Page) -> None:
    def view(request: Request) -> Response:
        return _answer(site, request, lambda visit, path: _page(page, visit, path), "page")

    app.add_api_route(page.path, view, methods=["GET"], include_in_schema=False)
    if (change := page.change) is not None:

        async def changed(request: Request) -> Response:
            return await posting.posted(site, request, change)

        app.add_api_route(page.path, changed, methods=["POST"], include_in_schema=False)


def _add_unknown_panels(app: FastAPI, site: Site, page: Page) -> None:
    def view(request: Request) -> Response:
        return _answer(site, request, lambda visit, path: _panel(page, visit, path), "panel")

    if page.panels:
        path = f"{page.path.rstrip('/')}/{{panel}}.{{suffix}}"
        app.add_api_route(path, view, methods=["GET"], include_in_schema=False)


def _answer(site: Site, request: Request, make: Any, kind: str) -> Response:
    path = {name: str(value) for name, value in request.path_params.items()}
    visit, made = site.whole(request, kind, path, make)
    headers = {
        "etag": made.tag,
        "cache-control": "private, no-cache",
        "vary": "Cookie, Accept-Language",
    }
    if made.tag in answering.matched(request.headers.get("if-none-match", "")):
        response = Response(status_code=304, headers=headers)
    else:
        response = Response(made.body, media_type=made.media_type, headers=headers)
    for name in COOKIES:
        if (chosen := request.query_params.get(name)) and chosen == _chosen(visit, name):
            response.set_cookie(name, chosen, max_age=YEAR, samesite="lax", httponly=True)
    return response


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
