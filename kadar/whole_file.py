"""Files written whole or not at all: who reads one meanwhile finds it as it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Give a place beside `file` to write to: it takes the file's place at the end.

    After an error it is gone, and the file as it was. Each writer has a place of its own, so of
    two at once the later counts. Raises OSError, as where the folder is missing.
    """
    beside = file.with_name(f"{file.name}.{os.getpid()}.{get_ident()}.part")
    beside.unlink(missing_ok=True)  # of a process of this number that was killed
    try:
        yield beside
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_whole(file: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file; text as UTF-8, its line ends as they are. Raises OSError.

    A `private` one can be read by its owner only, from its first byte; another keeps its mode.
    """
    mode = 0o600 if private else 0o666

    def opened(path: str, flags: int) -> int:
        return os.open(path, flags, mode)

    with replacing(file) as beside:
        with open(beside, "xb", opener=opened) as out:
            out.write(content.encode() if isinstance(content, str) else content)
        if not private:
            with suppress(FileNotFoundError):
                shutil.copymode(file, beside)
