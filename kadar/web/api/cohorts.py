"""`GET /api/v1/cohorts`: a KPI by cohort and age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kadar.documents.triangle import Triangle, triangle
from kadar.show.cohorts import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Series

if TYPE_CHECKING:
    from kadar.web.visit import Visit


class Aged(Series):
    """What may be asked."""

    ages: Annotated[int, Field(ge=0, le=120, description="The oldest age.")] = 12


def cohorts(visit: Visit, asked: Aged) -> Found:
    """Read a KPI by cohort."""
    made = visit.workspace.cohorts(
        asked.kpi,
        variant=asked.variant,
        grain=asked.grain,
        by=asked.by,
        where=asked.where,
        since=asked.since,
        until=asked.until,
        ages=asked.ages,
    )
    return Found.of(triangle(visit.workspace, visit.reader, made), listed(made))


ENDPOINT = Endpoint("/cohorts", "A KPI by cohort and age", cohorts, Aged, Triangle, 8)
