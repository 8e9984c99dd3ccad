"""A small company in the stand-in: one of everything the mapping makes something of."""

from __future__ import annotations

from typing import Any

from tests.vendors.zoho.standin import ZohoStandin
from tests.vendors.zoho.state import State, to

SITI, WEI, OLD = "5725767000000001001", "5725767000000001002", "5725767000000001003"
AGENT, TEMP = "9001", "9002"  # Desk's own ids: Siti's, and one who is no user of the CRM
_BY_AGENT = {"name": "Siti", "id": AGENT, "type": "Agent"}
_BY_CONTACT = {"name": "Alex", "id": "1", "type": "Contact"}


def full(standin: ZohoStandin | None = None) -> ZohoStandin:
    """Return a stand-in with the company in it; its `names` say which ids things have."""
    made = standin or ZohoStandin()
    names = made.names
    _settings(made.state)
    _customers(made.state, names)
    _deals(made.state, names)
    _work(made.state, names)
    _desk(made, names)
    return made


def _settings(state: State) -> None:
    state.users = [
        {"id": SITI, "zuid": "81", "full_name": "Siti Aminah", "email": "siti@zylker.test",
         "status": "active", "role": {"name": "CEO", "id": "1"}},
        {"id": WEI, "zuid": "82", "full_name": "Tan Wei", "email": "wei@zylker.test",
         "status": "active", "role": {"name": "Sales", "id": "2"},
         "Reporting_To": {"name": "Siti Aminah", "id": SITI}},
        {"id": OLD, "zuid": "83", "full_name": "Left Long Ago", "email": "old@zylker.test",
         "status": "disabled", "role": {"name": "Sales", "id": "2"}},
    ]  # fmt: skip
    state.currencies = [
        currency("MYR", "1.000000000", base=True),
        currency("USD", "0.250000000"),
        currency("SGD", "0.320000000"),
    ]


def currency(code: str, rate: str, base: bool = False) -> dict[str, Any]:
    """Return a currency, worth `rate` of it a unit of the home currency."""
    return {
        "id": f"57257670000000{sum(map(ord, code))}", "iso_code": code, "exchange_rate": rate,
        "is_base": base, "is_active": True, "prefix_symbol": True, "symbol": code, "name": code,
        "created_time": "2024-01-01T00:00:00+08:00", "modified_time": "2026-08-01T09:00:00+08:00",
        "exchange_rate_updated_time": "2026-08-01T09:00:00+08:00",
    }  # fmt: skip


def _customers(state: State, names: dict[str, str]) -> None:
    old = "2026-07-01T10:00:00+08:00"
    names["acme"] = state.put(
        "Accounts", old, Account_Name="Acme, “Sdn Bhd”", Account_Type="Customer",
        Industry="Retail", Billing_Country="Malaysia", Billing_State="Selangor",
        Owner=to(SITI),
    )  # fmt: skip
    names["beta"] = state.put("Accounts", old, Account_Name="测试有限公司", Owner=to(WEI))
    names["gone"] = state.put("Accounts", old, Account_Name="Gone\nSoon")
    names["alex"] = state.put(
        "Contacts", old, First_Name="Alex", Last_Name="Lim", Full_Name="Alex Lim",
        Email="alex@acme.test", Phone="+60 3-1234", Email_Opt_Out=True, Lead_Source="Web",
        Account_Name=to(names["acme"]), Owner=to(SITI),
    )  # fmt: skip
    names["bala"] = state.put(  # buys for himself
        "Contacts",
        old,
        First_Name="Bala",
        Last_Name="K",
        Email="bala@home.test",
        Mobile="+60 12-999",
        Lead_Source="Referral",
        Mailing_Country="Singapore",
    )
    names["campaign"] = state.put(
        "Campaigns", old, Campaign_Name="Raya", Type="Webinar", Status="Active",
        Start_Date="2026-03-01", End_Date="2026-03-31", Actual_Cost=1500.25, Currency="MYR",
    )  # fmt: skip
    names["free"] = state.put("Campaigns", old, Campaign_Name="Free", Type="Email", Actual_Cost=0)


