"""Read the demo's exports with other tools than kadar's: csv, json and openpyxl."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from kadar.demo.report import QUARANTINED, REPEATED, DemoFile, DemoReport

ENCODINGS = {
    "exports/report1782864120331.csv": "cp1252",
    "exports/业务机会报表.csv": "gb18030",
}
Record = dict[str, object]


@cache
def records(folder: Path, file: DemoFile) -> list[tuple[int, Record]]:
    """Return each record and the line it begins on, as `Fault.line` counts them."""
    return list(_records(folder, file))


def _records(folder: Path, file: DemoFile) -> Iterator[tuple[int, Record]]:
    path = folder / file.path
    if path.suffix == ".xlsx":
        from openpyxl import load_workbook

        book = load_workbook(path, read_only=True)
        sheet = book.active
        assert sheet is not None
        headers: tuple[object, ...] = ()
        for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if line == 1:
                headers = row
            else:
                yield line, {str(h): v for h, v in zip(headers, row, strict=False)}
        book.close()
        return
    if path.suffix == ".jsonl":
        for line, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            yield line, json.loads(text)
        return
    text = path.read_bytes().decode(ENCODINGS.get(file.path, "utf-8-sig"))
    lines = text.split("\r\n")[: -file.footer - 1 if file.footer else -1]
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader((f"{line}\r\n" for line in lines), delimiter=delimiter)
    names = next(reader)
    before = 1
    for row in reader:
        begins = before + 1
        # the reader counts an embedded newline within a physical line of ours
        before += 1 + sum(value.count("\n") for value in row)
        yield begins, dict(zip(names, row, strict=True))


def good(demo: DemoReport, table: str) -> Iterator[tuple[str, Record]]:
    """Yield path and record of a table's rows that an import must keep."""
    bad = {(f.path, f.line) for f in demo.faults if f.fate in (QUARANTINED, REPEATED)}
    for file in demo.files:
        if file.table == table:
            for line, record in records(demo.folder, file):
                if (file.path, line) not in bad:
                    yield file.path, record


def when(text: object) -> datetime | None:
    """Read a moment as any of the exports writes it; the naive local time."""
    if isinstance(text, datetime) or not text:
        return text or None  # type: ignore[return-value]
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError:
        pass
    for form in ("%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y/%m/%d"):
        try:
            return datetime.strptime(str(text), form)  # noqa: DTZ007  (naive on purpose)
        except ValueError:
            continue
    raise ValueError(text)
