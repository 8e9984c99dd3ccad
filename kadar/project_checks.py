"""What `kadar.toml` may say: the checks of meaning, after its shape has been checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from kadar.errors import nearest
from kadar.language import N_
from kadar.model import TABLES, Table

if TYPE_CHECKING:
    from kadar.project import Company, Source
    from kadar.schedule import Schedule

Path = tuple[str | int, ...]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# currencies that need no look-up in babel, which takes longer than all the other checks
COMMON = (
    "AED ARS AUD BDT BHD BND BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GHS HKD HUF IDR ILS INR "
    "JPY KES KHR KRW KWD LAK LKR MAD MMK MOP MXN MYR NGN NOK NPR NZD OMR PEN PGK PHP PKR PLN QAR "
    "RON SAR SEK SGD THB TRY TWD TZS UAH UGX USD VND ZAR"
)


# what people write for a currency instead of its code
SIGNS = {"RM": "MYR", "RMB": "CNY", "¥": "CNY", "$": "USD", "US$": "USD", "S$": "SGD", "A$": "AUD"}
SIGNS |= {"€": "EUR", "£": "GBP", "RP": "IDR", "฿": "THB", "₫": "VND", "₱": "PHP", "NT$": "TWD"}
SIGNS |= {"HK$": "HKD", "R$": "BRL", "₹": "INR", "RS": "INR", "KR": "SEK", "₩": "KRW"}


class Said(Protocol):
    """What a `kadar.toml` says."""

    @property
    def company(self) -> Company: ...
    @property
    def schedules(self) -> Sequence[Schedule]: ...
    @property
    def sources(self) -> Sequence[Source]: ...
    @property
    def kpi(self) -> Mapping[str, Mapping[str, Any]]: ...


@dataclass(frozen=True)
class Problem:
    """One thing `kadar.toml` says that cannot be: where, and the parts of a `KadarError`."""

    path: Path
    code: str
    message: str
    remedy: str
    details: Mapping[str, object] = field(default_factory=dict)


def problems(file: Said, *, reading: bool = False) -> Iterator[Problem]:
    """Yield what is wrong, in the order of the file; the country of holidays not if `reading`."""
    from kadar.schedule_checks import schedule_problems

    yield from _company(file.company, reading=reading)
    yield from schedule_problems(file.schedules, reading=reading)
    names: set[str] = set()
    for position, source in enumerate(file.sources):
        at = ("sources", position)
        if source.name in names:
            yield Problem(
                (*at, "name"),
                "KDR-PRJ-020",
                N_('{file}, line {line}: a source before it has the name "{name}" too.'),
                N_("Give each source a name of its own."),
                {"name": source.name},
            )
        names.add(source.name)
        yield from _source(at, source)
    for name, settings in file.kpi.items():
        yield from _target(("kpi", name), settings)


def _company(company: Company, *, reading: bool) -> Iterator[Problem]:
    yield from time_zone(("company", "time_zone"), company.time_zone)
    yield from _currency(company.currency)
    if not month_day(company.fiscal_year_starts):
        yield Problem(
            ("company", "fiscal_year_starts"),
            "KDR-PRJ-012",
            N_('{file}, line {line}: "{value}" is no month and day that every year has.'),
            N_('Write month-day with two digits each, such as "07-01" for 1 July.'),
            {"value": company.fiscal_year_starts},
        )
    if company.holidays is not None and not reading:
        yield from holidays_of(("company", "holidays"), company.holidays)
    yield from working_hours(("company", "working_hours"), company.working_hours)
    for name, least in (("inactive_after_days", 1), ("grace_days", 0)):
        if getattr(company, name) < least:
            yield Problem(
                ("company", name),
                "KDR-PRJ-016",
                N_("{file}, line {line}: {key} cannot be below {least}."),
                N_("Write a whole number of days."),
                {"least": least},
            )
    if company.observed_until is not None and not _moment(company.observed_until):
        yield Problem(
            ("company", "observed_until"),
            "KDR-PRJ-017",
            N_('{file}, line {line}: "{value}" is neither a date nor a moment.'),
            N_('Write a date such as "2026-09-30" (its end is meant) or "2026-09-30T18:00".'),
            {"value": company.observed_until},
        )


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


def _currency(code: str) -> Iterator[Problem]:
    if code in COMMON.split():
        return
    from babel.numbers import is_currency, list_currencies

    if not is_currency(code):
        upper = code.upper().strip()
        near = [SIGNS.get(upper, upper)] if is_currency(SIGNS.get(upper, upper)) else []
        near += get_close_matches(upper, sorted(list_currencies()), n=3)
        yield Problem(
            ("company", "currency"),
            "KDR-PRJ-011",
            N_('{file}, line {line}: "{value}" is no currency code.'),
            N_("Use the three letters of ISO 4217, such as {known}."),
            {"value": code, "known": ", ".join(dict.fromkeys(near)) or "MYR"},
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


def _moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
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


def _source(at: Path, source: Source) -> Iterator[Problem]:
    if not source.name.strip():
        yield Problem(
            (*at, "name"),
            "KDR-PRJ-021",
            N_("{file}, line {line}: the source has an empty name."),
            N_("Give it a short name: what it holds and where it is from."),
        )
    if source.table not in TABLES:
        yield Problem(
            (*at, "table"),
            "KDR-PRJ-022",
            N_('{file}, line {line}: the model has no table "{value}".'),
            N_("Tables: {known}."),
            {"value": source.table, "known": nearest(source.table, sorted(TABLES))},
        )
        return
    if source.kind != "files":
        yield from _kind(at, source.kind)
    elif (source.path is None) == (source.query is None):
        yield Problem(
            (*at, "query") if source.query is not None else at,
            "KDR-PRJ-024",
            N_('{file}, line {line}: the source "{name}" needs either a path or a query.'),
            N_(
                "Name the files with path, or write a query over files; a query names its files "
                "itself."
            ),
            {"name": source.name},
        )
    elif source.path in ("", []) or (isinstance(source.path, list) and "" in source.path):
        yield Problem(
            (*at, "path"),
            "KDR-PRJ-025",
            N_('{file}, line {line}: the source "{name}" has an empty path.'),
            N_("Name a file, or several with a pattern such as exports/deals*.csv."),
            {"name": source.name},
        )
    yield from _columns(at, source, TABLES[source.table])


def _kind(at: Path, kind: str) -> Iterator[Problem]:
    from importlib.metadata import entry_points

    known = sorted(entry_points(group="kadar.sources").names | {"files"})
    if kind not in known:
        yield Problem(
            (*at, "kind"),
            "KDR-PRJ-023",
            N_('{file}, line {line}: there is no kind of source "{value}".'),
            N_("Kinds installed here: {known}."),
            {"value": kind, "known": nearest(kind, known)},
        )


def _columns(at: Path, source: Source, table: Table) -> Iterator[Problem]:
    formats = source.date_format if isinstance(source.date_format, dict) else {}
    parts: dict[str, Iterable[str]] = {
        "columns": source.columns,
        "values": source.values,
        "date_format": formats,
    }
    for part, named in parts.items():
        for column in named:
            if column not in table:
                yield Problem(
                    (*at, part, column),
                    "KDR-PRJ-026",
                    N_('{file}, line {line}: the table {table} has no column "{value}".'),
                    N_("Columns: {known}."),
                    {
                        "table": table.name,
                        "value": column,
                        "known": nearest(column, table.column_names),
                    },
                )
                return
    for column, header in source.columns.items():
        if not header.strip().removeprefix("=").strip():
            yield Problem(
                (*at, "columns", column),
                "KDR-PRJ-027",
                N_("{file}, line {line}: {column} is mapped to nothing."),
                N_("Name a header of the file, write an expression after =, or remove the line."),
                {"column": column},
            )
    yield from _choices(at, source, table)
    yield from _required(at, source, table)


def _choices(at: Path, source: Source, table: Table) -> Iterator[Problem]:
    for column, values in source.values.items():
        choices = table[column].choices
        for raw, value in values.items():
            if choices and value and value not in choices:
                yield Problem(
                    (*at, "values", column, raw),
                    "KDR-PRJ-028",
                    N_('{file}, line {line}: {column} of {table} cannot be "{value}".'),
                    N_("It is one of: {known}."),
                    {
                        "column": column,
                        "table": table.name,
                        "value": value,
                        "known": nearest(value, list(choices)),
                    },
                )


def _required(at: Path, source: Source, table: Table) -> Iterator[Problem]:
    """Yield what a column map of files lacks; a query or another kind may give it by itself."""
    if source.kind != "files" or source.path is None:
        return
    for column in table.columns:
        # a key that is only a name is made from the row's content where the file has none
        made = column.name in table.key and column.type == "text" and not column.references
        if column.required and column.name not in source.columns and (column.choices or not made):
            yield Problem(
                (*at, "columns"),
                "KDR-PRJ-029",
                N_('{file}, line {line}: the source "{name}" does not map {column}.'),
                N_("Every row of {table} needs it: add {column} to columns."),
                {"name": source.name, "column": column.name, "table": table.name},
            )


def _target(at: Path, settings: Mapping[str, Any]) -> Iterator[Problem]:
    target = settings.get("target")
    number = isinstance(target, int | float) and not isinstance(target, bool)
    if target is not None and not number and not isinstance(target, dict):
        yield Problem(
            (*at, "target"),
            "KDR-PRJ-030",
            N_("{file}, line {line}: {key} must be a number or a table."),
            N_("Write target = 0.4, or a table [kpi.<name>.target]."),
        )
