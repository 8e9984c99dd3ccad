"""Customers: who they are, how long they stay and why they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from kadar.demo.campaigns import REBATE, Member
from kadar.demo.chances import Chances
from kadar.demo.leads import CHANNEL, COUNTRY, INDUSTRIES, SEGMENT, Lead
from kadar.demo.names import company_name, person_name, phone
from kadar.demo.people import Person
from kadar.demo.seasons import CLOSES, OPENS, stream

OLD = 450  # customers from before the three years
REGIONS = {
    "MY": ("Klang Valley", "Penang", "Johor", "Sarawak"),
    "SG": ("Central", "East", "West"),
    "ID": ("Jakarta", "Surabaya", "Medan"),
    "CN": ("华东", "华南", "华北"),
}
# chance to leave in a month, before what else weighs on it
LEAVES = {"SMB": 0.026, "Mid-market": 0.014, "Enterprise": 0.007}
BY_CHANNEL = {"Web": 1.0, "Referral": 0.65, "Partner": 0.8, "Event": 1.05, "Paid Search": 1.55}
REASON = Chances({"Price": 0.34, "Competitor": 0.26, "Service": 0.18, "Closed business": 0.22})
CONSENT = Chances[bool | None]({True: 0.7, False: 0.12, None: 0.18})
SLOW_SINCE = datetime(2026, 2, 1)  # noqa: DTZ001  when slow answers began to drive customers off


@dataclass(slots=True)
class Customer:
    """A company that buys, or was asked to; times are local."""

    id: str
    name: str
    country: str
    region: str
    segment: str
    industry: str
    channel: str
    campaign_id: str | None
    owner_id: str
    created: datetime
    contact_id: str
    contact: str
    email: str
    phone: str
    consented: bool | None
    markup: float  # revenue over cost
    size: float  # of an order, beside the segment's
    since: datetime | None = None  # first signed
    left: datetime | None = None  # when it stopped buying
    reason: str | None = None
    arm: str | None = None  # of the loyalty rebate
    merged_into: str | None = None

    def buys(self, moment: datetime) -> bool:
        """Say whether the customer is one at that moment."""
        return (
            self.since is not None
            and self.since <= moment
            and not (self.left is not None and moment >= self.left)
        )


def old_customers(people: list[Person], taken: set[str]) -> list[Customer]:
    """Return the customers the company already had when the three years open."""
    numbers = stream("old customers")
    made = []
    for position in range(OLD):
        country = COUNTRY.draw(numbers)
        sellers = [p for p in people if p.team.startswith("Sales") and p.country == country]
        created = OPENS - timedelta(days=numbers.randrange(40, 900), minutes=numbers.randrange(600))
        customer = _customer(
            numbers,
            position,
            name=company_name(numbers, country, taken),
            contact=person_name(numbers, country),
            country=country,
            segment=SEGMENT.draw(numbers),
            industry=numbers.choice(INDUSTRIES),
            channel=CHANNEL.draw(numbers),
            campaign_id=None,
            owner_id=numbers.choice(sellers).id,
            created=created,
        )
        customer.since = created + timedelta(days=numbers.randrange(3, 39))
        made.append(customer)
    return made


def from_leads(leads: list[Lead]) -> list[Customer]:
    """Return an account for every lead that became a deal, bought or not."""
    numbers = stream("customers")
    made: list[Customer] = []
    for lead in leads:
        if lead.qualified is None:
            continue
        customer = _customer(
            numbers,
            OLD + len(made),
            name=lead.company,
            contact=lead.contact,
            country=lead.country,
            segment=lead.segment,
            industry=lead.industry,
            channel=lead.channel,
            campaign_id=lead.campaign_id,
            owner_id=lead.owner_id,
            created=lead.qualified,
        )
        lead.customer_id = customer.id
        made.append(customer)
    return made


def _customer(
    numbers: Random,
    position: int,
    *,
    name: str,
    contact: str,
    country: str,
    segment: str,
    industry: str,
    channel: str,
    campaign_id: str | None,
    owner_id: str,
    created: datetime,
) -> Customer:
    # ids as wide and as far apart as the CRM gives them
    number = 18204000000 + position * 4177 + numbers.randrange(4000)
    markup = 1 + max(-0.08, numbers.gauss(0.36, 0.11))
    if segment == "Enterprise":
        markup -= 0.12  # large customers negotiate, some below cost
    return Customer(
        id=str(number),
        name=name,
        country=country,
        region=numbers.choice(REGIONS[country]),
        segment=segment,
        industry=industry,
        channel=channel,
        campaign_id=campaign_id,
        owner_id=owner_id,
        created=created,
        contact_id=str(40551000000 + position * 3011 + numbers.randrange(3000)),
        contact=contact,
        email=f"contact{position + 1}@customer{position + 1}.example",
        phone=phone(numbers, country),
        consented=CONSENT.draw(numbers),
        markup=markup,
        size=numbers.lognormvariate(0, 0.35),
    )


def live(customers: list[Customer]) -> list[Member]:
    """Decide how long each customer stays, and who is in the loyalty rebate.

    Sets `left`, `reason` and `arm`; returns the rebate's members, treated and control.
    """
    numbers = stream("lives")
    members = []
    chosen = datetime.combine(REBATE.started, datetime.min.time())
    for customer in customers:
        draw = numbers.random()  # drawn for everybody, so that nobody's draw moves another's
        arm = "treated" if draw < 0.4 else "control" if draw < 0.6 else None
        if customer.since is None:
            continue
        _leave(numbers, customer, arm if customer.country in REBATE.countries else None)
        if arm and customer.country in REBATE.countries and customer.buys(chosen):
            customer.arm = arm
            members.append(Member(REBATE.id, customer.id, arm, date(2025, 2, 24)))
    return members


def _leave(numbers: Random, customer: Customer, arm: str | None) -> None:
    since = customer.since
    assert since is not None  # noqa: S101  (the caller looked)
    month = max(since + timedelta(days=45), OPENS + timedelta(days=20))
    while month < CLOSES:
        chance = LEAVES[customer.segment] * BY_CHANNEL[customer.channel]
        if (month - since).days < 180:
            chance *= 1.4
        if arm == "treated" and datetime(2025, 3, 3) <= month < datetime(2025, 9, 1):  # noqa: DTZ001
            chance *= 0.45
        slow = customer.country == "MY" and month >= SLOW_SINCE
        if numbers.random() < chance * (2.6 if slow else 1.0):
            customer.left = month + timedelta(days=numbers.randrange(30))
            service = slow and numbers.random() < 0.62
            customer.reason = "Service" if service else REASON.draw(numbers)
            if customer.left >= CLOSES:
                customer.left = customer.reason = None
            return
        month += timedelta(days=30)


def merge(customers: list[Customer]) -> list[Customer]:
    """Return accounts entered twice and merged since; each points at the one that stays."""
    buyers = [c for c in customers if c.since is not None and c.since > OPENS]
    twice = []
    for position in (11, 97, 203, 411):
        kept = buyers[position]
        copy = Customer(
            **{name: getattr(kept, name) for name in kept.__slots__}
            | {
                "id": str(int(kept.id) + 1),
                "contact_id": str(int(kept.contact_id) + 1),
                "name": kept.name.upper(),
                "merged_into": kept.id,
                "since": None,
                "arm": None,
            }
        )
        twice.append(copy)
    return twice
