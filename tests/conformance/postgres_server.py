"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket, removed.

It refuses to run as root, so that root starts it as the user `postgres` of the package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

USER = "postgres"
SETTINGS = ("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=10")


def binaries() -> Path:
    """Return the folder of `initdb` and `pg_ctl`, of the newest version; skips where none is."""
    for name in ("initdb", "pg_ctl"):
        found = shutil.which(name)
        if found:
            return Path(found).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    there = [folder for folder in folders if (folder / "initdb").exists()]
    if not there:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return max(there, key=lambda folder: float(folder.parent.name))


@contextmanager
def server() -> Iterator[str]:
    """Start a server and yield how to connect; its text is ordered by code point."""
    tools = binaries()
    folder = Path(mkdtemp(prefix="kadar-pg-"))  # a socket's path has at most 107 characters
    data = folder / "data"
    options = " ".join(f"-c {setting}" for setting in SETTINGS)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        _run(folder, tools / "initdb", "-D", data, "-U", USER, "-A", "trust", "-N",
             "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        _run(folder, tools / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log",
             "-o", f"{options} -k {folder}", "start")  # fmt: skip
        try:
            yield f"host={folder} user={USER} dbname=postgres"
        finally:
            _run(folder, tools / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, *command: object) -> None:
    as_user = []
    if os.geteuid() == 0:
        as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    output = folder / "output"
    with output.open("w") as stream:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            [*as_user, *map(str, command)], stdout=stream, stderr=stream, cwd=folder, check=False
        )
    if done.returncode:
        raise RuntimeError(output.read_text())
