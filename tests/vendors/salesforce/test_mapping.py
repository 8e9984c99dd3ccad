"""What an organisation's records are in the model: expected values are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.salesforce.company import project, rows
from tests.vendors.salesforce.org import Org
from tests.vendors.salesforce.standin import Salesforce

KL = timedelta(hours=8)


def day(text: str) -> datetime:
    """Return the start of a day in Kuala Lumpur."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - KL


@dataclass
class Acme:
    """An organisation with something of everything; keys of its records and moments by name."""

    org: Org
    keys: dict[str, str]
    at: dict[str, datetime]


def _sales(acme: Acme) -> None:
    org, k, at = acme.org, acme.keys, acme.at
    k["boss"] = org.add("User", Name="Wong", UserType="Standard", IsActive=True, Title="Director")
    k["role"] = org.add("UserRole", Name="Sales, Penang")
    k["rep"] = org.add(
        "User", Name="Siti", Email="siti@acme.example", UserType="Standard", IsActive=False,
        Department="Sales", UserRoleId=k["role"], ManagerId=k["boss"],
    )  # fmt: skip
    k["robot"] = org.add("User", Name="Automated Process", UserType="AutomatedProcess")
    k["fair"] = org.add(
        "Campaign", Name="Fair 2026", Type="Trade Show", StartDate=date(2026, 9, 1),
        EndDate=date(2026, 9, 3), ActualCost=12000.5,
    )  # fmt: skip
    org.add("Campaign", Name="Newsletter", Type="Email", ActualCost=0.0)
    k["acme"] = org.add(
        "Account", Name="Maju Jaya", Type="Customer - Direct", Industry="Retail",
        BillingCountry="Malaysia", BillingState="Pulau Pinang", AccountSource="Web",
        OwnerId=k["rep"],
    )  # fmt: skip
    k["twin"] = org.add("Account", Name="Maju Jaya Sdn Bhd")
    k["tan"] = org.add(
        "Contact", Name="Tan Mei Ling", AccountId=k["acme"], Email="mei@maju.example",
        Phone="+60 4 111", MobilePhone="+60 12 222", HasOptedOutOfEmail=True,
    )  # fmt: skip
    k["raj"] = org.add("Contact", Name="Raj", AccountId=k["twin"], Phone="+60 4 333")
    k["lead"] = org.add(
        "Lead", Name="Tan", Status="New", LeadSource="Web", Country="Malaysia", OwnerId=k["rep"]
    )
    k["member"] = org.add("CampaignMember", CampaignId=k["fair"], LeadId=k["lead"], Status="Sent")
    k["spared"] = org.add(
        "CampaignMember", CampaignId=k["fair"], ContactId=k["tan"], Status="Control group"
    )
    k["queued"] = org.add("Lead", Name="Lee", Status="New", OwnerId="00GWt0000000001AAA")
    at["lead"] = org.now
    org.advance(hours=30)
    k["deal"] = org.add(
        "Opportunity", Name="Tills", AccountId=k["acme"], StageName="Prospecting", Amount=50000.25,
        CloseDate=date(2026, 12, 31), Type="New Customer", LeadSource="Web", CampaignId=k["fair"],
        OwnerId=k["rep"], CurrencyIsoCode="USD",
    )  # fmt: skip
    at["deal"] = org.now
    org.change(
        "Lead", k["lead"], IsConverted=True, Status="Closed - Converted",
        ConvertedDate=(org.now + KL).date(), ConvertedOpportunityId=k["deal"],
        ConvertedAccountId=k["acme"], ConvertedContactId=k["tan"],
    )  # fmt: skip
    org.advance(days=2)
    org.change("Lead", k["queued"], Status="Closed - Not Converted")
    at["given up"] = org.now
    org.change("Opportunity", k["deal"], StageName="Qualification")
    at["qualified"] = org.now
    org.advance(days=3)
    org.change("Opportunity", k["deal"], Amount=60000.0)  # a new history row, the same stage
    org.advance(days=1)
    org.change("Opportunity", k["deal"], StageName="Closed Won", CloseDate=date(2026, 10, 6))
    at["won"] = org.now
    k["lost"] = org.add(
        "Opportunity", Name="Renewal", AccountId=k["twin"], StageName="Proposal/Price Quote",
        Amount=900.0, CloseDate=date(2026, 12, 1), Type="Existing Customer - Renewal",
    )  # fmt: skip
    org.advance(days=1)
    org.change("Opportunity", k["lost"], StageName="Closed Lost")  # long before its close date
    at["lost"] = org.now
    k["open"] = org.add(
        "Opportunity", Name="More tills", AccountId=k["acme"], StageName="Prospecting",
        Amount=None, CloseDate=date(2027, 1, 15), Type="Existing Customer - Upgrade",
    )  # fmt: skip
    org.merge("Account", k["acme"], k["twin"])
    k["tills"] = org.add("Product2", Name="Till", Family="Hardware")
    k["rolls"] = org.add("Product2", Name="Paper", Family="Supplies")
    for product, price in ((k["tills"], 59000.0), (k["rolls"], 1000.0)):
        org.add(
            "OpportunityLineItem", OpportunityId=k["deal"], Product2Id=product, TotalPrice=price
        )
    k["order"] = org.add(
        "Order", AccountId=k["acme"], OpportunityId=k["deal"], EffectiveDate=date(2026, 10, 7),
        StatusCode="Activated", TotalAmount=60000.0, CurrencyIsoCode="USD",
    )  # fmt: skip
    k["line"] = org.add(
        "OrderItem", OrderId=k["order"], OrderItemNumber="00000001", Product2Id=k["tills"],
        Quantity=20.0, UnitPrice=2950.0, TotalPrice=59000.0,
    )  # fmt: skip
    org.add("Order", AccountId=k["acme"], EffectiveDate=date(2026, 10, 7), StatusCode="Draft")
    k["contract"] = org.add(
        "Contract", AccountId=k["acme"], StartDate=date(2026, 10, 1), EndDate=date(2027, 9, 30),
        StatusCode="Activated", ActivatedDate=org.now, Monthly_Fee__c=99.9,
    )  # fmt: skip


