"""Time-to-event estimates: Kaplan-Meier, Aalen-Johansen, and the final rate of a cohort.

At one time, ends come before those who are only known to wait that long (Kaplan & Meier 1958,
section 2), and ends of two kinds are told apart by their counts alone, so that neither is put
before the other. Times may be in any unit; results are in the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kadar.measure.intervals import Z95, Array, wilson

NEAR = 1e-9  # two shares this close are one: a product of fractions is not exact


@dataclass(frozen=True)
class Estimated:
    """A value with its 95 % interval; NaN where there is none.

    `at_least` is there where the value is not known yet: it is no less. `settled` says that those
    who wait now can no longer change it.
    """

    value: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    variance: float = np.nan
    at_least: float = np.nan
    settled: bool = False


@dataclass(frozen=True)
class LifeTable:
    """Distinct times in order; at each, how many ended, ended otherwise, or wait still."""

    time: Array
    ended: Array
    other: Array
    waiting: Array

    @cached_property
    def at_risk(self) -> Array:
        """How many had neither ended nor been lost from sight before each time."""
        gone: Array = self.ended + self.other + self.waiting
        return np.asarray(np.cumsum(gone[::-1])[::-1], np.float64)

    @cached_property
    def survival(self) -> Array:
        """Share that has not ended in any way by each time (Kaplan & Meier 1958, eq. 2b)."""
        return np.asarray(np.cumprod(1 - (self.ended + self.other) / self.at_risk), np.float64)

    @cached_property
    def before(self) -> Array:
        """Share that has not ended in any way just before each time."""
        return np.concatenate([[1.0], self.survival[:-1]])

    @cached_property
    def incidence(self) -> Array:
        """Share that has ended by each time (Aalen & Johansen 1978; Collett 2015, eq. 12.6)."""
        return np.cumsum(self.before * self.ended / self.at_risk)

    @cached_property
    def _terms(self) -> tuple[Array, Array, Array]:
        n, d = self.at_risk, self.ended + self.other
        with np.errstate(divide="ignore", invalid="ignore"):
            # none is left after the last end: nothing later depends on it
            all_ends = np.where(n > d, d / (n * (n - d)), 0.0)
        own = self.before**2 * self.ended * (n - self.ended) / n**3
        return all_ends, own, self.before * self.ended / n**2

    def covariance(self, at: int | None = None) -> tuple[Array, Array]:
        """Variance of the incidence at each time, and its covariance with that at a later one.

        The delta method over the hazards, as Marubini & Valsecchi (1995), eq. 10.12, and Collett
        (2015), section 12.3; the later time is the one in place `at`, by default the last.
        """
        all_ends, own, cross = self._terms
        share = self.incidence
        sums = [np.cumsum(x) for x in (all_ends, all_ends * share, all_ends * share**2)]
        crossed, crossed_share = np.cumsum(cross), np.cumsum(cross * share)

        def between(first: Array, second: Array | float) -> Array:
            return np.asarray(
                first * second * sums[0]
                - (first + second) * sums[1]
                + sums[2]
                + np.cumsum(own)
                - (first + second) * crossed
                + 2 * crossed_share
            )

        later = float(share[-1 if at is None else at])
        return np.maximum(between(share, share), 0.0), between(share, later)

    @cached_property
    def followed(self) -> float:
        """Longest time seen; every end after it is unseen. 0 where there is no row."""
        return float(self.time[-1]) if self.time.size else 0.0

    def place(self, time: float) -> int:
        """Place of the last time that is not later than this one; -1 where all are."""
        return int(np.searchsorted(self.time, time, side="right")) - 1

    # the time by which a share has ended

    def quantile(self, share: float) -> Estimated:
        """Time by which a share has ended, all ends being of one kind (Kaplan-Meier).

        The first time at which no more than 1 - share remain; where exactly so many remain until
        the next end, the middle of the two times, as in R's `survfit` (Therneau, `survival`,
        `quantile.survfit`): the median of rows that have all ended is then the plain median, of
        even numbers too. The interval holds the times at which the curve does not differ from
        1 - share (Brookmeyer & Crowley 1982, Biometrics 38, eq. 3), by Greenwood's variance of
        log(-log) (Kalbfleisch & Prentice 2002, section 1.4), as in `lifelines`.
        """
        if not self.time.size:
            return Estimated()
        remaining, goal = self.survival, 1 - share
        # rounding leaves a little where all have ended
        remaining = np.where(self.at_risk <= self.ended + self.other, 0.0, remaining)
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(remaining)
            half = Z95 * np.sqrt(np.cumsum(self._terms[0])) / log
            low, high = remaining ** np.exp(-half), remaining ** np.exp(half)
        inside = (remaining > 0) & (remaining < 1)
        low, high = np.where(inside, low, remaining), np.where(inside, high, remaining)
        value, until = self._crossing(1 - remaining, share)
        return Estimated(
            value,
            _first(self.time, low <= goal + NEAR),
            _first(self.time, high <= goal + NEAR),
            at_least=self.followed if np.isnan(value) else np.nan,
            settled=not np.isnan(value) and not self.waiting[self.time < until].any(),
        )

    def quantile_of_ended(self, share: float, followed: float) -> Estimated:
        """Time by which a share of those that end in this way has, others ending otherwise.

        Where the incidence reaches that share of its last value, in the middle of two times as
        above. Before anything has been `followed` so long, while some still wait, the last value
        is not known: then the time is at least the one by which that share of those so far had
        ended. The interval holds the times at which the conditional share, with Wilson's interval
        for its effective number of rows (see `share`), does not differ.
        """
        if not self.time.size:
            return Estimated()
        whole = float(self.incidence[-1])
        known = self.tells(followed)
        if whole <= 0:
            return Estimated(at_least=self.followed if not known else np.nan)
        part = self.incidence / whole
        value, _ = self._crossing(part, share)
        if not known:
            return Estimated(at_least=value)
        variance, with_last = self.covariance()
        last = float(variance[-1])
        of_part = np.maximum(variance + part**2 * last - 2 * part * with_last, 0) / whole**2
        low, high = _effective(part, of_part, np.full_like(part, float(self.ended.sum())))
        return Estimated(
            value,
            _first(self.time, high >= share - NEAR),
            _first(self.time, low >= share - NEAR),
            settled=not self.waiting[self.time < followed].any(),
        )

    def _crossing(self, reached: Array, share: float) -> tuple[float, float]:
        """Where a rising curve reaches a share, and up to which time that takes to tell."""
        there = reached >= share - NEAR
        if not there.any():
            return np.nan, np.nan
        place = int(np.argmax(there))
        value = float(self.time[place])
        if abs(reached[place] - share) > NEAR:
            return value, value
        later = np.flatnonzero(self.ended[place + 1 :] > 0)
        if not later.size:  # who waits will tell
            return value, np.inf
        until = float(self.time[place + 1 + later[0]])
        return (value + until) / 2, until

    # the share that has ended by a time

    def share(self, within: float) -> Estimated:
        """Share that has ended within a time.

        Unknown while no row has been followed so long and some still wait: it is at least the
        share so far. The interval is Wilson's for as many rows as would give the estimate its
        variance (Rothman 1978, J. Chronic Dis. 31:557): with nothing open, Wilson's own.
        """
        place = self.place(within)
        if place < 0:
            if not self.time.size:
                return Estimated()
            ended, variance = 0.0, 0.0
        else:
            ended = float(self.incidence[place])
            variance = float(self.covariance()[0][place])
        if not self.tells(within):
            return Estimated(at_least=ended)
        seen = float((self.ended + self.other).sum() + self.waiting[self.time >= within].sum())
        low, high = _effective(np.array([ended]), np.array([variance]), np.array([seen]))
        settled = not self.waiting[self.time < within].any()
        return Estimated(ended, float(low[0]), float(high[0]), variance, settled=settled)

    # what the rows that wait will come to

    def project(self, cohort: LifeTable, within: float, rows: float, done: float) -> Estimated:
        """Share of a cohort that will have ended, learnt from this table of all history.

        Of the cohort's `rows`, `done` have ended. One that waits at age a ends by `within` with
        probability (F(within) - F(a)) / S(a). The interval is one of prediction: the variance is
        that of the ends to come, given those probabilities, and that of the probabilities
        themselves, by the delta method over the hazards of this table; the share of those that
        wait is taken as a beta variable of that mean and variance. Once nobody waits below
        `within` the share is what it is, and so is its interval.
        """
        if rows <= 0:
            return Estimated()
        young = (cohort.time < within) & (cohort.waiting > 0)
        ages, many = cohort.time[young], cohort.waiting[young]
        if not many.size:
            exact = done / rows
            return Estimated(exact, exact, exact, 0.0, settled=True)
        if not self.tells(within):
            return Estimated(at_least=done / rows)
        until = self._until(within)
        final = float(until.incidence[-1]) if until.time.size else 0.0
        places = np.searchsorted(until.time, ages, side="right")  # how many times have passed
        left = np.concatenate([[1.0], until.survival])[places]
        so_far = np.concatenate([[0.0], until.incidence])[places]
        chance = np.where(left > NEAR, (final - so_far) / np.maximum(left, NEAR), 0.0)
        chance = np.clip(chance, 0.0, 1.0)
        expected = float(chance @ many)
        # what rows of an age learn, they learn from every end after it
        weight = np.where(left > NEAR, many / np.maximum(left, NEAR), 0.0)
        gathered = np.bincount(places, weight, until.time.size + 1)
        of_table = np.cumsum(gathered)[:-1]
        all_ends, own, cross = until._terms
        away = final - until.incidence
        learnt = float(of_table**2 @ (away**2 * all_ends + own - 2 * away * cross))
        variance = float((chance * (1 - chance)) @ many) + max(learnt, 0.0)
        low, high = _beta(expected, variance, float(many.sum()))
        if expected <= 0:  # none of that age has ever ended: as few as history rules out
            there = self.at_risk[min(int(places.min()), self.time.size - 1)]
            high = float(many.sum() * wilson(np.zeros(1), np.array([there]))[1][0])
        return Estimated(
            (done + expected) / rows,
            (done + low) / rows,
            (done + high) / rows,
            variance / rows**2,
        )

    def tells(self, within: float) -> bool:
        """Whether the share ended by then is known: a row is followed so long, or none waits."""
        if not self.time.size:
            return False
        still = self.at_risk[-1] > self.ended[-1] + self.other[-1]
        return bool(self.followed >= within or not still)

    def _until(self, within: float) -> LifeTable:
        """Return the table up to a time; whoever came to a later one waits at the last."""
        kept = self.time <= within
        waiting = self.waiting[kept].copy()
        if waiting.size and waiting.size < self.time.size:
            waiting[-1] += self.at_risk[waiting.size]
        return LifeTable(self.time[kept], self.ended[kept], self.other[kept], waiting)


def life_table(time: Array, ended: Array, other: Array, waiting: Array) -> LifeTable:
    """Put rows in order, those of one time together; unknown and negative times are left out."""
    known = time >= 0  # NaN is not
    distinct, places = np.unique(time[known], return_inverse=True)

    def counted(column: Array) -> Array:
        return np.bincount(places, column[known], distinct.size).astype(np.float64)

    return LifeTable(distinct, counted(ended), counted(other), counted(waiting))


def _first(time: Array, there: NDArray[np.bool_]) -> float:
    return float(time[int(np.argmax(there))]) if there.any() else np.nan


def _effective(share: Array, variance: Array, most: Array) -> tuple[Array, Array]:
    """Wilson's interval for the number of rows that would give a share its variance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = (variance > 0) & (share > NEAR) & (share < 1 - NEAR)
        n = np.where(inner, share * (1 - share) / variance, most)
    return wilson(share * n, n)


def _beta(mean: float, variance: float, most: float) -> tuple[float, float]:
    """95 % of a number between 0 and `most` with this mean and variance."""
    from scipy.special import betaincinv

    share, spread = mean / most, variance / most**2
    if not 0 < share < 1 or spread <= 0:
        return mean, mean
    size = share * (1 - share) / spread - 1
    if size <= 0:  # as uncertain as can be
        return 0.0, most
    shape = share * size, (1 - share) * size
    low, high = (float(betaincinv(*shape, tail)) for tail in (0.025, 0.975))
    return low * most, high * most
