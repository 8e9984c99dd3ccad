"""A dlt source as a connector: the tables of its pipeline are its objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from kadar.language import N_
from kadar.sources.database.values import Values
from kadar.sources.dlt.tables import Tables, file_of
from kadar.sources.live.connector import (
    Batch,
    Connector,
    Found,
    Mark,
    Object,
    Option,
    Reading,
    Secret,
    columns,
)

if TYPE_CHECKING:
    from kadar.sources.live.access import Given
    from kadar.sources.live.connector import Access, Permission

KEY = "_key"


class DltConnector(Connector):
    """Reads a pipeline's tables whole after each load of it that brought something."""

    options: ClassVar[Sequence[Option]] = (
        Option("source", N_('function that makes the dlt source: "package.module:function"')),
        Option("arguments", N_("what it is called with; secrets as {{secret = NAME}}"), {}),
        Option("resources", N_("names of its resources; all by default"), [], needed=False),
    )
    secrets: ClassVar[Sequence[Secret]] = ()
    permissions: ClassVar[Sequence[Permission]] = ()

    def __init__(self, access: Access) -> None:
        self._access = access

    @cached_property
    def _tables(self) -> Tables:
        return Tables.of(file_of(self._access.folder, self._access.name))

    def objects(self) -> Sequence[Object]:
        """Return the tables there are, once the pipeline has run."""
        return [
            Object(name, columns(*names), key=f"$.{KEY}")
            for name, names in self._tables.columns.items()
        ]

    def test(self) -> Found:
        """Call the function; what it makes is not asked anything yet."""
        from typing import cast

        from kadar.sources.dlt.pipeline import made

        source = made(cast("Given", self._access))
        several = source if isinstance(source, list | tuple) else [source]
        names = [n for one in several for n in getattr(one, "resources", {one.name: None})]
        return Found(str(self._access.options["source"]), dict.fromkeys(names))

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Read a table, unless no load came since."""
        if mark is not None and mark == self._tables.last:
            return Reading([Batch(mark=mark)])
        return Reading(self._all(name), whole=True)

    def _all(self, name: str) -> Iterator[Batch]:
        names, key = self._tables.columns[name], self._tables.keys[name]
        values = Values(self._access.time_zone)
        yield Batch(total=self._tables.count(name), mark=self._tables.last)
        for part in self._tables.rows(name):
            given = [
                values.column(f"{name}.{column}", raw)
                for column, raw in zip(names, zip(*part, strict=True), strict=True)
            ]
            records = [dict(zip(names, row, strict=True)) for row in zip(*given, strict=True)]
            for record in records:
                record[KEY] = _text([record[column] for column in key])
            yield Batch(records, mark=self._tables.last)
        for (why, _), said in values.reasons.items():
            self._access.note(why.format(**said) + ".")


def _text(key: Sequence[Any]) -> str | None:
    if None in key:
        return None
    return str(key[0]) if len(key) == 1 else msgspec.json.encode(key).decode()
