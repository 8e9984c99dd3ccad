"""`GET /api/v1/forecasts/kpi`: a KPI's series ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from kadar.documents.forecast import KpiAhead, kpi_ahead
from kadar.show.listing import Listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import About, By, Since

if TYPE_CHECKING:
    from kadar.web.visit import Visit


class Ahead(About):
    """What may be asked."""

    grain: Annotated[
        Literal["day", "week", "month", "quarter", "year"], Field(description="Length of a period.")
    ] = "month"
    by: By
    since: Since = None
    horizon: Annotated[
        int, Field(ge=1, le=120, description="Periods beyond the last whole one.")
    ] = 6
    target: Annotated[
        float | None,
        Field(
            allow_inf_nan=False,
            description="In the unit of the answer; else that of kadar.toml.",
        ),
    ] = None


def forecast_kpi(visit: Visit, asked: Ahead) -> Found:
    """Forecast a KPI's series."""
    made = visit.workspace.forecasts.kpi(
        asked.kpi,
        variant=asked.variant,
        grain=asked.grain,
        horizon=asked.horizon,
        by=asked.by,
        where=asked.where,
        since=asked.since,
        target=asked.target,
    )
    return Found.of(
        kpi_ahead(visit.workspace, visit.reader, made), Listed(made.columns, list(made))
    )


ENDPOINT = Endpoint("/forecasts/kpi", "A KPI ahead", forecast_kpi, Ahead, KpiAhead, 14)
