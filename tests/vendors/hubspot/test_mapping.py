"""What HubSpot says in the model: expected rows written by hand from what was put into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.vendors.acceptance import Run, opened
from tests.vendors.hubspot.case import run
from tests.vendors.hubspot.company import Company, at

KUALA_LUMPUR = ZoneInfo("Asia/Kuala_Lumpur")


def day(month: int, of: int) -> datetime:
    """Return the start of a day of 2026 where the company is."""
    return datetime.combine(date(2026, month, of), datetime.min.time(), KUALA_LUMPUR)


class Rows:
    """The rows of the model, by their keys' names in the company."""

    def __init__(self, standin: Company, made: Run) -> None:
        self.ids, self.made = standin.ids, made
        self._names = {number: name for name, number in standin.ids.items()}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table as dicts, in the order of their keys."""
        with opened(self.made.folder / "store" / "model.duckdb") as connection:
            found = connection.execute(f"select * from model.{table} order by all")
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def by_name(self, table: str, *columns: str) -> dict[str, Any]:
        """Return some columns of each row, by what its first column is called in the company."""
        return {
            self._named(row[next(iter(row))]): (
                tuple(self._named(row[c]) for c in columns)
                if len(columns) > 1
                else self._named(row[columns[0]])
            )
            for row in self.rows(table)
        }

    def _named(self, value: Any) -> Any:
        return self._names.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with Company() as standin:
        standin.edit("tan", "contacts", at(1, 21), why_not="no money")
        made = run(standin, tmp_path_factory.mktemp("hubspot"))
        report = made.sync(0)
        assert not [note for source in report.sources for note in source.notes]
        assert all(source.counts.quarantined == 0 for source in report.sources if source.counts)
        yield Rows(standin, made)


def test_customers(model: Rows) -> None:
    assert model.by_name("customers", "name", "country", "channel", "owner_id", "acquired_at") == {
        "acme": ("Acme", "Malaysia", "PAID_SEARCH", "71", at(2, 1)),
        "beta": ("Beta", "Singapore", None, None, None),
        "gamma": ("Gamma", None, None, None, None),
    }


def test_contacts_belong_to_their_primary_company(model: Rows) -> None:
    assert model.by_name("contacts", "customer_id", "name", "phone", "consented") == {
        "ali": ("acme", "Ali Ahmad", "+60-1", True),
        "mei": ("beta", "Mei", "+65-2", False),
        "tan": (None, "Tan", None, None),
    }


def test_people_who_left_stay(model: Rows) -> None:
    assert model.by_name("people", "name", "team", "active") == {
        "71": ("Aminah Razak", "Enterprise", True),
        "72": ("Wei Lim", "Support", True),
        "73": ("Old Hand", None, False),
    }


def test_deals(model: Rows) -> None:
    columns = ["customer_id", "lead_id", "kind", "outcome", "stage", "amount", "currency"]
    assert model.by_name("deals", *columns) == {
        "won": ("acme", "lead", "new", "won", "Closed Won", Decimal("12000.50"), "MYR"),
        "lost": ("beta", None, "expansion", "lost", "Closed Lost", Decimal(900), "USD"),
        # a deal of a person belongs to the company of the person
        "open": ("beta", None, None, "open", "Qualified To Buy", Decimal(77), "MYR"),
    }
    columns = ["created_at", "closed_at", "expected_close_at", "lost_reason", "product"]
    assert model.by_name("deals", *columns) == {
        "won": (at(2, 1), at(3, 3, 10, 30), None, None, "Licence"),
        "lost": (at(2, 2), at(3, 9), None, "price", None),
        "open": (at(4, 2), None, at(9, 30), None, None),
    }
    assert model.by_name("deals", "campaign_id")["won"] == "c-guid-1"


def test_every_stay_in_a_stage(model: Rows) -> None:
    stays = [
        (row["stage"], row["position"], row["entered_at"], row["left_at"])
        for row in sorted(model.rows("deal_stages"), key=lambda row: row["entered_at"])
        if row["deal_id"] == model.ids["won"]
    ]
    assert stays == [
        ("Appointment", 1, at(2, 1), at(2, 10)),
        ("Contract Sent", 4, at(2, 10), at(2, 12)),
        ("Qualified To Buy", 2, at(2, 12), at(3, 3, 10, 30)),
        ("Closed Won", 5, at(3, 3, 10, 30), None),
    ]


def test_leads(model: Rows) -> None:
    columns = [
        "status",
        "converted_at",
        "customer_id",
        "deal_id",
        "disqualified_at",
        "disqualified_reason",
        "existing_customer",
    ]
    assert model.by_name("leads", *columns) == {
        "lead": ("Qualified", at(1, 30), "acme", "won", None, None, False),
        "junk": ("Disqualified", None, None, None, at(1, 15), "NO_BUDGET", None),
        "fresh": ("New", None, None, None, None, None, True),
    }
    assert model.by_name("leads", "channel", "campaign_id", "country") == {
        "lead": ("ORGANIC_SEARCH", "c-guid-1", "Malaysia"),
        "junk": (None, None, "Singapore"),
        "fresh": ("ORGANIC_SEARCH", "c-guid-1", "Malaysia"),
    }


def test_tickets(model: Rows) -> None:
    columns = [
        "customer_id",
        "status",
        "responded_at",
        "first_resolved_at",
        "resolved_at",
        "reopened",
        "stage",
        "owner_id",
    ]
    assert model.by_name("tickets", *columns) == {
        "ticket": ("acme", "resolved", at(5, 1, 9, 30), at(5, 2), at(5, 4), 1, "Closed", "71"),
        "waiting": ("beta", "open", None, None, None, 0, "New", None),
    }


def test_what_happened_to_a_ticket(model: Rows) -> None:
    assert [
        (row["event"], row["occurred_at"], row["owner_id"])
        for row in sorted(
            model.rows("ticket_events"), key=lambda row: (row["occurred_at"], row["event"])
        )
        if row["ticket_id"] == model.ids["ticket"]
    ] == [
        ("assigned", at(5, 1), "72"),
        ("created", at(5, 1), None),
        ("responded", at(5, 1, 9, 30), None),
        ("resolved", at(5, 2), None),
        ("assigned", at(5, 3), "71"),
        ("reopened", at(5, 3), None),
        ("resolved", at(5, 4), None),
    ]


def test_scales_of_surveys(model: Rows) -> None:
    columns = ["kind", "score", "scale_min", "scale_max", "customer_id"]
    assert model.by_name("surveys", *columns) == {
        "nps": ("nps", 9, 0, 10, "acme"),
        "faces": ("csat", 2, 0, 2, "acme"),  # by its ticket
        "face": ("csat", 1, 0, 2, None),  # its survey has faces
        "steps": ("csat", 4, 1, 5, None),
        "step": ("csat", 2, 1, 5, None),
        "ces": ("ces", 6, 1, 7, None),
    }


def test_what_took_place(model: Rows) -> None:
    columns = ["kind", "direction", "customer_id", "contact_id", "lead_id", "occurred_at"]
    first = at(2, 1, 8)
    assert model.by_name("interactions", *columns) == {
        "called": ("call", "outbound", "acme", "ali", "lead", first),
        "mailed": ("email", "inbound", "beta", "mei", "junk", first + timedelta(days=2)),
        "met": ("meeting", None, "acme", None, None, at(2, 20)),  # by its deal
        "done": ("other", None, None, None, None, at(2, 21)),
        "noted": ("other", None, None, None, None, first + timedelta(days=8)),
        # by then Ali had come in as a lead again
        "chatted": ("chat", None, "acme", "ali", "fresh", first + timedelta(days=9)),
    }


def test_orders_without_tax_shipping_and_refunds(model: Rows) -> None:
    columns = ["customer_id", "deal_id", "revenue", "cost", "currency", "ordered_at", "channel"]
    assert model.by_name("orders", *columns) == {
        "order": ("acme", "won", Decimal("118.30") - Decimal("8.30") - 10,
                  3 * Decimal("7.25") + 12, "MYR", at(3, 4, 1), "Web"),
        "refunded": ("beta", None, Decimal(30), None, "MYR", at(3, 5), None),
    }  # fmt: skip
    lines = [
        (row["line"], row["product"], row["quantity"], row["revenue"], row["cost"])
        for row in model.rows("order_lines")
        if row["order_id"] == model.ids["order"]
    ]
    assert lines == [
        ("1", "Cup", 1, Decimal(40), Decimal(12)),
        ("2", "Tea", 3, Decimal(60), Decimal("21.75")),
    ]


def test_subscriptions_by_price(model: Rows) -> None:
    columns = [
        "subscription_id",
        "customer_id",
        "started_at",
        "ended_at",
        "monthly_amount",
        "end_reason",
    ]
    rows = [tuple(row[column] for column in columns) for row in model.rows("subscriptions")]
    steady, ended, acme, beta = (model.ids[name] for name in ("steady", "ended", "acme", "beta"))
    assert rows == [
        # what it was to cost before it began is not a price it ran at
        (steady, acme, day(1, 15), at(4, 1), Decimal(110), None),
        (f"{steady}-2", acme, at(4, 1), None, Decimal(150), None),
        (ended, beta, day(2, 1), at(5, 20), Decimal(30), "canceled"),
    ]


def test_campaigns_and_what_they_cost(model: Rows) -> None:
    assert model.by_name("campaigns", "name", "started_at", "ended_at") == {
        "c-guid-1": ("Raya", day(3, 1), day(4, 1)),
        "c-guid-2": ("No money", None, None),
    }
    spent = [(row["amount"], row["spent_at"], row["currency"]) for row in model.rows("spend")]
    assert spent == [
        (Decimal("1500.50"), at(3, 10), "MYR"),
        (Decimal(200), day(3, 1), "MYR"),  # entered before it began
        (Decimal("99.90"), day(3, 31), "MYR"),  # entered after it ended
    ]


def test_rates(model: Rows) -> None:
    (rate,) = model.rows("fx_rates")
    assert (rate["currency"], rate["rate"], rate["valid_at"]) == ("USD", 4.21, at(1, 1, 0))


def test_where_persons_are_customers_and_leads(tmp_path: Path) -> None:
    with Company() as standin:
        standin.edit("tan", "contacts", at(1, 21), why_not="no money")
        made = run(
            standin, tmp_path, customers="contacts", leads="contacts", orders="invoices",
            waiting_stages=["Waiting on contact"],
            custom='[sources.custom.leads]\ndisqualified_reason = "why_not"',
        )  # fmt: skip
        made.sync(0)
        model = Rows(standin, made)
        assert model.by_name("customers", "name") == {
            "ali": "Ali Ahmad",
            "mei": "Mei",
            "tan": "Tan",
        }
        assert model.by_name("deals", "customer_id", "lead_id") == {
            "won": ("ali", "ali"), "lost": (None, None), "open": ("mei", None),
        }  # fmt: skip
        columns = ["created_at", "status", "converted_at", "disqualified_at", "customer_id"]
        assert model.by_name("leads", *columns) == {
            "ali": (at(1, 9), "customer", at(2, 1), None, "ali"),
            "tan": (at(1, 11), "UNQUALIFIED", None, at(1, 20), None),
        }
        # a field of one's own is then one of contacts, too
        assert model.by_name("leads", "disqualified_reason") == {"ali": None, "tan": "no money"}
        columns = ["revenue", "ordered_at", "currency"]
        assert model.by_name("orders", *columns) == {"paid": (Decimal("42.42"), day(3, 7), "MYR")}
        paused = [
            (row["event"], row["occurred_at"])
            for row in model.rows("ticket_events")
            if row["event"] in {"paused", "resumed"}
        ]
        assert sorted(paused) == [("paused", at(5, 1, 10)), ("resumed", at(5, 1, 15))]
