"""Formulas as data: written down as JSON and read back, so that an old definition can be asked.

Nothing here knows a kind of formula: whatever dataclasses of this package a tree is made of are
written by their names and fields. A field that is as its default is left out, so that a field
learnt later does not change what was written before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from importlib import import_module
from typing import Any

from kadar.measure.deferred import Deferred
from kadar.measure.formula import Formula

PACKAGE = __name__.rpartition(".")[0]
_VALUES: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    # name: type, how it is written, how it is read; a datetime is a date, so it comes first
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "duration": (timedelta, lambda d: [d.days, d.seconds, d.microseconds], lambda v: timedelta(*v)),
    "decimal": (Decimal, str, Decimal),
    "fraction": (Fraction, str, Fraction),
    "list": (list, lambda v: [_written(one) for one in v], lambda v: [_read(one) for one in v]),
    "set": (
        set,
        lambda v: [_written(one) for one in sorted(v, key=repr)],
        lambda v: {_read(one) for one in v},
    ),
}


def version(formula: Formula) -> str:
    """Return what tells one meaning from another: twelve hexadecimal digits of its hash."""
    return sha256(str(formula).encode()).hexdigest()[:12]


def write(formula: Formula) -> str:
    """Return a formula as JSON. Raises TypeError for a value that cannot be written."""
    return json.dumps(_written(formula), ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Formula:
    """Return the formula that `write` wrote; its meaning is the same.

    Raises ValueError where this kadar does not know something it is made of.
    """
    try:
        made = _read(json.loads(text))
    except (ImportError, AttributeError, TypeError, KeyError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(made, Formula):
        raise ValueError(f"{type(made).__name__} is no formula")
    return made


def _written(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, Deferred):
        return {"do": value.operation, "with": [_written(arg) for arg in value.args]}
    if is_dataclass(value) and type(value).__module__.startswith(f"{PACKAGE}."):
        kind = type(value)
        usual = {f.name: f.default for f in fields(value) if f.init}
        there = {name: getattr(value, name) for name in usual}
        return {
            "is": f"{kind.__module__.removeprefix(f'{PACKAGE}.')}.{kind.__qualname__}",
            **{name: _written(one) for name, one in there.items() if one is not usual[name]},
        }
    for name, (kind, write, _) in _VALUES.items():
        if isinstance(value, kind):
            return {name: write(value)}
    raise TypeError(f"a {type(value).__name__} cannot be written")


def _read(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_read(one) for one in data)
    if not isinstance(data, dict):
        return data
    if "do" in data:
        return Deferred(data["do"], *(_read(arg) for arg in data["with"]))
    if "is" in data:
        given = {name: _read(value) for name, value in data.items() if name != "is"}
        return _kind(data["is"])(**given)
    ((name, value),) = data.items()
    return _VALUES[name][2](value)


def _kind(name: str) -> Any:
    """Return the dataclass of this package that a name means: `formula.Measure`."""
    module, _, kind = name.rpartition(".")
    found = getattr(import_module(f"{PACKAGE}.{module}"), kind)
    if not (is_dataclass(found) and found.__module__ == f"{PACKAGE}.{module}"):
        raise ValueError(f"{name} is no part of a formula")
    return found
