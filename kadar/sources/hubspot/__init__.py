"""HubSpot: CRM, Service and Marketing, by its date-versioned API."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.sources.live.connector import Connector


class HubSpot(Live):
    """HubSpot as a kind of source: service key or OAuth, 16 tables of the model."""

    system: ClassVar[str] = "HubSpot"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.hubspot.connector import HubSpotConnector

        return HubSpotConnector
