"""Conditions of a query: all of them hold together."""

from __future__ import annotations

from typing import Any

Filter = dict[str, Any]


def where(field: str, operator: str, *values: str) -> Filter:
    """Return one condition; values are always a list of texts, moments milliseconds."""
    return {"field_name": field, "operator": operator, "field_values": list(values)}
