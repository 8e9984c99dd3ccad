"""The command line: one command, one file, found by its place in this package.

A module `kadar/cli/ask.py` with a function `ask` and a text `HELP` is the command `kadar ask`
(`import_` is `import`). Modules that begin with `_` are no commands. Importing any of them costs
next to nothing: what is heavy is imported when a command runs.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]

INTERRUPTED = 130  # as shells say of a process ended by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `kadar` with some arguments (the process's own by default); return its exit code.

    A `KadarError` becomes its sentence, its next step and its code on standard error, in the
    reader's language.
    """
    import sys

    from kadar.cli._language import speak, spoken_in
    from kadar.errors import KadarError

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        speak(spoken_in(given))
        from kadar.cli._commands import run

        return run(given)
    except KadarError as error:
        from kadar.cli._complain import complain

        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except RuntimeError as error:
        from kadar.store.sql import interrupted

        if interrupted(error):
            return INTERRUPTED
        raise
