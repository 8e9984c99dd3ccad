"""Fiscal years of whole weeks: 4-4-5, 4-5-4 and 5-4-4.

A year has 52 weeks, in quarters of 13, in periods of four or five; every fifth or sixth year has
53, the last in its last period. It ends on one weekday: the last of a month, or the one nearest
to the month's last day (the National Retail Federation's calendar is 4-5-4, nearest Saturday to
31 January).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from kadar.errors import KadarError
from kadar.language import N_
from kadar.project import Company

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENDS = re.compile(r"(last|nearest) (mon|tue|wed|thu|fri|sat|sun) (0[1-9]|1[0-2])")


@dataclass(frozen=True)
class FiscalWeeks:
    """A calendar of whole weeks; `weekday` (0 is Monday) is the last day of year and week."""

    pattern: tuple[int, int, int]
    nearest: bool
    weekday: int
    month: int

    @classmethod
    def of(cls, company: Company) -> FiscalWeeks | None:
        """Read the company's settings; KDR-DRV-050 where how the year ends makes no sense."""
        if company.fiscal_weeks is None:
            return None
        text = company.fiscal_year_ends or ""
        found = _ENDS.fullmatch(text)
        if found is None:
            raise KadarError(
                "KDR-DRV-050",
                N_("{text} does not say how a fiscal year of whole weeks ends."),
                N_('Write "nearest sat 01" or "last sat 01" as fiscal_year_ends in kadar.toml.'),
                text=text or "-",
            )
        first, second, third = (int(weeks) for weeks in company.fiscal_weeks.split("-"))
        weekday = _WEEKDAYS.index(found[2])
        return cls((first, second, third), found[1] == "nearest", weekday, int(found[3]))

    @property
    def offsets(self) -> list[int]:
        """Weeks of the year before each of its twelve periods."""
        return [0, *accumulate(self.pattern * 4)][:12]

    def ends(self, year: int) -> date:
        """Last day of the fiscal year whose end is set by a month of the calendar year."""
        following = date(year + self.month // 12, self.month % 12 + 1, 1)
        last = following - timedelta(days=1)
        day = last - timedelta(days=(last.weekday() - self.weekday) % 7)
        return day + timedelta(days=7) if self.nearest and (last - day).days > 3 else day

    def year(self, day: date) -> tuple[int, date]:
        """Name and first day of the fiscal year that holds `day`."""
        name = next(y for y in range(day.year - 1, day.year + 3) if day <= self.ends(y))
        return name, self.ends(name - 1) + timedelta(days=1)

    def begins(self, grain: str, day: date) -> date:
        """First day of the month (period), quarter or year of whole weeks that holds `day`."""
        _, first = self.year(day)
        if grain == "year":
            return first
        week = (day - first).days // 7
        offsets = self.offsets[::3] if grain == "quarter" else self.offsets
        return first + timedelta(weeks=offsets[bisect_right(offsets, week) - 1])

    def label(self, grain: str, opens: date) -> str:
        """What the month, quarter or year that begins on a day is called: FY2026-P09."""
        name, first = self.year(opens)
        week = (opens - first).days // 7
        if grain == "month":
            return f"FY{name}-P{self.offsets.index(week) + 1:02}"
        return f"FY{name}-Q{week // 13 + 1}" if grain == "quarter" else f"FY{name}"
