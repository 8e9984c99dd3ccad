"""Lead response time."""

from kadar.kpi import (
    DOWN,
    HOURS,
    PERCENT,
    Crm,
    Facts,
    Formula,
    _,
    either,
    hours_between,
    known,
    kpi,
    lesser,
)


@kpi(
    unit=HOURS,
    better=DOWN,
    roles=["sales", "marketing"],
    caveats=["Contact is the first call, message, meeting or visit a person began."],
    improve=["Leads that nobody has contacted yet", "Hours and channels where leads wait"],
)
def lead_response_time(crm: Crm) -> Formula:
    """Median hours from a lead's creation to the first contact by a person.

    Leads created in the period that were contacted; automatic messages are no contact.
    """
    return _contacted(crm).median(hours_between(_.created_at, _.contacted_at))


@lead_response_time.variant
def mean(crm: Crm) -> Formula:
    """Mean hours instead of the median."""
    return _contacted(crm).mean(hours_between(_.created_at, _.contacted_at))


@lead_response_time.variant
def p90(crm: Crm) -> Formula:
    """Hours within which nine of ten contacted leads were contacted."""
    return _contacted(crm).quantile(hours_between(_.created_at, _.contacted_at), 0.9)


@lead_response_time.variant
def censored(crm: Crm) -> Formula:
    """Hours by which half of the leads created in the period were contacted, or will have been.

    Leads that nobody has contacted count as waiting still (Kaplan-Meier); one that was given up
    or became a customer without contact waited until then.
    """
    until = crm.observed_until
    contacted = _.contacted_at <= until
    over = lesser(known(_.converted_at, until), known(_.disqualified_at, until))
    leads = _sound(crm).leave_out(
        ended_before_created=~known(contacted, False) & known(over < _.created_at, False)
    )
    end = either(contacted, _.contacted_at, lesser(over, until))
    return leads.waits(hours_between(_.created_at, end), ended=contacted).median()


@lead_response_time.variant(unit=PERCENT)
def within_target(crm: Crm, target_hours: float = 24) -> Formula:
    """Share of the leads created in the period contacted within the target hours.

    A lead that waits longer than the target has missed it; one that waits less is left out.
    """
    waiting = hours_between(_.created_at, crm.observed_until)
    due = _sound(crm).leave_out(
        still_within_target=_.contacted_at.isnull() & (waiting <= target_hours)
    )
    hit = hours_between(_.created_at, _.contacted_at) <= target_hours
    return due.count(hit) / due.count()


def _sound(crm: Crm) -> Facts:
    return crm.leads.created.leave_out(contacted_before_created=_.contacted_at < _.created_at)


def _contacted(crm: Crm) -> Facts:
    return _sound(crm).leave_out(not_contacted=_.contacted_at.isnull())
