"""Conditions in words: what a row is, said from the condition that it meets or fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kadar.language import N_
from kadar.measure.deferred import Deferred, columns

Translate = Callable[[str], str]
_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_SIGNS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_HOURS = {
    "lt": N_("less than {number} hours from {start} to {end}"),
    "le": N_("at most {number} hours from {start} to {end}"),
    "gt": N_("more than {number} hours from {start} to {end}"),
    "ge": N_("at least {number} hours from {start} to {end}"),
}
_LESSER = re.compile(r"either\(\((\w+) <= (\w+)\), \1, \2\)")
VERBS = {
    "acquired": N_("acquired"),
    "active": N_("active"),
    "answered": N_("answered"),
    "closed": N_("closed"),
    "converted": N_("converted"),
    "created": N_("created"),
    "disqualified": N_("disqualified"),
    "ended": N_("ended"),
    "entered": N_("entered"),
    "expected": N_("expected to close"),
    "first_resolved": N_("first resolved"),
    "joined": N_("joined"),
    "lead_created": N_("with its lead created"),
    "left": N_("left"),
    "occurred": N_("that occurred"),
    "open": N_("open"),
    "ordered": N_("ordered"),
    "resolved": N_("resolved"),
    "responded": N_("responded to"),
    "running": N_("running"),
    "sent": N_("sent"),
    "spent": N_("spent"),
    "started": N_("started"),
    "staying": N_("staying"),
}


@dataclass(frozen=True)
class Phrase:
    """A marked message with its details, which may be phrases themselves."""

    message: str
    details: tuple[tuple[str, object], ...] = ()

    def text(self, translate: Translate = str) -> str:
        """Return it in the language of `translate`."""
        filled = {
            name: detail.text(translate) if isinstance(detail, Phrase) else detail
            for name, detail in self.details
        }
        said = translate(self.message)
        return said.format(**filled) if filled else said

    def __str__(self) -> str:
        return self.text()


def phrase(message: str, **details: object) -> Phrase:
    """Return a marked message with its details."""
    return Phrase(message, tuple(details.items()))


def joined(phrases: list[Phrase]) -> Phrase:
    """Return several phrases as one, each said once."""
    said = list({str(one): one for one in phrases}.values())
    if not said:
        return phrase(N_("other rows"))
    whole = said[0]
    for one in said[1:]:
        whole = phrase("{first}, {second}", first=whole, second=one)
    return whole


def verb(name: str) -> Phrase:
    """Return what has happened to a row that a verb places."""
    return phrase(VERBS.get(name, name))


def parts(condition: Deferred) -> list[Deferred]:
    """Return the conditions that one with `&` joins."""
    if condition.operation == "and":
        return [part for arg in condition.args for part in parts(arg)]
    return [condition]


def said(condition: Deferred, *, met: bool = True) -> Phrase:
    """Say that a condition is met, or that it is known not to be."""
    op, args = condition.operation, condition.args
    if op in ("not", "known", "known_true"):
        return said(args[0], met=met != (op == "not"))
    if op == "column":
        return phrase(N_("{column}: yes") if met else N_("{column}: no"), column=str(condition))
    if op == "method" and args[1] in ("isnull", "notnull"):
        missing = met == (args[1] == "isnull")
        return unknown(args[0]) if missing else phrase(N_("{column} known"), column=bare(args[0]))
    if op in ("and", "or"):
        both = (op == "and") == met
        template = N_("{first} and {second}") if both else N_("{first} or {second}")
        return phrase(template, first=said(args[0], met=met), second=said(args[1], met=met))
    return _stated(condition, met=met)


def _stated(condition: Deferred, *, met: bool) -> Phrase:
    op, args = condition.operation, condition.args
    if op in _SIGNS:
        return _compared(op if met else _OPPOSITE[op], args[0], args[1])
    text = bare(condition)
    return phrase(text) if met and "{" not in text else phrase(N_("not {what}"), what=text)


def unknown(value: object) -> Phrase:
    """Say that something an expression reads is not known."""
    names = sorted(columns(value)) or [str(value)]
    return phrase(N_("{column} unknown"), column=", ".join(names))


def bare(value: object) -> str:
    """Return an expression as text without quotes around columns or brackets around all of it."""
    if isinstance(value, Deferred) and value.operation in ("known", "known_true", "float"):
        return bare(value.args[0])
    text = str(value) if isinstance(value, Deferred) else _plain(value)
    text = _LESSER.sub(r"lesser(\1, \2)", text)
    if text.startswith("(") and text.endswith(")"):
        depth = 0
        for position, character in enumerate(text):
            depth += (character == "(") - (character == ")")
            if depth == 0 and position < len(text) - 1:
                return text
        return text[1:-1]
    return text


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _compared(op: str, left: object, right: object) -> Phrase:
    if isinstance(left, Deferred) and left.operation == "known":
        left = left.args[0]
    if isinstance(right, bool):
        yes = right == (op == "eq")
        return phrase(N_("{column}: yes") if yes else N_("{column}: no"), column=bare(left))
    if isinstance(right, Deferred) and right.operation == "observed_until":
        passed = op in ("lt", "le")
        message = N_("{column} has passed") if passed else N_("{column} has not passed")
        return phrase(message, column=bare(left))
    if isinstance(left, Deferred) and left.operation == "hours_between" and op in _HOURS:
        start, end = left.args
        if isinstance(end, Deferred) and end.operation == "observed_until":
            end = N_("now")
        elif isinstance(end, Deferred):
            end = bare(end)
        ended = phrase(str(end))
        return phrase(_HOURS[op], number=bare(right), start=bare(start), end=ended)
    if op in ("eq", "ne") and not isinstance(right, Deferred):
        message = N_("{column} is {value}") if op == "eq" else N_("{column} is not {value}")
        return phrase(message, column=bare(left), value=bare(right))
    return phrase("{left} {sign} {right}", left=bare(left), sign=_SIGNS[op], right=bare(right))
