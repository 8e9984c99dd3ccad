"""Sales conversion rate."""

from kadar.kpi import (
    PERCENT,
    UP,
    Crm,
    Deferred,
    Facts,
    Formula,
    Measure,
    Triangle,
    Waits,
    _,
    days_between,
    either,
    known,
    kpi,
)


@kpi(
    unit=PERCENT,
    better=UP,
    roles=["sales"],
    core=True,
    caveats=["Recent periods rise as open deals close: they are not mature."],
    improve=["The stage where deals stop or wait longest against its own past", "Stalled deals"],
)
def sales_conversion_rate(crm: Crm) -> Formula:
    """Share of the opportunities created in the period that have been won so far.

    A period is mature once as many days have passed as 19 of 20 closed opportunities took.
    """
    created = crm.deals.created
    won = created.count(_won(crm))
    return (won / created.count()).mature_after(time_to_close(crm))


@sales_conversion_rate.variant
def by_value(crm: Crm) -> Formula:
    """The same weighted by amount: value won of the value created."""
    created = crm.deals.created.leave_out(amount_unknown=_.amount.isnull())
    won = created.sum(_.amount, _won(crm))
    return (won / created.sum(_.amount)).mature_after(time_to_close(crm))


@sales_conversion_rate.variant
def from_lead(crm: Crm) -> Formula:
    """Deals won that came from leads created in the period, per lead created in it.

    A period is mature once as many days have passed as 19 of 20 deals took from lead to close.
    """
    won = crm.deals.lead_created.count(_.outcome == "won")
    closed = crm.deals.closed.where((_.outcome != "open") & (_.closed_on >= _.lead_created_on))
    usual = closed.quantile(days_between(_.lead_created_on, _.closed_on), 0.95)
    return (won / crm.leads.created.count()).mature_after(usual)


@sales_conversion_rate.triangle()
def won_by_age(crm: Crm) -> Triangle:
    """Share of the opportunities created in a period won by the close of the k-th after it.

    One won on an unknown day, or before it was created, is left out and counted.
    """
    return _placed(crm).follow(_wins(crm), "deal_id").share_to_date()


@sales_conversion_rate.triangle("by_value")
def value_won_by_age(crm: Crm) -> Triangle:
    """The same weighted by amount: value won of the value created."""
    created = _placed(crm).leave_out(amount_unknown=_.amount.isnull())
    return created.follow(_wins(crm), "deal_id").of_whole_to_date(_.amount, _.amount)


def _placed(crm: Crm) -> Facts:
    won = _.outcome == "won"
    return crm.deals.created.leave_out(
        won_on_an_unknown_day=won & _.closed_at.isnull(),
        won_before_created=won & (_.closed_at < _.created_at),
    )


def _wins(crm: Crm) -> Facts:
    return crm.deals.closed.where(_.outcome == "won")


@sales_conversion_rate.variant
def censored(crm: Crm) -> Formula:
    """Share of the opportunities created in the period that are won in the usual time.

    That is within as many days as 19 of 20 closed opportunities took. Open ones count as waiting
    still, lost ones as ended (Aalen-Johansen).
    """
    created = crm.deals.created.leave_out(
        close_unknown=(_.outcome != "open") & _.closed_at.isnull(),
        closed_before_created=_.closed_on < _.created_on,
    )
    days = time_to_close(crm)
    return _until_won(crm, created).share(within=days).mature_after(days)


@sales_conversion_rate.variant(projects="default")
def projected(crm: Crm) -> Formula:
    """What the rate will be when every opportunity created in the period has had the usual time.

    Each open one counts with its probability of still being won, at its age, as all so far teach:
    until as many days have passed as 19 of 20 closed opportunities took.
    """
    days = time_to_close(crm)
    return _until_won(crm, crm.deals.created).projected(within=days).mature_after(days)


def _until_won(crm: Crm, deals: Facts) -> Waits:
    """Wait for deals to be won; lost, or closed nobody knows how, is an end as well."""
    by_now = known(_.closed_at <= crm.observed_until, True)
    closed = known(_.outcome, "unknown").isin(["won", "lost"]) & by_now
    closed |= _.outcome.isnull() & known(_.closed_at <= crm.observed_until, False)
    waited = days_between(_.created_on, either(closed, _.closed_on, crm.observed_on))
    return deals.waits(waited, ended=_won(crm), other=closed)


def _won(crm: Crm) -> Deferred:
    """Won by the time the data is known; a deal won on an unknown day is."""
    return (_.outcome == "won") & known(_.closed_at <= crm.observed_until, True)


def time_to_close(crm: Crm) -> Measure:
    """Days within which 19 of 20 closed opportunities were closed."""
    closed = crm.deals.closed.where((_.outcome != "open") & (_.closed_on >= _.created_on))
    return closed.quantile(days_between(_.created_on, _.closed_on), 0.95)
