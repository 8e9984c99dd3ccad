"""Customers as the models take them: x, t_x and T, checked, and equal ones counted once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kadar.errors import NO, KadarError
from kadar.forecasts.alike import packed
from kadar.forecasts.terms import Array
from kadar.language import N_


@dataclass(frozen=True)
class Customers:
    """Repeat purchases, time of the last and time observed, both since the first purchase."""

    x: Array
    t_x: Array
    T: Array
    weights: Array | None = None
    covariates: Array | None = None  # one row a customer

    @classmethod
    def of(cls, x: Any, t_x: Any, T: Any, weights: Any = None, covariates: Any = None) -> Customers:
        """Check and take the arrays.

        Raises KDR-FCT-001 for lengths that differ, KDR-FCT-002 for values that cannot be, and
        KDR-FCT-003 where nobody bought again.
        """
        parts = [np.atleast_1d(np.asarray(part, dtype=float)).ravel() for part in (x, t_x, T)]
        sizes = {part.size for part in parts}
        weights = None if weights is None else np.asarray(weights, dtype=float).ravel()
        if covariates is not None:
            covariates = np.asarray(covariates, dtype=float)
            covariates = covariates.reshape(len(covariates), -1)
        sizes |= {len(part) for part in (weights, covariates) if part is not None}
        if len(sizes) != 1:
            raise KadarError(
                "KDR-FCT-001",
                N_("The arrays have different lengths: {lengths}."),
                N_("Give one value for each customer."),
                lengths=", ".join(map(str, sorted(sizes))),
            )
        made = cls(parts[0], parts[1], parts[2], weights, covariates)
        made._check()
        return made

    def _check(self) -> None:
        x, t_x, T = self.x, self.t_x, self.T
        wrong = {
            "x": ~(x >= 0) | (x != np.floor(x)) | np.isinf(x),
            "t_x": ~(t_x >= 0) | (t_x > T) | ((x == 0) & (t_x != 0)),
            "T": ~(T >= 0) | np.isinf(T),
        }
        if self.weights is not None:
            wrong["weights"] = ~(self.weights >= 0) | np.isinf(self.weights)
        if self.covariates is not None:
            wrong["covariates"] = ~np.isfinite(self.covariates).all(axis=1)
        for name, rows in wrong.items():
            if rows.any():
                raise KadarError(
                    "KDR-FCT-002",
                    N_("{name} cannot be so in {count} rows, the first at {row}."),
                    N_("x counts repeat purchases; 0 <= t_x <= T, and t_x is 0 where x is 0."),
                    name=name,
                    count=int(rows.sum()),
                    row=int(np.argmax(rows)),
                )
        bought = x if self.weights is None else x * self.weights
        if not bought.any():
            raise KadarError(
                "KDR-FCT-003",
                N_("Nobody bought again: there is nothing a model of purchases could learn."),
                N_("Ask again when some customers have come back."),
                exit_code=NO,
            )

    def __len__(self) -> int:
        return self.x.size

    @property
    def count(self) -> float:
        """How many customers, by their weights."""
        return float(len(self)) if self.weights is None else float(self.weights.sum())

    def total(self, values: Array) -> float:
        """Sum over the customers."""
        return float(values.sum() if self.weights is None else values @ self.weights)

    def taken(self, rows: Any) -> Customers:
        """Return some of the rows."""
        w, z = self.weights, self.covariates
        return Customers(
            self.x[rows],
            self.t_x[rows],
            self.T[rows],
            None if w is None else w[rows],
            None if z is None else z[rows],
        )

    def grouped(self) -> Customers:
        """Count customers alike in x, t_x and T once, where times are whole days (or days / 7).

        Times that are no whole days rarely agree: sorting them would only cost. Those who never
        came back come first, so that pieces of the rows are of one kind.
        """
        if self.covariates is None:
            found = self._once()
            if found is not None:
                return found
        new = self.x == 0
        if not new.any():
            return self
        return self.taken(np.concatenate([np.flatnonzero(new), np.flatnonzero(~new)]))

    def _once(self) -> Customers | None:
        made = packed(self.x, self.t_x, self.T)
        if made is None:
            return None
        if self.weights is None:
            found, counts = np.unique(made.keys, return_counts=True)
        else:
            found, places = np.unique(made.keys, return_inverse=True)
            counts = np.bincount(places, self.weights)
        if found.size > 0.7 * len(self):
            return None
        x, t_x, T = made.columns(found)
        return Customers(x, t_x, T, counts.astype(float))

    def in_units_of(self, unit: float) -> Customers:
        """Return the same customers with another unit of time."""
        return replace(self, t_x=self.t_x / unit, T=self.T / unit)

    def sample(self, size: int) -> Customers:
        """Return about so many rows, evenly taken from all."""
        return self.taken(slice(0, None, max(1, len(self) // size)))
