"""What is read when: all by bulk, then changes, deletions, merges; and when all is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kadar.project
from kadar.model import TABLES
from kadar.sources.salesforce import Salesforce as Kind
from kadar.sources.salesforce.kinds import KINDS
from tests.vendors.acceptance import FIRST, Run, opened
from tests.vendors.salesforce.company import SECRETS, fetch, landed, notes, project, rows
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
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read few kinds of objects, and load none of them: what is landed is what is looked at."""
    for name in set(KINDS) - KEPT:
        monkeypatch.delitem(KINDS, name)


@pytest.fixture
def standin() -> Iterator[Salesforce]:
    with Salesforce(small_org()) as made:
        yield made


def deal(org: Org, name: str, **values: Any) -> str:
    given = {"StageName": "Prospecting", "CloseDate": date(2026, 12, 1), "Amount": 10.0, **values}
    return org.add("Opportunity", Name=name, **given)


def whole(run: Run, name: str) -> list[tuple[Any, ...]]:
    """Return of each pass over an object: read whole, why, sent, gone, kept, the system's count."""
    with opened(run.folder / "store" / "landing.duckdb") as made:
        return made.execute(
            "select whole, why, received, gone, kept, total from main.ledger where object = ? "
            "order by load_id",
            [name],
        ).fetchall()


def test_few_records_come_by_rest_and_many_by_bulk(
    standin: Salesforce, few: None, tmp_path: Path
) -> None:
    made = {deal(standin.org, f'Deal "{n}",\n第{n}', Amount=n + 0.5): n for n in range(25)}
    standin.batch, standin.bulk_rows, standin.polls = 4, 10, 3
    by_rest = project(standin, tmp_path / "rest")
    fetch(by_rest, 0)
    assert not standin.jobs
    by_bulk = project(standin, tmp_path / "bulk", bulk_over=5)
    fetch(by_bulk, 0)
    assert {job["object"] for job in standin.jobs.values()} == {"Opportunity", "OpportunityHistory"}
    assert by_rest.standing() == by_bulk.standing()  # the same text of every value
    found = {key: (made["Name"], made["Amount"]) for key, made in landed(by_bulk).items()}
    assert found == {key: (f'Deal "{n}",\n第{n}', f"{n + 0.5}") for key, n in made.items()}
    assert whole(by_bulk, "Opportunity")[0][2:] == (25, 0, 25, 25)


def test_then_only_changes_come(standin: Salesforce, few: None, tmp_path: Path) -> None:
    org = standin.org
    first, second, third = (deal(org, f"Deal {n}") for n in range(3))
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    org.advance(hours=5)
    org.change("Opportunity", second, Amount=77.0, StageName="Closed Won")
    org.delete("Opportunity", third)
    fourth = deal(org, "Deal 4")
    org.advance(hours=1)
    fetch(run, 1)
    assert whole(run, "Opportunity")[1] == (False, "", 2, 1, 3, 3)
    amounts = {key: record["Amount"] for key, record in landed(run).items()}
    assert amounts == {first: "10", second: "77", fourth: "10"}
    history = landed(run, "OpportunityHistory").values()
    assert [record["StageName"] for record in history if record["OpportunityId"] == second] == [
        "Prospecting", "Closed Won",
    ]  # fmt: skip


def test_a_change_stamped_before_it_was_committed_is_found(
    standin: Salesforce, few: None, tmp_path: Path
) -> None:
    org = standin.org
    late = deal(org, "Deal")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    org.records["Opportunity"][late].update(Amount=99.0, SystemModstamp=org.now)
    org.advance(minutes=-6)  # six minutes of a transaction before the sync, committed after it
    org.records["Opportunity"][late]["SystemModstamp"] = org.now
    org.advance(hours=1)
    fetch(run, 1)
    assert landed(run)[late]["Amount"] == "99"


def test_what_was_deleted_for_good_is_gone_by_the_log(
    standin: Salesforce, few: None, tmp_path: Path
) -> None:
    org = standin.org
    stays, goes = deal(org, "Stays"), deal(org, "Goes")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    org.advance(days=3)
    org.purge("Opportunity", goes)
    org.advance(days=1)
    fetch(run, 1)
    assert list(landed(run)) == [stays]
    assert whole(run, "Opportunity")[1][0] is False


