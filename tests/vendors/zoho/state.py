"""What a Zoho organisation holds: records, the recycle bin, the stages deals went through."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

Record = dict[str, Any]
ZONE = timezone(timedelta(hours=8))  # Zoho answers in the zone of the user who made the token

LOOKUP, OWNER, TEXT, PICK, TIME, DAY, MONEY, FLAG = (
    "lookup", "ownerlookup", "text", "picklist", "datetime", "date", "currency", "boolean",
)  # fmt: skip
_ALL = {"Owner": OWNER, "Created_Time": TIME, "Modified_Time": TIME}
FIELDS: dict[str, dict[str, str]] = {
    "Accounts": {
        "Account_Name": TEXT, "Account_Type": PICK, "Industry": PICK, "Billing_Country": TEXT,
        "Billing_State": TEXT, "Parent_Account": LOOKUP, "Website": "website",
    },
    "Contacts": {
        "First_Name": TEXT, "Last_Name": TEXT, "Full_Name": TEXT, "Email": "email",
        "Phone": "phone", "Mobile": "phone", "Email_Opt_Out": FLAG, "Lead_Source": PICK,
        "Mailing_Country": TEXT, "Account_Name": LOOKUP,
    },
    "Leads": {
        "Last_Name": TEXT, "Company": TEXT, "Email": "email", "Lead_Source": PICK,
        "Lead_Status": PICK, "Country": TEXT, "Converted__s": FLAG, "Converted_Date_Time": TIME,
        "Converted_Account": LOOKUP, "Converted_Contact": LOOKUP, "Converted_Deal": LOOKUP,
    },
    "Campaigns": {
        "Campaign_Name": TEXT, "Type": PICK, "Status": PICK, "Start_Date": DAY, "End_Date": DAY,
        "Budgeted_Cost": MONEY, "Actual_Cost": MONEY, "Currency": PICK,
    },
    "Deals": {
        "Deal_Name": TEXT, "Stage": PICK, "Pipeline": PICK, "Type": PICK, "Amount": MONEY,
        "Currency": PICK, "Exchange_Rate": "double", "Closing_Date": DAY, "Lead_Source": PICK,
        "Reason_For_Loss__s": PICK, "Account_Name": LOOKUP, "Contact_Name": LOOKUP,
        "Campaign_Source": LOOKUP, "Product_Line": PICK,
    },
    "Calls": {
        "Subject": TEXT, "Call_Start_Time": TIME, "Call_Type": PICK, "Outgoing_Call_Status": PICK,
        "Who_Id": LOOKUP, "What_Id": LOOKUP,
    },
    "Events": {
        "Event_Title": TEXT, "Start_DateTime": TIME, "End_DateTime": TIME, "Who_Id": LOOKUP,
        "What_Id": LOOKUP,
    },
    "Tasks": {
        "Subject": TEXT, "Status": PICK, "Closed_Time": TIME, "Due_Date": DAY, "Who_Id": LOOKUP,
        "What_Id": LOOKUP,
    },
    "Sales_Orders": {
        "Subject": TEXT, "Status": PICK, "Grand_Total": MONEY, "Tax": MONEY, "Currency": PICK,
        "Account_Name": LOOKUP, "Contact_Name": LOOKUP, "Deal_Name": LOOKUP,
    },
    "Invoices": {
        "Subject": TEXT, "Status": PICK, "Invoice_Date": DAY, "Grand_Total": MONEY, "Tax": MONEY,
        "Currency": PICK, "Account_Name": LOOKUP, "Contact_Name": LOOKUP, "Deal_Name": LOOKUP,
    },
    "Cases": {
        "Subject": TEXT, "Status": PICK, "Priority": PICK, "Case_Origin": PICK, "Type": PICK,
        "Account_Name": LOOKUP, "Related_To": LOOKUP,
    },
}  # fmt: skip
for _fields in FIELDS.values():
    _fields |= _ALL
SUBFORMS = {"Sales_Orders": "Ordered_Items", "Invoices": "Invoiced_Items"}
STAGES = {  # display value: forecast type
    "Qualification": "Open", "Proposal": "Open", "Closed Won": "Closed Won",
    "Closed Lost": "Closed Lost",
}  # fmt: skip


@dataclass
class State:
    """An organisation. Records are kept as the API gives them, lookups as {name, id}."""

    records: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {name: {} for name in FIELDS}
    )
    bin: dict[str, dict[str, Record]] = field(default_factory=lambda: {n: {} for n in FIELDS})
    purged: dict[str, dict[str, Record]] = field(default_factory=lambda: {n: {} for n in FIELDS})
    history: dict[str, list[Record]] = field(default_factory=dict)  # of deals, oldest first
    users: list[Record] = field(default_factory=list)
    currencies: list[Record] = field(default_factory=list)
    hidden: set[tuple[str, str]] = field(default_factory=set)  # fields that security takes away
    skew: timedelta = timedelta()

    def __post_init__(self) -> None:
        self._ids = itertools.count(5725767000000100001)
        self._last = datetime(1970, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the organisation's clock: whole seconds, never backwards."""
        self._last = max(self._last, (datetime.now(UTC) + self.skew).replace(microsecond=0))
        return self._last

    def new_id(self) -> str:
        """Return an id greater than all before."""
        return str(next(self._ids))

    def put(self, module: str, at: str | None = None, **fields: Any) -> str:
        """Make a record, at a moment of the past if given, and return its id."""
        made = _time(datetime.fromisoformat(at)) if at else written(self.now())
        record = dict.fromkeys(FIELDS[module])
        record |= {"Created_Time": made, "Modified_Time": made, **fields, "id": self.new_id()}
        self.records[module][record["id"]] = record
        if module == "Deals":
            self.history[record["id"]] = []
            self._moved(record["id"], fields.get("Stage"), record["Created_Time"])
        return str(record["id"])

    def edit(self, module: str, key: str, at: str | None = None, **fields: Any) -> None:
        """Change a record."""
        record = self.records[module][key]
        moment = _time(datetime.fromisoformat(at)) if at else written(self.now())
        if module == "Deals" and fields.get("Stage", record["Stage"]) != record["Stage"]:
            self._moved(key, fields["Stage"], moment)
        record |= {**fields, "Modified_Time": moment}

    def delete(self, module: str, key: str) -> None:
        """Put a record into the recycle bin."""
        record = self.records[module].pop(key)
        self.bin[module][key] = record | {"deleted_time": written(self.now())}

    def purge(self, module: str, key: str) -> None:
        """Delete for good, from the recycle bin or at once."""
        record = self.bin[module].pop(key, None) or self.records[module].pop(key)
        self.purged[module][key] = record | {"deleted_time": written(self.now())}

    def restore(self, module: str, key: str) -> None:
        """Take a record out of the recycle bin, as it was: its Modified_Time too."""
        record = self.bin[module].pop(key)
        self.records[module][key] = {n: v for n, v in record.items() if n != "deleted_time"}

    def convert(self, lead: str, account: str, contact: str, deal: str | None) -> None:
        """Convert a lead."""
        moment = written(self.now())
        self.records["Leads"][lead] |= {
            "Converted__s": True,
            "Converted_Date_Time": moment,
            "Converted_Account": {"name": "a", "id": account},
            "Converted_Contact": {"name": "c", "id": contact},
            "Converted_Deal": {"name": "d", "id": deal} if deal else None,
            "Modified_Time": moment,
        }

    def _moved(self, deal: str, stage: str | None, moment: str) -> None:
        rows = self.history[deal]
        if rows:
            rows[-1]["Moved_To__s"] = stage
            rows[-1]["Stage_Duration_Calendar_Days"] = 0
        rows.append(
            {
                "id": self.new_id(),
                "Stage": stage,
                "Moved_To__s": None,
                "Stage_Duration_Calendar_Days": None,
                "Modified_Time": moment,
                "Potential_Name": {"name": "d", "id": deal},
            }
        )


def written(moment: datetime) -> str:
    """Return a moment as Zoho CRM writes it: with the offset of the zone."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def _time(moment: datetime) -> str:
    return written(moment)


def to(key: str | None, name: str = "x") -> Record | None:
    """Return a lookup."""
    return None if key is None else {"name": name, "id": key}


def in_order(rows: Iterable[Record], by: str, descending: bool) -> list[Record]:
    """Return records in the order of a field, then of ids."""

    def rank(row: Record) -> tuple[Any, int]:
        moment = datetime.fromisoformat(row[by]) if by != "id" else int(row["id"])
        return moment, int(row["id"])

    return sorted(rows, key=rank, reverse=descending)


def shuffled(rows: list[Record], seed: int = 1) -> list[Record]:
    """Return rows in an order nobody may rely on."""
    made = list(rows)
    random.Random(seed).shuffle(made)
    return made
