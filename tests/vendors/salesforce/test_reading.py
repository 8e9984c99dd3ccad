"""What is read when: all by bulk, then changes, deletions, merges; and when all is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.vendors.acceptance import Run, opened
from tests.vendors.salesforce.company import notes, project, rows
from tests.vendors.salesforce.org import Org
from tests.vendors.salesforce.schema import OBJECTS
from tests.vendors.salesforce.standin import Salesforce

KEPT = {"Account", "Opportunity", "OpportunityHistory", "OpportunityStage", "Organization", "User"}


def small_org(**how: Any) -> Org:
    """Return an organisation with few kinds of objects: the others are said not to be there."""
    org = Org(**how)
    org.removed |= set(OBJECTS) - KEPT
    return org


@pytest.fixture
def standin() -> Iterator[Salesforce]:
    with Salesforce(small_org()) as made:
        yield made


def deal(org: Org, name: str, **values: Any) -> str:
    given = {"StageName": "Prospecting", "CloseDate": date(2026, 12, 1), "Amount": 10.0, **values}
    return org.add("Opportunity", Name=name, **given)


def asked(standin: Salesforce, name: str) -> list[str]:
    """Return what was asked of an object since the last time, and forget it."""
    found = [said for said in standin.log if f"/{name}/" in said or f"FROM%20{name}" in said
             or f"FROM+{name}" in said]  # fmt: skip
    standin.log.clear()
    return found


def whole(run: Run, name: str) -> list[tuple[Any, ...]]:
    """Return of each pass over an object: read whole, why, sent, gone, kept, the system's count."""
    with opened(run.folder / "store" / "landing.duckdb") as made:
        return made.execute(
            "select whole, why, received, gone, kept, total from main.ledger where object = ? "
            "order by load_id",
            [name],
        ).fetchall()


def test_few_records_come_by_rest_and_many_by_bulk(standin: Salesforce, tmp_path: Path) -> None:
    made = {deal(standin.org, f'Deal "{n}",\n第{n}', Amount=n + 0.5): n for n in range(25)}
    standin.batch, standin.bulk_rows, standin.polls = 4, 10, 3
    by_rest = project(standin, tmp_path / "rest")
    by_rest.sync(0)
    assert not standin.jobs
    by_bulk = project(standin, tmp_path / "bulk", bulk_over=5)
    by_bulk.sync(0)
    assert {job["object"] for job in standin.jobs.values()} == {"Opportunity", "OpportunityHistory"}
    assert by_rest.standing() == by_bulk.standing()  # the same text of every value
    assert by_rest.tables() == by_bulk.tables()
    found = rows(by_bulk, "deals", "deal_id", "name", "amount")
    assert {key: (name, float(amount)) for key, name, amount in found} == {
        key: (f'Deal "{n}",\n第{n}', n + 0.5) for key, n in made.items()
    }
    assert whole(by_bulk, "Opportunity")[0][2:] == (25, 0, 25, 25)


