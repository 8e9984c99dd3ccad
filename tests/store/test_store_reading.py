from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kadar.engines.duckdb import DuckDB
from kadar.store import publish, reading


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "000001-x.duckdb"
    with duckdb.connect(str(made)) as connection:
        connection.execute("create table many as select range as n from range(4_000_000)")
    return made


def test_memory_is_in_proportion_to_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def limit() -> str:
        with reading.read_only(file) as connection:
            ((found,),) = connection.execute("select current_setting('memory_limit')").fetchall()
        return str(found)

    assert limit() == "610.3 MiB"
    monkeypatch.setattr(reading, "LEAST", 0)
    monkeypatch.setattr(reading, "TIMES", 1_000_000_000 / file.stat().st_size)
    assert limit() == "953.6 MiB"


def test_a_statement_that_needs_more_gets_more(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LEAST", 40_000_000)
    monkeypatch.setattr(reading, "TIMES", 0)
    needy = "select len(list(n order by n)) as n from many"
    with reading.read_only(file) as connection:
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(needy).fetchall()
        assert DuckDB(connection).run(needy)["n"].tolist() == [4_000_000]


def test_what_a_killed_reader_had_beside_memory_goes_with_the_version(tmp_path: Path) -> None:
    published = tmp_path / "published"
    for number in range(1, 6):
        (published / f"{number:06d}-x.duckdb.tmp").mkdir(parents=True)
        (published / f"{number:06d}-x.duckdb").touch()
    publish.prune(tmp_path, "000005-x")
    left = {path.name[:6] for path in published.iterdir()}
    assert left == {"000003", "000004", "000005"}
