"""`GET /api/v1/kpis/{name}`: one KPI in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.documents.definition import KpiDefinition, kpi_definition
from kadar.show.changes import listed
from kadar.web.endpoint import Endpoint, Found
from kadar.web.parameters import Parameters, Variant

if TYPE_CHECKING:
    from kadar.web.visit import Visit


class Chosen(Parameters):
    """What may be asked."""

    variant: Variant = None


def kpi(visit: Visit, asked: Chosen, name: str) -> Found:
    """Explain a KPI."""
    document = kpi_definition(visit.workspace, name, asked.variant)
    rows = [
        {
            "kpi": document.name,
            "variant": one.name,
            "usual": one.usual,
            **{f"words_{language}": text for language, text in one.words.items()},
            "unit": one.unit,
            "formula": one.formula,
            "reported_by": one.reported_by,
            "version": one.version,
            "lacks": None if one.lacks is None else ", ".join(one.lacks),
        }
        for one in document.variants
    ]
    return Found.of(document, listed(rows, {"usual": "boolean"}))


ENDPOINT = Endpoint(
    "/kpis/{name}",
    "One KPI: words, formula, variants, settings, SQL",
    kpi,
    Chosen,
    KpiDefinition,
    2,
    {"name": "Name of a KPI."},
)
