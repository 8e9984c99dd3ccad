"""What is forecast of the customers that a page shows, where the records carry a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kadar.errors import NO, KadarError
from kadar.forecasts.reasons import spoken

if TYPE_CHECKING:
    from kadar.forecasts.customers_to_come import Forecast
    from kadar.web.visit import Visit

FEW = 1000  # customers that are asked for by name; more are all asked for


@dataclass(frozen=True)
class AtRisk:
    """Rows of `kadar forecast churn` by customer, and what is to be said with them."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    record: tuple[str, ...] = ()


def at_risk(visit: Visit, customer_ids: Sequence[str]) -> AtRisk:
    """Return what is forecast of customers; nothing where the records carry no forecast."""
    if not customer_ids:
        return AtRisk()
    forecasts = visit.workspace.forecasts
    try:
        made = forecasts.of(customer_ids) if len(customer_ids) <= FEW else forecasts.churn()
    except KadarError as error:
        if error.exit_code != NO:
            raise
        return AtRisk()
    rows = {
        row["customer_id"]: {**row, "reason": spoken(row["reason"], visit.language)}
        for row in made.rows
    }
    return AtRisk(rows, tuple(record(visit, made)[1:]))


def record(visit: Visit, made: Forecast) -> list[str]:
    """Return what stands with every forecast: its basis, its bias, the record of the risk."""
    basis, bias, *_rest = made.predictions.notes
    said = [visit.t(basis), visit.t(bias)]
    return [*said, visit.t(made.classifier.said)] if made.classifier else said
