"""`GET /api/v1/forecasts/backtest`: how good the forecasts of customers would have been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kadar.documents.forecast import Records, records
from kadar.show.backtest import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Asked

if TYPE_CHECKING:
    from kadar.web.visit import Visit


class Tested(Asked):
    """What may be asked."""

    origins: Annotated[
        int | None, Field(ge=1, le=12, description="Past days; 3 where the records suffice.")
    ] = None
    horizon: Annotated[
        int | None, Field(ge=1, le=60, description="Months each forecast looks ahead; else 6.")
    ] = None


def forecast_backtest(visit: Visit, asked: Tested) -> Found:
    """Test every model on past days; files have a row for each forecaster and day."""
    made = visit.workspace.forecasts.backtest(origins=asked.origins, horizon=asked.horizon)
    return Found.of(records(visit.workspace, made), listed(made))


ENDPOINT = Endpoint(
    "/forecasts/backtest", "How good forecasts of customers were", forecast_backtest, Tested,
    Records, 13,
)  # fmt: skip
