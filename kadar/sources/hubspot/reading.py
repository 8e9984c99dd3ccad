"""Reading records: all by list, then what changed by search, what was archived and merged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.sources.hubspot import associations
from kadar.sources.hubspot.api import MOST_LISTED, MOST_WITH_HISTORY, VERSION
from kadar.sources.live.connector import Batch, Reading

if TYPE_CHECKING:
    from kadar.sources.hubspot.api import Api
    from kadar.sources.hubspot.records import Kind
    from kadar.sources.live.connector import Access, Mark

OVERLAP = 15 * 60_000  # ms: how far the search index may be behind, and clocks apart
LEAD_STAGES = (
    "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer",
)  # fmt: skip
_EVERY_TIME = 5  # pages of archived records are read by every sync


@dataclass(frozen=True)
class Records:
    """The reading of one kind of record.

    Marks: `since` (epoch ms of HubSpot's clock: what changed after it is read next), `of` (digest
    of what is read), `whole` and `archive` (when all, and the archive, were last read), `pages`
    (of the archive).
    """

    api: Api
    access: Access
    kind: Kind

    def read(self, mark: Mark, cursor: Any) -> Reading:
        """Begin, or go on."""
        why = self._whole(mark)
        if why is not None:
            started = cursor if cursor and "listed" in cursor else {}
            return Reading(self._listed(started), whole=True, why=why)
        started = cursor if cursor and "found" in cursor else {}
        return Reading(self._changed(mark, started))

    def _whole(self, mark: Mark) -> str | None:
        """Return why all is read ("" the first time), None where changes are enough."""
        if mark is None:
            return ""
        if mark["of"] != self._digest:
            return N_("what is read of it, or how, was changed in kadar.toml")
        days = timedelta(days=float(self.access.options["reconcile_days"]))
        if self.access.moment - datetime.fromisoformat(mark["whole"]) >= days:
            return N_("from time to time, to find what was deleted for good")
        return None

    def _listed(self, cursor: Mapping[str, Any]) -> Iterator[Batch]:
        """Read all: pages by id, so that none is skipped."""
        self._note_unknown()
        since, of = cursor.get("since"), cursor.get("of", self._digest)
        parameters = {
            "limit": MOST_WITH_HISTORY if self._histories else MOST_LISTED,
            "properties": ",".join(self._properties),
            "propertiesWithHistory": ",".join(self._histories),
            "associations": ",".join(self.kind.to),
            "archived": "false",
        }
        given = {name: said for name, said in parameters.items() if said}
        for page in self.api.pages(self._path, given, cursor.get("listed")):
            since = page.moment - OVERLAP if since is None else since
            associations.listed(self.api, self.kind, page.records)
            made = self._batch(page.records)
            if page.after is not None:
                goes_on = {"listed": page.after, "since": since, "of": of}
                yield Batch(made.records, made.gone, cursor=goes_on)
                continue
            now = self.access.moment.isoformat()
            mark = {"since": since, "of": of, "whole": now, "archive": None, "pages": 0}
            yield Batch(made.records, made.gone, mark=mark, total=self.api.count(self.kind.name))

    def _changed(self, mark: Mapping[str, Any], cursor: Mapping[str, Any]) -> Iterator[Batch]:
        """Read what changed since the mark, by id; then what was archived."""
        if set(self.access.custom.get(self.kind.name, ())):
            self._note_unknown()
        since, last = cursor.get("since"), cursor.get("found", "0")
        while last is not None:
            page = self.api.search(
                self.kind.name,
                [
                    {"propertyName": self.kind.modified, "operator": "GTE",
                     "value": str(mark["since"])},
                    {"propertyName": "hs_object_id", "operator": "GT", "value": last},
                ],
            )  # fmt: skip
            since = page.moment - OVERLAP if since is None else since
            found = [str(record["id"]) for record in page.records]
            most = MOST_WITH_HISTORY if self._histories else MOST_LISTED
            for start in range(0, len(found), most):
                ids = found[start : start + most]
                records = self.api.batch(self.kind.name, ids, self._properties, self._histories)
                associations.asked(self.api, self.kind, records)
                made = self._batch(records)
                there = {str(record["id"]) for record in records}
                # the index still has them: archived, merged or deleted since
                gone = [*made.gone, *(one for one in ids if one not in there)]
                yield Batch(made.records, gone, cursor={"found": ids[-1], "since": since})
            last = page.after
        yield self._archived({**mark, "since": since})

    def _archived(self, mark: Mapping[str, Any]) -> Batch:
        """Read what was archived. A long archive is read less often: a page a minute at most."""
        now = self.access.moment
        read = mark["archive"]
        wait = timedelta(minutes=max(0, mark["pages"] - _EVERY_TIME))
        if read is not None and now - datetime.fromisoformat(read) < wait:
            return Batch(mark=mark)
        given = {"limit": MOST_LISTED, "archived": "true"}
        gone: list[str] = []
        pages = 0
        for page in self.api.pages(self._path, given):
            gone += [str(record["id"]) for record in page.records]
            pages += 1
        return Batch(gone=gone, mark={**mark, "archive": now.isoformat(), "pages": pages})

    def _batch(self, records: Any) -> Batch:
        """Return the records with what kadar adds to them, and the ids they were merged from."""
        gone: list[str] = []
        for record in records:
            gone += _merged(record)
            record["kadar"] = self._own(record)
            record.pop("url", None)
        return Batch(list(records), gone)

    def _own(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return who the customer is, and whether a contact may be a lead, as the options say."""
        persons = self.access.options["customers"] == "contacts"
        own = "contacts" if persons else "companies"
        linked = record["associations"].get(own) or [None]
        customer = record["id"] if self.kind.name == own else linked[0]
        if persons and self.kind.name == "companies":
            customer = None
        led = self.kind.name == "contacts" == self.access.options["leads"] and _led(record)
        return {"customer": customer, "lead": record["id"] if led else None}

    def _note_unknown(self) -> None:
        """Say which fields of kadar.toml HubSpot does not have: it leaves them out silently."""
        wanted = set(self.access.custom.get(self.kind.name, ()))
        if not wanted:
            return
        said = self.api.get(f"/crm/properties/{VERSION}/{self.kind.name}")["results"]
        absent = sorted(wanted - {str(one["name"]) for one in said})
        if absent:
            text = N_("{object}: HubSpot has no property {names}; what it filled is left empty.")
            self.access.note(text.format(object=self.kind.name, names=", ".join(absent)))

    @property
    def _path(self) -> str:
        return f"/crm/objects/{VERSION}/{self.kind.name}"

    @property
    def _histories(self) -> tuple[str, ...]:
        """Properties read with their history: a contact's status only where contacts are leads."""
        if self.kind.name == "contacts" == self.access.options["leads"]:
            return (*self.kind.histories, "hs_lead_status")
        return self.kind.histories

    @property
    def _properties(self) -> list[str]:
        return sorted({*self.kind.properties, *self.access.custom.get(self.kind.name, ())})

    @property
    def _digest(self) -> str:
        options = [str(self.access.options[name]) for name in ("customers", "leads")]
        said = "\n".join([*options, *self._properties, *self._histories, *self.kind.to])
        return hashlib.blake2s(said.encode(), digest_size=8).hexdigest()


def _merged(record: Mapping[str, Any]) -> list[str]:
    """Return the ids a record had before merges: `1;2`, and of contacts `1:moment;2:moment`."""
    properties = record.get("properties") or {}
    said = f"{properties.get('hs_merged_object_ids') or ''};" + (
        properties.get("hs_calculated_merged_vids") or ""
    )
    found = {one.partition(":")[0] for one in said.split(";")}
    return sorted(found - {"", str(record["id"])})


def _led(record: Mapping[str, Any]) -> bool:
    """Tell whether a contact is or was a lead: by its lifecycle stage, or that it passed one."""
    properties = record.get("properties") or {}
    passed = (f"hs_v2_date_entered_{stage}" for stage in LEAD_STAGES)
    return properties.get("lifecyclestage") in LEAD_STAGES or any(map(properties.get, passed))
