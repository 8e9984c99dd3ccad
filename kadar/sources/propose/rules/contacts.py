"""Contacts: a name in two parts, and consent told by its opposite."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft, yes
from kadar.sources.propose.rules.people import full_name


def refine(draft: Draft) -> None:
    """Join the name; turn "opted out" round; key by e-mail where there is no id."""
    full_name(draft)
    opted_out = draft.fields.get("opted_out")
    if "consented" not in draft.columns and opted_out and opted_out.kind in {"boolean", "number"}:
        draft.expression("consented", f"not ({yes(opted_out)})")
    if "contact_id" not in draft.columns and "email" in draft.fields:
        draft.columns["contact_id"] = draft.fields["email"].header
        draft.notes.append("contact_id: there is no id, so the e-mail address stands for it")
