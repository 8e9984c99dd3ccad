"""200,000 deals from a live system: `python -m benchmarks.connectors [--deals N]`.

The stand-in of Salesforce runs in a process of its own, on loopback; the peer is dlt's own
pipeline into DuckDB, fed by the same reading of the same server.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.measured import Run, run

PROJECT = """[company]
currency = "MYR"
time_zone = "Asia/Kuala_Lumpur"

[[sources]]
name = "crm"
kind = "salesforce"
options = {{ domain = "{url}" }}
"""
READ = {"Opportunity", "OpportunityStage", "Organization", "User"}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=200_000)
    parser.add_argument("does", nargs="?", choices=("serve", "land", "peer"))
    parser.add_argument("place", nargs="*")
    given = parser.parse_args()
    if given.does == "serve":
        _serve(given.deals)
    elif given.does == "land":
        _land(Path(given.place[0]))
    elif given.does == "peer":
        _peer(Path(given.place[0]))
    else:
        print("\n".join(section(given.deals)))


def section(deals: int) -> list[str]:
    """Return the report's lines."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.connectors", "--deals", str(deals), "serve"],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    try:
        url, client, secret = next(iter(server.stdout or ())).split()
        os.environ |= {"KADAR_CRM_CLIENT_ID": client, "KADAR_CRM_CLIENT_SECRET": secret}
        with tempfile.TemporaryDirectory() as folder:
            measured: dict[str, Run] = {}
            for does, said in (
                ("land", "kadar: read, every version landed"),
                ("peer", "dlt's pipeline, jsonl into DuckDB, fed by the same reading"),
            ):
                place = _project(Path(folder) / does, url)
                measured[said] = run([*_command(does), str(place)])
            place = _project(Path(folder) / "sync", url)
            began = time.time()
            whole = run([sys.executable, "-m", "kadar", "sync", "--project", str(place)])
            published = (place / "store" / "current").stat().st_mtime - began
            said = "`kadar sync` until published: landed, mapped, typed, loaded, derived"
            measured[said] = replace(whole, seconds=published)
            measured["`kadar sync` to its end: checked, the board made ahead"] = whole
            again = run([sys.executable, "-m", "kadar", "sync", "--project", str(place)])
            measured["`kadar sync` again, nothing changed"] = again
    finally:
        server.terminate()
    lines = [
        f"{deals:,} deals of the stand-in of Salesforce (Bulk API 2.0) on loopback.",
        "",
        "| | seconds | deals a second | peak memory |",
        "|---|---|---|---|",
    ]
    for said, one in measured.items():
        rate = f"{deals / one.seconds:,.0f}"
        lines.append(f"| {said} | {one.seconds:.1f} | {rate} | {one.megabytes:,.0f} MB |")
    return [*lines, ""]


def _command(does: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.connectors", does]


def _project(folder: Path, url: str) -> Path:
    folder.mkdir()
    (folder / "kadar.toml").write_text(PROJECT.format(url=url), "utf-8")
    return folder


def _serve(deals: int) -> None:
    """Serve an organisation of so many deals until the other end goes."""
    import gc
    from datetime import date, timedelta

    from tests.vendors.salesforce.org import STAGES, Org
    from tests.vendors.salesforce.schema import OBJECTS
    from tests.vendors.salesforce.standin import KEY, SECRET, Salesforce

    org = Org()
    org.removed |= set(OBJECTS) - READ
    for number in range(deals):
        org.add(
            "Opportunity", Name=f"Deal {number}", StageName=STAGES[number % 5][0],
            Amount=number * 1.25, CloseDate=date(2025, 1, 1) + timedelta(days=number % 600),
        )  # fmt: skip
    org.advance(days=1)  # so that a second sync finds nothing new
    gc.freeze()  # what is measured is the reader, beside whom the collector would look at all this
    with Salesforce(org) as standin:
        print(standin.url, KEY, SECRET, flush=True)
        threading.Event().wait()


def _land(folder: Path) -> None:
    from datetime import UTC, datetime

    import kadar.project
    from kadar.sources.salesforce import Salesforce
    from kadar.store import Store

    project = kadar.project.load(folder)
    with Store(folder).writer() as writer:
        load, now = writer.new_load(), datetime.now(UTC)
        Salesforce().fetch(writer.connection, project, project.sources[0], load, now)


def _peer(folder: Path) -> None:
    import datetime
    from collections.abc import Iterator

    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt

    import kadar.project
    from kadar.sources.salesforce import Salesforce

    project = kadar.project.load(folder)
    now = datetime.datetime.now(datetime.UTC)
    access = Salesforce().given(project, project.sources[0], now)
    connector = Salesforce().connector()(access)
    connector.objects()

    @dlt.resource(name="deals")
    def deals() -> Iterator[list[object]]:
        for batch in connector.read("Opportunity", None, None).batches:
            yield list(batch.records)

    pipeline = dlt.pipeline(
        "peer", pipelines_dir=str(folder / "dlt"),
        destination=dlt.destinations.duckdb(str(folder / "peer.duckdb")),
    )  # fmt: skip
    pipeline.run(deals(), loader_file_format="jsonl")


if __name__ == "__main__":
    main()
