"""Zoho Desk: read by the moment of change, its bin, its ratings, and what it may refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kadar.errors import KadarError
from tests.vendors.zoho.example import full
from tests.vendors.zoho.running import Reader
from tests.vendors.zoho.standin import ZohoStandin


@pytest.fixture
def zoho() -> Iterator[ZohoStandin]:
    """A stand-in with the small company."""
    with full() as standin:
        assert isinstance(standin, ZohoStandin)
        yield standin


def desk(zoho: ZohoStandin, folder: Path) -> Reader:
    """Return a reader of Desk, and of nothing of the CRM but its settings."""
    return Reader(zoho, folder, {"desk_org": zoho.desk_org}, modules=[])


def same(reader: Reader) -> None:
    """Hold the tickets that were landed against those there are."""
    landed = reader.records("Desk_Tickets")
    there = reader.standin.desk.records["tickets"]
    assert set(landed) == set(there)
    for key, record in landed.items():
        assert record["status"] == there[key]["status"]
    told = {key: row["events"] for key, row in reader.records("Desk_History").items()}
    assert {key: len(events) for key, events in told.items() if key in there} == {
        key: len(events) for key, events in reader.standin.desk.events.items() if key in there
    }


def many(zoho: ZohoStandin, count: int, at: str) -> list[str]:
    """Put tickets that changed at one moment into the stand-in."""
    return [
        zoho.desk.put("tickets", at, status="Open", statusType="Open", channel="Web")
        for _ in range(count)
    ]


def test_pages_begin_where_the_last_ended(zoho: ZohoStandin, tmp_path: Path) -> None:
    for minute in range(40):
        many(zoho, 6, f"2026-08-01T01:{minute:02}:00+00:00")
    reader = desk(zoho, tmp_path)
    assert reader.fetch() == []
    same(reader)
    pages = reader.asked("tickets/search?")
    assert len(pages) == 3
    assert all("from=0&" in page for page in pages)


def test_many_that_changed_at_one_moment(zoho: ZohoStandin, tmp_path: Path) -> None:
    keys = many(zoho, 260, "2026-08-01T01:00:00+00:00")
    # while they are read, some of the first change and leave their places to others
    zoho.fail(
        "tickets/search",
        skip=2,
        call=lambda: [zoho.desk.edit("tickets", key, status="Waiting") for key in keys[:30]],
    )
    reader = desk(zoho, tmp_path)
    reader.fetch()
    same(reader)


def test_too_many_at_one_moment_are_said(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 1001, "2026-08-01T01:00:00+00:00")
    with pytest.raises(KadarError, match="KDR-SRC-168"):
        desk(zoho, tmp_path).fetch()


def test_changed_deleted_and_restored(zoho: ZohoStandin, tmp_path: Path) -> None:
    names = zoho.names
    reader = desk(zoho, tmp_path)
    reader.fetch()
    zoho.desk.edit("tickets", names["waiting"], status="Open", statusType="Open")
    reader.fetch()
    same(reader)
    assert len(reader.asked("/History?")) == 1  # of the ticket that changed
    zoho.desk.delete("tickets", names["waiting"])
    reader.fetch()
    same(reader)
    zoho.desk.restore("tickets", names["waiting"])
    reader.fetch()
    same(reader)
    zoho.desk.delete("tickets", names["waiting"])
    reader.fetch()
    zoho.desk.bin["tickets"].clear()  # emptied: gone for good
    reader.fetch()
    same(reader)
    assert set(reader.records("Desk_Tickets")) == {names["ticket"]}


def test_a_bin_that_is_not_shown(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.desk.bin_closed = True
    reader = desk(zoho, tmp_path)
    said = reader.fetch()
    assert "Zoho Desk does not show its recycle bin: deleted tickets stay." in said
    zoho.desk.delete("tickets", zoho.names["waiting"])
    reader.fetch()
    assert zoho.names["waiting"] in reader.records("Desk_Tickets")


def test_ratings_back_to_the_last_sync(zoho: ZohoStandin, tmp_path: Path) -> None:
    rated = zoho.desk.ratings[0]
    zoho.desk.ratings += [
        {**rated, "id": f"old{number}", "ratedTime": "2026-01-01T00:00:00.000Z"}
        for number in range(160)
    ]
    reader = desk(zoho, tmp_path)
    reader.fetch()
    assert len(reader.asked("customerHappiness")) == 4
    zoho.desk.ratings.append({**rated, "id": "new", "ratedTime": zoho.desk.now()})
    reader.fetch()
    assert len(reader.records("Desk_Ratings")) == 163
    assert len(reader.asked("customerHappiness")) == 1


def test_the_organisation_is_named_in_every_question(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.desk_org = "700009"  # the project names another
    reader = Reader(zoho, tmp_path, {"desk_org": "700001"}, modules=[])
    said = reader.fetch()
    assert sum("cannot be read: the user's profile does not allow it" in one for one in said) == 5
    assert not reader.records("Desk_Tickets")


@pytest.mark.parametrize("path", ["customerHappiness", "contacts/search", "recycleBin", "agents"])
def test_what_desk_alone_refuses_leaves_the_rest(
    zoho: ZohoStandin, tmp_path: Path, path: str
) -> None:
    body = b'{"errorCode":"UNPROCESSABLE_ENTITY","message":"Extra query parameter found"}'
    zoho.fail(path, times=99, status=422, body=body, headers={"content-type": "application/json"})
    reader = desk(zoho, tmp_path)
    said = "".join(reader.fetch())
    if path == "recycleBin":
        assert "deleted tickets stay" in said
    else:
        assert "UNPROCESSABLE_ENTITY Extra query parameter found" in said
    same(reader)
