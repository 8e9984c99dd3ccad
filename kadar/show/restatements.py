"""Why a reported number is another now: its causes and their records, as tables or records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show import columns
from kadar.show.answers import heading
from kadar.show.reader import NOTHING
from kadar.show.records import plain, text_rows
from kadar.show.terminal import table

if TYPE_CHECKING:
    from datetime import tzinfo

    from rich.console import Console

    from kadar.insight.causes import Cause
    from kadar.insight.restatements import Restatements
    from kadar.insight.touched import Touched
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

MOST = 10  # records of a cause shown where not every one is asked for
COLUMNS = 4  # changed columns of a record shown
NAMES = {
    "edited": N_("records edited"),
    "late": N_("records that came late"),
    "deleted": N_("records gone from their source"),
    "merged": N_("customers merged"),
    "rates": N_("exchange rates"),
    "policies": N_("settings of the company"),
    "reach": N_("how far the data reaches"),
    "definition": N_("definition of the KPI"),
}
_HEAD = {"kpi": "VARCHAR", "variant": "VARCHAR", "period": "VARCHAR", "since": "TIMESTAMPTZ",
         "until": "TIMESTAMPTZ"}  # fmt: skip
CAUSES = {**_HEAD, "cause": "VARCHAR", "before": "DOUBLE", "after": "DOUBLE", "effect": "DOUBLE",
          "rows": "BIGINT", "records": "BIGINT", "unit": "VARCHAR"}  # fmt: skip
RECORDS = {**_HEAD, "cause": "VARCHAR", "table": "VARCHAR", "key": "VARCHAR", "source": "VARCHAR",
           "recorded_at": "TIMESTAMPTZ", "columns": "VARCHAR", "numerator_before": "DOUBLE",
           "numerator_after": "DOUBLE", "denominator_before": "DOUBLE",
           "denominator_after": "DOUBLE"}  # fmt: skip
HISTORY = {**_HEAD, "moment": "TIMESTAMPTZ", "before": "DOUBLE", "after": "DOUBLE",
           "sources": "VARCHAR", "unit": "VARCHAR"}  # fmt: skip
Columns = dict[str, str]


def as_json(made: Restatements, wanted: Columns) -> str:
    """Return the causes, the records or the history as a JSON list; moments as ISO 8601."""
    lines = [json.dumps(_plain(row), ensure_ascii=False) for row in _listed(made, wanted)]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def as_csv(made: Restatements, wanted: Columns) -> str:
    """Return them as CSV with a header: null as nothing, keys and changed columns as JSON."""
    rows = [_flat(row) for row in _listed(made, wanted)]
    return text_rows(list(wanted), [[_plain(value) for value in row.values()] for row in rows])


def as_parquet(made: Restatements, wanted: Columns) -> bytes:
    """Return them as a Parquet file."""
    rows = [_flat(row) for row in _listed(made, wanted)]
    return columns.as_parquet(wanted, [[row[name] for row in rows] for name in wanted])


def show(
    console: Console, made: Restatements, workspace: Workspace, reader: Reader, *, every: bool
) -> None:
    """Print the change, its causes, the records behind each; with `every`, all of those."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(workspace.project.company.time_zone)
    title = f"{heading([made.after], workspace, reader)}, {made.period.label}"
    console.print(title, style="bold")
    now = reader.t(N_("now")) if made.until is None else _moment(made.until, zone)
    values = [reader.value(row.value, made.unit) for row in (made.before, made.after)]
    change = reader.signed(float(made.change), made.unit)
    console.print(f"{values[0]} ({_moment(made.since, zone)}) → {values[1]} ({now}): {change}")
    console.print()
    causes = [c for c in made.causes if c.effect or c.records or c.rows]
    if causes:
        shown = table()
        shown.add_column(reader.t(N_("cause")))
        for name in (N_("before"), N_("after"), N_("effect"), N_("rows"), N_("of this number")):
            shown.add_column(reader.t(name), justify="right", no_wrap=True)
        for cause in causes:
            shown.add_row(*_cells(cause, made.unit, reader))
        console.print(shown)
        console.print()
    for cause in causes:
        _records(console, cause, made, reader, zone, every=every)
    _history(console, made, reader, zone)
    for line in _notes(made, causes, reader):
        console.print(line, style="dim")


def _cells(cause: Cause, unit: str, reader: Reader) -> Iterator[str]:
    yield reader.t(NAMES[cause.name])
    yield reader.value(cause.before, unit)
    yield reader.value(cause.after, unit)
    yield reader.signed(float(cause.effect), unit)
    yield reader.count(cause.rows) if cause.rows else ""
    records = sum(1 for one in cause.records if one.key)
    yield reader.count(records) if cause.listed and (records or cause.rows) else ""


