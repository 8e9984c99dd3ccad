"""Open deals whose expected close is long past."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.language import N_


def check(company: Company) -> Iterator[Finding]:
    """Find open deals that should have closed more than `[checks] stale_days` ago."""
    if not company.has("deals", "expected_close_at", "outcome"):
        return
    days = company.workspace.project.checks.stale_days
    keys = (
        "SELECT deal_id FROM crm.deals CROSS JOIN crm.company WHERE outcome = 'open' "
        f"AND expected_close_at < observed_until - INTERVAL {days} DAY"
    )
    count, examples = company.look(keys)
    if not count:
        return
    (worth, of, open_) = company.rows(
        f"SELECT sum(amount) FILTER (deal_id IN ({keys})), sum(amount), count(*) "
        "FROM crm.deals WHERE outcome = 'open'"
    )[0]
    yield Finding(
        "KDR-CHK-008",
        N_(
            "{rows} of {all} open deals ({share} % of their value) should have closed more than "
            "{days} days ago."
        ),
        N_("Close them, or give them a new expected close date."),
        "told",
        table="deals",
        column="expected_close_at",
        details={
            "rows": count,
            "all": open_,
            "share": round(100 * float(worth or 0) / float(of)) if of else 0,
            "days": days,
        },
        count=count,
        examples=examples,
        affected=Affected("deals", ("expected_close_at", "open"), keys),
        withholds=False,
    )
