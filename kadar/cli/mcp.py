"""`kadar mcp`: an assistant may ask."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.language import N_

HELP = N_("Let an assistant ask: the Model Context Protocol, over standard input or HTTP.")


def mcp(
    *,
    http: Annotated[
        bool, typer.Option("--http", help=N_("Serve over HTTP, not over standard input."))
    ] = False,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help=N_("Address to listen on."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help=N_("Port to listen on."))
    ] = 8001,
    show_names: Annotated[
        bool,
        typer.Option(
            "--show-names",
            help=N_("Show names, e-mails and phone numbers in rows; else they are masked."),
        ),
    ] = False,
    require_token: Annotated[
        bool,
        typer.Option("--require-token", help=N_("Ask for a token even on this computer alone.")),
    ] = False,
    project: Project = None,
    language: Language = None,
) -> None:
    """Serve until the assistant leaves, or until interrupted."""
    from kadar.cli._session import Session
    from kadar.errors import FAILED, KadarError

    session = Session(project, language)
    folder = session.workspace.project.folder
    try:
        from kadar.mcp.server import PATH, application, make_server
    except ImportError as missing:
        raise KadarError(
            "KDR-MCP-003",
            N_("The assistant's door is not installed: {module} is missing."),
            N_("Install it: pip install 'kadar[mcp]'"),
            exit_code=FAILED,
            module=missing.name or "?",
        ) from None
    server = make_server(folder, language, show_names=show_names)
    if not http:
        server.run("stdio")
        return
    import uvicorn

    from kadar.cli.serve import local

    required = require_token or not local(host)
    session.console.print(
        session.reader.t(
            N_("The assistant's door is at {address}"), address=f"http://{host}:{port}{PATH}"
        )
    )
    if required:
        session.console.print(
            session.reader.t(N_("Every request needs a token; make one: kadar token new NAME"))
        )
    app = application(server, folder, host, required=required)
    uvicorn.run(app, host=host, port=port, log_level="warning")
