"""Write a KPI's target into kadar.toml; its comments, its order and everything else stay."""

from __future__ import annotations

import copy
import os
import tomllib
from pathlib import Path
from threading import Lock
from typing import Any

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.project import FILE
from kadar.toml_lines import line_of, lines
from kadar.whole_file import write_whole

_writing = Lock()


def target_line(text: str, kpi: str) -> int | None:
    """Return the line of a KPI's target in the text of kadar.toml; None where it has none."""
    path = ("kpi", kpi, "target")
    return line_of(text, path) if path in lines(text) else None


def writable(folder: Path) -> bool:
    """Whether kadar.toml can be written here."""
    file = (folder / FILE).resolve()
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def save_target(folder: Path, kpi: str, target: float | None) -> None:
    """Write `[kpi.<kpi>] target`, in the unit of the KPI's answers; None takes it away.

    The file is replaced at once, and only if it then says what it said before but for this one
    target. Raises KDR-WEB-046 where it would not.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    file = (folder / FILE).resolve()
    with _writing:
        raw = file.read_bytes().decode("utf-8-sig")
        text = raw.replace("\r\n", "\n")
        wanted = _changed(tomllib.loads(text), kpi, target)
        try:
            document = tomlkit.parse(text)
            if target is not None:
                kpis = document.setdefault("kpi", tomlkit.table(is_super_table=True))
                if kpi not in kpis:
                    kpis[kpi] = tomlkit.table()
                kpis[kpi]["target"] = target
            elif "target" in document.get("kpi", {}).get(kpi, {}):
                del document["kpi"][kpi]["target"]
            made = tomlkit.dumps(document)
            same = tomllib.loads(made) == wanted
        except (TOMLKitError, ValueError):  # such as an inline table, which takes no other table
            same = False
        if not same:
            raise KadarError(
                "KDR-WEB-046",
                N_("The target could not be written into kadar.toml without changing more."),
                N_("Write it yourself: [kpi.{kpi}] target = {target}"),
                exit_code=FAILED,
                kpi=kpi,
                target="" if target is None else target,
            )
        if "\r\n" in raw:
            made = made.replace("\n", "\r\n")
        write_whole(file, made)


def _changed(data: dict[str, Any], kpi: str, target: float | None) -> dict[str, Any]:
    made = copy.deepcopy(data)
    if target is not None:
        made.setdefault("kpi", {}).setdefault(kpi, {})["target"] = target
    else:
        made.get("kpi", {}).get(kpi, {}).pop("target", None)
    return made
