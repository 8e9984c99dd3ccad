"""How the tests read the stand-in: with the connector, as a source of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kadar.project import Project, Source
from kadar.sources.hubspot import HubSpot
from kadar.sources.hubspot.connector import HubSpotConnector
from kadar.sources.live.connector import Connector, Object
from kadar.sources.live.mapping import Mapping_
from tests.vendors.acceptance import Case, Run
from tests.vendors.hubspot.company import Company

KEY = "pat-na1-service-key"


class SalesConnector(HubSpotConnector):
    """The connector, reading what the tables of sales are made of."""

    def objects(self) -> Sequence[Object]:
        """Return the objects that the mapping of those tables selects from."""
        names = ("account", "deal_pipelines", "campaigns", "companies", "contacts", "deals")
        more = ("leads", "line_items")
        return [one for one in super().objects() if one.name in {*names, *more}]


class Sales(HubSpot):
    """HubSpot, of which only the tables of sales are made: it is faster."""

    def connector(self) -> type[Connector]:
        """Return the class of the connector."""
        return SalesConnector

    @property
    def folder(self) -> Path:
        """Folder of the connector."""
        return HubSpot().folder

    def mappings(self, project: Project, source: Source) -> dict[str, Mapping_]:
        """Return the mapping of the tables of sales."""
        made = super().mappings(project, source)
        return {name: made[name] for name in ("customers", "contacts", "deals", "deal_stages")}


def case(
    changes: Sequence[Callable[[Any], object]] = (),
    secrets: Mapping[str, str] | None = None,
    custom: str = "",
    kind: type[HubSpot] = HubSpot,
    **options: object,
) -> Case:
    """Return the case of a company in HubSpot, read with these options."""
    return Case(
        kind,
        "hubspot",
        Company,
        lambda standin: {"base_url": standin.url, **options},
        {"service_key": KEY} if secrets is None else secrets,
        changes,
        custom=custom,
    )


def run(standin: Company, folder: Path, **how: Any) -> Run:
    """Return a project that reads the stand-in."""
    return Run(case(**how), standin, folder).make()
