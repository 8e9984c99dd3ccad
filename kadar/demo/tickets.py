"""Tickets: what customers asked, when a person answered and when it was solved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kadar.demo.chances import Chances
from kadar.demo.customers import Customer
from kadar.demo.people import SHORT_COUNTRY, SHORT_SINCE, Person
from kadar.demo.seasons import CLOSES, OPENS, in_office_hours, stream

CHANNEL = Chances({"Email": 0.42, "WhatsApp": 0.27, "Phone": 0.19, "Chat": 0.12})
CATEGORY = Chances({"Delivery": 0.38, "Billing": 0.22, "Product": 0.26, "Account": 0.14})
PRIORITY = Chances({"Low": 0.25, "Normal": 0.55, "High": 0.20})
SLOWER = {"Low": 1.6, "Normal": 1.0, "High": 0.55}
PER_MONTH = {"SMB": 0.25, "Mid-market": 0.37, "Enterprise": 0.65}
CARELESS = "3015"  # closes tickets that are not solved


@dataclass(slots=True)
class Ticket:
    """A question or problem of a customer; times are local."""

    id: str
    customer_id: str
    contact_id: str
    country: str
    channel: str
    category: str
    priority: str
    owner_id: str
    created: datetime
    automated: datetime | None = None
    responded: datetime | None = None
    first_resolved: datetime | None = None
    resolved: datetime | None = None
    reopened: int = 0


def tickets(customers: list[Customer], people: list[Person]) -> list[Ticket]:
    """Return every ticket, in the order they came in.

    A handful were solved before they were opened: the old help desk's clock ran behind.
    """
    numbers = stream("tickets")
    agents = {
        country: [p for p in people if p.team.startswith("Support") and p.country == country]
        for country in ("MY", "SG", "ID", "CN")
    }
    made: list[Ticket] = []
    for customer in customers:
        if customer.since is None:
            continue
        moment = max(customer.since, OPENS)
        while True:
            troubled = _troubled(customer, moment)
            pace = PER_MONTH[customer.segment] * (2.2 if troubled else 1.0)
            moment += timedelta(days=numbers.expovariate(pace / 30))
            if moment >= CLOSES or not customer.buys(moment):
                break
            created = _asked(numbers, moment)
            made.append(_ticket(numbers, customer, created, agents[customer.country]))
    made.sort(key=lambda ticket: (ticket.created, ticket.customer_id))
    for position, ticket in enumerate(made):
        ticket.id = f"TKT-{position + 1:05d}" if ticket.country == "MY" else str(38001 + position)
    for ticket in made[1000::2500]:
        ticket.resolved = ticket.first_resolved = ticket.created - timedelta(hours=2)
        ticket.responded = ticket.created + timedelta(minutes=30)
        ticket.reopened = 0
    return made


def understaffed(country: str, moment: datetime) -> bool:
    """Say whether too few people answer the country's customers at that moment."""
    return country == SHORT_COUNTRY and moment.date() >= SHORT_SINCE


def _troubled(customer: Customer, moment: datetime) -> bool:
    """Say whether the customer is about to leave because of what tickets are about."""
    return (
        customer.left is not None
        and customer.reason in ("Service", "Competitor")
        and timedelta(0) < customer.left - moment < timedelta(days=100)
    )


def _asked(numbers: Random, moment: datetime) -> datetime:
    """Move most of a day's questions into office hours, as customers are at work too."""
    if numbers.random() < 0.85:
        moment = in_office_hours(moment, "MY")
        moment = moment.replace(hour=9 + int(numbers.random() * 9))
    return min(moment, CLOSES - timedelta(minutes=5)).replace(second=0, microsecond=0)


def _ticket(numbers: Random, customer: Customer, created: datetime, agents: list[Person]) -> Ticket:
    working = [agent for agent in agents if agent.works(created.date())]
    agent = numbers.choice(working)
    ticket = Ticket(
        id="",
        customer_id=customer.id,
        contact_id=customer.contact_id,
        country=customer.country,
        channel=CHANNEL.draw(numbers),
        category=CATEGORY.draw(numbers),
        priority=PRIORITY.draw(numbers),
        owner_id=agent.id,
        created=created,
    )
    short = understaffed(customer.country, created)
    troubled = _troubled(customer, created) and customer.reason == "Service"
    if ticket.channel in ("Chat", "WhatsApp") and numbers.random() < 0.85:
        ticket.automated = created + timedelta(minutes=1)
    slow = (
        SLOWER[ticket.priority] / agent.skill * (3.6 if short else 1.0) * (2.5 if troubled else 1.0)
    )
    ignored = numbers.random() < (0.02 + 0.05 * short + 0.10 * troubled)
    answered = in_office_hours(
        created + timedelta(hours=numbers.lognormvariate(0.55, 0.9) * slow), customer.country
    )
    if ignored:
        return ticket
    if answered >= CLOSES:
        return ticket
    ticket.responded = max(answered, created + timedelta(minutes=2)).replace(
        second=0, microsecond=0
    )
    solved = in_office_hours(
        ticket.responded
        + timedelta(hours=numbers.lognormvariate(2.3, 1.0) * (1.7 if short else 1.0)),
        customer.country,
    )
    if solved >= CLOSES or numbers.random() < 0.012:
        return ticket
    ticket.first_resolved = ticket.resolved = max(
        solved, ticket.responded + timedelta(minutes=3)
    ).replace(second=0, microsecond=0)
    again = 0.05 + 0.03 * short + 0.10 * troubled + 0.14 * (agent.id == CARELESS)
    while numbers.random() < again and ticket.reopened < 3:
        opened = in_office_hours(
            ticket.resolved + timedelta(hours=numbers.uniform(3, 90)), customer.country
        )
        if opened >= CLOSES:
            break
        ticket.reopened += 1
        solved = in_office_hours(
            opened + timedelta(hours=numbers.lognormvariate(2.6, 0.9)), customer.country
        )
        if solved >= CLOSES or numbers.random() < 0.05:
            ticket.resolved = None
            break
        ticket.resolved = solved.replace(second=0, microsecond=0)
    return ticket
