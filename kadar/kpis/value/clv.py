"""Customer lifetime value."""

from kadar.kpi import MONEY, RATIO, UP, Crm, Formula, Triangle, _, any_of, kpi


@kpi(
    unit=MONEY,
    better=UP,
    roles=["marketing", "leadership"],
    core=True,
    usual="historic",
    caveats=["The default is the margin to date until the forecast of future margin is there."],
    improve=[
        "Next product to offer each customer",
        "Loyalty tiers by recency, frequency and margin",
    ],
)
def clv(crm: Crm) -> Formula:
    """Margin to date of all customers acquired so far, per customer (the variant `historic`)."""
    return historic(crm)


@clv.variant(note="Lifetime value is the margin to date; future margin is not forecast yet.")
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


@clv.variant(unit=RATIO)
def to_cac(crm: Crm) -> Formula:
    """Lifetime value (the usual one) per acquisition cost of the period."""
    from kadar.kpis.acquisition.cac import cac

    return historic(crm) / cac.formula("default")


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
