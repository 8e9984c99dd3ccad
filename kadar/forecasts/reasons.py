"""Why a customer is at risk, in words: the parts of the log odds that raise it, largest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from kadar.forecasts.behaviour import GROUPS, Behaviour
from kadar.forecasts.logistic import Logistic
from kadar.forecasts.terms import Array
from kadar.language import N_, translate

LEAST, MOST = 0.1, 3  # log odds that are told of, and reasons told
SEPARATOR = "; "
ONCE = N_("bought once, {days} days ago")
LATE = N_("last bought {days} days ago, usually every {rhythm} days")
ON_TIME = N_("bought {days} days ago, usually every {rhythm} days: in its rhythm")
UNDER_CONTRACT = N_("under contract for {months} months, renewed {renewals} times")
ORDERS = N_("orders: {now} in the last 90 days, {before} in the 90 before")
RETURNS = N_("returns in the last 180 days: {count}")
NEVER = N_("nobody has ever been in contact")
CONTACT = N_("last contact {days} days ago: {now} in the last 90 days, {before} in the 90 before")
TICKETS = N_("tickets: {count} in the last 90 days, {open} not resolved")
NO_TICKETS = N_("no ticket in the last 90 days")
RESPONSE = N_("waited {hours} hours for a first reply, on average of 180 days")
NO_RESPONSE = N_("no ticket answered in 180 days")
NPS = N_("scored {score} of 10 in NPS, on average of a year")
NO_NPS = N_("answered no NPS survey in a year")
CSAT = N_("was satisfied to {score} %, on average of a year")
NO_CSAT = N_("answered no satisfaction survey in a year")
PRICE = N_("pays {change} % compared with a year ago")
NO_PRICE = N_("was no subscriber a year ago")
Raw = Mapping[str, float]


def parts(fitted: Logistic, seen: Behaviour) -> dict[str, Array]:
    """Return what each group of features adds to the log odds, one value a customer.

    With the intercept they add up to the log odds exactly; they are what differs from the mean
    customer that was learnt from.
    """
    each = fitted.contributions(seen.features)
    return {
        group: np.sum([each[name] for name in names if name in each], axis=0)
        for group, names in GROUPS.items()
        if any(name in each for name in names)
    }


def buying(raw: Raw, *, contract: bool) -> str:
    """Say how long ago the customer bought, against the own rhythm; or how long under contract."""
    if contract:
        months = round(raw["tenure"] * 12 / 365.25)
        return UNDER_CONTRACT.format(months=months, renewals=round(raw["frequency"]))
    days = round(raw["recency"])
    if not raw["frequency"]:
        return ONCE.format(days=days)
    rhythm = max(1, round((raw["tenure"] - raw["recency"]) / raw["frequency"]))
    return (LATE if days > rhythm else ON_TIME).format(days=days, rhythm=rhythm)


def reasons(raw: Raw, adds: Mapping[str, float], *, contract: bool) -> str:
    """Say what raises a customer's risk most, joined by `; `; how they buy where nothing does."""
    raising = sorted((-value, group) for group, value in adds.items() if value >= LEAST)
    said = [
        buying(raw, contract=contract) if group == "buying" else _SAID[group](raw)
        for _, group in raising[:MOST]
    ]
    return SEPARATOR.join(said or [buying(raw, contract=contract)])


def spoken(reason: str, language: str) -> str:
    """Return reasons in another language."""
    return SEPARATOR.join(translate(one, language) for one in reason.split(SEPARATOR))


def _orders(raw: Raw) -> str:
    return ORDERS.format(now=round(raw["orders"]), before=round(raw["orders_before"]))


def _contact(raw: Raw) -> str:
    if np.isnan(raw["contact_gap"]):
        return NEVER
    return CONTACT.format(
        days=round(raw["contact_gap"]),
        now=round(raw["contacts"]),
        before=round(raw["contacts_before"]),
    )


def _tickets(raw: Raw) -> str:
    count, still = round(raw["tickets"]), round(raw["open_tickets"])
    return TICKETS.format(count=count, open=still) if count or still else NO_TICKETS


def _price(raw: Raw) -> str:
    now, before = raw["amount"], raw["amount_before"]
    if not (now > 0 and before > 0):
        return NO_PRICE
    return PRICE.format(change=f"{100 * (now / before - 1):+.0f}")


_SAID: dict[str, Callable[[Raw], str]] = {
    "orders": _orders,
    "returns": lambda raw: RETURNS.format(count=round(raw["returns"])),
    "contact": _contact,
    "tickets": _tickets,
    "response": lambda raw: (
        _or(raw["reply_hours"], NO_RESPONSE) or RESPONSE.format(hours=f"{raw['reply_hours']:.1f}")
    ),
    "nps": lambda raw: _or(raw["nps"], NO_NPS) or NPS.format(score=f"{raw['nps']:.1f}"),
    "csat": lambda raw: _or(raw["csat"], NO_CSAT) or CSAT.format(score=f"{100 * raw['csat']:.0f}"),
    "price": _price,
}


def _or(value: float, unknown: str) -> str:
    return unknown if np.isnan(value) else ""
