"""Deals: first sales from leads, later sales and renewals to customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from kadar.demo.customers import Customer
from kadar.demo.leads import Lead
from kadar.demo.people import STALLER, Person
from kadar.demo.rates import CURRENCY_OF, rate
from kadar.demo.seasons import CLOSES, OPENS, office_moment, stream

STAGES = ("Qualification", "Needs analysis", "Proposal", "Negotiation")
LOST = ("Price", "Competitor", "No decision", "No budget", "Timing")
# chance that a first deal is won, and the size of a deal in ringgit
WINS = {"Web": 0.38, "Referral": 0.54, "Partner": 0.46, "Event": 0.34, "Paid Search": 0.31}
SIZE = {"SMB": 7_500.0, "Mid-market": 26_000.0, "Enterprise": 95_000.0}
CYCLE = {"SMB": 3.25, "Mid-market": 3.7, "Enterprise": 4.2}  # logarithm of the median days
PRODUCTS = ("Pantry", "Office supplies", "Furniture", "Printing", "Cleaning")
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Deal:
    """A chance to sell; times are local."""

    id: str
    customer_id: str
    customer: str
    country: str
    kind: str  # new, renewal, expansion
    name: str
    channel: str
    campaign_id: str | None
    owner_id: str
    created: datetime
    expected: datetime
    amount: float
    currency: str
    product: str
    lead_id: str | None = None
    closed: datetime | None = None
    outcome: str = "open"
    lost_reason: str | None = None
    # stage and the moment the deal came into it, in order; won and lost are stages too
    stages: list[tuple[str, datetime]] = field(default_factory=list)


def first_deals(
    leads: list[Lead], customers: dict[str, Customer], people: list[Person]
) -> list[Deal]:
    """Return a deal for each qualified lead; a won one makes the lead's account a customer."""
    numbers = stream("first deals")
    skills = {person.id: person.skill for person in people}
    made = []
    for lead in leads:
        if lead.qualified is None or lead.customer_id is None:
            continue
        customer = customers[lead.customer_id]
        deal = _deal(numbers, customer, "new", lead.qualified, customer.channel)
        deal.lead_id, deal.campaign_id = lead.id, lead.campaign_id
        chance = WINS[lead.channel] * (0.6 + 0.4 * skills[lead.owner_id])
        cycle = numbers.lognormvariate(CYCLE[customer.segment], 0.55) / (
            0.7 + 0.3 * skills[lead.owner_id]
        )
        # nothing is signed within a day of the ninetieth after the lead came in: where a month
        # ends must never decide whether a lead counts as converted within 90 days
        gap = (deal.created - lead.created).total_seconds() / 86400
        if 84 < gap + cycle < 92.5:
            cycle += 9
        _close(numbers, deal, chance, cycle, LOST)
        if deal.outcome == "won" and deal.closed:
            customer.since = deal.closed
            lead.status, lead.converted = "Converted", deal.closed
        lead.deal_id = deal.id
        made.append(deal)
    return made


def later_deals(customers: list[Customer], people: list[Person]) -> list[Deal]:
    """Return expansions and yearly renewals; a customer who leaves loses the renewal, with why."""
    numbers = stream("later deals")
    skills = {person.id: person.skill for person in people}
    made = []
    for customer in customers:
        if customer.since is None:
            continue
        day = max(customer.since, OPENS) + timedelta(days=numbers.randrange(90, 800))
        while day < CLOSES and customer.buys(day):
            opened = office_moment(numbers, day.date(), customer.country)
            if opened < CLOSES:
                kind = "expansion" if numbers.random() < 0.62 else "renewal"
                deal = _deal(numbers, customer, kind, opened, "Referral")
                deal.channel = customer.channel
                chance = (0.5 if kind == "expansion" else 0.72) * (
                    0.6 + 0.4 * skills[customer.owner_id]
                )
                _close(numbers, deal, chance, numbers.lognormvariate(3.0, 0.5), LOST)
                made.append(deal)
            day += timedelta(days=numbers.randrange(300, 900))
        if customer.left and customer.reason and numbers.random() < 0.6:
            opened = office_moment(
                numbers, (customer.left - timedelta(days=25)).date(), customer.country
            )
            if OPENS <= opened < CLOSES:
                deal = _deal(numbers, customer, "renewal", opened, customer.channel)
                _close(numbers, deal, 0.0, 20 + 20 * numbers.random(), (customer.reason,))
                made.append(deal)
    return made


def _deal(numbers: Random, customer: Customer, kind: str, created: datetime, channel: str) -> Deal:
    currency = CURRENCY_OF[customer.country]
    product = numbers.choice(PRODUCTS)
    worth = SIZE[customer.segment] * numbers.lognormvariate(0, 0.5)
    if kind != "new":
        worth *= 0.6
    label = {"new": "first order", "renewal": "renewal", "expansion": "more"}[kind]
    return Deal(
        id=deal_id(numbers, customer.country),
        customer_id=customer.id,
        customer=customer.name,
        country=customer.country,
        kind=kind,
        name=f"{customer.name} – {product}, {label}",
        channel=channel,
        campaign_id=None,
        owner_id=customer.owner_id,
        created=created,
        expected=created + timedelta(days=numbers.randrange(25, 75)),
        amount=round(worth / rate(currency, 2025, 1), 2),
        currency=currency,
        product=product,
    )


def deal_id(numbers: Random, country: str) -> str:
    """Return an id as the country's CRM makes them: HubSpot digits, Salesforce's 15 characters."""
    if country in ("MY", "ID"):
        return str(numbers.randrange(31_000_000_000, 39_000_000_000))
    return "0065g00000" + "".join(numbers.choice(_BASE62) for _ in range(5))


def _close(
    numbers: Random, deal: Deal, chance: float, cycle: float, reasons: tuple[str, ...]
) -> None:
    """Let the deal run through its stages to its end, or to the last day observed."""
    won = numbers.random() < chance
    ends = office_moment(numbers, (deal.created + timedelta(days=cycle)).date(), deal.country)
    reached = len(STAGES) if won else numbers.randrange(1, len(STAGES) + 1)
    stalls = numbers.random() < (0.42 if deal.owner_id == STALLER else 0.02)
    if ends <= deal.created:
        ends = deal.created + timedelta(hours=3)
    weights = [0.5 + numbers.random() for _ in range(reached)]
    moment = deal.created
    for stage, weight in zip(STAGES[:reached], weights, strict=True):
        if moment >= CLOSES:
            return
        deal.stages.append((stage, moment.replace(second=0, microsecond=0)))
        moment += (ends - deal.created) * (weight / sum(weights))
    if stalls and not won and deal.kind != "renewal":
        return  # nobody ever writes that it is over
    if ends >= CLOSES:
        return
    deal.closed = ends
    deal.outcome = "won" if won else "lost"
    if not won:
        deal.lost_reason = numbers.choice(reasons)
    deal.stages.append(("Closed Won" if won else "Closed Lost", ends))
