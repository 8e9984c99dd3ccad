"""What the tests of this connector share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import kadar.project
from kadar.sources.dynamics.connector import Dataverse as Connector
from kadar.sources.live.access import Given
from kadar.sources.live.connector import Batch
from tests.vendors.acceptance import environment
from tests.vendors.dynamics.standin import CLIENT, SECRET, TENANT, Dataverse


@dataclass
class Passed:
    """What one pass over a table brought."""

    whole: bool
    why: str
    records: list[Any] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    mark: Any = None


@dataclass
class Reader:
    """Reads tables of a stand-in with the connector, without landing anything."""

    standin: Dataverse
    folder: Path
    waited: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    custom: dict[str, list[str]] = field(default_factory=dict)
    options: str = ""
    moment: datetime | None = None  # of the sync, where it is not the stand-in's

    def connector(self) -> Connector:
        """Return a new connector, as each sync has."""
        (self.folder / "kadar.toml").write_text(
            '[company]\ntime_zone = "Asia/Kuala_Lumpur"\ncurrency = "MYR"\n[[sources]]\n'
            f'name = "crm"\nkind = "dynamics"\noptions = {{ url = "{self.standin.url}", '
            f'login = "{self.standin.url}", tenant = "{TENANT}", client_id = "{CLIENT}"'
            f"{self.options} }}\n",
            "utf-8",
        )
        project = kadar.project.load(self.folder)
        moment = self.moment or self.standin.now
        given = Given("Dynamics 365", Connector, project, project.sources[0], moment,
                      pause=self.waited.append)  # fmt: skip
        given.custom, given.notes = self.custom, self.notes
        return Connector(given)

    def read(self, name: str, mark: Any = None, cursor: Any = None, stop: int = 0) -> Passed:
        """Read a table, all of it or (killed) as many batches as `stop` says."""
        reading = self.connector().read(name, mark, cursor)
        made = Passed(reading.whole, reading.why)
        for batch in reading.batches:
            made.batches.append(batch)
            made.records += batch.records
            made.gone += batch.gone
            made.present += batch.present
            made.mark = batch.mark if batch.mark is not None else made.mark
            if len(made.batches) == stop:
                break
        return made


@pytest.fixture
def secret() -> Iterator[None]:
    """The client secret, in the environment."""
    with environment({"client_secret": SECRET}):
        yield


@pytest.fixture
def reader(tmp_path: Path, secret: None) -> Iterator[Callable[..., Reader]]:
    """Start a stand-in and return a reader of it."""
    started: list[Dataverse] = []

    def start(standin: Dataverse | None = None) -> Reader:
        made = standin or Dataverse(page=3)
        made.__enter__()
        started.append(made)
        return Reader(made, tmp_path)

    yield start
    for one in started:
        one.__exit__()
