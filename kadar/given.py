"""What an asker gives: days, moments and filters, as values or as texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from kadar.errors import KadarError
from kadar.language import N_
from kadar.measure.question import Filter, parse_filter

YEARS = (2, 9998)  # of a moment: one day more or less is still a day


def as_moment(value: date | datetime | str | None, time_zone: str) -> datetime | None:
    """Read a moment; a day means its end, a time without a zone is the company's.

    Raises KDR-ASK-006 where it is neither.
    """
    from zoneinfo import ZoneInfo

    if value is None:
        return None
    if isinstance(value, str) and "T" in value.replace(" ", "T"):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = as_date(value)
    if not isinstance(value, datetime):
        day = as_date(value)
        assert day is not None  # noqa: S101  (only None is none)
        if day == date.max:  # it has no end
            raise _no_day(day)
        value = datetime.combine(day + timedelta(days=1), time.min)
    moment = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(time_zone))
    if not YEARS[0] <= moment.year <= YEARS[1]:  # in UTC it may have no year at all
        raise _no_day(moment)
    return moment


def filters(where: Mapping[str, Any] | Iterable[str | Filter]) -> list[Filter]:
    """Return filters from a mapping of dimensions or from texts."""
    if isinstance(where, Mapping):
        made = []
        for name, value in where.items():
            operator = "!=" if name.endswith("!") else "="
            several = value if isinstance(value, list | tuple | set) else [value]
            texts = tuple("" if one is None else str(one) for one in several)
            made.append(Filter(name.rstrip("!"), operator, texts))
        return made
    return [parse_filter(one) if isinstance(one, str) else one for one in where]


def as_date(value: date | str | None) -> date | None:
    """Read a day; KDR-ASK-006 where it is none."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _no_day(value) from error


def _no_day(value: object) -> KadarError:
    return KadarError(
        "KDR-ASK-006",
        N_("{value} is not a day."),
        N_("Write days as 2026-09-30."),
        value=value,
    )
