"""Public holidays of a country or region."""

from __future__ import annotations

from functools import lru_cache

from kadar.derive.days import number
from kadar.errors import KadarError, nearest
from kadar.language import N_


@lru_cache(maxsize=64)
def public_holidays(place: str | None, first_year: int, last_year: int) -> dict[int, str]:
    """Return the name of each holiday by its day's number since 1970-01-01.

    `place` is an ISO 3166 country or country-subdivision (`MY`, `MY-10`); nothing is looked up
    where it is `None`. Years the `holidays` library does not know have none (see
    `known_years`). Raises KDR-DRV-006 where it does not know the place.
    """
    if place is None or not place.strip():
        return {}
    import holidays

    country, _, subdivision = place.strip().partition("-")
    try:
        found = holidays.country_holidays(
            country.upper(), subdiv=subdivision or None, years=range(first_year, last_year + 1)
        )
    except NotImplementedError as error:
        supported = holidays.list_supported_countries()
        regions = [f"{country.upper()}-{code}" for code in supported.get(country.upper(), [])]
        raise KadarError(
            "KDR-DRV-006",
            N_("No public holidays are known for {place}."),
            N_("Write an ISO 3166 country or region, such as {known}, or leave holidays out."),
            place=place,
            known=", ".join(nearest(place, regions or sorted(supported)).split(", ")[:20]),
        ) from error
    return {number(day): name for day, name in found.items()}


def known_years(place: str) -> tuple[int, int]:
    """First and last year whose public holidays the `holidays` library knows for a place."""
    import holidays

    country, _, subdivision = place.strip().partition("-")
    found = holidays.country_holidays(country.upper(), subdiv=subdivision or None)
    return found.start_year, found.end_year
