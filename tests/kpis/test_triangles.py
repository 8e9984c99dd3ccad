"""Triangles equal their plain calculation over generated companies, and obey their laws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from math import isclose, sqrt
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy import stats

from kadar.catalogue import catalogue
from kadar.insight.cohorts import Cell, Cohorts
from tests.kpis.conftest import Build
from tests.kpis.plain import Period, Row, World
from tests.kpis.plain_triangles import TRIANGLES, Plain
from tests.kpis.strategies import Generated, companies

few = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a company takes a second to build: too long to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
QUESTIONS = [
    ("month", None, 5),
    ("week", None, 3),
    ("quarter", "channel", 6),
    ("year", None, 2),
    ("month", "country", 2),
    ("quarter", "owner.team", 0),
]


def test_every_reading_has_a_plain_calculation() -> None:
    there = {f"{kpi.name}.{name}" for kpi in catalogue(None) for name in kpi.triangles}
    assert there == set(TRIANGLES)


@few
@given(made=companies(), question=st.sampled_from(QUESTIONS))
def test_equals_the_plain_calculation(
    build: Build, made: Generated, question: tuple[str, str | None, int]
) -> None:
    grain, by, ages = question
    world = World.of(made.settings, made.tables)
    with build(made) as work:
        for name, plain in TRIANGLES.items():
            kpi, _, variant = name.partition(".")
            if by == "country" and kpi == "sales_conversion_rate":
                continue  # by the customer's: plain looks it up, of many kinds of deals
            answer = work.cohorts(
                kpi, variant=variant, grain=grain, by=[by] if by else [], ages=ages
            )
            expected = dict(cells(world, plain, grain, by, ages))
            found = {(c.opens, _group(c), c.age): c for c in answer}
            assert set(found) == set(expected), name
            for key, (above, below, complete, mature, said) in expected.items():
                check(name, plain, found[key], (above, below), said)
                assert (found[key].complete, found[key].mature) == (complete, mature), (name, key)
            check_totals(name, plain, answer, expected)


def _group(one: Cell) -> Any:
    return next(iter(one.dimensions.values()), None)


def cells(
    world: World, plain: Plain, grain: str, by: str | None, ages: int
) -> Iterator[tuple[Any, Any]]:
    """Yield key and (above, below, complete, mature, said) of each cell."""
    last = world.settings.observed_until
    begins = plain.begins(world) if plain.looked_at else date.min
    own = world.settings.period(grain, date(2022, 12, 1))
    while own.opens <= last:
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in plain.members(world, own):
            table = "leads" if "lead_id" in row and "converted_at" in row else "customers"
            table = "deals" if "outcome" in row else table
            groups[world.dimension(table, row, by) if by else None].append(row)
        for group, rows in groups.items():
            then = own
            for age in range(ages + 1):
                if then.opens > last:
                    break
                pairs = list(plain.pairs(world, rows, own, then))
                above, below = [a for a, _ in pairs], [b for _, b in pairs]
                whole = over(then, last)
                followed = begins is not None and own.closes > begins
                known = followed if plain.to_date else begins is not None and then.closes > begins
                said = known and (plain.early or whole)
                key = own.opens, group, age
                yield key, (above, below, over(own, last), whole and followed, said)
                then = world.settings.period(grain, then.closes)
        own = world.settings.period(grain, own.closes)


def over(period: Period, last: date) -> bool:
    return period.closes <= last + timedelta(days=1)


def check(
    name: str, plain: Plain, cell: Cell, pairs: tuple[list[float], list[float]], said: bool
) -> None:
    """Assert that a cell says what its members come to."""
    above, below = pairs
    assert cell.n == len(below), name
    assert isclose(cell.numerator, sum(above), rel_tol=1e-9, abs_tol=1e-6), (name, cell)
    assert isclose(cell.denominator, sum(below), rel_tol=1e-9, abs_tol=1e-6), (name, cell)
    if not sum(below) or not said:
        assert (cell.value, cell.lower, cell.upper) == (None, None, None), (name, cell)
        return
    value = sum(above) / sum(below)
    assert cell.value is not None
    assert isclose(cell.value, value, rel_tol=1e-9, abs_tol=1e-9), (name, cell)
    if plain.share:
        bounds = stats.binomtest(int(sum(above)), len(below)).proportion_ci(method="wilson")
        assert isclose(cell.lower or 0.0, bounds.low, abs_tol=1e-9), (name, cell)
        assert isclose(cell.upper or 0.0, bounds.high, abs_tol=1e-9), (name, cell)
        return
    # as many members of equal size as would say as much (Kish 1965, section 11.2C)
    alike = sum(below) ** 2 / sum(b * b for b in below) if any(below) else 0.0
    if len(below) < 2 or alike < 2 or (plain.first and cell.age == 0):
        assert (cell.lower, cell.upper) == (None, None), (name, cell)
        return
    left = [a - value * b for a, b in zip(above, below, strict=True)]
    n, mean = len(below), sum(below) / len(below)
    error = sqrt(sum(one * one for one in left) / (n - 1) / n) / abs(mean)
    half = stats.t.ppf(0.975, alike - 1) * error
    assert cell.lower is not None
    assert cell.upper is not None
    close = {"rel_tol": 1e-6, "abs_tol": 1e-4}
    assert isclose(cell.lower, value - half, **close), (name, cell)
    assert isclose(cell.upper, value + half, **close), (name, cell)


def check_totals(name: str, plain: Plain, answer: Cohorts, expected: dict[Any, Any]) -> None:
    """Assert that totals pool the members of all mature cohorts, and of no other."""
    pooled: dict[Any, Any] = {}
    for (_opens, group, age), (above, below, _complete, mature, _said) in expected.items():
        if mature:
            whole = pooled.setdefault((group, age), ([], [], []))
            whole[0].extend(above)
            whole[1].extend(below)
            whole[2].append(1)
    found = {(_group(one), one.age): one for one in answer.totals}
    assert set(found) == set(pooled), name
    for key, (above, below, several) in pooled.items():
        assert found[key].cohorts == len(several)
        check(name, plain, found[key], (above, below), True)


@few
@given(made=companies())
def test_conversion_never_falls_with_age(build: Build, made: Generated) -> None:
    with build(made) as work:
        for kpi in ("lead_conversion_rate", "sales_conversion_rate"):
            rows: dict[Any, list[float]] = defaultdict(list)
            for cell in work.cohorts(kpi, grain="week", ages=30):
                rows[cell.opens].append(cell.value or 0.0)
            assert all(values == sorted(values) for values in rows.values())


@few
@given(made=companies())
def test_margin_of_the_latest_ages_is_the_historic_margin(build: Build, made: Generated) -> None:
    """What all cohorts have brought so far is what `clv` counts, but for orders of nobody."""
    world = World.of(made.settings, made.tables)
    known = {r["customer_id"] for r in world.placed("customers", "acquired_at", None)}
    nobody = [
        float(r["margin"])
        for r in world.placed("orders", "ordered_at", None)
        if not r["rate_missing"] and r["margin"] is not None and r["customer_id"] not in known
    ]
    with build(made) as work:
        latest = {cell.opens: cell for cell in work.cohorts("clv", ages=60)}
        whole = work.ask("clv", variant="historic").rows
    if whole:
        brought = sum(cell.numerator for cell in latest.values()) + sum(nobody)
        assert isclose(brought, whole[-1].numerator or 0.0, abs_tol=1e-6)
        assert sum(cell.n for cell in latest.values()) == (whole[-1].denominator or 0)


@few
@given(made=companies(), grain=st.sampled_from(["month", "quarter"]))
def test_the_variant_cohort_is_a_diagonal_of_the_triangle(
    build: Build, made: Generated, grain: str
) -> None:
    with build(made) as work:
        rows = {r.opens: r for r in work.ask("retention_rate", variant="cohort", grain=grain)}
        triangle = work.cohorts("retention_rate", grain=grain, ages=12)
    for cell in triangle:
        if cell.age == 12 and cell.opens is not None:
            then = made.settings.period(grain, cell.opens)
            for _ in range(12):
                then = made.settings.period(grain, then.closes)
            row = rows[then.opens]
            assert (row.numerator, row.denominator) == (cell.numerator, cell.denominator)
            assert row.complete or not cell.mature


@few
@given(made=companies())
def test_groups_add_up_and_filters_pick_one(build: Build, made: Generated) -> None:
    with build(made) as work:
        for kpi, variant in (("retention_rate", "default"), ("clv", "historic")):
            whole = work.cohorts(kpi, variant=variant, grain="quarter", ages=4)
            parts = work.cohorts(kpi, variant=variant, grain="quarter", ages=4, by=["channel"])
            web = work.cohorts(
                kpi, variant=variant, grain="quarter", ages=4, where={"channel": "web"}
            ) if any(_group(c) == "web" for c in parts) else None  # fmt: skip
            added: dict[Any, float] = defaultdict(float)
            for cell in parts:
                added[cell.opens, cell.age] += cell.numerator
            assert {(c.opens, c.age) for c in whole} == set(added)
            for cell in whole:
                assert isclose(cell.numerator, added[cell.opens, cell.age], abs_tol=1e-6)
            if web is not None:
                assert list(web) == [replace(c, dimensions={}) for c in parts if _group(c) == "web"]


@few
@given(made=companies())
def test_the_span_picks_cohorts_and_changes_none(build: Build, made: Generated) -> None:
    since, until = date(2024, 2, 1), date(2024, 9, 1)
    with build(made) as work:
        whole = work.cohorts("clv", ages=8)
        part = work.cohorts("clv", ages=8, since=since, until=until)
    kept = [c for c in whole if c.opens is not None and since <= c.opens < until]
    assert list(part) == kept


@few
@given(made=companies())
def test_members_of_a_cell_make_it(build: Build, made: Generated) -> None:
    some = ("retention_rate.gross_revenue", "clv.historic", "lead_conversion_rate.default")
    with build(made) as work:
        for kpi, variant in [name.split(".") for name in some]:
            triangle = work.cohorts(kpi, variant=variant, ages=3)
            for cell in list(triangle)[1::9][:2]:
                members = work.cohort_members(
                    kpi, f"{cell.opens:%Y-%m}:{cell.age}", variant=variant
                )
                assert len(members) == members.n == cell.n
                assert isclose(members.numerator, cell.numerator, abs_tol=1e-6)
                assert isclose(members.denominator, cell.denominator, abs_tol=1e-6)
