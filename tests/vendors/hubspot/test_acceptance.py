"""What every connector must stand, for HubSpot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vendors import acceptance
from tests.vendors.hubspot.case import Sales, case
from tests.vendors.hubspot.company import Company, at
from tests.vendors.hubspot.test_reading import OTHERS


def edits(standin: Company) -> None:
    """Change records of many kinds, and make some."""
    standin.edit("open", "deals", at(5, 1), dealstage="contractsent", amount="80")
    standin.put("late", "deals", at(5, 2), dealname="Late", dealstage="appointmentscheduled")
    standin.link("late", "deals", "companies", "gamma", "acme")
    standin.edit("waiting", "tickets", at(5, 7), hs_pipeline_stage="4", closed_date=at(5, 7))
    standin.edit("steady", "subscriptions", at(6, 1), hs_mrr="90")
    standin.put("lina", "contacts", at(5, 3), firstname="Lina", email="lina@gamma.example")
    standin.link("lina", "contacts", "companies", "gamma")
    standin.crm.known["deals"].add("a_new_column")
    standin.edit("won", "deals", at(5, 4), a_new_column="x")


def deletions(standin: Company) -> None:
    """Archive, restore and delete for good."""
    standin.crm.archive("deals", standin.ids["lost"])
    standin.crm.archive("contacts", standin.ids["tan"])
    standin.crm.archive("orders", standin.ids["refunded"])
    standin.crm.archive("deals", standin.ids["late"])
    standin.crm.restore("deals", standin.ids["late"])
    standin.crm.purge("contacts", standin.ids["lina"])
    standin.setup.owner("74", "Siti", "Binti")
    standin.crm.archive("notes", standin.ids["noted"])


def merges(standin: Company) -> None:
    """Merge companies, persons and deals; take an archived deal back."""
    both = standin.crm.merge("companies", standin.ids["acme"], standin.ids["beta"])
    standin.crm.merge("companies", both, standin.ids["gamma"])
    standin.crm.merge("contacts", standin.ids["mei"], standin.ids["ali"])
    standin.crm.merge("deals", standin.ids["open"], standin.ids["late"])
    standin.crm.restore("deals", standin.ids["lost"])


CHANGES = [edits, deletions, merges]


def test_repeated_syncs_end_as_one_load(tmp_path: Path) -> None:
    # all is read again in time for the last: one was deleted for good
    tables = acceptance.runs_end_as_one_load(case(CHANGES, reconcile_days=3), tmp_path)
    empty = {name for name, rows in tables.items() if not rows}
    assert empty == {"campaign_members"}


def test_kills_lose_nothing(tmp_path: Path) -> None:
    few = case(CHANGES, kind=Sales, reconcile_days=3, leave_out=OTHERS)
    acceptance.kills_lose_nothing(few, tmp_path)


def test_no_secret_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secrets = {"client_secret": "client-secret", "refresh_token": "refresh-1"}
    told = case(CHANGES, secrets, kind=Sales, client_id="client-1", leave_out=OTHERS)
    acceptance.no_secret_is_told(told, tmp_path, caplog)
