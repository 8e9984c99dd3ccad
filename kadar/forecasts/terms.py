"""Log-likelihoods by row with their first and second derivatives, added up over the rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Parts = Sequence[Any]  # one number, or one array over the rows, for each parameter
CHUNK = 32_768  # rows whose arrays stay in the processor's cache


@dataclass(frozen=True)
class Terms:
    """A log-likelihood by row, its gradient and its Hessian (upper half; what is absent is 0).

    Every entry is an array over the rows, or one number that all rows share.
    """

    value: Any
    gradient: Sequence[Any]
    hessian: dict[tuple[int, int], Any]

    def __add__(self, other: Terms) -> Terms:
        hessian = dict(self.hessian)
        for place, entry in other.hessian.items():
            hessian[place] = hessian[place] + entry if place in hessian else entry
        gradient = [a + b for a, b in zip(self.gradient, other.gradient, strict=True)]
        return Terms(self.value + other.value, gradient, hessian)

    def in_logarithms(self, parameters: Parts) -> Terms:
        """Return the derivatives by the logarithms of the parameters."""
        gradient = [p * g for p, g in zip(parameters, self.gradient, strict=True)]
        hessian = {(i, j): parameters[i] * parameters[j] * h for (i, j), h in self.hessian.items()}
        for i, slope in enumerate(gradient):
            hessian[i, i] = hessian.get((i, i), 0.0) + slope
        return Terms(self.value, gradient, hessian)

    def summed(self, rows: int, weights: Array | None) -> tuple[float, Array, Array]:
        """Total, gradient and Hessian over the rows, each counted `weights` times."""
        size = len(self.gradient)
        hessian = np.zeros((size, size))
        for (i, j), entry in self.hessian.items():
            hessian[i, j] = hessian[j, i] = total(entry, rows, weights)
        gradient = np.array([total(entry, rows, weights) for entry in self.gradient])
        return total(self.value, rows, weights), gradient, hessian


def total(entry: Any, rows: int, weights: Array | None) -> float:
    """Sum over the rows; a number that all rows share counts for each."""
    if np.ndim(entry) == 0:
        return float(entry) * (rows if weights is None else float(weights.sum()))
    # not by BLAS: its own threads would fight with those of `added`
    return float(entry.sum() if weights is None else np.einsum("i,i->", weights, entry))


def mixture(logs: Array, scores: Sequence[Any], second: dict[tuple[int, int], Any]) -> Terms:
    """Terms of the logarithm of a sum of components: one a row, customers side by side.

    `scores` and `second` hold the derivatives of the components' logarithms. The Hessian of
    log Σ e^l is the mean of the second derivatives plus the covariance of the scores, under the
    shares of the components.
    """
    top = logs.max(axis=0)
    shares = np.exp(logs - top)
    whole = shares.sum(axis=0)
    shares /= whole
    value = top + np.log(whole)
    shared = [shares * score for score in scores]
    mean = [one.sum(axis=0) for one in shared]
    hessian = {}
    for i, one in enumerate(shared):
        for j in range(i, len(scores)):
            entry = np.einsum("ij,ij->j", one, scores[j]) - mean[i] * mean[j]
            if (i, j) in second:
                entry += np.einsum("ij,ij->j", shares, second[i, j])
            hessian[i, j] = entry
    return Terms(value, mean, hessian)


def joined(places: Sequence[Any], parts: Sequence[Terms]) -> Terms:
    """Terms of all rows, from those of groups of them; each group's places among all."""
    size = sum(rows.size for rows in places)

    def both(entries: Sequence[Any]) -> Any:
        made = np.empty(size)
        for rows, entry in zip(places, entries, strict=True):
            made[rows] = entry
        return made

    gradient = [both(slopes) for slopes in zip(*(one.gradient for one in parts), strict=True)]
    hessian = {key: both([one.hessian[key] for one in parts]) for key in parts[0].hessian}
    return Terms(both([one.value for one in parts]), gradient, hessian)


def added(
    rows: int, part: Callable[[slice], tuple[float, Array, Array]], chunk: int = CHUNK
) -> Any:
    """Add up what `part` gives for pieces of the rows; on every core where there are many."""
    pieces = [slice(at, min(at + chunk, rows)) for at in range(0, rows, chunk)]
    if rows > 50_000:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(part, pieces))
    else:
        found = [part(piece) for piece in pieces]
    return tuple(sum(several) for several in zip(*found, strict=True))


def by_chunks(function: Callable[..., Array], *arrays: Any) -> Any:
    """Apply a function of rows piece by piece, so that its matrices stay small."""
    spread = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in arrays))
    flat = [np.atleast_1d(a).ravel() for a in spread]
    made = np.empty(flat[0].size)
    for at in range(0, made.size, CHUNK):
        made[at : at + CHUNK] = function(*(a[at : at + CHUNK] for a in flat))
    return made.reshape(spread[0].shape)[()]
