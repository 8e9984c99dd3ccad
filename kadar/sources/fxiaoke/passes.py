"""One pass over an object: what changed since the last one, and what is gone.

Fxiaoke tells of no deletion. A record is first made void (作废: `life_status` invalid, still to
be queried) and then deleted for good, of which only its absence tells. So besides the changes a
pass counts: where there are fewer records than those we know and those that are new, or where a
day has gone by, all ids are listed and what is not among them is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.sources.fxiaoke.conditions import Filter, where
from kadar.sources.fxiaoke.fields import Field, digest
from kadar.sources.live.connector import Batch, Reading

if TYPE_CHECKING:
    from kadar.sources.fxiaoke.client import Client
    from kadar.sources.live.connector import Access

MODIFIED, CREATED = "last_modified_time", "create_time"
OVERLAP = 600_000  # milliseconds: a change is found a while after it was made
_VOID = where("life_status", "EQ", "invalid")
_VALID = where("life_status", "N", "invalid")


class Pass:
    """A pass over one object; `api` is its name there, `name` ours."""

    def __init__(
        self, client: Client, access: Access, api: str, name: str, fields: Mapping[str, Field]
    ) -> None:
        self._client, self._access, self._api, self._name = client, access, api, name
        self._changes = MODIFIED in fields
        self._voids = "life_status" in fields
        self._always = [
            field for field in (MODIFIED, CREATED, "life_status", "is_deleted") if field in fields
        ]

    def reading(
        self,
        mark: Mapping[str, Any] | None,
        cursor: Mapping[str, Any] | None,
        chosen: Mapping[str, Field],
        custom: Mapping[str, Field],
    ) -> Reading:
        """Begin a pass, or go on with the one that was killed."""
        read = digest(chosen, [f"{name} {field.name}" for name, field in custom.items()])
        if cursor is None or cursor["to"]["fields"] != read:
            cursor = self._begin(mark, read)
        batches = self._batches(cursor, mark, chosen, custom)
        return Reading(batches, bool(cursor["whole"]), str(cursor["why"]))

    def _begin(self, mark: Mapping[str, Any] | None, read: str) -> dict[str, Any]:
        """Decide what is read: changes or everything, and whether all ids are compared."""
        moment = self._access.moment.isoformat()
        to: dict[str, Any] = {"since": 0, "fields": read, "reconciled": moment, "later": 0}
        last, total = self._last() if self._changes else (None, None)
        if last is not None:
            # by the system's own clock: what changes from now on is later than this
            to["since"] = int(last.get(MODIFIED) or 0)
        why, everything, ids = "", True, False
        if mark is not None and mark["fields"] != read:
            why = N_("other fields are read than before")
        elif mark is not None and self._changes:
            everything = False
            ids, why = self._missing(mark, total)
            if not ids:
                to["reconciled"] = mark["reconciled"]
        steps = ["all"] if everything else ["changed", *(["void"] if self._voids else [])]
        return {
            "steps": [*steps, *(["ids"] if ids else [])],
            "after": None,
            "to": to,
            "whole": everything or ids,
            "why": why,
        }

    def _missing(self, mark: Mapping[str, Any], total: int | None) -> tuple[bool, str]:
        """Tell whether all ids are to be compared, and why."""
        hours = float(self._access.options["reconcile_hours"])
        last = datetime.fromisoformat(mark["reconciled"])
        if self._access.moment - last >= timedelta(hours=hours):
            return True, ""
        if total is None:
            return False, ""
        new = self._client.count(
            self._api, [*self._valid(), where(CREATED, "GT", str(mark["since"]))]
        )
        known = self._access.known(self._name)
        if new is not None and total < known + new - mark["later"]:
            return True, N_("records were deleted")
        return False, ""

    def _batches(
        self,
        cursor: Mapping[str, Any],
        mark: Mapping[str, Any] | None,
        chosen: Mapping[str, Field],
        custom: Mapping[str, Field],
    ) -> Iterator[Batch]:
        steps, after, to = list(cursor["steps"]), cursor["after"], dict(cursor["to"])
        asked = [name for field in [*chosen.values(), *custom.values()] for name in field.asked]
        fields = list(dict.fromkeys(["_id", *self._always, *asked]))
        while steps:
            step = steps[0]
            wanted = ["_id", *self._always] if step == "ids" else fields
            for page in self._client.pages(self._api, self._filters(step, mark), wanted, after):
                if page:
                    after = str(page[-1]["_id"])
                void = [str(record["_id"]) for record in page if _void(record)]
                valid = [record for record in page if not _void(record)]
                if step != "ids":
                    to["later"] += sum(_created(one) > to["since"] for one in valid)
                yield Batch(
                    records=[] if step == "ids" else [_read(r, chosen, custom) for r in valid],
                    present=[str(one["_id"]) for one in valid] if step == "ids" else [],
                    gone=void,
                    cursor={**cursor, "steps": steps, "after": after, "to": to},
                )
            steps, after = steps[1:], None
            yield Batch(cursor={**cursor, "steps": steps, "after": None, "to": to})
        total = self._last()[1] if cursor["whole"] and self._changes else None
        yield Batch(cursor={**cursor, "steps": [], "after": None, "to": to}, mark=to, total=total)

    def _filters(self, step: str, mark: Mapping[str, Any] | None) -> list[Filter]:
        if step in {"all", "ids"} or mark is None:
            return []
        since = where(MODIFIED, "GTE", str(max(int(mark["since"]) - OVERLAP, 0)))
        return [since, _VOID] if step == "void" else [since]

    def _last(self) -> tuple[dict[str, Any] | None, int | None]:
        """Return the record changed last, and how many there are; void ones do not count."""
        return self._client.last(self._api, self._valid(), MODIFIED)

    def _valid(self) -> list[Filter]:
        return [_VALID] if self._voids else []


def _void(record: Mapping[str, Any]) -> bool:
    return record.get("life_status") == "invalid" or record.get("is_deleted") is True


def _created(record: Mapping[str, Any]) -> int:
    return int(record.get(CREATED) or 0)


def _read(
    record: Mapping[str, Any], chosen: Mapping[str, Field], custom: Mapping[str, Field]
) -> dict[str, Any]:
    """Return a record under our columns, days as days, and what kadar.toml maps as it names it."""
    made: dict[str, Any] = {"_id": str(record["_id"])}
    made |= {name: field.shown(record) for name, field in custom.items()}
    made |= {column: field.read(record) for column, field in chosen.items()}
    made[MODIFIED] = record.get(MODIFIED)
    return {name: value for name, value in made.items() if value is not None}
