"""`GET /api/v1/forecasts/customers`: what customers will bring, and who may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from kadar.documents.forecast import CustomersAhead, customers_ahead
from kadar.forecasts.reasons import spoken
from kadar.show.listing import Listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Asked, By, Where

if TYPE_CHECKING:
    from kadar.web.visit import Visit

MOST = 1000  # rows of a JSON document where no limit is given


class Customers(Asked):
    """What may be asked."""

    sort: Annotated[
        Literal["value", "risk"],
        Field(description="Worth most first; or most at stake first, each with why."),
    ] = "value"
    by: By
    where: Where
    limit: Annotated[
        int | None,
        Field(ge=1, le=1_000_000, description="Rows at most; JSON: 1000, files: all of them."),
    ] = None


def forecast_customers(visit: Visit, asked: Customers) -> Found:
    """List customers by what is forecast of them."""
    limit = asked.limit
    if limit is None and asked.format in (None, "json"):
        limit = MOST
    forecasts = visit.workspace.forecasts
    asks = forecasts.churn if asked.sort == "risk" else forecasts.clv
    made = asks(by=asked.by, where=asked.where, limit=limit)
    for row in made.rows:
        if "reason" in row:
            row["reason"] = spoken(row["reason"], visit.language)
    document = customers_ahead(visit.workspace, visit.reader, made)
    return Found.of(document, Listed(made.columns, made.rows))


ENDPOINT = Endpoint(
    "/forecasts/customers", "What customers will bring, and who may be lost", forecast_customers,
    Customers, CustomersAhead, 12,
)  # fmt: skip
