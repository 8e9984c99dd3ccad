"""Spend: what advertising systems report."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft, has
from kadar.store.sql import quoted


def refine(draft: Draft) -> None:
    """Read millionths, and say what an advertising export leaves unsaid."""
    micros = draft.fields.get("micros")
    if micros is not None:
        draft.fields["amount"] = micros
        draft.expression("amount", f"{quoted(micros.header)} / 1000000")
    if not has(draft, "Clicks", "Impressions", "Impr.", "点击量", "展现量", "Klik"):
        return
    if "campaign_id" not in draft.columns and "campaign" in draft.words:
        campaign = next((f for f in draft.all_fields if f.keys[0] == "id"), None)
        if campaign is not None:
            draft.map("campaign_id", campaign)
    number = draft.fields.get("spend_id")
    if number is not None and not number.unique:
        draft.drop("spend_id")
    if "channel" not in draft.columns and draft.vendor:
        draft.expression("channel", f"'{draft.vendor}'")
    if "category" not in draft.columns:
        draft.expression("category", "'media'")
    if "team" not in draft.columns:
        draft.expression("team", "'marketing'")
    draft.notes.append(
        "the same cost may also be in other exports of the system, by campaign, ad group or "
        "keyword: import one of them only"
    )
