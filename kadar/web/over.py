"""A span of whole months that pages ask about, and what is refused of what they ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kadar.asking import Asking
from kadar.errors import NO, KadarError
from kadar.insight.span import Span, last_months
from kadar.language import N_
from kadar.show.answers import known_until
from kadar.web.panel import Panel

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.web.visit import Visit
    from kadar.workspace import Workspace

MONTHS = (3, 6, 12, 24)
USUAL = 12
NO_DATA = "KDR-ASK-007"


def months(visit: Visit) -> int:
    """Return how many whole months are asked about: a year where nobody says."""
    asked = visit.get("months") or ""
    return int(asked) if asked.isdecimal() and int(asked) in MONTHS else USUAL


def span(visit: Visit) -> Span | None:
    """Return the last whole months asked about."""
    return _span(visit.workspace, visit.version, months(visit))


@lru_cache(maxsize=32)
def _span(workspace: Workspace, _version: str | None, count: int) -> Span | None:
    with Asking(workspace.project, workspace.as_of) as asking:
        return last_months(asking, count)


def until(visit: Visit) -> str:
    """Say up to when the data is known, and its version."""
    with Asking(visit.project, visit.workspace.as_of) as asking:
        known = known_until(asking, visit.workspace, visit.reader)
    version = visit.t(N_("data version {version}"), version=visit.version)
    return f"{known} · {version}" if known else version


def said(found: Span | None, visit: Visit) -> str:
    """Return a span in words: its first and last day."""
    return visit.reader.period("all", found.since, found.until) if found else ""


@dataclass(frozen=True)
class Asked:
    """The rows of one KPI over a span by group, or why there are none."""

    name: str
    rows: dict[Any, Row]
    why: str = ""

    def __getitem__(self, group: Any) -> Row | None:
        return self.rows.get(group)


def ask(
    visit: Visit,
    kpi: str,
    variant: str | None = None,
    by: str | None = None,
    *,
    now: bool = False,
) -> Asked:
    """Ask one KPI over the span, divided or not (its one group is then None).

    With `now` it is asked as the data ends instead: what stands open at this moment.
    """
    found = None if now else span(visit)
    try:
        answer = visit.workspace.ask(
            kpi,
            variant=variant,
            grain="all",
            by=[by] if by else (),
            where=visit.where,
            since=found.since if found else None,
            until=found.until if found else None,
            collect=True,
        )
    except KadarError as error:
        if error.exit_code != NO or error.code == NO_DATA:
            raise
        return Asked(kpi, {}, _sentence(error, visit))
    rows = {row.dimensions[by] if by else None: row for row in answer}
    return Asked(kpi, rows, "".join(_sentence(one.error, visit) for one in answer.refused))


def refusals(asked: Sequence[Asked]) -> list[str]:
    """Return why some of what was asked is refused, each reason once."""
    return list(dict.fromkeys(one.why for one in asked if one.why))


def shown(panel: Callable[[Visit], Panel], visit: Visit, name: str, title: str) -> Panel:
    """Return a panel; one that is refused says why, and the others of its page stand."""
    try:
        return panel(visit)
    except KadarError as error:
        if error.exit_code != NO or error.code == NO_DATA:
            raise
        return Panel(name, title, [], [], _sentence(error, visit))


def carried(visit: Visit, *tables: str) -> bool:
    """Whether some source maps any of the tables."""
    with Asking(visit.project, visit.workspace.as_of) as asking:
        return any(table in tables for table, _column in asking.carried)


def guide(visit: Visit, title: str, text: str, *tables: str) -> dict[str, Any]:
    """Return what a page without its tables tells: which to map, with which columns."""
    from kadar.model import TABLES

    steps = [
        (
            visit.t(N_("Import what you have; the columns are proposed and you confirm them:")),
            f"kadar import {tables[0]}.csv",
        ),
        (
            visit.t(N_("Or map a source in kadar.toml yourself:")),
            "\n".join(
                ["[[sources]]", f'name = "{tables[0]}"', f'table = "{tables[0]}"',
                 f'path = "exports/{tables[0]}*.csv"',
                 "columns = { " + ", ".join(f'{c} = "…"' for c in _main(tables[0])) + " }"]
            ),
        ),
        (visit.t(N_("Then load it:")), "kadar sync"),
    ]  # fmt: skip
    columns = {table: ", ".join(c.name for c in TABLES[table].columns) for table in tables}
    return {"title": title, "text": text, "steps": steps, "columns": columns}


def _main(table: str) -> list[str]:
    """Return the columns of a table that say most: its key, owner's customer and moments."""
    from kadar.model import TABLES

    made = TABLES[table]
    wanted = [*made.key, "customer_id", "channel", *made.moments[:3]]
    return [name for name in dict.fromkeys(wanted) if name in made]


def _sentence(error: KadarError, visit: Visit) -> str:
    return f"{error.sentence(visit.language)} {error.next_step(visit.language)}"
