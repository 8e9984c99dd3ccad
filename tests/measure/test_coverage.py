"""Coverage of the 95 % intervals by simulation, through the evaluation that gives them.

A world holds thousands of samples at once: each column of a table is an array, a sample a row of
it. A measure is counted or summed over each sample, the formula's own evaluation makes of it
values and intervals, and the share of the intervals that hold the truth is to be 93 to 97 %.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from scipy import stats

from kadar.kpi import Crm, Formula, _
from kadar.measure import intervals
from kadar.measure.deferred import Deferred, resolve
from kadar.measure.evaluate import Evaluation
from kadar.measure.formula import Measure, conditions

SAMPLES = 6000
Table = dict[str, np.ndarray]


class Column(np.ndarray):
    """An array that knows what is null as the tables' columns do; nothing is null here."""

    def isnull(self) -> np.ndarray:
        return np.zeros(self.shape, dtype=bool)

    def notnull(self) -> np.ndarray:
        return np.ones(self.shape, dtype=bool)


def called(name: str, *args: Any) -> Any:
    made = {
        "not": np.logical_not, "and": np.logical_and, "or": np.logical_or,
        "known": lambda value, otherwise: value, "known_true": lambda value: value,
        "either": np.where, "float": lambda value: value, "constant": lambda value: value,
    }.get(name) or getattr(operator, name)  # fmt: skip
    return made(*args)


class World:
    """Tables of samples; `there` says which rows a sample has, where their number varies."""

    def __init__(self, **tables: Table) -> None:
        self.tables = tables

    def _done(self, expression: Any, table: Table) -> Any:
        return resolve(expression, lambda name: table[name].view(Column), called)

    def measure(self, measure: Measure) -> np.ndarray:
        table = self.tables[measure.facts.table]
        held = np.ones(next(iter(table.values())).shape, dtype=bool)
        if "there" in table:
            held = table["there"].copy()
        for condition in [*conditions(measure.facts), measure.condition]:
            if isinstance(condition, Deferred):
                held &= np.asarray(self._done(condition, table))
        if measure.kind == "count":
            return held.sum(axis=1).astype(float)
        value = np.broadcast_to(np.asarray(self._done(measure.expression, table)), held.shape)
        return np.where(held, value, 0.0).sum(axis=1)

    def coverage(self, formula: Formula, truth: float) -> float:
        """Share of the samples whose interval holds the truth."""
        samples = len(next(iter(next(iter(self.tables.values())).values())))
        made = Evaluation(
            self.measure,
            lambda *_: np.zeros(samples),
            lambda _: (np.zeros(samples), np.zeros(samples)),
            np.ones(samples),
        ).result(formula)
        return float(np.mean((made.lower <= truth) & (truth <= made.upper)))


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def deals(n: int, share: float, spread: float, seed: int) -> World:
    """Deals won with a chance, their amounts log-normal; larger ones are not likelier won."""
    random = rng(seed)
    won = random.random((SAMPLES, n)) < share
    amounts = random.lognormal(8, spread, (SAMPLES, n))
    return World(deals={"outcome": np.where(won, "won", "lost"), "amount": amounts})


CRM = Crm()


@pytest.mark.parametrize("n", [30, 50, 100, 400, 1000])
def test_wilson(n: int) -> None:
    """Exactly, for every share of which 15 hits and 15 misses are expected."""
    hits = np.arange(n + 1.0)
    low, high = intervals.wilson(hits, np.full(n + 1, float(n)))
    for share in np.linspace(15 / n, 1 - 15 / n, 41):
        covered = stats.binom.pmf(hits, n, share)[(low <= share) & (share <= high)].sum()
        assert 0.93 <= covered <= 0.97, share


def test_poisson() -> None:
    """Exactly, for every rate from 10 to 1,000."""
    counts = np.arange(2000.0)
    low, high = intervals.poisson(counts)
    for rate in [*np.arange(10, 60, 0.37), *np.arange(60, 1000, 23.7)]:
        covered = stats.poisson.pmf(counts, rate)[(low <= rate) & (rate <= high)].sum()
        assert 0.93 <= covered <= 0.97, rate


@pytest.mark.parametrize("n", [20, 30, 50, 100, 300])
@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.3, 0.4, 0.3), (0.7, 0.2, 0.1)])
def test_net_promoter_score(n: int, shares: tuple[float, float, float]) -> None:
    scores = rng(n).choice([10.0, 7.0, 3.0], (12_000, n), p=shares)
    answers = CRM.surveys.answered
    formula = 100 * ((answers.count(_.score >= 9) - answers.count(_.score <= 6)) / answers.count())
    world = World(surveys={"score": scores})
    assert 0.93 <= world.coverage(formula, 100 * (shares[0] - shares[2])) <= 0.97


@pytest.mark.parametrize("n", [30, 60, 200])
@pytest.mark.parametrize("share", [0.5, 0.3, 0.15])
@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_share_of_an_amount(n: int, share: float, spread: float) -> None:
    """The win rate by value: the delta method alone covers 72 to 95 % of these."""
    closed = CRM.deals.closed
    formula = closed.sum(_.amount, _.outcome == "won") / closed.sum(_.amount)
    assert 0.93 <= deals(n, share, spread, n).coverage(formula, share) <= 0.97


