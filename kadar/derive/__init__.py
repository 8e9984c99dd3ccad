"""What the engine derives once from the model, so that no KPI has to: the schema `crm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.derive import (
    calendar,
    carried,
    company,
    customers,
    deals,
    leads,
    orders,
    periods,
    spells,
    surveys,
    tickets,
)
from kadar.derive.currency import Rates
from kadar.derive.current import Current
from kadar.derive.derivation import Derivation
from kadar.derive.extent import extents, reach
from kadar.derive.merges import merges
from kadar.derive.projection import Projection, Shared
from kadar.model import TABLES

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from kadar.project import Project

__all__ = ["derive"]

# Tables that take more than the days of their moments, their money and their survivors.
_OWN = {
    "orders": orders.build,
    "order_lines": orders.build_lines,
    "deals": deals.build,
    "leads": leads.build,
    "tickets": tickets.build,
    "surveys": surveys.build,
}


def derive(connection: DuckDBPyConnection, project: Project, known: datetime | None = None) -> None:
    """Rebuild schema `crm` from schema `model`, within the caller's transaction.

    Both are schemas of the connection's current database. Customers are merged as people had
    decided by the moment `known` (aware); now if None. Raises `KadarError` (KDR-DRV-…) if
    a company setting makes no sense; then, or on any other error, roll the transaction back.
    """
    work = Derivation.of(connection, project, known)
    try:
        _rebuild(work)
    finally:
        work.tidy()


def _rebuild(work: Derivation) -> None:
    schema = work.crm("").removesuffix('.""')
    work.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    work.run(f"CREATE SCHEMA {schema}")
    reached = extents(work)
    work.reach = reach(reached)
    calendar.build(work, reached)
    periods.build(work)
    company.build(work, reached)
    carried.build(work)
    current = Current(work)
    shared = Shared(work, current, merges(work, current), Rates(work, current))
    for table in TABLES:
        if table in _OWN:
            _OWN[table](shared)
        elif table != "customers":
            Projection(shared, table).convert().create()
    customers.build(shared)
    spells.build(shared)
