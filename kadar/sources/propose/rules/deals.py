"""Deals: how they stand, and which of the two meanings a close date has."""

from __future__ import annotations

from kadar.sources.propose.choices import recognised
from kadar.sources.propose.draft import Draft, shown, yes
from kadar.store.sql import literal, quoted


def refine(draft: Draft) -> None:
    """Map the outcome, from the stage where nothing else says it, and both close moments."""
    closed = _outcome(draft)
    _closing(draft, closed)


def _outcome(draft: Draft) -> str | None:
    """Map `outcome`; return SQL that is true for a closed deal, None where nobody can tell."""
    for name in ("outcome", "stage"):
        found = draft.fields.get(name)
        meanings = recognised(draft, "outcome", found) if found else {}
        ended = [raw for raw, meaning in meanings.items() if meaning in {"won", "lost"}]
        if found and ended:
            draft.map("outcome", found)
            if not any(meanings[raw] == "lost" for raw in ended):
                draft.notes.append(f"outcome: no value of {shown([found.header])} means lost")
            return f"{quoted(found.header)} in ({', '.join(literal(raw) for raw in ended)})"
    unknown = draft.drop("outcome")
    won, over = draft.fields.get("is_won"), draft.fields.get("is_closed")
    if won and (over or "closed_at" in draft.fields):
        ended_sql = yes(over) if over else f"{quoted(draft.columns['closed_at'])} is not null"
        draft.expression(
            "outcome",
            f"case when {yes(won)} then 'won' when {ended_sql} then 'lost' else 'open' end",
        )
        return f"({yes(won)} or {ended_sql})"
    found = unknown or draft.fields.get("stage")
    seen = shown(list(found.counts)[:8]) if found else ""
    draft.questions.append(
        "outcome: which stages are won and which lost? None was recognised"
        + (f" among {seen}" if seen else "")
        + "; write them under values.outcome"
    )
    return None


def _closing(draft: Draft, closed: str | None) -> None:
    close = draft.fields.get("close")
    if close is not None and close.kind not in {"moment", "date", "empty"}:
        close = None
    if "closed_at" in draft.columns:
        if close is not None and "expected_close_at" not in draft.columns:
            draft.map("expected_close_at", close)
        return
    both = close or draft.fields.get("expected_close_at")
    if both is None:
        return
    header = quoted(both.header)
    if closed is None:
        draft.map("expected_close_at", both)
        draft.questions.append(
            f"closed_at: {shown([both.header])} is the actual close of a deal that is won or "
            "lost, but nothing says which deals are"
        )
        return
    draft.fields["closed_at"] = both
    draft.expression("closed_at", f"case when {closed} then {header} end")
    if close is not None and "expected_close_at" not in draft.columns:
        draft.fields["expected_close_at"] = both
        draft.expression("expected_close_at", f"case when {closed} then null else {header} end")
    draft.notes.append(
        f"closed_at: {shown([both.header])} is taken as the expected close while a deal is open "
        "and as the actual close once it is won or lost"
    )
