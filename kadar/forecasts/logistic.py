"""Logistic regression with a ridge penalty on standardised features, and Platt's calibration."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
import numpy as np

from kadar.forecasts.terms import Array

SPREAD = 0.5  # of a coefficient before anything is known: the penalty is that of this normal
FREE = 10.0  # of one that is as good as free
FAR = 4.0  # standard deviations from which a value is taken as no farther
RARE = 0.01  # share of the rows, below which what is unknown gets no coefficient of its own
_STEPS = 100


class Term(msgspec.Struct, frozen=True):
    """A feature in the regression: standardised by its mean and deviation, times `coefficient`.

    `unknown` is what it adds for a value that is not known, in `share` of the rows it was fitted
    to; what it adds is 0 on average over these, but for values too far out.
    """

    mean: float
    deviation: float
    coefficient: float
    unknown: float
    share: float

    def adds(self, values: Array) -> Array:
        """Return what the feature adds to the log odds of each row."""
        known = self.coefficient * _standard(values, self.mean, self.deviation)
        made: Array = np.where(np.isnan(values), self.unknown, known) - self.unknown * self.share
        return made


class Logistic(msgspec.Struct, frozen=True):
    """A fitted regression: log odds = intercept + slope · Σ terms."""

    intercept: float
    terms: dict[str, Term]
    slope: float = 1.0

    def contributions(self, features: Mapping[str, Array]) -> dict[str, Array]:
        """Return what each feature adds to the log odds of each row; with `intercept`, all of it.

        A feature that is not there at all adds nothing.
        """
        return {
            name: self.slope * term.adds(features[name])
            for name, term in self.terms.items()
            if name in features
        }

    def log_odds(self, features: Mapping[str, Array]) -> Array:
        """Return the log odds of each row."""
        return np.asarray(self.intercept + sum(self.contributions(features).values()), dtype=float)

    def calibrated(self, features: Mapping[str, Array], happened: Array) -> Logistic:
        """Return it with slope and intercept fitted to rows that it did not learn from.

        Source: Platt (1999), Probabilistic outputs for support vector machines, section 2.2,
        his targets (n + 1) / (n + 2) and 1 / (n + 2) included.
        """
        score = self.log_odds(features) - self.intercept
        gone, stayed = happened.sum(), (1 - happened).sum()
        target = np.where(happened > 0, (gone + 1) / (gone + 2), 1 / (stayed + 2))
        design = np.stack([np.ones(score.size), score], axis=1)
        intercept, slope = newton(design, target, np.zeros(2))
        return Logistic(float(intercept), self.terms, float(self.slope * slope))


def fit(features: Mapping[str, Array], happened: Array, *, free: Collection[str] = ()) -> Logistic:
    """Fit a regression to rows of which it is known whether it happened (1) or not (0).

    The maximum of the penalised likelihood: coefficients of standardised features are normal with
    deviation 0.5 before the data speaks (le Cessie & van Houwelingen 1992, Applied Statistics 41);
    the intercept is free, and features named so are as good as free. A feature that does not
    differ is left out. Where a value is unknown (NaN) in 1 % of the rows or more, its being so
    has a coefficient of its own.
    """
    columns, kept, penalty = [np.ones(happened.size)], [], [0.0]
    for name, values in features.items():
        known = ~np.isnan(values)
        if not known.any():
            continue
        mean, deviation = float(values[known].mean()), float(values[known].std())
        share = float((~known).mean())
        differs = deviation > 1e-9
        column = np.where(known, _standard(values, mean, deviation or 1.0), 0.0)
        of_unknown = RARE <= share <= 1 - RARE
        if differs or of_unknown:
            kept.append((name, mean, deviation or 1.0, share))
            columns += [column, (~known - share) * of_unknown]
            penalty += [1 / (FREE if name in free else SPREAD) ** 2, 1 / SPREAD**2]
    found = newton(np.stack(columns, axis=1), happened, np.array(penalty))
    terms = {
        name: Term(mean, deviation, float(found[1 + 2 * i]), float(found[2 + 2 * i]), share)
        for i, (name, mean, deviation, share) in enumerate(kept)
    }
    return Logistic(float(found[0]), terms)


def newton(design: Array, target: Array, penalty: Array) -> Array:
    """Return the coefficients that maximise Σ t·log p + (1-t)·log(1-p) - Σ penalty·b²/2.

    Newton's steps, halved while they do not climb; the function is concave.
    """
    at = np.zeros(design.shape[1])
    share = float(np.clip(target.mean(), 1e-6, 1 - 1e-6))
    at[0] = np.log(share / (1 - share))
    ridge = np.diag(penalty + 1e-12)

    def value(point: Array) -> float:
        odds = design @ point
        return float(target @ odds - np.logaddexp(0, odds).sum() - penalty @ point**2 / 2)

    now = value(at)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ at, -500, 500)))
        gradient = design.T @ (target - p) - penalty * at
        curve = (design * (p * (1 - p))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, gradient)
        while (then := value(at + step)) < now and np.abs(step).max() > 1e-12:
            step = step / 2
        at, gained, now = at + step, then - now, then
        if gained < 1e-10 * max(1.0, abs(now)):
            break
    return at


def _standard(values: Array, mean: float, deviation: float) -> Array:
    made: Array = np.clip((values - mean) / deviation, -FAR, FAR)
    return made
