"""The routes of Zoho Desk v1."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.zoho.state import Record

if TYPE_CHECKING:
    from tests.vendors.zoho.standin import ZohoStandin

_EMPTY = Response(status_code=204)
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_SEARCH = {"modifiedTimeRange", "createdTimeRange", "sortBy", "from", "limit"}


def no(status: int, code: str, message: str) -> JSONResponse:
    """Return an error as Zoho Desk writes it."""
    return JSONResponse({"errorCode": code, "message": message}, status)


@dataclass
class DeskRoutes:
    """The Desk of a stand-in; moments are UTC with milliseconds."""

    standin: ZohoStandin
    records: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {"tickets": {}, "contacts": {}, "accounts": {}}
    )
    bin: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {"tickets": {}, "contacts": {}, "accounts": {}}
    )
    events: dict[str, list[Record]] = field(default_factory=dict)
    ratings: list[Record] = field(default_factory=list)
    agents: list[Record] = field(default_factory=list)
    bin_closed: bool = False

    # what a test does

    def now(self) -> str:
        """Return the organisation's clock."""
        return written(datetime.now(UTC) + self.standin.state.skew)

    def put(self, module: str, at: str | None = None, **fields: Any) -> str:
        """Make a record, at a moment of the past if given, and return its id."""
        key = self.standin.state.new_id()
        moment = written(datetime.fromisoformat(at)) if at else self.now()
        self.records[module][key] = {
            "id": key, "createdTime": moment, "modifiedTime": moment, **fields,
        }  # fmt: skip
        if module == "tickets":
            self.events[key] = []
        return key

    def edit(self, module: str, key: str, at: str | None = None, **fields: Any) -> None:
        """Change a record."""
        moment = written(datetime.fromisoformat(at)) if at else self.now()
        self.records[module][key] |= {**fields, "modifiedTime": moment}

    def happen(self, ticket: str, at: str, name: str, actor: Record, **changed: Any) -> None:
        """Let something happen to a ticket: values, or pairs of values before and after."""
        info = [
            {"propertyName": prop.replace("_", " "), "propertyType": "Text",
             "systemProperty": True,
             "propertyValue": {"previousValue": value[0], "updatedValue": value[1]}
             if isinstance(value, tuple) else value}
            for prop, value in changed.items()
        ]  # fmt: skip
        moment = written(datetime.fromisoformat(at))
        self.events[ticket].append(
            {"actor": actor, "eventInfo": info, "eventTime": moment, "eventName": name,
             "source": None, "actorInfo": []}
        )  # fmt: skip

    def delete(self, module: str, key: str) -> None:
        """Put a record into the recycle bin."""
        self.bin[module][key] = self.records[module].pop(key) | {"deletedTime": self.now()}

    def restore(self, module: str, key: str) -> None:
        """Take a record out of the recycle bin, as it was."""
        row = self.bin[module].pop(key)
        self.records[module][key] = {n: v for n, v in row.items() if n != "deletedTime"}

    # routes

    def routes(self) -> list[Route]:
        """Return the routes."""
        paths: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/organizations", self.organizations),
            ("/agents", self.list_agents),
            ("/recycleBin", self.list_bin),
            ("/customerHappiness", self.list_ratings),
            ("/tickets/{id}/History", self.history),
            ("/{module}/search", self.search),
            ("/{module}/{id}", self.one),
        ]
        return [Route("/api/v1" + path, self._guarded(to)) for path, to in paths]

    def _guarded(
        self, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def inner(request: Request) -> Response:
            if not self.standin.signed_in(request):
                return no(401, "INVALID_OAUTH", "The OAuth Token you provided is invalid.")
            org = request.headers.get("orgid")
            if org != self.standin.desk_org and not request.url.path.endswith("organizations"):
                return no(403, "FORBIDDEN", "You don't have permissions to perform this operation.")
            if "Desk.tickets.READ" in self.standin.scopes_missing:
                return no(403, "SCOPE_MISMATCH", "The OAuth Token does not have the scope.")
            with self.standin.lock:
                return await answer(request)

        return inner

    async def organizations(self, request: Request) -> Response:
        return JSONResponse({"data": [{"id": self.standin.desk_org, "companyName": "Zylker"}]})

    async def search(self, request: Request) -> Response:
        """Search by the moment of change."""
        module, asked = request.path_params["module"], dict(request.query_params)
        if module not in self.records:
            return no(404, "URL_NOT_FOUND", "The URL given is wrong")
        start, limit = int(asked.get("from", 0)), int(asked.get("limit", 10))
        said = re.fullmatch(f"({_MOMENT}),({_MOMENT})", asked.get("modifiedTimeRange", ""))
        if set(asked) - _SEARCH or said is None or start > 999 or not 1 <= limit <= 100:
            return no(422, "INVALID_DATA", "The data is invalid")
        rows = sorted(
            (r for r in self.records[module].values() if said[1] <= r["modifiedTime"] <= said[2]),
            key=lambda r: (r[asked.get("sortBy", "modifiedTime")], r["id"]),
        )
        chosen = rows[start : start + limit]
        return JSONResponse({"data": chosen, "count": len(rows)}) if chosen else _EMPTY

    async def one(self, request: Request) -> Response:
        row = self.records.get(request.path_params["module"], {}).get(request.path_params["id"])
        if row is None:
            return no(404, "URL_NOT_FOUND", "The URL given is wrong")
        return JSONResponse(row)

    async def history(self, request: Request) -> Response:
        """Return what happened to a ticket, the latest first."""
        key = request.path_params["id"]
        if key not in self.records["tickets"]:
            return no(404, "URL_NOT_FOUND", "The URL given is wrong")
        return _chosen(list(reversed(self.events[key])), request, 50)

    async def list_bin(self, request: Request) -> Response:
        module = request.query_params.get("module", "")
        if self.bin_closed:
            return no(403, "FORBIDDEN", "You don't have permissions to perform this operation.")
        if module not in self.bin:
            return no(422, "INVALID_DATA", "module")
        rows = sorted(self.bin[module].values(), key=lambda r: r["deletedTime"], reverse=True)
        return _chosen(
            [{"id": r["id"], "deletedTime": r["deletedTime"]} for r in rows], request, 100
        )

    async def list_ratings(self, request: Request) -> Response:
        if not request.query_params.get("department"):
            return no(422, "INVALID_DATA", "department")
        down = request.query_params.get("sortBy", "ratedTime").startswith("-")
        rows = sorted(self.ratings, key=lambda r: r["ratedTime"], reverse=down)
        return _chosen(rows, request, 50)

    async def list_agents(self, request: Request) -> Response:
        return _chosen(self.agents, request, 200)


def _chosen(rows: list[Record], request: Request, most: int) -> Response:
    start = int(request.query_params.get("from", 0))
    limit = int(request.query_params.get("limit", 10))
    if limit > most:
        return no(422, "INVALID_DATA", "limit")
    chosen = rows[start : start + limit]
    return JSONResponse({"data": chosen}) if chosen else _EMPTY


def written(moment: datetime) -> str:
    """Return a moment as Zoho Desk writes it."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
