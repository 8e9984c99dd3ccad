"""Any dlt source: its own pipeline into a database beside the store, then mapping SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.live import Live
from kadar.sources.source import Progress, silent

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from kadar.project import Project, Source
    from kadar.sources.live.connector import Connector


class Dlt(Live):
    """A dlt source. Its tables are what `mapping/<source>/<table>.sql` selects from."""

    system = "dlt"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.dlt.connector import DltConnector

        return DltConnector

    def fetch(  # noqa: PLR0917  (the seam names them all)
        self,
        connection: DuckDBPyConnection,
        project: Project,
        source: Source,
        load_id: int,
        moment: datetime,
        progress: Progress = silent,
    ) -> list[str]:
        """Run the pipeline, then land what its tables hold now.

        Raises KDR-SRC-223 where no mapping says what of it is a table of the model.
        """
        from kadar.sources.dlt.pipeline import run
        from kadar.sources.dlt.tables import Tables, file_of

        progress(N_("running the dlt pipeline"), 0, None)
        run(self.given(project, source, moment))
        if not self.mappings(project, source):
            tables = Tables.of(file_of(project.folder, source.name))
            raise KadarError(
                "KDR-SRC-223",
                N_("Source {source} has no mapping: nothing says what its tables mean."),
                N_("Write {folder}/deals.sql and the like: a SELECT from its tables {tables}."),
                source=source.name,
                folder=project.folder / "mapping" / source.name,
                tables=", ".join(tables.columns) or "-",
            )
        return super().fetch(connection, project, source, load_id, moment, progress)
