"""`crm.surveys`: every answer with the ends of its scale."""

from __future__ import annotations

from kadar.derive.projection import Projection, Shared


def build(shared: Shared) -> None:
    """Make `crm.surveys`; a scale that is not given is 0 to 10 for NPS, else 1 to 5."""
    surveys = Projection(shared, "surveys")
    surveys.columns["scale_min"] = "coalesce(t.scale_min, CASE t.kind WHEN 'nps' THEN 0 ELSE 1 END)"
    surveys.columns["scale_max"] = (
        "coalesce(t.scale_max, CASE t.kind WHEN 'nps' THEN 10 ELSE 5 END)"
    )
    surveys.create()
