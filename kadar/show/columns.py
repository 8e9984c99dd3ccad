"""Columns of values as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kadar.store.sql import literal, quoted


def to_parquet(types: Mapping[str, str], columns: Sequence[Sequence[Any]], file: Path) -> None:
    """Write columns, each of the DuckDB type that `types` names for it, in that order."""
    import duckdb

    fields = ", ".join(
        f"unnest(${place}::{of}[]) AS {quoted(name)}"
        for place, (name, of) in enumerate(types.items(), 1)
    )
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TEMP TABLE made AS SELECT {fields}", list(columns))
        connection.execute(f"COPY made TO {literal(file)} (FORMAT parquet)")


def as_parquet(types: Mapping[str, str], columns: Sequence[Sequence[Any]]) -> bytes:
    """Return columns as the bytes of such a file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "made.parquet"
        to_parquet(types, columns, file)
        return file.read_bytes()
