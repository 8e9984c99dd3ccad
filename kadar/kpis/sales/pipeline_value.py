"""Pipeline value."""

from kadar.kpi import MONEY, UP, Crm, Formula, _, known, kpi


@kpi(unit=MONEY, better=UP, roles=["sales"])
def pipeline_value(crm: Crm) -> Formula:
    """Amount of the deals that were open when the period closed."""
    # closed, but who knows when: such a deal was not open for ever
    dated = crm.deals.open.leave_out(
        close_unknown=(known(_.outcome, "open") != "open") & _.closed_at.isnull()
    )
    return dated.where(_.at_closing).sum(_.amount)
