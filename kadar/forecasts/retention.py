"""Retention of a cohort under contract, fitted to how many are left after each renewal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from copy import copy
from typing import Any, ClassVar, Self

import numpy as np

from kadar.errors import NO, KadarError
from kadar.forecasts.diagnosis import DROPOUT, SAME_LEAVING, Diagnosis
from kadar.forecasts.fitter import LARGE, SMALL, Nested
from kadar.forecasts.newton import Top, climb
from kadar.forecasts.terms import Array
from kadar.language import N_

_BOX = (np.log(1e-8), np.log(1e5))
_VAGUE = 0.04
_BLOCK, _FAR = 4096, 1_000_000


class RetentionModel(ABC):
    """A model of how long customers under contract stay. After `fit` it has `parameters`,
    `standard_errors`, `log_standard_errors`, `log_likelihood`, `covariance` (of the logarithms),
    `diagnosis` and `nested`, as the models of purchases. The unit of time is the renewal.
    """

    name: ClassVar[str]
    letters: ClassVar[tuple[str, ...]]
    nests: ClassVar[tuple[Nested, ...]]

    parameters: dict[str, float]
    standard_errors: dict[str, float]
    log_standard_errors: dict[str, float]
    log_likelihood: float
    covariance: Array
    diagnosis: Diagnosis | None = None
    nested: str

    @abstractmethod
    def _log_survival(self, point: Array, t: Array) -> tuple[Array, Array, Array]:
        """Log of S(t), gradient (one row a parameter) and Hessian, by the parameters' logs."""

    def fit(self, survivors: Any) -> Self:
        """Fit to how many are left after 0, 1, 2, … renewals, or to a table of cohorts.

        Of a table each row is a cohort; what is not known yet (NaN) ends its row. Raises
        KDR-FCT-007 for counts that rise, are negative or fewer than two; KDR-FCT-008 where nobody
        left, for then there is nothing to learn about leaving.
        """
        lost, kept = _ends(survivors)
        times = np.arange(1.0, lost.size + 1)

        def objective(point: Array) -> tuple[float, Array, Array]:
            return self._likelihood(point, times, lost, kept)

        start = np.zeros(len(self.letters))
        free = np.ones(start.size, dtype=bool)
        found = _climbed(objective, start, free)
        self.diagnosis, self.nested = None, self.name
        for nested in self.nests:
            places = [self.letters.index(k) for k in nested.held]
            if not self._guilty(found, free):
                break
            free[places] = False
            begin = start.copy()
            begin[places] = np.log([nested.held[k] for k in nested.held])
            if nested.partner:
                begin[self.letters.index(nested.partner)] = begin[places[0]]
            found = _climbed(objective, begin, free)
            self.nested = nested.name.format(model=self.name)
            gone = tuple(k for k, is_free in zip(self.letters, free, strict=True) if not is_free)
            held = dict(nested.held)
            self.diagnosis = Diagnosis(self.name, nested.name, DROPOUT, gone, held)
        self.parameters = dict(zip(self.letters, map(float, np.exp(found.point)), strict=True))
        self.covariance = np.zeros((start.size, start.size))
        self.covariance[np.ix_(free, free)] = np.linalg.pinv(-found.hessian, hermitian=True)
        errors = np.sqrt(np.maximum(np.diag(self.covariance), 0))
        errors[~free] = np.nan
        self.log_standard_errors = dict(zip(self.letters, map(float, errors), strict=True))
        self.standard_errors = {k: e * self.parameters[k]
                                for k, e in self.log_standard_errors.items()}  # fmt: skip
        self.log_likelihood = found.value
        return self

    def at(self, point: Array) -> Self:
        """Return the model with other parameters, given by their logarithms."""
        made = copy(self)
        made.parameters = dict(zip(self.letters, map(float, np.exp(point)), strict=True))
        return made

    def survival(self, t: Any) -> Any:
        """Share of a cohort left after t renewals."""
        t = np.asarray(t, dtype=float)
        point = np.log(list(self.parameters.values()))
        return np.exp(self._log_survival(point, t.ravel())[0]).reshape(t.shape)[()]

    def retention(self, t: Any) -> Any:
        """Share of those left after t - 1 renewals who renew once more."""
        t = np.asarray(t, dtype=float)
        return self.survival(t) / self.survival(t - 1)

    def expected_lifetime(self, discount: float, renewals: float = 0) -> float:
        """Periods a customer is still to be paid for, each discounted: Σ S(t | renewals) / (1+d)^t.

        `discount` is the rate a period, `renewals` how many the customer has behind it; the first
        period counts whole. Without a discount the sum may be
        infinite. Raises
        KDR-FCT-009 for a negative discount.
        """
        if discount < 0:
            raise KadarError(
                "KDR-FCT-009",
                N_("The discount {discount} is negative."),
                N_("Give the rate for one period, as 0.01 for 1 %."),
                discount=discount,
            )
        behind = float(self.survival(renewals))
        if discount == 0 and self._tail() <= 1:
            return float("inf")
        total, at = 0.0, 0
        while True:
            t = np.arange(at, at + _BLOCK, dtype=float)
            added = self.survival(renewals + t) / behind * np.exp(-t * np.log1p(discount))
            total += float(added.sum())
            at += _BLOCK
            last = float(added[-1])
            if discount > 0 and last / discount <= 1e-12 * total:
                return total
            if discount == 0 and at >= _FAR:  # the rest falls as a power of t
                return total + last * (at - 1 + renewals) / (self._tail() - 1) - last / 2

    @abstractmethod
    def _tail(self) -> float:
        """Power of 1/t by which S(t) falls in the end."""

    def _likelihood(
        self, point: Array, times: Array, lost: Array, kept: Array
    ) -> tuple[float, Array, Array]:
        """Σ lost · log(S(t-1) - S(t)) + Σ kept · log S(t)."""
        value, slope, bend = self._log_survival(point, np.concatenate([[0.0], times]))
        share = np.exp(value)
        first = share * slope
        second = share * (bend + slope[:, None] * slope[None, :])
        gone = -np.diff(share)
        gone = np.maximum(gone, 1e-300)
        score = -np.diff(first, axis=1) / gone
        curve = -np.diff(second, axis=2) / gone - score[:, None] * score[None, :]
        return (
            float(lost @ np.log(gone) + kept @ value[1:]),
            score @ lost + slope[:, 1:] @ kept,
            curve @ lost + bend[:, :, 1:] @ kept,
        )

    def _guilty(self, found: Top, free: Array) -> bool:
        values = np.exp(found.point[free])
        if np.any(values > LARGE) or np.any(values < SMALL) or not found.reached:
            return True
        return bool(found.information[0][0] < _VAGUE)


