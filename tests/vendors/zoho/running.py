"""Syncs of a project whose source is the stand-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


from kadar.sources.zoho import Zoho
from tests.vendors.acceptance import Case, Run, opened
from tests.vendors.zoho.example import full
from tests.vendors.zoho.standin import SECRETS, ZohoStandin

ONLY = ("Deals", "Contacts", "Accounts", "Leads")


def options(standin: ZohoStandin) -> dict[str, object]:
    """Return the options that lead to a stand-in, Desk among them."""
    return {
        "accounts_url": standin.url,
        "desk_url": standin.url,
        "desk_org": standin.desk_org,
    }


def case(**more: Any) -> Case:
    """Return the case of Zoho."""
    return Case(Zoho, "zoho", full, options, SECRETS, changes=more.pop("changes", ()), **more)


def project(
    standin: ZohoStandin, folder: Path, given: Mapping[str, object] | None = None, **more: Any
) -> Run:
    """Make a project that reads a stand-in, with further options."""

    def all_options(one: ZohoStandin) -> Mapping[str, object]:
        return {**options(one), **(given or {})}

    made = Case(Zoho, "zoho", full, all_options, SECRETS, changes=(), **more)
    return Run(made, standin, folder).make()


def crm_only(standin: ZohoStandin, folder: Path, given: Mapping[str, object] | None = None) -> Run:
    """Make a project of few modules and no Desk: quick to sync."""
    standin.crm.absent |= set(standin.state.records) - set(ONLY)
    return project(standin, folder, {"desk_org": "", **(given or {})})


def asked(standin: ZohoStandin, part: str) -> list[str]:
    """Return the requests that contain a text, and forget all requests so far."""
    found = [line for line in standin.log if part in line]
    standin.log.clear()
    return found


def rows(run: Run, sql: str) -> list[tuple[Any, ...]]:
    """Ask the model tables of a project."""
    with opened(run.folder / "store" / "model.duckdb") as made:
        return made.execute(sql).fetchall()


def landed(run: Run, name: str) -> dict[str, dict[str, Any]]:
    """Return the records of an object that stand, by key."""
    import json

    with opened(run.folder / "store" / "landing.duckdb") as made:
        found = made.execute(
            "select key, arg_max(record, _row)::varchar from raw.crm where _file = ? "
            "group by key having not arg_max(deleted, _row)",
            [name],
        ).fetchall()
    return {key: json.loads(record) for key, record in found}


def ids(found: Sequence[tuple[Any, ...]]) -> set[str]:
    """Return the first column."""
    return {row[0] for row in found}


__all__ = ["ONLY", "asked", "case", "crm_only", "ids", "landed", "options", "project", "rows"]
