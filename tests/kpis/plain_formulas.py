"""Every KPI and variant of `shared/design/kpis.md` in plain Python, by its written definition.

Each takes a company and a period and returns a number, or None where nothing is under the line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from math import floor
from typing import Any

import holidays
import numpy as np

from tests.kpis.plain import EVER, NEVER, Period, Row, Settings, World

Number = float | None
Formula = Callable[[World, Period], Number]
FORMULAS: dict[str, Formula] = {}
DAYS = {"day": 1, "week": 7, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


def formula(
    name: str, *fixed: Any, **named: Any
) -> Callable[[Callable[..., Number]], Callable[..., Number]]:
    """Register a formula under `kpi` or `kpi.variant`; `fixed` are its arguments after the two."""

    def register(define: Callable[..., Number]) -> Callable[..., Number]:
        key = name if "." in name else f"{name}.default"
        FORMULAS[key] = lambda world, period: define(world, period, *fixed, **named)
        return define

    return register


def ratio(above: Any, below: Any) -> Number:
    return None if below is None or above is None or not below else float(above) / float(below)


def mean(values: Iterable[Any]) -> Number:
    known = [float(v) for v in values if v is not None]
    return ratio(sum(known), len(known))


def quantile(values: Iterable[Any], share: float = 0.5) -> Number:
    known = [float(v) for v in values if v is not None]
    return float(np.quantile(known, share)) if known else None


def total(rows: Iterable[Row], column: str) -> float:
    return float(sum(row[column] for row in rows if row[column] is not None))


def rated(rows: Iterable[Row]) -> list[Row]:
    """Rows whose money is known in the company's currency."""
    return [row for row in rows if not row["rate_missing"]]


# acquisition


def sound_leads(w: World, p: Period) -> list[Row]:
    leads = w.placed("leads", "created_at", p)
    return [r for r in leads if r["converted_at"] is None or r["converted_at"] >= r["created_at"]]


@formula("lead_conversion_rate")
def lead_conversion_rate(w: World, p: Period) -> Number:
    return within_90_days(sound_leads(w, p))


@formula("lead_conversion_rate.new_customers_only")
def of_new_customers(w: World, p: Period) -> Number:
    return within_90_days([r for r in sound_leads(w, p) if r["existing_customer"] is not True])


def within_90_days(leads: list[Row]) -> Number:
    window = timedelta(days=90)
    quick = [
        r for r in leads if r["converted_at"] and r["converted_at"] - r["created_at"] <= window
    ]
    return ratio(len(quick), len(leads))


@formula("lead_conversion_rate.ever")
def converted_ever(w: World, p: Period) -> Number:
    leads = sound_leads(w, p)
    return ratio(sum(r["converted_at"] is not None for r in leads), len(leads))


@formula("lead_conversion_rate.same_period")
def converted_in_period(w: World, p: Period) -> Number:
    return ratio(len(w.placed("leads", "converted_at", p)), len(w.placed("leads", "created_at", p)))


@formula("new_customers")
def new_customers(w: World, p: Period) -> Number:
    return len(w.placed("customers", "acquired_at", p))


@formula("spend")
def spend(w: World, p: Period) -> Number:
    return total(rated(w.placed("spend", "spent_at", p)), "amount")


@formula("cac")
def cac(w: World, p: Period) -> Number:
    return ratio(spend(w, p), new_customers(w, p))


@formula("cac.paid")
def paid(w: World, p: Period) -> Number:
    media = [r for r in rated(w.placed("spend", "spent_at", p)) if r["category"] == "media"]
    return ratio(total(media, "amount"), new_customers(w, p))


@formula("cac.lagged")
def lagged(w: World, p: Period) -> Number:
    if p.grain == "all":
        return cac(w, p)
    whole = w.whole or w
    days = [
        (w.settings.day(r["closed_at"]) - w.settings.day(r["created_at"])).days
        for r in whole.placed("deals", "closed_at", None)
        if r["outcome"] == "won"
        and w.settings.day(r["closed_at"]) >= w.settings.day(r["created_at"])
    ]
    cycle = quantile(days) or 0
    return ratio(spend(w, p.before(floor(cycle / DAYS[p.grain] + 0.5))), new_customers(w, p))


@formula("cac.payback_months")
def payback_months(w: World, p: Period) -> Number:
    monthly = ratio(ratio(margin(w, p), active_customers(w, p)), p.months)
    return ratio(cac(w, p), monthly)