def _service(acme: Acme) -> None:
    org, k, at = acme.org, acme.keys, acme.at
    k["case"] = org.add(
        "Case", AccountId=k["acme"], ContactId=k["tan"], Status="New", Priority="High",
        Origin="Email", Type="Problem", OwnerId="00GWt0000000001AAA",
    )  # fmt: skip
    at["case"] = org.now
    org.advance(minutes=1)
    org.add("EmailMessage", ParentId=k["case"], Incoming=False, Status="3", CreatedById=k["robot"])
    at["automatic"] = org.now
    org.advance(minutes=20)
    org.change("Case", k["case"], OwnerId=k["rep"])
    at["assigned"] = org.now
    org.advance(minutes=10)
    k["reply"] = org.add(
        "EmailMessage", ParentId=k["case"], Incoming=False, Status="3", CreatedById=k["rep"]
    )
    at["reply"] = org.now
    org.advance(minutes=10)
    org.change("Case", k["case"], Status="On Hold")
    at["paused"] = org.now
    org.advance(hours=5)
    org.change("Case", k["case"], Status="Working")
    at["resumed"] = org.now
    for status, moment in (("Closed", "first"), ("Working", "again"), ("Closed", "resolved")):
        org.advance(hours=3)
        org.change("Case", k["case"], Status=status)
        at[moment] = org.now
    k["asked"] = org.add("Case", AccountId=k["acme"], Status="New", Origin="Web", Reason="Billing")
    at["asked"] = org.now
    org.add("CaseComment", ParentId=k["asked"], IsPublished=False, CreatedById=k["rep"])  # a note


