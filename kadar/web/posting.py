"""Forms that change something: only from our own pages, only where the server may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from kadar.errors import KadarError
from kadar.language import N_

if TYPE_CHECKING:
    from starlette.requests import Request

    from kadar.web.site import Site
    from kadar.web.visit import Visit

LARGEST = 10_000  # bytes of a form
FORM = "application/x-www-form-urlencoded"
SEE_OTHER = 303
Change = Callable[["Visit", Mapping[str, str]], str]


async def posted(site: Site, request: Request, change: Change) -> Response:
    """Make the change a form asks for, and lead to the page that shows it.

    Raises KDR-WEB-043 where the form stands on a page of another site, KDR-WEB-047 where what
    was sent is no form, and what the change raises.
    """
    if not same_origin(request):
        raise KadarError(
            "KDR-WEB-043",
            N_("A page of another site asked for this change."),
            N_("Make it on the page itself: {path}"),
            path=request.url.path,
        )
    form = await _form(request)

    def made() -> str:
        return change(site.visit(request), form)

    return RedirectResponse(await run_in_threadpool(made), SEE_OTHER)


def same_origin(request: Request) -> bool:
    """Whether the browser says that the form stood on a page of ours; unsaid, it did not."""
    told = request.headers.get("sec-fetch-site")
    if told is not None:
        return told == "same-origin"
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")


async def _form(request: Request) -> dict[str, str]:
    body = b""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    async for piece in request.stream():
        body += piece
        if kind != FORM or len(body) > LARGEST:
            break
    try:
        if kind == FORM and len(body) <= LARGEST:
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:  # not UTF-8, or too many fields
        pass
    raise KadarError(
        "KDR-WEB-047",
        N_("What was sent is no form of this page."),
        N_("Send it from the page, as {kind} of at most {largest} bytes."),
        kind=FORM,
        largest=LARGEST,
    )
