"""Facts at the edges: states, periods before, sums to date, spans, dimensions, users' own KPIs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kadar.workspace import Workspace
from tests.companies import at, company

BERLIN = 'time_zone = "Europe/Berlin"\ncontract = true\nobserved_until = "2026-06-30"'
KNOWN = 'observed_until = "2026-06-30"'

OWN = '''
"""Own."""
from kadar.kpi import Crm, Formula, NUMBER, UP, _, any_of, kpi, total


@kpi(unit=NUMBER, better=UP)
def opening(crm: Crm) -> Formula:
    """Subscriptions running when the period opened."""
    return crm.subscriptions.running.where(_.at_opening).count()


@kpi(unit=NUMBER, better=UP)
def closing(crm: Crm) -> Formula:
    """Subscriptions running when the period closed."""
    return crm.subscriptions.running.where(_.at_closing).count()


@kpi(unit=NUMBER, better=UP)
def begun(crm: Crm) -> Formula:
    """Subscriptions begun in the period."""
    return crm.subscriptions.started.count()


@kpi(unit=NUMBER, better=UP)
def ended(crm: Crm) -> Formula:
    """Subscriptions ended in the period."""
    return crm.subscriptions.ended.count()


@kpi(unit=NUMBER, better=UP)
def two_before(crm: Crm) -> Formula:
    """Orders of two periods before."""
    return crm.orders.ordered.later(2).count()


@kpi(unit=NUMBER, better=UP)
def so_far(crm: Crm) -> Formula:
    """Revenue to date."""
    return crm.orders.ordered.to_date().sum(_.revenue)


@kpi(unit=NUMBER, better=UP)
def quarter_of(crm: Crm) -> Formula:
    """The value a quarter of the orders lie below."""
    return crm.orders.ordered.quantile(_.revenue, 0.25)


@kpi(unit=NUMBER, better=UP)
def products(crm: Crm) -> Formula:
    """Different channels."""
    return crm.orders.ordered.nunique(_.channel)
'''


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Workspace]:
    """Return a maker of companies that have the KPIs above."""

    def make(**kwargs: Any) -> Workspace:
        (tmp_path / "kpis").mkdir()
        (tmp_path / "kpis" / "own.py").write_text(OWN, "utf-8")
        return company(tmp_path, **kwargs)

    return make


def values(work: Workspace, kpi: str, **question: Any) -> list[float | None]:
    """Return the values of an answer about January to March 2026, by month."""
    span = {"grain": "month", "since": "2026-01-01", "until": "2026-04-01", **question}
    return [row.value for row in work.ask(kpi, **span)]


def test_states_on_exact_boundaries(own: Callable[..., Workspace]) -> None:
    """What begins at a period's first moment is new in it; what ends at it was there before."""
    midnight = "2026-01-31 23:00"  # 1 February in Berlin
    work = own(
        toml=BERLIN,
        subscriptions=[
            {"customer_id": "new", "started_at": at(midnight), "ended_at": None},
            {"customer_id": "gone", "started_at": at("2025-05-05"), "ended_at": at(midnight)},
            {
                "customer_id": "brief",
                "started_at": at(midnight),
                "ended_at": at("2026-02-28 22:59"),
            },
        ],
    )
    assert values(work, "opening") == [1, 1, 1]
    assert values(work, "closing") == [1, 1, 1]
    assert values(work, "begun") == [0, 2, 0]
    assert values(work, "ended") == [0, 2, 0]
    assert values(work, "active_customers") == [1, 2, 1]
    assert values(work, "churn_rate") == [0.0, 1.0, 0.0]
    assert values(work, "churn_rate", grain="quarter", until="2026-07-01") == [1.0, 0.0]


