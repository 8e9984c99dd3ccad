"""What `kadar.toml` may say: the checks of meaning, after its shape has been checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from kadar.errors import nearest
from kadar.extensions import extensions
from kadar.identity import problems as identity_problems
from kadar.language import N_
from kadar.model import TABLES, Table
from kadar.problem import Path, Problem
from kadar.schedule_checks import schedule_problems
from kadar.time_checks import fiscal_weeks, holidays_of, month_day, time_zone, working_hours

if TYPE_CHECKING:
    from kadar.identity import Identity
    from kadar.project import Checks, Company, Source
    from kadar.schedule import Schedule


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
    def identity(self) -> Sequence[Identity]: ...
    @property
    def kpi(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def checks(self) -> Checks: ...


def problems(file: Said, *, reading: bool = False) -> Iterator[Problem]:
    """Yield what is wrong, in the order of the file; the country of holidays not if `reading`."""
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
    for position, identity in enumerate(file.identity):
        yield from identity_problems(("identity", position), identity, names)
    for name, settings in file.kpi.items():
        yield from _target(("kpi", name), settings)
    yield from _checks(file.checks)


def _checks(checks: Checks) -> Iterator[Problem]:
    numbers: dict[tuple[str | int, ...], float] = {
        ("checks", name): getattr(checks, name)
        for name in ("allow", "limit_points", "limit_relative", "stale_days", "similarity")
    }
    numbers |= {("checks", "limits", kpi): limit for kpi, limit in checks.limits.items()}
    for path, number in numbers.items():
        if not 0 <= number < float("inf") or (path[-1] == "similarity" and number > 100):
            yield Problem(
                path,
                "KDR-PRJ-042",
                N_("{file}, line {line}: {key} cannot be {value}."),
                N_("Write a number that is not below 0; similarity is at most 100."),
                {"value": number},
            )


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
    yield from fiscal_weeks(company)
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


def _moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _source(at: Path, source: Source) -> Iterator[Problem]:
    if not source.name.strip():
        yield Problem(
            (*at, "name"),
            "KDR-PRJ-021",
            N_("{file}, line {line}: the source has an empty name."),
            N_("Give it a short name: what it holds and where it is from."),
        )
    if source.kind != "files" and not source.table:
        yield from _kind(at, source.kind)
        yield from _custom(at, source)
        return
    if not source.table:
        yield Problem(
            at,
            "KDR-PRJ-005",
            N_("{file}, line {line}: {key} has no {setting}."),
            N_("Add {setting} = … below this line."),
            {"setting": "table"},
        )
        return
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


def _custom(at: Path, source: Source) -> Iterator[Problem]:
    """Check that custom columns are columns of the model's tables."""
    for name, columns in source.custom.items():
        if name not in TABLES:
            yield Problem(
                (*at, "custom", name),
                "KDR-PRJ-022",
                N_('{file}, line {line}: the model has no table "{value}".'),
                N_("Tables: {known}."),
                {"value": name, "known": nearest(name, sorted(TABLES))},
            )
            continue
        yield from _known_columns((*at, "custom", name), columns, TABLES[name])


def _known_columns(at: Path, columns: Iterable[str], table: Table) -> Iterator[Problem]:
    for column in columns:
        if column not in table:
            yield Problem(
                (*at, column),
                "KDR-PRJ-026",
                N_('{file}, line {line}: the table {table} has no column "{value}".'),
                N_("Columns: {known}."),
                {
                    "table": table.name,
                    "value": column,
                    "known": nearest(column, table.column_names),
                },
            )


def _kind(at: Path, kind: str) -> Iterator[Problem]:
    known = sorted({point.name for point in extensions("kadar.sources")} | {"files"})
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
        if problem := next(_known_columns((*at, part), named, table), None):
            yield problem
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
