"""`kadar why`: what made a KPI change between two periods."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import AsOf, By, Format, Language, Output, Project, Variant, Where
from kadar.language import N_

HELP = N_("Take the change of a KPI between two periods apart: rates, mix, what came and went.")


def why(
    kpi: Annotated[str, typer.Argument(metavar="KPI", help=N_("Name of a KPI."))],
    *,
    since: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="PERIOD",
            help=N_("The earlier period: 2026, 2026-Q3, 2026-09, 2026-W37 or 2026-09-14."),
        ),
    ],
    until: Annotated[
        str, typer.Option("--to", metavar="PERIOD", help=N_("The later period, as long."))
    ],
    by: By = None,
    variant: Variant = None,
    where: Where = None,
    as_of: AsOf = None,
    allow_incomplete: Annotated[
        bool,
        typer.Option("--allow-incomplete", help=N_("Compare periods that are not finished too.")),
    ] = False,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Compare, and print the parts."""
    from kadar.cli._output import check_format
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    made = session.workspace.why(
        kpi,
        since,
        until,
        by=[name.strip() for each in by or () for name in each.split(",")],
        variant=variant,
        where=where or (),
        allow_incomplete=allow_incomplete,
    )
    if output_format == "table":
        from kadar.show.change import show

        show(session.console, made, session.workspace, session.reader)
        return
    from kadar.cli._output import put_bytes, put_text
    from kadar.show import change

    if output_format == "parquet":
        put_bytes(change.as_parquet(made), output)
    else:
        put_text(change.as_json(made) if output_format == "json" else change.as_csv(made), output)
