"""A company whose systems export files that are synced on given days: history as it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kadar
from kadar import project
from kadar.model import TABLES
from kadar.sync import sync
from kadar.workspace import Workspace

Row = Mapping[str, object]


class Synced:
    """A company whose systems export tables, one file each, and are synced on given days."""

    def __init__(self, folder: Path, sources: Mapping[str, Sequence[str]]) -> None:
        """Sources by name: `deals` or `old:deals`; the columns each has."""
        self.folder, self.sources = folder, sources
        self.company, self.kpi = 'observed_until = "2026-03-31"', ""
        self.rows: dict[str, list[Row]] = {}

    def sync(self, day: str, **rows: Sequence[Row]) -> None:
        """Export these rows (other sources as before) and sync at noon UTC of a day."""
        self.rows |= {name.replace("__", ":"): list(given) for name, given in rows.items()}
        said = [f"[company]\n{self.company}", self.kpi]
        for name, columns in self.sources.items():
            key, table = TABLES[name.rpartition(":")[2]], name.rpartition(":")[2]
            names = list(dict.fromkeys([*key.key, *columns]))
            mapped = ", ".join(f'{column} = "{column}"' for column in names)
            file = name.replace(":", "_")
            said.append(
                f'[[sources]]\nname = "{file}"\ntable = "{table}"\npath = "{file}.csv"\n'
                f"columns = {{ {mapped} }}"
            )
            lines = [",".join(names)]
            lines += [
                ",".join(str("" if row.get(n) is None else row[n]) for n in names)
                for row in self.rows.get(name, [])
            ]
            (self.folder / f"{file}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        (self.folder / "kadar.toml").write_text("\n".join(said), "utf-8")
        report = sync(project.load(self.folder), recorded_at=moment(day))
        assert not report.failed, report.failed
        assert not any(one.counts.quarantined for one in report.sources)

    def open(self, as_of: datetime | None = None) -> Workspace:
        return kadar.open(self.folder, as_of=as_of)

    def value(self, kpi: str, month: str = "2026-03", **asked: Any) -> float | None:
        """What `kadar ask` says now."""
        year, number = month.split("-")
        until = f"{year}-{int(number) + 1:02}-01"
        rows = self.open().ask(kpi, since=f"{month}-01", until=until, **asked).rows
        return rows[0].value if rows else None


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