def known_margin(w: World, p: Period | None) -> list[Row]:
    return [r for r in rated(w.placed("orders", "ordered_at", p)) if r["margin"] is not None]


def margin(w: World, p: Period) -> float:
    return total(known_margin(w, p), "margin")


# sales


def closed(w: World, p: Period | None) -> list[Row]:
    """Deals closed won or lost."""
    return [r for r in w.placed("deals", "closed_at", p) if r["outcome"] in ("won", "lost")]


def won(rows: Iterable[Row]) -> list[Row]:
    return [r for r in rows if r["outcome"] == "won"]


def valued(rows: Iterable[Row]) -> list[Row]:
    return [r for r in rated(rows) if r["amount"] is not None]


@formula("win_rate")
def win_rate(w: World, p: Period) -> Number:
    return ratio(len(won(closed(w, p))), len(closed(w, p)))


@formula("win_rate.of_created")
def of_created(w: World, p: Period) -> Number:
    created = w.placed("deals", "created_at", p)
    return ratio(len(won(created)), len(created))


@formula("win_rate.by_value")
def won_by_value(w: World, p: Period) -> Number:
    deals = valued(closed(w, p))
    return ratio(total(won(deals), "amount"), total(deals, "amount"))


@formula("win_rate.with_overdue")
def with_overdue(w: World, p: Period) -> Number:
    expected = w.placed("deals", "expected_close_at", p)
    overdue = [
        r for r in expected if r["outcome"] == "open" and r["expected_close_at"] < w.observed
    ]
    return ratio(len(won(closed(w, p))), len(closed(w, p)) + len(overdue))


def won_by_now(w: World, rows: Iterable[Row]) -> list[Row]:
    return [r for r in won(rows) if r["closed_at"] is None or r["closed_at"] <= w.observed]


@formula("sales_conversion_rate")
def sales_conversion_rate(w: World, p: Period) -> Number:
    created = w.placed("deals", "created_at", p)
    return ratio(len(won_by_now(w, created)), len(created))


@formula("sales_conversion_rate.by_value")
def converted_by_value(w: World, p: Period) -> Number:
    created = valued(w.placed("deals", "created_at", p))
    return ratio(total(won_by_now(w, created), "amount"), total(created, "amount"))


@formula("sales_conversion_rate.from_lead")
def from_lead(w: World, p: Period) -> Number:
    from_leads = won((w.whole or w).placed("deals", "lead_created_at", p))
    if w.by is not None:  # a deal is of the group its lead is of
        name, value = w.by
        from_leads = [deal for deal in from_leads if w.of_lead(deal, name) == value]
    return ratio(len(from_leads), len(w.placed("leads", "created_at", p)))


def cycles(w: World, p: Period, start: str) -> list[int]:
    deals = [r for r in won(w.placed("deals", "closed_at", p)) if r[start] is not None]
    days = [(w.settings.day(r["closed_at"]) - w.settings.day(r[start])).days for r in deals]
    return [d for d in days if d >= 0]


@formula("sales_cycle_length", "lead_created_at", quantile)
@formula("sales_cycle_length.from_deal", "created_at", quantile)
@formula("sales_cycle_length.mean", "lead_created_at", mean)
@formula("sales_cycle_length.p90", "lead_created_at", partial(quantile, share=0.9))
def sales_cycle_length(w: World, p: Period, start: str, middle: Any) -> Number:
    return middle(cycles(w, p, start))


@formula("pipeline_value")
def pipeline_value(w: World, p: Period) -> Number:
    unknown = ("won", "lost")  # where nobody knows when they closed
    deals = valued(r for r in w.tables["deals"] if r["closed_at"] or r["outcome"] not in unknown)
    return total(at_closing(deals, p, "created_at", "closed_at"), "amount")


@formula("pipeline_velocity")
def pipeline_velocity(w: World, p: Period) -> Number:
    deals = rated(closed(w, p))
    amount = mean(r["amount"] for r in won(deals))
    days = [(w.settings.day(r["closed_at"]) - w.settings.day(r["created_at"])).days
            for r in won(deals)]  # fmt: skip
    length = mean(d for d in days if d >= 0)
    return None if amount is None else ratio(len(won(deals)) * amount, length)


