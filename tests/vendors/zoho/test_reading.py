"""Which way modules are read, and that no way loses, doubles or keeps what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.vendors.zoho.example import full
from tests.vendors.zoho.running import asked, crm_only, landed, project, rows
from tests.vendors.zoho.standin import ZohoStandin
from tests.vendors.zoho.state import to


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
            Amount=number + 0.25, Account_Name=to(zoho.names["acme"]),  # type: ignore[attr-defined]
            Owner=to("5725767000000001001"),
        )  # fmt: skip


def total(run: object) -> tuple[int, float]:
    """Return how many deals there are, and their amounts together."""
    found = rows(run, "select count(*), sum(amount)::double from model.deals")  # type: ignore[arg-type]
    return found[0]  # type: ignore[return-value]


def expected(zoho: ZohoStandin) -> tuple[int, float]:
    """Return the same of the stand-in."""
    deals = zoho.state.records["Deals"].values()
    return len(deals), sum(one["Amount"] or 0 for one in deals)


def test_by_query_2000_at_a_time(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 2300)
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    assert total(run) == expected(zoho)
    # module by module one to see whether there is COQL, then pages; 2,304 deals are two
    assert len(asked(zoho, "/coql")) == 4 * 2 + 1
    assert not run.reports[0].sources[0].notes or "count" not in str(run.reports[0].sources[0].notes)


def test_by_query_where_only_200_are_allowed(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 300)
    zoho.crm.query_limit = 200
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    assert total(run) == expected(zoho)


def test_by_page_and_token_without_coql(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 2300)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    assert total(run) == expected(zoho)
    pages = asked(zoho, "GET /crm/v8/Deals?")
    assert len(pages) == 12
    assert sum("page_token=" in page for page in pages) == 11
    assert not any("page_token=" in page and "&page=" in page for page in pages)


def test_in_bulk(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 900)
    zoho.crm.bulk.per_page = 400
    run = crm_only(zoho, tmp_path, {"bulk_from": 500})
    run.sync(0)
    assert total(run) == expected(zoho)
    assert len(asked(zoho, "POST /crm/bulk/v8/read")) == 3
    owners = rows(run, "select distinct owner_id from model.deals where name like 'D%'")
    assert owners == [("5725767000000001001",)]


def test_a_bulk_read_says_the_same_as_a_query(zoho: ZohoStandin, tmp_path: Path) -> None:
    queried = project(zoho, tmp_path / "queried")
    queried.sync(0)
    bulk = project(zoho, tmp_path / "bulk", {"bulk_from": 1})
    bulk.sync(0)
    assert bulk.tables() == queried.tables()


def test_bulk_without_its_permission_is_a_query(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.crm.bulk.allowed = False
    run = crm_only(zoho, tmp_path, {"bulk_from": 1})
    run.sync(0)
    assert total(run) == expected(zoho)


def test_changes_are_few_and_no_more(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 450)
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    zoho.log.clear()
    for key in list(zoho.state.records["Deals"])[:250]:
        zoho.state.edit("Deals", key, Amount=7)
    report = run.sync(1)
    assert len(asked(zoho, "GET /crm/v8/Deals?")) == 2  # 250 at 200 a page
    assert not any("coql" in line for line in zoho.log)
    assert total(run) == expected(zoho)
    deals = next(one for one in report.sources if one.table == "deals")
    assert deals.counts is not None
    assert deals.counts.changed == 250


def test_nothing_changed_is_asked_and_that_is_all(zoho: ZohoStandin, tmp_path: Path) -> None:
    run = project(zoho, tmp_path)
    run.sync(0)
    report = run.sync(1)
    assert not report.published
    assert {one.outcome for one in report.sources} == {"unchanged"}


def test_a_record_that_changes_while_pages_are_read(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 700)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    keys = list(zoho.state.records["Deals"])

    def change() -> None:  # one that was read and one that was not
        zoho.state.edit("Deals", keys[10], Amount=1000)
        zoho.state.edit("Deals", keys[600], Amount=2000)

    zoho.fail(r"GET /crm/v8/Deals\?.*page_token", skip=1, call=change)
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    amounts = dict(rows(run, "select deal_id, amount::double from model.deals"))
    assert len(amounts) == len(keys)
    assert amounts[keys[600]] == 2000
    run.sync(1)  # the one that had been read is seen by the next
    assert total(run) == expected(zoho)


def test_one_deleted_while_pages_are_read(zoho: ZohoStandin, tmp_path: Path) -> None:
    many(zoho, 700)
    zoho.scopes_missing.add("ZohoCRM.coql.READ")
    keys = list(zoho.state.records["Deals"])
    zoho.fail(
        r"GET /crm/v8/Deals\?.*page_token", skip=1, call=lambda: zoho.state.delete("Deals", keys[3])
    )
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    run.sync(1)
    assert total(run) == expected(zoho)
    assert set(landed(run, "Deals")) == set(zoho.state.records["Deals"])


def test_deleted_restored_and_purged(zoho: ZohoStandin, tmp_path: Path) -> None:
    names = zoho.names  # type: ignore[attr-defined]
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    zoho.state.delete("Deals", names["open"])
    zoho.state.purge("Deals", names["lost"])
    run.sync(1)
    assert set(landed(run, "Deals")) == {names["won"], names["imported"]}
    run.sync(2)
    zoho.state.restore("Deals", names["open"])  # its Modified_Time is as it was
    run.sync(3)
    assert set(landed(run, "Deals")) == {names["won"], names["imported"], names["open"]}
    zoho.state.delete("Deals", names["open"])
    run.sync(4)
    zoho.state.purge("Deals", names["open"])
    run.sync(5)
    assert set(landed(run, "Deals")) == {names["won"], names["imported"]}


def test_longer_ago_than_the_bin_remembers(zoho: ZohoStandin, tmp_path: Path) -> None:
    names = zoho.names  # type: ignore[attr-defined]
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    del zoho.state.records["Deals"][names["open"]]  # deleted, purged and forgotten
    zoho.fail(r"GET /crm/v8/settings/fields", times=4, call=lambda: None)
    with clock_ahead(zoho, timedelta(days=70)):
        report = run.sync(1)
    assert set(landed(run, "Deals")) == {names["won"], names["imported"], names["lost"]}
    assert "recycle bin" in str(report.sources[0].notes)


class clock_ahead:  # noqa: N801  (read as a word)
    """Zoho's clock, in its answers and its records, is ahead for a while."""

    def __init__(self, zoho: ZohoStandin, by: timedelta) -> None:
        self.zoho, self.by = zoho, by

    def __enter__(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.zoho.state.skew = self.by
        from datetime import datetime

        from kadar.sources.zoho import api

        def ahead(text: str) -> datetime:
            from email.utils import parsedate_to_datetime

            return parsedate_to_datetime(text) + self.by

        self.patch.setattr(api, "parsedate_to_datetime", ahead)

    def __exit__(self, *_: object) -> None:
        self.patch.undo()


def test_our_clock_does_not_matter(zoho: ZohoStandin, tmp_path: Path) -> None:
    """What is asked for goes by Zoho's clock: an hour ahead of ours, nothing is missed."""
    names = zoho.names  # type: ignore[attr-defined]
    with clock_ahead(zoho, timedelta(hours=-3)):
        run = crm_only(zoho, tmp_path)
        run.sync(0)
        zoho.state._last -= timedelta(days=1)
        zoho.state.edit("Deals", names["open"], Amount=12.5)
        run.sync(1)
    assert total(run) == expected(zoho)


def test_converted_leads_by_every_way(zoho: ZohoStandin, tmp_path: Path) -> None:
    names = zoho.names  # type: ignore[attr-defined]
    for way, given in {"query": {}, "bulk": {"bulk_from": 1}, "list": {}}.items():
        if way == "list":
            zoho.scopes_missing.add("ZohoCRM.coql.READ")
        run = crm_only(zoho, tmp_path / way, given)
        run.sync(0)
        found = rows(run, "select lead_id, deal_id from model.leads where converted_at is not null")
        assert found == [(names["turned"], names["won"])], way
    zoho.state.convert(names["lead"], names["beta"], names["bala"], names["open"])
    run.sync(1)
    found = rows(run, "select customer_id, deal_id from model.leads where converted_at is not null")
    assert sorted(found) == sorted(
        [(names["acme"], names["won"]), (names["beta"], names["open"])]
    )


def test_a_field_taken_away_and_a_new_one(zoho: ZohoStandin, tmp_path: Path) -> None:
    zoho.state.hidden.add(("Deals", "Reason_For_Loss__s"))
    run = crm_only(zoho, tmp_path)
    report = run.sync(0)
    assert "Deals has no fields Reason_For_Loss__s" in str(report.sources[0].notes)
    assert rows(run, "select count(*) from model.deals where lost_reason is not null") == [(0,)]
    zoho.state.hidden.clear()
    for key in zoho.state.records["Deals"]:
        zoho.state.edit("Deals", key)
    run.sync(1)
    assert rows(run, "select lost_reason from model.deals where outcome = 'lost'") == [("Price",)]


def test_a_custom_field(zoho: ZohoStandin, tmp_path: Path) -> None:
    run = project(
        zoho, tmp_path, {"desk_org": ""}, custom='[sources.custom.deals]\nproduct = "Product_Line"'
    )
    run.sync(0)
    found = rows(run, "select name, product from model.deals where product is not null")
    assert found == [("Big", "Gold")]


def test_a_module_that_may_not_be_read_keeps_its_rows(zoho: ZohoStandin, tmp_path: Path) -> None:
    run = crm_only(zoho, tmp_path)
    run.sync(0)
    zoho.crm.closed.add("Deals")
    report = run.sync(1)
    assert "Deals cannot be read: the user's profile does not allow it" in str(
        report.sources[0].notes
    )
    assert rows(run, "select count(*) from model.deals") == [(4,)]
