"""`kadar connect`: a live system becomes a source; or a source's credentials are tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.cli._session import Session

HELP = N_("Connect a live system, or test a connected one: what it needs, what KPIs will have.")


def connect(
    system: Annotated[
        str | None,
        typer.Argument(
            metavar="[SYSTEM|SOURCE]", help=N_("A system such as hubspot, or a source's name.")
        ),
    ] = None,
    *,
    name: Annotated[
        str | None, typer.Option("--name", help=N_("Name of the new source; else the system's."))
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--option", metavar="NAME=VALUE", help=N_("An option of the system; repeatable.")
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="keyring|file",
            help=N_("Where secrets that are typed in are kept; asked where it is not said."),
        ),
    ] = None,
    project: Project = None,
    language: Language = None,
) -> None:
    """List the systems; or walk through one: permissions, secrets, a test, kadar.toml."""
    from kadar.cli import _connect
    from kadar.cli._session import Session

    session = Session(project, language)
    if system is None:
        _connect.list_systems(session)
        return
    known = _source(session, system)
    if known is not None and name is None and not options:
        raise typer.Exit(_connect.test(session, known))
    raise typer.Exit(_connect.connect(session, system, name, options or [], keep))


def _source(session: Session, name: str) -> str | None:
    if not session.has_project():
        return None
    return next((one.name for one in session.project.sources if one.name == name), None)
