"""Sales cycle length."""

from kadar.kpi import DAYS, DOWN, Crm, Deferred, Facts, Formula, _, days_between, either, known, kpi


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


@sales_cycle_length.variant
def censored(crm: Crm) -> Formula:
    """Days from the lead by which half of the deals that are won have been won.

    Deals of leads created in the period; open ones count as waiting still, lost ones as ended
    (Aalen-Johansen). Known once a lead is as many days old as 19 of 20 closed deals took.
    """
    return _half_won(crm, crm.deals.lead_created, _.lead_created_on)


@sales_cycle_length.variant
def censored_from_deal(crm: Crm) -> Formula:
    """The same from the deal's own creation, deals created in the period."""
    return _half_won(crm, crm.deals.created, _.created_on)


def _half_won(crm: Crm, deals: Facts, start: Deferred) -> Formula:
    by_now = _.closed_at <= crm.observed_until
    closed = known((_.outcome != "open") & by_now, False)
    sound = deals.leave_out(
        close_unknown=(_.outcome != "open") & _.closed_at.isnull(),
        outcome_unknown=_.outcome.isnull() & by_now,
        closed_before_created=_.closed_on < start,
    )
    waited = days_between(start, either(closed, _.closed_on, crm.observed_on))
    wins = sound.waits(waited, ended=(_.outcome == "won") & by_now, other=closed)
    closed_ones = crm.deals.closed.where((_.outcome != "open") & (_.closed_on >= start))
    usual = closed_ones.quantile(days_between(start, _.closed_on), 0.95)
    return wins.median(followed=usual).mature_after(usual)


def _won(crm: Crm) -> Facts:
    return crm.deals.closed.where(_.outcome == "won")


def _from_lead(crm: Crm) -> Facts:
    return _won(crm).leave_out(
        no_lead=_.lead_created_at.isnull(),
        closed_before_created=_.closed_on < _.lead_created_on,
    )