def test_what_stands_at_a_closing_stands_at_the_next_opening(
    own: Callable[..., Workspace],
) -> None:
    days = ["2025-11-30 23:00", "2025-12-31 23:00", "2026-01-31 22:59:59", "2026-03-28 23:00"]
    work = own(
        toml=BERLIN,
        subscriptions=[
            {"customer_id": f"{i}{j}", "started_at": at(start), "ended_at": at(end)}
            for i, start in enumerate(days)
            for j, end in enumerate(days)
            if end > start
        ],
    )
    for grain in ("day", "week", "month"):
        span = {"grain": grain, "since": "2025-11-24", "until": "2026-05-01"}
        assert values(work, "closing", **span)[:-1] == values(work, "opening", **span)[1:]
        begun, ended = values(work, "begun", **span), values(work, "ended", **span)
        changes = zip(values(work, "opening", **span), begun, ended, strict=True)
        assert values(work, "closing", **span) == [o + b - e for o, b, e in changes]  # type: ignore[operator]


def orders(*days: str, **more: Any) -> list[dict[str, Any]]:
    """One order of 10 a day, of one customer."""
    return [{"customer_id": "a", "ordered_at": at(d), "revenue": 10, **more} for d in days]


def test_later_periods(own: Callable[..., Workspace]) -> None:
    work = own(toml=KNOWN, orders=orders("2025-11-30", "2025-11-01", "2026-01-31", "2026-02-01"))
    assert values(work, "two_before") == [2, 0, 1]
    # the periods before `since` are looked into, and `until` cuts nothing that is asked for
    assert values(work, "two_before", since="2026-03-01", until="2026-05-01") == [1, 1]
    assert values(work, "retention_rate", variant="repeat") == [None, 1.0, 0.0]
    assert values(work, "retention_rate", variant="repeat", since="2026-02-01") == [1.0, 0.0]


def test_to_date(own: Callable[..., Workspace]) -> None:
    work = own(toml=KNOWN, orders=orders("2025-11-30", "2026-01-31", "2026-02-01", "2026-05-01"))
    assert values(work, "so_far") == [20, 30, 30]
    assert values(work, "so_far", since="2026-03-01") == [30]
    assert values(work, "so_far", grain="all", since=None, until=None) == [40]
    assert values(work, "so_far", grain="all", since=None, until="2026-02-01") == [20]
    assert values(work, "so_far", grain="all", since="2026-01-31", until="2026-02-01") == [20]


def test_the_whole_span(own: Callable[..., Workspace]) -> None:
    work = own(toml=KNOWN, orders=orders("2025-11-30", "2026-01-31", "2026-02-01"))
    (row,) = work.ask("revenue", grain="all")
    assert (row.opens, row.closes, row.value) == (date(2025, 11, 30), date(2026, 7, 1), 30)
    assert row.complete
    (row,) = work.ask("revenue", grain="all", since="2026-01-31", until="2026-02-01")
    assert (row.opens, row.closes, row.value) == (date(2026, 1, 31), date(2026, 2, 1), 10)
    # a span may begin before the calendar, and end after it; then it is not over
    (row,) = work.ask("active_customers", grain="all", since="1950-01-01", until="2090-01-01")
    assert (row.value, row.complete) == (1, False)
    assert not work.ask("revenue", grain="all", since="2090-01-01").rows
    # without `since` nobody was there at the opening
    (row,) = work.ask("retention_rate", grain="all")
    assert (row.value, row.denominator) == (None, 0)
    (row,) = work.ask("retention_rate", grain="all", since="2026-01-31", until="2026-02-02")
    assert (row.value, row.denominator) == (1.0, 1)


def test_periods_that_are_not_over(own: Callable[..., Workspace]) -> None:
    work = own(toml='observed_until = "2026-02-14"', orders=orders("2026-01-05", "2026-02-03"))
    january, february = work.ask("revenue")
    assert (january.complete, february.complete) == (True, False)
    assert (january.mature, february.mature) == (True, False)
    (year,) = work.ask("revenue", grain="year")
    assert not year.complete


def test_no_rows_at_all(own: Callable[..., Workspace]) -> None:
    names = ["order_id", "customer_id", "ordered_at", "revenue"]
    work = own(orders=[], columns={"orders": names})
    for grain in ("month", "all"):
        assert not work.ask(["revenue", "retention_rate"], grain=grain).rows


