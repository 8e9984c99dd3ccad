"""Which system wrote a file, told by its headers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kadar.sources.propose.names import key


@dataclass(frozen=True)
class Shape:
    """An export of a vendor: headers it always has, and headers of which it has at least one."""

    vendor: str
    table: str | None  # None: the headers tell the vendor, not the table
    every: frozenset[str]
    some: frozenset[str]
    holds: str | None = None  # what it holds, where the model has no table for it


def _shape(
    vendor: str, table: str | None, every: list[str], some: list[str], holds: str | None = None
) -> Shape:
    keyed = [frozenset(key(h) for h in headers) for headers in (every, some)]
    return Shape(vendor, table, keyed[0], keyed[1], holds)


_DYNAMICS = {
    "Opportunity": "deals",
    "Lead": "leads",
    "Account": "customers",
    "Contact": "contacts",
    "Case": "tickets",
    "Campaign": "campaigns",
    "Order": "orders",
    "Invoice": "orders",
    "User": "people",
    "Activity": "interactions",
    "Phone Call": "interactions",
    "Appointment": "interactions",
    "Task": "interactions",
    "Email": "interactions",
}
_ZOHO = {
    "Deal": "deals",
    "Lead": "leads",
    "Account": "customers",
    "Contact": "contacts",
    "Case": "tickets",
    "Campaign": "campaigns",
    "Sales Order": "orders",
    "Invoice": "orders",
    "Task": "interactions",
    "Event": "interactions",
    "Call": "interactions",
}
_FXIAOKE_TAIL = ["生命状态", "锁定状态", "负责人主属部门", "归属部门"]
_FXIAOKE = [
    ("商机名称", "deals"),
    ("商机2.0名称", "deals"),
    ("联系人姓名", "contacts"),
    ("线索名称", "leads"),
    ("销售线索名称", "leads"),
    ("销售订单编号", "orders"),
    ("工单编号", "tickets"),
    ("客户名称_唯一性ID", None),  # something about a customer: the other headers say what
    ("客户名称", "customers"),
]

SHAPES: tuple[Shape, ...] = (
    _shape("Salesforce", None, ["OpportunityId", "PricebookEntryId"], [], "products of deals"),
    _shape("Salesforce", None, ["StockKeepingUnit", "ProductCode"], [], "products"),
    _shape("Salesforce", None, ["ParentRoleId"], ["ForecastUserId"], "roles of users"),
    _shape("Qualtrics", None, ["mailing_list_id", "contact_lookup_id"], [], "mailing lists"),
    _shape("ServiceNow", None, ["sys_class_path"], ["model_id_value"], "configuration items"),
    _shape("ServiceNow", None, ["include_members", "exclude_manager"], [], "groups of users"),
    _shape("ServiceNow", None, ["backout_plan"], ["change_plan"], "changes"),
    _shape("HubSpot", None, ["stage_id", "pipeline_id"], [], "stages of pipelines"),
    *(_shape("Dynamics 365", t, [f"(Do Not Modify) {e}"], []) for e, t in _DYNAMICS.items()),
    *(_shape("Fxiaoke", t, [h], _FXIAOKE_TAIL) for h, t in _FXIAOKE),
    *(_shape("Zoho CRM", t, ["Record Id", f"{e} Owner.id"], []) for e, t in _ZOHO.items()),
    _shape("Zoho CRM", "deal_stages", ["Record Id", "Moved To", "Duration (Days)"], []),
    _shape("Zoho Analytics", "deals", ["Potential Name"], ["Potential Owner", "LEADID", "Stage"]),
    _shape("Zoho Analytics", "campaigns", ["CAMPAIGNID", "Campaign Name"], ["Budgeted Cost"]),
    _shape("Salesforce", "deals", ["StageName", "CloseDate"], ["Name", "Amount", "AccountId"]),
    _shape("Salesforce", "leads", ["IsConverted"], ["ConvertedAccountId", "LeadSource"]),
    _shape("Salesforce", "tickets", ["CaseNumber", "Status"], ["ClosedDate", "Origin", "IsClosed"]),
    _shape("Salesforce", "interactions", ["WhoId"], ["TaskSubtype", "ActivityDate"]),
    _shape("Salesforce", "campaign_members", ["CampaignId", "HasResponded"], ["LeadId"]),
    _shape("Salesforce", "campaigns", ["BudgetedCost", "NumberSent"], []),
    _shape("Salesforce", "people", ["ProfileId", "Username"], []),
    _shape("Salesforce", "orders", ["OrderNumber", "EffectiveDate"], ["TotalAmount"]),
    _shape("Salesforce", "contacts", ["AccountId", "LastName"], ["MailingCity", "ReportsToId"]),
    _shape("Salesforce", "customers", ["Name", "BillingCountry", "OwnerId"], ["Industry", "Type"]),
    _shape(
        "Salesforce report",
        "deals",
        ["Opportunity Name"],
        ["Opportunity Owner", "Fiscal Period", "Probability (%)", "Stage", "Close Date"],
    ),
    _shape(
        "Salesforce report",
        "deals",
        ["业务机会名称"],
        ["业务机会所有人名称", "业务机会所有人", "阶段", "结束日期"],
    ),
    _shape("Salesforce report", "leads", ["Lead Owner"], ["Lead Status", "Company / Account"]),
    _shape("Salesforce report", "leads", ["潜在客户所有人"], []),
    _shape("Salesforce report", "tickets", ["Case Number"], ["Date/Time Opened", "Case Owner"]),
    _shape("Salesforce report", "tickets", ["个案编号"], ["打开日期/时间", "个案所有人", "状态"]),
    _shape("Salesforce report", "contacts", ["Last Name", "Account Name"], ["Contact Owner"]),
    _shape("Salesforce report", "contacts", ["联系人所有人"], []),
    _shape("Salesforce report", "customers", ["Account Name", "Account Owner"], []),
    _shape("Salesforce report", "customers", ["客户所有人"], ["客户名", "客户名称"]),
    _shape("Salesforce report", "interactions", ["Assigned", "Subject"], ["Company / Account"]),
    _shape("Salesforce report", "interactions", ["已分配", "主题"], ["公司/客户", "日期"]),
    _shape("HubSpot", "deals", ["Record ID", "Deal Name"], []),
    _shape("HubSpot", "tickets", ["Ticket ID", "Ticket name"], []),
    _shape("HubSpot", "tickets", ["Record ID", "Ticket name"], []),
    _shape("HubSpot", "customers", ["Record ID", "Company name"], ["Company Domain Name", "City"]),
    _shape("HubSpot", "customers", ["Record ID", "Company owner"], []),
    _shape("HubSpot", "contacts", ["Record ID", "First Name", "Last Name"], []),
    _shape("HubSpot", "surveys", ["HS Survey Type", "HS Value"], []),
    _shape("Zendesk", "tickets", ["Requester ID", "Submitter ID"], []),
    _shape("Intercom", "tickets", ["Conversation Rating Value", "State"], []),
    _shape("Google Ads", "spend", ["Cost Micros"], []),
    _shape("Google Ads", "spend", ["Cost", "Clicks", "Impr."], []),
    _shape("Meta Ads", "spend", ["Amount spent", "Reporting starts"], []),
)


def recognise(headers: Iterable[str], found: set[str]) -> Shape | None:
    """Return the export these headers are of; `found` are their comparison keys."""
    for shape in SHAPES:
        if shape.every <= found and (not shape.some or shape.some & found):
            return shape
    names = [header.lower() for header in headers]
    if any(name.startswith(("property_", "hs_", "property_hs_")) for name in names):
        return _shape("HubSpot", None, [], [])
    if "sys_id" in names or "sys_created_on" in names:
        return _shape("ServiceNow", None, [], [])
    return None
