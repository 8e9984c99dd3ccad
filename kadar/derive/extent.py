"""From when to when the model's moments reach, by table, column and source."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.derive.derivation import Derivation, quote
from kadar.model import TABLES


@dataclass(frozen=True)
class Extent:
    """The earliest and the latest value of one moment column in one source; microseconds, UTC."""

    table: str
    column: str
    source: str
    earliest: int
    latest: int


def extents(work: Derivation) -> list[Extent]:
    """Return the extent of every moment column that holds anything, by source."""
    found: list[Extent] = []
    for name, table in TABLES.items():
        if not table.moments:
            continue
        bounds = ", ".join(
            f"epoch_us(min({quote(m)})), epoch_us(max({quote(m)}))" for m in table.moments
        )
        for row in work.rows(f"SELECT source, {bounds} FROM {work.model(name)} GROUP BY source"):
            source, *values = row
            for at, column in enumerate(table.moments):
                earliest, latest = values[2 * at : 2 * at + 2]
                if earliest is not None:
                    found.append(Extent(name, column, source, earliest, latest))
    return found


def reach(found: list[Extent]) -> dict[str, tuple[int, int]]:
    """Return the earliest and the latest moment of each table, in microseconds UTC."""
    bounds: dict[str, tuple[int, int]] = {}
    for extent in found:
        low, high = bounds.get(extent.table, (extent.earliest, extent.latest))
        bounds[extent.table] = min(low, extent.earliest), max(high, extent.latest)
    return bounds
