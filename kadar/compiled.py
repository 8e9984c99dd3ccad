"""Compiled statements, kept beside the store: a question asked before needs no compiler."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kadar import __version__
from kadar.measure.formula import Measure
from kadar.measure.question import Question

if TYPE_CHECKING:
    from kadar.measure.compiled import Compiled


def compiled(wanted: Sequence[Measure], question: Question, dialect: str, folder: Path) -> Compiled:
    """Return the statement for some measures, from the project's cache where it is there."""
    from kadar.measure.compiled import Compiled

    meanings = list(dict.fromkeys(str(measure) for measure in wanted))
    shape = json.dumps([__version__, dialect, repr(question), meanings])
    path = folder / "store" / "compiled" / f"{sha256(shape.encode()).hexdigest()[:32]}.sql"
    names = {meaning: f"m{position}" for position, meaning in enumerate(meanings)}
    try:
        return Compiled(path.read_text("utf-8"), names)
    except OSError:
        pass
    from kadar.measure.compile import compile_measures

    made = compile_measures(wanted, question, dialect)
    try:
        path.parent.mkdir(exist_ok=True)
        partial = path.with_suffix(".part")
        partial.write_text(made.sql, "utf-8")
        partial.replace(path)
    except OSError:  # a reader without the right to write compiles each time
        pass
    return made
