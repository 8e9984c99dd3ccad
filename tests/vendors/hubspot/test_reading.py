"""Reading HubSpot: what changed, was archived, merged or purged, and what goes wrong meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.hubspot.case import Sales, run
from tests.vendors.hubspot.company import Company, at

OTHERS = ["leads", "line_items", "campaigns"]


@pytest.fixture
def standin() -> Iterator[Company]:
    with Company() as made:
        yield made


def sales(standin: Company, folder: Path, **how: Any) -> Run:
    """Return a project that reads companies, contacts and deals only: it is faster."""
    return run(standin, folder, **{"kind": Sales, "leave_out": OTHERS, **how})


def there(made: Run, kind: str) -> dict[str, dict[str, Any]]:
    """Return the landed records of a kind that stand now, by id."""
    return {key: json.loads(record) for of, key, record in made.standing() if of == kind}


def named(standin: Company, *names: str) -> set[str]:
    """Return the ids of records by their names here."""
    return {standin.ids[name] for name in names}


def test_first_by_list_then_by_search(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    assert not [said for said in standin.log if "batch/read" in said]
    assert set(there(made, "deals")) == named(standin, "won", "lost", "open")
    standin.log.clear()
    standin.crm.edit("deals", standin.ids["open"], amount="78", dealstage="contractsent")
    new = standin.put("new", "deals", at(4, 5), dealname="N", dealstage="qualifiedtobuy")
    standin.link("new", "deals", "companies", "gamma")
    made.fetch(1)
    deals = there(made, "deals")
    assert deals[standin.ids["open"]]["properties"]["amount"] == "78"
    assert deals[new]["associations"]["companies"] == [standin.ids["gamma"]]
    history = deals[standin.ids["open"]]["propertiesWithHistory"]["dealstage"]
    assert [one["value"] for one in history] == ["contractsent", "qualifiedtobuy"]
    # of deals only the archive was listed: what changed came by search
    listed = [said for said in standin.log if said.startswith("GET /crm/objects/2026-09/deals?")]
    assert all("archived=true" in said for said in listed)


def test_both_ways_of_reading_give_the_same_record(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    by_list = made.standing()
    standin.log.clear()
    made.fetch(1)  # within the overlap: everything is read again, by search
    assert any("/deals/batch/read" in said for said in standin.log)
    assert made.standing() == by_list


def test_archived_and_restored(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    standin.crm.archive("deals", standin.ids["lost"])
    made.fetch(1)
    assert set(there(made, "deals")) == named(standin, "won", "open")
    standin.crm.restore("deals", standin.ids["lost"])
    made.fetch(2)
    assert set(there(made, "deals")) == named(standin, "won", "lost", "open")


def test_merged_companies_are_merged_here(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.sync(0)
    both = standin.crm.merge("companies", standin.ids["acme"], standin.ids["beta"])
    last = standin.crm.merge("companies", standin.ids["gamma"], both)
    made.sync(1)
    customers = {row[0]: row[11] for row in made.tables()["customers"]}
    assert customers == {
        last: None, both: last, **dict.fromkeys(named(standin, "acme", "beta", "gamma"), last),
    }  # fmt: skip
    # their deals and contacts follow, as HubSpot moves them
    assert {row[1] for row in made.tables()["deals"]} == {last}


def test_a_merged_deal_is_counted_once(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    merged = standin.crm.merge("deals", standin.ids["open"], standin.ids["lost"])
    made.fetch(1)
    assert set(there(made, "deals")) == {standin.ids["won"], merged}


def test_deleted_for_good_is_found_when_all_is_read_again(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path, reconcile_days=3)
    made.fetch(0)
    standin.crm.purge("contacts", standin.ids["tan"])
    made.fetch(1)
    assert standin.ids["tan"] in there(made, "contacts")  # no list or search tells
    made.fetch(3)
    assert set(there(made, "contacts")) == named(standin, "ali", "mei")


def test_what_the_index_did_not_know_yet_comes_later(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    standin.crm.edit("deals", standin.ids["open"], amount="79")
    standin.lag = timedelta(hours=1)
    made.fetch(1)
    assert there(made, "deals")[standin.ids["open"]]["properties"]["amount"] == "77"
    standin.lag = timedelta(0)
    made.fetch(2)
    assert there(made, "deals")[standin.ids["open"]]["properties"]["amount"] == "79"


def test_the_ceiling_of_a_search_is_never_met(standin: Company, tmp_path: Path) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    standin.ceiling = 200  # of 10,000: a search with more results than this is refused
    ids = {standin.crm.put("companies", name=f"C{n}", domain=f"c{n}.example") for n in range(450)}
    made.fetch(1)
    assert ids < set(there(made, "companies"))
    searches = [said for said in standin.log if said.endswith("companies/search")]
    assert len(searches) == 1 + 3  # the count of the first load, and pages of 200


def test_a_record_changed_while_paging_is_there_once(standin: Company, tmp_path: Path) -> None:
    for n in range(60):  # two pages of deals
        standin.crm.put("deals", dealname=f"D{n}", dealstage="qualifiedtobuy")
    won = standin.ids["won"]
    standin.fail(r"GET .*/deals\?.*after=", call=lambda: standin.crm.edit("deals", won, amount="1"))
    made = sales(standin, tmp_path)
    made.fetch(0)  # the change came after its page
    assert there(made, "deals")[won]["properties"]["amount"] == "12000.50"
    made.fetch(1)
    assert there(made, "deals")[won]["properties"]["amount"] == "1"
    assert len(there(made, "deals")) == 63


def test_many_associations_are_read_to_the_end(standin: Company, tmp_path: Path) -> None:
    people = [standin.crm.put("contacts", email=f"p{n}@acme.example") for n in range(7)]
    for person in people:
        standin.crm.link("deals", standin.ids["won"], "contacts", person)
    standin.links_in_page = 3
    made = sales(standin, tmp_path)
    for day in range(2):  # by list, then by search
        made.fetch(day)
        contacts = there(made, "deals")[standin.ids["won"]]["associations"]["contacts"]
        assert set(contacts) == {standin.ids["ali"], *people}


def test_an_association_with_something_archived_is_none(standin: Company, tmp_path: Path) -> None:
    standin.crm.archive("companies", standin.ids["acme"])
    made = sales(standin, tmp_path)
    made.fetch(0)
    assert there(made, "deals")[standin.ids["won"]]["kadar"]["customer"] == standin.ids["beta"]


def test_a_new_field_of_kadar_toml_reads_all_again(standin: Company, tmp_path: Path) -> None:
    standin.crm.edit("deals", standin.ids["won"], line_of_business="Tea")
    sales(standin, tmp_path).sync(0)
    custom = '[sources.custom.deals]\nproduct = "line_of_business"'
    made = sales(standin, tmp_path, custom=custom)
    report = made.sync(1)
    products = {row[0]: row[16] for row in made.tables()["deals"]}
    assert products[standin.ids["won"]] == "Tea"
    notes = [note for source in report.sources for note in source.notes]
    assert "deals was read whole: what is read of it, or how, was changed in kadar.toml" in notes


def test_a_field_that_hubspot_does_not_have_is_said(standin: Company, tmp_path: Path) -> None:
    custom = '[sources.custom.deals]\nproduct = "line_of_busines"'
    report = sales(standin, tmp_path, custom=custom).sync(0)
    notes = [note for source in report.sources for note in source.notes]
    assert any("no property line_of_busines" in note for note in notes)


def test_what_a_key_may_not_read_is_said_and_the_rest_goes_on(
    standin: Company, tmp_path: Path
) -> None:
    made = sales(standin, tmp_path)
    made.fetch(0)
    standin.lacking = {"deals"}
    standin.crm.edit("companies", standin.ids["gamma"], name="Gamma 2")
    report = made.sync(1)
    notes = [note for source in report.sources for note in source.notes]
    assert any("deals cannot be read" in n and "crm.objects.deals.read" in n for n in notes)
    assert set(there(made, "deals")) == named(standin, "won", "lost", "open")
    assert there(made, "companies")[standin.ids["gamma"]]["properties"]["name"] == "Gamma 2"
