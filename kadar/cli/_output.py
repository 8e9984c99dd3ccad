"""Where a command's output goes: the terminal, a pipe or a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError, nearest
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.answer import Answer
    from kadar.show.listing import Rows

FORMATS = ("table", "csv", "json", "parquet")


def check_format(name: str, output: Path | None, formats: tuple[str, ...] = FORMATS) -> None:
    """Refuse a format that does not exist or cannot go where it is to go.

    Raises KDR-CLI-002, KDR-CLI-003 for Parquet on a terminal, KDR-CLI-004 for a table in a file.
    """
    if name not in formats:
        raise KadarError(
            "KDR-CLI-002",
            N_("There is no format {format}."),
            N_("These exist: {formats}."),
            format=name,
            formats=nearest(name, list(formats)),
        )
    if name == "parquet" and output is None and sys.stdout.isatty():
        raise KadarError(
            "KDR-CLI-003",
            N_("Parquet is not for a terminal."),
            N_("Name a file with --output, or send the output to a program."),
        )
    if name == "table" and output is not None:
        raise KadarError(
            "KDR-CLI-004",
            N_("A table goes to the terminal, not to {file}."),
            N_("Choose --format csv, json or parquet."),
            file=output,
        )


def put_answer(answer: Answer, name: str, output: Path | None) -> None:
    """Write an answer in a format; text is UTF-8 wherever it goes."""
    from kadar.show import records

    if name == "parquet":
        _put_file(lambda file: records.to_parquet(answer, file), output)
        return
    put_text(records.as_json(answer) if name == "json" else records.as_csv(answer), output)


def put_rows(made: Rows, name: str, output: Path | None) -> None:
    """Write rows of typed columns in a format other than a table."""
    from kadar.show import listing

    if name == "parquet":
        _put_file(lambda file: listing.to_parquet(made, file), output)
        return
    put_text(listing.as_json(made) if name == "json" else listing.as_csv(made), output)


def _put_file(write: Callable[[Path], None], output: Path | None) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "made"
        write(file)
        put_bytes(file.read_bytes(), output)


def put_text(text: str, output: Path | None = None) -> None:
    """Write text as UTF-8 to a file, or to standard output."""
    put_bytes(text.encode("utf-8"), output)


def put_bytes(content: bytes, output: Path | None = None) -> None:
    """Write bytes to a file, or to standard output. Raises KDR-CLI-005 where that fails."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise KadarError(
            "KDR-CLI-005",
            N_("{file} cannot be written: {reason}."),
            N_("Name another file, or mend its folder's rights."),
            exit_code=FAILED,
            file=output,
            reason=error.strerror or str(error),
        ) from error


def put_records(
    records: Sequence[Mapping[str, object]], name: str, output: Path | None = None
) -> None:
    """Write records as `json` or `csv` to a file, or to standard output."""
    import json

    from kadar.show.records import text_rows

    if name == "json":
        put_text(json.dumps(records, ensure_ascii=False, indent=1, default=str) + "\n", output)
    else:
        header = list(records[0]) if records else []
        put_text(text_rows(header, [list(record.values()) for record in records]), output)
