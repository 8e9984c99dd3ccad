"""The routes of Zoho CRM that tell what happened to one deal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.vendors.zoho.state import Record

if TYPE_CHECKING:
    from tests.vendors.zoho.crm_standin import CrmRoutes

TRACKER = {  # fields of the module DealHistory
    "Potential_Name": "lookup", "Stage": "picklist", "Moved_To__s": "picklist",
    "Stage_Duration_Calendar_Days": "integer", "Modified_Time": "datetime",
}  # fmt: skip
_DONE_BY = {"name": "Siti", "id": "1"}


@dataclass
class HistoryRoutes:
    """The history of deals, as stages and as a timeline."""

    crm: CrmRoutes
    without_related: bool = False  # no related list Stage_History

    async def stages(self, request: Request) -> Response:
        """Return the stages of one deal, the latest first."""
        state, key = self.crm.standin.state, request.path_params["id"]
        rows = state.history.get(key)
        if self.without_related or rows is None:
            return _no("the relation name given seems to be invalid")
        names = request.query_params.get("fields", "").split(",")
        if not set(names) <= {*TRACKER, "Amount", "Probability", "Modified_By"}:
            return _no("fields")
        if key not in state.records["Deals"] or not rows:
            return Response(status_code=204)
        data = [{n: row.get(n) for n in names} | {"id": row["id"]} for row in reversed(rows)]
        info = {"per_page": 200, "count": len(data), "page": 1, "more_records": False}
        return JSONResponse({"data": data, "info": info})

    async def timeline(self, request: Request) -> Response:
        """Return what happened to one deal: the same moves, told as changes of fields."""
        rows = self.crm.standin.state.history.get(request.path_params["id"])
        if set(request.query_params) - {"per_page", "page", "page_token", "sort_by", "sort_order"}:
            return _no("parameters")
        if rows is None:
            return _no("the related id given seems to be invalid")
        told = [_told(rows[0], "added", None)]
        told += [
            _told(
                after,
                "updated",
                [
                    _change("Amount", "currency", "1", "2"),
                    _change("Stage", "picklist", before["Stage"], after["Stage"]),
                ],
            )
            for before, after in pairwise(rows)
        ]
        info = {"per_page": 200, "page": 1, "count": len(told), "more_records": False}
        return JSONResponse({"__timeline": told, "info": info})


def _told(row: Record, action: str, changes: list[Record] | None) -> Record:
    return {
        "audited_time": row["Modified_Time"], "action": action, "source": "crm_ui",
        "id": f"t{row['id']}", "done_by": _DONE_BY, "field_history": changes,
    }  # fmt: skip


def _change(name: str, kind: str, old: str | None, new: str | None) -> Record:
    return {"api_name": name, "data_type": kind, "_value": {"new": new, "old": old}}


def _no(message: str) -> Response:
    body = {"code": "INVALID_DATA", "details": {}, "message": message, "status": "error"}
    return JSONResponse(body, 400)
