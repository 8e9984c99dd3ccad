"""What a fitted model of purchases tells about customers, known and new."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from kadar.errors import KadarError
from kadar.forecasts.alike import alike
from kadar.forecasts.fitter import Fitter
from kadar.forecasts.terms import Array, Parts, by_chunks
from kadar.language import N_

_SIMULATED = 1_000_000  # draws of single customers; beyond, their sum is as good as normal


class PurchaseModel(Fitter):
    """A fitted model of purchases; times are in the unit of the T it was fitted with.

    Each method takes numbers or arrays and, where the model was fitted with them, `covariates`
    with one row a customer. They use the estimates as if known; `total_quantiles` does not.
    """

    def _at(self, covariates: Any = None, point: Array | None = None) -> Parts:
        """Return the parameters: numbers, or with covariates an array for each."""
        size = len(self.letters)
        values = list(self.parameters.values()) if point is None else list(point)
        if covariates is None:
            return [float(v) for v in values[:size]]
        z = np.asarray(covariates, dtype=float)
        z = z.reshape(len(z), -1)
        parts: list[Any] = [float(v) for v in values[:size]]
        for number, (letter, sign) in enumerate(self.varied.values()):
            first = size + number * z.shape[1]
            coefficients = np.array(values[first : first + z.shape[1]])
            i = self.letters.index(letter)
            parts[i] = parts[i] * np.exp(sign * (z @ coefficients))
        return parts

    def _rowwise(self, function: Any, covariates: Any, *arrays: Any, point: Any = None) -> Any:
        """Apply a function of (parameters, *arrays) piece by piece."""
        width = sum(name.rpartition("_")[2].isdigit() for name in self.parameters)
        given = 0 if covariates is None else np.reshape(covariates, (len(covariates), -1)).shape[1]
        if given * len(self.varied) != width:
            raise KadarError(
                "KDR-FCT-005",
                N_("{model} was fitted with {fitted} covariates and is asked with {given}."),
                N_("Give the same covariates as in fit, one row for each customer."),
                model=self.name,
                fitted=width // max(len(self.varied), 1),
                given=given,
            )
        parameters = self._at(covariates, point)
        moved = [i for i, p in enumerate(parameters) if np.ndim(p)]

        def piece(*columns: Array) -> Any:
            mine = list(parameters)
            for i, column in zip(moved, columns[len(arrays) :], strict=True):
                mine[i] = column
            return function(mine, *columns[: len(arrays)])

        return by_chunks(piece, *arrays, *(parameters[i] for i in moved))

    @abstractmethod
    def _alive(self, p: Parts, x: Array, t_x: Array, T: Array) -> Any:
        """Probability that a customer has not left by T."""

    @abstractmethod
    def _if_alive(self, p: Parts, t: Array, x: Array, T: Array) -> Any:
        """Purchases in the next t to expect of a customer who has not left by T."""

    @abstractmethod
    def _at_least(self, p: Parts, k: Array, t: Array, x: Array, T: Array) -> Any:
        """Probability of k >= 1 purchases or more in the next t, of a customer alive at T."""

    @abstractmethod
    def _drawn(self, p: Parts, t: Array, x: Array, T: Array, draw: Any) -> Any:
        """Purchases in the next t of customers alive at T, simulated."""

    @abstractmethod
    def _new(self, p: Parts, t: Array) -> Any:
        """Repeat purchases to expect of a new customer."""

    @abstractmethod
    def _none(self, p: Parts, h: Array, x: Array, t_x: Array, T: Array) -> Any:
        """Probability of no purchase in the next h."""

    def probability_alive(self, x: Any, t_x: Any, T: Any, covariates: Any = None) -> Any:
        """Probability that a customer has not left by T.

        Under BG/NBD it is 1 for everyone who bought once: for a risk take
        `probability_no_purchase`.
        """
        return self._rowwise(self._alive, covariates, x, t_x, T)

    def expected_purchases(self, t: Any, x: Any, t_x: Any, T: Any, covariates: Any = None) -> Any:
        """Purchases to expect in the t after T."""
        return self._rowwise(self._expected, covariates, t, x, t_x, T)

    def expected_by(
        self, times: Sequence[float], x: Any, t_x: Any, T: Any, *, sums: Any = None
    ) -> Array:
        """Purchases to expect in each of several times after T: a row a time.

        With `sums`, a number for each time in each of its rows, those sums of them instead.
        Quick where few customers differ in x and T: how long ago the last purchase was decides
        only whether a customer is still there.
        """
        columns = np.broadcast_arrays(x, t_x, T)
        kinds, places, _size = alike(columns[0], columns[2])
        there = self._rowwise(
            self._if_alive, None, np.array(times, dtype=float), *(part[:, None] for part in kinds)
        )
        if sums is not None:
            there = there @ np.array(sums, dtype=float).T
        alive = np.ravel(self.probability_alive(*columns))
        made = np.empty((there.shape[1], alive.size))
        for row, column in zip(made, there.T, strict=True):
            np.multiply(column[places], alive, out=row)
        return made.reshape(-1, *columns[0].shape)

    def _expected(self, p: Parts, t: Array, x: Array, t_x: Array, T: Array) -> Any:
        return self._alive(p, x, t_x, T) * self._if_alive(p, t, x, T)

    def expected_purchases_new(self, t: Any, covariates: Any = None) -> Any:
        """Repeat purchases to expect of a new customer in the t after the first purchase."""
        return self._rowwise(self._new, covariates, t)

    def probability_no_purchase(
        self,
        h: Any,
        x: Any,
        t_x: Any,
        T: Any,
        covariates: Any = None,
    ) -> Any:
        """Probability of no purchase in the h after T: L(x, t_x, T + h) / L(x, t_x, T)."""
        return self._rowwise(self._none, covariates, h, x, t_x, T)

    def probability_at_least(
        self,
        k: Any,
        t: Any,
        x: Any,
        t_x: Any,
        T: Any,
        covariates: Any = None,
    ) -> Any:
        """Probability of at least k purchases in the t after T, exact."""

        def rows(p: Parts, k: Array, t: Array, x: Array, t_x: Array, T: Array) -> Any:
            found = self._alive(p, x, t_x, T) * self._at_least(p, np.maximum(k, 1.0), t, x, T)
            return np.where(k <= 0, 1.0, found)

        return self._rowwise(rows, covariates, k, t, x, t_x, T)

    def quantile(
        self,
        q: float,
        t: Any,
        x: Any,
        t_x: Any,
        T: Any,
        covariates: Any = None,
    ) -> Any:
        """Smallest number of purchases in the t after T that holds with probability q, exact."""

        def rows(p: Parts, t: Array, x: Array, t_x: Array, T: Array) -> Any:
            alive = self._alive(p, x, t_x, T)
            low, high = np.zeros(x.size), np.ones(x.size)

            def beyond(k: Array, i: Any) -> Any:
                mine = [part[i] if np.ndim(part) else part for part in p]
                at_least = self._at_least(mine, k[i] + 1, t[i], x[i], T[i])
                return alive[i] * at_least > 1 - q

            open_ = np.flatnonzero(beyond(low, slice(None)))
            low[:] = 0
            while open_.size:  # double until enough
                open_ = open_[beyond(high, open_)]
                low[open_], high[open_] = high[open_], high[open_] * 2
            first = beyond(np.zeros(x.size), slice(None))
            while (wide := np.flatnonzero(first & (high - low > 1))).size:
                middle = np.floor((low + high) / 2)
                more = beyond(middle, wide)
                low[wide] = np.where(more, middle[wide], low[wide])
                high[wide] = np.where(more, high[wide], middle[wide])
            return np.where(first, high, 0.0)

        return self._rowwise(rows, covariates, t, x, t_x, T)

    def simulate(
        self,
        t: Any,
        x: Any,
        t_x: Any,
        T: Any,
        covariates: Any = None,
        *,
        seed: Any = 0,
    ) -> Any:
        """Purchases of each customer in the t after T, drawn once."""
        return self._simulated(np.random.default_rng(seed), covariates, (t, x, t_x, T), None)

    def _simulated(self, draw: Any, covariates: Any, arrays: Any, point: Any) -> Any:
        def rows(p: Parts, t: Array, x: Array, t_x: Array, T: Array) -> Any:
            alive = draw.random(x.size) < self._alive(p, x, t_x, T)
            return np.where(alive, self._drawn(p, t, x, T, draw), 0.0)

        return self._rowwise(rows, covariates, *arrays, point=point)

    def total_quantiles(
        self,
        q: Any,
        t: Any,
        x: Any,
        t_x: Any,
        T: Any,
        covariates: Any = None,
        *,
        draws: int = 1000,
        seed: int = 0,
    ) -> Any:
        """Quantiles of all customers' purchases together in the t after T, simulated.

        Each draw takes parameters from their normal distribution (of the logarithms) and then
        every customer's purchases; of so many customers that this would take long, the sum is
        taken as normal. Neither knows that the model may be wrong: see the backtest.
        """
        draw = np.random.default_rng(seed)
        arrays: Any = [np.atleast_1d(a) for a in np.broadcast_arrays(t, x, t_x, T)]
        centre = np.array(list(self.parameters.values()))
        size = len(self.letters)
        centre[:size] = np.log(centre[:size])
        points = draw.multivariate_normal(centre, self.covariance, draws, method="eigh")

        def natural(point: Array) -> Array:
            return np.concatenate([np.exp(point[:size]), point[size:]])

        if arrays[0].size * draws <= _SIMULATED:
            totals = [
                self._simulated(draw, covariates, arrays, natural(point)).sum() for point in points
            ]
            return np.quantile(totals, q)

        def mean(point: Array) -> float:
            found = self._rowwise(self._expected, covariates, *arrays, point=natural(point))
            return float(found.sum())

        steps = np.sqrt(np.diag(self.covariance))
        slope = np.zeros(centre.size)
        for i in np.flatnonzero(steps):
            up, down = centre.copy(), centre.copy()
            up[i], down[i] = up[i] + steps[i], down[i] - steps[i]
            slope[i] = np.log(mean(up) / mean(down)) / (2 * steps[i])
        once = self._simulated(draw, covariates, arrays, None)
        expected = self._rowwise(self._expected, covariates, *arrays)
        spread = float(np.sqrt(np.sum((once - expected) ** 2)))
        level = np.exp((points - centre) @ slope) * expected.sum()
        return np.quantile(level + spread * draw.standard_normal(draws), q)
