"""Which way modules are read, and that no way loses, doubles or keeps what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from kadar.sources.zoho import api
from tests.vendors.zoho.example import full
from tests.vendors.zoho.running import Reader
from tests.vendors.zoho.standin import ZohoStandin
from tests.vendors.zoho.state import to

OWNER = "5725767000000001001"


@pytest.fixture
def zoho() -> Iterator[ZohoStandin]:
    """A stand-in with the small company."""
    with full() as standin:
        assert isinstance(standin, ZohoStandin)
        yield standin


def many(zoho: ZohoStandin, count: int) -> None:
    """Put deals of last month into the stand-in."""
    for number in range(count):
        zoho.state.put(
            "Deals", "2026-09-01T09:00:00+08:00", Deal_Name=f"D{number}", Stage="Proposal",
            Amount=number + 0.25, Account_Name=to(zoho.names["acme"]), Owner=to(OWNER),
        )  # fmt: skip


def same(reader: Reader, module: str = "Deals") -> None:
    """Hold what was landed of a module against what the stand-in has."""
    landed, there = reader.records(module), reader.standin.state.records[module]
    assert set(landed) == set(there)
    for key, record in landed.items():
        for name in ("Deal_Name", "Stage", "Modified_Time", "Closing_Date"):
            assert record.get(name) == there[key].get(name), (key, name)
        assert _number(record.get("Amount")) == _number(there[key].get("Amount"))
        for name in ("Owner", "Account_Name"):
            assert (record.get(name) or {}).get("id") == (there[key].get(name) or {}).get("id")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def test_by_query_2000_at_a_time(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 2300)
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    assert reader.fetch() == []
    same(reader)
    assert len(reader.asked("/coql")) == 1 + 2  # may it be asked; then 2,304 deals


def test_by_query_where_only_200_are_allowed(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 300)
    zoho.crm.query_limit = 200
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    same(reader)


def test_by_page_and_token_without_coql(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 2300)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    same(reader)
    pages = reader.asked("GET /crm/v8/Deals?")
    assert len(pages) == 12
    assert sum("page_token=" in page for page in pages) == 11
    assert not any("page_token=" in page and "&page=" in page for page in pages)


def test_in_bulk(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 900)
    zoho.crm.bulk.per_page = 400
    reader = Reader(zoho, tmp_path, {"bulk_from": 500}, ["Deals", "Leads"])
    reader.fetch()
    same(reader)
    assert len(reader.asked("POST /crm/bulk/v8/read")) == 3
    assert len(reader.asked("/coql")) == 2  # leads are few


def test_bulk_without_its_permission_is_a_query(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.crm.bulk.allowed = False
    reader = Reader(zoho, tmp_path, {"bulk_from": 1}, ["Deals"])
    reader.fetch()
    same(reader)


def test_changes_are_few_and_no_more(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 450)
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    for key in list(zoho.state.records["Deals"])[:250]:
        zoho.state.edit("Deals", key, Amount=7)
    reader.fetch()
    same(reader)
    assert len(reader.asked("GET /crm/v8/Deals?")) == 2  # 250 at 200 a page
    assert not reader.asked("coql")


def test_a_record_that_changes_while_pages_are_read(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 700)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    keys = list(zoho.state.records["Deals"])

    def change() -> None:  # one that was read and one that was not
        zoho.state.edit("Deals", keys[10], Amount=1000)
        zoho.state.edit("Deals", keys[600], Amount=2000)

    fault = zoho.fail(r"GET /crm/v8/Deals\?.*page_token", skip=1, call=change)
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    assert fault.struck
    amounts = {key: _number(one["Amount"]) for key, one in reader.records("Deals").items()}
    assert set(amounts) == set(keys)
    assert amounts[keys[600]] == 2000
    assert amounts[keys[10]] != 1000
    reader.fetch()  # the one that had been read is seen by the next
    same(reader)


def test_one_deleted_while_pages_are_read(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 700)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    keys = list(zoho.state.records["Deals"])
    zoho.fail(
        r"GET /crm/v8/Deals\?.*page_token", skip=1, call=lambda: zoho.state.delete("Deals", keys[3])
    )
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    assert set(reader.records("Deals")) == set(keys)  # nobody after it was skipped
    reader.fetch()
    same(reader)


def test_deleted_restored_and_purged(zoho: ZohoStandin, tmp_path: Path) -> None:
    names = zoho.names
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    zoho.state.delete("Deals", names["open"])
    zoho.state.purge("Deals", names["lost"])
    reader.fetch()
    assert set(reader.records("Deals")) == {names["won"], names["imported"]}
    reader.fetch()
    zoho.state.restore("Deals", names["open"])  # its Modified_Time is as it was
    reader.fetch()
    assert set(reader.records("Deals")) == {names["won"], names["imported"], names["open"]}
    zoho.state.delete("Deals", names["open"])
    reader.fetch()
    zoho.state.purge("Deals", names["open"])
    reader.fetch()
    assert set(reader.records("Deals")) == {names["won"], names["imported"]}


def test_restored_without_having_been_there_before(zoho: ZohoStandin, tmp_path: Path) -> None:
    """What lay in the bin at the first reading comes when it is restored."""
    names = zoho.names
    zoho.state.delete("Deals", names["open"])
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    assert names["open"] not in reader.records("Deals")
    zoho.state.restore("Deals", names["open"])
    reader.fetch()
    same(reader)


class Ahead:
    """For a while, Zoho's clock differs from ours, in its answers and in its records."""

    def __init__(self, zoho: ZohoStandin, by: timedelta) -> None:
        self.zoho, self.by = zoho, by
        self.patch = pytest.MonkeyPatch()

    def __enter__(self) -> None:
        self.zoho.state.skew = self.by
        self.patch.setattr(api, "parsedate_to_datetime", self._moment)

    def __exit__(self, *_: object) -> None:
        self.patch.undo()

    def _moment(self, text: str) -> datetime:
        return parsedate_to_datetime(text) + self.by


