"""How far a KPI may be off at most before it is withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.checks.finding import Bound
    from kadar.project import Checks


def exceeds(bound: Bound, settings: Checks) -> bool:
    """Whether a bound is wider than the settings allow.

    A KPI's own limit is in its unit; else shares have one in points, everything else one relative
    to its value.
    """
    if bound.value is None:
        return False
    own = settings.limits.get(bound.kpi)
    if own is None and bound.unit in ("percent", "points"):
        own = settings.limit_points * (1 if bound.unit == "percent" else 100)
    if own is None:
        own = settings.limit_relative * abs(bound.value)
    return bound.most > own
