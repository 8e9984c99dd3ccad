"""How a table of Dataverse is read: by its tracked changes, by when rows were modified, or whole.

A pass that is killed goes on at the link to its next page. Where Dataverse no longer takes that
link, the pass begins anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.dynamics.metadata import shape, straighten
from kadar.sources.dynamics.odata import path
from kadar.sources.dynamics.refusals import BAD_LINK, EXPIRED, UNTRACKED
from kadar.sources.live.connector import Batch, Mark, Reading

if TYPE_CHECKING:
    from kadar.sources.dynamics.metadata import Definition
    from kadar.sources.dynamics.odata import Page, Service

OVERLAP = timedelta(minutes=10)  # transactions end later than the moments they write
RECONCILED = timedelta(hours=20)  # from one comparison of all ids to the next: once a day
RESTARTS = 3  # of one pass whose links to pages expire

OTHER_SHAPE = N_("its columns, or how their dates are meant, are others than before")
TOO_OLD = N_("the last sync is longer ago than Dataverse keeps changes")
NOT_KEPT = N_("Dataverse no longer keeps the changes since the last sync")
NO_LINK = N_("Dataverse gave no link to what changes, or tracks it only from now on")
BROKEN_OFF = N_("its last reading was broken off for so long that it had to begin anew")


def _as_they_are(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return records


@dataclass
class Query:
    """What is asked of one table.

    `selected` are its columns, `kept` those of a record that are landed (and the names of options
    and lookups, of those that are used), `kinds` the columns that are dates but no moments.
    """

    service: Service
    definition: Definition
    selected: list[str]
    kept: list[str]
    kinds: Mapping[str, str]
    moment: datetime  # when this sync began
    time_zone: str
    stamp: str = "modifiedon"  # the column that says when a record was last changed
    filter: str = ""
    tracked_for: timedelta = timedelta(days=7)  # that long changes are kept
    reconciled: bool = True  # what is no longer there is gone
    refined: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = _as_they_are
    restarted: bool = field(default=False, init=False)

    @property
    def shape(self) -> str:
        """A digest of what is asked."""
        return shape([*self.selected, *self.kept], self.kinds)

    def link(self, *, since: str = "", ordered: bool = False, only_key: bool = False) -> str:
        """Return the path to the records, changed since a moment, in the order of change."""
        conditions = [c for c in (self.filter, since and f"{self.stamp} ge {since}") if c]
        names = [self.definition.key] if only_key else self.selected
        query = {"$select": ",".join(names)}
        if conditions:
            query["$filter"] = " and ".join(f"({c})" if " or " in c else c for c in conditions)
        if ordered:
            query["$orderby"] = f"{self.stamp} asc"  # Dataverse itself goes on by the key
        return path(self.definition.entity_set, query)

    def pages(
        self, start: str, link: str | None = None, *, changes: bool = False
    ) -> Iterator[Page]:
        """Return the pages from a link, or from the start; from the start where it has expired."""
        for attempt in range(RESTARTS):
            try:
                yield from self.service.pages(link or start, changes=changes)
            except KadarError as error:
                if error.code != BAD_LINK or attempt == RESTARTS - 1:
                    raise
                self.restarted, link = True, None
            else:
                return

    def records(self, page: Page) -> list[dict[str, Any]]:
        """Return a page's records, deletions left out, their dates straightened."""
        found = [
            {name: record[name] for name in self.kept if name in record}
            for record in page.records
            if not _deletion(record)
        ]
        straighten(found, self.kinds, self.time_zone)
        return self.refined(found)

    def usable(self, noted: Mark) -> bool:
        """Tell whether a mark or a cursor is of the same columns as this query."""
        return isinstance(noted, Mapping) and noted.get("shape") == self.shape


def by_changes(query: Query, mark: Mark, cursor: Any) -> Reading:
    """Read what Dataverse tracked: all once, then what changed and what was deleted."""
    at = query.moment.isoformat()
    try:
        if query.usable(cursor) and "at" in cursor:
            whole, began, why = cursor["whole"], cursor["at"], cursor["why"]
            start = query.link() if whole else mark["delta"]
            found = query.pages(start, cursor["next"], changes=True)
            return _tracked(query, found, whole=whole, at=began, why=why)
        why = _why_whole(query, mark)
        if mark and not why:
            try:
                return _tracked(query, query.pages(mark["delta"], changes=True), at=at)
            except KadarError as error:
                if error.code != EXPIRED:
                    raise
                why = NOT_KEPT
        return _tracked(query, query.pages(query.link(), changes=True), whole=True, at=at, why=why)
    except KadarError as error:
        if error.code != UNTRACKED:
            raise
        return by_modified(query, mark, None)


