"""`kadar ask`: KPIs by period and dimension; without a KPI, the scoreboard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kadar.cli._options import (
    AsOf,
    By,
    FirstDays,
    Format,
    Grain,
    Language,
    Output,
    Project,
    Projected,
    Since,
    ToDate,
    Until,
    Variant,
    Where,
    WorkingDays,
    divided,
)
from kadar.errors import KadarError
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.answer import Answer, Row
    from kadar.cli._session import Session

HELP = N_("Answer KPIs by period and dimension; without a KPI, show the scoreboard.")


def ask(
    kpis: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KPI]...", help=N_("Names of KPIs, as in kadar explain.")),
    ] = None,
    *,
    variant: Variant = None,
    grain: Grain = "month",
    by: By = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    to_date: ToDate = False,
    first_days: FirstDays = None,
    working_days: WorkingDays = False,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="previous|year-ago",
            help=N_("Beside each value an earlier one: the change, its interval, the verdict."),
        ),
    ] = None,
    projected: Projected = False,
    show_withheld: Annotated[
        bool,
        typer.Option(
            "--show-withheld", help=N_("Show values that doubtful rows leave open all the same.")
        ),
    ] = False,
    as_of: AsOf = None,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """Answer, print, and end with the gravest refusal's exit code."""
    from kadar.cli._output import check_format
    from kadar.cli._session import Session

    check_format(output_format, output)
    session = Session(project, language, as_of)
    workspace = session.workspace
    dimensions = divided(by)
    asked = bool(kpis or variant or dimensions or since or until or to_date or first_days)
    if projected and compare is not None:
        raise KadarError(
            "KDR-ASK-040",
            N_("--projected and --compare cannot be asked together."),
            N_("Ask for one of them; a period that is not mature is compared to date."),
        )
    if not (asked or projected) and compare is None:
        _board(
            session, grain, where, output_format, output,
            working_days=working_days, show_withheld=show_withheld,
        )  # fmt: skip
        return
    names = kpis or [made.name for made in workspace.kpis if made.core]
    given: dict[str, Any] = {
        "variant": variant,
        "grain": grain,
        "by": dimensions,
        "where": where or (),
        "since": since,
        "until": until,
        "first_days": first_days,
        "to_date": to_date,
        "working_days": working_days,
        "collect": True,
    }
    if compare is None:
        answer = workspace.ask(names, **given, show_withheld=show_withheld)
        finals = workspace.projected(answer, show_withheld=show_withheld) if projected else []
        _put(answer, finals, session, output_format, output)
    else:
        answer = _compared(
            session,
            names,
            compare,
            {**given, "show_withheld": show_withheld},
            output_format=output_format,
            output=output,
        )
    # Of all KPIs at once it is no failure that the data cannot carry some.
    code = max((refusal.error.exit_code for refusal in answer.refused), default=0)
    if code and (kpis or not answer.rows):
        raise typer.Exit(code)


def _put(
    answer: Answer,
    finals: list[Row | None],
    session: Session,
    output_format: str,
    output: Path | None,
) -> None:
    from kadar.cli._complain import complain
    from kadar.cli._output import put_answer

    if output_format == "table" and output is None:
        from kadar.show.answers import show

        if answer.rows or not answer.refused:
            show(session.console, answer, session.workspace, session.reader, finals)
    elif answer.rows or not answer.refused:
        added = [row for row in finals if row is not None]
        put_answer(replace(answer, rows=[*answer.rows, *added]), output_format, output)
    for refusal in answer.refused:
        complain(refusal.error)


def _board(
    session: Session,
    grain: str,
    where: list[str] | None,
    output_format: str,
    output: Path | None,
    *,
    working_days: bool,
    show_withheld: bool,
) -> None:
    from kadar.cli._output import put_rows
    from kadar.scoreboard import scoreboard

    made = scoreboard(
        session.workspace,
        grain=grain,
        where=where or (),
        working_days=working_days,
        show_withheld=show_withheld,
    )
    if output_format == "table":
        from kadar.show.board import show

        show(session.console, made, session.workspace, session.reader)
        return
    from kadar.show.changes import listed

    put_rows(listed(made.records()), output_format, output)


def _compared(
    session: Session,
    names: list[str],
    against: str,
    given: dict[str, Any],
    *,
    output_format: str,
    output: Path | None,
) -> Answer:
    from kadar.cli._complain import complain
    from kadar.cli._output import put_rows
    from kadar.show.changes import listed, show

    made = session.workspace.changes(names, against=against, **given)
    answer = made.answer
    if answer.rows or not answer.refused:
        if output_format == "table":
            show(session.console, made, session.workspace, session.reader)
        else:
            put_rows(listed(made.records()), output_format, output)
    for refusal in answer.refused:
        complain(refusal.error)
    return answer
