"""Tickets: durations instead of moments, and a rating that is an answer of its own."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft, shown, yes
from kadar.sources.propose.names import unit_of
from kadar.sources.propose.profile import Field
from kadar.sources.propose.synonyms import sheets
from kadar.store.sql import quoted


def refine(draft: Draft) -> None:
    """Turn durations into moments, a closed flag into a status, a rating into a survey answer."""
    for column, hint in (
        ("responded_at", "response_duration"),
        ("resolved_at", "resolution_duration"),
    ):
        if column not in draft.columns and hint in draft.fields:
            _from_duration(draft, column, draft.fields[hint])
    closed = draft.fields.get("is_closed")
    if "status" not in draft.columns and closed is not None and closed.kind == "boolean":
        draft.expression("status", f"case when {yes(closed)} then 'resolved' else 'open' end")
    status = draft.fields.get("status")
    if status is not None and "deleted" in {value.casefold() for value in status.counts}:
        draft.conditions.append(f"coalesce(lower({quoted(status.header)}), '') <> 'deleted'")
        draft.notes.append(f"only tickets that {shown([status.header])} does not call deleted")
    if "rating" in draft.fields and draft.fields["rating"].whole:
        _rating(draft, draft.fields["rating"])


def _from_duration(draft: Draft, column: str, took: Field) -> None:
    if "created_at" not in draft.columns:
        return
    created, header = quoted(draft.columns["created_at"]), quoted(took.header)
    if took.clock:
        draft.fields[column] = took
        draft.expression(column, f"{created} + cast({header} as interval)")
        return
    if not took.whole:
        return
    unit = unit_of(took.header)
    if unit is None:
        draft.questions.append(
            f"{column}: {shown([took.header])} is a number, and its header does not say of what; "
            f"write for example {column} = '= {created} + {header} * interval 1 minute'"
        )
        return
    draft.fields[column] = took
    draft.expression(column, f"{created} + {header} * interval 1 {unit}")
    if draft.fields["created_at"].kind == "date":
        draft.notes.append(
            f"{column}: made from {shown([took.header])} and the start of the day in "
            f"{shown([draft.columns['created_at']])}"
        )


def _rating(draft: Draft, rating: Field) -> None:
    """Begin a second source over the file: the answers about its tickets."""
    answered = draft.fields.get("rated_at") or draft.fields.get("resolved_at")
    if "ticket_id" not in draft.fields or answered is None:
        return
    if answered.kind not in {"moment", "date"} or not 0 <= rating.range[1] <= 10:
        return
    survey = draft.sibling(sheets()["surveys"])
    for column, source in (("survey_id", "ticket_id"), ("ticket_id", "ticket_id")):
        survey.map(column, draft.fields[source])
    if "customer_id" in draft.fields:
        survey.map("customer_id", draft.fields["customer_id"])
    survey.expression("kind", "'csat'")
    survey.map("score", rating)
    survey.fields["answered_at"] = answered
    survey.expression(
        "answered_at",
        f"case when {quoted(rating.header)} is not null then {quoted(answered.header)} end",
    )
    if "rating_comment" in draft.fields:
        survey.map("comment", draft.fields["rating_comment"])
    if "rated_at" not in draft.fields:
        survey.notes.append(
            "answered_at: no header says when the rating was given; "
            f"{shown([answered.header])} is taken"
        )
    from kadar.sources.propose.rules.surveys import scale

    scale(survey, rating, "csat")
    draft.also.append(survey)
