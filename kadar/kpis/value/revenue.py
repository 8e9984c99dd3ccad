"""Revenue."""

from kadar.kpi import MONEY, UP, Crm, Formula, _, kpi


@kpi(unit=MONEY, better=UP, roles=["leadership", "sales"])
def revenue(crm: Crm) -> Formula:
    """Revenue of the orders of the period, refunds taken off."""
    return crm.orders.ordered.sum(_.revenue)


@revenue.variant(reported_by="subscription analytics (MRR)")
def recurring(crm: Crm) -> Formula:
    """Monthly recurring revenue when the period closed."""
    return crm.subscriptions.running.where(_.at_closing).sum(_.monthly_amount)