def _activities(acme: Acme) -> None:
    org, k, at = acme.org, acme.keys, acme.at
    done = {"IsClosed": True, "OwnerId": k["rep"]}
    k["call"] = org.add(
        "Task", TaskSubtype="Call", CallType="Outbound", WhoId=k["tan"], AccountId=k["acme"],
        CompletedDateTime=org.now, Subject="Call", **done,
    )  # fmt: skip
    at["call"] = org.now
    org.add("Task", Subject="To do", WhoId=k["tan"], ActivityDate=date(2026, 11, 1))  # not done
    k["mail"] = org.add(
        "Task", TaskSubtype="Email", WhoId=k["queued"], WhatId=k["fair"],
        CompletedDateTime=org.now, Subject="Email: hello", IsArchived=True, **done,
    )  # fmt: skip
    org.add("EmailMessage", ActivityId=k["mail"], Incoming=True, Status="3")
    k["meeting"] = org.add(
        "Event", StartDateTime=datetime(2026, 9, 2, 1, tzinfo=UTC), WhatId=k["deal"],
        WhoId=k["tan"], OwnerId=k["rep"],
    )  # fmt: skip
    org.add("Event", StartDateTime=datetime(2026, 9, 2, 1, tzinfo=UTC), IsChild=True)
    nps = org.add("SurveyQuestion", Name="Would you recommend us?", QuestionType="NPS")
    easy = org.add("SurveyQuestion", Name="How easy was it?", QuestionType="Rating")
    text = org.add("SurveyQuestion", Name="Why?", QuestionType="FreeText")
    org.advance(hours=1)
    at["sent"] = org.now
    invited = org.add(
        "SurveyInvitation",
        SurveyId="0KdWt0000000001AAA",
        ContactId=k["tan"],
        ParticipantId=k["tan"],
    )
    k["silent"] = org.add("SurveyInvitation", SurveyId="0KdWt0000000001AAA", ContactId=k["raj"])
    org.add("SurveySubject", ParentId=invited, SubjectId=k["case"])
    org.advance(hours=1)
    at["answered"] = org.now
    response = org.add(
        "SurveyResponse", InvitationId=invited, SurveyId="0KdWt0000000001AAA",
        Status="Completed", CompletionDateTime=org.now,
    )  # fmt: skip
    for name, question, said in (
        ("nps", nps, {"NumberValue": 9, "ResponseValue": "9"}),
        ("ces", easy, {"NumberValue": 4, "ResponseValue": "4"}),
        ("why", text, {"ResponseValue": "Cepat, 很快"}),
    ):
        k[name] = org.add(
            "SurveyQuestionResponse", ResponseId=response, InvitationId=invited,
            QuestionId=question, **said,
        )  # fmt: skip


@pytest.fixture(scope="module")
def acme() -> Acme:
    org = Org(multi_currency=True)
    made = Acme(org, {}, {})
    for rate, code in ((1.0, "USD"), (4.0, "MYR"), (1.25, "SGD")):
        org.add("CurrencyType", IsoCode=code, ConversionRate=rate, IsCorporate=code == "USD")
    for code, start, rate in (
        ("USD", date(2026, 1, 1), 1.0),
        ("MYR", date(2026, 1, 1), 4.5),
        ("MYR", date(2026, 7, 1), 4.2),
        ("SGD", date(2026, 4, 1), 1.3),
    ):
        org.add("DatedConversionRate", IsoCode=code, StartDate=start, ConversionRate=rate)
    _sales(made)
    _service(made)
    _activities(made)
    return made


