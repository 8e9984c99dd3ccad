"""Sales cycle length."""

from kadar.kpi import DAYS, DOWN, Crm, Facts, Formula, _, days_between, kpi


@kpi(
    unit=DAYS,
    better=DOWN,
    roles=["sales"],
    core=True,
    caveats=["Won deals only: deals that drag on and never close do not show here."],
    improve=["The stage where deals wait longest against its own past", "Stalled deals"],
)
def sales_cycle_length(crm: Crm) -> Formula:
    """Median whole calendar days from the creation of the lead to the won close.

    Deals won in the period. A deal without a lead is left out and counted.
    """
    return _from_lead(crm).median(days_between(_.lead_created_on, _.closed_on))


@sales_cycle_length.variant(reported_by="HubSpot, Salesforce")
def from_deal(crm: Crm) -> Formula:
    """Median whole calendar days from the deal's own creation to the won close."""
    won = _won(crm).leave_out(closed_before_created=_.closed_on < _.created_on)
    return won.median(days_between(_.created_on, _.closed_on))


@sales_cycle_length.variant
def mean(crm: Crm) -> Formula:
    """Mean whole calendar days from the creation of the lead to the won close."""
    return _from_lead(crm).mean(days_between(_.lead_created_on, _.closed_on))


@sales_cycle_length.variant
def p90(crm: Crm) -> Formula:
    """Days within which nine of ten won deals closed, from the creation of the lead."""
    return _from_lead(crm).quantile(days_between(_.lead_created_on, _.closed_on), 0.9)


def _won(crm: Crm) -> Facts:
    return crm.deals.closed.where(_.outcome == "won")


def _from_lead(crm: Crm) -> Facts:
    return _won(crm).leave_out(
        no_lead=_.lead_created_at.isnull(),
        closed_before_created=_.closed_on < _.lead_created_on,
    )
