"""`crm.company`: one row of facts about the company the answers need."""

from __future__ import annotations

from kadar.derive.derivation import Derivation
from kadar.derive.extent import Extent
from kadar.derive.observed import observed_until


def build(work: Derivation, extents: list[Extent]) -> None:
    """Make `crm.company`."""
    until, assumed = observed_until(work, extents)
    company = work.company
    work.run(
        f"""
        CREATE TABLE {work.crm("company")} (
            name VARCHAR NOT NULL, currency VARCHAR NOT NULL, time_zone VARCHAR NOT NULL,
            contract BOOLEAN NOT NULL, observed_until TIMESTAMPTZ,
            observed_until_assumed BOOLEAN NOT NULL
        )
        """
    )
    work.run(
        f"INSERT INTO {work.crm('company')} "
        "VALUES ($1, $2, $3, $4, make_timestamptz($5::BIGINT), $6)",
        [
            company.name,
            company.currency,
            company.time_zone,
            company.contract,
            until,
            assumed,
        ],
    )
