"""The part of SOQL that clients here may use: SELECT … FROM … WHERE … AND … ORDER BY … LIMIT."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any


class Wrong(Exception):  # noqa: N818
    """SOQL that Salesforce refuses, with the code it refuses it by."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Query:
    """A query that was read and fits the fields it names."""

    fields: tuple[str, ...]  # empty: COUNT()
    object: str
    conditions: tuple[tuple[str, str, Any], ...]
    order: tuple[tuple[str, bool], ...]
    limit: int | None

    def kept(self, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the records that meet all conditions."""
        left = list(records)
        for field, op, wanted in self.conditions:
            left = [record for record in left if _meets(record.get(field), op, wanted)]
        return left


_FORM = re.compile(
    r"\s*SELECT\s+(?P<fields>COUNT\(\)|[\w\s,]+?)\s+FROM\s+(?P<object>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?"
    r"(?:\s+ORDER\s+BY\s+(?P<order>[\w\s,]+?))?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_CONDITION = re.compile(r"(\w+)\s*(<=|>=|!=|=|<|>)\s*('(?:[^'\\]|\\.)*'|[^\s']+)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")


def parse(text: str, objects: Mapping[str, Mapping[str, str]]) -> Query:
    """Read a query; `objects` are the fields (name: type) that its asker can see."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise Wrong("MALFORMED_QUERY", f"unexpected token in: {text[:60]}")
    name = found["object"]
    if name not in objects:
        raise Wrong("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    types = objects[name]
    counted = found["fields"].upper() == "COUNT()"
    fields = () if counted else tuple(part.strip() for part in found["fields"].split(","))
    for field in fields:
        _known(field, name, types)
    if len(set(fields)) < len(fields):
        raise Wrong("MALFORMED_QUERY", "duplicate field selected")
    conditions = []
    for part in re.split(r"\s+AND\s+", found["where"] or "", flags=re.IGNORECASE):
        if not part:
            continue
        made = _CONDITION.fullmatch(part.strip())
        if made is None:
            raise Wrong("MALFORMED_QUERY", f"unexpected token: '{part}'")
        field, op, literal = made.groups()
        _known(field, name, types)
        conditions.append((field, op, _value(field, types[field], literal)))
    order = []
    for part in (found["order"] or "").split(","):
        if part.strip():
            field, _, way = part.strip().partition(" ")
            _known(field, name, types)
            order.append((field, way.strip().upper() == "DESC"))
    limit = int(found["limit"]) if found["limit"] else None
    return Query(fields, name, tuple(conditions), tuple(order), limit)


def _known(field: str, name: str, types: Mapping[str, str]) -> None:
    if field not in types:
        raise Wrong(
            "INVALID_FIELD",
            f"No such column '{field}' on entity '{name}'. If you are attempting to use a custom "
            "field, be sure to append the '__c' after the custom field name.",
        )


def _value(field: str, kind: str, literal: str) -> Any:
    quoted = literal.startswith("'")
    if kind in {"datetime", "date", "boolean", "int", "double", "currency", "percent"} and quoted:
        raise Wrong(
            "INVALID_FIELD",
            f"value of filter criterion for field '{field}' must be of type {kind} and should not "
            "be enclosed in quotes",
        )
    if kind == "datetime":
        if not _MOMENT.fullmatch(literal):
            raise Wrong("MALFORMED_QUERY", f"'{literal}' is no dateTime")
        return datetime.fromisoformat(literal.replace("Z", "+00:00")).astimezone(UTC)
    if kind == "date":
        return date.fromisoformat(literal)
    if kind == "boolean":
        if literal.lower() not in {"true", "false"}:
            raise Wrong("INVALID_FIELD", f"{literal} is no boolean")
        return literal.lower() == "true"
    if kind in {"int", "double", "currency", "percent"}:
        return float(literal)
    if not quoted and literal.lower() != "null":
        raise Wrong("MALFORMED_QUERY", f"unexpected token: '{literal}'")
    return None if literal.lower() == "null" else literal[1:-1]


def _meets(value: Any, op: str, wanted: Any) -> bool:
    if op in {"=", "!="}:
        return (value == wanted) == (op == "=")
    return value is not None and bool(_COMPARE[op](value, wanted))
