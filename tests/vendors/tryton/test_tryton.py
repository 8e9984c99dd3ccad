"""A real CRM from end to end: a Tryton that is sold with, read by its database.

What the KPIs say is compared with what was done in it. It takes half a minute and
a Python that has Tryton: this one, or that of KADAR_TRYTON_PYTHON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import kadar
from kadar import project
from kadar.sync import sync
from tests.vendors.acceptance import opened
from tests.vendors.tryton.drive import DEALS

HERE = Path(__file__).parent


@dataclass
class Driven:
    """A project that reads a Tryton, and what was done in it."""

    folder: Path
    done: list[dict[str, Any]]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with opened(self.folder / "store" / "model.duckdb") as made:
            return made.execute(sql).fetchall()


def _python() -> str:
    given = os.environ.get("KADAR_TRYTON_PYTHON")
    if given:
        return given
    if not (find_spec("trytond") and find_spec("proteus")):
        pytest.skip("Tryton is not installed: pip install trytond-sale-opportunity proteus")
    return sys.executable


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    folder = tmp_path_factory.mktemp("tryton")
    said = subprocess.run(
        [_python(), str(HERE / "drive.py"), str(folder)],
        capture_output=True, text=True, timeout=900, check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr[-2000:]
    shutil.copy(HERE / "kadar.toml", folder / "kadar.toml")
    report = sync(project.load(folder))
    assert not report.failed, report.failed
    assert not any(one.counts.quarantined for one in report.sources)
    return Driven(folder, json.loads(said.stdout))


def test_tryton_did_what_was_meant(driven: Driven) -> None:
    assert [one["states"][-1] for one in driven.done] == [becomes for _, _, becomes in DEALS]


def test_every_deal_is_there_with_all_its_stages(driven: Driven) -> None:
    kept = [one for one in driven.done if one["states"] != ["lead"]]
    found = driven.rows(
        "select d.deal_id, c.name, d.amount, d.outcome from model.deals d "
        "join model.customers c using (customer_id) order by d.deal_id::int"
    )
    ends = {"won": "won", "lost": "lost", "cancelled": "lost"}
    assert [(key, party, float(amount), outcome) for key, party, amount, outcome in found] == [
        (one["id"], one["party"], float(one["amount"]), ends.get(one["states"][-1], "open"))
        for one in kept
    ]
    stages = driven.rows(
        "select deal_id, list(stage order by entered_at, left_at nulls last), "
        "count(*) filter (left_at is null) from model.deal_stages "
        "group by deal_id order by deal_id::int"
    )
    assert stages == [(one["id"], one["states"], 1) for one in driven.done]


def test_its_kpis_are_those_of_what_was_done(driven: Driven) -> None:
    ended = [one for one in driven.done if one["states"][-1] in {"won", "lost", "cancelled"}]
    (day,) = {one["closed"] for one in ended}
    won = [one for one in ended if one["states"][-1] == "won"]
    company = kadar.open(driven.folder)
    period = {"since": f"{day[:4]}-01-01", "until": f"{int(day[:4]) + 1}-01-01"}

    def value(kpi: str, **more: Any) -> float:
        (row,) = company.ask(kpi, **period, grain="year", **more).rows
        assert row.value is not None
        return row.value

    assert value("win_rate") == pytest.approx(float(Fraction(len(won), len(ended))))
    assert value("win_rate", variant="by_value") == pytest.approx(
        sum(float(one["amount"]) for one in won) / sum(float(one["amount"]) for one in ended)
    )
    by_party = {
        row.dimensions["customer_id"]: row.value
        for row in company.ask("win_rate", **period, grain="year", by=["customer_id"]).rows
    }
    names = dict(driven.rows("select customer_id, name from model.customers"))
    assert {names[key]: part for key, part in by_party.items() if part is not None} == {
        party: pytest.approx(
            len([one for one in won if one["party"] == party])
            / len([one for one in ended if one["party"] == party])
        )
        for party in {one["party"] for one in ended}
    }


def test_nothing_new_is_nothing_loaded(driven: Driven) -> None:
    assert not sync(project.load(driven.folder)).published
