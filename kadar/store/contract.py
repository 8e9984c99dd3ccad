"""A table's row contract: what a row must be to enter the model, as SQL over staged rows."""

from __future__ import annotations

from dataclasses import dataclass

from kadar.language import N_
from kadar.model import Column, Table
from kadar.store.sql import literal, quoted

EARLIEST, LATEST = "1900-01-01", "2200-01-01"  # moments outside are slips of a pen or a parser

_VALUE = "{value}"  # stands in a reason for the row's own value


@dataclass(frozen=True)
class Rule:
    """One rule: the condition (SQL) under which `column` breaks it, and what to say then."""

    column: str
    broken: str
    reason: str
    remedy: str


def rules(table: Table) -> list[Rule]:
    """Return the rules of `table`; where a row breaks several, the first counts."""
    found = [_required(c) for c in table.columns if c.required or c.name in table.key]
    for column in table.columns:
        found.extend(_plausible(column))
    found.extend(
        Rule(check.column, f"not ({check.condition})", check.reason, _sentence(check.remedy))
        for check in table.checks
    )
    return found


def broken(found: list[Rule]) -> str:
    """Return an SQL expression: the position in `found` of the first broken rule, or null."""
    cases = " ".join(f"when {rule.broken} then {place}" for place, rule in enumerate(found))
    return f"case {cases} end" if found else "null::integer"


def refusals(found: list[Rule], staged: str) -> str:
    """Return a query of the rows of `staged` that break a rule: _row, column, reason, remedy."""
    if not found:
        return "select null::bigint, null, null, null where false"
    told = ", ".join(
        f"({place}, {literal(rule.column)}, {literal(rule.reason)}, {literal(rule.remedy)})"
        for place, rule in enumerate(found)
    )
    values = " ".join(
        f"when {place} then left({quoted(rule.column)}::varchar, 80)"
        for place, rule in enumerate(found)
    )
    return f"""
        select s._row, r."column", replace(r.reason, '{_VALUE}', coalesce(s.value, '')), r.remedy
        from (select _row, _rule, case _rule {values} end as value
              from (select *, {broken(found)} as _rule from {staged}) where _rule is not null) s
        join (values {told}) r(_rule, "column", reason, remedy) using (_rule)"""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _required(column: Column) -> Rule:
    name = quoted(column.name)
    empty = f"{name} is null" + (f" or {name} = ''" if column.type == "text" else "")
    return Rule(
        column.name,
        empty,
        N_("no {column}, which every row needs").format(column=column.name),
        N_("Fill it in the source, or map {column} to a column that has it.").format(
            column=column.name
        ),
    )


def _plausible(column: Column) -> list[Rule]:
    name = quoted(column.name)
    if column.choices:
        choices = ", ".join(literal(choice) for choice in column.choices)
        return [
            Rule(
                column.name,
                f"{name} not in ({choices})",
                N_("“{value}” is not one of: {choices}").format(
                    value=_VALUE, choices=", ".join(column.choices)
                ),
                N_("Say what it means under values.{column} of the source.").format(
                    column=column.name
                ),
            )
        ]
    if column.type == "moment":
        within = f"{name} >= timestamptz '{EARLIEST} 00:00:00+00'"
        within += f" and {name} < timestamptz '{LATEST} 00:00:00+00'"
        return [
            Rule(
                column.name,
                f"not ({within})",
                N_("{value} lies outside the years 1900 to 2199").format(value=_VALUE),
                N_("Correct it in the source, or set date_format if it was read wrongly."),
            )
        ]
    if column.type == "number":
        return [
            Rule(
                column.name,
                f"not isfinite({name})",
                N_("{value} is no finite number").format(value=_VALUE),
                N_("Correct it in the source."),
            )
        ]
    return []
