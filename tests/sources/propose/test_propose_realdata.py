"""Records that nobody here made: each file maps, or is refused with a reason."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from kadar.model import TABLES
from kadar.project import Company, Project
from kadar.sources.propose import Proposal, propose
from kadar.sources.propose.synonyms import sheets

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent"),
]

MAPPED = {
    "google_ads/account_stats_data": "spend",
    "google_ads/ad_group_stats_data": "spend",
    "google_ads/ad_stats_data": "spend",
    "google_ads/campaign_history_data": "campaigns",
    "google_ads/campaign_stats_data": "spend",
    "google_ads/keyword_stats_data": "spend",
    "google_ads/search_term_keyword_stats_data": "spend",
    "hubspot/company_data": "customers",
    "hubspot/contact_data": "contacts",
    "hubspot/deal_data": "deals",
    "hubspot/deal_stage_data": "deal_stages",
    "hubspot/email_campaign_data": "campaigns",
    "hubspot/engagement_call_data": "interactions",
    "hubspot/engagement_communication_data": "interactions",
    "hubspot/engagement_email_data": "interactions",
    "hubspot/engagement_meeting_data": "interactions",
    "hubspot/engagement_note_data": "interactions",
    "hubspot/engagement_task_data": "interactions",
    "hubspot/owner_data": "people",
    "hubspot/ticket_data": "tickets",
    "hubspot/users_data": "people",
    "intercom/admin_data": "people",
    "intercom/company_history_data": "customers",
    "intercom/contact_history_data": "contacts",
    "intercom/conversation_history_data": "tickets",
    "qualtrics/core_contact": "contacts",
    "qualtrics/directory_contact": "contacts",
    "qualtrics/user": "people",
    "salesforce/sf_account_data": "customers",
    "salesforce/sf_account_history_data": "customers",
    "salesforce/sf_contact_data": "contacts",
    "salesforce/sf_contact_history_data": "contacts",
    "salesforce/sf_event_data": "interactions",
    "salesforce/sf_lead_data": "leads",
    "salesforce/sf_opportunity_data": "deals",
    "salesforce/sf_opportunity_history_data": "deals",
    "salesforce/sf_order_data": "orders",
    "salesforce/sf_task_data": "interactions",
    "salesforce/sf_user_data": "people",
    "servicenow/core_company_data": "customers",
    "servicenow/incident_data": "tickets",
    "servicenow/problem_data": "tickets",
    "servicenow/sys_user_data": "people",
    "servicenow/task_data": "tickets",
    "zendesk/organization_data": "customers",
    "zendesk/ticket_data": "tickets",
    "zendesk/user_data": "people",
}


def proposals(tmp_path: Path, path: Path) -> list[Proposal]:
    inside = shutil.copy(path, tmp_path / path.name)
    return propose(Project(tmp_path, Company(), [], {}), [inside])


def seeds() -> list[str]:
    folder = DATA / "fivetran"
    files = sorted(folder.rglob("*.csv")) if folder.is_dir() else []
    return [path.relative_to(folder).with_suffix("").as_posix() for path in files]


@pytest.mark.parametrize("seed", seeds())
def test_every_fivetran_seed_maps_or_is_refused_with_a_reason(tmp_path: Path, seed: str) -> None:
    found, *_ = proposals(tmp_path, DATA / "fivetran" / f"{seed}.csv")
    if found.source is None:
        assert found.reason
        assert seed not in MAPPED, found.reason
        return
    assert found.source.table == MAPPED.get(seed), found.runners_up
    assert set(found.source.columns) <= set(TABLES[found.source.table].column_names)


def test_no_seed_is_expected_that_is_not_there() -> None:
    assert set(MAPPED) <= set(seeds())


def test_hubspots_deals_ask_for_their_stages(tmp_path: Path) -> None:
    (found,) = proposals(tmp_path, DATA / "fivetran/hubspot/deal_data.csv")
    assert found.vendor == "HubSpot"
    assert found.source is not None
    assert found.source.columns["amount"] == "property_amount"
    assert "outcome" not in found.source.columns
    assert any(question.startswith("outcome:") for question in found.questions)


def test_salesforces_opportunities_know_how_they_ended(tmp_path: Path) -> None:
    (found,) = proposals(tmp_path, DATA / "fivetran/salesforce/sf_opportunity_data.csv")
    assert found.vendor == "Salesforce"
    assert found.source is not None
    assert "is_won" in found.source.columns["outcome"]
    assert "close_date" in found.source.columns["closed_at"]


RAVENSTACK = {
    "ravenstack_accounts": ["customers"],
    "ravenstack_subscriptions": ["subscriptions"],
    "ravenstack_support_tickets": ["tickets", "surveys"],
    "ravenstack_churn_events": [],
}


@pytest.mark.parametrize(("name", "tables"), RAVENSTACK.items())
def test_ravenstack(tmp_path: Path, name: str, tables: list[str]) -> None:
    found = proposals(tmp_path, DATA / "ravenstack" / f"{name}.csv")
    assert [proposal.source.table for proposal in found if proposal.source] == tables
    if not tables:
        assert "started_at" in str(found[0].reason)


def test_ravenstacks_tickets_and_subscriptions(tmp_path: Path) -> None:
    tickets, surveys = proposals(tmp_path, DATA / "ravenstack/ravenstack_support_tickets.csv")
    assert tickets.source is not None
    assert tickets.source.columns["responded_at"] == (
        '= "submitted_at" + "first_response_time_minutes" * interval 1 minute'
    )
    assert surveys.source is not None
    assert surveys.source.columns["score"] == "satisfaction_score"
    (subscriptions,) = proposals(tmp_path, DATA / "ravenstack/ravenstack_subscriptions.csv")
    assert subscriptions.source is not None
    assert subscriptions.source.columns["monthly_amount"] == "mrr_amount"


@pytest.mark.parametrize("name", ["input_01", "input_02"])
def test_sudzilla_asks_ten_questions_of_which_one_is_nps(tmp_path: Path, name: str) -> None:
    (found,) = proposals(tmp_path, DATA / f"prepbench/case_040/{name}.csv")
    assert found.source is not None
    assert found.source.table == "surveys"
    assert found.source.columns["kind"] == "= 'nps'"
    assert found.source.columns["answered_at"] == "Timestamp"
    assert found.source.columns["score"] == "On a scale of 0-10, how would you rate Sudzilla?"
    assert any("opening keynote" in question for question in found.questions)


def test_a_status_log_is_a_log(tmp_path: Path) -> None:
    (found,) = proposals(tmp_path, DATA / "prepbench/case_059/input_02.csv")
    assert found.source is not None
    assert found.source.table == "ticket_events"
    assert found.source.values["event"]["Closed"] == "resolved"


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("bank/bank.csv", "no header"),
        ("cdnow/CDNOW_sample.txt", "headers"),
        ("cdnow/cdnow_customers_summary.csv", "no column"),
        ("nps_garden/nps_first_2000.csv", "answered_at"),  # nobody can say when
        ("prepbench/case_059/input_01.csv", "nearest"),
    ],
)
def test_what_no_table_holds_is_refused(tmp_path: Path, path: str, word: str) -> None:
    (found,) = proposals(tmp_path, DATA / path)
    assert found.source is None
    assert word in str(found.reason)


def test_the_labels_of_a_chinese_crm_are_known() -> None:
    tables = {
        "客户": "customers",
        "线索": "leads",
        "联系人": "contacts",
        "商机": "deals",
        "合同": "orders",
        "回款": "orders",
        "回访": "interactions",
    }
    # what none of the tables keeps
    left_out = {
        "下次联系时间", "备注", "地址", "手机", "电话", "邮箱", "网址", "客户行业", "客户级别",
        "性别", "是否关键决策人", "合同名称", "期数", "回款方式", "客户签约人", "公司签约人",
        "联系人", "合同编号", "客户满意度", "客户反馈", "合同开始时间", "合同结束时间",
    }  # fmt: skip
    with (DATA / "chinese/wukongcrm11_fields.tsv").open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    missing = []
    for row in labels:
        table = tables.get(row["entity"])
        if table is None or row["label_zh"] in left_out:
            continue
        from kadar.sources.propose.names import key

        if key(row["label_zh"]) not in sheets()[table].knows():
            missing.append((row["entity"], row["label_zh"]))
    assert missing == []
