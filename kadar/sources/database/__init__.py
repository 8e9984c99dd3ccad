"""Any SQL database that SQLAlchemy speaks to, read by queries in kadar.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.project import Project, Source
    from kadar.sources.live.connector import Connector
    from kadar.sources.live.mapping import Mapping_


class Database(Live):
    """A database. Queries called as tables of the model need no mapping; others may have one."""

    system = "SQL"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.database.connector import DatabaseConnector

        return DatabaseConnector

    def mappings(self, project: Project, source: Source) -> dict[str, Mapping_]:
        """Return the project's own mappings, and those that the queries themselves are."""
        from kadar.model import TABLES
        from kadar.sources.database.queries import mapping_of, queries

        own = super().mappings(project, source)
        zone = source.options.get("time_zone") or project.company.time_zone
        made = {
            query.name: mapping_of(query, project.folder, str(zone))
            for query in queries(source.options)
            if query.name in TABLES
        }
        found = made | own
        return {name: found[name] for name in TABLES if name in found}
