"""What checks found: refused rows by source, then findings with what they do to KPIs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kadar.language import N_
from kadar.show import flat
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kadar.checks import Bound, Finding
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

ORDER = {"broken": 0, "doubtful": 1, "told": 2}
ROW = "KDR-CHK-001"  # one finding a row: shown as a table


def records(found: Sequence[Finding], reader: Reader) -> list[dict[str, Any]]:
    """Return a record for each finding, words in the reader's language."""
    return [
        {
            "code": one.code,
            "check": one.check,
            "severity": one.severity,
            "breaks": one.breaks,
            "source": one.source,
            "table": one.table,
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "count": one.count,
            "examples": ", ".join(one.examples),
            "reason": reader.t(one.reason, **one.details),
            "remedy": reader.t(one.remedy, **one.details),
            "kpis": ", ".join(one.touches),
            "bounds": "; ".join(
                f"{b.kpi} {reader.period(b.grain, b.opens, b.closes)} "
                f"{_end(b.lower)}..{_end(b.upper)}"
                for b in one.bounds
            ),
        }
        for one in found
    ]


def as_parquet(found: Sequence[Finding], reader: Reader) -> bytes:
    """Write the records as Parquet."""
    return flat.as_parquet(records(found, reader))


def show(
    console: Console,
    found: Sequence[Finding],
    workspace: Workspace,
    reader: Reader,
    *,
    limit: int | None = None,
) -> None:
    """Print findings, of refused rows at most `limit` of each source."""
    by_source: dict[str, list[Finding]] = {}
    for one in found:
        if one.code == ROW:
            by_source.setdefault(one.source or "", []).append(one)
    if by_source:
        console.print(_table(by_source, reader, limit))
        console.print()
        counts = ", ".join(f"{name} {reader.count(len(all_))}" for name, all_ in by_source.items())
        total = reader.count(sum(map(len, by_source.values())))
        text = N_("Refused rows: {total} ({by_source}).")
        console.print(reader.t(text, total=total, by_source=counts))
        if limit is not None and any(len(several) > limit for several in by_source.values()):
            text = N_("Of each source {limit} are shown: --limit 0 or --format csv shows all.")
            console.print(reader.t(text, limit=limit), style="dim")
    else:
        console.print(reader.t(N_("Nothing was refused.")))
    for one in sorted(found, key=lambda one: ORDER[one.severity]):
        if one.code != ROW:
            _one(console, one, workspace, reader)


def _one(console: Console, one: Finding, workspace: Workspace, reader: Reader) -> None:
    colour = {"broken": "red", "doubtful": "yellow"}.get(one.severity, "")
    console.print()
    marked = f"{one.code} {reader.t(SEVERITY[one.severity])}"
    console.print(f"{reader.t(one.reason, **one.details)}", style=colour, soft_wrap=True)
    if one.examples:
        console.print("  " + ", ".join(one.examples), style="dim", soft_wrap=True)
    console.print("  " + reader.t(one.remedy, **one.details), style="dim", soft_wrap=True)
    widest: dict[str, Bound] = {}
    for bound in one.bounds:
        if bound.kpi not in widest or bound.exceeds > widest[bound.kpi].exceeds:
            widest[bound.kpi] = bound
    for bound in widest.values():
        console.print("  " + _bound(bound, workspace, reader), soft_wrap=True)
    quiet = [name for name in one.touches if name not in widest]
    if quiet:
        text = N_("Read by: {kpis}.")
        console.print("  " + reader.t(text, kpis=", ".join(quiet)), style="dim", soft_wrap=True)
    console.print(f"  [{marked}]", style="dim")


SEVERITY = {
    "broken": N_("broken"),
    "doubtful": N_("doubtful"),
    "told": N_("told"),
}


def _bound(bound: Bound, workspace: Workspace, reader: Reader) -> str:
    title = reader.t(workspace.kpis[bound.kpi].title)
    period = reader.period(bound.grain, bound.opens, bound.closes)
    value = reader.value(bound.value, bound.unit)
    if math.isinf(bound.lower) or math.isinf(bound.upper):
        text = N_("{kpi}, {period}: {value} may be off by any amount.")
        return reader.t(text, kpi=title, period=period, value=value)
    text = N_("{kpi}, {period}: {value} lies between {lower} and {upper} at most.")
    return reader.t(
        text,
        kpi=title,
        period=period,
        value=value,
        lower=reader.value(bound.lower, bound.unit),
        upper=reader.value(bound.upper, bound.unit),
    )


def _end(value: float) -> str:
    return "" if math.isinf(value) else f"{value:.6g}"


def _table(by_source: Mapping[str, Sequence[Finding]], reader: Reader, limit: int | None) -> Table:
    made = table()
    made.add_column(reader.t(N_("file")), overflow="fold")
    made.add_column(reader.t(N_("line")), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("column")), no_wrap=True)
    made.add_column(reader.t(N_("reason")), overflow="fold")
    made.add_column(reader.t(N_("remedy")), overflow="fold", style="dim")
    for several in by_source.values():
        for one in several[:limit]:
            made.add_row(
                one.file or "",
                "" if one.line is None else str(one.line),
                one.column or "",
                reader.t(one.reason, **one.details),
                reader.t(one.remedy, **one.details),
            )
    return made
