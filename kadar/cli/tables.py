"""`kadar tables`: what the store holds."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Show the tables: rows, sources, columns, refused rows; of one, its columns.")


def tables(
    name: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help=N_("One table, to see its columns."))
    ] = None,
    *,
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=N_("table, csv or json."))
    ] = "table",
    project: Project = None,
    language: Language = None,
) -> None:
    """Print them; one table by name needs no data."""
    from kadar import contents
    from kadar.cli._output import check_format, put_records
    from kadar.cli._session import Session
    from kadar.errors import KadarError, nearest
    from kadar.model import TABLES
    from kadar.show import tables as shown
    from kadar.store import Store

    check_format(output_format, None, ("table", "csv", "json"))
    session = Session(project, language)
    if name is not None and name not in TABLES:
        raise KadarError(
            "KDR-CLI-009",
            N_("There is no table {table}."),
            N_("These exist: {tables}."),
            table=name,
            tables=nearest(name, list(TABLES)),
        )
    if name is None or (session.has_project() and Store(session.project.folder).version()):
        with contents.opened(session.project) as connection:
            found = contents.tables(connection)
    else:
        found = []
    if name is None:
        records = shown.records(found)
    else:
        records = shown.column_records(TABLES[name], found, session.reader)
    if output_format != "table":
        put_records(records, output_format)
    elif name is None:
        shown.show(session.console, found, session.reader)
    else:
        shown.show_columns(session.console, TABLES[name], records, session.reader)
