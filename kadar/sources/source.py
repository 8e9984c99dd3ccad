"""What every kind of source does: say what it has, land it raw, stage it typed for the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from kadar.errors import KadarError, nearest
from kadar.extensions import extensions
from kadar.language import N_

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from kadar.model import Table
    from kadar.project import Project, Source

# What is being done (already readable: "exports/orders.csv"), how much is done, out of how much
# (None: not known). Files count bytes; staging counts steps.
Progress = Callable[[str, int, "int | None"], None]


def silent(what: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Parcel:
    """One piece of landed content: a file (or the result of a query) and its landing rows."""

    path: str  # relative to the project folder
    sha256: str
    rows: int
    first_row: int  # _row of its first record; its records are first_row … first_row + rows - 1
    new: bool = False  # landed by this call, not before


@dataclass(frozen=True)
class LandReport:
    """What one call of `land` did."""

    parcels: list[Parcel] = field(default_factory=list)  # content that matches now, new or not
    landed: int = 0  # records landed by this call
    notes: list[str] = field(default_factory=list)  # English, said to the user


@dataclass(frozen=True)
class Staged:
    """What a source hands to the store for one model table.

    Read = count(staged) + count(refused), always. Both are temporary tables of the writer's
    connection and are the caller's to drop.
    """

    staged: str  # every canonical column, typed (NULL where not mapped), plus _row BIGINT
    refused: str  # _row BIGINT, "column", reason, remedy VARCHAR; one row a refused record
    landing: str  # qualified landing table that _row points into
    read: int
    carried: dict[str, bool]  # mapped canonical columns → every value is only a date
    notes: list[str] = field(default_factory=list)  # English, said to the user
    parcels: list[Parcel] = field(default_factory=list)  # what was staged: for meta.loads.files
    mapping: str = ""  # hash of everything that turns raw text into values: meta.loads.mapping_hash


class SourceKind(Protocol):
    """A kind of source, named by its entry point in the group `kadar.sources`."""

    def tables(self, project: Project, source: Source) -> list[str]:
        """Return the model's tables it fills; below, `source.table` is the one of them meant."""

    def fingerprint(self, connection: DuckDBPyConnection, project: Project, source: Source) -> str:
        """Return a text that changes when the content of a table or its mapping changed."""

    def land(
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        progress: Progress = silent,
    ) -> LandReport:
        """Bring new content into `landing.raw."<source>"`, in own transactions, resumable.

        Content landed before (same bytes, read in the same way) is not landed again.
        """

    def stage(  # noqa: PLR0917  (the seam names them all)
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        table: Table,
        load_id: int,
        progress: Progress = silent,
    ) -> Staged:
        """Turn landing rows into typed rows of `table`, the impossible ones refused.

        Mode "snapshot" yields every record of the content that matches now; "append" only that
        of content no finished load in `meta.loads` has read under the same mapping.
        """


@runtime_checkable
class Fetching(Protocol):
    """A kind of source that is not here: what it says is brought into landing first."""

    def fetch(  # noqa: PLR0917  (the seam names them all)
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        moment: datetime,
        progress: Progress = silent,
    ) -> list[str]:
        """Bring what a live system says now into landing, for all tables; return what to say.

        `moment` (aware) is when it is learnt."""


def kind_named(name: str) -> SourceKind:
    """Find the kind of source called `name` among the installed ones."""
    kinds = {point.name: point for point in extensions("kadar.sources")}
    if name not in kinds:
        raise KadarError(
            "KDR-PRJ-040",
            N_("There is no kind of source “{kind}”."),
            N_("Set kind to one of: {kinds}."),
            kind=name,
            kinds=nearest(name, list(kinds)),
        )
    made: SourceKind = kinds[name].load()()
    return made
