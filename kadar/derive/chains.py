"""Who counts as whom: chains of customers, each ending at the one that stands for all of it."""

from __future__ import annotations

from collections.abc import Iterable


class Chains:
    """Links from customers to the one they count as; joining two chains joins their ends."""

    def __init__(self, links: Iterable[tuple[str, str]]) -> None:
        self._parent = dict(links)
        self._given = dict(self._parent)

    def end(self, customer: str) -> str:
        """Return whom a customer counts as in the end."""
        seen = set()
        while customer in self._parent and customer not in seen:
            seen.add(customer)
            customer = self._parent[customer]
        return customer

    def join(self, merged: str, survivor: str) -> None:
        """Let one customer count as another, with all that count as it.

        Who already does, or goes round in a circle, is left as it is: no join makes a circle.
        """
        here, there = self.end(merged), self.end(survivor)
        if here != there and here not in self._parent:
            self._parent[here] = there

    def added(self) -> list[tuple[str, str]]:
        """Return the links that joining made."""
        return [link for link in self._parent.items() if link[0] not in self._given]
