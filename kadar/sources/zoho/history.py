"""What is read record by record, only for records that changed: stages of deals, order lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.sources.live.connector import Batch, Object, Reading, columns
from kadar.sources.zoho.api import InfoPages, Record
from kadar.sources.zoho.crm import PER_PAGE, V8, Crm, moment_of
from kadar.sources.zoho.reading import OVERLAP
from kadar.sources.zoho.verdicts import CLOSED, Refused

if TYPE_CHECKING:
    from kadar.sources.live.connector import Access

STAGES = Object(
    "Stage_History",
    {
        "id": "$.id",
        "Deal": '$."Potential_Name"."id"',
        **columns("Stage", "Moved_To__s", "Modified_Time"),
    },
)
LINES = Object("Order_Lines", {"id": "$.id", "lines": "$.lines"})
LEDGER = "DealHistory"  # the module behind the stage history of all deals
FEW = 200  # of more deals than this the ledger is cheaper: it gives 200 rows a call
_FIELDS = ("Stage", "Moved_To__s", "Modified_Time")
_NO_RELATION = {"INVALID_DATA", "INVALID_URL_PATTERN", "INVALID_REQUEST", "RESOURCE_NOT_FOUND"}
_SUBFORMS = {"Sales_Orders": "Ordered_Items", "Invoices": "Invoiced_Items"}


@dataclass
class PerRecord:
    """A pass over the records of an object that changed, one or more calls each."""

    access: Access
    parent: str
    ask: Callable[[str], list[Record]]

    def keys(self, mark: Any, cursor: Any) -> tuple[list[str], int]:
        """Return the keys to read, in order, and the position that is then reached."""
        after = mark["position"] if mark else 0
        keys, position = self.access.changed(self.parent, after)
        keys.sort()
        if cursor is not None:  # what changed since the killed pass began is read again
            again, position = self.access.changed(self.parent, cursor["position"])
            keys = sorted({*again, *(key for key in keys if key > cursor["key"])})
        return keys, position

    def batches(self, keys: list[str], position: int, mark: Record) -> Iterator[Batch]:
        """Yield the records of each key."""
        for key in keys:
            yield Batch(self.ask(key), cursor={"position": position, "key": key})
        yield Batch(mark={"position": position, **mark})


@dataclass
class StageHistory:
    """The stages deals went through: from the ledger of all deals, or deal by deal."""

    crm: Crm
    access: Access

    def read(self, mark: Any, cursor: Any) -> Reading:
        """Read the ledger where many deals changed, else each deal that changed."""
        each = PerRecord(self.access, "Deals", self._of)
        keys, position = each.keys(mark, cursor)
        began = self.crm.moment
        if cursor is None and len(keys) > FEW:
            since = moment_of(mark["since"]) if mark else None
            pages = self._ledger(since, position, began)
            if pages is not None:
                return Reading(pages)
            self.access.note(
                N_("The stage history is read deal by deal: {count} calls.").format(count=len(keys))
            )
        return Reading(each.batches(keys, position, {"since": began.isoformat()}))

    def _ledger(
        self, since: datetime | None, position: int, began: datetime
    ) -> Iterator[Batch] | None:
        """Return the pages of the ledger, or None where this account cannot read it."""
        pages = self.crm.listed(
            LEDGER, ("Potential_Name", *_FIELDS), since - OVERLAP if since else None
        )
        try:
            first = next(pages, None)
        except Refused as refused:
            if refused.said in CLOSED or refused.said in _NO_RELATION:
                return None
            raise

        def batches() -> Iterator[Batch]:
            if first is not None:
                yield Batch(first[0])
            for rows, _ in pages:
                yield Batch(rows)
            yield Batch(mark={"position": position, "since": began.isoformat()})

        return batches()

    def _of(self, deal: str) -> list[Record]:
        """Return the stages of one deal; none where it is gone meanwhile."""
        try:
            rows = self._related(deal)
        except Refused as refused:
            if refused.said not in _NO_RELATION:
                raise
            rows = self._timeline(deal)
        return [{**row, "Potential_Name": {"id": deal}} for row in rows]

    def _related(self, deal: str) -> list[Record]:
        params = {"fields": ",".join(_FIELDS), "per_page": str(PER_PAGE)}
        pages = self.crm.api.pages(f"{V8}/Deals/{deal}/Stage_History", params, InfoPages())
        return [row for rows, _ in pages for row in rows]

    def _timeline(self, deal: str) -> list[Record]:
        """Return what the timeline says of the field Stage, as stage records."""
        params = {"per_page": str(PER_PAGE), "sort_by": "audited_time", "sort_order": "asc"}
        found: list[Record] = []
        try:
            pages = self.crm.api.pages(
                f"{V8}/Deals/{deal}/__timeline", params, InfoPages(), selector="__timeline"
            )
            for rows, _ in pages:
                for row in rows:
                    found.extend(_stages(row, first=not found, deal=deal))
        except Refused as refused:
            if refused.said not in _NO_RELATION:
                raise
        return found or self._standing(deal)

    def _standing(self, deal: str) -> list[Record]:
        """Return the stage of a deal that never moved: it is in it since it is there."""
        asked = self.crm.api.get(f"{V8}/Deals/{deal}", {"fields": "Stage"})
        return [{"id": f"{deal}:first", "Stage": one["Stage"]} for one in asked.get("data") or []]


def _stages(row: Record, first: bool, deal: str) -> Iterator[Record]:
    """Yield the stage a deal went into; before the first move, the stage it was made in."""
    for change in row.get("field_history") or []:
        if change.get("api_name") != "Stage":
            continue
        values = change.get("_value") or {}
        if first and values.get("old"):  # since when: since the deal is there
            yield {"id": f"{deal}:first", "Stage": values["old"]}
        if values.get("new"):
            yield {"id": row["id"], "Stage": values["new"], "Modified_Time": row["audited_time"]}


def order_lines(crm: Crm, access: Access, module: str, mark: Any, cursor: Any) -> Reading:
    """Read the products of the orders that changed: lists do not have them."""

    def lines(order: str) -> list[Record]:
        found = crm.api.get(f"{V8}/{module}/{order}").get("data") or []
        return [{"id": order, "lines": one.get(_SUBFORMS[module]) or []} for one in found]

    if mark and mark.get("module") != module:
        mark = None
    each = PerRecord(access, module, lines)
    keys, position = each.keys(mark, cursor)
    return Reading(each.batches(keys, position, {"module": module}))
