"""`kadar records`: the rows that make a number."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import (
    AsOf,
    Format,
    Group,
    Kpi,
    Language,
    Output,
    Period,
    Project,
    Variant,
    Where,
)
from kadar.language import N_

HELP = N_("List the rows behind a number: its numerator, its denominator, or what was left out.")
SEEN = 100  # rows in a table where no limit is given


def records(
    kpi: Kpi,
    *,
    period: Period,
    part: Annotated[
        str, typer.Option(metavar="PART", help=N_("numerator, denominator or excluded."))
    ] = "numerator",
    by: Group = None,
    variant: Variant = None,
    where: Where = None,
    as_of: AsOf = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help=N_("At most so many rows; the figure is of all.")),
    ] = None,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """List them; a table shows the first hundred."""
    from kadar.cli._output import check_format, put_rows
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    made = session.workspace.records(
        kpi,
        period,
        part=part,
        variant=variant,
        by=by or (),
        where=where or (),
        limit=SEEN if limit is None and output_format == "table" else limit,
    )
    if output_format == "table":
        from kadar.show.listing import show

        show(session.console, made, session.workspace, session.reader)
    else:
        put_rows(made, output_format, output)
