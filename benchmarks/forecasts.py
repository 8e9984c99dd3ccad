"""Forecasts beside lifetimes (archived) and pymc-marketing, each in an environment of its own.

`python -m benchmarks.forecasts` prints the table alone; `--rows N` for another size.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pandas as pd

FITS = Path(__file__).with_name("forecast_fits.py")
LIFETIMES = ["lifetimes==0.11.3", "numpy<2", "pandas<2", "scipy<1.12", "autograd<1.6",
             "pyarrow<15"]  # fmt: skip
PYMC = ["pymc-marketing", "pyarrow"]
LIMIT, LONG = 3600, 10  # seconds that a peer may take; that it takes but once


@dataclass(frozen=True)
class Task:
    """What is timed: the title names estimator and input; peers as far as they have it."""

    name: str
    title: str
    folder: str
    peers: tuple[str, ...]


def section(work: Path, rows: int) -> list[str]:
    """Measure, and return the report's lines."""
    few, tenth = max(rows // 100, 1000), max(rows // 10, 1000)
    _write_purchases(work / "many", rows)
    _write_purchases(work / "tenth", tenth)
    _write_lives(work / "few", few)
    groups = _write_days(work / "days", rows)
    orders, customers = _write_orders(work / "orders", rows)
    tasks = [
        Task("bg_nbd", f"BG/NBD, {rows:,} customers, continuous times", "many",
             ("lifetimes", "pymc")),
        Task("bg_nbd", f"BG/NBD, {tenth:,} customers, continuous times", "tenth",
             ("lifetimes", "pymc")),
        Task("bg_nbd_days", f"BG/NBD, {rows:,} customers in days: {groups:,} kinds, `weights=`",
             "days", ("lifetimes",)),
        Task("gamma_gamma", f"Gamma-Gamma, those of {rows:,} customers who came back", "many",
             ("lifetimes", "pymc")),
        Task("pareto_nbd", f"Pareto/NBD, {few:,} customers, continuous times", "few",
             ("lifetimes", "pymc")),
        Task("rfm", f"{orders:,} orders → x, t_x, T, spend of {customers:,} (DuckDB; pandas)",
             "orders", ("lifetimes", "pymc")),
        Task("clv", f"{orders:,} orders → a year's value of {customers:,} customers "
             "(BG/NBD × Gamma-Gamma)", "orders", ("lifetimes", "pymc")),
    ]  # fmt: skip
    peers = {"lifetimes": _lifetimes(work), "pymc": _pymc(work)}
    lines = [
        "Maximum likelihood (pymc-marketing: its MAP, which is another estimate) in a cold process "
        "each, from arrays in memory to parameters (orders: from file to result); medians of three,"
        " of peers above ten seconds one run. Standard errors are part of kadar's time.",
        "",
        "| | kadar, s | MB | lifetimes, s | MB | × | pymc-marketing, s | MB | × |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for task in tasks:
        mine = _measured(sys.executable, task.name, "kadar", work / task.folder)
        cells = [task.title, _seconds(mine["seconds"]), f"{mine['megabytes']:,.0f}"]
        for peer, python in peers.items():
            if peer not in task.peers or isinstance(python, str):
                cells += ["", "", ""]
                continue
            theirs = _measured(str(python), task.name, peer, work / task.folder)
            if not theirs:
                cells += ["failed", "", ""]
                continue
            cells += [_seconds(theirs["seconds"]), f"{theirs['megabytes']:,.0f}",
                      f"{theirs['seconds'] / mine['seconds']:.0f}"]  # fmt: skip
            print(task.name, mine["found"], theirs["found"])
        lines.append("| " + " | ".join(cells) + " |")
        print(lines[-1])
    skipped = [f"{peer}: {why}" for peer, why in peers.items() if isinstance(why, str)]
    return [*lines, *(["", "Skipped: " + "; ".join(skipped) + "."] if skipped else [])]


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _measured(python: str, task: str, library: str, folder: Path) -> dict[str, Any]:
    """Median of three cold runs; one of a peer that takes long; empty where it fails."""
    runs = []
    for _ in range(3):
        command = [python, str(FITS), task, library, str(folder)]
        root = {"PYTHONPATH": str(FITS.parents[1])} if library == "kadar" else {"PYTHONPATH": ""}
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT, check=True,
                env={**os.environ, **root},
            )  # fmt: skip
        except subprocess.SubprocessError as error:
            print(task, library, error, getattr(error, "stderr", "")[-800:])
            return {}
        runs.append(json.loads(done.stdout.splitlines()[-1]))
        if library != "kadar" and runs[-1]["seconds"] > LONG:
            break
    middle = median(run["seconds"] for run in runs)
    return {**runs[-1], "seconds": middle, "megabytes": median(r["megabytes"] for r in runs)}


def _lifetimes(work: Path) -> Path | str:
    return _environment(work / "lifetimes", sys.executable, LIFETIMES)


def _pymc(work: Path) -> Path | str:
    """pymc-marketing wants Python 3.12 or later; any found on the path or under ~/.pyenv."""
    found = [shutil.which(f"python3.{minor}") for minor in (12, 13, 14)]
    found += map(str, sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python")))
    for python in filter(None, found):
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return _environment(work / "pymc", python, PYMC)
    return "needs Python 3.12, which is not here"


def _environment(folder: Path, python: str, packages: list[str]) -> Path | str:
    """A fresh environment with packages, or why there is none."""
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
    try:
        for command in ([python, "-m", "venv", str(folder)], pip):
            subprocess.run(command, check=True, capture_output=True, timeout=1800)
    except subprocess.SubprocessError as error:
        return f"could not be installed ({type(error).__name__})"
    return folder / "bin" / "python"


def _write_purchases(folder: Path, n: int) -> None:
    """Customers of a BG/NBD process in weeks and their mean spend, from a fixed seed."""
    random = np.random.default_rng(1)
    T = random.uniform(27, 39, n)  # noqa: N806
    bought = random.poisson(random.gamma(0.6, 1 / 6, n) * T)
    leaves = random.geometric(np.maximum(random.beta(0.9, 2.5, n), 1e-12))
    x = np.minimum(bought, leaves)
    # the x-th of all purchases that would have been, in order, lies where a beta variable does
    last = random.beta(np.maximum(x, 1), np.maximum(bought - x + 1, 1)) * T
    again = x > 0
    number = x[again]
    spend = random.gamma(6.0 * number, 1 / (random.gamma(4, 1 / 15, number.size) * number))
    _save(folder, x=x.astype(float), t_x=np.where(again, last, 0.0), T=T,
          again=number.astype(float), spend=spend)  # fmt: skip


def _write_lives(folder: Path, n: int) -> None:
    """Customers of a Pareto/NBD process, in weeks."""
    random = np.random.default_rng(2)
    T = random.uniform(27, 39, n)  # noqa: N806
    life = random.exponential(1, n) / random.gamma(0.6, 1 / 12, n)
    seen = np.minimum(life, T)
    x = random.poisson(random.gamma(0.55, 1 / 10.6, n) * seen)
    last = random.beta(np.maximum(x, 1), 1) * seen  # the last of x moments spread evenly
    _save(folder, x=x.astype(float), t_x=np.where(x > 0, last, 0.0), T=T)


def _write_days(folder: Path, n: int) -> int:
    """The same process in whole days (given in weeks), customers alike counted once."""
    _write_purchases(folder, n)
    x, t_x, T = (np.load(folder / f"{name}.npy") for name in ("x", "t_x", "T"))  # noqa: N806
    T = np.ceil(T * 7)  # noqa: N806
    t_x = np.where(x > 0, np.minimum(np.maximum(np.rint(t_x * 7), 1), T), 0)
    keys, counts = np.unique((x * 1000 + t_x) * 1000 + T, return_counts=True)
    rest, T = np.divmod(keys, 1000)  # noqa: N806
    x, t_x = np.divmod(rest, 1000)
    _save(folder, x=x, t_x=t_x / 7, T=T / 7, weights=counts)
    return len(keys)


def _write_orders(folder: Path, n: int) -> tuple[int, int]:
    """Orders of a BG/NBD process, about `n`: as kadar's store has them, and as Parquet.

    Returns how many orders there are, and of how many customers.
    """
    random, customers = np.random.default_rng(3), max(n // 6, 100)
    days = random.integers(200, 1096, customers)  # from the first order to 30 June 2026
    bought = random.poisson(random.gamma(1.0, 1 / 70, customers) * days)
    stays = random.geometric(np.maximum(random.beta(0.8, 6.0, customers), 1e-12))
    owner = np.repeat(np.arange(customers), bought)
    later = np.ceil(random.random(owner.size) * days[owner]).astype(int)
    order = np.lexsort([later, owner])  # each one's in time; those after leaving fall away
    place = np.arange(owner.size) - np.repeat(np.cumsum(bought) - bought, bought)
    kept = order[place < stays[owner]]
    who = np.concatenate([np.arange(customers), owner[kept]])
    since = np.concatenate([np.zeros(customers, int), later[kept]])
    when = np.datetime64("2026-06-30") - days[who] + since
    spend = random.gamma(6.0, 1 / random.gamma(4.0, 1 / 15, customers)[who]) + 0.01
    mixed = random.permutation(who.size)
    orders = pd.DataFrame({"who": who[mixed], "day": when[mixed], "revenue": spend[mixed]})
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "orders.duckdb")) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create schema crm")
        connection.register("made", orders)
        connection.execute(
            """
            create table crm.orders as
            select 'C' || lpad(who::varchar, 8, '0') as customer_id,
                day::date::timestamptz as ordered_at, day::date as ordered_on,
                revenue::decimal(18, 4) as revenue, false as rate_missing
            from made
            """
        )
        connection.execute(
            "create table crm.company as select timestamptz '2026-07-01' as observed_until, "
            "false as observed_until_assumed"
        )
        connection.execute(
            f"copy (select customer_id, ordered_on as day, revenue::double as revenue "
            f"from crm.orders) to '{folder / 'orders.parquet'}'"
        )
    return len(orders), customers


def _save(folder: Path, **columns: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, column in columns.items():
        np.save(folder / f"{name}.npy", column)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        print("\n".join(section(Path(folder), asked.rows)))
