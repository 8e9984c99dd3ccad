"""dlt's client on a session of ours: an answer is judged by the session before dlt sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator
from requests import HTTPError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kadar.errors import KadarError
from kadar.sources.live.client import Client
from kadar.sources.live.session import Session
from tests.vendors.standin import Standin


class Pages(Standin):
    """Three pages of two numbers each."""

    def routes(self) -> list[Route]:
        return [Route("/numbers", self.numbers)]

    async def numbers(self, request: Request) -> JSONResponse:
        start = int(request.query_params.get("from", 0))
        more = f"{self.url}/numbers?from={start + 2}" if start < 4 else None
        return JSONResponse({"found": [{"n": start}, {"n": start + 1}], "more": more})


@pytest.fixture
def pages() -> Iterator[Pages]:
    with Pages() as standin:
        yield standin


def session(pauses: list[float]) -> Session:
    return Session("Numbers", pause=pauses.append)


def read(client: RESTClient) -> list[int]:
    listed = client.paginate("numbers", paginator=JSONLinkPaginator("more"), data_selector="found")
    return [record["n"] for page in listed for record in page]


def test_a_page_that_fails_is_asked_for_again_when_the_system_says(pages: Pages) -> None:
    pauses: list[float] = []
    pages.fail("from=2", status=503, times=2, headers={"Retry-After": "7"})
    assert read(Client(pages.url, session(pauses))) == [0, 1, 2, 3, 4, 5]
    assert pauses == [7.0, 7.0]


def test_what_is_refused_ends_with_an_error_of_ours(pages: Pages) -> None:
    pages.fail("from=2", status=403)
    with pytest.raises(KadarError, match="refused /numbers"):
        read(Client(pages.url, session([])))


def test_hooks_that_are_given_are_called(pages: Pages) -> None:
    seen: list[int] = []
    client = Client(pages.url, session([]), paginator=JSONLinkPaginator("more"))

    def see(answer: object, *_: object, **__: object) -> None:
        seen.append(getattr(answer, "status_code", 0))

    assert (
        len(list(client.paginate("numbers", data_selector="found", hooks={"response": [see]}))) == 3
    )
    assert seen == [200, 200, 200]


def test_without_a_paginator_there_is_one_page(pages: Pages) -> None:
    assert len(list(Client(pages.url, session([])).paginate("numbers"))) == 1


def test_dlt_itself_ends_a_reading_that_the_session_would_have_gone_on_with(pages: Pages) -> None:
    """Why there is a client of ours; where this fails, dlt has mended it and it can go."""
    pages.fail("from=2", status=503)
    with pytest.raises(HTTPError):
        read(RESTClient(pages.url, session=session([])))
