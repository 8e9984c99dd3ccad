"""`kadar mcp`: an assistant may ask."""

from __future__ import annotations

from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.cli._serving import Host, Port, RequireToken, announce, needs_token
from kadar.language import N_

HELP = N_("Let an assistant ask: the Model Context Protocol, over standard input or HTTP.")


def mcp(
    *,
    http: Annotated[
        bool, typer.Option("--http", help=N_("Serve over HTTP, not over standard input."))
    ] = False,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    show_names: Annotated[
        bool,
        typer.Option(
            "--show-names",
            help=N_("Show names, e-mails and phone numbers in rows; else they are masked."),
        ),
    ] = False,
    require_token: RequireToken = False,
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

    required = needs_token(session, host, asked=require_token)
    address = f"http://{host}:{port}{PATH}"
    where = session.reader.t(N_("The assistant's door is at {address}"), address=address)
    announce(session, where, token=required)
    app = application(server, folder, host, required=required)
    uvicorn.run(app, host=host, port=port, log_level="warning")
