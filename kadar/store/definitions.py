"""What the numbers meant, and under which policies of the company, from when on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kadar.store.load import not_before_the_last
from kadar.store.sql import literal, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project

# Of the company's settings, those that change no number.
_SILENT = ("name", "language")


@dataclass(frozen=True)
class Definition:
    """What a variant of a KPI means: its version, its formula as data, the settings in force.

    `formula` is None where it holds something that cannot be written.
    """

    kpi: str
    variant: str
    version: str
    formula: str | None
    settings: dict[str, Any]
    recorded_at: datetime | None = None  # aware UTC; None for what is not recorded yet


@dataclass(frozen=True)
class Stated:
    """What holds when a version of the data is made, and the moment it is learnt (aware)."""

    moment: datetime
    definitions: Sequence[Definition]


def policies(project: Project) -> dict[str, Any]:
    """Return the company's settings that decide what is derived, and the order of its sources."""
    from msgspec import to_builtins

    company: dict[str, Any] = to_builtins(project.company)
    return {
        "company": {name: said for name, said in company.items() if name not in _SILENT},
        "schedules": to_builtins(project.schedules),
        "tickets": to_builtins(project.tickets),
        "sources": [[source.name, source.table] for source in project.sources],
    }


def under(project: Project, stated: dict[str, Any]) -> Project:
    """Return the project with policies it had before, as `policies` gave them."""
    from msgspec import convert
    from msgspec.structs import replace

    from kadar.project import Company, Source
    from kadar.schedule import Schedule, Tickets

    known = {n: v for n, v in stated["company"].items() if n in Company.__struct_fields__}
    before = convert(known, Company)
    return replace(
        project,
        company=replace(project.company, **{name: getattr(before, name) for name in known}),
        schedules=convert(stated.get("schedules", []), list[Schedule]),
        tickets=convert(stated.get("tickets", {}), Tickets),
        sources=[Source(name, table) for name, table in stated["sources"]],
    )


def record(connection: DuckDBPyConnection, project: Project, stated: Stated) -> bool:
    """Write down what changed since it was last recorded, in the caller's transaction.

    Returns whether anything did.
    """
    moment = not_before_the_last(connection, stated.moment)
    number = int(value(connection, "select coalesce(max(number), 0) + 1 from meta.definitions"))
    now = _text(policies(project))
    changed = bool(now != value(connection, "select arg_max(said, number) from meta.policies"))
    if changed:
        connection.execute(
            "insert into meta.policies select coalesce(max(number), 0) + 1, ?, ? "
            "from meta.policies",
            [now, moment],
        )
    last = {
        (kpi, variant): (version, settings)
        for kpi, variant, version, settings in connection.execute(
            "select kpi, variant, arg_max(version, number), arg_max(settings, number) "
            "from meta.definitions group by kpi, variant"
        ).fetchall()
    }
    for one in stated.definitions:
        said = _text(one.settings)
        if last.get((one.kpi, one.variant)) == (one.version, said):
            continue
        connection.execute(
            "insert into meta.definitions values (?, ?, ?, ?, ?, ?, ?)",
            [number, one.kpi, one.variant, one.version, one.formula, said, moment],
        )
        number, changed = number + 1, True
    return changed


def definition_at(
    connection: DuckDBPyConnection, kpi: str, variant: str, moment: datetime, schema: str = "meta"
) -> Definition | None:
    """Return what a variant meant at a moment (aware): the last recorded by then, else the first.

    None where none was ever recorded.
    """
    row = connection.execute(
        f"select version, formula, settings, epoch_us(recorded_at) from {schema}.definitions "
        f"where kpi = ? and variant = ? order by {_nearest(moment)} limit 1",
        [kpi, variant],
    ).fetchone()
    if row is None:
        return None
    version, formula, settings, at = row
    return Definition(kpi, variant, version, formula, json.loads(settings), _moment(at))


def policies_at(
    connection: DuckDBPyConnection, moment: datetime, schema: str = "meta"
) -> tuple[dict[str, Any], datetime] | None:
    """Return the policies in force at a moment and since when: see `definition_at`."""
    row = connection.execute(
        f"select said, epoch_us(recorded_at) from {schema}.policies "
        f"order by {_nearest(moment)} limit 1"
    ).fetchone()
    return None if row is None else (json.loads(row[0]), _moment(row[1]))


def _nearest(moment: datetime) -> str:
    """SQL that orders what was recorded: by the moment the last first, then the rest in order."""
    from datetime import UTC

    known = f"recorded_at <= timestamptz {literal(moment.astimezone(UTC).isoformat())}"
    return f"{known} desc, case when {known} then -number else number end"


def _moment(microseconds: int) -> datetime:
    from datetime import UTC, timedelta

    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _text(said: dict[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
