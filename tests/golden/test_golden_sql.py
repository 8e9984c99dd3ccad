"""The statements of a handful of KPIs, word by word: a change of the compiler is seen and meant.

`KADAR_GOLDEN=write pytest tests/golden` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kadar.catalogue import catalogue
from kadar.measure.compile import compile_measures
from kadar.measure.currency import without_unknown_rates
from kadar.measure.evaluate import measures_of
from kadar.measure.life_table import compile_life_table
from kadar.measure.question import Question

HERE = Path(__file__).parent
CASES = {
    "win_rate by channel": ("win_rate", "default", Question("month", ("channel",))),
    "retention_rate": ("retention_rate", "default", Question("quarter")),
    "first_response_time": ("first_response_time", "default", Question("month")),
    "cac": ("cac", "default", Question("year")),
    "leads that wait": ("lead_conversion_rate", "censored", Question("month", ("channel",))),
    "clv over all": ("clv", "historic", Question("all")),
}


@pytest.mark.parametrize("case", CASES)
def test_the_statement_is_as_it_was(case: str) -> None:
    name, variant, question = CASES[case]
    measures, _daily = measures_of(without_unknown_rates(catalogue()[name].formula(variant)))
    compare(case, compile_measures(measures, question).sql + "\n")
    lives = [compile_life_table(m, question) for m in measures if m.waiting is not None]
    for sql in lives:
        compare(f"{case} life table", f"{sql}\n")


def compare(case: str, sql: str) -> None:
    path = HERE / f"{case.replace(' ', '_')}.sql"
    if os.environ.get("KADAR_GOLDEN") == "write":
        path.write_text(sql, "utf-8")
    assert sql == path.read_text("utf-8"), "see the docstring of this file"
