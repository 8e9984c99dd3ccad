"""Dynamics 365: Sales, Customer Service, Marketing and Customer Voice, read from Dataverse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.sources.live.connector import Connector


class Dynamics(Live):
    """Microsoft Dynamics 365 as a kind of source: the Dataverse Web API of one environment."""

    system = "Dynamics 365"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.dynamics.connector import Dataverse

        return Dataverse
