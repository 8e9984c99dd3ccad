"""Every KPI and variant equals its plain-Python calculation, over generated companies."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kadar.answer import Row
from kadar.asking import Asking
from kadar.measure.question import Question
from kadar.workspace import Workspace
from tests.kpis.conftest import Build
from tests.kpis.plain import World
from tests.kpis.plain_formulas import FORMULAS
from tests.kpis.plain_waiting import TWINS
from tests.kpis.strategies import Generated, companies

# Forecasts: the companies here are too small to carry one, so what stands in their place answers;
# tests/forecasts/test_predictions.py sets them beside fits by hand.
FORECASTS = {"clv.default", "clv.predicted", "clv.to_cac", "cac.payback_predicted"}
ROOMS = ("acquisition", "sales", "loyalty", "service", "value")
QUESTIONS = [
    Question("month"),
    Question("week"),
    Question("quarter"),
    Question("year", ("channel",)),
    Question("quarter", ("country",)),
]


@pytest.mark.parametrize("room", ROOMS)
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a company takes a second to build: too long to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=companies(), question=st.sampled_from(QUESTIONS))
def test_equals_the_plain_calculation(
    build: Build, room: str, made: Generated, question: Question
) -> None:
    with build(made) as work:
        rows = ask(work, room, question)
    world = World.of(made.settings, made.tables)
    views: dict[object, World] = {}
    wrong, plain = [], {**FORMULAS, **TWINS}
    for row in rows:
        value = next(iter(row.dimensions.values()), None)
        if question.by and value not in views:
            views[value] = world.only(question.by[0], value)
        period = made.settings.span(row.opens, row.closes, row.grain)
        expected = plain[f"{row.kpi}.{row.variant}"](views.get(value, world), period)
        if not same(expected, row.value):
            wrong.append((expected, row))
    assert not wrong, f"{len(wrong)} of {len(rows)}, the first: {wrong[0]}"


def ask(work: Workspace, room: str, question: Question) -> list[Row]:
    """Ask every variant of every KPI of a room, at once."""
    wanted = [(kpi, variant) for kpi in work.kpis if kpi.group == room for variant in kpi.variants]
    with Asking(work.project) as asking:
        answer = asking.answer(wanted, question, collect=True)
    # a generated company may have none of the kind of rows a KPI keeps to
    refused = {refusal.error.code for refusal in answer.refused} - {"KDR-KPI-041"}
    assert refused <= ({"KDR-ASK-004"} if question.by else set())
    return answer.rows


def same(expected: float | None, value: float | None) -> bool:
    if expected is None or value is None:
        return expected is value
    return isclose(expected, value, rel_tol=1e-9, abs_tol=1e-9)


def test_every_kpi_has_a_plain_calculation(build: Build) -> None:
    from kadar.catalogue import catalogue

    there = {f"{kpi.name}.{variant}" for kpi in catalogue(None) for variant in kpi.variants}
    assert there == {*FORMULAS, *TWINS, *FORECASTS}
    assert not FORMULAS.keys() & TWINS.keys()
