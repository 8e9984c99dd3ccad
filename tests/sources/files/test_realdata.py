"""Files of others: every one lands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[4] / "shared" / "data"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent"),
]


def test_every_fivetran_seed_lands(desk: Any) -> None:
    import csv

    files = sorted(DATA.glob("fivetran/*/*.csv"))
    assert len(files) > 100
    for path in files:
        report = desk.land(desk.source(name=path.stem, path=str(path)))
        with path.open(encoding="utf-8", newline="") as file:
            records = [row for row in csv.reader(file) if any(row)]
        assert report.parcels[0].rows == len(records) - 1, path


def test_other_files_land_whole(desk: Any) -> None:
    for name, count in (
        ("nps_garden/nps_first_2000.csv", 2000),
        ("bank/bank.csv", 4521),
        ("cdnow/CDNOW_sample.txt", 6919),
        ("ravenstack/ravenstack_subscriptions.csv", 5000),
    ):
        parcel = desk.land(desk.source(name=name, path=str(DATA / name))).parcels[0]
        assert parcel.rows == count, name
