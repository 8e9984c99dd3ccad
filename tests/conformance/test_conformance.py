"""Every variant of every KPI gives one answer, whichever engine works it out.

DuckDB's answers are compared with plain Python in `tests/kpis`; here the other engines are with
DuckDB's. What an engine cannot do stands in `CANNOT` with the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from kadar.asking import Asking
from kadar.catalogue import catalogue
from kadar.insight.cohorts import cohorts
from kadar.insight.records import records
from kadar.kpi import Kpi
from kadar.measure.period import find_period
from kadar.measure.question import Elapsed, Question, parse_filter
from tests.conformance.conftest import Company
from tests.conformance.engines import OTHERS

pytestmark = pytest.mark.slow

KPIS = catalogue(None)
MONTHS = Question("month")
DIVIDED = Question("quarter", ("channel",), (parse_filter("channel=web,event,"),), date(2024, 1, 1))
TO_DATE = Question("month", elapsed=Elapsed(9, working=True))
ALL = Question("all")

# (engine, KPI): why the engine cannot answer; nothing at present
CANNOT: dict[tuple[str, str], str] = {}


def cases(names: list[str]) -> list[Any]:
    """Return each engine with each KPI, those that cannot be marked."""
    return [
        pytest.param(
            engine, name, marks=[pytest.mark.xfail(reason=CANNOT[engine, name])]
            if (engine, name) in CANNOT else [],
        )
        for name in names
        for engine in OTHERS
    ]  # fmt: skip


@pytest.mark.parametrize(("engine", "name"), cases([kpi.name for kpi in KPIS]))
def test_every_variant_is_the_same(made: Company, engine: str, name: str) -> None:
    kpi = KPIS[name]
    assert compare(made, engine, MONTHS, kpi, [kpi.usual])
    compare(made, engine, DIVIDED, kpi, list(kpi.variants))
    for question in (TO_DATE, ALL):
        compare(made, engine, question, kpi, [kpi.usual])


@pytest.mark.parametrize(("engine", "name"), cases([k.name for k in KPIS if k.triangles]))
def test_every_triangle_is_the_same(made: Company, engine: str, name: str) -> None:
    kpi = KPIS[name]
    for reading in kpi.triangles.values():

        def ask(asking: Asking, reading: Any = reading) -> Any:
            made = cohorts(asking, kpi, reading, Question("quarter", ("channel",)), 5)
            return [made.cells, made.totals, made.excluded]

        there = both(made, engine, f"triangle {name} {reading.name}", ask)
        assert there[0]


@pytest.mark.parametrize(("engine", "name"), cases([kpi.name for kpi in KPIS]))
def test_the_rows_behind_a_number_are_the_same(made: Company, engine: str, name: str) -> None:
    kpi = KPIS[name]

    def ask(asking: Asking) -> Any:
        listed = records(asking, kpi, kpi.usual, "2024-Q2")
        return [listed.rows, listed.total]

    both(made, engine, f"records {name}", ask)


@pytest.mark.parametrize("engine", OTHERS)
def test_periods_are_the_same(made: Company, engine: str) -> None:
    for text in ("2024-Q2", "2024-W07", "2024-02-29", "2024", "all"):
        both(made, engine, text, lambda asking, text=text: find_period(text, asking.engine.run))
    both(made, engine, "to date", lambda asking: asking.to_date("month", working=True))


def test_every_engine_is_compared() -> None:
    written = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    points = written["project"]["entry-points"]["kadar.engines"]
    assert set(points) == {"duckdb", *OTHERS}


def compare(made: Company, engine: str, question: Question, kpi: Kpi, variants: list[str]) -> int:
    """Compare the answers of both engines row by row; return how many rows there are."""

    def ask(asking: Asking) -> Any:
        answer = asking.answer([(kpi, variant) for variant in variants], question, collect=True)
        return [answer.rows, [(one.variant, one.error.code) for one in answer.refused]]

    rows, refused = both(made, engine, (kpi.name, tuple(variants), question), ask)
    assert question.by or not refused
    return len(rows)


def both(made: Company, engine: str, key: Any, ask: Callable[[Asking], Any]) -> Any:
    """Ask DuckDB (once for all engines) and the other engine, and require the same."""
    other = made.on(engine)
    if key not in made.answers:
        made.answers[key] = plain(ask(made.duckdb))
    expected, found = made.answers[key], plain(ask(other))
    wrong = differences(expected, found)
    assert not wrong, f"{key}: {len(wrong)} differences, the first: {wrong[0]}"
    return expected


def plain(value: Any) -> Any:
    """Return answers as lists, dicts and values."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [plain(one) for one in value] if isinstance(value, list) else value


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Return where two answers differ, numbers by more than a billionth of themselves."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        return [d for k in expected for d in differences(expected[k], found[k], f"{place}.{k}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        several = zip(expected, found, strict=True)
        return [d for i, (e, f) in enumerate(several) for d in differences(e, f, f"{place}[{i}]")]
    if isinstance(expected, float) and isinstance(found, float):
        same = isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    else:
        same = type(expected) is type(found) and expected == found
    return [] if same else [f"{place}: {expected!r} is {found!r}"]
