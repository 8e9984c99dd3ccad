"""Stages of deals: from the ledger of all, deal by deal, or out of the timelines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vendors.zoho.example import full
from tests.vendors.zoho.running import Reader, project, rows
from tests.vendors.zoho.standin import ZohoStandin
from tests.vendors.zoho.state import to


@pytest.fixture
def zoho() -> Iterator[ZohoStandin]:
    """A stand-in with the small company."""
    with full() as standin:
        assert isinstance(standin, ZohoStandin)
        yield standin


def moves(zoho: ZohoStandin) -> dict[str, tuple[str, str]]:
    """Return the moves there are, by their ids: which deal, into which stage."""
    return {
        row["id"]: (deal, row["Stage"])
        for deal, found in zoho.state.history.items()
        if deal in zoho.state.records["Deals"]
        for row in found
    }


def landed(reader: Reader) -> dict[str, tuple[str, str]]:
    """Return the moves that were landed."""
    return {
        key: (row["Potential_Name"]["id"], row["Stage"])
        for key, row in reader.records("Stage_History").items()
    }


def test_only_deals_that_changed_are_asked(zoho: ZohoStandin, tmp_path: Path) -> None:
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    assert landed(reader) == moves(zoho)
    assert len(reader.asked("/Stage_History?")) == 4
    zoho.state.edit("Deals", zoho.names["open"], Stage="Closed Won")
    reader.fetch()
    assert landed(reader) == moves(zoho)
    assert len(reader.asked("/Stage_History?")) == 1
    reader.fetch()
    assert not reader.asked("/Stage_History?")


def test_many_changes_are_read_from_the_ledger(zoho: ZohoStandin, tmp_path: Path) -> None:
    for number in range(250):
        key = zoho.state.put(
            "Deals", "2026-08-01T09:00:00+08:00", Deal_Name=str(number), Stage="Qualification",
            Account_Name=to(zoho.names["acme"]),
        )  # fmt: skip
        zoho.state.edit("Deals", key, "2026-08-02T09:00:00+08:00", Stage="Proposal")
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    assert landed(reader) == moves(zoho)
    assert not reader.asked("/Stage_History?")
    assert len(reader.asked("GET /crm/v8/DealHistory?")) == 3  # 507 moves
    for key in zoho.state.records["Deals"]:
        zoho.state.edit("Deals", key, Stage="Closed Lost")
    reader.fetch()
    assert landed(reader) == moves(zoho)
    assert len(reader.asked("GET /crm/v8/DealHistory?")) == 2  # what moved since


def test_without_the_ledger_each_deal_is_asked(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.crm.closed.add("DealHistory")
    for _ in range(210):
        zoho.state.put("Deals", "2026-08-01T09:00:00+08:00", Stage="Proposal")
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    notes = reader.fetch()
    assert landed(reader) == moves(zoho)
    assert notes == ["The stage history is read deal by deal: 214 calls."]


def test_a_deal_deleted_meanwhile(zoho: ZohoStandin, tmp_path: Path) -> None:
    gone = zoho.names["open"]
    zoho.fail(rf"GET /crm/v8/Deals/{gone}/", call=lambda: zoho.state.delete("Deals", gone))
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    assert landed(reader) == moves(zoho)


def test_the_timeline_says_the_same(zoho: ZohoStandin, tmp_path: Path) -> None:
    """The stays of every deal are those of the stage history, to the second."""
    zoho.state.edit("Deals", zoho.names["won"], "2026-04-01T09:00:00+08:00", Stage="Proposal")
    zoho.state.edit("Deals", zoho.names["won"], "2026-04-02T09:00:00+08:00", Stage="Closed Won")
    stays = "select deal_id, stage, entered_at, left_at from model.deal_stages order by all"
    of_history = project(zoho, tmp_path / "history", {"desk_org": ""})
    of_history.sync(0)
    zoho.crm.history.without_related = True
    of_timeline = project(zoho, tmp_path / "timeline", {"desk_org": ""})
    of_timeline.sync(0)
    found = rows(of_timeline, stays)
    assert found == rows(of_history, stays)
    assert len(found) == 9
    closed = "select deal_id, closed_at from model.deals order by 1"
    assert rows(of_timeline, closed) == rows(of_history, closed)
