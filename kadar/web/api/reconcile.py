"""`GET /api/v1/reconcile`: from one definition, or from a reported figure, to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kadar.documents.bridge import Bridge, bridge
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import About, Group, Period

if TYPE_CHECKING:
    from kadar.web.visit import Visit

KINDS = {
    **dict.fromkeys(("numerator", "denominator", "effect", "value"), "number"),
    **dict.fromkeys(("step", "rows"), "integer"),
}


class Reconcile(About):
    """What may be asked: `with` a variant, or `with_value` a figure; one of the two."""

    period: Period
    other: Annotated[
        str | None,
        Field(alias="with", min_length=1, max_length=64, description="The definition to go to."),
    ] = None
    value: Annotated[
        str | None,
        Field(
            alias="with_value",
            min_length=1,
            max_length=40,
            description="A figure somebody else reports, as 22.1%: find what explains it.",
        ),
    ] = None
    by: Group
    rows: Annotated[bool, Field(description="List the rows of each step.")] = False


def reconcile(visit: Visit, asked: Reconcile) -> Found:
    """Lead from one number to another."""
    made = visit.workspace.reconcile(
        asked.kpi,
        asked.period,
        other=asked.other,
        value=asked.value,
        variant=asked.variant,
        by=asked.by,
        where=asked.where,
    )
    document = bridge(visit.workspace, visit.reader, made, rows=asked.rows)
    return Found.of(document, listed(made.records(visit.reader.t), KINDS))


ENDPOINT = Endpoint(
    "/reconcile", "From one definition to another, or to a figure", reconcile, Reconcile, Bridge, 7
)
