"""Salesforce on loopback: sign-in, REST query, describe, deletions, limits and Bulk API 2.0.

Written from the wire facts in Salesforce's REST, Bulk 2.0 and OAuth documentation. As strict as
Salesforce: SOQL is parsed and typed, parameters there are not are refused, a token is needed.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.salesforce.org import Org
from tests.vendors.salesforce.schema import NOT_BULK, NOT_REPLICATED
from tests.vendors.salesforce.soql import Query, Wrong, parse
from tests.vendors.standin import Standin

VERSIONS = ("64.0", "65.0", "66.0", "67.0")
KEY, SECRET, USER = "3MVG9consumer.key", "A-consumer-secret", "kadar@acme.example"
BIN_DAYS = 15
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Salesforce(Standin):
    """One organisation behind Salesforce's API."""

    def __init__(self, org: Org | None = None) -> None:
        super().__init__()
        self.org = org or Org()
        self.public_key: bytes | None = None  # of the certificate uploaded for the JWT flow
        self.refresh_token: str | None = None
        self.rotates = False  # whether a refresh gives a new refresh token
        self.used, self.quota = 0, 100_000
        self.per_app: tuple[int, int] | None = None  # used, total
        self.batch = 2000  # records a page of REST queries
        self.bulk_rows = 50_000  # records a page of bulk results, at most
        self.polls = 1  # polls until a job is complete
        self.bulk_enabled = True
        self.log_limit = 600_000
        self.log_begins: datetime | None = None  # the log of deletions was purged before
        self.tokens: set[str] = set()
        self.signed_in = 0
        self.jobs: dict[str, dict[str, Any]] = {}
        self._cursors: dict[str, tuple[Query, list[str]]] = {}

    def routes(self) -> list[Route]:
        data = "/services/data/{version}"
        return [
            Route("/services/oauth2/token", self.token, methods=["POST"]),
            Route("/services/data/", self.versions),
            Route(f"{data}/query", self._api(self.query)),
            Route(f"{data}/query/", self._api(self.query)),
            Route(f"{data}/query/{{cursor}}", self._api(self.more)),
            Route(f"{data}/queryAll", self._api(self.query)),
            Route(f"{data}/queryAll/", self._api(self.query)),
            Route(f"{data}/sobjects", self._api(self.all_objects)),
            Route(f"{data}/sobjects/{{name}}/describe", self._api(self.describe)),
            Route(f"{data}/sobjects/{{name}}/deleted/", self._api(self.deleted)),
            Route(f"{data}/limits", self._api(self.limits)),
            Route(f"{data}/limits/", self._api(self.limits)),
            Route(f"{data}/connect/organization", self._api(self.organization)),
            Route(f"{data}/jobs/query", self._api(self.start_job), methods=["POST"]),
            Route(f"{data}/jobs/query/{{job}}", self._api(self.job)),
            Route(f"{data}/jobs/query/{{job}}/results", self._api(self.results)),
        ]

    async def versions(self, request: Request) -> Response:
        return JSONResponse([
            {"label": f"v{v}", "url": f"/services/data/v{v}", "version": v} for v in VERSIONS
        ])  # fmt: skip

    async def token(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != (
            "application/x-www-form-urlencoded"
        ):
            return _oauth("unsupported_grant_type", "grant type not supported")
        form = dict(parse_qsl((await request.body()).decode()))
        with self.lock:
            grant = form.get("grant_type")
            if grant == "client_credentials":
                wrong = self._client(request, form)
            elif grant == "urn:ietf:params:oauth:grant-type:jwt-bearer":
                wrong = self._assertion(form.get("assertion", ""))
            elif grant == "refresh_token":
                wrong = self._client(request, form)
                if not wrong and form.get("refresh_token") != self.refresh_token:
                    wrong = ("invalid_grant", "expired access/refresh token")
            else:
                wrong = ("unsupported_grant_type", "grant type not supported")
            if wrong:
                return _oauth(*wrong)
            self.signed_in += 1
            made = f"00DWt0000000001!AQ.{self.signed_in}"
            self.tokens.add(made)
            said = {
                "access_token": made, "instance_url": self.url, "token_type": "Bearer",
                "id": "https://login.salesforce.com/id/00DWt0000000001AAA/005Wt0000000001AAA",
                "issued_at": str(int(self.org.now.timestamp() * 1000)), "signature": "c2ln",
                "scope": "api refresh_token",
            }  # fmt: skip
            if grant == "refresh_token" and self.rotates:
                self.refresh_token = f"5Aep861.{self.signed_in}"
                said["refresh_token"] = self.refresh_token
            return JSONResponse(said)

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str] | None:
        kind, _, said = request.headers.get("authorization", "").partition(" ")
        given = (form.get("client_id"), form.get("client_secret"))
        if kind == "Basic":
            key, _, secret = base64.b64decode(said).decode().partition(":")
            given = (key, secret)
        if given[0] != KEY:
            return "invalid_client_id", "client identifier invalid"
        return None if given[1] == SECRET else ("invalid_client", "invalid client credentials")

    def _assertion(self, assertion: str) -> tuple[str, str] | None:
        if self.public_key is None:
            return "invalid_grant", "user hasn't approved this consumer"
        try:
            said = jwt.decode(
                assertion, self.public_key, algorithms=["RS256"],
                audience=["https://login.salesforce.com", "https://test.salesforce.com"],
                issuer=KEY, options={"require": ["iss", "sub", "aud", "exp"], "verify_exp": False},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            return "invalid_grant", f"invalid assertion: {error}"
        left = float(said["exp"]) - datetime.now(UTC).timestamp()
        if not 0 < left <= 300:
            return "invalid_grant", "assertion expired or not yet valid"
        return (
            None if said["sub"] == USER else ("invalid_grant", "user hasn't approved this consumer")
        )

    def _api(self, handler: Handler) -> Handler:
        """Wrap a resource of the API: it needs a token, counts as a call, says what is left."""

        async def answered(request: Request) -> Response:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if token not in self.tokens:
                return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")
            if request.path_params["version"].removeprefix("v") not in (*VERSIONS, "59.0"):
                return _error(404, "NOT_FOUND", "The requested resource does not exist")
            if self.used >= self.quota:
                return _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            self.used += 1
            await request.body()  # kept by the request; nothing is awaited under the lock
            with self.lock:
                try:
                    made = await handler(request)
                except Wrong as wrong:
                    made = _error(400, wrong.code, wrong.message)
            said = f"api-usage={self.used}/{self.quota}"
            if self.per_app:
                said += f"; per-app-api-usage={self.per_app[0]}/{self.per_app[1]}(appName=kadar)"
            made.headers["Sforce-Limit-Info"] = said
            return made

        return answered

    async def query(self, request: Request) -> Response:
        if set(request.query_params) != {"q"}:
            raise Wrong("MALFORMED_QUERY", "the one parameter is q")
        query = parse(request.query_params["q"], self.org.objects)
        found = self._found(query, bin_too="queryAll" in request.url.path)
        if not query.fields:
            return JSONResponse({"totalSize": len(found), "done": True, "records": []})
        cursor = f"01gWt{len(self._cursors):013d}"
        self._cursors[cursor] = (query, found)
        return self._page(request, cursor, 0)

    async def more(self, request: Request) -> Response:
        cursor, _, start = request.path_params["cursor"].rpartition("-")
        if cursor not in self._cursors:
            raise Wrong("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(request, cursor, int(start))

    def expire_cursors(self) -> None:
        """Let go of all query locators, as Salesforce does of old ones."""
        self._cursors.clear()

    def _found(self, query: Query, *, bin_too: bool) -> list[str]:
        rows = query.kept(self.org.records[query.object].values())
        if not bin_too:
            rows = [row for row in rows if not (row.get("IsDeleted") or row.get("IsArchived"))]
        for field, down in reversed(query.order):
            rows.sort(key=lambda row: (row[field] is None, row[field]), reverse=down)
        return [row["Id"] for row in rows[: query.limit]]

    def _page(self, request: Request, cursor: str, start: int) -> Response:
        query, keys = self._cursors[cursor]
        size = self.batch
        for part in request.headers.get("sforce-query-options", "").split(","):
            if part.strip().startswith("batchSize="):
                asked = int(part.split("=")[1])
                if not 200 <= asked <= 2000:
                    raise Wrong("INVALID_QUERY_OPTIONS", "batchSize: 200 to 2000")
                size = min(size, asked)
        base = f"/services/data/{request.path_params['version']}"
        table = self.org.records[query.object]
        records = [
            {
                "attributes": {
                    "type": query.object, "url": f"{base}/sobjects/{query.object}/{key}",
                },
                **{field: _json(table[key][field]) for field in query.fields},
            }
            for key in keys[start : start + size] if key in table
        ]  # fmt: skip
        said: dict[str, Any] = {"totalSize": len(keys), "done": start + size >= len(keys)}
        if not said["done"]:
            said["nextRecordsUrl"] = f"{base}/query/{cursor}-{start + size}"
        return JSONResponse({**said, "records": records})

    async def all_objects(self, request: Request) -> Response:
        known = [{"name": name, "queryable": True} for name in self.org.objects]
        return JSONResponse({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": known})

    async def describe(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.org.objects:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        fields = [
            {
                "name": field, "type": kind, "label": field, "custom": field.endswith("__c"),
                "calculated": False,
            }
            for field, kind in self.org.fields(name).items()
        ]  # fmt: skip
        return JSONResponse({
            "name": name, "queryable": True, "replicateable": name not in NOT_REPLICATED,
            "fields": fields,
        })  # fmt: skip

    async def deleted(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.org.objects:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        if name in NOT_REPLICATED:
            raise Wrong("INVALID_TYPE_FOR_OPERATION", f"entity type {name} does not support it")
        if set(request.query_params) != {"start", "end"}:
            raise Wrong("INVALID_REPLICATION_DATE", "start and end are needed")
        start, end = (
            datetime.fromisoformat(request.query_params[part]).replace(second=0, microsecond=0)
            for part in ("start", "end")
        )
        now = self.org.now
        if end - start < timedelta(minutes=1):
            raise Wrong("INVALID_REPLICATION_DATE", "startDate must be at least one minute before")
        if start < now - timedelta(days=30):
            raise Wrong("INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
        begins = self.log_begins or now - timedelta(days=BIN_DAYS)
        found = [
            (key, at) for key, at in self.org.deletions[name]
            if start <= at < end and at >= begins
        ]  # fmt: skip
        if len(found) > self.log_limit:
            raise Wrong("EXCEEDED_ID_LIMIT", "exceeded limit of 600,000 ids")
        return JSONResponse({
            "deletedRecords": [{"id": key, "deletedDate": _json(at)} for key, at in found],
            "earliestDateAvailable": _json(begins), "latestDateCovered": _json(min(end, now)),
        })  # fmt: skip

    async def limits(self, request: Request) -> Response:
        left = {"Max": self.quota, "Remaining": self.quota - self.used}
        return JSONResponse({
            "DailyApiRequests": left, "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
        })  # fmt: skip

    async def organization(self, request: Request) -> Response:
        features: dict[str, Any] = {"multiCurrency": self.org.multi_currency}
        if not self.org.multi_currency:
            features["defaultCurrencyIsoCode"] = "SGD"
        return JSONResponse({
            "orgId": "00DWt0000000001AAA", "name": "Acme Sdn Bhd", "features": features,
        })  # fmt: skip

    async def start_job(self, request: Request) -> Response:
        said = json.loads(await request.body())
        if not self.bulk_enabled:
            raise Wrong("FEATURENOTENABLED", "Bulk API is not enabled")
        unknown = set(said) - {"operation", "query", "contentType", "columnDelimiter", "lineEnding"}
        if unknown or said.get("operation") not in {"query", "queryAll"}:
            raise Wrong("INVALIDJOB", f"not understood: {unknown or said.get('operation')}")
        query = parse(said["query"], self.org.objects)
        if query.object in NOT_BULK:
            raise Wrong(
                "INVALIDENTITY", f"Entity '{query.object}' is not supported by the Bulk API."
            )
        if not query.fields:
            raise Wrong("INVALIDJOB", "Aggregate Relationships not supported in Bulk Query")
        types = self.org.fields(query.object)
        if any(types[field] in {"address", "location"} for field in query.fields):
            raise Wrong("INVALIDJOB", "Selecting compound data not supported in Bulk Query")
        job = f"750Wt{len(self.jobs):010d}AAA"
        found = self._found(query, bin_too=said["operation"] == "queryAll")
        values = itemgetter(*query.fields, "Id")  # two or more: always a tuple, as it is now
        rows = [values(self.org.records[query.object][key])[:-1] for key in found]
        self.jobs[job] = {
            "state": "UploadComplete", "polls": 0, "fields": query.fields, "rows": rows,
            "object": query.object, "operation": said["operation"],
        }  # fmt: skip
        return JSONResponse(self._job(job))

    def _job(self, job: str) -> dict[str, Any]:
        known = self.jobs[job]
        return {
            "id": job, "operation": known["operation"], "object": known["object"],
            "state": known["state"], "contentType": "CSV", "apiVersion": 66.0,
            "concurrencyMode": "Parallel", "lineEnding": "LF", "columnDelimiter": "COMMA",
        }  # fmt: skip

    async def job(self, request: Request) -> Response:
        job = request.path_params["job"]
        if job not in self.jobs:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        known = self.jobs[job]
        known["polls"] += 1
        if known["state"] not in {"Failed", "Aborted"}:
            known["state"] = "JobComplete" if known["polls"] >= self.polls else "InProgress"
        return JSONResponse(self._job(job) | {"errorMessage": known.get("error")})

    async def results(self, request: Request) -> Response:
        job = request.path_params["job"]
        if job not in self.jobs or set(request.query_params) - {"locator", "maxRecords"}:
            return _error(404, "NOT_FOUND", "The requested resource does not exist")
        known = self.jobs[job]
        if known["state"] != "JobComplete":
            raise Wrong("INVALIDJOBSTATE", f"job is {known['state']}")
        start = int(base64.b64decode(request.query_params.get("locator", "MA==")))
        size = min(int(request.query_params.get("maxRecords", 50_000)), self.bulk_rows)
        rows = known["rows"][start : start + size]
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(known["fields"])
        writer.writerows(map(_text, row) for row in rows)
        over = start + size >= len(known["rows"])
        locator = "null" if over else base64.b64encode(str(start + size).encode()).decode()
        headers = {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(len(rows))}
        return Response(out.getvalue(), 200, headers, media_type="text/csv")


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return value.isoformat() if isinstance(value, date) else value


@lru_cache
def _stamp(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _text(value: Any) -> str:
    """Return a value as Bulk API 2.0 writes it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _stamp(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(_json(value))


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse([{"message": message, "errorCode": code}], status)


def _oauth(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, 400)
