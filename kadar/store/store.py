"""A project's store: where its writer and its readers find the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.store.lock import Holder, held, holder
from kadar.store.publish import current, file_of
from kadar.store.writer import Writer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project
    from kadar.store.between import Between


class Store:
    """The store of one project folder; making it opens nothing."""

    def __init__(self, project_folder: Path | str) -> None:
        self.folder = Path(project_folder) / "store"

    @contextmanager
    def writer(
        self, wait: float = 0, waiting: Callable[[Holder | None], None] | None = None
    ) -> Iterator[Writer]:
        """Open the store for writing, alone; wait up to `wait` seconds for another writer.

        `waiting` is called once with who holds it, before the wait. Raises KDR-STO-001 when the
        time is up, KDR-STO-002 for a store of a newer kadar, KDR-STO-004 for a file that cannot
        be opened.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with held(self.folder / "lock", wait, waiting):
            writer = Writer(self.folder)
            try:
                yield writer
            finally:
                writer.close()

    def held_by(self) -> Holder | None:
        """Return who writes to the store now, as far as is known."""
        return holder(self.folder / "lock")

    def version(self) -> str | None:
        """Return the name of the version readers see; None before the first."""
        return current(self.folder)

    def current(self) -> Path | None:
        """Return the file readers open, read-only; None before the first version."""
        version = current(self.folder)
        return file_of(self.folder, version) if version else None

    def as_of(self, project: Project, moment: datetime) -> DuckDBPyConnection | None:
        """Open the data as known at a past moment (aware), read-only; None before any version.

        Raises KDR-ASK-011 where nothing was known yet.
        """
        from kadar.store.as_of import as_of_file
        from kadar.store.reading import read_only

        file = as_of_file(self.folder, project, moment)
        return None if file is None else read_only(file)

    @contextmanager
    def between(
        self, project: Project, since: datetime, until: datetime | None = None
    ) -> Iterator[Between]:
        """Open the data as of `since` (aware), to be led cause by cause to `until`, or to now.

        There must be a version. Raises KDR-ASK-011 where nothing was known at `since`.
        """
        from kadar.store.between import Between

        file = self.current()
        if file is None:
            raise FileNotFoundError(self.folder)
        made = Between(file, project, since, until)
        try:
            yield made
        finally:
            made.close()

    def reader(self) -> DuckDBPyConnection | None:
        """Open the current version, read-only, with time in UTC; None before the first.

        Never waits. Raises KDR-STO-002 for a version of a newer kadar, KDR-STO-008 for one of an
        older schema, KDR-STO-009 for a file that is damaged or gone.
        """
        import duckdb

        from kadar.store.reading import read_only
        from kadar.store.schema import check_version

        while (file := self.current()) is not None:
            try:
                connection = read_only(file)
            except (duckdb.Error, FileNotFoundError) as error:
                if self.current() != file:
                    continue  # it was replaced, and its file removed, since we asked for its name
                raise KadarError(
                    "KDR-STO-009",
                    N_("The current version of the data cannot be read: {detail}"),
                    N_("Delete {file} and run kadar sync: it is made again."),
                    exit_code=FAILED,
                    file=file,
                    detail=str(error).splitlines()[0],
                ) from error
            try:
                check_version(connection, reading=True)
            except KadarError:
                connection.close()
                raise
            return connection
        return None
