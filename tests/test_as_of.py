"""Numbers as they were known on a past day: late rows, edits and deletions undone."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

import kadar
from kadar import project
from kadar.cli import main
from kadar.errors import KadarError
from kadar.store import as_of
from kadar.sync import sync

TOML = """
[company]
time_zone = "Asia/Kuala_Lumpur"
observed_until = "2026-04-30"
[[sources]]
name = "deals"
table = "deals"
path = "deals.csv"
[sources.columns]
deal_id = "ID"
created_at = "Created"
closed_at = "Closed"
outcome = "Outcome"
customer_id = "Account"
"""
MARCH = """ID,Created,Closed,Outcome,Account
1,2026-01-05,2026-03-02,won,a
2,2026-01-06,2026-03-03,lost,b
3,2026-01-07,2026-03-04,lost,c
"""
# deal 3 was won after all, 4 came late, 2 was deleted
APRIL = """ID,Created,Closed,Outcome,Account
1,2026-01-05,2026-03-02,won,a
3,2026-01-07,2026-03-04,won,c
4,2026-01-08,2026-03-05,lost,d
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kadar.toml").write_text(TOML, "utf-8")
    for text, day in ((MARCH, 31), (APRIL, 30)):
        (tmp_path / "deals.csv").write_text(text, "utf-8")
        month = 3 if text is MARCH else 4
        sync(project.load(tmp_path), recorded_at=datetime(2026, month, day, 3, tzinfo=UTC))
    return tmp_path


def march(workspace: kadar.Workspace) -> tuple[float | None, float | None]:
    (row,) = workspace.ask("win_rate", since="2026-03-01", until="2026-04-01")
    return row.numerator, row.denominator


def test_a_past_day_answers_as_it_did_then(folder: Path) -> None:
    assert march(kadar.open(folder)) == (2, 3)
    assert march(kadar.open(folder, as_of="2026-03-31")) == (1, 3)
    assert march(kadar.open(folder, as_of="2026-04-29")) == (1, 3)
    assert march(kadar.open(folder, as_of="2026-04-30")) == (2, 3)
    # asked again it is the same file, and the same answer
    assert march(kadar.open(folder, as_of="2026-03-31")) == (1, 3)


def test_the_rows_behind_a_past_number_are_those_of_then(folder: Path) -> None:
    def closed(workspace: kadar.Workspace) -> list[str]:
        listed = workspace.records("win_rate", "2026-03", part="denominator")
        return sorted(str(row["deal_id"]) for row in listed.rows)

    assert closed(kadar.open(folder)) == ["1", "3", "4"]
    assert closed(kadar.open(folder, as_of="2026-03-31")) == ["1", "2", "3"]


def test_the_day_ends_in_the_companys_zone_and_a_moment_is_a_moment(folder: Path) -> None:
    # the second load was at 03:00 UTC, 11:00 in Kuala Lumpur
    assert march(kadar.open(folder, as_of="2026-04-30T10:59")) == (1, 3)
    assert march(kadar.open(folder, as_of="2026-04-30T11:00")) == (2, 3)
    assert march(kadar.open(folder, as_of="2026-04-30T03:00+00:00")) == (2, 3)


def test_what_was_known_ends_then(folder: Path) -> None:
    then = kadar.open(folder, as_of="2026-03-31").ask("win_rate")
    assert then.observed_until == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert [row.complete for row in then] == [True]
    assert then.data_version.endswith("as of 2026-04-01T00:00:00+08:00")
    assert len(kadar.open(folder).ask("win_rate")) == 2  # April has begun and ended since


def test_before_the_first_load_nothing_is_known(folder: Path) -> None:
    with pytest.raises(KadarError) as caught:
        kadar.open(folder, as_of="2026-03-30").ask("win_rate")
    assert caught.value.code == "KDR-ASK-011"
    assert "2026-03-31 03:00 UTC" in caught.value.next_step()


def test_settings_changed_since_then_count(folder: Path) -> None:
    assert len(kadar.open(folder, as_of="2026-03-31").ask("win_rate")) == 1
    text = TOML.replace('"Asia/Kuala_Lumpur"', '"America/New_York"')
    (folder / "kadar.toml").write_text(text, "utf-8")
    # 2 March in Kuala Lumpur was 1 March in New York: still March; the day ends twelve hours later
    (row,) = kadar.open(folder, as_of="2026-03-31").ask("win_rate")
    assert row.complete
    assert kadar.open(folder, as_of="2026-03-31").ask("win_rate").observed_until == datetime(
        2026, 4, 1, 4, tzinfo=UTC
    )


def test_files_of_an_older_version_go(folder: Path) -> None:
    march(kadar.open(folder, as_of="2026-03-31"))
    (old,) = (folder / "store" / "as_of").iterdir()
    (folder / "deals.csv").write_text(MARCH, "utf-8")
    sync(project.load(folder), recorded_at=datetime(2026, 5, 2, tzinfo=UTC))
    assert march(kadar.open(folder, as_of="2026-03-31")) == (1, 3)
    assert old not in list((folder / "store" / "as_of").iterdir())


def test_the_command_line_asks_as_of_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["ask", "win_rate", "--format", "csv", "--project", str(folder)]
    assert main([*asked, "--as-of", "2026-03-31"]) == 0
    assert "2026-03-01,2026-04-01,0.3333333333333333,1.0,3.0,3," in capsys.readouterr().out
    assert main([*asked, "--as-of", "March"]) == 2
    assert "KDR-ASK-006" in capsys.readouterr().err


def test_estimates_of_a_past_day_rest_on_what_was_known_then(folder: Path) -> None:
    def asked(workspace: kadar.Workspace) -> tuple[float | None, int | None, int | None]:
        row = workspace.ask("sales_conversion_rate", variant="censored").rows[0]
        return row.value, row.n, row.waiting

    assert asked(kadar.open(folder, as_of="2026-03-31")) == (pytest.approx(1 / 3), 3, 0)
    assert asked(kadar.open(folder)) == (pytest.approx(2 / 3), 3, 0)


def test_of_many_moments_the_last_used_are_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_of, "MOST", 2)
    kept = folder / "store" / "as_of"

    def ask(day: str) -> set[str]:
        assert march(kadar.open(folder, as_of=day)) == (1, 3)
        return {file.name for file in kept.iterdir()}

    (first,) = ask("2026-04-01")
    second = (ask("2026-04-02") - {first}).pop()
    os.utime(kept / first, (1, 1))  # long ago
    assert ask("2026-04-01") == {first, second}  # used again just now
    os.utime(kept / second, (2, 2))
    (kept / f"{second}.tmp").mkdir()  # of a reader that was killed
    third = ask("2026-04-03") - {first}
    assert len(third) == 1
    assert third != {second}
