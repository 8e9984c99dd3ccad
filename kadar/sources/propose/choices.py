"""Raw values of a column with choices, turned into the model's own."""

from __future__ import annotations

from kadar.model import Column
from kadar.sources.propose.draft import Draft, shown
from kadar.sources.propose.names import key
from kadar.sources.propose.profile import Field

# what any other value means, where that is safe to say
ELSE = {
    ("deals", "outcome"): "open",
    ("tickets", "status"): "open",
    ("interactions", "kind"): "other",
    ("spend", "category"): "other",
}
MANY = 40  # a text with more different values than this is no choice


def recognise(known: dict[str, str], raw: str) -> str | None:
    """Return the canonical value a raw one means: itself, or the longest known word in it."""
    whole = key(raw)
    if whole in known:
        return known[whole]
    inside = [k for k in known if len(k) >= (2 if not k.isascii() else 3) and k in whole]
    words = {key(word) for word in raw.replace("-", " ").replace("_", " ").split()}
    sure = [k for k in inside if k in words or not k.isascii() or len(k) >= 6]
    return known[max(sure, key=len)] if sure else None


def recognised(draft: Draft, column: str, found: Field) -> dict[str, str]:
    """Return the raw values of a field that are recognised for a column, most frequent first."""
    known = draft.sheet.values.get(column, {}) | {
        key(choice): choice for choice in draft.sheet.table[column].choices
    }
    if len(found.counts) > MANY:
        return {}
    meanings = {raw: recognise(known, raw) for raw, _ in found.counts.most_common()}
    return {raw: meaning for raw, meaning in meanings.items() if meaning is not None}


def apply(draft: Draft) -> None:
    """Give every mapped column that has choices its map of values, or take it out again."""
    for column in draft.sheet.table.columns:
        if column.choices and column.name in draft.columns and column.name in draft.fields:
            _apply(draft, column, draft.fields[column.name])


def _apply(draft: Draft, column: Column, found: Field) -> None:
    meanings = recognised(draft, column.name, found)
    rest = [raw for raw in found.counts if raw not in meanings]
    otherwise = ELSE.get((draft.sheet.table.name, column.name))
    if not meanings:
        draft.drop(column.name)
        if found.known:
            draft.notes.append(
                f"{column.name}: no value of {shown([found.header])} was recognised "
                f"({shown(list(found.counts)[:5])})"
            )
        return
    if all(raw == meaning for raw, meaning in meanings.items()) and not rest:
        return
    if otherwise is not None:
        written = {raw: meaning for raw, meaning in meanings.items() if meaning != otherwise}
        draft.values[column.name] = {**written, "*": otherwise}
    elif rest and not column.required:
        draft.values[column.name] = {**meanings, "*": ""}  # any other value says nothing
    else:
        draft.values[column.name] = meanings
    if rest:
        name, values = column.name, shown(rest[:8])
        if otherwise:
            draft.notes.append(f"{name}: {values} become “{otherwise}”")
        elif column.required:
            draft.notes.append(f"{name}: {values} are refused")
        else:
            draft.notes.append(f"{name}: {values} are left out")
