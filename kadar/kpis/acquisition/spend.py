"""Acquisition spend."""

from kadar.kpi import MONEY, Crm, Formula, _, kpi


@kpi(unit=MONEY, better=None, roles=["marketing"])
def spend(crm: Crm) -> Formula:
    """All acquisition spend of the period."""
    return crm.spend.spent.sum(_.amount)
