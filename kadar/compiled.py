"""Compiled statements, kept beside the store: a question asked before needs no compiler."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kadar import __version__
from kadar.measure.facts import Later
from kadar.measure.formula import Measure
from kadar.measure.question import Question
from kadar.whole_file import write_whole

if TYPE_CHECKING:
    from kadar.measure.compiled import Compiled


# Days that stand for the span of a kept statement, and are replaced by the one asked for.
_SINCE, _UNTIL = date(1971, 3, 1), date(1971, 4, 1)
_GRAIN = "month"  # stands for any grain in the same way
_EMBEDDED = "duckdb"  # the dialect in which a day is always written as `_day` writes it

_made: dict[str, str] = {}  # by shape, of this process: for folders it may not write into
_MOST = 2000  # of them are kept; a project's questions are a few hundred


def compiled(wanted: Sequence[Measure], question: Question, dialect: str, folder: Path) -> Compiled:
    """Return the statement for some measures, from the project's cache where it is there."""
    from kadar.measure.compiled import Compiled

    meanings = list(dict.fromkeys(str(measure) for measure in wanted))
    shape, days = _shape(question, dialect)

    def make() -> str:
        from kadar.measure.compile import compile_measures

        return compile_measures(wanted, shape, dialect).sql

    sql = _with(days, _kept(folder, [dialect, repr(shape), meanings], make))
    return Compiled(sql, {meaning: f"m{position}" for position, meaning in enumerate(meanings)})


def compiled_life_table(measure: Measure, question: Question, dialect: str, folder: Path) -> str:
    """Return the statement for the life table of a measure, from the cache where it is there."""
    shape, days = _shape(question, dialect)

    def make() -> str:
        from kadar.measure.life_table import compile_life_table

        return compile_life_table(measure, shape, dialect)

    return _with(days, _kept(folder, [dialect, repr(shape), "life table", str(measure)], make))


def compiled_rows(measure: Measure, grain: str, opens: date, closes: date, folder: Path) -> str:
    """Return the statement of a measure's rows in one period, from the cache where it is there.

    It is in the embedded engine's words: see `kadar.measure.records.compile_records`.
    """
    # But for delays, which are numbers of periods, a grain is no more than its name.
    shape = grain if any(isinstance(step, Later) for step in measure.facts.steps) else _GRAIN

    def make() -> str:
        from kadar.measure.records import compile_records

        return compile_records(measure, Question(shape, (), (), _SINCE, _UNTIL)).rows

    sql = _kept(folder, ["rows", shape, str(measure)], make)
    for quote in "\"'":
        sql = sql.replace(f"{quote}{shape}{quote}", f"{quote}{grain}{quote}")
    return _with({_SINCE: opens, _UNTIL: closes}, sql)


def _shape(question: Question, dialect: str) -> tuple[Question, dict[date, date]]:
    """Return the question that one statement answers for every span, and the days of this one."""
    if dialect != _EMBEDDED:
        return question, {}
    since, until = question.since and _SINCE, question.until and _UNTIL
    days = {_SINCE: question.since, _UNTIL: question.until}
    return (
        replace(question, since=since, until=until),
        {stands: day for stands, day in days.items() if day is not None},
    )


def _with(days: Mapping[date, date], sql: str) -> str:
    """Put the days asked for in the place of those that stand for them."""
    if not days:
        return sql
    written = {_day(stands): _day(day) for stands, day in days.items()}
    return re.sub("|".join(map(re.escape, written)), lambda found: written[found[0]], sql)


def _day(day: date) -> str:
    return f"MAKE_DATE({day.year}, {day.month}, {day.day})"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the collector of garbage rest: compilers make much, and no garbage; a third faster so."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _kept(folder: Path, shape: list[object], make: Callable[[], str]) -> str:
    """Return the statement of a shape, made where it has not been asked for before."""
    text = json.dumps([__version__, *shape])
    path = folder / "store" / "compiled" / f"{sha256(text.encode()).hexdigest()[:32]}.sql"
    try:
        return path.read_text("utf-8")
    except OSError:
        pass
    made = _made.get(text)
    if made is None:
        if len(_made) >= _MOST:
            _made.clear()
        with _uncollected():
            made = _made[text] = make()
    try:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, made)
    except OSError:  # a reader without the right to write
        pass
    return made
