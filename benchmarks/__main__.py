"""`make bench`: measure, and write benchmarks/README.md. Names of parts measure these alone."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import board, connectors, files, forecasts, readers
from benchmarks.measured import stolen

HERE = Path(__file__).parent
WORK, REPORT = HERE / "work", HERE / "README.md"
HEAD = """# Benchmarks

Made by `make bench` (`python -m benchmarks forecasts` measures one part anew); the peer of each
figure is measured in the same run. Each part says when, where and beside how many others it ran.
"""


def main() -> None:
    """Measure what is asked, and write it into the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="files, forecasts, live, board, readers; else all")
    parser.add_argument("--rows", type=int, default=10_000_000)
    given = parser.parse_args()
    rows = given.rows
    parts: dict[str, tuple[str, Callable[[], list[str]]]] = {
        "files": ("Files", lambda: files.section(WORK, rows)),
        "forecasts": ("Forecasts", lambda: forecasts.section(WORK, rows)),
        "live": ("Live systems", lambda: connectors.section(rows // 50)),
        "board": ("Board", lambda: board.section(board.demo(), 200)),
        "readers": ("Readers", lambda: readers.section(50, 120)),
    }
    unknown = set(given.parts) - set(parts)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for name in given.parts or parts:
        title, measure = parts[name]
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir()
        where, before = _where(), stolen()
        measured = measure()
        taken, used = (now - then for now, then in zip(stolen(), before, strict=True))
        share = f" The host kept {taken / used:.0%} of the time this needed." if taken else ""
        lines = [f"## {title}", "", where + share, "", *measured]
        put(title, "\n".join(lines).strip() + "\n")
    shutil.rmtree(WORK, ignore_errors=True)


def put(title: str, text: str) -> None:
    """Put a part into the report in place of what it said before."""
    said = REPORT.read_text("utf-8") if REPORT.exists() else HEAD
    before, *rest = said.split("\n## ")
    parts = {one.partition("\n")[0]: f"## {one.strip()}\n" for one in rest}
    parts[title] = text
    REPORT.write_text("\n".join([before.strip() + "\n", *parts.values()]), "utf-8")


def _where() -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} at the start, Python {platform.python_version()}, "
        f"duckdb {version('duckdb')}."
    )


if __name__ == "__main__":
    main()
