"""`GET /api/v1/signals`: a KPI's series with its natural limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.documents.limits import Limits, limits
from kadar.show.changes import listed
from kadar.show.signals import KINDS
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Series

if TYPE_CHECKING:
    from kadar.web.visit import Visit


def signals(visit: Visit, asked: Series) -> Found:
    """Put limits on a series."""
    made = visit.workspace.signals(
        asked.kpi,
        variant=asked.variant,
        grain=asked.grain,
        by=asked.by,
        where=asked.where,
        since=asked.since,
        until=asked.until,
    )
    document = limits(visit.workspace, visit.reader, asked.kpi, made)
    return Found.of(document, listed(made.records(), KINDS))


ENDPOINT = Endpoint("/signals", "A series with its natural limits", signals, Series, Limits, 9)
