"""Customers: known by their name where they have no id."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft


def refine(draft: Draft) -> None:
    """Let the name be the id where there is none."""
    if "customer_id" not in draft.columns and "name" in draft.columns:
        draft.columns["customer_id"] = draft.columns["name"]
        draft.notes.append("customer_id: there is no id, so the name stands for it")
