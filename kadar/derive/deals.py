"""`crm.deals`: converted, each with the lead it came from."""

from __future__ import annotations

from kadar.derive.projection import Projection, Shared


def build(shared: Shared) -> None:
    """Make `crm.deals` with lead_created_at: when the earliest lead behind the deal came in.

    The lead is the one the deal names or those that name the deal.
    """
    work, current = shared.work, shared.current
    leads = work.temporary(
        "leads of deals",
        f"""
        SELECT deal_id, min(created_at) AS created_at, min(lead_id) AS any_lead,
            arg_min(lead_id, (created_at, lead_id)) FILTER (created_at IS NOT NULL) AS first_lead
        FROM (
            SELECT deal_id, lead_id, created_at FROM {current["leads"]} WHERE deal_id IS NOT NULL
            UNION ALL
            SELECT d.deal_id, l.lead_id, l.created_at
            FROM {current["deals"]} d JOIN {current["leads"]} l ON l.lead_id = d.lead_id
        ) GROUP BY deal_id
        """,
    )
    deals = Projection(shared, "deals").convert()
    deals.joins.append(f"LEFT JOIN {leads} l ON l.deal_id = t.deal_id")
    deals.columns["lead_id"] = "coalesce(t.lead_id, l.first_lead, l.any_lead)"
    deals.columns["lead_created_at"] = "l.created_at"
    deals.moments.append("lead_created_at")
    deals.lenders.append("leads")
    deals.create()
