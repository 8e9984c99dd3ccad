"""Many readers of the dashboard while a sync writes: `python -m benchmarks.readers`.

A company of a few thousand deals is served by `kadar serve` in a process of its own; another
process syncs changed files again and again; readers on loopback ask for pages and panels. Prints
requests, errors, percentiles, and whether every answer belonged to one data version.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

TOML = """
[company]
name = "Readers"
observed_until = "2026-06-30"
[[sources]]
name = "deals"
table = "deals"
path = "deals.csv"
[sources.columns]
deal_id = "ID"
created_at = "Created"
closed_at = "Closed"
outcome = "Outcome"
channel = "Channel"
amount = "Amount"
"""
ADDRESSES = (
    "/",
    "/?role=sales&lang=ms",
    "/kpi/win_rate",
    "/kpi/win_rate?grain=quarter",
    "/kpi/win_rate/series.json",
    "/kpi/win_rate/series.csv?grain=quarter",
    "/kpi/win_rate/series.json?where=channel%3Dweb",
    "/data",
)


@dataclass
class Seen:
    """What readers saw: seconds of each request, errors, and the rows by address and version."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    rows: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, address: str, seconds: float, body: bytes) -> None:
        """Note an answer; of a JSON panel also the rows that its data version was told with."""
        with self.lock:
            self.seconds.append(seconds)
            if ".json" in address:
                told = json.loads(body)
                rows = self.rows.setdefault((address, told["data_version"]), set())
                rows.add(json.dumps(told["rows"]))

    def percentile(self, share: float) -> float:
        """Return the time below which a share of the requests took."""
        return sorted(self.seconds)[min(int(share * len(self.seconds)), len(self.seconds) - 1)]


def write_deals(folder: Path, edition: int) -> None:
    """Write the company's export; each edition has won one more deal in every twenty."""
    draw = random.Random(1)
    lines = ["ID,Created,Closed,Outcome,Channel,Amount"]
    for i in range(4000):
        month, day = 1 + i % 6, 1 + draw.randrange(28)
        won = draw.random() < 0.4 or i % 20 < edition % 20
        channel = draw.choice(("web", "event"))
        lines.append(
            f"{i},2026-{month:02}-01,2026-{month:02}-{day:02},{'won' if won else 'lost'},"
            f"{channel},{draw.randrange(100, 900)}"
        )
    written = folder / "deals.csv.new"
    written.write_text("\n".join(lines) + "\n", "utf-8")
    written.replace(folder / "deals.csv")


def run(readers: int, seconds: float, least: int = 1) -> tuple[Seen, int]:
    """Read while a sync writes, some seconds and `least` so many syncs; return both."""
    seen, syncs, over = Seen(), 0, threading.Event()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "kadar.toml").write_text(TOML, "utf-8")
        write_deals(folder, 0)
        _kadar("sync", "--project", name).wait()
        port = _free_port()
        server = _kadar("serve", "--project", name, "--port", str(port))
        try:
            _ready(port)
            until = time.monotonic() + seconds
            threads = [
                threading.Thread(target=_read, args=(port, i, over, seen)) for i in range(readers)
            ]
            for thread in threads:
                thread.start()
            while time.monotonic() < until or syncs < least:
                syncs += 1
                write_deals(folder, syncs)
                if _kadar("sync", "--project", name).wait() != 0:
                    seen.errors.append("a sync failed")
            over.set()
            for thread in threads:
                thread.join()
        finally:
            server.terminate()
            server.wait()
    return seen, syncs


def _kadar(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kadar", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _ready(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5).close()
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _read(port: int, number: int, over: threading.Event, seen: Seen) -> None:
    draw = random.Random(number)
    while not over.is_set():
        address = draw.choice(ADDRESSES)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=30) as answer:
                body = answer.read()
            seen.add(address, time.monotonic() - began, body)
        except (OSError, ValueError, KeyError) as error:
            with seen.lock:
                seen.errors.append(f"{address}: {error}")
        time.sleep(draw.uniform(0.2, 1.0))  # a person reads


def section(readers: int, seconds: float) -> list[str]:
    """Measure, and return the report's lines."""
    seen, syncs = run(readers, seconds)
    mixed = [address for (address, _), rows in seen.rows.items() if len(rows) > 1]
    versions = {version for _, version in seen.rows}
    times = ", ".join(
        f"p{100 * share:.0f} {1000 * seen.percentile(share):.0f} ms" for share in (0.5, 0.95, 0.99)
    )
    return [
        f"{readers} readers for {seconds:.0f} s, {syncs} syncs meanwhile: {len(seen.seconds):,} "
        f"answers of {len(versions)} data versions, {times}; {len(seen.errors)} errors, "
        f"{len(mixed)} answers that mixed versions.",
        *seen.errors[:10],
    ]


def main() -> None:
    """Run, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    print("\n".join(section(asked.readers, asked.seconds)))


if __name__ == "__main__":
    main()
