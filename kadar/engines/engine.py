"""What every engine does: run one statement, give back columns."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]


class Engine(Protocol):
    """An engine: the dialect to compile to, and a way to run a statement.

    `run` gives a column per name, all of one length: numbers as float64 with NaN for null, days
    as datetime64[D], anything else as objects with None for null.
    """

    dialect: str

    def run(self, sql: str) -> Columns:
        """Run one statement. Raises KDR-ENG-001 where the engine refuses it."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
