"""Records: what is listed makes the number, for every KPI and variant."""

from __future__ import annotations

from datetime import date
from math import isclose
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pytest

from kadar.answer import Row
from kadar.asking import Asking
from kadar.cli import main
from kadar.errors import KadarError
from kadar.exporting import export
from kadar.given import filters
from kadar.insight.records import PARTS, Records, part_of, records
from kadar.measure.formula import Constant, Formula, Measure, Operation
from kadar.measure.period import find_period
from kadar.measure.question import Question
from kadar.model import TABLES
from kadar.show.listing import in_one_currency
from kadar.show.reader import Reader
from kadar.workspace import Workspace
from tests.companies import at, company
from tests.kpis import plain_waiting
from tests.kpis.plain import Settings
from tests.kpis.strategies import Generated, Maker

FILLED = ("leads", "deals", "orders", "subscriptions", "interactions", "tickets", "surveys",
          "spend", "customers")  # fmt: skip
DAILY = ("churn_rate", "daily")


def generated() -> Generated:
    """Return a company with every table filled, and everything wrong in it that may be."""
    settings = Settings(
        time_zone="America/New_York",
        week_starts=0,
        fiscal_year_starts=(4, 1),
        contract=True,
        inactive_after_days=90,
        grace_days=1,
        observed_until=date(2025, 3, 13),
        holidays=None,
    )
    return Generated(settings, Maker(settings, Random(7)).tables(dict.fromkeys(FILLED, 120)))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = generated()
    columns = {table: TABLES[table].column_names for table in TABLES}
    folder = tmp_path_factory.mktemp("records")
    return company(folder, toml=made.settings.toml(), columns=columns, **made.tables)


def figure(row: Row, part: str) -> float | None:
    if part == "excluded":
        return float(sum(row.excluded.values()))
    if row.numerator is None and row.denominator is None and part == "numerator":
        return row.value
    return row.numerator if part == "numerator" else row.denominator


def again(formula: Formula, values: dict[str, list[float]]) -> float:
    """Compute a formula without months from what the rows of its measures contribute."""
    if isinstance(formula, Constant):
        return float(formula.number)
    if isinstance(formula, Measure):
        mine = values[str(formula)]
        if formula.kind == "quantile":
            return float(np.quantile(mine, formula.share or 0.5)) if mine else float("nan")
        return float(sum(mine))
    assert isinstance(formula, Operation), formula
    left, right = again(formula.left, values), again(formula.right, values)
    if formula.symbol == "/":
        return left / right if right else float("nan")
    return {"+": left + right, "-": left - right, "*": left * right}[formula.symbol]


def check(made: Records, figure: float | None) -> None:
    """Assert that what is listed makes a figure."""
    assert made.figure == figure or isclose(made.figure or 0.0, figure or 0.0)
    assert len(made) == made.count
    added = [row["contribution"] for row in made]
    if made.adds_up:
        assert made.total is not None
        assert isclose(sum(one or 0.0 for one in added), figure or 0.0, abs_tol=1e-6)
        if all(term.measure.kind == "count" and term.factor == 1 for term in made.terms):
            assert made.count == (figure or 0)
        return
    assert made.formula is not None
    if "months of the period" in str(made.formula):
        return
    values: dict[str, list[float]] = {str(term.measure): [] for term in made.terms}
    if isinstance(made.formula, Measure) and made.formula.waiting is not None:
        check_waiting(made, made.formula, figure)
        return
    for row in made:
        measure = made.terms[row.get("term", 1) - 1].measure
        if row["contribution"] is not None:
            values[str(measure)].append(row["contribution"])
    computed = again(made.formula, values)
    if figure is None:
        assert np.isnan(computed)
    else:
        assert isclose(computed, figure, rel_tol=1e-9, abs_tol=1e-9)


def check_waiting(made: Records, measure: Measure, figure: float | None) -> None:
    """Assert that times and how they end make an estimate, by the twin's arithmetic."""
    waits = [(row["contribution"], row["state"]) for row in made]
    if measure.kind == "time_to" and measure.waiting and measure.waiting.other is None:
        assert plain_waiting.median(waits) == pytest.approx(figure)
    elif measure.kind == "share_by" and figure is not None and measure.waiting:
        if isinstance(measure.waiting.within, float | int):
            assert plain_waiting.share(waits, measure.waiting.within) == pytest.approx(figure)
    elif measure.kind == "projected" and figure is not None:
        done = sum(how == "ended" for _, how in waits) / len(waits)
        still = sum(how == "waiting" for _, how in waits) / len(waits)
        assert done - 1e-9 <= figure <= done + still + 1e-9


