"""Addresses of a customer's page: any id fits, whatever signs it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from kadar.web.visit import Visit


def customer_url(visit: Visit, customer_id: str | None) -> str | None:
    """Return the address of a customer's page; None without an id."""
    if not customer_id:
        return None
    return visit.url(f"/customers/{quote(written(customer_id), safe='')}")


def written(customer_id: str) -> str:
    """Return an id as one part of a path: `/` as `~1`, `~` as `~0` (RFC 6901)."""
    return customer_id.replace("~", "~0").replace("/", "~1")


def read(part: str) -> str:
    """Return the id that a part of a path stands for."""
    return part.replace("~1", "/").replace("~0", "~")
