"""Customers summed up by the engine, beside the written definition in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from kadar.asking import Asking
from kadar.errors import KadarError
from kadar.forecasts import BGNBD, ParetoNBD
from kadar.forecasts.summary import Contracts, Purchases, contracts, purchases
from kadar.measure.summary import compile_contracts, compile_left_out, compile_purchases
from kadar.model import TABLES
from kadar.workspace import Workspace
from tests.companies import at, company
from tests.kpis.plain import Settings, World
from tests.kpis.strategies import Maker

DAY = timedelta(days=1)


def generated(folder: Path, seed: int, *, contract: bool, zone: str) -> tuple[Workspace, World]:
    settings = Settings(
        time_zone=zone, contract=contract, grace_days=20, observed_until=date(2025, 1, 20)
    )
    tables = Maker(settings, Random(seed)).tables(
        {"orders": 150, "customers": 10, "subscriptions": 30}
        | dict.fromkeys(("leads", "deals", "interactions", "tickets", "surveys", "spend"), 0)
    )
    columns = {table: TABLES[table].column_names for table in TABLES}
    work = company(folder, toml=settings.toml(), columns=columns, **tables)
    return work, World.of(settings, tables)


def by_hand(world: World, cut: date, money: str) -> dict[str, Any]:
    """Purchase days of each customer before the cut, and what each came to."""
    orders: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in world.placed("orders", "ordered_at", None):
        day = world.settings.day(row["ordered_at"])
        if row["customer_id"] is not None and not row["rate_missing"] and day < cut:
            orders[row["customer_id"], day].append(row)
    made: dict[str, Any] = defaultdict(dict)
    for (customer, day), rows in sorted(orders.items(), key=lambda item: item[0]):
        known = [r["revenue"] for r in rows if r["revenue"] is not None]
        if not known or sum(known) > 0:
            counted = [r[money] for r in rows if r[money] is not None]
            made[customer][day] = sum(counted, Decimal(0)) if counted else None
    return made


def brought(world: World, cut: date, money: str) -> dict[str, Decimal]:
    """What the orders of each customer came to before the cut, returns too."""
    made: dict[str, Decimal] = defaultdict(Decimal)
    for row in world.placed("orders", "ordered_at", None):
        if not row["rate_missing"] and world.settings.day(row["ordered_at"]) < cut:
            made[row["customer_id"]] += row[money] or 0
    return made


@pytest.mark.parametrize(
    ("seed", "zone", "money", "cut"),
    [
        (1, "America/New_York", "revenue", None),
        (2, "Asia/Kuala_Lumpur", "revenue", date(2024, 6, 30)),
        (3, "Europe/Berlin", "margin", date(2024, 10, 28)),
    ],
)
def test_purchases_as_defined(
    tmp_path: Path, seed: int, zone: str, money: str, cut: date | None
) -> None:
    work, world = generated(tmp_path, seed, contract=False, zone=zone)
    end = cut or date(2025, 1, 21)
    until = None if cut is None else cut + timedelta(days=60)
    with Asking(work.project) as asking:
        made = purchases(asking, cut=cut, until=until, money=money)
        alike = purchases(asking, cut=cut, money=money, grouped=True)
    plain = by_hand(world, end, money)
    assert list(made.customer_ids) == sorted(plain)
    assert made.observed == end - DAY
    for i, customer in enumerate(made.customer_ids):
        days = sorted(plain[customer])
        assert made.x[i] == len(days) - 1
        assert made.t_x[i] == (days[-1] - days[0]).days
        assert made.T[i] == (end - DAY - days[0]).days
        spend = [plain[customer][day] for day in days[1:] if plain[customer][day] is not None]
        mean = float(sum(spend) / len(spend)) if spend else np.nan
        assert made.spend[i] == pytest.approx(mean, nan_ok=True)
    left = brought(world, end, money)
    assert made.brought == pytest.approx([float(left[who]) for who in made.customer_ids])
    spent = sum(value or 0 for who in made.customer_ids for value in plain[who].values())
    assert made.kept == pytest.approx(made.brought.sum() / float(spent))
    assert made.kept < 1
    orders = [
        row for row in world.placed("orders", "ordered_at", None)
        if world.settings.day(row["ordered_at"]) < end
    ]  # fmt: skip
    nobody = sum(row["customer_id"] is None for row in orders)
    rateless = sum(row["customer_id"] is not None and row["rate_missing"] for row in orders)
    assert made.left_out == {"no_customer_id": nobody, "no_exchange_rate": rateless}
    assert nobody
    assert rateless
    assert alike.weights.sum() == len(made)
    rows = zip(alike.x, alike.t_x, alike.T, alike.weights, strict=True)
    spread = sorted(row[:3] for row in rows for _ in range(int(row[3])))
    assert spread == sorted(zip(made.x, made.t_x, made.T, strict=True))
    if until is not None:
        later = by_hand(world, until, money)
        for i, customer in enumerate(made.customer_ids):
            new = {day: value for day, value in later[customer].items() if day >= end}
            assert made.later[i] == len(new)
            total = float(sum(value for value in new.values() if value is not None))
            assert made.later_money[i] == pytest.approx(total)


def shop(folder: Path, known: str, orders: list[tuple[str, str, int]]) -> Purchases:
    folder.mkdir()
    work = company(
        folder,
        toml=f'time_zone = "Asia/Kuala_Lumpur"\nobserved_until = "{known}"',
        orders=[
            {"customer_id": who, "ordered_at": at(when), "revenue": much}
            for who, when, much in orders
        ],
    )
    with Asking(work.project) as asking:
        return purchases(asking)


def test_what_a_purchase_is(tmp_path: Path) -> None:
    made = shop(
        tmp_path / "shop",
        "2026-04-30",
        [
            ("a", "2026-01-01 17:00", 10),  # 2 January in Kuala Lumpur
            ("a", "2026-01-02 03:00", 90),  # the same day: the first, which is not counted
            ("a", "2026-02-01 03:00", 50),
            ("a", "2026-02-01 04:00", -20),  # returned the same day: 30 are left
            ("a", "2026-03-01 03:00", 70),
            ("a", "2026-03-01 05:00", -70),  # nothing is left: no purchase
            ("a", "2026-04-01 03:00", 40),
            ("a", "2026-04-03 03:00", -15),  # a day of returns alone is no purchase
            ("a", "2026-05-02 03:00", 99),  # after what is known
            ("b", "2026-04-30 03:00", 5),
        ],
    )
    assert made.x.tolist() == [2, 0]
    assert made.t_x.tolist() == [89, 0]  # 2 January to 1 April
    assert made.T.tolist() == [118, 0]  # to 30 April
    assert made.spend[0] == pytest.approx(35)
    assert np.isnan(made.spend[1])
    assert made.brought.tolist() == [155, 5]  # the 15 returned later are not there any more
    assert made.kept == pytest.approx(160 / 175)
    assert (made.observed, made.assumed, made.left_out) == (date(2026, 4, 30), False, {})


def test_an_extract_that_ends_quietly_shows_lower_activity(tmp_path: Path) -> None:
    """The same orders, known to be all for three months more, make fewer and not more to come."""
    random = np.random.default_rng(3)
    start = date(2025, 1, 1)
    orders = []
    for customer in range(150):
        day, gap = int(random.integers(0, 60)), random.gamma(0.8, 40) + 2
        while day < 270:
            orders.append((f"c{customer}", str(start + timedelta(days=day)), 10))
            day += 1 + int(random.exponential(gap))
            if random.random() < 0.1:
                break
    ends = [shop(tmp_path / known, known, orders) for known in ("2025-09-27", "2025-12-31")]
    assert [made.observed for made in ends] == [date(2025, 9, 27), date(2025, 12, 31)]
    early, late = ends
    assert (late.T - early.T == 95).all()
    assert (late.x == early.x).all()
    for model in (BGNBD, ParetoNBD):
        totals, silent = [], []
        for made in ends:
            fitted = model().fit(made.x, made.t_x, made.T)
            totals.append(fitted.expected_purchases(90, made.x, made.t_x, made.T).sum())
            silent.append(fitted.probability_no_purchase(90, made.x, made.t_x, made.T))
        assert totals[1] < totals[0]
        assert silent[1].mean() > silent[0].mean()
        assert (silent[1] > 0).all()  # those who bought once are at risk too
        assert (silent[0][early.x == 0] > 0.2).all()


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - DAY)


@pytest.mark.parametrize(("seed", "months"), [(4, 1), (5, 3)])
def test_contracts_as_defined(tmp_path: Path, seed: int, months: int) -> None:
    work, world = generated(tmp_path, seed, contract=True, zone="America/New_York")
    cut = date(2024, 11, 1)
    with Asking(work.project) as asking:
        made = contracts(asking, cut=cut)
    spells = []
    for row in world.tables["spells"]:
        started = world.settings.day(row["started_at"])
        ended = row["ended_at"] and world.settings.day(row["ended_at"])
        if started < cut:
            spells.append((row["customer_id"], started, ended if ended and ended < cut else None))
    found = zip(
        made.customer_ids, made.started.astype(object), made.ended.astype(object), strict=True
    )
    assert sorted(found, key=str) == sorted(spells, key=str)
    assert len(spells) > 7
    kept, seen = made.renewals(months)
    table: dict[int, list[int]] = defaultdict(list)
    for i, (started, ended) in enumerate(
        zip(made.started.astype(object), made.ended.astype(object), strict=True)
    ):
        due = [months_later(started, months * k) for k in range(1, 40)]
        could = sum(day < cut for day in due)
        renewed = sum(day < cut and (ended is None or day < ended) for day in due)
        assert (kept[i], seen[i]) == (renewed, could)
        table[could].append(renewed)
    survivors = made.survivors(months)
    assert len(survivors) == len(table)
    for row, could in zip(survivors, sorted(table), strict=True):
        counts = [sum(one >= k for one in table[could]) for k in range(could + 1)]
        assert row[: could + 1].tolist() == counts
        assert np.isnan(row[could + 1 :]).all()


def test_a_month_is_a_calendar_month() -> None:
    days = ["2026-01-31", "2026-01-31", "2026-01-15", "2026-01-15", "2024-02-29"]
    ends = ["2026-02-28", "2026-03-01", "2026-02-15", "2026-02-16", "NaT"]
    made = Contracts(
        np.array(list("abcde"), dtype=object),
        np.array(days, dtype="datetime64[D]"),
        np.array(ends, dtype="datetime64[D]"),
        date(2026, 3, 30),
    )
    kept, seen = made.renewals()
    assert kept.tolist() == [0, 1, 0, 1, 25]
    assert seen.tolist() == [1, 1, 2, 2, 25]
    assert made.renewals(12)[0].tolist() == [0, 0, 0, 0, 2]
    assert made.cohorts()[date(2026, 1, 1)].tolist() == [4, 2]


def test_what_cannot_be_summed_up_is_refused(tmp_path: Path) -> None:
    rows = [{"customer_id": "a", "ordered_at": at("2026-01-02"), "revenue": 1}]
    work = company(tmp_path, toml='observed_until = "2026-03-31"', orders=rows)
    with Asking(work.project) as asking:
        for code, asked in {
            "KDR-FCT-012": {"cut": date(2025, 1, 1)},
            "KDR-FCT-013": {"money": "profit"},
            "KDR-FCT-014": {"cut": date(2026, 3, 1), "until": date(2026, 4, 2)},
        }.items():
            with pytest.raises(KadarError) as raised:
                purchases(asking, **asked)  # type: ignore[arg-type]
            assert raised.value.code == code
        with pytest.raises(KadarError, match="KDR-FCT-015"):
            contracts(asking)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse"])
def test_statements_compile_for_each_engine(dialect: str) -> None:
    day = date(2026, 1, 1)
    for grouped in (True, False):
        assert compile_purchases(day, grouped=grouped, dialect=dialect)
    assert "later" in compile_purchases(day, until=date(2026, 7, 1), dialect=dialect)
    assert compile_left_out(day, dialect=dialect)
    assert compile_contracts(day, dialect=dialect)
