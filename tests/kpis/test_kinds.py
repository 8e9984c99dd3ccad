"""Kinds of rows that a formula keeps to: where none occurs, the KPI is refused, not nought."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.errors import KadarError
from tests.companies import at, company

SURVEYS = [{"kind": "csat", "answered_at": at("2026-05-03"), "score": 4.0}]
SPEND = [{"category": "tools", "spent_at": at("2026-05-03"), "amount": 100, "currency": "MYR"}]


def test_a_kind_that_never_occurs_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    work = company(tmp_path, surveys=SURVEYS)
    with pytest.raises(KadarError) as error:
        work.ask("nps", grain="month")
    assert error.value.code == "KDR-KPI-041"
    assert "surveys.kind = nps" in error.value.sentence()
    assert "values" in error.value.next_step()
    assert work.computable()["nps"]["default"] == ["surveys.kind = nps"]
    assert work.ask("csat", grain="month")  # the kind that occurs is answered
    with pytest.raises(KadarError) as error:
        work.ask("ces", grain="month")
    assert error.value.code == "KDR-KPI-041"


def test_a_stand_that_no_row_has_yet_is_no_lack(tmp_path: Path) -> None:
    deals = [{"outcome": "lost", "created_at": at("2026-05-01"), "closed_at": at("2026-05-09")}]
    answer = company(tmp_path, deals=deals).ask("win_rate", since="2026-05-01", until="2026-05-31")
    assert [row.value for row in answer] == [0.0]


def test_no_rows_at_all_are_no_lack_of_a_kind(tmp_path: Path) -> None:
    columns = {"surveys": ["survey_id", "kind", "answered_at", "score"]}
    work = company(tmp_path, columns=columns, surveys=[])
    assert work.computable()["nps"]["default"] == []


def test_a_category_that_never_occurs_is_no_cost_of_nought(tmp_path: Path) -> None:
    orders = [{"customer_id": "a", "ordered_at": at("2026-05-02"), "revenue": 10}]
    work = company(tmp_path, spend=SPEND, orders=orders)
    lacks = work.computable()["cac"]
    assert lacks["default"] == []
    kept = [name for name, lack in lacks.items() if lack == ["spend.category = media"]]
    assert kept, "the variant of media alone"
    with pytest.raises(KadarError) as error:
        work.ask("cac", variant=kept[0])
    assert error.value.code == "KDR-KPI-041"
    assert "default" in error.value.next_step()


def test_the_check_names_the_kind(tmp_path: Path) -> None:
    found = company(tmp_path, surveys=SURVEYS).check(["missing_columns"])
    assert "surveys.kind = nps" in {one.details["columns"] for one in found}
