"""Public holidays of the company's country or region."""

from __future__ import annotations

from kadar.derive.days import number
from kadar.errors import KadarError
from kadar.language import N_


def public_holidays(place: str | None, first_year: int, last_year: int) -> dict[int, str]:
    """Return the name of each holiday by its day's number since 1970-01-01.

    `place` is an ISO 3166 country or country-subdivision (`MY`, `MY-10`); nothing is looked up
    where it is `None`. Years the `holidays` library does not know have none.
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
        raise KadarError(
            "KDR-DRV-006",
            N_("No public holidays are known for {place}."),
            N_("Write an ISO 3166 country or region, such as MY or MY-10, or leave holidays out."),
            place=place,
        ) from error
    return {number(day): name for day, name in found.items()}
