"""`crm.leads`: each with the first contact by a person."""

from __future__ import annotations

from kadar.derive.projection import Projection, Shared


def build(shared: Shared) -> None:
    """Make `crm.leads` with contacted_at: the first interaction that a person of ours began.

    Outbound, and not said to be automated.
    """
    contacts = shared.work.temporary(
        "contacts of leads",
        f"""
        SELECT lead_id, min(occurred_at) AS contacted_at
        FROM {shared.current["interactions"]}
        WHERE direction = 'outbound' AND automated IS NOT TRUE AND lead_id IS NOT NULL
        GROUP BY lead_id
        """,
    )
    leads = Projection(shared, "leads").convert()
    leads.joins.append(f"LEFT JOIN {contacts} c ON c.lead_id = t.lead_id")
    leads.columns["contacted_at"] = "c.contacted_at"
    leads.moments.append("contacted_at")
    leads.lenders.append("interactions")
    leads.create()
