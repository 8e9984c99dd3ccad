"""A project that reads the stand-in, and its rows by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import kadar.project
from kadar.sources.salesforce import Salesforce as Kind
from kadar.store import Store
from tests.vendors.acceptance import FIRST, Case, Run, environment, opened
from tests.vendors.salesforce.org import Org
from tests.vendors.salesforce.standin import KEY, SECRET, Salesforce

SECRETS = {"client_id": KEY, "client_secret": SECRET}


def case(
    org: Callable[[], Org] = Org,
    changes: Sequence[Callable[[Any], object]] = (),
    toml: str = 'time_zone = "Asia/Kuala_Lumpur"\ncurrency = "MYR"',
    custom: str = "",
    secrets: dict[str, str] | None = None,
    **options: Any,
) -> Case:
    """Return a case whose source reads a stand-in of `org`."""
    return Case(
        Kind,
        "salesforce",
        lambda: Salesforce(org()),
        lambda standin: {"domain": standin.url, **options},
        secrets or SECRETS,
        changes,
        toml=toml,
        custom=custom,
    )


def project(standin: Salesforce, folder: Path, **how: Any) -> Run:
    """Return a project that reads a stand-in that runs."""
    return Run(case(**how), standin, folder).make()


def rows(run: Run, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return some columns of a table of the model, sorted."""
    with opened(run.folder / "store" / "model.duckdb") as made:
        listed = ", ".join(f'"{column}"' for column in columns)
        return sorted(
            made.execute(f"select {listed} from model.{table}").fetchall(),
            key=lambda row: tuple((value is not None, str(value)) for value in row),
        )


def fetch(run: Run, day: int = 0) -> str:
    """Land what the system says, and no more; return what it has to say."""
    loaded = kadar.project.load(run.folder)
    with environment(run.case.secrets), Store(run.folder).writer() as writer:
        moment = FIRST + timedelta(days=day)
        number = writer.new_load()
        told = run._kind().fetch(writer.connection, loaded, loaded.sources[0], number, moment)
    return "\n".join(told)


def landed(run: Run, name: str = "Opportunity") -> dict[str, dict[str, str]]:
    """Return the records of an object that stand in landing, by their ids."""
    return {key: json.loads(text) for made, key, text in run.standing() if made == name}


def notes(run: Run) -> str:
    """Return what the last sync said."""
    return "\n".join(note for source in run.reports[-1].sources for note in source.notes)
