"""Running a dlt source: its function found and called, its rows loaded beside the store."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.dlt.tables import DATASET, file_of

if TYPE_CHECKING:
    from kadar.sources.live.access import Given

NAMED = "secret"  # {secret = "api_key"} in the arguments stands for a secret of the source
# Nothing is sent to dlt's makers, and its log, which may quote requests, is not kept.
_QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}


def run(access: Given) -> None:
    """Extract, normalize and load what is new; what a run before had not loaded comes first.

    Raises KDR-SRC-220, -221 as `made`, KDR-SRC-222 where the pipeline fails.
    """
    with _quiet():
        import dlt

        source = made(access)
        file = file_of(access.folder, access.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        pipeline = dlt.pipeline(
            f"kadar_{access.name}",
            pipelines_dir=str(file.with_suffix(".state")),
            destination=dlt.destinations.duckdb(str(file)),
            dataset_name=DATASET,
        )
        try:
            pipeline.run(source, loader_file_format="parquet").raise_on_failed_jobs()
        except Exception as error:  # of a source's own code anything may come
            raise KadarError(
                "KDR-SRC-222",
                N_("The dlt pipeline of source {source} failed: {detail}"),
                N_("Its rows stay as they were; what was extracted is loaded by the next sync."),
                exit_code=FAILED,
                source=access.name,
                detail=access.secrets.masked(_said(error))[:300],
            ) from None


def made(access: Given) -> Any:
    """Call the function that `options.source` names with its arguments.

    Raises KDR-SRC-220 where there is no such function, KDR-SRC-221 where it fails or makes no
    dlt source.
    """
    from dlt.extract import DltResource, DltSource

    named = str(access.options["source"])
    function = _function(named, access.folder)
    try:
        source = function(**_filled(dict(access.options["arguments"]), access))
        resources = access.options["resources"]
        if resources and isinstance(source, DltSource):
            source = source.with_resources(*resources)
    except KadarError:
        raise
    except Exception as error:
        raise _unmade(named, access.secrets.masked(_said(error))) from None
    several = source if isinstance(source, list | tuple) else [source]
    if not several or not all(isinstance(one, DltSource | DltResource) for one in several):
        raise _unmade(named, f"{type(source).__name__}")
    return source


def _function(named: str, folder: Path) -> Any:
    module, _, name = named.partition(":")
    sys.path.insert(0, str(folder))  # a module of the project's own
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise KadarError(
            "KDR-SRC-220",
            N_("There is no dlt source {named}: {detail}."),
            N_('Write options.source as "package.module:function"; install the package.'),
            named=named,
            detail=str(error),
        ) from None
    finally:
        sys.path.remove(str(folder))


def _unmade(named: str, detail: str) -> KadarError:
    return KadarError(
        "KDR-SRC-221",
        N_("{named} made no dlt source: {detail}."),
        N_("Check options.arguments against what the function takes."),
        exit_code=FAILED,
        named=named,
        detail=detail[:300],
    )


def _filled(given: Any, access: Given) -> Any:
    """Return arguments with the secrets they name put in."""
    if isinstance(given, dict):
        if set(given) == {NAMED}:
            return access.secret(str(given[NAMED]))
        return {name: _filled(value, access) for name, value in given.items()}
    if isinstance(given, list):
        return [_filled(value, access) for value in given]
    return given


def _said(error: BaseException) -> str:
    """Return the innermost reason: dlt wraps it in its own steps."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


@contextmanager
def _quiet() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _QUIET}
    os.environ.update(_QUIET)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
