"""Merged customers: whom each record was merged into, at the end of the chain."""

from __future__ import annotations

from kadar.derive.chains import Chains
from kadar.derive.current import Current
from kadar.derive.derivation import Derivation
from kadar.derive.identities import Identities


def merges(work: Derivation, current: Current) -> str | None:
    """Make a table of customer_id and survivor_id; `None` where nothing was merged.

    Chains are followed to their end. Records that are merged in a circle, or into one, are left
    as they are: there is no telling which is meant.
    """
    links = work.temporary(
        "merges",
        f"""
        SELECT customer_id, merged_into AS survivor_id FROM {current["customers"]}
        WHERE merged_into IS NOT NULL AND merged_into <> customer_id
        """,
    )
    _join(work, links)
    count = work.value(f"SELECT count(*) FROM {links}")
    if not count:
        return None
    # each turn doubles the reach: after log2(n) + 1 every chain that ends has been walked
    for _ in range(int(count).bit_length() + 1):
        work.run(
            f"""
            CREATE OR REPLACE TEMP TABLE {links} AS
            SELECT l.customer_id, coalesce(n.survivor_id, l.survivor_id) AS survivor_id
            FROM {links} l LEFT JOIN {links} n ON n.customer_id = l.survivor_id
            """
        )
    work.run(f"DELETE FROM {links} WHERE survivor_id IN (SELECT customer_id FROM {links})")
    return links


def _join(work: Derivation, links: str) -> None:
    """Add customers that are one though no source says so: declared identities, then decisions.

    A join is of the ends of two chains, so that none makes a circle.
    """
    chains = Chains(work.rows(f"SELECT customer_id, survivor_id FROM {links}"))
    Identities(work, chains, work.rejected).build()
    for merged, survivor in work.accepted:
        chains.join(merged, survivor)
    if added := chains.added():
        work.run(
            f"INSERT INTO {links} SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[])",
            [list(column) for column in zip(*added, strict=True)],
        )
