"""The routes of Zoho CRM v8."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.zoho.bulk_standin import BulkRoutes
from tests.vendors.zoho.history_standin import TRACKER, HistoryRoutes
from tests.vendors.zoho.state import FIELDS, STAGES, SUBFORMS, Record, in_order, written

if TYPE_CHECKING:
    from tests.vendors.zoho.standin import ZohoStandin

V8 = "/crm/v8"
_LISTED = {
    "fields", "per_page", "page", "page_token", "sort_by", "sort_order", "converted", "ids",
    "approved", "cvid", "include_child",
}  # fmt: skip
_EMPTY = Response(status_code=204)
_SELECT = re.compile(
    r"select (?P<fields>[\w, ]+) from (?P<module>\w+) where (?P<where>.+?) "
    r"order by id asc limit (?P<limit>\d+)$"
)


def no(status: int, code: str, message: str, details: Any = None) -> JSONResponse:
    """Return an error as Zoho CRM writes it."""
    body = {"code": code, "details": details or {}, "message": message, "status": "error"}
    return JSONResponse(body, status)


@dataclass
class Token:
    """A page token: bound to what it was given for, and where it leads on."""

    bound: tuple[Any, ...]
    after: Record
    expires: datetime


@dataclass
class CrmRoutes:
    """The CRM of a stand-in."""

    standin: ZohoStandin
    tokens: dict[str, Token] = field(default_factory=dict)
    token_life: timedelta = timedelta(hours=24)
    query_limit: int = 2000
    closed: set[str] = field(default_factory=set)  # modules the profile may not read
    absent: set[str] = field(default_factory=set)  # modules the company does not have
    with_currencies: bool = True

    def __post_init__(self) -> None:
        self.bulk = BulkRoutes(self)
        self.history = HistoryRoutes(self)

    def routes(self) -> list[Route]:
        """Return the routes, the particular before the general."""
        paths: list[tuple[str, Callable[[Request], Awaitable[Response]]]] = [
            ("/org", self.org),
            ("/users", self.users),
            ("/org/currencies", self.currencies),
            ("/settings/fields", self.fields),
            ("/settings/layouts", self.layouts),
            ("/settings/pipeline", self.pipeline),
            ("/Deals/{id}/Stage_History", self.history.stages),
            ("/Deals/{id}/__timeline", self.history.timeline),
            ("/{module}/actions/count", self.count),
            ("/{module}/deleted", self.deleted),
            ("/{module}/{id}", self.one),
            ("/{module}", self.listed),
        ]
        return [
            *self.bulk.routes(),
            Route(f"{V8}/coql", self.guarded(self.coql), methods=["POST"]),
            *(Route(V8 + path, self.guarded(to), methods=["GET"]) for path, to in paths),
        ]

    def guarded(
        self, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let only those through who are signed in; one at a time."""

        async def inner(request: Request) -> Response:
            if not self.standin.signed_in(request):
                return no(401, "INVALID_TOKEN", "invalid oauth token")
            with self.standin.lock:
                return await answer(request)

        return inner

    # settings

    async def org(self, request: Request) -> Response:
        return JSONResponse(
            {"org": [{"company_name": "Zylker", "primary_email": "siti@zylker.test", "id": "1"}]}
        )

    async def users(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("type") != "AllUsers" or set(asked) - {"type", "page", "per_page"}:
            return no(400, "INVALID_REQUEST", "parameters")
        size, page = int(asked.get("per_page", 200)), int(asked.get("page", 1))
        if size > 200:
            return no(400, "LIMIT_EXCEEDED", "per_page")
        rows = self.standin.state.users[(page - 1) * size : page * size]
        more = page * size < len(self.standin.state.users)
        info = {"per_page": size, "count": len(rows), "page": page, "more_records": more}
        return JSONResponse({"users": rows, "info": info}) if rows else _EMPTY

    async def currencies(self, request: Request) -> Response:
        if not self.with_currencies:
            return no(403, "CURRENCIES_NOT_ENABLED", "Multi currency is not enabled")
        return JSONResponse({"currencies": self.standin.state.currencies})

    async def fields(self, request: Request) -> Response:
        module = request.query_params.get("module", "")
        problem = self._closed(module)
        if problem is not None:
            return problem
        hidden = self.standin.state.hidden
        listed = [
            {"api_name": name, "data_type": kind, "field_label": name.replace("_", " ")}
            for name, kind in self.types(module).items()
            if (module, name) not in hidden
        ]
        return JSONResponse({"fields": listed})

    async def layouts(self, request: Request) -> Response:
        if request.query_params.get("module") != "Deals":
            return no(400, "INVALID_MODULE", "the module name given seems to be invalid")
        return JSONResponse({"layouts": [{"id": "91055", "name": "Standard"}]})

    async def pipeline(self, request: Request) -> Response:
        if request.query_params.get("layout_id") != "91055":
            return no(400, "INVALID_DATA", "layout_id")
        maps = [
            {"display_value": name, "actual_value": name, "forecast_type": kind,
             "sequence_number": place, "id": str(6800 + place), "_delete": False,
             "forecast_category": {"name": kind, "id": "1"}}
            for place, (name, kind) in enumerate(STAGES.items(), 1)
        ]  # fmt: skip
        made = {"display_value": "Sales", "actual_value": "Sales", "default": True, "id": "6801",
                "maps": maps}  # fmt: skip
        return JSONResponse({"pipeline": [made]})

    def types(self, module: str) -> dict[str, str]:
        """Return the fields of a module with their types."""
        return TRACKER if module == "DealHistory" else FIELDS[module]

    def _closed(self, module: str) -> Response | None:
        known = {*FIELDS, "DealHistory"} - self.absent
        if module not in known:
            return no(400, "INVALID_MODULE", "the module name given seems to be invalid")
        if module in self.closed:
            return no(403, "NO_PERMISSION", "permission denied")
        return None

    # records

    def rows(self, module: str) -> list[Record]:
        """Return the records of a module."""
        state = self.standin.state
        if module == "DealHistory":
            alive = state.records["Deals"]
            return [row for deal, rows in state.history.items() if deal in alive for row in rows]
        return list(state.records[module].values())

    async def listed(self, request: Request) -> Response:  # noqa: PLR0911 (each refusal is one)
        """List records: by page to 2,000 of them, by token beyond."""
        module, asked = request.path_params["module"], dict(request.query_params)
        problem = self._closed(module)
        if problem is not None:
            return problem
        if set(asked) - _LISTED:
            return no(400, "EXTRA_PARAM_FOUND", str(set(asked) - _LISTED))
        names = asked.get("fields", "").split(",")
        if names == [""]:
            return no(400, "REQUIRED_PARAM_MISSING", "fields", {"param_name": "fields"})
        if len(names) > 50 or int(asked.get("per_page", 200)) > 200:
            return no(400, "LIMIT_EXCEEDED", "more than is allowed")
        if asked.get("sort_by", "id") not in {"id", "Created_Time", "Modified_Time"}:
            return no(400, "INVALID_DATA", "sort_by")
        unknown = [name for name in names if not self._visible(module, name)]
        if unknown:
            return no(400, "INVALID_DATA", "fields", {"api_name": unknown[0]})
        since, wrong = _since(request)
        if wrong:
            return no(400, "INVALID_DATA", "If-Modified-Since")
        rows = self._found(module, asked, since)
        if isinstance(rows, Response):
            return rows
        return self._page(module, names, asked, rows, since)

    def _visible(self, module: str, name: str) -> bool:
        return name in self.types(module) and (module, name) not in self.standin.state.hidden

    def _found(self, module: str, asked: Record, since: datetime | None) -> list[Record] | Response:
        rows = self.rows(module)
        if "ids" in asked:
            ids = asked["ids"].split(",")
            if len(ids) > 100:
                return no(400, "LIMIT_EXCEEDED", "ids")
            rows = [row for row in rows if row["id"] in ids]
        converted = asked.get("converted", "false")
        if converted not in {"true", "false", "both"}:
            return no(400, "INVALID_DATA", "converted")
        if module == "Leads" and converted != "both":
            rows = [r for r in rows if bool(r["Converted__s"]) == (converted == "true")]
        if since:
            rows = [r for r in rows if datetime.fromisoformat(r["Modified_Time"]) >= since]
        by = asked.get("sort_by", "id")
        return in_order(rows, by, asked.get("sort_order", "desc") == "desc")

    def _page(
        self, module: str, names: list[str], asked: Record, rows: list[Record],
        since: datetime | None,
    ) -> Response:  # fmt: skip
        size = int(asked.get("per_page", 200))
        bound = (
            module, since,
            *sorted((n, v) for n, v in asked.items() if n not in {"page", "page_token"}),
        )  # fmt: skip
        by, down = asked.get("sort_by", "id"), asked.get("sort_order", "desc") == "desc"
        page = 1
        if "page_token" in asked:
            token = self.tokens.get(asked["page_token"])
            if "page" in asked or token is None or token.bound != bound:
                return no(
                    400, "TOKEN_BOUND_DATA_MISMATCH", "page_token", {"param_name": "page_token"}
                )
            if datetime.now(UTC) >= token.expires:
                return no(400, "EXPIRED_VALUE", "Page token expired", {"api_name": "page_token"})
            place = in_order(
                [*(r for r in rows if r["id"] != token.after["id"]), token.after], by, down
            )
            rows = place[place.index(token.after) + 1 :]
            chosen, more = rows[:size], len(rows) > size
        else:
            page = int(asked.get("page", 1))
            if page * size > 2000:
                return no(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", "use page_token")
            chosen, more = rows[(page - 1) * size : page * size], len(rows) > page * size
        if not chosen:
            return Response(status_code=304 if since and page == 1 else 204)
        info: Record = {
            "call": False, "per_page": size, "count": len(chosen), "sort_by": by, "page": page,
            "sort_order": "desc" if down else "asc", "email": False, "more_records": more,
            "next_page_token": None, "previous_page_token": None, "page_token_expiry": None,
        }  # fmt: skip
        if more:
            made, expires = secrets.token_hex(20), datetime.now(UTC) + self.token_life
            self.tokens[made] = Token(bound, dict(chosen[-1]), expires)
            info |= {"next_page_token": made, "page_token_expiry": written(expires)}
        data = [self._shown(module, row, names) for row in chosen]
        return JSONResponse({"data": data, "info": info})

    def _shown(self, module: str, row: Record, names: list[str]) -> Record:
        shown = {name: row.get(name) for name in names} | {"id": row["id"]}
        if module != "DealHistory":
            shown |= {"$approved": True, "$currency_symbol": "RM"}
        if module == "Leads":
            shown |= {"$converted": bool(row["Converted__s"]), "$converted_detail": {}}
        return shown

    async def one(self, request: Request) -> Response:
        """Return one record with its subform."""
        module, key = request.path_params["module"], request.path_params["id"]
        problem = self._closed(module)
        if problem is not None:
            return problem
        row = self.standin.state.records[module].get(key)
        if row is None:
            return _EMPTY
        form = SUBFORMS.get(module)
        shown = self._shown(module, row, list(self.types(module)))
        return JSONResponse({"data": [shown | ({form: row.get(form, [])} if form else {})]})

    async def count(self, request: Request) -> Response:
        """Count the records of a module, leads that were converted aside."""
        module = request.path_params["module"]
        problem = self._closed(module)
        if problem is not None:
            return problem
        rows = [r for r in self.rows(module) if not (module == "Leads" and r["Converted__s"])]
        return JSONResponse({"count": len(rows)})

    async def deleted(self, request: Request) -> Response:
        """List what is in the recycle bin, or was deleted for good."""
        module, asked = request.path_params["module"], dict(request.query_params)
        problem = self._closed(module)
        if problem is not None:
            return problem
        kind = asked.get("type", "all")
        if kind not in {"all", "recycle", "permanent"} or set(asked) - {"type", "page", "per_page"}:
            return no(400, "INVALID_DATA", "type")
        since, wrong = _since(request)
        if wrong:
            return no(400, "INVALID_DATA", "If-Modified-Since")
        state = self.standin.state
        rows = [
            {"deleted_by": {"name": "Bruce", "id": "1"}, "id": key, "display_name": "x",
             "type": said, "created_by": {"name": "Bruce", "id": "1"},
             "deleted_time": row["deleted_time"]}
            for said, found in (("recycle", state.bin), ("permanent", state.purged))
            if kind in {"all", said}
            for key, row in found[module].items()
            if since is None or datetime.fromisoformat(row["deleted_time"]) >= since
        ]  # fmt: skip
        size, page = int(asked.get("per_page", 200)), int(asked.get("page", 1))
        chosen = rows[(page - 1) * size : page * size]
        if not chosen:
            return Response(status_code=304 if since else 204)
        info = {"per_page": size, "count": len(chosen), "page": page,
                "more_records": len(rows) > page * size}  # fmt: skip
        return JSONResponse({"data": chosen, "info": info})

    async def coql(self, request: Request) -> Response:  # noqa: PLR0911
        """Answer one kind of query: by id, in its order."""
        if "ZohoCRM.coql.READ" in self.standin.scopes_missing:
            return no(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
        body = await request.json()
        said = (
            _SELECT.match(body.get("select_query", "")) if set(body) == {"select_query"} else None
        )
        if said is None:
            return no(400, "SYNTAX_ERROR", "error occured while parsing the query")
        module, names = said["module"], said["fields"].split(", ")
        problem = self._closed(module)
        if problem is not None:
            return problem
        if int(said["limit"]) > self.query_limit or len(names) > 50:
            return no(400, "LIMIT_EXCEEDED", "limit", {"limit": self.query_limit})
        wrong = [n for n in names if n != "id" and not self._visible(module, n)]
        if wrong:
            return no(400, "INVALID_QUERY", "column given seems to be invalid",
                      {"column_name": wrong[0]})  # fmt: skip
        bound = re.fullmatch(r"id > (\d+)", said["where"])
        if bound is None:
            return no(400, "INVALID_QUERY", "value given seems to be invalid for the column")
        rows = [r for r in in_order(self.rows(module), "id", False) if int(r["id"]) > int(bound[1])]
        chosen = rows[: int(said["limit"])]
        if not chosen:
            return _EMPTY
        types = self.types(module)
        data = [
            {
                n: {"id": r[n]["id"]} if "lookup" in types.get(n, "") and r[n] else r[n]
                for n in names
            }
            | {"id": r["id"]}
            for r in chosen
        ]
        more = len(rows) > len(chosen)
        return JSONResponse({"data": data, "info": {"count": len(data), "more_records": more}})


def _since(request: Request) -> tuple[datetime | None, bool]:
    said = request.headers.get("if-modified-since")
    if said is None:
        return None, False
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", said):
        return None, True
    return datetime.fromisoformat(said), False
