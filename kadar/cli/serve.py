"""`kadar serve`: the dashboard and the REST API."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kadar.cli._options import Language, Project
from kadar.cli._serving import Host, Port, RequireToken, announce, local, needs_token
from kadar.language import N_

Sync = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--sync", metavar="every 15m|daily 02:00", help=N_("Bring the data up to date by itself.")
    ),
]

# Seconds after which what is made ahead lets a reader's request go first (Python's usual: 5 ms).
SWITCH = 0.0005
HELP = N_("Serve the dashboard and the REST API.")


def serve(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    require_token: RequireToken = False,
    sync: Sync = None,
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
        from kadar.web.timetable import timetable
    except ImportError as missing:
        raise KadarError(
            "KDR-WEB-010",
            N_("The dashboard's parts are not installed: {module} is missing."),
            N_("Install them: pip install 'kadar[web]'"),
            exit_code=FAILED,
            module=missing.name or "?",
        ) from None
    syncs = timetable(*sync, session.project.company.time_zone) if sync else None
    hosts = ("localhost", "127.0.0.1", "[::1]", host) if local(host) else ("*",)
    required = needs_token(session, host, asked=require_token)
    address = f"http://{host}:{port}/"
    where = session.reader.t(N_("The dashboard is at {address}"), address=address)
    announce(session, where, token=required)
    app = make_app(folder, hosts, require_token=required, syncs=syncs)
    sys.setswitchinterval(SWITCH)
    uvicorn.run(app, host=host, port=port, log_level="warning")