def by_modified(query: Query, mark: Mark, cursor: Any) -> Reading:
    """Read by when records were last changed; once a day compare all ids to find what is gone.

    In the order of change a record that changes while pages are read comes again, at the end.
    """
    now = query.moment.isoformat()
    if query.usable(cursor) and "since" in cursor:
        link = query.link(since=cursor["since"], ordered=True)
        found = query.pages(link, cursor["next"])
        noted = {name: cursor[name] for name in ("shape", "reconciled", "whole", "since", "last")}
        return Reading(_dated(query, found, noted), cursor["whole"])
    if not query.usable(mark) or "last" not in mark:
        why = OTHER_SHAPE if isinstance(mark, Mapping) and "last" in mark else ""
        whole = query.reconciled
        noted = {"shape": query.shape, "reconciled": now, "whole": whole, "since": "", "last": ""}
        pages = query.pages(query.link(ordered=True))
        return Reading(_dated(query, _begun(pages), noted), whole, why)
    due = datetime.fromisoformat(mark["reconciled"]) + RECONCILED <= query.moment
    due = due and query.reconciled
    last = mark["last"]
    since = _earlier(last) if last else ""
    noted = {
        "shape": query.shape,
        "reconciled": now if due else mark["reconciled"],
        "whole": due,
        "since": since,
        "last": last,
    }
    changed = _begun(query.pages(query.link(since=since, ordered=True)))
    if not due:
        return Reading(_dated(query, changed, noted))
    return Reading(itertools.chain(_present(query), _dated(query, changed, noted)), whole=True)


def read_whole(query: Query, cursor: Any) -> Reading:
    """Read a table that says neither what changed nor when: a small one."""
    link = cursor["next"] if query.usable(cursor) else None
    total = query.service.count(query.definition.entity_set) if not query.filter else None

    def batches() -> Iterator[Batch]:
        for page in _begun(query.pages(query.link(), link)):
            place = {"shape": query.shape, "next": page.next} if page.next else None
            yield Batch(query.records(page), cursor=place, mark={"shape": query.shape}, total=total)

    return Reading(batches(), whole=True)


def _tracked(
    query: Query, pages: Iterator[Page], *, at: str, whole: bool = False, why: str = ""
) -> Reading:
    begun = _begun(pages)

    def batches() -> Iterator[Batch]:
        for page in begun:
            gone = [str(record["id"]) for record in page.records if _deletion(record)]
            if page.next:
                place = {
                    "shape": query.shape, "next": page.next, "whole": whole, "at": at, "why": why,
                }  # fmt: skip
                yield Batch(query.records(page), gone, cursor=place)
                continue
            mark = {"shape": query.shape, "delta": page.delta, "at": at}
            if whole and query.restarted:
                # what was deleted between the two beginnings, nobody says: read whole once more
                mark["delta"] = None
            yield Batch(query.records(page), gone, mark=mark)

    return Reading(batches(), whole, why)


def _dated(query: Query, pages: Iterable[Page], noted: Mapping[str, Any]) -> Iterator[Batch]:
    last = str(noted["last"])
    for page in pages:
        last = max([last, *(r[query.stamp] for r in page.records if r.get(query.stamp))])
        now = {**noted, "last": last}
        place = {**now, "next": page.next} if page.next else None
        mark = {name: now[name] for name in ("shape", "reconciled", "last")}
        yield Batch(query.records(page), cursor=place, mark=mark)


def _present(query: Query) -> Iterator[Batch]:
    """Return the ids of all records there are."""
    for page in query.pages(query.link(only_key=True)):
        yield Batch(present=[str(record[query.definition.key]) for record in page.records])


def _why_whole(query: Query, mark: Mark) -> str:
    """Return why a table cannot be read by its changes, "" where it can or was never read."""
    if not isinstance(mark, Mapping):
        return ""
    if not query.usable(mark):
        return OTHER_SHAPE
    if not mark.get("delta"):
        return NO_LINK if "delta" not in mark else BROKEN_OFF
    if datetime.fromisoformat(mark["at"]) + query.tracked_for <= query.moment:
        return TOO_OLD
    return ""


def _begun(pages: Iterator[Page]) -> Iterator[Page]:
    """Fetch the first page now: whether a reading can begin is known before it is promised."""
    first = next(pages)
    return itertools.chain([first], pages)


def _deletion(record: Mapping[str, Any]) -> bool:
    return str(record.get("@odata.context", "")).endswith("/$deletedEntity")


def _earlier(moment: str) -> str:
    """Return a moment of Dataverse, less the overlap."""
    before = datetime.fromisoformat(moment.replace("Z", "+00:00")) - OVERLAP
    return before.strftime("%Y-%m-%dT%H:%M:%SZ")
