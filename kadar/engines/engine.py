"""What every engine does: run one statement, give back columns."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from kadar.errors import FAILED, KadarError
from kadar.language import N_

Columns = dict[str, NDArray[Any]]


class Engine(Protocol):
    """An engine: the dialect to compile to, and a way to run a statement.

    `run` gives a column per name, all of one length: numbers as float64 with NaN for null, days
    as datetime64[D] and moments as datetime64[us] in UTC with NaT, anything else as objects with
    None for null.
    """

    dialect: str

    def run(self, sql: str) -> Columns:
        """Run one statement. Raises KDR-ENG-001 where the engine refuses it."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


def refusal(error: Exception) -> KadarError:
    """Return what `run` raises for an error of the engine's own."""
    return KadarError(
        "KDR-ENG-001",
        N_("The engine refused a statement: {error}"),
        N_("This is a fault in kadar: please report it with the output of kadar explain."),
        exit_code=FAILED,
        error=(str(error).splitlines() or [type(error).__name__])[0],
    )
