"""Fxiaoke: repeated and killed syncs end where one calm load ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kadar.sources.fxiaoke import Fxiaoke
from kadar.sources.fxiaoke.connector import FxiaokeConnector
from tests.vendors import acceptance
from tests.vendors.fxiaoke.company import CASE, Company

if TYPE_CHECKING:
    from kadar.project import Project, Source
    from kadar.sources.live.connector import Connector, Object
    from kadar.sources.live.mapping import Mapping_

READ = {
    "Options", "DepartmentObj", "PersonnelObj", "LeadsObj", "AccountObj", "NewOpportunityObj",
    "OpportunityObj",
}  # fmt: skip
FILLED = {"people", "leads", "customers", "deals", "deal_stages"}


class Few(Fxiaoke):
    """Fxiaoke with few objects, so that fifty killed syncs take no longer than they must."""

    @property
    def folder(self) -> Path:
        return Fxiaoke().folder

    def mappings(self, project: Project, source: Source) -> dict[str, Mapping_]:
        found = super().mappings(project, source)
        return {name: mapping for name, mapping in found.items() if name in FILLED}

    def connector(self) -> type[Connector]:
        class Fewer(FxiaokeConnector):
            def objects(self) -> Sequence[Object]:
                return [one for one in super().objects() if one.name in READ]

        return Fewer


class Small(Company):
    """The company, using only those objects."""

    def __init__(self) -> None:
        super().__init__()
        self.active &= READ

    async def _give(self, body: Mapping[str, Any]) -> tuple[str, int]:
        self.token_calls.clear()  # fifty projects ask, each in a minute of its own
        return await super()._give(body)


FEW = replace(CASE, kind=Few, standin=Small)


def test_repeated_syncs_end_as_one_load(tmp_path: Path) -> None:
    made = acceptance.runs_end_as_one_load(CASE, tmp_path)
    assert len(made["deals"]) == 11
    assert len(made["customers"]) == 6


def test_kills_lose_nothing(tmp_path: Path) -> None:
    acceptance.kills_lose_nothing(FEW, tmp_path)


def test_no_secret_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    acceptance.no_secret_is_told(FEW, tmp_path, caplog)
