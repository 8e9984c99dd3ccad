"""Calls of the OpenAPI: all POST with JSON, each with a trace of its own, pages by `_id`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.fxiaoke.conditions import Filter, where
from kadar.sources.fxiaoke.judge import HOSTS, judge
from kadar.sources.fxiaoke.token import App, Token
from kadar.sources.live.client import Client as RestClient

if TYPE_CHECKING:
    from requests import Request, Response

    from kadar.sources.live.connector import Access

PAGE = 100  # the most a query gives


class Client:
    """The API of one company, read as one employee."""

    def __init__(self, access: Access) -> None:
        options = access.options
        session = access.session(judge, per_second=float(options["calls_per_second"]) or None)
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Traced())
        app = App(
            options["app_id"],
            access.secret("app_secret"),
            access.secret("permanent_code"),
            str(options["user"]),
            options["sign_in"] == "old",
        )
        base = _base(str(options["host"]))
        self._unsigned = RestClient(base, session)
        self.token = Token(access, app, lambda path, body: self._post(self._unsigned, path, body))
        self._signed = RestClient(base, session, self.token)

    def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post to a path; return the whole answer."""
        return self._post(self._signed, path, body)

    def pages(
        self, name: str, filters: Sequence[Filter], fields: Sequence[str], after: str | None
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the records of an object in the order of their `_id`, page by page.

        By `_id` above the last one, never by offset: that ends at 10,000, and skips a record
        where one before it goes away.
        """
        if after is not None:
            filters = [*filters, where("_id", "GT", after)]
        body = _query(name, filters, fields, "_id", ascending=True, count=False)
        for page in self._signed.paginate(
            _path(name), "POST", json=body, paginator=Keyset(), data_selector="data"
        ):
            yield records(page)

    def last(
        self, name: str, filters: Sequence[Filter], order: str
    ) -> tuple[dict[str, Any] | None, int | None]:
        """Return the record last by a field, and how many there are where that is counted."""
        fields = list(dict.fromkeys(["_id", order]))
        body = _query(name, filters, fields, order, ascending=False, count=True)
        body["data"]["search_query_info"]["limit"] = 1
        data = self.ask(_path(name), body).get("data")
        found = records([data])
        total = data.get("total") if isinstance(data, dict) else None
        counted = total if isinstance(total, int) and total >= len(found) else None
        return (found[0] if found else None), counted

    def count(self, name: str, filters: Sequence[Filter]) -> int | None:
        """Return how many records there are, where the system counts them."""
        return self.last(name, filters, "_id")[1]

    def _post(self, client: RestClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        said: dict[str, Any] = client.post(path, json=dict(body)).json()
        return said


class Keyset(BasePaginator):
    """Goes on above the last `_id` of a page; a page that is not full is the last."""

    def __init__(self) -> None:
        super().__init__()
        self._after: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Take the last `_id` of a page."""
        found = records(data or [])
        self._has_next_page = len(found) >= PAGE
        self._after = str(found[-1]["_id"]) if found else None

    def update_request(self, request: Request) -> None:
        """Ask for what lies above it."""
        if not self._has_next_page or self._after is None:
            return
        body: Any = request.json
        asked = body["data"]["search_query_info"]
        kept = [f for f in asked["filters"] if f["field_name"] != "_id"]
        asked["filters"] = [*kept, where("_id", "GT", self._after)]


def records(page: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the records of `data`: a list of them in `dataList`, or only one, by itself."""
    found: list[dict[str, Any]] = []
    for data in page:
        if isinstance(data, dict) and "dataList" in data:
            found += data["dataList"] or []
        elif isinstance(data, dict) and "_id" in data:
            found.append(data)
    return found


class _Traced(HTTPAdapter):
    """Gives every call, and every try of it again, a `thirdTraceId` of its own."""

    def send(self, request: PreparedRequest, *given: Any, **more: Any) -> Response:
        url = (request.url or "").partition("?")[0]
        request.prepare_url(url, {"thirdTraceId": str(uuid4())})
        return super().send(request, *given, **more)


def _query(  # noqa: PLR0917
    name: str,
    filters: Sequence[Filter],
    fields: Sequence[str],
    order: str,
    ascending: bool,
    count: bool,
) -> dict[str, Any]:
    """Return the body of a query; that it counts is said in all three ways the pages name."""
    return {
        "returnTotalNum": 1 if count else 3,
        "need_return_count_num": count,
        "data": {
            "dataObjectApiName": name,
            "find_explicit_total_num": count,
            "search_query_info": {
                "limit": PAGE,
                "offset": 0,
                "filters": list(filters),
                "orders": [{"fieldName": order, "isAsc": ascending}],
                "fieldProjection": list(fields),
            },
        },
    }


def _path(name: str) -> str:
    custom = "custom/" if name.endswith("__c") else ""
    return f"/cgi/crm/{custom}v2/data/query"


def _base(host: str) -> str:
    """Return the address of the API. Raises KDR-SRC-180 for the address of the web pages."""
    if host.startswith(("http://", "https://")):
        return host.rstrip("/")
    if host.startswith("www."):
        raise KadarError(
            "KDR-SRC-180",
            N_("{host} shows Fxiaoke's pages; its OpenAPI is elsewhere."),
            N_("Set options.host to the one of the company's cloud: {hosts}."),
            host=host,
            hosts=", ".join(HOSTS),
        )
    return f"https://{host}"
