"""What headers alone cannot say of a table: one table, one file, each with `refine(draft)`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from kadar.sources.propose.draft import Draft


def refine(draft: Draft) -> None:
    """Apply the rule of the draft's table, if there is one."""
    rule = _rule(draft.sheet.table.name)
    if rule is not None:
        rule.refine(draft)


def detect(draft: Draft) -> None:
    """Let the rule of the table find what no list of headers can hold, before tables compete."""
    rule = _rule(draft.sheet.table.name)
    if rule is not None and hasattr(rule, "detect"):
        rule.detect(draft)


@cache
def _rule(table: str) -> ModuleType | None:
    if table in {module.name for module in iter_modules(__path__)}:
        return import_module(f"{__name__}.{table}")
    return None
