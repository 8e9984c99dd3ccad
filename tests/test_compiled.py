"""A kept statement serves every grain and span: it then is what compiling anew gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kadar import compiled as keeping
from kadar.catalogue import catalogue
from kadar.compiled import compiled, compiled_life_table, compiled_rows
from kadar.measure.compile import compile_measures
from kadar.measure.formula import Measure, all_measures
from kadar.measure.life_table import compile_life_table
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


# The second begins on the day that stands for the end of every span.
SPANS = [
    (date(2025, 1, 1), date(2026, 1, 1)), (date(1971, 4, 1), date(1999, 1, 1)),
    (date(2025, 1, 1), None), (None, date(2026, 1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("grain", ["month", "all"])
def test_every_span_of_a_question(grain: str, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    measures = _measures()
    for opens, closes in SPANS:
        question = Question(grain, (), (), opens, closes)
        told = compiled(measures, question, "duckdb", tmp_path)
        assert told.sql == compile_measures(measures, question, "duckdb").sql
    for opens, closes in SPANS[:2]:
        question = Question(grain, ("channel",), (), opens, closes)
        told = compiled(measures[:1], question, "duckdb", tmp_path)
        assert told.sql == compile_measures(measures[:1], question, "duckdb").sql
    assert len(list((tmp_path / "store" / "compiled").iterdir())) == 4


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "clickhouse"])
def test_every_span_of_a_life_table(dialect: str, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    kpi = catalogue(None)["lead_conversion_rate"]
    formulas = [kpi.formula(name, None) for name in kpi.variants]
    waiting = next(m for one in formulas for m in all_measures(one) if m.waiting is not None)
    for opens, closes in SPANS[:2]:
        question = Question("month", (), (), opens, closes)
        told = compiled_life_table(waiting, question, dialect, tmp_path)
        assert told == compile_life_table(waiting, question, dialect)


def test_a_reader_that_may_not_write_compiles_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "store").write_text("in the way of the folder")
    monkeypatch.setattr(keeping, "_made", {})
    made = []

    def counted(*given: Any) -> Any:
        made.append(given)
        return compile_measures(*given)

    monkeypatch.setattr("kadar.measure.compile.compile_measures", counted)
    question = Question("month", (), (), OPENS, CLOSES)
    first, again = (compiled(_measures()[:1], question, "duckdb", tmp_path) for _ in range(2))
    assert first == again
    assert len(made) == 1
