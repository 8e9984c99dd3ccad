"""The derivation as a whole."""

from __future__ import annotations

from derive_model import Crm

from kadar.model import TABLES


def test_an_empty_model_gives_every_table_empty(crm: Crm) -> None:
    crm.derive()
    for table in [*TABLES, "calendar", "periods", "working_days", "spells", "carried"]:
        assert crm.rows(f"SELECT * FROM crm.{table}") == []
    assert crm.rows("SELECT * FROM crm.company") == [("", "USD", "UTC", False, None, True)]
