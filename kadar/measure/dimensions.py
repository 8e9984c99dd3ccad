"""Dimensions: how a name reaches a column of the facts, by many-to-one look-ups only."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.measure.tables import READABLE

FARTHEST = 3  # look-ups from the facts
TYPES = ("text", "boolean", "integer")
INNER = ("rate_missing", "spell_id")  # of use to formulas, not to askers


@dataclass(frozen=True)
class Dimension:
    """A column reached from a table: the references to follow, then the column."""

    table: str
    path: tuple[tuple[str, str], ...]  # (reference column, table it leads to)
    column: str

    @property
    def home(self) -> str:
        """The table the column stands in."""
        return self.path[-1][1] if self.path else self.table


@cache
def dimensions(table: str) -> dict[str, Dimension]:
    """Every dimension of a table by name, the nearest first.

    A fact's own column wins; `owner.team` names a look-up outright, of people themselves too.
    Breadth first, references in the order the table declares them.
    """
    found: dict[str, Dimension] = {}
    queue: deque[tuple[tuple[tuple[str, str], ...], str]] = deque([((), table)])
    while queue:
        path, at = queue.popleft()
        made = READABLE[at]
        prefix = ".".join(reference.removesuffix("_id") for reference, _ in path)
        for column in made.columns:
            if column.type in TYPES and column.name not in INNER:
                reached = Dimension(table, path, column.name)
                found.setdefault(column.name, reached)
                if prefix:
                    found.setdefault(f"{prefix}.{column.name}", reached)
        if len(path) < FARTHEST:
            for reference, to in made.references.items():
                if to not in {table, *(t for _, t in path)}:
                    queue.append(((*path, (reference, to)), to))
    itself = READABLE[table].key[0].removesuffix("_id")
    for name, reached in list(found.items()):
        if not reached.path:
            found.setdefault(f"{itself}.{name}", reached)
    return found


def dimension(table: str, name: str, of: str | None = None) -> Dimension:
    """Return the dimension `name` of a table; KDR-ASK-004 where it cannot be reached.

    Where the table's look-ups lead to the column that the name means for the table `of`, it
    means that column here too.
    """
    reach = dimensions(table)
    if of is not None and of != table and name in dimensions(of):
        meant = dimensions(of)[name]
        for reached in reach.values():
            if (reached.home, reached.column) == (meant.home, meant.column):
                return reached
    if name not in reach:
        raise KadarError(
            "KDR-ASK-004",
            N_("{table} cannot be divided by {name}."),
            N_("These dimensions exist: {names}."),
            table=table,
            name=name,
            names=nearest(name, [n for n in reach if "." not in n]),
        )
    return reach[name]
