"""What the mapping makes of the small company: every row worked out here, from what was put in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.vendors.acceptance import Run
from tests.vendors.zoho.example import OLD, SITI, TEMP, WEI, currency, full
from tests.vendors.zoho.running import project, rows
from tests.vendors.zoho.standin import ZohoStandin


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, dict[str, str]]]:
    """The small company, synced once, and which ids things have."""
    with full() as standin:
        run = project(standin, tmp_path_factory.mktemp("zoho"))
        report = run.sync(0)
        assert all(one.counts is None or not one.counts.quarantined for one in report.sources)
        yield run, standin.names


def at(year: int, month: int, day: int, *clock: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(year, month, day, *clock, tzinfo=UTC)


def test_customers_are_accounts_and_people_without(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run,
        "select customer_id, name, segment, industry, country, region, channel, owner_id, "
        "created_at from model.customers",
    )
    july, desk = at(2026, 7, 1, 2), at(2026, 7, 10, 1)
    assert set(found) == {
        # came by the partner lead that was converted, before any of its people
        (names["acme"], "Acme, “Sdn Bhd”", "Customer", "Retail", "Malaysia", "Selangor",
         "Partner", SITI, july),
        (names["beta"], "测试有限公司", None, None, None, None, None, WEI, july),
        (names["gone"], "Gone\nSoon", None, None, None, None, None, None, july),
        (names["bala"], "Bala K", None, None, "Singapore", None, "Referral", None, july),
        (names["desk_only"], "Walk-in", None, None, None, None, None, None, desk),
        (names["desk_zoe"], "Zoe", None, None, None, None, None, None, desk),
    }  # fmt: skip


def test_contacts(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run, "select contact_id, customer_id, name, email, phone, consented from model.contacts"
    )
    assert set(found) == {
        (names["alex"], names["acme"], "Alex Lim", "alex@acme.test", "+60 3-1234", False),
        (names["bala"], names["bala"], "Bala K", "bala@home.test", "+60 12-999", None),
        (names["desk_zoe"], names["desk_zoe"], "Zoe", "zoe@x.test", "1", None),
    }


def test_deals(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run,
        "select deal_id, customer_id, lead_id, kind, campaign_id, owner_id, created_at, closed_at, "
        "expected_close_at, stage, outcome, lost_reason, amount, currency from model.deals",
    )
    assert set(found) == {
        (names["won"], names["acme"], names["turned"], "new", names["campaign"], WEI,
         at(2026, 2, 1, 1), at(2026, 3, 10, 15, 30), at(2026, 3, 14, 16), "Closed Won", "won",
         None, Decimal("1200.55"), "USD"),
        (names["lost"], names["bala"], None, "expansion", None, None,
         at(2026, 4, 1, 1), at(2026, 4, 20), at(2026, 4, 30, 16), "Closed Lost", "lost", "Price",
         Decimal(100), "MYR"),
        # entered as won: it closed on its closing date, midnight in Kuala Lumpur
        (names["imported"], names["beta"], None, None, None, None,
         at(2026, 6, 1, 1), at(2024, 11, 29, 16), at(2024, 11, 29, 16), "Closed Won", "won", None,
         Decimal(55), "MYR"),
        (names["open"], names["beta"], None, None, None, None,
         at(2026, 6, 2, 1), None, at(2027, 1, 30, 16), "Proposal", "open", None, None, None),
    }  # fmt: skip


def test_deal_stages(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(run, "select deal_id, stage, position, entered_at, left_at from model.deal_stages")
    assert set(found) == {
        (names["won"], "Qualification", 1, at(2026, 2, 1, 1), at(2026, 2, 10, 1, 30)),
        (names["won"], "Proposal", 2, at(2026, 2, 10, 1, 30), at(2026, 3, 10, 15, 30)),
        (names["won"], "Closed Won", 3, at(2026, 3, 10, 15, 30), None),
        (names["lost"], "Qualification", 1, at(2026, 4, 1, 1), at(2026, 4, 20)),
        (names["lost"], "Closed Lost", 4, at(2026, 4, 20), None),
        (names["imported"], "Closed Won", 3, at(2026, 6, 1, 1), None),
        (names["open"], "Proposal", 2, at(2026, 6, 2, 1), None),
    }


def test_leads(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run,
        "select lead_id, channel, status, converted_at, customer_id, deal_id, disqualified_at "
        "from model.leads",
    )
    assert set(found) == {
        (names["lead"], "Trade Show", "Contacted", None, None, None, None),
        (names["junk"], None, "Junk Lead", None, None, None, at(2026, 6, 4, 1)),
        (names["turned"], "Partner", "Qualified", at(2026, 2, 1, 1), names["acme"], names["won"],
         None),
    }  # fmt: skip


def test_campaigns_and_what_they_cost(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    assert set(
        rows(run, "select campaign_id, channel, started_at, ended_at from model.campaigns")
    ) == {
        (names["campaign"], "Webinar", at(2026, 2, 28, 16), at(2026, 3, 31, 16)),
        (names["free"], "Email", None, None),
    }
    assert rows(
        run, "select campaign_id, spent_at, category, team, amount, currency from model.spend"
    ) == [
        (names["campaign"], at(2026, 2, 28, 16), "events", "marketing", Decimal("1500.25"), "MYR")
    ]  # fmt: skip


def test_interactions(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run,
        "select interaction_id, customer_id, contact_id, lead_id, occurred_at, kind, direction, "
        "owner_id from model.interactions",
    )
    assert set(found) == {
        (names["call"], names["acme"], names["alex"], None, at(2026, 7, 1, 1, 15), "call",
         "outbound", WEI),
        (names["missed"], None, None, names["lead"], at(2026, 7, 1, 2, 15), "call", "inbound",
         None),
        (names["event"], names["bala"], names["bala"], None, at(2026, 7, 1, 4), "meeting", None,
         SITI),
        (names["task"], names["beta"], None, None, at(2026, 7, 2), "other", None, None),
    }  # fmt: skip


def test_orders_and_their_lines(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    orders = rows(
        run,
        "select order_id, customer_id, deal_id, ordered_at, revenue, currency from model.orders",
    )
    assert orders == [
        (names["order"], names["acme"], names["won"], at(2026, 7, 2, 2), Decimal(1000), "MYR")
    ]  # fmt: skip
    assert set(
        rows(run, "select order_id, line, product, quantity, revenue from model.order_lines")
    ) == {
        (names["order"], "31", "Chair", 2.0, Decimal(600)),
        (names["order"], "32", "Desk", 1.0, Decimal(400)),
    }


def test_people(company: tuple[Run, dict[str, str]]) -> None:
    run, _ = company
    assert set(rows(run, "select person_id, name, role, manager_id, active from model.people")) == {
        (SITI, "Siti Aminah", "CEO", None, True),
        (WEI, "Tan Wei", "Sales", SITI, True),
        (OLD, "Left Long Ago", "Sales", None, False),
        (TEMP, "Temp", None, None, False),
    }


def test_tickets(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run,
        "select ticket_id, customer_id, channel, category, priority, owner_id, created_at, "
        "resolved_at, status, stage from model.tickets",
    )
    assert set(found) == {
        (names["ticket"], names["acme"], "Email", "Defect", "High", SITI, at(2026, 7, 10, 1),
         at(2026, 7, 12, 4), "resolved", "Done"),
        (names["waiting"], names["desk_zoe"], "Web", None, None, TEMP, at(2026, 7, 10, 1), None,
         "open", "Waiting"),
        (names["case"], names["acme"], "Phone", "Problem", "High", SITI, at(2026, 7, 2, 2), None,
         "open", "New"),
        (names["solved"], names["beta"], None, None, None, None, at(2026, 7, 2, 2),
         at(2026, 7, 2, 2), "resolved", "Closed"),
    }  # fmt: skip


def test_ticket_events(company: tuple[Run, dict[str, str]]) -> None:
    """Statuses are the company's own: “Waiting” is on hold and “Done” closed, as tickets say."""
    run, names = company
    found = rows(
        run,
        "select occurred_at, event, owner_id, automated from model.ticket_events "
        f"where ticket_id = '{names['ticket']}'",
    )
    assert set(found) == {
        (at(2026, 7, 10, 1), "created", None, False),
        (at(2026, 7, 10, 1), "assigned", TEMP, False),
        (at(2026, 7, 10, 1, 0, 5), "responded", None, True),
        (at(2026, 7, 10, 1, 30), "responded", SITI, False),
        (at(2026, 7, 10, 2), "assigned", SITI, False),
        (at(2026, 7, 10, 2), "paused", SITI, False),
        (at(2026, 7, 11, 2), "resumed", None, False),
        (at(2026, 7, 11, 3), "resolved", SITI, False),
        (at(2026, 7, 11, 5), "reopened", None, False),
        (at(2026, 7, 12, 4), "resolved", SITI, False),
    }


