"""`kadar check`: what is wrong in the data, which KPIs it touches and by how much at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from kadar.cli._options import Format, Language, Output, Project
from kadar.language import N_

HELP = N_("Check the data: what is wrong, which KPIs it touches, how to mend it; 1 if a gate is.")


def check(
    *,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="CHECK", help=N_("Run this check alone; repeatable.")),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help=N_("End with 1 from this severity on: told, doubtful, broken or never."),
        ),
    ] = None,
    allow: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help=N_("So many broken rows are no failure.")),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help=N_("Rows to show of each source; 0 for all."))
    ] = 20,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Run the checks; 1 where a gate is broken."""
    from kadar.cli._output import check_format, put_bytes, put_records
    from kadar.cli._session import Session
    from kadar.errors import NO
    from kadar.show import findings as shown

    check_format(output_format, output)
    session = Session(project, language)
    settings = session.project.checks
    gate = _severity(fail_on or settings.fail_on)
    found = session.workspace.check(only or None)
    if output_format == "table":
        shown.show(session.console, found, session.workspace, session.reader, limit=limit or None)
    elif output_format == "parquet":
        put_bytes(shown.as_parquet(found, session.reader), output)
    else:
        put_records(shown.records(found, session.reader), output_format, output)
    failing = sum(gate(one.severity) for one in found)
    if failing > (settings.allow if allow is None else allow):
        raise typer.Exit(NO)


def _severity(name: str) -> Callable[[str], bool]:
    """Return what tells whether a severity fails. Raises KDR-CHK-031 for an unknown gate."""
    from kadar.checks import SEVERITIES
    from kadar.errors import KadarError, nearest

    known = [*SEVERITIES, "never"]
    if name not in known:
        raise KadarError(
            "KDR-CHK-031",
            N_("There is no severity {name}."),
            N_("These exist: {names}."),
            name=name,
            names=nearest(name, known),
        )
    least = known.index(name)
    return lambda severity: known.index(severity) >= least
