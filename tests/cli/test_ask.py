"""`kadar ask`: formats, dimensions, refusals and exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from tests.cli.conftest import WON, Run

KEYS = [
    "kpi", "variant", "grain", "opens", "closes", "value", "numerator", "denominator", "n",
    "lower", "upper", "complete", "mature", "excluded", "unit", "at_least", "waiting", "withheld",
]  # fmt: skip


def test_json_has_the_keys_of_an_answer_row_in_order(run: Run, acme: Path) -> None:
    done = run("ask", "win_rate", "--format", "json", "--project", acme)
    assert done.code == 0
    rows = json.loads(done.out)
    assert [list(row) for row in rows] == [KEYS] * 6
    april = rows[3]
    assert (april["opens"], april["closes"]) == ("2026-04-01", "2026-05-01")
    assert april["value"] == WON[4] / 10
    assert (april["numerator"], april["denominator"], april["n"]) == (3, 10, 10)
    assert april["lower"] < 0.3 < april["upper"]
    assert (april["complete"], april["unit"]) == (True, "percent")
    assert not rows[5]["complete"]


def test_dimensions_stand_after_closes_and_null_is_null(run: Run, acme: Path) -> None:
    done = run(
        "ask", "win_rate", "--by", "channel", "--grain", "all", "--format", "json",
        "--project", acme,
    )  # fmt: skip
    rows = json.loads(done.out)
    assert list(rows[0]) == [*KEYS[:5], "channel", *KEYS[5:]]
    assert {row["channel"] for row in rows} == {"web", "event", None}
    assert sum(row["denominator"] for row in rows) == 60


def test_a_variant_is_that_of_the_kpis_that_have_it(run: Run, acme: Path) -> None:
    done = run(
        "ask", "win_rate", "first_response_time", "win_rate", "--variant", "of_created",
        "--grain", "all", "--format", "json", "--project", acme,
    )  # fmt: skip
    assert done.code == 0
    shown = [(row["kpi"], row["variant"]) for row in json.loads(done.out)]
    assert shown == [("win_rate", "of_created"), ("first_response_time", "default")]
    wrong = run("ask", "win_rate", "nps", "--variant", "of_craeted", "--project", acme)
    assert wrong.code == 2
    assert "KDR-KPI-004" in wrong.err


def test_a_setting_of_another_kind_is_refused(run: Run, acme: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(acme, tmp_path / "copy")
    before = (folder / "kadar.toml").read_text("utf-8")
    named = "[kpi.lead_conversion_rate]\n"
    assert named in before
    for wrong in ('"x"', "true", "[90]"):
        changed = before.replace(named, f"{named}window_days = {wrong}\n")
        (folder / "kadar.toml").write_text(changed, encoding="utf-8")
        done = run("ask", "lead_conversion_rate", "--project", folder)
        assert done.code == 2, wrong
        assert "KDR-KPI-007" in done.err


def test_a_dimension_named_twice_is_one(run: Run, acme: Path) -> None:
    done = run(
        "ask", "win_rate", "--by", "channel", "--by", "channel", "--grain", "all",
        "--format", "csv", "--project", acme,
    )  # fmt: skip
    assert done.out.splitlines()[0].split(",").count("channel") == 1


def test_no_number_is_null_never_nan(run: Run, acme: Path) -> None:
    done = run("ask", "win_rate", "--by", "channel", "--format", "json", "--project", acme)
    assert "NaN" not in done.out
    nothing = run(
        "ask", "first_response_time", "--grain", "day", "--format", "json", "--project", acme
    )
    rows = json.loads(nothing.out)
    assert any(row["value"] is None for row in rows)
    assert [row["excluded"] for row in rows if row["excluded"]] == [{"unanswered": 1}]


def test_filters_narrow_what_is_asked(run: Run, acme: Path) -> None:
    done = run(
        "ask", "win_rate", "--where", "channel!=web", "--where", "channel!=event", "--grain",
        "all", "--format", "json", "--project", acme,
    )  # fmt: skip
    (row,) = json.loads(done.out)
    assert row["denominator"] == 6


def test_span_keeps_the_periods_that_open_in_it(run: Run, acme: Path) -> None:
    done = run(
        "ask", "win_rate", "--since", "2026-02-01", "--until", "2026-04-01", "--format", "json",
        "--project", acme,
    )  # fmt: skip
    assert [row["opens"] for row in json.loads(done.out)] == ["2026-02-01", "2026-03-01"]


def test_csv_and_parquet_hold_the_rows_of_json(run: Run, acme: Path, tmp_path: Path) -> None:
    asked = ("ask", "win_rate", "first_response_time", "--by", "channel", "--project", acme)
    rows = json.loads(run(*asked, "--format", "json").out)
    table = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv").out)))
    file = tmp_path / "answer.parquet"
    assert run(*asked, "--format", "parquet", "--output", file).code == 0
    read = duckdb.connect().sql(f"from '{file}'").fetchall()
    assert len(table) == len(read) == len(rows)
    for record, line, stored in zip(rows, table, read, strict=True):
        assert list(line) == list(record)
        assert line["value"] == ("" if record["value"] is None else str(record["value"]))
        assert json.loads(line["excluded"]) == record["excluded"]
        assert (str(stored[3]), stored[5], stored[6]) == (
            record["opens"],
            record["channel"],
            record["value"],
        )


def test_parquet_goes_through_a_pipe(acme: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from kadar.cli import main; sys.exit(main())",
         "ask", "win_rate", "--format", "parquet", "--project", acme],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout[:4] == done.stdout[-4:] == b"PAR1"


def test_table_marks_the_period_that_is_not_over(run: Run, acme: Path) -> None:
    done = run("ask", "win_rate", "--project", acme)
    lines = {line.split()[0]: line for line in done.out.splitlines() if line.startswith("2026")}
    assert "40.0%" in lines["2026-05"]
    assert "not complete" in lines["2026-06"]
    assert "not complete" not in lines["2026-05"]
    assert "Data known until 2026-06-15." in done.out


def test_unknown_kpi_is_wrong_usage_and_names_the_nearest(run: Run, acme: Path) -> None:
    done = run("ask", "win_rat", "--project", acme)
    assert done.code == 2
    assert done.out == ""
    assert "There is no KPI win_rat." in done.err
    assert "win_rate" in done.err.splitlines()[1]
    assert "KDR-KPI-003" in done.err


def test_wrong_words_are_wrong_usage(run: Run, acme: Path) -> None:
    for words, code in (
        (("--grain", "fortnight"), "KDR-ASK-001"),
        (("--where", "channel"), "KDR-ASK-003"),
        (("--by", "chanel"), "KDR-ASK-004"),
        (("--since", "yesterday"), "KDR-ASK-006"),
        (("--variant", "of_create"), "KDR-KPI-004"),
        (("--format", "xml"), "KDR-CLI-002"),
        (("--language", "tlh"), "KDR-CLI-001"),
    ):
        done = run("ask", "win_rate", *words, "--project", acme)
        assert (done.code, code in done.err) == (2, True), (words, done)


def test_option_that_does_not_exist_is_wrong_usage(run: Run, acme: Path) -> None:
    assert run("ask", "win_rate", "--bogus", "--project", acme).code == 2


def test_kpi_the_data_cannot_carry_is_refused_with_the_columns(run: Run, acme: Path) -> None:
    done = run("ask", "nps", "--format", "json", "--project", acme)
    assert done.code == 1
    assert done.out == ""
    assert "surveys.score" in done.err


def test_refused_kpi_does_not_take_the_others_with_it(run: Run, acme: Path) -> None:
    done = run("ask", "nps", "win_rate", "--format", "json", "--project", acme)
    assert done.code == 1
    assert {row["kpi"] for row in json.loads(done.out)} == {"win_rate"}


def test_no_project_and_no_data_are_told_apart(run: Run, tmp_path: Path) -> None:
    assert "KDR-PRJ-001" in run("ask", "win_rate", "--project", tmp_path).err
    run("init", tmp_path, "--yes")
    assert "KDR-ASK-007" in run("ask", "win_rate", "--project", tmp_path).err


def test_no_traceback_reaches_the_user(acme: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kadar", "ask", "nps", "--project", acme],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 2


def test_to_date_compares_the_same_days(run: Run, acme: Path) -> None:
    """Of June the first 15 days are known; of the ten deals closed by the 12th all fall in them."""
    done = run("ask", "win_rate", "--to-date", "--format", "json", "--project", acme)
    rows = json.loads(done.out)
    assert [(row["opens"], row["closes"]) for row in rows[-2:]] == [
        ("2026-05-01", "2026-05-16"),
        ("2026-06-01", "2026-06-16"),
    ]
    assert rows[-1]["complete"]
    shown = run("ask", "win_rate", "--first-days", "4", "--working-days", "--project", acme)
    assert "Only the first 4 working days of each period." in shown.out
