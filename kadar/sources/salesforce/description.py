"""What an object is today, to the user of the API: the fields to read, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kadar.language import N_
from kadar.sources.live.connector import Unreadable
from kadar.sources.salesforce.answers import Refusal
from kadar.sources.salesforce.client import Client
from kadar.sources.salesforce.kinds import Kind

_COMPOUND = {"address", "location", "complexvalue", "base64"}


@dataclass(frozen=True)
class Description:
    """The fields that are read, with their types; those that cannot be; those that are formulas."""

    types: Mapping[str, str]
    missing: tuple[str, ...]
    formulas: tuple[str, ...]
    replicated: bool  # there is a log of its deletions

    @property
    def fields(self) -> list[str]:
        """Names of the fields that are read, in one order whatever Salesforce's."""
        return list(self.types)

    def without(self, field: str) -> Description:
        """Return the description with one field less."""
        left = {name: kind for name, kind in self.types.items() if name != field}
        return replace(self, types=left, missing=(*self.missing, field))


def describe(client: Client, name: str, kind: Kind, custom: Sequence[str]) -> Description:
    """Ask what the object is. Raises `Unreadable` where the user of the API cannot see it."""
    try:
        said: Mapping[str, Any] = client.get(f"sobjects/{name}/describe")
    except Refusal as refusal:
        raise unreadable(refusal) from None
    if not said.get("queryable", True):
        raise Unreadable(N_("it cannot be queried"))
    known = {field["name"]: field for field in said["fields"]}
    types: dict[str, str] = {}
    missing = []
    for field in dict.fromkeys((*kind.wanted, *custom)):
        if field in known and known[field]["type"] not in _COMPOUND:
            types[field] = known[field]["type"]
        elif field not in kind.optional or field in custom:
            missing.append(field)
    formulas = [field for field in custom if known.get(field, {}).get("calculated")]
    replicated = bool(said.get("replicateable"))
    return Description(types, tuple(missing), tuple(formulas), replicated)


def unreadable(refusal: Refusal) -> Exception:
    """Return what a refusal to tell of an object means: it is said, and the others are read."""
    absent = {"NOT_FOUND", "INVALID_TYPE", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY"}
    if refusal.said in {*absent, "FUNCTIONALITY_NOT_ENABLED", "FORBIDDEN"}:
        return Unreadable(
            N_("the organisation does not have it, or the user may not see it ({said})"),
            {"said": refusal.said},
        )
    return refusal
