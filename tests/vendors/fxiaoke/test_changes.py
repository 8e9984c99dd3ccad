"""What changed, what is void, what is deleted: what is asked of Fxiaoke, and what is landed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.fxiaoke.company import DAY, Company, china
from tests.vendors.fxiaoke.reading import asked, landed, moment, notes, rows, with_lines
from tests.vendors.fxiaoke.standin import FxiaokeStandin

DEALS = "NewOpportunityObj"
SECOND = 1 / DAY  # of a run's day


@pytest.fixture(autouse=True)
def _few_objects(company: Company) -> None:
    """The company uses little of Fxiaoke, so that the tests are quick."""
    company.active &= {DEALS, "OpportunityObj", "CasesObj", "SalesOrderObj"}


def filters(standin: FxiaokeStandin, name: str = DEALS) -> list[set[tuple[str, str]]]:
    return [
        {(one["field_name"], one["operator"]) for one in info["filters"]}
        for info in asked(standin, name)
    ]


def test_only_changes_are_asked_for(run: Run, company: Company) -> None:
    run.fetch(0)
    assert filters(company) == [
        {("life_status", "N")},  # what changed last, and how many there are
        set(),
        {("life_status", "N")},
    ]
    company.tick(DAY)
    company.put(DEALS, company.deals[7], amount="7.77")
    run.fetch(SECOND)
    changed, void = ("last_modified_time", "GTE"), ("life_status", "EQ")
    assert filters(company) == [
        {("life_status", "N")},
        {("life_status", "N"), ("create_time", "GT")},  # how many are new
        {changed},
        {changed, void},
    ]
    assert landed(run, DEALS)[company.deals[7]]["amount"] == "7.77"


@pytest.mark.parametrize("hides_void", [False, True])
def test_void_records_go_and_come_back(run: Run, company: Company, hides_void: bool) -> None:
    company.hides_void = hides_void
    run.fetch(0)
    company.tick(DAY)
    company.void(DEALS, company.deals[0])
    run.fetch(SECOND)
    assert company.deals[0] not in landed(run, DEALS)
    company.tick(DAY)
    company.restore(DEALS, company.deals[0])
    run.fetch(2 * SECOND)
    assert company.deals[0] in landed(run, DEALS)


def test_a_deletion_is_found_by_counting(run: Run, company: Company) -> None:
    run.fetch(0)
    company.tick(DAY)
    company.void(DEALS, company.deals[0])
    company.delete(DEALS, company.deals[0])  # between two syncs: no change tells of it
    company.deal(99)
    said = run.fetch(SECOND)
    assert set(landed(run, DEALS)) == set(company.deals[1:])
    assert f"{DEALS} was read whole: records were deleted" in said


def test_a_deletion_that_counting_misses_is_found_a_day_later(run: Run, company: Company) -> None:
    run.fetch(0)
    company.tick(DAY)
    company.void(DEALS, company.deals[0])
    company.delete(DEALS, company.deals[0])
    # as if it had been there before: what is gone and what is new make up for each other
    kept = company.put(DEALS, name="导入", create_time=china(1), sales_status="1")
    run.fetch(SECOND)
    assert company.deals[0] in landed(run, DEALS)
    assert run.fetch(1) is not None
    assert set(landed(run, DEALS)) == {*company.deals[1:], kept}


def test_nothing_new_is_no_new_version(run: Run, company: Company) -> None:
    run.sync(0)
    assert not run.sync(SECOND).published


def test_a_record_changed_while_pages_are_read_is_there_after_the_next(
    run: Run, company: Company, tmp_path: Path
) -> None:
    for number in range(140):
        company.deal(number)
    with_lines(run, tmp_path / "trial").fetch(0)
    names = [body["data"]["dataObjectApiName"] for body in company.bodies]
    company.fail(
        "/cgi/crm/v2/data/query",
        skip=names.index(DEALS) + 2,  # before the second page of deals
        call=lambda: company.put(DEALS, company.deals[0], amount="4242.00"),
    )
    run.fetch(0)
    assert landed(run, DEALS)[company.deals[0]]["amount"] == "1000.50"
    run.fetch(SECOND)
    assert landed(run, DEALS)[company.deals[0]]["amount"] == "4242.00"
    assert len(landed(run, DEALS)) == 152


def test_a_new_label_is_a_new_label_everywhere(run: Run, company: Company) -> None:
    run.sync(0)
    stage = company.described[DEALS]["sales_stage"]["options"][0]
    stage["label"] = "首次接触"
    run.sync(SECOND)
    assert {row["stage"] for row in rows(run, "deals").values()} == {"首次接触"}
    assert {row[1] for row in run.tables()["deal_stages"]} == {"首次接触"}
    assert "read whole" not in notes(run)


def test_a_field_of_another_name_is_read_of_every_record(run: Run, company: Company) -> None:
    run.fetch(0)
    fields = company.described["CasesObj"]
    fields["field_kind2__c"] = fields.pop("field_kind__c") | {"label": "问题类型"}
    there = company.records["CasesObj"][company.ticket]
    there["field_kind2__c"] = there.pop("field_kind__c")  # no change of the record
    said = run.fetch(SECOND)
    assert landed(run, "CasesObj")[company.ticket]["category"] == "2"
    assert "CasesObj was read whole: other fields are read than before" in said


def test_a_field_mapped_later_is_read_of_every_record(run: Run, company: Company) -> None:
    run.fetch(0)
    file = run.folder / "kadar.toml"
    text = file.read_text("utf-8")
    file.write_text(text + '[sources.custom.deals]\nproduct = "产品线"\n', "utf-8")
    run.fetch(SECOND)
    assert {record["产品线"] for record in landed(run, DEALS).values()} == {"标准版"}


def test_two_moves_between_two_syncs_are_seen_as_one(run: Run, company: Company) -> None:
    run.sync(0)
    began = company.records[DEALS][company.deals[0]]["stg_changed_time"]
    company.tick(DAY)
    company.move(company.deals[0], "77b0")
    at = company.move(company.deals[0], "90c1")
    run.sync(SECOND)
    stays = [row for row in run.tables()["deal_stages"] if row[0] == company.deals[0]]
    assert [(row[1], row[3], row[4]) for row in stays] == [
        ("初步接触", moment(began), moment(at)),
        ("商务谈判", moment(at), None),
    ]


def test_the_clock_of_either_side_does_not_matter(run: Run, company: Company) -> None:
    company.now += 40 * 365 * DAY * 1000  # theirs is forty years ahead of ours
    company.put(DEALS, company.deals[0], amount="1.00")
    run.fetch(0)
    company.put(DEALS, company.deals[0], amount="2.00")
    run.fetch(SECOND)
    assert landed(run, DEALS)[company.deals[0]]["amount"] == "2.00"


def test_an_object_that_is_not_shared_keeps_its_rows(run: Run, company: Company) -> None:
    run.fetch(0)
    company.forbidden.add("SalesOrderObj")
    company.put(DEALS, company.deals[0], amount="3.00")
    said = run.fetch(SECOND)
    assert company.order in landed(run, "SalesOrderObj")
    assert (
        "SalesOrderObj cannot be read: Fxiaoke refused it: errorCode 320001, 没有SalesOrderObj权限"
        in said
    )
    assert landed(run, DEALS)[company.deals[0]]["amount"] == "3.00"


def test_a_lone_record_may_come_by_itself(run: Run, company: Company, tmp_path: Path) -> None:
    run.fetch(0)
    company.lone_map = True
    lone = with_lines(run, tmp_path / "lone")
    lone.fetch(0)
    assert lone.standing() == run.standing()
