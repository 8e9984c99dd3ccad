"""The search of the stand-in: filters, one sort, pages, the ceiling, an index that lags behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.vendors.hubspot.crm import Crm, Record, modified_name

OPERATORS = {
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN",
    "HAS_PROPERTY", "NOT_HAS_PROPERTY", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN",
}  # fmt: skip
CEILING = 10_000


class Refused(Exception):  # noqa: N818
    """A request that HubSpot answers with 400."""


def search(
    crm: Crm, kind: str, body: dict[str, Any], lag: timedelta, ceiling: int = CEILING
) -> tuple[list[Record], int, int | None]:
    """Return a page of records, how many there are in all, and where the next page begins."""
    unknown = set(body) - {"filterGroups", "sorts", "query", "properties", "limit", "after"}
    if unknown:
        raise Refused(f"Invalid input JSON: Unrecognized field {sorted(unknown)[0]!r}")
    limit = body.get("limit", 10)
    if not isinstance(limit, int) or not 0 < limit <= 200:
        raise Refused("limit must be between 1 and 200")
    after = body.get("after") or "0"
    if not str(after).isdigit():
        raise Refused("after must be a number of results")
    if int(after) + limit > ceiling:
        raise Refused(f"The maximum number of results is {ceiling}")
    groups = body.get("filterGroups") or []
    if len(groups) > 5 or any(len(group["filters"]) > 6 for group in groups):
        raise Refused("at most 5 filterGroups of 6 filters")
    sorts = body.get("sorts") or []
    if len(sorts) > 1:
        raise Refused("at most one sort")
    edge = datetime.now(UTC) - lag
    found = []
    for record in crm.all(kind):
        indexed = _indexed(record, edge)
        if indexed is not None and _matches(crm, kind, indexed, groups):
            found.append((record, indexed))
    if sorts:
        name, descending = _sort(sorts[0])
        found.sort(key=lambda pair: _comparable(pair[1].get(name)), reverse=descending)
    start = int(after)
    page = [record for record, _ in found[start : start + limit]]
    more = start + limit if start + limit < len(found) else None
    return page, len(found), more


def _indexed(record: Record, edge: datetime) -> dict[str, str | None] | None:
    """Return what the index knows of a record: what was changed after `edge` it has not seen."""
    if record.modified <= edge:
        return record.properties
    if record.before is not None and record.before[0] <= edge:
        return record.before[1]
    return None


def _sort(said: str | dict[str, str]) -> tuple[str, bool]:
    if isinstance(said, str):
        return said.removeprefix("-"), said.startswith("-")
    return said["propertyName"], said["direction"] == "DESCENDING"


def _comparable(value: str | None) -> tuple[int, float, str]:
    """Order numbers as numbers and moments as moments (filters give them in epoch ms)."""
    if value is None:
        return (0, 0.0, "")
    try:
        return (1, float(value), "")
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value)
        return (1, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000, "")
    except ValueError:
        return (2, 0.0, value.lower())


def _matches(
    crm: Crm, kind: str, properties: dict[str, str | None], groups: list[dict[str, Any]]
) -> bool:
    return not groups or any(
        all(_holds(crm, kind, properties, one) for one in group["filters"]) for group in groups
    )


def _holds(crm: Crm, kind: str, properties: dict[str, str | None], said: dict[str, Any]) -> bool:
    name, operator = said["propertyName"], said["operator"]
    if operator not in OPERATORS:
        raise Refused(f"unknown operator {operator}")
    if name not in crm.known[kind]:
        raise Refused(f"Property {name} does not exist")
    value = properties.get(name)
    if operator in {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}:
        return bool((value is not None) == (operator == "HAS_PROPERTY"))
    if operator in {"IN", "NOT_IN"}:
        return bool((value in said["values"]) == (operator == "IN"))
    if not isinstance(said.get("value"), str):
        raise Refused(f"the value of {name} must be a string")
    if name in {modified_name(kind), "createdate"} and not said["value"].isdigit():
        raise Refused(f"{name} is compared in milliseconds since 1970")
    if value is None:
        return bool(operator == "NEQ")
    here, there = _comparable(value), _comparable(said["value"])
    outcomes: dict[str, bool] = {
        "EQ": here == there, "NEQ": here != there, "LT": here < there, "LTE": here <= there,
        "GT": here > there, "GTE": here >= there,
    }  # fmt: skip
    return outcomes[operator]
