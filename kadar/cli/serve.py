"""`kadar serve`: the dashboard and the REST API."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Serve the dashboard and the REST API.")


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help=N_("Address to listen on."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help=N_("Port to listen on."))
    ] = 8000,
    require_token: Annotated[
        bool,
        typer.Option("--require-token", help=N_("Ask for a token even on this computer alone.")),
    ] = False,
    project: Project = None,
    language: Language = None,
) -> None:
    """Serve until interrupted."""
    from kadar.cli._session import Session
    from kadar.errors import FAILED, KadarError

    session = Session(project, language)
    folder = session.workspace.project.folder
    try:
        import uvicorn

        from kadar.web.app import make_app
    except ImportError as missing:
        raise KadarError(
            "KDR-WEB-010",
            N_("The dashboard's parts are not installed: {module} is missing."),
            N_("Install them: pip install 'kadar[web]'"),
            exit_code=FAILED,
            module=missing.name or "?",
        ) from None
    hosts = ("localhost", "127.0.0.1", "[::1]", host) if local(host) else ("*",)
    session.console.print(
        session.reader.t(N_("The dashboard is at {address}"), address=f"http://{host}:{port}/")
    )
    required = require_token or not local(host)
    if required:
        session.console.print(
            session.reader.t(N_("Every request needs a token; make one: kadar token new NAME"))
        )
    app = make_app(folder, hosts, require_token=required)
    uvicorn.run(app, host=host, port=port, log_level="warning")


def local(host: str) -> bool:
    """Whether only this computer can reach an address."""
    return host in ("localhost", "127.0.0.1", "::1")
