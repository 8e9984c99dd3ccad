"""Text exports: delimited rows, with the line each one stands on."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kadar.demo.report import DemoFile, Fault

Value = str | int | float | None


class Text:
    """A delimited file under way: rows go in, then `save` writes it and says what it holds."""

    def __init__(self, path: str, table: str, headers: Sequence[str], delimiter: str = ",") -> None:
        self.path = path
        self.table = table
        self.faults: list[Fault] = []
        self.rows = 0
        self._line = 2
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writerow(headers)

    def add(self, row: Sequence[Value]) -> None:
        """Add a record; None is an empty field."""
        self._writer.writerow(row)
        self.rows += 1
        self._line += 1
        for value in row:
            if type(value) is str and "\n" in value:
                self._line += value.count("\n")

    def fault(self, key: str, column: str, what: str, fate: str) -> None:
        """Say that the record added next is faulty."""
        self.faults.append(Fault(self.path, self._line, key, column, what, fate))

    def save(self, folder: Path, encoding: str = "utf-8", footer: Sequence[str] = ()) -> DemoFile:
        """Write the file below the project folder, with its closing block if it has one."""
        text = self._text.getvalue() + "".join(f"{line}\r\n" for line in footer)
        path = folder / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return DemoFile(self.path, self.table, self.rows, len(footer))


def minute(moment: datetime | None) -> str:
    """Return `2026-06-30 17:05`, or nothing."""
    return moment.isoformat(" ", "minutes") if moment else ""


def european(moment: datetime | None) -> str:
    """Return `30/06/2026`, or nothing."""
    return f"{moment.day:02d}/{moment.month:02d}/{moment.year}" if moment else ""


def european_minute(moment: datetime | None) -> str:
    """Return `30/06/2026 17:05`, or nothing."""
    return f"{european(moment)} {moment.hour:02d}:{moment.minute:02d}" if moment else ""


def money(hundredths: int) -> str:
    """Return `1,234.50`; a negative amount in brackets, as bookkeepers write it."""
    text = f"{abs(hundredths) / 100:,.2f}"
    return f"({text})" if hundredths < 0 else text
