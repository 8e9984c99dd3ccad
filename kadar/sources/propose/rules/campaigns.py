"""Campaigns: known by their name where they have no id; what they cost is spend."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft, shown
from kadar.sources.propose.names import key
from kadar.sources.propose.synonyms import sheets

COST = {
    key(header) for header in ("Actual Cost", "Spend Items Sum Amount", "Spend Total", "实际成本")
}


def refine(draft: Draft) -> None:
    """Let the name be the id where there is none; make the costs a second source."""
    if "campaign_id" not in draft.columns and "name" in draft.columns:
        draft.columns["campaign_id"] = draft.columns["name"]
        draft.notes.append("campaign_id: there is no id, so the name stands for it")
    elif "name" not in draft.columns and (
        "campaign_id" in draft.fields and draft.fields["campaign_id"].keys[0].endswith("name")
    ):
        draft.columns["name"] = draft.columns["campaign_id"]
    cost = next((f for f in draft.all_fields if COST & set(f.keys)), None)
    if cost is None or cost.kind not in {"number", "money"} or "started_at" not in draft.fields:
        return
    spend = draft.sibling(sheets()["spend"])
    spend.columns["spend_id"] = draft.columns["campaign_id"]
    spend.map("spent_at", draft.fields["started_at"])
    spend.columns["campaign_id"] = draft.columns["campaign_id"]
    if "channel" in draft.columns:
        spend.columns["channel"] = draft.columns["channel"]
    spend.map("amount", cost)
    spend.expression("category", "'media'")
    spend.expression("team", "'marketing'")
    spend.notes.append(
        f"spent_at: the whole cost of a campaign counts on its {shown([spend.columns['spent_at']])}"
    )
    draft.also.append(spend)
