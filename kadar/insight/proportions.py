"""Whether two proportions differ by more than chance."""

from __future__ import annotations

import math

from kadar.language import N_

CHI_SQUARED = N_("two proportions (chi-squared)")
FISHER = N_("two proportions (Fisher, mid-p)")
FEWEST_EXPECTED = 5.0


def two_proportions(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, str]:
    """Two-sided p of two independent proportions, each `(hits, n)`, and the test it is of.

    The chi-squared test with the factor N - 1 where every cell is expected to hold at least five,
    as Campbell recommends ("Chi-squared and Fisher-Irwin tests of two-by-two tables with small
    sample recommendations", Statistics in Medicine 26 (2007), 3661-3675); else Fisher's exact
    test with the mid-p, which, unlike the plain one, is hardly conservative (Lydersen, Fagerland
    & Laake, "Recommended tests for association in 2 x 2 tables", Statistics in Medicine 28
    (2009), 1159-1175).
    """
    (h0, n0), (h1, n1) = before, after
    hits, n = h0 + h1, n0 + n1
    if hits in (0, n):
        return 1.0, FISHER
    if min(n0, n1) * min(hits, n - hits) / n < FEWEST_EXPECTED:
        return _fisher(round(h0), round(n0), round(h1), round(n1)), FISHER
    difference = h0 * (n1 - h1) - h1 * (n0 - h0)
    squared = (n - 1) * difference**2 / (n0 * n1 * hits * (n - hits))
    return math.erfc(math.sqrt(squared / 2)), CHI_SQUARED


def _fisher(h0: int, n0: int, h1: int, n1: int) -> float:
    """Sum of the probabilities of the tables no likelier than this one, of this one the half."""
    hits = h0 + h1
    first, last = max(0, hits - n0), min(hits, n1)
    whole = _log_choose(n0 + n1, hits)
    chances = [
        math.exp(_log_choose(n1, k) + _log_choose(n0, hits - k) - whole)
        for k in range(first, last + 1)
    ]
    here = chances[h1 - first]
    return math.fsum(chance for chance in chances if chance <= here * (1 + 1e-9)) - here / 2


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
