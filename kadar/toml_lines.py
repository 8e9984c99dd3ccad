"""On which line of a TOML text each key stands, so that an error can point at it.

`tomllib` gives values without their places. This walks over a text that `tomllib` has already
accepted, so it need not check anything: it only has to know where keys are and how to step over
values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_QUOTES = ('"""', "'''", '"', "'")


def lines(text: str) -> dict[Path, int]:
    """Line (from 1) of each table, array of tables (with its index) and key of a TOML text.

    Keys of an inline table share the line they are written on.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for path, line, header in _Scanner(text).statements():
        if header == "array":
            parent = _resolve(path, counts)
            counts[parent] = counts.get(parent, 0) + 1
            table = (*parent, counts[parent] - 1)
            found.setdefault(parent, line)
            found.setdefault(table, line)
        elif header == "table":
            table = _resolve(path, counts)
            found.setdefault(table, line)
        else:
            found.setdefault((*table, *path), line)
    return found


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Line of the key at `path`, else of the nearest thing around it, else 1."""
    found = lines(text)
    wanted = tuple(path)
    for end in range(len(wanted), 0, -1):
        if wanted[:end] in found:
            return found[wanted[:end]]
        # a table named only through its children: [kpi.win_rate] makes "kpi" too
        inside = [line for known, line in found.items() if known[:end] == wanted[:end]]
        if inside:
            return min(inside)
    return 1


def _resolve(path: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """Name the last entry of every array of tables on the way: `[sources.columns]`."""
    out: Path = ()
    for position, part in enumerate(path):
        out = (*out, part)
        if out in counts and position < len(path) - 1:
            out = (*out, counts[out] - 1)
    return out


class _Scanner:
    """Steps through the statements of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def statements(self) -> Iterator[tuple[tuple[str, ...], int, str]]:
        """Yield (key path, line, "array" | "table" | "key" | "inline")."""
        while True:
            self._skip_blank()
            if self.at >= len(self.text):
                return
            line = self.text.count("\n", 0, self.at) + 1
            if self.text.startswith("[[", self.at):
                self.at += 2
                yield self._key(), line, "array"
                self.at = self.text.index("]]", self.at) + 2
            elif self.text[self.at] == "[":
                self.at += 1
                yield self._key(), line, "table"
                self.at = self.text.index("]", self.at) + 1
            else:
                yield from self._pair(())

    def _pair(self, prefix: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, str]]:
        line = self.text.count("\n", 0, self.at) + 1
        path = (*prefix, *self._key())
        yield path, line, "key"
        self.at = self.text.index("=", self.at) + 1
        self._skip_blank()
        if self.text[self.at] == "{":
            yield from self._inline(path)
        else:
            self._value()

    def _inline(self, prefix: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, str]]:
        self.at += 1
        while True:
            self._skip_blank()
            if self.text[self.at] == "}":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            yield from self._pair(prefix)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._skip_blank()
            if self.text[self.at] in "\"'":
                start = self.at
                self._string()
                parts.append(_unquote(self.text[start : self.at]))
            else:
                bare = _BARE.match(self.text, self.at)
                if bare is None:  # pragma: no cover - tomllib has refused such a text
                    raise ValueError(f"no key at {self.at}")
                parts.append(bare.group())
                self.at = bare.end()
            self._skip_blank()
            if self.text[self.at : self.at + 1] != ".":
                return tuple(parts)
            self.at += 1

    def _value(self) -> None:
        """Step over a value that is no inline table."""
        if self.text[self.at] in "\"'":
            self._string()
        elif self.text[self.at] == "[":
            self._array()
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _array(self) -> None:
        self.at += 1
        while True:
            self._skip_blank()
            if self.text[self.at] == "]":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
            elif self.text[self.at] == "{":
                for _ in self._inline(()):
                    pass
            else:
                self._value()

    def _string(self) -> None:
        quote = next(q for q in _QUOTES if self.text.startswith(q, self.at))
        self.at += len(quote)
        while not self.text.startswith(quote, self.at):
            self.at += 2 if quote[0] == '"' and self.text[self.at] == "\\" else 1
        self.at += len(quote)
        # a multi-line string may end in quotes of its own: """say "yes"""""
        while len(quote) == 3 and self.text.startswith(quote[0], self.at):
            self.at += 1

    def _skip_blank(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at


def _unquote(quoted: str) -> str:
    import tomllib

    return str(tomllib.loads(f"key = {quoted}")["key"])
