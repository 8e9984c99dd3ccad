"""What an organisation's records are in the model: expected values are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.salesforce.acme import KL, Acme, day, make_acme
from tests.vendors.salesforce.company import project, rows
from tests.vendors.salesforce.standin import Salesforce


@pytest.fixture(scope="module")
def acme() -> Acme:
    return make_acme()


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
