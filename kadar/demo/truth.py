"""Truth: figures computed straight from the simulation, without kadar.

Tests compare kadar's answers to the exports with these. Periods are local.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from kadar.demo.company import Company
from kadar.demo.rates import rate
from kadar.demo.report import Truth
from kadar.demo.seasons import CLOSES, OPENS

INACTIVE_AFTER = timedelta(days=90)
WINDOW = timedelta(days=90)
EXACT = Decimal("0.0001")


def quarter(day: date) -> str:
    """Return `2025-Q3`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def month(day: date) -> str:
    """Return `2025-08`."""
    return f"{day.year}-{day.month:02d}"


def truth(company: Company) -> Truth:
    """Compute every true figure."""
    deals = company.deals
    closed = [(deal, deal.closed) for deal in deals if deal.closed]
    came = {lead.id: lead.created.date() for lead in company.leads}
    cycles: dict[str, list[float]] = defaultdict(list)
    for deal, moment in closed:
        if deal.outcome == "won" and deal.lead_id:
            cycles[quarter(moment)].append((moment.date() - came[deal.lead_id]).days)
    converted, created = Counter[str](), Counter[str]()
    for lead in company.leads:
        created[month(lead.created)] += 1
        if lead.converted and lead.converted < lead.created + WINDOW:
            converted[month(lead.created)] += 1
    answers, resolutions = _ticket_hours(company)
    return Truth(
        deals_won=_count(quarter(at) for deal, at in closed if deal.outcome == "won"),
        deals_closed=_count(quarter(at) for _, at in closed),
        deals_created=_count(quarter(deal.created) for deal in deals),
        customers_acquired=_count(
            quarter(c.since) for c in company.customers if c.since and c.since >= OPENS
        ),
        sales_cycle_days={label: median(days) for label, days in sorted(cycles.items())},
        nps=_nps(company),
        csat=_csat(company),
        leads_converted={label: (converted[label], created[label]) for label in sorted(created)},
        orders=_count(month(order.ordered) for order in company.orders),
        revenue=_revenue(company),
        spend=_spend(company),
        first_response_hours={label: median(hours) for label, hours in sorted(answers.items())},
        resolution_hours={label: median(hours) for label, hours in sorted(resolutions.items())},
        interactions=_count(
            quarter(one.occurred)
            for one in company.interactions
            if one.customer_id and not one.automated
        ),
        retained=_retained(company),
    )


def _count(labels: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(labels).items()))


def _hours(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds() / 3600


def _ticket_hours(company: Company) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return hours to the first reply by month of creation, and to the end by month of the end."""
    answers: dict[str, list[float]] = defaultdict(list)
    resolutions: dict[str, list[float]] = defaultdict(list)
    for ticket in company.tickets:
        if ticket.responded and ticket.responded >= ticket.created:
            answers[month(ticket.created)].append(_hours(ticket.created, ticket.responded))
        if ticket.resolved and ticket.resolved >= ticket.created:
            resolutions[month(ticket.resolved)].append(_hours(ticket.created, ticket.resolved))
    return answers, resolutions


def _nps(company: Company) -> dict[str, tuple[int, int, int]]:
    scores: dict[str, list[int]] = defaultdict(list)
    for survey in company.nps:
        if survey.answered and survey.score is not None:
            scores[quarter(survey.answered)].append(survey.score)
    return {
        label: (sum(s >= 9 for s in given), sum(s <= 6 for s in given), len(given))
        for label, given in sorted(scores.items())
    }


def _csat(company: Company) -> dict[str, tuple[int, int]]:
    scores: dict[str, list[int]] = defaultdict(list)
    for survey in company.csat:
        if survey.answered and survey.score is not None:
            scores[quarter(survey.answered)].append(survey.score)
    return {label: (sum(s >= 4 for s in g), len(g)) for label, g in sorted(scores.items())}


def _ringgit(hundredths: int, currency: str, day: date) -> Decimal:
    exact = Decimal(hundredths) / 100 * Decimal(str(rate(currency, day.year, day.month)))
    return exact.quantize(EXACT, ROUND_HALF_UP)


def _revenue(company: Company) -> dict[str, float]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for order in company.orders:
        sums[month(order.ordered)] += _ringgit(order.revenue, order.currency, order.ordered)
    return {label: float(value) for label, value in sorted(sums.items())}


def _spend(company: Company) -> dict[str, float]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in [*company.ads, *company.ledger]:
        sums[quarter(entry.day)] += _ringgit(entry.amount, entry.currency, entry.day)
    return {label: float(value) for label, value in sorted(sums.items())}


def _retained(company: Company) -> dict[str, tuple[int, int]]:
    """Return by quarter who was active when it closed of those active when it opened."""
    survivors = {copy.id: copy.merged_into or copy.id for copy in company.twice}
    bought: dict[str, list[datetime]] = defaultdict(list)
    for order in company.orders:
        if order.revenue > 0:
            bought[survivors.get(order.customer_id, order.customer_id)].append(order.ordered)
    for moments in bought.values():
        moments.sort()

    def active(moment: datetime) -> set[str]:
        found = set()
        for customer, moments in bought.items():
            position = bisect_right(moments, moment)
            if position and moment < moments[position - 1] + INACTIVE_AFTER:
                found.add(customer)
        return found

    bounds = [
        datetime(year, first, 1)  # noqa: DTZ001  (naive local time)
        for year in (2023, 2024, 2025, 2026)
        for first in (1, 4, 7, 10)
        if OPENS <= datetime(year, first, 1) <= CLOSES  # noqa: DTZ001
    ]
    sets = [active(bound) for bound in bounds]
    return {
        quarter(opens): (len(here & there), len(here))
        for opens, here, there in zip(bounds, sets, sets[1:], strict=False)
    }