def test_then_only_changes_come(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    first, second, third = (deal(org, f"Deal {n}") for n in range(3))
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    org.advance(hours=5)
    org.change("Opportunity", second, Amount=77.0, StageName="Closed Won")
    org.delete("Opportunity", third)
    fourth = deal(org, "Deal 4")
    org.advance(hours=1)
    run.sync(1)
    assert whole(run, "Opportunity")[1] == (False, "", 2, 1, 3, 3)
    assert rows(run, "deals", "deal_id", "outcome", "amount") == [
        (first, "open", 10), (second, "won", 77), (fourth, "open", 10),
    ]  # fmt: skip
    assert [row[0] for row in rows(run, "deal_stages", "deal_id")].count(second) == 2


def test_a_change_stamped_before_it_was_committed_is_found(
    standin: Salesforce, tmp_path: Path
) -> None:
    org = standin.org
    late = deal(org, "Deal")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    org.records["Opportunity"][late].update(Amount=99.0, SystemModstamp=org.now)
    org.advance(minutes=-6)  # six minutes of a transaction before the sync, committed after it
    org.records["Opportunity"][late]["SystemModstamp"] = org.now
    org.advance(hours=1)
    run.sync(1)
    assert rows(run, "deals", "amount") == [(99,)]


def test_what_was_deleted_for_good_is_gone_by_the_log(
    standin: Salesforce, tmp_path: Path
) -> None:
    org = standin.org
    stays, goes = deal(org, "Stays"), deal(org, "Goes")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    org.advance(days=3)
    org.purge("Opportunity", goes)
    org.advance(days=1)
    run.sync(1)
    assert rows(run, "deals", "deal_id") == [(stays,)]
    assert whole(run, "Opportunity")[1][0] is False


def test_what_was_restored_stays(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    key = deal(org, "Deal")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    org.advance(hours=1)
    org.delete("Opportunity", key)
    org.advance(hours=1)
    run.sync(1)
    assert rows(run, "deals", "deal_id") == []
    org.advance(hours=1)
    org.restore("Opportunity", key)
    org.delete("Opportunity", key)
    org.advance(hours=1)
    org.restore("Opportunity", key)  # the log still has the deletion between the two syncs
    org.advance(hours=1)
    run.sync(2)
    assert rows(run, "deals", "deal_id") == [(key,)]


@pytest.mark.parametrize("edge", ["long ago", "purged", "too many"])
def test_past_the_edge_of_the_log_all_is_read(
    standin: Salesforce, tmp_path: Path, edge: str
) -> None:
    org = standin.org
    stays, goes = deal(org, "Stays"), deal(org, "Goes")
    org.advance(hours=1)
    run = project(standin, tmp_path, whole_every=0)
    run.sync(0)
    org.advance(days=16 if edge == "long ago" else 2)
    org.purge("Opportunity", goes)
    if edge == "long ago":
        org.deletions["Opportunity"].clear()
    if edge == "purged":
        org.deletions["Opportunity"].clear()
        standin.log_begins = org.now
    if edge == "too many":
        standin.log_limit = 0
    org.advance(hours=1)
    run.sync(1)
    assert rows(run, "deals", "deal_id") == [(stays,)]
    said, why = whole(run, "Opportunity")[1][:2]
    assert said
    assert "log of deletions" in why
    assert why in notes(run)
    run.sync(2)
    assert whole(run, "Opportunity")[2][0] is False


def test_every_week_all_is_read(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    key = deal(org, "Deal", Amount=1.0)
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    org.records["Opportunity"][key]["Amount"] = 2.0  # as a formula: no time stamp moves
    for day in range(1, 8):
        org.advance(days=1)
        run.sync(day)
        assert rows(run, "deals", "amount") == [(2 if day == 7 else 1,)]
    assert [said for said, *_ in whole(run, "Opportunity")] == [True] + [False] * 6 + [True]


def test_histories_outlive_what_salesforce_keeps(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    key = deal(org, "Deal")
    org.advance(hours=1)
    org.change("Opportunity", key, StageName="Qualification")
    run = project(standin, tmp_path)
    run.sync(0)
    before = rows(run, "deal_stages", "stage", "entered_at", "left_at")
    assert len(before) == 2
    org.records["OpportunityHistory"].clear()
    org.advance(days=30)
    run.sync(1)
    assert rows(run, "deal_stages", "stage", "entered_at", "left_at") == before


@pytest.mark.parametrize("history", ["field history", "versions"])
def test_stages_without_opportunity_history(tmp_path: Path, history: str) -> None:
    org = small_org()
    org.removed.add("OpportunityHistory")
    if history == "field history":
        org.removed.discard("OpportunityFieldHistory")
    begun = org.now
    key = deal(org, "Deal")
    with Salesforce(org) as standin:
        run = project(standin, tmp_path)
        moments = [begun]
        for day, stage in enumerate(("Qualification", "Closed Won")):
            run.sync(2 * day)
            org.advance(days=1)
            org.change("Opportunity", key, StageName=stage)
            moments.append(org.now)
            org.advance(days=1)
        run.sync(9)
    assert rows(run, "deal_stages", "entered_at", "stage", "left_at") == [
        (moments[0], "Prospecting", moments[1]),
        (moments[1], "Qualification", moments[2]),
        (moments[2], "Closed Won", None),
    ]


def test_a_merged_account_stays_and_says_where_it_went(
    standin: Salesforce, tmp_path: Path
) -> None:
    org = standin.org
    kept, twin = org.add("Account", Name="Maju"), org.add("Account", Name="Maju 2")
    mine = deal(org, "Deal", AccountId=twin)
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    org.advance(hours=1)
    org.merge("Account", kept, twin)
    org.advance(hours=1)
    run.sync(1)
    expected = [(kept, None), (twin, kept)]
    assert rows(run, "customers", "customer_id", "merged_into") == expected
    assert rows(run, "deals", "deal_id", "customer_id") == [(mine, kept)]
    org.advance(days=16)
    org.purge("Account", twin)  # the recycle bin is emptied after fifteen days
    run.sync(2)
    run.sync(3)
    assert rows(run, "customers", "customer_id", "merged_into") == expected
    assert [line[4:] for line in whole(run, "Account")] == [(2, 2)] * 4


def test_a_field_taken_away_is_said_and_left_out(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    deal(org, "Deal", LeadSource="Web")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    run.sync(0)
    assert rows(run, "deals", "channel", "amount") == [("Web", 10)]
    org.hidden |= {("Opportunity", "LeadSource"), ("Opportunity", "Amount")}
    org.advance(hours=1)
    run.sync(1)
    assert rows(run, "deals", "channel", "amount") == [(None, None)]
    assert "Opportunity: Amount, LeadSource cannot be seen" in notes(run)
    assert "CurrencyIsoCode" not in notes(run)  # an organisation with one currency has none
    org.hidden -= {("Opportunity", "LeadSource"), ("Opportunity", "Amount")}
    org.advance(hours=1)
    run.sync(2)
    assert rows(run, "deals", "channel", "amount") == [("Web", 10)]


def test_a_field_taken_away_between_describe_and_query(
    standin: Salesforce, tmp_path: Path
) -> None:
    org = standin.org
    deal(org, "Deal", LeadSource="Web")
    standin.fail(
        r"queryAll\?q=SELECT(\+|%20)COUNT.*FROM(\+|%20)Opportunity(\+|%20)",
        call=lambda: org.hidden.add(("Opportunity", "LeadSource")),
    )
    run = project(standin, tmp_path)
    run.sync(0)
    assert rows(run, "deals", "channel", "amount") == [(None, 10)]
    assert "Opportunity: LeadSource cannot be seen" in notes(run)
    org.advance(hours=1)
    run.sync(1)
    assert whole(run, "Opportunity")[1][0] is False  # the mark says what was really read


def test_a_new_custom_field_brings_all_records_again(
    standin: Salesforce, tmp_path: Path
) -> None:
    org = standin.org
    deal(org, "Deal", Product_Line__c="Tills")
    org.advance(days=1)
    project(standin, tmp_path).sync(0)
    custom = '[sources.custom.deals]\nproduct = "Product_Line__c"\nlost_reason = "Nowhere__c"\n'
    run = project(standin, tmp_path, custom=custom)
    run.sync(1)
    assert rows(run, "deals", "product", "lost_reason") == [("Tills", None)]
    assert "Nowhere__c cannot be seen" in notes(run)


def test_objects_that_are_not_there_are_said(standin: Salesforce, tmp_path: Path) -> None:
    run = project(standin, tmp_path)
    run.sync(0)
    assert "Case cannot be read" in notes(run)
    assert "NOT_FOUND" in notes(run)


def test_an_organisation_with_one_currency(standin: Salesforce, tmp_path: Path) -> None:
    deal(standin.org, "Deal")
    run = project(standin, tmp_path / "its own")
    run.sync(0)
    assert rows(run, "deals", "currency") == [("SGD",)]  # what connect/organization says
    run = project(standin, tmp_path / "said", currency="EUR")
    run.sync(0)
    assert rows(run, "deals", "currency") == [("EUR",)]
    standin.fail("connect/organization", status=403, body=b'[{"errorCode":"FORBIDDEN"}]')
    run = project(standin, tmp_path / "nowhere")
    run.sync(0)
    assert rows(run, "deals", "currency") == [(None,)]  # then it is the company's


def test_short_ids_are_written_long(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    account = org.add("Account", Name="Maju")
    key = deal(org, "Deal", AccountId=account)
    org.records["Opportunity"][key]["AccountId"] = account[:15]
    run = project(standin, tmp_path)
    run.sync(0)
    assert rows(run, "deals", "customer_id") == [(account,)]


def test_known_pairs_of_short_and_long_ids() -> None:
    # from Salesforce's documentation and public examples, not from this code
    from kadar.sources.salesforce.records import eighteen

    for long in ("001A0000006Vm9uIAC", "0015000000Gv7qJAAR", "a00D0000008pQRAIA2"):
        assert eighteen(long[:15]) == long
        assert eighteen(long) == long
