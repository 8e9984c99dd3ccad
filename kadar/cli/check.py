"""`kadar check`: what was refused, where, and how to mend it; which KPIs cannot be computed."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Say what was refused, where and how to mend it; end with 1 if anything was.")


def check(
    *,
    allow: Annotated[
        int, typer.Option(metavar="N", min=0, help=N_("So many refused rows are no failure."))
    ] = 0,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help=N_("Rows to show of each source; 0 for all."))
    ] = 20,
    output_format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=N_("table, csv or json."))
    ] = "table",
    project: Project = None,
    language: Language = None,
) -> None:
    """Run every check; 1 where more is broken than allowed."""
    from kadar import checks, contents
    from kadar.cli._output import check_format, put_records
    from kadar.cli._session import Session
    from kadar.errors import NO
    from kadar.show import findings as shown

    check_format(output_format, None, ("table", "csv", "json"))
    session = Session(project, language)
    with contents.opened(session.project) as connection:
        found = checks.run(checks.Company(session.workspace, connection))
    if output_format == "table":
        shown.show(session.console, found, session.reader, limit=limit or None)
    else:
        put_records(shown.records(found, session.reader), output_format)
    if sum(one.breaks for one in found) > allow:
        raise typer.Exit(NO)
