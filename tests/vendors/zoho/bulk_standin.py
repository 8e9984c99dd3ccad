"""The routes of Zoho CRM's bulk read."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.zoho.state import Record, in_order

if TYPE_CHECKING:
    from tests.vendors.zoho.crm_standin import CrmRoutes

_JOBS = "/crm/bulk/v8/read"


@dataclass
class Job:
    """One job: the records of its page, and how often it was asked for."""

    module: str
    fields: list[str]
    rows: list[Record]
    token: str | None
    asked: int = 0
    lost: int = 0  # records that its file lacks


@dataclass
class BulkRoutes:
    """Bulk reads of a stand-in: `per_page` records a file, done at the third question."""

    crm: CrmRoutes
    per_page: int = 200_000
    fails: bool = False
    allowed: bool = True
    jobs: dict[str, Job] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(_JOBS, self.crm.guarded(self.start), methods=["POST"]),
            Route(f"{_JOBS}/{{id}}", self.crm.guarded(self.state), methods=["GET"]),
            Route(f"{_JOBS}/{{id}}/result", self.crm.guarded(self.result), methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        """Begin a job: what is exported is what there is now."""
        query = (await request.json()).get("query", {})
        if not self.allowed:
            return _no(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
        if set(query) - {"module", "fields", "page", "page_token", "criteria", "cvid"}:
            return _no(400, "REQUEST_BODY_NOT_SUPPORTED", "query")
        module, names = query["module"]["api_name"], query.get("fields", [])
        if any(name not in self.crm.types(module) for name in names):
            return _no(400, "INVALID_DATA", "fields")
        rows = [
            r for r in in_order(self.crm.rows(module), "id", False) if not r.get("Converted__s")
        ]
        if query.get("page_token"):
            rows = [row for row in rows if int(row["id"]) > int(query["page_token"])]
        elif query.get("page", 1) != 1:
            rows = rows[(query["page"] - 1) * self.per_page :]
        chosen = rows[: self.per_page]
        token = chosen[-1]["id"] if len(rows) > len(chosen) else None
        key = self.crm.standin.state.new_id()
        self.jobs[key] = Job(module, names, [dict(row) for row in chosen], token)
        details = {"id": key, "operation": "read", "state": "ADDED",
                   "created_by": {"id": "1", "name": "Siti"},
                   "created_time": "2026-10-01T10:00:00+08:00"}  # fmt: skip
        made = {"status": "success", "code": "ADDED_SUCCESSFULLY",
                "message": "Added successfully.", "details": details}  # fmt: skip
        return JSONResponse({"data": [made], "info": {}}, 201)

    async def state(self, request: Request) -> Response:
        """Tell how far a job is."""
        key = request.path_params["id"]
        job = self.jobs.get(key)
        if job is None:
            return _no(404, "RESOURCE_NOT_FOUND", "The requested resource doesn't exist.")
        job.asked += 1
        state = ("ADDED", "IN PROGRESS", "COMPLETED")[min(job.asked, 3) - 1]
        if self.fails:
            state = "FAILURE"
        said: Record = {"id": key, "operation": "read", "state": state, "file_type": "csv",
                        "query": {"module": {"api_name": job.module}},
                        "created_by": {"id": "1", "name": "Siti"},
                        "created_time": "2026-10-01T10:00:00+08:00"}  # fmt: skip
        if state == "COMPLETED":
            said["result"] = {
                "page": 1, "count": len(job.rows), "per_page": self.per_page,
                "download_url": f"{_JOBS}/{key}/result", "more_records": job.token is not None,
                "next_page_token": job.token,
            }  # fmt: skip
        return JSONResponse({"data": [said]})

    async def result(self, request: Request) -> Response:
        """Return the file: lookups as their ids, nothing where there is nothing."""
        job = self.jobs[request.path_params["id"]]
        text = io.StringIO()
        made = csv.writer(text)
        made.writerow(["Id", *job.fields])
        for row in job.rows[: len(job.rows) - job.lost]:
            made.writerow([row["id"], *(_cell(row.get(name)) for name in job.fields)])
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(f"{request.path_params['id']}.csv", text.getvalue())
        named = {"Content-Disposition": f"attachment; filename={request.path_params['id']}.zip"}
        return Response(zipped.getvalue(), 200, named, "application/x-download")


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return str(value["id"])
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _no(status: int, code: str, message: str) -> Response:
    body = {"code": code, "details": {}, "message": message, "status": "error"}
    return JSONResponse(body, status)