def test_what_was_restored_stays(standin: Salesforce, few: None, tmp_path: Path) -> None:
    org = standin.org
    key = deal(org, "Deal")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    org.advance(hours=1)
    org.delete("Opportunity", key)
    org.advance(hours=1)
    fetch(run, 1)
    assert landed(run) == {}
    org.advance(hours=1)
    org.restore("Opportunity", key)
    org.delete("Opportunity", key)
    org.advance(hours=1)
    org.restore("Opportunity", key)  # the log still has the deletion between the two syncs
    org.advance(hours=1)
    fetch(run, 2)
    assert list(landed(run)) == [key]


@pytest.mark.parametrize("edge", ["long ago", "purged", "too many"])
def test_past_the_edge_of_the_log_all_is_read(
    standin: Salesforce, few: None, tmp_path: Path, edge: str
) -> None:
    org = standin.org
    stays, goes = deal(org, "Stays"), deal(org, "Goes")
    org.advance(hours=1)
    run = project(standin, tmp_path, whole_every=0)
    fetch(run, 0)
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
    told = fetch(run, 1)
    assert list(landed(run)) == [stays]
    said, why = whole(run, "Opportunity")[1][:2]
    assert said
    assert "log of deletions" in why
    assert why in told
    fetch(run, 2)
    assert whole(run, "Opportunity")[2][0] is False


def test_every_week_all_is_read(standin: Salesforce, few: None, tmp_path: Path) -> None:
    org = standin.org
    key = deal(org, "Deal", Amount=1.0)
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    org.records["Opportunity"][key]["Amount"] = 2.0  # as a formula: no time stamp moves
    for day in range(1, 8):
        org.advance(days=1)
        fetch(run, day)
        assert landed(run)[key]["Amount"] == ("2" if day == 7 else "1")
    assert [said for said, *_ in whole(run, "Opportunity")] == [True] + [False] * 6 + [True]


def test_histories_outlive_what_salesforce_keeps(
    standin: Salesforce, few: None, tmp_path: Path
) -> None:
    org = standin.org
    key = deal(org, "Deal")
    org.advance(hours=1)
    org.change("Opportunity", key, StageName="Qualification")
    run = project(standin, tmp_path)
    fetch(run, 0)
    before = landed(run, "OpportunityHistory")
    assert len(before) == 2
    org.records["OpportunityHistory"].clear()
    org.advance(days=30)
    fetch(run, 1)
    assert landed(run, "OpportunityHistory") == before


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
            fetch(run, 2 * day)
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


