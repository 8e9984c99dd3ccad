"""The columns of one statement, by the measures they are of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kadar.engines.engine import Columns
from kadar.measure.formula import Measure
from kadar.measure.intervals import Array


@dataclass(frozen=True)
class Fetched:
    """The columns of one statement, by measure."""

    columns: Columns
    names: dict[str, str]

    def __len__(self) -> int:
        return len(self.columns["opens"])

    def measure(self, measure: Measure, suffix: str = "") -> Array:
        """Column of a measure; what counts and adds is 0 where there are no rows."""
        values: Array = self.columns[self.names[str(measure)] + suffix]
        if not measure.totals and suffix != "_n":
            return values
        return np.nan_to_num(values, nan=0.0)