def test_quantiles_interpolate_as_numpy_does(own: Callable[..., Workspace]) -> None:
    amounts = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    work = own(
        toml=KNOWN,
        orders=[
            {"customer_id": "a", "ordered_at": at("2026-02-03"), "revenue": amount}
            for amount in [*amounts, None]
        ],
    )
    (row,) = work.ask("quarter_of", grain="all")
    assert (row.value, row.n) == (np.quantile(amounts, 0.25), len(amounts))


def test_distinct_values_are_counted_anew_at_each_grain(own: Callable[..., Workspace]) -> None:
    work = own(
        toml=KNOWN,
        orders=[
            *orders("2026-01-03", "2026-02-03", channel="web"),
            *orders("2026-02-04", channel=None),
            *orders("2026-02-05", channel="event"),
        ],
    )
    assert values(work, "products", until="2026-03-01") == [1, 2]
    assert values(work, "products", grain="all", since=None, until=None) == [2]


def test_dimensions_through_look_ups(own: Callable[..., Workspace]) -> None:
    """A deal's own owner, its customer's, and a stage's deal's owner's team."""
    work = own(
        toml=KNOWN,
        people=[{"person_id": "p", "team": "north"}, {"person_id": "q", "team": "south"}],
        customers=[{"customer_id": "c", "owner_id": "q", "country": "MY"}],
        deals=[
            {
                "deal_id": "d",
                "customer_id": "c",
                "owner_id": "p",
                "created_at": at("2026-02-01"),
                "closed_at": at("2026-02-02"),
                "outcome": "won",
            },
            {
                "deal_id": "e",
                "customer_id": None,
                "owner_id": "nobody knows",
                "created_at": at("2026-02-01"),
                "closed_at": at("2026-02-02"),
                "outcome": "lost",
            },
        ],
        deal_stages=[
            {"deal_id": "d", "stage": "offer", "entered_at": at("2026-02-01"), "left_at": None}
        ],
    )

    def by(kpi: str, name: str) -> dict[Any, float | None]:
        return {row.dimensions[name]: row.value for row in work.ask(kpi, by=[name], grain="all")}

    assert by("win_rate", "team") == {"north": 1.0, None: 0.0}
    assert by("win_rate", "owner.team") == {"north": 1.0, None: 0.0}
    assert by("win_rate", "customer.owner.team") == {"south": 1.0, None: 0.0}
    assert by("win_rate", "country") == {"MY": 1.0, None: 0.0}
    assert by("stage_conversion", "country") == {"MY": 0.0}
    assert by("stage_conversion", "team") == {"north": 0.0}
    both = work.ask("win_rate", by=["country", "team"], grain="all")
    assert [tuple(row.dimensions.values()) for row in both] == [("MY", "north"), (None, None)]


def test_money_without_a_rate_is_left_out_and_counted(own: Callable[..., Workspace]) -> None:
    work = own(
        toml=f'currency = "EUR"\n{KNOWN}',
        fx_rates=[{"currency": "USD", "valid_at": at("2026-02-02"), "rate": 0.5}],
        orders=[
            {"customer_id": "a", "ordered_at": at(day), "revenue": 10, "currency": currency}
            for day, currency in [
                ("2026-02-01 23:59:59", "USD"),  # before the first rate
                ("2026-02-02", "USD"),
                ("2026-02-03", "EUR"),
                ("2026-02-03", None),
                ("2026-02-03", "XXX"),
            ]
        ],
    )
    (row,) = work.ask("revenue", since="2026-02-01", until="2026-03-01")
    assert (row.value, row.excluded) == (25, {"no_exchange_rate": 2})
    (row,) = work.ask("active_customers", since="2026-02-01", until="2026-03-01")
    assert (row.value, row.excluded) == (1, {})


def test_rows_left_out_are_counted_by_reason(own: Callable[..., Workspace]) -> None:
    created = at("2026-02-02")
    work = own(
        toml=KNOWN,
        tickets=[
            {"created_at": created, "responded_at": responded}
            for responded in (at("2026-02-01"), None, None, at("2026-02-03"))
        ],
    )
    (row,) = work.ask("first_response_time", since="2026-02-01", until="2026-03-01")
    assert (row.value, row.n) == (24, 1)
    assert row.excluded == {"responded_before_created": 1, "unanswered": 2}
