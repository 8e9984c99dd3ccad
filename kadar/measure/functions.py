"""The functions of recorded expressions, as ibis expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis


def call(name: str, args: Sequence[Any], observed: Mapping[str, Callable[[], Any]]) -> Any:
    """Apply an operation of a recorded expression to ibis values.

    `observed` gives the moment and the day up to which the data is known.
    """
    return observed[name]() if name in observed else _FUNCTIONS[name](*args)


def _hours_between(start: Any, end: Any) -> Any:
    return (end.epoch_seconds() - start.epoch_seconds()) / 3600.0


def _divided(left: Any, right: Any) -> Any:
    """Divide as floating point, by 0 to null: engines differ in both where they are left to it."""
    above, below = (v.cast("float64") if isinstance(v, ibis.Value) else v for v in (left, right))
    return above / (below.nullif(0.0) if isinstance(below, ibis.Value) else below)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": _divided,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
    "neg": operator.neg,
    "known": ibis.coalesce,
    "known_true": lambda condition: ibis.coalesce(condition, False),
    "hours_between": _hours_between,
    "days_between": lambda start, end: end.delta(start, unit="day"),
    "either": ibis.ifelse,
    "float": lambda value: value.cast("float64"),
    "constant": lambda value: ibis.literal(value, type="float64"),
}
