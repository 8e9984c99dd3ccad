"""First response time."""

from kadar.kpi import (
    DOWN,
    HOURS,
    PERCENT,
    Crm,
    Deferred,
    Facts,
    Formula,
    Limit,
    _,
    hours_between,
    known,
    kpi,
    lesser,
    limit,
)


@kpi(
    unit=HOURS,
    better=DOWN,
    roles=["service"],
    core=True,
    caveats=["Tickets still waiting are counted beside it: see `excluded`."],
    improve=["Queues and hours where answers wait", "Unassigned tickets"],
)
def first_response_time(crm: Crm) -> Formula:
    """Median hours a customer waited for the first reply by a person.

    Tickets created in the period that were answered; an automatic reply is no answer. The wait
    begins with the ticket; if it was closed unanswered, with its reopening.
    """
    return _answered(crm).median(_.response_minutes / 60)


@first_response_time.variant
def business(crm: Crm) -> Formula:
    """The same in working hours of the company."""
    return _answered(crm).median(_.response_working_minutes / 60)


@first_response_time.variant(reported_by="Microsoft Dynamics")
def mean(crm: Crm) -> Formula:
    """Mean hours instead of the median."""
    return _answered(crm).mean(_.response_minutes / 60)


@first_response_time.variant
def p90(crm: Crm) -> Formula:
    """Hours within which nine of ten answered tickets had their reply."""
    return _answered(crm).quantile(_.response_minutes / 60, 0.9)


@first_response_time.variant(reported_by="Zendesk")
def from_creation(crm: Crm) -> Formula:
    """Median hours from a ticket's creation, whatever pauses and closures lay between."""
    return _answered(crm).median(hours_between(_.created_at, _.responded_at))


@first_response_time.variant
def censored(crm: Crm) -> Formula:
    """Hours by which half of the tickets created in the period had a reply, or will have had.

    Tickets without one count as waiting still (Kaplan-Meier); one that a person resolved without
    a reply waited until then.
    """
    unanswered = _.responded_at.isnull()
    tickets = _sound(crm).leave_out(
        resolved_before_created=unanswered & (_.response_minutes < 0),
        resolution_undated=unanswered
        & (known(_.status, "open") == "resolved")
        & known(_.resolved_at.isnull(), False),
    )
    waited = lesser(_.response_minutes / 60, hours_between(_.created_at, crm.observed_until))
    return tickets.waits(waited, ended=_.responded_at <= crm.observed_until).median()


@first_response_time.variant(unit=PERCENT)
def within_target(crm: Crm, target_hours: float = Limit(24)) -> Formula:
    """Share of the tickets created in the period answered within the target hours.

    A ticket that waits longer than the target has missed it; one that waits less is left out.
    """
    return _within(crm, _.response_minutes <= limit(target_hours) * 60)


@first_response_time.variant(unit=PERCENT)
def within_working_target(crm: Crm, target_working_hours: float = Limit(8)) -> Formula:
    """Share of the tickets created in the period answered within the target working hours.

    A ticket that waits longer than the target has missed it; one that waits less is left out.
    """
    return _within(crm, _.response_working_minutes <= limit(target_working_hours) * 60)


def _within(crm: Crm, hit: Deferred) -> Formula:
    due = _sound(crm).leave_out(still_within_target=_.responded_at.isnull() & hit)
    return due.count(hit) / due.count()


def _sound(crm: Crm) -> Facts:
    return crm.tickets.created.leave_out(responded_before_created=_.responded_at < _.created_at)


def _answered(crm: Crm) -> Facts:
    return _sound(crm).leave_out(unanswered=_.responded_at.isnull())
