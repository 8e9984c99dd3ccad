"""The data as it was known at a past moment, derived anew from the rows that stood then."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kadar.errors import NO, KadarError
from kadar.language import N_
from kadar.model import TABLES
from kadar.store.publish import current, file_of, settings_digest
from kadar.store.reading import remove_spilled
from kadar.store.schema import migrate
from kadar.store.sql import listed, literal, quoted, transaction, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project

MOST = 12  # moments kept of one version: each is a file as large as the data


def as_of_file(folder: Path, project: Project, moment: datetime) -> Path | None:
    """Return a read-only file with the model and `crm` as known at `moment` (aware).

    A row counts if it was recorded by then and not yet superseded. The company's settings are
    today's; the data is known up to `moment` at the latest. The file is kept beside the published
    versions until the next of them, or until so many others (`MOST`) were used since. None before
    the first version. Raises KDR-ASK-011 where nothing had been recorded by then.
    """
    version = current(folder)
    if version is None:
        return None
    then, settings = moment.astimezone(UTC), settings_digest(project)[:12]
    place = folder / "as_of" / f"{version}-{then:%Y%m%dT%H%M%S%f}-{settings}.duckdb"
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        for other in place.parent.iterdir():
            if not other.name.startswith(f"{version}-"):
                other.unlink(missing_ok=True)
        _build(file_of(folder, version), place, project, moment)
        _forget(place)
    with suppress(OSError):  # of another user: its age is then when it was made
        os.utime(place)
    return place


def _forget(place: Path) -> None:
    """Remove the files that were used least recently, but for `place` and `MOST` - 1 others."""
    others = []
    for other in place.parent.glob("*.duckdb"):
        with suppress(OSError):  # another process removed it
            if other != place:
                others.append((other.stat().st_mtime_ns, other))
    for _, other in sorted(others, reverse=True)[MOST - 1 :]:
        with suppress(OSError):
            other.unlink()
        remove_spilled(other)


def _build(published: Path, place: Path, project: Project, moment: datetime) -> None:
    import duckdb

    from kadar.derive import derive

    partial = place.with_suffix(f".{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach {literal(str(published))} as today (read_only)")
            connection.execute(f"attach {literal(str(partial))} as past")
            connection.execute("use past")
            migrate(connection)
            with transaction(connection):
                copy_rows(connection, moment)
                derive(connection, known_until(project, moment), moment)
            connection.execute("checkpoint past")
            connection.execute("use memory")
        partial.chmod(0o444)
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)


def copy_rows(connection: DuckDBPyConnection, moment: datetime) -> None:
    """Copy the rows that stood at a moment from the database `today` into the current one.

    Raises KDR-ASK-011 where nothing had been recorded by then.
    """
    then = f"timestamptz {literal(moment.astimezone(UTC).isoformat())}"
    if not value(connection, f"select count(*) from today.meta.loads where started_at <= {then}"):
        first = "strftime(min(started_at) at time zone 'UTC', '%Y-%m-%d %H:%M UTC')"
        raise KadarError(
            "KDR-ASK-011",
            N_("Nothing was known yet at {moment}."),
            N_("Ask as of a later moment: the first load was at {first}."),
            exit_code=NO,
            moment=moment.isoformat(),
            first=value(connection, f"select {first} from today.meta.loads"),
        )
    for table in TABLES.values():
        name, past = quoted(table.name), quoted(f"{table.name}__history")
        columns = listed([*table.column_names, "source", "recorded_at"])
        connection.execute(
            f"insert into model.{name} by name "
            f"select {columns} from today.model.{name} where recorded_at <= {then} union all "
            f"select {columns} from today.model.{past} "
            f"where recorded_at <= {then} and superseded_at > {then}"
        )
    connection.execute("insert into meta.carried select * from today.meta.carried")
    connection.execute(
        "update meta.version set data_version = (select data_version from today.meta.version) "
        f"|| ' as of ' || {literal(moment.isoformat())}"
    )


def known_until(project: Project, moment: datetime) -> Project:
    """Return the project with its data known up to `moment` at the latest."""
    from kadar.derive.settings import observed_until, time_zone

    company = project.company
    zone = time_zone(company.time_zone)
    stated = observed_until(company.observed_until, zone)
    if stated is None:
        return project
    if not isinstance(stated, datetime):  # a day means its end
        stated = datetime.combine(stated + timedelta(days=1), time.min, zone)
    if stated <= moment:
        return project
    return replace(project, company=replace(company, observed_until=moment.isoformat()))
