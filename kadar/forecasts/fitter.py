"""Fitting a model of purchases by maximum likelihood: what the models have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from kadar.errors import KadarError
from kadar.forecasts.customers import Customers
from kadar.forecasts.diagnosis import DROPOUT, Diagnosis
from kadar.forecasts.newton import Top, climb
from kadar.forecasts.terms import CHUNK, Array, Parts, Terms, added
from kadar.language import N_

LARGE, SMALL = 1e4, 1e-6  # beyond them a shape parameter is not identified
# the climb's box
_SHAPES, _TIMES = (np.log(SMALL / 2), np.log(2 * LARGE)), (np.log(1e-9), np.log(1e9))
Mask = NDArray[np.bool_]
_VAGUE = 0.04  # information of a direction known to less than a factor of e^5 (standard error)
_MANY, _SOME = 50_000, 4_000  # rows from which a sample's top is the start, and its size
_PART = 6  # a sample of this part of the rows is climbed next
_TRUST = 1e-9  # a row, that a last step gains without a look from where it leads


@dataclass(frozen=True)
class Nested:
    """A model nested in another: parameters held at a limit, to which it tends.

    `partner` is the parameter that grows with a held one while their ratio means something.
    """

    name: str
    held: Mapping[str, float]
    partner: str = ""


@dataclass(frozen=True)
class Trait:
    """What customers differ in, by which parameters; the nested models in which they do not."""

    about: str
    letters: tuple[str, ...]
    nested: tuple[Nested, ...]  # the simplest first


class Fitter(ABC):
    """A model fitted to customers. After `fit`:

    `parameters` by the papers' letters, `standard_errors` of them and `log_standard_errors` of
    their logarithms (of covariates' coefficients: of themselves), `log_likelihood`, `covariance`
    (of the logarithms), `diagnosis` (None where all is identified), `nested` (what was fitted:
    the model's own name, or that of the nested model). Times are in the unit of T.
    """

    name: ClassVar[str]
    letters: ClassVar[tuple[str, ...]]
    times: ClassVar[tuple[str, ...]] = ()  # parameters in the unit of T
    traits: ClassVar[tuple[Trait, ...]] = ()
    varied: ClassVar[dict[str, tuple[str, int]]] = {}  # coefficient → parameter, sign
    chunk: ClassVar[int] = CHUNK  # rows worked on at once

    parameters: dict[str, float]
    standard_errors: dict[str, float]
    log_standard_errors: dict[str, float]
    log_likelihood: float
    covariance: Array
    diagnosis: Diagnosis | None = None
    nested: str

    @abstractmethod
    def _counts(self, parameters: Parts, x: Array) -> Terms:
        """Part of the log-likelihood that x alone decides."""

    @abstractmethod
    def _times(self, parameters: Parts, x: Array, t_x: Array, T: Array) -> Terms:
        """Return the rest of it."""

    def _summed(
        self, parameters: Parts, x: Array, t_x: Array, T: Array, weights: Array | None
    ) -> tuple[float, Array, Array]:
        """Return `_times` added up over the rows; parameters are numbers."""
        return self._times(parameters, x, t_x, T).summed(x.size, weights)

    @abstractmethod
    def _start(self, customers: Customers) -> Sequence[float]:
        """Parameters to begin with."""

    @classmethod
    def with_parameters(cls, **parameters: float) -> Self:
        """Return the model with parameters that are known, say from an earlier fit.

        Coefficients of covariates are named `gamma1_1`, `gamma1_2` and so on. Raises KDR-FCT-010
        for names that are not the model's.
        """
        made = cls()
        names = [n for n in parameters if n.rpartition("_")[0] in cls.varied]
        if sorted(parameters) != sorted([*cls.letters, *names]):
            raise KadarError(
                "KDR-FCT-010",
                N_("{given} are not the parameters of {model}."),
                N_("It has these: {parameters}."),
                given=", ".join(parameters),
                model=cls.name,
                parameters=", ".join(cls.letters),
            )
        made.parameters = {n: float(parameters[n]) for n in [*cls.letters, *sorted(names)]}
        made.covariance = np.zeros((len(parameters), len(parameters)))
        made.log_standard_errors = dict.fromkeys(made.parameters, np.nan)
        made.standard_errors = dict.fromkeys(made.parameters, np.nan)
        made.log_likelihood, made.nested = np.nan, cls.name
        return made

    def fit(self, x: Any, t_x: Any, T: Any, weights: Any = None, covariates: Any = None) -> Self:
        """Fit the model; `weights` says how many customers each row stands for.

        Raises KDR-FCT-001 to 003 for arrays that cannot be, KDR-FCT-004 for covariates of a
        model that takes none.
        """
        if covariates is not None and not self.varied:
            raise KadarError(
                "KDR-FCT-004",
                N_("{model} takes no covariates."),
                N_("Use BG/NBD, MBG/NBD or Pareto/NBD."),
                model=self.name,
            )
        given = Customers.of(x, t_x, T, weights, covariates)
        unit = float(given.T.max()) if self.times else 1.0
        self._fit(given.grouped().in_units_of(unit), unit)
        return self

    def _fit(self, customers: Customers, unit: float) -> None:
        width = 0 if customers.covariates is None else customers.covariates.shape[1]
        start = np.concatenate([np.log(self._start(customers)), np.zeros(width * len(self.varied))])
        free = np.ones(start.size, dtype=bool)
        found = self._climbed(customers, start, free)
        self.diagnosis, self.nested = None, self.name
        for _ in self.traits:
            trait = self._unknown(found, free)
            if trait is None:
                break
            found, free, nested = self._without(trait, customers, found.point, free)
            held = {k: v * unit if k in self.times else v for k, v in nested.held.items()}
            self.diagnosis = Diagnosis(
                self.name, nested.name, trait.about, trait.letters, held, self.diagnosis
            )
            self.nested = nested.name.format(model=self.name)
        self._keep(found, free, customers, unit)

    def _climbed(self, customers: Customers, start: Array, free: Mask) -> Top:
        box = np.full((free.size, 2), (-np.inf, np.inf))
        for i, letter in enumerate(self.letters):
            box[i] = _TIMES if letter in self.times else _SHAPES
        low, high = box[free].T

        def objective(rows: Customers) -> Any:
            count = self._counter(rows)

            def at(point: Array) -> tuple[float, Array, Array]:
                whole = start.copy()
                whole[free] = point
                value, gradient, hessian = self.derivatives(whole, rows, count)
                return value, gradient[free], hessian[np.ix_(free, free)]

            return at

        begin, trust = start[free], 0.0
        if len(customers) > _MANY and customers.weights is None:
            for size in (_SOME, len(customers) // _PART):
                if size >= _SOME:
                    sample = objective(customers.sample(size))
                    begin = climb(sample, begin, low, high, trust=1e-6 * size).point
                    begin = np.clip(begin, low + 1, high - 1)
            trust = _TRUST * len(customers)
        top = climb(objective(customers), begin, low, high, trust=trust)
        whole = start.copy()
        whole[free] = top.point
        return Top(whole, top.value, top.gradient, top.hessian, top.reached)

    def _counter(self, customers: Customers) -> tuple[Array, Array]:
        """Each different x, and how many customers have it."""
        weights = customers.weights
        if customers.x.max() < 1e6:
            counts = np.bincount(customers.x.astype(np.int64), weights)
            found = np.flatnonzero(counts)
            return found.astype(float), counts[found].astype(float)
        values, places = np.unique(customers.x, return_inverse=True)
        return values, np.bincount(places, weights).astype(float)

    def derivatives(
        self, point: Array, customers: Customers, count: tuple[Array, Array] | None = None
    ) -> tuple[float, Array, Array]:
        """Log-likelihood, gradient and Hessian by the logarithms of the parameters.

        The coefficients of covariates follow the parameters, and stand for themselves.
        """
        size = len(self.letters)
        if customers.covariates is None:
            parameters = [float(p) for p in np.exp(point[:size])]
            values, numbers = self._counter(customers) if count is None else count
            made = self._counts(parameters, values).summed(len(values), numbers)
            weights = customers.weights

            def part(rows: slice) -> tuple[float, Array, Array]:
                mine = None if weights is None else weights[rows]
                x, t_x, T = customers.x[rows], customers.t_x[rows], customers.T[rows]
                return self._summed(parameters, x, t_x, T, mine)

            value, gradient, hessian = (
                a + b for a, b in zip(made, added(len(customers), part, self.chunk), strict=True)
            )
            return _in_logarithms(np.array(parameters), value, gradient, hessian)
        found: tuple[float, Array, Array] = added(
            len(customers), lambda rows: self._varied_part(point, customers.taken(rows)), self.chunk
        )
        return found

    def _varied_part(self, point: Array, rows: Customers) -> tuple[float, Array, Array]:
        """Derivatives where covariates move the parameters of each row."""
        size, count = len(self.letters), len(rows)
        covariates = np.empty((count, 0)) if rows.covariates is None else rows.covariates
        design = np.zeros((size, count, point.size))
        for i in range(size):
            design[i, :, i] = 1.0
        width = covariates.shape[1]
        for number, (letter, sign) in enumerate(self.varied.values()):
            at = size + number * width
            design[self.letters.index(letter), :, at : at + width] = sign * covariates
        logs = design @ point
        parameters = list(np.exp(logs))
        terms = self._counts(parameters, rows.x) + self._times(parameters, rows.x, rows.t_x, rows.T)
        terms = terms.in_logarithms(parameters)
        weights = np.ones(count) if rows.weights is None else rows.weights
        gradient = sum(design[i].T @ (weights * terms.gradient[i]) for i in range(size))
        hessian = np.zeros((point.size, point.size))
        for (i, j), entry in terms.hessian.items():
            block = design[i].T @ ((weights * entry)[:, None] * design[j])
            hessian += block if i == j else block + block.T
        return float(weights @ terms.value), gradient, hessian

    def _unknown(self, found: Top, free: Mask) -> Trait | None:
        """Return a trait whose parameters the data leaves open.

        One whose parameters ran away comes first: it may be what leaves the others open too.
        """
        there = [t for t in self.traits if free[self._places(t)].all()]
        for trait in there:
            places = self._places(trait)
            shapes = [i for i in places if self.letters[i] not in self.times]
            values = np.exp(found.point[shapes])
            if np.any(values > LARGE) or np.any(values < SMALL):
                return trait
            scales = [i for i in places if self.letters[i] in self.times]
            if trait.about == DROPOUT and np.any(found.point[scales] > np.log(LARGE)):
                return trait
        values, vectors = found.information
        if values[0] > _VAGUE:
            return None
        loads = np.zeros(free.size)
        loads[free] = vectors[:, 0]
        return max(
            there, key=lambda trait: float(np.sum(loads[self._places(trait)] ** 2)), default=None
        )

    def _places(self, trait: Trait) -> list[int]:
        return [self.letters.index(letter) for letter in trait.letters]

    def _without(
        self, trait: Trait, customers: Customers, point: Array, free: Mask
    ) -> tuple[Top, Mask, Nested]:
        """Fit the nested models; keep the simplest that explains as much as any."""
        fitted = []
        for nested in trait.nested:
            start, mine = point.copy(), free.copy()
            size = len(self.letters)
            start[:size] = np.where(free[:size], np.log(self._start(customers)), start[:size])
            for letter, value in nested.held.items():
                at = self.letters.index(letter)
                if nested.partner:  # the mean stays what it was
                    start[self.letters.index(nested.partner)] += np.log(value) - start[at]
                start[at], mine[at] = np.log(value), False
            for coefficient in self._coefficients(nested.held, free.size):
                start[coefficient], mine[coefficient] = 0.0, False
            fitted.append((self._climbed(customers, start, mine), mine, nested))
        best = max(one[0].value for one in fitted)
        return next(one for one in fitted if one[0].value >= best - 0.01)

    def _coefficients(self, held: Mapping[str, float], size: int) -> list[int]:
        """Places of the coefficients that move held parameters."""
        width = (size - len(self.letters)) // max(len(self.varied), 1)
        return [
            len(self.letters) + number * width + i
            for number, (letter, _sign) in enumerate(self.varied.values())
            if letter in held
            for i in range(width)
        ]

    def _keep(self, found: Top, free: Mask, customers: Customers, unit: float) -> None:
        size = len(self.letters)
        values = np.exp(found.point[:size])
        for letter in self.times:
            values[self.letters.index(letter)] *= unit
        width = 0 if customers.covariates is None else customers.covariates.shape[1]
        names = [f"{k}_{i + 1}" for k in self.varied for i in range(width)]
        coefficients = found.point[size:]
        self.parameters = dict(
            zip([*self.letters, *names], map(float, [*values, *coefficients]), strict=True)
        )
        self.covariance = np.zeros((free.size, free.size))
        self.covariance[np.ix_(free, free)] = np.linalg.pinv(-found.hessian, hermitian=True)
        errors = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
        errors[~free] = np.nan
        scale = np.concatenate([values, np.ones(coefficients.size)])
        self.log_standard_errors = dict(zip(self.parameters, map(float, errors), strict=True))
        self.standard_errors = dict(zip(self.parameters, map(float, errors * scale), strict=True))
        self.log_likelihood = found.value
        if self.times:
            self.log_likelihood -= customers.total(customers.x) * float(np.log(unit))


def _in_logarithms(
    parameters: Array, value: float, gradient: Array, hessian: Array
) -> tuple[float, Array, Array]:
    """Return derivatives by the logarithms of the parameters."""
    slope = parameters * gradient
    return value, slope, np.outer(parameters, parameters) * hessian + np.diag(slope)
