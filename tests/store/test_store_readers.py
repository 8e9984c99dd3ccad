"""Readers in other processes never wait, never fail and see one version whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from plain_kind import made, run, write

from kadar.store import Store

ROUNDS = 6

# Both tables and their totals must tell of the same version, whatever the writer does.
READ = """
import json, sys, time
from pathlib import Path
from kadar.store import Store
folder = Path(sys.argv[1])
store, reads, seen = Store(folder), 0, []
print("ready", flush=True)
while not (folder / "stop").exists():
    with store.reader() as reader:
        (row,) = reader.execute('''
            select data_version, (select sum(revenue)::double from model.orders),
            (select sum(revenue)::double from model.order_lines),
            (select revenue from crm.orders_total), (select revenue from crm.order_lines_total),
            (select max(load_id) from meta.loads) from meta.version''').fetchall()
        assert len(set(row[1:5])) == 1, row
        seen.append(row[0])
    reads += 1
    time.sleep(0.02)
print(json.dumps([reads, seen == sorted(seen), sorted(set(seen))]))
"""


def test_readers_while_a_writer_publishes(tmp_path: Path) -> None:
    project = made(tmp_path, ("shop", "orders"), ("lines", "order_lines"))

    def publish(number: int) -> None:
        for name in ("shop", "lines"):
            write(tmp_path, name, {str(key): key + number for key in range(500)})
        assert run(project, number).published

    publish(1)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READ, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for number in range(2, ROUNDS + 1):
            publish(number)
    finally:
        (tmp_path / "stop").touch()
        answers = [reader.communicate(timeout=20)[0] for reader in readers]
    for reader, answer in zip(readers, answers, strict=True):
        assert reader.returncode == 0
        reads, in_order, versions = json.loads(answer)
        assert reads > ROUNDS
        assert in_order
        assert len(versions) > 1
    assert (Store(tmp_path).version() or "").startswith(f"{ROUNDS:06d}-")
