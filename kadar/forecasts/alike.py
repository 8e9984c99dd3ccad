"""Rows alike, taken together: of millions of customers known by days, few differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kadar.forecasts.terms import Array

_UNITS = (1, 7)  # whole days, or weeks counted in days
_LOOK = 1000  # rows that mostly tell that a column is not whole


@dataclass(frozen=True)
class Packed:
    """Columns of whole numbers as one number a row; `units` made each whole."""

    keys: NDArray[np.int64]
    spans: tuple[int, ...]
    units: tuple[int, ...]

    def columns(self, keys: NDArray[np.int64]) -> list[Array]:
        """Return what lies behind some keys."""
        found: list[Array] = []
        for span, unit in zip(self.spans[:0:-1], self.units[:0:-1], strict=True):
            keys, column = np.divmod(keys, span)
            found.append(column / unit)
        return [keys / self.units[0], *reversed(found)]


def packed(*columns: Array) -> Packed | None:
    """Pack columns that hold no negative number; None where one is not whole, or keys overflow."""
    parts = []
    for column in columns:
        part = next((made for unit in _UNITS if (made := _whole(column, unit)) is not None), None)
        if part is None:
            return None
        parts.append(part)
    spans = tuple(int(whole.max(initial=0)) + 1 for whole, _unit in parts)
    if np.prod(np.array(spans, dtype=float)) > 2**62:
        return None
    keys = parts[0][0]
    for span, (whole, _unit) in zip(spans[1:], parts[1:], strict=True):
        keys = keys * span + whole
    return Packed(keys, spans, tuple(unit for _whole, unit in parts))


def _whole(column: Array, unit: int) -> tuple[NDArray[np.int64], int] | None:
    for part in (column[:_LOOK], column):
        scaled = part * unit
        whole = np.rint(scaled)
        if np.any(np.abs(scaled - whole) > 1e-9 * np.maximum(whole, 1)):
            return None
    return whole.astype(np.int64), unit


def alike(*columns: Any) -> tuple[Sequence[Array], NDArray[np.intp], Array]:
    """Return rows alike once, in the order of their columns; each row's place; how many it is.

    Where a column is not of whole numbers (or sevenths of them) every row stands for itself.
    """
    arrays = [np.asarray(column, dtype=float).ravel() for column in columns]
    size = arrays[0].size
    made = packed(*arrays)
    if made is None:
        return arrays, np.arange(size), np.ones(size)
    room = int(np.prod(made.spans, dtype=object))
    if room <= max(2 * size, 1000):  # counting is quicker than sorting
        counts = np.bincount(made.keys, minlength=room)
        found = np.flatnonzero(counts)
        numbers = np.zeros(room, dtype=np.intp)
        numbers[found] = np.arange(found.size)
        return made.columns(found), numbers[made.keys], counts[found].astype(float)
    found, places, counts = np.unique(made.keys, return_inverse=True, return_counts=True)
    return made.columns(found), places.ravel(), counts.astype(float)
