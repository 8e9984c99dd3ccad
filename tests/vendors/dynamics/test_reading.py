"""Reading tables of Dataverse: what is asked, what changed, what is gone, where it goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from kadar.sources.live.connector import Unreadable
from tests.vendors.dynamics.conftest import Reader
from tests.vendors.dynamics.standin import NAME, guid

Start = Callable[..., Reader]


def accounts(reader: Reader, count: int) -> list[str]:
    """Put accounts into the environment, a minute apart."""
    made = []
    for number in range(count):
        made.append(reader.standin.insert("account", name=f"Company {number}"))
        reader.standin.pass_(minutes=1)
    return made


def test_a_first_reading_brings_every_page_and_the_link_to_changes(reader: Start) -> None:
    crm = reader()
    made = accounts(crm, 10)
    first = crm.read("account")
    assert first.whole
    assert first.why == ""
    assert sorted(r["accountid"] for r in first.records) == sorted(made)
    assert [len(batch.records) for batch in first.batches] == [3, 3, 3, 1]
    assert "$deltatoken=" in first.mark["delta"]
    asked = [line for line in crm.standin.log if "/accounts" in line]
    assert all("+" not in line for line in crm.standin.log)
    assert "$filter" not in asked[0]
    assert len(asked) == 4


def test_later_readings_bring_what_changed_and_what_is_gone(reader: Start) -> None:
    crm = reader()
    made = accounts(crm, 7)
    mark = crm.read("account").mark
    crm.standin.pass_(hours=1)
    crm.standin.update("account", made[2], name="Renamed")
    crm.standin.delete("account", made[4])
    new = crm.standin.insert("account", name="New")
    second = crm.read("account", mark)
    assert not second.whole
    assert {r["accountid"]: r["name"] for r in second.records} == {made[2]: "Renamed", new: "New"}
    assert second.gone == [made[4]]
    crm.standin.insert("account", made[4], name="Restored")
    third = crm.read("account", second.mark)
    assert [r["name"] for r in third.records] == ["Restored"]
    assert third.gone == []
    assert crm.read("account", third.mark).records == []


def test_many_changes_come_in_pages_too(reader: Start) -> None:
    crm = reader()
    made = accounts(crm, 8)
    mark = crm.read("account").mark
    for key in made:
        crm.standin.update("account", key, name="Changed")
    later = crm.read("account", mark)
    assert [len(batch.records) for batch in later.batches] == [3, 3, 2]
    assert crm.read("account", later.mark).records == []


def test_what_changes_while_pages_are_read_is_brought_by_the_next_reading(reader: Start) -> None:
    crm = reader()
    made = accounts(crm, 7)
    first_read = sorted(made)[0]
    crm.standin.fail(
        r"accounts.*skiptoken", call=lambda: crm.standin.update("account", first_read, name="Late")
    )
    first = crm.read("account")
    assert [r["name"] for r in first.records if r["accountid"] == first_read] != ["Late"]
    second = crm.read("account", first.mark)
    assert [r["name"] for r in second.records] == ["Late"]


@pytest.mark.parametrize("later", [timedelta(days=7), timedelta(days=30)])
def test_after_the_days_that_changes_are_kept_all_is_read(reader: Start, later: timedelta) -> None:
    crm = reader()
    made = accounts(crm, 4)
    mark = crm.read("account").mark
    crm.standin.delete("account", made[0])
    crm.standin.now += later
    before = len(crm.standin.log)
    again = crm.read("account", mark)
    assert again.whole
    assert "longer ago" in again.why
    assert sorted(r["accountid"] for r in again.records) == sorted(made[1:])
    assert not any("deltatoken" in line for line in crm.standin.log[before:])


def test_an_environment_that_keeps_changes_longer_is_asked_for_them(reader: Start) -> None:
    crm = reader()
    key = next(iter(crm.standin.rows["organization"]))
    crm.standin.rows["organization"][key]["expirechangetrackingindays"] = 30
    accounts(crm, 4)
    mark = crm.read("account").mark
    crm.standin.pass_(days=20)
    assert not crm.read("account", mark).whole


def test_a_token_the_server_calls_too_old_makes_all_be_read(reader: Start) -> None:
    crm = reader()
    made = accounts(crm, 4)
    mark = crm.read("account").mark
    crm.moment = crm.standin.now + timedelta(days=1)  # by our clock the token is good
    crm.standin.pass_(days=9)
    again = crm.read("account", mark)
    assert again.whole
    assert "no longer keeps" in again.why
    assert len(again.records) == len(made)


def test_a_table_without_tracking_is_read_by_modified_with_overlap(reader: Start) -> None:
    crm = reader()
    crm.standin.tables["account"].tracked = False
    made = accounts(crm, 7)
    first = crm.read("account")
    assert first.whole
    assert len(first.records) == 7
    crm.standin.pass_(hours=2)
    crm.standin.update("account", made[0], name="Changed")
    crm.standin.delete("account", made[1])
    second = crm.read("account", first.mark)
    assert not second.whole  # the day is not over: deletions are found once a day
    assert "Changed" in {r["name"] for r in second.records}
    # the last 10 minutes before the last change come again: transactions end later than they say
    assert {r["accountid"] for r in second.records} == set(made) - {made[1]}
    crm.standin.pass_(hours=19)
    third = crm.read("account", second.mark)
    assert third.whole
    assert sorted(third.present) == sorted(set(made) - {made[1]})
    assert [r["name"] for r in third.records] == ["Changed"]


def test_a_table_said_to_be_tracked_that_is_not_falls_back(reader: Start) -> None:
    crm = reader()
    accounts(crm, 4)
    body = b'{"error":{"code":"0x80060888","message":"Change tracking is not enabled for it."}}'
    crm.standin.fail(r"accounts\?\$select=[^&]*$", status=400, body=body,
                     headers={"Content-Type": "application/json"})  # fmt: skip
    first = crm.read("account")
    assert len(first.records) == 4
    assert "last" in first.mark


def test_a_record_that_changes_while_pages_are_read_by_modified_comes_again(reader: Start) -> None:
    crm = reader()
    crm.standin.tables["account"].tracked = False
    made = accounts(crm, 7)
    crm.standin.fail(
        r"accounts.*skiptoken", call=lambda: crm.standin.update("account", made[0], name="Late")
    )
    names = [r["name"] for r in crm.read("account").records if r["accountid"] == made[0]]
    assert names == ["Company 0", "Late"]


@pytest.mark.parametrize("tracked", [True, False])
def test_a_killed_pass_goes_on_at_its_next_page(reader: Start, tracked: bool) -> None:
    crm = reader()
    crm.standin.tables["account"].tracked = tracked
    made = accounts(crm, 10)
    killed = crm.read("account", stop=2)
    before = len(crm.standin.log)
    rest = crm.read("account", None, json.loads(json.dumps(killed.batches[-1].cursor)))
    assert rest.whole
    assert [len(b.records) for b in rest.batches] == [3, 1]
    assert {r["accountid"] for r in [*killed.records, *rest.records]} == set(made)
    assert len([line for line in crm.standin.log[before:] if "/accounts" in line]) == 2
    # and what changed before it went on is not lost
    crm.standin.update("account", made[0], name="Changed")
    assert "Changed" in {r["name"] for r in crm.read("account", rest.mark).records}


@pytest.mark.parametrize("tracked", [True, False])
def test_a_link_to_a_page_that_expires_makes_the_pass_begin_anew(
    reader: Start, tracked: bool
) -> None:
    crm = reader()
    crm.standin.tables["account"].tracked = tracked
    made = accounts(crm, 7)
    body = b'{"error":{"code":"0x80041129","message":"The paging cookie is malformed."}}'
    crm.standin.fail(r"accounts.*skiptoken", status=400, body=body, skip=1,
                     headers={"Content-Type": "application/json"})  # fmt: skip
    first = crm.read("account")
    assert {r["accountid"] for r in first.records} == set(made)
    again = crm.read("account", first.mark)
    # of two beginnings nobody says what was deleted between them
    assert again.whole == tracked
    assert not crm.read("account", again.mark).whole


def test_columns_added_or_taken_away_make_all_be_read(reader: Start) -> None:
    crm = reader()
    accounts(crm, 4)
    mark = crm.read("account").mark
    crm.standin.tables["account"].columns["new_tier"] = "s"
    for row in crm.standin.rows["account"].values():
        row["new_tier"] = "Gold"
    assert not crm.read("account", mark).whole  # nobody asked for it
    crm.custom = {"account": ["new_tier"]}
    added = crm.read("account", mark)
    assert added.whole
    assert "columns" in added.why
    assert {r["new_tier"] for r in added.records} == {"Gold"}
    del crm.standin.tables["account"].columns["new_tier"]  # renamed, or hidden from this user
    taken = crm.read("account", added.mark)
    assert taken.whole
    assert crm.notes == ["account has no column new_tier, which kadar.toml maps."]
    assert all("new_tier" not in r for r in taken.records)


def test_a_column_of_one_s_own_can_be_its_label(reader: Start) -> None:
    crm = reader()
    crm.standin.tables["account"].columns |= {"new_tier": "c", "new_partnerid": "l"}
    crm.standin.label("account", "new_tier", 1, "Gold", "金")
    partner = crm.standin.insert("account", new_tier=None, new_partnerid=None)
    crm.standin.insert("account", new_tier=1, new_partnerid=("account", partner))
    crm.custom = {"account": [f"new_tier@{NAME}", "_new_partnerid_value", "new_partnerid"]}
    made = crm.read("account").records
    assert {record.get(f"new_tier@{NAME}") for record in made} == {"金", None}
    assert {record["_new_partnerid_value"] for record in made} == {partner, None}
    # a lookup has another name in a record: that is said, not asked for
    assert crm.notes == ["account has no column new_partnerid, which kadar.toml maps."]


def test_dates_are_not_shifted_and_wall_clocks_are_the_company_s(reader: Start) -> None:
    crm = reader()
    columns = crm.standin.tables["account"].columns
    columns |= {"new_day": "d", "new_wall": "w", "new_wallday": "w0", "new_moment": "t"}
    crm.standin.insert(
        "account", new_day="2026-03-01", new_wall="2026-03-01T09:30:00Z",
        new_wallday="2026-03-01T00:00:00Z", new_moment="2026-03-01T09:30:00Z",
    )  # fmt: skip
    crm.custom = {"account": ["new_day", "new_wall", "new_wallday", "new_moment"]}
    (record,) = crm.read("account").records
    assert record["new_day"] == "2026-03-01"
    assert record["new_wall"] == "2026-03-01T09:30:00+08:00"  # half past nine where we are
    assert record["new_wallday"] == "2026-03-01"
    assert record["new_moment"] == "2026-03-01T09:30:00Z"


def test_labels_are_in_the_environment_s_language_whoever_asks(reader: Start) -> None:
    crm = reader()
    crm.standin.label("lead", "leadsourcecode", 3, "Web", "网站")
    crm.standin.label("knowledgearticle", "statuscode", 3, "Published", "已发布")
    crm.standin.insert("lead", leadsourcecode=3)
    assert [r["value"] for r in crm.read("stringmap").records] == ["Web"]
    (lead,) = crm.read("lead").records
    assert lead[f"leadsourcecode@{NAME}"] == "网站"  # the caller's language
    crm.options = ", language = 2052"
    chinese = crm.read("stringmap")
    assert chinese.whole
    assert [r["value"] for r in chinese.records] == ["网站"]


def test_of_the_audit_log_only_changes_of_stages_states_and_owners_are_kept(reader: Start) -> None:
    crm = reader()
    crm.standin.audited = {"opportunity", "account"}
    crm.standin.insert("account", name="Acme")
    deal = crm.standin.insert("opportunity", stepname="1-Qualify", name="Confidential")
    crm.standin.pass_(hours=1)
    crm.standin.update("opportunity", deal, name="Very confidential")
    crm.standin.pass_(hours=1)
    crm.standin.update("opportunity", deal, stepname="2-Develop", estimatedvalue=7.0)
    first = crm.read("audit")
    assert not first.whole  # what the log no longer has, stays known
    assert [r["changes"] for r in first.records] == [
        [{"logicalName": "stepname", "oldValue": None, "newValue": "1-Qualify"}],
        [{"logicalName": "stepname", "oldValue": "1-Qualify", "newValue": "2-Develop"}],
    ]
    assert "onfidential" not in json.dumps(first.records)
    crm.standin.pass_(hours=1)
    crm.standin.update("opportunity", deal, stepname="3-Propose")
    second = crm.read("audit", first.mark)
    assert [c["newValue"] for r in second.records for c in r["changes"]] == [
        "2-Develop", "3-Propose",
    ]  # fmt: skip


def test_a_table_that_is_not_installed_or_not_allowed_says_so(reader: Start) -> None:
    crm = reader()
    del crm.standin.tables["msfp_surveyresponse"]
    with pytest.raises(Unreadable, match="not installed"):
        crm.read("msfp_surveyresponse")
    crm.standin.forbidden.add("audit")
    with pytest.raises(Unreadable) as refused:
        crm.read("audit")
    assert "prvReadaudit" in refused.value.why.format(**refused.value.details)


def test_the_names_of_sets_come_from_the_metadata(reader: Start) -> None:
    crm = reader()
    crm.standin.tables["opportunity"].entity_set = "opportunityset_of_contoso"
    deal = crm.standin.insert("opportunity", guid("deal"))
    assert [r["opportunityid"] for r in crm.read("opportunity").records] == [deal]
