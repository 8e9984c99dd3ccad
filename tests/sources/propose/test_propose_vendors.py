"""Each vendor's export is recognised, named and mapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from kadar.sources.propose import Proposal

Propose = Callable[..., list[Proposal]]


@dataclass(frozen=True)
class Case:
    """Headers as a vendor writes them, one record, and what must come of them."""

    name: str
    vendor: str
    table: str
    cells: dict[str, str]
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()  # columns that must not be mapped


CASES = [
    Case(
        "hubspot deals",
        "HubSpot",
        "deals",
        {
            "Record ID": "38123456789",
            "Deal Name": "Acme",
            "Deal Stage": "Closed won",
            "Amount": "1200",
            "Close Date": "2026-03-04 10:00",
            "Deal owner": "Siti",
            "Pipeline": "Sales",
            "Create Date": "2026-01-02 09:00",
            "Associated Company IDs": "9991774791;9991774792",
            "Associated Contact IDs": "501",
            "Last Activity Date": "2026-02-02 09:00",
        },
        {
            "deal_id": "Record ID",
            "customer_id": """= split_part("Associated Company IDs", ';', 1)""",
            "owner_id": "Deal owner",
            "created_at": "Create Date",
            "closed_at": """= case when "Deal Stage" in ('Closed won') then "Close Date" end""",
            "expected_close_at": (
                """= case when "Deal Stage" in ('Closed won') then null else "Close Date" end"""
            ),
            "outcome": "Deal Stage",
            "stage": "Deal Stage",
        },
        {"outcome": {"Closed won": "won", "*": "open"}},
    ),
    Case(
        "hubspot companies",
        "HubSpot",
        "customers",
        {
            "Record ID": "1",
            "Company name": "Acme",
            "Company Domain Name": "acme.my",
            "Company owner": "Siti",
            "Industry": "RETAIL",
            "Create Date": "2026-01-02 09:00",
        },
        {"customer_id": "Record ID", "name": "Company name", "owner_id": "Company owner"},
    ),
    Case(
        "hubspot contacts",
        "HubSpot",
        "contacts",
        {
            "Record ID": "1",
            "First Name": "Siti",
            "Last Name": "Aminah",
            "Email": "siti@acme.my",
            "Phone Number": "0123456789",
            "Contact owner": "Ali",
            "Lifecycle Stage": "Lead",
            "Country/Region": "Malaysia",
            "Associated Company IDs": "17",
        },
        {
            "contact_id": "Record ID",
            "customer_id": "Associated Company IDs",
            "name": """= nullif(trim(concat_ws(' ', "First Name", "Last Name")), '')""",
            "email": "Email",
        },
    ),
    Case(
        "hubspot tickets",
        "HubSpot",
        "tickets",
        {
            "Ticket ID": "77",
            "Ticket name": "Broken",
            "Ticket status": "Closed",
            "Priority": "High",
            "Create date": "2026-01-02 09:00",
            "Close date": "2026-01-03 09:00",
            "Time to first agent reply (HH:mm:ss)": "01:30:00",
            "Ticket owner": "Siti",
        },
        {
            "ticket_id": "Ticket ID",
            "created_at": "Create date",
            "resolved_at": "Close date",
            "responded_at": (
                """= "Create date" + cast("Time to first agent reply (HH:mm:ss)" as interval)"""
            ),
        },
        {"status": {"Closed": "resolved", "*": "open"}},
    ),
    Case(
        "salesforce data loader",
        "Salesforce",
        "deals",
        {
            "ID": "0065500000AbCdEAAV",
            "ISDELETED": "false",
            "ACCOUNTID": "0015500000Xyy06AAB",
            "NAME": "Acme",
            "STAGENAME": "Closed Lost",
            "AMOUNT": "10.0",
            "CLOSEDATE": "2026-03-04",
            "CREATEDDATE": "2026-01-02T09:00:00.000Z",
            "SYSTEMMODSTAMP": "2026-03-05T09:00:00.000Z",
            "OWNERID": "0055500000AbCdEAAV",
        },
        {"deal_id": "ID", "customer_id": "ACCOUNTID", "owner_id": "OWNERID", "name": "NAME"},
        {"outcome": {"Closed Lost": "lost", "*": "open"}},
    ),
    Case(
        "salesforce api leads",
        "Salesforce",
        "leads",
        {
            "Id": "00Q5500000AbCdEAAV",
            "Company": "Acme",
            "LeadSource": "Web",
            "Status": "Open",
            "IsConverted": "false",
            "ConvertedDate": "",
            "ConvertedAccountId": "",
            "OwnerId": "0055500000AbCdEAAV",
            "CreatedDate": "2026-01-02T09:00:00.000Z",
        },
        {
            "lead_id": "Id",
            "channel": "LeadSource",
            "converted_at": "ConvertedDate",
            "customer_id": "ConvertedAccountId",
            "status": "Status",
        },
    ),
    Case(
        "salesforce api cases",
        "Salesforce",
        "tickets",
        {
            "Id": "5005500000AbCdEAAV",
            "CaseNumber": "00001001",
            "AccountId": "0015500000Xyy06AAB",
            "Status": "Closed",
            "Priority": "High",
            "Origin": "Phone",
            "IsClosed": "true",
            "ClosedDate": "2026-01-03T09:00:00.000Z",
            "CreatedDate": "2026-01-02T09:00:00.000Z",
        },
        {"ticket_id": "Id", "channel": "Origin", "resolved_at": "ClosedDate"},
        {"status": {"Closed": "resolved", "*": "open"}},
    ),
    Case(
        "salesforce api tasks",
        "Salesforce",
        "interactions",
        {
            "Id": "00T5500000AbCdEAAV",
            "WhoId": "0035500000AbCdEAAV",
            "WhatId": "0015500000Xyy06AAB",
            "Subject": "Call",
            "TaskSubtype": "Call",
            "ActivityDate": "2026-01-02",
            "OwnerId": "0055500000AbCdEAAV",
        },
        {
            "interaction_id": "Id",
            "contact_id": """= case when "WhoId" like '003%' then "WhoId" end""",
            "lead_id": """= case when "WhoId" like '00Q%' then "WhoId" end""",
            "customer_id": """= case when "WhatId" like '001%' then "WhatId" end""",
            "kind": "TaskSubtype",
        },
        {"kind": {"Call": "call", "*": "other"}},
    ),
    Case(
        "salesforce report",
        "Salesforce report",
        "deals",
        {
            "Opportunity Name": "Acme",
            "Account Name": "Acme Sdn Bhd",
            "Stage": "Closed Won",
            "Amount Currency": "MYR",
            "Amount": "10",
            "Close Date": "2026-03-04",
            "Probability (%)": "100",
            "Opportunity Owner": "Siti",
            "Lead Source": "Web",
            "Fiscal Period": "Q1-2026",
            "Age": "12",
            "Created Date": "2026-01-02",
        },
        {
            "customer_id": "Account Name",
            "owner_id": "Opportunity Owner",
            "currency": "Amount Currency",
            "channel": "Lead Source",
        },
        absent=("deal_id",),
    ),
    Case(
        "salesforce report in chinese",
        "Salesforce report",
        "deals",
        {
            "业务机会名称": "甲",
            "阶段": "已结束并赢得",
            "金额": "10",
            "结束日期": "2026-03-04",
            "客户名": "甲公司",
            "业务机会所有人名称": "王",
            "创建日期": "2026-01-02",
        },
        {
            "name": "业务机会名称",
            "customer_id": "客户名",
            "owner_id": "业务机会所有人名称",
            "created_at": "创建日期",
            "outcome": "阶段",
        },
        {"outcome": {"已结束并赢得": "won", "*": "open"}},
    ),
    Case(
        "salesforce cases in chinese",
        "Salesforce report",
        "tickets",
        {
            "个案编号": "00001001",
            "主题": "坏了",
            "状态": "已关闭",
            "优先级": "高",
            "打开日期/时间": "2026-01-02 09:00",
            "结束日期/时间": "2026-01-03 09:00",
            "客户名": "甲公司",
            "个案所有人": "王",
        },
        {
            "ticket_id": "个案编号",
            "created_at": "打开日期/时间",
            "resolved_at": "结束日期/时间",
            "owner_id": "个案所有人",
        },
        {"status": {"已关闭": "resolved", "*": "open"}},
    ),
    Case(
        "salesforce activities report",
        "Salesforce report",
        "interactions",
        {
            "Assigned": "Siti",
            "Subject": "Call",
            "Date": "2026-01-02",
            "Company / Account": "Acme",
            "Contact": "Ali",
            "Activity Type": "Call",
        },
        {
            "owner_id": "Assigned",
            "occurred_at": "Date",
            "customer_id": "Company / Account",
            "kind": "Activity Type",
        },
    ),
    Case(
        "zoho backup",
        "Zoho CRM",
        "deals",
        {
            "Record Id": "zcrm_100",
            "Deal Owner.id": "zcrm_7",
            "Deal Owner": "Siti",
            "Amount": "10",
            "Deal Name": "Acme",
            "Closing Date": "2026-03-04",
            "Account Name.id": "zcrm_9",
            "Account Name": "Acme",
            "Stage": "Closed-Lost to Competition",
            "Created Time": "2026-01-02 06:00:00",
            "Modified Time": "2026-01-03 06:00:00",
        },
        {
            "deal_id": "Record Id",
            "owner_id": "Deal Owner.id",
            "customer_id": "Account Name.id",
            "created_at": "Created Time",
        },
        {"outcome": {"Closed-Lost to Competition": "lost", "*": "open"}},
    ),
    Case(
        "zoho leads",
        "Zoho CRM",
        "leads",
        {
            "Record Id": "zcrm_100",
            "Lead Owner.id": "zcrm_7",
            "Lead Owner": "Siti",
            "Is Converted": "false",
            "Company": "Acme",
            "Lead Source": "Web",
            "Lead Status": "Contacted",
            "Created Time": "2026-01-02 06:00:00",
            "Converted Account.id": "",
        },
        {"lead_id": "Record Id", "customer_id": "Converted Account.id", "status": "Lead Status"},
    ),
    Case(
        "zoho analytics",
        "Zoho Analytics",
        "deals",
        {
            "Potential Name": "Acme",
            "Potential Owner": "Siti",
            "Created Time": "15 Apr, 2021 00:02:00",
            "Closing Date": "20 Apr, 2021",
            "Amount": "$22,700.00",
            "Stage": "Closed Won",
            "Probability": "100",
            "ACCOUNTID": "9",
            "LEADID": "3",
            "Campaign Id": "4",
        },
        {
            "name": "Potential Name",
            "lead_id": "LEADID",
            "customer_id": "ACCOUNTID",
            "campaign_id": "Campaign Id",
            "amount": "Amount",
        },
    ),
    Case(
        "dynamics",
        "Dynamics 365",
        "leads",
        {
            "(Do Not Modify) Lead": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "(Do Not Modify) Row Checksum": "x",
            "(Do Not Modify) Modified On": "2026-01-02 09:00",
            "Topic": "Interested",
            "First Name": "Siti",
            "Company Name": "Acme",
            "Status Reason": "New",
            "Lead Source": "Web",
            "Created On": "2026-01-02 09:00",
            "Source Campaign": "Raya",
        },
        {
            "lead_id": "(Do Not Modify) Lead",
            "created_at": "Created On",
            "campaign_id": "Source Campaign",
        },
    ),
    Case(
        "fxiaoke contacts",
        "Fxiaoke",
        "contacts",
        {
            "唯一性ID（必填）": "5f19187f9c0ca3ba4e5f85a4",
            "联系人姓名（必填）": "王",
            "客户名称_唯一性ID": "5f19187f9c0ca3ba4e5f85a5",
            "客户名称": "甲公司",
            "手机": "13800000000",
            "邮件": "wang@jia.cn",
            "生命状态": "正常",
            "锁定状态": "未锁定",
            "负责人（必填）": "李",
            "创建时间": "2026-01-02 09:00",
        },
        {
            "contact_id": "唯一性ID（必填）",
            "customer_id": "客户名称_唯一性ID",
            "name": "联系人姓名（必填）",
            "email": "邮件",
            "phone": "手机",
        },
    ),
    Case(
        "google ads",
        "Google Ads",
        "spend",
        {
            "_fivetran_id": "a",
            "date": "2026-01-02",
            "cost_micros": "36150000",
            "clicks": "49",
            "impressions": "166",
            "campaign_id": "99",
        },
        {
            "amount": """= "cost_micros" / 1000000""",
            "channel": "= 'Google Ads'",
            "category": "= 'media'",
            "team": "= 'marketing'",
            "campaign_id": "campaign_id",
        },
    ),
    Case(
        "meta ads",
        "Meta Ads",
        "spend",
        {
            "Campaign name": "Raya",
            "Amount spent (MYR)": "120.50",
            "Impressions": "1000",
            "Reporting starts": "2026-01-01",
            "Reporting ends": "2026-01-31",
        },
        {
            "amount": "Amount spent (MYR)",
            "currency": "= 'MYR'",
            "campaign_id": "Campaign name",
            "spent_at": "Reporting starts",
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_vendors_export(case: Case, proposed: Propose) -> None:
    proposals = proposed(list(case.cells), [list(case.cells.values())])
    proposal = proposals[0]
    assert proposal.source is not None, proposal.reason
    assert proposal.vendor == case.vendor
    assert proposal.source.table == case.table
    assert proposal.confidence >= 0.9
    mapped = proposal.source.columns
    assert {name: mapped.get(name) for name in case.columns} == case.columns
    for column, values in case.values.items():
        assert proposal.source.values[column] == values
    assert not set(case.absent) & set(mapped)
    assert proposal.source.name.startswith(case.vendor.lower().split()[0])
