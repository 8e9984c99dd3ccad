"""The shape of a file: its kind, encoding, delimiter, header; and its first records as text."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.sources.files.dialect import QUOTE, declared, delimiter_of, records
from kadar.sources.files.encoding import encoding_of
from kadar.sources.files.header import data_at, header_at, unique

Kind = Literal["text", "excel", "parquet", "json"]
HEAD = 1 << 18  # bytes read to find the delimiter and the header
EXCEL = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
JSON = {".json", ".jsonl", ".ndjson"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Shape:
    """How a file is to be read.

    `header_line` is the line (text) or row (Excel) of the header, from 1; 0 where the file has
    none. `data_line` is where records begin.
    """

    kind: Kind
    headers: list[str]
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_line: int = 0
    data_line: int = 1
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)


def shape(
    path: Path,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Shape:
    """Find out how to read the file at `path`; what is given is taken as given.

    Raises KDR-FIL errors for a file that is absent, empty or of no readable kind.
    """
    kind = kind_of_file(path)
    if kind == "excel":
        from kadar.sources.files.excel import excel_shape

        return excel_shape(path, sheet)
    if kind in {"parquet", "json"}:
        from kadar.sources.files.columnar import columnar_shape

        return columnar_shape(path, kind)
    return _text_shape(path, encoding, delimiter)


def sample(
    path: Path,
    rows: int = 2000,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> tuple[list[str], list[list[str | None]]]:
    """Return the headers and the first `rows` records as text, as wide as the headers."""
    found = shape(path, encoding, delimiter, sheet)
    width = len(found.headers)
    if found.kind == "excel":
        from kadar.sources.files.excel import excel_records

        filled = (row[:width] for _, row in excel_records(path, found) if any(row))
        cells = list(islice(filled, rows))
    elif found.kind in {"parquet", "json"}:
        from kadar.sources.files.columnar import columnar_sample

        cells = columnar_sample(path, found, rows)
    else:
        with open_text(path, found) as stream:
            fitting = (
                [cell or None for cell in record]
                for line, record in records(stream, found.delimiter or ",")
                if line >= found.data_line and len(record) == width
            )
            cells = list(islice(fitting, rows))
    return found.headers, cells


def open_text(path: Path, found: Shape) -> io.TextIOWrapper:
    """Open a text file decoded, with its line ends as they are."""
    return path.open(encoding=found.encoding or "utf-8", newline="")


def kind_of_file(path: Path) -> Kind:
    """Tell the kind of a file by its first bytes and its name's ending."""
    if not path.is_file():
        raise KadarError(
            "KDR-FIL-001",
            N_("There is no file {path}."),
            N_("Check the name; paths are relative to the project folder."),
            path=path,
        )
    with path.open("rb") as file:
        head = file.read(512)
    ending = path.suffix.lower()
    if not head:
        raise KadarError(
            "KDR-FIL-002",
            N_("The file {path} is empty."),
            N_("Export it again, or leave it out of the source's path."),
            exit_code=FAILED,
            path=path,
        )
    if head.startswith(b"PAR1") or ending == ".parquet":
        return "parquet"
    if head.startswith((ZIP, OLE)) and ending in EXCEL:
        return "excel"
    if head.startswith((ZIP, OLE, b"\x1f\x8b")):
        raise KadarError(
            "KDR-FIL-003",
            N_("The file {path} is packed or is not what its name says."),
            N_("Unpack it; Excel files end in .xlsx or .xls."),
            exit_code=FAILED,
            path=path,
        )
    if ending in JSON:
        return "json"
    # Several CRMs name a web page or a tab-separated text ".xls"; the text is read as text.
    if ending in EXCEL and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise KadarError(
            "KDR-FIL-004",
            N_("The file {path} is a web page that was named like an Excel file."),
            N_("Open it in Excel and save it as .xlsx or .csv."),
            exit_code=FAILED,
            path=path,
        )
    return "text"


def _text_shape(path: Path, encoding: str | None, delimiter: str | None) -> Shape:
    found = encoding or encoding_of(path)
    try:
        found = codecs.lookup(found).name
        with path.open(encoding=found, newline="") as stream:
            head = stream.read(HEAD)
            whole = not stream.read(1)
    except (UnicodeError, LookupError) as error:
        raise KadarError(
            "KDR-FIL-005",
            N_("The file {path} cannot be read in the encoding {encoding}."),
            N_("Set encoding in the source (utf-8, utf-16, gb18030, cp1252, latin-1 …)."),
            exit_code=FAILED,
            path=path,
            encoding=found,
        ) from error
    head = head.removeprefix("\ufeff")
    if not whole:
        head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    mark = delimiter or delimiter_of(head)
    numbered = [pair for pair in records(io.StringIO(head, newline=""), mark) if any(pair[1])]
    if numbered and declared(head):
        numbered = numbered[1:]
    if not numbered:
        raise KadarError(
            "KDR-FIL-002",
            N_("The file {path} is empty."),
            N_("Export it again, or leave it out of the source's path."),
            exit_code=FAILED,
            path=path,
        )
    rows: list[list[str | None]] = [list(record) for _, record in numbered]
    at = header_at(rows)
    if at is None:
        first = data_at(rows)
        headers = unique([None] * len(rows[first]))
        return Shape("text", headers, found, mark, QUOTE, 0, numbered[first][0])
    header_line = numbered[at][0]
    data_line = numbered[at + 1][0] if at + 1 < len(numbered) else header_line + 1
    return Shape("text", unique(rows[at]), found, mark, QUOTE, header_line, data_line)
