"""The writer: the one open connection to a store, while its lock is held."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.model import Table
from kadar.store import load as loading
from kadar.store.load import LoadReport, Mode
from kadar.store.publish import publish
from kadar.store.schema import migrate
from kadar.store.sql import literal, transaction, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project
    from kadar.sources.source import Progress, Staged
    from kadar.store.definitions import Stated

# The engine's own budget. The process stays under twice of it: rows of ten million orders are
# spilled to store/tmp, never kept.
MEMORY_LIMIT = "1GB"

Derive = Callable[["DuckDBPyConnection", "Project"], None]


class Writer:
    """Changes a store. Made by `Store.writer`; `connection` is open inside its `with` only.

    The current database of `connection` is the store's (`model.orders`, `meta.loads`,
    `crm.deals`); the raw records are in the database `landing` (`landing.raw."<source>"`).
    """

    def __init__(self, folder: Path) -> None:
        import duckdb

        self.folder = folder
        self.connection: DuckDBPyConnection = duckdb.connect(":memory:")
        temporary = folder / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)  # left behind by a writer that was killed
        temporary.mkdir(parents=True)
        try:
            for setting in (
                f"memory_limit = '{MEMORY_LIMIT}'",
                f"temp_directory = {literal(str(temporary))}",
                "TimeZone = 'UTC'",
            ):
                self.connection.execute(f"set {setting}")
            attach(self.connection, folder / "model.duckdb", "store")
            attach(self.connection, folder / "landing.duckdb", "landing")
            self.connection.execute("create schema if not exists landing.raw")
            self.connection.execute("use store")
            migrate(self.connection)
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Write everything down and let go of the files."""
        self.connection.close()
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)

    def new_load(self) -> int:
        """Give out a load id that no load, finished or not, had before."""
        with transaction(self.connection):
            self.connection.execute("update meta.version set last_load = last_load + 1")
            return int(value(self.connection, "select last_load from meta.version"))

    def load(
        self,
        table: Table,
        source: str,
        mode: Mode,
        staged: Staged,
        *,
        load_id: int,
        recorded_at: datetime,
        fingerprint: str = "",
    ) -> LoadReport:
        """Load staged rows in one transaction: see `kadar.store.load.load`."""
        return loading.load(
            self.connection,
            table,
            source,
            mode,
            staged,
            load_id=load_id,
            recorded_at=recorded_at,
            fingerprint=fingerprint,
        )

    def remove(
        self, table: Table, source: str, *, load_id: int, recorded_at: datetime
    ) -> LoadReport:
        """Take all rows of a source out of a table, into its history, as gone."""
        return loading.remove(
            self.connection, table, source, load_id=load_id, recorded_at=recorded_at
        )

    def publish(
        self,
        project: Project,
        *,
        derive: Derive | None = None,
        progress: Progress | None = None,
        stated: Stated | None = None,
    ) -> str | None:
        """Let readers have what was loaded: see `kadar.store.publish.publish`."""
        return publish(
            self.connection,
            self.folder,
            project,
            derive=derive,
            progress=progress,
            stated=stated,
        )


def attach(connection: DuckDBPyConnection, file: Path, name: str) -> None:
    """Open a database file under `name`. Raises KDR-STO-004 where it cannot be opened."""
    import duckdb

    try:
        connection.execute(f"attach {literal(str(file))} as {name}")
    except duckdb.Error as error:
        raise KadarError(
            "KDR-STO-004",
            N_("{file} cannot be opened: {detail}"),
            N_(
                "Close other programs that have it open. If the file is damaged, the newest file "
                "in store/published is a whole copy: put it in the place of store/model.duckdb."
            ),
            exit_code=FAILED,
            file=file,
            detail=str(error).splitlines()[0],
        ) from error
