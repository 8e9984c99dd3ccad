"""`make bench`: measure, and write benchmarks/README.md. `--rows N` for another size."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import kadar
from benchmarks import forecasts, orders, peers
from benchmarks.measured import best, run

HERE = Path(__file__).parent
WORK = HERE / "work"
KADAR = str(Path(sys.executable).with_name("kadar"))


def main() -> None:
    """Measure everything and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows = parser.parse_args().rows
    shutil.rmtree(WORK, ignore_errors=True)
    export, project = WORK / "acme" / "orders.csv", WORK / "acme"
    orders.write(export, rows)
    print(f"{rows:,} orders, {export.stat().st_size / 1e6:,.0f} MB")
    lines = [
        *_head(rows, export),
        *_import(project, export, rows),
        *_asks(project),
        *_start(project),
        *forecasts.section(WORK, rows),
    ]
    (HERE / "README.md").write_text("\n".join(lines) + "\n", "utf-8")
    shutil.rmtree(WORK)


def _head(rows: int, export: Path) -> list[str]:
    return [
        "# Benchmarks",
        "",
        "Made by `make bench`; the peer of each figure is measured in the same run.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, duckdb {version('duckdb')}. "
        f"{rows:,} orders of {rows // 10:,} customers over three years, "
        f"a CSV of {export.stat().st_size / 1e6:,.0f} MB.",
        "",
    ]


def _import(project: Path, export: Path, rows: int) -> list[str]:
    run([KADAR, "init", "--project", str(project), "--name", "Acme", "--currency", "MYR",
         "--time-zone", "Asia/Kuala_Lumpur"])  # fmt: skip
    loaded = run([KADAR, "import", str(export), "--project", str(project), "--yes"])
    print(loaded.output[-600:])
    by_hand = peers.load(export, WORK / "peer.duckdb")
    return [
        "## Import",
        "",
        "| | seconds | rows a second | peak memory |",
        "|---|---|---|---|",
        f"| `kadar import`: landed raw, typed, checked, derived, published | {loaded.seconds:.1f} "
        f"| {rows / loaded.seconds:,.0f} | {loaded.megabytes:,.0f} MB |",
        f"| DuckDB `read_csv` into one typed table | {by_hand:.1f} | {rows / by_hand:,.0f} | |",
        "",
    ]


def _asks(project: Path) -> list[str]:
    lines = [
        "## Ask",
        "",
        "36 months, each value with interval, sample and what was left out; second run of two.",
        "",
        "| KPI | overall, s | by channel, s | by hand, value only, s |",
        "|---|---|---|---|",
    ]
    workspace = kadar.open(project)
    for name, variants in workspace.computable().items():
        usual = workspace.kpis[name].usual
        if variants[usual]:
            continue
        peer = f"{peers.ask(WORK / 'peer.duckdb', name):.2f}" if name in peers.BY_HAND else ""
        whole, split = _seconds(workspace, name), _seconds(workspace, name, ["channel"])
        lines.append(f"| `{name}` | {whole:.2f} | {split:.2f} | {peer} |")
        print(lines[-1])
    core = [made.name for made in workspace.kpis if made.core]
    started = time.perf_counter()
    workspace.ask(core, collect=True)
    lines += ["", f"All core KPIs the file can carry, one statement: "
              f"{time.perf_counter() - started:.2f} s.", ""]  # fmt: skip
    return lines


def _seconds(workspace: kadar.Workspace, name: str, by: list[str] | None = None) -> float:
    times = []
    for _ in range(2):
        started = time.perf_counter()
        workspace.ask(name, by=by or [])
        times.append(time.perf_counter() - started)
    return times[-1]


def _start(project: Path) -> list[str]:
    helped = best(5, [KADAR, "--help"])
    bare = best(5, [sys.executable, "-c", "import duckdb, numpy"])
    asked = best(5, [KADAR, "ask", "revenue", "--project", str(project)])
    query = _seconds(kadar.open(project), "revenue")
    beyond = asked.seconds - query
    return [
        "## Start",
        "",
        "| | seconds |",
        "|---|---|",
        f"| `kadar --help` | {helped.seconds:.2f} |",
        f"| `python -c 'import duckdb, numpy'` | {bare.seconds:.2f} |",
        f"| `kadar ask revenue`, asked before | {asked.seconds:.2f} |",
        f"| the same question in a running process | {query:.2f} |",
        f"| overhead of the process beyond the question | {beyond:.2f} |",
        f"| overhead beyond the question and those imports | {beyond - bare.seconds:.2f} |",
    ]


if __name__ == "__main__":
    main()
