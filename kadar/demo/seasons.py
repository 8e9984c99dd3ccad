"""Seasons: when the example company's customers buy, ask and rest.

Every moment of the simulation is a naive local time of Kuala Lumpur (UTC+8, no summer time),
which is also the wall time of Singapore and China; the company keeps one clock.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

SEED = "kadar demo 1"
OPENS = datetime(2023, 7, 1)  # noqa: DTZ001  (naive local time, see above)
CLOSES = datetime(2026, 7, 1)  # noqa: DTZ001  first moment that is not observed
OBSERVED_UNTIL = date(2026, 6, 30)

NEW_YEARS = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))  # Chinese New Year
RAYAS = (date(2024, 4, 10), date(2025, 3, 31), date(2026, 3, 20))  # end of Ramadan

# share of the usual business in the week of the feast
NEW_YEAR_REST = {"MY": 0.5, "SG": 0.45, "ID": 0.9, "CN": 0.1}
RAYA_REST = {"MY": 0.35, "SG": 0.85, "ID": 0.25, "CN": 1.0}


def stream(noun: str) -> Random:
    """Return the random numbers of one noun: changing one noun leaves the others as they are."""
    return Random(f"{SEED}/{noun}")


@cache
def season(day: date, country: str) -> float:
    """Return how busy a day is in a country: 1 on an ordinary day."""
    busy = 1.0
    if (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2):
        busy *= 0.5
    elif (day.month == 11 and day.day >= 10) or day.month == 12:
        busy *= 1.35  # budgets are spent before the year ends
    for feasts, rest, gifts in (
        (NEW_YEARS, NEW_YEAR_REST, 1.3),
        (RAYAS, RAYA_REST, 1.25),
    ):
        if rest[country] > 0.8:
            continue
        for feast in feasts:
            days = (day - feast).days
            if -1 <= days <= 6:
                busy *= rest[country]
            elif -24 <= days < -1:
                busy *= gifts  # hampers
    return busy


@cache
def working(day: date, country: str) -> bool:
    """Say whether an office in the country is open that day."""
    if day.weekday() >= 5:
        return False
    if country in ("MY", "SG", "CN") and any(0 <= (day - f).days <= 1 for f in NEW_YEARS):
        return False
    return not (country in ("MY", "SG", "ID") and any(0 <= (day - f).days <= 1 for f in RAYAS))


def office_moment(numbers: Random, day: date, country: str) -> datetime:
    """Return a moment in office hours, of that day or the next one that is worked."""
    while not working(day, country):
        day += timedelta(days=1)
    return datetime.combine(day, time(9)) + timedelta(minutes=int(numbers.random() * 540))


def in_office_hours(moment: datetime, country: str) -> datetime:
    """Return the moment itself in office hours, else the next morning's first half hour."""
    hour = moment.hour + moment.minute / 60
    if working(moment.date(), country) and 9 <= hour < 18:
        return moment
    day = moment.date() if hour < 9 else moment.date() + timedelta(days=1)
    while not working(day, country):
        day += timedelta(days=1)
    # the minutes of the original moment keep the mornings from all being alike
    return datetime.combine(day, time(9)) + timedelta(minutes=moment.minute // 2 + 1)


def progress(moment: datetime) -> float:
    """Return how far into the three years a moment is: 0 at the beginning, 1 at the end."""
    return (moment - OPENS) / (CLOSES - OPENS)
