"""Bulk API 2.0: large queries as a job, its result as CSV in parts."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.salesforce.answers import Refusal
from kadar.sources.salesforce.client import Client
from kadar.sources.salesforce.records import Columns, Record

if TYPE_CHECKING:
    from requests import Response

ROWS = 10_000  # of a part: some megabytes
_TRIES = 3
_SOONEST, _LATEST = 1.0, 15.0  # seconds between two looks at a job


@dataclass(frozen=True)
class Place:
    """Where the reading of a job's result goes on: results are kept for seven days."""

    job: str
    locator: str | None = None


@dataclass(frozen=True)
class Part:
    """Some records of a job's result, and the place after them (None: that was all)."""

    records: list[Record]
    next: Place | None


def start(client: Client, soql: str) -> Place:
    """Begin a job; records in the recycle bin and archives are found too."""
    said = client.post(
        "jobs/query",
        {
            "operation": "queryAll", "query": soql, "contentType": "CSV",
            "columnDelimiter": "COMMA", "lineEnding": "LF",
        },
    )  # fmt: skip
    return Place(str(said["id"]))


def known(client: Client, place: Place) -> bool:
    """Tell whether a job that was begun before can still be read."""
    try:
        said = client.get(f"jobs/query/{place.job}")
    except Refusal:
        return False
    return said["state"] not in {"Failed", "Aborted"}


def parts(client: Client, place: Place, columns: Columns) -> Iterator[Part]:
    """Wait for a job and return its result from a place on. Raises KDR-SRC-109, KDR-SRC-110.

    While one part is read and landed the next is fetched.
    """
    _wait(client, place.job)
    with ThreadPoolExecutor(1) as ahead:
        here: Place | None = place
        coming = ahead.submit(_fetch, client, place)
        while here is not None:
            answer, then = coming.result()
            if then is not None:
                coming = ahead.submit(_fetch, client, then)
            for left in reversed(range(_TRIES)):
                records = _records(answer, columns)
                if records is not None:
                    break
                if left:
                    answer, _ = _fetch(client, here)
            else:
                raise KadarError(
                    "KDR-SRC-110",
                    N_("A bulk result of Salesforce came broken {count} times in a row."),
                    N_("Nothing is lost: run kadar sync again later; it goes on where it stopped."),
                    exit_code=FAILED,
                    count=_TRIES,
                )
            here = then
            yield Part(records, then)


def _wait(client: Client, job: str) -> None:
    pause = _SOONEST
    while True:
        said: Any = client.get(f"jobs/query/{job}")
        if said["state"] == "JobComplete":
            return
        if said["state"] in {"Failed", "Aborted"}:
            raise KadarError(
                "KDR-SRC-109",
                N_("Salesforce gave up a bulk query of {object}: {detail}"),
                N_("Run kadar sync again; where it fails again, set options.bulk_over higher."),
                exit_code=FAILED,
                object=said.get("object", ""),
                detail=str(said.get("errorMessage") or said["state"])[:300],
            )
        client.session.wait(pause)
        pause = min(pause * 2, _LATEST)


def _fetch(client: Client, place: Place) -> tuple[Response, Place | None]:
    """Fetch one part; its header says where the next begins."""
    asked = {"maxRecords": str(ROWS)} | ({"locator": place.locator} if place.locator else {})
    answer = client.fetch(f"jobs/query/{place.job}/results", **asked)
    locator = answer.headers.get("Sforce-Locator", "null")
    return answer, None if locator == "null" else Place(place.job, locator)


def _records(answer: Response, columns: Columns) -> list[Record] | None:
    """Return the records of a part; None where fewer came than its header says it has."""
    try:
        records = columns.of_csv(answer.content)
    except ValueError:  # a row, or a character, broken off
        return None
    whole = len(records) == int(answer.headers["Sforce-NumberOfRecords"])
    return records if whole else None
