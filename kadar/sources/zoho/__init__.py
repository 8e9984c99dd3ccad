"""Zoho as a source: Zoho CRM (API v8) and, where an organisation is given, Zoho Desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.sources.live.connector import Connector


class Zoho(Live):
    """Leads, deals, accounts, activities, campaigns and orders of Zoho CRM; tickets of Zoho Desk.

    Stage history comes from Zoho's own stage records, deletions from its recycle bin; the
    mapping to the model lies beside this file, one SQL file a table.
    """

    system = "Zoho"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.zoho.connector import ZohoConnector

        return ZohoConnector
