"""A small company in the stand-in: something of everything that HubSpot can know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.vendors.hubspot.standin import HubSpot


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment of 2026, UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


class Company(HubSpot):
    """The stand-in with a company in it; `ids` are its records by the names used here."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: dict[str, str] = {}
        self.setup.owner("71", "Aminah", "Razak", "Enterprise", "Sales")
        self.setup.owner("72", "Wei", "Lim", "Support")
        self.setup.owner("73", "Old", "Hand", archived=True)
        self.setup.campaign(
            "c-guid-1", hs_name="Raya", hs_start_date="2026-03-01", hs_end_date="2026-03-31",
            currency="MYR",
            spent=[("1", 1500.5, at(3, 10)), ("2", 200, at(2, 3)), ("3", 99.9, at(5, 5))],
        )  # fmt: skip
        self.setup.campaign("c-guid-2", hs_name="No money", currency="MYR", spent=[])
        self.setup.rate("9001", "USD", 4.21, at(1, 1, 0))
        self._people()
        self._sales()
        self._leads()
        self._service()
        self._money()
        self._touches()

    def __enter__(self) -> Company:
        super().__enter__()
        return self

    def put(self, name: str, kind: str, when: datetime, /, **properties: Any) -> str:
        """Make a record that is called `name` here."""
        self.ids[name] = self.crm.put(kind, at=when, **properties)
        return self.ids[name]

    def edit(self, name: str, kind: str, when: datetime, /, **properties: Any) -> None:
        """Change a record that is called `name` here."""
        self.crm.edit(kind, self.ids[name], when, **properties)

    def link(self, name: str, kind: str, to: str, *others: str) -> None:
        """Associate a record with others, all called as here; of companies the first is primary."""
        for n, other in enumerate(others):
            first = to == "companies" and n == 0
            self.crm.link(kind, self.ids[name], to, self.ids[other], primary=first)

    def _people(self) -> None:
        self.put(
            "beta", "companies", at(1, 6), name="Beta", country="Singapore"
        )  # before Acme: a primary company is not the one with the lowest id
        self.put(
            "acme", "companies", at(1, 5), name="Acme", industry="RETAIL", country="Malaysia",
            state="Selangor", hs_analytics_source="PAID_SEARCH", hubspot_owner_id="71",
            hs_v2_date_entered_customer=at(2, 1),
        )  # fmt: skip
        self.put("gamma", "companies", at(1, 7), name="Gamma")
        self.put(
            "ali", "contacts", at(1, 8), firstname="Ali", lastname="Ahmad", phone="+60-1",
            email="ali@acme.example", hs_analytics_source="ORGANIC_SEARCH", country="Malaysia",
            lifecyclestage="customer", hs_email_optout=False,
            hs_v2_date_entered_marketingqualifiedlead=at(1, 9),
            hs_v2_date_entered_customer=at(2, 1),
            hs_analytics_first_touch_converting_campaign="c-guid-1",
            hs_legal_basis="Freely given consent from contact",
        )  # fmt: skip
        self.put(
            "mei", "contacts", at(1, 10), firstname="Mei", mobilephone="+65-2",
            email="mei@beta.example", hs_email_optout=True, lifecyclestage="subscriber",
            hs_lead_status="NEW",
        )  # fmt: skip
        self.put(
            "tan", "contacts", at(1, 11), lastname="Tan", email="tan@x.example",
            lifecyclestage="lead", hs_lead_status="OPEN",
        )  # fmt: skip
        self.edit("tan", "contacts", at(1, 20), hs_lead_status="UNQUALIFIED")
        self.link("ali", "contacts", "companies", "acme", "beta")
        self.link("mei", "contacts", "companies", "beta")

    def _sales(self) -> None:
        self.put(
            "won", "deals", at(2, 1), dealname="Acme 1", amount="12000.50", pipeline="default",
            dealstage="appointmentscheduled", dealtype="newbusiness", hubspot_owner_id="71",
            hs_campaign="c-guid-1", hs_analytics_source="PAID_SEARCH", closedate=at(4, 1),
        )  # fmt: skip
        self.edit("won", "deals", at(2, 10), dealstage="contractsent")
        self.edit("won", "deals", at(2, 12), dealstage="qualifiedtobuy")
        self.edit(
            "won", "deals", at(3, 3, 10, 30), dealstage="closedwon", closedate=at(3, 3, 10, 30),
            hs_is_closed=True, hs_is_closed_won=True,
        )  # fmt: skip
        self.put(
            "lost", "deals", at(2, 2), dealname="Beta 1", amount="900", pipeline="default",
            dealstage="qualifiedtobuy", dealtype="existingbusiness", deal_currency_code="USD",
            hubspot_owner_id="73",
        )  # fmt: skip
        self.edit(
            "lost", "deals", at(3, 9), dealstage="closedlost", closedate=at(3, 9),
            closed_lost_reason="price",
        )  # fmt: skip
        self.put(
            "open", "deals", at(4, 2), dealname="Mei's", amount="77", pipeline="default",
            dealstage="qualifiedtobuy", closedate=at(9, 30), deal_currency_code="MYR",
        )  # fmt: skip
        self.link("won", "deals", "companies", "acme", "beta")
        self.link("lost", "deals", "companies", "beta")
        self.link("open", "deals", "contacts", "mei")

    def _leads(self) -> None:
        self.put(
            "lead", "leads", at(1, 9), hs_lead_name="Ali", hs_lead_type="NEW_BUSINESS",
            hs_pipeline="lead-pipeline-id", hs_pipeline_stage="new-stage-id", hubspot_owner_id="71",
        )  # fmt: skip
        self.edit("lead", "leads", at(1, 30), hs_pipeline_stage="qualified-stage-id")
        self.put(
            "junk", "leads", at(1, 12), hs_lead_name="Mei", hs_pipeline="lead-pipeline-id",
            hs_pipeline_stage="attempting-stage-id",
        )  # fmt: skip
        self.edit(
            "junk", "leads", at(1, 15), hs_pipeline_stage="unqualified-stage-id",
            hs_lead_disqualification_reason="NO_BUDGET",
        )  # fmt: skip
        self.put(
            "fresh", "leads", at(2, 5), hs_lead_name="Ali again", hs_pipeline_stage="new-stage-id"
        )
        self.link("lead", "leads", "contacts", "ali")
        self.link("lead", "leads", "companies", "acme")
        self.link("lead", "leads", "deals", "won")
        self.link("junk", "leads", "contacts", "mei")
        self.link("fresh", "leads", "contacts", "ali")
        self.link("ali", "contacts", "deals", "won")

    def _service(self) -> None:
        self.put(
            "ticket", "tickets", at(5, 1), subject="Broken", hs_pipeline="0",
            hs_pipeline_stage="1", hs_ticket_priority="HIGH", hs_ticket_category="BUG",
            source_type="EMAIL", hubspot_owner_id="72", first_agent_reply_date=at(5, 1, 9, 30),
        )  # fmt: skip
        self.edit("ticket", "tickets", at(5, 1, 10), hs_pipeline_stage="2")
        self.edit("ticket", "tickets", at(5, 1, 15), hs_pipeline_stage="3")
        self.edit("ticket", "tickets", at(5, 2), hs_pipeline_stage="4", closed_date=at(5, 2))
        self.edit("ticket", "tickets", at(5, 3), hs_pipeline_stage="3", hubspot_owner_id="71")
        self.edit("ticket", "tickets", at(5, 4), hs_pipeline_stage="4", closed_date=at(5, 4))
        self.put(
            "waiting", "tickets", at(5, 6), hs_pipeline="0", hs_pipeline_stage="1",
            source_type="CHAT",
        )  # fmt: skip
        self.link("ticket", "tickets", "companies", "acme")
        self.link("waiting", "tickets", "contacts", "mei")
        answers = (
            ("nps", "NPS", "1", "9", "PROMOTER"), ("faces", "CSAT", "2", "2", "PROMOTER"),
            ("face", "CSAT", "2", "1", None), ("steps", "CSAT", "3", "4", "PROMOTER"),
            ("step", "CSAT", "3", "2", "DETRACTOR"), ("ces", "CES", "4", "6", "PROMOTER"),
            ("own", "CUSTOM", "5", "3", None),
        )  # fmt: skip
        for n, (name, kind, survey, value, group) in enumerate(answers):
            when = at(6, 1 + n)
            self.put(
                name, "feedback_submissions", when, hs_survey_type=kind, hs_value=value,
                hs_survey_id=survey, hs_response_group=group, hs_content=f"said {name}",
                hs_submission_timestamp=when, hs_survey_channel="EMAIL",
            )  # fmt: skip
        self.link("nps", "feedback_submissions", "contacts", "ali")
        self.link("faces", "feedback_submissions", "tickets", "ticket")

    def _money(self) -> None:
        self.put(
            "order", "orders", at(3, 4), hs_order_name="O-1", hs_total_price="118.30",
            hs_tax="8.30", hs_shipping_cost="10", hs_currency_code="MYR",
            hs_external_created_date=at(3, 4, 1), hs_source_store="Web",
        )  # fmt: skip
        self.put("refunded", "orders", at(3, 5), hs_total_price="50", hs_refund_amount="20")
        self.put(
            "cancelled", "orders", at(3, 6), hs_total_price="1",
            hs_external_order_status="Cancelled",
        )  # fmt: skip
        self.link("order", "orders", "companies", "acme")
        self.link("order", "orders", "deals", "won")
        self.link("refunded", "orders", "contacts", "mei")
        self.put(
            "tea", "line_items", at(3, 4), name="Tea", quantity="3", price="20", amount="60",
            hs_cost_of_goods_sold="7.25", hs_position_on_quote="1", hs_product_type="inventory",
        )  # fmt: skip
        self.put(
            "cup", "line_items", at(3, 4), name="Cup", quantity="1", amount="40",
            hs_cost_of_goods_sold="12", hs_position_on_quote="0",
        )  # fmt: skip
        self.put("sold", "line_items", at(3, 4), name="Licence", quantity="1", amount="12000.50")
        self.put("loose", "line_items", at(3, 5), name="Tea", quantity="1", amount="30")
        self.link("tea", "line_items", "orders", "order")
        self.link("cup", "line_items", "orders", "order")
        self.link("sold", "line_items", "deals", "won")
        self.link("loose", "line_items", "orders", "refunded")
        for name, status, amount in (("paid", "paid", "42.42"), ("draft", "draft", "1")):
            self.put(
                name, "invoices", at(3, 7), hs_invoice_status=status, hs_amount_billed=amount,
                hs_currency="MYR", hs_invoice_date="2026-03-07",
            )  # fmt: skip
        self.link("paid", "invoices", "companies", "beta")
        self.put(
            "steady", "subscriptions", at(1, 2), hs_name="Gold", hs_status="active",
            hs_mrr="100.0", hs_currency_code="MYR", hs_recurring_billing_start_date="2026-01-15",
        )  # fmt: skip
        self.edit("steady", "subscriptions", at(1, 10), hs_mrr="110.0")
        self.edit("steady", "subscriptions", at(4, 1), hs_mrr="150.0")
        self.put(
            "ended", "subscriptions", at(2, 1), hs_name="Silver", hs_status="active", hs_mrr="30",
            hs_recurring_billing_start_date="2026-02-01",
        )  # fmt: skip
        self.edit("ended", "subscriptions", at(5, 20), hs_status="canceled")
        self.link("steady", "subscriptions", "companies", "acme")
        self.link("ended", "subscriptions", "contacts", "mei")

    def _touches(self) -> None:
        touches: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("called", "calls", {"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED"}),
            ("missed", "calls", {"hs_call_direction": "INBOUND", "hs_call_status": "NO_ANSWER"}),
            ("mailed", "emails", {"hs_email_direction": "INCOMING_EMAIL"}),
            ("bounced", "emails", {"hs_email_direction": "EMAIL", "hs_email_status": "BOUNCED"}),
            ("met", "meetings", {"hs_meeting_start_time": at(2, 20)}),
            ("off", "meetings", {"hs_meeting_outcome": "CANCELED"}),
            (
                "done",
                "tasks",
                {"hs_task_status": "COMPLETED", "hs_task_completion_date": at(2, 21)},
            ),
            ("todo", "tasks", {"hs_task_status": "NOT_STARTED"}),
            ("noted", "notes", {"hs_note_body": "called back"}),
            ("chatted", "communications", {"hs_communication_channel_type": "WHATS_APP"}),
        )
        for n, (name, kind, said) in enumerate(touches):
            when = at(2, 1, 8) + timedelta(days=n)
            self.put(name, kind, when, hs_timestamp=when, hubspot_owner_id="71", **said)
        self.link("called", "calls", "contacts", "ali")
        self.link("called", "calls", "companies", "acme")
        self.link("mailed", "emails", "contacts", "mei")
        self.link("met", "meetings", "deals", "won")
        self.link("chatted", "communications", "contacts", "ali")
