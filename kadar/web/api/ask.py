"""`GET /api/v1/ask`: KPIs by period and dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from kadar.documents.answered import Answered, answered
from kadar.show import records
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Asked, By, Grain, Kpi, Since, Until, Variant, Where

if TYPE_CHECKING:
    from kadar.web.visit import Visit


class Ask(Asked):
    """What may be asked."""

    kpi: Annotated[
        list[Kpi],
        Field(min_length=1, max_length=60, description="Name of a KPI; repeatable.",
              examples=[["win_rate"]]),
    ]  # fmt: skip
    variant: Variant = None
    grain: Grain = "month"
    by: By
    where: Where
    since: Since = None
    until: Until = None
    first_days: Annotated[
        int | None, Field(ge=1, le=366, description="Of every period only its first days.")
    ] = None
    to_date: Annotated[
        bool, Field(description="Of every period only as many days as are known of the last one.")
    ] = False
    working_days: Annotated[bool, Field(description="Count working days.")] = False
    against: Annotated[
        Literal["previous", "year-ago"] | None,
        Field(description="Compare each value with that of the period before, or a year before."),
    ] = None
    collect: Annotated[
        bool, Field(description="List KPIs that cannot be computed under `refused`; else 422.")
    ] = False


def ask(visit: Visit, asked: Ask) -> Found:
    """Answer KPIs."""
    question: dict[str, Any] = {
        "variant": asked.variant,
        "grain": asked.grain,
        "by": asked.by,
        "where": asked.where,
        "since": asked.since,
        "until": asked.until,
        "first_days": asked.first_days,
        "to_date": asked.to_date,
        "working_days": asked.working_days,
        "collect": asked.collect,
    }
    if asked.against is not None:
        compared = visit.workspace.changes(asked.kpi, against=asked.against, **question)
        document = answered(visit.workspace, visit.reader, compared.answer, compared)
        return Found.of(document, listed(compared.records()))
    answer = visit.workspace.ask(asked.kpi, **question)
    return Found(
        answered(visit.workspace, visit.reader, answer),
        records.names(answer),
        (list(record.values()) for record in answer.records()),
        lambda file: records.to_parquet(answer, file),
    )


ENDPOINT = Endpoint("/ask", "KPIs by period and dimension", ask, Ask, Answered, 3)
