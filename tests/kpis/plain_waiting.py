"""Times that may not be over in plain Python: Kaplan-Meier and Aalen-Johansen row by row.

In fractions, without numpy: no rounding, and none of kadar's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from fractions import Fraction
from functools import partial
from math import ceil
from typing import Any

from tests.kpis.plain import NEVER, Period, Row, World
from tests.kpis.plain_formulas import (
    P90,
    Formula,
    Number,
    clocked,
    closed,
    hours,
    mean,
    quantile,
    ratio,
    sound_leads,
)

Wait = tuple[float, str]  # how long, and whether it "ended", went "otherwise" or is "waiting"
Curve = list[tuple[float, Fraction, Fraction]]  # time, share ended by then, share left
TWINS: dict[str, Formula] = {}


def twin(*names: str, **fixed: Any) -> Callable[[Callable[..., Number]], Callable[..., Number]]:
    """Register a formula under `kpi.variant`."""

    def register(define: Callable[..., Number]) -> Callable[..., Number]:
        for name in names:
            TWINS[name] = partial(define, **fixed)
        return define

    return register


def curve(waits: Sequence[Wait]) -> Curve:
    """Aalen-Johansen's share ended and Kaplan-Meier's share left, at each time."""
    left, ended, made = Fraction(1), Fraction(0), []
    for time in sorted({time for time, _ in waits}):
        at_risk = sum(t >= time for t, _ in waits)
        now = [how for t, how in waits if t == time]
        ended += left * Fraction(now.count("ended"), at_risk)
        left *= 1 - Fraction(now.count("ended") + now.count("otherwise"), at_risk)
        made.append((time, ended, left))
    return made


def reached(made: Curve, goal: Fraction) -> Number:
    """First time at which a share has ended; the middle up to the next end where just so many."""
    for place, (time, ended, _) in enumerate(made):
        if ended >= goal:
            later = [t for t, share, _ in made[place + 1 :] if share > ended]
            return (time + later[0]) / 2 if ended == goal and later else time
    return None


def median(waits: Sequence[Wait]) -> Number:
    return reached(curve(waits), Fraction(1, 2))


def median_of_ended(waits: Sequence[Wait], followed: Number) -> Number:
    made = curve(waits)
    if not made or not made[-1][1]:
        return None
    if made[-1][2] and (followed is None or made[-1][0] < followed):
        return None
    return reached(made, made[-1][1] / 2)


def share(waits: Sequence[Wait], within: Number) -> Number:
    made = curve(waits)
    if not made or within is None or (made[-1][2] and made[-1][0] < within):
        return None
    return float(max((e for t, e, _ in made if t <= within), default=Fraction(0)))


def projected(
    cohort: Sequence[tuple[Number, str]], history: Iterable[Wait], within: Number
) -> Number:
    """What has ended, and for each that waits its probability of ending yet, of all."""
    if not cohort:
        return None
    done = Fraction(sum(how == "ended" for _, how in cohort))
    young = [t for t, how in cohort if how == "waiting" and t is not None]
    if within is None:
        return None
    young = [t for t in young if t < within]
    made = curve([(t, how) for t, how in history if t is not None and t >= 0])
    if young and (not made or (made[-1][2] and made[-1][0] < within)):
        return None
    final = max((e for t, e, _ in made if t <= within), default=Fraction(0))
    for age in young:
        before = [(e, left) for t, e, left in made if t <= age]
        so_far, left = before[-1] if before else (Fraction(0), Fraction(1))
        done += (final - so_far) / left if left else 0
    return float(done / len(cohort))


def known(waits: Iterable[tuple[Number, str]]) -> list[Wait]:
    return [(t, how) for t, how in waits if t is not None and t >= 0]


def span(start: Any, end: Any) -> float:
    return (end - start) / timedelta(hours=1)


# tickets


def bounded(w: World, row: Row, start: Any, stop: Any, how: str) -> list[Wait]:
    """A ticket's clock, which cannot show more than has passed by the end of what is known."""
    time = min(clocked(w, row, start, stop), span(row["created_at"], w.observed))
    return [(time, how)] if time >= 0 else []


@twin("first_response_time.censored")
def replies(w: World, p: Period) -> Number:
    waits: list[Wait] = []
    for r in w.placed("tickets", "created_at", p):
        replied = r["responded_at"]
        if replied is not None:
            if replied >= r["created_at"]:
                how = "ended" if replied <= w.observed else "waiting"
                waits += bounded(w, r, r["asked_at"], replied, how)
        elif r["status"] != "resolved" or r["resolved_at"] is not None:
            closed_at = None if r["resolved_by_bot"] else r["resolved_at"]
            waits += bounded(w, r, r["asked_at"], closed_at or w.observed, "waiting")
    return median(waits)


@twin("resolution_time.censored")
def resolutions(w: World, p: Period) -> Number:
    waits: list[Wait] = []
    for r in w.placed("tickets", "created_at", p):
        resolved = r["resolved_at"]
        if r["resolved_by_bot"]:
            continue
        if resolved is None and r["status"] == "open":
            waits += bounded(w, r, r["created_at"], w.observed, "waiting")
        elif resolved is not None and resolved >= r["created_at"]:
            how = "ended" if resolved <= w.observed else "waiting"
            waits += bounded(w, r, r["created_at"], resolved, how)
    return median(waits)