@formula("stage_conversion")
def stage_conversion(w: World, p: Period) -> Number:
    stays = w.placed("deal_stages", "entered_at", p)
    return ratio(sum(r["left_at"] is not None for r in stays), len(stays))


@formula("time_in_stage")
def time_in_stage(w: World, p: Period) -> Number:
    return quantile(
        h / 24 for h in hours(w.placed("deal_stages", "left_at", p), "entered_at", "left_at")
    )


# loyalty


def at_opening(rows: Iterable[Row], p: Period, start: str, end: str) -> list[Row]:
    """Rows that ran when the period opened; what begins at that moment is new."""
    return [r for r in rows if (r[start] or NEVER) < p.opens_at <= (r[end] or NEVER)]


def at_closing(rows: Iterable[Row], p: Period, start: str, end: str) -> list[Row]:
    """Rows that ran when the period closed, or at the end of what is known."""
    return [r for r in rows if (r[start] or NEVER) < p.seen_until <= (r[end] or NEVER)]


def during(rows: Iterable[Row], p: Period, start: str, end: str) -> list[Row]:
    return [
        r
        for r in rows
        if (r[start] or NEVER) < p.seen_until
        and ((r[end] or NEVER) > p.opens_at or (r[start] or EVER) >= p.opens_at)
    ]


def customers(which: Any, w: World, p: Period) -> set[Any]:
    return {r["customer_id"] for r in which(w.tables["spells"], p, "started_at", "ended_at")}


@formula("active_customers", during)
@formula("active_customers.at_closing", at_closing)
def count_active(w: World, p: Period, which: Any) -> Number:
    return len(customers(which, w, p))


def active_customers(w: World, p: Period) -> int:
    return len(customers(during, w, p))


@formula("retention_rate")
def retention_rate(w: World, p: Period) -> Number:
    base = customers(at_opening, w, p)
    return ratio(len(base & customers(at_closing, w, p)), len(base))


@formula("churn_rate")
def churn_rate(w: World, p: Period) -> Number:
    kept = retention_rate(w, p)
    return None if kept is None else 1 - kept


@formula("churn_rate.with_new")
def with_new(w: World, p: Period) -> Number:
    base = customers(at_opening, w, p)
    lost = base - customers(at_closing, w, p)
    return ratio(len(lost), len(base | customers(during, w, p)))


@formula("churn_rate.daily")
def daily(w: World, p: Period) -> Number:
    rates = [rate for day in p.days() if (rate := churn_rate(w, day)) is not None]
    return sum(rates) if rates else None


@formula("churn_rate.voluntary", False)
@formula("churn_rate.involuntary", True)
def churn_by_will(w: World, p: Period, forced: bool) -> Number:
    base = customers(at_opening, w, p)
    lost = base - customers(at_closing, w, p)
    against = {
        r["customer_id"]
        for r in during(w.tables["spells"], p, "started_at", "ended_at")
        + at_opening(w.tables["spells"], p, "started_at", "ended_at")
        if r["involuntary"] and (r["ended_at"] or NEVER) < p.seen_until
    }
    return ratio(len(lost & against if forced else lost - against), len(base))


def recurring(w: World, p: Period) -> list[tuple[float, float]]:
    """Recurring revenue of each customer at the opening and at the closing."""
    paying: dict[Any, list[float]] = defaultdict(lambda: [0.0, 0.0])
    running = [r for r in rated(w.tables["subscriptions"]) if r["monthly_amount"] is not None]
    for place, which in enumerate((at_opening, at_closing)):
        for r in which(running, p, "started_at", "ended_at"):
            paying[r["customer_id"]][place] += float(r["monthly_amount"])
    return [(before, after) for before, after in paying.values() if before > 0]


@formula("churn_rate.revenue")
def revenue_churn(w: World, p: Period) -> Number:
    amounts = recurring(w, p)
    return ratio(sum(max(b - a, 0) for b, a in amounts), sum(b for b, _ in amounts))


@formula("retention_rate.net_revenue")
def net_revenue(w: World, p: Period) -> Number:
    amounts = recurring(w, p)
    return ratio(sum(a for _, a in amounts), sum(b for b, _ in amounts))


@formula("retention_rate.gross_revenue")
def gross_revenue(w: World, p: Period) -> Number:
    amounts = recurring(w, p)
    return ratio(sum(min(a, b) for b, a in amounts), sum(b for b, _ in amounts))


