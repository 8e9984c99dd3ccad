"""SQL for people: laid out, and without quotes where none are needed."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"""('(?:[^']|'')*')|"([a-z_][a-z0-9_]*)\"""")
# words of SQL that are names in the model, and are no names without their quotes
_RESERVED = frozenset({"all", "column", "default", "from", "group", "order", "table", "to"})


def pretty(sql: str) -> str:
    """Return a laid-out statement with plain names unquoted; the meaning is the same."""

    def plain(match: re.Match[str]) -> str:
        text, name = match.groups()
        return match[0] if text or name in _RESERVED else str(name)

    return _QUOTED.sub(plain, sql)
