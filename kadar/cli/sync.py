"""`kadar sync`: bring the data up to date with its sources."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

LOGS = ("text", "json")
HELP = N_("Bring the data up to date with the sources of kadar.toml.")


def sync(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help=N_("Names of sources; all by default.")),
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help=N_("Read sources that did not change, too."))
    ] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help=N_("Go on reading files as they come; Ctrl-C ends.")),
    ] = False,
    log: Annotated[
        str,
        typer.Option("--log", metavar="text|json", help=N_("json: a JSON object for each step.")),
    ] = "text",
    project: Project = None,
    language: Language = None,
) -> None:
    """Sync, print what became of every row, and end with 3 where a source failed."""
    from kadar.cli._load import load
    from kadar.cli._log import Log
    from kadar.cli._session import Session
    from kadar.cli._watch import watch as watch_
    from kadar.errors import KadarError, nearest

    if log not in LOGS:
        raise KadarError(
            "KDR-SRC-231",
            N_("There is no log called {log}."),
            N_("Choose one of: {logs}."),
            log=log,
            logs=nearest(log, list(LOGS)),
        )
    session = Session(project, language)
    written = Log() if log == "json" else None
    try:
        if watch:
            code = watch_(session, sources or None, log=written)
        else:
            code = load(session, sources or None, force=force, log=written)
    except KadarError as error:
        if written is not None:
            written.failed(error)
            written.end(error.exit_code)
        raise
    if written is not None:
        written.end(code)
    raise typer.Exit(code)
