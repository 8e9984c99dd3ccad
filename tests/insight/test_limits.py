"""Process-behaviour limits: worked by hand, rule by rule, and on a company's series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kadar.errors import KadarError
from kadar.insight.limits import BEYOND, NEAR_LIMIT, ONE_SIDE, levels, rules
from tests.cli.conftest import Run, run  # noqa: F401
from tests.companies import at, company


def test_limits_by_hand() -> None:
    """Mean 11; moving ranges 2, 3, 1, 2, 1, 2: the limits are 2.66 times their mean from it."""
    values = [10.0, 12, 9, 10, 12, 13, 11]
    (level,) = levels(values)
    assert level.centre == pytest.approx(11)
    ranges = [2, 3, 1, 2, 1, 2]
    width = 2.66 * sum(ranges) / 6
    assert (level.lower, level.upper) == pytest.approx((11 - width, 11 + width))
    assert rules(values, [level]) == [()] * 7


def test_fewer_than_six_points_have_no_limits() -> None:
    assert levels([1.0, 2, 3, 4, 5]) == []
    assert len(levels([1.0, 2, 3, 2, 1, 2])) == 1


def test_one_point_far_away_is_beyond_a_limit() -> None:
    values = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 20, 10, 11, 10, 11]
    found = rules(values, levels(values))
    assert [i for i, one in enumerate(found) if BEYOND in one] == [11]


def test_an_established_shift_begins_a_new_level() -> None:
    values = [10.0, 12, 11, 9, 10, 11, 10, 12, 9, 10, 15, 17, 16, 14, 15, 16, 15, 17]
    first, second = levels(values)
    assert (first.start, first.end, second.start, second.end) == (0, 10, 10, 18)
    assert first.centre == pytest.approx(np.mean(values[:10]))
    assert second.centre == pytest.approx(np.mean(values[10:]))
    found = rules(values, [first, second])
    assert all(ONE_SIDE in one for one in found[10:])
    assert not any(found[:10])


def test_three_of_four_near_a_limit() -> None:
    values = [10.0, 11] * 6 + [12.8, 11, 12.8, 12.9]
    (level,) = levels(values)
    assert [i for i, one in enumerate(rules(values, [level])) if NEAR_LIMIT in one] == [15]


def test_limits_of_shares_stay_within_them() -> None:
    (level,) = levels([0.9, 1.0, 0.95, 1.0, 0.9, 1.0, 0.8], 0.0, 1.0)
    assert level.upper == 1.0
    assert 0 <= level.lower < 0.9


def test_false_alarms_are_as_rare_as_wheeler_says() -> None:
    """Of steady normal series of 24, a few per cent of points break a rule, few beyond a limit."""
    rng = np.random.default_rng(1)
    broken = [rules(list(v), levels(list(v))) for v in rng.normal(0, 1, (400, 24))]
    beyond = np.mean([BEYOND in one for series in broken for one in series])
    assert beyond < 0.02
    assert np.mean([bool(one) for series in broken for one in series]) < 0.1


def test_a_company_through_the_command(tmp_path: Path, run: Run) -> None:  # noqa: F811
    """June is not whole: shown, never used."""
    orders = {1: 10, 2: 12, 3: 9, 4: 10, 5: 12, 6: 13, 7: 11, 8: 40, 9: 2}
    work = company(
        tmp_path,
        toml='currency = "MYR"\nobserved_until = "2026-09-10"',
        orders=[
            {"ordered_at": at(f"2026-{m:02}-05"), "customer_id": "c", "revenue": n}
            for m, n in orders.items()
        ],
    )
    (series,) = work.signals("revenue").series
    last, august = series.points[-1], series.points[-2]
    assert (last.level, last.rules) == (None, ())
    assert august.level is not None
    used = [float(n) for n in list(orders.values())[:-1]]
    assert august.level.centre == pytest.approx(np.mean(used))
    assert august.level.lower == 0.0  # revenue was never below nothing
    done = run("signals", "revenue", "--project", tmp_path)
    assert done.code == 0
    (line,) = [line for line in done.out.splitlines() if line.startswith("2026-08")]
    assert "MYR40.00" in line
    made = run("signals", "revenue", "--project", tmp_path, "--format", "json")
    assert '"upper_limit"' in made.out
    with pytest.raises(KadarError) as error:
        work.signals("revenue", grain="all")
    assert error.value.code == "KDR-ASK-034"
    few = work.signals("revenue", since="2026-05-01").series[0]
    assert few.short


def test_a_score_of_one_answer_neither_makes_nor_breaks_limits(tmp_path: Path) -> None:
    """Six waves of twenty answers, one answer alone in April; then a company of five a wave."""
    waves = dict(zip(("2025-01", "2025-03", "2025-05", "2025-07", "2025-09", "2025-11"),
                     (12, 10, 13, 9, 11, 12), strict=True))  # fmt: skip
    answers = [
        {"answered_at": at(f"{month}-10"), "kind": "nps", "score": 10 if i < promoters else 3}
        for month, promoters in waves.items()
        for i in range(20)
    ]
    alone = {"answered_at": at("2025-04-02"), "kind": "nps", "score": 0}
    (tmp_path / "large").mkdir()
    toml = 'currency = "MYR"\nobserved_until = "2026-01-01"'
    work = company(tmp_path / "large", toml=toml, surveys=[*answers, alone])
    points = {str(p.row.opens)[:7]: p for p in work.signals("nps").series[0].points}
    april = points["2025-04"]
    assert (april.row.value, april.level, april.rules) == (-100, None, ("n too small",))
    values = [100 * (2 * promoters - 20) / 20 for promoters in waves.values()]
    width = 2.66 * np.mean(np.abs(np.diff(values)))
    for month in waves:
        level = points[month].level
        assert level is not None
        assert (level.centre, level.lower, level.upper) == pytest.approx(
            (np.mean(values), np.mean(values) - width, np.mean(values) + width)
        )
    (tmp_path / "small").mkdir()
    small = company(tmp_path / "small", toml=toml, surveys=answers[::4])
    assert not small.signals("nps").series[0].short  # five answers are usual there
