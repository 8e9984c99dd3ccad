"""`@sap/cds` as an environment: an OData v4 server that somebody else wrote, with our schema."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from tests.vendors.dynamics.schema import TYPES, TableOf
from tests.vendors.dynamics.standin import BEHAVIOUR, Dataverse

HERE = Path(__file__).parent / "odata"
CDS = {"s": "String(5000)", "i": "Integer", "m": "Decimal(19,4)", "b": "Boolean", "c": "Integer",
       "g": "String(36)", "l": "String(36)", "t": "DateTime", "d": "Date", "w": "DateTime",
       "w0": "DateTime"}  # fmt: skip


def missing() -> str | None:
    """Why the server cannot run here; None where it can."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    if not (HERE / "node_modules" / "@sap" / "cds").is_dir():
        return f"npm ci --ignore-scripts was not run in {HERE}"
    return None


class Judge:
    """A server in a process of its own, with the records of a stand-in; two to a page.

    It tracks no changes and gives no annotations: tables are read by when they were modified.
    """

    def __init__(self, folder: Path, records: Dataverse) -> None:
        self.folder, self.records = folder, records
        self.url = ""
        self.now = records.now
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._started = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Judge:
        self._write()
        self._process = subprocess.Popen(
            ["node", "node_modules/@sap/cds/bin/serve.js", "--in-memory"],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener.start()
        self._started.wait(120)
        if not self.url:
            self.__exit__(None, None, None)
            raise RuntimeError("\n".join(self.log))
        for table in self.records.tables.values():
            for key in self.records.rows[table.name]:
                self.post(table, key)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)
        self._listener.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def post(self, table: TableOf, key: str) -> None:
        """Create a record of the stand-in's in the server."""
        self._ask("POST", table.entity_set, json=self._record(table, key))

    def put(self, table: TableOf, key: str) -> None:
        """Change a record to what it is in the stand-in."""
        self._ask("PATCH", f"{table.entity_set}('{key}')", json=self._record(table, key))

    def delete(self, table: TableOf, key: str) -> None:
        """Delete a record."""
        self._ask("DELETE", f"{table.entity_set}('{key}')")

    def _ask(self, method: str, path: str, **more: Any) -> None:
        answer = requests.request(method, f"{self.url}/api/data/v9.2/{path}", timeout=30, **more)
        answer.raise_for_status()

    def _record(self, table: TableOf, key: str) -> dict[str, Any]:
        row = self.records.rows[table.name][key]
        found = {name: row[column] for name, column in table.properties.items()}
        return {n: v[1] if isinstance(v, tuple) else v for n, v in found.items()}

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.log.append(line.rstrip())
            if line.startswith("PORT "):
                self.url = f"http://127.0.0.1:{line.split()[1]}"
                self._started.set()
        self._started.set()

    def _write(self) -> None:
        (self.folder / "srv").mkdir(parents=True)
        (self.folder / "node_modules").symlink_to(HERE / "node_modules")
        for name in ("package.json", "server.js"):
            shutil.copy(HERE / name, self.folder)
        tables = self.records.tables.values()
        said = {
            t.name: [
                {"LogicalName": n, "DateTimeBehavior": {"Value": BEHAVIOUR[k]},
                 "Format": "DateOnly" if k in {"d", "w0"} else "DateAndTime"}
                for n, k in t.columns.items() if k in BEHAVIOUR
            ]
            for t in tables
        }  # fmt: skip
        (self.folder / "dates.json").write_text(json.dumps(said), "utf-8")
        model = "@path: '/api/data/v9.2'\nservice Dataverse {\n" + _METADATA
        model += "".join(_entity(table) for table in tables) + "}\n"
        (self.folder / "srv" / "crm.cds").write_text(model, "utf-8")
        data = self.folder / "srv" / "data"
        data.mkdir()
        _csv(data / "Dataverse-EntityDefinitions.csv", [
            ("LogicalName", "EntitySetName", "PrimaryIdAttribute", "ChangeTrackingEnabled"),
            *((t.name, t.entity_set, t.key, "false") for t in tables),
        ])  # fmt: skip
        _csv(data / "Dataverse-Attributes.csv", [
            ("entity__LogicalName", "LogicalName", "AttributeType", "IsValidForRead"),
            *((t.name, n, TYPES[k], "true") for t in tables for n, k in t.columns.items()),
        ])  # fmt: skip


_METADATA = """
  @cds.query.limit.max: 1000
  entity EntityDefinitions {
    key LogicalName : String; EntitySetName : String; PrimaryIdAttribute : String;
    ChangeTrackingEnabled : Boolean;
    Attributes : Composition of many Attributes on Attributes.entity_ = $self;
  }
  @cds.query.limit.max: 10000
  entity Attributes {
    key entity_ : Association to EntityDefinitions; key LogicalName : String;
    AttributeType : String; IsValidForRead : Boolean;
  }
"""


def _entity(table: TableOf) -> str:
    lines = [
        f"    {'key ' if column == table.key else ''}![{name}] : {CDS[table.columns[column]]};\n"
        for name, column in table.properties.items()
    ]
    return f"  @cds.query.limit.max: 2\n  entity {table.entity_set} {{\n{''.join(lines)}  }}\n"


def _csv(file: Path, lines: list[tuple[str, ...]]) -> None:
    file.write_text("".join(",".join(line) + "\n" for line in lines), "utf-8")
