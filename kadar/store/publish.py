"""Publishing: a finished version of the data becomes a file of its own that readers open."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.store import definitions
from kadar.store.reading import remove_spilled
from kadar.store.sql import any_order, transaction, value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.project import Project
    from kadar.sources.source import Progress
    from kadar.store.definitions import Stated
    from kadar.store.writer import Derive

KEEP = 3  # versions: the current one and two before it, for readers that still look at them
_FICLONE = 0x40049409  # Linux: let two files share their blocks until one is written to
_CHUNK = 8 << 20  # bytes


def publish(
    connection: DuckDBPyConnection,
    folder: Path,
    project: Project,
    *,
    derive: Derive | None = None,
    progress: Progress | None = None,
    stated: Stated | None = None,
) -> str | None:
    """Derive `crm`, copy the model file and make the copy the current version.

    What is `stated` goes into the version. Returns the name of the new version; None where
    nothing changed since the current one. What was derived but not copied before the process was
    killed is only copied.
    """
    tell = progress or (lambda step, done, total: None)
    version = _derive(connection, project, derive, tell, stated)
    if version is None or (current(folder) == version and file_of(folder, version).exists()):
        return None
    _copy(connection, folder, version, tell)
    _point(folder, version)
    prune(folder, version)
    return version


def current(folder: Path) -> str | None:
    """Return the name of the version readers see; None before the first."""
    try:
        return (folder / "current").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def file_of(folder: Path, version: str) -> Path:
    """Return where the file of a version is."""
    return folder / "published" / f"{version}.duckdb"


def prune(folder: Path, version: str) -> None:
    """Remove versions older than the last `KEEP` up to `version`, and what a kill left half-copied.

    A version that is newer than `version` is never removed.
    """
    published = folder / "published"
    for half in published.glob("*.partial"):
        _unlink(half)
    files = sorted((_number(file.stem), file) for file in published.glob("*.duckdb"))
    old = [file for number, file in files if number <= _number(version)]
    for file in old[:-KEEP]:
        _unlink(file)
        remove_spilled(file)


def _derive(
    connection: DuckDBPyConnection,
    project: Project,
    derive: Derive | None,
    tell: Progress,
    stated: Stated | None,
) -> str | None:
    """Bring `crm` up to the model's revision; return the version it is, None while empty."""
    row = connection.execute(
        "select revision, derived_revision, derived_settings, data_version, versions "
        "from meta.version"
    ).fetchone()
    revision, derived, settings, version, versions = row or (0, None, None, None, 0)
    if not revision:
        return None
    wanted = settings_digest(project)
    derived_before = (revision, wanted) == (derived, settings)
    if derive is None:
        from kadar import derive as deriving

        derive = deriving.derive
    with any_order(connection), transaction(connection):
        changed = stated is not None and definitions.record(connection, project, stated)
        if derived_before and not changed:
            return str(version)
        if not derived_before:
            tell("deriving", 0, None)
            derive(connection, project)
        made = value(
            connection,
            "select strftime(max(started_at) at time zone 'UTC', '%Y%m%dT%H%M%SZ') from meta.loads",
        )
        version = f"{versions + 1:06d}-{made}"
        connection.execute(
            "update meta.version set data_version = ?, derived_revision = ?, "
            "derived_settings = ?, versions = versions + 1",
            [version, revision, wanted],
        )
    return version


def settings_digest(project: Project) -> str:
    """Return a digest of all but the rows that decides what is derived."""
    from msgspec import to_builtins

    from kadar import __version__
    from kadar.decisions import accepted, rejected

    said = {
        "kadar": __version__,
        "merges": accepted(project.folder),
        "kept_apart": rejected(project.folder),
        "company": to_builtins(project.company),
        "schedules": to_builtins(project.schedules),
        "tickets": to_builtins(project.tickets),
        "identity": to_builtins(project.identity),
        "sources": [(source.name, source.table) for source in project.sources],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _copy(connection: DuckDBPyConnection, folder: Path, version: str, tell: Progress) -> None:
    """Copy the model file, whole and on disk, to the version's place."""
    from kadar.store.writer import attach

    model, place = folder / "model.duckdb", file_of(folder, version)
    place.parent.mkdir(exist_ok=True)
    if place.exists():  # copied, then killed before it became the current one
        return
    partial = place.with_suffix(".partial")
    connection.execute("checkpoint store")
    # Detached while it is copied: on POSIX, closing any handle of a file drops the process's lock
    # on it, and the engine must not lose its own.
    connection.execute("use memory")
    connection.execute("detach store")
    try:
        _copy_file(model, partial, tell)
    finally:
        attach(connection, model, "store")
        connection.execute("use store")
    partial.chmod(0o444)
    _replace(partial, place)


def _copy_file(source: Path, target: Path, tell: Progress) -> None:
    target.unlink(missing_ok=True)
    total = source.stat().st_size
    with source.open("rb") as read, target.open("xb") as write:
        if not _share_blocks(read.fileno(), write.fileno()):
            while chunk := read.read(_CHUNK):
                write.write(chunk)
                tell("publishing", write.tell(), total)
        write.flush()
        os.fsync(write.fileno())


def _share_blocks(source: int, target: int) -> bool:
    """Copy by sharing blocks, in no time; say False where the file system cannot."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def _point(folder: Path, version: str) -> None:
    """Name the version as the current one: one rename, so readers see the old or the new."""
    side = folder / "current.partial"
    with side.open("w", encoding="utf-8") as file:
        file.write(version + "\n")
        file.flush()
        os.fsync(file.fileno())
    _replace(side, folder / "current")


def _replace(source: Path, target: Path) -> None:
    for patience in (0.01, 0.05, 0.2, 1.0):
        try:
            source.replace(target)
            break
        except PermissionError:  # Windows: a reader has the old one open this very moment
            time.sleep(patience)
    else:
        source.replace(target)
    if sys.platform != "win32":
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unlink(file: Path) -> None:
    with suppress(OSError):  # Windows: in use by a reader; it goes with a later version
        if sys.platform == "win32":
            file.chmod(0o666)
        file.unlink()


def _number(version: str) -> int:
    head = version.split("-", 1)[0]
    return int(head) if head.isdigit() else 0
