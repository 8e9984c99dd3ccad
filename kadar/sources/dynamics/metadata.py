"""What an environment says of its tables: entity sets, keys, columns, how dates are meant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kadar.sources.dynamics.odata import path

if TYPE_CHECKING:
    from kadar.sources.dynamics.odata import Service

_CAST = "Microsoft.Dynamics.CRM.DateTimeAttributeMetadata"
_LOOKUPS = {"Lookup", "Customer", "Owner"}
_MOMENTS = {"createdon", "modifiedon"}  # always are


@dataclass(frozen=True)
class Definition:
    """One table of an environment. `columns` are those that can be read, by logical name."""

    name: str
    entity_set: str
    key: str
    tracked: bool  # its changes are
    columns: Mapping[str, str]  # and their types

    def selected(self, names: Iterable[str]) -> list[str]:
        """Return what of these names `$select` can hold: without annotations, no lookup bare."""
        plain = dict.fromkeys(name.partition("@")[0] for name in names)
        return [
            name
            for name in plain
            if attribute(name) in self.columns
            and (self.columns[attribute(name)] in _LOOKUPS) == (attribute(name) != name)
        ]

    @property
    def dated(self) -> bool:
        """Tell whether its records say when they were last changed."""
        return "modifiedon" in self.columns


def attribute(name: str) -> str:
    """Return the logical name of the column that a property of a record is of."""
    name = name.partition("@")[0]
    return name[1:-6] if name.startswith("_") and name.endswith("_value") else name


def definitions(service: Service, names: Sequence[str]) -> dict[str, Definition]:
    """Return the definitions of the tables that exist. Raises KDR-SRC errors."""
    query = {
        "$select": "LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled",
        "$filter": " or ".join(f"LogicalName eq '{name}'" for name in names),
        "$expand": "Attributes($select=LogicalName,AttributeType,IsValidForRead)",
    }
    return {
        one["LogicalName"]: Definition(
            one["LogicalName"],
            one["EntitySetName"],
            one["PrimaryIdAttribute"],
            bool(one["ChangeTrackingEnabled"]),
            {
                column["LogicalName"]: str(column.get("AttributeType"))
                for column in one["Attributes"]
                if column.get("IsValidForRead", True)
            },
        )
        for one in service.get(path("EntityDefinitions", query))["value"]
        if one.get("EntitySetName")
    }


def dates(service: Service, definition: Definition, selected: Iterable[str]) -> dict[str, str]:
    """Return of the selected columns those that are no moments, and what they are.

    `day`: a date without a time; `wall`: what a clock on the wall showed, in no zone. All other
    columns of this kind are moments, in UTC. Raises KDR-SRC errors.
    """
    chosen = {attribute(name) for name in selected} - _MOMENTS
    if not any(definition.columns[name] == "DateTime" for name in chosen):
        return {}
    said = service.get(
        path(
            f"EntityDefinitions(LogicalName='{definition.name}')/Attributes/{_CAST}",
            {"$select": "LogicalName,DateTimeBehavior,Format"},
        )
    )
    found = {}
    for column in said["value"]:
        behaviour = (column.get("DateTimeBehavior") or {}).get("Value")
        if column["LogicalName"] not in chosen or behaviour == "UserLocal":
            continue
        if behaviour == "DateOnly":
            found[column["LogicalName"]] = "day"
        elif behaviour == "TimeZoneIndependent":
            only_day = column.get("Format") == "DateOnly"
            found[column["LogicalName"]] = "day" if only_day else "wall"
    return found


def straighten(
    records: Iterable[MutableMapping[str, Any]], kinds: Mapping[str, str], time_zone: str
) -> None:
    """Take the UTC from what never was UTC: dates become dates, wall clocks the company's."""
    zone = ZoneInfo(time_zone)
    for record in records:
        for name, kind in kinds.items():
            text = record.get(name)
            if not isinstance(text, str):
                continue
            if kind == "day":
                record[name] = text[:10]
            else:
                wall = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=zone)
                record[name] = wall.isoformat()


def shape(selected: Sequence[str], kinds: Mapping[str, str]) -> str:
    """Return a digest of what is asked of a table: if it is another, all is read anew."""
    said = json.dumps([list(selected), dict(sorted(kinds.items()))])
    return hashlib.sha256(said.encode()).hexdigest()[:16]
