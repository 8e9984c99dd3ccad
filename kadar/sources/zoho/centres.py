"""Zoho's data centres: an account lives in one of them, and its hosts are its own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from kadar.errors import KadarError, nearest
from kadar.language import N_


@dataclass(frozen=True)
class Centre:
    """The hosts of one data centre. The CRM's host is what the token's answer says."""

    accounts: str
    desk: str


def _at(ending: str) -> Centre:
    return Centre(f"https://accounts.zoho.{ending}", f"https://desk.zoho.{ending}")


CENTRES = {
    "com": _at("com"),
    "eu": _at("eu"),
    "in": _at("in"),
    "com.au": _at("com.au"),
    "jp": _at("jp"),
    "com.cn": _at("com.cn"),
    "ca": Centre("https://accounts.zohocloud.ca", "https://desk.zohocloud.ca"),
    "sa": _at("sa"),
}
ENVIRONMENTS = ("production", "sandbox", "developer")


def centre(ending: str) -> Centre:
    """Return the data centre of an address's ending. Raises KDR-SRC-165 for one there is not."""
    if ending not in CENTRES:
        raise KadarError(
            "KDR-SRC-165",
            N_("Zoho has no data centre “{ending}”."),
            N_("Take the ending of the address you open Zoho at: {known}."),
            ending=ending,
            known=nearest(ending, list(CENTRES)),
        )
    return CENTRES[ending]


def api_host(api_domain: str, environment: str) -> str:
    """Return where the CRM is asked: the token's `api_domain`, of the chosen environment.

    Raises KDR-SRC-170 for an environment there is not.
    """
    if environment not in ENVIRONMENTS:
        raise KadarError(
            "KDR-SRC-170",
            N_("Zoho has no environment “{ending}”."),
            N_("Take one of: {known}."),
            ending=environment,
            known=", ".join(ENVIRONMENTS),
        )
    said = urlsplit(api_domain)
    if environment == "production" or not said.netloc.startswith("www."):
        return api_domain.rstrip("/")
    return f"{said.scheme}://{environment}.{said.netloc.removeprefix('www.')}"