def test_surveys(company: tuple[Run, dict[str, str]]) -> None:
    run, names = company
    found = rows(
        run,
        "select survey_id, customer_id, contact_id, ticket_id, kind, answered_at, score, "
        "scale_min, scale_max, comment from model.surveys",
    )
    assert set(found) == {
        ("r1", names["acme"], names["alex"], names["ticket"], "csat", at(2026, 7, 12, 5), 3, 1, 3,
         "Thanks!"),
        ("r2", names["desk_zoe"], names["desk_zoe"], names["waiting"], "csat", at(2026, 7, 13, 5),
         1, 1, 3, None),
    }  # fmt: skip


def test_exchange_rates_and_what_they_were(tmp_path: Path) -> None:
    """Zoho says how many dollars a ringgit buys: 0.25 of them, so one is worth 4 ringgit."""
    with full() as zoho:
        assert isinstance(zoho, ZohoStandin)
        run = project(zoho, tmp_path, {"desk_org": ""})
        run.sync(0)
        rates = "select currency, valid_at, rate from model.fx_rates order by all"
        added = at(2023, 12, 31, 16)
        assert rows(run, rates) == [("SGD", added, 3.125), ("USD", added, 4.0)]
        dearer: dict[str, Any] = currency("USD", "0.200000000")
        dearer |= {"exchange_rate_updated_time": "2026-09-09T09:00:00+08:00"}
        zoho.state.currencies[1] = dearer
        run.sync(1)
        assert rows(run, rates) == [
            ("SGD", added, 3.125), ("USD", added, 4.0), ("USD", at(2026, 9, 9, 1), 5.0),
        ]  # fmt: skip
        zoho.crm.with_currencies = False  # one currency only
        assert not run.sync(2).sources[0].notes


def test_a_value_that_cannot_be_is_refused_with_its_reason(tmp_path: Path) -> None:
    with full() as zoho:
        assert isinstance(zoho, ZohoStandin)
        zoho.state.edit("Sales_Orders", zoho.names["order"], Grand_Total="RM a lot")
        run = project(zoho, tmp_path, {"desk_org": ""})
        report = run.sync(0)
        orders = next(one for one in report.sources if one.table == "orders")
        assert orders.counts is not None
        assert orders.counts.quarantined == 1
        refused = rows(
            run, 'select "column", reason from meta.quarantine where "table" = \'orders\''
        )
        assert refused == [("revenue", "“RM a lot” is not what this column holds")]
