"""Files of orders: what importing, asking and starting cost, beside the same work by hand."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import kadar
from benchmarks import orders, peers
from benchmarks.measured import best, run

KADAR = str(Path(sys.executable).with_name("kadar"))


def section(work: Path, rows: int) -> list[str]:
    """Measure, and return the report's lines."""
    export, project = work / "acme" / "orders.csv", work / "acme"
    orders.write(export, rows)
    size = export.stat().st_size / 1e6
    print(f"{rows:,} orders, {size:,.0f} MB")
    return [
        f"{rows:,} orders of {rows // 10:,} customers over three years, a CSV of {size:,.0f} MB.",
        "",
        *_import(work, rows),
        *_asks(work),
        *_start(project),
    ]


def _import(work: Path, rows: int) -> list[str]:
    project, export = work / "acme", work / "acme" / "orders.csv"
    run([KADAR, "init", "--project", str(project), "--name", "Acme", "--currency", "MYR",
         "--time-zone", "Asia/Kuala_Lumpur"])  # fmt: skip
    loaded = run([KADAR, "import", str(export), "--project", str(project), "--yes"])
    print(loaded.output[-600:])
    by_hand = peers.load(export, work / "peer.duckdb")
    return [
        "### Import",
        "",
        "| | seconds | rows a second | peak memory |",
        "|---|---|---|---|",
        f"| `kadar import`: landed raw, typed, checked, derived, published | {loaded.seconds:.1f} "
        f"| {rows / loaded.seconds:,.0f} | {loaded.megabytes:,.0f} MB |",
        f"| DuckDB `read_csv` into one typed table | {by_hand:.1f} | {rows / by_hand:,.0f} | |",
        "",
    ]


def _asks(work: Path) -> list[str]:
    lines = [
        "### Ask",
        "",
        "36 months, each value with interval, sample and what was left out; second run of two.",
        "",
        "| KPI | overall, s | by channel, s | by hand, value only, s |",
        "|---|---|---|---|",
    ]
    workspace = kadar.open(work / "acme")
    for name, variants in workspace.computable().items():
        usual = workspace.kpis[name].usual
        if variants[usual]:
            continue
        peer = f"{peers.ask(work / 'peer.duckdb', name):.2f}" if name in peers.BY_HAND else ""
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
        "### Start",
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
