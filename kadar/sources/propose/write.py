"""Proposed sources, written into `kadar.toml` as its owner would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.project import FILE, Source, load
from kadar.whole_file import write_whole

if TYPE_CHECKING:
    from tomlkit.items import InlineTable, String, Table

USUAL = {"kind": "files", "mode": "snapshot"}  # what need not be said
WIDTH = 96  # of a line, beyond which a map stands as a table of its own


def add_sources(folder: str | Path, sources: Iterable[Source]) -> None:
    """Append `[[sources]]` tables to the project's `kadar.toml`, keeping all that is there.

    The file is replaced at once, and only if the result can be loaded; otherwise the KDR-PRJ
    error of what is wrong is raised and nothing is changed.
    """
    import tomlkit

    file = (Path(folder) / FILE).resolve()
    text = file.read_text("utf-8-sig")
    added = "\n".join(_table(source) for source in sources)
    if not added:
        return
    tomlkit.parse(text)  # what is there must be whole before anything is put after it
    whole = text.rstrip("\n") + ("\n\n" if text.strip() else "") + added
    before = file.read_bytes()
    write_whole(file, whole)
    try:
        load(folder)
    except Exception:
        write_whole(file, before)
        raise


def _table(source: Source) -> str:
    import tomlkit

    table = tomlkit.table()
    for name in ("name", "table", "kind", "path", "query", "sheet", "mode"):
        value = getattr(source, name)
        if value and value != USUAL.get(name):
            table.add(name, _text(value) if isinstance(value, str) else value)
    if source.options:
        options = tomlkit.inline_table()
        options.update(source.options)
        table.add("options", options)
    for name in ("encoding", "delimiter", "decimal", "date_format"):
        if getattr(source, name) is not None:
            table.add(name, getattr(source, name))
    _map(table, "columns", source.columns)
    for column, values in source.values.items():
        _map(table.setdefault("values", tomlkit.table(is_super_table=True)), column, values)
    array = tomlkit.aot()
    array.append(table)
    document = tomlkit.document()
    document.add("sources", array)
    return tomlkit.dumps(document)


def _text(value: str) -> str | String:
    """Write SQL with its quotes as they are where TOML can: 'in single' or '''in three'''."""
    import tomlkit

    if '"' not in value or value.endswith("'") or "'''" in value or "\n" in value:
        return value
    return tomlkit.string(value, literal=True, multiline="'" in value)


def _map(table: Table, name: str, values: Mapping[str, str]) -> None:
    """Add a map: on one line where it fits, else a line for each of its entries."""
    import tomlkit

    if not values:
        return
    inline: InlineTable = tomlkit.inline_table()
    inline.update({key: _text(value) for key, value in values.items()})
    if len(inline.as_string()) + len(name) + 3 <= WIDTH:
        table.add(name, inline)
        return
    long = tomlkit.table()
    for key, value in values.items():
        long.add(key, _text(value))
    table.add(name, long)
