"""The files that a user names: paths, folders and globs."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob
from pathlib import Path

from kadar.errors import KadarError
from kadar.language import N_

TEXT = (".csv", ".tsv", ".tab", ".txt")
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
RECORDS = (".json", ".jsonl", ".ndjson", ".parquet")
READABLE = frozenset((*TEXT, *SHEETS, *RECORDS))


def existing(names: Sequence[str]) -> list[Path]:
    """Return the files that names stand for, each once. Raises KDR-CLI-006 for one with none."""
    found: dict[Path, None] = {}
    for name in names:
        path = Path(name).expanduser()
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in READABLE)
        elif path.exists():
            inside = [path]
        else:
            inside = sorted(Path(match) for match in glob(str(path), recursive=True))
        if not inside:
            raise KadarError(
                "KDR-CLI-006",
                N_("There is no file {file}."),
                N_("Check the spelling; a folder must hold exports: {kinds}."),
                file=name,
                kinds=" ".join(sorted(READABLE)),
            )
        found.update(dict.fromkeys(inside))
    return list(found)
