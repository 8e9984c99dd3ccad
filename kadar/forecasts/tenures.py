"""Customers under contract on a day: renewals behind them and due, and whether they will renew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from kadar.errors import NO, KadarError
from kadar.forecasts.beta_discrete_weibull import BetaDiscreteWeibull
from kadar.forecasts.calendar import Days, complete_months, each_months_on, months_on
from kadar.forecasts.retention import RetentionModel
from kadar.forecasts.shifted_beta_geometric import ShiftedBetaGeometric
from kadar.forecasts.summary import Contracts
from kadar.forecasts.terms import Array
from kadar.language import N_

FAMILY: dict[str, type[RetentionModel]] = {
    made.name: made for made in (BetaDiscreteWeibull, ShiftedBetaGeometric)
}
FEWEST, FEWEST_LEFT = 100, 10  # contracts, and those of them not renewed
TERMS = (12, 6, 3)  # months
MOST_ON_TERM, NEAR = 0.8, 3  # share of the ends on whole terms, days they may lie beside


def term(known: Contracts) -> int:
    """Return the months of a term: as many as nearly all ends lie apart from their start, or 1."""
    ended = ~known.running
    if ended.sum() < FEWEST_LEFT:
        return 1
    length = (known.ended[ended] - known.started[ended]).astype(float) * 12 / 365.25
    slack = NEAR * 12 / 365.25
    for months in TERMS:
        nearest = np.maximum(np.rint(length / months), 1) * months
        if (np.abs(length - nearest) <= slack).mean() >= MOST_ON_TERM:
            return months
    return 1


def enough(known: Contracts, months: int) -> None:
    """Raise KDR-FCT-054 where too few contracts came to an end to learn from."""
    kept, seen = known.renewals(months)
    contracts, left = len(known), int((kept < seen).sum())
    if contracts < FEWEST or left < FEWEST_LEFT:
        raise KadarError(
            "KDR-FCT-054",
            N_("Up to {observed} there were {contracts} contracts, {left} of which ended."),
            N_("A forecast needs {fewest}, {fewest_left} of which were not renewed."),
            exit_code=NO,
            observed=known.observed,
            contracts=contracts,
            left=left,
            fewest=FEWEST,
            fewest_left=FEWEST_LEFT,
        )


@dataclass(frozen=True)
class Tenures:
    """Contracts that run on a day, by the day they began on; equal ones counted once.

    `due` has a row a month from `cut` on: the renewals each has behind it, or will have been due,
    by the month's end; the first row is of the cut itself. `rest` is the share of each month that
    lies before the renewal due in it.
    """

    cut: date
    started: Days
    size: Array
    due: NDArray[np.int64]
    rest: Array

    @classmethod
    def of(
        cls, began: Days, cut: date, months: int, every: int
    ) -> tuple[Tenures, NDArray[np.intp]]:
        """Return the tenures over so many months ahead, and the place of each contract in them."""
        started, places, size = np.unique(began, return_inverse=True, return_counts=True)
        ends = [months_on(cut, month) - timedelta(days=1) for month in range(months + 1)]
        due = np.stack([_behind(started, end) // every for end in ends])
        behind = _behind(started, ends[0])
        last, following = (each_months_on(started, behind + k) for k in (0, 1))
        rest = (following - np.datetime64(cut)).astype(float) / (following - last).astype(float)
        made = cls(cut, started, size.astype(float), due, rest.clip(0.0, 1.0))
        return made, places.ravel()

    def staying(self, model: RetentionModel) -> Array:
        """Probability to be under contract still at the end of each month; the first row is 1."""
        survival = model.survival(np.arange(float(self.due.max()) + 1))
        made: Array = survival[self.due] / survival[self.due[0]]
        return made

    def paid(self, staying: Array) -> Array:
        """Share of each month (a row) each is expected to be under contract."""
        made: Array = self.rest * staying[:-1] + (1 - self.rest) * staying[1:]
        return made


def _behind(started: Days, day: date) -> NDArray[np.int64]:
    return complete_months(started, np.full(started.size, np.datetime64(day))).astype(int)