@pytest.fixture(scope="module")
def run(acme: Acme, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    custom = (
        '[sources.custom.deals]\nlost_reason = "Loss_Reason__c"\n'
        '[sources.custom.subscriptions]\nmonthly_amount = "Monthly_Fee__c"\n'
    )
    acme.org.change("Opportunity", acme.keys["lost"], Loss_Reason__c="Price")
    with Salesforce(acme.org) as standin:
        made = project(standin, tmp_path_factory.mktemp("acme"), custom=custom)
        made.sync(0)
        yield made


def test_nothing_is_refused(run: Run) -> None:
    assert {s.table: s.counts.quarantined for s in run.reports[0].sources if s.counts} == {
        s.table: 0 for s in run.reports[0].sources if s.counts
    }


def test_people(acme: Acme, run: Run) -> None:
    k = acme.keys
    found = rows(run, "people", "person_id", "name", "team", "role", "manager_id", "active")
    assert found == sorted([
        (acme.org.user, "Aminah binti Ali", None, None, None, True),
        (k["boss"], "Wong", None, "Director", None, True),
        (k["rep"], "Siti", "Sales", "Sales, Penang", k["boss"], False),
    ])  # fmt: skip


def test_customers_and_whom_they_were_merged_into(acme: Acme, run: Run) -> None:
    k = acme.keys
    found = rows(
        run, "customers", "customer_id", "name", "segment", "industry", "country", "region",
        "channel", "owner_id", "created_at", "merged_into",
    )  # fmt: skip
    assert found == [
        (
            k["acme"], "Maju Jaya", "Customer - Direct", "Retail", "Malaysia", "Pulau Pinang",
            "Web", k["rep"], acme.at["lead"], None,
        ),
        (
            k["twin"], "Maju Jaya Sdn Bhd", None, None, None, None, None, acme.org.user,
            acme.at["lead"], k["acme"],
        ),
    ]  # fmt: skip


def test_contacts_follow_the_merge(acme: Acme, run: Run) -> None:
    k = acme.keys
    assert rows(run, "contacts", "contact_id", "customer_id", "phone", "consented") == [
        (k["tan"], k["acme"], "+60 12 222", False),
        (k["raj"], k["acme"], "+60 4 333", None),
    ]


def test_leads(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    found = rows(
        run, "leads", "lead_id", "created_at", "channel", "campaign_id", "owner_id", "status",
        "converted_at", "customer_id", "deal_id", "disqualified_at",
    )  # fmt: skip
    assert found == [
        (
            k["lead"], at["lead"], "Web", k["fair"], k["rep"], "Closed - Converted", at["deal"],
            k["acme"], k["deal"], None,
        ),
        (
            k["queued"], at["lead"], None, None, None, "Closed - Not Converted", None, None, None,
            at["given up"],
        ),
    ]  # fmt: skip


def test_deals(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    found = rows(
        run, "deals", "deal_id", "customer_id", "lead_id", "kind", "channel", "campaign_id",
        "owner_id", "created_at", "closed_at", "expected_close_at", "stage", "outcome",
        "lost_reason", "amount", "currency", "product",
    )  # fmt: skip
    me = acme.org.user
    lost_on = day((at["lost"] + KL).date().isoformat())
    assert found == [
        (
            k["deal"], k["acme"], k["lead"], "new", "Web", k["fair"], k["rep"], at["deal"],
            day("2026-10-06"), None, "Closed Won", "won", None, Decimal("60000"), "USD", "Till",
        ),
        (
            k["lost"], k["acme"], None, "renewal", None, None, me, at["won"], lost_on, None,
            "Closed Lost", "lost", "Price", Decimal("900"), "MYR", None,
        ),
        (
            k["open"], k["acme"], None, "expansion", None, None, me, at["lost"], None,
            day("2027-01-15"), "Prospecting", "open", None, None, "MYR", None,
        ),
    ]  # fmt: skip


def test_stages_are_stays_from_the_history(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    found = rows(run, "deal_stages", "deal_id", "entered_at", "stage", "position", "left_at")
    assert found == [
        (k["deal"], at["deal"], "Prospecting", 1, at["qualified"]),
        (k["deal"], at["qualified"], "Qualification", 2, at["won"]),
        (k["deal"], at["won"], "Closed Won", 4, None),
        (k["lost"], at["won"], "Proposal/Price Quote", 3, at["lost"]),
        (k["lost"], at["lost"], "Closed Lost", 5, None),
        (k["open"], at["lost"], "Prospecting", 1, None),
    ]


def test_campaigns_members_and_spend(acme: Acme, run: Run) -> None:
    k = acme.keys
    assert rows(run, "campaigns", "name", "channel", "started_at", "ended_at") == [
        ("Fair 2026", "Trade Show", day("2026-09-01"), day("2026-09-04")),
        ("Newsletter", "Email", None, None),
    ]
    members = rows(run, "campaign_members", "campaign_member_id", "customer_id", "lead_id", "arm")
    assert members == [
        (k["member"], None, k["lead"], "treated"),
        (k["spared"], k["acme"], None, "control"),
    ]
    assert rows(run, "spend", "spend_id", "spent_at", "category", "team", "amount", "currency") == [
        (k["fair"], day("2026-09-01"), "events", "marketing", Decimal("12000.5"), "MYR")
    ]


def test_orders_and_contracts(acme: Acme, run: Run) -> None:
    k = acme.keys
    assert rows(
        run, "orders", "order_id", "customer_id", "deal_id", "ordered_at", "revenue", "currency"
    ) == [(k["order"], k["acme"], k["deal"], day("2026-10-07"), Decimal("60000"), "USD")]
    assert rows(
        run, "order_lines", "order_id", "line", "product", "category", "quantity", "revenue"
    ) == [(k["order"], "00000001", "Till", "Hardware", 20.0, Decimal("59000"))]
    assert rows(
        run, "subscriptions", "subscription_id", "started_at", "ended_at", "monthly_amount"
    ) == [(k["contract"], day("2026-10-01"), day("2027-10-01"), Decimal("99.9"))]


def test_rates_are_of_the_companys_currency(run: Run) -> None:
    found = rows(run, "fx_rates", "currency", "valid_at", "rate")
    expected = [
        ("SGD", day("2026-04-01"), 4.5 / 1.3),
        ("SGD", day("2026-07-01"), 4.2 / 1.3),
        ("USD", day("2026-01-01"), 4.5),
        ("USD", day("2026-07-01"), 4.2),
    ]
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert [row[2] for row in found] == pytest.approx([row[2] for row in expected])


def test_tickets(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    found = rows(
        run, "tickets", "ticket_id", "customer_id", "channel", "category", "priority", "owner_id",
        "created_at", "responded_at", "automated_reply_at", "first_resolved_at", "resolved_at",
        "reopened", "status", "stage",
    )  # fmt: skip
    assert found == [
        (
            k["case"], k["acme"], "Email", "Problem", "High", k["rep"], at["case"], at["reply"],
            at["automatic"], at["first"], at["resolved"], 1, "resolved", "Closed",
        ),
        (
            k["asked"], k["acme"], "Web", "Billing", None, acme.org.user, at["asked"], None, None,
            None, None, 0, "open", "New",
        ),
    ]  # fmt: skip


def test_ticket_events(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    me = acme.org.user
    found = rows(run, "ticket_events", "ticket_id", "occurred_at", "event", "owner_id", "automated")
    assert found == [
        (k["case"], at["case"], "created", None, None),
        (k["case"], at["automatic"], "responded", k["robot"], True),
        (k["case"], at["assigned"], "assigned", k["rep"], None),
        (k["case"], at["reply"], "responded", k["rep"], False),
        (k["case"], at["paused"], "paused", me, None),
        (k["case"], at["resumed"], "resumed", me, None),
        (k["case"], at["first"], "resolved", me, None),
        (k["case"], at["again"], "reopened", me, None),
        (k["case"], at["resolved"], "resolved", me, None),
        (k["asked"], at["asked"], "created", None, None),
    ]


def test_interactions(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    found = rows(
        run, "interactions", "interaction_id", "customer_id", "contact_id", "lead_id",
        "occurred_at", "kind", "direction", "automated", "owner_id", "campaign_id",
    )  # fmt: skip
    robot_mail, reply = [r for r in found if r[0].startswith("02s")]
    assert robot_mail[1:] == (
        k["acme"], None, None, at["automatic"], "email", "outbound", True, k["robot"], None,
    )  # fmt: skip
    assert reply == (
        k["reply"], k["acme"], None, None, at["reply"], "email", "outbound", False, k["rep"], None,
    )  # fmt: skip
    others = [row for row in found if not row[0].startswith("02s")]
    meeting = datetime(2026, 9, 2, 1, tzinfo=UTC)
    assert others == [
        (k["call"], k["acme"], k["tan"], None, at["call"], "call", "outbound", None, k["rep"],
         None),
        (k["mail"], None, None, k["queued"], at["call"], "email", "inbound", None, k["rep"],
         k["fair"]),
        (k["meeting"], k["acme"], k["tan"], None, meeting, "meeting", None, None, k["rep"], None),
    ]  # fmt: skip


def test_surveys(acme: Acme, run: Run) -> None:
    k, at = acme.keys, acme.at
    found = rows(
        run, "surveys", "survey_id", "customer_id", "contact_id", "ticket_id", "kind", "sent_at",
        "answered_at", "score", "comment",
    )  # fmt: skip
    answered = (k["acme"], k["tan"], k["case"])
    assert found == [
        (k["nps"], *answered, "nps", at["sent"], at["answered"], 9.0, "Cepat, 很快"),
        (k["ces"], *answered, "ces", at["sent"], at["answered"], 4.0, "Cepat, 很快"),
        (f"{k['silent']}:ces", k["acme"], k["raj"], None, "ces", at["sent"], None, None, None),
        (f"{k['silent']}:nps", k["acme"], k["raj"], None, "nps", at["sent"], None, None, None),
    ]
