"""The working clock against counting minutes, one by one, by another library's time zones."""

from __future__ import annotations

import random

import holidays
import pytest
from derive_model import Crm

WEEK = ("mon", "tue", "wed", "thu", "fri")
PLACES = {
    # zone, holidays, working hours, years
    "Kuala Lumpur": (
        "Asia/Kuala_Lumpur",
        "MY-14",
        {d: ["09:00-13:00", "14:00-18:00"] for d in WEEK},
    ),
    "New York, nights too": (
        "America/New_York",
        "US",
        {d: ["22:00-06:00", "13:00-13:30"] for d in ("mon", "sat", "sun")},
    ),
    "London, always": ("Europe/London", None, {d: ["00:00-24:00"] for d in (*WEEK, "sat", "sun")}),
    "Berlin, through the change": (
        "Europe/Berlin",
        "DE-BY",
        {"sat": ["20:00-02:30"], "sun": ["01:30-02:15", "02:30-03:30"], "mon": ["05:00-09:00"]},
    ),
    "Casablanca": ("Africa/Casablanca", "MA", {d: ["08:30-16:30"] for d in WEEK}),
    "Sao Paulo": ("America/Sao_Paulo", "BR-SP", {"sat": ["23:30-00:30"], "sun": ["00:00-01:00"]}),
}
YEARS = (2017, 2018)


