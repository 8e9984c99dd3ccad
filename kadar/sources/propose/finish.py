"""The last touches on a draft, the same for every table."""

from __future__ import annotations

import re
from pathlib import Path

from kadar.sources.propose.draft import Draft, shown
from kadar.sources.propose.names import currency_of, is_identifier
from kadar.sources.propose.profile import Field
from kadar.store.sql import quoted

DELETED = {"isdeleted", "fivetrandeleted", "deleted", "archived", "是否删除"}
SEVERAL = re.compile(r"\w+(?:;\s*\w+)+;?")
NUMBERED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?!\d)")
CHANGED = (
    "systemmodstamp", "lastmodifieddate", "lastmodifieddatetime", "hslastmodifieddate",
    "lastmodifiedtime", "modifiedtime", "modifiedon", "modifiedat", "updatedat", "updatedtime",
    "updatedon", "sysupdatedon", "fivetranstart", "最后修改时间", "更新时间", "tarikhdiubahsuai",
)  # fmt: skip


def finish(draft: Draft, company_currency: str, path: str) -> str | None:
    """Complete a draft; return the query it needs where a path does not do, else None."""
    _first_of_several(draft)
    _currency(draft, company_currency)
    _names_for_ids(draft)
    _dates(draft)
    _conditions(draft)
    _versions(draft)
    if not draft.conditions and not draft.latest_by:
        return None
    if Path(path).is_absolute():
        return None  # a query reads only the project's files: see `out_of_reach`
    query = f"select * from '{path.replace(chr(39), chr(39) * 2)}'"
    if draft.conditions:
        query += " where " + " and ".join(draft.conditions)
    return f"{query} {draft.latest_by}" if draft.latest_by else query


def out_of_reach(draft: Draft, path: str) -> bool:
    """Whether rows must be left out that no query can leave out: it reads no file outside."""
    return Path(path).is_absolute() and bool(draft.conditions or draft.latest_by)


def _first_of_several(draft: Draft) -> None:
    """Take the first of ids that an export joined with semicolons: the primary one."""
    for column in draft.sheet.table.references:
        found = draft.fields.get(column)
        if found is None or draft.columns.get(column) != found.header:
            continue
        several = sum(bool(SEVERAL.fullmatch(value)) for value in found.known)
        # below that share the column is read as numbers, which a text function cannot take
        if several > 0.1 * len(found.known):
            draft.expression(column, f"split_part({quoted(found.header)}, ';', 1)")
            draft.notes.append(f"{column}: the first of several in {shown([found.header])}")
        elif several:
            draft.notes.append(f"{column}: {several} records hold several; they match none")


def _currency(draft: Draft, company_currency: str) -> None:
    """Say the currency that only a header's brackets or the amounts themselves name."""
    if "currency" not in draft.sheet.table or "currency" in draft.columns:
        return
    for column in draft.sheet.table.columns:
        found = draft.fields.get(column.name)
        if column.type != "money" or found is None or column.name not in draft.columns:
            continue
        code = currency_of(found.header) or _written(found)
        if code is not None and code != company_currency:
            draft.expression("currency", f"'{code}'")
            draft.notes.append(f"currency: {shown([found.header])} is in {code}")
            return


def _written(found: Field) -> str | None:
    """Return the currency all the amounts of a field are written with, if it is one only."""
    from kadar.project_checks import COMMON, SIGNS

    signs = {re.sub(r"[\d.,()\s+-]|(?<=\d)[KMB]$", "", v.upper()) for v in found.known}
    if len(signs) != 1 or found.kind != "money":
        return None
    sign = signs.pop()
    if sign in COMMON.split():
        return sign
    return None if sign in {"$", "KR", "RS", "¥"} else SIGNS.get(sign)


def _names_for_ids(draft: Draft) -> None:
    named = [
        f"{column} ← {shown([found.header])}"
        for column in draft.sheet.table.references
        if (found := draft.fields.get(column)) is not None
        and draft.columns.get(column) == found.header
        and not is_identifier(found.header)
    ]
    if named:
        draft.notes.append(f"names stand for ids: {', '.join(named)}")


def _dates(draft: Draft) -> None:
    """Ask which comes first, day or month, where no value of a mapped column tells."""
    for column in draft.sheet.table.moments:
        found = draft.fields.get(column)
        if found is None or column not in draft.columns:
            continue
        parts = [match.groups() for value in found.known if (match := NUMBERED.match(value))]
        open_ = [a != b and int(a) <= 12 and int(b) <= 12 for a, b in parts]
        day_first = any(12 < int(a) <= 31 for a, _ in parts)
        month_first = any(12 < int(b) <= 31 for _, b in parts)
        if any(open_) and day_first == month_first and all(int(a) <= 31 for a, _ in parts):
            dates = [value for value in found.known if NUMBERED.match(value)]
            example = dates[open_.index(True)]
            draft.undecided[column] = example
            draft.questions.append(
                f"{column}: does the day or the month come first in “{example}”? No value tells; "
                'set date_format = "D/M/Y" or "M/D/Y" in the source'
            )


def _conditions(draft: Draft) -> None:
    """Leave out records that their source has deleted, and old versions of a record."""
    for found in draft.all_fields:
        if not DELETED & set(found.keys) and found.keys[0] != "fivetranactive":
            continue
        values = {value.casefold() for value in found.counts}
        flag = f"lower(cast({quoted(found.header)} as varchar))"
        if DELETED & set(found.keys) and found.kind == "boolean" and values & {"true", "t", "yes"}:
            condition = f"coalesce({flag}, '') not in ('true', 't', 'yes', '1')"
            gone = {"true", "t", "yes", "1"}
        elif found.keys[0] == "fivetranactive" and values & {"false", "f"}:
            condition = f"{flag} in ('true', 't')"
            gone = {"false", "f"}
        else:
            continue
        if condition not in draft.conditions:
            draft.conditions.append(condition)
            left_out = sum(value.casefold() in gone for value in found.known)
            draft.notes.append(
                f"{left_out} of the {len(found.values)} records looked at no longer stand, says "
                f"{shown([found.header])}, and are left out"
            )


def _versions(draft: Draft) -> None:
    """Where one id has several versions in the file, let the latest stand."""
    if len(draft.sheet.table.key) != 1 or draft.latest_by:
        return
    column = draft.sheet.table.key[0]
    found = draft.fields.get(column)
    if found is None or found.unique or draft.columns.get(column) != found.header:
        return
    kept = [f for f in draft.all_fields if f.keys[0] == "fivetranactive"]
    if draft.conditions and kept:
        return  # old versions are left out already
    by_name = {k: f for f in reversed(draft.all_fields) for k in f.keys}
    changed = next((by_name[k] for k in CHANGED if k in by_name and by_name[k].known), None)
    if changed is not None and all(re.match(r"\d{4}-", value) for value in changed.known):
        draft.latest_by = (
            f"qualify row_number() over (partition by {quoted(found.header)} "
            f"order by try_cast({quoted(changed.header)} as timestamp) desc nulls last) = 1"
        )
        draft.notes.append(
            f"{column}: several versions of a record; the latest by {shown([changed.header])} "
            "stands"
        )
        return
    draft.questions.append(
        f"{column}: {shown([found.header])} has the same value on several rows; rows that "
        "differ from the first with the same value will be refused"
    )
