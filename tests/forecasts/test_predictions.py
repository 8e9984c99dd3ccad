"""Lifetime value predicted: beside fits by hand, by dimension, and what stands in without."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kadar.forecasts import GammaGamma
from kadar.forecasts.backtest import FAMILY
from kadar.forecasts.calendar import months_on
from kadar.workspace import Workspace
from tests.forecasts.shop import END, Rows, bought, drawn, shop

ORDERS = drawn()
SPEND = [
    {"spent_at": datetime(2024, month, 5, tzinfo=UTC), "amount": amount, "category": "media"}
    for month, amount in ((11, 500), (12, 700))
]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return shop(tmp_path_factory.mktemp("shop"), ORDERS, spend=SPEND)


def by_hand(
    orders: Rows, model: str, cut: date, months: int = 36, discount: float = 0.10, cost: bool = True
) -> dict[str, float]:
    """Each customer's value: the model fitted to days counted here, month by month."""
    money: dict[tuple[str, date], float] = {}
    for row in orders:
        day = row["ordered_at"].date()
        value = row["revenue"] - (row["cost"] if cost else 0)
        money[row["customer_id"], day] = money.get((row["customer_id"], day), 0) + value
    days = {who: [day for day in d if day < cut] for who, d in bought(orders).items()}
    days = {who: d for who, d in days.items() if d}
    last = cut - timedelta(days=1)
    x = np.array([len(d) - 1 for d in days.values()])
    t_x = np.array([(d[-1] - d[0]).days for d in days.values()])
    T = np.array([(last - d[0]).days for d in days.values()])
    spent = [np.mean([money[who, day] for day in d[1:]] or [0]) for who, d in days.items()]
    fitted = FAMILY[model]().fit(x, t_x, T)
    spend = GammaGamma().fit(x, spent).expected_spend(x, spent)
    value, before = np.zeros(len(x)), np.zeros(len(x))
    for month in range(1, months + 1):
        now = fitted.expected_purchases((months_on(cut, month) - cut).days, x, t_x, T)
        value += (now - before) * spend / (1 + discount) ** (month / 12)
        before = now
    return dict(zip(days, value, strict=True))


def test_the_value_is_the_model_times_the_spend_month_by_month(work: Workspace) -> None:
    best = work.forecasts.backtest().best
    rows = {row.closes: row for row in work.ask("clv")}
    assert len(rows) == 13
    assert max(rows) == END
    for cut in (date(2025, 3, 1), END):
        plain = by_hand(ORDERS, best, cut)
        row = rows[cut]
        assert (row.variant, row.n) == ("predicted", len(plain))
        assert row.value == pytest.approx(np.mean(list(plain.values())))
        assert row.lower is not None
        assert row.upper is not None
        assert row.lower < np.mean(list(plain.values())) < row.upper
    quarters = work.ask("clv", grain="quarter").rows
    assert [row.value for row in quarters if row.closes == END] == [pytest.approx(rows[END].value)]


def test_by_dimension_and_filter_it_is_the_mean_of_the_same_values(work: Workspace) -> None:
    plain = by_hand(ORDERS, work.forecasts.backtest().best, END)
    for country, odd in (("MY", 0), ("SG", 1)):
        mine = [value for who, value in plain.items() if int(who[1:]) % 2 == odd]
        groups = {row.dimensions["country"]: row for row in work.ask("clv", by=["country"])
                  if row.closes == END}  # fmt: skip
        assert groups[country].value == pytest.approx(np.mean(mine))
        assert groups[country].n == len(mine)
        kept = work.ask("clv", where={"country": country}, grain="year").rows
        assert [r.value for r in kept if r.closes == END] == [pytest.approx(np.mean(mine))]


def test_what_it_is_made_of_and_its_record_are_said_with_it(work: Workspace) -> None:
    made = work.forecasts.backtest()
    notes = work.ask("clv").notes
    assert notes[0] == "Expected margin of 36 months to come, discounted 10% a year."
    assert made.bias is not None
    assert notes[1] == (
        f"By {made.best}; its forecasts of 5 months so far: total bias {made.bias:+.1%}."
    )


