"""`_`: an expression over the columns of a table that is not there yet.

`_.outcome == "won"` records what is to be done; `resolve` does it on an ibis table, `columns`
says what it reads, and `str` writes it down. Importing this costs nothing: a KPI file does not
load the compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SYMBOLS = {
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "and": "and",
    "or": "or",
}


class Deferred:
    """A recorded expression: an operation and its arguments.

    `==` builds an expression, so two of them are compared by `str`.
    """

    __slots__ = ("args", "operation")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, operation: str, *args: Any) -> None:
        self.operation = operation
        self.args = args

    def __getattr__(self, name: str) -> Deferred:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.operation == "row":
            return Deferred("column", name)
        return Deferred("attribute", self, name)

    def __call__(self, *args: Any) -> Deferred:
        if self.operation != "attribute":
            raise TypeError(f"{self} is not a method")
        return Deferred("method", self.args[0], self.args[1], *args)

    def __bool__(self) -> bool:
        raise TypeError("an expression over columns has no truth of its own: use & | ~")

    def __eq__(self, other: object) -> Deferred:  # type: ignore[override]
        return Deferred("eq", self, other)

    def __ne__(self, other: object) -> Deferred:  # type: ignore[override]
        return Deferred("ne", self, other)

    def __lt__(self, other: Any) -> Deferred:
        return Deferred("lt", self, other)

    def __le__(self, other: Any) -> Deferred:
        return Deferred("le", self, other)

    def __gt__(self, other: Any) -> Deferred:
        return Deferred("gt", self, other)

    def __ge__(self, other: Any) -> Deferred:
        return Deferred("ge", self, other)

    def __add__(self, other: Any) -> Deferred:
        return Deferred("add", self, other)

    def __radd__(self, other: Any) -> Deferred:
        return Deferred("add", other, self)

    def __sub__(self, other: Any) -> Deferred:
        return Deferred("sub", self, other)

    def __rsub__(self, other: Any) -> Deferred:
        return Deferred("sub", other, self)

    def __mul__(self, other: Any) -> Deferred:
        return Deferred("mul", self, other)

    def __rmul__(self, other: Any) -> Deferred:
        return Deferred("mul", other, self)

    def __truediv__(self, other: Any) -> Deferred:
        return Deferred("truediv", self, other)

    def __rtruediv__(self, other: Any) -> Deferred:
        return Deferred("truediv", other, self)

    def __and__(self, other: Any) -> Deferred:
        return Deferred("and", self, other)

    def __or__(self, other: Any) -> Deferred:
        return Deferred("or", self, other)

    def __invert__(self) -> Deferred:
        return Deferred("not", self)

    def __neg__(self) -> Deferred:
        return Deferred("neg", self)

    def __str__(self) -> str:
        op, args = self.operation, self.args
        texts = [str(arg) if isinstance(arg, Deferred) else repr(arg) for arg in args]
        if op in _SYMBOLS:
            return f"({texts[0]} {_SYMBOLS[op]} {texts[1]})"
        if op in ("not", "neg"):
            return f"{'not ' if op == 'not' else '-'}{texts[0]}"
        if op == "method":
            return f"{texts[0]}.{args[1]}({', '.join(texts[2:])})"
        if op == "attribute":
            return f"{texts[0]}.{args[1]}"
        return str(args[0]) if op == "column" else f"{op}({', '.join(texts)})"

    __repr__ = __str__


_ = Deferred("row")


def known(column: Deferred, otherwise: Any) -> Deferred:
    """`column`, or `otherwise` where it is null; the company's data need not carry the column."""
    return Deferred("known", column, otherwise)


def hours_between(start: Deferred, end: Deferred) -> Deferred:
    """Hours from one moment to another, to the second."""
    return Deferred("hours_between", start, end)


def days_between(start: Deferred, end: Deferred) -> Deferred:
    """Whole calendar days from one local day (`…_on`) to another."""
    return Deferred("days_between", start, end)


def either(condition: Deferred, then: Any, otherwise: Any) -> Deferred:
    """`then` where the condition holds, else `otherwise`."""
    return Deferred("either", condition, then, otherwise)


def lesser(left: Any, right: Any) -> Deferred:
    """Return the smaller of two values of a row."""
    return either(left <= right, left, right)


def columns(value: object, *, required: bool = False) -> set[str]:
    """Names of the columns an expression reads; only those it cannot do without if `required`."""
    if not isinstance(value, Deferred):
        return set()
    if value.operation == "column":
        return {value.args[0]}
    if required and value.operation == "known":
        return columns(value.args[1], required=True)
    return {name for arg in value.args for name in columns(arg, required=required)}


def resolve(value: Any, column: Callable[[str], Any], function: Callable[..., Any]) -> Any:
    """Do what was recorded: `column(name)` gives a column, `function(name, *args)` a function."""
    if not isinstance(value, Deferred):
        return value
    op = value.operation
    if op == "column":
        return column(value.args[0])
    if op == "method":
        target = resolve(value.args[0], column, function)
        args = [resolve(arg, column, function) for arg in value.args[2:]]
        return getattr(target, value.args[1])(*args)
    args = [resolve(arg, column, function) for arg in value.args]
    return function(op, *args)
