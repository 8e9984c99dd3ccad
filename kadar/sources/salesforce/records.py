"""Records as they are landed: the same text of a value by either API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import compress
from typing import Any

Record = dict[str, str]
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_NUMBERS = {"double", "currency", "percent", "int", "long"}


def eighteen(key: str) -> str:
    """Return an id with its three check characters: 15 characters alone differ only in case.

    Each check character says which of five characters are capitals (Salesforce, "ID Field Type").
    """
    if len(key) != 15:
        return key
    made = key
    for start in (0, 5, 10):
        capitals = sum(1 << n for n, c in enumerate(key[start : start + 5]) if "A" <= c <= "Z")
        made += _CHECK[capitals]
    return made


def moment(text: str) -> str:
    """Return a moment of the REST API as Bulk API 2.0 writes it."""
    return f"{text[:-5]}Z" if text.endswith("+0000") else text


def number(text: str) -> str:
    """Return a number without an exponent and without decimals that say nothing."""
    if "E" in text or "e" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def _conversion(kind: str) -> Callable[[str], str] | None:
    if kind in {"id", "reference"}:
        return eighteen
    if kind == "datetime":
        return moment
    return number if kind in _NUMBERS else None


class Columns:
    """The fields of a query, in its order, and how the value of each is written."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._plan = [(name, _conversion(kind)) for name, kind in types.items()]

    def of_json(self, said: Mapping[str, Any]) -> Record:
        """Return a record of the REST API; what it does not know is left out."""
        made = {}
        for name, convert in self._plan:
            value = said.get(name)
            if value is None:
                continue
            if isinstance(value, bool):
                value = "true" if value else "false"
            elif isinstance(value, Decimal):
                value = format(value, "f")
            text = str(value)
            if text:
                made[name] = convert(text) if convert else text
        return made

    def of_csv(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Record]:
        """Return the records of a bulk result. Raises `ValueError` for a row broken off.

        Column by column and each distinct value once: several times faster than row by row.
        """
        columns = {name: column for name, *column in zip(header, *rows, strict=True)}
        plan = [(name, convert) for name, convert in self._plan if name in columns]
        names = [name for name, _ in plan]
        converted = [
            map({text: convert(text) for text in set(columns[name])}.__getitem__, columns[name])
            if convert
            else columns[name]
            for name, convert in plan
        ]
        # an empty text is a value that is not there
        return [
            dict(compress(zip(names, row, strict=True), row))
            for row in zip(*converted, strict=True)
        ]
