"""Years beyond what is known of public holidays are named."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import holidays
import pytest

from kadar.checks import Company, run
from kadar.store import Store
from tests.companies import at, company

KNOWN_SINCE = holidays.country_holidays("MY").start_year


@pytest.mark.parametrize(("year", "found"), [(KNOWN_SINCE - 1, 1), (KNOWN_SINCE, 0)])
def test_years_nobody_knows_the_holidays_of(tmp_path: Path, year: int, found: int) -> None:
    schedule = "[[schedules]]\nname = 'all'\nholidays = ['MY', 'MY-07']\nworking_hours = {}"
    work = company(
        tmp_path,
        kpi=schedule,
        tickets=[{"ticket_id": "t", "created_at": at(f"{year}-06-01")}],
    )
    with closing(Store(tmp_path).reader()) as connection:
        findings = run(Company(work, connection), ["holiday_years"])
    assert len(findings) == 2 * found
    assert all(finding.details["since"] == str(KNOWN_SINCE) for finding in findings)
