"""Orders: what customers bought, line by line, and what they sent back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kadar.demo.customers import Customer
from kadar.demo.rates import CURRENCY_OF, rate
from kadar.demo.seasons import CLOSES, OPENS, office_moment, progress, season, stream

EVERY = {"SMB": 39.0, "Mid-market": 29.0, "Enterprise": 19.0}  # days between two orders
WORTH = {"SMB": 640.0, "Mid-market": 2_100.0, "Enterprise": 7_400.0}  # ringgit
# product, category, share of baskets that hold it
PRODUCTS = (
    ("Copy paper A4", "Office supplies", 0.55),
    ("Pens and markers", "Office supplies", 0.34),
    ("Folders", "Office supplies", 0.22),
    ("Toner", "Printing", 0.30),
    ("Labels", "Printing", 0.12),
    ("Coffee beans", "Pantry", 0.36),
    ("Tea and sugar", "Pantry", 0.26),
    ("Biscuits", "Pantry", 0.18),
    ("Hand towels", "Cleaning", 0.28),
    ("Detergent", "Cleaning", 0.20),
    ("Office chair", "Furniture", 0.05),
    ("Standing desk", "Furniture", 0.03),
)
DEARER = {"Furniture": 6.0, "Printing": 2.0}


@dataclass(slots=True)
class Line:
    """One product of an order; money in hundredths of the order's currency."""

    line: int
    product: str
    category: str
    quantity: int
    revenue: int
    cost: int


@dataclass(slots=True)
class Order:
    """Something bought, or sent back (negative); times are local."""

    id: str
    customer_id: str
    country: str
    channel: str
    ordered: datetime
    currency: str
    lines: list[Line]

    @property
    def revenue(self) -> int:
        """Sum of the lines, in hundredths."""
        return sum([line.revenue for line in self.lines])

    @property
    def cost(self) -> int:
        """Cost of the lines, in hundredths."""
        return sum([line.cost for line in self.lines])


def orders(customers: list[Customer], twice: list[Customer]) -> list[Order]:
    """Return every order, in time; `twice` are accounts that bought before they were merged."""
    numbers, lines = stream("orders"), stream("order lines")
    made: list[Order] = []
    copies = {copy.merged_into: copy.id for copy in twice}
    for customer in customers:
        if customer.since is None:
            continue
        every = EVERY[customer.segment] * numbers.uniform(0.75, 1.2)
        favourites = [numbers.random() for _ in PRODUCTS]
        bought = 0
        moment = customer.since + timedelta(hours=numbers.randrange(1, 40))
        if moment < OPENS:
            moment = OPENS + timedelta(days=numbers.random() * every)
        while moment < CLOSES and customer.buys(moment):
            ordered = office_moment(numbers, moment.date(), customer.country)
            busy = season(ordered.date(), customer.country)
            if ordered >= CLOSES:
                break
            if bought and numbers.random() > busy:  # not in the week of the feast
                moment += timedelta(days=numbers.uniform(4, 12))
                continue
            vigour = _vigour(customer, ordered)
            mine = copies.get(customer.id) if bought < 2 else None
            buyer = mine or customer.id
            made.append(
                _order(lines, customer, buyer, ordered, vigour=vigour, favourites=favourites)
            )
            bought += 1
            pace = vigour * max(busy, 0.8)
            if customer.arm == "treated" and _rebate(ordered):
                pace *= 1.22
            moment = ordered + timedelta(days=numbers.gammavariate(5, every / 5) / pace)
    made.sort(key=lambda order: (order.ordered, order.customer_id))
    _number(made)
    refunds = [
        _refund(order, order.ordered + timedelta(days=numbers.randrange(2, 20)))
        for order in made
        if numbers.random() < 0.008
    ]
    return made + [refund for refund in refunds if refund.ordered < CLOSES]


def _rebate(moment: datetime) -> bool:
    return datetime(2025, 3, 3) <= moment < datetime(2025, 7, 1)  # noqa: DTZ001


def _vigour(customer: Customer, moment: datetime) -> float:
    """Return how much of its usual pace a customer still has: it falls before it leaves."""
    if customer.left is None or customer.reason == "Closed business":
        return 1.0
    days = (customer.left - moment).total_seconds() / 86400
    return min(1.0, max(0.35, days / 130))


def _order(
    numbers: Random,
    customer: Customer,
    buyer: str,
    ordered: datetime,
    *,
    vigour: float,
    favourites: list[float],
) -> Order:
    worth = WORTH[customer.segment] * customer.size * (1 + 0.2 * progress(ordered))
    worth *= (0.45 + 0.55 * vigour) * numbers.lognormvariate(0, 0.25)
    basket = [
        position
        for position, (_, _, share) in enumerate(PRODUCTS)
        if numbers.random() < share * (0.2 + 0.9 * favourites[position])
    ] or [0]
    weights = [
        DEARER.get(PRODUCTS[position][1], 1.0) * numbers.uniform(0.6, 1.4) for position in basket
    ]
    currency = CURRENCY_OF[customer.country]
    unit = worth / rate(currency, 2025, 1) / sum(weights)
    lines = []
    for line, (position, weight) in enumerate(zip(basket, weights, strict=True), start=1):
        product, category, _ = PRODUCTS[position]
        revenue = round(100 * max(1.0, unit * weight))
        cost = round(revenue / customer.markup * numbers.uniform(0.96, 1.04))
        lines.append(Line(line, product, category, numbers.randrange(1, 25), revenue, cost))
    return Order(
        "",
        buyer,
        customer.country,
        "Online" if numbers.random() < 0.6 else "Sales",
        ordered,
        currency,
        lines,
    )


def _number(made: list[Order]) -> None:
    """Give ids as each order system makes them: twenty digits in China, SO-… elsewhere."""
    here = 100000
    for position, order in enumerate(made):
        if order.country == "CN":
            order.id = f"1032930{order.ordered:%y%m%d}{position:07d}"
        else:
            here += 1
            order.id = f"SO-{here}"


def _refund(order: Order, moment: datetime) -> Order:
    """Return the order's first line sent back."""
    line = order.lines[0]
    back = Line(1, line.product, line.category, -line.quantity, -line.revenue, -line.cost)
    new = f"9{order.id[1:]}" if order.country == "CN" else f"{order.id}-R"
    return Order(
        new, order.customer_id, order.country, order.channel, moment, order.currency, [back]
    )
