"""Interactions: what they were when only the file's name says it, and with whom."""

from __future__ import annotations

from kadar.sources.propose.choices import recognise, recognised
from kadar.sources.propose.draft import Draft
from kadar.sources.propose.names import key
from kadar.store.sql import quoted

NAMED = (
    # what a file's name has in it: what its rows are
    ("email", "email"),
    ("call", "call"),
    ("meeting", "meeting"),
    ("appointment", "meeting"),
    ("chat", "chat"),
    ("visit", "visit"),
    ("event", "event"),
    ("note", "other"),
    ("task", "other"),
    ("panggilan", "call"),
    ("lawatan", "visit"),
    ("mesyuarat", "meeting"),
    ("拜访", "visit"),
    ("通话", "call"),
    ("会议", "meeting"),
)


def refine(draft: Draft) -> None:
    """Map the kind, and Salesforce's two-way ids to the table each id is of."""
    _kind(draft)
    who, what = draft.fields.get("who_id"), draft.fields.get("what_id")
    if who is not None:
        if "contact_id" not in draft.columns:
            draft.expression("contact_id", _prefixed(who.header, "003"))
        if "lead_id" not in draft.columns:
            draft.expression("lead_id", _prefixed(who.header, "00Q"))
    if what is not None and "customer_id" not in draft.columns:
        draft.expression("customer_id", _prefixed(what.header, "001"))


def _kind(draft: Draft) -> None:
    found = draft.fields.get("kind")
    # Salesforce's subtypes say no more of most records than which object they are of
    vague = found is not None and {key(raw) for raw in found.counts} <= {"task", "event"}
    if found is not None and not vague and recognised(draft, "kind", found):
        return
    draft.drop("kind")
    subject = next((f for f in draft.all_fields if f.keys[-1] == "type" and f is not found), None)
    if subject is not None and recognised(draft, "kind", subject):
        draft.map("kind", subject)
        return
    for word, kind in NAMED:
        if word in draft.words:
            draft.expression("kind", f"'{kind}'")
            return
    if found is not None and vague and found.known:
        meeting = key(found.known[0]) == "event"
        draft.expression("kind", "'meeting'" if meeting else "'other'")
        return
    entity = key(draft.all_fields[0].header)
    known = recognise(draft.sheet.values["kind"], entity) if entity.startswith("donot") else None
    if known is not None:
        draft.expression("kind", f"'{known}'")


def _prefixed(header: str, prefix: str) -> str:
    return f"case when {quoted(header)} like '{prefix}%' then {quoted(header)} end"
