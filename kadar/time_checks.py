"""What `kadar.toml` may say about time: zones, holidays, working hours, fiscal years of weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kadar.errors import nearest
from kadar.language import N_
from kadar.problem import Path, Problem

if TYPE_CHECKING:
    from kadar.project import Company

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def time_zone(at: Path, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        zones = sorted(available_timezones())
        cities = {zone.rpartition("/")[2].lower(): zone for zone in zones}
        city = name.rpartition("/")[2].lower().replace(" ", "_")
        near = [cities[found] for found in get_close_matches(city, cities, n=3)]
        near += get_close_matches(name, zones, n=2)
        yield Problem(
            at,
            "KDR-PRJ-010",
            N_('{file}, line {line}: there is no time zone "{value}".'),
            N_("Use an IANA name, such as {known}."),
            {"value": name, "known": ", ".join(dict.fromkeys(near)) or "Asia/Kuala_Lumpur"},
        )


def fiscal_weeks(company: Company) -> Iterator[Problem]:
    """Check that a year of whole weeks ends on a day on which weeks end."""
    ends = company.fiscal_year_ends
    if company.fiscal_weeks is None and ends is None:
        return
    weekdays = "|".join(WEEKDAYS)
    found = re.fullmatch(rf"(last|nearest) ({weekdays}) (0[1-9]|1[0-2])", ends or "")
    if company.fiscal_weeks is None or found is None:
        at = "fiscal_weeks" if ends is None else "fiscal_year_ends"
        yield Problem(
            ("company", at),
            "KDR-PRJ-055",
            N_("{file}, line {line}: fiscal_weeks and how the year ends must be there together."),
            N_('Write, say, fiscal_weeks = "4-4-5" and fiscal_year_ends = "nearest sat 01".'),
        )
    elif WEEKDAYS[WEEKDAYS.index(found[2]) - 6][:3] != company.week_starts[:3]:
        yield Problem(
            ("company", "fiscal_year_ends"),
            "KDR-PRJ-056",
            N_("{file}, line {line}: a year of whole weeks must end on the last day of a week."),
            N_("Let week_starts be the day after the year's last: now it is {starts}."),
            {"starts": company.week_starts},
        )


def month_day(value: str) -> bool:
    """Say whether a text is a month and day that every year has."""
    if not re.fullmatch(r"\d\d-\d\d", value):
        return False
    try:
        date.fromisoformat(f"2001-{value}")  # no leap year: 29 February is not in every year
    except ValueError:
        return False
    return True


def holidays_of(at: Path, value: str) -> Iterator[Problem]:
    """Yield what is wrong with a country or region of public holidays."""
    import holidays

    country, _, subdivision = value.partition("-")
    try:
        if not country.isupper():  # the library knows "Malaysia" too; subdivisions need the code
            raise NotImplementedError
        holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        known = holidays.list_supported_countries()
        if country in known:
            choices = [f"{country}-{code}" for code in known[country]]
        else:
            choices = sorted(known)
        yield Problem(
            at,
            "KDR-PRJ-013",
            N_('{file}, line {line}: no public holidays are known for "{value}".'),
            N_("Use a country or country-subdivision of ISO 3166, such as {known}."),
            {"value": value, "known": ", ".join(nearest(value, choices).split(", ")[:20])},
        )


def working_hours(at: Path, hours: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield what is wrong with spans of working hours."""
    for day, spans in hours.items():
        if day not in WEEKDAYS:
            yield Problem(
                (*at, day),
                "KDR-PRJ-014",
                N_('{file}, line {line}: "{value}" is no weekday.'),
                N_("Weekdays are: mon, tue, wed, thu, fri, sat, sun."),
                {"value": day},
            )
        before = -1
        for span in spans:
            minutes = _span(span)
            if minutes is None or minutes[0] < before:
                yield Problem(
                    (*at, day),
                    "KDR-PRJ-015",
                    N_('{file}, line {line}: "{value}" is no span of working hours.'),
                    N_(
                        'Write spans in order and without overlap, such as ["09:00-12:30", '
                        '"13:30-18:00"]; "24:00" is the end of the day.'
                    ),
                    {"value": span},
                )
                break
            before = minutes[1]


def _span(span: str) -> tuple[int, int] | None:
    """Minutes of the day of "09:00-18:00"; None where it is none or ends before it begins."""
    found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", span)
    if not found:
        return None
    minutes = []
    for clock in found.groups():
        if clock == "24:00":
            minutes.append(24 * 60)
            continue
        try:
            moment = time.fromisoformat(clock)
        except ValueError:
            return None
        minutes.append(moment.hour * 60 + moment.minute)
    return (minutes[0], minutes[1]) if minutes[0] < minutes[1] else None
