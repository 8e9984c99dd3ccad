"""`kadar reconcile`: why another definition, or another system, says another number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from pathlib import Path

    from kadar.cli._session import Session
    from kadar.insight.figure import Explained
    from kadar.insight.reconcile import Reconciled

HELP = N_("Go from one definition of a KPI to another in steps that add up, each with its rows.")


def reconcile(
    kpi: Kpi,
    *,
    other: Annotated[
        str | None,
        typer.Option("--with", metavar="VARIANT", help=N_("The definition to go to.")),
    ] = None,
    value: Annotated[
        str | None,
        typer.Option(
            "--with-value",
            metavar="FIGURE",
            help=N_("A figure somebody else reports, as 22.1%: find what explains it."),
        ),
    ] = None,
    period: Period,
    variant: Variant = None,
    by: Group = None,
    where: Where = None,
    as_of: AsOf = None,
    records: Annotated[
        bool, typer.Option("--records", help=N_("List the rows of each step."))
    ] = False,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Print the bridge; exit code 1 where nothing explains a figure."""
    from kadar.cli._output import check_format
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    made = session.workspace.reconcile(
        kpi, period, other=other, value=value, variant=variant, by=by or (), where=where or ()
    )
    if output_format == "table":
        from kadar.show.bridge import show

        show(session.console, made, session.workspace, session.reader, rows=records)
    else:
        _put(made, session, output_format, output, rows=records)
    if not getattr(made, "explained", True):
        raise typer.Exit(1)


def _put(
    made: Reconciled | Explained,
    session: Session,
    output_format: str,
    output: Path | None,
    *,
    rows: bool,
) -> None:
    from kadar.cli._output import put_bytes, put_text
    from kadar.show.flat import as_csv, as_json, as_parquet

    lines = made.rows(session.reader.t) if rows else made.records(session.reader.t)
    if output_format == "parquet":
        put_bytes(as_parquet(lines), output)
    else:
        put_text(as_json(lines) if output_format == "json" else as_csv(lines), output)
