"""Salesforce: Sales Cloud and Service Cloud, by its REST API and Bulk API 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kadar.sources.live import Live

if TYPE_CHECKING:
    from kadar.sources.live.connector import Connector


class Salesforce(Live):
    """Leads, opportunities, accounts, cases, campaigns, activities, orders and surveys."""

    system: ClassVar[str] = "Salesforce"

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        from kadar.sources.salesforce.connector import SalesforceConnector

        return SalesforceConnector
