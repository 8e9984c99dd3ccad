"""Schedules in force: ten years of minutes in four countries, and random schedules."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from itertools import pairwise

import holidays
import numpy as np
import pytest
from brute_minutes import Hours, minutes, works
from derive_model import Crm
from hypothesis import given, settings
from hypothesis import strategies as st

from kadar.derive.days import Days
from kadar.derive.schedules import Timetables
from kadar.derive.settings import Settings
from kadar.project import Company
from kadar.schedule import Schedule

WEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = {day: ["09:00-13:00", "14:00-18:00"] for day in WEEK}
LONG = {**{day: ["08:30-20:15"] for day in WEEK}, "sat": ["10:00-14:00"]}
NIGHT = {day: ["00:00-03:30", "21:00-24:00"] for day in (*WEEK, "sat", "sun")}
CHANGE = date(2019, 3, 31)  # Berlin changes its clocks on it
FIRST, LAST = datetime(2014, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
# the clocks of the last three change, of Sydney and Adelaide the other way round
PLACES = {
    "Asia/Kuala_Lumpur": ("MY-14", OFFICE, LONG),
    "America/New_York": ("US-NY", LONG, NIGHT),
    "Europe/Berlin": ("DE-BY", NIGHT, OFFICE),
    "Australia/Sydney": ("AU-NSW", NIGHT, LONG),
    "Australia/Adelaide": ("AU-SA", OFFICE, NIGHT),
}


def public(place: str) -> set[date]:
    country, _, region = place.partition("-")
    return set(holidays.country_holidays(country, subdiv=region, years=range(2013, 2026)))


@pytest.mark.parametrize("zone", PLACES)
def test_ten_years_minute_by_minute(crm: Crm, zone: str) -> None:
    place, before, after = PLACES[zone]
    chance = random.Random(zone)
    instants = minutes(FIRST, LAST)
    start = int(instants[0])
    pairs = [
        sorted((chance.randrange(len(instants)), chance.randrange(len(instants))))
        for _ in range(1000)
    ]
    pairs += [[a, min(a + chance.choice((1, 30, 90, 900)), len(instants) - 1)] for a, _ in pairs]
    crm.connection.execute(
        "INSERT INTO model.tickets (ticket_id, created_at, resolved_at, source, recorded_at) "
        "SELECT CAST(i AS VARCHAR), make_timestamptz(a * 60000000), "
        "make_timestamptz(b * 60000000), 'a', TIMESTAMPTZ '2030-01-01 00:00:00+00' FROM (SELECT "
        "unnest($1::BIGINT[]) AS i, unnest($2::BIGINT[]) AS a, unnest($3::BIGINT[]) AS b)",
        [list(range(len(pairs))), [start + a for a, _ in pairs], [start + b for _, b in pairs]],
    )
    crm.derive(
        time_zone=zone,
        holidays=place,
        working_hours=before,
        schedules=[
            Schedule(
                name="later",
                working_hours=after,
                since=CHANGE.isoformat(),
                days_off=["12-24", "2021-06-01"],
                days_worked=["12-25"],
            )
        ],
    )
    kept = {day for day in public(place) if (day.month, day.day) != (12, 25)}
    off = kept | {date(year, 12, 24) for year in range(2013, 2026)} | {date(2021, 6, 1)}
    worked = works(
        instants, [Hours(zone, after, off, since=CHANGE), Hours(zone, before, public(place))]
    )
    before_each = np.concatenate([[0], np.cumsum(worked)])
    expected = [float(before_each[b] - before_each[a]) for a, b in pairs]
    found = crm.rows(
        "SELECT resolution_working_minutes FROM crm.tickets ORDER BY CAST(ticket_id AS INTEGER)"
    )
    assert [row[0] for row in found] == expected
    assert sum(expected[1000:]) > 0
    # the calendar counts the same minutes and knows the days off
    assert crm.rows(
        f"SELECT CAST(sum(working_minutes) AS BIGINT) FROM crm.calendar WHERE opens_at >= "
        f"make_timestamptz({start + 1440}::BIGINT * 60000000) AND closes_at <= "
        f"make_timestamptz({int(instants[-1]) - 1440}::BIGINT * 60000000)"
    ) == [(_whole_days(crm, start, worked),)]
    assert crm.rows("SELECT holiday FROM crm.calendar WHERE day = '2021-06-01'") == [
        ("2021-06-01",)
    ]


def _whole_days(crm: Crm, start: int, worked: np.ndarray) -> int:
    ((opens, closes),) = crm.rows(
        f"SELECT epoch_us(min(opens_at)) // 60000000, epoch_us(max(closes_at)) // 60000000 "
        f"FROM crm.calendar WHERE opens_at >= make_timestamptz({start + 1440}::BIGINT * 60000000) "
        f"AND closes_at <= make_timestamptz({start + len(worked) - 1441}::BIGINT * 60000000)"
    )
    return int(worked[opens - start : closes - start].sum())


ZONES = ("UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Europe/London")
ZONES += ("Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Pyongyang")
DAYS = st.dates(date(2018, 1, 20), date(2018, 4, 10))


@st.composite
def hours(draw: st.DrawFn) -> dict[str, list[str]]:
    week = {}
    for day in (*WEEK, "sat", "sun"):
        cuts = draw(st.lists(st.integers(0, 96), max_size=4, unique=True).map(sorted))
        spans = list(zip(cuts[::2], cuts[1::2], strict=False))
        if spans:
            week[day] = [
                f"{a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}" for a, b in spans
            ]
    return week


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    since, until = draw(st.none() | DAYS), draw(st.none() | DAYS)
    return Schedule(
        name="any",
        working_hours=draw(hours()),
        time_zone=draw(st.none() | st.sampled_from(ZONES)),
        since=since and since.isoformat(),
        until=until and until.isoformat(),
        days_off=[day.isoformat() for day in draw(st.lists(DAYS, max_size=3))],
    )


@settings(max_examples=30, deadline=None)
@given(zone=st.sampled_from(ZONES), own=hours(), others=st.lists(schedules(), max_size=3))
def test_random_schedules_minute_by_minute(
    zone: str, own: dict[str, list[str]], others: list[Schedule]
) -> None:
    company = Company(time_zone=zone, working_hours=own)
    tables = Timetables(Settings.of(company), company, others)
    days = Days(Settings.of(company).zone, date(2018, 1, 1), date(2018, 4, 30))
    instants = np.arange(days.openings[0] // 60, days.openings[-1] // 60)
    found = np.zeros(len(instants), dtype=bool)
    spans = tables.spans(days, tables.general)
    for span in spans:
        at = instants[0] * 60
        found[(span.opens - at) // 60 : (span.closes - at) // 60] = True
    order = [
        Hours(
            schedule.time_zone or zone,
            schedule.working_hours,
            [date.fromisoformat(day) for day in schedule.days_off],
            date.fromisoformat(schedule.since or "0001-01-01"),
            date.fromisoformat(schedule.until or "9999-12-31"),
        )
        for schedule in others
    ]
    assert (found == works(instants, [*order, Hours(zone, own)])).all()
    assert all(a.closes <= b.opens for a, b in pairwise(spans))


def test_who_a_schedule_is_for_and_its_history(crm: Crm) -> None:
    moment = "2024-01-{day} {hour}:00+00"
    for position, (owner, customer, priority) in enumerate(
        [("kl", "c", None), ("xy", "c", None), ("xy", "d", "HIGH "), ("kl", "d", "High")]
    ):
        crm.put(
            "tickets",
            {
                "ticket_id": str(position),
                "owner_id": owner,
                "customer_id": customer,
                "priority": priority,
                "created_at": moment.format(day="09", hour="08"),  # a Tuesday
                "resolved_at": moment.format(day="11", hour="20"),
            },
        )
    crm.put("people", {"person_id": "kl", "team": "Kuala Lumpur"}, {"person_id": "xy"})
    crm.put("customers", {"customer_id": "c", "country": "my"}, {"customer_id": "d"})
    every = [*WEEK, "sat", "sun"]
    crm.derive(
        schedules=[
            Schedule(name="urgent", working_hours={d: ["00:00-24:00"] for d in every},
                when={"priority": "high"}, since="2024-01-10"),
            Schedule(name="KL", working_hours={d: ["10:00-12:00"] for d in WEEK},
                when={"team": ["Kuala Lumpur", "Penang"], "customer.country": "MY"},
                until="2024-01-10"),
            Schedule(name="KL", working_hours={d: ["10:00-11:00"] for d in WEEK},
                when={"team": ["Kuala Lumpur"]}, since="2024-01-11"),
        ]
    )  # fmt: skip
    assert crm.rows(
        "SELECT schedule, resolution_working_minutes / 60 FROM crm.tickets ORDER BY ticket_id"
    ) == [
        ("KL", 2 + 2 + 1),
        (None, 9 * 3),
        (None, 9 + 24 + 20),  # urgent from the tenth on
        (None, 9 + 24 + 20),  # KL's country does not hold, and urgent comes first
    ]


def test_month_ends_belong_to_the_companys_zone(crm: Crm) -> None:
    """23:30 on the 31st in Adelaide is 13:00 UTC; 00:30 on the 1st in Kolkata is 19:00 UTC."""
    for zone, moment, month in (
        ("Australia/Adelaide", "2024-01-31 13:00+00", "2024-01"),
        ("Australia/Adelaide", "2024-01-31 13:31+00", "2024-02"),
        ("Asia/Kolkata", "2024-01-31 18:29+00", "2024-01"),
        ("Asia/Kolkata", "2024-01-31 19:00+00", "2024-02"),
        ("Asia/Pyongyang", "2018-05-31 15:00+00", "2018-06"),  # +09:00 again since 5 May 2018
        ("Asia/Pyongyang", "2018-04-30 15:00+00", "2018-04"),  # +08:30 before
    ):
        crm.clear()
        crm.put("orders", {"order_id": "1", "customer_id": "c", "ordered_at": moment})
        crm.derive(time_zone=zone)
        assert crm.rows(
            "SELECT p.label FROM crm.orders o JOIN crm.periods p ON p.grain = 'month' "
            "AND p.opens <= o.ordered_on AND o.ordered_on < p.closes"
        ) == [(month,)]
