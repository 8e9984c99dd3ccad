"""`kadar export`: the canonical tables and the KPI values, for any other tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kadar.cli._options import Grain, Language, Project
from kadar.language import N_

HELP = N_("Write the canonical tables and every KPI's values as Parquet or CSV.")


def export(
    *,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help=N_("A folder for the files; made if missing."))
    ],
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=N_("parquet or csv."))
    ] = "parquet",
    grain: Grain = "month",
    project: Project = None,
    language: Language = None,
) -> None:
    """Write one file a table, and `kpis` with every variant that can be computed."""
    from kadar import exporting
    from kadar.cli._output import check_format
    from kadar.cli._session import Session
    from kadar.show.terminal import table

    check_format(output_format, output, ("parquet", "csv"))
    session = Session(project, language)
    written = exporting.export(session.workspace, output, output_format, grain=grain)
    reader = session.reader
    made = table()
    made.add_column(reader.t(N_("file")))
    made.add_column(reader.t(N_("rows")), justify="right")
    for file, rows in written.items():
        made.add_row(str(file), reader.count(rows))
    session.console.print(made)
