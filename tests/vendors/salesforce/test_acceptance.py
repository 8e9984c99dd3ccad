"""What every connector must stand, for Salesforce: many syncs and killed ones end as one load."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kadar.sources.live.connector import Object
from kadar.sources.salesforce.connector import SalesforceConnector
from tests.vendors import acceptance
from tests.vendors.salesforce.company import case
from tests.vendors.salesforce.org import Org
from tests.vendors.salesforce.schema import OBJECTS
from tests.vendors.salesforce.standin import Salesforce

KEPT = {
    "Account", "Case", "CaseHistory", "CaseStatus", "Lead", "LeadHistory", "Opportunity",
    "OpportunityHistory", "OpportunityStage", "Organization", "Task", "User",
}  # fmt: skip
KILLED = {"Account", "Opportunity", "OpportunityHistory"}  # of every way of reading one is enough


def org() -> Org:
    """Return an organisation with some of everything that changes later."""
    made = Org()
    made.removed |= set(OBJECTS) - KEPT
    for number in range(6):
        account = made.add("Account", Name=f"Customer {number}")
        for place in range(4):
            made.add(
                "Opportunity", Name=f"Deal {number}.{place}", AccountId=account,
                StageName="Prospecting", Amount=100.0 * number + place,
                CloseDate=date(2026, 11, 1 + place),
            )  # fmt: skip
        made.add("Case", AccountId=account, Status="New")
        made.add("Lead", Name=f"Lead {number}", Status="New")
        made.add("Task", AccountId=account, Subject="Call", TaskSubtype="Call", IsClosed=True)
        made.advance(hours=1)
    return made


def _keys(standin: Salesforce, name: str) -> list[str]:
    return [k for k, r in standin.org.records[name].items() if not r.get("IsDeleted")]


def _edit(standin: Salesforce) -> None:
    org = standin.org
    org.advance(hours=20)
    deals = _keys(standin, "Opportunity")
    for key, stage in zip(
        deals[:6], ("Qualification", "Closed Won", "Closed Lost") * 2, strict=True
    ):
        org.change("Opportunity", key, StageName=stage)
    org.change("Case", _keys(standin, "Case")[0], Status="Closed")
    org.change("Lead", _keys(standin, "Lead")[0], Status="Unqualified")
    org.delete("Opportunity", deals[7])
    org.add("Account", Name="New customer")
    org.advance(hours=4)


def _merge(standin: Salesforce) -> None:
    org = standin.org
    org.advance(hours=20)
    accounts = _keys(standin, "Account")
    org.merge("Account", accounts[0], accounts[1])
    org.restore("Opportunity", next(
        key for key, row in org.records["Opportunity"].items() if row["IsDeleted"]
    ))  # fmt: skip
    org.purge("Lead", _keys(standin, "Lead")[2])
    org.change("Case", _keys(standin, "Case")[0], Status="Working")
    org.advance(hours=4)


def _more(standin: Salesforce) -> None:
    org = standin.org
    org.advance(hours=20)
    accounts = _keys(standin, "Account")
    org.merge("Account", accounts[2], accounts[0])
    for number in range(9):
        org.add("Opportunity", Name=f"Late {number}", AccountId=accounts[2], Amount=1.5,
                StageName="Closed Won", CloseDate=date(2026, 10, 9))  # fmt: skip
    org.purge("Task", _keys(standin, "Task")[0])
    org.delete("Account", accounts[3])
    org.advance(hours=4)


CASE = case(org, (_edit, _merge, _more), bulk_over=5)


def _read_only(names: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Read only some objects; the mapping still sees them all, the others empty."""
    real = SalesforceConnector.objects

    def objects(self: SalesforceConnector) -> list[Object]:
        mapped = self._access.moment.year == 1970  # nobody is asked: views are made of them
        return [one for one in real(self) if mapped or one.name in names]

    monkeypatch.setattr(SalesforceConnector, "objects", objects)


def test_many_syncs_end_as_one_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _read_only(KEPT, monkeypatch)
    made = acceptance.runs_end_as_one_load(CASE, tmp_path)
    assert len(made["deals"]) == 33  # 24, one deleted and restored, nine more
    assert len(made["customers"]) == 6  # seven, one deleted; two of them merged
    assert len([row for row in made["customers"] if row[-2]]) == 2
    assert len(made["leads"]) == 5


@pytest.mark.slow
def test_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _read_only(KILLED, monkeypatch)
    acceptance.kills_lose_nothing(CASE, tmp_path)


def test_no_secret_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    acceptance.no_secret_is_told(CASE, tmp_path, caplog)
