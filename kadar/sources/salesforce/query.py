"""One query over an object: its pages, by the REST API or by Bulk API 2.0."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kadar.sources.salesforce import bulk
from kadar.sources.salesforce.answers import Refusal
from kadar.sources.salesforce.bulk import Place
from kadar.sources.salesforce.client import Client
from kadar.sources.salesforce.description import Description
from kadar.sources.salesforce.records import Columns, Record

_NO_COLUMN = re.compile(r"No such column '(\w+)'")


@dataclass(frozen=True)
class Some:
    """Some records; where a bulk result goes on after them; how many the query has found."""

    records: list[Record]
    place: Place | None = None
    total: int | None = None


class Query:
    """A query over one object. `described` loses fields that Salesforce refuses after all."""

    def __init__(
        self,
        client: Client,
        name: str,
        described: Description,
        bulk_over: int,
        refused: Callable[[str], None],
    ) -> None:
        self.described = described
        self._client, self._name = client, name
        self._bulk_over, self._refused = bulk_over, refused

    def count(self) -> int:
        """Return how many records there are, those in archives too, those in the bin not."""
        alive = " WHERE IsDeleted = false" if "IsDeleted" in self.described.types else ""
        return self._client.count(f"SELECT COUNT() FROM {self._name}{alive}")

    def read(self, where: str = "", expected: int | None = None) -> Iterator[Some]:
        """Return the records: many by a bulk job, few by REST.

        `expected` is how many there are, where it is known; else the first page tells. A field
        that Salesforce refuses is left out: its security changed since it was described.
        """
        while True:
            try:
                yield from self._read(where, expected)
                return
            except Refusal as refusal:
                found = _NO_COLUMN.search(refusal.words)
                known = found is not None and found[1] in self.described.types
                if refusal.said != "INVALID_FIELD" or found is None or not known:
                    raise
                self.described = self.described.without(found[1])
                self._refused(found[1])

    def _read(self, where: str, expected: int | None) -> Iterator[Some]:
        place = self._job(where, expected)
        if place is None:
            columns = Columns(self.described.types)
            for page in self._client.query(self._soql(where)):
                if expected is None:
                    expected = page.total
                    place = self._job(where, expected)
                    if place is not None:
                        break
                yield Some([columns.of_json(record) for record in page.records], None, page.total)
        if place is not None:
            yield from self.go_on(place)

    def go_on(self, place: Place) -> Iterator[Some]:
        """Return the records of a bulk job from a place on."""
        for part in bulk.parts(self._client, place, Columns(self.described.types)):
            yield Some(part.records, part.next)

    def _job(self, where: str, expected: int | None) -> Place | None:
        """Begin a bulk job; None where there are few, or Salesforce does not read them so."""
        if expected is None or expected <= self._bulk_over:
            return None
        try:
            return bulk.start(self._client, self._soql(where))
        except Refusal as refusal:
            if refusal.said == "INVALID_FIELD":
                raise
            return None

    def _soql(self, where: str) -> str:
        return f"SELECT {', '.join(self.described.fields)} FROM {self._name}{where}"
