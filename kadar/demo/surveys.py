"""Surveys: would you recommend us (0 to 10), and how did we solve your ticket (1 to 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kadar.demo.customers import Customer
from kadar.demo.seasons import CLOSES, OPENS, office_moment, stream
from kadar.demo.tickets import Ticket

COMMENTS = {
    "Service": ("Nobody answers my e-mails", "Three days for a reply", "Tiada jawapan langsung"),
    "Price": ("Prices went up again", "Cheaper elsewhere", "价格太高"),
    "Competitor": ("Other suppliers deliver faster", "Trying another supplier"),
    "good": ("Fast delivery", "Bagus!", "Friendly people", "很好", "Always on time"),
    "poor": ("Wrong items twice", "Delivery was late", "Lambat"),
}
BASE = {"MY": 8.5, "SG": 8.2, "ID": 8.4, "CN": 7.9}


@dataclass(slots=True)
class Survey:
    """A question put to a customer, and its answer if there is one; times are local."""

    id: str
    customer_id: str
    contact_id: str
    country: str
    sent: datetime
    answered: datetime | None
    score: int | None
    comment: str
    channel: str
    ticket_id: str | None = None


def nps(customers: list[Customer]) -> list[Survey]:
    """Return the quarterly round: two thirds of the customers are asked, a part of them answers."""
    numbers = stream("nps")
    made = []
    for year in (2023, 2024, 2025, 2026):
        for month in (3, 6, 9, 12):
            round_opens = datetime(year, month, 4)  # noqa: DTZ001  (naive local time)
            if not OPENS <= round_opens < CLOSES:
                continue
            made += [
                _nps(numbers, customer, round_opens)
                for customer in customers
                if customer.buys(round_opens) and numbers.random() < 0.66
            ]
    for position, survey in enumerate(made):
        survey.id = f"NPS-{position + 1:05d}"
    return made


def _nps(numbers: Random, customer: Customer, opens: datetime) -> Survey:
    sent = opens.replace(hour=10, minute=int(numbers.random() * 60))
    survey = Survey(
        "", customer.id, customer.contact_id, customer.country, sent, None, None, "", "Email"
    )
    leaving = customer.left is not None and customer.left - sent < timedelta(days=150)
    unhappy = leaving and customer.reason != "Closed business"
    if numbers.random() > (0.34 if unhappy else 0.5):
        return survey
    answered = office_moment(
        numbers, (sent + timedelta(days=numbers.expovariate(1 / 4))).date(), customer.country
    )
    answered = max(answered, sent + timedelta(minutes=7))
    if answered >= CLOSES:
        return survey
    mean = BASE[customer.country] - (2.8 if unhappy else 0)
    if customer.country == "MY":
        mean -= {(2026, 3): 0.9, (2026, 6): 1.5}.get((sent.year, sent.month), 0.0)
    survey.answered = answered
    survey.score = max(0, min(10, round(numbers.gauss(mean, 1.7))))
    if numbers.random() < 0.3:
        kind = "good" if survey.score >= 8 else "poor"
        if unhappy and survey.score < 8 and customer.reason in COMMENTS:
            kind = customer.reason
        survey.comment = numbers.choice(COMMENTS[kind])
    return survey


def csat(tickets: list[Ticket]) -> list[Survey]:
    """Return the question that follows a solved ticket; fewer than half answer it."""
    numbers = stream("csat")
    made: list[Survey] = []
    for ticket in tickets:
        if ticket.resolved is None or ticket.responded is None or numbers.random() > 0.9:
            continue
        sent = max(ticket.resolved, ticket.created) + timedelta(hours=1)
        if sent >= CLOSES:
            continue
        survey = Survey(
            f"CS-{len(made) + 1:05d}",
            ticket.customer_id,
            ticket.contact_id,
            ticket.country,
            sent,
            None,
            None,
            "",
            ticket.channel,
            ticket.id,
        )
        made.append(survey)
        answered = sent + timedelta(hours=numbers.expovariate(1 / 20))
        if numbers.random() > 0.42 or answered >= CLOSES:
            continue
        waited = (ticket.responded - ticket.created).total_seconds() / 3600
        mean = 4.5 - min(1.6, waited / 22) - 0.7 * ticket.reopened
        survey.answered = answered.replace(second=0, microsecond=0)
        survey.score = max(1, min(5, round(numbers.gauss(mean, 0.75))))
        if survey.score <= 2 and numbers.random() < 0.4:
            survey.comment = numbers.choice(COMMENTS["poor"] + COMMENTS["Service"])
    return made
