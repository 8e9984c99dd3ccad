"""KPIs that are known to be products, quotients and sums of others: the declared trees.

Each is written as the KPI's variant and a tree of named branches over formulas. Rests are branches
of their own (customers who came without a lead), so that the tree is the KPI exactly; a test holds
every tree to its KPI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kadar.insight.drivers import Branch
from kadar.insight.wording import phrase
from kadar.kpi import Crm, Formula, _, days_between
from kadar.language import N_
from kadar.measure.currency import without_unknown_rates
from kadar.measure.formula import Operation


def declared(kpi: str, variant: str) -> Branch | None:
    """Return the tree of a KPI's variant; None where only its formula is known."""
    made = _TREES.get((kpi, variant))
    return None if made is None else _with_known_rates(made(Crm()))


def _leaf(name: str, formula: Formula) -> Branch:
    return Branch(phrase(name), formula)


def _join(name: str, symbol: str, *children: Branch) -> Branch:
    whole = children[0].formula
    for child in children[1:]:
        whole = Operation(symbol, whole, child.formula)  # type: ignore[arg-type]
    return Branch(phrase(name), whole, symbol, children)


def _new_customers(crm: Crm) -> Branch:
    leads, converted = crm.leads.created.count(), crm.leads.converted.count()
    acquired = crm.customers.acquired.count()
    return _join(
        N_("new customers"),
        "+",
        _join(
            N_("converted leads"),
            "*",
            _leaf(N_("new leads"), leads),
            _leaf(N_("conversions per new lead"), converted / leads),
        ),
        _leaf(N_("new customers beyond converted leads"),
              acquired - converted),
    )  # fmt: skip


def _cac(crm: Crm) -> Branch:
    spend = _leaf(N_("acquisition spend"), crm.spend.spent.sum(_.amount))
    return _join(N_("acquisition cost per customer"), "/", spend, _new_customers(crm))


def _revenue(crm: Crm) -> Branch:
    orders = crm.orders.ordered
    paid = orders.where(_.revenue > 0)
    buyers = paid.per("customer_id").count()
    return _join(
        N_("revenue"),
        "+",
        _join(
            N_("paid orders"),
            "*",
            _leaf(N_("customers who bought"), buyers),
            _leaf(N_("orders per customer who bought"), paid.count() / buyers),
            _leaf(N_("revenue per order"), paid.sum(_.revenue) / paid.count()),
        ),
        _leaf(N_("refunds"), orders.sum(_.revenue) - paid.sum(_.revenue)),
    )


def _pipeline_velocity(crm: Crm) -> Branch:
    closed = crm.deals.closed.where(_.outcome != "open")
    won = closed.where(_.outcome == "won")
    sound = won.leave_out(closed_before_created=_.closed_on < _.created_on)
    return _join(
        N_("amount won a day"),
        "/",
        _join(
            N_("amount won"),
            "*",
            _leaf(N_("closed deals"), closed.count()),
            _leaf(N_("win rate"), won.count() / closed.count()),
            _leaf(N_("mean amount of a won deal"), won.mean(_.amount)),
        ),
        _leaf(N_("mean days to win"), sound.mean(days_between(_.created_on, _.closed_on))),
    )


_TREES = {
    ("new_customers", "default"): _new_customers,
    ("cac", "default"): _cac,
    ("revenue", "default"): _revenue,
    ("pipeline_velocity", "default"): _pipeline_velocity,
}


def _with_known_rates(tree: Branch) -> Branch:
    """Leave money without an exchange rate out of every branch, as the KPI's formula does."""
    leaves = list(tree.leaves())
    whole = leaves[0].formula
    for leaf in leaves[1:]:
        whole = whole + leaf.formula
    made = without_unknown_rates(whole)
    changed: list[Formula] = []
    while len(changed) < len(leaves) - 1 and isinstance(made, Operation):
        changed.append(made.right)
        made = made.left
    return _replaced(tree, iter([made, *reversed(changed)]))


def _replaced(tree: Branch, formulas: Iterator[Formula]) -> Branch:
    if not tree.children:
        return replace(tree, formula=next(formulas))
    return replace(tree, children=tuple(_replaced(child, formulas) for child in tree.children))
