"""Subscriptions: what is paid a year, by the month."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft
from kadar.store.sql import quoted


def refine(draft: Draft) -> None:
    """Make the monthly amount from the annual one where only that is there."""
    annual = draft.fields.get("annual_amount")
    if "monthly_amount" not in draft.columns and annual and annual.kind in {"number", "money"}:
        draft.expression("monthly_amount", f"{quoted(annual.header)} / 12")
