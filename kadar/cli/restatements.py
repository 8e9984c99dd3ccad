"""`kadar restatements`: why a number that was reported is another now."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Format, Group, Kpi, Language, Output, Period, Project, Variant, Where
from kadar.language import N_

HELP = N_("Say why a reported number is another now: late rows, edits, merges, definitions …")


def restatements(
    kpi: Kpi,
    *,
    period: Period,
    since: Annotated[
        str | None,
        typer.Option(
            "--from-as-of",
            metavar="DAY",
            help=N_("When it was reported; else when the period was first complete and known."),
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to-as-of", metavar="DAY", help=N_("A later day; else now."))
    ] = None,
    by: Group = None,
    variant: Variant = None,
    where: Where = None,
    records: Annotated[
        bool, typer.Option("--records", help=N_("List every record behind the change."))
    ] = False,
    history: Annotated[
        bool,
        typer.Option("--history", help=N_("List every load at which the number became another.")),
    ] = False,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Lead the data from the one moment to the other, and print the causes."""
    from kadar.cli._output import check_format
    from kadar.cli._session import Session

    check_format(output_format, output)
    if records and history and output_format != "table":
        from kadar.errors import KadarError

        raise KadarError(
            "KDR-RST-005",
            N_("Records and history are two lists: {format} takes one."),
            N_("Ask for --records and --history one after the other."),
            format=output_format,
        )
    session = Session(project, language)
    made = session.workspace.restatements(
        kpi,
        period,
        since=since,
        until=until,
        variant=variant,
        by=by or (),
        where=where or (),
        history=history,
    )
    from kadar.show import restatements as shown

    if output_format == "table":
        shown.show(session.console, made, session.workspace, session.reader, every=records)
        return
    from kadar.cli._output import put_bytes, put_text

    wanted = shown.RECORDS if records else shown.HISTORY if history else shown.CAUSES
    if output_format == "parquet":
        put_bytes(shown.as_parquet(made, wanted), output)
    elif output_format == "json":
        put_text(shown.as_json(made, wanted), output)
    else:
        put_text(shown.as_csv(made, wanted), output)
