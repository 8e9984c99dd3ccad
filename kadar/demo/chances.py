"""Chances: things that happen with given shares, drawn quickly."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Chances(Generic[Thing]):
    """Things and their shares; the shares need not add up to one."""

    def __init__(self, shares: dict[Thing, float]) -> None:
        self.things = list(shares)
        self._steps = list(accumulate(shares.values()))

    def draw(self, numbers: Random) -> Thing:
        """Return one of the things by its share."""
        return self.things[bisect(self._steps, numbers.random() * self._steps[-1])]
