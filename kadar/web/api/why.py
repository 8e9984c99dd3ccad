"""`GET /api/v1/why`: what made a KPI change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kadar.documents.change import Changed, changed
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import About, By, Period

if TYPE_CHECKING:
    from kadar.web.visit import Visit

KINDS = {
    **dict.fromkeys(
        ("before", "after", "weight_before", "weight_after", "rate_effect", "mix_effect",
         "numerator_effect", "denominator_effect", "effect", "p"), "number",
    ),
    **dict.fromkeys(("from", "to"), "day"),
    **dict.fromkeys(("n_before", "n_after"), "integer"),
}  # fmt: skip


class Change(About):
    """What may be asked."""

    since: Annotated[Period, Field(alias="from", description="The earlier period.")]
    until: Annotated[Period, Field(alias="to", description="The later period, as long.")]
    by: By
    allow_incomplete: Annotated[
        bool, Field(description="Compare periods that are not finished too.")
    ] = False


def why(visit: Visit, asked: Change) -> Found:
    """Take a change apart."""
    made = visit.workspace.why(
        asked.kpi,
        asked.since,
        asked.until,
        by=asked.by,
        variant=asked.variant,
        where=asked.where,
        allow_incomplete=asked.allow_incomplete,
    )
    rows = [
        {name: value if KINDS.get(name) or value is None else str(value)
         for name, value in record.items()}
        for record in made.records()
    ]  # fmt: skip
    return Found.of(changed(visit.workspace, visit.reader, made), listed(rows, KINDS))


ENDPOINT = Endpoint("/why", "What made a KPI change", why, Change, Changed, 6)
