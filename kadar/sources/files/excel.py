"""Excel files, .xlsx and .xls: every cell as the text a person would have exported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.errors import FAILED, KadarError, nearest
from kadar.language import N_
from kadar.sources.files.header import data_at, header_at, unique
from kadar.sources.files.shape import Shape

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

EXACT = 1 << 53  # whole numbers a cell holds exactly, in files no spreadsheet has rewritten
KEPT = 10**15  # beyond it Excel itself keeps 15 digits and writes zeros for the rest


def cell_text(cell: Any) -> str | None:  # noqa: PLR0911 (one type of cell, one line)
    """Return a cell as text; None where it is empty.

    Whole numbers have no fraction, moments are ISO 8601. A whole number longer than the digits
    Excel keeps stays in scientific notation: its last digits are gone and must not look real.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if cell == int(cell):
            whole = int(cell)
            if abs(whole) < KEPT or (abs(whole) < EXACT and whole % 10):
                return str(whole)
            return repr(float(cell)).upper()
        return repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(cell)


def excel_shape(path: Path, sheet: str | None = None) -> Shape:
    """Find the sheet and the header of an Excel file; title rows above the header are skipped.

    Without a name the first visible sheet that holds anything is taken.
    """
    book = _open(path)
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise KadarError(
            "KDR-FIL-011",
            N_("The file {path} has no sheet “{sheet}”."),
            N_("Set sheet to one of: {sheets}."),
            path=path,
            sheet=sheet,
            sheets=nearest(sheet, names),
        )
    chosen = [sheet] if sheet is not None else _visible(book)
    for name in chosen:
        head = list(islice(_rows(book.get_sheet_by_name(name)), 200))
        if not any(any(row) for _, row in head):
            continue
        filled = [(number, row) for number, row in head if any(row)]
        rows = [row for _, row in filled]
        at = header_at(rows)
        if at is None:
            first = data_at(rows)
            headers = unique([None] * len(_trimmed(rows[first])))
            return Shape("excel", headers, data_line=filled[first][0], sheet=name, sheets=names)
        # A column without a name whose cells hold something is a column all the same.
        width = max(len(_trimmed(row)) for row in rows[at:])
        header = _trimmed(rows[at])
        return Shape(
            "excel",
            unique(header + [None] * (width - len(header))),
            header_line=filled[at][0],
            data_line=filled[at][0] + 1,
            sheet=name,
            sheets=names,
        )
    raise KadarError(
        "KDR-FIL-002",
        N_("The file {path} is empty."),
        N_("Export it again, or leave it out of the source's path."),
        exit_code=FAILED,
        path=path,
    )


def excel_records(path: Path, found: Shape) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the number of each row below the header and its cells, as wide as the header.

    Empty rows come as they are: they separate. A row wider than the header keeps its further cells.
    """
    sheet = _open(path).get_sheet_by_name(found.sheet or "")
    width = len(found.headers)
    for number, row in _rows(sheet):
        if number >= found.data_line:
            cells = _trimmed(row)
            yield number, cells + [None] * (width - len(cells))


def _visible(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetVisibleEnum

    sheets = book.sheets_metadata
    shown = [s.name for s in sheets if s.visible == SheetVisibleEnum.Visible]
    return shown + [s.name for s in sheets if s.name not in shown]


def _open(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as error:
        raise KadarError(
            "KDR-FIL-012",
            N_("The file {path} is locked with a password."),
            N_("Save it without a password."),
            exit_code=FAILED,
            path=path,
        ) from error
    except (CalamineError, OSError) as error:
        raise KadarError(
            "KDR-FIL-013",
            N_("The Excel file {path} cannot be read: {detail}."),
            N_("Open it in Excel and save it again, or export it as .csv."),
            exit_code=FAILED,
            path=path,
            detail=error,
        ) from error


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str | None]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [cell_text(cell) for cell in row]


def _trimmed(row: list[str | None]) -> list[str | None]:
    """Cut the empty cells at the end of a row."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]
