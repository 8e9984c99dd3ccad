"""One pass over an object: all of it, or what changed since the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from kadar.language import N_
from kadar.sources.live.connector import Access, Batch, Mark, Reading
from kadar.sources.salesforce import bulk
from kadar.sources.salesforce.bulk import Place
from kadar.sources.salesforce.client import Client
from kadar.sources.salesforce.deletions import Deletions, deletions
from kadar.sources.salesforce.description import Description, describe
from kadar.sources.salesforce.kinds import KINDS
from kadar.sources.salesforce.query import Query, Some

OVERLAP = timedelta(minutes=10)  # a change can be committed later than it is stamped


@dataclass
class Passed:
    """The mark of a pass: moments on Salesforce's clock, and what was read."""

    until: str  # changes before are landed
    deleted: str  # deletions before are known
    whole: str  # when all was last read
    fields: list[str]
    merged: list[str] = field(default_factory=list)  # records merged into others: they stay


class Pass:
    """A pass over one object, as the user of the API sees it now."""

    def __init__(self, client: Client, access: Access, name: str) -> None:
        self._client, self._access, self._name = client, access, name
        self._kind = KINDS[name]
        self._merged: dict[str, None] = {}  # in order, and quick to look into

    def reading(self, mark: Mark, cursor: Any) -> Reading:
        """Say how the object is read. Raises `Unreadable` where it cannot be."""
        described = describe(
            self._client, self._name, self._kind, self._access.custom.get(self._name, ())
        )
        self._tell(described)
        query = Query(
            self._client,
            self._name,
            described,
            int(self._access.options["bulk_over"]),
            lambda name: self._left_out([name]),
        )
        if self._kind.stamp is None:
            return Reading(self._small(query), whole=True)
        last = Passed(**mark) if mark else None
        # What grows is kept longer than Salesforce keeps it: nothing of it is ever gone.
        whole = not self._kind.grows
        if last is None or cursor:
            return Reading(self._all(query, last, cursor), whole=whole)
        gone = self._gone(described, last)
        if isinstance(gone, str):
            return Reading(self._all(query, last, None), whole=whole, why=gone)
        return Reading(self._changes(query, last, gone))

    def _gone(self, described: Description, last: Passed) -> Deletions | str:
        """Return what was deleted since, or why all must be read (English)."""
        if sorted(last.fields) != sorted(described.fields):
            return N_("the fields that can be read are others than before")
        none = Deletions(set(), _moment(last.deleted))
        if self._kind.grows:
            return none
        days = float(self._access.options["whole_every"])
        if days and self._client.began - _moment(last.whole) >= timedelta(days=days):
            return N_("for what changes without a time stamp: sharing, formulas")
        if not described.replicated:
            return none
        return deletions(self._client, self._name, _moment(last.deleted), self._client.began)

    def _small(self, query: Query) -> Iterator[Batch]:
        for some in query.read(expected=0):
            yield Batch(some.records, total=some.total)

    def _all(self, query: Query, last: Passed | None, cursor: Any) -> Iterator[Batch]:
        """Read everything; a pass that was killed goes on with its bulk job."""
        total = query.count()
        place = Place(**cursor["place"]) if cursor else None
        if cursor:
            mark = Passed(**cursor["mark"])
        else:
            now = _iso(self._client.began)
            mark = Passed(now, now, now, [], last.merged if last else [])
        self._merged.update(dict.fromkeys(mark.merged))
        if place is not None and mark.fields == query.described.fields:
            alive = bulk.known(self._client, place)
            some_by_some = query.go_on(place) if alive else query.read(expected=total)
        else:
            some_by_some = query.read(expected=total)
        for some in some_by_some:
            batch = self._batch(some)
            mark.fields, mark.merged = query.described.fields, list(self._merged)
            if some.place is not None:
                said = {"place": asdict(some.place), "mark": asdict(mark)}
                batch = Batch(batch.records, batch.gone, cursor=said, total=total)
            yield batch
        mark.fields, mark.merged = query.described.fields, list(self._merged)
        yield Batch(present=mark.merged, total=total + len(mark.merged), mark=asdict(mark))

    def _changes(self, query: Query, last: Passed, gone: Deletions) -> Iterator[Batch]:
        until = _iso(self._client.began)
        self._merged.update(dict.fromkeys(last.merged))
        left = gone.keys - self._merged.keys()
        since = _iso(_moment(last.until) - OVERLAP)
        for some in query.read(f" WHERE {self._kind.stamp} >= {since}"):
            batch = self._batch(some)
            # seen: it was taken out of the recycle bin again, or merged into another
            left.difference_update(record["Id"] for record in batch.records)
            yield batch
        merged = list(self._merged)
        mark = Passed(until, _iso(gone.until), last.whole, query.described.fields, merged)
        total = None if self._kind.grows else query.count() + len(merged)
        yield Batch(gone=sorted(left), total=total, mark=asdict(mark))

    def _batch(self, some: Some) -> Batch:
        """Part what is there from what is in the recycle bin; what was merged stays."""
        records, gone = [], []
        for record in some.records:
            if record.get("IsDeleted") != "true":
                records.append(record)
            elif self._kind.merges and "MasterRecordId" in record:
                records.append(record)
                self._merged[record["Id"]] = None
            else:
                gone.append(record["Id"])
        return Batch(records, gone, total=some.total)

    def _tell(self, described: Description) -> None:
        """Say which fields cannot be read, or only as they were."""
        if described.missing:
            self._left_out(described.missing)
        if described.formulas:
            text = N_("{object}: {fields} are formulas; they are read when their record changes.")
            listed = ", ".join(described.formulas)
            self._access.note(text.format(object=self._name, fields=listed))

    def _left_out(self, fields: list[str] | tuple[str, ...]) -> None:
        text = N_("{object}: {fields} cannot be seen (field-level security, or not there).")
        self._access.note(text.format(object=self._name, fields=", ".join(fields)))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)
