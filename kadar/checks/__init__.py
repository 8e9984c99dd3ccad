"""Checks of a company's data: one check, one file, found by its place in this package.

A module with a function `check(company) -> Iterable[Finding]` is a check; its name is the
module's.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from kadar.checks.finding import Company, Finding

__all__ = ["Company", "Finding", "run"]


def run(company: Company, only: Iterable[str] | None = None) -> list[Finding]:
    """Run every check (or those named) over one version of a company's data."""
    wanted = None if only is None else set(only)
    found: list[Finding] = []
    for info in sorted(iter_modules(__path__), key=lambda info: info.name):
        module = import_module(f"{__name__}.{info.name}")
        if hasattr(module, "check") and (wanted is None or info.name in wanted):
            found += module.check(company)
    return found
