"""`kadar cohorts`: a KPI by cohort and age."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import (
    AsOf,
    By,
    Format,
    Grain,
    Kpi,
    Language,
    Output,
    Project,
    Since,
    Until,
    Variant,
    Where,
    divided,
)
from kadar.language import N_

HELP = N_("Read a KPI by cohort: what the customers, leads or deals of a period came to, by age.")
SEEN = 100  # members in a table


def cohorts(
    kpi: Kpi,
    *,
    variant: Variant = None,
    grain: Grain = "month",
    by: By = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    ages: Annotated[
        int,
        typer.Option(metavar="N", help=N_("The oldest age: periods after the cohort's own.")),
    ] = 12,
    cell: Annotated[
        str | None,
        typer.Option(
            metavar="COHORT:AGE",
            help=N_("List who stands behind one cell: 2026-03:5, those of March 5 months on."),
        ),
    ] = None,
    as_of: AsOf = None,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Make the triangle, or list the members of a cell; a table shows the first hundred."""
    from kadar.cli._output import check_format, put_rows
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    dimensions = divided(by)
    if cell is not None:
        members = session.workspace.cohort_members(
            kpi,
            cell,
            variant=variant,
            by=dimensions,
            where=where or (),
            limit=SEEN if output_format == "table" else None,
        )
        if output_format == "table":
            from kadar.show.cohorts import show_members

            show_members(session.console, members, session.workspace, session.reader)
        else:
            put_rows(members, output_format, output)
        return
    made = session.workspace.cohorts(
        kpi,
        variant=variant,
        grain=grain,
        by=dimensions,
        where=where or (),
        since=since,
        until=until,
        ages=ages,
    )
    from kadar.show.cohorts import listed, show

    if output_format == "table":
        show(session.console, made, session.workspace, session.reader)
    else:
        put_rows(listed(made), output_format, output)
