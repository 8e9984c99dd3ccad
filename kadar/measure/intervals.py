"""95 % intervals of the kinds of numbers there are.

Arrays of the same length in and out; NaN where there is none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Z95 = 1.959963984540054


def wilson(hits: Array, n: Array) -> tuple[Array, Array]:
    """Interval of a proportion (Wilson 1927, as in Brown, Cai & DasGupta 2001, eq. 4)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / n
        centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
        half = Z95 / (1 + Z95**2 / n) * np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    none = n <= 0
    low = np.where(hits <= 0, 0.0, centre - half)
    high = np.where(hits >= n, 1.0, centre + half)
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def poisson(count: Array) -> tuple[Array, Array]:
    """Exact interval of the rate behind a count (Garwood 1936)."""
    chdtri = _special().chdtri
    with np.errstate(invalid="ignore"):
        low = np.where(count > 0, chdtri(2 * np.maximum(count, 1), 0.975) / 2, 0.0)
        high = chdtri(2 * (count + 1), 0.025) / 2
    return low, high


def normal(value: Array, variance: Array) -> tuple[Array, Array]:
    """Return value ± 1.96 standard errors."""
    half = Z95 * np.sqrt(variance)
    return value - half, value + half


def student(value: Array, variance: Array, n: Array) -> tuple[Array, Array]:
    """Return value ± t standard errors with n - 1 degrees of freedom; none below two values."""
    degrees = np.where(n >= 2, n - 1, np.nan)
    half = _special().stdtrit(degrees, 0.975) * np.sqrt(variance)
    return value - half, value + half


def ratio(
    top: Array, bottom: Array, moments: tuple[Array, Array, Array], n: Array
) -> tuple[Array, Array]:
    """Interval of Σx / Σy over the same n rows: delta method with Student's t.

    `moments` are Σx², Σxy and Σy² (Cochran 1977, section 2.11). Where every y is 1 it is that of
    a mean.
    """
    squares, cross, base_squares = moments
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(bottom == 0, np.nan, top / bottom)
        spread = np.maximum(squares - 2 * value * cross + value**2 * base_squares, 0.0)
        variance = spread / bottom**2 * np.where(n > 1, n / (n - 1), np.nan)
    return student(value, variance, n)


def _special() -> Any:
    from scipy import special  # a third of a second: only where an interval needs it

    return special
