"""The canonical CRM model: one table, one file. `TABLES` finds them by their files."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from kadar.model.table import Check, Column, Table

__all__ = ["TABLES", "Check", "Column", "Table"]


def _load() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        declared = getattr(import_module(f"{__name__}.{module.name}"), "TABLE", None)
        if isinstance(declared, Table):
            found[declared.name] = declared
    for made in found.values():
        for column, to in made.references.items():
            if to not in found:
                raise ValueError(f"{made.name}.{column} refers to {to}, which is no table")
    return found


TABLES: dict[str, Table] = _load()