@pytest.mark.parametrize(
    ("label", "dimension", "turn", "known"),
    [
        ("2024-05", "", 0, ("", None)),
        ("FY2025-Q1", "channel", 1, ("", None)),
        ("FY2025-Q3", "", 2, ("", None)),
        ("2024-12", "country", 3, ("", None)),
        ("FY2025-Q1", "", 1, ("country!=DE", None)),
        ("FY2025-Q1", "channel", 3, ("country!=MY", "2026-07-02")),
    ],
)
def test_the_rows_make_the_number_of_every_kpi_and_variant(
    work: Workspace, label: str, dimension: str, turn: int, known: tuple[str, str | None]
) -> None:
    """Every variant in one of the questions: the variants of a KPI take turns.

    Divided, filtered, and as of a day after everything was recorded too. Equal parts are listed
    once.
    """
    there = [(k, v) for k in work.kpis for v in k.variants if (k.name, v) != DAILY]
    wanted = there[turn::4]
    listed: dict[str, Records] = {}
    where, as_of = known
    kept = filters([where] if where else [])
    with Asking(work.project, Workspace(work.project.folder, as_of).as_of) as asking:
        period = find_period(label, asking.engine.run)
        question = period.question([dimension] if dimension else [], kept)
        answer = asking.answer(wanted, question, collect=True)
        for kpi, variant in wanted:
            mine = [r for r in answer if (r.kpi, r.variant) == (kpi.name, variant)]
            # of a dimension, the group with the most rows
            for row in sorted(mine, key=lambda row: row.n or 0)[-1:]:
                formula = asking.formula(kpi, variant)
                for part in PARTS:
                    try:
                        wanted_part = part_of(kpi, variant, formula, part)
                    except KadarError as error:
                        assert (error.code, row.denominator) == ("KDR-ASK-024", None)  # noqa: PT017
                        continue
                    mark = f"{wanted_part.formula} {wanted_part.terms} {row.dimensions}"
                    if mark not in listed:
                        listed[mark] = records(
                            asking, kpi, variant, label,
                            part=part, by=row.dimensions, where=kept,
                            answered=[row],
                        )  # fmt: skip
                        for one in listed[mark] if dimension else ():
                            assert one[dimension] == row.dimensions[dimension]
                    check(listed[mark], figure(row, part))
    assert sum(made.count for made in listed.values()) > (50 if where else 100)
    assert len(answer.refused) < len(wanted) / 2


def test_a_limit_shortens_the_list_and_never_the_count(work: Workspace) -> None:
    whole = work.records("win_rate", "all", variant="with_overdue", part="denominator")
    some = work.records("win_rate", "all", variant="with_overdue", part="denominator", limit=3)
    assert len(some) == 3 < whole.count == some.count
    assert some.total == whole.total == whole.figure
    assert some.rows == whole.rows[:3]
    none = work.records("win_rate", "all", limit=0)
    assert (len(none), none.total) == (0, none.figure)
    assert none.count


def test_rows_say_where_they_come_from_when_and_what_they_add(tmp_path: Path) -> None:
    work = company(
        tmp_path,
        toml='time_zone = "Asia/Kuala_Lumpur"\nobserved_until = 2026-07-01',
        surveys=[
            {"kind": "nps", "survey_id": f"s{score}", "customer_id": "c1", "score": score,
             "sent_at": at("2026-05-30"), "answered_at": at("2026-05-31 16:30")}
            for score in (10, 9, 8, 3)
        ],
    )  # fmt: skip
    made = work.records("nps", "2026-06")
    assert made.figure == 1.0 == made.total
    assert [(row["survey_id"], row["contribution"]) for row in made] == [
        ("s10", 1.0), ("s9", 1.0), ("s3", -1.0)
    ]  # fmt: skip
    assert made.rows[0]["answered_at"].isoformat() == "2026-06-01T00:30:00+08:00"
    assert (made.rows[0]["table"], made.rows[0]["source"]) == ("surveys", "test")
    assert work.records("nps", "2026-06", part="denominator").count == 4
    assert work.records("nps", "2026-05").count == 0


def test_the_same_value_twice_counts_once_of_different_ones(tmp_path: Path) -> None:
    (tmp_path / "kpis").mkdir()
    (tmp_path / "kpis" / "buyers.py").write_text(
        '"""Buyers."""\nfrom kadar.kpi import NUMBER, UP, _, kpi\n\n\n'
        '@kpi(unit=NUMBER, better=UP, roles=["sales"])\n'
        'def buyers(crm):\n    """Different customers who ordered."""\n'
        "    return crm.orders.ordered.nunique(_.customer_id)\n"
    )
    orders = [
        {"customer_id": who, "ordered_at": at(f"2026-03-0{day}"), "revenue": 10}
        for day, who in enumerate(("a", "a", "b", None), 1)
    ]
    work = company(tmp_path, toml="observed_until = 2026-04-01", orders=orders)
    made = work.records("buyers", "2026-03")
    assert made.figure == made.total == 2
    assert sorted(row["contribution"] for row in made) == [0.0, 1.0, 1.0]


