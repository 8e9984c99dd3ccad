"""The connector before an OData v4 server that it was not written with: `@sap/cds`, by SAP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from tests.vendors.acceptance import Run
from tests.vendors.dynamics.cases import case
from tests.vendors.dynamics.company import ACME, LOST, OPEN, Contoso
from tests.vendors.dynamics.judge import Judge, missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "it can run")
ANNOTATED = "people"  # the teams' names are annotations, which this server does not give


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """The server with Contoso's records."""
    with Judge(tmp_path_factory.mktemp("odata") / "app", Contoso()) as judge:
        yield judge


def test_the_server_is_strict(server: Judge) -> None:
    """What the connector is judged by: this server says no where it ought to."""
    base = f"{server.url}/api/data/v9.2/accounts"
    for wrong in (
        "?$select=nosuch", "?$filter=name%20is%20'x'", "?$orderby=nosuch%20asc",
        "?$filter=createdon+ge+2026-09-01T00:00:00Z",
    ):  # fmt: skip
        assert requests.get(base + wrong, timeout=30).status_code == 400, wrong
    right = "?$select=name&$filter=createdon%20ge%202026-09-01T00:00:00Z&$orderby=createdon%20asc"
    answer = requests.get(base + right, timeout=30).json()
    assert len(answer["value"]) == 2
    assert not answer["@odata.nextLink"].startswith("http")  # relative, as OData allows


def test_two_servers_make_the_same_rows(server: Judge, tmp_path: Path) -> None:
    """All is read, changed and read again from either: the model's tables are the same."""
    ours = Contoso(page=2)
    for table in ours.tables.values():
        table.tracked = False
    for row in ours.rows["organization"].values():
        assert row["languagecode"] == 1033
    with ours:
        theirs = Run(case(Contoso), server, tmp_path / "theirs").make()
        mine = Run(case(Contoso), ours, tmp_path / "mine").make()
        assert theirs.sync(0).failed == mine.sync(0).failed == []
        first = mine.tables([ANNOTATED])
        assert theirs.tables([ANNOTATED]) == first
        assert {name for name, rows in first.items() if rows} >= {
            "campaigns", "customers", "deal_stages", "deals", "fx_rates", "interactions", "leads",
            "orders", "spend", "subscriptions", "surveys", "ticket_events", "tickets",
        }  # fmt: skip
        for both in (ours, server.records):
            both.now += timedelta(days=1)
            both.update("opportunity", LOST, name="Renamed")
            both.update("account", ACME, name="Acme Group")
            both.delete("opportunity", OPEN)
        opportunities, accounts = ours.tables["opportunity"], ours.tables["account"]
        server.put(opportunities, LOST)
        server.put(accounts, ACME)
        server.delete(opportunities, OPEN)
        for key in server.records.rows["audit"].keys() - set(_audited(server)):
            server.post(server.records.tables["audit"], key)
        theirs.sync(1)
        mine.sync(1)
        second = mine.tables([ANNOTATED])
        assert second != first
        assert theirs.tables([ANNOTATED]) == second


def _audited(server: Judge) -> list[str]:
    found: list[str] = []
    link = f"{server.url}/api/data/v9.2/audits?$select=auditid"
    while link:
        said = requests.get(link, timeout=30).json()
        found += [row["auditid"] for row in said["value"]]
        more = said.get("@odata.nextLink")
        link = f"{server.url}/api/data/v9.2/{more}" if more else ""
    return found
