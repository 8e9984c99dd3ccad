"""The sources of a project and the ledger of live ones, as rows and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kadar.language import N_
from kadar.show.listing import Listed
from kadar.show.terminal import table
from kadar.sources.live.ledger import entries_of

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.project import Project
    from kadar.show.reader import Reader

COLUMNS = {
    "source": "text",
    "kind": "text",
    "object": "text",
    "read_at": "moment",
    "received": "integer",
    "changed": "integer",
    "gone": "integer",
    "kept": "integer",
    "total": "integer",
    "balances": "boolean",
    "said": "text",
}


def rows(project: Project, name: str | None = None) -> Listed:
    """Return a row an object of each live source, and one for each other source.

    `kept` records are here, `total` the system counts (null where it counts none); `balances` is
    null where the two are not meant to be equal. Moments are in the company's time zone.
    """
    zone = ZoneInfo(project.company.time_zone)
    found = []
    for source in project.sources:
        if name not in {None, source.name}:
            continue
        nothing = dict.fromkeys(COLUMNS) | {"source": source.name, "kind": source.kind}
        entries = entries_of(project.folder, source.name)
        if not entries:
            found.append(nothing | {"object": source.table or None})
        for one in entries:
            counted = one.whole and one.total is not None
            found.append(
                nothing
                | {
                    "object": one.object,
                    "read_at": one.ended_at.astimezone(zone),
                    "received": one.received,
                    "changed": one.changed,
                    "gone": one.gone,
                    "kept": one.kept,
                    "total": one.total,
                    "balances": one.balances if counted else None,
                    "said": one.why or None,
                }
            )
    return Listed(COLUMNS, found)


def show(console: Console, found: Listed, reader: Reader) -> None:
    """Print the rows."""
    heads = {
        "source": N_("source"),
        "object": N_("object"),
        "read_at": N_("read"),
        "received": N_("received"),
        "changed": N_("changed"),
        "gone": N_("gone"),
        "kept": N_("here"),
        "total": N_("there"),
    }
    made = table()
    for name, head in heads.items():
        made.add_column(
            reader.t(head), justify="right" if COLUMNS[name] == "integer" else "left", no_wrap=True
        )
    made.add_column("", overflow="fold")
    for row in found:
        cells = []
        for name in heads:
            given = row[name]
            if COLUMNS[name] == "integer":
                cells.append("" if given is None else reader.count(given))
            elif COLUMNS[name] == "moment":
                cells.append("" if given is None else f"{given:%Y-%m-%d %H:%M}")
            else:
                cells.append(given or "")
        said = row["said"] or ("" if row["kind"] == "files" or row["read_at"] else None)
        cells.append(reader.t(N_("not read yet")) if said is None else said)
        made.add_row(*cells, style="red" if row["balances"] is False else None)
    console.print(made)
