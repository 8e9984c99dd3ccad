"""The server of the Model Context Protocol: the tools, the definitions as resources, the door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp_types import ToolAnnotations
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from kadar import __version__
from kadar.errors import KadarError
from kadar.mcp.tools import Tools
from kadar.tokens import Tokens, bearer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

P = ParamSpec("P")
R = TypeVar("R")
PATH = "/mcp"
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
INSTRUCTIONS = (
    "kadar answers questions about a company's customers from its own records. Every number comes "
    "with `said` (value, period, 95 % interval, n, state) and a definition: quote both, never the "
    "bare value. A KPI has variants that are different numbers: name the variant. Rates are "
    "fractions of 1. A number that is not complete or not mature will still change: say so. "
    "A change is worth explaining only where its verdict is `signal`. null is unknown, not zero. "
    "Answers are of one data_version; observed_until says up to when the data is known."
)


def make_server(
    folder: Path, language: str | None = None, *, show_names: bool = False
) -> MCPServer[Any]:
    """Return the server for the project in a folder, answering in a language (the company's)."""
    tools = Tools(folder, language, show_names=show_names)
    server: MCPServer[Any] = MCPServer(
        "kadar", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    for name in sorted(vars(Tools)):
        if not name.startswith("_"):
            tool = _told(getattr(tools, name), ToolError)
            server.add_tool(tool, annotations=READS, structured_output=True)

    @server.resource("kadar://kpis", mime_type="application/json")
    def kpis() -> str:
        """Every KPI: name, titles and definition in three languages, unit, variants."""
        return _json(_told(tools.list_kpis, ResourceError)())

    @server.resource("kadar://kpis/{name}", mime_type="application/json")
    def kpi(name: str) -> str:
        """One KPI in full: variants, formula, settings, dimensions, caveats, SQL."""
        return _json(_told(tools.explain, ResourceError)(name))

    return server


def application(server: MCPServer[Any], folder: Path, host: str, *, required: bool) -> ASGIApp:
    """Return the server over HTTP at `/mcp`; with `required` each request needs a token."""
    made = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, host=host
    )
    return Door(made, Tokens(folder)) if required else made


class Door:
    """Lets in requests whose token is known."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer 401."""
        if scope["type"] == "http":
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            given = bearer(headers.get(b"authorization", ""))
            try:
                await run_in_threadpool(self._tokens.let_in, given)
            except KadarError as error:
                told = {"code": error.code, "message": error.sentence()}
                refused = JSONResponse(
                    {"error": {**told, "next_step": error.next_step()}},
                    401,
                    headers={"www-authenticate": 'Bearer realm="kadar"'},
                )
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _told(function: Callable[P, R], kind: type[Exception]) -> Callable[P, R]:
    """Return a function whose errors an assistant is told: code, sentence and next step."""

    @wraps(function)
    def told(*given: P.args, **named: P.kwargs) -> R:
        try:
            return function(*given, **named)
        except KadarError as error:
            raise kind(str(error)) from error

    return told


def _json(document: Any) -> str:
    return TypeAdapter(type(document)).dump_json(document).decode()