@pytest.mark.parametrize("n", [30, 100, 300])
def test_recurring_revenue_kept(n: int) -> None:
    """Gross revenue retention: 4 % leave, 6 % pay less."""
    random = rng(n)
    opening = random.lognormal(3, 0.8, (SAMPLES, n))
    chance = random.random((SAMPLES, n))
    kept = np.where(chance < 0.04, 0, np.where(chance < 0.1, random.random((SAMPLES, n)), 1))
    world = World(orders={"revenue": opening, "cost": opening * kept})
    orders = CRM.orders.ordered
    formula = orders.sum(_.cost) / orders.sum(_.revenue)
    assert 0.93 <= world.coverage(formula, 0.9 + 0.06 / 2) <= 0.975


@pytest.mark.parametrize(
    ("name", "n"),
    [("normal", 3), ("normal", 12), ("normal", 30), ("exponential", 10), ("exponential", 60),
     ("lognormal", 15), ("lognormal", 60), ("very skewed", 100), ("very skewed", 400),
     ("scores", 20), ("scores", 60)],
)  # fmt: skip
def test_mean(name: str, n: int) -> None:
    """Hall's interval; log-normal of spread 0.5 (skewness 1.8), very skewed of 1 (6.2)."""
    random, shape = rng(n), (SAMPLES, n)
    values, truth = {
        "normal": lambda: (random.normal(5, 2, shape), 5.0),
        "exponential": lambda: (random.exponential(3, shape), 3.0),
        "lognormal": lambda: (random.lognormal(0, 0.5, shape), np.exp(0.125)),
        "very skewed": lambda: (random.lognormal(0, 1, shape), np.exp(0.5)),
        "scores": lambda: (random.choice([1.0, 2, 3, 4, 5], shape, p=[0.05, 0.1, 0.2, 0.3, 0.35]),
                           3.8),
    }[name]()  # fmt: skip
    formula = CRM.orders.ordered.mean(_.revenue)
    assert 0.93 <= World(orders={"revenue": values}).coverage(formula, truth) <= 0.97


@pytest.mark.parametrize("n", [30, 100, 300])
def test_margin_rate(n: int) -> None:
    """A ratio of two sums, the amounts below the line very different."""
    random = rng(n)
    revenue = random.lognormal(0, 1, (SAMPLES, n))
    margin = revenue * random.normal(0.4, 0.2, (SAMPLES, n))
    orders = CRM.orders.ordered
    formula = orders.sum(_.margin) / orders.sum(_.revenue)
    world = World(orders={"revenue": revenue, "margin": margin})
    assert 0.93 <= world.coverage(formula, 0.4) <= 0.97


@pytest.mark.parametrize("rate", [100, 300])
def test_total(rate: int) -> None:
    """Revenue of as many orders as come: a compound Poisson sum."""
    random = rng(rate)
    there = np.arange(2 * rate) < random.poisson(rate, (SAMPLES, 1))
    world = World(orders={"there": there, "revenue": random.gamma(2, 30, (SAMPLES, 2 * rate))})
    formula = CRM.orders.ordered.sum(_.revenue)
    assert 0.93 <= world.coverage(formula, 60.0 * rate) <= 0.97


@pytest.mark.parametrize("rate", [20, 60])
def test_spend_per_customer_acquired(rate: int) -> None:
    """What is spent is fixed; the customers come by chance."""
    there = np.arange(3 * rate) < rng(rate).poisson(rate, (SAMPLES, 1))
    spent = np.full((SAMPLES, 1), 5000.0)
    world = World(spend={"amount": spent}, customers={"there": there})
    formula = CRM.spend.spent.sum(_.amount) / CRM.customers.acquired.count()
    assert 0.93 <= world.coverage(formula, 5000 / rate) <= 0.97


@pytest.mark.parametrize(("above", "below"), [(20, 100), (60, 90), (200, 150)])
def test_ratio_of_two_counts(above: int, below: int) -> None:
    random = rng(above)
    tables = {
        name: {"there": np.arange(3 * rate) < random.poisson(rate, (SAMPLES, 1))}
        for name, rate in (("deals", above), ("leads", below))
    }
    formula = CRM.deals.closed.count() / CRM.leads.created.count()
    assert 0.93 <= World(**tables).coverage(formula, above / below) <= 0.97


@pytest.mark.parametrize(("share", "n"), [(0.5, 20), (0.5, 100), (0.9, 80), (0.9, 300)])
def test_quantile(share: float, n: int) -> None:
    """The ranks n p ± 1.96 √(n p (1 - p)) + ½, interpolated as the statement does."""
    samples = np.sort(rng(2).lognormal(0, 1, (10_000, n)), axis=1)
    truth = stats.lognorm.ppf(share, 1)
    half = intervals.Z95 * np.sqrt(n * share * (1 - share))
    low, high = (at_rank(samples, n * share + side * half + 0.5) for side in (-1, 1))
    assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.97


def at_rank(ordered: np.ndarray, rank: float) -> np.ndarray:
    """Return the value at a rank counted from 1, interpolated between its neighbours."""
    below = int(np.floor(rank))
    above = min(below + 1, ordered.shape[1])
    return ordered[:, below - 1] * (1 - rank + below) + ordered[:, above - 1] * (rank - below)
