"""An assistant of the official package asks over standard input and over HTTP."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the assistant's door is not installed: pip install 'kadar[mcp]'")

import anyio
import httpx2
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

import kadar
from kadar.mcp.masking import MASK
from kadar.mcp.server import application, make_server
from kadar.mcp.tools import Tools
from kadar.tokens import Tokens
from tests.web.shop import shop

# A call of each tool, and what its answer must say.
CALLS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "list_kpis": ({}, ("kpis",)),
    "explain": ({"kpi": "win_rate"}, ("variants", "sql", "dimensions", "caveats")),
    "ask": (
        {"kpis": ["win_rate", "nps"], "grain": "quarter", "against": "previous"},
        ("definitions", "numbers", "data_version", "observed_until"),
    ),
    "why": (
        {"kpi": "win_rate", "since": "2026-03", "until": "2026-04", "by": ["channel"]},
        ("definition", "before", "after", "verdict", "p", "parts", "observed_until"),
    ),
    "records": (
        {"kpi": "win_rate", "period": "2026-04", "limit": 5},
        ("definition", "figure", "count", "rows", "next_offset"),
    ),
    "cohorts": ({"kpi": "retention_rate"}, ("words", "cells", "totals", "observed_until")),
    "reconcile": (
        {"kpi": "win_rate", "period": "2026-04", "other": "by_value"},
        ("definitions", "steps"),
    ),
    "restatements": (
        {"kpi": "win_rate", "period": "2026-04", "since": "2026-07-02"},
        ("definition", "before", "after", "causes"),
    ),
    "signals": ({"kpi": "win_rate"}, ("definition", "points")),
    "data_status": ({}, ("tables", "refused", "findings", "data_version", "observed_until")),
}
Asking = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("assisted")
    shop(made)
    return made


def over_stdio(folder: Path, ask: Asking, *options: str) -> Any:
    command = ["-m", "kadar", "mcp", "--project", str(folder), *options]
    server = StdioServerParameters(command=sys.executable, args=command)

    async def run() -> Any:
        async with Client(stdio_client(server)) as client:
            return await ask(client)

    return anyio.run(run)


def within(folder: Path, ask: Asking, *, show_names: bool = False) -> Any:
    async def run() -> Any:
        async with Client(make_server(folder, show_names=show_names)) as client:
            return await ask(client)

    return anyio.run(run)


async def every_tool(client: Client) -> dict[str, Any]:
    told = {}
    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == set(CALLS)
    for tool in tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        given, fields = CALLS[tool.name]
        result = await client.call_tool(tool.name, given)
        assert not result.is_error, (tool.name, result.content)
        assert set(fields) <= set(result.structured_content or {}), tool.name
        told[tool.name] = result.structured_content
    return told


def test_every_public_method_is_a_tool_that_is_called_here() -> None:
    assert {name for name in vars(Tools) if not name.startswith("_")} == set(CALLS)


def test_every_tool_over_standard_input(folder: Path) -> None:
    told = over_stdio(folder, every_tool)
    made = kadar.open(folder)
    rows = made.ask(["win_rate", "nps"], grain="quarter").rows
    numbers = told["ask"]["numbers"]
    assert [n["value"] for n in numbers] == [row.value for row in rows]
    assert [n["n"] for n in numbers] == [row.n for row in rows]
    for number in numbers:
        assert "95 % interval" in number["said"]
        assert "n = " in number["said"]
    tested = [n["change"] for n in numbers if n["change"]]
    assert {one["verdict"] for one in tested} <= {"signal", "noise", "n too small", None}
    assert any(one["verdict"] for one in tested)
    why = made.why("win_rate", "2026-03", "2026-04", by=["channel"])
    assert (told["why"]["change"], told["why"]["verdict"]) == (why.change, why.verdict)
    assert told["records"]["count"] == made.records("win_rate", "2026-04").count


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    import uvicorn

    app = application(make_server(folder), folder, "127.0.0.1", required=True)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    server.should_exit = True
    thread.join(10)


def test_every_tool_over_http_with_a_token(folder: Path, served: str) -> None:
    token = Tokens(folder).new("assistant")

    async def run() -> Any:
        headers = {"authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=120) as http,
            Client(streamable_http_client(served, http_client=http)) as client,
        ):
            return await every_tool(client)

    told = anyio.run(run)
    rows = kadar.open(folder).ask(["win_rate", "nps"], grain="quarter").rows
    assert [n["value"] for n in told["ask"]["numbers"]] == [row.value for row in rows]
    for headers in ({}, {"authorization": f"Bearer {token}x"}):
        refused = httpx2.post(served, json={}, headers=headers)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] in ("KDR-WEB-022", "KDR-WEB-030")
    Tokens(folder).revoke("assistant")
    assert httpx2.post(served, headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_definitions_are_resources(folder: Path) -> None:
    async def ask(client: Client) -> tuple[Any, Any]:
        names = await client.read_resource("kadar://kpis")
        one = await client.read_resource("kadar://kpis/win_rate")
        return json.loads(names.contents[0].text), json.loads(one.contents[0].text)

    names, one = within(folder, ask)
    assert {kpi["name"] for kpi in names["kpis"]} == {kpi.name for kpi in kadar.open(folder).kpis}
    assert one["titles"]["zh_CN"]
    assert "crm.deals" in one["sql"].replace('"', "")


def test_people_are_masked_unless_they_are_allowed(folder: Path) -> None:
    async def ask(client: Client) -> tuple[Any, Any]:
        listed = await client.call_tool("records", {
            "kpi": "nps", "period": "2026-Q1", "by": ["contact.name="]})  # fmt: skip
        divided = await client.call_tool("ask", {"kpis": ["win_rate"], "by": ["customer.name"]})
        return listed, divided

    for result in within(folder, ask):
        assert result.is_error
        assert "KDR-MCP-001" in result.content[0].text

    async def rows(client: Client) -> Any:
        group = "customer.name=Syarikat 3 <Sdn Bhd>"
        asked = {"kpi": "win_rate", "period": "all", "part": "denominator", "by": [group]}
        return await client.call_tool("records", asked)

    shown = within(folder, rows, show_names=True)
    assert not shown.is_error
    assert "Syarikat 3" in json.dumps(shown.structured_content)


def test_masking_hides_names_e_mails_and_numbers_but_not_keys() -> None:
    from kadar.mcp.masking import _masked

    assert _masked("customer.name", "Ah Chong") == MASK
    assert _masked("email", "a@b.example") == MASK
    assert _masked("subject", "call a.b@c.example on +60 12-345 6789") == f"call {MASK} on {MASK}"
    assert _masked("deal_id", "20260412345") == "20260412345"
    assert _masked("channel", "Paid search") == "Paid search"


@pytest.mark.parametrize(
    ("tool", "given", "code"),
    [
        ("ask", {"kpis": ["wins"]}, "KDR-KPI-003"),
        ("ask", {"kpis": ["win_rate"], "where": ["channel"]}, "KDR-ASK-003"),
        ("ask", {"kpis": ["win_rate"], "since": "9999-99-99"}, "KDR-ASK-006"),
        ("ask", {"kpis": ["win_rate"], "grain": "day"}, "KDR-MCP-002"),
        ("why", {"kpi": "win_rate", "since": "2026-05", "until": "2026-06"}, "KDR-WHY-003"),
    ],
)
def test_an_assistant_is_told_what_is_wrong(
    folder: Path, tool: str, given: dict[str, Any], code: str
) -> None:
    async def ask(client: Client) -> Any:
        return await client.call_tool(tool, given)

    told = within(folder, ask)
    assert told.is_error
    assert code in told.content[0].text
