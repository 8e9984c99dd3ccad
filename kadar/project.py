"""A project: one company's folder with its `kadar.toml`, read and checked."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from kadar.errors import KadarError, nearest
from kadar.identity import Identity
from kadar.language import N_
from kadar.project_text import ProjectText, dotted, path_of
from kadar.schedule import Schedule, Tickets
from kadar.serving import Web

FILE = "kadar.toml"


class Company(Struct, frozen=True, forbid_unknown_fields=True):
    """The `[company]` table: facts no record carries."""

    name: str = ""  # shown above every scoreboard
    currency: str = "USD"  # ISO 4217
    time_zone: str = "UTC"  # IANA name
    language: Literal["en", "ms", "zh_CN"] = "en"  # of messages, names and numbers
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"  # first day of a week
    fiscal_year_starts: str = "01-01"  # month-day
    fiscal_weeks: Literal["4-4-5", "4-5-4", "5-4-4"] | None = None  # weeks of a quarter's months
    fiscal_year_ends: str | None = None  # "last sat 01" or "nearest sat 01": to 31 January
    holidays: str | None = None  # country or country-subdivision, ISO 3166: "MY", "MY-10"
    # weekday (mon … sun) → spans "09:00-18:00"; a day that is absent is no working day
    working_hours: dict[str, list[str]] = field(
        default_factory=lambda: {
            day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")
        }
    )
    contract: bool = False  # True: active while a subscription runs; False: after an order
    inactive_after_days: int = 90  # without contracts: active this long after an order
    grace_days: int = 0  # gaps between subscriptions up to this long do not end a spell
    observed_until: str | None = None  # date (its end) or moment up to which the data is known


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[sources]]` table: where rows of one model table, or of a whole system, come from."""

    name: str  # unique; the name its rows, notes and refusals carry
    table: str = ""  # the model's table, see model.md; a live system fills many and names none
    kind: str = "files"  # how it is read: files, or a live system such as salesforce
    path: str | list[str] | None = None  # files or globs, relative to the project folder
    columns: dict[str, str] = field(default_factory=dict)  # canonical → header, or "= expression"
    # by canonical column: value of the source → the model's; "*" is every other text
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    date_format: str | dict[str, str] | None = None  # for all, or by canonical column
    decimal: Literal[".", ","] | None = None  # where the values cannot tell the decimal mark
    encoding: str | None = None  # where it is not detected: "big5", "shift_jis"
    delimiter: str | None = None  # where it is not detected
    sheet: str | None = None  # of a workbook; the first with a table where absent
    mode: Literal["snapshot", "append"] = "snapshot"  # each load is the whole truth, or adds to it
    query: str | None = None  # a SELECT over the project's files instead of a path
    options: dict[str, Any] = field(default_factory=dict)  # of a live system: its address, scope
    # whose ids it gives: a text that is put before them, for all or by the table they are of
    ids: str | dict[str, str] | None = None
    # of a live system, by table: canonical column → a field of its records
    custom: dict[str, dict[str, str]] = field(default_factory=dict)


class Checks(Struct, frozen=True, forbid_unknown_fields=True):
    """The `[checks]` table: what `kadar check` calls broken, and when a number is withheld."""

    fail_on: Literal["told", "doubtful", "broken", "never"] = "broken"  # exit code 1 from here on
    allow: int = 0  # so many findings of that severity are no failure
    # by check, in place of its own; "off" leaves it out
    severity: dict[str, Literal["off", "told", "doubtful", "broken"]] = field(default_factory=dict)
    limit_points: float = 0.05  # a share may be off by this at most, a score by 100 times this
    limit_relative: float = 0.10  # any other KPI may be off by this share of its value
    limits: dict[str, float] = field(default_factory=dict)  # by KPI, in its unit
    stale_days: int = 30  # an open deal is stale so long after its expected close
    similarity: float = 90.0  # score, up to 100, from which two customers are probably one


class Project(Struct, frozen=True):
    """A project folder and what its `kadar.toml` says.

    `kpi` holds the settings of each `[kpi.<name>]` table (a KPI's own parameters, and `target`).
    """

    folder: Path
    company: Company
    sources: list[Source]
    kpi: dict[str, dict[str, Any]]
    schedules: list[Schedule] = []
    tickets: Tickets = Tickets()
    checks: Checks = Checks()
    web: Web = Web()
    identity: list[Identity] = []


