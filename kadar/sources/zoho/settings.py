"""Zoho CRM's small lists: users, currencies, and the stages of the pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.sources.live.connector import Batch, Object, Reading, columns
from kadar.sources.zoho.api import InfoPages, Record
from kadar.sources.zoho.crm import PER_PAGE, V8, Crm
from kadar.sources.zoho.verdicts import Refused

USERS = Object(
    "Users",
    columns("id", "zuid", "full_name", "email", "status")
    | {"role": "$.role.name", "manager": '$."Reporting_To"."id"'},
    tables=("people",),
)
CURRENCIES = Object(
    "Currencies",
    columns(
        "iso_code", "exchange_rate", "is_base", "created_time", "modified_time",
        "exchange_rate_updated_time",
    ),
)  # fmt: skip
PIPELINES = Object(
    "Pipelines",
    columns("pipeline", "stage", "actual_value", "forecast_type", "sequence_number"),
)


def users(crm: Crm) -> Reading:
    """Read all users, also those who left."""

    def batches() -> Iterator[Batch]:
        params = {"type": "AllUsers", "per_page": str(PER_PAGE)}
        for rows, _ in crm.api.pages(f"{V8}/users", params, InfoPages(), selector="users"):
            yield Batch(rows)
        yield Batch()

    return Reading(batches())


def currencies(crm: Crm) -> Reading:
    """Read the currencies and what they are worth now; none where the company keeps but one."""
    try:
        rows = crm.api.get(f"{V8}/org/currencies").get("currencies") or []
    except Refused as refused:
        if refused.said != "CURRENCIES_NOT_ENABLED":
            raise
        return Reading((), whole=True)
    return Reading([Batch(rows, total=len(rows))], whole=True)


def pipelines(crm: Crm) -> Reading:
    """Read the stages of every pipeline of deals, and which of them are won or lost."""
    rows: list[Record] = []
    layouts = crm.api.get(f"{V8}/settings/layouts", {"module": "Deals"}).get("layouts") or []
    for layout in layouts:
        said = crm.api.get(f"{V8}/settings/pipeline", {"layout_id": str(layout["id"])})
        for one in said.get("pipeline") or []:
            rows.extend(
                {
                    "id": f"{one['id']}:{stage['id']}",
                    "pipeline": one.get("actual_value") or one.get("display_value"),
                    "stage": stage.get("display_value"),
                    "actual_value": stage.get("actual_value"),
                    "forecast_type": stage.get("forecast_type"),
                    "sequence_number": stage.get("sequence_number"),
                }
                for stage in one.get("maps") or []
            )
    return Reading([Batch(rows, total=len(rows))], whole=True)
