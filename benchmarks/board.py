"""How quick the dashboard is: `python -m benchmarks.board [--project DIR]`.

`kadar serve` runs in a process of its own over the example company (made once in the temporary
folder) or a project of yours. Each page is asked many times over loopback, one after another:
milliseconds of wall time and of the server's processor, bytes as sent. Where playwright and
chromium are installed, the first paint of a browser that has nothing cached.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import OK, HTTPConnection
from pathlib import Path

import psutil

from benchmarks import paint

PAGES = ("/", "/?grain=quarter", "/kpi/revenue", "/kpi/churn_rate", "/customers", "/data")
NEVER = "/?grain=month&where=channel!={word}"  # a filter nobody asked for: nothing of it is kept


class NotThereError(Exception):
    """The server has no such page, or cannot make it."""


@dataclass(frozen=True)
class Server:
    """A running `kadar serve`: its port on this machine, and its process."""

    port: int
    process: psutil.Process

    @property
    def processor(self) -> float:
        """Seconds of processor time it has used."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def get(self, path: str) -> tuple[float, bytes, bytes]:
        """Return the seconds an answer took, its body as it was sent, and uncompressed."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        began = time.perf_counter()
        connection.request("GET", path, headers={"accept-encoding": "gzip"})
        answer = connection.getresponse()
        sent = answer.read()
        took = time.perf_counter() - began
        connection.close()
        if answer.status != OK:
            raise NotThereError(path)
        packed = answer.getheader("content-encoding") == "gzip"
        return took, sent, gzip.decompress(sent) if packed else sent


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve a project while the block runs."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    command = [sys.executable, "-m", "kadar", "serve", "--project", str(folder), "--port"]
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
    try:
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


def answered(server: Server) -> None:
    """Wait until the server answers."""
    for _ in range(1200):
        with contextlib.suppress(OSError):
            server.get("/robots.txt")
            return
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def settled(server: Server) -> None:
    """Wait until the server has nothing more to make ahead."""
    quiet, used = 0, server.processor
    while quiet < 3:
        time.sleep(1.0)
        now = server.processor
        quiet = quiet + 1 if now - used < 0.05 else 0
        used = now


def demo() -> Path:
    """Return the example company's folder, made where it is not there."""
    folder = Path(tempfile.gettempdir()) / "kadar-board"
    if not (folder / "store" / "current").exists():
        subprocess.run([sys.executable, "-m", "kadar", "demo", str(folder)], check=True)
    return folder


def section(folder: Path, times: int) -> list[str]:
    """Measure a project's pages, and return the report's lines."""
    lines = []
    began = time.perf_counter()
    with served(folder) as server:
        answered(server)
        up = time.perf_counter() - began
        cold, _, _ = server.get("/")
        lines.append(f"A new server: up after {up:.2f} s, its first board in {cold:.2f} s.")
        settled(server)
        lines += [
            "",
            "| page | first, ms | warm median, ms | p95, ms | processor, ms | KB | KB sent |",
            "|---|---|---|---|---|---|---|",
        ]
        for path in PAGES:
            with contextlib.suppress(NotThereError):  # a KPI this company cannot have
                lines.append(_line(server, path, times))
        never, _, _ = server.get(NEVER.format(word=uuid.uuid4().hex))
        lines += ["", f"A board that nobody ever asked for: {never:.2f} s.", ""]
        painted = paint.first(server.port, ("/", "/kpi/revenue", "/customers"))
        lines += [
            f"- First paint of `{path}`: {paint.median(seen)}; "
            f"{loaded / 1e3:.0f} KB loaded (without the chart bundle)."
            for path, seen, loaded in painted
        ]
        if not painted:
            lines.append("First paint: not measured, there is no playwright or no chromium.")
    return lines


def _line(server: Server, path: str, times: int) -> str:
    first, sent, body = server.get(path)
    used = server.processor
    took = [server.get(path)[0] for _ in range(times)]
    processor = (server.processor - used) / times
    p95 = statistics.quantiles(took, n=20)[-1]
    shown = (first, statistics.median(took), p95, processor)
    numbers = " | ".join(f"{1000 * seconds:.1f}" for seconds in shown)
    return f"| {path} | {numbers} | {len(body) / 1e3:.1f} | {len(sent) / 1e3:.1f} |"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, help="a project of yours; else the example")
    parser.add_argument("--times", type=int, default=200, help="how often each page is asked")
    asked = parser.parse_args()
    print("\n".join(section(asked.project or demo(), asked.times)))


if __name__ == "__main__":
    main()
