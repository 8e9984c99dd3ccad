"""The company's settings, checked and turned into what the derivation computes with."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kadar.derive.fiscal_weeks import FiscalWeeks
from kadar.errors import KadarError
from kadar.language import N_
from kadar.project import Company

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK_STARTS = {"monday": 0, "sunday": 6, "saturday": 5}
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_DAY = 86_400


@dataclass(frozen=True)
class Settings:
    """Settings of a company, ready to compute with.

    `week_starts` is a weekday from 0, Monday. `working_spans` holds, by weekday, pairs of seconds
    after local midnight; a span that runs past midnight ends beyond 86,400. `observed_until` is
    aware, `None` where the company says nothing.
    """

    zone: ZoneInfo
    week_starts: int
    fiscal_month: int
    fiscal_day: int
    working_spans: dict[int, list[tuple[int, int]]]
    observed_until: datetime | date | None
    weeks: FiscalWeeks | None = None  # of a year of whole weeks

    @classmethod
    def of(cls, company: Company) -> Settings:
        """Check the `[company]` table; `KadarError` (KDR-DRV-001 … 005) names what is wrong."""
        zone = time_zone(company.time_zone)
        month, day = fiscal_year_starts(company.fiscal_year_starts)
        return cls(
            zone=zone,
            week_starts=WEEK_STARTS[company.week_starts],
            fiscal_month=month,
            fiscal_day=day,
            working_spans=working_spans(company.working_hours),
            observed_until=observed_until(company.observed_until, zone),
            weeks=FiscalWeeks.of(company),
        )


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise KadarError(
            "KDR-DRV-001",
            N_("{name} is no time zone."),
            N_("Write an IANA name, such as Asia/Kuala_Lumpur, as time_zone in kadar.toml."),
            name=name,
        ) from error


def fiscal_year_starts(text: str) -> tuple[int, int]:
    """Return the month and day a fiscal year begins on, from `MM-DD`."""
    found = _MONTH_DAY.fullmatch(text.strip())
    month, day = (int(found[1]), int(found[2])) if found else (0, 0)
    try:
        date(2001, month, day)  # no leap year: 29 February begins no year
    except ValueError as error:
        raise KadarError(
            "KDR-DRV-002",
            N_("{text} is no day a fiscal year can begin on."),
            N_("Write month-day, such as 07-01, as fiscal_year_starts in kadar.toml."),
            text=text,
        ) from error
    return month, day


def working_spans(hours: dict[str, list[str]]) -> dict[int, list[tuple[int, int]]]:
    """Return the working spans by weekday, in seconds after midnight."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for name, texts in hours.items():
        weekday = name.strip().lower()[:3]
        if weekday not in WEEKDAYS:
            raise KadarError(
                "KDR-DRV-003",
                N_("{name} is no weekday."),
                N_("Write mon, tue, wed, thu, fri, sat or sun under working_hours in kadar.toml."),
                name=name,
            )
        spans.setdefault(WEEKDAYS.index(weekday), []).extend(_span(text) for text in texts)
    return spans


def _span(text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(text.strip())
    if found:
        hour, minute, until_hour, until_minute = (int(part) for part in found.groups())
        start = hour * 3600 + minute * 60
        end = until_hour * 3600 + until_minute * 60
        if max(minute, until_minute) < 60 and start < _DAY and end <= _DAY and start != end:
            return start, end if end > start else end + _DAY
    raise KadarError(
        "KDR-DRV-004",
        N_("{text} is no span of working hours."),
        N_("Write spans such as 09:00-18:00 or 22:00-06:00 under working_hours in kadar.toml."),
        text=text,
    )


def observed_until(text: str | None, zone: ZoneInfo) -> datetime | date | None:
    """Return the moment (aware) or the day up to whose end the data is known."""
    if text is None or not text.strip():
        return None
    with suppress(ValueError):
        return date.fromisoformat(text.strip())
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise KadarError(
            "KDR-DRV-005",
            N_("{text} is neither a date nor a moment."),
            N_("Write 2026-01-31 or 2026-01-31T18:00:00+08:00 as observed_until in kadar.toml."),
            text=text,
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def fiscal_year(day: date, month: int, first: int) -> date:
    """First day of the fiscal year that holds `day`."""
    begins = date(day.year, month, first)
    return begins if begins <= day else date(day.year - 1, month, first)


def fiscal_quarter(day: date, month: int, first: int) -> date:
    """First day of the fiscal quarter that holds `day`.

    Quarters begin three, six and nine months after the year, on the same day of the month or
    the month's last.
    """
    year = fiscal_year(day, month, first)
    starts = [_months_later(year, 3 * quarter) for quarter in range(4)]
    return max(start for start in starts if start <= day)


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
