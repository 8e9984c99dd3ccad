"""Finding the KPIs: packages named by the entry points `kadar.kpis`, and a project's `kpis/`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from kadar.errors import KadarError
from kadar.extensions import extensions
from kadar.kpi import Catalogue, Kpi
from kadar.language import N_


@cache
def _installed() -> dict[str, Kpi]:
    found: dict[str, Kpi] = {}
    for entry in extensions("kadar.kpis"):
        package = entry.load()
        for info in walk_packages(package.__path__, f"{package.__name__}."):
            if not info.ispkg:
                found.update(_declared(import_module(info.name)))
    return found


def catalogue(folder: Path | None = None) -> Catalogue:
    """Every KPI there is, with those of a project's own `kpis/*.py`.

    Raises KDR-KPI-005 where a file of the project cannot be read as Python.
    """
    found = dict(_installed())
    for path in sorted((folder / "kpis").glob("*.py")) if folder else []:
        found.update(_declared(_load(path)))
    return Catalogue(found)


def _declared(module: ModuleType) -> dict[str, Kpi]:
    return {made.name: made for made in _values(module) if made.title}


def _values(module: ModuleType) -> Iterator[Kpi]:
    for value in vars(module).values():
        if isinstance(value, Kpi):
            yield value


def _load(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"kadar_project_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except KadarError:
        raise
    except Exception as error:
        raise KadarError(
            "KDR-KPI-005",
            N_("{file} cannot be read: {error}."),
            N_("Correct the file; docs/kpis.md shows how a KPI is written."),
            file=str(path),
            error=f"{type(error).__name__}: {error}",
        ) from error
    return module
