"""The text of a `kadar.toml`: errors that name the line, and the setting, of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from kadar.errors import KadarError


class ProjectText(Struct, frozen=True):
    """The text of a `kadar.toml`, and where it came from: points errors at its lines."""

    file: Path
    text: str

    def wrong(
        self,
        path: tuple[str | int, ...],
        code: str,
        message: str,
        remedy: str,
        details: Mapping[str, object],
    ) -> KadarError:
        from kadar.toml_lines import line_of

        place = {"file": self.file, "line": line_of(self.text, path), "key": dotted(path)}
        error = KadarError(code, message, remedy)
        error.details.update(place | dict(details))
        return error


def dotted(path: tuple[str | int, ...]) -> str:
    """Write a path as TOML users do; entries of an array are counted from 1: `sources[2].name`."""
    out = ""
    for part in path:
        if isinstance(part, int):
            out += f"[{part + 1}]"
        else:
            out += ("." if out else "") + (part if re.fullmatch(r"[\w-]+", part) else f'"{part}"')
    return out


def path_of(where: str, data: object, got: type | None) -> tuple[str | int, ...]:
    """Read msgspec's `$.sources[0].values[...]`; find the key it leaves out by the wrong type."""
    path: list[str | int] = []
    at = data
    for name, index in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", where):
        part: str | int = name
        if index == "...":
            part = _culprit(at, got) if isinstance(at, dict) else ""
        elif index:
            part = int(index)
        path.append(part)
        try:
            at = at[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    return tuple(path)


def _culprit(table: dict[str, Any], got: type | None) -> str:
    """First key whose value, or something in it, has exactly the type `got`."""

    def holds(value: object) -> bool:
        if type(value) is got:
            return True
        inside = value.values() if isinstance(value, dict) else value
        return isinstance(inside, list) and any(holds(v) for v in inside)

    def holds_inside(value: object) -> bool:
        return isinstance(value, dict) and any(holds(v) for v in value.values())

    for test in (holds, holds_inside):
        for key, value in table.items():
            if test(value):
                return key
    return next(iter(table), "")
