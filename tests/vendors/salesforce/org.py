"""A Salesforce organisation: records, their histories, its recycle bin and its clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.vendors.salesforce.schema import MULTI_CURRENCY, OBJECTS, PREFIXES

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STAGES = (
    # API name, is closed, is won
    ("Prospecting", False, False),
    ("Qualification", False, False),
    ("Proposal/Price Quote", False, False),
    ("Closed Won", True, True),
    ("Closed Lost", True, False),
)
STATUSES = (("New", False), ("Working", False), ("On Hold", False), ("Closed", True))


def eighteen(short: str) -> str:
    """Return an id of 15 characters with its three check characters."""
    bits = ["".join(str(int(c.isupper())) for c in short[n : n + 5]) for n in (0, 5, 10)]
    return short + "".join(_LETTERS[int(part[::-1], 2)] for part in bits)


class Org:
    """The state behind the stand-in; what tests do to it is what users do in Salesforce."""

    def __init__(self, *, multi_currency: bool = False) -> None:
        self.now = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
        self.multi_currency = multi_currency
        self.hidden: set[tuple[str, str]] = set()  # taken away by field-level security
        self.records: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in OBJECTS}
        self.deletions: dict[str, list[tuple[str, datetime]]] = {name: [] for name in OBJECTS}
        self.removed: set[str] = set()  # objects this organisation does not have
        if not multi_currency:
            self.removed |= set(MULTI_CURRENCY)
            self.hidden |= {(o, "CurrencyIsoCode") for o in OBJECTS}
        self._made = 0
        self.user = self.add("User", Name="Aminah binti Ali", UserType="Standard", IsActive=True)
        self.add("Organization", Name="Acme Sdn Bhd", OrganizationType="Enterprise Edition")
        for place, (name, closed, won) in enumerate(STAGES, 1):
            self.add("OpportunityStage", ApiName=name, MasterLabel=name, IsActive=True,
                     IsClosed=closed, IsWon=won, SortOrder=place)  # fmt: skip
        for place, (name, closed) in enumerate(STATUSES, 1):
            self.add("CaseStatus", ApiName=name, MasterLabel=name, IsClosed=closed, SortOrder=place)

    def fields(self, name: str) -> dict[str, str]:
        """Return the fields of an object that the API's user can see, and their types."""
        return {f: kind for f, kind in OBJECTS[name].items() if (name, f) not in self.hidden}

    @property
    def objects(self) -> dict[str, dict[str, str]]:
        """All objects that the API's user can see."""
        return {name: self.fields(name) for name in OBJECTS if name not in self.removed}

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def add(self, name: str, **values: Any) -> str:
        """Create a record; return its id."""
        self._check(name, values)
        self._made += 1
        number, digits = self._made, ""
        for _ in range(9):
            number, digit = divmod(number, 62)
            digits = _DIGITS[digit] + digits
        made = eighteen(PREFIXES[name] + "Wt0" + digits)
        record: dict[str, Any] = dict.fromkeys(OBJECTS[name])
        record.update({f: False for f, kind in OBJECTS[name].items() if kind == "boolean"}, Id=made)
        for field in ("CreatedDate", "LastModifiedDate", "SystemModstamp", "MessageDate"):
            if field in record:
                record[field] = self.now
        for field in ("CreatedById", "OwnerId"):
            if field in record:
                record[field] = getattr(self, "user", None)
        if "CurrencyIsoCode" in record and self.multi_currency:
            record["CurrencyIsoCode"] = "MYR"
        record.update(values)
        self.records[name][made] = record
        self._derive(name, record)
        if name == "Opportunity":
            self._opportunity_history(record)
        if name in {"Case", "Lead"}:
            self._field_history(name, made, "created", None, None)
        return made

    def change(self, name: str, key: str, **values: Any) -> None:
        """Update a record as a user does; Salesforce writes its histories."""
        self._check(name, values)
        record = self.records[name][key]
        before = dict(record)
        record.update(values, SystemModstamp=self.now)
        if "LastModifiedDate" in record:
            record["LastModifiedDate"] = self.now
        changed = {field for field, value in values.items() if before[field] != value}
        if name == "Opportunity" and "StageName" in changed:
            record["LastStageChangeDate"] = self.now
            self._field_history(name, key, "StageName", before["StageName"], record["StageName"])
        self._derive(name, record)
        if name == "Opportunity" and changed & {"StageName", "Amount", "CloseDate", "Probability"}:
            self._opportunity_history(record)
        if name in {"Case", "Lead"}:
            if "Status" in changed:
                self._field_history(name, key, "Status", before["Status"], record["Status"])
            if "OwnerId" in changed:
                self._field_history(name, key, "Owner", before["OwnerId"], record["OwnerId"])
                self._field_history(name, key, "Owner", "A", "B")  # the names, as a second row

    def delete(self, name: str, key: str) -> None:
        """Put a record into the recycle bin."""
        self.records[name][key].update(IsDeleted=True, SystemModstamp=self.now)
        self.deletions[name].append((key, self.now))

    def restore(self, name: str, key: str) -> None:
        """Take a record out of the recycle bin."""
        self.records[name][key].update(IsDeleted=False, SystemModstamp=self.now)

    def purge(self, name: str, key: str) -> None:
        """Delete for good: the record is in no answer any more, only in the log of deletions."""
        if not self.records[name][key]["IsDeleted"]:
            self.deletions[name].append((key, self.now))
        del self.records[name][key]

    def merge(self, name: str, master: str, loser: str) -> None:
        """Merge a record into another; its children go with it."""
        for other, fields in OBJECTS.items():
            for record in self.records[other].values():
                for field in fields:
                    if field in {"AccountId", "ContactId", "ParentId"} and record[field] == loser:
                        record.update({field: master}, SystemModstamp=self.now)
        self.records[name][loser]["MasterRecordId"] = master
        self.delete(name, loser)
        self.change(name, master)

    def _check(self, name: str, values: dict[str, Any]) -> None:
        for field, value in values.items():
            kind = OBJECTS[name][field]  # KeyError: a test put in what there is not
            wanted = {"datetime": datetime, "date": date, "boolean": bool}.get(kind)
            if value is not None and wanted and not isinstance(value, wanted):
                raise TypeError(f"{name}.{field} is a {kind}, not {value!r}")

    def _derive(self, name: str, record: dict[str, Any]) -> None:
        """Set what Salesforce sets by itself."""
        if name == "Opportunity":
            stage = next((s for s in STAGES if s[0] == record["StageName"]), ("", False, False))
            record["IsClosed"], record["IsWon"] = stage[1], stage[2]
        if name == "Case":
            closed = dict(STATUSES).get(record["Status"], False)
            if closed != record["IsClosed"]:
                record["ClosedDate"] = self.now if closed else None
            record["IsClosed"] = closed

    def _opportunity_history(self, record: dict[str, Any]) -> None:
        kept = {f: record[f] for f in ("StageName", "Amount", "CloseDate", "Probability")}
        self.add("OpportunityHistory", OpportunityId=record["Id"], **kept)

    def _field_history(self, name: str, key: str, field: str, old: Any, new: Any) -> None:
        history = "OpportunityFieldHistory" if name == "Opportunity" else f"{name}History"
        self.add(
            history, **{f"{name}Id": key}, Field=field, OldValue=old, NewValue=new, DataType="Text"
        )
