"""Rules of integration: nodes and weights."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.linalg import eigh_tridiagonal

from kadar.forecasts.terms import Array


@lru_cache(maxsize=8)
def legendre(nodes: int) -> tuple[Array, Array]:
    """Gauss–Legendre: nodes in (0, 1) and weights that add up to 1."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weights / 2


@lru_cache(maxsize=4096)
def beta(a: float, b: float, nodes: int) -> tuple[Array, Array]:
    """Gauss–Jacobi: nodes and weights of the beta distribution (a, b); not to be written to.

    By the eigenvalues of the Jacobi matrix (Golub and Welsch 1969), which neither overflows nor
    loses digits for large a or b, as the polynomials themselves would.
    """
    k = np.arange(1.0, nodes)
    s = a + b
    # of the monic Jacobi polynomials on [0, 1] with the weight p^(a-1) (1-p)^(b-1)
    middle = np.empty(nodes)
    middle[0] = a / s
    two = 2 * k + s
    middle[1:] = (2 * k * (k + s - 1) + a * (s - 2)) / (two * (two - 2))
    side = k * (k + a - 1) * (k + b - 1) / ((two - 1) * (two - 2) ** 2)
    # the first k + s - 2 over two - 3 is 0/0 where s = 1
    side[1:] *= (k[1:] + s - 2) / (two[1:] - 3)
    at, vectors = eigh_tridiagonal(middle, np.sqrt(side))
    weights = vectors[0] ** 2
    for kept in (at, weights):
        kept.setflags(write=False)
    return at, weights
