"""Who is let in: a token where one is required, and no address longer than it need be."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from kadar.errors import KadarError
from kadar.language import N_
from kadar.tokens import Tokens, bearer
from kadar.web.problems import for_programs, told
from kadar.web.templates import render

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from kadar.web.site import Site

COOKIE = "kadar_token"
LONGEST = 16_384  # bytes of an address
FORM = 4096  # bytes of a sign-in form
YEAR = 365 * 24 * 3600
OPEN = ("/static/", "/robots.txt", "/sign-in")  # what whoever has no token must see to sign in


class Entry:
    """Lets requests in: those whose token is known, and without one where none is required.

    A token that is given is checked in any case: a wrong one is refused.
    """

    def __init__(self, app: ASGIApp, site: Site, tokens: Tokens, *, required: bool) -> None:
        self._app = app
        self._site = site
        self._tokens = tokens
        self._required = required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] == "http":
            refused = self._refused(Request(scope))
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        try:
            self._check(request)
        except KadarError as error:
            return self._answer(request, error)
        return None

    def _check(self, request: Request) -> None:
        if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST:
            raise KadarError(
                "KDR-WEB-025",
                N_("The address is longer than {most} bytes."),
                N_("Ask for less at once."),
                most=LONGEST,
            )
        if request.url.path.startswith(OPEN):
            return
        given = bearer(request.headers.get("authorization", ""))
        if given is not None or self._required:
            self._tokens.let_in(given or request.cookies.get(COOKIE))

    def _answer(self, request: Request, error: KadarError) -> Response:
        response = told(request, self._site, error)
        if response.status_code == 401:
            if not for_programs(request):
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                response = HTMLResponse(form(request, self._site, here, None), 401)
            response.headers["www-authenticate"] = 'Bearer realm="kadar"'
            response.headers["cache-control"] = "no-store"
        return response


def form(request: Request, site: Site, to: str, error: KadarError | None) -> str:
    """Return the page that asks for a token; it says nothing of the company."""
    return render("sign_in.html", site.visit(request), to=local(to), error=error)


def local(address: str) -> str:
    """Return an address if it is one of ours, else the board's."""
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and address[1:2] != "/" else "/"


def add(app: FastAPI, site: Site, *, required: bool) -> None:
    """Watch the entry, and let readers sign in and out."""
    tokens = Tokens(site.folder)
    app.add_middleware(Entry, site=site, tokens=tokens, required=required)

    @app.get("/sign-in", include_in_schema=False)
    def asked(request: Request) -> Response:
        return HTMLResponse(form(request, site, request.query_params.get("to", "/"), None))

    @app.post("/sign-in", include_in_schema=False)
    async def given(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > FORM:
                return Response(status_code=413)
        fields = parse_qs(body.decode("utf-8", "replace"))
        to = local(fields.get("to", ["/"])[-1])
        token = fields.get("token", [""])[-1].strip()
        try:
            await run_in_threadpool(tokens.let_in, token)
        except KadarError as error:
            return HTMLResponse(form(request, site, to, error), 401)
        response = RedirectResponse(to, 303)
        response.set_cookie(
            COOKIE, token, max_age=YEAR, httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @app.post("/sign-out", include_in_schema=False)
    def out() -> Response:
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response
