"""The functions of recorded expressions, as ibis expressions."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import ibis

_OPERATORS = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
    "neg": operator.neg,
}


def call(name: str, args: Sequence[Any], observed_until: Any) -> Any:
    """Apply an operation of a recorded expression to ibis values."""
    if name in _OPERATORS:
        return _OPERATORS[name](*args)
    if name == "known":
        return ibis.coalesce(args[0], args[1])
    if name == "known_true":
        return ibis.coalesce(args[0], False)
    if name == "hours_between":
        return (args[1].epoch_seconds() - args[0].epoch_seconds()) / 3600.0
    if name == "days_between":
        return args[1].delta(args[0], unit="day")
    if name == "either":
        return ibis.ifelse(args[0], args[1], args[2])
    if name == "float":
        return args[0].cast("float64")
    if name == "constant":
        return ibis.literal(args[0], type="float64")
    if name == "observed_until":
        return observed_until
    raise NotImplementedError(f"no function {name}")
