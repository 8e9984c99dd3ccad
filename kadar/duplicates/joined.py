"""Customers of several sources that `[[identity]]` of kadar.toml counts as one, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Joined:
    """A customer of one source that counts as another's.

    `known_by` is the way kadar.toml names: `email`, `domain` or two columns that are equal
    (`name = customer_id`). Names and sources are None where only contacts tell of a customer; a
    customer of several sources has them all, with commas.
    """

    customer_id: str
    name: str | None
    source: str | None
    same_as: str
    same_as_name: str | None
    same_as_source: str | None
    known_by: str


def joined(connection: DuckDBPyConnection) -> list[Joined]:
    """Return who was joined in the version that is open, in the order of whom they count as."""
    if not has_identities(connection):
        return []
    rows = connection.execute(
        """
        WITH told AS (
            SELECT customer_id, any_value(name ORDER BY source) AS name,
                string_agg(DISTINCT source, ', ' ORDER BY source) AS source
            FROM model.customers GROUP BY customer_id
        )
        SELECT i.customer_id, here.name, here.source, i.same_as, there.name, there.source,
            i.known_by
        FROM crm.identities i
        LEFT JOIN told here ON here.customer_id = i.customer_id
        LEFT JOIN told there ON there.customer_id = i.same_as
        WHERE i.joined ORDER BY i.same_as, i.customer_id
        """
    ).fetchall()
    return [Joined(*row) for row in rows]


def has_identities(connection: DuckDBPyConnection) -> bool:
    """Tell whether the version that is open was published since there are identities."""
    found = connection.execute(
        "SELECT 1 FROM information_schema.tables "
        "WHERE table_schema = 'crm' AND table_name = 'identities'"
    ).fetchone()
    return found is not None
