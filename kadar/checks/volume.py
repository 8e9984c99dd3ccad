"""Sources that fell silent, or whose rows suddenly came much more or less often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt
from statistics import median

from kadar.checks.finding import Company, Finding
from kadar.language import N_
from kadar.model import TABLES

# The event that says when a row of a table came.
EVENTS = {
    "customers": "created_on",
    "leads": "created_on",
    "deals": "created_on",
    "orders": "ordered_on",
    "interactions": "occurred_on",
    "tickets": "created_on",
    "ticket_events": "occurred_on",
    "surveys": "answered_on",
    "spend": "spent_on",
}
WEEKS = 26  # looked back for a change
BEFORE = 12  # weeks a week is held against
FEW = 8  # rows a week below which nothing is said


def check(company: Company) -> Iterator[Finding]:
    """Look at the rows a week of every table and source, up to the last whole week."""
    until = company.observed_until
    if until is None:
        return
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(company.workspace.project.company.time_zone)
    end = until.astimezone(zone).date()
    for table, day in EVENTS.items():
        if (table, day.removesuffix("_on") + "_at") not in company.mapped or table not in TABLES:
            continue
        by_source: dict[str, dict[date, int]] = {}
        for source, on, rows in company.rows(
            f"SELECT source, {day}, count(*) FROM crm.{table} WHERE {day} IS NOT NULL "
            f"AND {day} < ? GROUP BY ALL ORDER BY ALL",
            [end],
        ):
            by_source.setdefault(source, {})[on] = rows
        for source, daily in by_source.items():
            yield from _silence(table, source, daily, end)
            yield from _jump(table, source, daily, end)


def _silence(table: str, source: str, daily: dict[date, int], end: date) -> Iterator[Finding]:
    gap = silent_for(sorted(daily), end)
    if gap:
        last = max(daily)
        yield Finding(
            "KDR-CHK-014",
            N_("{source} ({table}) is silent: no row since {last}, {days} days."),
            N_("See whether the export stopped, or end observed_until at {last} in kadar.toml."),
            "doubtful",
            source,
            table,
            details={"source": source, "table": table, "last": last.isoformat(), "days": gap},
            withholds=False,
        )


def silent_for(days: Sequence[date], end: date) -> int:
    """Return the days since the last row, if no gap of the year before was a third as long.

    0 where the source may be as quiet as ever. A source of fewer than 20 days says nothing.
    """
    recent = [day for day in days if day > days[-1] - timedelta(days=365)] if days else []
    if len(recent) < 20:
        return 0
    longest = max((b - a).days for a, b in pairwise(recent))
    gap = (end - recent[-1]).days
    return gap if gap > max(10, 3 * longest) else 0


def _jump(table: str, source: str, daily: dict[date, int], end: date) -> Iterator[Finding]:
    weeks = weekly(daily, end)
    found = jump(weeks)
    if found is None:
        return
    at, before, after = found
    began = end - timedelta(days=7 * (len(weeks) - at))
    yield Finding(
        "KDR-CHK-015",
        N_("{source} ({table}): {after} rows a week since {began}, {before} a week before."),
        N_("See whether the source logs more or less than before; a KPI may change with it."),
        "told",
        source,
        table,
        details={
            "source": source, "table": table, "began": began.isoformat(),
            "before": round(before), "after": round(after),
        },
        withholds=False,
    )  # fmt: skip


def weekly(daily: dict[date, int], end: date) -> list[int]:
    """Return rows by week, the last week ending where the data does; from the first row on."""
    first = min(daily)
    made = [0] * max(0, (end - first).days // 7)
    for day, rows in daily.items():
        at = len(made) - 1 - ((end - day).days - 1) // 7
        if 0 <= at < len(made):
            made[at] += rows
    return made


def jump(weeks: Sequence[int]) -> tuple[int, float, float] | None:
    """Return the latest week at which rows came to differ and stayed so: (week, before, after).

    Four weeks from it on are all more than twice, or less than half, the median of the twelve
    before, taken on along their trend, and further from it than their scatter explains.
    """
    for at in range(len(weeks) - 4, max(BEFORE, len(weeks) - WEEKS) - 1, -1):
        base, following = weeks[at - BEFORE : at], weeks[at : at + 4]
        level = median(base)
        if level < FEW:
            continue
        slope = (median(base[BEFORE // 2 :]) - median(base[: BEFORE // 2])) / (BEFORE / 2)
        spread = 1.4826 * median(abs(week - level) for week in base)
        noise = max(spread, sqrt(level))
        expected = [max(level + slope * (BEFORE / 2 + i), 1.0) for i in range(4)]
        risen = all(
            w > 2 * e and w - e > 5 * noise for w, e in zip(following, expected, strict=True)
        )
        fallen = all(
            2 * w < e and e - w > min(5 * noise, 0.8 * e)
            for w, e in zip(following, expected, strict=True)
        )
        # the change came in this very week: the week before is still as it was
        if (risen or fallen) and abs(weeks[at - 1] - level) <= 3 * noise:
            return at, float(level), float(median(following))
    return None
