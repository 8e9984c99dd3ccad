"""`kadar token`: who may come in."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Give or take back a token that lets a program or a reader in; list them.")


def token(
    action: Annotated[str, typer.Argument(metavar="ACTION", help=N_("new, list or revoke."))],
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help=N_("Whose token it is."))
    ] = None,
    *,
    project: Project = None,
    language: Language = None,
) -> None:
    """Change or list the tokens; a new one is written to standard output alone."""
    from kadar.cli._session import Session
    from kadar.errors import KadarError, nearest
    from kadar.tokens import Tokens

    session = Session(project, language)
    t = session.reader.t
    tokens = Tokens(session.workspace.project.folder)
    if action not in ("new", "list", "revoke"):
        raise KadarError(
            "KDR-WEB-031",
            N_("There is no action {action}."),
            N_("These exist: {actions}."),
            action=action,
            actions=nearest(action, ["new", "list", "revoke"]),
        )
    if action == "list":
        for one in tokens.all():
            typer.echo(f"{one.name}\t{one.made_at:%Y-%m-%d %H:%M}Z")
        if not tokens.all():
            typer.echo(t(N_("There are no tokens.")), err=True)
        return
    if name is None:
        raise KadarError(
            "KDR-WEB-032",
            N_("Say whose token it is."),
            N_("Write kadar token {action} NAME."),
            action=action,
        )
    if action == "new":
        typer.echo(tokens.new(name))
        typer.echo(t(N_("Keep it now: it is not shown again.")), err=True)
    else:
        tokens.revoke(name)
        typer.echo(t(N_("The token of {name} is taken back."), name=name))
