"""Contracts forecast: months, value and risk beside plain loops; backtest; what stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kadar.forecasts import BetaDiscreteWeibull, ShiftedBetaGeometric
from kadar.forecasts.calendar import months_on
from kadar.forecasts.summary import Contracts
from kadar.forecasts.tenures import Tenures, term
from kadar.measure.recurring import compile_ordered, compile_recurring
from kadar.workspace import Workspace
from tests.companies import company
from tests.forecasts.contracts import END, TOML, Rows, invoiced, subscribed

CONTRACTS = subscribed()
MODELS = {"BdW": BetaDiscreteWeibull, "sBG": ShiftedBetaGeometric}
SPEND = [{"spent_at": datetime(2024, 11, 5, tzinfo=UTC), "amount": 900, "category": "media"}]


def people(contracts: Rows) -> Rows:
    return [
        {"customer_id": who, "country": ("MY", "SG")[int(who[1:]) % 3 > 0]}
        for who in (row["customer_id"] for row in contracts)
    ]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return company(
        tmp_path_factory.mktemp("contracts"), toml=TOML, subscriptions=CONTRACTS,
        orders=invoiced(CONTRACTS), customers=people(CONTRACTS), spend=SPEND,
    )  # fmt: skip


def known(contracts: Rows, cut: date) -> list[tuple[str, date, date | None]]:
    """Contracts begun before a day, and their ends so far."""
    found = []
    for row in contracts:
        start, end = row["started_at"].date(), row["ended_at"] and row["ended_at"].date()
        if start < cut:
            found.append((row["customer_id"], start, end if end and end < cut else None))
    return found


@cache
def due(start: date, day: date) -> int:
    """Renewals due before a day."""
    return sum(months_on(start, k) < day for k in range(1, 100))


def survivors(contracts: list[tuple[str, date, date | None]], cut: date) -> list[list[float]]:
    table: dict[int, list[int]] = {}
    for _, start, end in contracts:
        could = due(start, cut)
        renewed = could if end is None else min(could, due(start, end))
        table.setdefault(could, []).append(renewed)
    width = max(table) + 1
    rows = []
    for could, kept in sorted(table.items()):
        counts = [float(sum(one >= k for one in kept)) for k in range(could + 1)]
        rows.append(counts + [np.nan] * (width - could - 1))
    return rows


def by_hand(
    contracts: Rows, name: str, cut: date, months: int = 36, discount: float = 0.10
) -> dict[str, tuple[float, float, float]]:
    """Months to expect, their discounted sum and the risk of six months, by customer running."""
    there = known(contracts, cut)
    model = MODELS[name]().fit(survivors(there, cut))
    left = model.survival(np.arange(100)).tolist()
    found = {}
    for who, start, end in there:
        if end is not None:
            continue
        behind = due(start, cut)
        before, after = months_on(start, behind), months_on(start, behind + 1)
        rest = (after - cut).days / (after - before).days
        stays = [left[due(start, months_on(cut, k))] / left[behind] for k in range(months + 1)]
        paid = [rest * a + (1 - rest) * b for a, b in pairwise(stays)]
        worth = sum(p / (1 + discount) ** (k / 12) for k, p in enumerate(paid, 1))
        found[who] = (sum(paid), worth, 1 - stays[6])
    return found


def test_value_is_months_to_come_times_the_margin_of_a_month(work: Workspace) -> None:
    best = work.forecasts.backtest().best
    amounts = {row["customer_id"]: row["monthly_amount"] for row in CONTRACTS}
    rows = {row.closes: row for row in work.ask("clv")}
    for cut in (date(2025, 4, 1), END):
        plain = by_hand(CONTRACTS, best, cut)
        values = [worth * amounts[who] * 0.4 for who, (_, worth, _) in plain.items()]
        assert (rows[cut].variant, rows[cut].n) == ("predicted", len(plain))
        assert rows[cut].value == pytest.approx(np.mean(values), rel=1e-4)  # cost has 4 places
    plain = by_hand(CONTRACTS, best, END)
    listed = {row["customer_id"]: row for row in work.forecasts.churn()}
    assert listed.keys() == plain.keys()  # nobody who left
    for who, row in listed.items():
        months, worth, risk = plain[who]
        assert row["expected_purchases"] == pytest.approx(months)
        assert row["clv"] == pytest.approx(worth * amounts[who] * 0.4, rel=1e-3)
        assert row["probability_of_leaving"] == pytest.approx(risk)
        assert row["purchases_low"] <= row["purchases_high"] <= 36
        assert row["clv_low"] <= row["clv"] <= row["clv_high"]
    stakes = [row["at_stake"] for row in work.forecasts.churn()]
    assert stakes == sorted(stakes, reverse=True)


def test_by_dimension_it_is_the_mean_of_the_same_values(work: Workspace) -> None:
    plain = {row["customer_id"]: row["clv"] for row in work.forecasts.clv()}
    for country, rest in (("MY", False), ("SG", True)):
        mine = [value for who, value in plain.items() if (int(who[1:]) % 3 > 0) is rest]
        groups = {row.dimensions["country"]: row for row in work.ask("clv", by=["country"])
                  if row.closes == END}  # fmt: skip
        assert groups[country].value == pytest.approx(np.mean(mine))
        assert groups[country].n == len(mine)


def test_new_customers_bring_what_they_brought_and_will(work: Workspace) -> None:
    cut = date(2024, 12, 1)
    assert cut not in {row.closes for row in work.ask("clv") if row.value is not None}
    row = {r.closes: r for r in work.ask("clv", variant="to_cac", grain="year")}[date(2025, 1, 1)]
    plain = by_hand(CONTRACTS, work.forecasts.backtest().best, date(2025, 1, 1))
    amounts = {r["customer_id"]: r["monthly_amount"] for r in CONTRACTS}
    new = {r["customer_id"] for r in CONTRACTS if r["started_at"].year == 2024}
    brought = sum(
        o["revenue"] - o["cost"]
        for o in invoiced(CONTRACTS)
        if o["customer_id"] in new and o["ordered_at"].year == 2024
    )
    to_come = sum(plain[who][1] * amounts[who] * 0.4 for who in new if who in plain)
    assert any(who not in plain for who in new)  # some have left: they brought, and will no more
    assert row.value == pytest.approx((brought + to_come) / 900, rel=1e-3)


def test_the_backtest_by_hand(work: Workspace) -> None:
    made = work.forecasts.backtest(origins=2, horizon=6)
    assert made.contract
    assert made.origins == [date(2025, 1, 1), date(2025, 7, 1)]
    for cut in made.origins:
        until = months_on(cut, 6)
        stayed, left = {}, {}
        for row in CONTRACTS:
            start, end = row["started_at"].date(), row["ended_at"] and row["ended_at"].date()
            if start < cut and not (end and end < cut):
                last = min(end or until, until)
                opens = [months_on(cut, k) for k in range(7)]
                stayed[row["customer_id"]] = sum(
                    max((min(last, b) - a).days, 0) / (b - a).days for a, b in pairwise(opens)
                )
                left[row["customer_id"]] = bool(end and end < until)
        for name in MODELS:
            plain = by_hand(CONTRACTS, name, cut, months=6)
            (score,) = [one for one in made.of(name) if one.origin == cut]
            assert score.counts is not None
            assert score.risk is not None
            assert score.customers == len(stayed) == len(plain)
            assert score.counts.actual == pytest.approx(sum(stayed.values()))
            assert score.counts.expected == pytest.approx(sum(one[0] for one in plain.values()))
            brier = np.mean([(plain[who][2] - gone) ** 2 for who, gone in left.items()])
            assert score.risk.brier == pytest.approx(brier)
            assert score.risk.lost == pytest.approx(np.mean(list(left.values())))
            assert score.tracking[-1] == pytest.approx(sum(one[2] for one in plain.values()))
        assert made.came[cut][-1] == sum(left.values())
    assert made.bias is not None
    assert abs(made.bias) < 0.03
    best, naive = made.mean(made.best, "brier"), made.mean("same as last period", "brier")
    assert best is not None
    assert naive is not None
    assert best < naive
    assert (made.mean(made.best, "auc") or 0) > 0.55


def test_terms_of_a_year_are_found_and_end_only_then() -> None:
    rows = subscribed(300, every=12)
    made = Contracts(
        np.array([r["customer_id"] for r in rows], dtype=object),
        np.array([r["started_at"].date() for r in rows], dtype="datetime64[D]"),
        np.array([r["ended_at"] and r["ended_at"].date() for r in rows], dtype="datetime64[D]"),
        END - timedelta(days=1),
    )
    assert term(made) == 12
    model = ShiftedBetaGeometric().fit(made.survivors(12))
    start = np.array(["2025-03-15"], dtype="datetime64[D]")
    tenures, _ = Tenures.of(start, END, 12, 12)
    staying = tenures.staying(model)[:, 0]
    assert staying[:3].tolist() == [1, 1, 1]  # due on 15 March, in the third month
    assert staying[3:] == pytest.approx(float(model.survival(1)))
    paid = tenures.paid(tenures.staying(model))[:, 0]
    assert paid[1] == 1
    assert paid[2] == pytest.approx(14 / 31 + 17 / 31 * float(model.survival(1)))


def test_without_costs_or_orders_the_recurring_amount_is_the_revenue(tmp_path: Path) -> None:
    work = company(tmp_path, toml=TOML, subscriptions=CONTRACTS, customers=people(CONTRACTS))
    answer = work.ask("clv")
    plain = by_hand(CONTRACTS, work.forecasts.backtest().best, END)
    amounts = {row["customer_id"]: row["monthly_amount"] for row in CONTRACTS}
    values = [worth * amounts[who] for who, (_, worth, _) in plain.items()]
    assert answer.rows[-1].value == pytest.approx(np.mean(values))
    assert answer.notes[0].endswith("the data holds no costs.")


def test_where_hardly_anybody_left_the_margin_to_date_answers_and_says_why(tmp_path: Path) -> None:
    few = [{**row, "ended_at": None} for row in CONTRACTS]
    work = company(tmp_path, toml=TOML, subscriptions=few, orders=invoiced(few))
    answer = work.ask("clv")
    assert {row.variant for row in answer} == {"historic"}
    assert "there were 400 contracts, 0 of which ended" in answer.notes[0]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse"])
def test_statements_compile_for_each_engine(dialect: str) -> None:
    assert "monthly_amount" in compile_recurring(END, dialect=dialect)
    assert "margin" in compile_ordered(date(2025, 1, 1), END, "margin", dialect=dialect)
