"""An answer: rows, each a number with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kadar.errors import KadarError
from kadar.measure.question import Question

FIELDS = (
    "kpi",
    "variant",
    "grain",
    "opens",
    "closes",
    "value",
    "numerator",
    "denominator",
    "n",
    "lower",
    "upper",
    "complete",
    "mature",
    "excluded",
    "unit",
    "at_least",
    "waiting",
    "withheld",
)


@dataclass(frozen=True)
class Withheld:
    """One number not shown: it lies between `lower` and `upper`; `codes` are of the findings.

    The period is the one of its grain that opens on the day `opens`, written ISO 8601.
    """

    kpi: str
    variant: str
    grain: str
    opens: str
    lower: float
    upper: float
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One number with what it rests on.

    The period is `[opens, closes)` in days of the company's calendar. Rates are fractions, money
    is in the company's currency, ticket times are hours, sales cycles days. `lower` and `upper`
    are the 95 % interval. `excluded` counts the rows left out by reason.

    Of a time that may not be over, `waiting` is how many rows wait still, and `at_least` what the
    value will not be below where it is not known yet.
    """

    kpi: str
    variant: str
    grain: str
    opens: date
    closes: date
    dimensions: dict[str, Any]
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    lower: float | None
    upper: float | None
    complete: bool
    mature: bool
    excluded: dict[str, int]
    unit: str
    at_least: float | None = None
    waiting: int | None = None
    withheld: Withheld | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the row as one flat record, dimensions among its fields after `closes`."""
        made: dict[str, Any] = {}
        for name in FIELDS:
            if name == "value":
                made.update(self.dimensions)
            made[name] = getattr(self, name)
        if self.withheld is not None:
            made["withheld"] = ", ".join(self.withheld.codes)
        return made


@dataclass(frozen=True)
class Refusal:
    """A KPI that cannot be computed from the company's data, and why."""

    kpi: str
    variant: str
    error: KadarError


@dataclass(frozen=True)
class Answer:
    """The rows of an answer, and the moment up to which the data was known.

    `assumed` says that no one stated that moment: it is the latest event in the data.
    """

    rows: list[Row]
    question: Question
    observed_until: datetime | None
    assumed: bool
    data_version: str
    notes: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as flat records."""
        return [row.as_dict() for row in self.rows]

    def _repr_html_(self) -> str:
        """Return the rows as notebooks show them."""
        from importlib import import_module

        return str(import_module("kadar.show.notebook").table(self))

    def chart(self) -> Any:
        """Return an Altair chart of the rows (extra `web`): see `kadar.show.notebook`."""
        from importlib import import_module

        return import_module("kadar.show.notebook").chart(self)

    def to_arrow(self) -> Any:
        """Return the rows as a pyarrow table (extra `arrow`); `excluded` as JSON text."""
        import pyarrow

        columns = self._columns()
        return pyarrow.table({n: pyarrow.array(v, _arrow(n)) for n, v in columns.items()})

    def to_polars(self) -> Any:
        """Return the rows as a polars data frame (extra `polars`)."""
        import polars

        return polars.DataFrame(self._columns(), infer_schema_length=None)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas data frame (extra `pandas`)."""
        import pandas

        return pandas.DataFrame(self._columns())

    def _columns(self) -> dict[str, list[Any]]:
        from json import dumps

        records = self.records()
        names = list(records[0]) if records else [*FIELDS[:5], *self.question.by, *FIELDS[5:]]
        made: dict[str, list[Any]] = {name: [record[name] for record in records] for name in names}
        made["excluded"] = [dumps(value, sort_keys=True) for value in made["excluded"]]
        return made


def _arrow(name: str) -> Any:
    import pyarrow

    if name in ("opens", "closes"):
        return pyarrow.date32()
    if name in ("value", "numerator", "denominator", "lower", "upper", "at_least"):
        return pyarrow.float64()
    if name in ("n", "waiting"):
        return pyarrow.int64()
    if name == "withheld":
        return pyarrow.string()
    return {"complete": pyarrow.bool_(), "mature": pyarrow.bool_()}.get(name)
