"""A source given as a query over the project's own files: `select … from 'exports/a.csv'`."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.files import landing
from kadar.sources.files.profile import Place
from kadar.sources.files.reader import Read, Target, read_into
from kadar.sources.files.scan import sha256_of
from kadar.sources.files.shape import shape
from kadar.sources.files.sql import one
from kadar.sources.files.typed import typed
from kadar.sources.source import Parcel, Progress
from kadar.store.sql import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

    from kadar.project import Project, Source

ALLOWED = {"range", "generate_series", "unnest"}  # functions that make rows out of nothing
RESULT = "query_result"


class Query:
    """One query: its files, and its rows landed as those of the source.

    Only a single SELECT is taken, only files inside the project folder, and no function that
    reads anything else: the statement that runs is written anew from its parsed form, in which
    every table is one of the files' temporary tables.
    """

    def __init__(self, project: Project, source: Source) -> None:
        self.project, self.source = project, source

    @cached_property
    def files(self) -> list[tuple[str, Path]]:
        """The files the query names, as it names them, and where they are."""
        found: dict[str, Path] = {}
        for table in self._file_tables(self._parsed()):
            found.setdefault(table.name, self._path(table.name))
        return list(found.items())

    def land(self, connection: DuckDBPyConnection, load_id: int, progress: Progress) -> Parcel:
        """Run the query unless the same files gave its rows before; land its rows as text.

        The files' own records that have too many or too few fields are landed as such.
        """
        sha256 = self._sha256()
        before = landing.landed(connection, self.source.name, sha256, "query")
        if before is not None:
            return before
        names: dict[str, str] = {}
        try:
            for number, (name, path) in enumerate(self.files):
                names[name] = f"query_file_{number}"
                self._read(connection, names[name], name, path, load_id, progress)
            self._run(connection, names)
            headers = [
                str(row[0]) for row in connection.execute(f"DESCRIBE temp.{RESULT}").fetchall()
            ]
            return landing.land(
                connection, self.source.name, load_id, ", ".join(names), sha256, "query", headers,
                lambda target: self._fill(connection, target, headers, list(names.values())),
            )  # fmt: skip
        finally:
            for table in names.values():
                connection.execute(f"DROP VIEW IF EXISTS temp.{table}")
                connection.execute(f"DROP TABLE IF EXISTS temp.{table}_raw")
            connection.execute(f"DROP TABLE IF EXISTS temp.{RESULT}")

    def _sha256(self) -> str:
        source, company = self.source, self.project.company
        said = [
            source.query, source.encoding, source.delimiter, source.sheet, source.decimal,
            source.date_format if isinstance(source.date_format, str) else None,
            company.time_zone, company.currency, [sha256_of(path) for _, path in self.files],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def _parsed(self) -> exp.Query:
        import sqlglot
        from sqlglot import exp
        from sqlglot.errors import SqlglotError

        text = (self.source.query or "").strip()
        try:
            found = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
        except SqlglotError as error:
            raise self._error(str(error).split("\n", 1)[0]) from error
        tree = found[0] if len(found) == 1 else None
        if not isinstance(tree, exp.Query) or list(tree.find_all(exp.DML, exp.DDL, exp.Into))[1:]:
            raise self._error(N_("it is not one SELECT"))
        if any(not isinstance(node, exp.Query) for node in tree.find_all(exp.DML, exp.Command)):
            raise self._error(N_("it is not one SELECT"))
        return tree

    def _file_tables(self, tree: exp.Query) -> list[exp.Table]:
        from sqlglot import exp

        named = {cte.alias_or_name.casefold() for cte in tree.find_all(exp.CTE)}
        found = []
        for table in tree.find_all(exp.Table):
            if isinstance(table.this, exp.Func):
                called = table.this  # a function sqlglot knows names its first argument
                name = called.name if isinstance(called, exp.Anonymous) else called.sql_name()
                if name.casefold() not in ALLOWED:
                    raise self._error(N_("it calls {name}").format(name=name))
            elif table.db or table.catalog:
                raise self._error(N_("{name} is no file").format(name=table.sql("duckdb")))
            elif table.name.casefold() not in named:
                found.append(table)
        return found

    def _path(self, name: str) -> Path:
        folder = self.project.folder.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise KadarError(
                "KDR-MAP-011",
                N_("Source {source}: the query reads {path}, outside the project folder."),
                N_("Put the file into the project folder."),
                source=self.source.name,
                path=name,
            )
        if not path.is_file():
            raise KadarError(
                "KDR-MAP-012",
                N_("Source {source}: the query reads {path}, and there is no such file."),
                N_("Name a file of the project, as in from 'exports/deals.csv'."),
                source=self.source.name,
                path=name,
            )
        return path

    def _read(  # noqa: PLR0917
        self,
        connection: DuckDBPyConnection,
        table: str,
        name: str,
        path: Path,
        load_id: int,
        progress: Progress,
    ) -> None:
        """Make the file a temporary view of typed columns."""
        source = self.source
        found = shape(path, source.encoding, source.delimiter, source.sheet)
        raw = f"temp.{table}_raw"
        connection.execute(f"DROP VIEW IF EXISTS temp.{table}")
        connection.execute(f"DROP TABLE IF EXISTS {raw}")
        columns = ", ".join(f"{quoted(header)} VARCHAR" for header in found.headers)
        connection.execute(f"CREATE TEMP TABLE {table}_raw ({landing.RAW_COLUMNS}, {columns})")
        temporary = self.project.folder / "store" / "tmp"
        read_into(
            connection, Target(raw, load_id, name, 1), path, found, temporary,
            lambda done, total: progress(name, done, total),
        )  # fmt: skip
        fitting = f"(SELECT * FROM {raw} WHERE _ragged IS NULL)"

        def where(row: int) -> str:
            (line,) = one(connection, f"SELECT _line FROM {raw} WHERE _row = ?", [row])
            return N_("{file}, line {line}").format(file=name, line=line)

        listed = []
        for header in found.headers:
            place = Place(source.name, header, where)
            read = typed(connection, self.project, source, fitting, header, place, 1.0)
            listed.append(f"{read.sql} AS {quoted(header)}")
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT {', '.join(listed)} FROM {raw} "
            "WHERE _ragged IS NULL"
        )

    def _run(self, connection: DuckDBPyConnection, names: dict[str, str]) -> None:
        import duckdb
        from sqlglot import exp

        tree = self._parsed()
        for table in self._file_tables(tree):
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(Path(table.name).stem)))
            table.set("this", exp.to_identifier(names[table.name]))
            table.set("db", exp.to_identifier("temp"))
        connection.execute(f"DROP TABLE IF EXISTS temp.{RESULT}")
        try:
            connection.execute(f"CREATE TEMP TABLE {RESULT} AS {tree.sql(dialect='duckdb')}")
        except duckdb.Error as error:
            raise self._error(str(error).split("\n", 1)[0].rstrip(".")) from error

    def _fill(
        self,
        connection: DuckDBPyConnection,
        target: Target,
        headers: list[str],
        tables: list[str],
    ) -> Read:
        """Land the result's rows, then the files' records that do not fit their header."""
        columns = ", ".join(f"{quoted(h)}::VARCHAR AS {quoted(h)}" for h in headers)
        # rowid is the order in which the query gave its rows
        result = (
            f"SELECT {literal(target.file)} AS _file, rowid + 1 AS _line, NULL AS _ragged, "
            f"{columns} FROM temp.{RESULT}"
        )
        ragged = "".join(
            f" UNION ALL BY NAME (SELECT _file, _line, _ragged FROM temp.{table}_raw "
            "WHERE _ragged IS NOT NULL ORDER BY _row)"
            for table in tables
        )
        inserted = one(
            connection,
            f"INSERT INTO {target.table} BY NAME SELECT {target.first_row - 1} + row_number() "
            f"OVER () AS _row, {target.load_id}::BIGINT AS _load, * FROM ({result}{ragged})",
        )
        return Read(int(inserted[0]))

    def _error(self, detail: str) -> KadarError:
        return KadarError(
            "KDR-MAP-010",
            N_("Source {source}: the query fails: {detail}."),
            N_("Write one SELECT over files of the project, as in select … from 'exports/a.csv'."),
            source=self.source.name,
            detail=detail,
        )