class _File(Struct, forbid_unknown_fields=True):
    """A whole `kadar.toml`."""

    company: Company = field(default_factory=Company)
    schedules: list[Schedule] = field(default_factory=list)
    tickets: Tickets = field(default_factory=Tickets)
    identity: list[Identity] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    kpi: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: Checks = field(default_factory=Checks)
    web: Web = field(default_factory=Web)


_STRUCTS: dict[str, type[Struct]] = {"company": Company, "sources": Source, "checks": Checks}
_STRUCTS |= {"schedules": Schedule, "tickets": Tickets, "web": Web, "identity": Identity}


def discover(folder: str | Path | None = None) -> Path:
    """Find the project folder: `folder`, else `KADAR_PROJECT`, else the current folder.

    Raises KDR-PRJ-001 where that folder has no `kadar.toml`.
    """
    chosen = folder if folder is not None else os.environ.get("KADAR_PROJECT") or Path.cwd()
    path = Path(chosen).expanduser().absolute()
    if path.name == FILE and path.is_file():
        path = path.parent
    if not (path / FILE).is_file():
        raise KadarError(
            "KDR-PRJ-001",
            N_("There is no project in {folder}: it has no kadar.toml."),
            N_(
                "Make one with 'kadar init {folder}', or name another folder with --project "
                "or KADAR_PROJECT."
            ),
            folder=path,
        )
    return path


def load(folder: str | Path | None = None, *, reading: bool = False) -> Project:
    """Read and check the project in `folder` (see `discover`).

    Whoever is only `reading` published data spares the fifth of a second that looking up the
    holidays' country takes: it was looked up when the data was derived.

    Raises KDR-PRJ-… errors that name the file and the line of what is wrong. KPI names and their
    settings are checked by the catalogue, not here.
    """
    path = discover(folder)
    text = _read(path / FILE)
    data = _plain(_parse(path / FILE, text))
    try:
        file = msgspec.convert(data, _File)
    except msgspec.ValidationError as error:
        raise _misshapen(ProjectText(path / FILE, text), data, str(error)) from None
    from kadar.project_checks import problems

    for problem in problems(file, reading=reading):
        raise ProjectText(path / FILE, text).wrong(
            problem.path, problem.code, problem.message, problem.remedy, problem.details
        )
    return Project(
        path, file.company, file.sources, file.kpi, file.schedules, file.tickets, file.checks,
        file.web, file.identity,
    )  # fmt: skip


def initial_toml(company: Company) -> str:
    """Text of a new `kadar.toml`: every setting of `[company]` in its order, explained."""
    holidays = f"holidays = {_toml(company.holidays)}" if company.holidays else '# holidays = "MY"'
    until = (
        f"observed_until = {_toml(company.observed_until)}"
        if company.observed_until
        else '# observed_until = "2026-09-30"'
    )
    hours = "\n".join(f"{day} = {_toml(spans)}" for day, spans in company.working_hours.items())
    return f"""\
# The settings of a kadar project. Records are mapped in [[sources]] below; 'kadar import FILE'
# proposes such a table by itself. 'kadar check' says whether all of this holds together.

[company]
name = {_toml(company.name)}
currency = {_toml(company.currency)}  # amounts are shown in it; ISO 4217
time_zone = {_toml(company.time_zone)}  # days and months begin here; IANA name
language = {_toml(company.language)}  # en, ms or zh_CN
week_starts = {_toml(company.week_starts)}  # monday, sunday or saturday
fiscal_year_starts = {_toml(company.fiscal_year_starts)}  # month-day
{holidays}  # country or country-subdivision, ISO 3166: no working time on public holidays
contract = {_toml(company.contract)}  # true: a customer is active while a subscription runs
inactive_after_days = {company.inactive_after_days}  # else: active this long after an order
grace_days = {company.grace_days}  # a gap between subscriptions up to this long is no churn
{until}  # up to when the records are complete; else the latest event in them

[company.working_hours]  # a weekday that is absent is no working day
{hours}

# Settings of a KPI and its target:
#
# [kpi.lead_conversion_rate]
# window_days = 90
# target = 0.2

# Where records come from, one table each:
#
# [[sources]]
# name = "deals"
# table = "deals"
# path = "exports/deals*.csv"
# columns = {{ deal_id = "Record ID", amount = "Amount", kind = "= 'new'" }}
# values.outcome = {{ "Closed Won" = "won", "Closed Lost" = "lost", "*" = "open" }}
"""


