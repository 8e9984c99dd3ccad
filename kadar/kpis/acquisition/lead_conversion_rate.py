"""Lead conversion rate."""

from kadar.kpi import (
    PERCENT,
    UP,
    Crm,
    Facts,
    Formula,
    Triangle,
    Waits,
    _,
    days_between,
    either,
    hours_between,
    known,
    kpi,
)


@kpi(
    unit=PERCENT,
    better=UP,
    roles=["sales", "marketing"],
    core=True,
    caveats=["A lead converted before it was created is left out and counted."],
    improve=["The stage where leads wait longest", "Channels ranked by conversion"],
)
def lead_conversion_rate(crm: Crm, window_days: int = 90) -> Formula:
    """Share of the leads created in the period that became customers within 90 days.

    The days are the setting `window_days`. A period is mature when every lead has had them.
    """
    leads = _sound(crm)
    waited = hours_between(_.created_at, _.converted_at)
    converted = leads.count(waited <= 24 * window_days)
    return (converted / leads.count()).mature_after(window_days)


@lead_conversion_rate.variant
def ever(crm: Crm) -> Formula:
    """Share of the leads created in the period that have become customers since, however late.

    A period is mature once as many days have passed as 19 of 20 conversions took.
    """
    leads = _sound(crm)
    converted = crm.leads.converted.where(_.converted_at >= _.created_at)
    usual = converted.quantile(days_between(_.created_on, _.converted_on), 0.95)
    return (leads.count(_.converted_at.notnull()) / leads.count()).mature_after(usual)


@lead_conversion_rate.variant(reported_by="Frappe CRM")
def same_period(crm: Crm) -> Formula:
    """Leads converted in the period, whenever created, per lead created in the period."""
    return crm.leads.converted.count() / crm.leads.created.count()


@lead_conversion_rate.variant
def new_customers_only(crm: Crm, window_days: int = 90) -> Formula:
    """The same with the leads of those who were customers already left out."""
    leads = _sound(crm).leave_out(existing_customer=_.existing_customer)
    waited = hours_between(_.created_at, _.converted_at)
    return (leads.count(waited <= 24 * window_days) / leads.count()).mature_after(window_days)


@lead_conversion_rate.triangle()
def converted_by_age(crm: Crm) -> Triangle:
    """Share of the leads created in a period converted by the close of the k-th after it."""
    return _sound(crm).follow(crm.leads.converted, "lead_id").share_to_date()


@lead_conversion_rate.triangle("new_customers_only")
def new_converted_by_age(crm: Crm) -> Triangle:
    """The same with the leads of those who were customers already left out."""
    leads = _sound(crm).leave_out(existing_customer=_.existing_customer)
    return leads.follow(crm.leads.converted, "lead_id").share_to_date()


@lead_conversion_rate.variant
def censored(crm: Crm, window_days: int = 90) -> Formula:
    """Share of the leads created in the period that become customers within 90 days of coming in.

    Leads that are open count as waiting still, those given up as ended (Aalen-Johansen): a value
    as soon as the first leads have had the days. The days are the setting `window_days`.
    """
    leads = _sound(crm).leave_out(
        disqualified_before_created=known(_.disqualified_at < _.created_at, False)
        & ~known(_.converted_at <= crm.observed_until, False)
    )
    share = _until_customer(crm, leads, window_days).share(within=24 * window_days)
    return share.mature_after(window_days)


@lead_conversion_rate.variant(projects="default")
def projected(crm: Crm, window_days: int = 90) -> Formula:
    """What the rate will be when every lead created in the period has had its 90 days.

    Each open lead counts with its probability of still becoming a customer in time, at its age,
    as all leads so far teach. The days are the setting `window_days`.
    """
    share = _until_customer(crm, _sound(crm), window_days).projected(within=24 * window_days)
    return share.mature_after(window_days)


def _until_customer(crm: Crm, leads: Facts, window_days: int) -> Waits:
    """Wait for leads to become customers in time; too late, or given up, is an end as well."""
    until = crm.observed_until
    converted = known(_.converted_at <= until, False)
    given_up = known(_.disqualified_at <= until, False)
    end = either(_.converted_at <= until, _.converted_at,
                 either(given_up, known(_.disqualified_at, until), until))  # fmt: skip
    waited = hours_between(_.created_at, end)
    in_time = converted & (waited <= 24 * window_days)
    return leads.waits(waited, ended=in_time, other=converted | given_up)


def _sound(crm: Crm) -> Facts:
    return crm.leads.created.leave_out(converted_before_created=_.converted_at < _.created_at)