def test_what_cannot_be_listed_is_refused(work: Workspace) -> None:
    for code, asked in {
        "KDR-ASK-020": {"kpi": "nps", "period": "last month"},
        "KDR-ASK-021": {"kpi": "nps", "period": "2031-02"},
        "KDR-ASK-022": {"kpi": "nps", "period": "2025"},
        "KDR-ASK-023": {"kpi": "nps", "period": "all", "part": "top"},
        "KDR-ASK-024": {"kpi": "revenue", "period": "all", "part": "denominator"},
        "KDR-ASK-025": {"kpi": "churn_rate", "period": "2024-05", "variant": "daily"},
        "KDR-ASK-026": {"kpi": "nps", "period": "all", "by": ["channel!=web"]},
        "KDR-ASK-010": {"kpi": "win_rate", "period": "all", "where": ["channel=wbe"]},
    }.items():
        with pytest.raises(KadarError) as raised:
            work.records(**asked)  # type: ignore[arg-type]
        assert raised.value.code == code


@pytest.mark.parametrize(
    ("text", "grain", "opens", "closes"),
    [
        ("fy2025-q1", "quarter", date(2024, 4, 1), date(2024, 7, 1)),
        ("FY2025", "year", date(2024, 4, 1), date(2025, 4, 1)),
        ("2024-09", "month", date(2024, 9, 1), date(2024, 10, 1)),
        ("2024-w7", "week", date(2024, 2, 12), date(2024, 2, 19)),
        (" 2024-02-29 ", "day", date(2024, 2, 29), date(2024, 3, 1)),
        ("All", "all", None, None),
    ],
)
def test_periods_as_people_write_them(
    work: Workspace, text: str, grain: str, opens: date | None, closes: date | None
) -> None:
    with Asking(work.project) as asking:
        found = find_period(text, asking.engine.run)
    assert (found.grain, found.opens, found.closes) == (grain, opens, closes)
    assert found.question() == (
        Question("all")
        if opens is None
        else Question(grain, since=opens, until=date.fromordinal(opens.toordinal() + 1))
    )


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-02-30", "2024-W54", "2024-Q5", "'; --", "", "24-01", "FY2024-01"]
)
def test_no_period_is_guessed(work: Workspace, text: str) -> None:
    with Asking(work.project) as asking, pytest.raises(KadarError) as raised:
        find_period(text, asking.engine.run)
    assert raised.value.code in ("KDR-ASK-020", "KDR-ASK-021")


def test_the_command_writes_each_format(
    work: Workspace, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    import csv
    import json

    import duckdb

    asked = ["records", "win_rate", "--period", "FY2025-Q1", "--project", str(work.project.folder)]
    there = work.records("win_rate", "FY2025-Q1")
    assert main([*asked, "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsysbinary.readouterr().out.decode().splitlines()))
    assert [row["deal_id"] for row in rows] == [row["deal_id"] for row in there]
    assert main([*asked, "--format", "json", "--limit", "2"]) == 0
    assert len(json.loads(capsysbinary.readouterr().out)) == 2
    file = tmp_path / "won.parquet"
    assert main([*asked, "--format", "parquet", "--output", str(file)]) == 0
    with duckdb.connect() as connection:
        kept = connection.execute(f"SELECT epoch_us(closed_at) FROM '{file}'").fetchall()
    assert [one / 1e6 for (one,) in kept] == [row["closed_at"].timestamp() for row in there]
    assert main([*asked, "--part", "excluded"]) == 0
    assert main([*asked, "--language", "ms"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert str(there.count) in shown
    assert there.rows[0]["deal_id"] in shown
    assert main([*asked, "--part", "denominators"]) == 2


def test_money_is_listed_and_exported_in_the_companys_currency(tmp_path: Path) -> None:
    made = company(
        tmp_path,
        toml='currency = "MYR"\nobserved_until = "2026-03-01"',
        fx_rates=[{"currency": "USD", "valid_at": at("2026-01-01"), "rate": 4.0}],
        spend=[
            {"spend_id": "ads", "spent_at": at("2026-01-10"), "amount": 100, "currency": "USD"},
            {"spend_id": "fair", "spent_at": at("2026-01-20"), "amount": 50, "currency": "MYR"},
        ],
    )
    for limit in (None, 1):
        listed = made.records("spend", "2026-01", limit=limit)
        assert listed.total == 450
        first = listed.rows[0]
        assert (first["spend_id"], first["amount"], first["contribution"]) == ("ads", 400, 400)
        assert first["recorded_currency"] == "USD"
        assert "currency" not in first  # 400 is not in dollars
    shown = in_one_currency(listed.columns, Reader("en", "MYR"))
    assert shown is not None
    assert "Money is in MYR" in shown
    for form in ("csv", "parquet"):
        export(made, tmp_path / form, form)
        file = tmp_path / form / f"spend.{form}"
        query = f"select spend_id, amount::double, recorded_currency from '{file}' order by 1"
        assert duckdb.connect().sql(query).fetchall() == [
            ("ads", 400.0, "USD"),
            ("fair", 50.0, "MYR"),
        ]
