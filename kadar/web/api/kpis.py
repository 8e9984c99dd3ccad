"""`GET /api/v1/kpis`: the KPIs there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.documents.definition import KpiNames, kpi_names
from kadar.language import LANGUAGES
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Parameters

if TYPE_CHECKING:
    from kadar.web.visit import Visit


def kpis(visit: Visit, _asked: Parameters) -> Found:
    """List the KPIs."""
    document = kpi_names(visit.workspace)
    rows = [
        {
            "kpi": one.name,
            **{f"title_{language}": one.titles[language] for language in LANGUAGES},
            "unit": one.unit,
            "better": one.better,
            "core": one.core,
            "usual": one.usual,
            "variants": ", ".join(one.variants),
        }
        for one in document.kpis
    ]
    return Found.of(document, listed(rows, {"core": "boolean"}))


ENDPOINT = Endpoint(
    "/kpis", "The KPIs there are, in three languages", kpis, Parameters, KpiNames, 1
)
