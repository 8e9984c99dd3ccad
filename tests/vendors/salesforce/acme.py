"""An organisation with something of everything that the mapping reads, and what it is known by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests.vendors.salesforce.org import Org

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


def make_acme() -> Acme:
    """Return the organisation, its rates in the currencies its records are in."""
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
