"""The log of deletions: which records are gone, and how far back it can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kadar.language import N_
from kadar.sources.salesforce.answers import Refusal
from kadar.sources.salesforce.client import Client
from kadar.sources.salesforce.records import eighteen

KEPT = timedelta(days=15)  # of the log; less where an administrator emptied the recycle bin
_SHORTEST = timedelta(minutes=2)  # Salesforce ignores seconds and wants more than a minute


@dataclass(frozen=True)
class Deletions:
    """Keys of deleted records; the moment the next look begins at."""

    keys: set[str]
    until: datetime


def deletions(client: Client, name: str, start: datetime, end: datetime) -> Deletions | str:
    """Return what was deleted, or why the log cannot say it (English): all is read then."""
    too_old = N_("the log of deletions does not go back to the last reading")
    if end - start > KEPT:
        return too_old
    if end - start < _SHORTEST:
        return Deletions(set(), start)
    try:
        said = client.get(f"sobjects/{name}/deleted/", start=_iso(start), end=_iso(end))
    except Refusal as refusal:
        if refusal.said == "EXCEEDED_ID_LIMIT":
            return N_("more was deleted than the log of deletions can say")
        if refusal.said == "INVALID_REPLICATION_DATE":
            return too_old
        raise
    earliest = said.get("earliestDateAvailable")
    if earliest and _moment(earliest) > start:
        return too_old
    keys = {eighteen(one["id"]) for one in said["deletedRecords"]}
    return Deletions(keys, _moment(said["latestDateCovered"]))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)
