"""Whether a text file is so regular that the database may read it by itself, seen bytewise."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

CHUNK = 1 << 22
NEWLINE, RETURN = 0x0A, 0x0D


@dataclass(frozen=True)
class Scan:
    """A regular file: every record ends in the same way and has as many fields as the header."""

    records: int
    newline: str  # "\\n" or "\\r\\n"
    quoted_newlines: int  # line ends inside quotes: a record may span lines
    longest: int  # bytes of the longest record, at least


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; computed once while size and time stay the same."""
    status = path.stat()
    return _sha256(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4096)
def _sha256(path: Path, size: int, modified: int) -> str:
    del size, modified  # part of the key only
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scan(path: Path, data_line: int, delimiter: str, quote: str, fields: int) -> Scan | None:
    """Return what the records from `data_line` on are like; None if they are not regular.

    Regular: lines end alike, no blank line, no record with more or fewer fields than `fields`,
    quotes only around whole fields and doubled inside them. Bytes above ASCII play no part, so
    any encoding that keeps ASCII apart from them may be scanned; in practice UTF-8.
    """
    walk = _Walk(ord(delimiter), ord(quote), fields)
    with path.open("rb") as file:
        for _ in range(data_line - 1):
            file.readline()
        while chunk := file.read(CHUNK):
            if b"\0" in chunk or not walk.take(chunk):
                return None
    return walk.finish()


class _Walk:
    """Reads a file chunk by chunk, cutting after the last complete record."""

    def __init__(self, delimiter: int, quote: int, fields: int) -> None:
        self.delimiter, self.quote, self.fields = delimiter, quote, fields
        self.rest = b""
        self.records = self.quoted_newlines = self.longest = 0
        self.returns: bool | None = None  # whether lines end with \r\n

    def take(self, chunk: bytes) -> bool:
        """Read a chunk; False as soon as the file is seen to be irregular."""
        import numpy as np

        data = self.rest + chunk
        bytes_ = np.frombuffer(data, np.uint8)
        newlines: Any = np.flatnonzero(bytes_ == NEWLINE)
        outside = None
        if self.quote in data:
            quotes = bytes_ == self.quote
            # 1 while an odd number of quotes lies before or at the byte: inside a quoted field
            inside = np.bitwise_xor.accumulate(quotes.view(np.uint8))
            if not self._quotes_fit(bytes_, np.flatnonzero(quotes), inside):
                return False
            outside = inside == 0
            ends = newlines[outside[newlines]]
        else:
            ends = newlines
        if not len(ends):
            self.rest = data
            return len(data) < 1 << 28
        cut = int(ends[-1]) + 1
        self.rest = data[cut:]
        self.quoted_newlines += int(np.searchsorted(newlines, cut)) - len(ends)
        return self._records_fit(bytes_[:cut], ends, None if outside is None else outside[:cut])

    def _quotes_fit(self, bytes_: Bytes, at: Any, inside: Bytes) -> bool:
        """Each quote opens after a field's beginning, closes before its end, or is doubled."""
        import numpy as np

        opening = inside[at] == 1
        before = bytes_[at[opening] - 1]
        first = at[opening] == 0
        good = (before == self.delimiter) | (before == NEWLINE) | (before == self.quote) | first
        if not good.all():
            return False
        closing = at[~opening]
        after = bytes_[np.minimum(closing + 1, len(bytes_) - 1)]
        last = closing == len(bytes_) - 1
        good = (
            (after == self.delimiter)
            | (after == NEWLINE)
            | (after == RETURN)
            | (after == self.quote)
            | last
        )
        return bool(good.all())

    def _records_fit(self, bytes_: Bytes, ends: Any, outside: Any) -> bool:
        import numpy as np

        marks = bytes_ == self.delimiter
        if outside is not None:
            marks &= outside
        before = np.searchsorted(np.flatnonzero(marks), ends)
        counts = np.diff(before, prepend=0)
        if not (counts == self.fields - 1).all():
            return False
        lengths = np.diff(ends, prepend=-1)
        # A line end of its own is a blank line, which a table of one column cannot tell from an
        # empty field.
        returned = (ends > 0) & (bytes_[ends - 1] == RETURN)
        if self.fields == 1 and (lengths <= 1 + returned).any():
            return False
        if self.returns is None:
            self.returns = bool(returned[0])
        if not (returned == self.returns).all():
            return False
        returns = bytes_ == RETURN
        if outside is not None:
            returns &= outside
        if int(returns.sum()) != (len(ends) if self.returns else 0):
            return False
        self.records += len(ends)
        self.longest = max(self.longest, int(lengths.max()))
        return True

    def finish(self) -> Scan | None:
        """Close the file's last record, which may lack its line end."""
        if self.rest:
            end = b"\r\n" if self.returns else b"\n"
            if not self.take(end) or self.rest:
                return None
        if not self.records:
            return None
        newline = "\r\n" if self.returns else "\n"
        return Scan(self.records, newline, self.quoted_newlines, self.longest)
