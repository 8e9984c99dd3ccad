"""Fxiaoke's records as rows of the model: expected from what was put into the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.fxiaoke.company import CASE, DAY, Company, china, first, second, third
from tests.vendors.fxiaoke.reading import moment, notes, only, refused, rows, with_lines


@dataclass
class Loaded:
    """The company after one sync, with what was done there before."""

    run: Run
    company: Company
    ended: str  # a lead given up
    ended_at: datetime
    won_at: datetime
    dead: str  # an opportunity that was none
    talks: dict[str, str]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    with Company() as company:
        ended = company.put("LeadsObj", name="无效的", source="other", biz_status="processed")
        company.tick(DAY)
        company.put("LeadsObj", ended, biz_status="closed", close_reason="2")
        ended_at = moment(company.now)
        won, lost = company.deals[:2]
        won_at = moment(company.move(won, "f001", "2"))
        company.tick(DAY)
        company.put("NewOpportunityObj", won, name="改名")  # after it was won
        company.move(lost, "f002", "3", field_why__c="c")
        dead = company.put("NewOpportunityObj", name="无效", sales_status="4", sales_stage="41a5",
                           create_time=china(40), cost_time="86400000")  # fmt: skip
        kinds = {"1": "call", "3": "visit", "4": "email", "5": "chat"}
        talks = {
            company.put("ActiveRecordObj", interactive_types=[kind]): expected
            for kind, expected in kinds.items()
        }
        run = Run(CASE, company, tmp_path_factory.mktemp("loaded") / "project").make()
        run.sync(0)
        yield Loaded(run, company, ended, ended_at, won_at, dead, talks)


def test_leads_customers_and_contacts(loaded: Loaded) -> None:
    run, company = loaded.run, loaded.company
    leads = rows(run, "leads")
    lead = leads[company.leads[0]]
    there = company.records["LeadsObj"][company.leads[0]]
    assert lead["created_at"] == moment(there["create_time"])
    assert lead["converted_at"] == moment(there["transform_time"])
    assert (lead["channel"], lead["country"], lead["status"]) == ("展会", "中国", "已转换")
    assert (lead["owner_id"], lead["campaign_id"]) == ("1001", company.fair)
    assert (lead["customer_id"], lead["disqualified_at"]) == (company.accounts[0], None)
    given_up = leads[loaded.ended]
    assert (given_up["channel"], given_up["converted_at"]) == ("其他", None)
    assert (given_up["disqualified_at"], given_up["disqualified_reason"]) == (
        loaded.ended_at,
        "无需求",
    )
    customers = rows(run, "customers")
    assert [customers[key]["segment"] for key in company.accounts[:2]] == ["重点客户", "普通客户"]
    customer = customers[company.accounts[0]]
    assert (customer["industry"], customer["region"], customer["country"]) == (
        "制造业", "湖北省", "中国",
    )  # fmt: skip
    assert (customer["name"], customer["channel"]) == ("客户0", "官网")
    contact = rows(run, "contacts")[company.contacts[0]]
    assert (contact["customer_id"], contact["phone"]) == (company.accounts[0], "021-5550")


def test_deals(loaded: Loaded) -> None:
    run, company = loaded.run, loaded.company
    won, lost, open_ = company.deals[:3]
    deals = rows(run, "deals")
    assert deals[open_]["outcome"] == "open"
    assert deals[open_]["closed_at"] is None
    assert deals[open_]["amount"] == Decimal("1002.50")
    assert deals[open_]["currency"] == "CNY"
    assert deals[open_]["stage"] == "初步接触"
    assert deals[open_]["channel"] == "展会"  # of its lead
    assert deals[open_]["campaign_id"] == company.fair
    assert deals[open_]["expected_close_at"] == moment(china(60))
    assert (deals[won]["outcome"], deals[won]["closed_at"]) == ("won", loaded.won_at)
    assert (deals[lost]["outcome"], deals[lost]["lost_reason"]) == ("lost", "竞争对手")
    assert (deals[loaded.dead]["outcome"], deals[loaded.dead]["closed_at"]) == (
        "lost",
        moment(china(41)),
    )
    assert deals[loaded.dead]["amount"] is None
    assert not refused(run)


def test_orders_in_force_and_what_was_sent_back(loaded: Loaded) -> None:
    run, company = loaded.run, loaded.company
    orders = rows(run, "orders")
    assert {key: row["revenue"] for key, row in orders.items()} == {
        company.order: Decimal("1200.00"), company.back: Decimal("-200.00"),
    }  # fmt: skip
    assert orders[company.order]["deal_id"] == company.deals[0]
    assert orders[company.order]["ordered_at"] == moment(china(9))
    assert orders[company.back]["ordered_at"] == moment(china(12))
    assert orders[company.back]["currency"] == "CNY"
    line = only(rows(run, "order_lines").values())
    assert (line["order_id"], line["line"]) == (company.order, company.line)
    assert (line["product"], line["category"]) == ("传感器", "硬件")
    assert (line["quantity"], line["revenue"]) == (3.0, Decimal("1200.00"))


def test_talks_and_visits(loaded: Loaded) -> None:
    run, company = loaded.run, loaded.company
    found = rows(run, "interactions")
    assert {key: found[key]["kind"] for key in loaded.talks} == loaded.talks
    talk, visit = found[company.talk], found[company.visit]
    assert (talk["kind"], talk["customer_id"]) == ("meeting", company.accounts[1])  # of its deal
    assert (talk["contact_id"], talk["owner_id"]) == (company.contacts[1], "1001")
    assert (visit["kind"], visit["customer_id"]) == ("visit", company.accounts[2])
    there = company.records["CheckinsObj"][company.visit]
    assert visit["occurred_at"] == moment(there["finish_time"])
    assert len(found) == len(loaded.talks) + 2  # a visit that is only planned is none


def test_campaigns_their_members_and_what_they_cost(loaded: Loaded) -> None:
    run, company = loaded.run, loaded.company
    campaigns = rows(run, "campaigns")
    fair = campaigns[company.fair]
    assert (fair["name"], fair["channel"]) == ("上海展会", "展会")
    assert (fair["started_at"], fair["ended_at"]) == (moment(china(5)), moment(china(7)))
    spend = rows(run, "spend")
    assert {(row["campaign_id"], row["amount"], row["category"], row["spent_at"])
            for row in spend.values()} == {
        (company.fair, Decimal("8800.50"), "events", moment(china(6))),  # its line, not its total
        (company.web, Decimal("500.00"), "other", moment(china(1))),
    }  # fmt: skip
    member = rows(run, "campaign_members")[company.member]
    assert (member["campaign_id"], member["customer_id"]) == (company.fair, company.accounts[3])
    assert member["arm"] == "treated"


def test_people_of_the_address_book(loaded: Loaded) -> None:
    run = loaded.run
    people = rows(run, "people")
    assert {key: (row["name"], row["active"]) for key, row in people.items()} == {
        "1000": ("系统管理员", True), "1001": ("张三", True), "1002": ("李四", False),
    }  # fmt: skip
    seller = people["1001"]
    assert (seller["team"], seller["role"], seller["manager_id"]) == ("华东销售部", "销售", "1000")
    assert "PersonnelObj shows nobody" in notes(run)


def test_days_are_the_days_they_are_in_china(run: Run, company: Company, tmp_path: Path) -> None:
    company.described["NewOpportunityObj"]["close_date"]["time_zone"] = "GMT-3"
    company.put("NewOpportunityObj", company.deals[0], close_date=1_772_334_000_000)
    far = with_lines(run, tmp_path / "far", toml='time_zone = "America/New_York"\ncurrency = "USD"')
    far.sync(0)
    # 2026-03-01 00:00 at GMT-3 is 2026-03-01 in the company's calendar, wherever it is
    deal = rows(far, "deals")[company.deals[0]]
    assert deal["expected_close_at"] == datetime(2026, 3, 1, 5, tzinfo=UTC)
    order = rows(far, "orders")[company.order]
    assert order["ordered_at"] == datetime(2026, 1, 9, 5, tzinfo=UTC)


def test_stages_are_the_moves_that_were_made(run: Run, company: Company) -> None:
    made = {deal: [(company.records["NewOpportunityObj"][deal]["stg_changed_time"], "初步接触")]
            for deal in company.deals}  # fmt: skip
    names = {"77b0": "方案报价", "90c1": "商务谈判", "f001": "赢单", "f002": "输单"}
    run.sync(0)
    for day, stages in enumerate((["77b0", "90c1"], ["90c1", "77b0"], ["f001", "f002"]), 1):
        company.tick(DAY)
        for deal, stage in zip(company.deals, stages, strict=False):
            made[deal].append((company.move(deal, stage), names[stage]))
        company.put("NewOpportunityObj", company.deals[5], amount=f"{day}.00")  # in its stage
        run.sync(day)
    expected = sorted(
        (deal, stage, moment(at), moment(moves[place + 1][0]) if place + 1 < len(moves) else None)
        for deal, moves in made.items()
        for place, (at, stage) in enumerate(moves)
    )
    found = run.tables()["deal_stages"]
    assert sorted((row[0], row[1], row[3], row[4]) for row in found) == expected
    assert {row[1]: row[2] for row in found} == {
        "初步接触": 1, "方案报价": 2, "商务谈判": 3, "赢单": 4, "输单": 5,
    }  # fmt: skip


def test_tickets_and_what_was_said_of_them(run: Run, company: Company) -> None:
    run.sync(0)
    ticket = rows(run, "tickets")[company.ticket]
    assert (ticket["status"], ticket["stage"], ticket["resolved_at"]) == ("open", "未处理", None)
    ends = []
    for day, state in enumerate(("3", "2", "3", "4"), 1):  # resolved, reopened, resolved, closed
        company.tick(DAY)
        company.put("CasesObj", company.ticket, field_state__c=state, field_first__c=china(3))
        ends.append(moment(company.now))
        run.sync(day)
    ticket = rows(run, "tickets")[company.ticket]
    assert (ticket["status"], ticket["stage"], ticket["category"]) == ("resolved", "已关闭", "故障")
    assert (ticket["first_resolved_at"], ticket["resolved_at"]) == (ends[0], ends[2])
    assert (ticket["reopened"], ticket["responded_at"]) == (1, moment(china(3)))
    survey = rows(run, "surveys")[company.answer]
    assert (survey["kind"], survey["score"], survey["comment"]) == ("csat", 4.0, "还行")
    assert (survey["ticket_id"], survey["customer_id"]) == (company.ticket, company.accounts[0])


def test_people_of_both_where_only_some_are_shared(run: Run, company: Company) -> None:
    company.forbidden.clear()
    company.put("PersonnelObj", user_id=["1001"], full_name="张三丰", email="z@a.test",
                main_department=["2001"], leader=["1000"], status="0")  # fmt: skip
    run.sync(0)
    people = rows(run, "people")
    assert {key: row["name"] for key, row in people.items()} == {
        "1000": "系统管理员", "1001": "张三丰", "1002": "李四",
    }  # fmt: skip
    assert people["1001"]["team"] == "华东销售部"
    assert people["1001"]["email"] == "z@a.test"
    assert "PersonnelObj shows nobody" not in notes(run)


def test_own_fields_by_their_name_or_label(run: Run, company: Company, tmp_path: Path) -> None:
    custom = '[sources.custom.deals]\nproduct = "产品线"\nexpected_close_at = "field_due0__c"\n'
    own = with_lines(run, tmp_path / "own", custom)
    own.sync(0)
    deal = rows(own, "deals")[company.deals[0]]
    assert deal["product"] == "标准版"
    assert deal["expected_close_at"] == moment(china(50) + 3_600_000)
    missing = with_lines(run, tmp_path / "missing", '[sources.custom.deals]\nproduct = "没有"\n')
    missing.sync(0)
    assert "NewOpportunityObj has no field 没有" in notes(missing)
    assert rows(missing, "deals")[company.deals[0]]["product"] is None


def test_a_status_nobody_knows_is_refused_until_it_is_told(
    run: Run, company: Company, tmp_path: Path
) -> None:
    company.described["NewOpportunityObj"]["sales_status"]["options"].append(
        {"label": "搁置", "value": "9"}
    )
    company.put("NewOpportunityObj", company.deals[0], sales_status="9")
    run.sync(0)
    assert company.deals[0] not in rows(run, "deals")
    assert ("deals", "outcome") in {(table, column) for table, column, _ in refused(run)}
    told = with_lines(
        run, tmp_path / "told", '[sources.values]\n"deals.outcome" = {"搁置" = "open"}'
    )
    told.sync(0)
    assert rows(told, "deals")[company.deals[0]]["outcome"] == "open"
    assert not refused(told)


def test_opportunities_of_the_first_kind(run: Run, company: Company, tmp_path: Path) -> None:
    old = company.put(
        "OpportunityObj", account_id=company.accounts[0], expected_deal_amount="55.10",
        expected_deal_closed_date=china(70), oppo_stage_id="41a5807a", oppo_stage_name="报价",
        sales_stg_changed_time=china(20) + 5, biz_status="win",
    )  # fmt: skip
    company.active = company.active - {"NewOpportunityObj"} | {"OpportunityObj"}
    run.sync(0)
    deals = rows(run, "deals")
    assert list(deals) == [old]
    assert (deals[old]["amount"], deals[old]["outcome"]) == (Decimal("55.10"), "won")
    assert (deals[old]["stage"], deals[old]["closed_at"]) == ("报价", moment(china(20) + 5))
    (stay,) = run.tables()["deal_stages"]
    assert stay[:2] == (old, "报价")
    # both in use: a company that went over keeps its old ones, which were taken along
    company.active |= {"NewOpportunityObj"}
    both = with_lines(run, tmp_path / "both")
    both.sync(0)
    assert set(rows(both, "deals")) == set(company.deals)
    assert "only 商机2.0" in notes(both)
    first_kind = with_lines(run, tmp_path / "first", deals="old")
    first_kind.sync(0)
    assert list(rows(first_kind, "deals")) == [old]


def test_an_own_object_in_place_of_the_preset_one(
    run: Run, company: Company, tmp_path: Path
) -> None:
    made = company.put("object_svc0__c", field_acct__c=company.accounts[4], field_st__c="b")
    own = with_lines(run, tmp_path / "own")
    file = own.folder / "kadar.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("options = {", 'options = { instead = { CasesObj = "object_svc0__c" },'),
        "utf-8",
    )
    own.sync(0)
    ticket = only(rows(own, "tickets").values())
    assert (ticket["ticket_id"], ticket["customer_id"]) == (made, company.accounts[4])
    assert ticket["status"] == "resolved"


def test_nothing_is_refused_in_all_of_it(run: Run, company: Company) -> None:
    run.sync(0)
    for day, change in enumerate((first, second, third), 1):
        change(company)
        run.sync(day)
    assert not refused(run)
