"""`GET /api/v1/restatements`: why a reported number is another now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kadar.documents.restated import Restated, restated
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import AsOf, Group, Kpi, Parameters, Period, Variant, Where

if TYPE_CHECKING:
    from kadar.web.visit import Visit

KINDS = {
    **dict.fromkeys(("before", "after", "effect"), "number"),
    **dict.fromkeys(("rows", "records"), "integer"),
    **dict.fromkeys(("since", "until"), "moment"),
}


class Reported(Parameters):
    """What may be asked."""

    kpi: Kpi
    period: Period
    variant: Variant = None
    since: Annotated[
        AsOf,
        Field(
            alias="from_as_of",
            description="When it was reported; else when the period was first complete and known.",
        ),
    ] = None
    until: Annotated[AsOf, Field(alias="to_as_of", description="A later day; else now.")] = None
    by: Group
    where: Where
    records: Annotated[bool, Field(description="List every record behind the change.")] = False
    history: Annotated[
        bool, Field(description="List every load at which the number became another.")
    ] = False


def restatements(visit: Visit, asked: Reported) -> Found:
    """Say why."""
    made = visit.workspace.restatements(
        asked.kpi,
        asked.period,
        since=asked.since,
        until=asked.until,
        variant=asked.variant,
        by=asked.by,
        where=asked.where,
        history=asked.history,
    )
    document = restated(visit.workspace, visit.reader, made, records=asked.records)
    return Found.of(document, listed(made.records(), KINDS))


ENDPOINT = Endpoint(
    "/restatements", "Why a reported number is another now", restatements, Reported, Restated, 10
)