def purchases(w: World, p: Period) -> list[Row]:
    orders = [r for r in rated(w.placed("orders", "ordered_at", p)) if r["revenue"] is not None]
    return [r for r in orders if r["revenue"] > 0 and r["customer_id"] is not None]


@formula("retention_rate.repeat")
def repeat(w: World, p: Period) -> Number:
    if p.grain == "all":
        return None
    before = {r["customer_id"] for r in purchases(w, p.before())}
    return ratio(len(before & {r["customer_id"] for r in purchases(w, p)}), len(before))


@formula("retention_rate.cohort")
def of_cohort(w: World, p: Period) -> Number:
    if p.grain == "all":
        return None
    acquired = {r["customer_id"] for r in w.placed("customers", "acquired_at", p.before(12))}
    return ratio(len(acquired & customers(at_closing, w, p)), len(acquired))


@formula("repeat_purchase_rate")
def repeat_purchase_rate(w: World, p: Period) -> Number:
    times: dict[Any, int] = defaultdict(int)
    for r in purchases(w, p):
        times[r["customer_id"]] += 1
    return ratio(sum(n > 1 for n in times.values()), len(times))


def contacts(w: World, p: Period, automated: bool = False) -> list[Row]:
    rows = w.placed("interactions", "occurred_at", p)
    return [r for r in rows if r["customer_id"] and (automated or r["automated"] is not True)]


@formula("interactions_per_customer", False)
@formula("interactions_per_customer.all", True)
def interactions_per_customer(w: World, p: Period, automated: bool) -> Number:
    return ratio(len(contacts(w, p, automated)), active_customers(w, p))


@formula("interactions_per_customer.count")
def count_interactions(w: World, p: Period) -> Number:
    return len(contacts(w, p))


@formula("interactions_per_customer.untouched")
def untouched(w: World, p: Period) -> Number:
    active = customers(during, w, p)
    return ratio(len(active - {r["customer_id"] for r in contacts(w, p)}), len(active))


# surveys


def answers(w: World, p: Period, kind: str) -> list[Row]:
    rows = w.placed("surveys", "answered_at", p)
    return [r for r in rows if r["kind"] == kind and r["score"] is not None]


def score(rows: list[Row]) -> Number:
    promoters = sum(r["score"] >= 9 for r in rows)
    detractors = sum(r["score"] <= 6 for r in rows)
    return ratio(100 * (promoters - detractors), len(rows))


@formula("nps")
def nps(w: World, p: Period) -> Number:
    return score(answers(w, p, "nps"))


@formula("nps.per_customer")
def nps_per_customer(w: World, p: Period) -> Number:
    latest: dict[Any, Row] = {}
    for r in sorted(answers(w, p, "nps"), key=lambda r: r["survey_id"], reverse=True):
        held = latest.get(r["customer_id"])
        if r["customer_id"] and (held is None or r["answered_at"] >= held["answered_at"]):
            latest[r["customer_id"]] = r
    return score(list(latest.values()))


@formula("nps.per_account")
def nps_per_account(w: World, p: Period) -> Number:
    of: dict[Any, list[Row]] = defaultdict(list)
    for r in answers(w, p, "nps"):
        if r["customer_id"]:
            of[r["customer_id"]].append(r)
    return mean(score(rows) for rows in of.values())


@formula("csat")
def csat(w: World, p: Period) -> Number:
    rows = answers(w, p, "csat")
    boxes = [2 if r["scale_max"] - r["scale_min"] >= 3 else 1 for r in rows]
    top = sum(r["score"] > r["scale_max"] - n for r, n in zip(rows, boxes, strict=True))
    return ratio(top, len(rows))


@formula("csat.mean", "csat")
@formula("ces", "ces")
def mean_score(w: World, p: Period, kind: str) -> Number:
    return mean(r["score"] for r in answers(w, p, kind))


@formula("csat.good_bad")
def good_bad(w: World, p: Period) -> Number:
    rows = answers(w, p, "csat")
    good = sum(r["score"] > (r["scale_min"] + r["scale_max"]) / 2 for r in rows)
    bad = sum(r["score"] < (r["scale_min"] + r["scale_max"]) / 2 for r in rows)
    return ratio(good, good + bad)


