"""`crm.periods`: every day, week, month, quarter and year the calendar holds whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kadar.derive.derivation import Derivation, quote
from kadar.derive.settings import Settings, fiscal_quarter, fiscal_year

# a month of whole weeks has up to six of them, a quarter up to 14, a year up to 53
_LONGER = {"day": 1, "week": 7, "month": 43, "quarter": 99, "year": 372}


def begins(grain: str, day: date, settings: Settings) -> date:
    """First local day of the period of a grain that holds `day`."""
    if grain == "week":
        return day - timedelta(days=(day.weekday() - settings.week_starts) % 7)
    if settings.weeks and grain in ("month", "quarter", "year"):
        return settings.weeks.begins(grain, day)
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return fiscal_quarter(day, settings.fiscal_month, settings.fiscal_day)
    if grain == "year":
        return fiscal_year(day, settings.fiscal_month, settings.fiscal_day)
    return day


def following(grain: str, start: date, settings: Settings) -> date:
    """First local day of the period after the one that begins on `start`."""
    # more days than a period has, fewer than two have
    return begins(grain, start + timedelta(days=_LONGER[grain]), settings)


def starts(grain: str, first: date, last: date, settings: Settings) -> Iterator[date]:
    """Yield the first day of the period of a grain that holds each day from `first` to `last`."""
    day, start = first, begins(grain, first, settings)
    while day <= last:
        after = following(grain, start, settings)
        while day < after and day <= last:
            yield start
            day += timedelta(days=1)
        start = after


def _labels(work: Derivation) -> dict[str, str]:
    """By grain, SQL for what a period is called: `opens`, and `fiscal`, when its year did."""
    # a fiscal year is named by the calendar year it ends in
    fiscal, later = ("", 0) if work.settings.fiscal_month == 1 else ("FY", 1)
    labels = {
        "day": "CAST(opens AS VARCHAR)",
        # the ISO week of the Thursday in it, whatever day the week begins on
        "week": "strftime(opens + CAST((11 - isodow(opens)) % 7 AS INTEGER), '%G-W%V')",
        "month": "strftime(opens, '%Y-%m')",
        "quarter": f"'{fiscal}' || (year(fiscal) + {later}) || '-Q' "
        "|| (1 + datediff('month', fiscal, opens) // 3)",
        "year": f"'{fiscal}' || (year(opens) + {later})",
    }
    if work.settings.weeks and work.days:
        for grain in ("month", "quarter", "year"):
            opens = set(starts(grain, work.days.first, work.days.last, work.settings))
            named = {day: work.settings.weeks.label(grain, day) for day in sorted(opens)}
            cases = " ".join(f"WHEN DATE '{day}' THEN '{name}'" for day, name in named.items())
            labels[grain] = f"CASE opens {cases} END"
    return labels


def build(work: Derivation) -> None:
    """Make `crm.periods`; a period the calendar holds only in part is left out."""
    labels = _labels(work)
    after = work.days.last + timedelta(days=1) if work.days else date.min
    work.run(
        f"CREATE TABLE {work.crm('periods')} (grain VARCHAR NOT NULL, opens DATE NOT NULL, "
        "closes DATE NOT NULL, opens_at TIMESTAMPTZ NOT NULL, closes_at TIMESTAMPTZ NOT NULL, "
        "position INTEGER NOT NULL, label VARCHAR NOT NULL)"
    )
    for grain, label in labels.items():
        ends = begins(grain, after, work.settings)  # of what the calendar may hold in part
        work.run(
            f"""
            INSERT INTO {work.crm("periods")}
            SELECT '{grain}', opens, last + 1, opens_at, closes_at,
                row_number() OVER (ORDER BY opens) - 1, {label}
            FROM (
                SELECT {quote(grain)} AS opens, max(day) AS last, min(day) AS first,
                    min(opens_at) AS opens_at, max(closes_at) AS closes_at, min(year) AS fiscal
                FROM {work.crm("calendar")} GROUP BY {quote(grain)}
            )
            WHERE first = opens AND last < DATE '{ends.isoformat()}'
            ORDER BY opens
            """
        )