def test_longer_ago_than_the_bin_remembers(zoho: ZohoStandin, tmp_path: Path) -> None:
    names = zoho.names
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    del zoho.state.records["Deals"][names["open"]]  # deleted, purged and forgotten
    with Ahead(zoho, timedelta(days=70)):
        notes = reader.fetch()
    same(reader)
    assert any("recycle bin remembers" in note for note in notes)


@pytest.mark.parametrize("hours", [-3, 3])
def test_our_clock_does_not_matter(zoho: ZohoStandin, tmp_path: Path, hours: int) -> None:
    """What is asked for goes by Zoho's clock: whether it is ahead or behind, nothing is missed."""
    with Ahead(zoho, timedelta(hours=hours)):
        reader = Reader(zoho, tmp_path, modules=["Deals"])
        reader.fetch()
        zoho.state.edit("Deals", zoho.names["open"], Amount=12.5)
        reader.fetch()
        same(reader)
        asked = reader.asked("GET /crm/v8/Deals?")
    assert asked


@pytest.mark.parametrize("way", ["query", "bulk", "list"])
def test_converted_leads_by_every_way(zoho: ZohoStandin, tmp_path: Path, way: str) -> None:
    names = zoho.names
    if way == "list":
        zoho.scopes_missing.add("ZohoCRM.coql.READ")
    reader = Reader(zoho, tmp_path, {"bulk_from": 1 if way == "bulk" else 10_000}, ["Leads"])
    reader.fetch()
    leads = reader.records("Leads")
    assert set(leads) == {names["lead"], names["junk"], names["turned"]}
    assert leads[names["turned"]]["Converted_Deal"]["id"] == names["won"]
    zoho.state.convert(names["lead"], names["beta"], names["bala"], names["open"])
    reader.fetch()
    assert reader.records("Leads")[names["lead"]]["Converted_Deal"]["id"] == names["open"]


def test_a_field_taken_away_and_given_back(zoho: ZohoStandin, tmp_path: Path) -> None:
    lost = zoho.names["lost"]
    zoho.state.hidden.add(("Deals", "Reason_For_Loss__s"))
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    assert reader.fetch() == ["Deals has no fields Reason_For_Loss__s for this account."]
    assert "Reason_For_Loss__s" not in reader.records("Deals")[lost]
    zoho.state.hidden.clear()
    zoho.state.edit("Deals", lost)
    assert reader.fetch() == []
    assert reader.records("Deals")[lost]["Reason_For_Loss__s"] == "Price"


def test_a_custom_field_is_asked_for(zoho: ZohoStandin, tmp_path: Path) -> None:
    custom = '[sources.custom.deals]\nproduct = "Product_Line"'
    reader = Reader(zoho, tmp_path, modules=["Deals"], custom=custom)
    reader.fetch()
    assert reader.records("Deals")[zoho.names["won"]]["Product_Line"] == "Gold"


def test_a_module_that_may_not_be_read_keeps_its_rows(zoho: ZohoStandin, tmp_path: Path) -> None:
    reader = Reader(zoho, tmp_path, modules=["Deals"])
    reader.fetch()
    zoho.crm.closed.add("Deals")
    assert reader.fetch() == ["Deals cannot be read: the user's profile does not allow it"]
    assert len(reader.records("Deals")) == 4


def test_orders_are_one_of_two(zoho: ZohoStandin, tmp_path: Path) -> None:
    modules = ["Sales_Orders", "Invoices"]
    reader = Reader(zoho, tmp_path / "orders", modules=modules)
    reader.fetch()
    assert len(reader.records("Sales_Orders")) == 2
    assert not reader.records("Invoices")
    assert set(reader.records("Order_Lines")) == set(zoho.state.records["Sales_Orders"])
    reader = Reader(zoho, tmp_path / "invoices", {"orders": "invoices"}, modules)
    reader.fetch()
    assert not reader.records("Sales_Orders")
    assert set(reader.records("Order_Lines")) == {zoho.names["invoice"]}
