"""Issue resolution time."""

from kadar.kpi import DOWN, HOURS, PERCENT, Crm, Facts, Formula, _, hours_between, kpi


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

    Tickets resolved in the period and not reopened since.
    """
    return _resolved(crm).median(hours_between(_.created_at, _.resolved_at))


@resolution_time.variant(reported_by="Zendesk")
def first(crm: Crm) -> Formula:
    """To the first resolution, tickets first resolved in the period."""
    resolved = crm.tickets.first_resolved.leave_out(
        resolved_before_created=_.first_resolved_at < _.created_at
    )
    return resolved.median(hours_between(_.created_at, _.first_resolved_at))


@resolution_time.variant
def business(crm: Crm) -> Formula:
    """The same in working hours of the company."""
    return _resolved(crm).median(_.resolved_working_minutes / 60)


@resolution_time.variant
def mean(crm: Crm) -> Formula:
    """Mean hours instead of the median."""
    return _resolved(crm).mean(hours_between(_.created_at, _.resolved_at))


@resolution_time.variant
def p90(crm: Crm) -> Formula:
    """Hours within which nine of ten resolved tickets were resolved."""
    return _resolved(crm).quantile(hours_between(_.created_at, _.resolved_at), 0.9)


@resolution_time.variant
def by_created(crm: Crm) -> Formula:
    """Tickets created in the period that are resolved; the open ones are counted beside it."""
    tickets = crm.tickets.created.leave_out(
        unresolved=_.resolved_at.isnull(), resolved_before_created=_.resolved_at < _.created_at
    )
    open_ones = crm.tickets.created.count(_.resolved_at.isnull())
    return tickets.median(hours_between(_.created_at, _.resolved_at)).unfinished(open_ones)


@resolution_time.variant(unit=PERCENT)
def within_target(crm: Crm, target_hours: float = 72) -> Formula:
    """Share of the tickets created in the period resolved within the target hours.

    A ticket open for longer than the target has missed it; one open for less is left out.
    """
    tickets = crm.tickets.created.leave_out(
        resolved_before_created=_.resolved_at < _.created_at,
        still_within_target=_.resolved_at.isnull()
        & (hours_between(_.created_at, crm.observed_until) <= target_hours),
    )
    hit = hours_between(_.created_at, _.resolved_at) <= target_hours
    return tickets.count(hit) / tickets.count()


def _resolved(crm: Crm) -> Facts:
    return crm.tickets.resolved.leave_out(resolved_before_created=_.resolved_at < _.created_at)
