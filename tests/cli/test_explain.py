"""`kadar explain`: with data, without, without a project."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from kadar.catalogue import catalogue
from kadar.contents import opened
from kadar.explanation import explain
from kadar.measure.compile import compile_measures
from kadar.measure.currency import without_unknown_rates
from kadar.measure.evaluate import measures_of
from kadar.measure.question import Question
from kadar.project import load
from kadar.show import explained
from kadar.show.formula import written
from kadar.show.reader import Reader
from tests.cli.conftest import Run


def test_says_what_it_means_and_what_it_reads(run: Run, acme: Path) -> None:
    done = run("explain", "win_rate", "--project", acme)
    assert done.code == 0
    for part in (
        "Share of the deals closed in the period that were won.",
        "count(if outcome = 'won') of A / count() of A",
        "Salesforce",
        "closed_at",
        "FROM crm.deals",
        "Target: 35.0%.",
    ):
        assert part in done.out, part


def test_needs_no_project(run: Run) -> None:
    done = run("explain", "first_response_time")
    assert done.code == 0
    assert "Median hours from a ticket's creation" in done.out


def test_every_core_kpi_is_explained_with_the_rows_that_run(acme: Path) -> None:
    with opened(load(acme)) as connection:
        for made in catalogue():
            if not made.core:
                continue
            # a forecast is no table of the published file: what stands in its place
            told = explain(made, made.get().otherwise)
            record = explained.record(told, Reader())
            assert record["definition"], made.name
            assert record["reads"], made.name
            wanted = measures_of(without_unknown_rates(told.chosen.formula))[0]
            runs = connection.execute(compile_measures(wanted, Question("month")).sql)
            expected = runs.fetchall()
            assert connection.execute(record["sql"]).fetchall() == expected, made.name


def test_formula_of_every_variant_is_written() -> None:
    for made in catalogue():
        for variant in made.variants:
            text = written(made.formula(variant))
            assert text.rows, (made.name, variant)
            assert all(f" of {letter}" in text.arithmetic for letter in text.rows)
            assert "object at" not in text.arithmetic + "".join(text.rows.values())


def test_the_sql_shown_gives_the_figures(run: Run, acme: Path) -> None:
    record = json.loads(run("explain", "win_rate", "--format", "json", "--project", acme).out)
    current = (acme / "store" / "current").read_text().strip()
    with duckdb.connect(str(acme / "store" / "published" / f"{current}.duckdb"), True) as read:
        rows = read.execute(record["sql"]).fetchall()
    assert [row[2] / row[3] for row in rows] == [0.5, 0.4, 0.2, 0.3, 0.4, 0.9]


def test_says_which_variants_the_data_can_carry(run: Run, acme: Path) -> None:
    record = json.loads(
        run("explain", "first_response_time", "--format", "json", "--project", acme).out
    )
    assert all(variant["computable"] for variant in record["variants"])
    other = json.loads(run("explain", "nps", "--format", "json", "--project", acme).out)
    assert other["variants"][0]["lacks"] == [
        "surveys.answered_at",
        "surveys.kind",
        "surveys.score",
    ]


def test_settings_in_force_stand_beside_their_defaults(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path, "--yes")
    with (tmp_path / "kadar.toml").open("a") as file:
        file.write("\n[kpi.lead_conversion_rate]\nwindow_days = 30\n")
    done = run("explain", "lead_conversion_rate", "--project", tmp_path)
    assert "window_days = 30 (default 90)" in done.out
    assert "720" in done.out  # hours of thirty days, in the formula


def test_without_a_name_lists_every_kpi(run: Run) -> None:
    done = run("explain", "--format", "json")
    assert {one["kpi"] for one in json.loads(done.out)} == {made.name for made in catalogue()}


def test_unknown_kpi_and_variant_are_wrong_usage(run: Run) -> None:
    assert run("explain", "winrate").code == 2
    assert run("explain", "win_rate", "--variant", "nope").code == 2
