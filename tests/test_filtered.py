"""A filter that leaves nothing is answered with the values there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kadar.errors import KadarError
from tests.companies import at, company


def test_a_value_that_no_row_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    workspace = company(
        tmp_path,
        customers=[{"customer_id": "1", "country": "Malaysia"}, {"customer_id": "2"}],
        orders=[
            {"customer_id": "1", "ordered_at": at("2026-01-05"), "revenue": 5, "channel": "web"},
            {"customer_id": "2", "ordered_at": at("2026-02-05"), "revenue": 7, "channel": "shop"},
        ],
    )
    with pytest.raises(KadarError) as caught:
        workspace.ask("revenue", where={"country": "Malaysa"})
    assert caught.value.code == "KDR-ASK-010"
    assert "Malaysia" in caught.value.next_step()
    # values that exist but never meet are no mistake: there is just nothing
    assert workspace.ask("revenue", where={"country": "Malaysia", "channel": "shop"}).rows == []
    assert len(workspace.ask("revenue", where={"country": ""})) == 1
