"""A connector as a third party would write it, and the small system it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.sources.live.connector import Connector


class Toy(Live):
    """A small system with deals and owners."""

    system = "Toy"

    def connector(self) -> type[Connector]:
        from tests.vendors.toy.connector import ToyConnector

        return ToyConnector
