"""Files that are still being written are not read; those that settled are, once."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kadar.project import Company, Project, Source
from kadar.sources.files.settled import MOVED, Watch
from kadar.sync import sync

COLUMNS = {"order_id": "No", "ordered_at": "Date"}


def project(folder: Path) -> Project:
    sources = [
        Source("shop", "orders", path=["*.csv"], columns=COLUMNS),
        Source("live", "orders", kind="other"),
    ]
    return Project(folder, Company(), sources, {})


def write(folder: Path, name: str, text: str, at: int) -> None:
    (folder / name).write_text(text, "utf-8")
    os.utime(folder / name, (at, at))


def due(watch: Watch, made: Project, now: float) -> list[str]:
    found = watch.due(made, now)
    for source in found:
        watch.read(source)
    return [source.name for source in found]


def test_a_source_waits_for_all_of_its_files(tmp_path: Path) -> None:
    made, watch = project(tmp_path), Watch(moment=2)
    assert due(watch, made, 0) == due(watch, made, 5) == []  # there is none yet
    assert not watch.waits(made)
    write(tmp_path, "a.csv", "No,Date\n1,2026-01-01\n", 1)
    assert due(watch, made, 6) == due(watch, made, 7.9) == []
    assert watch.waits(made)
    write(tmp_path, "b.csv", "No,Date\n", 1)
    assert due(watch, made, 8) == []  # a.csv has settled, b.csv has not
    write(tmp_path, "b.csv", "No,Date\n", 2)  # of the same size, written again
    assert due(watch, made, 9) == due(watch, made, 10) == []
    assert due(watch, made, 11) == ["shop"]
    assert due(watch, made, 20) == []  # read once
    (tmp_path / "a.csv").unlink()
    assert due(watch, made, 21) == []
    assert watch.news(made.sources[0]) == ["a.csv"]
    assert due(watch, made, 23) == ["shop"]
    watch.forget()
    assert due(watch, made, 24) == ["shop"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=30))
def test_what_is_read_has_not_changed_for_a_moment(events: list[tuple[str, int]]) -> None:
    """Whatever is written when: a source is due only where two looks a moment apart agree."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        folder, watch = Path(name), Watch(moment=2)
        made, now, written = project(folder), 0, -1
        for turn, (file, pause) in enumerate(events):
            now += pause
            if due(watch, made, now):
                assert now - written >= 2
            write(folder, f"{file}.csv", "No,Date\n", 1000 + turn)
            written = now
        if events:
            due(watch, made, now)
            due(watch, made, now + 2)
            assert watch.news(made.sources[0]) == []


def test_a_file_that_is_written_while_it_is_read_is_not_loaded(tmp_path: Path) -> None:
    made, watch = project(tmp_path), Watch(moment=0)
    write(tmp_path, "a.csv", "No,Date\n1,2026-01-01\n", 1)
    watch.due(made, 0)
    (source,) = watch.due(made, 1)
    kind = watch.kind()

    def grows(what: str, done: int, total: int | None) -> None:
        write(tmp_path, "a.csv", "No,Date\n1,2026-01-01\n2,2026-01-02\n", 2)

    (report,) = sync(made, [source.name], progress=grows, kinds=lambda _: kind).sources
    assert report.error is not None
    assert (report.outcome, report.error.code) == ("failed", MOVED)
    watch.read(source)
    watch.due(made, 2)
    assert due(watch, made, 3) == ["shop"]
    (report,) = sync(made, [source.name], kinds=lambda _: watch.kind()).sources
    assert (report.outcome, report.counts.new) == ("loaded", 2)
