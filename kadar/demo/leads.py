"""Leads: who asked, through which channel, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from random import Random

from kadar.demo.campaigns import PAID_SEARCH, event_of
from kadar.demo.chances import Chances
from kadar.demo.names import company_name, person_name
from kadar.demo.people import Person
from kadar.demo.seasons import CLOSES, OPENS, office_moment, season, stream

COUNTRIES = {"MY": 0.45, "SG": 0.20, "ID": 0.18, "CN": 0.17}
COUNTRY = Chances(COUNTRIES)
CHANNEL = Chances(
    {"Web": 0.32, "Referral": 0.16, "Partner": 0.14, "Event": 0.10, "Paid Search": 0.28}
)
# chance that a lead becomes a deal, by channel
QUALIFIES = {"Web": 0.46, "Referral": 0.66, "Partner": 0.60, "Event": 0.44, "Paid Search": 0.42}
REASONS = ("No budget", "Not a company", "Wrong number", "Too small", "Chose a competitor")
INDUSTRIES = (
    "Manufacturing",
    "Retail",
    "Health care",
    "Education",
    "Logistics",
    "Professional services",
    "Food and beverage",
)
SEGMENT = Chances({"SMB": 0.62, "Mid-market": 0.28, "Enterprise": 0.10})


@dataclass(slots=True)
class Lead:
    """Somebody who asked; times are local."""

    id: str
    created: datetime
    country: str
    channel: str
    campaign_id: str | None
    owner_id: str
    company: str
    contact: str
    industry: str
    segment: str
    status: str = "New"  # New, Working, Qualified, Converted, Disqualified
    qualified: datetime | None = None  # when the deal was opened
    converted: datetime | None = None  # when the first order was signed
    disqualified: datetime | None = None
    disqualified_reason: str | None = None
    customer_id: str | None = None
    deal_id: str | None = None


def leads(people: list[Person], taken: set[str]) -> list[Lead]:
    """Return every lead of the three years, in the order they came in.

    Company names already in use are in `taken`; new ones are added.
    """
    numbers = stream("leads")
    sellers = {
        country: [p for p in people if p.team.startswith("Sales") and p.country == country]
        for country in COUNTRIES
    }
    made: list[Lead] = []
    day = OPENS.date()
    while day < CLOSES.date():
        for country, share in COUNTRIES.items():
            mean = (
                _daily(day) * share * season(day, country) * (0.35 if day.weekday() >= 5 else 1.26)
            )
            made += [
                _lead(numbers, day, country, sellers[country], taken)
                for _ in range(_count(numbers.random(), mean))
            ]
            event = event_of(day, country)
            if event and numbers.random() < max(0.0, 1.3 - (day - event.started).days / 18):
                for _ in range(numbers.randrange(1, 4)):
                    lead = _lead(numbers, day, country, sellers[country], taken)
                    lead.channel, lead.campaign_id = "Event", event.id
                    made.append(lead)
        day += timedelta(days=1)
    made.sort(key=lambda lead: lead.created)
    for position, lead in enumerate(made):
        lead.id = f"L{200001 + position}"
        _qualify(numbers, lead)
    return made


def _daily(day: date) -> float:
    """Return the expected leads of an ordinary day: the company grows by three quarters."""
    return 3.6 + 2.6 * (day - OPENS.date()).days / 1096


def _count(number: float, mean: float) -> int:
    """Return a Poisson count from one uniform number."""
    count, term = 0, exp(-mean)
    total = term
    while number > total and count < 50:
        count += 1
        term *= mean / count
        total += term
    return count


def _lead(numbers: Random, day: date, country: str, sellers: list[Person], taken: set[str]) -> Lead:
    channel = CHANNEL.draw(numbers)
    if channel == "Event":  # between the fairs these are leads from the showroom
        channel = "Web" if event_of(day, country) is None else channel
    event = event_of(day, country) if channel == "Event" else None
    created = (
        office_moment(numbers, day, country)
        if channel in ("Event", "Partner")
        else (
            datetime.combine(day, datetime.min.time())
            + timedelta(minutes=int(min(1439, max(0, numbers.gauss(820, 250)))))
        )
    )
    created = min(created, CLOSES - timedelta(hours=2))
    campaign = event.id if event else None
    if channel == "Paid Search":
        campaign = PAID_SEARCH[day.year].id
    return Lead(
        id="",
        created=created,
        country=country,
        channel=channel,
        campaign_id=campaign,
        owner_id=numbers.choice(sellers).id,
        company=company_name(numbers, country, taken),
        contact=person_name(numbers, country),
        industry=numbers.choice(INDUSTRIES),
        segment=SEGMENT.draw(numbers),
    )


def _qualify(numbers: Random, lead: Lead) -> None:
    """Decide whether the lead becomes a deal, and when; deals decide the rest."""
    chance = QUALIFIES[lead.channel]
    if lead.channel == "Paid Search" and lead.created.year >= 2025:
        chance *= 0.75  # wider keywords brought cheaper clicks and worse leads
    decided = lead.created + timedelta(days=min(28.0, numbers.lognormvariate(1.3, 0.8)))
    if decided >= CLOSES:
        lead.status = "New" if lead.created > CLOSES - timedelta(days=4) else "Working"
        return
    if numbers.random() < chance:
        lead.status = "Qualified"
        lead.qualified = office_moment(numbers, decided.date(), lead.country)
        if lead.qualified >= CLOSES or lead.qualified <= lead.created:
            lead.qualified = min(lead.created + timedelta(minutes=50), CLOSES - timedelta(hours=1))
    elif numbers.random() < 0.93:
        lead.status = "Disqualified"
        lead.disqualified = decided.replace(microsecond=0, second=0)
        lead.disqualified_reason = numbers.choice(REASONS)
    else:
        lead.status = "Working"
