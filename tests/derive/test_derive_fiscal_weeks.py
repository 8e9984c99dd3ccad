"""Years of whole weeks, by calendars that are published."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from derive_model import Crm

import kadar
from kadar.errors import KadarError
from kadar.show.reader import Reader
from tests.companies import at, company

# National Retail Federation: 4-5-4, the Saturday nearest 31 January. It names the year by its
# beginning (its 2023 is FY2024 here); 2012, 2017 and 2023 had 53 weeks.
NRF: dict[str, Any] = {
    "fiscal_weeks": "4-5-4",
    "fiscal_year_ends": "nearest sat 01",
    "week_starts": "sunday",
}
NRF_YEARS = {
    "FY2013": ("2012-01-29", "2013-02-03"),
    "FY2014": ("2013-02-03", "2014-02-02"),
    "FY2018": ("2017-01-29", "2018-02-04"),
    "FY2023": ("2022-01-30", "2023-01-29"),
    "FY2024": ("2023-01-29", "2024-02-04"),
    "FY2025": ("2024-02-04", "2025-02-02"),
}
NRF_2023_BEGINS = ["2023-01-29", "2023-02-26", "2023-04-02", "2023-04-30", "2023-05-28"]
NRF_2023_BEGINS += ["2023-07-02", "2023-07-30", "2023-08-27", "2023-10-01", "2023-10-29"]
NRF_2023_BEGINS += ["2023-11-26", "2023-12-31"]
# Apple Inc.: the last Saturday of September; 2017 and 2023 had 53 weeks (Forms 10-K).
APPLE = {**NRF, "fiscal_weeks": "5-4-4", "fiscal_year_ends": "last sat 09"}
APPLE_ENDS = {"FY2016": "2016-09-24", "FY2017": "2017-09-30", "FY2018": "2018-09-29"}
APPLE_ENDS |= {"FY2022": "2022-09-24", "FY2023": "2023-09-30", "FY2024": "2024-09-28"}


@pytest.fixture
def years(crm: Crm) -> Crm:
    """A model whose moments lie from 2010 to 2026."""
    return crm.put(
        "leads",
        {"lead_id": "1", "created_at": "2010-02-28 10:00:00+00"},
        {"lead_id": "2", "created_at": "2026-02-28 10:00:00+00"},
    )


def periods(crm: Crm, grain: str) -> dict[str, tuple[str, str]]:
    rows = crm.rows(f"SELECT label, opens, closes FROM crm.periods WHERE grain = '{grain}'")
    return {label: (opens.isoformat(), closes.isoformat()) for label, opens, closes in rows}


def test_the_retail_federations_years_and_months(years: Crm) -> None:
    years.derive(**NRF)
    found = periods(years, "year")
    assert {name: found[name] for name in NRF_YEARS} == NRF_YEARS
    months = periods(years, "month")
    begins = [months[f"FY2024-P{number:02}"][0] for number in range(1, 13)]
    assert begins == NRF_2023_BEGINS
    assert months["FY2024-P12"] == ("2023-12-31", "2024-02-04")
    assert periods(years, "quarter")["FY2024-Q4"] == ("2023-10-29", "2024-02-04")


def test_apples_years(years: Crm) -> None:
    years.derive(**APPLE)
    found = periods(years, "year")
    for name, last in APPLE_ENDS.items():
        assert (date.fromisoformat(found[name][1]) - date.fromisoformat(last)).days == 1
    # Apple gives the 53rd week to its first quarter; here the last quarter has it
    assert periods(years, "quarter")["FY2023-Q1"] == ("2022-09-25", "2022-12-25")


@pytest.mark.parametrize("pattern", ["4-4-5", "4-5-4", "5-4-4"])
@pytest.mark.parametrize("ends", ["last sun 12", "nearest sun 12", "nearest sun 06"])
def test_years_of_weeks_tile_time(years: Crm, pattern: str, ends: str) -> None:
    years.derive(fiscal_weeks=pattern, fiscal_year_ends=ends)
    plan = [int(weeks) for weeks in pattern.split("-")] * 4
    for grain in ("month", "quarter", "year"):
        rows = years.rows(
            f"SELECT opens, closes, label FROM crm.periods WHERE grain = '{grain}' ORDER BY opens"
        )
        assert all(a[1] == b[0] for a, b in itertools.pairwise(rows))
        assert len({row[2] for row in rows}) == len(rows) > 15
        for opens, closes, label in rows:
            weeks, rest = divmod((closes - opens).days, 7)
            assert (rest, opens.weekday()) == (0, 0)
            last = label.endswith(("-P12", "-Q4")) or grain == "year"
            usual = {"month": plan[int(label[-2:]) - 1] if "-P" in label else 0}
            usual |= {"quarter": 13, "year": 52}
            assert weeks == usual[grain] or (last and weeks == usual[grain] + 1)
    lengths = {(b - a).days // 7 for a, b, _ in years.rows(
        "SELECT opens, closes, label FROM crm.periods WHERE grain = 'year'")}  # fmt: skip
    assert lengths == {52, 53}


def test_periods_of_weeks_are_asked_for_and_shown(tmp_path: Path) -> None:
    work = company(
        tmp_path,
        toml='fiscal_weeks = "4-5-4"\nfiscal_year_ends = "nearest sat 01"\n'
        'week_starts = "sunday"\nobserved_until = "2024-03-31"',
        orders=[
            {"customer_id": "c", "ordered_at": at(day), "revenue": 1}
            for day in ("2023-12-30", "2023-12-31", "2024-02-03", "2024-02-04")
        ],
    )
    rows = {
        (row.opens.isoformat(), row.closes.isoformat()): row.value
        for row in work.ask("revenue", since="2023-12-31", until="2024-02-04").rows
    }
    assert rows == {("2023-12-31", "2024-02-04"): 2}
    reader = Reader.of(work.project.company, "en")
    assert reader.period("month", date(2023, 12, 31), date(2024, 2, 4)) == "FY2024-P12"
    for text in ("FY2024-P12", "2024-P12", "fy2024-p12"):
        assert work.records("revenue", period=text).period.label == "FY2024-P12"


def test_a_year_of_weeks_must_end_with_a_week(tmp_path: Path) -> None:
    for toml, code in (
        ('fiscal_weeks = "4-4-5"', "KDR-PRJ-055"),
        ('fiscal_weeks = "4-4-5"\nfiscal_year_ends = "saturday"', "KDR-PRJ-055"),
        ('fiscal_year_ends = "last sat 01"', "KDR-PRJ-055"),
        ('fiscal_weeks = "4-4-5"\nfiscal_year_ends = "last sat 01"', "KDR-PRJ-056"),
    ):
        (tmp_path / "kadar.toml").write_text(f"[company]\n{toml}\n", "utf-8")
        with pytest.raises(KadarError, match=code):
            kadar.open(tmp_path)
