"""What drives a change: trees whose leaves sum to it exactly."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import permutations
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kadar.asking import Asking
from kadar.cli import main
from kadar.errors import KadarError
from kadar.insight.behind import behind
from kadar.insight.drivers import Branch, drivers, shapley, tree_of
from kadar.insight.identities import _TREES, declared
from kadar.insight.wording import phrase
from kadar.measure.period import find_period
from kadar.workspace import Workspace
from tests.companies import at, company
from tests.insight.test_records import generated, work  # noqa: F401  (a fixture)

AMOUNTS = st.fractions(-20, 20, max_denominator=12)
LETTERS = "abcd"


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Spend 1,000 → 1,800; leads 20 → 30, converted 10 → 12; customers 12 → 12."""
    leads, orders = [], []
    customers = [{"customer_id": one, "acquired_at": at("2026-01-01")} for one in "abc"]
    for month, created, converted, acquired in ((4, 20, 10, 12), (5, 30, 12, 12)):
        leads += [
            {"created_at": at(f"2026-{month:02}-02"),
             "converted_at": at(f"2026-{month:02}-20") if i < converted else None}
            for i in range(created)
        ]  # fmt: skip
        customers += [{"acquired_at": at(f"2026-{month:02}-21")} for _ in range(acquired)]
    for month, who, times, revenue in ((4, "ab", 2, 100), (5, "abc", 1, 150)):
        orders += [
            {"customer_id": one, "ordered_at": at(f"2026-{month:02}-05"), "revenue": revenue,
             "channel": "web" if one == "a" else "shop"}
            for one in who for _ in range(times)
        ]  # fmt: skip
    orders.append({"customer_id": "a", "ordered_at": at("2026-05-09"), "revenue": -30})
    return company(
        tmp_path_factory.mktemp("drivers"),
        toml='currency = "MYR"\nobserved_until = 2026-07-01',
        leads=leads,
        customers=customers,
        orders=orders,
        spend=[{"spent_at": at(f"2026-0{m}-03"), "amount": a} for m, a in ((4, 1000), (5, 1800))],
    )


def leaf_effects(acme: Workspace, kpi: str) -> dict[str, Fraction]:
    made = acme.why(kpi, "2026-04", "2026-05", tree=True)
    found = {str(one.name): one.effect for one in made.drivers if one.leaf}
    assert isclose(float(sum(found.values())), made.change, abs_tol=1e-9)
    assert sum(found.values()) == made.drivers[0].effect
    assert made.drivers[0].after - made.drivers[0].before == made.drivers[0].effect
    return found


def test_acquisition_cost_by_hand(acme: Workspace) -> None:
    def cac(state: dict[str, Fraction]) -> Fraction:
        return state["spend"] / (state["leads"] * state["rate"] + state["rest"])

    before = {"spend": Fraction(1000), "leads": Fraction(20), "rate": Fraction(1, 2),
              "rest": Fraction(2)}  # fmt: skip
    after = {"spend": Fraction(1800), "leads": Fraction(30), "rate": Fraction(2, 5),
             "rest": Fraction(0)}  # fmt: skip
    expected = dict.fromkeys(before, Fraction(0))
    for order in permutations(before):  # Shapley's value as it is defined
        state = dict(before)
        for name in order:
            old = cac(state)
            state[name] = after[name]
            expected[name] += (cac(state) - old) / 24
    names = {
        "acquisition spend": "spend",
        "new leads": "leads",
        "conversions per new lead": "rate",
        "new customers beyond converted leads": "rest",
    }
    found = leaf_effects(acme, "cac")
    assert {names[name]: effect for name, effect in found.items()} == expected
    assert sum(expected.values()) == Fraction(1800, 12) - Fraction(1000, 12)


def test_revenue_is_customers_times_orders_times_value(acme: Workspace) -> None:
    made = acme.why("revenue", "2026-04", "2026-05")
    told = {str(one.name): (one.before, one.after) for one in made.drivers}
    assert told["customers who bought"] == (2, 3)
    assert told["orders per customer who bought"] == (2, 1)
    assert told["revenue per order"] == (100, 150)
    assert told["refunds"] == (0, -30)
    assert made.change == 420 - 400
    found = leaf_effects(acme, "revenue")
    assert found["refunds"] == -30
    assert sum(found.values()) == 20


