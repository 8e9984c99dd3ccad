"""`kadar sources`: where the data comes from, and the ledger of live systems."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Format, Language, Output, Project
from kadar.language import N_

HELP = N_("List the sources; of live systems, what each object's last pass brought.")


def sources(
    name: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help=N_("One source; all by default."))
    ] = None,
    *,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Print a line an object: what is there, what is here; 1 where the two should agree."""
    from kadar.cli._output import check_format, put_rows
    from kadar.cli._session import Session
    from kadar.errors import NO, KadarError, nearest
    from kadar.show import sources as shown

    check_format(output_format, output)
    session = Session(project, language)
    known = [one.name for one in session.project.sources]
    if name is not None and name not in known:
        raise KadarError(
            "KDR-STO-006",
            N_("There is no source “{name}”."),
            N_("The sources of this project: {names}."),
            name=name,
            names=nearest(name, known) or "-",
        )
    rows = shown.rows(session.project, name)
    if output_format == "table":
        shown.show(session.console, rows, session.reader)
    else:
        put_rows(rows, output_format, output)
    if any(row["balances"] is False for row in rows):
        raise typer.Exit(NO)
