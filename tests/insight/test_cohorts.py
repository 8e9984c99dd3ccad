"""Triangles with known answers, their refusals, and a KPI of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kadar
from kadar.errors import KadarError
from kadar.insight.cohorts import Cell
from kadar.workspace import Workspace
from tests.companies import at, company

MARCH = 'observed_until = "2026-03-31"'


def plans(cohort: str, started: str, several: int, kept: int, ended: str) -> list[dict[str, Any]]:
    """Return as many subscriptions, all but some of which ended."""
    return [
        {
            "customer_id": f"{cohort}{i}",
            "started_at": at(started),
            "ended_at": None if i < kept else at(ended),
            "monthly_amount": 10,
        }
        for i in range(several)
    ]


def ten_and_a_hundred(folder: Path, known: str = MARCH) -> Workspace:
    """Ten customers of January, two of them left after a month; a hundred of February, none."""
    return company(
        folder,
        toml=f"contract = true\n{known}",
        customers=[
            {"customer_id": f"{c}{i}", "channel": "web" if i % 2 else "shop"}
            for c, several in (("jan", 10), ("feb", 100))
            for i in range(several)
        ],
        subscriptions=[
            *plans("jan", "2026-01-05", 10, 2, "2026-02-10"),
            *plans("feb", "2026-02-05", 100, 0, "2026-03-10"),
        ],
    )


def by_age(cells: list[Cell]) -> dict[int, Cell]:
    return {cell.age: cell for cell in cells}


def test_a_total_is_no_mean_of_rates(tmp_path: Path) -> None:
    made = ten_and_a_hundred(tmp_path).cohorts("retention_rate")
    rates = {(str(cell.opens), cell.age): cell.value for cell in made}
    assert rates == {
        ("2026-01-01", 0): 1.0, ("2026-01-01", 1): 0.2, ("2026-01-01", 2): 0.2,
        ("2026-02-01", 0): 1.0, ("2026-02-01", 1): 0.0,
    }  # fmt: skip
    total = by_age(made.totals)[1]
    assert total.value == pytest.approx(2 / 110)
    assert f"{total.value:.1%}" == "1.8%"
    assert (total.numerator, total.denominator, total.n, total.cohorts) == (2, 110, 110, 2)
    older = by_age(made.totals)[2]  # February has not come so far
    assert (older.value, older.n, older.cohorts) == (0.2, 10, 1)


def test_what_is_not_over_is_in_no_total(tmp_path: Path) -> None:
    made = ten_and_a_hundred(tmp_path, 'observed_until = "2026-03-15"').cohorts("retention_rate")
    february = [cell for cell in made if str(cell.opens) == "2026-02-01"]
    assert [(c.age, c.value, c.mature, c.complete) for c in february] == [
        (0, 1.0, True, True),
        (1, 0.0, False, True),  # as of 15 March
    ]
    total = by_age(made.totals)[1]
    assert (total.numerator, total.denominator, total.cohorts) == (2, 10, 1)


def test_a_part_of_a_month_says_nothing_of_orders(tmp_path: Path) -> None:
    orders = [
        {"customer_id": "ada", "ordered_at": at(day), "revenue": amount}
        for day, amount in (("2026-01-10", 100), ("2026-02-03", 40), ("2026-03-02", 30))
    ]
    work = company(tmp_path, toml='observed_until = "2026-03-15"', orders=orders)
    made = work.cohorts("retention_rate", variant="order_revenue")
    assert [(c.value, c.numerator, c.mature) for c in made] == [
        (1.0, 100, True), (0.4, 40, True), (None, 30, False),
    ]  # fmt: skip
    assert [c.value for c in work.cohorts("retention_rate", variant="repeat")] == [1.0, 1.0, None]
    assert [c.value for c in work.cohorts("clv", variant="revenue")] == [100, 140, 170]
    assert set(by_age(made.totals)) == {0, 1}


def test_revenue_kept_net_and_gross(tmp_path: Path) -> None:
    """January pays 100 at its close; in February one doubles, one leaves, one comes back later."""
    plan = [
        ("up", 40, "2026-01-05", "2026-02-05"), ("up", 80, "2026-02-05", None),
        ("gone", 30, "2026-01-06", "2026-02-20"),
        ("same", 30, "2026-01-07", None),
        ("late", 500, "2026-01-08", "2026-01-20"), ("late", 500, "2026-02-02", None),
    ]  # fmt: skip
    work = company(
        tmp_path,
        toml=f"contract = true\n{MARCH}",
        subscriptions=[
            {
                "customer_id": who, "monthly_amount": amount, "started_at": at(start),
                "ended_at": end and at(end),
            }
            for who, amount, start, end in plan
        ],
    )  # fmt: skip
    net = by_age(work.cohorts("retention_rate", variant="net_revenue").cells)
    assert (net[0].value, net[0].denominator, net[0].n) == (1.0, 100, 3)  # `late` paid nothing then
    assert (net[1].value, net[1].numerator) == (1.1, 110)
    gross = by_age(work.cohorts("retention_rate", variant="gross_revenue").cells)
    assert (gross[1].value, gross[1].numerator) == (0.7, 70)
    customers = by_age(work.cohorts("retention_rate").cells)
    assert [customers[age].numerator for age in range(3)] == [3, 3, 3]
    assert customers[0].n == 4


def test_without_costs_revenue_stands_in_and_says_so(tmp_path: Path) -> None:
    orders = [{"customer_id": "ada", "ordered_at": at("2026-01-10"), "revenue": 100}]
    work = company(tmp_path, toml=MARCH, orders=orders)
    for kpi, asked in (("clv", "historic"), ("margin_per_customer", "default")):
        made = work.cohorts(kpi)
        assert (made.variant, made.instead_of, made.lacking) == (
            "revenue",
            asked,
            ["orders.margin"],
        )
        assert [cell.value for cell in made] == [100, 100, 100]
    kept = work.cohorts("retention_rate", variant="net_revenue")
    assert (kept.variant, kept.instead_of) == ("order_revenue", "net_revenue")
    with pytest.raises(KadarError) as refused:
        work.cohorts("retention_rate", variant="gross_revenue")
    assert refused.value.code == "KDR-COH-005"
    assert "subscriptions.monthly_amount" in str(refused.value)
    assert "repeat" in str(refused.value)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    order = {"customer_id": "ada", "ordered_at": at("2026-01-10"), "revenue": 100, "cost": 60}
    deal = {"created_at": at("2026-01-10"), "outcome": "won"}
    work = company(
        tmp_path,
        toml=f'currency = "EUR"\n{MARCH}',
        orders=[order, {**order, "cost": None}, {**order, "currency": "XXX"}],
        deals=[
            {**deal, "closed_at": at("2026-02-10")},
            {**deal, "closed_at": None},
            {**deal, "closed_at": at("2026-01-09")},
            {**deal, "closed_at": None, "outcome": "open"},
        ],
    )
    margin = work.cohorts("clv", variant="historic")
    assert margin.excluded == {"no_exchange_rate": 1, "cost_unknown": 1}
    assert by_age(margin.cells)[2].value == 40
    won = work.cohorts("sales_conversion_rate")
    assert won.excluded == {"won_on_an_unknown_day": 1, "won_before_created": 1}
    assert [cell.value for cell in won] == [0.0, 0.5, 0.5]


def test_orders_before_the_acquisition_count_at_age_0(tmp_path: Path) -> None:
    order = {"customer_id": "ada", "revenue": 100, "cost": 60}
    work = company(
        tmp_path,
        toml=MARCH,
        customers=[{"customer_id": "ada", "acquired_at": at("2026-02-10")}],
        orders=[{**order, "ordered_at": at(f"2026-0{month}-10")} for month in (1, 2, 3)],
    )
    assert [cell.value for cell in work.cohorts("clv")] == [80, 120]
    assert [cell.value for cell in work.cohorts("retention_rate", variant="repeat")] == [1, 1]


def test_what_is_older_than_the_data_is_not_lost(tmp_path: Path) -> None:
    """Customers of January and February, orders from February on."""
    day = {"ada": "2026-01-05", "ben": "2026-01-06", "cyd": "2026-02-07", "dot": "2026-02-08"}
    work = company(
        tmp_path,
        toml=f"inactive_after_days = 30\n{MARCH}",
        customers=[{"customer_id": name, "acquired_at": at(when)} for name, when in day.items()],
        orders=[
            {"customer_id": name, "ordered_at": at(when), "revenue": 10}
            for name, when in (("ada", "2026-02-20"), ("cyd", "2026-02-07"), ("cyd", "2026-03-20"))
        ],
    )
    made = work.cohorts("retention_rate")
    assert [(c.value, c.mature) for c in made] == [
        (None, False), (0.5, False), (0.0, False),  # nothing is known of January
        (0.5, True), (0.5, True),
    ]  # fmt: skip
    assert [(t.value, t.n, t.cohorts) for t in made.totals] == [(0.5, 2, 1), (0.5, 2, 1)]
    brought = work.cohorts("clv", variant="revenue")
    assert [c.value for c in brought] == [None, None, None, 5, 10]


def test_periods_are_the_companys(tmp_path: Path) -> None:
    """A fiscal year from July, weeks from Sunday, days of Kuala Lumpur."""
    work = company(
        tmp_path,
        toml=(
            'time_zone = "Asia/Kuala_Lumpur"\nweek_starts = "sunday"\n'
            'fiscal_year_starts = "07-01"\nobserved_until = "2026-03-31"'
        ),
        leads=[
            # Saturday in UTC, Sunday in Kuala Lumpur
            {"created_at": at("2025-06-28 17:00"), "converted_at": at("2025-07-05 17:00")},
            {"created_at": at("2025-06-30 17:00"), "converted_at": at("2025-07-05 15:00")},
        ],
    )
    weeks = work.cohorts("lead_conversion_rate", grain="week", ages=1)
    assert [(str(c.opens), c.age, c.value) for c in weeks] == [
        ("2025-06-29", 0, 0.5), ("2025-06-29", 1, 1.0),
    ]  # fmt: skip
    years = work.cohorts("lead_conversion_rate", grain="year", ages=1)
    assert [(str(c.opens), c.age, c.value, c.mature) for c in years] == [
        ("2024-07-01", 0, 0.0, True), ("2024-07-01", 1, 1.0, False), ("2025-07-01", 0, 1.0, False),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return ten_and_a_hundred(tmp_path_factory.mktemp("known"))


def test_members_of_a_cell(known: Workspace) -> None:
    made = known.cohort_members("retention_rate", "2026-01:1", by=["channel"])
    assert (made.n, made.numerator, made.denominator) == (10, 2, 10)
    kept = {row["customer_id"]: row["channel"] for row in made if row["counted"]}
    assert kept == {"jan0": "shop", "jan1": "web"}
    assert len(known.cohort_members("retention_rate", "2026-01:1", limit=3)) == 3
    lost = known.cohort_members("churn_rate", "2026-01:1")
    assert {row["customer_id"] for row in lost if not row["counted"]} == set(kept)
    assert lost.numerator == 8
    paid = known.cohort_members("retention_rate", "2026-Q1:0", variant="net_revenue")
    assert {(row["value"], row["base"]) for row in paid} == {(10.0, 10.0)}
    shops = known.cohort_members("retention_rate", "2026-02:1", where={"channel": "shop"})
    assert (shops.n, shops.numerator) == (50, 0)


@pytest.mark.parametrize(
    ("ask", "code", "says"),
    [
        (lambda w: w.cohorts("win_rate"), "KDR-COH-001", "retention_rate"),
        (lambda w: w.cohorts("retention_rate", variant="daily"), "KDR-COH-002", "repeat"),
        (lambda w: w.cohorts("retention_rate", grain="all"), "KDR-COH-003", "month"),
        (lambda w: w.cohorts("retention_rate", ages=-1), "KDR-COH-004", "0"),
        (lambda w: w.cohorts("lead_conversion_rate"), "KDR-COH-005", "kadar.toml"),
        (lambda w: w.cohort_members("retention_rate", "2026-01"), "KDR-COH-006", "2026-03:5"),
        (lambda w: w.cohort_members("retention_rate", "all:1"), "KDR-COH-006", "2026-03:5"),
        (lambda w: w.cohort_members("retention_rate", "2026-02:2"), "KDR-COH-007", "1"),
        (lambda w: w.cohorts("retention_rate", by=["colour"]), "KDR-ASK-004", "channel"),
        (lambda w: w.cohorts("retention_rate", by=["country"]), "KDR-ASK-005", "kadar.toml"),
        (lambda w: w.cohorts("retention_rate", where={"channel": "wbe"}), "KDR-ASK-010", "web"),
    ],
)
def test_refusals(known: Workspace, ask: Any, code: str, says: str) -> None:
    with pytest.raises(KadarError) as refused:
        ask(known)
    assert refused.value.code == code
    assert says in str(refused.value)


def test_a_kpi_of_ones_own(tmp_path: Path) -> None:
    """Its file says who its cohort is; nothing else is touched."""
    page = Path(__file__).parents[2] / "docs" / "cohorts.md"
    (code,) = [part for part in page.read_text("utf-8").split("```python\n") if "@kpi" in part]
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis" / "tickets_per_customer.py").write_text(code.partition("```")[0], "utf-8")
    order = {"ordered_at": at("2026-01-10"), "revenue": 5}
    company(
        tmp_path,
        toml=MARCH,
        orders=[{**order, "customer_id": name} for name in ("ada", "ben")],
        tickets=[
            {"customer_id": "ada", "created_at": at("2026-02-01")},
            {"customer_id": "ada", "created_at": at("2026-02-02")},
            {"customer_id": "cyd", "created_at": at("2026-01-03")},  # never acquired
        ],
    )
    made = kadar.open(tmp_path).cohorts("tickets_per_customer")
    assert [cell.value for cell in made] == [0.0, 0.5, 0.0]
    assert made.unit == "percent"


def test_as_of_a_past_day(known: Workspace) -> None:
    """On the day after everything was recorded, all of it was known."""
    then = kadar.open(known.project.folder, as_of="2026-07-02")
    assert list(then.cohorts("retention_rate")) == list(known.cohorts("retention_rate"))