# leads


def conversions(w: World, p: Period | None) -> list[Wait]:
    """Leads on their way to a customer within 90 days; a time may lie before the start."""
    waits = []
    for r in sound_leads(w, p):
        converted, given_up = r["converted_at"], r["disqualified_at"]
        if converted is not None and converted <= w.observed:
            time = span(r["created_at"], converted)
            waits.append((time, "ended" if time <= 90 * 24 else "otherwise"))
        elif given_up is not None and given_up <= w.observed:
            waits.append((span(r["created_at"], given_up), "otherwise"))
        else:
            waits.append((span(r["created_at"], w.observed), "waiting"))
    return waits


@twin("lead_conversion_rate.censored")
def converted_within(w: World, p: Period) -> Number:
    return share(known(conversions(w, p)), 90 * 24)


@twin("lead_conversion_rate.projected")
def converted_finally(w: World, p: Period) -> Number:
    return projected(conversions(w, p), conversions(w, None), 90 * 24)


def contacted(w: World, p: Period) -> list[Row]:
    return [
        r
        for r in w.placed("leads", "created_at", p)
        if r["contacted_at"] is not None and r["contacted_at"] >= r["created_at"]
    ]


@twin("lead_response_time.default", middle=quantile)
@twin("lead_response_time.mean", middle=mean)
@twin("lead_response_time.p90", middle=P90)
def lead_response_time(w: World, p: Period, middle: Any) -> Number:
    return middle(hours(contacted(w, p), "created_at", "contacted_at"))


@twin("lead_response_time.within_target")
def contacted_within_a_day(w: World, p: Period) -> Number:
    day = timedelta(hours=24)
    times = [r["contacted_at"] - r["created_at"] for r in contacted(w, p)]
    late = [
        r
        for r in w.placed("leads", "created_at", p)
        if r["contacted_at"] is None and w.observed - r["created_at"] > day
    ]
    return ratio(sum(time <= day for time in times), len(times) + len(late))


@twin("lead_response_time.censored")
def contacts(w: World, p: Period) -> Number:
    waits: list[Wait] = []
    for r in w.placed("leads", "created_at", p):
        at = r["contacted_at"]
        if at is not None and at < r["created_at"]:
            continue
        if at is not None and at <= w.observed:
            waits.append((span(r["created_at"], at), "ended"))
            continue
        over = min(r["converted_at"] or NEVER, r["disqualified_at"] or NEVER, w.observed)
        if over >= r["created_at"]:
            waits.append((span(r["created_at"], over), "waiting"))
    return median(waits)


# deals


def sales(w: World, p: Period | None, start: str) -> list[tuple[Number, str]]:
    """Deals on their way to being won, in days; None where nobody knows when they closed."""
    waits: list[tuple[Number, str]] = []
    for r in w.placed("deals", start, p):
        at = r["closed_at"]
        decided = r["outcome"] in ("won", "lost") and (at is None or at <= w.observed)
        decided |= r["outcome"] is None and at is not None and at <= w.observed
        end = w.settings.observed_until if not decided else at and w.settings.day(at)
        time = float((end - w.settings.day(r[start])).days) if end else None
        how = "ended" if r["outcome"] == "won" else "otherwise"
        waits.append((time, how if decided else "waiting"))
    return waits


def usual_days(w: World, start: str) -> Number:
    """Days within which 19 of 20 closed deals of the whole company closed."""
    days = [
        (w.settings.day(r["closed_at"]) - w.settings.day(r[start])).days
        for r in closed(w.whole or w, None)
        if r[start] is not None
    ]
    long = quantile((d for d in days if d >= 0), 0.95)
    return None if long is None else ceil(long)


def dated(w: World, p: Period, start: str) -> World:
    """Deals whose close, where there is one, is known, and not before the start."""
    there = [
        r
        for r in w.tables["deals"]
        if r[start] is not None
        and not (r["outcome"] in ("won", "lost") and r["closed_at"] is None)
        and not (r["closed_at"] and w.settings.day(r["closed_at"]) < w.settings.day(r[start]))
    ]
    return World(w.settings, {**w.tables, "deals": there})


@twin("sales_conversion_rate.censored")
def won_in_usual_time(w: World, p: Period) -> Number:
    sound = dated(w, p, "created_at")
    return share(known(sales(sound, p, "created_at")), usual_days(w, "created_at"))


@twin("sales_conversion_rate.projected")
def won_finally(w: World, p: Period) -> Number:
    cohort, history = (sales(w, span, "created_at") for span in (p, None))
    return projected(cohort, known(history), usual_days(w, "created_at"))


@twin("sales_cycle_length.censored", start="lead_created_at")
@twin("sales_cycle_length.censored_from_deal", start="created_at")
def half_won(w: World, p: Period, start: str) -> Number:
    sound = dated(w, p, start)
    unclear = [r for r in sound.tables["deals"] if r["outcome"] is None
               and r["closed_at"] and r["closed_at"] <= w.observed]  # fmt: skip
    sound.tables["deals"] = [r for r in sound.tables["deals"] if r not in unclear]
    return median_of_ended(known(sales(sound, p, start)), usual_days(w, start))
