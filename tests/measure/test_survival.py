"""Time-to-event estimates against `lifelines`, fractions by hand, and their own laws."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kadar.measure.intervals import wilson
from kadar.measure.survival import NEAR, LifeTable, life_table
from tests.kpis.plain_waiting import Wait, curve, projected

ENDS = ("waiting", "ended", "otherwise")


def table(waits: Sequence[Wait]) -> LifeTable:
    time = np.array([t for t, _ in waits], dtype=float)
    columns = [
        np.array([how == h for _, how in waits], dtype=float) for h in ("ended", "otherwise")
    ]
    return life_table(time, columns[0], columns[1], 1.0 - columns[0] - columns[1])


def drawn(seed: int, *, ties: bool, kinds: int, most: int = 300) -> list[Wait]:
    """Random rows, from a handful to a few hundred, ending in up to so many ways."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, most))
    time = random.integers(1, 40, n) if ties else random.permutation(n) + random.random(n)
    ways = random.integers(0, kinds + 1, n)
    return [(float(t), ENDS[int(way)]) for t, way in zip(time, ways, strict=True)]


def test_kaplan_meier_agrees_with_lifelines() -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import qth_survival_times

    medians = limits = 0
    for seed in range(40):
        waits = drawn(seed, ties=seed % 2 == 0, kinds=1)
        made = table(waits)
        fitted = KaplanMeierFitter().fit(
            [t for t, _ in waits], [how == "ended" for _, how in waits]
        )
        survival = fitted.survival_function_.iloc[:, 0]
        assert np.allclose(made.survival, survival.loc[made.time], rtol=0, atol=1e-9)
        # where the curve lies on the line, ours is the middle of the step and theirs its start
        on_the_line = bool(np.any(np.abs(made.survival - 0.5) < NEAR))
        found = made.quantile(0.5)
        if not on_the_line:
            assert same(found.value, fitted.median_survival_time_)
            medians += not np.isnan(found.value)
        bounds = qth_survival_times([0.5], fitted.confidence_interval_survival_function_)
        low, high = bounds.iloc[0]
        assert same(found.lower, low), seed
        assert same(found.upper, high), seed
        limits += not np.isnan(found.lower) and not np.isnan(found.upper)
    assert medians > 12, "the medians compared are there"
    assert limits > 12, "so are the limits"


def test_where_the_curve_lies_on_the_line_lifelines_has_the_start_of_the_step() -> None:
    from lifelines import KaplanMeierFitter

    time = [1.0, 3.0, 7.0, 20.0]
    fitted = KaplanMeierFitter().fit(time, [1, 1, 1, 1])
    assert fitted.median_survival_time_ == 3
    assert table([(t, "ended") for t in time]).quantile(0.5).value == 5 == np.median(time)


def test_aalen_johansen_agrees_with_lifelines() -> None:
    from lifelines import AalenJohansenFitter

    for seed in range(10):
        waits = drawn(seed, ties=False, kinds=2, most=80)  # theirs takes a while
        if not any(how == "ended" for _, how in waits):
            continue
        made = table(waits)
        ways = np.array([ENDS.index(how) for _, how in waits])
        time = np.array([t for t, _ in waits])
        fitted = AalenJohansenFitter(calculate_variance=True).fit(time, ways, event_of_interest=1)
        theirs = fitted.cumulative_density_.iloc[:, 0].loc[made.time]
        assert np.allclose(made.incidence, theirs, rtol=0, atol=1e-9)
        variance = fitted.variance_.loc[made.time].to_numpy()
        defined = np.isfinite(variance)  # theirs divides by nothing where the last row ends
        assert np.allclose(made.covariance()[0][defined], variance[defined], rtol=0, atol=1e-9)
        assert defined.sum() >= len(waits) - 1


rows = st.lists(st.tuples(st.integers(0, 12).map(float), st.sampled_from(ENDS)), max_size=40)
laws = settings(max_examples=150, deadline=None, derandomize=True)


@laws
@given(rows)
def test_tied_rows_agree_with_fractions(waits: list[Wait]) -> None:
    made, by_hand = table(waits), curve(waits)
    assert list(made.time) == [time for time, _, _ in by_hand]
    for place, (_, ended, left) in enumerate(by_hand):
        assert isclose(made.incidence[place], ended, abs_tol=1e-12)
        assert isclose(made.survival[place], left, abs_tol=1e-12)


