"""Writing the canonical tables and the KPI values to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.store.sql import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kadar.workspace import Workspace

Format = Literal["parquet", "csv"]


def export(
    workspace: Workspace, folder: Path, form: Format | str, *, grain: str = "month"
) -> dict[Path, int]:
    """Write one file a table that holds rows, and `kpis`; return the rows of each file.

    The tables are those the KPIs read: merged customers resolved, money in the company's
    currency (`recorded_currency` is what a row was recorded in), moments in UTC, local days
    beside them. `kpis` has every variant of every KPI that can be computed, by period. All of it
    is of one data version, unless one is published while this runs. Raises KDR-CLI-005 where a
    file cannot be written.
    """
    from kadar.contents import opened

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with opened(workspace.project) as connection:
            written = _tables(connection, folder, form)
        file = folder / f"kpis.{form}"
        written[file] = _kpis(workspace, file, grain)
    except OSError as error:
        raise KadarError(
            "KDR-CLI-005",
            N_("{file} cannot be written: {reason}."),
            N_("Name another file, or mend its folder's rights."),
            exit_code=FAILED,
            file=error.filename or folder,
            reason=error.strerror or str(error),
        ) from error
    return written


def _tables(connection: DuckDBPyConnection, folder: Path, form: str) -> dict[Path, int]:
    from kadar.measure.tables import FORECAST, READABLE

    written: dict[Path, int] = {}
    for name in READABLE:
        if name == FORECAST:
            continue
        (rows,) = connection.execute(f"SELECT count(*) FROM crm.{name}").fetchone() or (0,)
        if not rows:
            continue
        file = folder / f"{name}.{form}"
        chosen = _columns(connection, name, defused=form == "csv")
        options = "FORMAT csv, HEADER" if form == "csv" else "FORMAT parquet"
        connection.execute(f"COPY (SELECT {chosen} FROM crm.{name}) TO {literal(file)} ({options})")
        written[file] = int(rows)
    return written


def _columns(connection: DuckDBPyConnection, name: str, *, defused: bool) -> str:
    """Return the columns of a table; where `defused`, their text so that no spreadsheet runs it."""
    from kadar.measure.records import RECORDED_CURRENCY
    from kadar.show.records import FORMULA

    first = ", ".join(f"chr({ord(one)})" for one in FORMULA)
    kinds = connection.execute(f"DESCRIBE crm.{name}").fetchall()
    converted = any(column == "rate_missing" for column, *_ in kinds)
    chosen = []
    for column, kind, *_ in kinds:
        called = RECORDED_CURRENCY if converted and column == "currency" else column
        value = f'"{column}"'
        if defused and kind == "VARCHAR":
            value = f"if({value}[1] IN ({first}), chr(39) || {value}, {value})"
        chosen.append(f'{value} AS "{called}"')
    return ", ".join(chosen)


def _kpis(workspace: Workspace, file: Path, grain: str) -> int:
    from kadar.asking import Asking
    from kadar.measure.question import Question
    from kadar.show import records

    wanted = [
        (made, name)
        for made in workspace.kpis
        for name in made.variants
        if name != "default" or made.usual == "default"
    ]
    with Asking(workspace.project, workspace.as_of) as asking:
        answer = asking.answer(wanted, Question(grain), collect=True)
    if file.suffix == ".csv":
        file.write_text(records.as_csv(answer), "utf-8")
    else:
        records.to_parquet(answer, file)
    return len(answer)
