"""Whether two means of independent answers differ by more than chance, from their variances."""

from __future__ import annotations

import math

from kadar.language import N_

WAVES = N_("difference of two waves (Welch)")


def two_waves(difference: float, errors: tuple[float, float], sizes: tuple[float, float]) -> float:
    """Two-sided p of a difference with the standard errors of its two sides.

    For net promoter scores the errors are those of answers that are +1, 0 or -1. Student's t
    with Welch's degrees of freedom (Welch, Biometrika 34 (1947), 28-35). Customers who answered
    in both waves make the true error smaller: the test then errs on the side of noise.
    """
    from scipy.special import stdtr

    variances = [error**2 for error in errors]
    whole = math.fsum(variances)
    if whole == 0:
        return 1.0 if difference == 0 else 0.0
    degrees = whole**2 / math.fsum(
        v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True) if n > 1
    )
    return 2 * float(stdtr(degrees, -abs(difference) / math.sqrt(whole)))
