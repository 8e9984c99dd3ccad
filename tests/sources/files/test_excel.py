"""Excel files, both formats."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from kadar.errors import KadarError
from kadar.sources.files.shape import sample, shape

HEADER = ["Order ID", "Date", "Amount", "Paid"]
MOMENT = dt.datetime.fromisoformat("2021-04-15T10:30:00")  # cells have no zone
ROWS: list[list[Any]] = [
    [123, MOMENT, 1234.5, True],
    ["00123", MOMENT.replace(day=16, hour=0, minute=0), 5, False],
    [123456789012345, MOMENT.replace(day=17, hour=0, minute=0), 0.1 + 0.2, None],
]
COLUMNS = {"order_id": "Order ID", "ordered_at": "Date", "revenue": "Amount"}


def xlsx(path: Path, rows: list[list[Any]], title: str = "Sheet1") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)


def xls(path: Path, rows: list[list[Any]]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    style = xlwt.XFStyle()
    style.num_format_str = "DD/MM/YYYY HH:MM"
    for number, row in enumerate(rows):
        for position, cell in enumerate(row):
            if isinstance(cell, dt.datetime):
                sheet.write(number, position, cell, style)
            elif cell is not None:
                sheet.write(number, position, cell)
    book.save(str(path))


@pytest.mark.parametrize(("ending", "write"), [("xlsx", xlsx), ("xls", xls)])
def test_cells(desk: Any, ending: str, write: Any) -> None:
    write(desk.folder / f"a.{ending}", [["Orders of April"], [], HEADER, *ROWS])
    source = desk.source(path=f"a.{ending}", columns=COLUMNS)
    staged = desk.stage(source)
    assert desk.refused(staged) == []
    assert desk.rows(staged, "order_id", "ordered_at", "revenue") == [
        ("123", "2021-04-15 02:30:00", Decimal("1234.5")),
        ("00123", "2021-04-15 16:00:00", Decimal(5)),
        ("123456789012345", "2021-04-16 16:00:00", Decimal("0.3")),
    ]
    assert desk.raw(source, '_line, "Paid"') == [(4, "true"), (5, "false"), (6, None)]


@pytest.mark.parametrize(("ending", "write"), [("xlsx", xlsx), ("xls", xls)])
def test_destroyed_ids_and_serial_dates(desk: Any, ending: str, write: Any) -> None:
    write(desk.folder / f"a.{ending}", [HEADER, [12345678901234567890, 44301, 1, None]])
    write(desk.folder / f"b.{ending}", [HEADER, ["x", 44301.5, 1, None]])
    staged = desk.stage(desk.source(path=f"a.{ending}", columns=COLUMNS))
    assert "shortened by Excel" in desk.refused(staged)[0][2]
    other = desk.source(name="b", path=f"b.{ending}", columns=COLUMNS)
    assert desk.rows(desk.stage(other), "ordered_at") == ["2021-04-15 04:00:00"]


def test_footer_blank_rows_and_surplus_cells(desk: Any) -> None:
    rows = [HEADER, *ROWS[:2], [], ROWS[2], [], ["Orders report"], ["Copyright 2026"]]
    xlsx(desk.folder / "a.xlsx", rows)
    report = desk.land(desk.source(path="a.xlsx"))
    assert report.landed == 3
    assert any("2 lines" in note for note in report.notes)


def test_vendor_headers(desk: Any) -> None:
    header = ["(Do Not Modify) Lead", "(Do Not Modify) Row Checksum", " Subject", "Lead Source"]
    xlsx(desk.folder / "a.xlsx", [header, ["id-1", "x==", "Hello", "Web"]], "Leads")
    source = desk.source(
        "leads", "a.xlsx", columns={"lead_id": "(Do Not Modify) Lead", "channel": "lead source"}
    )
    assert desk.rows(desk.stage(source), "lead_id", "channel") == [("id-1", "Web")]
    xlsx(desk.folder / "b.xlsx", [["唯一性ID（必填）", "手机"], ["5f1e", "0123"]])
    source = desk.source("contacts", "b.xlsx", name="b", columns={"contact_id": "唯一性ID"})
    assert desk.rows(desk.stage(source), "contact_id") == ["5f1e"]


def test_sheets(desk: Any) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "Lists", "hidden"
    hidden.append(["a", "b"])
    book.create_sheet("Empty")
    for row in (["id", "x"], ["1", 2]):
        (book["Data"] if "Data" in book.sheetnames else book.create_sheet("Data")).append(row)
    book.save(desk.folder / "a.xlsx")
    found = shape(desk.folder / "a.xlsx")
    assert (found.sheet, found.headers, found.header_line) == ("Data", ["id", "x"], 1)
    assert sample(desk.folder / "a.xlsx", sheet="Lists")[0] == ["a", "b"]
    with pytest.raises(KadarError, match=r"KDR-FIL-011.*Data"):
        shape(desk.folder / "a.xlsx", sheet="Dato")


def test_files_that_only_look_like_excel(desk: Any) -> None:
    desk.write("a.xls", "id\tname\n1\tx\n")
    source = desk.source(path="a.xls")
    desk.land(source)
    assert desk.raw(source, "id, name") == [("1", "x")]
    desk.write("b.xlsx", b"PK\x03\x04 broken")
    with pytest.raises(KadarError, match="KDR-FIL-013"):
        desk.land(desk.source(path="b.xlsx"))
