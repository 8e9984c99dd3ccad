"""One row a key: what stands when two sources give the same one.

Customers, contacts, people and campaigns are things several systems know something of: each
column is the first configured source's that knows it. Everything else is something that happened
once: the first configured source's row stands, and `crm.shadowed` counts the rows that do not.
Tickets that no source lists are those their events are of.
"""

from __future__ import annotations

from kadar.derive.derivation import Derivation, literal, quote
from kadar.model import TABLES

COALESCED = ("customers", "contacts", "people", "campaigns")


class Current:
    """The current rows of each model table, one a key."""

    def __init__(self, work: Derivation) -> None:
        self.work = work
        self._relations: dict[str, str] = {}
        work.run(
            f"CREATE TABLE {work.crm('shadowed')} "
            '("table" VARCHAR NOT NULL, source VARCHAR NOT NULL, "rows" BIGINT NOT NULL)'
        )

    def __getitem__(self, table: str) -> str:
        """SQL to put after FROM: the table's rows, one a key."""
        if table not in self._relations:
            self._relations[table] = self._relation(table)
        return self._relations[table]

    def _relation(self, table: str) -> str:
        work, name = self.work, self.work.model(table)
        if table == "tickets" and not work.value(f"SELECT count(*) FROM {name}"):
            return work.temporary("tickets of events", self._of_events(name))
        if work.value(f"SELECT count(DISTINCT source) FROM {name}") < 2:
            return name
        keys = ", ".join(quote(k) for k in TABLES[table].key)
        twice = work.temporary(
            f"{table} twice",
            f"SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY {self._rank(table)}) "
            f"AS place FROM {name} SEMI JOIN (SELECT {keys} FROM {name} GROUP BY ALL "
            f"HAVING count(*) > 1) USING ({keys})",
        )
        if not work.value(f"SELECT count(*) FROM {twice}"):
            return name
        if table in COALESCED:
            others = ", ".join(
                f"arg_min({c}, place) FILTER ({c} IS NOT NULL) AS {c}"
                for c in map(quote, TABLES[table].column_names)
                if c not in map(quote, TABLES[table].key)
            )
            standing = (
                f"SELECT {keys}, {others}, arg_min(source, place) AS source, "
                f"max(recorded_at) AS recorded_at FROM {twice} GROUP BY {keys}"
            )
        else:
            standing = f"SELECT * EXCLUDE (place) FROM {twice} WHERE place = 1"
            work.run(
                f"INSERT INTO {work.crm('shadowed')} SELECT {literal(table)}, source, count(*) "
                f"FROM {twice} WHERE place > 1 GROUP BY source"
            )
        return (
            f"(SELECT * FROM {name} ANTI JOIN {twice} USING ({keys}) UNION ALL BY NAME {standing})"
        )

    def _of_events(self, tickets: str) -> str:
        """SQL for a ticket of each id that events name, created as they say; like `tickets`."""
        return (
            f"SELECT * FROM {tickets} UNION ALL BY NAME "
            "SELECT ticket_id, min(occurred_at) FILTER (event = 'created') AS created_at, "
            f"'kadar' AS source, min(recorded_at) AS recorded_at FROM {self['ticket_events']} "
            "GROUP BY ticket_id"
        )

    def _rank(self, table: str) -> str:
        """SQL that orders the sources as configured; unknown ones last, by name."""
        ranks = " ".join(
            f"WHEN {literal(source)} THEN {at}"
            for at, source in enumerate(self.work.source_order[table])
        )
        return f"CASE source {ranks} END NULLS LAST, source" if ranks else "source"
