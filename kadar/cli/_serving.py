"""What the commands that serve share: where they listen, and who needs a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session

Host = Annotated[str, typer.Option("--host", metavar="HOST", help=N_("Address to listen on."))]
Port = Annotated[
    int, typer.Option("--port", metavar="PORT", min=0, max=65535, help=N_("Port to listen on."))
]
RequireToken = Annotated[
    bool, typer.Option("--require-token", help=N_("Ask for a token even on this computer alone."))
]


def local(host: str) -> bool:
    """Whether only this computer can reach an address."""
    return host in ("localhost", "127.0.0.1", "::1")


def needs_token(session: Session, host: str, *, asked: bool) -> bool:
    """Whether every request needs a token: asked for, said in kadar.toml, or others reach it."""
    return asked or session.project.web.require_token or not local(host)


def announce(session: Session, where: str, *, token: bool) -> None:
    """Say where it is served, and how to get the token that is needed."""
    session.console.print(where)
    if token:
        session.console.print(
            session.reader.t(N_("Every request needs a token; make one: kadar token new NAME"))
        )
