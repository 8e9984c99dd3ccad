"""One connection to a database: it only reads, in one snapshot where the database keeps one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kadar.errors import FAILED, KadarError
from kadar.language import N_

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

CHUNK = 5_000  # rows in memory at once
_SECRET = re.compile("pass|pwd|secret|token|credential", re.IGNORECASE)
# How a dialect begins a transaction that only reads and sees one state of the data.
_SETTINGS: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
_STATEMENTS = {
    "sqlite": ["PRAGMA query_only = ON", "BEGIN"],
    "mysql": ["START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"],
    "mariadb": ["START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"],
    "oracle": ["SET TRANSACTION READ ONLY"],
}
SNAPSHOTS = frozenset({*_SETTINGS, *_STATEMENTS, "duckdb"})


def located(text: str) -> URL:
    """Read a database's address.

    Raises KDR-SRC-200 without SQLAlchemy, -201 for what is no address, -202 for a secret in it.
    """
    try:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        raise KadarError(
            "KDR-SRC-200",
            N_("Databases need a part that is not installed: {module}."),
            N_("Install it: pip install 'kadar[sql]'"),
            exit_code=FAILED,
            module=error.name or "?",
        ) from None
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise KadarError(
            "KDR-SRC-201",
            N_("options.url is no address of a database."),
            N_("Write it as postgresql://user@host/database or sqlite:///crm.db."),
        ) from None
    if url.password is not None or any(_SECRET.search(name) for name in url.query):
        raise KadarError(
            "KDR-SRC-202",
            N_("options.url holds a password: kadar.toml is no place for secrets."),
            N_(
                "Take it out, change it in the database, and run kadar connect: "
                "it asks for the new one."
            ),
        )
    return url


class Database:
    """An open database: queries are answered chunk by chunk from one transaction."""

    def __init__(self, address: str, password: str | None, folder: Path) -> None:
        self.url = located(address)
        self._engine = _engine(self.url, password, folder)
        self._connection: Connection | None = None

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the dialect."""
        return self._engine.dialect.name

    def quoted(self, name: str) -> str:
        """Return a name as this database writes it."""
        made: str = self._engine.dialect.identifier_preparer.quote(name)
        return made

    def rows(
        self, sql: str, parameters: dict[str, Any] | None = None
    ) -> Iterator[Sequence[Sequence[Any]]]:
        """Yield the rows of a SELECT in chunks; `{name}` in it is a parameter.

        Raises KDR-SRC-208 where the database cannot be reached, -209 where it refuses the query.
        """
        from sqlalchemy import bindparam, text
        from sqlalchemy.exc import SQLAlchemyError

        given = parameters or {}
        escaped = sql.replace(":", r"\:")
        for name in given:
            escaped = escaped.replace(f"{{{name}}}", f":{name}")
        statement = text(escaped).bindparams(*(bindparam(n, v) for n, v in given.items()))
        try:
            found = self._open().execute(statement.execution_options(yield_per=CHUNK))
            yield from found.partitions(CHUNK)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise refused(error) from None

    def columns(self, sql: str) -> list[str]:
        """Return the columns of a query's result. Raises as `rows`."""
        from sqlalchemy import text
        from sqlalchemy.exc import SQLAlchemyError

        escaped = f"SELECT * FROM ({sql}) q WHERE 1 = 0".replace(":", r"\:")
        try:
            return list(self._open().execute(text(escaped)).keys())
        except SQLAlchemyError as error:
            raise refused(error) from None

    def close(self) -> None:
        """End the transaction and the connection."""
        from sqlalchemy.exc import SQLAlchemyError

        with suppress(SQLAlchemyError):
            if self._connection is not None:
                self._connection.close()
            self._engine.dispose()
        self._connection = None

    def _open(self) -> Connection:
        from sqlalchemy.exc import SQLAlchemyError

        if self._connection is not None:
            return self._connection
        try:
            made = self._engine.connect()
            if settings := _SETTINGS.get(self.dialect):
                made = made.execution_options(**settings)
            for statement in _STATEMENTS.get(self.dialect, ()):
                made.exec_driver_sql(statement)
        except (SQLAlchemyError, OSError) as error:
            raise KadarError(
                "KDR-SRC-208",
                N_("The database {address} cannot be opened: {detail}"),
                N_("Check address, user and password; kadar connect tests them."),
                exit_code=FAILED,
                address=self.url.render_as_string(hide_password=True),
                detail=_said(error),
            ) from None
        self._connection = made
        return made


def _engine(url: URL, password: str | None, folder: Path) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    more: dict[str, Any] = {}
    kind = url.get_backend_name()
    if kind in ("sqlite", "duckdb") and url.database and url.database != ":memory:":
        file = (folder / url.database).resolve()
        if kind == "sqlite":  # opened by its own hand: it must be there, and is only read
            more["creator"] = lambda: _sqlite(file)
        else:
            url = url.set(database=str(file))
            more["connect_args"] = {"read_only": True}
    elif password is not None:
        url = url.set(password=password)
    try:
        made = create_engine(url, poolclass=NullPool, **more)
    except (NoSuchModuleError, ImportError) as error:
        raise KadarError(
            "KDR-SRC-203",
            N_("There is no driver for {dialect} here: {detail}."),
            N_("Install the one SQLAlchemy names for it; psycopg for PostgreSQL."),
            exit_code=FAILED,
            dialect=url.drivername,
            detail=_said(error),
        ) from None
    if kind == "postgresql":
        _forgive_infinity(made)
    return made


def _sqlite(file: Path) -> sqlite3.Connection:
    made = sqlite3.connect(f"file:{quote(file.as_posix())}?mode=ro", uri=True)
    made.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return made


def _forgive_infinity(engine: Engine) -> None:
    """Let psycopg read `infinity`, and years Python does not have, as no moment at all."""
    from sqlalchemy import event

    def connected(connection: Any, _record: Any) -> None:
        if type(connection).__module__.partition(".")[0] == "psycopg":  # not another driver
            from psycopg import DataError
            from psycopg.types import datetime as kinds

            def forgiving(loader: Any) -> Any:
                class Forgiving(loader):  # type: ignore[misc]
                    def load(self, data: Any) -> Any:
                        try:
                            return super().load(data)
                        except DataError:
                            return None

                return Forgiving

            adapters = connection.adapters
            for name, loader in (
                ("date", kinds.DateLoader),
                ("timestamp", kinds.TimestampLoader),
                ("timestamptz", kinds.TimestamptzLoader),
                ("date", kinds.DateBinaryLoader),
                ("timestamp", kinds.TimestampBinaryLoader),
                ("timestamptz", kinds.TimestamptzBinaryLoader),
            ):
                adapters.register_loader(name, forgiving(loader))

    event.listen(engine, "connect", connected)


def refused(error: Exception) -> KadarError:
    """Return the error for a query the database refuses; the query itself is not in it."""
    return KadarError(
        "KDR-SRC-209",
        N_("The database refuses a query: {detail}"),
        N_("Try the query there with the same user; nothing was loaded."),
        exit_code=FAILED,
        detail=_said(error),
    )


def _said(error: Exception) -> str:
    """Return what the driver says, without SQL and parameters."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())[:300]
