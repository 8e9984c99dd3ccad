"""An endpoint of the REST API: one file in `kadar/web/api`, found by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kadar.show.listing import Rows
    from kadar.web.parameters import Parameters

ROOT = "/api/v1"


@dataclass(frozen=True)
class Found:
    """What an endpoint found: a document, and the same as a table.

    `parquet` writes the table to a file. `following` are the changes of the address that lead to
    the next page; None where there is none.
    """

    document: Any
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    parquet: Callable[[Path], None]
    following: Mapping[str, object] | None = None

    @classmethod
    def of(cls, document: Any, rows: Rows, following: Mapping[str, object] | None = None) -> Found:
        """Return what was found with rows of typed columns as its table."""
        from kadar.show import listing

        if not rows.columns:  # a file has a column, even where nothing was found
            rows = listing.Listed({"row": "text"}, [])
        return cls(
            document,
            list(rows.columns),
            ([row[name] for name in rows.columns] for row in rows),
            lambda file: listing.to_parquet(rows, file),
            following,
        )


@dataclass(frozen=True)
class Endpoint:
    """An endpoint: its path below `/api/v1`, what may be asked, what it finds.

    `find` takes the visit, the parameters and the parts of the path by name.
    """

    path: str
    summary: str
    find: Callable[..., Found]
    parameters: type[Parameters]
    document: type
    place: int
    parts: Mapping[str, str] = field(default_factory=dict)  # of the path, with what they are

    @property
    def name(self) -> str:
        """Its name in the OpenAPI document."""
        return self.find.__name__


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint in the order of the documentation."""
    from kadar.web import api

    found = [
        import_module(f"{api.__name__}.{module.name}").ENDPOINT
        for module in iter_modules(api.__path__)
    ]
    return tuple(sorted(found, key=lambda one: one.place))
