"""Syncs of this connector from a stand-in into a store, for the tests that look at its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kadar.project import Project, Source
from kadar.sources.dynamics import Dynamics
from kadar.sources.live.mapping import Mapping_
from tests.vendors.acceptance import Case, opened
from tests.vendors.dynamics.standin import CLIENT, SECRET, TENANT, Dataverse


def options(standin: Dataverse) -> dict[str, object]:
    """The options of a source that reads a stand-in."""
    return {"url": standin.url, "login": standin.url, "tenant": TENANT, "client_id": CLIENT}


class Some(Dynamics):
    """The same, of which only some tables of the model are made: it is faster."""

    made: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Folder of the connector."""
        return Dynamics().folder

    def mappings(self, project: Project, source: Source) -> dict[str, Mapping_]:
        """Return the mapping of those tables."""
        found = super().mappings(project, source)
        return {name: found[name] for name in self.made or found}


def case(standin: Any, *changes: Any, tables: tuple[str, ...] = (), **more: Any) -> Case:
    """A case of this connector, for all tables of the model or some."""
    secrets = {"client_secret": SECRET}
    kind = type("Some", (Some,), {"made": tables})
    return Case(kind, "dynamics", standin, options, secrets, changes, **more)


def rows(folder: Path, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Rows of a table, in the order of the columns that are named first."""
    listed = ", ".join(names)
    with opened(folder / "store" / "model.duckdb") as made:
        return made.execute(f"SELECT {listed} FROM model.{table} ORDER BY ALL").fetchall()


def installed(standin: Dataverse, *names: str) -> Dataverse:
    """Leave an environment only some of its tables: the others' apps were never installed."""
    always = {"organization", "stringmap", *names}
    standin.tables = {n: table for n, table in standin.tables.items() if n in always}
    return standin
