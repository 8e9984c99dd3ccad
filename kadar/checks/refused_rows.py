"""Rows in quarantine: records that break the model's contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kadar.checks.finding import Affected, Company, Finding
from kadar.contents import refused_rows
from kadar.language import N_
from kadar.store.sql import literal


def check(company: Company) -> Iterator[Finding]:
    """Find every record that was refused and not mended since, then their share by source."""
    refused: Counter[tuple[str, str]] = Counter()
    for row in refused_rows(company.connection):
        refused[row.source, row.table] += 1
        yield Finding(
            "KDR-CHK-001",
            row.reason,
            row.remedy,
            "broken",
            row.source,
            row.table,
            row.file,
            row.line,
            row.column,
        )
    for (source, table), count in sorted(refused.items()):
        (rows,) = company.rows(f"SELECT count(*) FROM model.{table} WHERE source = ?", [source])[0]
        yield Finding(
            "KDR-CHK-002",
            N_("{source}: {rows} of {all} rows were refused; the table {table} lacks them."),
            N_("Mend them in the source or in kadar.toml, then run kadar sync."),
            "told",
            source,
            table,
            details={"source": source, "table": table, "rows": count, "all": rows + count},
            count=count,
            affected=Affected(table, (), _absent(company, source, table), "absent"),
        )


def _absent(company: Company, source: str, table: str) -> str:
    """Query of a name for each refused row, and by moment the day its record tells.

    A day is `2026-09-14`, only a year where the text has one, `?` where nobody can tell; a moment
    that the record leaves empty is not there.
    """
    moments = ", ".join(
        f"'{column}', {_day(header, column)}"
        for column, header in _moment_headers(company, source, table).items()
    )
    return (
        "SELECT concat_ws(':', file, line, load_id, row_number() OVER ()) AS key, "
        f"json_object({moments})::VARCHAR AS days FROM meta.quarantine_now "
        f'WHERE source = {literal(source)} AND "table" = {literal(table)}'
    )


def _day(header: str | None, column: str) -> str:
    if header is None:
        return "'?'"
    text = f"trim(record ->> {literal('$.' + _json(header))})"
    iso = f"strftime(try_cast(left(replace({text}, '/', '-'), 10) AS DATE), '%Y-%m-%d')"
    year = f"nullif(regexp_extract({text}, '(?:^|[^0-9])((?:19|20)[0-9]{{2}})(?:[^0-9]|$)', 1), '')"
    known = f"CASE WHEN coalesce({text}, '') <> '' THEN coalesce({iso}, {year}, '?') END"
    return f"CASE WHEN \"column\" = '{column}' THEN '?' ELSE {known} END"


def _moment_headers(company: Company, source: str, table: str) -> dict[str, str | None]:
    """Header of each moment that places a table's rows; None where none is known."""
    from kadar.model import TABLES

    found: dict[str, str | None] = dict.fromkeys(sorted(set(TABLES[table].events.values())))
    for made in company.workspace.project.sources:
        if made.name == source and made.table == table and made.path is not None:
            for column in found:
                header = made.columns.get(column)
                if header and header[:1] != "=":
                    found[column] = header
    return found


def _json(name: str) -> str:
    return '"' + name.replace('"', '\\"') + '"'
