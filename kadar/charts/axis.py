"""What axes of values say: percent, money, hours in few characters."""

from __future__ import annotations

FORMATS = {
    "percent": ".0%",
    "points": "+.0f",
    "hours": ".3~s",
    "days": ".3~s",
    "months": ".3~s",
    "money": ".3~s",
    "number": ".3~s",
    "ratio": ".2~f",
}


def value_format(unit: str, values: list[float]) -> str:
    """Return the d3 format of an axis in a unit; narrow spans of a share keep decimals."""
    if unit == "percent" and values and max(values) - min(values) < 0.05:
        return ".1%" if max(values) - min(values) >= 0.005 else ".2%"
    return FORMATS.get(unit, ".3~s")
