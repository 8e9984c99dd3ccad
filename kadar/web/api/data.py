"""`GET /api/v1/data`: the state of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.documents.status import Status, status
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Asked

if TYPE_CHECKING:
    from kadar.web.visit import Visit

KINDS = {"rows": "integer", "refused": "integer", "last_learnt": "moment"}


def data(visit: Visit, _asked: Asked) -> Found:
    """Say what there is."""
    document = status(visit.workspace, visit.reader)
    rows = [
        {
            "table": one.table,
            "rows": one.rows,
            "refused": one.refused,
            "last_learnt": one.last_learnt,
            "sources": ", ".join(one.sources),
            "columns": ", ".join(one.columns),
        }
        for one in document.tables
    ]
    return Found.of(document, listed(rows, KINDS))


ENDPOINT = Endpoint("/data", "What data there is, how fresh, how clean", data, Asked, Status, 11)
