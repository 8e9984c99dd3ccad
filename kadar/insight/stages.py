"""The stages of the pipeline: their order, and the deals that stay longest in theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.insight.rows import listed, moment

if TYPE_CHECKING:
    from kadar.asking import Asking

MOST = 50


@dataclass(frozen=True)
class Stay:
    """A deal that is still open, in the stage it has been in since `entered_at`.

    `days` are those up to which the data is known, `amount` is in the company's currency.
    """

    deal_id: str
    name: str | None
    customer_id: str | None
    customer: str | None
    owner: str | None
    stage: str
    entered_at: datetime
    days: float
    amount: float | None


def stage_order(asking: Asking) -> list[str]:
    """Return the stages there are, in the order of their places; those without one last."""
    found = asking.engine.run(
        "SELECT stage, min(position) AS place, min(entered_at) AS first_at FROM crm.deal_stages "
        "GROUP BY stage ORDER BY CASE WHEN min(position) IS NULL THEN 1 ELSE 0 END, "
        "min(position), min(entered_at), stage"
    )
    return [str(stage) for stage in found["stage"]]


def longest_stays(asking: Asking, limit: int = MOST) -> list[Stay]:
    """Return the open deals that have been longest in the stage they are in."""
    rows = listed(
        asking,
        f"""
        SELECT s.deal_id, d.name, d.customer_id, c.name AS customer,
            coalesce(p.name, d.owner_id) AS owner, s.stage,
            {moment("s.entered_at")} AS entered_at,
            {moment("k.observed_until")} - {moment("s.entered_at")} AS seconds,
            CAST(d.amount AS DOUBLE PRECISION) AS amount
        FROM crm.deal_stages s
            CROSS JOIN crm.company k
            JOIN crm.deals d ON d.deal_id = s.deal_id
            LEFT JOIN crm.customers c ON c.customer_id = d.customer_id
            LEFT JOIN crm.people p ON p.person_id = d.owner_id
        WHERE s.left_at IS NULL AND s.entered_at <= k.observed_until
            AND d.closed_at IS NULL AND coalesce(d.outcome, 'open') = 'open'
        ORDER BY s.entered_at, s.deal_id
        LIMIT {int(limit)}
        """,
        "entered_at",
    )
    return [Stay(days=row.pop("seconds") / 86_400, **row) for row in map(_named, rows)]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "deal_id": str(row["deal_id"]), "stage": str(row["stage"])}
