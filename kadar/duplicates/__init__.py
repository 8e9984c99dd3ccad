"""Customers that are probably one: found, scored and proposed; never merged by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.addresses import address, domain
from kadar.decisions import pair_id
from kadar.duplicates.joined import Joined, has_identities, joined
from kadar.duplicates.names import compact, laws, phone, words
from kadar.duplicates.pairs import pairs, weights
from kadar.duplicates.score import REASONS, Known, digits, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from kadar.decisions import Decision

__all__ = [
    "REASONS",
    "Joined",
    "Known",
    "Proposal",
    "find",
    "joined",
    "known_customers",
    "matches",
]

LEAST = 90.0  # score from which a pair is proposed


@dataclass(frozen=True)
class Proposal:
    """Two customers that are probably one; `merged` would be counted as `survivor`.

    `score` is 0 to 100. `reasons` are names of `REASONS`, each with the number it fills in.
    """

    id: str
    survivor: str
    survivor_name: str
    merged: str
    merged_name: str
    score: float
    reasons: list[tuple[str, int]]


def find(
    connection: DuckDBPyConnection,
    decided: Mapping[str, Decision],
    least: float = LEAST,
) -> list[Proposal]:
    """Return the pairs nobody decided on yet, the most probable first.

    Pairs that an `[[identity]]` of kadar.toml finds, but not alone, are among them whatever their
    score.

    The survivor is the customer that more facts name (deals, orders, tickets), of equals the one
    created first.
    """
    customers = known_customers(connection)
    found = [
        (one, other, value, reasons)
        for one, other, value, reasons in matches(customers, least)
        if pair_id(one.id, other.id) not in decided
    ]
    there = {pair_id(one.id, other.id) for one, other, *_ in found}
    by_id = {one.id: one for one in customers}
    weight: dict[str, float] = {}
    for here, same in _open(connection):
        if here in by_id and same in by_id and pair_id(here, same) not in {*there, *decided}:
            found.append((by_id[here], by_id[same], *score(by_id[here], by_id[same], weight)))
            there.add(pair_id(here, same))
    rank = _ranks(connection, [c.id for pair in found for c in pair[:2]])
    proposals = []
    for one, other, value, reasons in found:
        stays, goes = sorted((one, other), key=lambda c: rank[c.id])
        proposals.append(
            Proposal(pair_id(one.id, other.id), stays.id, stays.name, goes.id, goes.name,
                     round(value, 1), reasons)
        )  # fmt: skip
    return sorted(proposals, key=lambda p: (-p.score, p.survivor, p.merged))


def _open(connection: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the pairs that kadar.toml's identities could mean, and others as well."""
    if not has_identities(connection):
        return []
    return connection.execute(
        "SELECT DISTINCT customer_id, same_as FROM crm.identities WHERE NOT joined ORDER BY ALL"
    ).fetchall()


def matches(
    customers: Sequence[Known], least: float = LEAST
) -> list[tuple[Known, Known, float, list[tuple[str, int]]]]:
    """Return the pairs whose score is at least `least`, with their reasons."""
    weight = weights(customers)
    names = Counter(one.compact for one in customers)
    made = []
    for a, b in pairs(customers):
        one, other = customers[a], customers[b]
        namesakes = names[one.compact] if one.compact == other.compact else 0
        value, reasons = score(one, other, weight, namesakes)
        if value >= least:
            made.append((one, other, value, reasons))
    return made


def known_customers(connection: DuckDBPyConnection) -> list[Known]:
    """Return what the data knows of each customer: name, country, its contacts' addresses."""
    rows = connection.execute(
        """
        SELECT c.customer_id, c.name, c.country,
            list(DISTINCT k.email) FILTER (k.email IS NOT NULL),
            list(DISTINCT k.phone) FILTER (k.phone IS NOT NULL)
        FROM crm.customers c LEFT JOIN crm.contacts k ON k.customer_id = c.customer_id
        WHERE c.name IS NOT NULL OR k.email IS NOT NULL OR k.phone IS NOT NULL
        GROUP BY ALL ORDER BY 1
        """
    ).fetchall()
    return [known(id_, name, country, emails or (), phones or ())
            for id_, name, country, emails, phones in rows]  # fmt: skip


def known(
    id_: str,
    name: str | None,
    country: str | None = None,
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
) -> Known:
    """Return a customer ready to compare."""
    parts = words(name or "")
    found = frozenset(filter(None, map(address, emails)))
    return Known(
        id_,
        name or "",
        parts,
        compact(parts),
        country.casefold() if country else None,
        found,
        frozenset(filter(None, map(domain, found))),
        frozenset(filter(None, map(phone, phones))),
        laws(name or ""),
        digits(parts),
    )


def _ranks(connection: DuckDBPyConnection, ids: Sequence[str]) -> dict[str, tuple[int, str, str]]:
    """Return what orders customers: those with most facts first, then the oldest."""
    facts = " UNION ALL ".join(
        f"SELECT customer_id FROM crm.{table}"
        for table in ("orders", "deals", "subscriptions", "tickets")
    )
    rows = connection.execute(
        f"""
        WITH wanted AS (SELECT DISTINCT unnest($1::VARCHAR[]) AS customer_id),
        counted AS (SELECT customer_id, count(*) AS facts FROM ({facts})
            SEMI JOIN wanted USING (customer_id) GROUP BY customer_id)
        SELECT w.customer_id, coalesce(n.facts, 0),
            coalesce(strftime(c.created_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S'), '9999')
        FROM wanted w LEFT JOIN counted n USING (customer_id)
        LEFT JOIN crm.customers c USING (customer_id)
        """,
        [list(ids)],
    ).fetchall()
    return {id_: (-facts, created, id_) for id_, facts, created in rows}