def _deals(state: State, names: dict[str, str]) -> None:
    names["won"] = state.put(
        "Deals", "2026-02-01T09:00:00+08:00", Deal_Name="Big", Stage="Qualification",
        Pipeline="Sales", Type="New Business", Amount=1200.55, Currency="USD",
        Closing_Date="2026-03-15", Account_Name=to(names["acme"]),
        Contact_Name=to(names["alex"]), Campaign_Source=to(names["campaign"]),
        Lead_Source="Web", Owner=to(WEI), Product_Line="Gold",
    )  # fmt: skip
    state.edit("Deals", names["won"], "2026-02-10T09:30:00+08:00", Stage="Proposal")
    state.edit("Deals", names["won"], "2026-03-10T23:30:00+08:00", Stage="Closed Won")
    names["lost"] = state.put(
        "Deals", "2026-04-01T09:00:00+08:00", Deal_Name="Small", Stage="Qualification",
        Pipeline="Sales", Amount=100, Currency="MYR", Closing_Date="2026-05-01",
        Contact_Name=to(names["bala"]), Type="Existing Business",
    )  # fmt: skip
    state.edit(
        "Deals", names["lost"], "2026-04-20T08:00:00+08:00", Stage="Closed Lost",
        Reason_For_Loss__s="Price",
    )  # fmt: skip
    names["imported"] = state.put(
        "Deals", "2026-06-01T09:00:00+08:00", Deal_Name="From the old CRM", Stage="Closed Won",
        Pipeline="Sales", Amount=55, Currency="MYR", Closing_Date="2024-11-30",
        Account_Name=to(names["beta"]),
    )  # fmt: skip
    names["open"] = state.put(
        "Deals", "2026-06-02T09:00:00+08:00", Deal_Name="Open", Stage="Proposal",
        Pipeline="Sales", Amount=None, Closing_Date="2027-01-31", Account_Name=to(names["beta"]),
    )  # fmt: skip
    names["lead"] = state.put(
        "Leads", "2026-06-03T09:00:00+08:00", Last_Name="Chong", Lead_Source="Trade Show",
        Lead_Status="Contacted", Country="Malaysia", Owner=to(WEI), Converted__s=False,
    )  # fmt: skip
    names["junk"] = state.put(
        "Leads", "2026-06-04T09:00:00+08:00", Last_Name="Spam", Lead_Status="Junk Lead",
        Converted__s=False,
    )  # fmt: skip
    names["turned"] = state.put(
        "Leads", "2026-01-04T09:00:00+08:00", Last_Name="Alex", Lead_Source="Partner",
        Lead_Status="Qualified", Converted__s=True,
        Converted_Date_Time="2026-02-01T09:00:00+08:00",
        Converted_Account=to(names["acme"]), Converted_Contact=to(names["alex"]),
        Converted_Deal=to(names["won"]),
    )  # fmt: skip


def _work(state: State, names: dict[str, str]) -> None:
    at = "2026-07-02T10:00:00+08:00"
    names["call"] = state.put(
        "Calls", at, Subject="Hi", Call_Start_Time="2026-07-01T09:15:00+08:00",
        Call_Type="Outbound", Outgoing_Call_Status="Completed", Who_Id=to(names["alex"]),
        What_Id=to(names["won"]), Owner=to(WEI),
    )  # fmt: skip
    state.put("Calls", at, Call_Start_Time="2026-12-01T09:15:00+08:00", Call_Type="Outbound",
              Outgoing_Call_Status="Scheduled")  # fmt: skip
    names["missed"] = state.put(
        "Calls", at, Call_Start_Time="2026-07-01T10:15:00+08:00", Call_Type="Missed",
        What_Id=to(names["lead"]),
    )  # fmt: skip
    names["event"] = state.put(
        "Events", at, Event_Title="Lunch", Start_DateTime="2026-07-01T12:00:00+08:00",
        End_DateTime="2026-07-01T13:00:00+08:00", Who_Id=to(names["bala"]), Owner=to(SITI),
    )  # fmt: skip
    names["task"] = state.put(
        "Tasks", at, Subject="Send", Status="Completed",
        Closed_Time="2026-07-02T08:00:00+08:00", What_Id=to(names["beta"]),
    )  # fmt: skip
    state.put("Tasks", at, Subject="Later", Status="Not Started")
    names["order"] = state.put(
        "Sales_Orders", at, Status="Approved", Grand_Total=1060.6, Tax=60.6, Currency="MYR",
        Account_Name=to(names["acme"]), Deal_Name=to(names["won"]),
        Ordered_Items=[
            {"id": "31", "Product_Name": {"name": "Chair", "id": "1"}, "Quantity": 2,
             "Total": 700, "Total_After_Discount": 600, "Net_Total": 636, "Discount": 100},
            {"id": "32", "Product_Name": {"name": "Desk", "id": "2"}, "Quantity": 1,
             "Total": 400, "Total_After_Discount": None, "Net_Total": 424.6},
        ],
    )  # fmt: skip
    names["void"] = state.put(
        "Sales_Orders", at, Status="Cancelled", Grand_Total=9, Tax=0, Currency="MYR",
        Ordered_Items=[{"id": "33", "Product_Name": None, "Quantity": 1, "Total": 9}],
    )  # fmt: skip
    names["invoice"] = state.put(
        "Invoices", at, Status="Created", Invoice_Date="2026-07-05", Grand_Total=1060.6, Tax=60.6,
        Currency="MYR", Contact_Name=to(names["bala"]),
        Invoiced_Items=[{"id": "41", "Product_Name": {"name": "Chair", "id": "1"},
                         "Quantity": 1, "Total": 1000, "Total_After_Discount": 1000}],
    )  # fmt: skip
    names["case"] = state.put(
        "Cases", at, Subject="Broken", Status="New", Priority="High", Case_Origin="Phone",
        Type="Problem", Related_To=to(names["alex"]), Owner=to(SITI),
    )  # fmt: skip
    names["solved"] = state.put(
        "Cases", at, Subject="Mended", Status="Closed", Account_Name=to(names["beta"]),
    )  # fmt: skip