def _climbed(objective: Any, start: Array, free: Array) -> Top:
    def at(point: Array) -> tuple[float, Array, Array]:
        whole = start.copy()
        whole[free] = point
        value, gradient, hessian = objective(whole)
        return value, gradient[free], hessian[np.ix_(free, free)]

    low, high = (np.full(int(free.sum()), edge) for edge in _BOX)
    top = climb(at, start[free], low, high)
    whole = start.copy()
    whole[free] = top.point
    return Top(whole, top.value, top.gradient, top.hessian, top.reached)


def _ends(survivors: Any) -> tuple[Array, Array]:
    """How many left at each renewal, and how many were last seen after it; all cohorts together."""
    table = np.atleast_2d(np.asarray(survivors, dtype=float))
    size = table.shape[1] - 1
    lost, kept = np.zeros(max(size, 0)), np.zeros(max(size, 0))
    for row in table:
        known = row[: int(np.argmax(np.isnan(row)))] if np.isnan(row).any() else row
        if np.any(known < 0) or np.any(np.diff(known) > 0) or np.any(np.isnan(row[: known.size])):
            raise _senseless()
        if known.size > 1:
            lost[: known.size - 1] -= np.diff(known)
            kept[known.size - 2] += known[-1]
    if size < 1 or not (lost.sum() + kept.sum()):
        raise _senseless()
    if not lost.any():
        raise KadarError(
            "KDR-FCT-008",
            N_("Nobody left: there is nothing a model of retention could learn."),
            N_("Ask again when some customers have left."),
            exit_code=NO,
        )
    return lost, kept


def _senseless() -> KadarError:
    return KadarError(
        "KDR-FCT-007",
        N_("These are no counts of survivors."),
        N_("Give how many are left after 0, 1, 2, … renewals: at least two, never rising."),
    )


def steady(letters: Sequence[str]) -> Nested:
    """Return the nested model in which all customers renew with one probability."""
    return Nested(SAME_LEAVING, {letters[1]: LARGE})
