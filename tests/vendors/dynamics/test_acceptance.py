"""Repeated and killed syncs of Contoso end where one calm load ends."""

from __future__ import annotations

import re
import shutil
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


MAPPED = ("customers", "deals", "deal_stages")


class Few(Dynamics):
    """The same connector, for few tables: a sync of all of them takes too long to kill so often."""

    own: ClassVar[Path]  # with some of the connector's mapping

    @property
    def folder(self) -> Path:
        """Folder of that mapping."""
        return self.own

    def connector(self) -> type[Connector]:
        """Return the connector, without the objects that this mapping does not name."""
        sql = "".join(file.read_text("utf-8") for file in (self.folder / "mapping").iterdir())

        class Fewer(Dataverse):
            def objects(self) -> Sequence[Object]:
                return [one for one in TABLES if re.search(rf"\b{one.name}\b", sql)]

        return Fewer


def small() -> Contoso:
    """Contoso without the log of changes: with an untracked table and some that are tracked."""
    made = Contoso(page=2)
    made.tables["account"].tracked = False
    installed(made, "account", "opportunity", "opportunityclose", "contact", "audit")
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
    for name in MAPPED:
        shutil.copy(Dynamics().folder / "mapping" / f"{name}.sql", tmp_path / "own" / "mapping")
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
