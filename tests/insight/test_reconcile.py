"""Bridges between definitions: exact, with the rows that make each step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from math import isclose
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kadar.answer import Row
from kadar.asking import Asking
from kadar.errors import KadarError
from kadar.insight.bridge import Step
from kadar.insight.compared import End, Scope
from kadar.insight.figure import Explained, Figure
from kadar.insight.reconcile import Reconciled, between
from kadar.insight.sides import Values, mean, sides
from kadar.measure.formula import Formula
from kadar.measure.period import find_period
from kadar.model import TABLES
from kadar.workspace import Workspace
from tests.companies import at, company
from tests.insight.test_records import generated
from tests.kpis.strategies import Generated, companies

few = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a company takes a second to build
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = generated()
    columns = {table: TABLES[table].column_names for table in TABLES}
    folder = tmp_path_factory.mktemp("reconcile")
    return company(folder, toml=made.settings.toml(), columns=columns, **made.tables)


@pytest.fixture(scope="module")
def zoho(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """30 deals closed in the quarter, 9 of them won; 12 open ones should have closed in it."""
    closed = [
        {"created_at": at("2026-03-01"), "closed_at": at(f"2026-0{4 + i % 3}-1{i % 9}"),
         "outcome": "won" if i < 9 else "lost", "owner_id": "42" if i < 20 else "43"}
        for i in range(30)
    ]  # fmt: skip
    overdue = [
        {"created_at": at("2026-03-01"), "expected_close_at": at(f"2026-05-{i + 1:02}"),
         "outcome": "open", "owner_id": "42" if i < 5 else "43"}
        for i in range(12)
    ]  # fmt: skip
    waiting = {"created_at": at("2026-05-01"), "expected_close_at": at("2026-09-01"),
               "outcome": "open", "owner_id": "42"}  # fmt: skip
    return company(
        tmp_path_factory.mktemp("zoho"),
        toml='name = "Acme"\nobserved_until = 2026-07-01\ntime_zone = "Asia/Kuala_Lumpur"',
        people=[{"person_id": "42"}, {"person_id": "43"}],
        deals=[*closed, *overdue, waiting],
    )


def bridge(work: Workspace, kpi: str, period: str, other: str, **more: Any) -> Reconciled:
    made = work.reconcile(kpi, period, other=other, **more)
    assert isinstance(made, Reconciled)
    return made


def test_twelve_overdue_deals(zoho: Workspace) -> None:
    made = bridge(zoho, "win_rate", "2026-Q2", "with_overdue")
    assert (made.start.value, made.end.value) == (Fraction(9, 30), Fraction(9, 42))
    (step,) = made.steps
    assert (step.kind, step.rows, step.above, step.below) == ("came", 12, 0, 12)
    assert step.effect == Fraction(9, 42) - Fraction(9, 30)
    assert {row.row["deal_id"] for row in step.changes} == {f"deals-{i}" for i in range(30, 42)}
    assert str(step.reason) == (
        "expected to close in the period, not closed, outcome is open, expected_close_at has passed"
    )
    group = bridge(zoho, "win_rate", "2026-Q2", "with_overdue", by=["owner_id=42"])
    assert (group.start.value, group.end.value) == (Fraction(9, 20), Fraction(9, 25))
    assert group.steps[0].rows == 5


def test_a_figure_finds_its_definition(zoho: Workspace) -> None:
    for text in ("21.4%", "21.4 %", "0.214", "0.2143"):
        made = zoho.reconcile("win_rate", "2026-Q2", value=text)
        assert isinstance(made, Explained)
        assert made.explained, text
        assert made.candidates[0].variant == "with_overdue"
        assert made.bridge.steps[0].rows == 12
    none = zoho.reconcile("win_rate", "2026-Q2", value="0.5")
    assert isinstance(none, Explained)
    assert not none.explained
    nearest = min(abs(one.difference) for one in none.candidates)
    assert abs(none.candidates[0].difference) == nearest


def test_days_in_utc_and_the_quarter_before_explain_figures(tmp_path: Path) -> None:
    # UTC+8: 20:00 UTC on 30 June is July there; of 11 in UTC's quarter, the company has 8
    deals = [
        {"created_at": at("2026-01-01"), "closed_at": moment, "outcome": outcome}
        for moment, outcome, times in (
            (at("2026-03-31 20:00"), "won", 2),  # April in Kuala Lumpur
            (at("2026-05-01"), "won", 4),
            (at("2026-05-01"), "lost", 2),
            (at("2026-06-30 20:00"), "lost", 5),  # July in Kuala Lumpur
            (at("2026-02-01"), "won", 1),
            (at("2026-02-01"), "lost", 9),
        )
        for _ in range(times)
    ]
    zone = 'time_zone = "Asia/Kuala_Lumpur"\nobserved_until = 2026-10-01'
    work = company(tmp_path, toml=zone, deals=deals)
    assert work.ask("win_rate", grain="quarter", since="2026-04-01").rows[0].value == 0.75
    utc = work.reconcile("win_rate", "2026-Q2", value="36.4%")  # 4 of 11
    assert isinstance(utc, Explained)
    assert utc.explained
    assert str(utc.bridge.end.convention) == "days counted in UTC"
    (step,) = utc.bridge.steps
    assert (step.kind, step.rows) == ("period", 7)
    assert utc.bridge.start.value + step.effect == utc.bridge.end.value
    before = work.reconcile("win_rate", "2026-Q2", value="10%")
    assert isinstance(before, Explained)
    assert before.explained
    assert str(before.bridge.end.convention) == "2026-Q1 instead"
    to_date = work.reconcile("win_rate", "2026-Q2", value="38.9%")  # 7 of 18
    assert isinstance(to_date, Explained)
    assert to_date.explained
    assert "up to the end of 2026-Q2" in str(to_date.bridge.end.convention)


@pytest.mark.parametrize(
    ("text", "unit", "value", "tolerance"),
    [
        ("0.221", "percent", Fraction(221, 1000), Fraction(5, 10000)),
        ("22.1%", "percent", Fraction(221, 1000), Fraction(5, 10000)),
        ("22.1 %", "percent", Fraction(221, 1000), Fraction(5, 10000)),
        ("22", "percent", Fraction(22, 100), Fraction(5, 1000)),
        ("RM 1,204.5", "money", Fraction(12045, 10), Fraction(5, 100)),
        ("-12", "points", Fraction(-12), Fraction(1, 2)),
    ],
)
def test_figures_are_read_with_their_rounding(
    text: str, unit: str, value: Fraction, tolerance: Fraction
) -> None:
    figure = Figure.read(text, unit)
    assert (figure.value, figure.tolerance) == (value, tolerance)


def test_what_cannot_be_reconciled_is_refused(work: Workspace, zoho: Workspace) -> None:
    for code, where, asked in (
        ("KDR-REC-001", work, {"kpi": "cac", "other": "payback_months"}),
        ("KDR-REC-002", zoho, {"kpi": "win_rate", "other": "of_created", "period": "2026-W14",
                               "where": ["owner_id=43"]}),
        ("KDR-REC-003", zoho, {"kpi": "win_rate", "value": "a fifth", "period": "2026-Q2"}),
        ("KDR-REC-004", zoho, {"kpi": "win_rate", "period": "2026-Q2"}),
        ("KDR-KPI-004", zoho, {"kpi": "win_rate", "period": "2026-Q2", "other": "zoho"}),
    ):  # fmt: skip
        with pytest.raises(KadarError) as raised:
            where.reconcile(**{"period": "2024-05", **asked})  # type: ignore[arg-type]
        assert raised.value.code == code


# --- laws ---------------------------------------------------------------------------------------


def replay(start: Row, end: Row, steps: tuple[Step, ...], formulas: tuple[Formula, Formula]) -> int:
    """Assert that the rows of the steps lead from the one answer to the other; how many there are.

    Steps that sums make add up to the numerators and denominators of the answers. Steps of
    values, played on the rows' values, give the median or mean that numpy finds in them.
    """
    for step in steps:
        if step.above is not None:
            assert sum((c.above or 0 for c in step.changes), Fraction(0)) == step.above
            assert sum((c.below or 0 for c in step.changes), Fraction(0)) == step.below
    by_rows = [step for step in steps if step.kind not in ("formula", "period")]
    if by_rows != list(steps) or not steps:
        return 0
    if all(step.above is not None for step in steps):
        for side, index in (("above", 0), ("below", 1)):
            old, new = (ends(row)[index] for row in (start, end))
            added = sum(getattr(step, side) for step in steps)
            assert isclose(old + float(added), new, rel_tol=1e-9, abs_tol=1e-6)
    elif steps[-1].kind == "summed":
        values = [float(c.below) for c in steps[-1].changes if c.below is not None]
        assert isclose(summed(formulas[1], values), end.value or 0.0, rel_tol=1e-9, abs_tol=1e-9)
        if len(steps) == 1:
            assert isclose(summed(formulas[0], values), start.value or 0.0, abs_tol=1e-9)
    return sum(step.rows for step in steps)


def ends(row: Row) -> tuple[float, float]:
    """Numerator and denominator; of what is no ratio, itself and nothing."""
    if row.denominator is None:
        return row.value or 0.0, 0.0
    return row.numerator or 0.0, row.denominator


def summed(formula: Formula, values: list[float]) -> float:
    made = sides(formula)
    if not isinstance(made, Values):
        made = mean(formula)
    assert made is not None
    return fmean(values) if made.share is None else float(np.quantile(values, made.share))


@pytest.mark.parametrize(("label", "turn"), [("FY2025-Q1", 0), ("FY2025-Q3", 1)])
def test_every_two_variants_of_one_unit_reconcile(work: Workspace, label: str, turn: int) -> None:
    """The steps of every pair of variants of every KPI sum exactly, and their rows make them.

    The pairs take turns in the two periods.
    """
    rows = 0
    with Asking(work.project) as asking:
        period = find_period(label, asking.engine.run)
        scope = Scope(asking, period.question())
        pairs = [
            (kpi, pair)
            for kpi in work.kpis
            for pair in combinations(kpi.variants, 2)
            if len({kpi.get(name).unit for name in pair}) == 1
        ][turn::2]
        pairs = [(kpi, pair[::-1] if turn else pair) for kpi, pair in pairs]
        wanted = list({(k.name, n): (k, n) for k, pair in pairs for n in pair}.values())
        answer = asking.answer(wanted, scope.question, collect=True)
        said = {(row.kpi, row.variant): row for row in answer if row.value is not None}
        done = 0
        for kpi, pair in pairs:
            if any((kpi.name, name) not in said for name in pair):
                continue
            first, second = (
                End(name, asking.formula(kpi, name), scope, said[kpi.name, name]) for name in pair
            )
            start, end, steps = between(first, second, period)
            assert start.value + sum(step.effect for step in steps) == end.value
            assert isclose(float(start.value), first.row.value or 0.0, abs_tol=1e-9, rel_tol=1e-9)
            assert isclose(float(end.value), second.row.value or 0.0, abs_tol=1e-9, rel_tol=1e-9)
            value = start.value
            for step in steps:
                value += step.effect
                assert step.value == value
                assert str(step.reason)
            rows += replay(first.row, second.row, steps, (first.formula, second.formula))
            done += 1
    assert done > 20
    assert rows > 200


@few
@given(made=companies(), label=st.sampled_from(["2024-05", "2024-02"]))
def test_generated_companies_reconcile(
    tmp_path_factory: pytest.TempPathFactory, made: Generated, label: str
) -> None:
    wanted = [
        ("win_rate", "default", "of_created"),
        ("lead_conversion_rate", "same_period", "default"),
        ("sales_cycle_length", "from_deal", "mean"),
        ("interactions_per_customer", "default", "all"),
        ("csat", "default", "good_bad"),
    ]
    columns = {table: TABLES[table].column_names for table in TABLES}
    folder = tmp_path_factory.mktemp("generated")
    work = company(folder, toml=made.settings.toml(), columns=columns, **made.tables)
    for kpi, one, other in wanted:
        try:
            found = bridge(work, kpi, label, other, variant=one)
        except KadarError as error:
            assert error.code == "KDR-REC-002"  # noqa: PT017
            continue
        effects = sum((step.effect for step in found.steps), Fraction(0))
        assert found.start.value + effects == found.end.value
        assert all(step.kind != "formula" for step in found.steps)


@few
@given(seed=st.integers(0, 2**16))
def test_each_deal_is_in_the_step_that_plain_python_puts_it_in(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    random = Random(seed)
    zone = ZoneInfo("Europe/Berlin")
    deals = []
    for i in range(60):
        created = datetime(2026, 1, 1, tzinfo=zone) + timedelta(hours=random.randrange(4000))
        outcome = random.choice(["won", "lost", "lost", "open"])
        closed = created + timedelta(hours=random.randrange(-200, 3000))
        deals.append({"deal_id": f"d{i}", "created_at": created, "outcome": outcome,
                      "closed_at": None if outcome == "open" else closed})  # fmt: skip
    work = company(
        tmp_path_factory.mktemp("plain"),
        toml='time_zone = "Europe/Berlin"\nobserved_until = 2026-12-31',
        deals=deals,
    )

    def quarter(moment: datetime | None) -> int | None:
        if moment is None:
            return None
        day = moment.astimezone(zone).date()
        return (day >= date(2026, 4, 1)) + (day >= date(2026, 7, 1))

    came: dict[str, set[str]] = {}
    went: dict[str, set[str]] = {}
    when = {0: "before the period", 2: "after the period"}
    for deal in deals:
        created, closed = quarter(deal["created_at"]), quarter(deal["closed_at"])
        if created == 1 and closed != 1:
            why = "not closed, outcome is open" if closed is None else f"closed {when[closed]}"
            came.setdefault(f"created in the period, {why}", set()).add(deal["deal_id"])
        if closed == 1 and created != 1 and created is not None:
            why = f"closed in the period, created {when[created]}"
            went.setdefault(why, set()).add(deal["deal_id"])
    made = bridge(work, "win_rate", "2026-Q2", "of_created")
    for kind, expected in (("came", came), ("went", went)):
        found = {
            str(step.reason): {change.row["deal_id"] for change in step.changes}
            for step in made.steps
            if step.kind == kind
        }
        assert found == expected
    total = sum((step.effect for step in made.steps), Fraction(0))
    assert made.start.value + total == made.end.value
