"""The first days of every period: plain calculation, and flat traffic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kadar.errors import KadarError
from kadar.measure.question import Elapsed, Question
from kadar.workspace import Workspace
from tests.companies import at, company
from tests.kpis.conftest import Build
from tests.kpis.plain import World
from tests.kpis.plain_formulas import FORMULAS
from tests.kpis.plain_waiting import TWINS
from tests.kpis.strategies import Generated, companies
from tests.kpis.test_plain import ROOMS, ask, same

PLAIN = {**FORMULAS, **TWINS}
QUESTIONS = [
    Question("month", elapsed=Elapsed(13)),
    Question("quarter", elapsed=Elapsed(59)),
    Question("week", elapsed=Elapsed(3)),
    Question("quarter", ("country",), elapsed=Elapsed(20)),
]


@pytest.mark.parametrize("room", ROOMS)
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=companies(), question=st.sampled_from(QUESTIONS))
def test_equals_the_plain_calculation(
    build: Build, room: str, made: Generated, question: Question
) -> None:
    assert question.elapsed is not None
    with build(made) as work:
        rows = ask(work, room, question)
    world = World.of(made.settings, made.tables)
    assert rows
    for row in rows:
        only = world.only("country", row.dimensions["country"]) if question.by else world
        whole = made.settings.period(row.grain, row.opens)
        period = whole.first_days(question.elapsed.days)
        assert row.closes == period.closes
        expected = PLAIN[f"{row.kpi}.{row.variant}"](only, period)
        assert same(expected, row.value), (expected, row)


def steady(folder: Path, zone: str, until: str, first: str = "2026-01-01") -> Workspace:
    """A company where the same happens every day, at noon and half an hour past midnight."""
    days = [date.fromisoformat(first) + timedelta(days=i) for i in range(150)]
    local = ZoneInfo(zone)

    def moments(hour: int, minute: int = 0) -> list[datetime]:
        made = [datetime(d.year, d.month, d.day, hour, minute, tzinfo=local) for d in days]
        return [m.astimezone(UTC) for m in made if m < datetime.fromisoformat(until)]

    return company(
        folder,
        toml=f'currency = "EUR"\ntime_zone = "{zone}"\nobserved_until = "{until}"',
        orders=[
            {"ordered_at": m, "revenue": 10, "cost": 4, "customer_id": f"c{i}"}
            for i, m in enumerate(moments(12) + moments(0, 30))
        ],
        tickets=[{"created_at": m, "responded_at": m + timedelta(hours=2)} for m in moments(0, 30)],
        deals=[
            {"created_at": m, "closed_at": m, "outcome": "won" if i % 2 else "lost"}
            for i, m in enumerate(sorted(moments(9) + moments(10)))
        ],
        spend=[{"spent_at": m, "amount": 7} for m in moments(8)],
    )


FLAT = [
    "revenue", "average_order_value", "win_rate", "first_response_time", "cac", "new_customers",
    "margin_per_customer",
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "until", "days"),
    [
        ("UTC", "2026-03-18T15:00:00+00:00", 17),  # of the 18th only a part is known
        ("Europe/Berlin", "2026-04-08T12:00:00+02:00", 7),  # the clocks changed in March
        ("America/New_York", "2026-03-19T00:00:00-04:00", 18),  # … in these days
        ("Asia/Kuala_Lumpur", "2026-03-31T18:00:00+08:00", 28),  # 30 known; February has 28
    ],
)
def test_flat_traffic_to_date_is_no_change(
    tmp_path: Path, zone: str, until: str, days: int
) -> None:
    work = steady(tmp_path, zone, until)
    answer = work.ask(FLAT, to_date=True)
    assert answer.question.elapsed == Elapsed(days)
    for name in FLAT:
        before, now = [row for row in answer if row.kpi == name][-2:]
        assert now.complete
        assert (now.closes - now.opens).days == (before.closes - before.opens).days == days
        assert now.value == pytest.approx(before.value), name
    revenue = [row.value for row in answer if row.kpi == "revenue"]
    assert revenue[-1] == 2 * 10 * days


def test_a_part_of_a_month_is_not_beside_a_whole_one(tmp_path: Path) -> None:
    """What the law is there for: of whole months the running one would have fallen."""
    work = steady(tmp_path, "UTC", "2026-03-18T15:00:00+00:00")
    before, now = work.ask("revenue").rows[-2:]
    assert not now.complete
    assert now.value < 0.7 * before.value


def test_periods_with_fewer_days_are_left_out(tmp_path: Path) -> None:
    work = steady(tmp_path, "UTC", "2026-04-30T00:00:00+00:00")
    answer = work.ask("revenue", first_days=30)
    assert [row.opens.month for row in answer] == [1, 3, 4]
    assert [(row.closes.month, row.closes.day) for row in answer] == [(1, 31), (3, 31), (5, 1)]
    assert [row.complete for row in answer] == [True, True, False]


def test_working_days(tmp_path: Path) -> None:
    """May 2026 begins on a Friday, April on a Wednesday; 1 May is no holiday here.

    Up to Sunday 10 May six working days have passed: those of April end on Wednesday the 8th.
    """
    work = steady(tmp_path, "UTC", "2026-05-11T00:00:00+00:00")
    answer = work.ask("revenue", to_date=True, working_days=True)
    assert answer.question.elapsed == Elapsed(6, working=True)
    april, may = answer.rows[-2:]
    assert (april.closes, may.closes) == (date(2026, 4, 9), date(2026, 5, 9))
    assert (april.value, may.value) == (160.0, 160.0)


def test_a_state_closes_with_the_days(tmp_path: Path) -> None:
    """Two of four customers leave on the 10th, one on the 20th: by the 15th two are lost."""
    ends = ["2026-02-10", "2026-02-10", "2026-02-20", None]
    work = company(
        tmp_path,
        toml='currency = "EUR"\ncontract = true\nobserved_until = "2026-03-15"',
        subscriptions=[
            {"customer_id": f"c{i}", "started_at": at("2026-01-05"), "monthly_amount": 1,
             "ended_at": None if end is None else at(end)}
            for i, end in enumerate(ends)
        ],
    )  # fmt: skip
    rows = {row.opens.month: row for row in work.ask("churn_rate", to_date=True)}
    assert (rows[2].value, rows[2].closes) == (0.5, date(2026, 2, 16))
    assert (rows[3].value, rows[3].numerator) == (0.0, 0.0)


@pytest.mark.parametrize(("grain", "days"), [("day", 3), ("all", 3), ("month", 0)])
def test_grains_without_first_days_are_refused(tmp_path: Path, grain: str, days: int) -> None:
    work = steady(tmp_path, "UTC", "2026-02-10T00:00:00+00:00")
    with pytest.raises(KadarError) as error:
        work.ask("revenue", grain=grain, first_days=days)
    assert error.value.code == "KDR-ASK-030"


def test_no_whole_day_is_nothing_to_compare(tmp_path: Path) -> None:
    work = steady(tmp_path, "UTC", "2026-03-01T15:00:00+00:00")
    with pytest.raises(KadarError) as error:
        work.ask("revenue", to_date=True)
    assert error.value.code == "KDR-ASK-031"
