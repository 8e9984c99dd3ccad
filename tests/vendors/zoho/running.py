"""Syncs of a project whose source is the stand-in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

import kadar.project
from kadar.sources.zoho import Zoho
from tests.vendors.acceptance import FIRST, Case, Run, environment, opened
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
    standin = more.pop("standin", full)
    return Case(Zoho, "zoho", standin, options, SECRETS, changes=more.pop("changes", ()), **more)


def project(
    standin: ZohoStandin, folder: Path, given: Mapping[str, object] | None = None, **more: Any
) -> Run:
    """Make a project that reads a stand-in, with further options."""

    def all_options(one: ZohoStandin) -> Mapping[str, object]:
        return {**options(one), **(given or {})}

    made = Case(Zoho, "zoho", full, all_options, SECRETS, changes=(), **more)
    return Run(made, standin, folder).make()


class Reader:
    """The reading half of syncs: what is landed of a stand-in, without tables made of it."""

    def __init__(
        self,
        standin: ZohoStandin,
        folder: Path,
        given: Mapping[str, object] | None = None,
        modules: Sequence[str] = ONLY,
        custom: str = "",
    ) -> None:
        self.standin = standin
        standin.crm.absent |= set(standin.state.records) - set(modules)
        self.project = kadar.project.load(
            project(standin, folder, {"desk_org": "", **(given or {})}, custom=custom).folder
        )
        self.kind = type("Quick", (Zoho,), {"pause": staticmethod(lambda seconds: None)})()
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as landing; create schema landing.raw")
        self.loads = 0

    def fetch(self, secrets: Mapping[str, str] | None = None) -> list[str]:
        """Read what is new, with other secrets if given; return what is said."""
        self.loads += 1
        self.standin.log.clear()
        with environment({**SECRETS, **(secrets or {})}):
            notes = self.kind.fetch(
                self.connection,
                self.project,
                self.project.sources[0],
                self.loads,
                FIRST + timedelta(days=self.loads),
            )
        return [note for note in notes if "does not have this module" not in note]

    def records(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the records of an object that stand, by key."""
        found = self.connection.execute(
            "select key, arg_max(record, _row)::varchar from landing.raw.crm where _file = ? "
            "group by key having not arg_max(deleted, _row)",
            [name],
        ).fetchall()
        return {key: json.loads(record) for key, record in found}

    def asked(self, part: str) -> list[str]:
        """Return the requests of the last reading that contain a text."""
        return [line for line in self.standin.log if part in line]


def rows(run: Run, sql: str) -> list[tuple[Any, ...]]:
    """Ask the model tables of a project."""
    with opened(run.folder / "store" / "model.duckdb") as made:
        return made.execute(sql).fetchall()
