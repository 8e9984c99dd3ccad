"""People: a name in two parts."""

from __future__ import annotations

from kadar.sources.propose.draft import Draft, shown
from kadar.store.sql import quoted


def refine(draft: Draft) -> None:
    """Join the name; where only one thing names a person, it is the id as well."""
    full_name(draft)
    role = draft.fields.get("role")
    if role is not None and "end-user" in {value.casefold() for value in role.counts}:
        draft.conditions.append(f"coalesce(lower({quoted(role.header)}), '') <> 'end-user'")
        draft.notes.append(f"only those whom {shown([role.header])} does not call end-user")
    if "person_id" not in draft.columns:
        for column in ("email", "name"):
            if column in draft.columns:
                draft.columns["person_id"] = draft.columns[column]
                draft.notes.append(f"person_id: there is no id, so the {column} stands for it")
                break
    elif "email" not in draft.columns and draft.columns["person_id"].casefold() == "email":
        draft.columns["email"] = draft.columns["person_id"]


def full_name(draft: Draft) -> None:
    """Make `name` from first and last name where there is no name."""
    parts = [draft.fields[part] for part in ("first_name", "last_name") if part in draft.fields]
    if "name" in draft.columns and (draft.fields["name"].known or not parts):
        return
    if parts:
        chinese = all(part.keys[0] in {"名", "姓"} for part in parts)
        ordered = parts[::-1] if chinese else parts
        glue = "''" if chinese else "' '"
        headers = ", ".join(quoted(part.header) for part in ordered)
        draft.drop("name")
        draft.expression("name", f"nullif(trim(concat_ws({glue}, {headers})), '')")
