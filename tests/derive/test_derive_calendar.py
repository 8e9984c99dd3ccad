"""Periods: weeks, fiscal years and what they are called."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from derive_model import Crm

from kadar.errors import KadarError


@pytest.fixture
def year(crm: Crm) -> Crm:
    """A model whose moments lie in 2024 and 2025."""
    return crm.put(
        "leads",
        {"lead_id": "1", "created_at": "2024-02-29 10:00:00+00"},
        {"lead_id": "2", "created_at": "2025-02-28 10:00:00+00"},
    )


def period(crm: Crm, grain: str, day: str) -> list[tuple[Any, ...]]:
    return crm.rows(
        f"SELECT opens, closes, label FROM crm.periods "
        f"WHERE grain = '{grain}' AND opens <= DATE '{day}' AND DATE '{day}' < closes"
    )


def test_calendar_years(year: Crm) -> None:
    year.derive()
    assert period(year, "year", "2024-05-06") == [(date(2024, 1, 1), date(2025, 1, 1), "2024")]
    assert period(year, "quarter", "2024-05-06") == [
        (date(2024, 4, 1), date(2024, 7, 1), "2024-Q2")
    ]
    assert period(year, "month", "2024-02-29") == [(date(2024, 2, 1), date(2024, 3, 1), "2024-02")]
    assert period(year, "week", "2024-12-31") == [
        (date(2024, 12, 30), date(2025, 1, 6), "2025-W01")
    ]
    assert period(year, "day", "2024-02-29") == [
        (date(2024, 2, 29), date(2024, 3, 1), "2024-02-29")
    ]


@pytest.mark.parametrize(
    ("starts", "day", "of_year", "of_quarter"),
    [
        ("07-01", "2024-06-30", ("2023-07-01", "FY2024"), ("2024-04-01", "FY2024-Q4")),
        ("07-01", "2024-07-01", ("2024-07-01", "FY2025"), ("2024-07-01", "FY2025-Q1")),
        ("04-06", "2024-04-05", ("2023-04-06", "FY2024"), ("2024-01-06", "FY2024-Q4")),
        ("04-06", "2024-07-06", ("2024-04-06", "FY2025"), ("2024-07-06", "FY2025-Q2")),
        ("10-01", "2024-12-31", ("2024-10-01", "FY2025"), ("2024-10-01", "FY2025-Q1")),
        ("08-31", "2025-02-28", ("2024-08-31", "FY2025"), ("2025-02-28", "FY2025-Q3")),
        ("08-31", "2025-02-27", ("2024-08-31", "FY2025"), ("2024-11-30", "FY2025-Q2")),
        ("01-15", "2025-01-14", ("2024-01-15", "2024"), ("2024-10-15", "2024-Q4")),
    ],
)
def test_fiscal_years(
    year: Crm, starts: str, day: str, of_year: tuple[str, str], of_quarter: tuple[str, str]
) -> None:
    year.derive(fiscal_year_starts=starts)
    for grain, (opens, label) in (("year", of_year), ("quarter", of_quarter)):
        found = period(year, grain, day)
        assert [(row[0].isoformat(), row[2]) for row in found] == [(opens, label)]


@pytest.mark.parametrize(
    ("starts", "opens", "label"),
    [
        ("monday", date(2024, 12, 23), "2024-W52"),
        ("sunday", date(2024, 12, 29), "2025-W01"),
        ("saturday", date(2024, 12, 28), "2025-W01"),
    ],
)
def test_weeks(year: Crm, starts: str, opens: date, label: str) -> None:
    year.derive(week_starts=starts)
    (found,) = period(year, "week", "2024-12-29")
    assert (found[0], found[2]) == (opens, label)


@pytest.mark.parametrize(
    ("starts", "zone"),
    [("01-01", "America/Sao_Paulo"), ("04-06", "UTC"), ("08-31", "Pacific/Apia")],
)
def test_periods_tile_time_and_their_labels_differ(crm: Crm, starts: str, zone: str) -> None:
    crm.put(
        "leads",
        {"lead_id": "1", "created_at": "2010-01-01 00:00:00+00"},
        {"lead_id": "2", "created_at": "2018-12-31 23:59:59+00"},
    )
    crm.derive(fiscal_year_starts=starts, time_zone=zone, week_starts="sunday")
    assert (
        crm.rows(
            """
        SELECT grain FROM (
            SELECT *, lead(opens) OVER w AS next, lead(opens_at) OVER w AS next_at,
                lead(position) OVER w AS next_position
            FROM crm.periods WINDOW w AS (PARTITION BY grain ORDER BY opens)
        ) WHERE next <> closes OR next_at <> closes_at OR next_position <> position + 1
            OR opens_at > closes_at OR closes <= opens
        """
        )
        == []
    )
    assert crm.rows("SELECT min(position) FROM crm.periods GROUP BY grain") == [(0,)] * 5
    assert crm.rows("SELECT label FROM crm.periods GROUP BY ALL HAVING count(*) > 1") == []
    # every moment of the model lies in a period of every grain
    assert crm.rows(
        "SELECT l.lead_id, count(*) FROM crm.leads l JOIN crm.periods p "
        "ON p.opens_at <= l.created_at AND l.created_at < p.closes_at GROUP BY ALL ORDER BY ALL"
    ) == [("1", 5), ("2", 5)]
    # whole periods: a month has its days, a year its 365 or 366
    assert crm.rows(
        "SELECT min(closes - opens), max(closes - opens) FROM crm.periods WHERE grain = 'year'"
    ) == [(365, 366)]


def test_the_calendar_covers_every_moment_with_a_year_to_spare(crm: Crm) -> None:
    crm.put("deals", {"deal_id": "1", "expected_close_at": "2199-12-31 23:00:00+00"})
    crm.put("leads", {"lead_id": "1", "created_at": "1900-01-01 00:00:00+00"})
    crm.derive(time_zone="Asia/Kuala_Lumpur")
    (bounds,) = crm.rows("SELECT min(day), max(day), count(*) FROM crm.calendar")
    assert bounds[0] <= date(1898, 12, 31)
    assert bounds[1] >= date(2201, 1, 1)
    assert bounds[2] == (bounds[1] - bounds[0]).days + 1
    assert crm.rows("SELECT expected_close_on FROM crm.deals") == [(date(2200, 1, 1),)]


def test_holidays_of_a_country_and_a_region(year: Crm) -> None:
    year.derive(holidays="MY")
    assert year.rows(
        "SELECT working_minutes FROM crm.calendar WHERE day = '2024-02-01' AND holiday IS NULL"
    ) == [(540,)]
    year.derive(holidays="MY-14")  # 1 February is Kuala Lumpur's own
    assert year.rows(
        "SELECT working_minutes FROM crm.calendar WHERE day = '2024-02-01' AND holiday IS NOT NULL"
    ) == [(0,)]
    year.derive()
    assert year.rows("SELECT count(holiday) FROM crm.calendar") == [(0,)]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"time_zone": "Asia/Kuala Lumpur"}, "KDR-DRV-001"),
        ({"fiscal_year_starts": "02-29"}, "KDR-DRV-002"),
        ({"fiscal_year_starts": "July"}, "KDR-DRV-002"),
        ({"working_hours": {"someday": []}}, "KDR-DRV-003"),
        ({"working_hours": {"mon": ["9 to 5"]}}, "KDR-DRV-004"),
        ({"working_hours": {"mon": ["09:00-24:30"]}}, "KDR-DRV-004"),
        ({"working_hours": {"mon": ["09:00-09:00"]}}, "KDR-DRV-004"),
        ({"observed_until": "yesterday"}, "KDR-DRV-005"),
        ({"holidays": "XX"}, "KDR-DRV-006"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    year: Crm, setting: dict[str, Any], code: str
) -> None:
    with pytest.raises(KadarError) as caught:
        year.derive(**setting)
    assert caught.value.code == code
    assert caught.value.sentence()
    assert caught.value.next_step()
