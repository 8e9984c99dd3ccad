"""Running a command and measuring it: wall time and the peak memory of its processes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Run:
    """A finished command: seconds of wall time, peak resident megabytes of all its processes."""

    seconds: float
    megabytes: float
    output: str


def run(command: Sequence[str]) -> Run:
    """Run a command to its end. Raises CalledProcessError where it fails."""
    started = time.perf_counter()
    # a machine that forbids compiled modules would have every start pay for compiling them
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    watched = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        try:
            tree = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(one.memory_info().rss for one in tree))
        except psutil.Error:
            pass  # it ended between two looks
        time.sleep(0.05)
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Run(time.perf_counter() - started, peak / 1e6, output)


def best(times: int, command: Sequence[str]) -> Run:
    """Run a command several times and keep the quickest."""
    return min((run(command) for _ in range(times)), key=lambda one: one.seconds)


def stolen() -> tuple[float, float]:
    """Return the seconds that a virtual machine's host kept, and these with what was used.

    Where it keeps a tenth, everything measured meanwhile is slower than the machine is.
    """
    times = psutil.cpu_times()
    kept = getattr(times, "steal", 0.0)
    return kept, kept + times.user + times.system
