"""Passes over a module of Zoho CRM: whole at first, then what changed, went and came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.live.connector import Batch, Reading
from kadar.sources.zoho import bulk as bulk_files
from kadar.sources.zoho.bulk import Bulk
from kadar.sources.zoho.crm import EXPIRED, Crm, Described, moment_of
from kadar.sources.zoho.verdicts import CLOSED, Refused

if TYPE_CHECKING:
    from kadar.sources.zoho.modules import Module

OVERLAP = timedelta(minutes=10)
BIN = timedelta(days=55)  # the recycle bin forgets after 60 days
_RESTARTS = 3  # of one pass whose page token expired


@dataclass
class ModuleReading:
    """One pass over one module.

    `state` goes into cursor and mark: when the pass began by Zoho's clock, and what was in the
    recycle bin then (what leaves it later was restored, or is gone for good).
    """

    crm: Crm
    bulk: Bulk
    module: Module
    described: Described
    bulk_from: int
    state: dict[str, Any] = field(default_factory=dict)

    def read(self, mark: Any, cursor: Any) -> Reading:
        """Begin a pass, or go on with one."""
        since = moment_of(mark["since"]) if mark else None
        if cursor is not None:
            self.state = {name: cursor[name] for name in ("since", "bin")}
        else:
            self.state = {"since": self.crm.moment.isoformat()}
        why = ""
        if since is not None and moment_of(self.state["since"]) - since > BIN:  # type: ignore[operator]
            why, since = N_("the last sync is longer ago than Zoho's recycle bin remembers"), None
        if since is not None:
            return Reading(self._changes(since - OVERLAP, set(mark["bin"]), cursor))
        if cursor is None:
            self.state["bin"] = sorted(self.crm.deleted(self.module.name, "recycle", None))
        return self._whole(cursor, why)

    @property
    def _converted(self) -> dict[str, str]:
        return {"converted": "both"} if self.module.converted else {}

    # whole

    def _whole(self, cursor: Any, why: str) -> Reading:
        """Choose the way all records are read by: bulk, COQL, or the list."""
        counted = self.crm.count(self.module.name)
        total = None if self.module.converted else counted  # whether those count is not said
        way = cursor["way"] if cursor else None
        if way == "bulk" or (way is None and counted >= self.bulk_from):
            job = self._job(1, cursor["token"] if cursor else None)
            if job:
                return Reading(self._by_bulk(job, total), whole=True, why=why)
        if way in {None, "query", "bulk"} and self.crm.can_query(self.module.name):
            after = cursor["after"] if way == "query" else "0"
            return Reading(self._by_query(after, total), whole=True, why=why)
        return Reading(self._by_list(None, cursor if way == "list" else None, total), why=why)

    def _job(self, page: int, token: str | None) -> str | None:
        """Begin a bulk job; None where this account or module has none."""
        try:
            return self.bulk.start(self.module.name, self.described.fields, page, token)
        except Refused as refused:
            if refused.said in CLOSED or refused.said in EXPIRED:
                return None
            raise

    def _by_bulk(self, job: str | None, total: int | None) -> Iterator[Batch]:
        page, cursor = 1, None
        while job:
            file = self.bulk.finish(job)
            for rows in bulk_files.records(file, self.described):
                yield Batch(rows, cursor=cursor, total=total)
            page, token = page + 1, file.token
            cursor = {"way": "bulk", "token": token, **self.state} if token else None
            job = self._job(page, token) if file.more else None
            if file.more and job is None:
                raise expired(self.module.name)
        if self.module.converted:  # a bulk read does not have them
            for rows, _ in self.crm.listed(
                self.module.name, self.described.fields, more={"converted": "true"}
            ):
                yield Batch(rows, cursor=cursor, total=total)
        yield Batch(mark=self.state, total=total)

    def _by_query(self, after: str, total: int | None) -> Iterator[Batch]:
        for rows in self.crm.query(self.module.name, self.described.fields, after):
            cursor = {"way": "query", "after": str(rows[-1]["id"]), **self.state}
            yield Batch(rows, cursor=cursor, total=total)
        yield Batch(mark=self.state, total=total)

    # changes

    def _changes(self, since: datetime, before: set[str], cursor: Any) -> Iterator[Batch]:
        """Yield what went, what changed and what came back since a moment."""
        name = self.module.name
        binned = self.crm.deleted(name, "recycle", None)
        gone_for_good = self.crm.deleted(name, "permanent", since)
        self.state["bin"] = sorted(binned)
        gone = (binned - before) | gone_for_good
        back = sorted(before - binned - gone_for_good)
        if gone:
            yield Batch(gone=sorted(gone))
        yield from self._by_list(since, cursor, None, last=False)
        for rows in self.crm.of_ids(name, self.described.fields, back, self._converted):
            yield Batch(rows)
        yield Batch(mark=self.state)

    # the list

    def _by_list(
        self, since: datetime | None, cursor: Any, total: int | None, last: bool = True
    ) -> Iterator[Batch]:
        """Yield pages of the list; begin it anew where its page token expired."""
        token = cursor["token"] if cursor else None
        for _ in range(_RESTARTS):
            try:
                for rows, info in self.crm.listed(
                    self.module.name, self.described.fields, since, token, self._converted
                ):
                    token = info.get("next_page_token")
                    place = {"way": "list", "token": token, **self.state} if token else None
                    yield Batch(rows, cursor=place, total=total)
                break
            except Refused as refused:
                if refused.said not in EXPIRED or token is None:
                    raise
                token = None
        else:
            raise expired(self.module.name)
        if last:
            yield Batch(mark=self.state, total=total)


def expired(name: str) -> KadarError:
    """Return the error for pages that expire faster than they are read."""
    return KadarError(
        "KDR-SRC-167",
        N_("Zoho's pages of {object} expired before they were read."),
        N_("Nothing is lost: run kadar sync again."),
        exit_code=FAILED,
        object=name,
    )
