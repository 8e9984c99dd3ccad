"""Every reading by cohort in plain Python: member by member, age by age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.kpis.plain import Period, Row, World
from tests.kpis.plain_formulas import at_closing, customers, purchases, rated, sound_leads, valued

Value = Callable[[Row], float]


@dataclass(frozen=True)
class Plain:
    """Who the members of a period are, and what one comes to in a later period.

    `base` is what a member adds under the line: 1, an amount of its own, or with `first` its
    value in the cohort's own period; then only members with some count, at most it if `at_most`.
    """

    members: Callable[[World, Period], list[Row]]
    value: Callable[[World, Period], Value]
    base: Callable[[Row], float] = lambda _row: 1.0
    first: bool = False
    at_most: bool = False
    share: bool = False
    early: bool = True  # says something before its period is over
    looked_at: tuple[str, str] | None = ("orders", "ordered_at")  # other facts than the members'
    to_date: bool = False

    def begins(self, world: World) -> Any:
        """Day on which the facts looked at begin; None where there are none."""
        table, moment = self.looked_at or ("", "")
        days = [world.settings.day(r[moment]) for r in world.tables[table] if r[moment]]
        return min(days, default=None)

    def pairs(self, world: World, rows: list[Row], own: Period, then: Period) -> Iterator[Any]:
        """Yield what each member adds above and below the line."""
        value, under = self.value(world, then), self.base
        if self.first:
            under = self.value(world, own)
        for row in rows:
            above, below = value(row), under(row)
            if not self.first or below > 0:
                yield (min(above, below) if self.at_most else above), below


def acquired(w: World, p: Period) -> list[Row]:
    return w.placed("customers", "acquired_at", p)


def active(w: World, p: Period) -> Value:
    there = customers(at_closing, w, p)
    return lambda row: float(row["customer_id"] in there)


def bought(w: World, p: Period) -> Value:
    there = {r["customer_id"] for r in purchases(w, p)}
    return lambda row: float(row["customer_id"] in there)


def recurring(w: World, p: Period) -> Value:
    running = at_closing(rated(w.tables["subscriptions"]), p, "started_at", "ended_at")
    return of_customer(running, "monthly_amount")


def spent(w: World, p: Period) -> Value:
    return of_customer(rated(w.placed("orders", "ordered_at", p)), "revenue")


def spent_to_date(w: World, p: Period) -> Value:
    return of_customer(rated(w.to_date("orders", "ordered_at", p)), "revenue")


def margin_to_date(w: World, p: Period) -> Value:
    return of_customer(rated(w.to_date("orders", "ordered_at", p)), "margin")


def of_customer(rows: list[Row], column: str) -> Value:
    sums: dict[Any, float] = defaultdict(float)
    for row in rows:
        sums[row["customer_id"]] += float(row[column] or 0)
    return lambda row: sums[row["customer_id"]]


def converted(w: World, p: Period) -> Value:
    return lambda row: float(reached(w, row["converted_at"], p))


def reached(w: World, moment: Any, p: Period) -> bool:
    return moment is not None and moment < w.observed and w.settings.day(moment) < p.closes


def new_leads(w: World, p: Period) -> list[Row]:
    return [row for row in sound_leads(w, p) if row["existing_customer"] is not True]


def placed_deals(w: World, p: Period) -> list[Row]:
    return [
        r
        for r in w.placed("deals", "created_at", p)
        if r["outcome"] != "won" or (r["closed_at"] and r["closed_at"] >= r["created_at"])
    ]


def was_won(w: World, p: Period) -> Value:
    return lambda row: float(row["outcome"] == "won" and reached(w, row["closed_at"], p))


def value_won(w: World, p: Period) -> Value:
    won = was_won(w, p)
    return lambda row: float(row["amount"]) * won(row)


def absent(w: World, p: Period) -> Value:
    there = active(w, p)
    return lambda row: 1.0 - there(row)


TRIANGLES = {
    "churn_rate.default": Plain(acquired, absent, share=True, looked_at=("spells", "started_at")),
    "retention_rate.default": Plain(
        acquired, active, share=True, looked_at=("spells", "started_at")
    ),
    "retention_rate.repeat": Plain(acquired, bought, share=True, early=False),
    "retention_rate.net_revenue": Plain(
        acquired, recurring, first=True, looked_at=("subscriptions", "started_at")
    ),
    "retention_rate.gross_revenue": Plain(
        acquired, recurring, first=True, at_most=True, looked_at=("subscriptions", "started_at")
    ),
    "retention_rate.order_revenue": Plain(acquired, spent, first=True, early=False),
    "clv.historic": Plain(acquired, margin_to_date, to_date=True),
    "clv.revenue": Plain(acquired, spent_to_date, to_date=True),
    "margin_per_customer.default": Plain(acquired, margin_to_date, to_date=True),
    "margin_per_customer.revenue": Plain(acquired, spent_to_date, to_date=True),
    "lead_conversion_rate.default": Plain(sound_leads, converted, share=True, looked_at=None),
    "lead_conversion_rate.new_customers_only": Plain(
        new_leads, converted, share=True, looked_at=None
    ),
    "sales_conversion_rate.default": Plain(placed_deals, was_won, share=True, looked_at=None),
    "sales_conversion_rate.by_value": Plain(
        lambda w, p: valued(placed_deals(w, p)),
        value_won,
        lambda row: float(row["amount"]),
        looked_at=None,
    ),
}