def _toml(value: str | bool | list[str] | None) -> str:
    """Write a value as TOML; JSON's text, lists and booleans are TOML's."""
    return msgspec.json.encode(value).decode()


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise KadarError(
            "KDR-PRJ-002",
            N_("{file}, line {line}: the text is not UTF-8."),
            N_("Save the file as UTF-8."),
            file=file,
            line=line,
        ) from None


def _parse(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        raise KadarError(
            "KDR-PRJ-003",
            N_("{file}, line {line}: this is not TOML: {reason}."),
            N_("Correct the line: text stands in quotes, every bracket is closed, no key twice."),
            file=file,
            line=int(at.group(1)) if at else len(text.splitlines()) or 1,
            reason=re.sub(r" \(at .*\)$", "", str(error)),
        ) from None


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Take bare TOML dates for the texts we keep: `observed_until = 2026-09-30`."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return value.isoformat() if isinstance(value, date | datetime) else value

    dated = ("company", "schedules")
    return {name: plain(said) if name in dated else said for name, said in data.items()}


_TYPES = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
    "datetime": "a date with a time",
    "date": "a date",
    "time": "a time",
}
_PYTHON = {
    "str": str, "int": int, "float": float, "bool": bool, "array": list, "object": dict,
    "datetime": datetime, "date": date,
}  # fmt: skip


def _misshapen(text: ProjectText, data: dict[str, Any], said: str) -> KadarError:
    """Say what msgspec found, with the place and the nearest right spelling."""
    sentence, _, where = said.partition(" - at ")
    where = where.strip("`")
    path = path_of(where, data, None)
    if unknown := re.match(r"Object contains unknown field `(.*)`", sentence):
        setting = dotted((*path, unknown.group(1)))
        return text.wrong(
            (*path, unknown.group(1)),
            "KDR-PRJ-004",
            N_("{file}, line {line}: there is no setting {setting}."),
            N_("Settings here: {known}."),
            {"setting": setting, "known": nearest(unknown.group(1), _known(path))},
        )
    if missing := re.match(r"Object missing required field `(.*)`", sentence):
        return text.wrong(
            path,
            "KDR-PRJ-005",
            N_("{file}, line {line}: {key} has no {setting}."),
            N_("Add {setting} = … below this line."),
            {"setting": missing.group(1)},
        )
    if choice := re.match(r"Invalid enum value '?(.*?)'?$", sentence):
        value = choice.group(1)
        return text.wrong(
            path,
            "KDR-PRJ-006",
            N_('{file}, line {line}: {key} cannot be "{value}".'),
            N_("It is one of: {known}."),
            {"value": value, "known": nearest(value, _choices(path))},
        )
    types = re.match(r"Expected `(.*)`, got `(.*)`", sentence)
    expected, got = types.groups() if types else ("", "")
    words = [_TYPES.get(word, word) for word in expected.split(" | ") if word != "null"]
    return text.wrong(
        path_of(where, data, _PYTHON.get(got)),
        "KDR-PRJ-007",
        N_("{file}, line {line}: {key} must be {expected}, and it is {got}."),
        N_("Write it as {expected}."),
        {"expected": " or ".join(words), "got": _TYPES.get(got, got)},
    )


def _known(path: tuple[str | int, ...]) -> list[str]:
    made = _STRUCTS.get(str(path[0]) if path else "", _File)
    return list(made.__struct_fields__)


def _choices(path: tuple[str | int, ...]) -> list[str]:
    from typing import get_args, get_type_hints

    hint = get_type_hints(_STRUCTS[str(path[0])])[str(path[1 if path[0] == "checks" else -1])]
    literals = [hint, *get_args(hint)]
    return [str(v) for h in literals for v in get_args(h) if isinstance(v, str)]
