"""What becomes of Contoso's records: rows of the model, told here from what happened there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.dynamics.cases import case, rows
from tests.vendors.dynamics.company import (
    ACME,
    AMINAH,
    BETA,
    FAIR,
    GIVEN_UP,
    LOST,
    OLD,
    OPEN,
    QUALIFIED,
    SITI,
    SOLVED,
    START,
    WAITING,
    WALK_IN,
    WEI,
    WON,
    Contoso,
)  # fmt: skip
from tests.vendors.dynamics.standin import guid


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of September 2026, UTC."""
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC)


def local(day: int, month: int = 9) -> datetime:
    """The beginning of a day of 2026 in Kuala Lumpur, 8 hours before UTC's."""
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T00:00:00+08:00").astimezone(UTC)


@pytest.fixture(scope="module")
def contoso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which Contoso was synced once; nothing of it was refused."""
    folder = tmp_path_factory.mktemp("contoso")
    with Contoso(page=4) as standin:
        run = Run(case(Contoso), standin, folder).make()
        report = run.sync(0)
    for one in report.sources:
        assert one.counts is None or one.counts.quarantined == 0, one
    return folder


def test_customers_are_accounts_and_contacts_without_one(contoso: Path) -> None:
    made = rows(contoso, "customers", "name", "customer_id", "segment", "industry", "country",
                "region", "owner_id", "created_at", "merged_into")  # fmt: skip
    assert made == sorted([
        ("Acme Sdn Bhd", ACME, "Customer", "Wholesale", "Malaysia", "Selangor", SITI, START, None),
        ("ACME", OLD, None, None, None, None, WEI, START, ACME),
        ("Beta Pte", BETA, None, None, None, None, WEI, START, None),
        ("Walk-in", WALK_IN, None, None, "Singapore", None, WEI, START, None),
    ])  # fmt: skip
    people = rows(contoso, "contacts", "contact_id", "customer_id", "name", "phone", "consented")
    assert people == sorted([
        (AMINAH, ACME, "Aminah", "+60 12-1", False),
        (WALK_IN, WALK_IN, "Walk-in", None, None),
    ])  # fmt: skip


def test_leads_say_when_they_were_qualified_or_given_up(contoso: Path) -> None:
    made = rows(contoso, "leads", "lead_id", "created_at", "channel", "campaign_id", "status",
                "converted_at", "customer_id", "deal_id", "disqualified_at",
                "disqualified_reason", "existing_customer")  # fmt: skip
    assert made == sorted([
        (QUALIFIED, at(1, 9), "Web", FAIR, "Qualified", at(2, 9), ACME, WON, None, None, True),
        (GIVEN_UP, at(1, 9), "Trade Show", None, "Cannot Contact", None, None, None, at(2, 14),
         "Cannot Contact", False),
    ])  # fmt: skip


def test_deals_have_outcomes_by_number_and_dates_without_a_shift(contoso: Path) -> None:
    made = rows(contoso, "deals", "deal_id", "customer_id", "lead_id", "channel", "campaign_id",
                "created_at", "closed_at", "expected_close_at", "stage", "outcome", "lost_reason",
                "amount::DOUBLE", "currency")  # fmt: skip
    assert made == sorted([
        (WON, ACME, QUALIFIED, "Web", FAIR, at(2, 9), local(8), local(31, 10), "3-Propose", "won",
         None, 1100.25, "MYR"),
        (LOST, BETA, None, None, None, at(2, 9), local(7), local(31, 10), "2-Develop", "lost",
         "Out-Sold", 1000.5, "SGD"),
        (OPEN, WALK_IN, None, None, None, at(2, 9), None, local(31, 10), "1-Qualify", "open",
         None, 1000.5, "SGD"),
    ])  # fmt: skip


def test_stages_come_from_the_audit_log(contoso: Path) -> None:
    made = rows(contoso, "deal_stages", "deal_id", "position", "stage", "entered_at", "left_at")
    assert made == sorted([
        (WON, 1, "1-Qualify", at(2, 9), at(4, 14)),
        (WON, 2, "2-Develop", at(4, 14), at(7, 14)),
        (WON, 3, "3-Propose", at(7, 14), at(8, 14)),
        (LOST, 1, "1-Qualify", at(2, 9), at(4, 14)),
        (LOST, 2, "2-Develop", at(4, 14), at(8, 14)),
        (OPEN, 1, "1-Qualify", at(2, 9), None),
    ])  # fmt: skip


def test_orders_are_net_and_an_invoice_of_an_order_is_not_another(contoso: Path) -> None:
    made = rows(contoso, "orders", "order_id", "customer_id", "deal_id", "channel", "ordered_at",
                "revenue::DOUBLE", "currency")  # fmt: skip
    assert made == sorted([
        (guid("order"), ACME, WON, "Web", local(9), 1100.0, "MYR"),
        (guid("invoice"), BETA, None, None, at(8, 14), 100.0, "SGD"),
    ])  # fmt: skip
    lines = rows(contoso, "order_lines", "order_id", "line", "product", "category", "quantity",
                 "revenue::DOUBLE")  # fmt: skip
    assert lines == sorted([
        (guid("order"), guid("line"), "Filter A", "Filters", 10.0, 1100.0),
        (guid("invoice"), guid("note"), "Repair", None, 1.0, 100.0),
    ])  # fmt: skip


def test_campaigns_members_and_what_they_cost(contoso: Path) -> None:
    assert rows(contoso, "campaigns", "campaign_id", "name", "channel", "started_at",
                "ended_at") == [(FAIR, "KL Fair", "Event", local(3), local(20))]  # fmt: skip
    assert rows(contoso, "campaign_members", "campaign_id", "customer_id", "lead_id", "arm",
                "joined_at") == [(FAIR, ACME, None, "treated", at(1, 9))]  # fmt: skip
    made = rows(contoso, "spend", "spent_at", "channel", "campaign_id", "team", "amount::DOUBLE",
                "currency")  # fmt: skip
    assert made == [
        (local(3), "Event", FAIR, "marketing", 500.0, "MYR"),
        (at(4, 2), "E-mail blast", FAIR, "marketing", 1200.0, "MYR"),
    ]


def test_tickets_know_their_responses_resolutions_and_reopenings(contoso: Path) -> None:
    made = rows(contoso, "tickets", "ticket_id", "customer_id", "channel", "category", "priority",
                "created_at", "responded_at", "resolved_at", "first_resolved_at", "reopened",
                "status", "stage", "automated_reply_at")  # fmt: skip
    about = ("Email", "Problem", "High")
    assert made == sorted([
        (SOLVED, ACME, *about, at(10, 1), at(10, 1, 31), at(11, 0, 30), at(10, 2, 30), 1,
         "resolved", "Problem Solved", None),
        (WAITING, BETA, *about, at(10, 1), None, None, None, 0, "open", "In Progress",
         at(10, 1, 1)),
    ])  # fmt: skip
    events = rows(contoso, "ticket_events", "ticket_id", "occurred_at", "event", "owner_id",
                  "automated")  # fmt: skip
    assert events == sorted([
        (SOLVED, at(10, 1), "created", None, None),
        (SOLVED, at(10, 1, 30), "responded", WEI, False),
        (SOLVED, at(10, 1, 31), "responded", SITI, None),
        (SOLVED, at(10, 2, 30), "assigned", SITI, None),
        (SOLVED, at(10, 2, 30), "resolved", SITI, None),
        (SOLVED, at(10, 22, 30), "reopened", guid("clerk"), None),
        (SOLVED, at(11, 0, 30), "resolved", SITI, None),
        (WAITING, at(10, 1), "created", None, None),
        (WAITING, at(10, 1, 1), "responded", WEI, True),
    ], key=repr)  # fmt: skip


def test_interactions_took_place_and_surveys_are_none_of_them(contoso: Path) -> None:
    made = rows(contoso, "interactions", "interaction_id", "customer_id", "contact_id",
                "occurred_at", "kind", "direction", "automated", "owner_id")  # fmt: skip
    assert made == sorted([
        (guid("auto-reply"), BETA, None, at(10, 1, 1), "email", "outbound", True, WEI),
        (guid("reply"), ACME, AMINAH, at(10, 1, 30), "email", "outbound", False, WEI),
        (guid("call"), WALK_IN, WALK_IN, at(11, 3), "call", "inbound", None, WEI),
    ])  # fmt: skip


def test_surveys_have_one_row_a_question(contoso: Path) -> None:
    made = rows(contoso, "surveys", "kind", "score", "customer_id", "contact_id", "ticket_id",
                "sent_at", "answered_at", "channel")  # fmt: skip
    sent, answered = at(11, 1, 30), at(12, 0, 30)
    assert sorted(made, key=repr) == sorted([
        ("nps", 9.0, ACME, AMINAH, SOLVED, sent, answered, "Email"),
        ("csat", 4.0, ACME, AMINAH, SOLVED, sent, answered, "Email"),
        ("nps", None, WALK_IN, WALK_IN, None, sent, None, "Email"),
        ("csat", None, WALK_IN, WALK_IN, None, sent, None, "Email"),
        ("csat", 2.0, BETA, None, WAITING, None, answered, None),
    ], key=repr)  # fmt: skip


def test_contracts_run_through_their_last_day(contoso: Path) -> None:
    made = rows(contoso, "subscriptions", "customer_id", "plan", "started_at", "ended_at",
                "monthly_amount::DOUBLE")  # fmt: skip
    first, after = (
        datetime.fromisoformat(f"{year}-01-01T00:00:00+08:00").astimezone(UTC)
        for year in (2026, 2027)
    )
    assert made == [(ACME, "Gold", first, after, 100.0)]


def test_rates_are_ringgit_per_unit_though_the_base_currency_is_the_dollar(contoso: Path) -> None:
    made = rows(contoso, "fx_rates", "currency", "valid_at", "rate")
    assert {(c, day.date().isoformat(), round(rate, 6)) for c, day, rate in made} == {
        ("USD", "2026-09-01", 4.4),
        ("SGD", "2026-09-01", round(4.4 / 1.32, 6)),
        ("SGD", "2026-09-02", round(4.4 / 1.32, 6)),
        ("SGD", "2026-09-08", round(4.4 / 1.35, 6)),
    }


def test_people_are_users_and_teams_without_applications(contoso: Path) -> None:
    made = rows(contoso, "people", "name", "team", "role", "manager_id", "active")
    assert made == [
        ("Chen Wei", "Sales Asia", None, SITI, False),
        ("Service desk", "Service desk", "team", None, True),
        ("Siti Nurhaliza", "Sales Asia", "Manager", None, True),
    ]
