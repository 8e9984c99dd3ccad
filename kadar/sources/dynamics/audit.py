"""The audit log: of each entry only the changes of a few columns are kept."""

from __future__ import annotations

import json
from typing import Any

from kadar.sources.dynamics.objects import AUDITED

ACCESSED = 4  # the operation of an entry that says who has looked
_KEPT = ("auditid", "_objectid_value", "objecttypecode", "operation", "createdon", "_userid_value")
CHANGES = "changedata"  # JSON text: {"changedAttributes": [{"logicalName", "oldValue", …}]}

CONDITION = (
    "("
    + " or ".join(f"objecttypecode eq '{name}'" for name in AUDITED)
    + f") and operation ne {ACCESSED}"
)


def refined(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries that tell of an audited column, with nothing else in them."""
    found = []
    for entry in entries:
        wanted = AUDITED.get(str(entry.get("objecttypecode")), ())
        changes = [change for change in _changes(entry) if change.get("logicalName") in wanted]
        if changes:
            found.append({name: entry.get(name) for name in _KEPT} | {"changes": changes})
    return found


def _changes(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the changed columns of an entry: some kinds of entry hold other text, or none."""
    try:
        said = json.loads(entry.get(CHANGES) or "{}")
        return [
            {name: change.get(name) for name in ("logicalName", "oldValue", "newValue")}
            for change in said["changedAttributes"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