def test_new_customers_are_set_beside_what_they_cost(work: Workspace) -> None:
    rows = {row.closes: row for row in work.ask("clv", variant="to_cac")}
    cut = date(2025, 1, 1)
    plain = by_hand(ORDERS, work.forecasts.backtest().best, cut)
    first = {who: days[0] for who, days in bought(ORDERS).items()}
    new = {who for who, day in first.items() if date(2024, 12, 1) <= day < cut}
    assert len(new) > 10
    brought = sum(
        row["revenue"] - row["cost"]
        for row in ORDERS
        if row["customer_id"] in new and row["ordered_at"].date() < cut
    )
    expected = (brought + sum(plain[who] for who in new)) / 700
    assert rows[cut].value == pytest.approx(expected)
    assert rows[date(2024, 12, 1)].value is None  # money was spent, but nothing is predicted then
    assert rows[END].value is None  # nothing was spent
    payback = {row.closes: row for row in work.ask("cac", variant="payback_predicted")}
    assert payback[cut].value == pytest.approx(36 / expected)
    assert payback[date(2024, 12, 1)].value is None
    assert payback[END].value is None


def test_settings_and_basis(tmp_path: Path) -> None:
    plain_orders = [{k: v for k, v in row.items() if k != "cost"} for row in ORDERS]
    kpi = "[kpi.clv]\nhorizon_months = 12\ndiscount = 0.2\n"
    work = shop(tmp_path, plain_orders, kpi=kpi, spend=SPEND)
    answer = work.ask("clv")
    plain = by_hand(
        plain_orders, work.forecasts.backtest().best, END, months=12, discount=0.2, cost=False
    )
    assert answer.rows[-1].value == pytest.approx(np.mean(list(plain.values())))
    ratios = {row.closes: row.value for row in work.ask("clv", variant="to_cac")}
    payback = {row.closes: row.value for row in work.ask("cac", variant="payback_predicted")}
    assert payback[date(2025, 1, 1)] == pytest.approx(12 / ratios[date(2025, 1, 1)])
    assert answer.notes[0] == (
        "Expected revenue of 12 months to come, discounted 20% a year: the data holds no costs."
    )


def test_without_a_forecast_the_margin_to_date_answers_and_says_why(tmp_path: Path) -> None:
    few = [row for row in ORDERS if int(row["customer_id"][1:]) < 60]
    work = shop(tmp_path, few, spend=SPEND)
    answer = work.ask(["clv", "cac"])
    mine = [row for row in answer if row.kpi == "clv"]
    assert {row.variant for row in mine} == {"historic"}
    assert mine == [r for r in work.ask(["clv", "cac"], variant="historic") if r.kpi == "clv"]
    assert (
        "Not predicted, so the variant historic is shown: Up to 2025-12-31 there were 60"
        in (answer.notes[0])
    )
    ratio: list[Any] = work.ask("clv", variant="to_cac").rows
    assert {row.variant for row in ratio} == {"historic_to_cac"}
    payback = work.ask("cac", variant="payback_predicted").rows
    assert {row.variant for row in payback} == {"payback_months"}


def test_a_past_moment_has_the_predictions_of_its_own_records(work: Workspace) -> None:
    from kadar.asking import Asking

    with Asking(work.project) as asking:
        made = asking.predictions()
        assert asking.predictions() is made
        with pytest.raises(Exception, match="read-only"):
            asking.engine.run("CREATE TABLE crm.predictions (i INTEGER)")


def test_what_is_returned_on_other_days_was_not_earned(tmp_path: Path) -> None:
    """Every fifth order comes back whole the day after: purchases are the same, worth is less."""
    days = bought(ORDERS)
    returned = [
        {**row, "ordered_at": after, "revenue": -row["revenue"], "cost": -row["cost"]}
        for row in ORDERS[::5]
        if (after := row["ordered_at"] + timedelta(days=1)).date() not in days[row["customer_id"]]
        and after.date() < END
    ]
    assert len(returned) > 50
    margin, gone = (sum(r["revenue"] - r["cost"] for r in rows) for rows in (ORDERS, returned))
    work = shop(tmp_path, [*ORDERS, *returned])
    best = work.forecasts.backtest().best
    (row,) = (row for row in work.ask("clv") if row.closes == END)
    plain = by_hand(ORDERS, best, END)
    kept = float((margin + gone) / margin)
    assert kept < 0.9
    assert row.value == pytest.approx(kept * np.mean(list(plain.values())))
