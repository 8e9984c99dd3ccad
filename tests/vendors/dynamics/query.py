"""OData query options as Dataverse takes them: what is written otherwise is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

TAKEN = {"$select", "$filter", "$orderby", "$top", "$count", "$skiptoken", "$deltatoken", "$expand"}
_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>\w+))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ge": lambda a, b: a is not None and a >= b,
    "gt": lambda a, b: a is not None and a > b,
    "le": lambda a, b: a is not None and a <= b,
    "lt": lambda a, b: a is not None and a < b,
}


class Refusal(Exception):  # noqa: N818  (it is an answer)
    """A request that Dataverse answers with 400, its code and its message."""

    def __init__(self, message: str, code: str = "0x80060888", status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


def options(raw: str) -> dict[str, str]:
    """Split a query string; raise Refusal for a + for a blank and for unknown options."""
    if not raw:
        return {}
    if "+" in raw:
        raise Refusal("Syntax error: a blank must be sent as %20.", "0x0")
    found = {}
    for part in raw.split("&"):
        name, _, value = part.partition("=")
        name = unquote(name)
        if name == "$skip":
            raise Refusal("The query parameter $skip is not supported.")
        if name not in TAKEN:
            raise Refusal(f"The query parameter {name} is not supported.")
        found[name] = unquote(value)
    return found


def condition(text: str, known: Mapping[str, str]) -> Callable[[Mapping[str, Any]], bool]:
    """Compile a `$filter`; raise Refusal for what it cannot mean."""
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Refusal(f"Syntax error at position {place} in '{text}'.", "0x0")
        tokens.append((str(match.lastgroup), match[match.lastgroup]))  # type: ignore[index]
        place = match.end()
    parsed: Callable[[Mapping[str, Any]], bool]
    parsed, rest = _any(tokens, known)
    if rest:
        raise Refusal(f"Syntax error: unexpected '{rest[0][1]}' in '{text}'.", "0x0")
    return parsed


def _any(tokens: list[tuple[str, str]], known: Mapping[str, str]) -> Any:
    left, rest = _all(tokens, known)
    while rest and rest[0][1] == "or":
        right, rest = _all(rest[1:], known)
        left = _both(left, right, any)
    return left, rest


def _all(tokens: list[tuple[str, str]], known: Mapping[str, str]) -> Any:
    left, rest = _one(tokens, known)
    while rest and rest[0][1] == "and":
        right, rest = _one(rest[1:], known)
        left = _both(left, right, all)
    return left, rest


def _both(left: Any, right: Any, of: Callable[[Any], bool]) -> Any:
    return lambda row: of([left(row), right(row)])


def _one(tokens: list[tuple[str, str]], known: Mapping[str, str]) -> Any:
    if not tokens:
        raise Refusal("Syntax error: the expression ends too early.", "0x0")
    if tokens[0][0] == "open":
        inner, rest = _any(tokens[1:], known)
        if not rest or rest[0][0] != "close":
            raise Refusal("Syntax error: ')' is missing.", "0x0")
        return inner, rest[1:]
    if len(tokens) < 3 or tokens[0][0] != "word" or tokens[1][1] not in _COMPARE:
        raise Refusal("Syntax error in the filter.", "0x0")
    name, compare, (kind, literal) = tokens[0][1], _COMPARE[tokens[1][1]], tokens[2]
    if name not in known:
        raise Refusal(f"Could not find a property named '{name}'.", "0x0")
    value: Any = literal
    if kind == "text":
        value = literal[1:-1].replace("''", "'")
    elif kind == "number":
        value = float(literal)
    elif literal in {"true", "false", "null"}:
        value = {"true": True, "false": False, "null": None}[literal]
    elif kind != "moment":
        raise Refusal(f"'{literal}' is no literal.", "0x0")
    return (lambda row: compare(row.get(name), value)), tokens[3:]
