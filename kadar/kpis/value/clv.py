"""Customer lifetime value."""

from kadar.kpi import MONEY, RATIO, UP, Crm, Facts, Formula, Triangle, _, any_of, kpi


@kpi(
    unit=MONEY,
    better=UP,
    roles=["marketing", "leadership"],
    core=True,
    usual="predicted",
    otherwise="historic",
    caveats=[
        "A forecast: its backtest is said with it (kadar forecast backtest).",
        "Where the records cannot carry a forecast, the variant `historic` answers and says why.",
    ],
    improve=[
        "Next product to offer each customer",
        "Loyalty tiers by recency, frequency and margin",
    ],
)
def clv(crm: Crm, horizon_months: int = 36, discount: float = 0.10) -> Formula:
    """Margin each customer is expected to bring in the months to come (`predicted`)."""
    return predicted(crm, horizon_months, discount)


@clv.variant(otherwise="historic")
def predicted(crm: Crm, horizon_months: int = 36, discount: float = 0.10) -> Formula:
    """Margin a customer is expected to bring in the months after the close of the period.

    `horizon_months` calendar months from then, discounted `discount` a year; the mean over all
    customers who had bought, or were under contract, by then. Revenue where no costs are known.
    """
    there = _predictions(crm, horizon_months, discount).where(_.active)
    return there.sum(_.clv) / there.count()


@clv.variant(note="Lifetime value here is the margin to date, without what is to come.")
def historic(crm: Crm) -> Formula:
    """Margin of all orders up to the close of the period, per customer acquired by then."""
    orders = crm.orders.ordered.leave_out(cost_unknown=_.margin.isnull()).to_date()
    return orders.sum(_.margin) / crm.customers.acquired.to_date().count()


@clv.variant(reported_by="tools without costs")
def revenue(crm: Crm) -> Formula:
    """Revenue of all orders up to the close of the period, per customer acquired by then."""
    orders = crm.orders.ordered.to_date()
    return orders.sum(_.revenue) / crm.customers.acquired.to_date().count()


@clv.variant(reported_by="ChartMogul")
def simple(crm: Crm) -> Formula:
    """Monthly margin of an active customer per monthly churn; undefined where nobody left."""
    orders = crm.orders.ordered.leave_out(cost_unknown=_.margin.isnull())
    customers = crm.spells.active.per(
        "customer_id",
        opening=any_of(_.at_opening),
        closing=any_of(_.at_closing),
        here=any_of(_.during),
    )
    margin = orders.sum(_.margin) / customers.where(_.here).count() / crm.months
    base = customers.where(_.opening)
    return margin / (base.count(~_.closing) / base.count() / crm.months)


@clv.variant(unit=RATIO, otherwise="historic_to_cac")
def to_cac(crm: Crm, horizon_months: int = 36, discount: float = 0.10) -> Formula:
    """Value of the customers acquired in the period per acquisition spend of the period.

    What they brought in it and what they are expected to bring after it: customers of long ago,
    most of them gone, say nothing about what a new one is worth.
    """
    there = _predictions(crm, horizon_months, discount)
    new = there.matching(crm.customers.acquired, "customer_id").where(_.matched)
    predicted = there.count() / there.count()  # unknown, not 0, in periods without a prediction
    return predicted * (new.sum(_.brought) + new.sum(_.clv)) / crm.spend.spent.sum(_.amount)


@clv.variant(unit=RATIO)
def historic_to_cac(crm: Crm) -> Formula:
    """Margin to date per customer acquired so far, per acquisition cost of the period."""
    from kadar.kpis.acquisition.cac import cac

    return historic(crm) / cac.formula("default")


def _predictions(crm: Crm, horizon_months: int, discount: float) -> Facts:
    """Each customer's latest prediction of the period."""
    made = crm.predictions.made.where(_.horizon_months == horizon_months)
    return made.where(_.discount == discount).latest("customer_id")


@clv.triangle("historic", otherwise="revenue")
def margin_to_date(crm: Crm) -> Triangle:
    """Margin of all orders up to the close of the k-th period after, per customer acquired."""
    orders = crm.orders.ordered.leave_out(cost_unknown=_.margin.isnull())
    return crm.customers.acquired.follow(orders, "customer_id").per_member_to_date(_.margin)


@clv.triangle("revenue")
def revenue_to_date(crm: Crm) -> Triangle:
    """Revenue of all orders up to the close of the k-th period after, per customer acquired."""
    orders = crm.orders.ordered
    return crm.customers.acquired.follow(orders, "customer_id").per_member_to_date(_.revenue)
