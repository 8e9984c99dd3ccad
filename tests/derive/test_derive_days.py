"""Local days tile time, whatever the clocks of a zone do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pytest
from derive_model import Crm

from kadar.derive.days import DAY, Days, number

ZONES = {
    # zone: years in which its clocks did something worth looking at
    "UTC": (2023, 2024),
    "America/Sao_Paulo": (2016, 2019),  # midnight did not exist when summer time began
    "America/New_York": (2005, 2009),
    "America/Havana": (2011, 2013),  # midnight comes twice when summer time ends
    "America/Toronto": (1918, 1920),  # clocks went from 23:30 to 00:30
    "Asia/Kuala_Lumpur": (1980, 1983),  # half an hour ahead on 1 January 1982
    "Asia/Beirut": (2010, 2012),
    "Africa/Casablanca": (2016, 2021),  # summer time stops for Ramadan; the base changed in 2018
    "Pacific/Apia": (2010, 2013),  # there was no 30 December 2011
    "Australia/Lord_Howe": (2010, 2012),  # half an hour of summer time
    "Europe/London": (1967, 1972),  # summer time all year
}


def days_of(zone: str, first: int, last: int) -> Days:
    return Days(ZoneInfo(zone), date(first, 1, 1), date(last, 12, 31))


@pytest.mark.parametrize("zone", ZONES)
def test_the_engine_agrees_on_the_day_of_every_quarter_of_an_hour(zone: str) -> None:
    days = days_of(zone, *ZONES[zone])
    first, last = days.openings[0], days.openings[-1] - 1
    disagreements = (
        duckdb.connect()
        .execute(
            f"""
        SELECT count(*) FILTER (ours IS DISTINCT FROM theirs), count(*) FROM (
            SELECT {days.sql("t")} AS ours, CAST(t AT TIME ZONE '{zone}' AS DATE) AS theirs
            FROM (
                SELECT make_timestamptz(s * 1000000::BIGINT + d) AS t
                FROM range({first}, {last}, 900) r(s), (VALUES (0), (899999999)) v(d)
            ) WHERE epoch_us(t) <= {last * 1_000_000}
        )
        """
        )
        .fetchone()
    )
    assert disagreements is not None
    assert disagreements[0] == 0
    assert disagreements[1] > 100_000


@pytest.mark.parametrize("zone", [*ZONES, "America/St_Johns"])
def test_the_day_of_a_moment_is_the_one_whose_bounds_hold_it(zone: str) -> None:
    days = days_of(zone, *ZONES.get(zone, (2006, 2011)))
    edges = [(s * 1_000_000 + d) for s in days.openings[:-1] for d in (-1, 0, 1)]
    found = (
        duckdb.connect()
        .execute(
            f"SELECT us, {days.sql('make_timestamptz(us)')} "
            "FROM (SELECT unnest($1::BIGINT[]) AS us) "
            f"WHERE us >= {days.openings[0] * 1_000_000}",
            [edges],
        )
        .fetchall()
    )
    for us, day in found:
        at = day.toordinal() - days.first.toordinal()
        assert days.openings[at] * 1_000_000 <= us < days.openings[at + 1] * 1_000_000


@pytest.mark.parametrize("zone", [*ZONES, "America/St_Johns"])
def test_a_day_opens_at_the_first_moment_from_which_the_date_is_never_earlier(zone: str) -> None:
    days = days_of(zone, *ZONES.get(zone, (2006, 2011)))
    day = days.first
    for opens, closes in zip(days.openings, days.openings[1:], strict=False):
        after = datetime.fromtimestamp(opens, UTC).astimezone(days.zone).date()
        before = datetime.fromtimestamp(opens - 1, UTC).astimezone(days.zone).date()
        assert before < day <= after
        assert 0 <= closes - opens <= 25 * 3600
        day += timedelta(days=1)


def test_where_midnight_does_not_exist_the_day_opens_at_the_change() -> None:
    days = days_of("America/Sao_Paulo", 2017, 2017)
    assert days.opens(date(2017, 10, 15)) == datetime(2017, 10, 15, 3, tzinfo=UTC).timestamp()
    assert days.opens(date(2017, 10, 16)) - days.opens(date(2017, 10, 15)) == 23 * 3600


def test_where_midnight_comes_twice_the_day_opens_at_the_first() -> None:
    days = days_of("America/Havana", 2012, 2012)
    opens = days.opens(date(2012, 11, 4))
    assert opens == datetime(2012, 11, 4, 4, tzinfo=UTC).timestamp()
    assert days.opens(date(2012, 11, 5)) - opens == 25 * 3600


def test_where_midnight_is_undone_the_day_opens_at_the_second() -> None:
    # until 2011 Newfoundland turned its clocks back at one minute past midnight
    days = days_of("America/St_Johns", 2010, 2010)
    assert days.opens(date(2010, 11, 7)) == datetime(2010, 11, 7, 3, 30, tzinfo=UTC).timestamp()


def test_a_day_the_zone_skipped_opens_and_closes_at_one_moment(crm: Crm) -> None:
    days = days_of("Pacific/Apia", 2011, 2011)
    skipped = datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp()
    assert days.opens(date(2011, 12, 30)) == days.opens(date(2011, 12, 31)) == skipped
    crm.put("leads", {"lead_id": "1", "created_at": "2011-12-30 10:00:00+00"})
    crm.derive(time_zone="Pacific/Apia")
    assert crm.rows("SELECT created_on FROM crm.leads") == [(date(2011, 12, 31),)]
    assert crm.rows(
        "SELECT working_minutes FROM crm.calendar WHERE day = '2011-12-30' AND opens_at = closes_at"
    ) == [(0,)]


def test_a_zone_without_changes_is_one_sum() -> None:
    days = days_of("Asia/Kuala_Lumpur", 2000, 2030)
    assert days.steady
    assert days.sql("t").count("CASE") == 1


def test_three_centuries_are_covered() -> None:
    days = days_of("America/New_York", 1899, 2200)
    assert len(days.openings) == number(days.last) - number(days.first) + 2
    assert all(b - a in (23 * 3600, DAY, 25 * 3600) for a, b in _pairs(days.openings)[1:])


def _pairs(values: list[int]) -> list[tuple[int, int]]:
    return list(pairwise(values))
