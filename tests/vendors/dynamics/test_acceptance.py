"""Repeated and killed syncs of Contoso end where one calm load ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from kadar.sources.dynamics import Dynamics
from kadar.sources.dynamics.connector import Dataverse
from kadar.sources.dynamics.objects import TABLES
from kadar.sources.live.connector import Connector, Object
from tests.vendors import acceptance
from tests.vendors.dynamics.cases import case, installed
from tests.vendors.dynamics.company import (
    ACME,
    BETA,
    GIVEN_UP,
    LOST,
    OPEN,
    SOLVED,
    WALK_IN,
    WON,
    Contoso,
)  # fmt: skip
from tests.vendors.dynamics.standin import guid


def edits(crm: Contoso) -> None:
    """A deal is reopened, another made and one renamed; a call is deleted."""
    crm.pass_(days=1)
    crm.update("opportunity", LOST, statecode=0, statuscode=1, actualclosedate=None)
    crm.update("opportunity", WON, name="Renamed", estimatedvalue=12.0)
    crm.insert("opportunity", guid("another"), name="Another", customerid=("account", ACME))
    if "activitypointer" in crm.tables:
        crm.delete("activitypointer", guid("call"))


def deletions(crm: Contoso) -> None:
    """A deal is deleted, another deleted and restored; an option gets another name."""
    crm.pass_(days=1)
    crm.delete("opportunity", OPEN)
    crm.delete("opportunity", guid("another"))
    crm.label("opportunity", "statuscode", 5, "Lost to another")
    crm.pass_(hours=1)
    crm.insert("opportunity", guid("another"), name="Restored", customerid=("account", BETA))


def merges(crm: Contoso) -> None:
    """A customer is merged into another; then nobody syncs for longer than changes are kept."""
    crm.pass_(days=9)
    crm.merge("account", ACME, BETA)
    for deal in (LOST, guid("another")):
        crm.update("opportunity", deal, customerid=("account", ACME))
    if "lead" in crm.tables:
        crm.merge("contact", guid("Aminah"), WALK_IN)
        crm.delete("lead", GIVEN_UP)
        crm.update("incident", SOLVED, prioritycode=2)


CHANGES = (edits, deletions, merges)


READ = ("account", "opportunity", "audit", "stringmap")  # each is read in its own way
MAPPING = {
    "customers": "SELECT _row, accountid AS customer_id, name FROM account",
    "deals": "SELECT _row, opportunityid AS deal_id, name, actualclosedate AS closed_at, "
    "estimatedvalue AS amount, _customerid_value AS customer_id FROM opportunity",
}


class Few(Dynamics):
    """The same connector, for few tables: a sync of all of them takes too long to kill so often."""

    own: ClassVar[Path]  # with a mapping of few tables

    @property
    def folder(self) -> Path:
        """Folder of that mapping."""
        return self.own

    def connector(self) -> type[Connector]:
        """Return the connector, for those objects."""

        class Fewer(Dataverse):
            def objects(self) -> Sequence[Object]:
                return [one for one in TABLES if one.name in READ]

        return Fewer


def small() -> Contoso:
    """Contoso with few tables; of accounts the changes are not tracked."""
    made = Contoso(page=4)
    made.tables["account"].tracked = False
    installed(made, *READ)
    return made


@pytest.fixture
def contoso() -> acceptance.Case:
    """All of Contoso."""
    return case(lambda: Contoso(page=20), *CHANGES)


def test_runs_end_as_one_load(contoso: acceptance.Case, tmp_path: Path) -> None:
    made = acceptance.runs_end_as_one_load(contoso, tmp_path)
    merged = {row[0]: row[-2] for row in made["customers"]}
    assert merged[BETA] == ACME


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> acceptance.Case:
    """Few tables of it."""
    (tmp_path / "own" / "mapping").mkdir(parents=True)
    for name, sql in MAPPING.items():
        (tmp_path / "own" / "mapping" / f"{name}.sql").write_text(sql, "utf-8")
    monkeypatch.setattr(Few, "own", tmp_path / "own", raising=False)
    return replace(case(small, *CHANGES), kind=Few)


def test_kills_lose_nothing(few: acceptance.Case, tmp_path: Path) -> None:
    acceptance.kills_lose_nothing(few, tmp_path)


def test_real_kills_lose_nothing(tmp_path: Path) -> None:
    acceptance.real_kills_lose_nothing(case(small), tmp_path, times=1)


def test_no_secret_is_told(
    few: acceptance.Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    acceptance.no_secret_is_told(few, tmp_path, caplog)
