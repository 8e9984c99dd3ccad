"""What the people of a HubSpot account set up: pipelines, owners, campaigns, rates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.vendors.hubspot.crm import written

BEGAN = written(datetime(2024, 1, 2, tzinfo=UTC))


def stage(key: str, label: str, order: int, **metadata: str) -> dict[str, Any]:
    """Return a stage of a pipeline; what its metadata say are strings."""
    return {
        "id": key, "label": label, "displayOrder": order, "metadata": metadata, "archived": False,
        "createdAt": BEGAN, "updatedAt": BEGAN, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }  # fmt: skip


def pipeline(key: str, label: str, *stages: dict[str, Any]) -> dict[str, Any]:
    """Return a pipeline."""
    return {
        "id": key, "label": label, "displayOrder": 0, "archived": False, "stages": list(stages),
        "createdAt": BEGAN, "updatedAt": BEGAN,
    }  # fmt: skip


def stands(closed: bool, probability: str) -> dict[str, str]:
    """Return what the metadata of a deal's stage say."""
    return {"isClosed": "true" if closed else "false", "probability": probability}


class Setup:
    """Pipelines as a new account has them, and what a test adds."""

    def __init__(self) -> None:
        self.account: dict[str, Any] = {
            "portalId": 62515, "accountType": "STANDARD", "timeZone": "Asia/Kuala_Lumpur",
            "companyCurrency": "MYR", "additionalCurrencies": ["USD"], "utcOffset": "+08:00",
            "utcOffsetMilliseconds": 28_800_000, "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }  # fmt: skip
        self.pipelines = {
            "deals": [
                pipeline(
                    "default", "Sales Pipeline",
                    stage("appointmentscheduled", "Appointment", 0, **stands(False, "0.2")),
                    stage("qualifiedtobuy", "Qualified To Buy", 1, **stands(False, "0.4")),
                    stage("presentationscheduled", "Presentation", 2, **stands(False, "0.6")),
                    stage("contractsent", "Contract Sent", 4, **stands(False, "0.9")),
                    stage("closedwon", "Closed Won", 5, **stands(True, "1.0")),
                    stage("closedlost", "Closed Lost", 6, **stands(True, "0.0")),
                )
            ],
            "tickets": [
                pipeline(
                    "0", "Support Pipeline",
                    stage("1", "New", 0, ticketState="OPEN", isClosed="false"),
                    stage("2", "Waiting on contact", 1, ticketState="OPEN", isClosed="false"),
                    stage("3", "Waiting on us", 2, ticketState="OPEN", isClosed="false"),
                    stage("4", "Closed", 3, ticketState="CLOSED", isClosed="true"),
                )
            ],
            "leads": [
                pipeline(
                    "lead-pipeline-id", "Lead Pipeline",
                    stage("new-stage-id", "New", 0),
                    stage("attempting-stage-id", "Attempting", 1),
                    stage("connected-stage-id", "Connected", 2),
                    stage("qualified-stage-id", "Qualified", 3),
                    stage("unqualified-stage-id", "Disqualified", 4),
                )
            ],
        }  # fmt: skip
        self.owners: list[dict[str, Any]] = []
        self.campaigns: list[dict[str, Any]] = []
        self.rates: list[dict[str, Any]] = []
        self._spent: dict[str, dict[str, Any]] = {}

    def owner(self, key: str, first: str, last: str, *teams: str, archived: bool = False) -> None:
        """Add an owner; the first team is the primary one."""
        self.owners.append({
            "id": key, "email": f"{first.lower()}@acme.example",
            "firstName": first, "lastName": last, "type": "PERSON", "archived": archived,
            "userId": int(key) + 90_000, "userIdIncludingInactive": int(key) + 90_000,
            "createdAt": BEGAN, "updatedAt": BEGAN,
            "teams": [{"id": t, "name": t, "primary": n == 0} for n, t in enumerate(teams)],
        })  # fmt: skip

    def campaign(
        self,
        key: str,
        *,
        currency: str,
        spent: list[tuple[str, float, datetime]],
        **properties: str,
    ) -> None:
        """Add a campaign with its items of spending: id, amount, when it was entered."""
        total = sum(amount for _, amount, _ in spent)
        self.campaigns.append({
            "id": key, "createdAt": BEGAN, "updatedAt": BEGAN, "businessUnits": [],
            "properties": {
                "hs_campaign_status": "in_progress", "hs_spend_items_sum_amount": f"{total}",
                "hs_budget_items_sum_amount": "1000.0", **properties,
            },
        })  # fmt: skip
        items = [
            {"id": its, "amount": amount, "name": f"item {its}", "order": n,
             "createdAt": int(at.timestamp() * 1000), "updatedAt": int(at.timestamp() * 1000)}
            for n, (its, amount, at) in enumerate(spent)
        ]  # fmt: skip
        self._spent[key] = {
            "budgetItems": [], "spendItems": items, "currencyCode": currency,
            "budgetTotal": 1000.0, "spendTotal": total, "remainingBudget": 1000.0 - total,
        }  # fmt: skip

    def rate(self, key: str, currency: str, rate: float, at: datetime) -> None:
        """Add an exchange rate into the account's currency."""
        self.rates.append({
            "id": key, "fromCurrencyCode": currency, "conversionRate": rate,
            "toCurrencyCode": self.account["companyCurrency"], "effectiveAt": written(at),
            "createdAt": BEGAN, "updatedAt": BEGAN, "visibleInUI": True,
        })  # fmt: skip

    def campaigns_with(self, names: list[str]) -> list[dict[str, Any]]:
        """Return the campaigns with the properties asked for: without any, none comes."""
        return [
            {**one, "properties": {n: v for n, v in one["properties"].items() if n in names}}
            for one in self.campaigns
        ]

    def totals(self, key: str) -> dict[str, Any] | None:
        """Return what a campaign was to cost and did."""
        return self._spent.get(key)

    def definitions(self, names: list[str]) -> list[dict[str, Any]]:
        """Return the definitions of properties."""
        return [
            {"name": name, "label": name, "type": "string", "fieldType": "text",
             "groupName": "information", "description": "", "options": []}
            for name in names
        ]  # fmt: skip
