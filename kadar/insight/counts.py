"""Whether two counts differ by more than chance."""

from __future__ import annotations

from kadar.language import N_

COUNTS = N_("two counts (conditional binomial)")


def two_counts(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Two-sided mid-p of two independent Poisson counts, each `(count, exposure)`.

    Given their sum, the later count is binomial with its share of the exposure (Przyborowski &
    Wilenski, Biometrika 31 (1940), 313-323); doubled mid-p (Fay, "Two-sided exact tests and
    matching confidence intervals for discrete data", The R Journal 2 (2010), 53-58). Exposure is
    what the counts are had for: days, or money spent. Events that come in bunches vary more than
    Poisson's do: then p is too small, and the limits of `kadar signals` are the better judge.
    """
    from scipy.special import bdtr

    (k0, e0), (k1, e1) = before, after
    total, share = int(k0 + k1), e1 / (e0 + e1)
    below = float(bdtr(k1 - 1, total, share)) if k1 >= 1 else 0.0
    upto = float(bdtr(k1, total, share))
    here = upto - below
    return min(1.0, 2 * min(below + here / 2, 1 - upto + here / 2))
