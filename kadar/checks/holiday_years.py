"""Years whose public holidays nobody here knows: they count as worked."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Company, Finding
from kadar.language import N_


def check(company: Company) -> Iterator[Finding]:
    """Find years of tickets beyond those the holidays are known for; told, not counted."""
    project = company.workspace.project
    places = {project.company.holidays or ""}
    places |= {place for schedule in project.schedules for place in schedule.places or []}
    first, last = company.connection.execute(
        "SELECT min(year(created_on)), max(year(coalesce(resolved_on, created_on))) "
        "FROM crm.tickets"
    ).fetchall()[0]
    if first is None:
        return
    from kadar.derive.public_holidays import known_years

    for place in sorted(places - {""}):
        since, until = known_years(place)
        if first < since or last > until:
            yield Finding(
                "KDR-CHK-020",
                N_(
                    "The public holidays of {place} are known from {since} to {until}, and "
                    "there are tickets from {first} to {last}; the years outside have none."
                ),
                N_("Correct the dates of the tickets, or list the days under days_off."),
                "told",
                table="tickets",
                details={
                    "place": place,
                    "since": str(since),
                    "until": str(until),
                    "first": str(first),
                    "last": str(last),
                },
            )