def test_a_merged_account_stays_and_says_where_it_went(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    kept, twin = org.add("Account", Name="Maju"), org.add("Account", Name="Maju 2")
    mine = deal(org, "Deal", AccountId=twin)
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    org.advance(hours=1)
    org.merge("Account", kept, twin)
    org.advance(hours=1)
    fetch(run, 1)
    assert landed(run)[mine]["AccountId"] == kept
    org.advance(days=16)
    org.purge("Account", twin)  # the recycle bin is emptied after fifteen days
    fetch(run, 2)
    run.sync(3)
    expected = [(kept, None), (twin, kept)]
    assert rows(run, "customers", "customer_id", "merged_into") == expected
    assert [line[4:] for line in whole(run, "Account")] == [(2, 2)] * 4


def test_a_field_taken_away_is_said_and_left_out(
    standin: Salesforce, few: None, tmp_path: Path
) -> None:
    org = standin.org
    key = deal(org, "Deal", LeadSource="Web")
    org.advance(hours=1)
    run = project(standin, tmp_path)
    fetch(run, 0)
    before = landed(run)[key]
    assert (before["LeadSource"], before["Amount"]) == ("Web", "10")
    org.hidden |= {("Opportunity", "LeadSource"), ("Opportunity", "Amount")}
    org.advance(hours=1)
    told = fetch(run, 1)
    assert landed(run)[key] == {
        name: value for name, value in before.items() if name not in {"LeadSource", "Amount"}
    }
    assert "Opportunity: Amount, LeadSource cannot be seen" in told
    assert "CurrencyIsoCode" not in told  # an organisation with one currency has none
    org.hidden -= {("Opportunity", "LeadSource"), ("Opportunity", "Amount")}
    org.advance(hours=1)
    assert "cannot be seen" not in fetch(run, 2)
    assert landed(run)[key] == before


def test_a_field_taken_away_between_describe_and_query(
    standin: Salesforce, few: None, tmp_path: Path
) -> None:
    org = standin.org
    key = deal(org, "Deal", LeadSource="Web")
    standin.fail(
        r"queryAll\?q=SELECT(\+|%20)COUNT.*FROM(\+|%20)Opportunity(\+|%20)",
        call=lambda: org.hidden.add(("Opportunity", "LeadSource")),
    )
    run = project(standin, tmp_path)
    told = fetch(run, 0)
    assert "LeadSource" not in landed(run)[key]
    assert "Opportunity: LeadSource cannot be seen" in told
    org.advance(hours=1)
    fetch(run, 1)
    assert whole(run, "Opportunity")[1][0] is False  # the mark says what was really read


def test_a_new_custom_field_brings_all_records_again(standin: Salesforce, tmp_path: Path) -> None:
    org = standin.org
    deal(org, "Deal", Product_Line__c="Tills")
    org.advance(days=1)
    fetch(project(standin, tmp_path))
    custom = '[sources.custom.deals]\nproduct = "Product_Line__c"\nlost_reason = "Nowhere__c"\n'
    run = project(standin, tmp_path, custom=custom)
    run.sync(1)
    assert rows(run, "deals", "product", "lost_reason") == [("Tills", None)]
    assert "Nowhere__c cannot be seen" in notes(run)


def test_objects_that_are_not_there_are_said(standin: Salesforce, tmp_path: Path) -> None:
    run = project(standin, tmp_path)
    told = fetch(run, 0)
    assert "Case cannot be read" in told
    assert "NOT_FOUND" in told


def test_an_organisation_with_one_currency(standin: Salesforce, tmp_path: Path) -> None:
    deal(standin.org, "Deal")
    run = project(standin, tmp_path / "its own")
    run.sync(0)
    assert rows(run, "deals", "currency") == [("SGD",)]  # what connect/organization says
    run = project(standin, tmp_path / "said", currency="EUR")
    fetch(run)
    assert landed(run, "Organization")["Organization"]["Currency"] == "EUR"
    standin.fail("connect/organization", status=403, body=b'[{"errorCode":"FORBIDDEN"}]')
    run = project(standin, tmp_path / "nowhere")
    fetch(run)
    assert "Currency" not in landed(run, "Organization")["Organization"]  # the company's, then


def test_short_ids_are_written_long(standin: Salesforce, few: None, tmp_path: Path) -> None:
    org = standin.org
    account = org.add("Account", Name="Maju")
    key = deal(org, "Deal", AccountId=account)
    org.records["Opportunity"][key]["AccountId"] = account[:15]
    run = project(standin, tmp_path)
    fetch(run, 0)
    assert landed(run)[key]["AccountId"] == account


def test_known_pairs_of_short_and_long_ids() -> None:
    # from Salesforce's documentation and public examples, not from this code
    from kadar.sources.salesforce.records import eighteen

    for long in ("001A0000006Vm9uIAC", "0015000000Gv7qJAAR", "a00D0000008pQRAIA2"):
        assert eighteen(long[:15]) == long
        assert eighteen(long) == long


def test_the_test_of_the_credentials(
    standin: Salesforce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = project(standin, tmp_path)
    loaded = kadar.project.load(run.folder)
    for name, secret in SECRETS.items():
        monkeypatch.setenv(f"KADAR_CRM_{name.upper()}", secret)
    found = Kind().test(loaded, loaded.sources[0], FIRST)
    assert found.account == "Acme Sdn Bhd (Enterprise Edition)"
    assert {name for name, why in found.readable.items() if why is None} == KEPT - {"Organization"}


def test_what_kpis_will_have(standin: Salesforce, tmp_path: Path) -> None:
    run = project(standin, tmp_path, custom='[sources.custom.deals]\nlost_reason = "Why__c"\n')
    loaded = kadar.project.load(run.folder)
    columns = Kind().columns(loaded, loaded.sources[0])
    assert set(columns) == set(TABLES) - {"calendar"}  # every table of the model
    assert "lost_reason" in columns["deals"]
    assert "cost" not in columns["orders"]  # Salesforce does not know it
