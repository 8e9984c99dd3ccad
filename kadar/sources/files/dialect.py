"""How a text file is cut into records and fields: its delimiter, found by trying."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from kadar.sources.files.header import header_at

DELIMITERS = (",", ";", "\t", "|")
BLANKS = " "  # fields parted by runs of blanks
LONGEST_FIELD = (1 << 31) - 1  # csv's own limit of 128 kB is too small for a mailbox export
QUOTE = '"'
NUL = "␀"  # what stands for a NUL: no reader takes it for a number, a date or an id


def records(stream: io.TextIOBase | io.StringIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it begins on (from 1); a blank line is an empty record.

    The stream must be opened with `newline=""`, so that line ends inside quotes are kept.
    A NUL becomes the sign `NUL`.
    """
    csv.field_size_limit(LONGEST_FIELD)
    # seen and told, not dropped: "12\\0345" would be another number
    lines = (line.replace("\0", NUL) if "\0" in line else line for line in stream)
    if delimiter == BLANKS:
        for number, line in enumerate(lines, start=1):
            yield number, line.split()
        return
    reader = csv.reader(lines, delimiter=delimiter, quotechar=QUOTE)
    begins = 1
    for record in reader:
        yield begins, record
        begins = reader.line_num + 1


def declared(head: str) -> str | None:
    """Return the delimiter that a first line `sep=;` names (Excel's own hint)."""
    first = head.split("\n", 1)[0].strip().strip(QUOTE)
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    return "\t" if first.lower() == "sep=\\t" else None


def delimiter_of(head: str) -> str:
    """Find the delimiter of a table from the text it begins with (cut at a line's end).

    The one under which the header is as wide as most rows wins, then the one with more columns.
    """
    if given := declared(head):
        return given
    best: tuple[bool, bool, int, float] | None = None
    found = ","
    for delimiter in (*DELIMITERS, BLANKS):
        rows = [row for _, row in records(io.StringIO(head, newline=""), delimiter) if row]
        widths = Counter(len(row) for row in rows)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        share = times / len(rows)
        if width < 2 or (delimiter == BLANKS and (best is not None or share < 1 or width < 3)):
            continue
        at = header_at(rows)
        level = at is None or len(rows[at]) == width
        score = (level, share >= 0.8, width, share)
        if best is None or score > best:
            best, found = score, delimiter
    return found
