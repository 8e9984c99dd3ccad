"""A kept statement serves every grain and span: it then is what compiling anew gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kadar.catalogue import catalogue
from kadar.compiled import compiled_rows
from kadar.measure.formula import Measure, all_measures
from kadar.measure.question import Question
from kadar.measure.records import compile_records

OPENS, CLOSES = date(2025, 1, 1), date(2026, 1, 1)
ASKED = [
    ("win_rate", None),
    ("retention_rate", None),
    ("cac", "lagged"),  # its delay is a number of periods
    ("nps", None),
]


def _measures() -> list[Measure]:
    kpis = catalogue(None)
    found = {}
    for name, variant in ASKED:
        made = kpis[name]
        formula = made.formula(made.get(variant).name, None)
        found |= {str(measure): measure for measure in all_measures(formula)}
    return list(found.values())


@pytest.mark.parametrize("grain", ["month", "year"])
def test_rows_by_a_grain(grain: str, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    for measure in _measures():
        compiled_rows(measure, "quarter", date(2025, 4, 1), date(2025, 7, 1), tmp_path)
        told = compiled_rows(measure, grain, OPENS, CLOSES, tmp_path)
        assert told == compile_records(measure, Question(grain, (), (), OPENS, CLOSES)).rows
