"""Laws that hold between answers, over generated companies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from math import isclose
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kadar.answer import Row
from kadar.asking import Asking
from kadar.kpi import PERCENT
from kadar.measure.question import Filter, Question
from kadar.model import TABLES
from kadar.workspace import Workspace
from tests.kpis.conftest import Build
from tests.kpis.plain import Settings
from tests.kpis.strategies import Generated, companies

few = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a company takes a second to build: too long to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Counts and sums of what happens: of days, weeks, months … and of every dimension they add up.
FLOWS = [
    ("revenue", "default"),
    ("interactions_per_customer", "count"),
    ("win_rate", "by_value"),
    ("win_rate", "with_overdue"),
    ("lead_conversion_rate", "same_period"),
    ("nps", "default"),
    ("first_response_time", "within_target"),
]
# Of who is there: only of dimensions of the customer they add up.
STOCKS = [
    ("active_customers", "default"),
    ("retention_rate", "default"),
    ("retention_rate", "repeat"),
    ("retention_rate", "net_revenue"),
    ("churn_rate", "with_new"),
    ("margin_per_customer", "default"),
    ("interactions_per_customer", "untouched"),
    ("clv", "historic"),
    ("pipeline_value", "default"),
]
OTHERS = [
    ("sales_cycle_length", "from_deal"),
    ("resolution_time", "p90"),
    ("nps", "per_customer"),
    ("churn_rate", "daily"),
]
# What may exceed 1 by its definition, or fall below 0.
UNBOUNDED = {
    ("lead_conversion_rate", "same_period"),
    ("sales_conversion_rate", "from_lead"),
    ("retention_rate", "net_revenue"),
    ("churn_rate", "daily"),
    ("margin_per_customer", "rate"),
    ("margin_per_customer", "mean_rate"),
}
Key = tuple[Any, ...]


def ask(work: Workspace, wanted: Iterable[tuple[str, str]], question: Question) -> list[Row]:
    with Asking(work.project) as asking:
        return asking.answer([(work.kpis[k], v) for k, v in wanted], question).rows


def parts(row: Row) -> list[float]:
    """Return what of a row adds up: numerator and denominator, else the value."""
    if row.numerator is None:
        return [row.value or 0.0]
    return [row.numerator, row.denominator or 0.0]


def added(rows: Iterable[Row], key: Any) -> dict[Key, list[float]]:
    """Add the parts of rows that have the same key."""
    totals: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        for place, part in enumerate(parts(row)):
            totals[(row.kpi, row.variant, *key(row))][place] += part
    return totals


def equal(left: dict[Key, list[float]], right: dict[Key, list[float]]) -> bool:
    """Whether totals are equal; one that is absent is 0."""
    nothing = [0.0, 0.0]
    return all(
        isclose(a, b, rel_tol=1e-9, abs_tol=1e-6)
        for key in {*left, *right}
        for a, b in zip(left.get(key, nothing), right.get(key, nothing), strict=True)
    )


def content(rows: Iterable[Row]) -> dict[Key, Any]:
    """Return everything rows say, by what they are about."""
    made = {}
    for row in rows:
        key = (row.kpi, row.variant, row.opens, row.closes, *row.dimensions.values())
        numbers = (row.value, row.numerator, row.denominator, row.lower, row.upper)
        rounded = tuple(None if n is None else float(f"{n:.9g}") for n in numbers)
        made[key] = (rounded, row.n, row.complete, row.mature, row.excluded)
    return made


@few
@given(made=companies(), grain=st.sampled_from(["month", "quarter"]))
def test_rates_lie_between_0_and_1_and_within_their_interval(
    build: Build, made: Generated, grain: str
) -> None:
    with build(made) as work:
        wanted = [
            (kpi.name, name)
            for kpi in work.kpis
            for name, variant in kpi.variants.items()
            if variant.unit == PERCENT
        ]
        rows = ask(work, wanted, Question(grain))
    for row in rows:
        if row.value is None:
            assert (row.lower, row.upper) == (None, None), row
            continue
        if (row.kpi, row.variant) not in UNBOUNDED:
            assert 0 <= row.value <= 1, row
        if row.lower is not None and row.upper is not None:
            assert row.lower - 1e-9 <= row.value <= row.upper + 1e-9, row
    of: dict[Key, dict[str, float | None]] = defaultdict(dict)
    for row in rows:
        of[row.opens,][f"{row.kpi}.{row.variant}"] = row.value
    for each in of.values():
        pairs = [
            ("retention_rate.default", "churn_rate.default", 1.0),
            ("retention_rate.gross_revenue", "churn_rate.revenue", 1.0),
            ("churn_rate.voluntary", "churn_rate.involuntary", each["churn_rate.default"]),
        ]
        for left, right, whole in pairs:
            if each[left] is None:
                assert each[right] is None
            else:
                assert each[left] + each[right] == pytest.approx(whole)  # type: ignore[operator]


@few
@given(made=companies(), grain=st.sampled_from(["month", "quarter", "all"]))
def test_the_rows_of_a_dimension_make_the_whole(build: Build, made: Generated, grain: str) -> None:
    with build(made) as work:
        for wanted, name in ((FLOWS, "channel"), (FLOWS + STOCKS, "country")):
            whole = ask(work, wanted, Question(grain))
            split = ask(work, wanted, Question(grain, (name,)))
            assert equal(added(whole, opens), added(split, opens))
            counted = [sum(sum(r.excluded.values()) for r in rows) for rows in (whole, split)]
            assert counted[0] == counted[1]


def opens(row: Row) -> Key:
    return (row.opens,)


@few
@given(made=companies())
def test_days_make_weeks_months_quarters_years_and_the_whole(build: Build, made: Generated) -> None:
    plain: Settings = made.settings
    with build(made) as work:
        days = ask(work, FLOWS, Question("day"))
        for grain in ("week", "month", "quarter", "year"):
            coarse = ask(work, FLOWS, Question(grain))
            of_days = added(days, lambda row, g=grain: (plain.begins(g, row.opens),))
            assert equal(added(coarse, opens), of_days), grain
        whole = ask(work, FLOWS, Question("all"))
        assert equal(added(whole, lambda _: ()), added(days, lambda _: ()))
    for row in whole + days:
        midnight = datetime(row.closes.year, row.closes.month, row.closes.day)  # noqa: DTZ001
        closes = midnight.replace(tzinfo=ZoneInfo(plain.time_zone))
        seen = plain.midnight(date.fromordinal(plain.observed_until.toordinal() + 1))
        assert row.complete == (closes <= seen)


@few
@given(
    made=companies(),
    name=st.sampled_from(["country", "channel", "customer_id"]),
    grain=st.sampled_from(["month", "year"]),
)
def test_a_row_equals_the_answer_filtered_by_its_value(
    build: Build, made: Generated, name: str, grain: str
) -> None:
    wanted = [*FLOWS[1::2], *STOCKS[::2], *OTHERS[::2]] if name != "customer_id" else FLOWS[:2]
    with build(made) as work:
        split = content(ask(work, wanted, Question(grain, (name,))))
        for value in sorted({key[-1] for key in split}, key=str)[:2]:
            where = (Filter(name, "=", ("" if value is None else str(value),)),)
            alone = content(ask(work, wanted, Question(grain, (), where)))
            for key, said in alone.items():
                assert split[(*key, value)] == said, key
            for key, said in split.items():
                if key[-1] == value and key[:-1] not in alone:  # before its first row
                    assert said[0][0] in (None, 0.0), key


@few
@given(made=companies())
def test_several_kpis_asked_together_answer_as_each_alone(build: Build, made: Generated) -> None:
    wanted = [*FLOWS[::3], *STOCKS[1::3], *OTHERS[::3]]
    with build(made) as work:
        together = content(ask(work, wanted, Question("quarter", ("country",))))
        for one in wanted:
            for key, said in content(ask(work, [one], Question("quarter", ("country",)))).items():
                assert together[key] == said, key


@few
@given(made=companies(), grain=st.sampled_from(["week", "month", "quarter"]))
def test_a_span_never_changes_a_period_that_remains(
    build: Build, made: Generated, grain: str
) -> None:
    wanted = [*FLOWS[::2], *STOCKS[::2], *OTHERS]
    since, until = date(2024, 2, 14), date(2024, 11, 2)
    with build(made) as work:
        whole = content(ask(work, wanted, Question(grain)))
        within = content(ask(work, wanted, Question(grain, (), (), since, until)))
    for key, said in within.items():
        assert since <= key[2] < until
        if key in whole:  # else it lies before the first row
            assert whole[key] == said, key
    for key in whole:
        assert (key in within) == (since <= key[2] < until)


@few
@given(made=companies())
def test_a_span_asked_as_one_period_is_the_year_that_it_is(build: Build, made: Generated) -> None:
    wanted = [one for one in [*FLOWS, *STOCKS, *OTHERS] if one != ("retention_rate", "repeat")]
    with build(made) as work:
        years = ask(work, wanted, Question("year"))
        first, last = max((row.opens, row.closes) for row in years if row.complete)
        span = Question("all", (), (), first, last)
        year = content(row for row in years if row.opens == first)
        assert content(ask(work, wanted, span)) == year
        cost, lagged = ask(work, [("cac", "default"), ("cac", "lagged")], span)
        assert lagged.value == cost.value  # one period has none before it


@few
@given(made=companies())
def test_filters_and_dimensions_commute(build: Build, made: Generated) -> None:
    wanted = [*FLOWS[::2], *STOCKS[:4]]
    one, other = Filter("country", "!=", ("DE",)), Filter("segment", "=", ("small", ""))
    wanted = [w for w in wanted if not w[0].startswith("lead")]
    with build(made) as work:
        there = ask(work, wanted, Question("quarter", ("country", "segment"), (one, other)))
        back = ask(work, wanted, Question("quarter", ("segment", "country"), (other, one)))
    turned = [
        replace(row, dimensions={n: row.dimensions[n] for n in ("country", "segment")})
        for row in back
    ]
    assert content(there) == content(turned)
    assert {row.dimensions["country"] for row in there} <= {"MY", None}
    assert {row.dimensions["segment"] for row in there} <= {"small", None}


@few
@given(made=companies(), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(build: Build, made: Generated, seed: int) -> None:
    keyed = {
        name: [{TABLES[name].key[0]: f"{name}-{i}", **row} for i, row in enumerate(rows)]
        for name, rows in made.tables.items()
    }
    random = Random(seed)
    mixed = {name: random.sample(rows, len(rows)) for name, rows in keyed.items()}
    question, wanted = Question("quarter", ("channel",)), [*FLOWS[::2], *STOCKS[::2], *OTHERS]
    with build(replace(made, tables=keyed)) as work:
        one = content(ask(work, wanted, question))
    with build(replace(made, tables=mixed)) as work:
        assert content(ask(work, wanted, question)) == one
