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


def weighted(share: Array, variance: Array, top: Array, squares: Array) -> tuple[Array, Array]:
    """Interval of a share of an amount, each row's own share of its amount between 0 and 1.

    Wilson's with the effective sample: as many equal rows as would vary so much. The variance
    is the mean of that of the linearised ratio and of Kish's, which knows the amounts alone and
    so does not vanish where every row or none counts (Kish 1965, section 11.2C; Wilson's with
    an effective sample: Dean & Pagano 2015; Franco, Little, Louis & Slud 2019). `top` is the
    whole amount, `squares` the sum of the rows' squared amounts.
    """
    kish = _divide(top**2, squares)
    spread = share * (1 - share)
    both = (variance + _divide(spread, kish)) / 2
    n = np.where(both > 0, _divide(spread, both), kish)
    return wilson(share * n, n)


def waves(plus: Array, minus: Array, n: Array) -> tuple[Array, Array]:
    """Interval of the mean of rows that are +1, 0 or -1 (net promoter score / 100).

    The mean ± t standard errors, their variance p + d - (p - d)² taken with two rows more (half a
    row +1, half a row -1, one 0), so that a wave without detractors is not certain: the idea of
    the adjusted Wald interval (Rocks, "Interval estimation for the net promoter score", The
    American Statistician 70 (2016), 365-372), here around the score itself. Within -1 and 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (plus - minus) / n
        high, low = (plus + 0.5) / (n + 2), (minus + 0.5) / (n + 2)
        half = quantile_of_t(n) * np.sqrt((high + low - (high - low) ** 2) / (n + 2))
    return np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)


def poisson(count: Array) -> tuple[Array, Array]:
    """Score interval of the rate behind a count (Rao 1948): the rates 1.96 errors from it."""
    half = Z95 * np.sqrt(count + Z95**2 / 4)
    return np.maximum(count + Z95**2 / 2 - half, 0.0), count + Z95**2 / 2 + half


def of_counts(above: Array, below: Array) -> tuple[Array, Array]:
    """Interval of the ratio of two independent counts: Wilson's of the one's share in both."""
    low, high = wilson(above, above + below)
    with np.errstate(divide="ignore", invalid="ignore"):
        return low / (1 - low), np.where(high < 1, high / (1 - high), np.nan)


def normal(value: Array, variance: Array) -> tuple[Array, Array]:
    """Return value ± 1.96 standard errors."""
    half = Z95 * np.sqrt(variance)
    return value - half, value + half


def student(value: Array, variance: Array, n: Array) -> tuple[Array, Array]:
    """Return value ± t standard errors with n - 1 degrees of freedom; none below two values."""
    half = quantile_of_t(n) * np.sqrt(variance)
    return value - half, value + half


def ratio(
    top: Array, bottom: Array, moments: tuple[Array, Array, Array], n: Array
) -> tuple[Array, Array]:
    """Interval of Σx / Σy over the same n rows: delta method with Student's t.

    `moments` are Σx², Σxy and Σy² (Cochran 1977, section 2.11). The degrees of freedom are those
    of as many rows of equal y as would say as much (Kish 1965, section 11.2C).
    """
    squares, cross, base_squares = moments
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(bottom == 0, np.nan, top / bottom)
        spread = np.maximum(squares - 2 * value * cross + value**2 * base_squares, 0.0)
        variance = spread / bottom**2 * np.where(n > 1, n / (n - 1), np.nan)
    return student(value, variance, _divide(bottom**2, base_squares))


def skewed(value: Array, variance: Array, n: Array, skewness: Array) -> tuple[Array, Array]:
    """Interval of a mean of values that are not symmetric, such as amounts of money.

    Hall's cubic transformation of Student's t, which takes the skewness out of it (Hall, "On
    the removal of skewness by transformation", JRSS B 54 (1992), 221-228, section 2).
    `skewness` is that of the sample, g₁; of fewer than ten values it says nothing, and the
    interval is Student's. None below two values.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(n >= 10, np.sqrt(n * (n - 1)) / (n - 2), 0.0)
        most = np.where(n > 2, (n - 2) / np.sqrt(n - 1), 0.0)  # that n values can have
        g = np.clip(np.nan_to_num(skewness), -most, most) * factor
        t = quantile_of_t(n) / np.sqrt(n)

        def turned(side: float) -> Array:
            straight = side * t - g / (6 * n)
            steep = np.where(np.abs(g) < 1e-6, 1.0, g)
            bent = 3 * (np.cbrt(1 + steep * straight) - 1) / steep
            return np.where(np.abs(g) < 1e-6, straight, bent)

        spread = np.sqrt(variance * n)
        return value - spread * turned(1.0), value - spread * turned(-1.0)


def quantile_of_t(n: Array) -> Array:
    """Two-sided 95 % quantile of Student's t with n - 1 degrees of freedom; NaN below two."""
    degrees = np.where(n >= 2, n - 1, np.nan)
    found: Array = _special().stdtrit(degrees, 0.975)
    return found


def _divide(x: Array, y: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(y == 0, np.nan, x / y)


def _special() -> Any:
    from scipy import special  # a third of a second: only where an interval needs it

    return special
