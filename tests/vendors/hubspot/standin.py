"""A stand-in of HubSpot's API, as strict as HubSpot: paths 2026-03 and 2026-09, both limits."""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.hubspot.answers import (
    Forbidden,
    body_of,
    forbidden,
    forget,
    limited,
    listed,
    multi_status,
    next_page,
    number,
    page_of,
    query_of,
    refusal,
)  # fmt: skip
from tests.vendors.hubspot.crm import NUMBERED, SINGULAR, Crm, Record, modified_name, written
from tests.vendors.hubspot.search import CEILING, Refused, search
from tests.vendors.hubspot.setup import Setup
from tests.vendors.standin import Standin

VERSIONS = {"2026-03", "2026-09"}
Route_ = Callable[[Request], Awaitable[Response]]
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}
PLAIN = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
ENGAGEMENTS = {"calls", "emails", "meetings", "tasks", "notes", "communications"}


class HubSpot(Standin):
    """An account of HubSpot. `crm` are its records, `setup` what its people set up."""

    def __init__(self) -> None:
        super().__init__()
        self.crm = Crm()
        self.setup = Setup()
        self.keys = {"pat-na1-service-key"}  # service keys, and access tokens given out
        self.refresh = {"refresh-1"}
        self.rotates = False  # whether a refresh token is good only once
        self.lacking: set[str] = set()  # scopes the key has not
        self.lag = timedelta(0)  # how far the search index is behind
        self.ceiling = CEILING
        self.links_in_page = 500  # associations of one record in an answer
        self.burst = (1_000_000, 10.0)  # requests in so many seconds
        self.searches = 1_000_000  # in a second
        self.daily = 1_000_000_000
        self._asked: deque[float] = deque()
        self._searched: deque[float] = deque()
        self.today = 0

    def routes(self) -> list[Route]:
        """Return the routes."""
        objects = "/crm/objects/{version}/{kind}"
        here = {
            objects: ("GET", self.page),
            f"{objects}/search": ("POST", self.search),
            f"{objects}/batch/read": ("POST", self.batch),
            f"{objects}/{{id}}": ("GET", self.one),
            "/crm/associations/{version}/{kind}/{to}/batch/read": ("POST", self.associations),
            "/crm/properties/{version}/{kind}": ("GET", self.properties),
            "/crm/pipelines/{version}/{kind}": ("GET", self.pipelines),
            "/crm/owners/{version}": ("GET", self.owners),
            "/marketing/campaigns/{version}": ("GET", self.campaigns),
            "/marketing/campaigns/{version}/{id}/budget/totals": ("GET", self.totals),
            "/account-info/{version}/details": ("GET", self.account),
            "/settings/currencies/{version}/exchange-rates": ("GET", self.rates),
        }
        made = [
            Route(path, self._guarded(how), methods=[verb]) for path, (verb, how) in here.items()
        ]
        return [Route("/oauth/{version}/token", self.token, methods=["POST"]), *made]

    def expire(self) -> None:
        """Let every access token given out run out; service keys stay."""
        self.keys = {key for key in self.keys if key.startswith("pat-")}

    # ------------------------------------------------------------------ what comes before

    def _guarded(self, how: Callable[[Request], Awaitable[dict[str, Any] | Response]]) -> Route_:
        async def answer(request: Request) -> Response:
            if request.path_params["version"] not in VERSIONS:
                return refusal(404, "OBJECT_NOT_FOUND", "Unable to find the resource")
            stopped = self._unknown(request.headers.get("Authorization", "")) or self._limited(
                searching=request.url.path.endswith("/search")
            )
            if stopped is not None:
                return stopped
            try:
                with self.lock:
                    body = await how(request)
            except Refused as refused:
                return refusal(400, "VALIDATION_ERROR", str(refused))
            made = body if isinstance(body, Response) else JSONResponse(body)
            if not request.url.path.endswith("/search"):
                made.headers.update(self._counts())
            return made

        return answer

    def _unknown(self, said: str) -> Response | None:
        key = said.removeprefix("Bearer ")
        if key in self.keys and key != said:
            return None
        if key.startswith("access-"):
            return refusal(401, "EXPIRED_AUTHENTICATION", "The OAuth token used is expired.")
        return refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")

    def _limited(self, *, searching: bool) -> Response | None:
        now = time.monotonic()
        most, seconds = self.burst
        with self.lock:
            if self.today >= self.daily:
                return limited("DAILY")
            forget(self._asked, now - seconds)
            forget(self._searched, now - 1)
            if len(self._asked) >= most:
                return limited("TEN_SECONDLY_ROLLING")
            if searching and len(self._searched) >= self.searches:
                return limited("SECONDLY")
            self.today += 1
            self._asked.append(now)
            if searching:
                self._searched.append(now)
        return None

    def _counts(self) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self.burst[0]),
            "X-HubSpot-RateLimit-Remaining": str(self.burst[0] - len(self._asked)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(self.burst[1] * 1000)),
            "X-HubSpot-RateLimit-Daily": str(self.daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(self.daily - self.today),
        }

    def _kind(self, said: str) -> str:
        kind = NUMBERED.get(said, said)
        if kind not in self.crm.records:
            raise Refused(f"Unable to infer object type from: {said}")
        scope = "contacts" if kind in ENGAGEMENTS else kind
        if scope in self.lacking or kind in self.lacking:
            raise Forbidden(f"crm.objects.{scope}.read")
        return kind

    # ------------------------------------------------------------------ records

    async def page(self, request: Request) -> dict[str, Any] | Response:
        """Answer with a page of records by id."""
        asked = query_of(
            request, "limit", "after", "properties", "propertiesWithHistory", "associations",
            "archived",
        )  # fmt: skip
        kind = self._checked(request)
        if isinstance(kind, Response):
            return kind
        histories = listed(asked.get("propertiesWithHistory"))
        limit = number(asked.get("limit", "10"))
        most = 50 if histories else 100
        if not 0 < limit <= most:
            raise Refused(f"limit must be at most {most}")
        after = number(asked.get("after", "0"))
        archived = asked.get("archived", "false") == "true"
        records = [r for r in self.crm.all(kind, archived=archived) if int(r.id) >= after]
        names = listed(asked.get("properties"))
        to = listed(asked.get("associations"))
        made = [self._record(kind, r, names, histories, to) for r in records[:limit]]
        return {
            "results": made,
            **next_page(request, records[limit].id if records[limit:] else None),
        }

    async def one(self, request: Request) -> dict[str, Any] | Response:
        """Answer with one record, also by an id it had before a merge."""
        asked = query_of(request, "properties", "propertiesWithHistory", "associations", "archived")
        kind = self._checked(request)
        if isinstance(kind, Response):
            return kind
        record = self.crm.get(kind, request.path_params["id"])
        if record is None or (record.archived is not None) != (asked.get("archived") == "true"):
            return refusal(404, "OBJECT_NOT_FOUND", "resource not found")
        histories = listed(asked.get("propertiesWithHistory"))
        to = listed(asked.get("associations"))
        return self._record(kind, record, listed(asked.get("properties")), histories, to)

    async def search(self, request: Request) -> dict[str, Any] | Response:
        """Answer a search."""
        body = await body_of(request)
        kind = self._checked(request)
        if isinstance(kind, Response):
            return kind
        page, total, more = search(self.crm, kind, body, self.lag, self.ceiling)
        names = body.get("properties") or []
        made = [self._record(kind, record, names, [], []) for record in page]
        return {"total": total, "results": made, **next_page(request, more)}

    async def batch(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the records of a list of ids; 207 where some are not there."""
        query_of(request, "archived")
        body = await body_of(request, "inputs", "properties", "propertiesWithHistory", "idProperty")
        kind = self._checked(request)
        if isinstance(kind, Response):
            return kind
        histories = body.get("propertiesWithHistory") or []
        most = 50 if histories else 100
        if len(body["inputs"]) > most:
            raise Refused(f"at most {most} inputs")
        results, missing = [], []
        names = body.get("properties") or []
        for said in body["inputs"]:
            record = self.crm.get(kind, said["id"])
            if record is None or record.archived is not None:
                missing.append(said["id"])
            else:
                results.append(self._record(kind, record, names, histories, []))
        return multi_status(results, kind, "OBJECT_NOT_FOUND", missing, "ids")

    def _record(
        self, kind: str, record: Record, names: list[str], histories: list[str], to: list[str]
    ) -> dict[str, Any]:
        known = self.crm.known[kind]
        always = {"hs_object_id", modified_name(kind), "createdate", "hs_createdate"} & known
        wanted = [name for name in {*names, *histories, *always} if name in known]
        made: dict[str, Any] = {
            "id": record.id,
            "properties": {name: record.properties.get(name) for name in sorted(wanted)},
            "createdAt": written(record.created),
            "updatedAt": written(record.modified),
            "archived": record.archived is not None,
            "url": f"https://app.hubspot.com/contacts/62515/record/{record.id}",
        }
        if record.archived is not None:
            made["archivedAt"] = written(record.archived)
        if histories:
            made["propertiesWithHistory"] = {
                name: [
                    {"value": value, "timestamp": written(at), "sourceType": "CRM_UI",
                     "sourceId": "userId:12345", "updatedByUserId": 12345}
                    for value, at in reversed(record.history.get(name, []))
                ]
                for name in histories if name in known
            }  # fmt: skip
        links = {
            name: self._links(kind, record.id, name) for name in to if name in self.crm.records
        }
        if any(links.values()):
            made["associations"] = {name: value for name, value in links.items() if value}
        return made

    def _links(self, kind: str, key: str, to: str) -> dict[str, Any] | None:
        """Return associations as a list has them: the primary company twice, by both its types."""
        one, other_one = (SINGULAR.get(name, name.removesuffix("s")) for name in (kind, to))
        name = f"{one}_to_{other_one}"
        found = []
        for other, first in self.crm.links(kind, key, to):
            if to == "companies":
                found += [{"id": other, "type": name}] if first else []
                found.append({"id": other, "type": f"{name}_unlabeled"})
            else:
                found.append({"id": other, "type": name})
        if not found:
            return None
        made: dict[str, Any] = {"results": found[: self.links_in_page]}
        if found[self.links_in_page :]:
            made["paging"] = {"next": {"after": str(self.links_in_page)}}
        return made

    async def associations(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the associations of many records to one kind, with their labels."""
        body = await body_of(request, "inputs")
        if len(body["inputs"]) > 1000:
            raise Refused("at most 1000 inputs")
        kind, other = self._checked(request), self._checked(request, "to")
        if isinstance(kind, Response):
            return kind
        if isinstance(other, Response):
            return other
        results, missing = [], []
        for said in body["inputs"]:
            links = self.crm.links(kind, said["id"], other)
            start = int(said.get("after") or 0)
            found = [
                {"toObjectId": its, "associationTypes": [PRIMARY, PLAIN] if first else [PLAIN]}
                for its, first in links[start : start + self.links_in_page]
            ]  # fmt: skip
            if not found:
                missing.append(said["id"])
                continue
            made: dict[str, Any] = {"from": {"id": said["id"]}, "to": found}
            if links[start + self.links_in_page :]:
                made["paging"] = {"next": {"after": str(start + self.links_in_page), "link": "?"}}
            results.append(made)
        return multi_status(
            results, kind, "crm.associations.NO_ASSOCIATIONS_FOUND", missing, "fromObjectId"
        )  # fmt: skip

    # ------------------------------------------------------------------ what is set up

    async def properties(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the definitions of a kind's properties."""
        kind = self._checked(request)
        if isinstance(kind, Response):
            return kind
        return {"results": self.setup.definitions(sorted(self.crm.known[kind]))}

    async def pipelines(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the pipelines of a kind, and their stages."""
        kind = self._checked(request)
        if isinstance(kind, Response):
            return kind
        return {"results": self.setup.pipelines.get(kind, [])}

    async def owners(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the owners, active or archived."""
        asked = query_of(request, "after", "limit", "email", "archived")
        if "owners" in self.lacking:
            return forbidden("crm.objects.owners.read")
        archived = asked.get("archived", "false") == "true"
        found = [one for one in self.setup.owners if one["archived"] == archived]
        return page_of(request, found, number(asked.get("limit", "100")), 500)

    async def campaigns(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the marketing campaigns."""
        asked = query_of(request, "after", "limit", "name", "properties", "sort")
        if "campaigns" in self.lacking:
            return forbidden("marketing.campaigns.read")
        found = self.setup.campaigns_with(listed(asked.get("properties")))
        made = page_of(request, found, number(asked.get("limit", "50")), 100)
        return {"total": len(found), **made}

    async def totals(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the budget and the spending of a campaign."""
        query_of(request)
        found = self.setup.totals(request.path_params["id"])
        return found or refusal(404, "OBJECT_NOT_FOUND", "campaign not found")

    async def account(self, request: Request) -> dict[str, Any] | Response:
        """Answer with what the account is."""
        query_of(request)
        return self.setup.account

    async def rates(self, request: Request) -> dict[str, Any] | Response:
        """Answer with the exchange rates that people set."""
        asked = query_of(request, "after", "limit", "fromCurrencyCode", "toCurrencyCode")
        if "currencies" in self.lacking:
            return forbidden("multi-currency-read")
        return page_of(request, self.setup.rates, number(asked.get("limit", "100")), 100)

    async def token(self, request: Request) -> Response:
        """Answer with an access token for a refresh token."""
        if request.headers.get("Content-Type", "") != "application/x-www-form-urlencoded":
            return refusal(415, "UNSUPPORTED", "form-encoded")
        said = dict(await request.form())
        with self.lock:
            if said.get("grant_type") != "refresh_token" or request.url.query:
                return refusal(400, "BAD_GRANT_TYPE", "unsupported grant_type")
            if (said.get("client_id"), said.get("client_secret")) != ("client-1", "client-secret"):
                return refusal(400, "BAD_CLIENT_ID", "missing or unknown client id")
            given = str(said.get("refresh_token"))
            if given not in self.refresh:
                return refusal(400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
            made = f"access-{uuid.uuid4().hex}"
            self.keys.add(made)
            if self.rotates:
                self.refresh = {f"refresh-{uuid.uuid4().hex}"}
                given = next(iter(self.refresh))
        return JSONResponse({
            "access_token": made, "refresh_token": given, "expires_in": 1800, "hub_id": 62515,
            "token_type": "bearer", "token_use": "access_token", "scopes": ["oauth"], "user_id": 1,
        })  # fmt: skip

    def _checked(self, request: Request, name: str = "kind") -> str | Response:
        try:
            return self._kind(request.path_params[name])
        except Forbidden as lacking:
            return forbidden(str(lacking))