def _records(
    console: Console, cause: Cause, made: Restatements, reader: Reader, zone: tzinfo, *, every: bool
) -> None:
    if not cause.records:
        return
    console.print(reader.t(NAMES[cause.name]), style="bold")
    said = [one for one in cause.records if not one.key]  # settings
    records = [one for one in cause.records if one.key]
    for one in said:
        for name, (before, after) in one.columns.items():
            written = _known if name == "observed_until" else _value
            head = f"  {one.table}.{name}: "
            console.print(f"{head}{written(before, zone)} → {written(after, zone)}")
    if not records:
        console.print()
        return
    shown = table()
    for name in (N_("record"), N_("source"), N_("learnt"), N_("what changed")):
        shown.add_column(reader.t(name), overflow="fold")
    ratio = made.after.denominator is not None
    parts = (N_("numerator"), N_("denominator")) if ratio else (N_("value"),)
    for name in parts:
        shown.add_column(reader.t(name), justify="right", no_wrap=True)
    listed = records if every else records[:MOST]
    for one in listed:
        shown.add_row(
            " ".join([one.table, *(_value(v, zone) for v in one.key.values())]),
            one.source,
            "" if one.recorded_at is None else _moment(one.recorded_at, zone),
            _changed(one, zone),
            *_parts(one, ratio, reader),
        )
    console.print(shown)
    rest = len(records) - len(listed)
    if rest:
        text = N_("{rest} more records: all of them with --records.")
        console.print(reader.t(text, rest=reader.count(rest)), style="dim")
    console.print()


def _parts(one: Touched, ratio: bool, reader: Reader) -> Iterator[str]:
    from babel.numbers import format_decimal

    for part in ("numerator", "denominator") if ratio else ("numerator",):
        pair = one.parts.get(part)
        if pair is None:
            yield ""
        else:
            before, after = (format_decimal(v, "#,##0.####", reader.language) for v in pair)
            yield f"{before} → {after}"


def _changed(one: Touched, zone: tzinfo) -> str:
    said = []
    for name, (before, after) in one.columns.items():
        pair = [_value(value, zone) for value in (before, after) if value is not None]
        edited = len(pair) == 2 or one.edited
        pair = pair if not edited else [_value(before, zone), _value(after, zone)]
        said.append(f"{name}: {' → '.join(pair)}")
    return "; ".join(said[:COLUMNS]) + ("; …" if len(said) > COLUMNS else "")


def _history(console: Console, made: Restatements, reader: Reader, zone: tzinfo) -> None:
    if not made.history:
        return
    shown = table(title=reader.t(N_("When it became another")))
    shown.add_column(reader.t(N_("moment")), no_wrap=True)
    for name in (N_("before"), N_("after")):
        shown.add_column(reader.t(name), justify="right", no_wrap=True)
    shown.add_column(reader.t(N_("sources")))
    for turn in made.history:
        shown.add_row(
            _moment(turn.moment, zone),
            reader.value(turn.before, made.unit),
            reader.value(turn.after, made.unit),
            ", ".join(turn.sources),
        )
    console.print(shown)
    console.print()


def _notes(made: Restatements, causes: list[Cause], reader: Reader) -> Iterator[str]:
    if not causes:
        yield reader.t(N_("Nothing was recorded since then that differs."))
    if not all(cause.listed for cause in causes):
        yield reader.t(N_("The records of this number cannot be listed: only what each cause did."))
    if len(causes) > 1:
        yield reader.t(
            N_(
                "Causes are followed in this order; each has the difference it makes at its turn, "
                "and the effects sum to the change."
            )
        )
    if made.history is not None and not made.history:
        yield reader.t(N_("No load since then made it another."))


def _moment(moment: datetime, zone: tzinfo) -> str:
    """Write a moment in the company's time zone; the end of a day as the day."""
    local = moment.astimezone(zone)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return (local.date() - timedelta(days=1)).isoformat()
    return f"{local:%Y-%m-%d %H:%M}"


def _known(moment: datetime | None, zone: tzinfo) -> str:
    return NOTHING if moment is None else _moment(moment, zone)


def _value(value: Any, zone: tzinfo) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return (
            f"{local:%Y-%m-%d}" if local.time().isoformat() == "00:00:00" else f"{local:%F %H:%M}"
        )
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(made: Restatements, wanted: Columns) -> list[dict[str, Any]]:
    lists: list[tuple[Columns, Callable[[], list[dict[str, Any]]]]] = [
        (CAUSES, made.records), (RECORDS, made.touched), (HISTORY, made.turns),
    ]  # fmt: skip
    return next(rows for columns, rows in lists if columns is wanted)()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose lists and objects are JSON text."""
    return {
        name: json.dumps(_plain(value), ensure_ascii=False)
        if isinstance(value, list | dict)
        else value
        for name, value in row.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else plain(value)
