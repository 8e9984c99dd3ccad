"""The company's exports, one vendor's shape a file: `write(company, folder)` in each."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from kadar.demo.company import Company
from kadar.demo.report import DemoFile, Fault

Write = Callable[[Company, Path], tuple[list[DemoFile], list[Fault]]]


def write_all(company: Company, folder: Path) -> tuple[list[DemoFile], list[Fault]]:
    """Write every export below `folder`; return the files and their faulty rows."""
    files: list[DemoFile] = []
    faults: list[Fault] = []
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        write: Write | None = getattr(import_module(f"{__name__}.{module.name}"), "write", None)
        if write is not None:
            written, faulty = write(company, folder)
            files += written
            faults += faulty
    return files, faults
