"""What was landed and loaded, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.vendors.acceptance import Run, opened
from tests.vendors.fxiaoke.standin import FxiaokeStandin


def landed(run: Run, name: str) -> dict[str, dict[str, Any]]:
    """Return the records of an object that stand in landing, by their key."""
    return {key: json.loads(record) for made, key, record in run.standing() if made == name}


def rows(run: Run, table: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a table of the model by their first column."""
    with opened(run.folder / "store" / "model.duckdb") as made:
        found = made.execute(f"select * from model.{table} order by all")
        names = [column[0] for column in found.description]
        listed = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row[names[0]]: row for row in listed}


def refused(run: Run) -> list[tuple[str, str, str]]:
    """Return table, column and reason of what was refused."""
    with opened(run.folder / "store" / "model.duckdb") as made:
        return made.execute(
            'select "table", "column", reason from meta.quarantine order by all'
        ).fetchall()


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def notes(run: Run) -> str:
    return "\n".join(note for one in run.reports[-1].sources for note in one.notes)


def asked(standin: FxiaokeStandin, name: str) -> list[dict[str, Any]]:
    """Return the queries of an object since the last time; the others are forgotten, too."""
    found = [body["data"] for body in standin.bodies if body["data"]["dataObjectApiName"] == name]
    standin.bodies.clear()
    return [one["search_query_info"] for one in found]


def with_lines(run: Run, folder: Path, custom: str = "", toml: str = "", **options: Any) -> Run:
    """Return another project of the same company, with further lines and options."""
    case, before = run.case, run.case.options
    case = replace(
        case,
        custom=custom,
        toml=toml or case.toml,
        options=lambda standin: {**before(standin), **options},
    )
    return Run(case, run.standin, folder).make()


def only(values: Iterable[Any]) -> Any:
    (one,) = values
    return one
