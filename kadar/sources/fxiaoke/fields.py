"""Which of a company's own fields play which part: chosen from its description of each object.

Preset fields have known names. What a company calls otherwise (the status of its tickets is
often a field of its own) is found by its label, and references by the object they point to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
_REFERENCES = {"object_reference", "master_detail", "object_reference_many"}
_PLACES = {"country", "province", "city", "district", "town"}
_PEOPLE = {"employee", "out_employee", "department"}


@dataclass(frozen=True)
class Wanted:
    """A column we want of an object: names of the field, else labels, else what it refers to."""

    names: tuple[str, ...]
    labels: tuple[str, ...] = ()
    refers: str | None = None


def wanted(*names: str, labels: str = "", refers: str | None = None) -> Wanted:
    """Return what is wanted; labels are divided by blanks, `_` in them being one."""
    return Wanted(names, tuple(_plain(label) for label in labels.split()), refers)


@dataclass(frozen=True)
class Field:
    """A field of an object, as its description says."""

    name: str
    type: str
    label: str
    options: Mapping[str, str]  # value -> label, in their order
    refers: str | None
    zone: timezone

    @property
    def asked(self) -> list[str]:
        """What a query must be asked for to get it."""
        return [self.name, f"{self.name}__r"] if self.type in _PLACES else [self.name]

    def read(self, record: Mapping[str, Any]) -> Any:
        """Return its value in a record, days as days and moments as moments."""
        said = record.get(self.name)
        if self.type in _PLACES:
            return record.get(f"{self.name}__r") or said
        if isinstance(said, list) and self.type in _PEOPLE:
            return said[0] if said else None
        if self.type == "date":
            return _moment(said, self.zone, "%Y-%m-%d")
        if self.type == "date_time":
            return _moment(said, UTC, "%Y-%m-%dT%H:%M:%S.%fZ")
        return said

    def shown(self, record: Mapping[str, Any]) -> Any:
        """Return its value in a record as people see it: labels in place of options."""
        said = record.get(self.name)
        if isinstance(said, list) and self.options:
            return ", ".join(self.options.get(str(one), str(one)) for one in said)
        if self.options and said is not None:
            return self.options.get(str(said), said)
        return self.read(record)


def described(answer: Mapping[str, Any]) -> dict[str, Field]:
    """Read the answer of `object/describe`: the active fields by name."""
    said = ((answer.get("data") or {}).get("describe") or {}).get("fields") or {}
    return {name: _field(name, one) for name, one in said.items() if one.get("is_active", True)}


def choose(wants: Mapping[str, Wanted], fields: Mapping[str, Field]) -> dict[str, Field]:
    """Return the field of each column that has one."""
    found: dict[str, Field] = {}
    for column, want in wants.items():
        one = next((fields[name] for name in want.names if name in fields), None)
        if one is None:
            one = next((f for label in want.labels for f in fields.values()
                        if _plain(f.label) == label), None)  # fmt: skip
        if one is None and want.refers is not None:
            one = next((f for f in fields.values() if f.refers == want.refers), None)
        if one is not None:
            found[column] = one
    return found


def find(name: str, fields: Mapping[str, Field]) -> Field | None:
    """Return the field that kadar.toml calls by its name, or by its label."""
    if name in fields:
        return fields[name]
    labelled = [field for field in fields.values() if _plain(field.label) == _plain(name)]
    return labelled[0] if len(labelled) == 1 else None


def digest(chosen: Mapping[str, Field], custom: Sequence[str]) -> str:
    """Return a text that is other where other fields are read, or are of another type."""
    return json.dumps([
        sorted([column, field.name, field.type] for column, field in chosen.items()),
        sorted(custom),
    ])  # fmt: skip


def _field(name: str, said: Mapping[str, Any]) -> Field:
    options = said.get("options") or []
    labels = {str(o.get("value")): str(o.get("label")) for o in options if isinstance(o, dict)}
    refers = said.get("target_api_name") if said.get("type") in _REFERENCES else None
    return Field(
        name, str(said.get("type")), str(said.get("label") or name), labels, refers,
        _zone(str(said.get("time_zone") or "")),
    )  # fmt: skip


def _zone(said: str) -> timezone:
    """Read GMT+8, GMT-03:30; days are China's where nothing is said."""
    found = re.fullmatch(r"(?:GMT|UTC)(?:([+-])(\d{1,2})(?::?(\d{2}))?)?", said.strip())
    if found is None:
        return CHINA
    sign, hours, minutes = found.groups()
    apart = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-apart if sign == "-" else apart)


def _moment(said: Any, zone: timezone, form: str) -> Any:
    """Write milliseconds since 1970; what is none stays as it is, and is refused with a reason."""
    try:
        milliseconds = int(said)
    except (TypeError, ValueError):
        return said
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.astimezone(zone).strftime(form)


def _plain(label: str) -> str:
    """Return a label without blanks, case and what stands in brackets."""
    return re.sub(r"[\s_]|[(（].*?[)）]", "", label).casefold()
