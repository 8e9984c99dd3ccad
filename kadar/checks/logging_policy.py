"""Columns whose values suddenly come differently: filled in, left empty, automated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kadar.checks.finding import Company, Finding
from kadar.checks.volume import EVENTS
from kadar.language import N_
from kadar.store.sql import literal

# What is known when a row is made, and so has no reason to be emptier in recent rows.
FILLED = ("owner_id", "channel", "campaign_id", "country", "customer_id", "contact_id", "priority",
          "category", "cost", "revenue", "amount", "currency", "direction", "product")  # fmt: skip
SHARES = {"interactions": ("automated", "kind", "direction"), "tickets": ("channel", "priority")}
LATER = {("leads", "customer_id"), ("leads", "amount")}
MONTHS = 18  # looked back
LEAST_ROWS = 40  # a month
CHANGE = 0.25  # of the rows


def check(company: Company) -> Iterator[Finding]:
    """Look at shares by month of each table and source; say the latest lasting change of each."""
    for table, day in EVENTS.items():
        if (table, day.removesuffix("_on") + "_at") not in company.mapped:
            continue
        wanted = {
            f"{column} IS NULL": column
            for column in FILLED
            if (table, column) in company.mapped and (table, column) not in LATER
        }
        for column in SHARES.get(table, ()):
            if (table, column) in company.mapped:
                values = [] if column == "automated" else _values(company, table, column)
                wanted |= {f"{column} = {literal(value)}": column for value in values}
                if column == "automated":
                    wanted["automated"] = column
        for source, months, shares in _by_month(company, table, day, list(wanted)):
            for (condition, column), series in zip(wanted.items(), shares, strict=True):
                found = lasting_change(series)
                if found is not None:
                    at, before, after = found
                    yield Finding(
                        "KDR-CHK-016",
                        N_(
                            "{source} ({table}): “{condition}” holds for {after} % of the rows "
                            "since {month}, for {before} % before."
                        ),
                        N_("See whether people or the system log it differently since then."),
                        "told",
                        source,
                        table,
                        column=column,
                        details={
                            "source": source, "table": table, "condition": condition,
                            "month": months[at], "before": round(100 * before),
                            "after": round(100 * after),
                        },
                        withholds=False,
                    )  # fmt: skip


def _values(company: Company, table: str, column: str) -> list[str]:
    found = company.rows(
        f"SELECT {column} FROM crm.{table} WHERE {column} IS NOT NULL GROUP BY 1 "
        "ORDER BY count(*) DESC, 1 LIMIT 4"
    )
    return [value for (value,) in found]


def _by_month(
    company: Company, table: str, day: str, conditions: Sequence[str]
) -> Iterator[tuple[str, list[str], list[list[float]]]]:
    """Yield each source with its whole months of enough rows, and each condition's shares."""
    counted = ", ".join(f"avg(coalesce(({c}), FALSE)::INTEGER)" for c in conditions)
    if not conditions:
        return
    rows = company.rows(
        f"SELECT source, strftime(date_trunc('month', {day}), '%Y-%m'), {counted} "
        f"FROM crm.{table} CROSS JOIN (SELECT date_trunc('month', observed_until) AS until "
        f"FROM crm.company) WHERE {day} >= until - INTERVAL {MONTHS} MONTH AND {day} < until "
        f"GROUP BY 1, 2 HAVING count(*) >= {LEAST_ROWS} ORDER BY 1, 2"
    )
    by_source: dict[str, list[tuple[str, list[float]]]] = {}
    for source, month, *shares in rows:
        by_source.setdefault(source, []).append((month, shares))
    for source, listed in by_source.items():
        columns = [list(column) for column in zip(*(shares for _, shares in listed), strict=True)]
        yield source, [month for month, _ in listed], columns


def lasting_change(shares: Sequence[float]) -> tuple[int, float, float] | None:
    """Return the latest month from which on shares lie beyond all before, by at least `CHANGE`.

    At least two months after it, and the four before, must all lie on their own side.
    """
    for at in range(len(shares) - 2, 3, -1):
        before, after = shares[max(0, at - 6) : at], shares[at : at + 3]
        means = sum(before) / len(before), sum(after) / len(after)
        gap = min(after) - max(before) if means[1] > means[0] else min(before) - max(after)
        if abs(means[1] - means[0]) >= CHANGE and gap >= CHANGE / 2:
            return at, means[0], means[1]
    return None
