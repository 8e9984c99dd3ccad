"""Golden numbers: cases whose answer is known without a computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.answer import Row
from kadar.workspace import Workspace
from tests.companies import at, company

KNOWN = 'observed_until = "2026-06-30"'


def one(work: Workspace, kpi: str, variant: str = "default", **question: object) -> Row:
    """Return the one row of an answer about February 2026."""
    span = {"grain": "month", "since": "2026-02-01", "until": "2026-03-01", **question}
    (row,) = work.ask(kpi, variant=variant, **span)  # type: ignore[arg-type]
    return row


def test_win_rate_of_closed_and_of_created(tmp_path: Path) -> None:
    outcomes = ["won"] * 3 + ["lost"] * 7 + ["open"] * 90
    closed = at("2026-02-20")
    work = company(
        tmp_path,
        toml=KNOWN,
        deals=[
            {
                "created_at": at("2026-02-03"),
                "outcome": outcome,
                "closed_at": None if outcome == "open" else closed,
                "expected_close_at": at("2026-02-25") if i % 2 else at("2026-09-01"),
                "amount": 10,
            }
            for i, outcome in enumerate(outcomes)
        ],
    )
    of_created, of_closed = one(work, "win_rate", "of_created"), one(work, "win_rate")
    assert (of_created.value, of_created.numerator, of_created.denominator) == (0.03, 3, 100)
    assert (of_closed.value, of_closed.numerator, of_closed.denominator) == (0.3, 3, 10)
    assert one(work, "win_rate", "by_value").value == 0.3
    # 45 of the open deals were expected by 25 February, which has passed
    assert one(work, "win_rate", "with_overdue").value == pytest.approx(3 / (10 + 45))
    conversion = one(work, "sales_conversion_rate")
    assert (conversion.value, conversion.complete, conversion.mature) == (0.03, True, True)


@pytest.mark.parametrize(
    ("kpi", "variant"),
    [
        ("win_rate", "of_created"),
        ("sales_conversion_rate", "from_lead"),
        ("lead_conversion_rate", "ever"),
    ],
)
def test_what_is_still_going_on_is_not_mature(tmp_path: Path, kpi: str, variant: str) -> None:
    """Twenty of January took 1 to 20 days, 19 of 20 of them 19.05: mature after 20 whole days."""
    done = [at(f"2026-01-{1 + days:02}") for days in range(1, 21)]
    begun = [at("2026-01-01")] * 20 + [at("2026-02-10")]
    leads = [
        {"lead_id": f"l{i}", "created_at": day, "converted_at": end}
        for i, (day, end) in enumerate(zip(begun, [*done, None], strict=True))
    ]
    deals = [
        {"lead_id": f"l{i}", "created_at": day, "closed_at": end,
         "outcome": "won" if end else "open"}
        for i, (day, end) in enumerate(zip(begun, [*done, None], strict=True))
    ]  # fmt: skip
    for known, mature in (("2026-03-19", [True, False]), ("2026-03-20", [True, True])):
        folder = tmp_path / known
        folder.mkdir()
        toml = f'currency = "MYR"\ntime_zone = "UTC"\nobserved_until = "{known}"'
        rows = list(company(folder, toml=toml, leads=leads, deals=deals).ask(kpi, variant=variant))
        assert [row.value for row in rows[:2]] == [1.0, 0.0]
        assert [row.mature for row in rows[:2]] == mature, known


def test_recurring_revenue_lost_contracted_and_expanded(tmp_path: Path) -> None:
    """Of 100 at the opening 10 are lost, 10 contracted and 10 expanded."""

    def plan(customer: str, amount: int, start: str, end: str | None = None) -> dict[str, object]:
        return {
            "customer_id": customer,
            "monthly_amount": amount,
            "started_at": at(start),
            "ended_at": at(end) if end else None,
        }

    work = company(
        tmp_path,
        toml=f"contract = true\n{KNOWN}",
        subscriptions=[
            plan("gone", 10, "2025-03-01", "2026-02-10"),
            plan("smaller", 30, "2025-03-01", "2026-02-15"),
            plan("smaller", 20, "2026-02-15"),
            plan("larger", 40, "2025-03-01", "2026-02-15"),
            plan("larger", 50, "2026-02-15"),
            plan("same", 20, "2025-03-01"),
            plan("new", 500, "2026-02-05"),
        ],
    )
    churn = one(work, "churn_rate", "revenue")
    assert (churn.value, churn.numerator, churn.denominator) == (0.2, 20, 100)
    net = one(work, "retention_rate", "net_revenue")
    assert (net.value, net.numerator, net.denominator) == (0.9, 90, 100)
    assert one(work, "retention_rate", "gross_revenue").value == 0.8
    customers = one(work, "churn_rate")
    assert (customers.value, customers.numerator, customers.denominator) == (0.25, 1, 4)
    assert one(work, "churn_rate", "with_new").value == pytest.approx(1 / 5)
    assert one(work, "revenue", "recurring").value == 590


def test_nps_and_its_margin(tmp_path: Path) -> None:
    """With p = 1/2 promoters, d = 1/6 detractors and n = 300: 33.3 ± 8.4."""
    scores = [9, 10] * 75 + [0, 6] * 25 + [7, 8] * 50
    work = company(
        tmp_path,
        toml=KNOWN,
        surveys=[{"kind": "nps", "answered_at": at("2026-02-11"), "score": s} for s in scores],
    )
    row = one(work, "nps")
    assert row.value == pytest.approx(100 / 3)
    assert row.n == 300
    assert row.lower is not None
    assert row.upper is not None
    assert (row.upper - row.lower) / 2 == pytest.approx(8.4, abs=0.05)
    assert (row.upper + row.lower) / 2 == pytest.approx(100 / 3)


def customers_at_a_margin(folder: Path, left: int) -> Workspace:
    """Return a company of 100 customers, each with a margin of 100 a month, of whom some left."""
    return company(
        folder,
        toml=f"contract = true\n{KNOWN}",
        subscriptions=[
            {
                "customer_id": f"c{i}",
                "started_at": at("2025-01-01"),
                "ended_at": at("2026-02-14") if i < left else None,
            }
            for i in range(100)
        ],
        orders=[
            {"customer_id": f"c{i}", "ordered_at": at("2026-02-02"), "revenue": 150, "cost": 50}
            for i in range(100)
        ],
    )


def test_simple_clv(tmp_path: Path) -> None:
    """Churn of 5 % a month and a margin of 100 a month are worth 2,000."""
    assert one(customers_at_a_margin(tmp_path, 5), "clv", "simple").value == pytest.approx(2000)


def test_simple_clv_is_undefined_where_nobody_left(tmp_path: Path) -> None:
    row = one(customers_at_a_margin(tmp_path, 0), "clv", "simple")
    assert (row.value, row.lower, row.upper) == (None, None, None)


def test_a_ticket_resolved_then_reopened(tmp_path: Path) -> None:
    history = [("2026-02-02 10:00", "responded"), ("2026-02-03 08:00", "resolved")]
    history += [("2026-02-04 08:00", "reopened")]
    work = company(
        tmp_path,
        toml=KNOWN,
        tickets=[{"ticket_id": "t", "created_at": at("2026-02-02 08:00")}],
        ticket_events=[
            {"ticket_id": "t", "occurred_at": at(moment), "event": event}
            for moment, event in history
        ],
    )
    assert one(work, "first_response_time").value == 2.0
    resolution = one(work, "resolution_time")
    assert (resolution.value, resolution.n) == (None, 0)
    assert one(work, "resolution_time", "first").value == 24.0
    assert one(work, "reopen_rate").value == 1.0
    assert one(work, "backlog").value == 1


def test_nothing_under_the_line_is_null_and_no_rows_are_zero(tmp_path: Path) -> None:
    work = company(
        tmp_path,
        toml=KNOWN,
        deals=[
            {"created_at": at(day), "closed_at": at(day), "outcome": "won", "amount": 1}
            for day in ("2026-01-05", "2026-03-05")
        ],
        orders=[
            {"customer_id": "c", "ordered_at": at(d), "revenue": 1}
            for d in ("2026-01-05", "2026-03-05")
        ],
    )
    rate = one(work, "win_rate")
    assert (rate.value, rate.numerator, rate.denominator, rate.n) == (None, 0, 0, 0)
    assert (rate.lower, rate.upper, rate.excluded) == (None, None, {})
    assert one(work, "revenue").value == 0
    assert one(work, "average_order_value").value is None
