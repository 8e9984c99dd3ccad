"""The command line starts light: what is heavy is imported when a command needs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "babel", "calamine", "duckdb", "holidays", "ibis", "msgspec", "numpy", "openpyxl", "pandas",
    "polars", "pyarrow", "pydantic", "rich", "scipy", "sqlglot", "tomlkit",
}  # fmt: skip


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_help_loads_nothing_heavy() -> None:
    assert not loaded("import kadar.cli") & (HEAVY | {"typer"})
    assert not loaded("from kadar.cli import main; main(['--help'])") & HEAVY
    # typer 0.29 reads options with pydantic
    options = loaded("from kadar.cli import main; main(['ask', '--help'])")
    assert not options & (HEAVY - {"pydantic"})


def test_question_asked_before_needs_no_engine_and_no_compiler(acme: Path) -> None:
    ask = f"from kadar.cli import main; main(['ask', 'win_rate', '--project', {str(acme)!r}])"
    loaded(ask)
    compiler = {"ibis", "sqlglot", "scipy", "pandas", "pyarrow", "tomlkit", "holidays"}
    assert not loaded(ask) & (compiler | {"duckdb", "numpy"})
    shutil.rmtree(acme / "store" / "results")
    again = loaded(ask)
    assert "duckdb" in again
    assert not again & compiler