@laws
@given(st.lists(st.integers(0, 20).map(float), min_size=1, max_size=40))
def test_with_nothing_open_the_median_is_the_plain_median(times: list[float]) -> None:
    alone = table([(t, "ended") for t in times]).quantile(0.5)
    assert alone.value == np.median(times)
    assert alone.settled
    lost = table([(t, "ended") for t in times] + [(1.0, "otherwise")] * 7)
    assert lost.quantile_of_ended(0.5, nan).value == np.median(times)


@laws
@given(rows)
def test_with_nothing_waiting_the_share_is_the_plain_share_with_wilsons_interval(
    waits: list[Wait],
) -> None:
    closed = [(t, how) for t, how in waits if how != "waiting"]
    if not closed:
        return
    found = table(closed).share(6)
    hits = sum(how == "ended" and t <= 6 for t, how in closed)
    low, high = wilson(np.array([float(hits)]), np.array([float(len(closed))]))
    assert isclose(found.value, hits / len(closed), abs_tol=1e-12)
    assert isclose(found.lower, low[0], abs_tol=1e-9)
    assert isclose(found.upper, high[0], abs_tol=1e-9)


@laws
@given(rows, st.sampled_from([0.25, 0.5, 0.9]))
def test_an_estimate_lies_in_its_interval_and_no_row_may_wait_less(
    waits: list[Wait], share: float
) -> None:
    made = table(waits)
    alone = table([(t, how) for t, how in waits if how != "otherwise"])
    for found in (alone.quantile(share), made.quantile_of_ended(share, 6), made.share(6)):
        if np.isnan(found.value):
            assert not found.settled
            assert not waits or np.isnan(found.at_least) or found.at_least >= 0
            continue
        assert np.isnan(found.at_least)
        assert np.isnan(found.lower) or found.lower <= found.value + 1e-12
        assert np.isnan(found.upper) or found.upper >= found.value - 1e-12
    # what waits now and ends later never brings a settled value to change
    found = alone.quantile(share)
    if found.settled:
        later = [(t + 0.5, "ended") if how == "waiting" else (t, how)
                 for t, how in waits if how != "otherwise"]  # fmt: skip
        assert table(later).quantile(share).value == found.value


@laws
@given(rows, rows)
def test_a_projection_agrees_with_fractions(history: list[Wait], cohort: list[Wait]) -> None:
    done = sum(how == "ended" for _, how in cohort)
    found = table(history).project(table(cohort), 8, len(cohort), done)
    by_hand = projected(cohort, history, 8)
    assert same(found.value, nan if by_hand is None else by_hand)
    if not any(how == "waiting" and t < 8 for t, how in cohort) and cohort:
        assert found.value == found.lower == found.upper == done / len(cohort)
    elif by_hand is not None:
        assert 0 <= found.lower <= found.value <= found.upper <= 1


def test_edges() -> None:
    assert np.isnan(table([]).quantile(0.5).value)
    assert np.isnan(table([]).share(3).value)
    all_wait = table([(2.0, "waiting"), (5.0, "waiting")])
    assert np.isnan(all_wait.quantile(0.5).value)
    assert all_wait.quantile(0.5).at_least == 5
    assert all_wait.share(9).at_least == 0
    assert all_wait.share(5).value == 0
    assert all_wait.share(5).upper == pytest.approx(wilson(np.zeros(1), np.ones(1))[1][0])
    at_once = table([(0.0, "ended"), (0.0, "ended"), (4.0, "waiting")])
    assert at_once.quantile(0.5).value == 0
    assert table([(nan, "ended"), (-1.0, "ended"), (3.0, "ended")]).quantile(0.5).value == 3
    # a row that ends and one seen so long no longer: the end comes first
    tied = table([(2.0, "waiting"), (2.0, "ended")])
    assert tied.survival[-1] == 0.5
    # half of those won: unknown while none is followed so long, and no less than by now
    won = table([(1.0, "ended"), (3.0, "ended"), (3.5, "ended"), (4.0, "waiting")])
    assert np.isnan(won.quantile_of_ended(0.5, 9).value)
    assert won.quantile_of_ended(0.5, 9).at_least == 3
    assert won.quantile_of_ended(0.5, 4).value == 3


def same(ours: float, theirs: Any) -> bool:
    """Whether two are equal; nothing is what others call infinite."""
    if np.isnan(ours) or not np.isfinite(theirs):
        return bool(np.isnan(ours) and not np.isfinite(theirs))
    return isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
