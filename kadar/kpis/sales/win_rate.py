"""Win rate."""

from kadar.kpi import PERCENT, UP, Crm, Facts, Formula, _, kpi


@kpi(
    unit=PERCENT,
    better=UP,
    roles=["sales"],
    core=True,
    improve=["The stage where deals stop or wait longest against its own past", "Stalled deals"],
)
def win_rate(crm: Crm) -> Formula:
    """Share of the deals closed in the period that were won.

    Open deals are left out; a reopened deal counts at its last closing.
    """
    closed = _closed(crm)
    return closed.count(_.outcome == "won") / closed.count()


@win_rate.variant(reported_by="Salesforce, of all created")
def of_created(crm: Crm) -> Formula:
    """Won deals among all deals created in the period, open ones included.

    A period is mature once as many days have passed as 19 of 20 closed opportunities took.
    """
    from kadar.kpis.sales.sales_conversion_rate import time_to_close

    created = crm.deals.created
    won = created.count(_.outcome == "won")
    return (won / created.count()).mature_after(time_to_close(crm))


@win_rate.variant(reported_by="Fivetran's Salesforce package")
def by_value(crm: Crm) -> Formula:
    """The same weighted by amount: value won of the value closed."""
    closed = _closed(crm).leave_out(amount_unknown=_.amount.isnull())
    return closed.sum(_.amount, _.outcome == "won") / closed.sum(_.amount)


@win_rate.variant(reported_by="Zoho Motivator")
def with_overdue(crm: Crm) -> Formula:
    """Open deals whose expected close fell in the period and has passed count as not won."""
    closed = _closed(crm)
    overdue = crm.deals.expected.count(
        (_.outcome == "open") & (_.expected_close_at < crm.observed_until)
    )
    return closed.count(_.outcome == "won") / (closed.count() + overdue)


def _closed(crm: Crm) -> Facts:
    closed = crm.deals.closed.leave_out(outcome_unknown=_.outcome.isnull())
    return closed.where(_.outcome != "open")
