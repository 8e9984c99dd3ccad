"""Interactions: the calls, mails, meetings and newsletters between the company and others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kadar.demo.chances import Chances
from kadar.demo.customers import Customer
from kadar.demo.leads import Lead
from kadar.demo.people import STALLER
from kadar.demo.seasons import CLOSES, OPENS, office_moment, stream

KIND = Chances({"email": 0.48, "call": 0.30, "meeting": 0.10, "chat": 0.08, "visit": 0.04})


@dataclass(slots=True)
class Interaction:
    """One contact with a customer or a lead; times are local."""

    id: str
    occurred: datetime
    kind: str
    direction: str
    automated: bool
    owner_id: str | None
    customer_id: str | None = None
    lead_id: str | None = None
    campaign_id: str | None = None


def interactions(customers: list[Customer], leads: list[Lead]) -> list[Interaction]:
    """Return every contact, in time."""
    numbers = stream("interactions")
    made: list[Interaction] = []
    for lead in leads:
        wait = numbers.lognormvariate(1.2, 1.0) * (2.0 if lead.owner_id == STALLER else 1.0)
        moment = office_moment(numbers, (lead.created + timedelta(hours=wait)).date(), lead.country)
        moment = max(moment, lead.created + timedelta(minutes=4)).replace(second=0, microsecond=0)
        if moment < CLOSES and numbers.random() < 0.9:
            kind = "call" if numbers.random() < 0.6 else "email"
            made.append(
                Interaction("", moment, kind, "outbound", False, lead.owner_id, lead_id=lead.id)
            )
    for customer in customers:
        if customer.since is None:
            continue
        # some customers are never called by anybody
        pace = {"SMB": 0.55, "Mid-market": 1.0, "Enterprise": 2.0}[customer.segment]
        pace *= 0.15 if numbers.random() < 0.12 else 1.0
        moment = max(customer.since, OPENS)
        while True:
            moment += timedelta(days=numbers.expovariate(pace / 30))
            when = office_moment(numbers, moment.date(), customer.country)
            if when >= CLOSES or not customer.buys(when):
                break
            made.append(
                Interaction(
                    "",
                    when,
                    KIND.draw(numbers),
                    "inbound" if numbers.random() < 0.35 else "outbound",
                    False,
                    customer.owner_id,
                    customer.id,
                )
            )
        for month in range(36):  # the newsletter, first Thursday or so of each month
            sent = datetime(2023 + (month + 6) // 12, (month + 6) % 12 + 1, 6, 8, 30)  # noqa: DTZ001
            if customer.consented is not False and customer.buys(sent) and numbers.random() < 0.62:
                made.append(Interaction("", sent, "email", "outbound", True, None, customer.id))
    made.sort(key=lambda one: (one.occurred, one.customer_id or "", one.lead_id or ""))
    for position, one in enumerate(made):
        one.id = f"ACT-{position + 1:06d}"
    return made
