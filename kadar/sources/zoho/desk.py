"""Zoho Desk: tickets and what happened to them, ratings, contacts, accounts, agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.connector import Batch, Object, Reading, columns
from kadar.sources.zoho.api import Api, FromPages, Record
from kadar.sources.zoho.crm import moment_of
from kadar.sources.zoho.history import PerRecord
from kadar.sources.zoho.reading import BIN, OVERLAP
from kadar.sources.zoho.verdicts import Refused

if TYPE_CHECKING:
    from kadar.sources.live.connector import Access

TICKETS = Object(
    "Desk_Tickets",
    columns(
        "id", "contactId", "accountId", "assigneeId", "channel", "category", "priority", "status",
        "statusType", "createdTime", "closedTime",
    ),
    modified="$.modifiedTime",
    tables=("tickets",),
    within='$."cf"',
)  # fmt: skip
HISTORY = Object("Desk_History", columns("id", "events"))
RATINGS = Object(
    "Desk_Ratings",
    columns("id", "ticketId", "contactId", "accountId", "rating", "feedback", "ratedTime"),
    tables=("surveys",),
)
CONTACTS = Object(
    "Desk_Contacts",
    columns("id", "accountId", "firstName", "lastName", "email", "phone", "createdTime")
    | {"crm_id": "$.zohoCRMContact.id", "crm_type": "$.zohoCRMContact.type"},
    modified="$.modifiedTime",
)
ACCOUNTS = Object(
    "Desk_Accounts",
    columns("id", "accountName", "industry", "country", "createdTime")
    | {"crm_id": "$.zohoCRMAccount.id"},
    modified="$.modifiedTime",
)
AGENTS = Object("Desk_Agents", columns("id", "zuid", "name", "emailId", "status"))
OBJECTS = (AGENTS, ACCOUNTS, CONTACTS, TICKETS, HISTORY, RATINGS)

_PATHS = {"Desk_Tickets": "tickets", "Desk_Contacts": "contacts", "Desk_Accounts": "accounts"}
_LIMIT, _FURTHEST = 100, 900  # of a search: records a page, and where its last page begins
_FIRST = "1970-01-01T00:00:00.000Z"
_GONE = {"URL_NOT_FOUND", "RESOURCE_NOT_FOUND", "INVALID_DATA", "UNPROCESSABLE_ENTITY"}


@dataclass
class Desk:
    """One organisation of Zoho Desk."""

    api: Api
    access: Access

    def read(self, name: str, mark: Any, cursor: Any) -> Reading:
        """Begin a pass over an object, or go on with one."""
        if name in _PATHS:
            return self._searched(_PATHS[name], mark, cursor)
        if name == "Desk_History":
            each = PerRecord(self.access, "Desk_Tickets", self._history)
            keys, position = each.keys(mark, cursor)
            return Reading(each.batches(keys, position, {}))
        if name == "Desk_Ratings":
            return Reading(self._ratings(moment_of(mark["since"]) if mark else None))
        return Reading(self._agents())

    def probe(self, name: str) -> None:
        """Ask for as little of an object as shows that it can be read. Raises `Refused`."""
        start = {"from": "0", "limit": "1"}
        if name in _PATHS:
            moment = written(self._now())
            asked = {"modifiedTimeRange": f"{moment},{moment}", "sortBy": "modifiedTime", **start}
            self.api.get(f"/api/v1/{_PATHS[name]}/search", asked)
        elif name == "Desk_Ratings":
            self.api.get("/api/v1/customerHappiness", {"department": "allDepartment", **start})
        elif name == "Desk_Agents":
            self.api.get("/api/v1/agents", start)

    # tickets, contacts, accounts

    def _searched(self, module: str, mark: Any, cursor: Any) -> Reading:
        """Read by the moment of change, and what is in the recycle bin."""
        since = moment_of(mark["since"]) if mark else None
        bin_now = self._binned(module, set(mark["bin"]) if mark else set())
        state = {"since": self._now().isoformat(), "bin": sorted(bin_now)}
        if cursor is not None:
            state["since"] = cursor["since"]
        why = ""
        if since is not None and self._now() - since > BIN:
            why, since = N_("the last sync is longer ago than Zoho's recycle bin remembers"), None
        before = set(mark["bin"]) if mark and since is not None else bin_now
        start = written(since - OVERLAP) if since else _FIRST
        batches = self._changes(module, cursor["after"] if cursor else start, state, before)
        return Reading(batches, whole=since is None, why=why)

    def _changes(self, module: str, start: str, state: Record, before: set[str]) -> Iterator[Batch]:
        now = set(state["bin"])
        if now - before:
            yield Batch(gone=sorted(now - before))
        for rows, total in self._by_change(module, start):
            after = rows[-1]["modifiedTime"]
            cursor = {"after": after, "since": state["since"]}
            # of changes, and after a kill, the count is not that of all there are
            yield Batch(rows, cursor=cursor, total=total if start == _FIRST else None)
        for key in sorted(before - now):
            yield Batch(self._one(module, key))
        yield Batch(mark=state)

    def _by_change(self, module: str, start: str) -> Iterator[tuple[list[Record], int | None]]:
        """Yield records in the order of their last change, each page beginning where one ended.

        Who changes meanwhile comes again later; nobody can be skipped. Where more than a page
        changed at one moment, pages overlap by half, for some may change while they are read.
        """
        end = written(self._now() + timedelta(days=1))
        place, total = 0, None
        while True:
            answer = self.api.get(
                f"/api/v1/{module}/search",
                {
                    "modifiedTimeRange": f"{start},{end}",
                    "sortBy": "modifiedTime",
                    "from": str(place),
                    "limit": str(_LIMIT),
                },
            )
            rows: list[Record] = answer.get("data") or []
            if total is None:
                total = int(answer.get("count") or 0)
            if rows:
                yield rows, total
            if len(rows) < _LIMIT:
                return
            last = str(rows[-1]["modifiedTime"])
            if last > start:
                start, place = last, 0
            elif place < _FURTHEST:
                place += _LIMIT // 2
            else:
                raise _too_many(module, start)

    def _binned(self, module: str, before: set[str]) -> set[str]:
        """Return the ids in the recycle bin; as it was before where this account cannot see it."""
        params = {"module": module, "sortBy": "-deletedTime"}
        try:
            pages = self.api.pages("/api/v1/recycleBin", params, FromPages(_LIMIT))
            return {str(row["id"]) for rows, _ in pages for row in rows}
        except Refused:
            self.access.note(
                N_("Zoho Desk does not show its recycle bin: deleted {object} stay.").format(
                    object=module
                )
            )
            return before

    def _one(self, module: str, key: str) -> list[Record]:
        """Return a record that left the recycle bin; none where it is gone for good."""
        try:
            found = self.api.get(f"/api/v1/{module}/{key}")
        except Refused as refused:
            if refused.said in _GONE:
                return []
            raise
        return [found] if found else []

    # the rest

    def _history(self, ticket: str) -> list[Record]:
        """Return what happened to a ticket, as one record; none where it is gone meanwhile."""
        events: list[Record] = []
        try:
            pages = self.api.pages(f"/api/v1/tickets/{ticket}/History", {}, FromPages(50))
            for rows, _ in pages:
                events.extend(rows)
        except Refused as refused:
            if refused.said in _GONE:
                return []
            raise
        return [{"id": ticket, "events": events}]

    def _ratings(self, since: datetime | None) -> Iterator[Batch]:
        """Yield the ratings customers gave, the newest first, back to the last sync."""
        params = {"department": "allDepartment", "sortBy": "-ratedTime"}
        first: datetime | None = None
        for rows, _ in self.api.pages("/api/v1/customerHappiness", params, FromPages(50)):
            first = first or self._now()
            yield Batch(rows)
            rated = moment_of(rows[-1]["ratedTime"]) if rows else None
            if since and rated and rated < since - OVERLAP:
                break
        yield Batch(mark={"since": (first or self._now()).isoformat()})

    def _agents(self) -> Iterator[Batch]:
        for rows, _ in self.api.pages("/api/v1/agents", {}, FromPages(_LIMIT)):
            yield Batch(rows)
        yield Batch()

    def _now(self) -> datetime:
        """Return Zoho's own clock."""
        if self.api.moment is None:
            self.api.get("/api/v1/organizations")
        return self.api.moment or datetime.now(UTC)


def written(moment: datetime) -> str:
    """Return a moment as Desk takes it: UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _too_many(module: str, moment: str) -> KadarError:
    return KadarError(
        "KDR-SRC-168",
        N_("Zoho Desk: more than 1,000 {object} were changed at {moment}; it shows no more."),
        N_("Change some of them anew, a few at a time, and run kadar sync again."),
        exit_code=FAILED,
        object=module,
        moment=moment,
    )