@pytest.mark.parametrize("place", PLACES)
def test_working_minutes_equal_minutes_counted_one_by_one(crm: Crm, place: str) -> None:
    zone, country, hours = PLACES[place]
    chance = random.Random(place)
    first, last = 1483228800, 1546300800  # 2017-01-01 and 2019-01-01, UTC
    pairs = [
        sorted(chance.randrange(first // 60, last // 60) * 60 for _ in "ab") for _ in range(900)
    ]
    pairs += [  # around the changes of the clocks, and within a day
        sorted(first + chance.randrange(63_072_000) // 60 * 60 + d * 60 for d in (0, near))
        for near in (1, 59, 60, 90, 480, 1440)
        for _ in range(50)
    ]
    crm.connection.execute(
        "INSERT INTO model.tickets (ticket_id, created_at, resolved_at, source, recorded_at) "
        "SELECT DISTINCT a || '-' || b, "  # the same moments twice are one ticket
        "make_timestamptz(a * 1000000), make_timestamptz(b * 1000000), 'a', "
        "TIMESTAMPTZ '2020-01-01 00:00:00+00' "
        "FROM (SELECT unnest($1::BIGINT[]) AS a, unnest($2::BIGINT[]) AS b)",
        [[a for a, _ in pairs], [b for _, b in pairs]],
    )
    crm.derive(time_zone=zone, holidays=country, working_hours=hours)
    brute_force(crm, zone, country, hours, seconds=range(first, last + 100_000, 60))
    wrong = crm.rows(
        """
        SELECT t.created_at, t.resolved_at, t.resolution_working_minutes, b.counted - a.counted
        FROM crm.tickets t JOIN counted a ON a.t = epoch(t.created_at)
            JOIN counted b ON b.t = epoch(t.resolved_at)
        WHERE t.resolution_working_minutes IS DISTINCT FROM b.counted - a.counted
        """
    )
    assert wrong == []
    assert (
        crm.rows("SELECT count(*) FROM crm.tickets WHERE resolution_working_minutes > 0")[0][0] > 50
    )
    # the clock read from the calendar alone, at midnights, says the same
    assert crm.rows(
        """
        SELECT count(*) FILTER (abs(c.working_minutes - (b.counted - a.counted)) > 1e-6),
            count(*) > 700
        FROM crm.calendar c JOIN counted a ON a.t = epoch(c.opens_at)
            JOIN counted b ON b.t = epoch(c.closes_at)
        """
    ) == [(0, True)]


def brute_force(
    crm: Crm, zone: str, country: str | None, hours: dict[str, list[str]], *, seconds: range
) -> None:
    """Table `counted`: working minutes before t (seconds), by looking at every minute."""
    code, _, region = (country or "").partition("-")
    free = (
        list(holidays.country_holidays(code, subdiv=region or None, years=(2016, *YEARS, 2019)))
        if country
        else []
    )
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

    def minutes(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    cases = []
    for name, spans in hours.items():
        for span in spans:
            a, b = (minutes(part) for part in span.split("-"))
            at = f"dow = {names.index(name) + 1} AND NOT free"
            if b > a:
                cases.append(f"({at} AND clock >= {a} AND clock < {b})")
            else:
                after = f"dow_before = {names.index(name) + 1} AND NOT free_before"
                cases += [f"({at} AND clock >= {a})", f"({after} AND clock < {b})"]
    crm.connection.execute(
        "CREATE OR REPLACE TEMP TABLE free AS SELECT unnest($1::DATE[]) d", [free]
    )
    crm.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT t, coalesce(sum(works) OVER (ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING
            AND 1 PRECEDING), 0) AS counted
        FROM (
            SELECT t, CASE WHEN {" OR ".join(cases)} THEN 1 ELSE 0 END AS works FROM (
                SELECT t, isodow(l) AS dow, isodow(l - INTERVAL 1 DAY) AS dow_before,
                    hour(l) * 60 + minute(l) AS clock,
                    CAST(l AS DATE) IN (SELECT d FROM free) AS free,
                    CAST(l - INTERVAL 1 DAY AS DATE) IN (SELECT d FROM free) AS free_before
                FROM (
                    SELECT t, make_timestamptz(t * 1000000) AT TIME ZONE '{zone}' AS l
                    FROM range({seconds.start}, {seconds.stop}, {seconds.step}) r(t)
                )
            )
        )
        """
    )


def test_working_days_never_overlap_and_agree_with_the_calendar(crm: Crm) -> None:
    crm.put("leads", {"lead_id": "1", "created_at": "2018-03-25 10:00:00+00"})
    hours = {"sat": ["20:00-04:00"], "sun": ["01:00-03:30", "03:00-09:00"]}
    crm.derive(time_zone="Europe/Berlin", working_hours=hours)
    assert crm.rows(
        """
        SELECT count(*) FILTER (opens_at < before), count(*) FILTER (opens_at >= closes_at),
            count(*) FILTER (abs(minutes_before - total) > 1e-6)
        FROM (
            SELECT *, lag(closes_at) OVER (ORDER BY opens_at) AS before, coalesce(sum(
                (epoch(closes_at) - epoch(opens_at)) / 60) OVER (ORDER BY opens_at ROWS BETWEEN
                UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS total
            FROM crm.working_days
        )
        """
    ) == [(0, 0, 0)]
    assert crm.rows(
        """
        SELECT count(*) FROM crm.calendar c JOIN (
            SELECT day, sum((epoch(closes_at) - epoch(opens_at)) / 60) AS minutes
            FROM crm.working_days GROUP BY day
        ) w USING (day) WHERE w.minutes <> c.working_minutes
        """
    ) == [(0,)]
    # 25 March 2018 has no 02:00 … 03:00: 00:00-02:00 and 03:00-09:00 are eight hours
    assert crm.rows("SELECT working_minutes FROM crm.calendar WHERE day = '2018-03-25'") == [(480,)]


def test_a_company_that_never_works_has_no_working_minutes(crm: Crm) -> None:
    crm.put(
        "tickets",
        {
            "ticket_id": "1",
            "created_at": "2018-03-25 10:00+00",
            "resolved_at": "2018-05-25 10:00+00",
        },
    )
    crm.derive(working_hours={})
    assert crm.rows("SELECT resolution_working_minutes FROM crm.tickets") == [(0,)]
    assert crm.rows("SELECT count(*) FROM crm.working_days") == [(0,)]
