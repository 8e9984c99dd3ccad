"""What every connector must stand, for Zoho: CRM and Desk, changed, deleted, merged, killed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kadar.sources.live.connector import Object
from kadar.sources.zoho import Zoho
from kadar.sources.zoho.connector import ZohoConnector
from tests.vendors.acceptance import (
    kills_lose_nothing,
    no_secret_is_told,
    real_kills_lose_nothing,
    runs_end_as_one_load,
)
from tests.vendors.zoho.example import AGENT, full
from tests.vendors.zoho.running import case
from tests.vendors.zoho.standin import ZohoStandin
from tests.vendors.zoho.state import to


def _first(zoho: ZohoStandin) -> None:
    """Deals move, a lead is converted, a customer is renamed, a ticket answered and closed."""
    state, names = zoho.state, zoho.names
    state.edit("Deals", names["open"], Stage="Closed Won", Amount=77.5)
    state.convert(names["lead"], names["beta"], names["bala"], names["open"])
    state.edit("Accounts", names["beta"], Account_Name="Beta", Parent_Account=to(names["acme"]))
    names["later"] = state.put("Deals", Deal_Name="Later", Stage="Qualification")
    zoho.desk.put("tickets", status="Waiting", statusType="On Hold", channel="Web",
                  accountId=names["desk_acme"], contactId=None, assigneeId=None)  # fmt: skip
    zoho.desk.edit("tickets", names["waiting"], status="Done", statusType="Closed",
                   closedTime="2026-10-06T04:00:00.000Z")  # fmt: skip
    zoho.desk.happen(
        names["waiting"], "2026-10-06T03:00:00+00:00", "ThreadAdded",
        {"name": "Siti", "id": AGENT, "type": "Agent"},
    )  # fmt: skip
    state.records["Sales_Orders"][names["order"]]["Ordered_Items"].pop()
    state.edit("Sales_Orders", names["order"], Grand_Total=636, Tax=36)


def _second(zoho: ZohoStandin) -> None:
    """Deletions of each kind; a merge, which in Zoho deletes one and moves its records."""
    state, names = zoho.state, zoho.names
    state.delete("Deals", names["later"])
    state.purge("Deals", names["imported"])
    for deal in (names["open"],):
        state.edit("Deals", deal, Account_Name=to(names["acme"]))
    state.purge("Accounts", names["beta"])
    state.delete("Contacts", names["bala"])
    zoho.desk.delete("tickets", names["waiting"])
    zoho.desk.ratings.append(
        {"id": "r3", "ticketId": names["ticket"], "contactId": names["desk_alex"],
         "rating": "OK", "feedback": "Hm", "ratedTime": zoho.desk.now()}
    )  # fmt: skip


def _third(zoho: ZohoStandin) -> None:
    """What was deleted comes back; a deal is reopened; another ticket comes in."""
    state, names = zoho.state, zoho.names
    state.restore("Contacts", names["bala"])
    state.restore("Deals", names["later"])
    zoho.desk.restore("tickets", names["waiting"])
    state.edit("Deals", names["won"], Stage="Proposal")
    ticket = zoho.desk.put(
        "tickets", status="Open", statusType="Open", channel="Chat", contactId=None,
        accountId=names["desk_only"], assigneeId=None, closedTime=None,
    )  # fmt: skip
    zoho.desk.happen(ticket, "2026-10-07T03:00:00+00:00", "TicketCreated",
                     {"name": "Web", "id": "1", "type": "Contact"}, Status="Open")  # fmt: skip


CHANGES = (_first, _second, _third)


def _patient() -> ZohoStandin:
    """A stand-in that gives each of many projects its token."""
    made = full()
    made.quota = 10_000
    return made


def test_three_rounds_of_changes_end_as_one_load(tmp_path: Path) -> None:
    tables = runs_end_as_one_load(case(changes=CHANGES), tmp_path)
    assert len(tables["tickets"]) == 6
    assert len(tables["surveys"]) == 3


class PartConnector(ZohoConnector):
    """One object of every way of reading: changes, record by record, Desk, small lists."""

    names = (
        "Users", "Pipelines", "Contacts", "Leads", "Deals", "Stage_History", "Desk_Agents",
        "Desk_Tickets", "Desk_History",
    )  # fmt: skip

    def objects(self) -> Sequence[Object]:
        return [one for one in super().objects() if one.name in self.names]


class Part(Zoho):
    """Zoho with as many objects as the kills need, so that they take a minute and not three."""

    mapping = Path()

    @property
    def folder(self) -> Path:
        return type(self).mapping

    def connector(self) -> type[PartConnector]:
        return PartConnector


@pytest.mark.slow
def test_fifty_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Part, "mapping", tmp_path / "part")
    (tmp_path / "part" / "mapping").mkdir(parents=True)
    for table in ("deals", "deal_stages", "ticket_events"):
        file = Zoho().folder / "mapping" / f"{table}.sql"
        shutil.copy(file, tmp_path / "part" / "mapping")
    whole = case(changes=CHANGES, standin=_patient)
    kills_lose_nothing(replace(whole, kind=Part), tmp_path)


def test_real_kills_lose_nothing(tmp_path: Path) -> None:
    real_kills_lose_nothing(case(standin=_patient), tmp_path, times=2)


def test_no_secret_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    no_secret_is_told(case(), tmp_path, caplog)