def _desk(made: ZohoStandin, names: dict[str, str]) -> None:
    desk = made.desk
    desk.agents = [
        {"id": AGENT, "zuid": "81", "name": "Siti", "emailId": "siti@zylker.test",
         "status": "ACTIVE"},
        {"id": TEMP, "zuid": "99", "name": "Temp", "emailId": "temp@zylker.test",
         "status": "DISABLED"},
    ]  # fmt: skip
    at = "2026-07-10T01:00:00+00:00"
    names["desk_acme"] = desk.put(
        "accounts", at, accountName="Acme", industry="Retail", country="Malaysia",
        zohoCRMAccount={"id": names["acme"]},
    )  # fmt: skip
    names["desk_only"] = desk.put("accounts", at, accountName="Walk-in", zohoCRMAccount=None)
    names["desk_alex"] = desk.put(
        "contacts", at, accountId=names["desk_acme"], firstName="Alex", lastName="Lim",
        email="alex@acme.test", phone=None,
        zohoCRMContact={"id": names["alex"], "type": "contacts"},
    )  # fmt: skip
    names["desk_zoe"] = desk.put(
        "contacts", at, accountId=None, firstName="Zoe", lastName=None, email="zoe@x.test",
        phone="1", zohoCRMContact=None,
    )  # fmt: skip
    names["ticket"] = desk.put(
        "tickets", at, ticketNumber="101", subject="It broke", status="Done", statusType="Closed",
        priority="High", channel="Email", category="Defect", contactId=names["desk_alex"],
        accountId=names["desk_acme"], assigneeId=AGENT, closedTime="2026-07-12T04:00:00.000Z",
        departmentId="1",
    )  # fmt: skip
    key = names["ticket"]
    desk.happen(key, at, "TicketCreated", _BY_CONTACT, Status="Open",
                Case_Owner={"name": "Temp", "id": TEMP, "type": "Agent"})  # fmt: skip
    desk.happen(key, "2026-07-10T01:00:05+00:00", "ThreadAdded",
                {"name": "Rule", "id": "7", "type": "NotificationRule"})  # fmt: skip
    desk.happen(key, "2026-07-10T01:30:00+00:00", "ThreadAdded", _BY_AGENT)
    desk.happen(key, "2026-07-10T01:40:00+00:00", "ThreadAdded", _BY_CONTACT)
    desk.happen(key, "2026-07-10T02:00:00+00:00", "TicketUpdated", _BY_AGENT,
                Case_Owner=({"id": TEMP}, {"id": AGENT}), Status=("Open", "Waiting"))  # fmt: skip
    desk.happen(key, "2026-07-11T02:00:00+00:00", "TicketUpdated", _BY_CONTACT,
                Status=("Waiting", "Open"))  # fmt: skip
    desk.happen(key, "2026-07-11T03:00:00+00:00", "TicketUpdated", _BY_AGENT,
                Status=("Open", "Done"))  # fmt: skip
    desk.happen(key, "2026-07-11T05:00:00+00:00", "TicketUpdated", _BY_CONTACT,
                Status=("Done", "Open"))  # fmt: skip
    desk.happen(key, "2026-07-12T04:00:00+00:00", "TicketUpdated", _BY_AGENT,
                Status=("Open", "Done"))  # fmt: skip
    desk.events[key][2]["eventTime"] = 1783647000000  # 2026-07-10T01:30:00Z, as older events are
    names["waiting"] = desk.put(
        "tickets", at, ticketNumber="102", subject="?", status="Waiting", statusType="On Hold",
        priority=None, channel="Web", category=None, contactId=names["desk_zoe"], accountId=None,
        assigneeId=TEMP, closedTime=None, departmentId="1",
    )  # fmt: skip
    desk.happen(names["waiting"], at, "TicketCreated", _BY_CONTACT, Status="Open")
    desk.ratings = [
        {"id": "r1", "ticketId": key, "contactId": names["desk_alex"], "rating": "GOOD",
         "feedback": "Thanks!", "ratedTime": "2026-07-12T05:00:00.000Z"},
        {"id": "r2", "ticketId": names["waiting"], "contactId": names["desk_zoe"],
         "rating": "BAD", "feedback": None, "ratedTime": "2026-07-13T05:00:00.000Z"},
    ]  # fmt: skip
