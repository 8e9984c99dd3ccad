"""The example company: everything that happened in it in three years, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.demo import customers as lives
from kadar.demo import deals as selling
from kadar.demo import interactions as contacts
from kadar.demo import leads as asking
from kadar.demo import orders as buying
from kadar.demo import spend as spending
from kadar.demo import surveys as judging
from kadar.demo import tickets as helping
from kadar.demo.campaigns import Member
from kadar.demo.customers import Customer
from kadar.demo.deals import Deal
from kadar.demo.interactions import Interaction
from kadar.demo.leads import Lead
from kadar.demo.orders import Order
from kadar.demo.people import Person, people
from kadar.demo.spend import Spend
from kadar.demo.surveys import Survey
from kadar.demo.tickets import Ticket

NAME = "Serumpun Office Supply"


@dataclass(slots=True)
class Company:
    """What happened, as it was; the exports tell it, with their usual faults."""

    people: list[Person]
    customers: list[Customer]  # accounts: buyers, and those who were only asked
    twice: list[Customer]  # accounts entered twice and merged into one of the above
    leads: list[Lead]
    deals: list[Deal]
    orders: list[Order]
    tickets: list[Ticket]
    nps: list[Survey]
    csat: list[Survey]
    interactions: list[Interaction]
    ads: list[Spend]
    ledger: list[Spend]
    members: list[Member]


def company() -> Company:
    """Simulate the company; every call returns the same."""
    staff = people()
    taken: set[str] = set()
    old = lives.old_customers(staff, taken)
    leads = asking.leads(staff, taken)
    customers = [*old, *lives.from_leads(leads)]
    deals = selling.first_deals(leads, {c.id: c for c in customers}, staff)
    members = lives.live(customers)
    deals += selling.later_deals(customers, staff)
    deals.sort(key=lambda deal: (deal.created, deal.id))
    twice = lives.merge(customers)
    tickets = helping.tickets(customers, staff)
    return Company(
        people=staff,
        customers=customers,
        twice=twice,
        leads=leads,
        deals=deals,
        orders=buying.orders(customers, twice),
        tickets=tickets,
        nps=judging.nps(customers),
        csat=judging.csat(tickets),
        interactions=contacts.interactions(customers, leads),
        ads=spending.ads(),
        ledger=spending.ledger(deals),
        members=members,
    )