@formula("survey_response_rate")
def survey_response_rate(w: World, p: Period) -> Number:
    sent = w.placed("surveys", "sent_at", p)
    return ratio(sum(r["answered_at"] is not None for r in sent), len(sent))


# service


def hours(rows: Iterable[Row], start: str, end: str) -> list[float]:
    both = [(r[start], r[end]) for r in rows if r[start] and r[end] and r[end] >= r[start]]
    return [(b - a).total_seconds() / 3600 for a, b in both]


def worked_between(settings: Settings, start: datetime, stop: datetime) -> timedelta:
    """Time between 9 and 18 on weekdays that are no holidays."""
    day, worked = settings.day(start), timedelta()
    while day <= settings.day(stop):
        if day.weekday() < 5 and not _holiday(settings, day):
            opens, closes = settings.midnight(day), settings.midnight(day + timedelta(days=1))
            # the clocks of none of these places change between 9 and 18
            closes -= timedelta(hours=6)
            opens = closes - timedelta(hours=9)
            worked += max(min(stop, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return worked


def clocked(
    w: World,
    ticket: Row,
    start: datetime,
    stop: datetime,
    *,
    without: tuple[str, ...] = ("paused",),
    working: bool = False,
) -> float:
    """Hours of a ticket between two moments, less those of the stops that do not count."""

    def took(since: datetime, until: datetime) -> timedelta:
        if until < since:
            return -took(until, since)
        return worked_between(w.settings, since, until) if working else until - since

    hours = took(start, stop)
    for state, begins, ends in ticket["stops"]:
        since, until = max(begins, start), min(ends or stop, stop)
        if state in without and since < until:
            hours -= took(since, until)
    return hours.total_seconds() / 3600


_CALENDARS: dict[str, Any] = {}


def _holiday(settings: Settings, day: Any) -> bool:
    if settings.holidays is None:
        return False
    if settings.holidays not in _CALENDARS:
        country, _, region = settings.holidays.partition("-")
        years = range(2022, 2028)
        made = holidays.country_holidays(country, subdiv=region or None, years=years)
        _CALENDARS[settings.holidays] = set(made)
    return day in _CALENDARS[settings.holidays]


ALL_STOPS = ("paused", "closed")
P90 = partial(quantile, share=0.9)


def ended(w: World, p: Period, place: str, end: str) -> Iterator[tuple[Row, datetime, datetime]]:
    """Tickets a person answered or resolved, and from when to when that took."""
    for row in w.placed("tickets", place, p):
        start = row["asked_at"] if end == "responded_at" else row["created_at"]
        by_bot = row.get(f"{end.removesuffix('_at')}_by_bot", False)
        if row["created_at"] and row[end] and row[end] >= row["created_at"] and not by_bot:
            yield row, start, row[end]


@formula("first_response_time", "created_at", "responded_at", quantile)
@formula("first_response_time.mean", "created_at", "responded_at", mean)
@formula("first_response_time.p90", "created_at", "responded_at", P90)
@formula("first_response_time.business", "created_at", "responded_at", quantile, working=True)
@formula("resolution_time", "resolved_at", "resolved_at", quantile)
@formula("resolution_time.first", "first_resolved_at", "first_resolved_at", quantile)
@formula("resolution_time.mean", "resolved_at", "resolved_at", mean)
@formula("resolution_time.p90", "resolved_at", "resolved_at", P90)
@formula("resolution_time.by_created", "created_at", "resolved_at", quantile)
@formula("resolution_time.business", "resolved_at", "resolved_at", quantile, working=True)
@formula(
    "resolution_time.handled", "resolved_at", "resolved_at", quantile, without=("paused", "closed")
)
@formula(
    "resolution_time.handled_business",
    "resolved_at",
    "resolved_at",
    quantile,
    without=ALL_STOPS,
    working=True,
)
@formula("resolution_time.elapsed", "resolved_at", "resolved_at", quantile, without=())
def ticket_time(w: World, p: Period, place: str, end: str, middle: Any, **how: Any) -> Number:
    return middle([clocked(w, row, a, b, **how) for row, a, b in ended(w, p, place, end)])


@formula("first_response_time.from_creation")
def from_creation(w: World, p: Period) -> Number:
    return quantile(hours(w.placed("tickets", "created_at", p), "created_at", "responded_at"))


@formula("first_response_time.within_target", "responded_at", 24)
@formula("first_response_time.within_working_target", "responded_at", 8, working=True)
@formula("resolution_time.within_target", "resolved_at", 72)
@formula("resolution_time.within_working_target", "resolved_at", 24, working=True)
def within_target(w: World, p: Period, end: str, target: int, *, working: bool = False) -> Number:
    hit, missed = 0, 0
    for r in w.placed("tickets", "created_at", p):
        stop, start = r[end], r["created_at"]
        if end == "responded_at":
            start = r["asked_at"]
            if stop is None and not r["resolved_by_bot"]:
                stop = r["resolved_at"]
        if (r[end] and r[end] < r["created_at"]) or (end == "resolved_at" and r["resolved_by_bot"]):
            continue
        inside = clocked(w, r, start, stop or w.observed, working=working) <= target
        hit += inside and r[end] is not None
        missed += not inside
    return ratio(hit, hit + missed)


@formula("backlog")
def backlog(w: World, p: Period) -> Number:
    return len(at_closing(w.tables["tickets"], p, "created_at", "resolved_at"))


@formula("reopen_rate")
def reopen_rate(w: World, p: Period) -> Number:
    rows = w.placed("tickets", "first_resolved_at", p)
    return ratio(sum((r["reopened"] or 0) > 0 for r in rows), len(rows))


@formula("first_contact_resolution")
def first_contact_resolution(w: World, p: Period) -> Number:
    rows = [r for r in w.placed("tickets", "resolved_at", p) if r["responded_at"]]
    once = [r for r in rows if r["responded_at"] >= r["resolved_at"] and not r["reopened"]]
    return ratio(len(once), len(rows))


# value


@formula("revenue")
def revenue(w: World, p: Period) -> Number:
    return total(rated(w.placed("orders", "ordered_at", p)), "revenue")


@formula("revenue.recurring")
def recurring_revenue(w: World, p: Period) -> Number:
    running = rated(w.tables["subscriptions"])
    return total(at_closing(running, p, "started_at", "ended_at"), "monthly_amount")


@formula("average_order_value")
def average_order_value(w: World, p: Period) -> Number:
    orders = rated(w.placed("orders", "ordered_at", p))
    return mean(r["revenue"] for r in orders if r["revenue"] is not None and r["revenue"] > 0)


def acquired_by(w: World, p: Period) -> int:
    return len(w.to_date("customers", "acquired_at", p))


@formula("clv.historic")
def historic(w: World, p: Period) -> Number:
    orders = [r for r in rated(w.to_date("orders", "ordered_at", p)) if r["margin"] is not None]
    return ratio(total(orders, "margin"), acquired_by(w, p))


@formula("clv.revenue")
def revenue_to_date(w: World, p: Period) -> Number:
    orders = rated(w.to_date("orders", "ordered_at", p))
    return ratio(total(orders, "revenue"), acquired_by(w, p))


@formula("clv.simple")
def simple(w: World, p: Period) -> Number:
    monthly = ratio(ratio(margin(w, p), active_customers(w, p)), p.months)
    return ratio(monthly, ratio(churn_rate(w, p), p.months))


@formula("clv.historic_to_cac")
def to_cac(w: World, p: Period) -> Number:
    return ratio(historic(w, p), cac(w, p))


def accounts(w: World, p: Period) -> list[tuple[float, float]]:
    """Margin and revenue of each customer who ordered in the period."""
    of: dict[Any, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for r in known_margin(w, p):
        if r["customer_id"] is not None:
            of[r["customer_id"]][0] += float(r["margin"])
            of[r["customer_id"]][1] += float(r["revenue"])
    return [(m, r) for m, r in of.values()]


@formula("margin_per_customer")
def margin_per_customer(w: World, p: Period) -> Number:
    return mean(m for m, _ in accounts(w, p))


@formula("margin_per_customer.rate")
def margin_rate(w: World, p: Period) -> Number:
    rows = accounts(w, p)
    return ratio(sum(m for m, _ in rows), sum(r for _, r in rows))


@formula("margin_per_customer.mean_rate")
def mean_margin_rate(w: World, p: Period) -> Number:
    return mean(m / r for m, r in accounts(w, p) if r > 0)


@formula("margin_per_customer.at_a_loss")
def at_a_loss(w: World, p: Period) -> Number:
    rows = accounts(w, p)
    return ratio(sum(m < 0 for m, _ in rows), len(rows))
