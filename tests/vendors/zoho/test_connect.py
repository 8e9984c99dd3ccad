"""What `kadar connect` finds out of Zoho."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kadar.sources.live.connector import Found
from kadar.sources.zoho.centres import CENTRES, api_host, centre
from kadar.sources.zoho.connector import ZohoConnector
from tests.vendors.acceptance import FIRST, environment
from tests.vendors.zoho.example import full
from tests.vendors.zoho.running import Reader
from tests.vendors.zoho.standin import SECRETS, ZohoStandin


@pytest.fixture
def zoho() -> Iterator[ZohoStandin]:
    """A stand-in with the small company."""
    with full() as standin:
        assert isinstance(standin, ZohoStandin)
        yield standin


def found(reader: Reader) -> Found:
    """Test the credentials of a reader's project."""
    with environment(SECRETS):
        access = reader.kind.given(reader.project, reader.project.sources[0], FIRST)
        return ZohoConnector(access).test()


def test_who_we_are_and_what_can_be_read(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.crm.closed.add("Campaigns")
    reader = Reader(zoho, tmp_path, {"desk_org": zoho.desk_org}, modules=list(zoho.state.records))
    said = found(reader)
    assert said.account == "Zylker (siti@zylker.test)"
    assert "Invoices" not in said.readable  # sales orders are the orders here
    assert "Desk_Ratings" in said.readable
    closed = {name: why for name, why in said.readable.items() if why}
    assert closed == {
        "Campaigns": "Zoho refused /crm/v8/Campaigns: NO_PERMISSION permission denied"
    }


def test_desk_without_its_scope(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.scopes_missing.add("Desk.tickets.READ")
    reader = Reader(zoho, tmp_path, {"desk_org": zoho.desk_org}, modules=["Deals"])
    closed = {name for name, why in found(reader).readable.items() if why}
    assert {"Desk_Tickets", "Desk_Contacts", "Desk_Accounts", "Desk_Ratings"} <= closed
    assert not closed & {"Deals", "Users", "Pipelines"}


def test_data_centres_and_environments() -> None:
    """As Zoho lists them; Canada's hosts are of another domain. The token names the CRM's host."""
    assert centre("eu").accounts == "https://accounts.zoho.eu"
    assert centre("com.cn").desk == "https://desk.zoho.com.cn"
    assert centre("ca").accounts == "https://accounts.zohocloud.ca"
    assert len({one.accounts for one in CENTRES.values()}) == 8
    api = "https://www.zohoapis.com.au"
    assert api_host(api, "production") == api
    assert api_host(api, "sandbox") == "https://sandbox.zohoapis.com.au"
