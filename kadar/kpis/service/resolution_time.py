"""Issue resolution time."""

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
    caveats=["Tickets still open are not in it: see the backlog."],
    improve=["Queues and hours where answers wait", "Agents and categories against the median"],
)
def resolution_time(crm: Crm) -> Formula:
    """Median hours from a ticket's creation to its latest resolution.

    Tickets resolved in the period and not reopened since. Time spent waiting for the customer
    does not count, unless [tickets] count_pauses says so; a bot resolves nothing.
    """
    return _resolved(crm).median(_.resolution_minutes / 60)


@resolution_time.variant(reported_by="Zendesk")
def first(crm: Crm) -> Formula:
    """To the first resolution, tickets first resolved in the period."""
    resolved = crm.tickets.first_resolved.leave_out(
        resolved_before_created=_.first_resolved_at < _.created_at,
        resolved_by_a_bot=known(_.first_resolved_automatically, False),
    )
    return resolved.median(_.first_resolution_minutes / 60)


@resolution_time.variant
def business(crm: Crm) -> Formula:
    """The same in working hours of the company."""
    return _resolved(crm).median(_.resolution_working_minutes / 60)


@resolution_time.variant
def mean(crm: Crm) -> Formula:
    """Mean hours instead of the median."""
    return _resolved(crm).mean(_.resolution_minutes / 60)


@resolution_time.variant
def p90(crm: Crm) -> Formula:
    """Hours within which nine of ten resolved tickets were resolved."""
    return _resolved(crm).quantile(_.resolution_minutes / 60, 0.9)


@resolution_time.variant
def by_created(crm: Crm) -> Formula:
    """Tickets created in the period that are resolved; the open ones are counted beside it."""
    tickets = crm.tickets.created.leave_out(
        unresolved=_.resolved_at.isnull(),
        resolved_before_created=_.resolved_at < _.created_at,
        resolved_by_a_bot=known(_.resolved_automatically, False),
    )
    open_ones = crm.tickets.created.count(_.resolved_at.isnull())
    return tickets.median(_.resolution_minutes / 60).unfinished(open_ones)


@resolution_time.variant(reported_by="Zendesk")
def elapsed(crm: Crm) -> Formula:
    """Median hours from creation to the latest resolution, waiting for the customer included."""
    return _resolved(crm).median(hours_between(_.created_at, _.resolved_at))


@resolution_time.variant
def handled(crm: Crm) -> Formula:
    """Median hours a resolved ticket was open and not waiting for the customer.

    The time between a resolution and its reopening does not count either.
    """
    return _resolved(crm).median(_.handled_minutes / 60)


@resolution_time.variant
def handled_business(crm: Crm) -> Formula:
    """The same in working hours of the company."""
    return _resolved(crm).median(_.handled_working_minutes / 60)


@resolution_time.variant
def censored(crm: Crm) -> Formula:
    """Hours by which half of the tickets created in the period were resolved, or will have been.

    Open tickets count as waiting still (Kaplan-Meier); a reopened one that is open has no
    resolution.
    """
    tickets = crm.tickets.created.leave_out(
        resolved_before_created=_.resolved_at < _.created_at,
        resolved_by_a_bot=known(_.resolved_automatically, False),
        resolution_undated=(known(_.status, "open") == "resolved") & _.resolved_at.isnull(),
    )
    waited = lesser(_.resolution_minutes / 60, hours_between(_.created_at, crm.observed_until))
    return tickets.waits(waited, ended=_.resolved_at <= crm.observed_until).median()


@resolution_time.variant(unit=PERCENT)
def within_target(crm: Crm, target_hours: float = Limit(72)) -> Formula:
    """Share of the tickets created in the period resolved within the target hours.

    A ticket open for longer than the target has missed it; one open for less is left out.
    """
    return _within(crm, _.resolution_minutes <= limit(target_hours) * 60)


@resolution_time.variant(unit=PERCENT)
def within_working_target(crm: Crm, target_working_hours: float = Limit(24)) -> Formula:
    """Share of the tickets created in the period resolved within the target working hours.

    A ticket open for longer than the target has missed it; one open for less is left out.
    """
    return _within(crm, _.resolution_working_minutes <= limit(target_working_hours) * 60)


def _within(crm: Crm, hit: Deferred) -> Formula:
    tickets = crm.tickets.created.leave_out(
        resolved_before_created=_.resolved_at < _.created_at,
        resolved_by_a_bot=known(_.resolved_automatically, False),
        still_within_target=_.resolved_at.isnull() & hit,
    )
    return tickets.count(hit) / tickets.count()


def _resolved(crm: Crm) -> Facts:
    return crm.tickets.resolved.leave_out(
        resolved_before_created=_.resolved_at < _.created_at,
        resolved_by_a_bot=known(_.resolved_automatically, False),
    )
