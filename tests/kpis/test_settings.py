"""Settings of a KPI are lengths of time: none at or below nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.errors import KadarError
from tests.companies import company


@pytest.mark.parametrize(
    "kpi",
    [
        "[kpi.lead_conversion_rate]\nwindow_days = -5",
        "[kpi.lead_conversion_rate]\nwindow_days = 0",
        "[kpi.resolution_time]\ntarget_hours = { priority = { High = -4 }, otherwise = 24 }",
        "[kpi.resolution_time]\ntarget_hours = inf",
    ],
)
def test_a_length_of_time_that_cannot_be_is_refused(tmp_path: Path, kpi: str) -> None:
    with pytest.raises(KadarError) as told:
        _ = company(tmp_path, kpi=kpi).kpis
    assert told.value.code == "KDR-KPI-040"


def test_a_target_may_be_below_nothing(tmp_path: Path) -> None:
    assert "nps" in company(tmp_path, kpi="[kpi.nps]\ntarget = -10").kpis
