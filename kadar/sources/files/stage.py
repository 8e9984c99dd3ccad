"""Staging: the raw records of a source as typed rows of one model table, the impossible refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb

from kadar.language import N_
from kadar.sources.files.expressions import expression_error
from kadar.sources.files.keys import add_keys, note_on_keys
from kadar.sources.files.landing import headers_of, raw_table
from kadar.sources.files.mapping import Input, Inputs, inputs
from kadar.sources.files.profile import Place
from kadar.sources.files.readers import Reader, alias, mapped, reader, said
from kadar.sources.files.sql import one
from kadar.sources.source import Parcel, Progress, Staged
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.model import Table
    from kadar.project import Project, Source


@dataclass(frozen=True)
class _Read:
    inputs: Inputs
    readers: list[Reader]

    @property
    def pairs(self) -> list[tuple[Input, Reader]]:
        """Each column's input with its reader."""
        return list(zip(self.inputs.given, self.readers, strict=True))


@dataclass(frozen=True)
class Stage:
    """One staging: which source, into which table, from which landed parcels."""

    connection: DuckDBPyConnection
    project: Project
    source: Source
    table: Table
    load_id: int
    parcels: list[Parcel]
    mapping: str
    progress: Progress

    def run(self) -> Staged:
        """Make the temporary tables of accepted and of refused rows."""
        self._make_empty()
        notes: list[str] = []
        carried: dict[str, bool] = {}
        if self.parcels:
            read = self._read()
            self._fill(read)
            self._refuse(read)
            columns = {i.column for i in read.inputs.given}
            made = add_keys(
                self.connection, self.table, self.staged, self._base, self._headers, columns
            )
            notes += note_on_keys(self.source, self.table, made)
            for i, reader_ in read.pairs:
                carried[i.column] = reader_.date_only or self._all_midnight(i, reader_)
            carried.update(dict.fromkeys(made, False))
            self.progress(N_("mapping"), len(columns) + 1, len(columns) + 1)
        return Staged(
            self.staged,
            self.refused,
            raw_table(self.source.name),
            self._count(self.staged) + self._count(self.refused),
            carried,
            notes,
            self.parcels,
            self.mapping,
        )

    @property
    def staged(self) -> str:
        """Name of the temporary table of accepted rows."""
        return f"temp.staged_{self.load_id}"

    @property
    def refused(self) -> str:
        """Name of the temporary table of refused rows."""
        return f"temp.refused_{self.load_id}"

    def where(self, row: int) -> str:
        """Say where a record is: its file and line."""
        file, line = one(
            self.connection,
            f"SELECT _file, _line FROM {raw_table(self.source.name)} WHERE _row = ?",
            [row],
        )
        return N_("{file}, line {line}").format(file=file, line=line)

    @cached_property
    def _headers(self) -> list[str]:
        return headers_of(self.connection, self.source.name, self.parcels)

    @cached_property
    def _rows(self) -> str:
        spans = sorted((p.first_row, p.first_row + p.rows - 1) for p in self.parcels)
        joined: list[tuple[int, int]] = []
        for first, last in spans:
            if joined and first == joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        return " OR ".join(f"_row BETWEEN {first} AND {last}" for first, last in joined)

    @cached_property
    def _base(self) -> str:
        raw = raw_table(self.source.name)
        return f"(SELECT * FROM {raw} WHERE ({self._rows}) AND _ragged IS NULL)"

    def _make_empty(self) -> None:
        columns = ", ".join(f"{quoted(c.name)} {c.sql_type}" for c in self.table.columns)
        for name in (self.staged, self.refused):
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        self.connection.execute(f"CREATE TEMP TABLE {_bare(self.staged)} (_row BIGINT, {columns})")
        self.connection.execute(
            f'CREATE TEMP TABLE {_bare(self.refused)} (_row BIGINT, "column" VARCHAR, '
            "reason VARCHAR, remedy VARCHAR)"
        )

    def _read(self) -> _Read:
        """Resolve the columns' inputs and decide how each is read."""
        found = inputs(
            self.connection,
            self.project,
            self.source,
            self.table,
            self._base,
            self._headers,
            self.where,
        )
        readers = []
        for number, i in enumerate(found.given):
            self.progress(N_("mapping"), number, len(found.given) + 1)
            relation = f"(SELECT _row, {self._input(i)} AS {alias(number)} FROM {found.relation})"
            place = Place(self.source.name, i.column, self.where)
            try:
                decided = reader(
                    self.connection,
                    self.project,
                    self.source,
                    self.table,
                    i,
                    relation,
                    alias(number),
                    place,
                )
            except duckdb.Error as error:
                raise self._failed(i, error) from error
            readers.append(decided)
        return _Read(found, readers)

    def _input(self, given: Input) -> str:
        if given.type != "VARCHAR":
            return given.sql
        return mapped(given.sql, self.source.values.get(given.column, {}))

    def _failed(self, given: Input, error: Exception) -> Exception:
        """Turn what the database says of an expression into an error that names it."""
        if not given.said.startswith("="):
            return error
        return expression_error(self.source.name, given.column, given.said[1:].strip(), error)

    def _fill(self, read: _Read) -> None:
        """Read every record once, marking the first column that could not be read."""
        listed = [f"{self._input(i)} AS {alias(n)}" for n, (i, _) in enumerate(read.pairs)]
        unfit = "".join(
            f" WHEN {need.text} IS NOT NULL AND {need.value} IS NULL THEN {number}"
            for number, (i, _) in enumerate(read.pairs)
            for need in i.needs
        )
        listed.append(f"{f'CASE{unfit} END' if unfit else 'NULL::INTEGER'} AS _unfit")
        values = {i.column: reader_.value for i, reader_ in read.pairs}
        columns = [
            f"({values.get(column.name, 'NULL')})::{column.sql_type} AS {quoted(column.name)}"
            for column in self.table.columns
        ]
        problems = "".join(
            f" WHEN {alias(number)} IS NOT NULL AND {quoted(i.column)} IS NULL THEN {number}"
            for number, (i, _) in enumerate(read.pairs)
        )
        names = ", ".join(quoted(name) for name in self.table.column_names)
        self.connection.execute(f"DROP TABLE {self.staged}")
        try:
            self.connection.execute(
                f"CREATE TEMP TABLE {_bare(self.staged)} AS SELECT _row, {names}, "
                f"CASE WHEN _unfit IS NOT NULL THEN _unfit{problems} END AS _problem FROM "
                f"(SELECT *, {', '.join(columns)} FROM "
                f"(SELECT _row, {', '.join(listed)} FROM {read.inputs.relation}))"
            )
        except duckdb.Error as error:
            made = next((i for i in read.inputs.given if i.said.startswith("=")), None)
            raise (self._failed(made, error) if made else error) from error

    def _refuse(self, read: _Read) -> None:
        """Move the marked rows to the refused ones, each with its reason."""
        self._refuse_ragged()
        marked = self.connection.execute(
            f"SELECT DISTINCT _problem FROM {self.staged} WHERE _problem IS NOT NULL"
        ).fetchall()
        for (number,) in marked:
            i, reader_ = read.pairs[number]
            reason = reader_.reason
            for need in i.needs:
                template = N_("“{value}” in {header} is neither a number nor a moment")
                told = said(template.replace("{header}", need.header), need.text)
                reason = (
                    f"CASE WHEN {need.text} IS NOT NULL AND {need.value} IS NULL THEN {told} "
                    f"ELSE {reason} END"
                )
            self.connection.execute(
                f"INSERT INTO {self.refused} "
                f"SELECT _row, {literal(i.column)}, {reason}, {literal(reader_.remedy)} FROM "
                f"(SELECT *, {self._input(i)} AS {alias(number)} FROM {read.inputs.relation}) "
                f"WHERE _row IN (SELECT _row FROM {self.staged} WHERE _problem = {number})"
            )
        if marked:
            self.connection.execute(f"DELETE FROM {self.staged} WHERE _problem IS NOT NULL")
        self.connection.execute(f"ALTER TABLE {self.staged} DROP COLUMN _problem")

    def _refuse_ragged(self) -> None:
        reason = said(
            N_("the record has {value} fields, not as many as the header"),
            "json_array_length(_ragged)",
        )
        text = "rtrim(array_to_string(from_json(_ragged, '[\"VARCHAR\"]'), ''), chr(10))"
        lines = f"(length({text}) - length(replace({text}, chr(10), '')) + 1)"
        # an open quote takes the lines after it into its record: their number is told
        open_quote = said(
            N_("It runs over {value} lines: close the quote that is open in it."), lines
        )
        remedy = literal(N_("Put quotes around fields that hold the delimiter or a line end."))
        self.connection.execute(
            f"INSERT INTO {self.refused} SELECT _row, NULL, {reason}, "
            f"CASE WHEN {lines} > 2 THEN {open_quote} ELSE {remedy} END "
            f"FROM {raw_table(self.source.name)} WHERE ({self._rows}) AND _ragged IS NOT NULL"
        )

    def _all_midnight(self, given: Input, read: Reader) -> bool:
        """Tell whether every moment is a local midnight: dates that were given a clock time."""
        if not read.may_be_midnight:
            return False
        column, zone = quoted(given.column), literal(self.project.company.time_zone)
        for some in ("LIMIT 1000", ""):  # a look at a few settles most columns
            (all_midnight,) = one(
                self.connection,
                f"SELECT bool_and(({column} AT TIME ZONE {zone})::TIME = TIME '00:00:00') "
                f"FROM (SELECT {column} FROM {self.staged} WHERE {column} IS NOT NULL {some})",
            )
            if not all_midnight:
                return False
        return True

    def _count(self, table: str) -> int:
        return int(one(self.connection, f"SELECT count(*) FROM {table}")[0])


def _bare(name: str) -> str:
    return name.removeprefix("temp.")
