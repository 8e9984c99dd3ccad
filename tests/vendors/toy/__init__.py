"""A connector as a third party would write it, and the small system it reads."""

from __future__ import annotations

from pathlib import Path
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


def install(site: Path) -> None:
    """Install the connector into a folder of packages, as pip would."""
    made = site / "kadar_toy-1.0.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: kadar-toy\nVersion: 1.0\n")
    (made / "entry_points.txt").write_text("[kadar.sources]\ntoy = tests.vendors.toy:Toy\n")
