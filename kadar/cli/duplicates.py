"""`kadar duplicates`: customers that are probably one; accept, reject or withdraw."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kadar.cli._options import Format, Language, Output, Project
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session
    from kadar.decisions import Verdict

HELP = N_("List customers that are probably one; accept or reject them by their ids.")
VERBS: dict[str, Verdict] = {"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}


def duplicates(
    verb: Annotated[
        str,
        typer.Argument(
            metavar="[list|accept|reject|withdraw]", help=N_("What to do with the pairs named.")
        ),
    ] = "list",
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help=N_("Ids of pairs, or all."))
    ] = None,
    *,
    least: Annotated[
        float | None,
        typer.Option("--least", metavar="SCORE", help=N_("Pairs of this score or more, to 100.")),
    ] = None,
    decided: Annotated[
        bool, typer.Option("--decided", help=N_("List what was decided instead."))
    ] = False,
    joined: Annotated[
        bool, typer.Option("--joined", help=N_("List whom kadar.toml joins instead, and by what."))
    ] = False,
    output_format: Format = "table",
    output: Output = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """List proposals or decide on some; decisions count from now on."""
    from kadar.cli._output import check_format, put_bytes, put_records
    from kadar.cli._session import Session
    from kadar.errors import KadarError, nearest
    from kadar.show import duplicates as shown
    from kadar.show import flat

    check_format(output_format, output)
    session = Session(project, language)
    if verb in VERBS:
        _decide(session, verb, ids or [])
        return
    if verb != "list":
        raise KadarError(
            "KDR-CHK-032",
            N_("kadar duplicates cannot {verb}."),
            N_("It can: {verbs}."),
            verb=verb,
            verbs=nearest(verb, ["list", *VERBS]),
        )
    if joined:
        rows = [asdict(one) for one in session.workspace.joined()]
    elif decided:
        rows = shown.decided(session.project)
    else:
        rows = shown.records(session.workspace.duplicates(least), session.reader)
    if output_format == "table":
        shown.show(session.console, rows, session.reader)
    elif output_format == "parquet":
        put_bytes(flat.as_parquet(rows), output)
    else:
        put_records(rows, output_format, output)


def _decide(session: Session, verb: str, ids: list[str]) -> None:
    from kadar.cli._complain import say
    from kadar.cli._language import t
    from kadar.cli._load import refresh

    made = session.workspace.decide(ids, VERBS[verb])
    for one in made:
        text = {
            "accept": N_("{merged} now counts as {survivor} ({id})."),
            "reject": N_("{merged} and {survivor} stay two customers ({id})."),
            "withdraw": N_("{merged} and {survivor}: the decision is withdrawn ({id})."),
        }[verb]
        say(t(text, merged=one.merged, survivor=one.survivor, id=one.id))
    refresh(session)
