"""Staging of a live source: what its mapping selects, as typed rows of one table of the model."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.sources.live.mapping import Mapping_, failed
from kadar.sources.source import Staged
from kadar.store.sql import literal, quoted, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from kadar.model import Column
    from kadar.project import Project, Source
    from kadar.sources.live.connector import Object

_MAPPED = "temp._live_mapped"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True)
class LiveStage:
    """One staging: the mapping of one table, over the views of a source's objects."""

    connection: DuckDBPyConnection
    project: Project
    source: Source
    mapping: Mapping_
    objects: Sequence[Object]
    raw: str  # qualified landing table
    load_id: int

    def run(self) -> Staged:
        """Make the temporary tables of accepted and of refused rows.

        Raises KDR-SRC-012 where the SQL fails, KDR-SRC-013 for a column the table does not have,
        KDR-SRC-014 where it does not say which record a row is from.
        """
        types = self._map()
        self._split(types)
        return Staged(
            staged=self._name("staged"),
            refused=self._name("refused"),
            landing=self._name("landed"),
            read=int(value(self.connection, f"select count(*) from {_MAPPED}")),
            carried={column: self._only_dates(column, types[column]) for column in types},
            mapping=mapping_hash(self.project, self.source, self.mapping),
        )

    def _name(self, what: str) -> str:
        return f"temp.{what}_{self.load_id}"

    def _map(self) -> dict[str, str]:
        """Run the mapping; return the type of each column of the table it gives."""
        table = self.mapping.table
        try:
            made = self.connection.sql(f"select * from ({self.mapping.sql}\n) limit 0")
            names = list(made.columns)
        except duckdb.Error as error:
            raise failed(self.mapping, self.source.name, error) from error
        unknown = [name for name in names if name not in table and not name.startswith("_")]
        if unknown:
            raise KadarError(
                "KDR-SRC-013",
                N_("Source {source}: {file} selects {column}, which {table} does not have."),
                N_("Its columns: {columns}."),
                source=self.source.name,
                file=self.mapping.file,
                column=unknown[0],
                table=table.name,
                columns=nearest(unknown[0], table.column_names),
            )
        if "_row" not in names:
            raise KadarError(
                "KDR-SRC-014",
                N_("Source {source}: {file} does not select _row."),
                N_("Select it from the main object: it tells which record a row is from."),
                source=self.source.name,
                file=self.mapping.file,
            )
        custom = self.source.custom.get(table.name, {})
        given = [name for name in table.column_names if name in names or name in custom]
        leader = next((one for one in self.objects if table.name in one.tables), None)
        within = leader.within if leader else "$"
        listed = ", ".join(self._given(name, custom.get(name), within) for name in given)
        try:
            self.connection.execute(
                f"create or replace temp table {_MAPPED.removeprefix('temp.')} as "
                f"select row_number() over () as _row, m._row as _landed, {listed} "
                f"from ({self.mapping.sql}\n) m left join {self.raw} r on r._row = m._row"
            )
        except duckdb.Error as error:
            raise failed(self.mapping, self.source.name, error) from error
        described = self.connection.execute(f"describe {_MAPPED}").fetchall()
        return {name: kind for name, kind, *_ in described if name in given}

    def _given(self, name: str, custom: str | None, within: str) -> str:
        """Return a column as the mapping or kadar.toml gives it, its values translated."""
        said = f"m.{quoted(name)}"
        if custom is not None:
            path = f"{within}.{json.dumps(custom, ensure_ascii=False)}"
            said = f"json_extract_string(r.record, {literal(path)})"
        values = self.source.values.get(f"{self.mapping.table.name}.{name}")
        if values:
            cases = " ".join(
                f"when {literal(old)} then {literal(new)}"
                for old, new in values.items()
                if old != "*"
            )
            other = literal(values["*"]) if "*" in values else f"{said}::varchar"
            said = f"case {said}::varchar {cases} else {other} end" if cases else other
        return f"{said} as {quoted(name)}"

    def _split(self, types: dict[str, str]) -> None:
        """Type each row; refuse it where a value cannot be what its column holds."""
        table = self.mapping.table
        typed = {name: self._typed(table[name], kind) for name, kind in types.items()}
        listed = ", ".join(
            f"({typed.get(column.name, 'null')})::{column.sql_type} as {quoted(column.name)}"
            for column in table.columns
        )
        broken = " ".join(
            f"when {self._text(name)} is not null and ({typed[name]}) is null then {literal(name)}"
            for name, kind in types.items()
            if kind == "VARCHAR" and table[name].type != "text"
        )
        fault = f"case {broken} end" if broken else "null"
        staged, refused = self._name("staged"), self._name("refused")
        self.connection.execute(
            f"create or replace temp table {staged.removeprefix('temp.')} as "
            f"select _row, {listed}, {fault}::varchar as _fault from {_MAPPED}"
        )
        reason = literal(N_("“{value}” is not what this column holds"))
        shown = "case f._fault " + " ".join(
            f"when {literal(name)} then m.{quoted(name)}::varchar" for name in types
        )
        remedy = literal(N_("Correct it in the system, or in the mapping of this table."))
        self.connection.execute(
            f"create or replace temp table {refused.removeprefix('temp.')} as "
            f"select f._row, f._fault as \"column\", replace({reason}, '{{value}}', "
            f"left({shown} end, 80)) as reason, {remedy} as remedy "
            f"from {staged} f join {_MAPPED} m using (_row) where f._fault is not null"
        )
        self.connection.execute(f"delete from {staged} where _fault is not null")
        self.connection.execute(f"alter table {staged} drop column _fault")
        self.connection.execute(
            f"create or replace temp view {self._name('landed').removeprefix('temp.')} as "
            "select m._row, r._file, r._line, r.record::json as record "
            f"from {_MAPPED} m left join {self.raw} r on r._row = m._landed"
        )

    def _typed(self, column: Column, kind: str) -> str:
        """Return SQL of a column's value, null where it cannot be read."""
        zone = literal(self.project.company.time_zone)
        name = quoted(column.name)
        if kind == "VARCHAR" and column.type == "moment":
            text = self._text(column.name)
            day = f"(try_cast({text} as date))::timestamp at time zone {zone}"
            moment = f"try_cast({text} as timestamptz)"
            return f"case when regexp_full_match({text}, '{_DAY}') then {day} else {moment} end"
        if kind == "VARCHAR":
            return f"try_cast({self._text(column.name)} as {column.sql_type})"
        if column.type == "moment" and kind in {"DATE", "TIMESTAMP"}:
            return f"{name}::timestamp at time zone {zone}"
        return f"{name}::{column.sql_type}"

    def _text(self, name: str) -> str:
        return f"nullif(trim({quoted(name)}), '')"

    def _only_dates(self, name: str, kind: str) -> bool:
        """Tell whether a moment's every value is only a date."""
        if self.mapping.table[name].type != "moment" or kind == "DATE":
            return kind == "DATE"
        if kind != "VARCHAR":
            return False
        found = value(
            self.connection,
            f"select bool_and(regexp_full_match({self._text(name)}, '{_DAY}')) from {_MAPPED} "
            f"where {self._text(name)} is not null",
        )
        return bool(found)


def mapping_hash(project: Project, source: Source, mapping: Mapping_) -> str:
    """Return a digest of everything that turns landed records into rows of a table."""
    table = mapping.table.name
    said = [
        mapping.sql, source.custom.get(table), source.values,
        project.company.time_zone, project.company.currency,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