@given(
    before=st.fixed_dictionaries(dict.fromkeys(LETTERS, AMOUNTS)),
    after=st.fixed_dictionaries(dict.fromkeys(LETTERS, AMOUNTS)),
)
@settings(max_examples=60, deadline=None)
def test_shares_sum_to_the_change_whatever_the_amounts(
    before: dict[str, Fraction], after: dict[str, Fraction]
) -> None:
    def value(state: dict[str, Fraction]) -> Fraction | None:
        below = state["c"] + 21  # never 0
        return (state["a"] * state["b"] - state["d"]) / below

    effects = shapley(list(LETTERS), before, after, value)  # type: ignore[arg-type]
    assert effects is not None
    assert sum(effects.values()) == (value(after) or 0) - (value(before) or 0)
    for name in LETTERS:
        if before[name] == after[name]:
            assert effects[name] == 0


def test_declared_trees_are_the_kpis_and_every_formula_has_a_tree(work: Workspace) -> None:  # noqa: F811
    """Of two quarters: a tree's root is the answer, its leaves sum to the change."""
    done = 0
    with Asking(work.project) as asking:
        periods = [find_period(text, asking.engine.run) for text in ("FY2025-Q1", "FY2025-Q3")]
        questions = [period.question() for period in periods]
        wanted = [(kpi, name) for kpi in work.kpis for name in kpi.variants]
        wanted = [(kpi, name) for kpi, name in wanted if kpi.name in dict(_TREES) or kpi.core]
        wanted = [(kpi, name) for kpi, name in wanted if name in ("default", "historic", "rate")]
        wanted += [(work.kpis[name], variant) for name, variant in _TREES]
        answers = [asking.answer(wanted, question, collect=True) for question in questions]
        said = [{(row.kpi, row.variant): row.value for row in answer} for answer in answers]
        for kpi, name in wanted:
            if any(values.get((kpi.name, name)) is None for values in said):
                continue
            tree: Branch = declared(kpi.name, name) or tree_of(
                asking.formula(kpi, name), phrase(kpi.title)
            )
            try:
                made = drivers(asking, tree, questions)
            except KadarError as error:
                assert error.code == "KDR-WHY-006"  # noqa: PT017
                continue
            before, after = (values[kpi.name, name] or 0.0 for values in said)
            assert isclose(float(made[0].before), before, rel_tol=1e-9, abs_tol=1e-9), kpi.name
            assert isclose(float(made[0].after), after, rel_tol=1e-9, abs_tol=1e-9), kpi.name
            leaves = sum((one.effect for one in made if one.leaf), Fraction(0))
            assert leaves == made[0].after - made[0].before == made[0].effect
            done += 1
    assert done >= 8


def test_the_usual_dimensions_are_tried(acme: Workspace) -> None:
    made = acme.why("revenue", "2026-04", "2026-05", search=True)
    assert "channel" in made.searched
    assert {one.dimension for one in made.divisions} <= set(made.searched)


def test_rows_behind_a_part(acme: Workspace) -> None:
    made = list(behind(acme, "average_order_value", ("2026-04", "2026-05"), part=["channel=web"]))
    assert [(one.period.label, one.part, one.figure) for one in made] == [
        ("2026-04", "numerator", 200.0),
        ("2026-04", "denominator", 2.0),
        ("2026-05", "numerator", 150.0),
        ("2026-05", "denominator", 1.0),
    ]
    assert [one.part for one in behind(acme, "revenue", ("2026-04",))] == ["numerator"]


def test_command_prints_the_tree_and_the_rows(
    acme: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "140")
    asked = ["why", "cac", "--from", "2026-04", "--to", "2026-05"]
    asked += ["--project", str(acme.project.folder)]
    assert main([*asked, "--tree"]) == 0
    said = capsys.readouterr().out
    for text in ("acquisition spend", "new leads", "Shapley"):
        assert text in said
    assert main([*asked, "--tree", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    leaves = [one["effect"] for one in found if one["kind"] == "driver"]
    assert sum(leaves) == pytest.approx(found[0]["effect"])
    assert main([*asked, "--records", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert sum(r["part"] == "denominator" and r["period"] == "2026-05" for r in rows) == 12
    file = tmp_path / "rows.parquet"
    assert main([*asked, "--records", "--format", "parquet", "--output", str(file)]) == 0
    assert file.stat().st_size > 0
